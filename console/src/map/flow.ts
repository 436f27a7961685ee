// The moving dashes of a way in. They are drawn over the canvas as SVG, so that the style sheet can move them: changing
// `line-dasharray` ten times a second would have MapLibre lay the line out anew each time.
import type { Map as MapLibreMap } from "maplibre-gl";
import type { ShownPath } from "./leaks";

const SVG = "http://www.w3.org/2000/svg";

export class Flow {
  private readonly drawing = document.createElementNS(SVG, "svg");
  private paths: readonly ShownPath[] = [];

  constructor(
    private readonly map: MapLibreMap,
    private readonly widthAt: (zoom: number) => number,
  ) {
    this.drawing.setAttribute("class", "map-flow");
    this.drawing.setAttribute("aria-hidden", "true");
    map.getCanvas().after(this.drawing); // under the buttons, which come later
    map.on("move", () => this.follow());
    map.on("resize", () => this.follow());
  }

  /** Each line once, though several leaks may share it. */
  show(paths: readonly ShownPath[]): void {
    this.paths = paths.filter((one) => one.kind === "leak" && one.strong);
    const lines = this.paths.map(({ certain }) => {
      const line = document.createElementNS(SVG, "path");
      line.setAttribute("class", certain ? "map-flow-certain" : "map-flow-doubted");
      return line;
    });
    this.drawing.replaceChildren(...lines);
    this.follow();
  }

  /** Keep to the map beneath. */
  private follow(): void {
    if (!this.paths.length) return;
    this.drawing.style.setProperty("--flow", `${this.widthAt(this.map.getZoom())}px`);
    this.paths.forEach(({ path }, at) => {
      const points = path.coordinates.map((one) => this.map.project(one));
      const line = points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
      this.drawing.children[at]?.setAttribute("d", `M${line}`);
    });
  }
}
