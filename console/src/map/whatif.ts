// "What if" on the map: a barrier is toggled, an arm is dragged along or onto the nearest street, a further barrier put.
import type { Map as MapLibreMap } from "maplibre-gl";
import { dropSupposition, supposeBarrier, supposePut, supposeShift } from "../actions";
import { supposing, suppositions } from "../state";
import { type ArmMark, armMarks, dragged } from "./armMarks";
import { compass, say } from "./readout";
import { type Spot, streetIndex, takesVehicles } from "./streetIndex";

const DRAG_FROM_PX = 4;
const SNAP_PX = 70;
const PUT_PX = 16;
const STEP_M = 10;
/** Answers come within this while dragging; asking faster would only abort the question before. */
const ASK_EVERY_MS = 120;

const findMark = (key: string): ArmMark | undefined => armMarks.peek().find((one) => `arm ${one.key}` === key);

/** Suppose that a barrier is gone if it stands, and that it stands if it does not. */
export function toggleArm(key: string): void {
  const mark = findMark(key);
  if (mark) supposeBarrier(mark.barrier, mark.look !== "stands");
}

/** The street nearest to a pixel on which a barrier could stand. */
export function spotAt(map: MapLibreMap, x: number, y: number, reach_px: number): Spot | null {
  const { lng, lat } = map.unproject([x, y]);
  return streetIndex.peek()?.nearest(lng, lat, reach_px * pixelInMetres(map), takesVehicles) ?? null;
}

/** Exactly, at this zoom. */
export function pixelInMetres(map: MapLibreMap): number {
  return (78_271.5 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** map.getZoom();
}

/** Put a further barrier on the street at a pixel, if there is one. */
export function putAt(map: MapLibreMap, x: number, y: number, reach_px = PUT_PX): void {
  const spot = spotAt(map, x, y, reach_px);
  if (!spot) {
    say("There is no street here that a barrier could stand on.");
    return;
  }
  supposePut(spot.street.id, spot.offset_m);
  say(`Supposed: a further barrier on ${spot.street.name || "a nameless lane"}`);
}

export const putSpot = (map: MapLibreMap, x: number, y: number): Spot | null => spotAt(map, x, y, PUT_PX);

/** Move an arm by some metres in the direction of an arrow key; over a junction onto the street that goes on. */
export function stepArm(key: string, arrow: string): boolean {
  const bearing = { ArrowUp: 0, ArrowRight: 90, ArrowDown: 180, ArrowLeft: 270 }[arrow];
  const mark = findMark(key);
  const index = streetIndex.peek();
  const here = mark && index?.along(mark.segment, mark.offset_m);
  if (bearing === undefined || !mark || !index || !here || !supposing.peek()) return false;
  const ahead = Math.cos(((bearing - here.bearing_deg) * Math.PI) / 180) >= 0;
  const target = here.offset_m + (ahead ? STEP_M : -STEP_M);
  const inside = target > 0 && target < here.street.length_m;
  const next = inside ? index.along(mark.segment, target) : beyond(here, ahead);
  if (!next) return true;
  supposeShift(mark.barrier, mark.arm, next.street.id, next.offset_m);
  const name = next.street.name || "a nameless lane";
  say(`Supposed: ${mark.name} on ${name}, moved ${STEP_M} m to the ${compass(here.bearing_deg + (ahead ? 0 : 180))}`);
  return true;
}

function beyond(here: Spot, ahead: boolean): Spot | null {
  const index = streetIndex.peek();
  const end = index?.along(here.street.id, ahead ? here.street.length_m : 0);
  if (!index || !end) return null;
  const onward = end.bearing_deg + (ahead ? 0 : 180);
  const [lon, lat] = index.away(end.lon, end.lat, onward, STEP_M);
  return index.nearest(lon, lat, STEP_M * 1.5, (street) => street.id !== here.street.id && takesVehicles(street));
}

/** Let an arm be dragged while supposing. A press that does not move stays a click. */
export function makeDraggable(map: MapLibreMap, element: HTMLButtonElement, key: string): void {
  let from: { x: number; y: number; pointer: number; mark: ArmMark } | null = null;
  let asked = 0;
  let moving = false;

  const ask = (mark: ArmMark, spot: Spot) => supposeShift(mark.barrier, mark.arm, spot.street.id, spot.offset_m);
  const end = (keep: boolean) => {
    const spot = dragged.peek()?.spot;
    if (moving && from && spot) {
      if (keep) ask(from.mark, spot);
      else takeBack(from.mark);
      element.addEventListener("click", swallow, { once: true, capture: true });
      setTimeout(() => element.removeEventListener("click", swallow, { capture: true }), 0);
    }
    moving = false;
    from = null;
    dragged.value = null;
    delete element.dataset.dragging;
  };

  element.addEventListener("pointerdown", (event) => {
    const mark = findMark(key);
    if (!supposing.peek() || event.button !== 0 || !mark) return;
    from = { x: event.clientX, y: event.clientY, pointer: event.pointerId, mark };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (!from || event.pointerId !== from.pointer) return;
    if (!moving && Math.hypot(event.clientX - from.x, event.clientY - from.y) < DRAG_FROM_PX) return;
    moving = true;
    element.dataset.dragging = "yes";
    const box = map.getCanvas().getBoundingClientRect();
    const spot = spotAt(map, event.clientX - box.left, event.clientY - box.top, SNAP_PX);
    if (!spot) return;
    dragged.value = { key: from.mark.key, spot };
    say(`${from.mark.name}: on ${spot.street.name || "a nameless lane"}`);
    if (performance.now() - asked < ASK_EVERY_MS) return;
    asked = performance.now();
    ask(from.mark, spot);
  });
  element.addEventListener("pointerup", () => end(true));
  element.addEventListener("pointercancel", () => end(false));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !moving) return;
    event.stopPropagation();
    end(false);
  });
  // The map would take the press for the start of its own drag.
  for (const type of ["mousedown", "touchstart"]) {
    element.addEventListener(type, (event) => supposing.peek() && event.stopPropagation(), { passive: true });
  }
}

/** Undo what a drag that was given up has already asked: back to where it began. */
function takeBack(mark: ArmMark): void {
  const shifted = mark.supposed === "moved" || mark.supposed === "put";
  if (shifted) supposeShift(mark.barrier, mark.arm, mark.segment, mark.offset_m);
  else {
    const where = suppositions
      .peek()
      .findIndex((one) => one.do === "shift" && one.barrier === mark.barrier && one.arm === mark.arm);
    if (where >= 0) dropSupposition(where);
  }
}

const swallow = (event: Event) => {
  event.stopImmediatePropagation();
  event.preventDefault();
};
