// "What if": suppositions, asked of the server at once. The log is never touched.
import { batch, signal } from "@preact/signals";
import { inWords, post } from "./api/client";
import { planning } from "./planning/state";
import { reviewing } from "./review/state";
import type { Supposition, WhatIfAnswer } from "./state";
import {
  at,
  frame,
  knowledge,
  operation,
  panel,
  picture,
  supposed,
  supposing,
  supposingTrouble,
  suppositions,
} from "./state";
import { isoInZone } from "./times";

export const ASKED = "what-if:asked";
export const MEASURED = "what-if";

const WARM_AFTER_MS = 50;

/** How long the map waits for the board at most. */
const BOARD_FIRST_MS = 250;

/** From a toggle until the board has its answer, the map leaves be what takes long to draw: the board is looked at. */
export const boardFirst = signal(false);
let waiting = 0;

let asking: AbortController | null = null;
let timed = false; // a person toggled something, so the time until it is on the screen counts

/** Turn supposing on or off. What was supposed is kept, and asked anew for the moment looked at. */
export function toggleSupposing(on = !supposing.value): void {
  supposing.value = on;
  if (on) planning.value = reviewing.value = false; // one mode at a time
  if (on) panel.value = "map"; // where panels take turns, it is done there
  if (on && suppositions.value.length) ask(suppositions.value);
  else if (on) warmUp();
}

/** Suppose that a barrier stands (staffed, if it is a gate), or that it is gone. */
export function supposeBarrier(id: string, stands: boolean): void {
  const put = indexOfPut(id);
  if (put !== null) {
    if (!stands) dropSupposition(put);
    return;
  }
  const others = suppositions.value.filter((one) => !(isToggle(one) && one.barrier === id));
  suppose(isSoAlready(id, stands) ? others : [...others, { do: stands ? "stand" : "lift", barrier: id }]);
}

/** Suppose that one arm of a barrier stands elsewhere. */
export function supposeShift(barrier: string, arm: number, segment: string, offset_m: number): void {
  const put = indexOfPut(barrier);
  const next: Supposition =
    put === null ? { do: "shift", barrier, arm, segment, offset_m } : { do: "put", segment, offset_m };
  const same = (one: Supposition, index: number) =>
    put === null ? one.do === "shift" && one.barrier === barrier && one.arm === arm : index === put;
  const where = suppositions.value.findIndex(same);
  suppose(
    where < 0 ? [...suppositions.value, next] : suppositions.value.map((one, index) => (index === where ? next : one)),
  );
}

/** Suppose a further barrier across one street. */
export function supposePut(segment: string, offset_m: number): void {
  suppose([...suppositions.value, { do: "put", segment, offset_m }]);
}

/** Take one supposition back. */
export function dropSupposition(index: number): void {
  suppose(suppositions.value.filter((_, other) => other !== index));
}

/** Take all suppositions back. */
export function resetSuppositions(): void {
  suppose([]);
}

/** Ask again: the moment, the knowledge or the log is another now. */
export function askAgain(): void {
  if (!supposing.value) return;
  if (suppositions.value.length) void askNow(suppositions.value);
  else warmUp();
}

let warming = 0;

/** An empty question makes the server look at this moment, so that the first toggle is answered as fast as the next. */
function warmUp(): void {
  window.clearTimeout(warming); // while time plays, moments go by that nobody will ask about
  warming = window.setTimeout(() => {
    if (supposing.value && !suppositions.value.length) post("what-if", question([])).catch(() => {});
  }, WARM_AFTER_MS);
}

/** The new board is in the document: the time since the toggle is written down. */
export function boardShown(): void {
  if (!timed || asking) return;
  timed = false;
  performance.measure(MEASURED, ASKED);
  mapMayDraw(0);
}

/** The map draws after so many milliseconds, behind what the browser has to show by then. */
function mapMayDraw(afterMs: number): void {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    boardFirst.value = false;
  }, afterMs);
}

/** Which supposition put the barrier of this id up, or null if the operation has it itself. */
export function indexOfPut(id: string): number | null {
  if (operation.value?.barriers.some((one) => one.id === id)) return null;
  const own = new Set(operation.value?.barriers.map((one) => one.id));
  const puts = suppositions.value.flatMap((one, index) => (one.do === "put" ? [index] : []));
  const order = supposed.value?.barriers.filter((one) => !own.has(one.barrier.id)) ?? [];
  return puts[order.findIndex((one) => one.barrier.id === id)] ?? null;
}

function suppose(changes: readonly Supposition[]): void {
  ask(changes);
  batch(() => {
    supposing.value = true;
    suppositions.value = changes;
  });
}

/** The question goes out before anything is drawn; what is toggled shows at once, as a button on the map. */
function ask(changes: readonly Supposition[]): void {
  performance.mark(ASKED);
  timed = true;
  boardFirst.value = true;
  mapMayDraw(BOARD_FIRST_MS);
  if (changes.length) {
    void askNow(changes);
    return;
  }
  asking?.abort();
  asking = null;
  timed = supposed.value !== null; // else nothing will change on the board
  batch(() => {
    supposed.value = null;
    supposingTrouble.value = null;
  });
}

async function askNow(changes: readonly Supposition[]): Promise<void> {
  asking?.abort(); // an answer to an older question would be a wrong board
  const own = new AbortController();
  asking = own;
  try {
    const answer = await post<WhatIfAnswer>("what-if", question(changes), { signal: own.signal });
    if (asking !== own) return;
    asking = null;
    batch(() => {
      supposed.value = answer;
      supposingTrouble.value = null;
    });
  } catch (error) {
    if (asking !== own) return;
    asking = null;
    timed = false;
    batch(() => {
      supposed.value = null;
      supposingTrouble.value = inWords(error);
    });
  }
}

function question(changes: readonly Supposition[]) {
  return { at: isoInZone(at.value), knowledge: knowledge.value, changes };
}

function isToggle(one: Supposition): one is Extract<Supposition, { barrier: string; do: "stand" | "lift" }> {
  return one.do === "stand" || one.do === "lift";
}

/** Whether the log alone says so for sure, so that nothing need be supposed. */
function isSoAlready(id: string, stands: boolean): boolean {
  if (!frame.value) return false;
  const now = picture.value?.barriers.find((one) => one.id === id);
  if (!now?.certain) return false;
  const gate = operation.value?.barriers.find((one) => one.id === id)?.gate ?? false;
  return stands
    ? now.holds === "yes" && (!gate || (now.staffed && now.staffed_certain && now.state !== "unstaffed"))
    : now.holds === "no";
}
