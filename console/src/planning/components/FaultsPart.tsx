// Why the question was not answered, in the server's words, with a way back.
import { askAgain } from "../ask";
import { undo } from "../history";
import type { Refused } from "../state";
import { answer, past, refused } from "../state";

export function FaultsPart() {
  const now = refused.value;
  if (!now) return null;
  return (
    <div class="fault-summary plan-fault" role="alert">
      <h4>This can't be planned</h4>
      <FaultList of={now} />
      <p class="plan-fault-acts">
        {past.value.length > 0 && now.faults.length > 0 && (
          <button type="button" class="button small" onClick={undo}>
            Undo the change
          </button>
        )}
        {now.faults.length === 0 && (
          <button type="button" class="button small" onClick={askAgain}>
            Try again
          </button>
        )}
        {answer.value && <span class="hint">The plan shown is still that of the question before.</span>}
      </p>
    </div>
  );
}

function FaultList({ of }: { of: Refused }) {
  if (!of.faults.length) return <p>{of.says}</p>;
  return (
    <ul>
      {of.faults.map((one) => (
        <li key={`${one.code} ${one.where} ${one.found}`}>
          <bdi>
            Expected {one.expected}; found {one.found}. {one.do}
          </bdi>
        </li>
      ))}
    </ul>
  );
}
