// Times as people read them, always in the operation's own zone. Nothing here looks at a clock.
import { computed } from "@preact/signals";
import type { Span } from "./state";
import { operation } from "./state";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** How far "about" reaches either way: the same as the picture takes it. */
const ABOUT = 15 * MINUTE;

/** The zone that every time is shown in. */
export const zone = computed(() => operation.value?.timezone ?? "UTC");

type Shape = Intl.DateTimeFormatOptions;
const SHORT: Shape = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const LONG: Shape = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
const SHORT_DAY: Shape = { weekday: "short", day: "numeric", month: "short" };
const LONG_DAY: Shape = { weekday: "long", day: "numeric", month: "long" };
const CLOCK: Shape = { hour: "2-digit", minute: "2-digit" };
const YEAR: Shape = { year: "numeric" };
const PARTS: Shape = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };

const made = new Map<string, Intl.DateTimeFormat>();

function formatter(shape: Shape, timeZone = zone.value): Intl.DateTimeFormat {
  const key = `${timeZone} ${JSON.stringify(shape)}`;
  let found = made.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat("en-GB", { ...shape, timeZone, hourCycle: "h23" });
    made.set(key, found);
  }
  return found;
}

function shown(shape: Shape, ms: number): string {
  return formatter(shape).format(ms).replaceAll(",", "").replace(" at ", " ");
}

/** The year is said only where it is another than the operation's. */
const years = computed(() => {
  const { starts, ends } = operation.value ?? {};
  return new Set([starts, ends].flatMap((one) => (one ? [localParts(Date.parse(one)).slice(0, 4)] : [])));
});

function dated(shape: Shape, ms: number): string {
  const own = !years.value.size || years.value.has(shown(YEAR, ms));
  return shown(own ? shape : { ...shape, ...YEAR }, ms);
}

/** "Tue 22 Feb 12:00" */
export const shortTime = (ms: number): string => dated(SHORT, ms);
/** "Tuesday 22 February 12:00" */
export const longTime = (ms: number): string => dated(LONG, ms);
/** "Tue 22 Feb" */
export const shortDay = (ms: number): string => dated(SHORT_DAY, ms);
/** "Tuesday 22 February" */
export const longDay = (ms: number): string => dated(LONG_DAY, ms);
/** "12:00" */
export const clock = (ms: number): string => shown(CLOCK, ms);

