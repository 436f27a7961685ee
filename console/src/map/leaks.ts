// Which paths the map shows: the ways in of the promise that is selected, else faintly those of every broken one;
// for another promise the paths that prove it.
import { computed } from "@preact/signals";
import type { Feature, FeatureCollection, Position } from "geojson";
import type { components } from "../api/schema";
import { planning, shownPlan } from "../planning/state";
import { type Answer, answers, selection, shownLeak } from "../state";
import { leaksOf, waysOf } from "../witness";
import { listed } from "../words";

type DrivenPath = components["schemas"]["DrivenPath"];

export interface ShownPath {
  kind: "leak" | "way";
  promise: string;
  /** Its place among the leaks of its promise; 0 for other paths. */
  index: number;
  certain: boolean;
  strong: boolean;
  /** Where it leads through; empty for other paths. */
  through: string;
  path: DrivenPath;
}

export const shownPaths = computed<readonly ShownPath[]>(() => {
  if (planning.value) return wayPast(); // what leaks today is no matter of a plan
  const picked = selection.value?.kind === "promise" ? selection.value.id : null;
  const selected = answers.value.find((one) => one.id === picked);
  const strong = selected ? [...leaksIn(selected, shownLeak.value), ...waysIn(selected)] : [];
  const broken = answers.value.filter((one) => one.answer === "broken" && one !== selected);
  const sealed = selected !== undefined && leaksOf(selected).length > 0;
  // While one promise's ways in are looked at, those of others would only confuse.
  const faint = sealed ? [] : broken.flatMap((one) => leaksIn(one, null)).map((one) => ({ ...one, strong: false }));
  return distinct([...strong, ...faint]);
});

/** Where no plan can seal the area: the way in that stays. */
function wayPast(): ShownPath[] {
  const path = shownPlan.value?.witness;
  if (!path) return [];
  const through = path.streets.find((one) => one) ?? "a nameless lane";
  return [{ kind: "leak", promise: "", index: 0, certain: true, strong: true, through, path }];
}

function leaksIn(answer: Answer, only: number | null): ShownPath[] {
  return leaksOf(answer).map((leak, index) => ({
    kind: "leak",
    promise: answer.id,
    index,
    certain: leak.certain,
    strong: only === null || only === index,
    through: leak.through.replace(/\s*\([^()]*\)\s*$/, ""), // the board says why; on the map only where
    path: leak.path as DrivenPath,
  }));
}

function waysIn(answer: Answer): ShownPath[] {
  return waysOf(answer).map((one, index) => ({
    kind: "way",
    promise: answer.id,
    index,
    certain: answer.certain,
    strong: true,
    through: "",
    path: one as DrivenPath,
  }));
}

/** Each line once; strong ones come first and stay. */
function distinct(paths: ShownPath[]): ShownPath[] {
  const seen = new Set<string>();
  return paths.filter((one) => {
    const line = one.kind + one.path.coordinates.join(" ");
    return !seen.has(line) && seen.add(line);
  });
}

export function pathCollection(paths: readonly ShownPath[]): FeatureCollection {
  const features = paths.map(
    ({ kind, certain, strong, path }): Feature => ({
      type: "Feature",
      geometry: { type: "LineString", coordinates: path.coordinates },
      properties: { kind, certain, strong },
    }),
  );
  return { type: "FeatureCollection", features: features.sort((one, other) => order(one) - order(other)) };
}

const order = (one: Feature) => (one.properties?.strong ? 1 : 0);

/** Where numbered leaks begin. Leaks that begin at one point share a badge. */
export interface LeakBadge {
  key: string;
  numbers: number[];
  at: [lon: number, lat: number];
  lines: string[];
  promise: string;
  index: number;
  strong: boolean;
  headsSouth: boolean;
}

export const leakBadges = computed<readonly LeakBadge[]>(() => {
  const picked = selection.value?.kind === "promise" ? selection.value.id : null;
  const starts = new Map<string, ShownPath[]>();
  for (const one of shownPaths.value) {
    if (one.kind !== "leak" || one.promise !== picked) continue;
    const start = String(one.path.coordinates[0]);
    starts.set(start, [...(starts.get(start) ?? []), one]);
  }
  return [...starts].flatMap(([key, leaks]) => {
    const [first] = leaks;
    if (!first) return [];
    const numbers = leaks.map((one) => one.index + 1);
    const at = first.path.coordinates[0] as [number, number];
    const strong = leaks.some((one) => one.strong);
    const headsSouth = (first.path.coordinates[2] ?? first.path.coordinates[1] ?? at)[1] < at[1];
    return [
      { key, numbers, at, lines: badgeLines(leaks), promise: first.promise, index: first.index, strong, headsSouth },
    ];
  });
});

/** "Leaks 2, 3 and 4, not certain: through Lambton Quay at Whitmore Street": arms of one barrier are told as one. */
function badgeLines(leaks: readonly ShownPath[]): string[] {
  const places = new Map<string, number[]>();
  for (const { through, certain, index } of leaks) {
    const line = `${certain ? "" : ", not certain"}: through ${through.replace(/, arm \d+ of \d+$/, "")}`;
    places.set(line, [...(places.get(line) ?? []), index + 1]);
  }
  return [...places].map(
    ([line, numbers]) => `Leak${numbers.length > 1 ? "s" : ""} ${listed(numbers.map(String))}${line}`,
  );
}

/** Everything that the strong paths touch, to ease the map to. */
export function strongPoints(paths: readonly ShownPath[]): Position[] {
  return paths.filter((one) => one.strong).flatMap((one) => one.path.coordinates);
}
