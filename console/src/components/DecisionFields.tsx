// Why something was decided and under which power; and which access rules hold from then on.
import { change, draft } from "../draft";
import { operation } from "../state";
import { FaultsOf, faulty } from "./Faults";

export function ReasonField() {
  const { why, power } = draft.value;
  return (
    <fieldset class="of-kind">
      <legend>Why, and under which power</legend>
      <label class="labelled">
        Why
        <textarea
          id="draft-reason"
          class="field"
          rows={2}
          maxLength={4000}
          value={why}
          {...faulty("reason")}
          onInput={(event) => change({ why: event.currentTarget.value })}
        />
      </label>
      <label class="labelled">
        <span>
          Under which power <span class="optional">optional</span>
        </span>
        <input
          class="field"
          autoComplete="off"
          maxLength={2000}
          value={power}
          aria-describedby="draft-power-hint"
          onInput={(event) => change({ power: event.currentTarget.value })}
        />
      </label>
      <p class="hint" id="draft-power-hint">
        Such as a section of an act. It stays readable: a power can't be erased.
      </p>
      <FaultsOf field="reason" />
    </fieldset>
  );
}

export function RulesField() {
  const { rules, inForce } = draft.value;
  const logged = operation.value?.rules.filter((rule) => rule.logged) ?? [];
  const flip = (id: string) =>
    change({ rules: rules.includes(id) ? rules.filter((one) => one !== id) : [...rules, id] });
  return (
    <fieldset class="of-kind" id="draft-rules" tabIndex={-1}>
      <legend>Which access rules</legend>
      {logged.length === 0 && <p class="hint">No rule of this operation waits for the log: it is told, no more.</p>}
      {logged.map(({ id, says }) => (
        <label key={id} class="check">
          <input type="checkbox" checked={rules.includes(id)} onChange={() => flip(id)} />
          <bdi>{says}</bdi>
        </label>
      ))}
      {logged.length > 0 && (
        <label class="labelled">
          They are now
          <select
            class="field"
            value={inForce}
            onChange={(event) => change({ inForce: event.currentTarget.value as typeof inForce })}
          >
            <option value="">not changed</option>
            <option value="yes">in force</option>
            <option value="no">no longer in force</option>
          </select>
        </label>
      )}
      <FaultsOf field="rules" />
    </fieldset>
  );
}
