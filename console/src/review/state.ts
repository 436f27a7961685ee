// What the reviewer looks at, and what was answered. Everything the mode shows is computed from these.
import { computed, signal } from "@preact/signals";
import type { components } from "../api/schema";
import { knowledge } from "../state";

type Schemas = components["schemas"];
export type History = Schemas["History"];
export type Hindsight = Schemas["Hindsight"];
export type Review = Schemas["Review"];
export type Interval = Schemas["AnswerStretch"];
export type Misbelief = Schemas["HindsightStretch"];
export type Count = Schemas["Count"];
export type BasisCount = Schemas["BasisCount"];
export type CountSaid = Schemas["CountSaid"];
export type Said = Schemas["Said"];
export type Rivals = Schemas["Rivals"];
export type RivalSide = Schemas["RivalSide"];
export type BarrierWordings = Schemas["BarrierWordings"];
export type ReviewPart = "promises" | "counts" | "barriers" | "claims";

export const reviewing = signal<boolean>(false); // the mode "Review" is on
export const part = signal<ReviewPart>("promises");
/** The promise that is reviewed; null: all of them. */
export const about = signal<string | null>(null);

export const histories = signal<History | null>(null);
export const hindsight = signal<Hindsight | null>(null);
/** The moment looked at, as known then and now. */
export const review = signal<Review | null>(null);
/** Why there is no answer, in words. */
export const reviewTrouble = signal<string | null>(null);

/** The moment looked at, as known in the way that is looked at it. */
export const look = computed(() => review.value && (knowledge.value === "then" ? review.value.then : review.value.now));

const isMeant = (promise: string): boolean => about.value === null || about.value === promise;

export const shownHistories = computed(() => histories.value?.promises.filter((one) => isMeant(one.promise)) ?? null);
export const shownHindsight = computed(() => hindsight.value?.stretches.filter((one) => isMeant(one.promise)) ?? null);
