// The front: what a dearer plan buys. A chart to see it, a slider to go along it.
import { counted } from "../../words";
import { askFront } from "../ask";
import { pickChoice, setAgainst, setInBetween } from "../edits";
import type { Burden, Front } from "../state";
import {
  against,
  front,
  frontIsFresh,
  frontTrouble,
  frontWaits,
  frontWorking,
  inBetween,
  isAnswered,
  keptPlan,
  picked,
  shownPlan,
} from "../state";
import { BURDENS, burdenInWords, costInWords, frontInWords, pointInWords } from "../words";
import { FrontChart } from "./FrontChart";

export function ChoicesPart() {
  const plan = shownPlan.value;
  if (!plan?.possible) return null;
  return (
    <section class="part choices" aria-labelledby="choices-heading" aria-busy={frontWorking.value}>
      <div class="part-head">
        <h3 id="choices-heading">Choices</h3>
        {frontWorking.value && <span class="plan-progress">Working them out…</span>}
      </div>
      <fieldset class="segments">
        <legend class="unseen">Cost against</legend>
        {(Object.keys(BURDENS) as Burden[])
          .filter((one) => one !== "addresses" || plan.enclosed_addresses !== null)
          .map((one) => (
            <label key={one}>
              <input type="radio" name="against" checked={against.value === one} onChange={() => setAgainst(one)} />
              <span>{BURDENS[one]}</span>
            </label>
          ))}
      </fieldset>
      <Shown />
      {frontTrouble.value && !frontWorking.value && <p class="fault">{frontTrouble.value}</p>}
      {!frontIsFresh.value && !frontWorking.value && (frontWaits.value || frontTrouble.value) && isAnswered.value && (
        <button type="button" class="button" onClick={() => void askFront()}>
          Work the choices out
        </button>
      )}
    </section>
  );
}

/** An older front stays in sight until the next is there, but can't be slid along. */
function Shown() {
  const kept = front.value?.front;
  if (!kept?.points.length) return null;
  const old = !frontIsFresh.value;
  const saved = !old && keptPlan.value !== null; // an opened plan that is none of these
  const index = old || saved ? -1 : (picked.value ?? 0);
  const point = kept.points[index];
  return (
    <div class="front" data-old={old || undefined}>
      {kept.points.length > 1 && <FrontChart front={kept} index={index} />}
      {kept.points.length > 1 && (
        <label class="front-slider">
          <span class="unseen">Choice, from the cheapest to the least burdensome</span>
          <input
            type="range"
            class="plain-slider"
            min={0}
            max={kept.points.length - 1}
            step={1}
            value={Math.max(index, 0)}
            aria-disabled={old}
            aria-valuetext={
              point
                ? `Choice ${index + 1} of ${kept.points.length}: ${pointInWords(point, kept)}`
                : saved
                  ? "The saved plan, none of these choices"
                  : ""
            }
            onInput={(event) => {
              if (old) event.currentTarget.value = "0";
              else pickChoice(Number(event.currentTarget.value));
            }}
          />
        </label>
      )}
      {saved && (
        <p class="front-says">
          The saved plan is none of these choices.{" "}
          <button type="button" class="link" onClick={() => pickChoice(0)}>
            Show the cheapest
          </button>
        </p>
      )}
      {point && kept.points.length > 1 && (
        <p class="front-says">
          <b>
            Choice {index + 1} of {kept.points.length}
          </b>
          : {pointInWords(point, kept)}. {stepInWords(kept, index)}
        </p>
      )}
      <p class="hint front-complete">
        {kept.points.length === 1 && "One choice only: the cheapest plan is also the least burdensome. "}
        {frontInWords(kept)}
      </p>
      {(kept.points.length > 1 || !inBetween.value) && (
        <label class="check">
          <input type="checkbox" checked={inBetween.value} onChange={() => setInBetween(!inBetween.value)} />
          Also choices in between (◇), which no weighing of cost and burden finds
        </label>
      )}
    </div>
  );
}

/** What this choice buys beside the one before it. */
function stepInWords(kept: Front, index: number): string {
  const [now, before] = [kept.points[index], kept.points[index - 1]];
  if (!now || !before)
    return kept.points.length > 1 ? `${counted(kept.points.length - 1, "dearer choice")} beside it.` : "";
  const more = costInWords(now.cost - before.cost, kept.measure);
  return `For ${more} more than the choice before, ${burdenInWords(before.burden - now.burden, kept.against)} less.`;
}
