// Plans that are kept in the operation: listing, keeping, opening again, comparing.
import { batch, signal } from "@preact/signals";
import { announce } from "../actions";
import { address, get, inWords, post } from "../api/client";
import { at } from "../state";
import { isoInZone } from "../times";
import { change } from "./history";
import type { Comparison, Plan, Question, SavedPlan, SavedPlanLine, SavedPlans } from "./state";
import {
  against,
  answer,
  comparison,
  front,
  frontIsFresh,
  isAnswered,
  kept,
  keptPlan,
  keyOf,
  picked,
  pickedPoint,
  places,
  present,
  savedPlans,
  wished,
} from "./state";

export const saving = signal<boolean>(false);
export const saveTrouble = signal<string | null>(null);
export const listTrouble = signal<string | null>(null);
export const comparing = signal<boolean>(false);
export const compareTrouble = signal<string | null>(null);
/** The plan that was opened last: shown as kept until the question is another. */
export const opened = signal<string | null>(null);

export async function listPlans(): Promise<void> {
  try {
    const kept = await get<SavedPlans>("plans");
    savedPlans.value = kept.plans;
    listTrouble.value = kept.damaged.join(" ") || null;
  } catch (error) {
    listTrouble.value = inWords(error);
  }
}

/** "Night shift, 3 arms" → "night-shift-3-arms" */
export function nameFor(title: string): string {
  const plain = title.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  const words = plain.toLowerCase().replace(/[^a-z0-9._-]+/g, "-");
  return words.replace(/^[^a-z0-9]+|-+$/g, "").slice(0, 60);
}

/** Keep the plan that is shown. The server works it out once more, so that what is kept is what was proven. */
export async function savePlan(name: string, title: string): Promise<boolean> {
  const asked = answer.peek()?.question;
  if (!asked || saving.peek()) return false;
  saving.value = true;
  try {
    const point = pickedPoint.peek();
    const pick = point ? { against: against.peek(), cost: point.cost } : null;
    const replace = savedPlans.peek()?.some((one) => one.name === name) ?? false; // the button says so
    await post<SavedPlan>(`plans/${encodeURIComponent(name)}`, { title, question: asked, pick, replace });
    saveTrouble.value = null;
    opened.value = name;
    announce(`Kept as ${title}.`);
    await listPlans();
    return true;
  } catch (error) {
    saveTrouble.value = inWords(error);
    return false;
  } finally {
    saving.value = false;
  }
}

/** Take up the question of a plan again, and the plan itself as it was kept. */
export async function openPlan(name: string): Promise<void> {
  try {
    const saved = await get<SavedPlan>(`plans/${encodeURIComponent(name)}`);
    const question = saved.question as Question;
    batch(() => {
      change(`open ${saved.title}`, question);
      if (present.peek().question !== question) present.value = { ...present.peek(), question };
      against.value = saved.plan.certificate?.weights?.against ?? against.peek();
      picked.value = null;
      wished.value = null;
      kept.value = { key: keyOf(question), plan: saved.plan };
      remember(saved.plan);
      opened.value = name;
      listTrouble.value = null;
    });
    findChoice();
    announce(`Opened: ${saved.title}.`);
  } catch (error) {
    listTrouble.value = inWords(error);
  }
}

/** Take up the question of a plan that holds no longer: it is planned anew. */
export async function planAnew({ name, title }: SavedPlanLine): Promise<void> {
  try {
    const question = await get<Question>(`plans/${encodeURIComponent(name)}/question`);
    change(`plan ${title} anew`, question);
    listTrouble.value = null;
    announce(`Planned anew: ${title}.`);
  } catch (error) {
    listTrouble.value = inWords(error);
  }
}

/** The front is there: go to the choice that the opened plan is, or to the one that was looked at. Called by an effect. */
export function findChoice(): void {
  if (keptPlan.peek()) findOpened();
  else findWished();
}

/** The dearest choice that costs no more than the one that somebody went to before the question was changed. */
function findWished(): void {
  const [wish, points] = [wished.peek(), front.peek()?.front.points ?? []];
  if (!wish || picked.peek() !== null || !isAnswered.peek() || !frontIsFresh.peek()) return;
  const index = points.findLastIndex(({ cost, plan }) => cost <= wish.cost && plan.measure === wish.measure);
  if (index <= 0) return;
  picked.value = index;
  announce(`Choice ${index + 1} of ${points.length}.`);
}

/** Go to the choice that the opened plan is, if it is one of these. */
function findOpened(): void {
  const plan = keptPlan.peek();
  if (!plan || !isAnswered.peek() || !frontIsFresh.peek()) return;
  const arms = armsOf(plan);
  const index = front.peek()?.front.points.findIndex((one) => armsOf(one.plan) === arms) ?? -1;
  if (index >= 0) picked.value = index;
}

const armsOf = (plan: Plan): string =>
  plan.barriers
    .map((one) => one.id)
    .sort()
    .join(" ");

function remember(plan: Plan): void {
  places.value = new Map([...places.peek(), ...plan.barriers.map((one): [string, string] => [one.id, one.place])]);
}

export const exportAddress = (name: string, form: "geojson" | "csv" | "pdf", crews: number): string =>
  address(`plans/${encodeURIComponent(name)}/export`, { form, crews });

/** Two cordons beside each other, under the question as it was answered. */
export async function compare(first: string, second: string): Promise<void> {
  const question = answer.peek()?.question;
  if (!question) return;
  comparing.value = true;
  try {
    const body = { question, first, second, at: isoInZone(at.peek()) };
    const found = await post<Comparison>("plan/compare", body);
    batch(() => {
      comparison.value = found;
      compareTrouble.value = null;
      places.value = new Map([...Object.entries(found.places), ...places.peek()]);
    });
  } catch (error) {
    compareTrouble.value = inWords(error);
  } finally {
    comparing.value = false;
  }
}
