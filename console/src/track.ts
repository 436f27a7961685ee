// What the time bar draws: stretches of answers, changes, key moments, the density of the log, the scale.
import { computed } from "@preact/signals";
import type { Layout } from "./layout";
import { layout } from "./layout";
import type { Step } from "./playing";
import { steps } from "./playing";
import type { Answer, Entry } from "./state";
import { log, operation, replay, selection } from "./state";
import { clock, DAY, fromLocal, HOUR, localParts, shortDay } from "./times";

type Told = Pick<Answer, "answer" | "certain">;

export interface Stretch extends Told {
  from: number; // parts of the whole, 0 to 1
  to: number;
}

export interface Mark extends Told {
  at: number;
  where: number;
  steps: readonly Step[];
}

/** Marks nearer than this part of the whole would overlap, and are drawn as one. */
const TOGETHER: Record<Layout, number> = { desk: 1 / 40, tablet: 1 / 48, phone: 1 / 20 };
const BINS = 144;
const WORST: readonly string[] = ["broken true", "broken false", "unknown", "kept"];

const limits = computed(() => {
  const whole = operation.value;
  return whole ? { starts: Date.parse(whole.starts), ends: Date.parse(whole.ends) } : { starts: 0, ends: 1 };
});

/** Where a moment stands, from 0 to 1. */
export function share(ms: number): number {
  const { starts, ends } = limits.value;
  return Math.min(1, Math.max(0, (ms - starts) / (ends - starts)));
}

/** The promise that the time bar tells of; null for all. */
export const told = computed(() => (selection.value?.kind === "promise" ? selection.value.id : null));

function rank({ answer, certain }: Told): number {
  return WORST.indexOf(answer === "broken" ? `broken ${certain}` : answer);
}

function worst(all: readonly Told[]): Told | null {
  return all.reduce<Told | null>((held, one) => (held && rank(held) <= rank(one) ? held : one), null);
}

export interface Lane {
  id: string;
  stretches: readonly Stretch[];
}

/** The history of every promise, one lane each, in the order of the operation. */
export const lanes = computed<readonly Lane[]>(() => {
  const whole = replay.value;
  if (!whole) return [];
  const found = new Map<string, Stretch[]>(operation.value?.promises.map((one) => [one.id, []]));
  for (const frame of whole.frames) {
    const where = share(Date.parse(frame.at));
    for (const { finding } of frame.answers) {
      const now = whole.findings[finding];
      if (now) lengthen(found.get(now.id) ?? [], where, now);
    }
  }
  return [...found].map(([id, stretches]) => ({ id, stretches }));
});

/** The last stretch reaches to here; a new one begins if the answer is another. */
function lengthen(stretches: Stretch[], where: number, now: Told): void {
  const last = stretches.at(-1);
  if (last && rank(last) === rank(now)) return;
  if (last) last.to = where;
  stretches.push({ from: where, to: 1, answer: now.answer, certain: now.certain });
}

export const marks = computed<readonly Mark[]>(() => {
  const found: { at: number; where: number; steps: Step[] }[] = [];
  for (const step of steps.value) {
    const changes = step.changes.filter((one) => !told.value || one.promise === told.value);
    if (!changes.length) continue;
    const where = share(step.at);
    const last = found.at(-1);
    if (last && where - last.where < TOGETHER[layout.value]) last.steps.push({ at: step.at, changes });
    else found.push({ at: step.at, where, steps: [{ at: step.at, changes }] });
  }
  return found.flatMap((one) => {
    const after = one.steps.flatMap((step) => step.changes.map((it) => ({ answer: it.after, certain: it.certain })));
    const now = worst(after);
    return now ? [{ ...one, ...now }] : [];
  });
});

/** The hour that an entry is best known by; null where only a day is known. */
function hourOf(entry: Entry): number | null {
  const { so, reported } = entry;
  const stated = so.precision === "day" || so.precision === "unknown" ? reported : so;
  const when = stated.from ?? stated.to;
  return when && stated.precision !== "day" ? Date.parse(when) : null;
}

/** How many entries fall into each part of the whole, as heights from 0 to 1. */
export const density = computed<readonly { where: number; height: number }[]>(() => {
  const { starts, ends } = limits.value;
  const bins = new Array<number>(BINS).fill(0);
  for (const { entry } of log.value) {
    const when = hourOf(entry);
    if (when === null || when < starts || when > ends) continue;
    const bin = Math.min(BINS - 1, Math.floor(share(when) * BINS));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const most = Math.sqrt(Math.max(1, ...bins));
  return bins.flatMap((count, bin) => (count ? [{ where: (bin + 0.5) / BINS, height: Math.sqrt(count) / most }] : []));
});

export interface Tick {
  where: number;
  label: string;
  day: boolean;
}

/** Midnights, and hours between them as close as the length allows. */
export const ticks = computed<readonly Tick[]>(() => {
  const { starts, ends } = limits.value;
  const length = ends - starts;
  if (length <= 1) return [];
  const every = length <= 12 * HOUR ? 1 : length <= DAY ? 3 : length <= 3 * DAY ? 6 : length <= 6 * DAY ? 12 : 24;
  const days = Math.ceil(length / (14 * DAY)); // no more than a fortnight of labels
  const found: Tick[] = [];
  const firstDay = Date.parse(`${localParts(starts).slice(0, 10)}Z`);
  for (let day = 0; firstDay + day * DAY <= ends + DAY; day += days) {
    const date = new Date(firstDay + day * DAY).toISOString().slice(0, 10);
    for (let hour = 0; hour < 24; hour += every) {
      const when = fromLocal(`${date}T${String(hour).padStart(2, "0")}:00`);
      if (when < starts || when > ends || (when === ends && hour === 0)) continue;
      found.push({ where: share(when), label: hour ? clock(when) : shortDay(when), day: hour === 0 });
    }
  }
  return found;
});
