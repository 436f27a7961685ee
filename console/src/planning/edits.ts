// Every change that a planner makes to the question, by name. Each can be undone.
import { batch } from "@preact/signals";
import { announce, select, setPanel } from "../actions";
import { reviewing } from "../review/state";
import { selection, supposing } from "../state";
import { toggleSupposing } from "../what-if";
import { change } from "./history";
import { nameOfArm } from "./names";
import type { Burden, Chosen, Measure, Plan, Question } from "./state";
import {
  against,
  chosen,
  front,
  inBetween,
  kept,
  picked,
  planning,
  pointed,
  present,
  START,
  wished,
  wondered,
} from "./state";
import { MEASURES, THREATS } from "./words";

let before: typeof selection.value = null;

/** Enter or leave the mode. What was asked stays for the next time. */
export function togglePlanning(on = !planning.peek()): void {
  if (on === planning.peek()) return;
  if (on && supposing.peek()) toggleSupposing(false); // one mode at a time
  if (on) before = selection.peek();
  if (on) reviewing.value = false;
  planning.value = on;
  select(on ? null : before);
  if (on)
    setPanel("map"); // where panels take turns
  else chosen.value = null;
}

const asked = (): Question => present.peek().question;

export function setThreat(threat: Plan["threat"]): void {
  change(`against drivers ${THREATS[threat]}`, { ...asked(), threat });
}

export function setMeasure(measure: Measure): void {
  change(`counted by ${MEASURES[measure]}`, { ...asked(), measure });
}

export function setSiteCharge(charge: number): void {
  change("what a further site costs", { ...asked(), site_charge: charge }, "site-charge");
}

const without = (names: readonly string[], id: string): string[] => names.filter((one) => one !== id);

export type Demand = "must" | "must_not" | null;

export const demandOf = ({ must, must_not }: Question, id: string): Demand =>
  must.includes(id) ? "must" : must_not.includes(id) ? "must_not" : null;

/** A barrier that the plan must have, or must not have; or neither. */
export function demand(id: string, wanted: Demand): void {
  const { must, must_not } = asked();
  const word = wanted === "must" ? "pin" : wanted === "must_not" ? "forbid" : "release";
  change(`${word} ${nameOfArm(id)}`, {
    ...asked(),
    must: wanted === "must" ? [...without(must, id), id] : without(must, id),
    must_not: wanted === "must_not" ? [...without(must_not, id), id] : without(must_not, id),
  });
  const done = wanted === "must" ? "Pinned" : wanted === "must_not" ? "Forbidden" : "Released";
  announce(`${done}: ${nameOfArm(id)}.`);
}

/** Pin or forbid, or take that back where it is so already. */
export function toggleDemand(id: string, wanted: "must" | "must_not"): void {
  demand(id, demandOf(asked(), id) === wanted ? null : wanted);
}

export function releaseAll(): void {
  change("release all", { ...asked(), must: [], must_not: [] });
  announce("Nothing is pinned or forbidden.");
}

/** Begin again: the operation's own area and limit, nothing pinned or forbidden. */
export function startAgain(): void {
  change("begin again", START);
}

export function choose(next: Chosen | null): void {
  chosen.value = next;
}

/** The barrier of a list that has the focus or the pointer: the map marks it. */
export function point(id: string | null): void {
  pointed.value = id;
}

/** Why does the barrier stand there? */
export function wonder(id: string): void {
  wondered.value = id;
}

export function pickChoice(index: number): void {
  const point = front.peek()?.front.points[index];
  batch(() => {
    kept.value = null;
    picked.value = index;
    wished.value = point && index > 0 ? { cost: point.cost, measure: point.plan.measure } : null;
  });
}

export function setAgainst(next: Burden): void {
  against.value = next;
  picked.value = null;
}

export function setInBetween(on: boolean): void {
  inBetween.value = on;
  picked.value = null;
}
