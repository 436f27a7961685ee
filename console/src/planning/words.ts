// The words of planning, each in one place.
import { counted, distance, listed } from "../words";
import type { Burden, Front, FrontPoint, Measure, Plan } from "./state";

export const THREATS: Record<Plan["threat"], string> = {
  lawful: "who keep to the law",
  determined: "who don't",
};

/** Whom a plan holds against: without that, neither a number nor a proof says anything. */
export const AGAINST: Record<Plan["threat"], string> = {
  lawful: "against drivers who keep to the law",
  determined: "against drivers who don't keep to the law",
};

export const MEASURES: Record<Measure, string> = {
  arms: "arms",
  blocks: "blocks",
  staff: "staff",
  importance: "importance",
};

export const BURDENS: Record<Burden, string> = {
  street: "Street enclosed",
  addresses: "Addresses enclosed",
  through: "Through traffic",
};

const UNITS: Record<Measure, [one: string, many: string]> = {
  arms: ["arm", "arms"],
  blocks: ["block", "blocks"],
  staff: ["member of staff", "staff"],
  importance: ["point of importance", "points of importance"],
};

export const costInWords = (cost: number, measure: Measure): string => counted(cost, ...UNITS[measure]);

/** "2 arms at 2 sites" */
export const sizeInWords = (plan: Plan): string => `${counted(plan.arms, "arm")} at ${counted(plan.sites, "site")}`;

/** Why a cost in importance is not the points of through traffic beside it, if it is not. */
export function dearerInWords({ measure, cost, through, barriers }: Plan): string {
  if (measure !== "importance" || cost === through) return "";
  const bare = barriers.filter((one) => !one.fixed && one.through === 0).length;
  if (cost !== through + bare) return "Prices and charges for sites count in the cost, and not in through traffic.";
  const where = bare === 1 ? "on a street of importance 0 costs" : "on streets of importance 0 cost";
  return `${counted(bare, "barrier")} ${where} 1 all the same: the cost is more than the through traffic.`;
}

/** A burden as the front counts it: decimetres, addresses or points of importance. */
export function burdenInWords(burden: number, against: Burden): string {
  if (against === "street") return `${distance(burden / 10)} of street`;
  if (against === "addresses") return counted(burden, "address", "addresses");
  return counted(burden, "point");
}

/** On whose word it is that a plan is as good as can be: a certificate that was checked, the solver's alone, or nobody's. */
export type Sure = "certificate" | "solver" | "open";

export function sureOf(plan: Plan, point: FrontPoint | null): Sure {
  if (point && point.gap > 0) return "open";
  if (!plan.certificate || (point && !plan.certificate.weights)) return "solver";
  return point || plan.certificate.weights || plan.optimal ? "certificate" : "open";
}

const SOLVER_ONLY = "that rests on the solver alone";
const SOLVER = `${SOLVER_ONLY}, without a certificate`;

/** How sure it is that nothing is cheaper; of a choice of a front, that none is both as cheap and as light. */
export function proofInWords(plan: Plan): string {
  const { certificate, measure } = plan;
  const [least, whom] = [`it takes at least ${costInWords(plan.lower_bound, measure)}`, AGAINST[plan.threat]];
  const seal = `To seal the area ${whom}, ${least}`;
  if (!certificate) return `That no other is as cheap and better: ${SOLVER}. ${seal}`;
  if (certificate.weights && !plan.optimal) {
    const { against } = certificate.weights;
    return `Proven: no plan of ${costInWords(plan.cost, measure)} ${lessOf(against)}. ${seal}`;
  }
  const ties = plan.ties_settled
    ? ""
    : ". Another one as cheap may enclose less: the ring is too large to try them all";
  if (plan.optimal) return `Proven: nothing cheaper seals the area ${whom}${ties}`;
  return `Not the cheapest ${whom}, or not proven so: ${least}`;
}

const LESS = { street: "less street", addresses: "fewer addresses" } as const;

const lessOf = (against: Burden): string =>
  against === "through" ? "closes less through traffic" : `encloses ${LESS[against]}`;

/** The same for a choice of the front. */
export function choiceProofInWords(point: FrontPoint, { against, measure }: Front): string {
  const at = costInWords(point.cost, measure);
  const less = lessOf(against);
  const [proof, whom] = [point.plan.certificate, AGAINST[point.plan.threat]];
  if (point.gap === 0 && proof?.weights) return `Proven: no plan of ${at} ${whom} ${less}`;
  const { optimal, lower_bound } = point.plan;
  const cost = optimal ? "nothing cheaper seals the area" : `it takes at least ${costInWords(lower_bound, measure)}`;
  if (point.gap === 0 && proof) return `Proven: ${cost} ${whom}. No plan of ${at} ${less}: ${SOLVER_ONLY}`;
  if (point.gap === 0) return `No plan of ${at} ${whom} ${less}: ${SOLVER}`;
  return `At ${at} it might be up to ${burdenInWords(point.gap, against)} less`;
}

export function pointInWords(point: FrontPoint, front: Front): string {
  return [
    costInWords(point.cost, front.measure),
    burdenInWords(point.burden, front.against),
    point.supported ? "" : "in between",
  ]
    .filter(Boolean)
    .join(", ");
}

export function frontInWords(front: Front): string {
  if (front.complete) return "Complete: no choice is missing.";
  const open = front.open_between.map(([low, high]) => `${low} and ${high}`);
  if (!open.length) return "Not complete: choices in between are left out.";
  return `Not complete: there may be more between ${listed(open)} ${MEASURES[front.measure]}.`;
}

/** What a plan leaves for the city, in one line. */
export function enclosedInWords(plan: Plan): string {
  const street = `${distance(plan.enclosed_street_m)} of street`;
  if (plan.enclosed_addresses === null) return street;
  return `${street} and ${counted(plan.enclosed_addresses, "address", "addresses")}`;
}
