// Asking the server: for the plan at once, for the front after it, for reasons when somebody wants to know. An answer to
// an older question is dropped; what was answered last stays on the screen meanwhile.
import { batch, effect, untracked } from "@preact/signals";
import { announce } from "../actions";
import { inWords, post, Refusal } from "../api/client";
import type { ArmReason, Front, KeptFront, Plan, Question } from "./state";
import {
  against,
  answer,
  chosen,
  front,
  frontTrouble,
  frontWaits,
  frontWorking,
  inBetween,
  isAnswered,
  keyOf,
  picked,
  places,
  planning,
  preview,
  question,
  reasons,
  reasonsTrouble,
  refused,
  shownPlan,
  wantedFront,
  wondered,
  working,
} from "./state";
import { costInWords, proofInWords, sizeInWords } from "./words";

/** While an outline is dragged, only where the hand rests is asked about. */
const RESTS_MS = 220;
const SOON_MS = 60;
const FRONT_AFTER_MS = 250;
/** The server works hard questions out one after the other: a front slower than this would hold up the next plan. */
const FRONT_SLOW_MS = 4000;

/** Keep plan and front those of the question, for as long as the mode is on. */
export function keepAnswered(): void {
  effect(() => {
    const next = question.value;
    const on = planning.value;
    untracked(() => (on ? askSoon(next) : stop()));
  });
  effect(() => {
    const wanted = wantedFront.value;
    const on = planning.value && isAnswered.value && (answer.value?.plan.possible ?? false);
    untracked(() => {
      window.clearTimeout(frontTimer);
      frontAsked?.abort();
      if (!on || front.peek()?.key === wanted) frontWorking.value = false;
      else if (frontWaits.peek()) frontWorking.value = false;
      else frontTimer = window.setTimeout(() => void askFront(), FRONT_AFTER_MS);
    });
  });
}

let timer = 0;
let asked: AbortController | null = null;

function stop(): void {
  window.clearTimeout(timer);
  asked?.abort();
  working.value = false;
}

function askSoon(next: Question): void {
  window.clearTimeout(timer);
  asked?.abort();
  const last = answer.peek();
  if (last && keyOf(last.question) === keyOf(next)) {
    working.value = false;
    refused.value = null;
    return;
  }
  working.value = true;
  timer = window.setTimeout(() => void ask(next), preview.peek() ? RESTS_MS : SOON_MS);
}

async function ask(next: Question): Promise<void> {
  const own = new AbortController();
  asked = own;
  try {
    const plan = await post<Plan>("plan", next, { signal: own.signal });
    if (asked !== own || own.signal.aborted) return;
    batch(() => {
      answer.value = { question: next, plan };
      refused.value = null;
      picked.value = null;
      remember(plan);
    });
    announce(planSaid(plan));
  } catch (error) {
    if (asked !== own || own.signal.aborted) return;
    refused.value = { says: inWords(error), faults: error instanceof Refusal ? error.problem.faults : [] };
  } finally {
    if (asked === own) working.value = false;
  }
}

function planSaid(plan: Plan): string {
  if (!plan.possible) return "No barriers can seal the area.";
  const cost = plan.measure === "arms" ? "" : `, ${costInWords(plan.cost, plan.measure)}`;
  return `${sizeInWords(plan)}${cost}. ${proofInWords(plan)}.`;
}

/** The same question once more, after the server could not be reached. */
export function askAgain(): void {
  askSoon(question.peek());
}

function remember(plan: Plan): void {
  const next = new Map(places.peek());
  for (const { id, place } of plan.barriers) next.set(id, place);
  places.value = next;
}

let frontTimer = 0;
let frontAsked: AbortController | null = null;

/** Every choice between the cheapest plan and the least burdensome. */
export async function askFront(): Promise<void> {
  const about = answer.peek()?.question;
  if (!about) return;
  frontAsked?.abort();
  const own = new AbortController();
  frontAsked = own;
  const key = wantedFront.peek();
  const began = performance.now();
  frontWorking.value = true;
  try {
    const body = { question: about, against: against.peek(), only_supported: !inBetween.peek() };
    const found = await post<Front>("plan/front", body, { signal: own.signal });
    if (frontAsked !== own || own.signal.aborted) return;
    const kept: KeptFront = { key, front: found };
    batch(() => {
      front.value = kept;
      frontTrouble.value = null;
      frontWaits.value = performance.now() - began > FRONT_SLOW_MS;
      for (const point of found.points) remember(point.plan);
    });
  } catch (error) {
    if (frontAsked !== own || own.signal.aborted) return;
    frontTrouble.value = inWords(error);
  } finally {
    if (frontAsked === own) frontWorking.value = false;
  }
}

/** What the reasons on the screen are about: the question, and the arms of the plan that is shown. */
export function reasonsKey(): string {
  const plan = shownPlan.value;
  return plan && answer.value ? `${keyOf(answer.value.question)} ${plan.barriers.map((one) => one.id).join(" ")}` : "";
}

let reasonsAsked: AbortController | null = null;

/** Why each barrier of the plan that is shown stands where it does. */
export async function askReasons(): Promise<void> {
  const [key, about, plan] = [reasonsKey(), answer.peek()?.question, shownPlan.peek()];
  if (!about || !plan || reasons.peek()?.key === key) return;
  reasonsAsked?.abort();
  const own = new AbortController();
  reasonsAsked = own;
  reasonsTrouble.value = null;
  try {
    const arms = plan === answer.peek()?.plan ? null : plan.barriers.map((one) => one.id);
    const found = await post<{ reasons: ArmReason[] }>(
      "plan/reasons",
      { question: about, arms },
      { signal: own.signal },
    );
    if (reasonsAsked === own) reasons.value = { key, of: found.reasons };
  } catch (error) {
    if (reasonsAsked === own && !own.signal.aborted) reasonsTrouble.value = inWords(error);
  }
}

/** Somebody wonders about a barrier: the reasons are fetched, once for each plan. */
export function keepReasons(): void {
  effect(() => {
    const id = wondered.value;
    const plan = shownPlan.value;
    if (!id || id !== chosen.value?.id || !plan?.barriers.some((one) => one.id === id)) return;
    untracked(() => void askReasons());
  });
}
