// Under a promise that is not kept: which role knows of it, or a form for the one that does.
import { useId, useState } from "preact/hooks";
import type { Alarm } from "../alarms";
import { acknowledge, acknowledging, alarmOf, alarmTrouble, atPresent } from "../alarms";
import { freshKey } from "../api/client";
import { shortTime } from "../times";
import { Icon } from "./Icon";
import { TextField } from "./TextField";

/** One line: by shape and words, since nobody should have to know the colours. */
export function AlarmState({ promise }: { promise: string }) {
  const alarm = alarmOf(promise);
  if (!alarm) return null;
  const known = alarm.acknowledged;
  return (
    <span class="alarm-state" data-acknowledged={known !== null}>
      <Icon name={known ? "check" : "bell"} />
      {known ? (
        <span>
          Acknowledged by <bdi>{known.source.by}</bdi>
        </span>
      ) : (
        <span>Alarm: nobody has acknowledged it</span>
      )}
    </span>
  );
}

export function AlarmPanel({ promise }: { promise: string }) {
  const alarm = alarmOf(promise);
  if (!alarm) return null;
  const tellsMend = alarm.answer.kind !== "sealed" && alarm.mend.length > 0; // each leak tells its own
  return (
    <>
      {tellsMend && (
        <p class="fact">
          <span class="fact-name">What would mend it</span> <bdi>{alarm.mend.join("; ")}</bdi>
        </p>
      )}
      {alarm.acknowledged && <Known by={alarm.acknowledged} />}
      {!alarm.acknowledged && atPresent.value && <Form key={promise} promise={promise} />}
    </>
  );
}

function Known({ by }: { by: NonNullable<Alarm["acknowledged"]> }) {
  return (
    <p class="fact">
      <span class="fact-name">Acknowledged</span>{" "}
      <bdi>
        {shortTime(Date.parse(by.at))}, {by.source.by}: {by.why}
      </bdi>
    </p>
  );
}

function Form({ promise }: { promise: string }) {
  const [by, setBy] = useState("");
  const [why, setWhy] = useState("");
  const [key] = useState(() => freshKey());
  const trouble = useId();
  const says = alarmTrouble.value?.promise === promise ? alarmTrouble.value.says : null;
  const send = async (event: Event) => {
    event.preventDefault();
    if (await acknowledge(promise, by, why, key)) document.getElementById("board-heading")?.focus();
  };
  return (
    <form class="alarm-form" aria-label="Acknowledge the alarm" onSubmit={(event) => void send(event)}>
      <TextField label="Your role" maxLength={200} value={by} set={setBy} />
      <TextField
        label="Why it stands"
        maxLength={2000}
        value={why}
        set={setWhy}
        describedBy={says ? trouble : undefined}
      />
      <button type="submit" class="button" disabled={acknowledging.value}>
        <Icon name="check" />
        <span class="word">Acknowledge</span>
      </button>
      {says && (
        <p id={trouble} class="alarm-trouble" role="alert">
          {says}
        </p>
      )}
    </form>
  );
}
