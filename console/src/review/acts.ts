// Every change that a reviewer makes to what is looked at, by name.
import { batch } from "@preact/signals";
import { announce, select, setAt, setKnowledge, setPanel, setPlaying } from "../actions";
import { togglePlanning } from "../planning/edits";
import type { Knowledge } from "../state";
import { selection, supposing } from "../state";
import { longTime } from "../times";
import { toggleSupposing } from "../what-if";
import type { ReviewPart } from "./state";
import { about, part, reviewing } from "./state";

/** Enter or leave the mode. It begins with the promise that is picked, if one is. */
export function toggleReviewing(on = !reviewing.peek()): void {
  if (on === reviewing.peek()) return;
  const goes = document.getElementById("panel-board")?.contains(document.activeElement);
  batch(() => {
    if (on) {
      togglePlanning(false); // one mode at a time
      if (supposing.peek()) toggleSupposing(false);
      const picked = selection.peek();
      about.value = picked?.kind === "promise" ? picked.id : null;
      setPanel("board"); // where panels take turns
    }
    reviewing.value = on;
  });
  // What had the focus is gone: the next key is for what stands in its place.
  if (goes) window.setTimeout(() => document.getElementById("board-heading")?.focus());
}

export function setPart(next: ReviewPart): void {
  part.value = next;
}

/** Review one promise, or all. One is picked on the map and in the time bar, too. */
export function reviewPromise(id: string | null): void {
  batch(() => {
    about.value = id;
    if (id !== null) select({ kind: "promise", id });
    else if (selection.peek()?.kind === "promise") select(null);
  });
}

/** To a moment of a promise: a history is of what was so, hindsight begins with what was known. */
export function lookAt(promise: string, since: string, known: Knowledge): void {
  batch(() => {
    setPlaying(false);
    setKnowledge(known);
    select({ kind: "promise", id: promise });
    setAt(Date.parse(since));
  });
  announce(`${longTime(Date.parse(since))}, ${known === "then" ? "as it was known" : "as it was so"}.`);
}
