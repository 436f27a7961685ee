// Corners of the outline that is being changed, as buttons: dragged by hand or finger, or taken up and moved by keys.
import { computed } from "@preact/signals";
import type { Position } from "geojson";
import type { Map as MapLibreMap } from "maplibre-gl";
import { announce } from "../../actions";
import { metresPerPixel } from "../../map/armMarks";
import { keeping } from "../../map/faces";
import type { ButtonFace } from "../../map/markers";
import {
  deleteCorner,
  dragCorner,
  dragged,
  drawing,
  dropCorner,
  edited,
  editing,
  held,
  splitEdge,
  stepCorner,
} from "../drawing";
import { type Corner, metresApart, middleBehind, ringOf } from "../outlines";
import { planning } from "../state";
import { cornerSymbol, middleSymbol } from "./symbols";

/** Handles closer than this could not be told apart by a finger: the map shows more of them from nearer. */
const APART_PX = 30;
const MIDDLE_FROM_PX = 76;
const STEP_M = 5;
const LONG_STEP_M = 25;
const DRAG_FROM_PX = 3;

const WAYS: Record<string, [east: number, north: number, word: string]> = {
  ArrowUp: [0, 1, "north"],
  ArrowDown: [0, -1, "south"],
  ArrowLeft: [-1, 0, "west"],
  ArrowRight: [1, 0, "east"],
};

const cornerKey = (at: Corner): string => `corner ${at.polygon} ${at.ring} ${at.corner}`;

export function cornerOf(key: string): Corner | null {
  const [, polygon, ring, corner] = /^(?:corner|middle) (\d+) (\d+) (\d+)$/.exec(key) ?? [];
  return corner === undefined ? null : { polygon: Number(polygon), ring: Number(ring), corner: Number(corner) };
}

export const cornerFaces = computed(
  keeping(() => {
    if (!planning.value || !editing.value || drawing.value) return [];
    return edited.value.flatMap((rings, polygon) =>
      rings.flatMap((ring, number) => ringFaces(ring, { polygon, ring: number, corner: 0 })),
    );
  }),
);

function ringFaces(ring: readonly Position[], first: Corner): ButtonFace[] {
  const apart = APART_PX * metresPerPixel.value;
  const faces: ButtonFace[] = [];
  let before: Position | null = null;
  ring.forEach((place, corner) => {
    const at = { ...first, corner };
    const kept = [held.value, dragged.value?.key].includes(cornerKey(at));
    if (before && !kept && metresApart(before, place) < apart) return;
    before = place;
    faces.push(moved(cornerFace(at, place, ring.length, held.value === cornerKey(at))));
    const next = ring[(corner + 1) % ring.length] as Position;
    const middle = middleFace(at, ring.length);
    const roomy = metresApart(place, next) > MIDDLE_FROM_PX * metresPerPixel.value;
    if (dragged.value ? dragged.value.key === middle.key : roomy) faces.push(moved(middle));
  });
  return faces;
}

function moved(face: ButtonFace): ButtonFace {
  if (dragged.value?.key !== face.key) return face;
  const [lon, lat] = dragged.value.to as [number, number];
  return { ...face, lon, lat };
}

function cornerFace(at: Corner, [lon, lat]: Position, count: number, isHeld: boolean): ButtonFace {
  const part = edited.value.length > 1 ? ` of part ${at.polygon + 1}` : "";
  const hole = at.ring > 0 ? " of a hole" : "";
  const keys = isHeld
    ? "Arrow keys move it by 5 metres, with Shift by 25. Enter lets go."
    : "Enter takes hold of it. Delete removes it.";
  return {
    key: cornerKey(at),
    lon: lon as number,
    lat: lat as number,
    className: "map-mark map-corner",
    label: `Corner ${at.corner + 1} of ${count}${part}${hole}. ${keys}`,
    data: { corner: String(at.corner), role: editing.value, held: isHeld ? "yes" : null },
    pressed: isHeld,
    face: `corner ${isHeld}`,
    draw: () => [cornerSymbol(isHeld)],
  };
}

function middleFace(at: Corner, count: number): ButtonFace {
  const [lon, lat] = middleBehind(edited.value, at);
  return {
    key: cornerKey(at).replace("corner", "middle"),
    lon: lon as number,
    lat: lat as number,
    className: "map-mark map-middle",
    label: `Add a corner between ${at.corner + 1} and ${((at.corner + 1) % count) + 1}`,
    data: { middle: String(at.corner) },
    pressed: null,
    face: "middle",
    draw: () => [middleSymbol()],
  };
}

/** A press that did not become a drag: take hold of a corner or let go of it; or put a further one. */
export function pressCorner(key: string, focus: (key: string) => void): void {
  const at = cornerOf(key);
  if (!at) return;
  if (key.startsWith("middle ")) {
    const next = cornerKey(splitEdge(at));
    held.value = next;
    focus(next);
    return;
  }
  held.value = held.peek() === key ? null : key;
  announce(held.peek() ? "Taken up: arrow keys move it, Enter lets go." : "Let go.");
}

/** A key on a corner, before the arrow keys go to the next thing; true if it was used. */
export function keyOnCorner(event: KeyboardEvent, key: string, focus: (key: string) => void): boolean {
  const at = cornerOf(key);
  if (!at || !key.startsWith("corner ") || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === "Delete" || event.key === "Backspace") {
    held.value = null;
    if (deleteCorner(at)) {
      const count = ringOf(edited.peek(), at).length;
      focus(cornerKey({ ...at, corner: Math.min(at.corner, Math.max(0, count - 1)) }));
    }
    return true;
  }
  if (held.peek() !== key) return false;
  if (event.key === "Escape") {
    held.value = null;
    return true;
  }
  const way = WAYS[event.key];
  if (!way) return false;
  const metres = event.shiftKey ? LONG_STEP_M : STEP_M;
  stepCorner(at, key, way[0] * metres, way[1] * metres);
  announce(`${metres} m to the ${way[2]}.`);
  return true;
}

/** Let a corner be dragged; and the middle of an edge, which becomes a corner by it. */
export function makeCornerDraggable(map: MapLibreMap, element: HTMLButtonElement, key: string): void {
  let from: { x: number; y: number; pointer: number } | null = null;
  let at: Corner | null = null; // once it moves
  const isNew = key.startsWith("middle ");

  const end = (keep: boolean) => {
    if (at) {
      dropCorner(isNew, keep);
      element.addEventListener("click", swallow, { once: true, capture: true });
      setTimeout(() => element.removeEventListener("click", swallow, { capture: true }), 0);
    }
    from = null;
    at = null;
    delete element.dataset.dragging;
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = { x: event.clientX, y: event.clientY, pointer: event.pointerId };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (!from || event.pointerId !== from.pointer) return;
    const far = Math.hypot(event.clientX - from.x, event.clientY - from.y) >= DRAG_FROM_PX;
    if (!at && !far) return;
    at ??= cornerOf(key);
    if (!at) return;
    element.dataset.dragging = "yes";
    const box = map.getCanvas().getBoundingClientRect();
    const { lng, lat } = map.unproject([event.clientX - box.left, event.clientY - box.top]);
    dragCorner(key, at, isNew, [lng, lat]);
  });
  element.addEventListener("pointerup", () => end(true));
  element.addEventListener("pointercancel", () => end(false));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !at) return;
    event.stopPropagation();
    end(false);
  });
  for (const type of ["mousedown", "touchstart"]) {
    element.addEventListener(type, (event) => event.stopPropagation(), { passive: true }); // else the map is dragged
  }
}

const swallow = (event: Event) => {
  event.stopImmediatePropagation();
  event.preventDefault();
};
