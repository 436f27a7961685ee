// Escape while planning: one step out, the nearest thing first.
import { drawing, editing, held, setEditing, stopDrawing } from "./drawing";
import { choose } from "./edits";
import { chosen } from "./state";

/** Whether there was a step out but leaving the mode. */
export function stepOut(): boolean {
  if (drawing.peek()) stopDrawing();
  else if (held.peek()) held.value = null;
  else if (chosen.peek()) choose(null);
  else if (editing.peek()) setEditing(null);
  else return false;
  return true;
}
