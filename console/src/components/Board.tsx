// The promise board: what is broken comes first and is loud, what is kept is quiet.
import { useLayoutEffect } from "preact/hooks";
import { setPanel, togglePromise } from "../actions";
import { isShown } from "../layout";
import { useKeptFocus } from "../moves";
import type { Answer } from "../state";
import { answers, at, operation, selection, supposing } from "../state";
import { duration, shortTime } from "../times";
import { boardShown } from "../what-if";
import { leaksOf, waysOf } from "../witness";
import { answerWord } from "../words";
import { AlarmPanel, AlarmState } from "./Alarm";
import { Icon } from "./Icon";
import { Sign } from "./Signs";
import { Witness } from "./Witness";

const ORDER: readonly Answer["answer"][] = ["broken", "unknown", "kept"];

/** The worst first: what is broken for certain stands before what perhaps is, then what is unknown, then what is kept. */
function badness(one: Answer): number {
  return 2 * ORDER.indexOf(one.answer) + (one.answer === "broken" && !one.certain ? 1 : 0);
}

/** By how bad it is; what is as bad as the operation lists it. */
function ordered(all: readonly Answer[]): readonly Answer[] {
  return [...all].sort((one, other) => badness(one) - badness(other));
}

export function Board() {
  const all = ordered(answers.value);
  useKeptFocus();
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
  return [...counts.values()].sort((one, other) => badness(one.sample) - badness(other.sample));
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
  const loud = answer.answer !== "kept";
  const listsLeaks = selected && answer.kind === "sealed";
  return (
    <li class={`promise is-${answer.answer}`} data-selected={selected || undefined} data-promise={answer.id}>
      <button type="button" class="promise-button" aria-pressed={selected} onClick={() => togglePromise(answer.id)}>
        <Sign of={answer} />
        <span class="promise-body">
          <span class="promise-word">
            {answerWord(answer)}
            {loud && !answer.supposed && <Held answer={answer} />}
          </span>
          <bdi class="promise-text">{answer.text}</bdi>
          {(loud || selected) && !listsLeaks && <bdi class="promise-says">{answer.says}</bdi>}
          {!answer.supposed && <Since answer={answer} />}
          {loud && !answer.supposed && <AlarmState promise={answer.id} />}
          {answer.supposed && <span class="promise-supposed">changed by what-if</span>}
        </span>
      </button>
      {selected && (
        <div class="promise-witness">
          <OnTheMap answer={answer} />
          <Witness answer={answer} />
          {loud && !answer.supposed && <AlarmPanel promise={answer.id} />}
        </div>
      )}
    </li>
  );
}

/** Where the map is behind a tab, the way to what is drawn on it; elsewhere it is seen anyway. */
function OnTheMap({ answer }: { answer: Answer }) {
  if (isShown("map") || !(leaksOf(answer).length || waysOf(answer).length)) return null;
  return (
    <button type="button" class="button on-the-map" onClick={() => setPanel("map")}>
      <Icon name="place" />
      Show on the map
    </button>
  );
}

function isDoubted({ answer, certain }: Answer): boolean {
  return !certain && answer !== "unknown";
}

function Since({ answer }: { answer: Answer }) {
  const since = answer.certain_since ?? answer.since;
  if (since === null) return <span class="promise-since">since when is not stated</span>;
  const perhaps = isDoubted(answer) ? "perhaps " : "";
  const held = heldFor(answer);
  return (
    <span class="promise-since">
      {perhaps}since {sinceWords(since)}
      {isLonger(answer) && `, perhaps since ${sinceWords(answer.since)}`}
      {answer.answer === "kept" && held && `, ${held}`}
    </span>
  );
}

function sinceWords(since: string): string {
  const isStart = Date.parse(since) === Date.parse(operation.value?.starts ?? "");
  return isStart ? "the start of the operation" : shortTime(Date.parse(since));
}

/** Whether it may have been so before it was so for certain. */
function isLonger(answer: Answer): answer is Answer & { since: string; certain_since: string } {
  return !!answer.certain_since && !!answer.since && Date.parse(answer.since) < Date.parse(answer.certain_since);
}

/** It moves with the slider, so it is drawn on its own. */
function Held({ answer }: { answer: Answer }) {
  const held = heldFor(answer);
  return held && <span class="promise-held">{held}</span>;
}

/** For how long by the moment looked at. */
function heldFor(answer: Answer): string | null {
  const since = answer.certain_since ?? answer.since;
  if (since === null || Date.parse(since) > at.value) return null;
  const held = `${isDoubted(answer) ? "for up to" : "for"} ${duration(at.value - Date.parse(since))}`;
  return isLonger(answer) ? `${held}, perhaps ${duration(at.value - Date.parse(answer.since))}` : held;
}
