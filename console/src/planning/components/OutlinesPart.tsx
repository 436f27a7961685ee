// Area and limit: whose corners are shown, drawing anew, a further area, back to the operation's own.
import { Icon } from "../../components/Icon";
import { counted } from "../../words";
import {
  deletePolygon,
  drawing,
  edited,
  editing,
  isOwnOutline,
  ROLES,
  setEditing,
  startDrawing,
  useOwnOutline,
} from "../drawing";
import type { Role } from "../state";
import { FaultsPart } from "./FaultsPart";

/** From here on the map may leave out corners that stand too close. */
const MANY = 20;

const WORDS: Record<Role, string> = { protected: "Protected area", limit: "Limit" };

export function OutlinesPart() {
  return (
    <section class="part" aria-labelledby="outlines-heading">
      <h3 id="outlines-heading">Area and limit</h3>
      <ul class="outlines">
        {(Object.keys(WORDS) as Role[]).map((role) => (
          <Outline key={role} role={role} />
        ))}
      </ul>
      <FaultsPart />
    </section>
  );
}

function Outline({ role }: { role: Role }) {
  const on = editing.value === role;
  const own = isOwnOutline(role);
  return (
    <li class="outline" data-on={on || undefined}>
      <span class={`outline-sign outline-${role}`} aria-hidden="true" />
      <span class="outline-name">
        <b>{WORDS[role]}</b>
        <span class="hint">{own ? "as in the operation" : "changed"}</span>
      </span>
      <button
        type="button"
        class={on ? "button small primary" : "button small"}
        aria-expanded={on}
        aria-label={`${on ? "Done with" : "Change"} ${ROLES[role]}`}
        onClick={() => setEditing(on ? null : role)}
      >
        {on ? "Done" : "Change"}
      </button>
      {on && <OutlineTools role={role} own={own} />}
    </li>
  );
}

function OutlineTools({ role, own }: { role: Role; own: boolean }) {
  const polygons = edited.value;
  const count = polygons.flat(2).length;
  return (
    <div class="outline-tools">
      <p class="hint">
        {counted(count, "corner")}
        {count > MANY && ": zoom in to have them all"}. Drag one, or the + on an edge. By keyboard: Enter takes hold of
        a corner, arrows move it, Delete removes it.
      </p>
      <div class="outline-acts">
        <button type="button" class="button small" onClick={() => startDrawing(role, true)}>
          <Icon name="draw" />
          Draw anew
        </button>
        {role === "protected" && (
          <button type="button" class="button small" onClick={() => startDrawing(role, false)}>
            <Icon name="add" />
            Further area
          </button>
        )}
        {!own && (
          <button type="button" class="button small" onClick={() => useOwnOutline(role)}>
            As in the operation
          </button>
        )}
      </div>
      {polygons.length > 1 && (
        <ul class="outline-parts">
          {polygons.map((rings, at) => (
            <li key={`${at} ${rings[0]?.length}`}>
              Part {at + 1}, {counted(rings.flat().length, "corner")}
              <button
                type="button"
                class="button small quiet"
                aria-label={`Remove part ${at + 1}`}
                title="Remove this part"
                onClick={() => deletePolygon(at)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {drawing.value && <p class="hint">Drawing: see the map.</p>}
    </div>
  );
}
