// Outlines as corners that can be moved: polygons with their rings, without the repeated last corner of GeoJSON.
import type { Position } from "geojson";

export type Ring = Position[];
export type Rings = Ring[];
export type Polygons = Rings[];

/** One corner: of which polygon, in which of its rings, which. */
export interface Corner {
  polygon: number;
  ring: number;
  corner: number;
}

/** Nothing encloses anything with fewer. */
export const CORNERS_MIN = 3;
const DECIMALS = 6; // a tenth of a metre

export function cornersOf(geometry: unknown): Polygons {
  const { type, coordinates } = geometry as { type: string; coordinates: unknown };
  const polygons = (type === "Polygon" ? [coordinates] : coordinates) as Position[][][];
  return polygons.map((rings) => rings.map((ring) => ring.slice(0, -1)));
}

/** A Polygon where there is one, else a MultiPolygon. */
export function geometryOf(polygons: Polygons): Record<string, unknown> {
  const closed = polygons.map((rings) => rings.map((ring) => [...ring, ring[0] as Position]));
  return closed.length === 1
    ? { type: "Polygon", coordinates: closed[0] }
    : { type: "MultiPolygon", coordinates: closed };
}

const rounded = (place: Position): Position => place.map((one) => Number(one.toFixed(DECIMALS)));

function withRing(polygons: Polygons, { polygon, ring }: Corner, next: (before: Ring) => Ring): Polygons {
  return polygons.map((rings, at) =>
    at === polygon ? rings.map((one, number) => (number === ring ? next(one) : one)) : rings,
  );
}

export const ringOf = (polygons: Polygons, { polygon, ring }: Corner): Ring => polygons[polygon]?.[ring] ?? [];

export function moveCorner(polygons: Polygons, at: Corner, to: Position): Polygons {
  return withRing(polygons, at, (ring) => ring.map((one, corner) => (corner === at.corner ? rounded(to) : one)));
}

/** A new corner behind one. */
export function addCorner(polygons: Polygons, behind: Corner, place: Position): Polygons {
  return withRing(polygons, behind, (ring) => ring.toSpliced(behind.corner + 1, 0, rounded(place)));
}

/** Null where the ring would enclose nothing any more. */
export function removeCorner(polygons: Polygons, at: Corner): Polygons | null {
  if (ringOf(polygons, at).length <= CORNERS_MIN) return null;
  return withRing(polygons, at, (ring) => ring.toSpliced(at.corner, 1));
}

export function addPolygon(polygons: Polygons, corners: readonly Position[]): Polygons {
  return [...polygons, [corners.map(rounded)]];
}

/** The middle of the edge from a corner to the next. */
export function middleBehind(polygons: Polygons, at: Corner): Position {
  const ring = ringOf(polygons, at);
  const [one, other] = [ring[at.corner], ring[(at.corner + 1) % ring.length]] as [Position, Position];
  return [((one[0] as number) + (other[0] as number)) / 2, ((one[1] as number) + (other[1] as number)) / 2];
}

/** A place so many metres to the east and to the north of another. */
export function shifted([lon, lat]: Position, east_m: number, north_m: number): Position {
  const perLat = 111_320;
  const perLon = perLat * Math.cos(((lat as number) * Math.PI) / 180);
  return [(lon as number) + east_m / perLon, (lat as number) + north_m / perLat];
}

/** Roughly how far two places lie apart. */
export function metresApart(one: Position, other: Position): number {
  const squeeze = Math.cos(((one[1] as number) * Math.PI) / 180);
  return (
    Math.hypot(((one[0] as number) - (other[0] as number)) * squeeze, (one[1] as number) - (other[1] as number)) *
    111_320
  );
}
