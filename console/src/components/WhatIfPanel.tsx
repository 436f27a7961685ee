// What is supposed, each with a way back, and that the log is not touched by it.
import { dropSupposition, resetSuppositions, togglePlan, toggleSupposing } from "../actions";
import type { Threat } from "../state";
import { operation, plan, supposing, supposingTrouble, suppositions } from "../state";
import { counted, suppositionInWords } from "../words";
import { Icon } from "./Icon";

export function WhatIfPanel() {
  if (!supposing.value) return null;
  const all = suppositions.value;
  return (
    <section class="strip what-if" aria-labelledby="what-if-heading">
      <div class="strip-head">
        <h2 id="what-if-heading">What if</h2>
        <p>The log is not touched.</p>
        <span class="strip-acts">
          {all.length > 0 && (
            <button type="button" class="button small" onClick={resetSuppositions}>
              Reset
            </button>
          )}
          <button
            type="button"
            class="button small quiet"
            aria-label="End what if"
            onClick={() => toggleSupposing(false)}
          >
            <Icon name="close" />
          </button>
        </span>
      </div>
      {!all.length && (
        <p class="hint">
          Press a barrier to lift it or put it up, drag it elsewhere, or press a street to put a further one there.
        </p>
      )}
      {all.length > 0 && (
        <ul class="suppositions">
          {all.map((one, index) => (
            <li key={`${index} ${JSON.stringify(one)}`}>
              <bdi>{suppositionInWords(one)}</bdi>
              <button
                type="button"
                class="button small quiet"
                aria-label={`Undo: ${suppositionInWords(one)}`}
                title="Undo"
                onClick={() => dropSupposition(index)}
              >
                <Icon name="undo" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {supposingTrouble.value && (
        <p class="fault" role="alert">
          {supposingTrouble.value}
        </p>
      )}
    </section>
  );
}

const THREATS: Record<Threat, string> = {
  lawful: "who keep to the law",
  determined: "who don't",
};

/** The fewest barriers beside the operation's own, and whom they would stop. */
export function PlanPanel() {
  const shown = plan.value;
  if (!shown) return null;
  const own = operation.value?.barriers ?? [];
  const arms = own.reduce((sum, one) => sum + one.arms.length, 0);
  return (
    <section class="strip fewest" aria-labelledby="fewest-heading">
      <div class="strip-head">
        <h2 id="fewest-heading">Fewest</h2>
        <p>
          {shown.possible ? (
            <>
              <b>
                {counted(shown.arms, "arm")} at {counted(shown.sites, "site")}
              </b>
              ; the operation has {counted(arms, "arm")} at {own.length}
              {shown.optimal ? "" : ". Not proven to be the fewest"}
            </>
          ) : (
            "No barriers can seal the area."
          )}
        </p>
        <span class="strip-acts">
          <button
            type="button"
            class="button small quiet"
            aria-label="Hide the fewest"
            onClick={() => void togglePlan(false)}
          >
            <Icon name="close" />
          </button>
        </span>
      </div>
      <fieldset class="segments">
        <legend>Against drivers</legend>
        {(Object.keys(THREATS) as Threat[]).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="threat"
              checked={shown.threat === one}
              onChange={() => void togglePlan(true, one)}
            />
            <span>{THREATS[one]}</span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}
