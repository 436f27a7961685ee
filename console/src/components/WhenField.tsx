// When it was so, as exactly as somebody said and no more.

import type { Precision, Times } from "../draft";
import { at, operation } from "../state";
import {
  apart,
  changeInWords,
  DAY,
  fromLocal,
  isoInZone,
  localMinute,
  localParts,
  momentsOf,
  shortDay,
  shortTime,
} from "../times";
import { FaultsOf, faulty } from "./Faults";

const PRECISIONS: Record<Precision, string> = {
  exact: "exactly at",
  about: "about",
  between: "between",
  after: "after",
  before: "before",
  day: "some time on",
  unknown: "not stated",
};

/** What stands for no time of its own, where that can be: the field is then empty. */
const NONE = "";

interface Props {
  field: "when" | "reported";
  legend: string;
  value: Times | null;
  set: (times: Times | null) => void;
  /** What it means if no time is given. */
  none?: string;
}

export function WhenField({ field, legend, value, set, none }: Props) {
  const now = localMinute(at.value);
  const times: Times = value ?? { precision: "unknown", from: now, to: now };
  const { precision, from, to } = times;
  const hasFrom = precision !== "before" && precision !== "unknown" && precision !== "day";
  const hasTo = precision === "between" || precision === "before";
  const choose = (chosen: string) =>
    set(chosen === NONE ? null : { ...times, precision: chosen as Precision, from: from || now, to: to || now });
  return (
    <fieldset class="labelled when">
      <legend>{legend}</legend>
      <div class="when-row">
        <select
          id={`draft-${field}`}
          class="field"
          aria-label={
            field === "when" ? "How exactly the time is known" : "How exactly the time of the report is known"
          }
          value={value ? precision : NONE}
          {...faulty(field)}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          {none && <option value={NONE}>{none}</option>}
          {Object.entries(PRECISIONS).map(([one, word]) => (
            <option key={one} value={one}>
              {word}
            </option>
          ))}
        </select>
        {hasFrom && (
          <LocalTime
            id={`draft-${field}-from`}
            label={precision === "between" ? "From" : "Time"}
            value={from}
            set={(text) => set({ ...times, from: text })}
          />
        )}
        {precision === "between" && <span class="when-and">and</span>}
        {hasTo && (
          <LocalTime id={`draft-${field}-to`} label="To" value={to} set={(text) => set({ ...times, to: text })} />
        )}
        {precision === "day" && (
          <Day label="Day" value={apart(from).local} set={(text) => set({ ...times, from: text })} />
        )}
      </div>
      {(hasFrom || hasTo) && from !== now && (
        <button type="button" class="link" onClick={() => set({ precision, from: now, to: now })}>
          Take the moment looked at, {shortTime(at.value)}
        </button>
      )}
      <FaultsOf field={field} />
    </fieldset>
  );
}

interface PartProps {
  label: string;
  value: string; // "2022-02-22T12:00", local; with seconds, or with its offset where it comes twice
  set: (text: string) => void;
}

/** Not the browser's own field: that writes the time as the machine is set, "12:00 PM", and not as the screen does. */
function LocalTime({ id, label, value, set }: PartProps & { id: string }) {
  const { local, offset } = apart(value);
  const [day = "", time = ""] = local.split("T");
  const moments = momentsOf(local);
  const told = changeInWords(local);
  return (
    <>
      <span class="when-time">
        <Day label={`${label}, day`} value={local} set={set} />
        <input
          class="field"
          aria-label={`${label}, hour and minute`}
          inputMode="numeric"
          placeholder="hh:mm"
          maxLength={8}
          value={time}
          aria-invalid={told !== null && !offset}
          aria-describedby={told ? `${id}-told` : undefined}
          onChange={(event) => set(`${day}T${tidyTime(event.currentTarget.value)}`)}
        />
        {moments?.length === 2 && (
          <select
            class="field"
            aria-label={`${label}, which of the two`}
            aria-describedby={`${id}-told`}
            aria-invalid={!offset}
            value={offset}
            onChange={(event) => set(`${local}${event.currentTarget.value}`)}
          >
            <option value="">which one?</option>
            {moments.map((ms, nth) => (
              <option key={ms} value={isoInZone(ms).slice(19)}>
                {nth ? "the second" : "the first"}, {isoInZone(ms).slice(19)}
              </option>
            ))}
          </select>
        )}
      </span>
      {/* Always there, so that what comes into it is read out. */}
      <span class={offset ? "when-told hint" : "when-told fault"} id={`${id}-told`} role="status">
        {told}
      </span>
    </>
  );
}

function Day({ label, value, set }: PartProps) {
  const [day = "", time = "00:00"] = value.split("T");
  return (
    <select
      class="field"
      aria-label={label}
      value={day}
      onChange={(event) => set(`${event.currentTarget.value}T${time}`)}
    >
      {daysAround(day).map((one) => (
        <option key={one} value={one}>
          {shortDay(fromLocal(`${one}T12:00`))}
        </option>
      ))}
    </select>
  );
}

/** "930" and "9.30" are "09:30", and seconds may follow; what is no time stays, and is a fault. */
function tidyTime(text: string): string {
  const [, hours, minutes, seconds] = /^\s*(\d{1,2})[:.h ]?(\d{2})(?:[:.](\d{2}))?\s*$/.exec(text) ?? [];
  return hours && minutes ? [hours.padStart(2, "0"), minutes, seconds].filter(Boolean).join(":") : text;
}

/** The days of the operation, and a week before: what was so earlier is told of too. */
function daysAround(chosen: string): readonly string[] {
  const whole = operation.value;
  if (!whole) return [chosen];
  const day = (ms: number) => Date.parse(`${localParts(ms).slice(0, 10)}Z`);
  const first = day(Date.parse(whole.starts)) - 7 * DAY;
  const count = Math.min(400, (day(Date.parse(whole.ends) - 1) - first) / DAY + 1);
  const days = Array.from({ length: count }, (_, one) => new Date(first + one * DAY).toISOString().slice(0, 10));
  return days.includes(chosen) || !chosen ? days : [chosen, ...days];
}
