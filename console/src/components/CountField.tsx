// What an entry counts: how many of what, on which basis, and the categories that it is made of.
import type { Part } from "../draft";
import { change, draft } from "../draft";
import { unaccounted } from "../entry-draft";
import { log } from "../state";
import { FaultsOf, faulty } from "./Faults";
import { Icon } from "./Icon";

const BASES = ["total", "today", "since 06:00", "in custody now", "now", "about"];

export function CountField() {
  const { number, unit, basis } = draft.value;
  return (
    <fieldset class="of-kind">
      <legend>What is counted</legend>
      <div class="pair">
        <label class="labelled">
          Number
          <input
            id="draft-number"
            class="field"
            inputMode="decimal"
            maxLength={20}
            value={number}
            {...faulty("number")}
            onInput={(event) => change({ number: event.currentTarget.value })}
          />
        </label>
        <label class="labelled">
          Of what
          <input
            class="field"
            list="draft-units"
            autoComplete="off"
            maxLength={200}
            value={unit}
            onInput={(event) => change({ unit: event.currentTarget.value })}
          />
        </label>
      </div>
      <label class="labelled">
        Basis
        <input
          class="field"
          list="draft-bases"
          autoComplete="off"
          maxLength={200}
          value={basis}
          aria-describedby="draft-basis-hint"
          onInput={(event) => change({ basis: event.currentTarget.value })}
        />
      </label>
      <p class="hint" id="draft-basis-hint">
        What it is counted on: total, today, since 06:00. Figures on different bases are never added up.
      </p>
      <Parts />
      <Suggestions />
      <FaultsOf field="number" />
    </fieldset>
  );
}

function Parts() {
  const { parts } = draft.value;
  const set = (row: number, changed: Partial<Part>) =>
    change({ parts: parts.map((part) => (part.row === row ? { ...part, ...changed } : part)) });
  const add = () => {
    const row = Math.max(-1, ...parts.map((part) => part.row)) + 1;
    change({ parts: [...parts, { row, name: "", number: "" }] });
    window.setTimeout(() => document.getElementById(`draft-part-${row}`)?.focus());
  };
  const takeOut = (row: number) => {
    change({ parts: parts.filter((part) => part.row !== row) });
    window.setTimeout(() => document.getElementById("draft-part-add")?.focus());
  };
  return (
    <fieldset class="labelled parts-field" aria-describedby="draft-parts-hint">
      <legend>
        Parts <span class="optional">by category</span>
      </legend>
      {parts.map(({ row, name, number }, place) => (
        <div key={row} class="part-row">
          <input
            id={`draft-part-${row}`}
            class="field"
            aria-label={`Part ${place + 1}, category`}
            list="draft-categories"
            autoComplete="off"
            maxLength={60}
            value={name}
            onInput={(event) => set(row, { name: event.currentTarget.value })}
          />
          <input
            class="field part-number"
            aria-label={`Part ${place + 1}, number`}
            inputMode="decimal"
            maxLength={20}
            value={number}
            onInput={(event) => set(row, { number: event.currentTarget.value })}
          />
          <button
            type="button"
            class="button quiet"
            aria-label={`Take out part ${place + 1}${name.trim() && `, ${name.trim()}`}`}
            onClick={() => takeOut(row)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <div>
        <button id="draft-part-add" type="button" class="button small" onClick={add}>
          Add a part
        </button>
      </div>
      <p class="hint" id="draft-parts-hint">
        Obstruction, officers, minor injuries: never a name. Parts can't be erased.
      </p>
      <Sum />
    </fieldset>
  );
}

/** Said as it is typed: a sum that is wrong is logged as it was said, and flagged. */
function Sum() {
  const rest = unaccounted(draft.value);
  const size = Math.abs(rest).toLocaleString("en-GB");
  return (
    <p class="entry-flag" role="status">
      {rest !== 0 &&
        (rest > 0 ? `⚑ ${size} of the number is in no part.` : `⚑ The parts are ${size} more than the number.`)}
    </p>
  );
}

/** Words that were used before, so that what belongs together is counted under one name. */
function Suggestions() {
  const { unit } = draft.value;
  const entries = log.value.map(({ entry }) => entry);
  const same = entries.filter((entry) => entry.unit && entry.unit.toLowerCase() === unit.trim().toLowerCase());
  const lists = {
    "draft-units": entries.map((entry) => entry.unit),
    "draft-bases": [...same.map((entry) => entry.basis), ...BASES],
    "draft-categories": same.flatMap((entry) => Object.keys(entry.breakdown ?? {})),
  };
  return (
    <>
      {Object.entries(lists).map(([id, words]) => (
        <datalist key={id} id={id}>
          {[...new Set(words.filter(Boolean))].map((one) => (
            <option key={one} value={one ?? ""} />
          ))}
        </datalist>
      ))}
    </>
  );
}
