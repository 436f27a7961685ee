// The address keeps what is looked at, so that a view can be sent to somebody: #at=…&known=then&promise=…&review=…
import { effect } from "@preact/signals";
import { select, setAt, setKnowledge } from "./actions";
import { setPart, toggleReviewing } from "./review/acts";
import type { ReviewPart } from "./review/state";
import { part, reviewing } from "./review/state";
import { at, knowledge, operation, selection } from "./state";
import { isoInZone } from "./times";

/** Browsers refuse an address that changes too often, and play changes it sixty times a second. */
const WRITE_AFTER_MS = 400;
const PARTS: readonly ReviewPart[] = ["promises", "counts", "barriers", "claims"];

interface View {
  at?: number;
  known?: "then" | "all";
  promise?: string;
  review?: string;
}

function readHash(hash: string): View {
  const view: View = {};
  for (const pair of hash.replace(/^#/, "").split("&")) {
    const [name, ...rest] = pair.split("=");
    const value = decoded(rest.join("="));
    if (name === "at" && Number.isFinite(Date.parse(value))) view.at = Date.parse(value);
    if (name === "known") view.known = value === "then" ? "then" : "all";
    if (name === "promise" || name === "review") view[name] = value;
  }
  return view;
}

/** Not URLSearchParams: a "+" in a time is a plus here, and no space. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hashNow(): string {
  const parts = [`at=${isoInZone(at.value)}`];
  if (knowledge.value === "then") parts.push("known=then");
  if (selection.value?.kind === "promise") parts.push(`promise=${encodeURIComponent(selection.value.id)}`);
  if (reviewing.value) parts.push(`review=${part.value}`);
  return `#${parts.join("&")}`;
}

/** Look at what the address says; false if it says nothing of a moment. What it leaves out is as on a first view. */
export function applyHash(): boolean {
  const view = readHash(location.hash);
  if (view.at === undefined) return false;
  const promise = operation.value?.promises.find((one) => one.id === view.promise);
  if (promise) select({ kind: "promise", id: promise.id });
  else if (selection.value?.kind === "promise") select(null);
  setKnowledge(view.known ?? "all");
  setAt(view.at);
  if (view.review) setPart(PARTS.find((one) => one === view.review) ?? "promises");
  toggleReviewing(Boolean(view.review));
  return true;
}

/** Keep the address and the view alike, both ways. */
export function keepHash(): void {
  let waiting = 0;
  let written = location.hash;
  window.addEventListener("hashchange", () => {
    if (location.hash !== written) applyHash();
  });
  effect(() => {
    void [at.value, knowledge.value, selection.value, reviewing.value, part.value]; // what the address tells
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      const next = hashNow();
      written = next;
      if (location.hash !== next) history.replaceState(null, "", next);
    }, WRITE_AFTER_MS);
  });
}
