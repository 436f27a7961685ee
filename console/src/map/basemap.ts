// The ground as GeoJSON for the canvas: lean properties only, so that a city's streets stay small in the map's worker.
import type { FeatureCollection, Position } from "geojson";
import type { AreaMap, Operation, StreetMap } from "../state";
import { classRank, streetLook } from "./streetClasses";

export const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

export function streetCollection(map: StreetMap): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: map.features.map(({ id, geometry, properties }) => ({
      type: "Feature",
      id,
      geometry,
      properties: {
        look: streetLook(properties.highway),
        rank: classRank(properties.highway),
        inferred: properties.inferred,
        oneway: onewayOf(properties),
      },
    })),
  };
}

/** 1 along the segment, -1 against it, 0 both ways or not for vehicles at all. */
function onewayOf(street: StreetMap["features"][number]["properties"]): number {
  const forward = street.forward.some((one) => one !== "foot" && one !== "bicycle");
  const backward = street.backward.some((one) => one !== "foot" && one !== "bicycle");
  return forward === backward ? 0 : forward ? 1 : -1;
}

export function areaCollection(map: AreaMap): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: map.features.map(({ geometry, properties }) => ({
      type: "Feature",
      geometry: geometry as FeatureCollection["features"][number]["geometry"],
      properties: { outline: properties.outline },
    })),
  };
}

/** Words at a point: the area's name at its roomiest point, sites, places off the map. */
export function wordCollection(operation: Operation, area: AreaMap): FeatureCollection {
  const words: FeatureCollection["features"] = [];
  for (const { geometry, properties } of area.features) {
    if (properties.outline !== "protected") continue;
    const polygons = (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates) as Position[][][];
    const outer = polygons.map((rings) => rings[0] ?? []).sort((one, other) => sizeOf(other) - sizeOf(one))[0] ?? [];
    const sites = operation.sites.map((one): Position => [one.lon, one.lat]);
    words.push(word("area", "Protected area", roomiestPoint(outer, sites)));
  }
  for (const site of operation.sites) words.push(word("site", site.name, [site.lon, site.lat]));
  for (const portal of operation.portals) {
    words.push(word("portal", `to ${portal.name}`, [portal.lon, portal.lat]));
  }
  return { type: "FeatureCollection", features: words };
}

function word(kind: string, text: string, coordinates: Position): FeatureCollection["features"][number] {
  return { type: "Feature", geometry: { type: "Point", coordinates }, properties: { kind, text } };
}

export function outlineOf(area: AreaMap): Position[] {
  return area.features
    .filter((one) => one.properties.outline === "protected")
    .flatMap(({ geometry }) => (geometry.coordinates as Position[][]).flat(geometry.type === "Polygon" ? 1 : 2))
    .map((one) => one as unknown as Position);
}

function sizeOf(ring: Position[]): number {
  const [xs, ys] = [ring.map((one) => one[0] as number), ring.map((one) => one[1] as number)];
  return (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
}

/** Roughly the point of a ring that is farthest from its edge and from signs: a coarse grid is enough for a label. */
function roomiestPoint(ring: Position[], signs: readonly Position[]): Position {
  const [xs, ys] = [ring.map((one) => one[0] as number), ring.map((one) => one[1] as number)];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const steps = 28;
  let best: { point: Position; room: number } = { point: [(west + east) / 2, (south + north) / 2], room: 0 };
  for (let column = 1; column < steps; column++) {
    for (let row = 1; row < steps; row++) {
      const x = west + ((east - west) * column) / steps;
      const y = south + ((north - south) * row) / steps;
      const free = signs.map(([sx, sy]) => 0.9 * Math.hypot(((sx as number) - x) * squeeze, (sy as number) - y));
      const room = Math.min(roomAt(ring, x, y, squeeze), ...free);
      if (room > best.room) best = { point: [x, y], room };
    }
  }
  return best.point;
}

/** Distance to the ring from inside it; 0 outside. */
function roomAt(ring: Position[], x: number, y: number, squeeze: number): number {
  let inside = false;
  let nearest = Number.POSITIVE_INFINITY;
  for (let one = 1; one < ring.length; one++) {
    const [x0, y0] = ring[one - 1] as [number, number];
    const [x1, y1] = ring[one] as [number, number];
    if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) inside = !inside;
    const [dx, dy, px, py] = [(x1 - x0) * squeeze, y1 - y0, (x - x0) * squeeze, y - y0];
    const share = Math.min(1, Math.max(0, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
    nearest = Math.min(nearest, Math.hypot(px - share * dx, py - share * dy));
  }
  return inside ? nearest : 0;
}
