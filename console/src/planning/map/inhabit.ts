// Planning on the map: its buttons, its presses, what is drawn, and bringing into sight what the list points at.
import { effect, signal } from "@preact/signals";
import type { Position } from "geojson";
import { metresPerPixel } from "../../map/armMarks";
import type { CordonMap } from "../../map/cordonMap";
import type { ButtonLayer } from "../../map/markers";
import { drawing, edited, editing } from "../drawing";
import { chosen, planning, pointed, shownPlan } from "../state";
import { cornerFaces, keyOnCorner, makeCornerDraggable, pressCorner } from "./corners";
import { drawnCollection } from "./layers";
import { planFaces } from "./planFaces";
import { chooseMark } from "./press";

type MakeLayer = (
  activate: (key: string) => void,
  made?: (element: HTMLButtonElement, key: string) => void,
) => ButtonLayer;

export interface PlanningOnMap {
  /** Whether a key on a thing was used. */
  key: (event: KeyboardEvent, key: string) => boolean;
  endings: Array<() => void>;
}

/** The line that is being drawn follows the pointer. */
const pointer = signal<Position | null>(null);

export function inhabitPlanning(cordon: CordonMap, layer: MakeLayer): PlanningOnMap {
  const { map } = cordon;
  const focus = (key: string) => queueMicrotask(() => corners.element(key)?.focus({ preventScroll: true }));
  const marks: ButtonLayer = layer((key) => {
    const face = marks.face(key);
    const id = face?.data.plan ?? face?.data.pinned ?? face?.data.forbidden;
    if (face && id) chooseMark(id, face.lon, face.lat);
  });
  const corners: ButtonLayer = layer(
    (key) => pressCorner(key, focus),
    (element, key) => makeCornerDraggable(map, element, key),
  );
  const follow = (event: { lngLat: { lng: number; lat: number } }) => {
    if (drawing.peek()) pointer.value = [event.lngLat.lng, event.lngLat.lat];
  };
  map.on("mousemove", follow);
  map.on("mouseout", () => {
    pointer.value = null;
  });
  const endings = [
    effect(() => marks.show(planFaces.value)),
    effect(() => {
      void metresPerPixel.value;
      corners.show(cornerFaces.value);
    }),
    effect(() => {
      if (drawing.value) map.doubleClickZoom.disable();
      else map.doubleClickZoom.enable();
    }),
    effect(() => cordon.give("drawn", drawnCollection(pointer.value))),
    effect(() => {
      const id = planning.value ? (pointed.value ?? chosen.value?.id) : null;
      const barrier = shownPlan.peek()?.barriers.find((one) => one.id === id);
      if (barrier) cordon.bringIntoSight([barrier.lon, barrier.lat]);
    }),
    effect(() => {
      if (editing.value) cordon.showPoints(edited.peek().flat(2), 1.5); // its corners can only be moved where they are seen
    }),
  ];
  return { key: (event, key) => keyOnCorner(event, key, focus), endings };
}
