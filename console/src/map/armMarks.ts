// Every arm of every barrier as the map shows it: what the picture says, what is supposed, and what is being dragged.
import { computed, signal } from "@preact/signals";
import {
  type Barrier,
  type BarrierNow,
  operation,
  picture,
  type Supposition,
  supposed,
  supposing,
  suppositions,
} from "../state";
import { barrierInWords, STATES } from "../words";
import { type Spot, type StreetIndex, streetIndex } from "./streetIndex";

/** How a barrier looks. "gone" lets vehicles by for sure, "gone?" and "doubt" perhaps. */
export type BarrierLook = "stands" | "doubt" | "gone" | "gone?" | "planned" | "part";

export type SupposedAs = "stands" | "gone" | "moved" | "put";

export interface ArmMark {
  key: string;
  barrier: string;
  arm: number;
  arms: number;
  /** Bears the words that its barrier has once: the lowest on the map, so that they cover no other arm. */
  first: boolean;
  name: string;
  gate: boolean;
  segment: string;
  offset_m: number;
  lon: number;
  lat: number;
  bearing_deg: number;
  look: BarrierLook;
  state: string;
  /** In one or two words, where something is not as it should be. */
  tag: string;
  /** In a sentence. */
  says: string;
  staffed: "yes" | "no" | "perhaps";
  supposed: SupposedAs | null;
}

/** The arm under the pointer while it is dragged, and where it would stand. */
export const dragged = signal<{ key: string; spot: Spot } | null>(null);

/** How many metres a pixel is worth, in coarse steps; the map keeps it. */
export const metresPerPixel = signal(1);

const TOUCHING_PX = 27;

export const armMarks = computed<readonly ArmMark[]>(() => {
  const whole = operation.value;
  if (!whole) return [];
  const index = streetIndex.value;
  const now = new Map(picture.value?.barriers.map((one) => [one.id, one]));
  const changes = supposing.value ? suppositions.value : [];
  const marks = whole.barriers.flatMap((barrier) => marksOf(barrier, now.get(barrier.id), changes, index));
  const put = index ? putMarks(changes, index) : [];
  return [...marks, ...put].map((mark) => (dragged.value?.key === mark.key ? moved(mark, dragged.value.spot) : mark));
});

/** An arm as it is drawn: near arms of one barrier share a sign, so that they stay legible and can be hit. */
export interface DrawnArm extends ArmMark {
  /** How many arms its sign stands for; 0 if another arm's sign stands for it. */
  standsFor: number;
}

export const drawnArms = computed<readonly DrawnArm[]>(() => {
  const drawn: DrawnArm[] = [];
  const reach = TOUCHING_PX * metresPerPixel.value;
  for (const mark of armMarks.value) {
    const near = supposing.value // there each arm is taken by itself
      ? undefined
      : drawn.find((one) => one.barrier === mark.barrier && one.standsFor > 0 && metresBetween(one, mark) < reach);
    if (near) {
      near.lon += (mark.lon - near.lon) / (near.standsFor + 1);
      near.lat += (mark.lat - near.lat) / (near.standsFor + 1);
      near.standsFor++;
      near.first ||= mark.first;
    }
    drawn.push({ ...mark, standsFor: near ? 0 : 1 });
  }
  return drawn;
});

type Place = Pick<ArmMark, "lon" | "lat">;

function metresBetween(one: Place, other: Place): number {
  const squeeze = Math.cos((one.lat * Math.PI) / 180);
  return Math.hypot((one.lon - other.lon) * squeeze, one.lat - other.lat) * 111_320;
}

function marksOf(
  barrier: Barrier,
  now: BarrierNow | undefined,
  changes: readonly Supposition[],
  index: StreetIndex | null,
): ArmMark[] {
  const lowest = barrier.arms.reduce((one, other, at) => (other.lat < (barrier.arms[one]?.lat ?? 90) ? at : one), 0);
  const stands = changes.findLast((one) => (one.do === "stand" || one.do === "lift") && one.barrier === barrier.id);
  const shown = stands ? supposedNow(stands.do === "stand") : recordedNow(barrier, now);
  return barrier.arms.map((place, arm) => {
    const mark: ArmMark = {
      ...place,
      ...shown,
      key: `${barrier.id}/${arm}`,
      barrier: barrier.id,
      arm,
      arms: barrier.arms.length,
      first: arm === lowest,
      name: barrier.name,
      gate: barrier.gate,
      supposed: stands ? (stands.do === "stand" ? "stands" : "gone") : null,
    };
    const shift = changes.find((one) => one.do === "shift" && one.barrier === barrier.id && one.arm === arm);
    const spot = shift?.do === "shift" ? index?.along(shift.segment, shift.offset_m) : null;
    return spot ? { ...moved(mark, spot), supposed: mark.supposed ?? "moved" } : mark;
  });
}

function moved(mark: ArmMark, spot: Spot): ArmMark {
  const { lon, lat, bearing_deg, offset_m } = spot;
  return { ...mark, lon, lat, bearing_deg, offset_m, segment: spot.street.id };
}

/** Barriers that the supposition adds. They have the ids that the server gives them, as soon as it has answered. */
function putMarks(changes: readonly Supposition[], index: StreetIndex): ArmMark[] {
  const own = new Set(operation.value?.barriers.map((one) => one.id));
  const answered = supposed.value?.barriers.filter((one) => !own.has(one.barrier.id)) ?? [];
  return changes
    .flatMap((one, place) => (one.do === "put" ? [{ one, place }] : []))
    .flatMap(({ one, place }, count) => {
      const spot = index.along(one.segment, one.offset_m);
      if (!spot) return [];
      const id = answered[count]?.barrier.id ?? `what-if-${place + 1}`;
      const shown = supposedNow(true);
      const mark: ArmMark = {
        ...shown,
        ...{ key: `${id}/0`, barrier: id, arm: 0, arms: 1, first: true, gate: false, staffed: "no", supposed: "put" },
        ...{ name: `Further barrier on ${spot.street.name || "a nameless lane"}`, segment: "", offset_m: 0 },
        ...{ lon: 0, lat: 0, bearing_deg: 0 },
      };
      return [moved(mark, spot)];
    });
}

type Shown = Pick<ArmMark, "look" | "state" | "tag" | "says" | "staffed">;

function supposedNow(stands: boolean): Shown {
  return stands
    ? { look: "stands", state: "installed", tag: "", says: "in place", staffed: "yes" }
    : { look: "gone", state: "removed", tag: "gone", says: "gone", staffed: "no" };
}

function recordedNow(barrier: Barrier, now: BarrierNow | undefined): Shown {
  if (!now) return { look: "planned", state: "planned", tag: "", says: "state not known", staffed: "no" };
  const look = lookOf(now);
  const word = now.holds === "doubtful" ? "claimed open" : STATES[now.state];
  const tag = look === "stands" || (look === "planned" && now.certain) ? "" : now.certain ? word : `${word}?`;
  const staffed = now.state === "unstaffed" ? "no" : now.staffed ? "yes" : now.staffed_certain ? "no" : "perhaps";
  return { look, state: now.state, tag, says: barrierInWords(barrier, now), staffed };
}

function lookOf(now: BarrierNow): BarrierLook {
  if (now.holds === "yes") return "stands";
  if (now.holds === "doubtful") return "doubt";
  if (now.state === "planned" && now.certain) return "planned";
  if (now.state === "part-placed") return "part";
  return now.certain ? "gone" : "gone?";
}
