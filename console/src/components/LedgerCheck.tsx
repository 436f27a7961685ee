// Is the ledger as it was written? Asked for by a person, and answered for the moment of asking.
import { shortTime } from "../times";
import type { Report } from "../verifying";
import { headsOf, outcome, putVerifiedAway, verified, verify, verifying, verifyingTrouble } from "../verifying";
import { counted } from "../words";
import { Icon } from "./Icon";

const FAULTS_SHOWN = 5;

export function VerifyButton() {
  return (
    <button
      type="button"
      class="button small"
      title="Look at every line of the ledger: is it as it was written?"
      aria-disabled={verifying.value}
      onClick={() => void verify()}
    >
      <Icon name="check" />
      {verifying.value ? "Verifying…" : "Verify"}
    </button>
  );
}

export function LedgerCheck() {
  const found = verified.value;
  if (verifyingTrouble.value) {
    return (
      <p class="log-note" role="alert">
        The ledger was not looked at. {verifyingTrouble.value}
      </p>
    );
  }
  if (!found) return null;
  return <Found of={found.report} at={found.at} />;
}

function Found({ of, at }: { of: Report; at: number }) {
  const rest = of.faults.length - FAULTS_SHOWN;
  const gone = [of.withheld > 0 && `${of.withheld} withheld`, of.erased > 0 && `${of.erased} erased`].filter(Boolean);
  return (
    <section class="ledger-check" data-faulty={of.faults.length > 0 || undefined} aria-labelledby="ledger-check">
      <div class="ledger-check-head">
        <h3 id="ledger-check">
          <span aria-hidden="true">{of.faults.length ? "✘ " : "✔ "}</span>
          {outcome(of)}
        </h3>
        <button
          type="button"
          class="button quiet small"
          aria-label="Put the result away"
          onClick={() => {
            putVerifiedAway();
            document.getElementById("log-heading")?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      {of.faults.length > 0 && (
        <ol>
          {of.faults.slice(0, FAULTS_SHOWN).map((one) => (
            <li key={one.where + one.code}>
              <bdi>
                {one.where}: expected {one.expected}; found {one.found}. {one.do}
              </bdi>
            </li>
          ))}
        </ol>
      )}
      {rest > 0 && <p>And {counted(rest, "more fault", "more faults")}: ringfence log verify names all.</p>}
      <p>
        Looked at {shortTime(at)}. Texts that are not here: {gone.length ? gone.join(", ") : "none"}.
      </p>
      <details>
        <summary>Heads, to write down elsewhere</summary>
        <p>Each desk's last line. Whoever has these can show later that no line was cut off.</p>
        {headsOf(of).map((one) => (
          <code key={one}>
            <bdi>{one}</bdi>
          </code>
        ))}
      </details>
    </section>
  );
}
