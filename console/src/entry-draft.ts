// The entry that a draft makes: what is sent, what a person has to mend before, and the sentence that will be logged.
import type { Fault } from "./api/client";
import { nextStep } from "./api/client";
import type { components } from "./api/schema";
import type { Draft, Field, ShownFault, Times } from "./draft";
import { asksFor, corrected, idsIn, meant } from "./draft";
import { effectsInWords } from "./effects";
import { byId, hasEffect } from "./log-view";
import type { Span } from "./state";
import { operation } from "./state";
import { apart, DAY, dayStart, isoInZone, momentsOf, spanInWords } from "./times";
import type { Kind } from "./words";
import { CERTAINTIES, KINDS, listed } from "./words";

export type EntryDraft = components["schemas"]["EntryDraft-Input"];

/** A stated time; null while it is no time, or two. What is not touched of a corrected entry is as it was. */
export function spanOf({ precision, from, to, stated }: Times): Span | null {
  const shown = stated && from === stated.from && to === stated.to;
  if (shown && precision === stated.span.precision) return stated.span;
  const start = from === stated?.from ? (stated.span.from ?? stated.span.to ?? isoOf(from)) : isoOf(from);
  const end = to === stated?.to ? (stated.span.to ?? stated.span.from ?? isoOf(to)) : isoOf(to);
  const span = (...[first, last]: (string | null)[]): Span | null =>
    first && last ? { precision, from: first, to: last } : null;
  switch (precision) {
    case "unknown":
      return { precision, from: null, to: null };
    case "after":
      return start ? { precision, from: start, to: null } : null;
    case "before":
      return end ? { precision, from: null, to: end } : null;
    case "between":
      return span(start, end);
    case "day":
      return span(midnight(from, 0), midnight(from, 1));
    default:
      return span(start, start);
  }
}

/** The one moment that a local time is; null if there is none, or two. */
function isoOf(text: string): string | null {
  const [moment, second] = momentsOf(text) ?? [];
  return moment === undefined || second !== undefined ? null : isoInZone(moment);
}

/** Where a day begins, or one some days on: a day is not always 24 hours long. */
function midnight(local: string, daysOn: number): string | null {
  const day = Date.parse(`${local.slice(0, 10)}Z`) + daysOn * DAY;
  return Number.isNaN(day) ? null : isoInZone(dayStart(new Date(day).toISOString().slice(0, 10)));
}

/** "1,200" and "1 200" are 1200; NaN if it is no number. */
export function figure(text: string): number {
  return Number(text.replace(/[\s,]/g, ""));
}

/** Of the chosen barriers, those that are gates. */
function gatesOf(one: Draft): string[] {
  const gates = new Set(operation.value?.barriers.filter((barrier) => barrier.gate).map((barrier) => barrier.id));
  return one.barriers.filter((id) => gates.has(id));
}

/** The parts of a count that are filled in. */
export function partsIn(one: Draft): Record<string, number> {
  const filled = one.parts.filter((part) => part.name.trim() && part.number.trim());
  return Object.fromEntries(filled.map((part) => [part.name.trim(), figure(part.number)]));
}

/** How many of the number are in no part; 0 where there is nothing to add up. */
export function unaccounted(one: Draft): number {
  const parts = Object.values(partsIn(one));
  const rest = one.number.trim() && parts.length ? figure(one.number) - parts.reduce((sum, part) => sum + part, 0) : 0;
  return Math.abs(rest) < 1e-9 || Number.isNaN(rest) ? 0 : rest;
}

type Sent = Partial<EntryDraft>;

function countOf(one: Draft): Sent {
  const [unit, basis] = [one.unit.trim(), one.basis.trim()];
  return {
    ...(one.number.trim() && { number: figure(one.number) }),
    ...(unit && { unit }),
    ...(basis && { basis }),
    ...(Object.keys(partsIn(one)).length > 0 && { breakdown: partsIn(one) }),
  };
}

function reasonOf(one: Draft): Sent {
  const [why, power] = [one.why.trim(), one.power.trim()];
  return { ...(why && { why }), ...(power && { power }) };
}

/** The streets that it says are occupied or cleared. */
function streetsOf(one: Draft): string[] {
  if (!one.street) return [];
  return one.segments.length ? [...one.segments] : meant.value ? [meant.value.segment] : [];
}

function changesOf(one: Draft): Sent {
  return {
    barriers: one.state ? [...one.barriers] : [],
    ...(one.state && one.barriers.length > 0 && { state: one.state }),
    gates: one.staffed ? gatesOf(one) : [],
    ...(one.staffed && gatesOf(one).length > 0 && { staffed: one.staffed === "yes" }),
    ...(one.site && one.siteState && { site: one.site, site_state: one.siteState }),
    ...(one.swept && { swept: "perimeter" as const }),
    occupied: one.street === "occupied" ? streetsOf(one) : [],
    cleared: one.street === "cleared" ? streetsOf(one) : [],
  };
}

