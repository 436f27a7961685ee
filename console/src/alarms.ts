// What is not kept at the moment looked at, and which role knows of it.
import { computed, effect, signal } from "@preact/signals";
import { announce } from "./actions";
import { get, inWords, post } from "./api/client";
import type { components } from "./api/schema";
import { takeEntry } from "./load";
import type { LogItem } from "./state";
import { alarmsHeard, at, knowledge, log, operation } from "./state";

type Schemas = components["schemas"];
export type Alarm = Schemas["Alarm"];

const MINUTE = 60_000;
const WAIT_MS = 250;
const RETRY_MS = 5000;

const alarms = signal<readonly Alarm[]>([]);
export const acknowledging = signal<boolean>(false);
/** Why the alarm of a promise could not be acknowledged, in words. */
export const alarmTrouble = signal<{ promise: string; says: string } | null>(null);

const byPromise = computed(() => new Map(alarms.value.map((one) => [one.answer.id, one])));

export function alarmOf(promise: string): Alarm | null {
  return byPromise.value.get(promise) ?? null;
}

/** Whether the moment looked at is the present, held to the days of the operation: only then can a role acknowledge. */
export const atPresent = computed(() => {
  const days = operation.value;
  if (!days) return false;
  const present = Math.min(Math.max(Date.now(), Date.parse(days.starts)), Date.parse(days.ends));
  return Math.abs(at.value - present) < MINUTE;
});

/** What is asked of which moment: by the minute, so that a moving clock does not ask all the time. */
const moment = computed(() => {
  if (atPresent.value) return JSON.stringify({});
  const minute = new Date(Math.floor(at.value / MINUTE) * MINUTE).toISOString();
  return JSON.stringify({ at: minute, known_at: knowledge.value === "then" ? minute : null });
});

/** What an answer is good for: time alone, too, raises alarms at the present. */
const wanted = computed(() => JSON.stringify([moment.value, log.value[0]?.position ?? 0, alarmsHeard.value]));

let waiting = 0;
let shown = "";

/** Ask a little after the moment, the knowledge, the log or an alarm has changed. */
export function startAlarms(): void {
  effect(() => {
    const question = wanted.value;
    if (operation.value) askIn(WAIT_MS, question);
  });
}

function askIn(ms: number, question: string): void {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => void ask(question), ms);
}

async function ask(question: string): Promise<void> {
  const asked = moment.peek();
  try {
    const found = await get<Schemas["Alarms"]>("alarms", JSON.parse(asked) as Record<string, string | null>);
    if (question !== wanted.peek()) return;
    alarms.value = found.alarms;
    shown = asked;
  } catch {
    if (question !== wanted.peek()) return;
    // That the server is away is told at the head of the screen. Alarms of this moment stay; those of another do not.
    if (shown !== asked) alarms.value = [];
    askIn(RETRY_MS, question);
  }
}

/** Log that a role knows, and why the alarm stands. The key is that of one try to say so, however often it is sent. */
export async function acknowledge(promise: string, by: string, why: string, key: string): Promise<boolean> {
  acknowledging.value = true;
  alarmTrouble.value = null;
  try {
    const path = `alarms/${encodeURIComponent(promise)}/acknowledgement`;
    takeEntry(await post<LogItem>(path, { by: by.trim(), why: why.trim() }, { key }));
    announce(`Acknowledged by ${by.trim()}`);
    return true;
  } catch (error) {
    alarmTrouble.value = { promise, says: inWords(error) };
    return false;
  } finally {
    acknowledging.value = false;
  }
}
