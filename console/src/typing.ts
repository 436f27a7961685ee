// The one line that is being typed: what was understood of it, and logging it once. Nothing is logged unseen.
import { signal } from "@preact/signals";
import { announce, setLogged } from "./actions";
import { freshKey, inWords, isNoEntry, nextStep, post, Refusal } from "./api/client";
import type { components } from "./api/schema";
import { takeEntry } from "./load";
import type { LogItem } from "./state";
import { at, operation, overruns } from "./state";
import { isoInZone } from "./times";
import { forgetUnheld, offerNote, unheld } from "./unheld";
import { counted } from "./words";

export type TypedLine = components["schemas"]["TypedLine"];
type EntryDraft = TypedLine["draft"];

export const line = signal("");
export const understood = signal<TypedLine | null>(null);
/** Why there is no answer, or why it was not logged. */
export const refused = signal<readonly string[]>([]);
export const busy = signal(false);

let asked = 0;
let sent = { body: "", key: "" };

/** Other words: what was understood of the last ones no longer holds. */
export function type(text: string): void {
  asked += 1; // an answer to older words is dropped
  line.value = text;
  understood.value = null;
  refused.value = [];
  busy.value = false;
  if (unheld.peek()?.pasted === false) forgetUnheld();
}

/** Back to the words. */
export function editAgain(): void {
  type(line.peek());
  announce("Not logged. The words can be changed.");
}

/** Enter: shows what is understood; once that is seen and clear, logs it. */
export async function enter(): Promise<void> {
  if (busy.peek() || !line.peek().trim()) return;
  const read = understood.peek();
  if (!read) return ask();
  if (read.ready) return log(read.draft);
  announce(`Not logged: ${counted(open(read), "thing is", "things are")} not clear.`);
}

function open(read: TypedLine): number {
  return read.doubts.filter((doubt) => doubt.matters).length;
}

/** As whose present the line is meant: of the moment looked at, or the true one (null) where that can't be looked at. */
function typedAt(): string | null {
  const days = operation.peek();
  return days && overruns() && at.peek() >= Date.parse(days.ends) ? null : isoInZone(at.peek());
}

async function ask(): Promise<void> {
  asked += 1;
  const mine = asked;
  busy.value = true;
  refused.value = [];
  try {
    const read = await post<TypedLine>("typed-line", { text: line.peek(), now: typedAt() });
    if (mine !== asked) return;
    understood.value = read;
    const parts = read.parts.map((part) => `${part.read_as}: ${part.says}`).join("; ");
    announce(
      read.ready
        ? `Understood. ${parts}. Enter logs it, Escape goes back to the words.`
        : `Not clear yet: ${counted(open(read), "thing", "things")}. ${parts}.`,
    );
  } catch (error) {
    if (mine === asked) {
      refuse(error);
      if (isNoEntry(error)) offerNote(line.peek(), false);
    }
  } finally {
    if (mine === asked) busy.value = false;
  }
}

/** Logs a draft that was seen; the same draft once, however often it is tried. */
export async function log(draft: EntryDraft): Promise<void> {
  if (busy.peek()) return;
  const body = JSON.stringify(draft);
  if (sent.body !== body) sent = { body, key: freshKey() };
  busy.value = true;
  refused.value = [];
  try {
    const item = await post<LogItem>("log", draft, { key: sent.key });
    sent = { body: "", key: "" };
    type("");
    takeEntry(item);
    setLogged(item.entry.id);
    window.setTimeout(() => {
      const entry = document.querySelector<HTMLElement>(".entry[data-picked] .entry-head");
      (entry ?? document.getElementById("log-heading"))?.focus();
    });
  } catch (error) {
    refuse(error);
  } finally {
    busy.value = false;
  }
}

function refuse(error: unknown): void {
  const faults = error instanceof Refusal ? error.problem.faults : [];
  refused.value = faults.length
    ? faults.map((one) => `Expected ${one.expected}; found ${one.found}. ${nextStep(one)}`)
    : [inWords(error)];
}
