// Which arm a point of a street belongs to. The server cuts streets where an outline crosses them, and numbers the pieces
// between area and limit along each street; the same is done here, so that a press on the map can name one.
import type { Position } from "geojson";
import type { StreetMap } from "../state";
import { operation } from "../state";
import { findStreet, segmentOf } from "./names";
import { cornersOf, type Rings } from "./outlines";
import { shownArea } from "./state";

type Street = StreetMap["features"][number];
export type Region = "ring" | "protected" | "beyond";

export interface Piece {
  region: Region;
  from_m: number;
  to_m: number;
  id: string | null; // of the arm, in the ring
}

/** Nearer than this to another cut, a cut is none. */
const APART_M = 0.01;

function outlines(): Record<"protected" | "limit", Rings> {
  const found: Record<"protected" | "limit", Rings> = { protected: [], limit: [] };
  for (const { geometry, properties } of shownArea.value?.features ?? []) {
    const role = properties.outline === "limit" ? "limit" : "protected";
    found[role].push(...cornersOf(geometry).flat());
  }
  return found;
}

/** A street cut at the outlines, from its start to its end. */
export function piecesOf(street: Street): readonly Piece[] {
  const { protected: inner, limit } = outlines();
  const points = street.geometry.coordinates as Position[];
  const along = measured(points, street.properties.length_m);
  const length = street.properties.length_m;
  const cuts = [...inner, ...limit].flatMap((ring) => crossings(points, along, ring)).sort((a, b) => a - b);
  const kept = [0];
  for (const cut of cuts) if (cut - (kept.at(-1) as number) > APART_M && length - cut > APART_M) kept.push(cut);
  kept.push(length);
  const pieces: Piece[] = [];
  for (let one = 1; one < kept.length; one++) {
    const [from_m, to_m] = [kept[one - 1] as number, kept[one] as number];
    const middle = pointAt(points, along, (from_m + to_m) / 2);
    const region = holds(inner, middle) ? "protected" : holds(limit, middle) ? "ring" : "beyond";
    pieces.push({ region, from_m, to_m, id: null });
  }
  const ring = pieces.filter((one) => one.region === "ring");
  ring.forEach((one, number) => {
    one.id = ring.length === 1 ? street.properties.id : `${street.properties.id}#${number + 1}`;
  });
  return pieces;
}

/** The piece on which a place lies. */
export function pieceAt(segment: string, offset_m: number): Piece | null {
  const street = findStreet(segment);
  return (street && piecesOf(street).find((one) => offset_m >= one.from_m && offset_m <= one.to_m)) ?? null;
}

/** The line of an arm, and where on its segment its barrier would stand. */
export function armLine(id: string): { line: Position[]; segment: string; middle_m: number } | null {
  const segment = segmentOf(id);
  const street = findStreet(segment);
  const piece = street && (piecesOf(street).find((one) => one.id === id) ?? null);
  if (!street || !piece) return null;
  const points = street.geometry.coordinates as Position[];
  const along = measured(points, street.properties.length_m);
  const inner = points.filter((_, at) => (along[at] as number) > piece.from_m && (along[at] as number) < piece.to_m);
  const line = [pointAt(points, along, piece.from_m), ...inner, pointAt(points, along, piece.to_m)];
  return { line, segment, middle_m: (piece.from_m + piece.to_m) / 2 };
}

/** Where what was demanded stands: an arm, or each arm of one of the operation's barriers. */
export function placesOf(id: string): readonly { segment: string; offset_m: number }[] {
  const found = armLine(id);
  if (found) return [{ segment: found.segment, offset_m: found.middle_m }];
  return operation.value?.barriers.find((one) => one.id === id)?.arms ?? [];
}

function measured(points: readonly Position[], length_m: number): number[] {
  const squeeze = Math.cos((((points[0]?.[1] as number) ?? 0) * Math.PI) / 180);
  const along = [0];
  for (let one = 1; one < points.length; one++) {
    const [x0, y0] = points[one - 1] as [number, number];
    const [x1, y1] = points[one] as [number, number];
    along.push((along[one - 1] as number) + Math.hypot((x1 - x0) * squeeze, y1 - y0));
  }
  const scale = length_m / (along.at(-1) || 1);
  return along.map((one) => one * scale);
}

function pointAt(points: readonly Position[], along: readonly number[], offset_m: number): Position {
  let one = along.findIndex((end, index) => index > 0 && end >= offset_m);
  if (one < 1) one = points.length - 1;
  const [from, to] = [along[one - 1] as number, along[one] as number];
  const share = to > from ? (offset_m - from) / (to - from) : 0;
  const [x0, y0] = points[one - 1] as [number, number];
  const [x1, y1] = points[one] as [number, number];
  return [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share];
}

/** Where a line crosses a ring, in metres along the line. */
function crossings(points: readonly Position[], along: readonly number[], ring: readonly Position[]): number[] {
  const found: number[] = [];
  for (let one = 1; one < points.length; one++) {
    const [ax, ay] = points[one - 1] as [number, number];
    const [bx, by] = points[one] as [number, number];
    for (let corner = 0; corner < ring.length; corner++) {
      const [cx, cy] = ring[corner] as [number, number];
      const [dx, dy] = ring[(corner + 1) % ring.length] as [number, number];
      const turn = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
      if (turn === 0) continue;
      const share = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / turn;
      const other = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / turn;
      if (share < 0 || share > 1 || other < 0 || other > 1) continue;
      found.push((along[one - 1] as number) + share * ((along[one] as number) - (along[one - 1] as number)));
    }
  }
  return found;
}

/** Whether a point lies within rings, holes left out: in an odd number of them. */
function holds(rings: Rings, [x, y]: Position): boolean {
  return rings.filter((ring) => ringHolds(ring, x as number, y as number)).length % 2 === 1;
}

function ringHolds(ring: readonly Position[], x: number, y: number): boolean {
  let inside = false;
  for (let one = 0; one < ring.length; one++) {
    const [x0, y0] = ring[one] as [number, number];
    const [x1, y1] = ring[(one + 1) % ring.length] as [number, number];
    if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) inside = !inside;
  }
  return inside;
}
