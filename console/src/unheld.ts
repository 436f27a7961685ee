// What no entry holds, such as a paste of megabytes: kept as a note, its beginning with the SHA-256 of all.
import { signal } from "@preact/signals";
import { announce, setLogged } from "./actions";
import { freshKey, inWords, post } from "./api/client";
import { takeEntry } from "./load";
import type { LogItem } from "./state";
import { counted } from "./words";

/** As many letters as an entry's words hold. */
export const WORDS_MAX = 4000;

interface Unheld {
  text: string;
  /** The same for every try to keep it, so that it is kept once. */
  key: string;
  pasted: boolean;
}

export const unheld = signal<Unheld | null>(null);
export const keeping = signal(false);
/** Why it was not kept. */
export const notKept = signal("");

export function offerNote(text: string, pasted: boolean): void {
  unheld.value = { text, key: freshKey(), pasted };
  notKept.value = "";
}

export function forgetUnheld(): void {
  unheld.value = null;
  notKept.value = "";
}

/** A field cuts what is pasted at its length, in silence: what would be longer is offered to be kept whole instead. */
export function takePaste(event: ClipboardEvent): void {
  const { value, selectionStart, selectionEnd } = event.currentTarget as HTMLInputElement | HTMLTextAreaElement;
  const pasted = event.clipboardData?.getData("text/plain") ?? "";
  const whole = value.slice(0, selectionStart ?? 0) + pasted + value.slice(selectionEnd ?? 0);
  if (whole.length <= WORDS_MAX) return;
  event.preventDefault();
  offerNote(whole, true);
  announce(`Not pasted: ${counted(whole.length, "letter")}. An entry holds ${WORDS_MAX}. It can be kept as a note.`);
}

export async function keepUnheld(by: string): Promise<void> {
  const one = unheld.peek();
  if (!one || keeping.peek()) return;
  keeping.value = true;
  notKept.value = "";
  try {
    const item = await post<LogItem>("notes", { typed: one.text, ...(by && { by }) }, { key: one.key });
    forgetUnheld();
    takeEntry(item);
    setLogged(item.entry.id);
  } catch (error) {
    notKept.value = inWords(error);
  } finally {
    keeping.value = false;
  }
}
