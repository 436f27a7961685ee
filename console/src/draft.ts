// The entry that is being written: its fields, and what it is about.
import { computed, signal } from "@preact/signals";
import { setComposing, setPlaceReadings } from "./actions";
import { freshKey } from "./api/client";
import { byId, hasEffect } from "./log-view";
import type { Barrier, Entry, PlaceReading, Span } from "./state";
import { at, operation, placeReadings } from "./state";
import { localMinute, localText } from "./times";
import { understood } from "./typing";
import type { BarrierState, Certainty, Kind } from "./words";

export type Precision = Span["precision"];
/** The part of the form that a fault belongs to. */
export type Field =
  | "what"
  | "kind"
  | "links"
  | "place"
  | "when"
  | "by"
  | "certainty"
  | "number"
  | "reason"
  | "rules"
  | "changes"
  | "reported"
  | "more";

/** A time as it is typed: local times of the operation. */
export interface Times {
  precision: Precision;
  from: string;
  to: string;
  /** What the entry states that is corrected, and how it is shown: what is not touched is sent as it was. */
  stated?: { span: Span; from: string; to: string };
}

/** A part of a count, in a row of its own. */
export interface Part {
  row: number;
  name: string;
  number: string;
}

export interface Draft {
  key: string; // the same for every try to send this draft, so that it is logged once
  kind: Kind;
  fromEntry: boolean; // begun at an entry of the log, to answer it
  what: string;
  place: string;
  so: Times;
  reported: Times | null; // null: as it is logged
  by: string;
  via: string;
  certainty: Certainty;
  barriers: readonly string[];
  state: BarrierState | "";
  staffed: "" | "yes" | "no";
  site: string;
  siteState: "" | "open" | "closed";
  street: "" | "occupied" | "cleared";
  segments: readonly string[]; // the streets of the entry that is corrected; else the one at the place
  swept: boolean;
  number: string; // of a count
  unit: string;
  basis: string;
  parts: readonly Part[];
  why: string; // of a decision
  power: string;
  rules: readonly string[]; // of a gate rule
  inForce: "" | "yes" | "no";
  refs: string; // a line each
  relatesTo: string; // ids, as they are typed
  disputes: string;
  retracts: string;
  follows: string;
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
    fromEntry: false,
    what: "",
    place: "",
    so: { precision: "exact", from: "", to: "" },
    reported: null,
    by: remembered(),
    via: "",
    certainty: "observed",
    barriers: [],
    state: "",
    staffed: "",
    site: "",
    siteState: "",
    street: "",
    segments: [],
    swept: false,
    number: "",
    unit: "",
    basis: "",
    parts: [],
    why: "",
    power: "",
    rules: [],
    inForce: "",
    refs: "",
    relatesTo: "",
    disputes: "",
    retracts: "",
    follows: "",
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
  const now = localMinute(at.peek());
  draft.value = { ...emptyDraft(), so: { precision: "exact", from: now, to: now } };
  shownFaults.value = [];
  setPlaceReadings([]);
}

export function renewKey(): void {
  change({ key: freshKey() });
}

/** A new draft about an entry: to correct it, to contradict it, or to take it back. */
export function draftFrom(entry: Entry, kind: "correction" | "denial" | "retraction"): void {
  clearDraft();
  understood.value = null; // a line that was being looked at would stand in the form's place
  if (kind === "correction") change({ kind, ...restated(entry), relatesTo: entry.id });
  if (kind === "denial") change({ kind, place: entry.place ?? "", certainty: "denied", disputes: entry.id });
  if (kind === "retraction") change({ kind, certainty: "confirmed", retracts: entry.id });
  change({ fromEntry: true });
  setComposing(true);
}

/** All that an entry says but its words, to be changed where it was wrong; no surer than it was said. */
function restated(entry: Entry): Partial<Draft> {
  const text = (words: string | null | undefined) => (words && words !== "[erased]" ? words : "");
  const yes = (held: boolean | null | undefined) => (held === null || held === undefined ? "" : held ? "yes" : "no");
  const gates = entry.gates.includes("*") ? gateIds() : entry.gates;
  return {
    place: text(entry.place),
    so: timesOf(entry.so),
    certainty: entry.certainty,
    barriers: [...new Set([...entry.barriers, ...gates])],
    state: entry.state ?? "",
    staffed: yes(entry.staffed),
    site: entry.site ?? "",
    siteState: entry.site_state ?? "",
    street: entry.occupied.length ? "occupied" : entry.cleared.length ? "cleared" : "",
    segments: entry.occupied.length ? entry.occupied : entry.cleared,
    swept: Boolean(entry.swept),
    number: entry.number === null || entry.number === undefined ? "" : String(entry.number),
    unit: entry.unit ?? "",
    basis: entry.basis ?? "",
    parts: Object.entries(entry.breakdown ?? {}).map(([name, number], row) => ({ row, name, number: String(number) })),
    why: text(entry.why),
    power: entry.power ?? "",
    rules: entry.rules,
    inForce: yes(entry.in_force),
  };
}

function timesOf({ precision, from, to }: Span): Times {
  const now = at.peek();
  const local = (moment: string | null | undefined) => (moment ? localText(Date.parse(moment)) : localMinute(now));
  const shown = { from: local(from ?? to), to: local(to ?? from) };
  return { precision, ...shown, stated: { span: { precision, from, to }, ...shown } };
}

const gateIds = (): string[] =>
  operation.value?.barriers.filter((barrier) => barrier.gate).map((barrier) => barrier.id) ?? [];

/** Ids as they are typed, apart by spaces or commas; those of the log as it writes them. */
export function idsIn(typed: string): string[] {
  const written = (id: string) => [id, id.toUpperCase(), id.toLowerCase()].find((one) => byId.value.has(one)) ?? id;
  return [
    ...new Set(
      typed
        .split(/[\s,;]+/)
        .filter(Boolean)
        .map(written),
    ),
  ];
}

/** The entry that is corrected, if one of the log is named. */
export function corrected({ kind, relatesTo }: Draft): Entry | undefined {
  return kind === "correction" ? byId.value.get(idsIn(relatesTo)[0] ?? "")?.entry : undefined;
}

const DECIDED: ReadonlySet<Kind> = new Set<Kind>(["decision", "gate_rule", "level"]);
/** What was decided or counted changes nothing by itself, nor does taking words back. */
const CHANGES_NOTHING: ReadonlySet<Kind> = new Set<Kind>(["count", "decision", "level", "retraction"]);

/** What the chosen kind can have besides; a correction what the entry has that it corrects. */
export function asksFor(one: Draft): { count: boolean; reason: boolean; rules: boolean; changes: boolean } {
  const of = corrected(one);
  const kind = of?.kind === "correction" ? "count" : (of?.kind ?? one.kind);
  return {
    count: kind === "count" || Boolean(of?.unit),
    reason: DECIDED.has(kind) || Boolean(of?.why ?? of?.power),
    rules: kind === "gate_rule",
    changes: !CHANGES_NOTHING.has(one.kind) && !(of && CHANGES_NOTHING.has(of.kind) && !hasEffect(of)),
  };
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