/** "2022-02-22T12:00" in a zone, as date and time fields take it. */
export function localParts(ms: number, timeZone = zone.value): string {
  const part = Object.fromEntries(
    formatter(PARTS, timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  return `${part.year?.padStart(4, "0")}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

/** How far a zone is ahead of UTC at a moment. */
function aheadMs(ms: number, timeZone: string): number {
  const whole = Math.floor(ms / MINUTE) * MINUTE;
  return Date.parse(`${localParts(whole, timeZone)}Z`) - whole;
}

/** Every moment that a local time such as "2022-02-22T12:00:34" is: none where the clocks skip it, two where they pass
 *  it twice. One that ends with its offset is that moment. Null if it is no time. */
export function momentsOf(text: string, timeZone = zone.value): number[] | null {
  const [, local = "", offset] = OFFSET.exec(text) ?? [];
  const guess = Date.parse(`${local}Z`);
  if (Number.isNaN(guess)) return null;
  if (offset) return [Date.parse(text)];
  const around = [guess - DAY, guess + DAY].map((near) => guess - aheadMs(near, timeZone));
  const meant = [...new Set(around)].filter((ms) => ms + aheadMs(ms, timeZone) === guess);
  return meant.sort((one, other) => one - other);
}

const OFFSET = /^(.*?)([+-]\d\d:\d\d)?$/;

/** "2022-02-22T12:00:34" and its offset, if it has one. */
export function apart(text: string): { local: string; offset: string } {
  const [, local = "", offset = ""] = OFFSET.exec(text) ?? [];
  return { local, offset };
}

/** A moment as date and time fields take it: with its seconds if it has any, and its offset if its hour comes twice. */
export function localText(ms: number, timeZone = zone.value): string {
  const seconds = Math.floor(ms / 1000) - Math.floor(ms / MINUTE) * 60;
  const local = `${localParts(ms, timeZone)}${seconds ? `:${String(seconds).padStart(2, "0")}` : ""}`;
  return momentsOf(local, timeZone)?.length === 2 ? `${local}${isoInZone(ms, timeZone).slice(19)}` : local;
}

/** The same to the minute. */
export const localMinute = (ms: number): string => localText(Math.floor(ms / MINUTE) * MINUTE);

/** The first moment of a day: of a midnight that comes twice the first, of one that is skipped where the clocks go on. */
export function dayStart(date: string, timeZone = zone.value): number {
  const moments = momentsOf(`${date}T00:00`, timeZone);
  if (!moments) return Number.NaN;
  return moments[0] ?? clockChange(Date.parse(`${date}T00:00Z`), timeZone);
}

/** The clock change within a day of a local time. */
function clockChange(guess: number, timeZone: string): number {
  let [before, after] = [(guess - DAY) / MINUTE, (guess + DAY) / MINUTE].map(Math.floor) as [number, number];
  const old = aheadMs(before * MINUTE, timeZone);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (aheadMs(middle * MINUTE, timeZone) === old) before = middle;
    else after = middle;
  }
  return after * MINUTE;
}

/** What a clock change does to a local time, in words; null where that comes once. */
export function changeInWords(text: string, timeZone = zone.value): string | null {
  const moments = momentsOf(text, timeZone);
  if (!moments || moments.length === 1) return null;
  const [day = "", time = ""] = text.split("T");
  const change = clockChange(Date.parse(`${text}Z`), timeZone);
  const shows = (ahead: number) => new Date(change + ahead).toISOString().slice(11, 16);
  const [from, to] = [shows(aheadMs(change - MINUTE, timeZone)), shows(aheadMs(change, timeZone))];
  const on = shortDay(Date.parse(`${day}T12:00Z`) - aheadMs(change, timeZone));
  return moments.length
    ? `On ${on} the clocks go back from ${from} to ${to}, so ${time} comes twice: choose which one is meant.`
    : `On ${on} the clocks go on from ${from} to ${to}, so there is no ${time}: give a time before or after.`;
}

/** The moment that "2022-02-22T12:00" is in a zone. A local time that a clock change leaves out is read as after it. */
export function fromLocal(text: string, timeZone = zone.value): number {
  const guess = Date.parse(`${text}Z`);
  if (Number.isNaN(guess)) return guess;
  const first = guess - aheadMs(guess, timeZone);
  return guess - aheadMs(first, timeZone);
}

/** "2022-02-22T12:00:00+13:00" */
export function isoInZone(ms: number, timeZone = zone.value): string {
  const ahead = aheadMs(ms, timeZone);
  const local = new Date(ms + ahead).toISOString().slice(0, 19);
  const minutes = Math.abs(Math.round(ahead / MINUTE));
  const two = (number: number) => String(number).padStart(2, "0");
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** "16 h 50 min", "2 d 3 h", "18 min" */
export function duration(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (!hours) return `${minutes} min`;
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/** The day before a moment at midnight is the last day that an interval up to there covers. */
function lastDay(ms: number): string {
  return shortDay(ms - 1);
}

/** When something was so, exactly as it was stated and no more. */
export function spanInWords(span: Span): string {
  const from = span.from ? Date.parse(span.from) : null;
  const to = span.to ? Date.parse(span.to) : null;
  if (span.precision === "exact" && from !== null) return shortTime(from);
  if (span.precision === "about" && from !== null) return `about ${shortTime(from)}`;
  if (span.precision === "after" && from !== null) return `after ${shortTime(from)}`;
  if (span.precision === "before" && to !== null) return `before ${shortTime(to)}`;
  if (from === null || to === null) return "time not stated";
  if (span.precision === "day") {
    const [first, last] = [shortDay(from), lastDay(to)];
    return first === last ? `some time on ${first}` : `some time from ${first} to ${last}`;
  }
  const end = shortDay(from) === shortDay(to) ? clock(to) : shortTime(to);
  return `between ${shortTime(from)} and ${end}`;
}

/** The first moment that it can have been; minus infinity where nobody said. */
export function earliest(span: Span): number {
  if (!span.from) return Number.NEGATIVE_INFINITY;
  return Date.parse(span.from) - (span.precision === "about" ? ABOUT : 0);
}

/** The last moment that it can have been; infinity where nobody said. */
export function latest(span: Span): number {
  if (!span.to) return Number.POSITIVE_INFINITY;
  return Date.parse(span.to) + (span.precision === "about" ? ABOUT : 0);
}
