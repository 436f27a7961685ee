// Buttons of the map for the plan: its barriers by their number, what is pinned, what is forbidden.
import { computed } from "@preact/signals";
import { metresPerPixel } from "../../map/armMarks";
import { keeping } from "../../map/faces";
import { type ButtonFace, plate } from "../../map/markers";
import { streetIndex } from "../../map/streetIndex";
import { planSymbol } from "../../map/symbols";
import { counted } from "../../words";
import { placesOf } from "../arms";
import { demandOf } from "../edits";
import { nameOfArm } from "../names";
import { metresApart } from "../outlines";
import { chosen, type PlannedBarrier, planning, pointed, question, shownPlan } from "../state";
import { forbiddenSymbol, pinnedSymbol } from "./symbols";

/** Everything that planning puts on the map, but for corners. */
export const planFaces = computed(
  keeping(() => {
    if (!planning.value) return [];
    const barriers = shownPlan.value?.barriers ?? [];
    const there = new Set(barriers.map((one) => one.id));
    const { must, must_not } = question.value;
    return [
      ...numbered(barriers).map(([one, words]) => barrierFace(one, words)),
      ...must.filter((id) => !there.has(id)).flatMap((id) => demandFaces(id, "pinned")),
      ...must_not.flatMap((id) => demandFaces(id, "forbidden")),
    ];
  }),
);

const isMarked = (id: string): string | null => (chosen.value?.id === id || pointed.value === id ? "yes" : null);

/** Nearer than this, the plates of two barriers would cover each other: one bears the numbers of both. */
const PLATE_PX = 26;

interface Plate {
  number: number;
  numbers: string[]; // none: another one bears them
}

function numbered(barriers: readonly PlannedBarrier[]): Array<[PlannedBarrier, Plate]> {
  const reach = PLATE_PX * metresPerPixel.value;
  const placed: Array<[PlannedBarrier, Plate]> = [];
  barriers.forEach((one, index) => {
    const word = `${index + 1}${demandOf(question.value, one.id) === "must" ? " pinned" : ""}`;
    const near = placed.find(([other, { numbers }]) => numbers.length && metresApart(at(other), at(one)) < reach);
    near?.[1].numbers.push(word);
    placed.push([one, { number: index + 1, numbers: near ? [] : [word] }]);
  });
  return placed;
}

const at = ({ lon, lat }: PlannedBarrier) => [lon, lat];

function barrierFace(one: PlannedBarrier, { number, numbers }: Plate): ButtonFace {
  const pinned = demandOf(question.value, one.id) === "must";
  const bearing = streetIndex.value?.along(one.segment, one.offset_m)?.bearing_deg ?? 0;
  return {
    key: `plan ${one.id}`,
    lon: one.lon,
    lat: one.lat,
    className: "map-mark map-plan",
    label: `Barrier ${number} of the plan: ${one.place}, ${counted(one.blocks, "block")}${pinned ? ", pinned" : ""}`,
    data: { plan: one.id, demand: pinned ? "must" : null, chosen: isMarked(one.id) },
    pressed: chosen.value?.id === one.id,
    face: `${numbers} ${one.place} ${bearing} ${pinned}`,
    draw: () => [
      pinned ? pinnedSymbol(bearing) : planSymbol(bearing),
      ...(numbers.length ? [plate("map-tag", numbers.join(", "))] : []),
      plate("map-name", one.place),
    ],
  };
}

function demandFaces(id: string, what: "pinned" | "forbidden"): ButtonFace[] {
  const name = nameOfArm(id);
  return placesOf(id).flatMap(({ segment, offset_m }, number) => {
    const spot = streetIndex.value?.along(segment, offset_m);
    if (!spot) return [];
    const bearing = spot.bearing_deg;
    return [
      {
        key: `${what} ${number} ${id}`,
        lon: spot.lon,
        lat: spot.lat,
        className: `map-mark map-plan map-${what}`,
        label: what === "pinned" ? `Pinned: ${name}` : `Forbidden: no barrier on ${name}`,
        data: { [what]: id, chosen: isMarked(id) },
        pressed: chosen.value?.id === id,
        face: `${name} ${bearing}`,
        draw: () => [
          what === "pinned" ? pinnedSymbol(bearing) : forbiddenSymbol(bearing),
          plate("map-tag", what),
          plate("map-name", name),
        ],
      },
    ];
  });
}
