// Finding the street under a point, fast enough for every move of a pointer: a grid of cells over all pieces of street.
import { computed } from "@preact/signals";
import { type StreetMap, streets } from "../state";

export type StreetFacts = StreetMap["features"][number]["properties"];

/** A point on a street. `bearing_deg` is the street's direction there, clockwise from north. */
export interface Spot {
  street: StreetFacts;
  offset_m: number;
  lon: number;
  lat: number;
  bearing_deg: number;
  distance_m: number; // from the point that was asked about
}

const CELL_M = 80;
const EARTH_M_PER_DEGREE = 111_320;

interface Line {
  street: StreetFacts;
  xs: number[];
  ys: number[];
  along: number[]; // metres from the start, scaled to the length that the server states
}

export class StreetIndex {
  private readonly lines: Line[];
  private readonly byId = new Map<string, number>();
  private readonly cells = new Map<string, Array<[line: number, piece: number]>>();
  private readonly lon0: number;
  private readonly lat0: number;
  private readonly perLon: number;

  constructor(map: StreetMap) {
    const [lon, lat] = map.features[0]?.geometry.coordinates[0] ?? [0, 0];
    this.lon0 = lon;
    this.lat0 = lat;
    this.perLon = EARTH_M_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
    this.lines = map.features.map((feature) => this.measure(feature.properties, feature.geometry.coordinates));
    this.lines.forEach((line, at) => {
      this.byId.set(line.street.id, at);
      for (let piece = 1; piece < line.xs.length; piece++) this.enter(line, at, piece);
    });
  }

  /** The nearest point of any street that passes `fits`, or null if none is within `reach_m`. */
  nearest(lon: number, lat: number, reach_m: number, fits: (street: StreetFacts) => boolean = () => true): Spot | null {
    const [x, y] = this.toMetres(lon, lat);
    let best: { line: Line; piece: number; share: number; distance: number } | null = null;
    for (const [at, piece] of this.around(x, y, reach_m)) {
      const line = this.lines[at] as Line;
      if (!fits(line.street)) continue;
      const share = shareAlong(line, piece, x, y);
      const distance = Math.hypot(between(line.xs, piece, share) - x, between(line.ys, piece, share) - y);
      if (distance <= reach_m && (!best || distance < best.distance)) best = { line, piece, share, distance };
    }
    return best && this.spot(best.line, best.piece, best.share, best.distance);
  }

  /** The point so many metres along a segment; held inside it. */
  along(segment: string, offset_m: number): Spot | null {
    const line = this.lines[this.byId.get(segment) ?? -1];
    if (!line) return null;
    const offset = Math.min(Math.max(offset_m, 0), line.street.length_m);
    let piece = line.along.findIndex((one, index) => index > 0 && one >= offset);
    if (piece < 1) piece = line.xs.length - 1;
    const from = line.along[piece - 1] as number;
    const length = (line.along[piece] as number) - from;
    return this.spot(line, piece, length > 0 ? (offset - from) / length : 0, 0);
  }

  /** A point so many metres from another, in a direction clockwise from north. */
  away(lon: number, lat: number, bearing_deg: number, metres: number): [lon: number, lat: number] {
    const angle = (bearing_deg * Math.PI) / 180;
    return [lon + (Math.sin(angle) * metres) / this.perLon, lat + (Math.cos(angle) * metres) / EARTH_M_PER_DEGREE];
  }

  private toMetres(lon: number, lat: number): [x: number, y: number] {
    return [(lon - this.lon0) * this.perLon, (lat - this.lat0) * EARTH_M_PER_DEGREE];
  }

  private measure(street: StreetFacts, coordinates: Array<[number, number]>): Line {
    const points = coordinates.map(([lon, lat]) => this.toMetres(lon, lat));
    const along = [0];
    for (let one = 1; one < points.length; one++) {
      const [x0, y0] = points[one - 1] as [number, number];
      const [x1, y1] = points[one] as [number, number];
      along.push((along[one - 1] as number) + Math.hypot(x1 - x0, y1 - y0));
    }
    const scale = street.length_m / (along.at(-1) || 1);
    return { street, xs: points.map(([x]) => x), ys: points.map(([, y]) => y), along: along.map((m) => m * scale) };
  }

  private enter(line: Line, at: number, piece: number): void {
    const [x0, x1] = [line.xs[piece - 1] as number, line.xs[piece] as number];
    const [y0, y1] = [line.ys[piece - 1] as number, line.ys[piece] as number];
    for (let cx = cell(Math.min(x0, x1)); cx <= cell(Math.max(x0, x1)); cx++) {
      for (let cy = cell(Math.min(y0, y1)); cy <= cell(Math.max(y0, y1)); cy++) {
        const key = `${cx},${cy}`;
        const held = this.cells.get(key);
        if (held) held.push([at, piece]);
        else this.cells.set(key, [[at, piece]]);
      }
    }
  }

  private *around(x: number, y: number, reach_m: number): Generator<[number, number]> {
    for (let cx = cell(x - reach_m); cx <= cell(x + reach_m); cx++) {
      for (let cy = cell(y - reach_m); cy <= cell(y + reach_m); cy++) yield* this.cells.get(`${cx},${cy}`) ?? [];
    }
  }

  private spot(line: Line, piece: number, share: number, distance_m: number): Spot {
    const [x0, x1] = [line.xs[piece - 1] as number, line.xs[piece] as number];
    const [y0, y1] = [line.ys[piece - 1] as number, line.ys[piece] as number];
    const offset = between(line.along, piece, share);
    const inset = Math.min(1, line.street.length_m / 3); // a barrier stands on its street, not in a junction
    return {
      street: line.street,
      offset_m: Math.round(Math.min(Math.max(offset, inset), line.street.length_m - inset) * 10) / 10,
      lon: this.lon0 + between(line.xs, piece, share) / this.perLon,
      lat: this.lat0 + between(line.ys, piece, share) / EARTH_M_PER_DEGREE,
      bearing_deg: ((Math.atan2(x1 - x0, y1 - y0) * 180) / Math.PI + 360) % 360,
      distance_m,
    };
  }
}

const cell = (metres: number) => Math.floor(metres / CELL_M);

const between = (values: number[], piece: number, share: number) =>
  (values[piece - 1] as number) * (1 - share) + (values[piece] as number) * share;

function shareAlong(line: Line, piece: number, x: number, y: number): number {
  const [x0, y0] = [line.xs[piece - 1] as number, line.ys[piece - 1] as number];
  const [dx, dy] = [(line.xs[piece] as number) - x0, (line.ys[piece] as number) - y0];
  const square = dx * dx + dy * dy;
  return square ? Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square)) : 0;
}

export const streetIndex = computed(() => (streets.value ? new StreetIndex(streets.value) : null));

/** Whether anything on wheels could go there, so that a barrier makes sense. */
export const takesVehicles = (street: StreetFacts) =>
  street.physical || [...street.forward, ...street.backward].some((one) => one !== "foot" && one !== "bicycle");
