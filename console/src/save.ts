// Sending the entry that was written: once, however often it is tried.
import { computed, signal } from "@preact/signals";
import { setLogged } from "./actions";
import { freshKey, inWords, isNoEntry, post, Refusal } from "./api/client";
import { clearDraft, draft, rememberBy, renewKey, shownFaults } from "./draft";
import type { EntryDraft } from "./entry-draft";
import { faultsIn, placeFault, toEntryDraft } from "./entry-draft";
import { takeEntry } from "./load";
import type { LogItem } from "./state";

export const sending = signal(false);

/** What the server refused as an entry, with the key under which it can be kept as a note. */
const refused = signal<{ typed: EntryDraft; key: string } | null>(null);

/** Whether what stands in the form is what was refused: then all of it can be kept as a note. */
export const keepable = computed(
  () => refused.value !== null && JSON.stringify(refused.value.typed) === JSON.stringify(toEntryDraft(draft.value)),
);

export async function save(event: Event): Promise<void> {
  event.preventDefault();
  if (sending.value) return;
  const one = draft.value;
  shownFaults.value = faultsIn(one);
  if (shownFaults.value.length) return focusFaults();
  await send("log", toEntryDraft(one), one.key, one.by);
}

/** Keep what was refused as a note: its words, and nothing read from them. */
export async function keepAsNote(): Promise<void> {
  const one = refused.peek();
  if (sending.peek() || !one || !keepable.peek()) return;
  await send("notes", { typed: one.typed }, one.key, one.typed.source.by);
}

async function send(path: "log" | "notes", body: unknown, key: string, by: string): Promise<void> {
  sending.value = true;
  try {
    const item = await post<LogItem>(path, body, { key });
    rememberBy(by.trim());
    takeEntry(item);
    clearDraft();
    refused.value = null;
    setLogged(item.entry.id);
    window.setTimeout(() => {
      const entry = document.querySelector<HTMLElement>(".entry[data-picked] .entry-head");
      (entry ?? document.getElementById("log-heading"))?.focus();
    });
  } catch (error) {
    if (path === "log") refused.value = isNoEntry(error) ? { typed: body as EntryDraft, key: freshKey() } : null;
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
  window.setTimeout(() => document.getElementById("draft-faults")?.focus());
}
