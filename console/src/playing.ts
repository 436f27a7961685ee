// Time that passes by itself: play, the present that is followed, and steps from change to change.
import { computed, effect } from "@preact/signals";
import { announce, moveTo, setAt, setPlaying } from "./actions";
import type { Change } from "./state";
import { answers, at, following, frame, operation, playing, replay, speed } from "./state";
import { shortTime } from "./times";
import { askAgain } from "./what-if";
import { answerWord } from "./words";

const FOLLOW_EVERY_MS = 10_000;
/** Said no more often than this while playing, or a listener would never catch up. */
const SAY_EVERY_MS = 1500;

/** Changes that happen at one moment. */
export interface Step {
  at: number;
  changes: readonly Change[];
}

export const steps = computed<readonly Step[]>(() => {
  const found = new Map<number, Change[]>();
  for (const change of replay.value?.changes ?? []) {
    const when = Date.parse(change.at);
    found.set(when, [...(found.get(when) ?? []), change]);
  }
  return [...found].map(([when, changes]) => ({ at: when, changes })).sort((a, b) => a.at - b.at);
});

export const nextStep = computed(() => steps.value.find((one) => one.at > at.value) ?? null);
export const previousStep = computed(() => steps.value.findLast((one) => one.at < at.value) ?? null);
/** The change that the moment looked at stands on, or the last one before it. */
export const lastStep = computed(() => steps.value.findLast((one) => one.at <= at.value) ?? null);

export function stepInWords(step: Step): string {
  const text = (id: string) => operation.value?.promises.find((one) => one.id === id)?.text ?? id;
  return step.changes
    .map((one) => `${text(one.promise)}: ${answerWord({ answer: one.after, certain: one.certain })}`)
    .join("; ");
}

/** "2 BROKEN?, 1 kept" where several change at once; the promise itself where it is one. */
export function stepInShort(step: Step): string {
  if (step.changes.length < 2) return stepInWords(step);
  const counts = new Map<string, number>();
  for (const one of step.changes) {
    const word = answerWord({ answer: one.after, certain: one.certain });
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = [...counts].map(([word, number]) => `${number} ${word}`);
  return `${step.changes.length} promises changed: ${words.join(", ")}`;
}

/** Go to the next change of a promise (1) or the one before (-1), and say what changes there. */
export function goToChange(direction: 1 | -1): void {
  const step = direction > 0 ? nextStep.value : previousStep.value;
  if (!step) {
    announce(direction > 0 ? "No promise changes after this moment." : "No promise changes before this moment.");
    return;
  }
  setPlaying(false);
  setAt(step.at);
  announce(`${shortTime(step.at)}. ${stepInWords(step)}`);
}

/** Let time pass. Called once. */
export function runClock(): void {
  effect(() => {
    if (!playing.value) return;
    let last = performance.now();
    let request = requestAnimationFrame(function tick(now) {
      moveTo(at.peek() + (now - last) * speed.peek());
      last = now;
      const ends = Date.parse(operation.peek()?.ends ?? "");
      if (at.peek() >= ends) setPlaying(false);
      else request = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(request);
  });
  effect(() => {
    if (!following.value) return;
    moveTo(Date.now());
    const timer = window.setInterval(() => moveTo(Date.now()), FOLLOW_EVERY_MS);
    return () => window.clearInterval(timer);
  });
  sayChanges();
  askWithEveryFrame();
}

/** Say what the board shows now that it did not before, when time passes by itself. */
function sayChanges(): void {
  let before = new Map<string, string>();
  let saidAt = 0;
  effect(() => {
    const now = new Map(answers.value.map((one) => [one.id, answerWord(one)]));
    const changed = answers.value.filter((one) => before.has(one.id) && before.get(one.id) !== now.get(one.id));
    before = now;
    if (!changed.length || !(playing.peek() || following.peek() || changed.some((one) => one.supposed))) return;
    if (playing.peek() && performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    announce(`${shortTime(at.peek())}. ${changed.map((one) => `${one.text}: ${now.get(one.id)}`).join("; ")}`);
  });
}

/** A supposition is about one moment: with another picture, another answer. */
function askWithEveryFrame(): void {
  let last = frame.peek();
  effect(() => {
    if (frame.value === last) return;
    last = frame.value;
    askAgain();
  });
}
