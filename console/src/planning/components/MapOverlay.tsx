// On the map while planning: the street that was pressed, or the outline that is being drawn.
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../components/Icon";
import { layout } from "../../layout";
import { counted } from "../../words";
import { drawing, finishDrawing, ROLES, stopDrawing, takeBackCorner } from "../drawing";
import { choose, demandOf } from "../edits";
import { CORNERS_MIN } from "../outlines";
import type { Chosen } from "../state";
import { chosen, planning, question, shownPlan } from "../state";
import { DemandButtons, Reason } from "./BarriersPart";
import { FaultsPart } from "./FaultsPart";

export function MapOverlay() {
  if (!planning.value) return null;
  const one = chosen.value;
  return (
    <div class="map-overlay">
      {layout.value === "phone" && <FaultsPart />}
      {drawing.value ? <DrawingCard /> : one && one.from === "map" && <PlaceCard key={one.id ?? one.name} of={one} />}
    </div>
  );
}

function PlaceCard({ of }: { of: Chosen }) {
  const card = useRef<HTMLElement>(null);
  // Pressed by keyboard, the next key is for the card; a pointer goes there by itself.
  useEffect(() => {
    const by = document.activeElement;
    if (by?.matches("canvas:focus-visible, .map-mark:focus-visible")) {
      card.current?.querySelector<HTMLElement>("button")?.focus();
    }
  }, []);
  const leave = () => {
    choose(null);
    document.querySelector<HTMLElement>("#panel-map canvas")?.focus();
  };
  const planned = shownPlan.value?.barriers.some((one) => one.id === of.id) ?? false;
  const demand = of.id ? demandOf(question.value, of.id) : null;
  const is = { must: "Pinned: the plan must have it", must_not: "Forbidden: no barrier here" };
  const says =
    of.says || [planned ? "In the plan" : "Not in the plan", demand ? is[demand] : ""].filter(Boolean).join(". ");
  return (
    <section class="place-card" ref={card} aria-label="The chosen street">
      <div class="place-card-head">
        <p>
          <b>
            <bdi>{of.name}</bdi>
          </b>
        </p>
        <button type="button" class="button small quiet close" aria-label="Close" onClick={leave}>
          <Icon name="close" />
        </button>
      </div>
      <p class="hint">{says}</p>
      {of.id && <DemandButtons id={of.id} name={of.name} words />}
      {planned && of.id && <Reason id={of.id} />}
    </section>
  );
}

function DrawingCard() {
  const now = drawing.value;
  if (!now) return null;
  const count = now.corners.length;
  const ready = count >= CORNERS_MIN;
  return (
    <section class="place-card drawing-card" aria-label="Drawing">
      <p>
        <b>{now.anew ? `Drawing ${ROLES[now.role]} anew` : "Drawing a further area"}</b>
      </p>
      <p class="hint">
        {ready
          ? `${counted(count, "corner")}. Press the first corner again, or finish.`
          : `Press the map corner by corner (${count} of at least ${CORNERS_MIN}). By keyboard: move the map, press Enter.`}
      </p>
      <div class="outline-acts">
        <button type="button" class="button small" aria-disabled={!ready} onClick={finishDrawing}>
          Finish
        </button>
        <button type="button" class="button small" aria-disabled={!count} onClick={takeBackCorner}>
          Take back a corner
        </button>
        <button type="button" class="button small" onClick={stopDrawing}>
          Cancel
        </button>
      </div>
    </section>
  );
}
