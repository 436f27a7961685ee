// One line of typing at the top of a new entry: Enter shows what is understood, Enter again logs it, Escape edits.

import { useLayoutEffect, useRef } from "preact/hooks";
import { draft } from "../draft";
import { effectsInWords } from "../effects";
import { operation } from "../state";
import { spanInWords } from "../times";
import type { TypedLine as Understood } from "../typing";
import { busy, editAgain, enter, line, log, refused, type, understood } from "../typing";
import { takePaste, WORDS_MAX } from "../unheld";
import { CERTAINTIES, KINDS, listed } from "../words";
import { Effects } from "./Effects";
import { CertaintySign } from "./Signs";

type Part = Understood["parts"][number];
type Doubt = Understood["doubts"][number];

/** A shape for each kind of part, drawn in sixteen by sixteen; the word stands beside it. */
const SHAPES: Record<Part["read_as"], string> = {
  time: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5V8l2.5 1.8",
  kind: "M2.5 2.500h5l6 6-5 5-6-6zM5.500 5.500h.1",
  state: "M2 5h12v6H2zM5 11l4-6M9 11l4-6",
  place: "M8 14.5S3 9.8 3 6.300a5 5 0 0 1 10 0C13 9.8 8 14.5 8 14.5zM8 5.500v1.6",
  source: "M8 2a2.8 2.8 0 1 0 0 5.600A2.8 2.8 0 0 0 8 2zM2.500 14c0-3 2.500-4.500 5.500-4.500s5.500 1.500 5.500 4.500",
  channel: "M8 9v5M8 7.500v1M4.500 10a5 5 0 0 1 0-6M11.500 10a5 5 0 0 0 0-6",
  certainty: "M2 8.500 6 12.500 14 3.500",
  number: "M6 2 4.500 14M11.500 2 10 14M2.500 6h11M2 10.500h11",
  link: "M6.500 9.500l3-3M7 4.500 9 2.500a3 3 0 0 1 4.500 4.500l-2 2M9 11.500l-2 2A3 3 0 0 1 2.500 9l2-2",
  reason: "M8 2v8M8 13v.5",
  power: "M8 2v12M4.500 14h7M3 4h10M3 4 1.500 9h3zM13 4l-1.500 5h3z",
};

export function TypedLine() {
  const input = useRef<HTMLInputElement>(null);
  // Before the next key: whoever presses N and types on must not set off shortcuts.
  useLayoutEffect(() => {
    const { what, relatesTo, disputes, retracts } = draft.peek();
    // A draft that was begun, or that is about another entry, goes on in the form below.
    if (!what && !relatesTo.length && !disputes.length && !retracts.length) input.current?.focus();
  }, []);
  const read = understood.value;
  const canWrite = Boolean(operation.value?.desk);
  const edit = () => {
    editAgain();
    input.current?.focus();
  };
  return (
    <form
      class="typed"
      aria-label="Entry in one line"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!read?.ready || canWrite) void enter();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !read) return; // with nothing understood yet, Escape closes the composer
        event.preventDefault();
        edit();
      }}
    >
      <label class="labelled" for="typed-line">
        One line
      </label>
      <div class="typed-row">
        <input
          id="typed-line"
          class="field"
          ref={input}
          value={line.value}
          maxLength={WORDS_MAX}
          autoComplete="off"
          spellcheck={false}
          aria-describedby="typed-hint"
          aria-invalid={refused.value.length > 0}
          onPaste={takePaste}
          onInput={(event) => type(event.currentTarget.value)}
        />
        <button
          type="submit"
          class={read?.ready ? "button primary" : "button"}
          disabled={!line.value.trim() || busy.value || Boolean(read && (!read.ready || !canWrite))}
        >
          {read?.ready ? "Save" : "Read"}
        </button>
      </div>
      <p class="hint" id="typed-hint">
        For example: 0412 barrier moved Bunny/Featherston, reported by gate 6
      </p>
      {refused.value.length > 0 && (
        <div class="typed-refused" role="alert">
          {refused.value.map((one) => (
            <p class="fault" key={one}>
              <bdi>{one}</bdi>
            </p>
          ))}
        </div>
      )}
      {read && (
        <div class="typed-read">
          <Parts parts={read.parts} />
          <Doubts doubts={read.doubts} />
          <Entry read={read} />
          <div class="typed-foot">
            <button
              type="button"
              class="button small"
              disabled={busy.value || !canWrite}
              onClick={() => void log(read.note)}
            >
              Keep as a note
            </button>
            <button type="button" class="button small" onClick={edit}>
              Edit
            </button>
          </div>
        </div>
      )}
    </form>
  );
}

function Parts({ parts }: { parts: readonly Part[] }) {
  if (!parts.length) return <p class="hint">No part of it was understood.</p>;
  return (
    <ul class="typed-parts" aria-label="What was understood">
      {parts.map((part) => (
        <li key={part.start} class="typed-part" data-read-as={part.read_as}>
          <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d={SHAPES[part.read_as]} />
          </svg>
          <span class="typed-as">{part.read_as}</span> <bdi class="typed-words">{part.text}</bdi>{" "}
          <bdi class="typed-says">{part.says}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Doubts({ doubts }: { doubts: readonly Doubt[] }) {
  if (!doubts.length) return null;
  return (
    <ul class="typed-doubts" aria-label="What is not clear">
      {doubts.map((doubt) => (
        <li key={doubt.code + doubt.found} class={doubt.matters ? "typed-doubt fault" : "typed-doubt"}>
          <span class="typed-mark">
            {doubt.matters ? "✖ Not clear" : "? Note"}, {doubt.about}:
          </span>{" "}
          <bdi>
            expected {doubt.expected}; found {doubt.found}. {doubt.do}
          </bdi>
          {doubt.choices.length > 0 && (
            <span class="typed-choices">
              Known: <bdi>{doubt.choices.join("; ")}</bdi>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Entry({ read }: { read: Understood }) {
  const entry = read.draft;
  const parts = Object.entries(entry.breakdown).map(([name, number]) => `${number} ${name}`);
  const links = [
    ["About", entry.relates_to],
    ["Contradicts", entry.disputes],
    ["Takes back", entry.retracts],
    ["After", entry.follows],
  ] as const;
  const effects = effectsInWords(entry);
  return (
    <div class="preview">
      <h3>{read.ready ? "This will be logged: Enter or Save" : "Understood so far"}</h3>
      <p>
        {KINDS[entry.kind]}, {spanInWords(entry.so)}
        {entry.place && (
          <>
            , <bdi>{entry.place}</bdi>
          </>
        )}
        . <CertaintySign of={entry.certainty} /> {CERTAINTIES[entry.certainty]} by <bdi>{entry.source.by}</bdi>
        {entry.source.via && (
          <>
            , through <bdi>{entry.source.via}</bdi>
          </>
        )}
        .
      </p>
      {entry.number !== null && (
        <p>
          <bdi>
            {[entry.number, entry.unit].filter((one) => one !== null).join(" ")}
            {parts.length > 0 && ` = ${parts.join(" + ")}`}
            {entry.basis && ` (${entry.basis})`}
          </bdi>
        </p>
      )}
      {entry.why && (
        <p>
          Why: <bdi>{entry.why}</bdi>
        </p>
      )}
      {entry.power && (
        <p>
          Under which power: <bdi>{entry.power}</bdi>
        </p>
      )}
      {links.map(([word, ids]) => ids.length > 0 && <p key={word}>{`${word} ${listed(ids)}.`}</p>)}
      <Effects of={effects} />
    </div>
  );
}
