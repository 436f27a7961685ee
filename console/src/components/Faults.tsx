// Faults of the entry that is being written: all at the top, and each next to its field.
import type { Field } from "../draft";
import { shownFaults } from "../draft";
import { keepAsNote, keepable, sending } from "../save";

export function FaultSummary() {
  const faults = shownFaults.value;
  if (!faults.length) return null;
  return (
    <div class="fault-summary" id="draft-faults" role="alert" tabIndex={-1}>
      <h3>It was not logged</h3>
      <ul>
        {faults.map(({ field, says }) => (
          <li key={says}>
            <button type="button" class="link" onClick={() => focusField(field)}>
              <bdi>{says}</bdi>
            </button>
          </li>
        ))}
      </ul>
      {keepable.value && (
        <p class="fault-keep">
          <button type="button" class="button small" disabled={sending.value} onClick={() => void keepAsNote()}>
            Keep as a note
          </button>{" "}
          All that was typed, in its words: nothing on the map changes.
        </p>
      )}
    </div>
  );
}

function focusField(field: Field): void {
  const found = document.getElementById(`draft-${field}`);
  const folded = found?.closest("details");
  if (folded) folded.open = true;
  found?.focus();
}

/** The faults next to their field. */
export function FaultsOf({ field }: { field: Field }) {
  const own = shownFaults.value.filter((one) => one.field === field);
  if (!own.length) return null;
  return (
    <p class="fault" id={`fault-${field}`}>
      {own.map((one) => one.says).join(" ")}
    </p>
  );
}

/** What tells assistive technology that a field has a fault. */
export function faulty(field: Field): { "aria-invalid": boolean; "aria-describedby"?: string } {
  const own = shownFaults.value.some((one) => one.field === field);
  return { "aria-invalid": own, ...(own && { "aria-describedby": `fault-${field}` }) };
}
