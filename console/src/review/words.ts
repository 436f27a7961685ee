// Intervals and figures as sentences.

import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Knowledge } from "../state";
import { at, knowledge, operation } from "../state";
import { clock, duration, latest, shortDay, shortTime } from "../times";
import { answerWord } from "../words";
import type { BasisCount, Count, CountSaid, Interval, Said } from "./state";

interface Lasting {
  since: string;
  until: string;
}

/** "from Mon 21 Feb 03:30 until 07:36" */
export function fromUntil({ since, until }: Lasting): string {
  const [from, to] = [Date.parse(since), Date.parse(until)];
  return `from ${shortTime(from)} until ${shortDay(from) === shortDay(to) ? clock(to) : shortTime(to)}`;
}

/** "for 16 h 50 min"; of what reaches past the present, what is known of it yet. */
export function forHowLong({ since, until }: Lasting): string {
  const [from, to, now] = [Date.parse(since), Date.parse(until), Date.now()];
  if (from > now) return "to come, if nothing else is logged";
  return to > now ? `for ${duration(now - from)} so far` : `for ${duration(to - from)}`;
}

/** Whether the moment looked at lies in an interval, and is looked at with the knowledge that it speaks of. */
export function useIsHere({ since, until }: Lasting, known: Knowledge): boolean {
  const is = useMemo(
    () =>
      computed(() => {
        const last = Date.parse(operation.value?.ends ?? "") - 1; // no interval begins at the end of the operation
        const moment = Math.min(at.value, last);
        return knowledge.value === known && Date.parse(since) <= moment && moment < Date.parse(until);
      }),
    [since, until, known],
  );
  return is.value;
}

export interface Total {
  sample: Interval;
  word: string;
  ms: number;
}

/** For how long there was which answer, all in all, up to the present; the longest first. */
export function totals(intervals: readonly Interval[]): readonly Total[] {
  const found = new Map<string, Total>();
  for (const one of intervals) {
    const ms = Math.min(Date.parse(one.until), Date.now()) - Date.parse(one.since);
    const word = answerWord(one);
    const held = found.get(word) ?? { sample: one, word, ms: 0 };
    if (ms > 0) found.set(word, { ...held, ms: held.ms + ms });
  }
  return [...found.values()].sort((one, other) => other.ms - one.ms);
}

/** Since when these words are certain to be known at this desk; null where nobody can say. */
export function knownSince(said: readonly Said[]): number | null {
  const last = Math.max(...said.map((one) => latest(one.recorded)));
  return Number.isFinite(last) ? last : null;
}

export const figure = (number: number): string => number.toLocaleString("en-GB");

/** "8"; a vague word gives none. */
export function numberInWords({ number, breakdown }: CountSaid): string {
  if (number !== null) return figure(number);
  return Object.keys(breakdown).length ? "no total" : "no figure";
}

/** What is wrong between a number and its parts; null where nothing is. */
export function partsInWords({ unaccounted }: CountSaid): string | null {
  if (!unaccounted) return null;
  const rest = figure(Math.abs(unaccounted));
  return unaccounted > 0 ? `The parts are ${rest} short of the number.` : `The parts are ${rest} more than the number.`;
}

/** When a word was given: by its report, else by when it was so; for an order only, in which no time at all is last. */
function givenAt({ reported, so }: Said): number {
  const when = reported.to ?? reported.from ?? so.to ?? so.from;
  return when ? Date.parse(when) : Number.NEGATIVE_INFINITY;
}

const newestIn = ({ stands, by_source, denials }: BasisCount): number =>
  Math.max(...[...(stands ? [stands] : []), ...by_source, ...denials].map((one) => givenAt(one.said)));

const newestOf = ({ bases }: Count): number => Math.max(...bases.map(newestIn));

/** Not by subtraction: two infinities would make no number. */
function newestFirst<T>(all: readonly T[], when: (one: T) => number): T[] {
  return [...all].sort((one, other) => (when(one) === when(other) ? 0 : when(one) < when(other) ? 1 : -1));
}

/** What was counted last comes first; within it, the basis that was counted on last, and the newest word. */
export function ordered(counts: readonly Count[]): readonly Count[] {
  return newestFirst(counts, newestOf).map((count) => ({
    ...count,
    bases: newestFirst(count.bases, newestIn).map((basis) => ({
      ...basis,
      by_source: newestFirst(basis.by_source, (one) => givenAt(one.said)),
    })),
  }));
}
