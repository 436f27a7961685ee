// Changing the two outlines: which one is being changed, which corner is held by the keyboard, what is being drawn.
import { batch, computed, signal } from "@preact/signals";
import type { Position } from "geojson";
import { announce } from "../actions";
import { area } from "../state";
import { counted } from "../words";
import { change } from "./history";
import {
  addCorner,
  addPolygon,
  CORNERS_MIN,
  type Corner,
  cornersOf,
  geometryOf,
  middleBehind,
  moveCorner,
  type Polygons,
  removeCorner,
  ringOf,
  shifted,
} from "./outlines";
import type { Question, Role } from "./state";
import { present, preview, question } from "./state";

export const ROLES: Record<Role, string> = { protected: "the protected area", limit: "the limit" };

/** Which outline shows its corners. */
export const editing = signal<Role | null>(null);
/** The corner that arrow keys move, by its key. */
export const held = signal<string | null>(null);
/** An outline that is being drawn from nothing: where its corners are so far. */
export interface Drawing {
  role: Role;
  /** Whether it replaces what is there, or is one more. */
  anew: boolean;
  corners: readonly Position[];
}
export const drawing = signal<Drawing | null>(null);

/** The handle under the hand, by its key, and where it is: its button stays while it moves. */
export const dragged = signal<{ key: string; to: Position } | null>(null);

/** The outline whose corners are shown, without what is being dragged. */
export const edited = computed<Polygons>(() => (editing.value ? outlineOf(editing.value, present.value.question) : []));

function outlineOf(role: Role, of: Question): Polygons {
  const own = area.value?.features.find((one) => one.properties.outline === role);
  const geometry = of[role] ?? own?.geometry;
  return geometry ? cornersOf(geometry) : [];
}

export function setEditing(role: Role | null): void {
  batch(() => {
    editing.value = role;
    held.value = null;
    drawing.value = null;
  });
  if (role) announce(`Corners of ${ROLES[role]} can be moved on the map: ${counted(cornerCount(), "corner")}.`);
}

const cornerCount = (): number => edited.peek().flat(2).length;

function withOutline(base: Question, role: Role, polygons: Polygons): Question {
  return { ...base, [role]: geometryOf(polygons) };
}

function redraw(says: string, polygons: Polygons, kind = ""): void {
  const role = editing.peek();
  if (role) change(says, withOutline(present.peek().question, role, polygons), kind);
}

/** While the hand moves: shown and asked about, but no step yet. `isNew`: the middle of an edge becomes a corner. */
export function dragCorner(key: string, at: Corner, isNew: boolean, to: Position): void {
  const role = editing.peek();
  if (!role) return;
  const polygons = isNew ? addCorner(edited.peek(), at, to) : moveCorner(edited.peek(), at, to);
  batch(() => {
    dragged.value = { key, to };
    preview.value = withOutline(present.peek().question, role, polygons);
  });
}

/** The hand lets go. */
export function dropCorner(isNew: boolean, keep: boolean): void {
  const asked = preview.peek();
  const says = `${isNew ? "add a corner to" : "move a corner of"} ${ROLES[editing.peek() ?? "protected"]}`;
  batch(() => {
    if (asked && keep) change(says, asked);
    preview.value = null;
    dragged.value = null;
  });
}

export function stepCorner(at: Corner, key: string, east_m: number, north_m: number): void {
  const place = ringOf(edited.peek(), at)[at.corner];
  const role = editing.peek();
  if (!place || !role) return;
  redraw(
    `move a corner of ${ROLES[role]}`,
    moveCorner(edited.peek(), at, shifted(place, east_m, north_m)),
    `step ${key}`,
  );
}

/** A new corner in the middle of an edge; gives the place of the new one. */
export function splitEdge(behind: Corner, at: Position = middleBehind(edited.peek(), behind)): Corner {
  redraw(`add a corner to ${ROLES[editing.peek() ?? "protected"]}`, addCorner(edited.peek(), behind, at));
  announce(`Corner added: ${counted(cornerCount(), "corner")} now.`);
  return { ...behind, corner: behind.corner + 1 };
}

export function deleteCorner(at: Corner): boolean {
  const polygons = edited.peek();
  const fewer = removeCorner(polygons, at);
  const role = ROLES[editing.peek() ?? "protected"];
  if (fewer) redraw(`remove a corner of ${role}`, fewer);
  else if (polygons.length > 1 && at.ring === 0) deletePolygon(at.polygon);
  else {
    announce(`An outline needs ${CORNERS_MIN} corners: this one stays.`);
    return false;
  }
  announce(`Corner removed: ${counted(cornerCount(), "corner")} left.`);
  return true;
}

export function deletePolygon(polygon: number): void {
  const role = editing.peek() ?? "protected";
  redraw(`remove a part of ${ROLES[role]}`, edited.peek().toSpliced(polygon, 1));
}

/** Back to the outline that the operation has. */
export function useOwnOutline(role: Role): void {
  change(`${ROLES[role]} as the operation has it`, { ...present.peek().question, [role]: null });
}

export const isOwnOutline = (role: Role): boolean => question.value[role] === null;

export function startDrawing(role: Role, anew: boolean): void {
  batch(() => {
    editing.value = role;
    held.value = null;
    drawing.value = { role, anew, corners: [] };
  });
  announce("Press the map corner by corner. By keyboard: move the map under its cross, and press Enter.");
}

export function drawCorner(place: Position): void {
  const now = drawing.peek();
  if (!now) return;
  drawing.value = { ...now, corners: [...now.corners, place] };
  announce(`Corner ${now.corners.length + 1}.`);
}

export function takeBackCorner(): void {
  const now = drawing.peek();
  if (now) drawing.value = { ...now, corners: now.corners.slice(0, -1) };
}

export function stopDrawing(): void {
  drawing.value = null;
}

/** Close the outline that was drawn. */
export function finishDrawing(): void {
  const now = drawing.peek();
  if (!now || now.corners.length < CORNERS_MIN) return;
  const before = now.anew ? [] : outlineOf(now.role, present.peek().question);
  const says = now.anew ? `draw ${ROLES[now.role]} anew` : `draw a further area`;
  drawing.value = null;
  change(says, withOutline(present.peek().question, now.role, addPolygon(before, now.corners)));
}
