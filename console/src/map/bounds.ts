// How far things reach.
import type { Position } from "geojson";
import type { LngLatBoundsLike } from "maplibre-gl";
import { shownArea } from "../planning/state";
import { operation, streets } from "../state";
import { armMarks } from "./armMarks";
import { outlineOf } from "./basemap";
import { segmentCollection } from "./collections";
import { emphasised } from "./faces";

export type Bounds = [west: number, south: number, east: number, north: number];

export const asBounds = ([west, south, east, north]: Bounds): LngLatBoundsLike => [west, south, east, north];

export function boundsOf(points: readonly Position[]): Bounds | null {
  if (!points.length) return null;
  const [xs, ys] = [points.map((one) => one[0] as number), points.map((one) => one[1] as number)];
  const least = (values: number[]) => values.reduce((one, other) => Math.min(one, other));
  const most = (values: number[]) => values.reduce((one, other) => Math.max(one, other));
  return [least(xs), least(ys), most(xs), most(ys)];
}

export function wholeBounds(): Bounds {
  const arms = operation.peek()?.barriers.flatMap((one) => one.arms.map((arm) => [arm.lon, arm.lat])) ?? [];
  const drawn = shownArea.peek();
  const outline = drawn ? outlineOf(drawn) : [];
  const ground = streets.peek()?.features[0]?.geometry.coordinates ?? [];
  const found = [...arms, ...outline];
  return boundsOf(found.length ? found : ground) ?? [-180, -80, 180, 80];
}

export function emphasisedPoints(): Position[] {
  const { barriers, sites, segments } = emphasised.peek();
  const arms = armMarks.peek().filter((one) => barriers.has(one.barrier));
  const places = operation.peek()?.sites.filter((one) => sites.has(one.id)) ?? [];
  const lines = segmentCollection(segments, {}).features.flatMap((one) =>
    one.geometry.type === "LineString" ? one.geometry.coordinates : [],
  );
  return [...[...arms, ...places].map((one) => [one.lon, one.lat]), ...lines];
}
