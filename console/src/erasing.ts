// Taking texts out of an entry for good, as the law may demand: which, by which role, under which power.
import { batch, signal } from "@preact/signals";
import { announce } from "./actions";
import type { Fault } from "./api/client";
import { inWords, post, Refusal } from "./api/client";
import type { components } from "./api/schema";
import { takeEntry } from "./load";
import type { Entry } from "./state";

type Schemas = components["schemas"];
export type Erased = Schemas["Erased"];

/** A text of an entry, by the name that the ledger has for it. */
export interface EntryText {
  field: string;
  text: string;
}

/** The entry whose texts are to go; null while the dialog is closed. */
export const erasing = signal<string | null>(null);
export const sending = signal<boolean>(false);
/** Why the server refused. */
export const refusals = signal<readonly string[]>([]);
/** What went, once it is gone. */
export const erased = signal<Erased | null>(null);

const GONE = "[erased]";

/** The texts of an entry, erased ones as they are read now. */
export function textsOf({ what, why, place, source, ref }: Entry): readonly EntryText[] {
  const references = Object.fromEntries(ref.map((one, at) => [`ref.${at}`, one]));
  const texts = { what, why, place, "source.by": source.by, "source.via": source.via, ...references };
  return Object.entries(texts).flatMap(([field, text]) => (text ? [{ field, text }] : []));
}

/** Those that can still be erased. Why texts went is kept. */
export function erasableIn(entry: Entry): readonly string[] {
  if (entry.kind === "erasure") return [];
  return textsOf(entry).flatMap(({ field, text }) => (text === GONE ? [] : [field]));
}

const NAMES: Record<string, string> = {
  what: "What happened",
  why: "Why",
  place: "Place",
  "source.by": "Who says so",
  "source.via": "Through which channel",
};

/** What the form of a new entry calls a text. */
export function textName(field: string): string {
  return NAMES[field] ?? `Reference ${Number(field.split(".")[1]) + 1}`;
}

export function openErasure(id: string): void {
  batch(() => {
    refusals.value = [];
    erased.value = null;
    erasing.value = id;
  });
}

export function closeErasure(): void {
  erasing.value = null;
}

/** Who erases, under which power, and why, if that is said. */
interface Told {
  by: string;
  power: string;
  why: string;
}

/** Erase. It needs no key: what is erased can't be erased again. */
export async function erase(id: string, fields: readonly string[], told: Told): Promise<void> {
  if (sending.peek()) return;
  refusals.value = fields.length ? [] : ["Choose at least one of the texts."];
  if (!fields.length) return;
  sending.value = true;
  try {
    const path = `log/${encodeURIComponent(id)}/erasure`;
    const [by, power, why] = [told.by.trim(), told.power.trim(), told.why.trim()];
    const done = await post<Erased>(path, { fields, by, power, ...(why && { why }) });
    erased.value = done;
    takeEntry(done.erasure);
    announce(`Erased. ${done.erasure.entry.id} says so.`);
  } catch (error) {
    const faults = error instanceof Refusal ? error.problem.faults : [];
    refusals.value = faults.length
      ? faults.map((one) => `${fieldOf(one)}Expected ${one.expected}; found ${one.found}. ${one.do}`)
      : [`${inWords(error)} It can be tried again: what is erased stays erased.`];
  } finally {
    sending.value = false;
  }
}

/** The field of the dialog that a fault is about. */
function fieldOf({ where }: Fault): string {
  if (/\bpower\b/.test(where)) return "Under which power: ";
  if (/\bwhy\b/.test(where)) return "Why: ";
  return /\bby\b/.test(where) ? "Your role: " : "";
}
