// Escape while planning: one step out, the nearest thing first.
import { drawing, editing, held, setEditing, stopDrawing } from "./drawing";
import { choose } from "./edits";
import { chosen } from "./state";

export function stepOut(): void {
  if (drawing.peek()) stopDrawing();
  else if (held.peek()) held.value = null;
  else if (chosen.peek()) choose(null);
  else if (editing.peek()) setEditing(null);
}
