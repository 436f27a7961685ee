// A press on the ground while planning: it draws a corner, or chooses the street that lies there.
import type { Map as MapLibreMap } from "maplibre-gl";
import { say, streetInWords } from "../../map/readout";
import { type Spot, streetIndex, takesVehicles } from "../../map/streetIndex";
import { pixelInMetres } from "../../map/whatif";
import { operation } from "../../state";
import { pieceAt } from "../arms";
import { drawCorner, drawing, finishDrawing } from "../drawing";
import { choose, demandOf } from "../edits";
import { nameOfArm } from "../names";
import { CORNERS_MIN } from "../outlines";
import { type Chosen, question, shownPlan } from "../state";

const PRESS_PX = 14;
/** Half a wide street: from near, a press on its edge is still a press on it. */
const PRESS_M = 7;
const CLOSE_PX = 12;

/** At a pixel of the map. `again` says that it is the second press of a double one. */
export function pressGround(map: MapLibreMap, x: number, y: number, reach_px = PRESS_PX, again = false): void {
  if (drawing.peek()) {
    draw(map, x, y, again);
    return;
  }
  const { lng, lat } = map.unproject([x, y]);
  const reach_m = Math.max(reach_px * pixelInMetres(map), PRESS_M);
  const spot = streetIndex.peek()?.nearest(lng, lat, reach_m, takesVehicles);
  choose(spot ? chosenAt(spot) : null);
  if (!spot) say("There is no street here that a barrier could stand on.");
}

function draw(map: MapLibreMap, x: number, y: number, again: boolean): void {
  const corners = drawing.peek()?.corners ?? [];
  const first = corners[0];
  const start = first && map.project(first as [number, number]);
  const closes = start && corners.length >= CORNERS_MIN && Math.hypot(start.x - x, start.y - y) < CLOSE_PX;
  if (closes || again) finishDrawing();
  else {
    const { lng, lat } = map.unproject([x, y]);
    drawCorner([lng, lat]);
  }
}

/** What a point of a street is to the planner. */
export function chosenAt(spot: Spot): Chosen {
  const piece = pieceAt(spot.street.id, spot.offset_m);
  const id = piece?.id ?? null;
  const where = { lon: spot.lon, lat: spot.lat, from: "map" } as const;
  if (id) return { ...where, id, name: nameOfArm(id), says: "" };
  const says =
    piece?.region === "protected"
      ? "This lies inside the protected area: a barrier here would not keep anyone out of it."
      : "This lies beyond the limit: the cordon does not reach so far.";
  return { ...where, id: null, name: nameOfArm(spot.street.id), says };
}

/** A barrier of the operation was pressed: the arm that it stands on is meant. */
export function chooseArmOf(barrier: string, arm: number): void {
  const place = operation.peek()?.barriers.find((one) => one.id === barrier)?.arms[arm];
  const spot = place && streetIndex.peek()?.along(place.segment, place.offset_m);
  if (spot) choose(chosenAt(spot));
}

/** A mark of the plan was pressed. */
export function chooseMark(id: string, lon: number, lat: number): void {
  choose({ id, name: nameOfArm(id), says: "", lon, lat, from: "map" });
}

/** What lies under the pointer, as far as the planner can do something about it. */
export function groundInWords(spot: Spot): string {
  const piece = takesVehicles(spot.street) ? pieceAt(spot.street.id, spot.offset_m) : null;
  if (!piece) return streetInWords(spot);
  if (!piece.id) return `${streetInWords(spot)}, ${piece.region === "protected" ? "protected" : "beyond the limit"}`;
  const demand = demandOf(question.peek(), piece.id);
  const is = demand === "must" ? "pinned" : demand === "must_not" ? "forbidden" : "";
  const planned = shownPlan.peek()?.barriers.some((one) => one.id === piece.id) ? "in the plan" : "";
  return [streetInWords(spot), planned, is].filter(Boolean).join(", ");
}
