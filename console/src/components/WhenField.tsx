// When it was so, as exactly as somebody said and no more.

import type { Precision } from "../draft";
import { change, draft } from "../draft";
import { at } from "../state";
import { localParts, shortTime } from "../times";
import { FaultsOf, faulty } from "./Composer";

const PRECISIONS: Record<Precision, string> = {
  exact: "exactly at",
  about: "about",
  between: "between",
  after: "after",
  before: "before",
  day: "some time on",
  unknown: "not stated",
};

export function WhenField() {
  const { precision, from, to } = draft.value;
  const hasFrom = precision !== "before" && precision !== "unknown" && precision !== "day";
  const hasTo = precision === "between" || precision === "before";
  const now = localParts(at.value);
  return (
    <fieldset class="labelled when">
      <legend>When it was so</legend>
      <div class="when-row">
        <select
          id="draft-when"
          class="field"
          aria-label="How exactly the time is known"
          value={precision}
          {...faulty("when")}
          onChange={(event) => change({ precision: event.currentTarget.value as Precision })}
        >
          {Object.entries(PRECISIONS).map(([one, word]) => (
            <option key={one} value={one}>
              {word}
            </option>
          ))}
        </select>
        {hasFrom && (
          <LocalTime
            label={precision === "between" ? "From" : "Time"}
            value={from}
            set={(text) => change({ from: text })}
          />
        )}
        {precision === "between" && <span class="when-and">and</span>}
        {hasTo && <LocalTime label="To" value={to} set={(text) => change({ to: text })} />}
        {precision === "day" && (
          <input
            type="date"
            class="field"
            aria-label="Day"
            value={from.slice(0, 10)}
            onInput={(event) => change({ from: `${event.currentTarget.value}T00:00` })}
          />
        )}
      </div>
      {(hasFrom || hasTo) && from !== now && (
        <button type="button" class="link" onClick={() => change({ from: now, to: now })}>
          Take the moment looked at, {shortTime(at.value)}
        </button>
      )}
      <FaultsOf field="when" />
    </fieldset>
  );
}

function LocalTime({ label, value, set }: { label: string; value: string; set: (text: string) => void }) {
  return (
    <input
      type="datetime-local"
      class="field"
      aria-label={label}
      value={value}
      onInput={(event) => set(event.currentTarget.value)}
    />
  );
}
