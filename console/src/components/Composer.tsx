// Writing a new entry. Nothing is sent before the person has seen the sentence that will be logged.
import { useEffect, useRef } from "preact/hooks";
import { setComposing } from "../actions";
import { change, clearDraft, draft, draftEffects, sentence } from "../draft";
import { channels, sources } from "../log-view";
import { save, sending } from "../save";
import { at, operation } from "../state";
import { localParts } from "../times";
import { understood } from "../typing";
import type { Certainty, Kind } from "../words";
import { CERTAINTIES, CERTAINTY_MEANS, KINDS } from "../words";
import { ChangesField } from "./ChangesField";
import { Effects } from "./Effects";
import { FaultSummary, FaultsOf, faulty } from "./Faults";
import { Icon } from "./Icon";
import { PlaceField } from "./PlaceField";
import { CertaintySign } from "./Signs";
import { TypedLine } from "./TypedLine";
import { WhenField } from "./WhenField";

const WHAT_MAX = 4000;

/** Texts are erased by the ledger, and an alarm is acknowledged where it stands: neither is an entry to be composed. */
const NOT_BY_HAND: ReadonlySet<string> = new Set(["erasure", "acknowledgement"]);

export function Composer() {
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const { what, from } = draft.peek();
    const now = localParts(at.peek());
    if (!what || !from) change({ from: now, to: now }); // a draft that was begun keeps its time
    // Anew it begins with the one line above; a draft that was begun, or is about another entry, goes on here.
    if (about() || what) first.current?.focus();
  }, []);
  const one = draft.value;
  return (
    <section class="composer" aria-labelledby="composer-heading">
      <div class="log-head">
        <h2 id="composer-heading">{heading()}</h2>
        <button type="button" class="button quiet" aria-label="Close, and keep the draft" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {operation.value && !operation.value.desk && (
        <p class="notice">This operation can only be read: it has no desk to write at.</p>
      )}
      <TypedLine />
      <form id="draft" noValidate hidden={understood.value !== null} onSubmit={(event) => void save(event)}>
        <FaultSummary />
        <div class="labelled">
          <label for="draft-what">What happened</label>
          <textarea
            id="draft-what"
            class="field"
            ref={first}
            rows={4}
            maxLength={WHAT_MAX}
            required
            value={one.what}
            {...faulty("what")}
            onInput={(event) => change({ what: event.currentTarget.value })}
          />
          {one.what.length > WHAT_MAX - 500 && <p class="hint">{WHAT_MAX - one.what.length} letters left</p>}
          <FaultsOf field="what" />
        </div>
        <PlaceField />
        <WhenField />
        <div class="pair">
          <div class="labelled">
            <label for="draft-kind">Kind</label>
            <select
              id="draft-kind"
              class="field"
              value={one.kind}
              onChange={(event) => change({ kind: event.currentTarget.value as Kind })}
            >
              {Object.entries(KINDS)
                .filter(([kind]) => !NOT_BY_HAND.has(kind))
                .map(([kind, word]) => (
                  <option key={kind} value={kind}>
                    {word}
                  </option>
                ))}
            </select>
          </div>
          <div class="labelled">
            <label for="draft-by">Who says so</label>
            <input
              id="draft-by"
              class="field"
              list="draft-sources"
              required
              autoComplete="off"
              value={one.by}
              {...faulty("by")}
              onInput={(event) => change({ by: event.currentTarget.value })}
            />
          </div>
        </div>
        <FaultsOf field="by" />
        {one.kind === "count" && <CountField />}
        <div class="labelled">
          <label for="draft-via">
            Through which channel <span class="optional">optional</span>
          </label>
          <input
            id="draft-via"
            class="field"
            list="draft-channels"
            autoComplete="off"
            value={one.via}
            onInput={(event) => change({ via: event.currentTarget.value })}
          />
        </div>
        <Completions />
        <CertaintyField />
        <ChangesField />
        <Preview />
      </form>
      {/* Beside the form, which scrolls: in front of it, it would cover what one is about to press. */}
      <div class="composer-foot" hidden={understood.value !== null}>
        <button type="submit" form="draft" class="button primary" disabled={sending.value || !operation.value?.desk}>
          {sending.value ? "Logging…" : "Log it"}
        </button>
        <button type="button" class="button" onClick={clearDraft}>
          Clear
        </button>
      </div>
    </section>
  );
}

function CountField() {
  const { number, unit } = draft.value;
  return (
    <>
      <div class="pair">
        <label class="labelled">
          Number
          <input
            id="draft-number"
            class="field"
            inputMode="decimal"
            value={number}
            {...faulty("number")}
            onInput={(event) => change({ number: event.currentTarget.value })}
          />
        </label>
        <label class="labelled">
          Of what
          <input class="field" value={unit} onInput={(event) => change({ unit: event.currentTarget.value })} />
        </label>
      </div>
      <FaultsOf field="number" />
    </>
  );
}

function heading(): string {
  const { kind } = draft.value;
  const entry = about();
  return entry && (kind === "correction" || kind === "retraction" || kind === "denial")
    ? `${KINDS[kind]} of ${entry}`
    : "New entry";
}

/** The entry that the draft answers. */
function about(): string | undefined {
  const { relatesTo, disputes, retracts } = draft.value;
  return [...relatesTo, ...disputes, ...retracts][0];
}

function close(): void {
  setComposing(false);
  document.getElementById("log-heading")?.focus();
}

function CertaintyField() {
  const now = draft.value.certainty;
  return (
    <fieldset class="labelled" id="draft-certainty" tabIndex={-1}>
      <legend>How sure</legend>
      <div class="segments wrap">
        {(Object.keys(CERTAINTIES) as Certainty[]).map((one) => (
          <label key={one} title={CERTAINTY_MEANS[one]}>
            <input type="radio" name="certainty" checked={now === one} onChange={() => change({ certainty: one })} />
            <span>
              <CertaintySign of={one} />
              {CERTAINTIES[one]}
            </span>
          </label>
        ))}
      </div>
      <p class="hint">{CERTAINTY_MEANS[now]}</p>
      <FaultsOf field="certainty" />
    </fieldset>
  );
}

function Completions() {
  return (
    <>
      <datalist id="draft-sources">
        {sources.value.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <datalist id="draft-channels">
        {channels.value.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  );
}

function Preview() {
  const effects = draftEffects(draft.value);
  return (
    <div class="preview">
      <h3>This will be logged</h3>
      <p>
        <bdi>{sentence(draft.value)}</bdi>
      </p>
      <Effects of={effects} />
    </div>
  );
}