/** What is sent. Halves of an effect, and what the kind can't have, are left out; `faultsIn` says so before. */
export function toEntryDraft(one: Draft): EntryDraft {
  const asked = asksFor(one);
  const rules = asked.rules && one.inForce ? [...one.rules] : [];
  return {
    kind: one.kind,
    what: one.what.trim(),
    ...(one.place.trim() && { place: one.place.trim() }),
    source: { by: one.by.trim(), via: one.via.trim() || null },
    certainty: one.certainty,
    so: spanOf(one.so) ?? { precision: "unknown", from: null, to: null },
    ...(one.reported && { reported: spanOf(one.reported) }),
    ref: refsIn(one.refs),
    relates_to: idsIn(one.relatesTo),
    disputes: idsIn(one.disputes),
    follows: idsIn(one.follows),
    ...(asked.count && countOf(one)),
    ...(asked.reason && reasonOf(one)),
    ...(asked.changes && changesOf(one)),
    rules,
    ...(rules.length > 0 && { in_force: one.inForce === "yes" }),
    retracts: idsIn(one.retracts),
  };
}

const refsIn = (typed: string): string[] =>
  typed
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean);

/** What a kind does to other entries, and in which field they are named. */
export const LINKED: Partial<Record<Kind, { label: string; field: "relatesTo" | "disputes" | "retracts" }>> = {
  correction: { label: "Corrects which entry", field: "relatesTo" },
  confirmation: { label: "Confirms which entries", field: "relatesTo" },
  denial: { label: "Contradicts which entries", field: "disputes" },
  retraction: { label: "Takes back which entries", field: "retracts" },
};

type Add = (field: Field, says: string) => void;

/** What a person has to mend before it makes sense to send. */
export function faultsIn(one: Draft): readonly ShownFault[] {
  const found: ShownFault[] = [];
  const add: Add = (field, says) => found.push({ field, says });
  if (!one.what.trim()) add("what", "Write what happened.");
  if (!one.by.trim()) add("by", "Write who says so: an organisation, an office or a role.");
  timeFaults(one.so, "when", add);
  if (one.reported) timeFaults(one.reported, "reported", add);
  linkFaults(one, add);
  const asked = asksFor(one);
  if (asked.count) countFaults(one, add);
  if (asked.rules && one.rules.length > 0 && !one.inForce) add("rules", "Say whether the rules are now in force.");
  if (asked.rules && one.inForce && !one.rules.length) add("rules", "Choose the rules that are now so.");
  if (asked.changes) changeFaults(one, add);
  if (one.retracts && one.certainty !== "confirmed" && one.certainty !== "observed") {
    add("certainty", "Only what is confirmed or observed can take an entry back. Contradict it instead.");
  }
  return found;
}

function timeFaults(times: Times, field: Field, add: Add): void {
  const span = spanOf(times);
  if (!span) {
    const ends = times.precision === "before" ? [] : [times.from];
    if (times.precision === "before" || times.precision === "between") ends.push(times.to);
    for (const says of new Set(ends.flatMap((end) => timeFault(end) ?? []))) add(field, says);
  }
  if (span?.precision === "between" && Date.parse(span.from ?? "") > Date.parse(span.to ?? "")) {
    add(field, "The first time lies after the second: swap them.");
  }
}

function timeFault(text: string): string | null {
  const moments = momentsOf(text);
  const time = apart(text).local.split("T")[1];
  if (!moments) return "Give the date and the time, or choose “not stated”.";
  if (!moments.length) return `The clocks skip ${time} on that day: give another time.`;
  return moments.length > 1 ? `Choose which ${time} is meant, the first or the second.` : null;
}

function linkFaults(one: Draft, add: Add): void {
  const unknown = (typed: string) => idsIn(typed).filter((id) => !byId.value.has(id));
  const missing = [one.relatesTo, one.disputes, one.retracts].flatMap(unknown);
  const linked = LINKED[one.kind];
  if (missing.length) add(linked ? "links" : "more", `The log has no entry ${listed(missing)}.`);
  if (unknown(one.follows).length) add("more", `The log has no entry ${listed(unknown(one.follows))}.`);
  if (linked && one.kind !== "denial" && !one[linked.field].trim()) {
    add("links", `Name the entry, as its id stands in the log: it is no ${KINDS[one.kind].toLowerCase()} else.`);
  }
}

function countFaults(one: Draft, add: Add): void {
  if (Number.isNaN(figure(one.number))) add("number", "Write the count in figures.");
  const half = one.parts.find((part) => Boolean(part.name.trim()) !== Boolean(part.number.trim()));
  if (half) add("number", "Give each part its category and its number, or take it out.");
  if (Object.values(partsIn(one)).some(Number.isNaN)) add("number", "Write the number of each part in figures.");
  const names = one.parts.map((part) => part.name.trim()).filter(Boolean);
  if (new Set(names).size < names.length) add("number", "Two parts have one category: add them up.");
}

