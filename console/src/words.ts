// The words of the screen for the words of the API. One place, so that nothing is said in two ways.
import type { Answer, Barrier, BarrierNow, Entry, Supposition } from "./state";
import { operation, streets } from "./state";

export type Kind = Entry["kind"];
export type Certainty = Entry["certainty"];
export type BarrierState = NonNullable<Entry["state"]>;

export const KINDS: Record<Kind, string> = {
  barrier: "Barrier",
  gate_rule: "Gate rule",
  street: "Street",
  sweep: "Sweep",
  standoff: "Standoff",
  observation: "Observation",
  count: "Count",
  claim: "Claim",
  confirmation: "Confirmation",
  denial: "Denial",
  decision: "Decision",
  advisory: "Advice to the public",
  staffing: "Staffing",
  site_notice: "Site notice",
  statement: "Statement",
  level: "Level",
  note: "Note",
  correction: "Correction",
  retraction: "Retraction",
  erasure: "Erasure",
  acknowledgement: "Alarm acknowledged",
};

export const CERTAINTIES: Record<Certainty, string> = {
  confirmed: "confirmed",
  observed: "observed",
  claimed: "claimed",
  understood: "understood",
  denied: "denied",
};

export const CERTAINTY_MEANS: Record<Certainty, string> = {
  confirmed: "somebody answerable for it says so",
  observed: "somebody saw it",
  claimed: "somebody says so, and nobody has confirmed it",
  understood: "it is taken to be so, and nobody has said it",
  denied: "somebody says that it is not so",
};

export const STATES: Record<BarrierState, string> = {
  installed: "in place",
  reinstalled: "in place again",
  "part-placed": "part placed",
  planned: "not yet placed",
  unstaffed: "in place, gate not staffed",
  obstructed: "obstructed",
  moved: "moved",
  removed: "removed",
};

/** The word of an answer: broken is loud, and says where the log leaves it open. */
export function answerWord(answer: Pick<Answer, "answer" | "certain">): string {
  if (answer.answer === "broken") return answer.certain ? "BROKEN" : "BROKEN?";
  if (answer.answer === "kept" && !answer.certain) return "kept?";
  return answer.answer;
}

/** "1 way in", "2 ways in" */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;
}

/** "420 m", "1.2 km" */
export function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}

/** "a, b and c" */
export function listed(things: readonly string[]): string {
  if (things.length < 2) return things[0] ?? "";
  return `${things.slice(0, -1).join(", ")} and ${things.at(-1)}`;
}

export function barrierName(id: string): string {
  return findBarrier(id)?.name ?? id;
}

export function findBarrier(id: string): Barrier | undefined {
  return operation.value?.barriers.find((one) => one.id === id);
}

export function siteName(id: string): string {
  return operation.value?.sites.find((one) => one.id === id)?.name ?? id;
}

export function categoryName(id: string): string {
  return operation.value?.categories.find((one) => one.id === id)?.name ?? id;
}

/** The street that a segment belongs to; its id where it has no name. */
export function streetName(segment: string): string {
  const found = streets.value?.features.find((one) => one.properties.id === segment);
  return found?.properties.name || "a nameless lane";
}

/** The state of a barrier in words, with what the log leaves open. */
export function barrierInWords(barrier: Barrier, now: BarrierNow): string {
  if (now.holds === "doubtful") return "claimed to stand open, not certain";
  const state = now.state === "reinstalled" && now.states.includes("installed") ? "installed" : now.state;
  let words = STATES[state];
  if (barrier.gate && now.holds === "yes" && now.state !== "unstaffed") {
    if (now.staffed) words += ", gate staffed";
    else words += now.staffed_certain ? ", gate not staffed" : ", gate not known to be staffed";
  }
  return now.certain ? words : `${words}, not certain`;
}

/** A supposition as a sentence. */
export function suppositionInWords(one: Supposition): string {
  switch (one.do) {
    case "stand":
      return `${barrierName(one.barrier)} stands${findBarrier(one.barrier)?.gate ? ", staffed" : ""}`;
    case "lift":
      return `${barrierName(one.barrier)} is gone`;
    case "shift":
      return `${barrierName(one.barrier)} is moved to ${streetName(one.segment)}`;
    case "put":
      return `A further barrier stands on ${streetName(one.segment)}`;
  }
}
