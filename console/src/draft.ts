// The entry that is being written: its fields, what it will say, and whether it may be sent.
import { computed, signal } from "@preact/signals";
import { setComposing, setPlaceReadings } from "./actions";
import type { Fault } from "./api/client";
import { freshKey } from "./api/client";
import type { components } from "./api/schema";
import { effectsInWords } from "./effects";
import type { Barrier, Entry, PlaceReading, Span } from "./state";
import { at, operation, placeReadings } from "./state";
import { DAY, fromLocal, isoInZone, localParts, spanInWords } from "./times";
import type { BarrierState, Certainty, Kind } from "./words";
import { CERTAINTIES, listed } from "./words";

export type EntryDraft = components["schemas"]["EntryDraft-Input"];
export type Precision = Span["precision"];
/** The part of the form that a fault belongs to. */
export type Field = "what" | "kind" | "place" | "when" | "by" | "certainty" | "changes" | "number";

export interface Draft {
  key: string; // the same for every try to send this draft, so that it is logged once
  kind: Kind;
  what: string;
  place: string;
  precision: Precision;
  from: string; // local time of the operation
  to: string;
  by: string;
  via: string;
  certainty: Certainty;
  barriers: readonly string[];
  state: BarrierState | "";
  staffed: "" | "yes" | "no";
  site: string;
  siteState: "" | "open" | "closed";
  street: "" | "occupied" | "cleared";
  swept: boolean;
  number: string; // for a count
  unit: string;
  relatesTo: readonly string[];
  disputes: readonly string[];
  retracts: readonly string[];
}

const BY = "ringfence.by";
/** A barrier this near to where the place is read is the one that is meant. */
const SAME_PLACE_M = 60;

export const draft = signal<Draft>(emptyDraft());
export const reading = signal<number>(0); // which of the readings of the place is meant
export const shownFaults = signal<readonly ShownFault[]>([]);

export interface ShownFault {
  field: Field;
  says: string;
}

function emptyDraft(): Draft {
  return {
    key: freshKey(),
    kind: "observation",
    what: "",
    place: "",
    precision: "exact",
    from: "",
    to: "",
    by: remembered(),
    via: "",
    certainty: "observed",
    barriers: [],
    state: "",
    staffed: "",
    site: "",
    siteState: "",
    street: "",
    swept: false,
    number: "",
    unit: "",
    relatesTo: [],
    disputes: [],
    retracts: [],
  };
}

function remembered(): string {
  try {
    return localStorage.getItem(BY) ?? "";
  } catch {
    return "";
  }
}

export function rememberBy(by: string): void {
  try {
    localStorage.setItem(BY, by);
  } catch {
    // a browser that keeps nothing asks again next time
  }
}

export function change(part: Partial<Draft>): void {
  draft.value = { ...draft.value, ...part };
}

export function clearDraft(): void {
  draft.value = { ...emptyDraft(), from: localParts(at.peek()), to: localParts(at.peek()) };
  shownFaults.value = [];
  setPlaceReadings([]);
}

export function renewKey(): void {
  change({ key: freshKey() });
}

/** A new draft about an entry: to correct it, to contradict it, or to take it back. */
export function draftFrom(entry: Entry, kind: "correction" | "denial" | "retraction"): void {
  clearDraft();
  const takesBack = kind === "retraction";
  change({
    kind,
    place: takesBack ? "" : (entry.place ?? ""),
    certainty: kind === "denial" ? "denied" : "confirmed",
    relatesTo: kind === "correction" ? [entry.id] : [],
    disputes: kind === "denial" ? [entry.id] : [],
    retracts: takesBack ? [entry.id] : [],
    ...(kind === "correction" && { barriers: entry.barriers, state: entry.state ?? "" }),
  });
  setComposing(true);
}

/** The reading of the place that is meant, if the place was read. */
export const meant = computed<PlaceReading | null>(
  () => placeReadings.value[reading.value] ?? placeReadings.value[0] ?? null,
);

/** The operation's own barriers where a place is read. */
export function barriersAt(place: PlaceReading | null): readonly Barrier[] {
  if (!place) return [];
  const isHere = (arm: Barrier["arms"][number]) =>
    arm.segment === place.segment && Math.abs(arm.offset_m - place.offset_m) <= SAME_PLACE_M;
  return operation.value?.barriers.filter((one) => one.arms.some(isHere)) ?? [];
}

function soOf({ precision, from, to }: Draft): Span | null {
  const span = (start: number | null, end: number | null): Span | null =>
    Number.isNaN(start) || Number.isNaN(end)
      ? null
      : { precision, from: start === null ? null : isoInZone(start), to: end === null ? null : isoInZone(end) };
  const [start, end] = [fromLocal(from), fromLocal(to)];
  switch (precision) {
    case "unknown":
      return span(null, null);
    case "after":
      return span(start, null);
    case "before":
      return span(null, end);
    case "between":
      return span(start, end);
    case "day":
      return span(midnight(from, 0), midnight(from, 1));
    default:
      return span(start, start);
  }
}

/** Where a day begins, or one some days on: a day is not always 24 hours long. */
function midnight(local: string, daysOn: number): number {
  const day = Date.parse(`${local.slice(0, 10)}Z`) + daysOn * DAY;
  return Number.isNaN(day) ? day : fromLocal(`${new Date(day).toISOString().slice(0, 10)}T00:00`);
}

/** "1,200" and "1 200" are 1200; NaN if it is no number. */
function figure(text: string): number {
  return Number(text.replace(/[\s,]/g, ""));
}

