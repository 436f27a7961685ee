// One label for each stretch of a named street, in place of one for each little segment: touching segments of one name
// that go on nearly straight are joined, and a second carriageway beside the first keeps silent.
import type { StreetMap } from "../state";
import { classRank } from "./streetClasses";

export interface NamedStretch {
  name: string;
  rank: number; // 1 is most important
  length_m: number;
  coordinates: Array<[number, number]>;
  box: [west: number, south: number, east: number, north: number];
}

type Point = [number, number];

const TURN_MAX_DEG = 38;
const BESIDE_M = 32;
const DEGREE_M = 111_320;

export function namedStretches(map: StreetMap): NamedStretch[] {
  const byName = new Map<string, Array<{ rank: number; coordinates: Point[] }>>();
  for (const { geometry, properties } of map.features) {
    if (!properties.name) continue;
    const held = byName.get(properties.name) ?? [];
    held.push({ rank: classRank(properties.highway), coordinates: geometry.coordinates });
    byName.set(properties.name, held);
  }
  return [...byName].flatMap(([name, segments]) => {
    const rank = Math.min(...segments.map((one) => one.rank));
    const lines = joined(segments.flatMap((one) => straightParts(one.coordinates)))
      .map((coordinates) => ({ name, rank, coordinates, length_m: lengthOf(coordinates), box: boxOf(coordinates) }))
      .sort((one, other) => other.length_m - one.length_m);
    return lines.filter((line, index) => !lines.slice(0, index).some((longer) => runsBeside(line, longer)));
  });
}

/** Chains of lines that touch and go on nearly straight; the longest line starts each chain. */
function joined(lines: Point[][]): Point[][] {
  const ends = new Map<string, Set<number>>();
  lines.forEach((line, index) => {
    for (const end of [line[0], line.at(-1)]) {
      if (!end) continue;
      const held = ends.get(String(end)) ?? new Set();
      ends.set(String(end), held.add(index));
    }
  });
  const left = new Set(lines.keys());
  const order = [...left].sort((one, other) => lengthOf(lines[other] as Point[]) - lengthOf(lines[one] as Point[]));
  const chains: Point[][] = [];
  for (const start of order) {
    if (!left.delete(start)) continue;
    let chain = [...(lines[start] as Point[])];
    for (const _end of ["ahead", "behind"]) {
      for (let next = straightest(chain, lines, ends, left); next; next = straightest(chain, lines, ends, left)) {
        left.delete(next.index);
        chain = [...chain, ...next.coordinates.slice(1)];
      }
      chain.reverse();
    }
    chains.push(chain);
  }
  return chains;
}

function straightest(
  chain: Point[],
  lines: Point[][],
  ends: Map<string, Set<number>>,
  left: Set<number>,
): { index: number; coordinates: Point[] } | null {
  const tip = chain.at(-1) as Point;
  let best: { index: number; coordinates: Point[]; turn: number } | null = null;
  for (const index of ends.get(String(tip)) ?? []) {
    if (!left.has(index)) continue;
    const line = lines[index] as Point[];
    const coordinates = String(line[0]) === String(tip) ? line : [...line].reverse();
    const turn = turnAt(chain.at(-2) as Point, tip, coordinates[1] as Point);
    if (turn <= TURN_MAX_DEG && (!best || turn < best.turn)) best = { index, coordinates, turn };
  }
  return best;
}

/** A line cut at its sharp bends, where letters could not follow. */
function straightParts(line: Point[]): Point[][] {
  const parts: Point[][] = [];
  let part: Point[] = line.slice(0, 1);
  for (let one = 1; one < line.length; one++) {
    const here = line[one] as Point;
    part.push(here);
    const next = line[one + 1];
    if (next && turnAt(line[one - 1] as Point, here, next) > TURN_MAX_DEG) {
      parts.push(part);
      part = [here];
    }
  }
  return part.length > 1 ? [...parts, part] : parts;
}

function turnAt(before: Point, here: Point, after: Point): number {
  const squeeze = Math.cos((here[1] * Math.PI) / 180);
  const one = Math.atan2(here[1] - before[1], (here[0] - before[0]) * squeeze);
  const other = Math.atan2(after[1] - here[1], (after[0] - here[0]) * squeeze);
  const turn = Math.abs(((other - one) * 180) / Math.PI) % 360;
  return turn > 180 ? 360 - turn : turn;
}

function metresBetween(one: Point, other: Point): number {
  const squeeze = Math.cos((one[1] * Math.PI) / 180);
  return Math.hypot((one[0] - other[0]) * squeeze, one[1] - other[1]) * DEGREE_M;
}

function lengthOf(line: Point[]): number {
  return line.slice(1).reduce((sum, point, index) => sum + metresBetween(line[index] as Point, point), 0);
}

function boxOf(line: Point[]): NamedStretch["box"] {
  const [lons, lats] = [line.map((one) => one[0]), line.map((one) => one[1])];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

function runsBeside(line: NamedStretch, longer: NamedStretch): boolean {
  const probes = [0.15, 0.5, 0.85].map((share) => pointAt(line.coordinates, share * line.length_m));
  return probes.filter((probe) => distanceTo(probe, longer.coordinates) < BESIDE_M).length >= 2;
}

function pointAt(line: Point[], metres: number): Point {
  let left = metres;
  for (let one = 1; one < line.length; one++) {
    const [from, to] = [line[one - 1] as Point, line[one] as Point];
    const length = metresBetween(from, to);
    if (left <= length && length > 0) {
      const share = left / length;
      return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    }
    left -= length;
  }
  return line.at(-1) as Point;
}

function distanceTo(point: Point, line: Point[]): number {
  const squeeze = Math.cos((point[1] * Math.PI) / 180);
  let best = Number.POSITIVE_INFINITY;
  for (let one = 1; one < line.length; one++) {
    const [from, to] = [line[one - 1] as Point, line[one] as Point];
    const [dx, dy] = [(to[0] - from[0]) * squeeze, to[1] - from[1]];
    const [px, py] = [(point[0] - from[0]) * squeeze, point[1] - from[1]];
    const share = Math.min(1, Math.max(0, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, Math.hypot(px - share * dx, py - share * dy) * DEGREE_M);
  }
  return best;
}
