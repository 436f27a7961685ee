// What is supposed, each with a way back, and that the log is not touched by it.
import { dropSupposition, resetSuppositions, toggleSupposing } from "../actions";
import { supposing, supposingTrouble, suppositions } from "../state";
import { suppositionInWords } from "../words";
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
