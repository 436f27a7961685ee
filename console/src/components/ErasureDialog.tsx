// Erasing texts of an entry: what goes, who does it under which power, and what no erasure brings back or reaches.
import { useEffect, useRef, useState } from "preact/hooks";
import type { EntryText, Erased } from "../erasing";
import { closeErasure, erasableIn, erase, erased, erasing, refusals, sending, textName, textsOf } from "../erasing";
import { byId } from "../log-view";
import { listed } from "../words";
import { Icon } from "./Icon";
import { TextField } from "./TextField";

export function ErasureDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = erasing.value;
  const shown = id !== null;
  useEffect(() => {
    if (shown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [shown]);
  return (
    <dialog
      ref={dialog}
      class="help erasure"
      aria-labelledby="erasure-heading"
      onCancel={closeErasure}
      onClose={closeErasure}
    >
      {shown && (
        <>
          <div class="help-head">
            <h2 id="erasure-heading" tabIndex={-1}>
              {erased.value ? `Erased from ${id}` : `Erase texts of ${id}`}
            </h2>
            <button type="button" class="button quiet" aria-label="Close" onClick={closeErasure}>
              <Icon name="close" />
            </button>
          </div>
          {erased.value ? <Done of={erased.value} /> : <Form key={id} id={id} />}
        </>
      )}
    </dialog>
  );
}

function Form({ id }: { id: string }) {
  const [fields, setFields] = useState<readonly string[]>([]);
  const [by, setBy] = useState("");
  const [power, setPower] = useState("");
  const [why, setWhy] = useState("");
  const item = byId.value.get(id);
  // As the dialog was opened: an erasure that was stored, but not finished, can be tried again.
  const [offered] = useState(() => (item ? erasableIn(item.entry) : []));
  const texts = item ? textsOf(item.entry).filter((one) => offered.includes(one.field)) : [];
  const send = (event: Event) => {
    event.preventDefault();
    const names = texts.map((one) => one.field).filter((one) => fields.includes(one));
    void erase(id, names, { by, power, why });
  };
  return (
    <form class="erasure-body" onSubmit={send}>
      <p class="notice">
        <b>This can't be undone.</b> The chosen words go from the log for good, and [erased] is read in their place. The
        entry stays, with its times, numbers and effects. A new entry says what went, by which role, and under which
        power.
      </p>
      <fieldset class="labelled">
        <legend>Which texts</legend>
        {texts.map((one) => (
          <TextChoice
            key={one.field}
            of={one}
            checked={fields.includes(one.field)}
            choose={(on) => setFields(on ? [...fields, one.field] : fields.filter((other) => other !== one.field))}
          />
        ))}
      </fieldset>
      <div class="pair">
        <TextField label="Your role" maxLength={200} value={by} set={setBy} />
        <TextField
          label={
            <>
              Under which power <span class="optional">stays readable</span>
            </>
          }
          maxLength={2000}
          value={power}
          set={setPower}
        />
      </div>
      <TextField
        label={
          <>
            Why <span class="optional">optional, can be read for good</span>
          </>
        }
        maxLength={2000}
        value={why}
        set={setWhy}
        optional
      />
      <p class="hint">
        Out of reach of any erasure: what was exported, disclosed, backed up or printed before, and whoever has read it.
        Which copies those may be is said once it is done.
      </p>
      <label class="check">
        <input type="checkbox" required />I know that the words can't be brought back
      </label>
      <Refusals />
      <div class="erasure-foot">
        <button type="submit" class="button primary" disabled={sending.value}>
          <Icon name="erase" />
          {sending.value ? "Erasing…" : "Erase for good"}
        </button>
        <button type="button" class="button" onClick={closeErasure}>
          Leave it as it is
        </button>
      </div>
    </form>
  );
}

interface ChoiceProps {
  of: EntryText;
  checked: boolean;
  choose: (on: boolean) => void;
}

function TextChoice({ of, checked, choose }: ChoiceProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => choose(event.currentTarget.checked)} />
      <span>
        <b>{textName(of.field)}:</b> <bdi>{of.text}</bdi>
      </span>
    </label>
  );
}

function Refusals() {
  if (!refusals.value.length) return null;
  return (
    <div class="fault-summary" role="alert">
      <h3>Not done</h3>
      {refusals.value.map((one) => (
        <p key={one}>
          <bdi>{one}</bdi>
        </p>
      ))}
    </div>
  );
}

function Done({ of }: { of: Erased }) {
  useEffect(() => document.getElementById("erasure-heading")?.focus(), []); // the button that was pressed is gone
  return (
    <div class="erasure-body">
      <p>
        Gone: {listed(of.gone.map(textName))}. {of.erasure.entry.id}, line {of.erasure.position} of the ledger, says so.
      </p>
      <h3>Out of reach</h3>
      <ul class="erasure-copies">
        {of.out_of_reach.map((one) => (
          <li key={one}>
            <bdi>{one}</bdi>
          </li>
        ))}
      </ul>
      <div class="erasure-foot">
        <button type="button" class="button primary" onClick={closeErasure}>
          Close
        </button>
      </div>
    </div>
  );
}
