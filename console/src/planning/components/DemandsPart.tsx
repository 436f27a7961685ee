// Pinned and forbidden places, each with what it is and a way back.
import { Icon } from "../../components/Icon";
import { choose, demand, point, releaseAll } from "../edits";
import { nameOfArm } from "../names";
import { question } from "../state";

export function DemandsPart() {
  const { must, must_not } = question.value;
  const none = must.length + must_not.length === 0;
  return (
    <section class="part" aria-labelledby="demands-heading">
      <div class="part-head">
        <h3 id="demands-heading">Pinned and forbidden</h3>
        {must.length + must_not.length > 1 && (
          <button type="button" class="link" onClick={releaseAll}>
            Release all
          </button>
        )}
      </div>
      {none && <p class="hint">Press a street on the map, or a barrier of the plan, to pin or forbid it.</p>}
      {!none && (
        <ul class="demands">
          {must.map((id) => (
            <Demanded key={id} id={id} what="pinned" />
          ))}
          {must_not.map((id) => (
            <Demanded key={id} id={id} what="forbidden" />
          ))}
        </ul>
      )}
    </section>
  );
}

function Demanded({ id, what }: { id: string; what: "pinned" | "forbidden" }) {
  const name = nameOfArm(id);
  return (
    <li class={`demand demand-${what}`} onMouseEnter={() => point(id)} onMouseLeave={() => point(null)}>
      <Icon name={what === "pinned" ? "pin" : "forbid"} />
      <span class="demand-name">
        <b>{what}</b> <bdi>{name}</bdi>
      </span>
      <button
        type="button"
        class="button small quiet"
        aria-label={`Release: ${name}`}
        title="Release"
        onFocus={() => point(id)}
        onBlur={() => point(null)}
        onClick={() => {
          demand(id, null);
          choose(null);
          document.getElementById("board-heading")?.focus();
        }}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
