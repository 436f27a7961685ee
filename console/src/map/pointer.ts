// What the pointer and the keyboard do on the ground itself: say what is there, pick a leak, put a supposed barrier.
import { type Map as MapLibreMap, type MapMouseEvent, Marker } from "maplibre-gl";
import { showLeak } from "../actions";
import { drawing } from "../planning/drawing";
import { groundInWords, pressGround } from "../planning/map/press";
import { planning } from "../planning/state";
import { readout, supposing } from "../state";
import { type ShownPath, shownPaths } from "./leaks";
import { pathInWords, say, streetInWords } from "./readout";
import { type Spot, streetIndex } from "./streetIndex";
import { armSymbol } from "./symbols";
import { pixelInMetres, putAt, putSpot } from "./whatif";

const NEAR_PX = 9;
const CROSS_PX = 26;

const inWords = (spot: Spot) => (planning.peek() ? groundInWords(spot) : streetInWords(spot));

export class Ground {
  private readonly ghost: Marker;
  private waiting = 0;
  private toldAt = "";

  constructor(
    private readonly map: MapLibreMap,
    /** Told what the keyboard's cross stands on; a live region says it. */
    private readonly tell: (words: string) => void,
  ) {
    const element = document.createElement("div");
    element.className = "map-ghost";
    element.setAttribute("aria-hidden", "true");
    this.ghost = new Marker({ element });
    const canvas = map.getCanvas();
    map.on("mousemove", (event) => this.soon(event));
    map.on("mouseout", () => this.leave());
    map.on("click", (event) => this.click(event));
    map.on("moveend", () => {
      // Not after a mere change of size: what was said last still counts.
      if (canvas.matches(":focus-visible") && this.toldAt !== String(map.getCenter())) this.tellCentre();
    });
    canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && this.tellCentre());
    canvas.addEventListener("keydown", (event) => this.keyDown(event));
  }

  private keyDown(event: KeyboardEvent): void {
    if (planning.peek() && event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      const { clientWidth, clientHeight } = this.map.getContainer();
      pressGround(this.map, clientWidth / 2, clientHeight / 2, CROSS_PX);
      return;
    }
    if (event.key.toLowerCase() !== "p" || event.ctrlKey || event.metaKey || event.altKey || !supposing.peek()) return;
    event.preventDefault();
    event.stopPropagation();
    const { clientWidth, clientHeight } = this.map.getContainer();
    putAt(this.map, clientWidth / 2, clientHeight / 2, CROSS_PX);
    this.tell(readout.peek());
  }

  /** Once for each picture drawn, however fast the pointer is. */
  private soon(event: MapMouseEvent): void {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      if (event.originalEvent.target !== this.map.getCanvas()) {
        this.ghost.remove(); // over a button, which speaks for itself
        return;
      }
      const { x, y } = event.point;
      const leak = this.pathAt(x, y);
      const street = leak ? null : this.streetAt(x, y, NEAR_PX);
      say(leak ? pathInWords(leak) : street ? inWords(street) : "");
      const acts = leak?.kind === "leak" || supposing.peek() || (planning.peek() && street !== null);
      this.map.getCanvas().style.cursor = drawing.peek() ? "crosshair" : acts ? "pointer" : "";
      this.showGhost(x, y);
    });
  }

  private leave(): void {
    this.ghost.remove();
    say("");
  }

  /** Where a click would put a barrier. */
  private showGhost(x: number, y: number): void {
    const spot = supposing.peek() ? putSpot(this.map, x, y) : null;
    if (!spot) {
      this.ghost.remove();
      return;
    }
    const { bearing_deg } = spot;
    const look = { look: "stands", gate: false, staffed: "no", supposed: "put", first: true } as const;
    this.ghost.getElement().replaceChildren(armSymbol({ ...look, bearing_deg }));
    this.ghost.setLngLat([spot.lon, spot.lat]).addTo(this.map);
  }

  private click(event: MapMouseEvent): void {
    if (event.originalEvent.target !== this.map.getCanvas()) return;
    const { x, y } = event.point;
    if (supposing.peek()) {
      putAt(this.map, x, y);
      return;
    }
    if (planning.peek()) {
      pressGround(this.map, x, y, undefined, event.originalEvent.detail === 2);
      return;
    }
    const path = this.pathAt(x, y);
    if (path?.kind === "leak") showLeak(path.promise, path.index);
  }

  private tellCentre(): void {
    this.toldAt = String(this.map.getCenter());
    const { clientWidth, clientHeight } = this.map.getContainer();
    const street = this.streetAt(clientWidth / 2, clientHeight / 2, CROSS_PX);
    const words = street ? inWords(street) : "No street under the cross";
    say(words);
    this.tell(words);
  }

  private streetAt(x: number, y: number, reach_px: number) {
    const { lng, lat } = this.map.unproject([x, y]);
    return streetIndex.peek()?.nearest(lng, lat, reach_px * pixelInMetres(this.map)) ?? null;
  }

  /** The drawn path nearest to a pixel; few are drawn, so each is measured. */
  private pathAt(x: number, y: number): ShownPath | null {
    let best: { path: ShownPath; distance: number } | null = null;
    for (const path of shownPaths.peek()) {
      const points = path.path.coordinates.map((one) => this.map.project(one));
      for (let one = 1; one < points.length; one++) {
        const [from, to] = [points[one - 1], points[one]];
        if (!from || !to) continue;
        const [dx, dy] = [to.x - from.x, to.y - from.y];
        const share = Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy || 1)));
        const distance = Math.hypot(from.x + share * dx - x, from.y + share * dy - y);
        if (distance <= NEAR_PX && (!best || distance < best.distance)) best = { path, distance };
      }
    }
    return best?.path ?? null;
  }
}
