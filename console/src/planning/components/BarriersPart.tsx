// The barriers of the plan: each leads to the map, can be pinned or forbidden, and says why it stands there.
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../components/Icon";
import { counted, distance, listed } from "../../words";
import { reasonsKey } from "../ask";
import { choose, demandOf, point, toggleDemand, wonder } from "../edits";
import type { ArmReason, PlannedBarrier } from "../state";
import { chosen, question, reasons, reasonsTrouble, shownPlan, wondered } from "../state";

export function BarriersPart() {
  const plan = shownPlan.value;
  if (!plan?.possible) return null;
  const there = plan.barriers.filter((one) => one.fixed).length;
  return (
    <section class="part" aria-labelledby="barriers-heading">
      <h3 id="barriers-heading">
        {counted(plan.barriers.length - there, "barrier")}
        {there > 0 && `, and ${there} there already`}
      </h3>
      <ol class="plan-barriers">
        {plan.barriers.map((one, index) => (
          <BarrierItem key={one.id} barrier={one} number={index + 1} />
        ))}
      </ol>
    </section>
  );
}

function BarrierItem({ barrier, number }: { barrier: PlannedBarrier; number: number }) {
  const { id, place } = barrier;
  const item = useRef<HTMLLIElement>(null);
  const picked = chosen.value?.id === id;
  const fromMap = picked && chosen.value?.from === "map";
  const demand = demandOf(question.value, id);
  useEffect(() => {
    if (fromMap) item.current?.scrollIntoView({ block: "nearest" });
  }, [fromMap]);
  const press = () => {
    choose(picked ? null : { id, name: place, says: "", lon: barrier.lon, lat: barrier.lat, from: "list" });
    wonder(id);
  };
  return (
    <li
      ref={item}
      class="plan-barrier"
      data-arm={id}
      data-chosen={picked || undefined}
      onMouseEnter={() => point(id)}
      onMouseLeave={() => point(null)}
      onFocusCapture={() => point(id)}
      onBlurCapture={() => point(null)}
    >
      <div class="plan-barrier-head">
        <button type="button" class="plan-place" aria-expanded={picked} onClick={press}>
          <span class="plan-number">{number}</span>
          <span>
            <bdi>{place}</bdi>
            <span class="plan-facts">{factsOf(barrier, demand === "must")}</span>
          </span>
        </button>
        <DemandButtons id={id} name={place} />
      </div>
      {picked && <Details barrier={barrier} />}
    </li>
  );
}

function factsOf({ blocks, staff, fixed }: PlannedBarrier, pinned: boolean): string {
  if (fixed) return "there already";
  const facts = [counted(blocks, "block"), `${staff} staff`];
  if (pinned) facts.push("pinned");
  return facts.join(", ");
}

/** Pin and forbid, as two switches. */
export function DemandButtons({ id, name, words = false }: { id: string; name: string; words?: boolean }) {
  const demand = demandOf(question.value, id);
  return (
    <span class="demand-buttons">
      <button
        type="button"
        class="button small"
        aria-pressed={demand === "must"}
        aria-label={`Pin: ${name}`}
        title="Pin: the plan must have a barrier here"
        onClick={() => toggleDemand(id, "must")}
      >
        <Icon name="pin" />
        {words && "Pin"}
      </button>
      <button
        type="button"
        class="button small"
        aria-pressed={demand === "must_not"}
        aria-label={`Forbid: ${name}`}
        title="Forbid: no barrier may stand here"
        onClick={() => toggleDemand(id, "must_not")}
      >
        <Icon name="forbid" />
        {words && "Forbid"}
      </button>
    </span>
  );
}

function Details({ barrier }: { barrier: PlannedBarrier }) {
  return (
    <div class="plan-details">
      <Reason id={barrier.id} />
      {barrier.notes.length > 0 && (
        <ul class="plan-notes">
          {barrier.notes.map((one) => (
            <li key={one}>
              <bdi>{one.charAt(0).toUpperCase() + one.slice(1)}</bdi>
            </li>
          ))}
        </ul>
      )}
      {barrier.inferred && <p class="hint">The course of this street is not from a source.</p>}
    </div>
  );
}

/** What the barrier holds alone, and what the line would cost one street nearer or farther. */
export function Reason({ id }: { id: string }) {
  const known = reasons.value?.key === reasonsKey() ? reasons.value.of.find((one) => one.arm === id) : undefined;
  if (known) {
    return (
      <p>
        <bdi>
          {holdsInWords(known)} {known.holds_m > 0 && known.says}
        </bdi>
      </p>
    );
  }
  if (wondered.value !== id) {
    return (
      <button type="button" class="link" onClick={() => wonder(id)}>
        Why here?
      </button>
    );
  }
  if (reasonsTrouble.value) return <p class="fault">The reasons can't be had. {reasonsTrouble.value}</p>;
  if (reasons.value?.key === reasonsKey()) return <p class="hint">No reason is known for this one.</p>;
  return <p class="hint">Looking for the reason…</p>;
}

function holdsInWords({ holds_m, opens }: ArmReason): string {
  if (holds_m <= 0) return "Without it the area stays sealed: others hold it too.";
  const streets = opens.slice(0, 4).map((one) => one || "a nameless lane");
  const more = opens.length > 4 ? " and more" : "";
  return `Alone it holds ${distance(holds_m)} of protected street: without it ${listed(streets)}${more} would be open.`;
}
