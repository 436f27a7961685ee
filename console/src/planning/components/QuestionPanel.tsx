// What is asked: the area and its limit, against whom, counted by what, and what the plan must or must not have.
import { layout } from "../../layout";
import { setMeasure, setSiteCharge, setThreat, startAgain } from "../edits";
import { isAtStart } from "../history";
import type { Measure, Plan } from "../state";
import { question } from "../state";
import { MEASURES, THREATS } from "../words";
import { ComparePart } from "./ComparePart";
import { DemandsPart } from "./DemandsPart";
import { OutlinesPart } from "./OutlinesPart";
import { SavedPart } from "./SavedPart";
import { Steps } from "./Steps";
import { PlanWords } from "./Summary";

export function QuestionPanel() {
  return (
    <section class="planning" aria-labelledby="board-heading">
      <div class="planning-head">
        <h2 id="board-heading" tabIndex={-1}>
          Question
        </h2>
        <Steps />
      </div>
      {layout.value === "tablet" && (
        <div class="part">
          <PlanWords />
        </div>
      )}
      <OutlinesPart />
      <DriversPart />
      <DemandsPart />
      <SavedPart />
      <ComparePart />
    </section>
  );
}

function DriversPart() {
  const asked = question.value;
  return (
    <div class="part">
      <fieldset class="labelled">
        <legend>Against drivers</legend>
        <div class="segments">
          {(Object.keys(THREATS) as Plan["threat"][]).map((one) => (
            <label key={one}>
              <input type="radio" name="threat" checked={asked.threat === one} onChange={() => setThreat(one)} />
              <span>{THREATS[one]}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset class="labelled">
        <legend>As little as can be</legend>
        <div class="segments">
          {(Object.keys(MEASURES) as Measure[]).map((one) => (
            <label key={one}>
              <input type="radio" name="measure" checked={asked.measure === one} onChange={() => setMeasure(one)} />
              <span>{MEASURES[one]}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div class="pair planning-more">
        <label class="inline-field">
          Each site costs
          <input
            class="field"
            type="number"
            min={0}
            max={1000}
            step={1}
            value={asked.site_charge}
            onChange={(event) => setSiteCharge(whole(event.currentTarget.value))}
          />
          more
        </label>
        <button type="button" class="link" aria-disabled={isAtStart()} onClick={startAgain}>
          Begin again
        </button>
      </div>
    </div>
  );
}

const whole = (text: string): number => Math.min(Math.max(Math.round(Number(text)) || 0, 0), 1000);
