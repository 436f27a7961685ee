// Writing a new entry. Nothing is sent before the person has seen the sentence that will be logged.
import { useEffect, useRef } from "preact/hooks";
import { setComposing } from "../actions";
import { asksFor, change, clearDraft, corrected, draft, idsIn } from "../draft";
import { draftEffects, figureInWords, sentence } from "../entry-draft";
import { channels, sources } from "../log-view";
import { save, sending } from "../save";
import { at, operation } from "../state";
import { localMinute } from "../times";
import { understood } from "../typing";
import { takePaste, WORDS_MAX } from "../unheld";
import type { Certainty, Kind } from "../words";
import { CERTAINTIES, CERTAINTY_MEANS, KINDS } from "../words";
import { ChangesField } from "./ChangesField";
import { CountField } from "./CountField";
import { ReasonField, RulesField } from "./DecisionFields";
import { Effects } from "./Effects";
import { FaultSummary, FaultsOf, faulty } from "./Faults";
import { Icon } from "./Icon";
import { LinksField, MoreField } from "./LinkFields";
import { PlaceField } from "./PlaceField";
import { CertaintySign } from "./Signs";
import { TypedLine } from "./TypedLine";
import { Unheld } from "./Unheld";
import { WhenField } from "./WhenField";
import { WillChange } from "./WillChange";

const WHAT_MAX = WORDS_MAX;

/** Texts are erased by the ledger, and an alarm is acknowledged where it stands: neither is an entry to be composed. */
const NOT_BY_HAND: ReadonlySet<string> = new Set(["erasure", "acknowledgement"]);

export function Composer() {
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const { what, so } = draft.peek();
    const now = localMinute(at.peek());
    // A draft that was begun keeps its time, and so does one about another entry.
    if (!so.from || !(what || about())) change({ so: { ...so, from: now, to: now } });
    // Anew it begins with the one line above; a draft that was begun, or is about another entry, goes on here.
    if (about() || what) first.current?.focus();
  }, []);
  const one = draft.value;
  const asked = asksFor(one);
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
      <div class="composer-body">
        {!one.fromEntry && <TypedLine />}
        <Unheld />
        <form id="draft" noValidate hidden={understood.value !== null} onSubmit={(event) => void save(event)}>
          <FaultSummary />
          <ItSaid />
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
              onPaste={takePaste}
              onInput={(event) => change({ what: event.currentTarget.value })}
            />
            {one.what.length > WHAT_MAX - 500 && <p class="hint">{WHAT_MAX - one.what.length} letters left</p>}
            <FaultsOf field="what" />
          </div>
          <PlaceField />
          <WhenField
            field="when"
            legend="When it was so"
            value={one.so}
            set={(times) => change({ so: times ?? { ...one.so, precision: "unknown" } })}
          />
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
          <LinksField />
          {asked.count && <CountField />}
          {asked.rules && <RulesField />}
          {asked.reason && <ReasonField />}
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
          {asked.changes && <ChangesField />}
          <MoreField />
          <Preview />
        </form>
      </div>
      {/* Beside the form, which scrolls: in front of it, it would cover what one is about to press. */}
      <div class="composer-foot" hidden={understood.value !== null}>
        <WillChange />
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

/** The words of the entry that is corrected, in sight of whoever writes the right ones. */
function ItSaid() {
  const of = corrected(draft.value);
  if (!of) return null;
  return (
    <p class="it-said">
      It said: <bdi>{of.what}</bdi> <span class="optional">What it stated stands below, to be put right.</span>
    </p>
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
  return idsIn(`${relatesTo} ${disputes} ${retracts}`)[0];
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
  const one = draft.value;
  const figure = figureInWords(one);
  return (
    <div class="preview">
      <h3>This will be logged</h3>
      <p>
        <bdi>{sentence(one)}</bdi>
      </p>
      {figure && (
        <p>
          <bdi>{figure}</bdi>
        </p>
      )}
      <Effects of={draftEffects(one)} />
    </div>
  );
}
