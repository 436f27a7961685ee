// Writing a new entry. Nothing is sent before the person has seen the sentence that will be logged.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { announce, select, setComposing } from "../actions";
import { inWords, post, Refusal } from "../api/client";
import type { Field } from "../draft";
import {
  change,
  clearDraft,
  draft,
  draftEffects,
  faultsIn,
  placeFault,
  rememberBy,
  renewKey,
  sentence,
  shownFaults,
  toEntryDraft,
} from "../draft";
import { takeEntry } from "../load";
import { channels, sources } from "../log-view";
import type { LogItem } from "../state";
import { operation } from "../state";
import type { Certainty, Kind } from "../words";
import { CERTAINTIES, CERTAINTY_MEANS, KINDS } from "../words";
import { ChangesField } from "./ChangesField";
import { Icon } from "./Icon";
import { PlaceField } from "./PlaceField";
import { CertaintySign } from "./Signs";
import { WhenField } from "./WhenField";

const WHAT_MAX = 4000;
const sending = signal(false);

export function Composer() {
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!draft.peek().from) clearDraft();
    first.current?.focus();
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
      <form noValidate onSubmit={(event) => void save(event)}>
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
              {Object.entries(KINDS).map(([kind, word]) => (
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
        <div class="composer-foot">
          <button type="submit" class="button primary" disabled={sending.value || !operation.value?.desk}>
            {sending.value ? "Logging…" : "Log it"}
          </button>
          <button type="button" class="button" onClick={clearDraft}>
            Clear
          </button>
        </div>
      </form>
    </section>
  );
}

function heading(): string {
  const { kind, relatesTo, retracts } = draft.value;
  const about = [...relatesTo, ...retracts][0];
  return about && (kind === "correction" || kind === "retraction" || kind === "denial")
    ? `${KINDS[kind]} of ${about}`
    : "New entry";
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
      {effects.length > 0 && (
        <ul class="effects">
          {effects.map((one) => (
            <li key={one}>
              <bdi>{one}</bdi>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function FaultSummary() {
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
    </div>
  );
}

function focusField(field: Field): void {
  document.getElementById(`draft-${field}`)?.focus();
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

async function save(event: Event): Promise<void> {
  event.preventDefault();
  if (sending.value) return;
  const one = draft.value;
  shownFaults.value = faultsIn(one);
  if (shownFaults.value.length) return focusFaults();
  sending.value = true;
  try {
    const item = await post<LogItem>("log", toEntryDraft(one), { key: one.key });
    rememberBy(one.by.trim());
    takeEntry(item);
    clearDraft();
    setComposing(false);
    select({ kind: "entry", id: item.entry.id });
    announce(`Logged as ${item.entry.id}.`);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".entry[data-picked] .entry-head")?.focus());
  } catch (error) {
    showRefusal(error);
  } finally {
    sending.value = false;
  }
}

function showRefusal(error: unknown): void {
  const faults = error instanceof Refusal ? error.problem.faults.map(placeFault) : [];
  // The key was used for other words: those may be in the log, so a next try is a new entry.
  if (error instanceof Refusal && error.problem.status === 409) renewKey();
  shownFaults.value = faults.length ? faults : [{ field: "what", says: inWords(error) }];
  focusFaults();
}

function focusFaults(): void {
  requestAnimationFrame(() => document.getElementById("draft-faults")?.focus());
}
