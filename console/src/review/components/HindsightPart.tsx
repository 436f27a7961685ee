// What was believed at the time against what turned out so, since when that is known, and which entries changed it.
import { Sign } from "../../components/Signs";
import type { Answer } from "../../state";
import { duration, shortTime } from "../../times";
import { answerWord } from "../../words";
import { lookAt } from "../acts";
import type { Misbelief } from "../state";
import { about, shownHindsight } from "../state";
import { forHowLong, fromUntil, knownSince, useIsHere } from "../words";
import { SaidBy } from "./SaidBy";

export function HindsightPart() {
  const shown = shownHindsight.value;
  return (
    <div class="review-part">
      <h3>Hindsight</h3>
      <p class="hint">
        Where this desk believed something else than is known by now. Press one to see the moment as it was known.
      </p>
      {!shown && <p role="status">Working it out…</p>}
      {shown?.length === 0 && <p>At every minute it was believed to be what it is known to have been.</p>}
      <ol class="intervals">
        {shown?.map((one) => (
          <MisbeliefItem key={`${one.promise} ${one.since}`} of={one} />
        ))}
      </ol>
    </div>
  );
}

function MisbeliefItem({ of }: { of: Misbelief }) {
  const here = useIsHere(of, "then");
  return (
    <li class="interval misbelief" data-here={here || undefined}>
      <button
        type="button"
        class="interval-button"
        aria-current={here ? "time" : undefined}
        onClick={() => lookAt(of.promise, of.since, "then")}
      >
        <span class="interval-body">
          {about.value === null && (
            <b>
              <bdi>{of.text}</bdi>
            </b>
          )}
          <span class="interval-when">
            {fromUntil(of)}, {forHowLong(of)}
          </span>
          <Side
            label="Believed at the time"
            answer={of.believed}
            certain={of.believed_certain}
            says={of.believed_says}
          />
          <Side
            label="Turned out so"
            answer={of.turned_out}
            certain={of.turned_out_certain}
            says={of.turned_out_says}
          />
        </span>
      </button>
      <Known of={of} />
      <SaidBy label="Changed by" of={of.changed_by} whole />
    </li>
  );
}

interface SideProps {
  label: string;
  answer: Answer["answer"];
  certain: boolean;
  says: string;
}

function Side({ label, answer, certain, says }: SideProps) {
  return (
    <span class={`side is-${answer}`}>
      <Sign of={{ answer, certain }} />
      <span>
        <span class="fact-name">{label}:</span> <b class="answer-word">{answerWord({ answer, certain })}</b>{" "}
        <bdi class="interval-says">{says}</bdi>
      </span>
    </span>
  );
}

/** When it came to be known, and how long after. */
function Known({ of }: { of: Misbelief }) {
  if (!of.changed_by.length) return null;
  const since = knownSince(of.changed_by);
  return (
    <p class="interval-known">
      {since === null
        ? "Since when it is known, nobody can say."
        : `Known for certain since ${shortTime(since)}, ${duration(since - Date.parse(of.since))} after it began.`}
    </p>
  );
}
