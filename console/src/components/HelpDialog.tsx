// What the signs mean and which keys do what.
import { useEffect, useRef } from "preact/hooks";
import { setHelping, setKeysOn } from "../actions";
import { SHORTCUTS } from "../shortcuts";
import { helping, keysOn, operation } from "../state";
import type { Certainty } from "../words";
import { CERTAINTIES, CERTAINTY_MEANS } from "../words";
import { Icon } from "./Icon";
import { CertaintySign, Sign } from "./Signs";

const SIGNS = [
  { answer: "kept", certain: true, word: "kept", means: "The promise holds." },
  { answer: "broken", certain: true, word: "BROKEN", means: "It does not hold, whichever way the log is read." },
  {
    answer: "broken",
    certain: false,
    word: "BROKEN?",
    means: "The cautious reading: the log leaves open whether it holds.",
  },
  { answer: "unknown", certain: true, word: "unknown", means: "Nothing in the log says so, or only a claim." },
] as const;

export function HelpDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = helping.value;
  useEffect(() => {
    if (shown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [shown]);
  // cancel comes before the dialog is gone, close only some time after: a key pressed in between must not be lost
  const leave = () => setHelping(false);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-heading" onCancel={leave} onClose={leave}>
      {shown && <HelpBody />}
    </dialog>
  );
}

function HelpBody() {
  return (
    <>
      <div class="help-head">
        <h2 id="help-heading">Help</h2>
        <button type="button" class="button quiet" aria-label="Close help" onClick={() => setHelping(false)}>
          <Icon name="close" />
        </button>
      </div>
      <div class="help-body">
        <section>
          <h3>Answers</h3>
          <dl class="legend">
            {SIGNS.map((one) => (
              <div key={one.word}>
                <dt class={`is-${one.answer}`}>
                  <Sign of={one} />
                  <span>{one.word}</span>
                </dt>
                <dd>{one.means}</dd>
              </div>
            ))}
          </dl>
          <h3>How sure an entry is</h3>
          <dl class="legend">
            {(Object.keys(CERTAINTIES) as Certainty[]).map((one) => (
              <div key={one}>
                <dt>
                  <CertaintySign of={one} />
                  <span>{CERTAINTIES[one]}</span>
                </dt>
                <dd>{CERTAINTY_MEANS[one]}</dd>
              </div>
            ))}
          </dl>
          <h3>As it was so, as it was known</h3>
          <p>
            “As it was so” uses all that the log holds by now. “As it was known” uses only what this desk had recorded
            by the moment looked at, so that you see what could be known then.
          </p>
        </section>
        <section>
          <h3>Keys</h3>
          <dl class="keys">
            {SHORTCUTS.map((one) => (
              <div key={one.says}>
                <dt>
                  {one.shown.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{one.says}</dd>
              </div>
            ))}
          </dl>
          <label class="check">
            <input type="checkbox" checked={keysOn.value} onChange={() => setKeysOn(!keysOn.value)} />
            Keys of one letter or sign work outside of fields
          </label>
        </section>
        <About />
      </div>
    </>
  );
}

function About() {
  const whole = operation.value;
  if (!whole) return null;
  return (
    <section class="about">
      <h3>Sources</h3>
      <ul>
        {whole.credits.map((one) => (
          <li key={one}>
            <bdi>{one}</bdi>
          </li>
        ))}
      </ul>
      <p class="hint">
        Times are those of {whole.timezone}. Ringfence {whole.version}; operation{" "}
        <code title="sha256 over everything but the log">{whole.digest.slice(0, 12)}</code>.
      </p>
    </section>
  );
}
