// Where the name of a street stands: once for each street in sight, on its straightest free stretch, off the signs, and
// where it stood before if it still can. MapLibre's own placing knows neither the view nor the signs over the canvas, and
// would leave some streets without a name and write others four times.
import type { Feature, FeatureCollection } from "geojson";
import type { Map as MapLibreMap } from "maplibre-gl";
import type { NamedStretch } from "./streetNames";
import { BESIDE_EM, FONT, nameSize } from "./wordStyle";

type Pixel = { x: number; y: number };

/** A piece of the view that is not the map's: a button, a plate with words. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

interface Candidate {
  points: Pixel[];
  middle: Pixel;
  cost: number;
  /** The name stands beside its street, below (1) or above (-1), because a path runs along it; else 0. */
  beside: number;
}

const STEP_PX = 12;
const EDGE_PX = 10;
const AGAIN_PX = 460; // nearer than this no name stands twice
const PROBES = 9;
const BEND_SHARE_MAX = 0.1; // how far the street may stray from straight, as a share of the name's length
const RANK_SEEN: Array<[zoom: number, rank: number]> = [
  [15.6, 5],
  [14.8, 3],
  [14, 2],
  [0, 1],
];

export class NamePlacing {
  private readonly pen = document.createElement("canvas").getContext("2d");
  private readonly widths = new Map<string, number>();
  private before = new Map<string, [lon: number, lat: number]>();

  constructor(private readonly map: MapLibreMap) {}

  /** `signs` and `boxes` are kept free; along `paths`, lines drawn over streets, names step aside. All in pixels. */
  place(
    stretches: readonly NamedStretch[],
    signs: readonly Pixel[],
    boxes: readonly Box[],
    paths: readonly Pixel[][],
    scale: number,
  ): FeatureCollection {
    const zoom = this.map.getZoom();
    const rankSeen = RANK_SEEN.find(([from]) => zoom >= from)?.[1] ?? 1;
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    const bounds = this.map.getBounds();
    const inView = stretches
      .filter((one) => one.rank <= rankSeen)
      .filter(({ box: [west, south, east, north] }) => bounds.intersects([west, south, east, north]))
      .sort((one, other) => one.rank - other.rank || other.length_m - one.length_m);
    const covered = paths.flatMap((path) => dotted(path, width, height));
    const taken: Pixel[] = [];
    const placed = new Map<string, Pixel[]>();
    const features: Feature[] = [];
    const next = new Map<string, [number, number]>();
    for (const stretch of inView) {
      const size = nameSize(zoom, stretch.rank) * scale;
      const line = stretch.coordinates.map((one) => this.map.project(one));
      const others = placed.get(stretch.name) ?? [];
      const key = `${stretch.name} ${others.length}`;
      const held = this.before.get(key);
      const best = bestOf(windows(line, this.widthOf(stretch.name, size), width, height), {
        ...{ signs, boxes, covered, taken, others, size },
        centre: { x: width / 2, y: height / 2 },
        before: held ? this.map.project(held) : null,
      });
      if (!best) continue;
      taken.push(...best.points);
      placed.set(stretch.name, [...others, best.middle]);
      const { lng, lat } = this.map.unproject([best.middle.x, best.middle.y]);
      next.set(key, [lng, lat]);
      features.push(this.feature(stretch, best));
    }
    this.before = next;
    return { type: "FeatureCollection", features };
  }

  private feature({ name, rank }: NamedStretch, { points, beside }: Candidate): Feature {
    const coordinates = longer(plain(points, this.map.getZoom())).map(({ x, y }) => {
      const { lng, lat } = this.map.unproject([x, y]);
      return [lng, lat];
    });
    return { type: "Feature", geometry: { type: "LineString", coordinates }, properties: { name, rank, beside } };
  }

  private widthOf(name: string, size: number): number {
    let width = this.widths.get(name);
    if (width === undefined) {
      if (this.pen) this.pen.font = `500 100px "${FONT.regular[0]}"`;
      width = (this.pen?.measureText(name).width ?? name.length * 52) / 100;
      this.widths.set(name, width);
    }
    return width * size + 14;
  }
}

/** As few points as the bend needs: tiles round each to about a metre, which would make letters dance when near. */
function plain(points: readonly Pixel[], zoom: number): Pixel[] {
  const [first, last] = [points[0] as Pixel, points.at(-1) as Pixel];
  const chord = apart(first, last) || 1;
  if (points.every((one) => offLine(one, first, last, chord) < 2.5)) return [first, last];
  return zoom < 16.5 ? [...points] : [first, points[(PROBES - 1) / 2] as Pixel, last];
}

/**
 * MapLibre asks for a line on which the letters, at their largest, would fit at the whole zoom below: up to three times
 * as long as they are. It draws them in its middle.
 */
function longer(points: readonly Pixel[]): Pixel[] {
  const length = points.slice(1).reduce((sum, one, at) => sum + apart(points[at] as Pixel, one), 0);
  const beyond = (end: Pixel, inner: Pixel): Pixel => {
    const share = (1.1 * length) / (apart(end, inner) || 1);
    return { x: end.x + (end.x - inner.x) * share, y: end.y + (end.y - inner.y) * share };
  };
  const [first, second] = points as [Pixel, Pixel];
  const [last, beforeLast] = [points.at(-1) as Pixel, points.at(-2) as Pixel];
  return [beyond(first, second), ...points, beyond(last, beforeLast)];
}

