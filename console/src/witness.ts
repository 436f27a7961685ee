// What proves an answer. The API gives it as free JSON by the kind of promise, so it is read with care.
import type { PromiseAnswer } from "./state";

export interface DrivenPath {
  streets: string[];
  length_m: number;
  coordinates: [number, number][];
}

export interface Leak {
  through: string;
  barriers: string[];
  certain: boolean;
  claimed: boolean;
  mend: string;
  path: DrivenPath;
}

/** Protected streets that somebody no longer reaches, and those that were never reached. */
export interface CutOff {
  cut_off: { streets: string[]; street_m: number };
  never_reached: { streets: string[]; street_m: number };
}

export interface Occupied {
  segment: string;
  occupied: "yes" | "perhaps" | "claimed";
  entries: string[];
}

/** The ways in that a sealed promise leaves open; none for other promises. */
export function leaksOf(answer: Pick<PromiseAnswer, "witness"> | null | undefined): readonly Leak[] {
  const leaks = answer?.witness.leaks;
  return Array.isArray(leaks) ? (leaks as Leak[]) : [];
}

/** Paths anywhere else in a witness, whatever its promise calls them. */
export function waysOf({ witness }: Pick<PromiseAnswer, "witness">): readonly DrivenPath[] {
  const { path, ways_out } = witness as { path?: unknown; ways_out?: Record<string, unknown> };
  return [path, ...Object.values(ways_out ?? {})].filter(isPath);
}

function isPath(one: unknown): one is DrivenPath {
  return Array.isArray((one as DrivenPath | null)?.coordinates) && (one as DrivenPath).coordinates.length > 1;
}

/** One field of a witness, or undefined where it isn't there. */
export function part<T>(answer: Pick<PromiseAnswer, "witness">, name: string): T | undefined {
  const found = answer.witness[name];
  return found === null || found === undefined ? undefined : (found as T);
}

/** "The Terrace → Bowen Street" */
export function streetsInWords(path: DrivenPath): string {
  return path.streets.map((one) => one || "a nameless lane").join(" → ");
}