function changeFaults(one: Draft, add: Add): void {
  if (one.barriers.length && !one.state && !one.staffed) add("changes", "Say what changed at the chosen barriers.");
  if (one.state && !one.barriers.length) add("changes", "Choose the barriers that are in this state.");
  if (one.staffed && !gatesOf(one).length) add("changes", "Choose the gates that are staffed or not.");
  if (Boolean(one.site) !== Boolean(one.siteState)) add("changes", "Choose a site together with open or closed.");
  if (one.street && !streetsOf(one).length)
    add("place", "Name a place that can be read on the map, so that the street is known.");
}

const FIELDS: readonly [RegExp, Field][] = [
  [/\breported\b/, "reported"],
  [/\bwhat\b/, "what"],
  [/\bplace\b/, "place"],
  [/\bsource\b|\bby\b|\bvia\b/, "by"],
  [/\bso\b|precision|\bfrom\b|\bto\b/, "when"],
  [/certainty|retract/, "certainty"],
  [/\brules?\b|in_force/, "rules"],
  [/barrier|state|gate|staffed|site|swept|occupied|cleared/, "changes"],
  [/number|unit|breakdown|basis|part/, "number"],
  [/\bwhy\b|power/, "reason"],
  [/\bkind\b/, "kind"],
  [/\bref\b|relates_to|disputes|follows|entry/, "more"],
];

/** A fault of the server, next to the field that it speaks of. */
export function placeFault(fault: Fault): ShownFault {
  const field =
    FIELDS.find(([words]) => words.test(fault.where))?.[1] ?? FIELDS.find(([words]) => words.test(fault.code))?.[1];
  return { field: field ?? "what", says: `Expected ${fault.expected}; found ${fault.found}. ${nextStep(fault)}` };
}

/** The entry as a sentence, before it is logged. */
export function sentence(one: Draft): string {
  const so = spanOf(one.so);
  const when = so ? spanInWords(so) : "…";
  const head = [when.charAt(0).toUpperCase() + when.slice(1), one.place.trim()].filter(Boolean).join(", ");
  const who = `${CERTAINTIES[one.certainty]} by ${one.by.trim() || "…"}${one.via.trim() ? `, through ${one.via.trim()}` : ""}`;
  const links = [
    [one.kind === "correction" ? "Corrects" : one.kind === "confirmation" ? "Confirms" : "About", one.relatesTo],
    ["Contradicts", one.disputes],
    ["Takes back", one.retracts],
    ["Comes after", one.follows],
  ] as const;
  const linked = links.map(([word, typed]) => (idsIn(typed).length ? ` ${word} ${listed(idsIn(typed))}.` : ""));
  return `${head}: “${one.what.trim() || "…"}” ${who.charAt(0).toUpperCase()}${who.slice(1)}.${linked.join("")}`;
}

/** The figure with its parts and basis, as it will be logged; null where there is none. */
export function figureInWords(one: Draft): string | null {
  const { number, unit, basis, breakdown } = toEntryDraft(one);
  const parts = Object.entries(breakdown ?? {}).map(([name, each]) => `${each} ${name}`);
  if ((number === null || number === undefined) && !parts.length) return null;
  const head = [number?.toLocaleString("en-GB"), unit].filter(Boolean).join(" ");
  return `${head}${parts.length ? ` = ${parts.join(" + ")}` : ""}${basis ? ` (${basis})` : ", with no basis stated"}`;
}

/** What becomes of what the corrected entry says: whether a correction stands in its place. Null for what corrects nothing. */
export function placeOf(one: Draft): string | null {
  const of = corrected(one);
  if (!of) return null;
  if (one.certainty !== "confirmed" && one.certainty !== "observed") {
    return `${of.id} stands as it was said, with this beside it: only what is confirmed or observed takes its place.`;
  }
  const entries = idsIn(one.relatesTo).flatMap((id) => byId.value.get(id)?.entry ?? []);
  const speaks = { effect: draftEffects(one).length > 0, figure: figureInWords(one) !== null };
  if (!speaks.effect && !speaks.figure) {
    if (!hasEffect(of) && of.number === null) return null;
    return `In words only: what ${of.id} ${hasEffect(of) ? "changed" : "counted"} goes on to hold.`;
  }
  const [changed, ...others] = entries.filter((each) => (speaks.effect ? hasEffect(each) : each.number !== null));
  if (!changed || others.length)
    return `It stands beside ${listed(entries.map(({ id }) => id))}, in the place of none:`;
  return `This stands in the place of what ${changed.id} ${speaks.effect ? "changed" : "counted"}:`;
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
    in_force: entry.in_force ?? null,
  });
}
