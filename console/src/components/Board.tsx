// The promise board: what is broken comes first and is loud, what is kept is quiet.
import { useLayoutEffect } from "preact/hooks";
import { togglePromise } from "../actions";
import { answers, at, operation, selection, supposing } from "../state";
import type { Answer } from "../state";
import { duration, shortTime } from "../times";
import { boardShown } from "../what-if";
import { answerWord } from "../words";
import { Sign } from "./Signs";
import { Witness } from "./Witness";

const ORDER: readonly Answer["answer"][] = ["broken", "unknown", "kept"];

/** Broken, unknown, kept; within each as the operation lists them. */
function ordered(all: readonly Answer[]): readonly Answer[] {
  return ORDER.flatMap((word) => all.filter((one) => one.answer === word));
}

export function Board() {
  const all = ordered(answers.value);
  useLayoutEffect(boardShown); // the document holds the new board now: a what-if is measured up to here
  const selected = selection.value?.kind === "promise" ? selection.value.id : null;
  return (
    <section class="board" aria-labelledby="board-heading" data-supposing={supposing.value || undefined}>
      <h2 id="board-heading" tabIndex={-1}>
        Promises
      </h2>
      <Tally of={all} />
      <ul class="promises">
        {all.map((one) => (
          <PromiseItem key={one.id} answer={one} selected={one.id === selected} />
        ))}
      </ul>
      {all.some((one) => one.answer === "broken" && !one.certain) && (
        <p class="cautious">
          <strong>BROKEN?</strong> is the cautious reading: the log leaves open whether, or from which hour, it is so.
        </p>
      )}
    </section>
  );
}

interface Count {
  sample: Answer;
  word: string;
  number: number;
}

function tally(all: readonly Answer[]): readonly Count[] {
  const counts = new Map<string, Count>();
  for (const one of all) {
    const word = answerWord(one);
    const found = counts.get(word);
    if (found) found.number += 1;
    else counts.set(word, { sample: one, word, number: 1 });
  }
  return [...counts.values()].sort((a, b) => Number(b.sample.certain) - Number(a.sample.certain)).sort(worstFirst);
}

function worstFirst(a: Count, b: Count): number {
  return ORDER.indexOf(a.sample.answer) - ORDER.indexOf(b.sample.answer);
}

/** "2 BROKEN? · 1 unknown · 6 kept" */
export function Tally({ of }: { of: readonly Answer[] }) {
  return (
    <p class="tally">
      {tally(of).map(({ sample, word, number }) => (
        <span key={word} class={`tally-one is-${sample.answer}`}>
          <Sign of={sample} />
          <span>
            <b>{number}</b> {word}
          </span>
        </span>
      ))}
    </p>
  );
}

function PromiseItem({ answer, selected }: { answer: Answer; selected: boolean }) {
  return (
    <li class={`promise is-${answer.answer}`} data-selected={selected || undefined} data-promise={answer.id}>
      <button type="button" class="promise-button" aria-pressed={selected} onClick={() => togglePromise(answer.id)}>
        <Sign of={answer} />
        <span class="promise-body">
          <span class="promise-word">{answerWord(answer)}</span>
          <bdi class="promise-text">{answer.text}</bdi>
          {(answer.answer !== "kept" || selected) && !(selected && answer.kind === "sealed") && (
            <bdi class="promise-says">{answer.says}</bdi>
          )}
          {answer.answer !== "kept" && !answer.supposed && <Since answer={answer} />}
          {answer.supposed && <span class="promise-supposed">changed by what-if</span>}
        </span>
      </button>
      {selected && (
        <div class="promise-witness">
          {answer.answer === "kept" && !answer.supposed && <Since answer={answer} />}
          <Witness answer={answer} />
        </div>
      )}
    </li>
  );
}

/** The minute only: a board that is redrawn sixty times a second while it plays helps nobody. */
function Since({ answer }: { answer: Answer }) {
  return <span class="promise-since">{sinceInWords(answer)}</span>;
}

function sinceInWords({ since, certain, answer }: Answer): string {
  if (since === null) return "since when is not stated";
  const from = Date.parse(since);
  const perhaps = !certain && answer !== "unknown" ? "perhaps " : "";
  if (from === Date.parse(operation.value?.starts ?? "")) return `${perhaps}since the start of the operation`;
  if (from > at.value) return `${perhaps}from ${shortTime(from)}`;
  return `${perhaps}since ${shortTime(from)}, for ${perhaps ? "up to " : ""}${duration(at.value - from)}`;
}
