// Undo and redo.
import { Icon } from "../../components/Icon";
import { redo, undo } from "../history";
import { future, past, present } from "../state";

/** Each says what it would do. */
export function Steps() {
  const [undone, redone] = [present.value.says, future.value[0]?.says ?? ""];
  const [canUndo, canRedo] = [past.value.length > 0, future.value.length > 0];
  return (
    <span class="steps">
      <button
        type="button"
        class="button small"
        aria-disabled={!canUndo}
        title={canUndo ? `Undo: ${undone} (Ctrl+Z)` : "Nothing to undo"}
        onClick={undo}
      >
        <Icon name="undo" />
        Undo
      </button>
      <button
        type="button"
        class="button small"
        aria-disabled={!canRedo}
        title={canRedo ? `Redo: ${redone} (Ctrl+Shift+Z)` : "Nothing to do again"}
        onClick={redo}
      >
        <Icon name="redo" />
        Redo
      </button>
    </span>
  );
}
