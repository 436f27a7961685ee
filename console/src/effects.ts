// What an entry changes, as sentences: for the log, and for the composer before anything is logged.
import type { Entry } from "./state";
import { operation } from "./state";
import { barrierName, STATES, siteName, streetName } from "./words";

type Effects = Pick<
  Entry,
  | "barriers"
  | "gates"
  | "occupied"
  | "cleared"
  | "rules"
  | "state"
  | "staffed"
  | "site"
  | "site_state"
  | "swept"
  | "in_force"
>;

/** One sentence for each thing that changes; none if nothing does. */
export function effectsInWords(entry: Effects): readonly string[] {
  const found: string[] = [];
  if (entry.state) for (const id of entry.barriers) found.push(`${barrierName(id)}: ${STATES[entry.state]}`);
  for (const id of entry.gates) {
    found.push(`${id === "*" ? "All gates" : barrierName(id)}: ${entry.staffed ? "staffed" : "not staffed"}`);
  }
  if (entry.site && entry.site_state) found.push(`${siteName(entry.site)}: ${entry.site_state}`);
  for (const street of distinctStreets(entry.occupied)) found.push(`${street}: occupied`);
  for (const street of distinctStreets(entry.cleared)) found.push(`${street}: cleared`);
  for (const id of entry.rules)
    found.push(`Rule ${entry.in_force ? "in force" : "no longer in force"}: ${ruleSays(id)}`);
  if (entry.swept) found.push("The whole perimeter was swept");
  return found;
}

function distinctStreets(segments: readonly string[]): string[] {
  return [...new Set(segments.map(streetName))];
}

function ruleSays(id: string): string {
  return operation.value?.rules.find((one) => one.id === id)?.says ?? id;
}
