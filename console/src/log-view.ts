// Which entries are shown, in which order, under which heading.
import { computed } from "@preact/signals";
import type { Entry, Filters, LogItem } from "./state";
import { at, filters, knowledge, log } from "./state";
import { latest, longDay } from "./times";

export interface Group {
  heading: string;
  items: readonly LogItem[];
}

/** Whether an entry changes what barriers, gates, sites, streets, sweeps or rules are held to be. */
export function hasEffect(entry: Entry): boolean {
  const { barriers, gates, site, swept, occupied, cleared, rules } = entry;
  return Boolean(barriers.length || gates.length || site || swept || occupied.length || cleared.length || rules.length);
}

/** Where an entry stands in the log: by when it was so, or, as known then, by when this desk had it. */
function standsAt(entry: Entry): number {
  if (knowledge.value === "then") return latest(entry.recorded);
  const ends = [entry.so.from, entry.so.to, entry.reported.from, entry.reported.to, entry.recorded.from];
  const first = ends.find((one) => typeof one === "string");
  return first ? Date.parse(first) : Number.NEGATIVE_INFINITY;
}

const reportedAt = (entry: Entry): number => (entry.reported.from ? Date.parse(entry.reported.from) : 0);

interface Placed {
  item: LogItem;
  at: number;
}

const placed = computed<readonly Placed[]>(() =>
  log.value
    .map((item) => ({ item, at: standsAt(item.entry) }))
    .sort(
      (one, other) =>
        descending(one.at, other.at) ||
        descending(reportedAt(one.item.entry), reportedAt(other.item.entry)) ||
        other.item.position - one.item.position,
    ),
);

/** Plain subtraction would make no number of two infinities. */
function descending(one: number, other: number): number {
  return one === other ? 0 : one < other ? 1 : -1;
}

/** Every source and place that the log names, for completion. */
export const sources = computed(() => distinct(log.value.map(({ entry }) => entry.source.by)));
export const channels = computed(() => distinct(log.value.map(({ entry }) => entry.source.via)));
export const kindsInLog = computed(() => new Set(log.value.map(({ entry }) => entry.kind)));

function distinct(texts: readonly (string | null | undefined)[]): string[] {
  return [...new Set(texts.filter((one): one is string => Boolean(one)))].sort((a, b) => a.localeCompare(b));
}

function passes(entry: Entry, wanted: Filters): boolean {
  const holds = (text: string | null | undefined, part: string) => fold(text ?? "").includes(fold(part.trim()));
  if (wanted.kinds.length && !wanted.kinds.includes(entry.kind)) return false;
  if (wanted.effect && !hasEffect(entry)) return false;
  if (wanted.place && !holds(entry.place, wanted.place)) return false;
  if (wanted.source && !holds(`${entry.source.by} ${entry.source.via ?? ""}`, wanted.source)) return false;
  return !wanted.text || holds(`${entry.id} ${entry.what} ${entry.place ?? ""} ${entry.basis ?? ""}`, wanted.text);
}

/** Letters without case and accents, so that "tairawhiti" finds "Tairāwhiti". */
function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}

export function isNarrowed(): boolean {
  const { kinds, place, source, text, effect } = filters.value;
  return Boolean(kinds.length || place || source || text || effect);
}

const passing = computed(() => placed.value.filter(({ item }) => passes(item.entry, filters.value)));

/** How many of the passing entries are later. The slider moves sixty times a second; this moves only with an entry. */
const cut = computed(() => passing.value.filter(({ at: when }) => when > at.value).length);

/** The entries up to the moment looked at, and those after it, newest first, by day. */
export const view = computed(() => {
  const later = passing.value.slice(0, cut.value);
  const now = passing.value.slice(cut.value);
  return {
    now: grouped(now),
    later: knowledge.value === "then" ? [] : grouped(later),
    shown: knowledge.value === "then" ? now.length : passing.value.length,
    hidden: knowledge.value === "then" ? later.length : 0,
    of: log.value.length,
  };
});

function grouped(items: readonly Placed[]): readonly Group[] {
  const groups: { heading: string; items: LogItem[] }[] = [];
  for (const { item, at: when } of items) {
    const heading = Number.isFinite(when) ? longDay(when) : "Time not stated";
    const last = groups.at(-1);
    if (last?.heading === heading) last.items.push(item);
    else groups.push({ heading, items: [item] });
  }
  return groups;
}

export const byId = computed(() => new Map(log.value.map((item) => [item.entry.id, item])));
