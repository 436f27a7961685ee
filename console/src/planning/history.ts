// Undo and redo: every question that was asked is kept, for as long as the page is open.
import { batch } from "@preact/signals";
import { announce } from "../actions";
import type { Question, Step } from "./state";
import { chosen, future, keyOf, past, present, preview, START } from "./state";

const STEPS_MAX = 500;
/** Changes of one kind that follow each other so fast are one step: an outline that is moved by its arrow keys. */
const TOGETHER_MS = 1500;

let last = { kind: "", at: 0 };

/** Ask something else. `kind` joins quick changes of one kind to a single step. */
export function change(says: string, question: Question, kind = ""): void {
  if (keyOf(question) === keyOf(present.peek().question)) {
    preview.value = null;
    return;
  }
  const joins = kind !== "" && kind === last.kind && Date.now() - last.at < TOGETHER_MS && past.peek().length > 0;
  last = { kind, at: Date.now() };
  batch(() => {
    if (!joins) past.value = [...past.peek().slice(1 - STEPS_MAX), present.peek()];
    present.value = { question, says };
    future.value = [];
    preview.value = null;
  });
}

export function undo(): void {
  const before = past.peek().at(-1);
  if (!before) return;
  const undone = present.peek();
  batch(() => {
    past.value = past.peek().slice(0, -1);
    future.value = [undone, ...future.peek()];
    go(before);
  });
  announce(`Undone: ${undone.says}.`);
}

export function redo(): void {
  const [next, ...rest] = future.peek();
  if (!next) return;
  batch(() => {
    past.value = [...past.peek(), present.peek()];
    future.value = rest;
    go(next);
  });
  announce(`Done again: ${next.says}.`);
}

function go(step: Step): void {
  last = { kind: "", at: 0 };
  present.value = step;
  preview.value = null;
  if (chosen.peek()?.id === null) chosen.value = null;
}

export const isAtStart = (): boolean => keyOf(present.value.question) === keyOf(START);