/** Of the chosen barriers, those that are gates. */
function gatesOf(one: Draft): string[] {
  const gates = new Set(operation.value?.barriers.filter((barrier) => barrier.gate).map((barrier) => barrier.id));
  return one.barriers.filter((id) => gates.has(id));
}

/** What is sent. Halves of an effect are left out; `faultsIn` says so before. */
export function toEntryDraft(one: Draft): EntryDraft {
  const street = one.street && meant.value ? [meant.value.segment] : [];
  return {
    kind: one.kind,
    what: one.what.trim(),
    ...(one.place.trim() && { place: one.place.trim() }),
    source: { by: one.by.trim(), via: one.via.trim() || null },
    certainty: one.certainty,
    so: soOf(one) ?? { precision: "unknown", from: null, to: null },
    ref: [],
    relates_to: [...one.relatesTo],
    disputes: [...one.disputes],
    follows: [],
    barriers: one.state ? [...one.barriers] : [],
    ...(one.kind === "count" && one.number.trim() && { number: figure(one.number), unit: one.unit.trim() || null }),
    ...(one.state && one.barriers.length > 0 && { state: one.state }),
    gates: one.staffed ? gatesOf(one) : [],
    ...(one.staffed && gatesOf(one).length > 0 && { staffed: one.staffed === "yes" }),
    ...(one.site && one.siteState && { site: one.site, site_state: one.siteState }),
    ...(one.swept && { swept: "perimeter" as const }),
    occupied: one.street === "occupied" ? street : [],
    cleared: one.street === "cleared" ? street : [],
    rules: [],
    retracts: [...one.retracts],
  };
}

/** What a person has to mend before it makes sense to send. */
export function faultsIn(one: Draft): readonly ShownFault[] {
  const found: ShownFault[] = [];
  const add = (field: Field, says: string) => found.push({ field, says });
  if (!one.what.trim()) add("what", "Write what happened.");
  if (!one.by.trim()) add("by", "Write who says so: an organisation, an office or a role.");
  if (!soOf(one)) add("when", "Give the date and the time, or choose “not stated”.");
  const so = soOf(one);
  if (so?.precision === "between" && Date.parse(so.from ?? "") > Date.parse(so.to ?? "")) {
    add("when", "The first time lies after the second: swap them.");
  }
  if (one.kind === "count" && Number.isNaN(figure(one.number))) add("number", "Write the count in figures.");
  if (one.barriers.length && !one.state && !one.staffed) add("changes", "Say what changed at the chosen barriers.");
  if (one.state && !one.barriers.length) add("changes", "Choose the barriers that are in this state.");
  if (one.staffed && !gatesOf(one).length) add("changes", "Choose the gates that are staffed or not.");
  if (Boolean(one.site) !== Boolean(one.siteState)) add("changes", "Choose a site together with open or closed.");
  if (one.street && !meant.value)
    add("place", "Name a place that can be read on the map, so that the street is known.");
  if (one.retracts.length && one.certainty !== "confirmed" && one.certainty !== "observed") {
    add("certainty", "Only what is confirmed or observed can take an entry back. Contradict it instead.");
  }
  return found;
}

const FIELDS: readonly [RegExp, Field][] = [
  [/\bwhat\b/, "what"],
  [/\bplace\b/, "place"],
  [/\bsource\b|\bby\b|\bvia\b/, "by"],
  [/\bso\b|precision|\bfrom\b|\bto\b/, "when"],
  [/certainty|retract/, "certainty"],
  [/barrier|state|gate|staffed|site|swept|occupied|cleared|rule/, "changes"],
  [/number|unit|breakdown/, "number"],
  [/\bkind\b/, "kind"],
];

/** How a program keeps it as a note: a person has a button. */
const FOR_PROGRAMS = / Or keep it as a note: POST .*$/;

/** A fault of the server, next to the field that it speaks of. */
export function placeFault(fault: Fault): ShownFault {
  const field =
    FIELDS.find(([words]) => words.test(fault.where))?.[1] ?? FIELDS.find(([words]) => words.test(fault.code))?.[1];
  const next = fault.do.replace(FOR_PROGRAMS, "");
  return { field: field ?? "what", says: `Expected ${fault.expected}; found ${fault.found}. ${next}` };
}

/** The entry as a sentence, before it is logged. */
export function sentence(one: Draft): string {
  const so = soOf(one);
  const when = so ? spanInWords(so) : "…";
  const head = [when.charAt(0).toUpperCase() + when.slice(1), one.place.trim()].filter(Boolean).join(", ");
  const who = `${CERTAINTIES[one.certainty]} by ${one.by.trim() || "…"}${one.via.trim() ? `, through ${one.via.trim()}` : ""}`;
  const about = one.relatesTo.length ? ` About ${listed(one.relatesTo)}.` : "";
  const against = one.disputes.length ? ` Contradicts ${listed(one.disputes)}.` : "";
  const back = one.retracts.length ? ` Takes back ${listed(one.retracts)}.` : "";
  return `${head}: “${one.what.trim() || "…"}” ${who.charAt(0).toUpperCase()}${who.slice(1)}.${about}${against}${back}`;
}

export function draftEffects(one: Draft): readonly string[] {
  const entry = toEntryDraft(one);
  return effectsInWords({
    barriers: entry.barriers ?? [],
    gates: entry.gates ?? [],
    occupied: entry.occupied ?? [],
    cleared: entry.cleared ?? [],
    rules: entry.rules ?? [],
    state: entry.state ?? null,
    staffed: entry.staffed ?? null,
    site: entry.site ?? null,
    site_state: entry.site_state ?? null,
    swept: entry.swept ?? null,
    in_force: null,
  });
}
