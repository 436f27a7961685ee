// From when to when a promise was kept, broken or unknown, and by whose word.
import { Sign } from "../../components/Signs";
import { duration } from "../../times";
import { answerWord } from "../../words";
import { lookAt } from "../acts";
import type { Interval } from "../state";
import { shownHistories } from "../state";
import { forHowLong, fromUntil, totals, useIsHere } from "../words";
import { SaidBy } from "./SaidBy";

export function HistoryPart() {
  const shown = shownHistories.value;
  return (
    <div class="review-part">
      <h3>History</h3>
      <p class="hint">What was so, with all that is known by now. Press an interval to look at where it begins.</p>
      {shown ? (
        shown.map((one) => (
          <div key={one.promise} class="review-promise" data-promise={one.promise}>
            <h4>
              <bdi>{one.text}</bdi>
            </h4>
            <Totals of={one.stretches} />
            <ol class="intervals">
              {one.stretches.map((interval) => (
                <IntervalItem key={interval.since} promise={one.promise} of={interval} />
              ))}
            </ol>
          </div>
        ))
      ) : (
        <p role="status">Working it out…</p>
      )}
    </div>
  );
}

/** All in all; said only where there is something to add up. */
function Totals({ of }: { of: readonly Interval[] }) {
  if (of.length < 2) return null;
  return (
    <p class="totals">
      All in all:{" "}
      {totals(of).map(({ sample, word, ms }) => (
        <span key={word} class={`total is-${sample.answer}`}>
          <Sign of={sample} />
          {word} {duration(ms)}
        </span>
      ))}
    </p>
  );
}

function IntervalItem({ promise, of }: { promise: string; of: Interval }) {
  const here = useIsHere(of, "all");
  return (
    <li class={`interval is-${of.answer}`} data-here={here || undefined}>
      <button
        type="button"
        class="interval-button"
        aria-current={here ? "time" : undefined}
        onClick={() => lookAt(promise, of.since, "all")}
      >
        <Sign of={of} />
        <span class="interval-body">
          <span>
            <b class="answer-word">{answerWord(of)}</b> {forHowLong(of)}
          </span>
          <span class="interval-when">{fromUntil(of)}</span>
          {of.answer !== "kept" && <bdi class="interval-says">{of.says}</bdi>}
        </span>
      </button>
      <SaidBy label="By the word of" of={of.by} />
      <SaidBy label="Disputed by" of={of.disputed_by} />
    </li>
  );
}
