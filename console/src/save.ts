// Sending the entry that was written: once, however often it is tried.
import { signal } from "@preact/signals";
import { setLogged } from "./actions";
import { inWords, post, Refusal } from "./api/client";
import { clearDraft, draft, faultsIn, placeFault, rememberBy, renewKey, shownFaults, toEntryDraft } from "./draft";
import { takeEntry } from "./load";
import type { LogItem } from "./state";

export const sending = signal(false);

export async function save(event: Event): Promise<void> {
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
    setLogged(item.entry.id);
    window.setTimeout(() => {
      const entry = document.querySelector<HTMLElement>(".entry[data-picked] .entry-head");
      (entry ?? document.getElementById("log-heading"))?.focus();
    });
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
  window.setTimeout(() => document.getElementById("draft-faults")?.focus());
}
