// Every change that a person makes to the state, by name. Components call these and never write signals themselves.
import { batch } from "@preact/signals";
import { planning } from "./planning/state";
import type { Filters, Knowledge, Live, Panel, PlaceReading, Selection, Theme } from "./state";
import {
  announcement,
  at,
  composing,
  filters,
  following,
  helping,
  keysOn,
  knowledge,
  live,
  logged,
  operation,
  panel,
  placeReadings,
  playing,
  readout,
  selection,
  shownLeak,
  sought,
  speed,
  theme,
} from "./state";

export {
  dropSupposition,
  resetSuppositions,
  supposeBarrier,
  supposePut,
  supposeShift,
  toggleSupposing,
} from "./what-if";

/** Look at another moment; held to the days of the operation. */
export function setAt(ms: number): void {
  following.value = false;
  moveTo(ms);
}

/** Follow the present, where the operation is running. */
export function follow(on: boolean): void {
  following.value = on;
  if (on) playing.value = false;
}

/** The moment moves by itself: play, or the present that is followed. */
export function moveTo(ms: number): void {
  const whole = operation.value;
  if (!whole || !Number.isFinite(ms)) return;
  at.value = Math.min(Math.max(ms, Date.parse(whole.starts)), Date.parse(whole.ends));
}

export function setKnowledge(next: Knowledge): void {
  knowledge.value = next;
}

export function setPlaying(on: boolean): void {
  batch(() => {
    const end = operation.value ? Date.parse(operation.value.ends) : 0;
    if (on) following.value = false;
    if (on && at.value >= end) at.value = operation.value ? Date.parse(operation.value.starts) : 0; // from the top
    playing.value = on;
  });
}

export function setSpeed(next: number): void {
  speed.value = next;
}

/** Pick a thing, or nothing. A leak belongs to the promise that was picked, so it goes with it. */
export function select(next: Selection): void {
  batch(() => {
    selection.value = next;
    shownLeak.value = null;
    logged.value = null;
  });
}

/** Pick an entry and bring the log to it, wherever the link stood. */
export function openEntry(id: string): void {
  batch(() => {
    select({ kind: "entry", id });
    panel.value = "log";
    composing.value = false;
    sought.value = id;
  });
}

/** Pick a promise, or put it back if it is picked already. */
export function togglePromise(id: string): void {
  const now = selection.value;
  select(now?.kind === "promise" && now.id === id ? null : { kind: "promise", id });
}

/** Zoom to a leak of a promise. */
export function showLeak(promise: string, index: number): void {
  batch(() => {
    selection.value = { kind: "promise", id: promise };
    shownLeak.value = shownLeak.peek() === index ? null : index;
    panel.value = "map"; // where panels take turns, the leak is seen there
  });
}

export function setTheme(next: Theme): void {
  theme.value = next;
}

export function setPanel(next: Panel): void {
  panel.value = next;
}

export function setComposing(on: boolean): void {
  batch(() => {
    composing.value = on;
    if (on) {
      planning.value = false; // the log is where entries are written
      panel.value = "log";
    } else placeReadings.value = [];
  });
}

export function setFilters(change: Partial<Filters>): void {
  filters.value = { ...filters.value, ...change };
}

export function clearFilters(): void {
  filters.value = { kinds: [], place: "", source: "", text: "", effect: false };
}

/** An entry was written here: pick it, and leave the form. */
export function setLogged(id: string): void {
  batch(() => {
    composing.value = false;
    placeReadings.value = [];
    select({ kind: "entry", id });
    logged.value = id;
  });
  announce(`Logged as ${id}.`);
}

export function setHelping(on: boolean): void {
  helping.value = on;
}

export function setKeysOn(on: boolean): void {
  keysOn.value = on;
}

export function setPlaceReadings(readings: readonly PlaceReading[]): void {
  placeReadings.value = readings;
}

export function setReadout(words: string): void {
  readout.value = words;
}

export function setLive(next: Live): void {
  live.value = next;
}

/** Say something to those who listen instead of look; the same words twice are said twice. */
export function announce(words: string): void {
  announcement.value = announcement.peek() === words ? `${words}\u00a0` : words;
}