/** Stretches of a line, as long as the name, that are straight enough and whole in view. */
function windows(line: Pixel[], length: number, width: number, height: number): Candidate[] {
  const along = [0];
  for (let one = 1; one < line.length; one++) {
    const [from, to] = [line[one - 1] as Pixel, line[one] as Pixel];
    along.push((along[one - 1] as number) + Math.hypot(to.x - from.x, to.y - from.y));
  }
  const total = along.at(-1) as number;
  const found: Candidate[] = [];
  const isInView = ({ x, y }: Pixel) => x > EDGE_PX && y > EDGE_PX && x < width - EDGE_PX && y < height - EDGE_PX;
  for (let start = 0; start + length <= total; start += STEP_PX) {
    const first = pixelAt(line, along, start);
    const last = pixelAt(line, along, start + length);
    if (!isInView(first) || !isInView(last)) continue;
    const chord = Math.hypot(last.x - first.x, last.y - first.y);
    if (chord < length * 0.93) continue;
    const points = Array.from({ length: PROBES }, (_, one) =>
      pixelAt(line, along, start + (length * one) / (PROBES - 1)),
    );
    const astray = Math.max(...points.map((one) => offLine(one, first, last, chord)));
    if (astray > length * BEND_SHARE_MAX) continue;
    found.push({ points, middle: points[(PROBES - 1) / 2] as Pixel, cost: (12 * astray) / length, beside: 0 });
  }
  return found;
}

interface Surroundings {
  signs: readonly Pixel[];
  boxes: readonly Box[];
  covered: readonly Pixel[];
  taken: readonly Pixel[];
  others: readonly Pixel[];
  size: number;
  centre: Pixel;
  before: Pixel | null;
}

function bestOf(candidates: Candidate[], around: Surroundings): Candidate | null {
  const { signs, boxes, covered, taken, others, size, centre, before } = around;
  let best: Candidate | null = null;
  for (const one of candidates) {
    let { cost } = one;
    cost += (0.5 * apart(one.middle, centre)) / (centre.x + centre.y);
    if (before && apart(one.middle, before) < 30) cost -= 0.6;
    if (best && cost >= best.cost) continue;
    if (others.some((other) => apart(one.middle, other) < AGAIN_PX)) continue;
    if (one.points.some((point) => boxes.some((box) => isInside(point, box, size / 2 + 2)))) continue;
    if (isNear(one.points, signs, size / 2 + 15) || isNear(one.points, taken, size * 1.25)) continue;
    const touching = one.points.filter((point) => isNear([point], covered, size / 2 + 7)).length;
    const along = touching > PROBES / 2;
    const side = along
      ? ([1, -1].find((turn) => !isNear(aside(one.points, turn, size), covered, size / 2 + 4)) ?? 0)
      : 0;
    if (along && !side) continue;
    if (touching) cost += along ? 0.5 : 0.9; // along a path, or across one
    if (best && cost >= best.cost) continue;
    best = { ...one, cost, beside: side };
  }
  return best;
}

/** Where the name's letters are if it stands below (1) or above (-1) its street. */
function aside(points: readonly Pixel[], turn: number, size: number): Pixel[] {
  const [first, last] = [points[0] as Pixel, points.at(-1) as Pixel];
  const reads = last.x >= first.x ? turn : -turn; // words are never upside down
  const far = (size * BESIDE_EM * reads) / (apart(first, last) || 1);
  const [dx, dy] = [(last.y - first.y) * -far, (last.x - first.x) * far];
  return points.map(({ x, y }) => ({ x: x + dx, y: y + dy }));
}

/** Points of a line in view, close enough to each other that no letter fits between. */
function dotted(line: readonly Pixel[], width: number, height: number): Pixel[] {
  const dots: Pixel[] = [];
  for (let one = 1; one < line.length; one++) {
    const [from, to] = [line[one - 1] as Pixel, line[one] as Pixel];
    const steps = Math.min(4000, Math.ceil(apart(from, to) / 10));
    for (let step = 0; step <= steps; step++) {
      const share = steps ? step / steps : 0;
      const dot = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
      if (dot.x > 0 && dot.y > 0 && dot.x < width && dot.y < height) dots.push(dot);
    }
  }
  return dots;
}

const apart = (one: Pixel, other: Pixel) => Math.hypot(one.x - other.x, one.y - other.y);

const isInside = ({ x, y }: Pixel, { left, right, top, bottom }: Box, reach: number) =>
  x > left - reach && x < right + reach && y > top - reach && y < bottom + reach;

const isNear = (points: readonly Pixel[], others: readonly Pixel[], reach: number) =>
  others.some((other) => points.some((one) => apart(one, other) < reach));

function offLine(point: Pixel, first: Pixel, last: Pixel, chord: number): number {
  return Math.abs((point.x - first.x) * (last.y - first.y) - (point.y - first.y) * (last.x - first.x)) / chord;
}

function pixelAt(line: readonly Pixel[], along: readonly number[], distance: number): Pixel {
  let piece = along.findIndex((one, index) => index > 0 && one >= distance);
  if (piece < 1) piece = line.length - 1;
  const [from, to] = [line[piece - 1] as Pixel, line[piece] as Pixel];
  const length = (along[piece] as number) - (along[piece - 1] as number);
  const share = length > 0 ? Math.min(1, (distance - (along[piece - 1] as number)) / length) : 0;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
