// What the planner asks for, and what was answered. Everything the mode shows is computed from these.
import { computed, signal } from "@preact/signals";
import type { Fault } from "../api/client";
import type { components } from "../api/schema";
import type { AreaMap } from "../state";
import { area } from "../state";

type Schemas = components["schemas"];
export type Plan = Schemas["Plan"];
export type PlannedBarrier = Schemas["PlannedBarrier"];
export type Question = Schemas["PlanQuestion"];
export type Front = Schemas["Front"];
export type FrontPoint = Schemas["FrontPoint"];
export type Burden = Schemas["Burden"];
export type Measure = Schemas["Measure"];
export type ArmReason = Schemas["ArmReason"];
export type SavedPlan = Schemas["SavedPlan"];
export type SavedPlanLine = Schemas["SavedPlanLine"];
export type SavedPlans = Schemas["SavedPlans"];
export type Comparison = Schemas["Comparison"];
export type Role = "protected" | "limit";

/** A question with what it is called when it is undone. */
export interface Step {
  question: Question;
  says: string;
}

/** What the server did not accept, and said why. */
export interface Refused {
  says: string;
  faults: readonly Fault[];
}

export const START: Question = {
  threat: "lawful",
  measure: "arms",
  must: [],
  must_not: [],
  fixed: [],
  together: [],
  site_charge: 0,
  costs: {},
  placing: {
    on_ramps: false,
    in_tunnels: false,
    on_rail_crossings: false,
    rail_clear_m: 6,
    clear_m: 1.5,
    turn_back_m: 45,
    block_m: 2,
    lane_m: 3.25,
    staff_per_arm: 2,
  },
  protected: null,
  limit: null,
};

export const planning = signal<boolean>(false); // the mode "Plan" is on
export const past = signal<readonly Step[]>([]);
export const present = signal<Step>({ question: START, says: "" });
export const future = signal<readonly Step[]>([]);
/** An outline that is being dragged: asked about, but not yet a step that can be undone. */
export const preview = signal<Question | null>(null);

export const working = signal<boolean>(false); // an answer is on its way
export const refused = signal<Refused | null>(null); // to the question as it stands
/** The last good answer, with the question that it answers. */
export const answer = signal<{ question: Question; plan: Plan } | null>(null);

/** The question as it stands, with what is being dragged. */
export const question = computed<Question>(() => preview.value ?? present.value.question);

/** The same questions have the same key. */
export const keyOf = (one: Question): string => JSON.stringify(one);

export const isAnswered = computed(
  () => answer.value !== null && keyOf(answer.value.question) === keyOf(question.value),
);

export const against = signal<Burden>("street");
export const inBetween = signal<boolean>(true); // choices that no weighing finds, too
export interface KeptFront {
  key: string;
  front: Front;
}
export const front = signal<KeptFront | null>(null);
export const frontWorking = signal<boolean>(false);
/** The front is not asked for by itself: the last one took too long. */
export const frontWaits = signal<boolean>(false);
export const frontTrouble = signal<string | null>(null);
/** Which choice of the front is shown; null: the cheapest plan. */
export const picked = signal<number | null>(null);
/** What the choice costs that somebody went to: after a change, and when that is undone, it is gone to again. */
export const wished = signal<{ cost: number; measure: Measure } | null>(null);

const frontKey = computed(() =>
  answer.value ? [against.value, inBetween.value, keyOf(answer.value.question)].join(" ") : "",
);
/** What the front that is wanted now would be kept under. */
export const wantedFront = frontKey;
export const frontIsFresh = computed(() => front.value !== null && front.value.key === frontKey.value);

/** The choice of the front that is shown, where one was picked. */
export const pickedPoint = computed<FrontPoint | null>(() =>
  frontIsFresh.value && picked.value !== null ? (front.value?.front.points[picked.value] ?? null) : null,
);

/** A saved plan that was opened, and the question that it was kept for. */
export const kept = signal<{ key: string; plan: Plan } | null>(null);

/** That plan, while its question is the one that is asked and no choice of the front is picked. */
export const keptPlan = computed<Plan | null>(() =>
  kept.value?.key === keyOf(question.value) && pickedPoint.value === null ? kept.value.plan : null,
);

/** The plan on map and list: the picked choice, else the one that was opened, else the cheapest. */
export const shownPlan = computed<Plan | null>(() => {
  if (!planning.value) return null;
  return pickedPoint.value?.plan ?? keptPlan.value ?? answer.value?.plan ?? null;
});

/** A place on the map that somebody pressed, or a barrier of the list. */
export interface Chosen {
  id: string | null; // the arm; null where no barrier can stand
  name: string;
  says: string;
  lon: number;
  lat: number;
  from: "map" | "list"; // where it was pressed
}
export const chosen = signal<Chosen | null>(null);
/** The barrier of the list that has the focus or the pointer. */
export const pointed = signal<string | null>(null);

export const reasons = signal<{ key: string; of: readonly ArmReason[] } | null>(null);
/** The barrier whose reason somebody wants to know: it takes the server a while, so it is not fetched unasked. */
export const wondered = signal<string | null>(null);
export const reasonsTrouble = signal<string | null>(null);
/** Place words of arms, from every answer so far. */
export const places = signal<ReadonlyMap<string, string>>(new Map());

export const savedPlans = signal<readonly SavedPlanLine[] | null>(null);
export const comparison = signal<Comparison | null>(null);

/** Area and limit as the question has them: the operation's own where it names none. */
export const shownArea = computed<AreaMap | null>(() => {
  const own = area.value;
  if (!own || !planning.value) return own;
  const asked = question.value;
  if (!asked.protected && !asked.limit) return own;
  const features = own.features.map((feature) => {
    const geometry = asked[feature.properties.outline as Role];
    return geometry ? { ...feature, geometry: geometry as unknown as typeof feature.geometry } : feature;
  });
  return { ...own, features };
});
