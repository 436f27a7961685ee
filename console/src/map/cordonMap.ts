// The MapLibre map, kept in step with the signals. The ground is handed over once; while the slider moves, only buttons
// and a few short lines change.
import { computed, effect } from "@preact/signals";
import type { FeatureCollection, Position } from "geojson";
import {
  GeoJSONSource,
  type LayerSpecification,
  Map as MapLibreMap,
  type PaddingOptions,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { planFaces } from "../planning/map/planFaces";
import { shownArea as area } from "../planning/state";
import { operation, placeReadings, selection, shownLeak, streets, theme } from "../state";
import { boardFirst } from "../what-if";
import { drawnArms, metresPerPixel } from "./armMarks";
import { areaCollection, streetCollection, wordCollection } from "./basemap";
import { asBounds, boundsOf, emphasisedPoints, wholeBounds } from "./bounds";
import { barrierCollection, occupiedCollection, placeCollection, segmentCollection } from "./collections";
import { COLOURS, paintElement } from "./colours";
import { emphasised } from "./faces";
import { Flow } from "./flow";
import { drawImages } from "./images";
import { leakWidth } from "./leakStyle";
import { pathCollection, shownPaths, strongPoints } from "./leaks";
import { type Box, NamePlacing } from "./namePlacing";
import { sourcesOfStyle } from "./sources";
import { namedStretches } from "./streetNames";
import { mapLayers, type SourceName } from "./style";
import type { Measures } from "./wordStyle";

setWorkerUrl(workerUrl); // from our own origin, for the content security policy

const stretches = computed(() => (streets.value ? namedStretches(streets.value) : []));

/** From here on sites are shown. */
const NEAR = 15.4;
/** In a map as narrow or as low as this, in rem, only what is pointed at has its words: see marks.css. */
const WORDLESS = { width: 34, height: 20 };
/** How far the map goes in to show one thing. */
const NEAR_ZOOM = 16.6;

export const prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class CordonMap {
  readonly map: MapLibreMap;
  private measures: Measures;
  private layers: readonly LayerSpecification[];
  private readonly endings: Array<() => void> = [];
  private readonly names: NamePlacing;
  private moved = false; // by a person: then a change of size no longer fits the map anew

  constructor(
    container: HTMLElement,
    private readonly frame: HTMLElement,
  ) {
    this.measures = { scale: rootScale(), latitude: wholeBounds()[1] };
    this.layers = mapLayers(COLOURS[theme.peek()], this.measures);
    this.map = new MapLibreMap({
      container,
      style: { version: 8, sources: sourcesOfStyle(), layers: [...this.layers] },
      bounds: asBounds(wholeBounds()),
      fitBoundsOptions: { padding: this.paddingFor(container) },
      attributionControl: false, // credits stand in the legend, as text
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      minZoom: 9,
      maxZoom: 20,
      renderWorldCopies: false,
      fadeDuration: prefersStillness() ? 0 : 160,
      zoomLevelsToOverscale: 24, // names are placed on whole streets, not anew on each tile
      locale: { "Map.Title": "Street map" },
    });
    this.names = new NamePlacing(this.map);
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new ScaleControl({ unit: "metric", maxWidth: 110 }), "bottom-right");
    this.map.on("movestart", (event) => {
      if ("originalEvent" in event && event.originalEvent) this.moved = true;
    });
    this.map.on("resize", () => {
      if (!this.moved) this.fitWhole(false);
    });
    this.map.once("style.load", () => {
      drawImages(this.map, COLOURS[theme.peek()]);
      this.follow();
    });
    this.endings.push(effect(() => paintElement(frame, COLOURS[theme.value])));
    const zoomed = () => {
      const zoom = this.map.getZoom();
      frame.dataset.near = zoom >= NEAR ? "yes" : "no";
      frame.dataset.far = zoom < 14.2 ? "yes" : "no";
      metresPerPixel.value =
        (78_271.5 * Math.cos((this.measures.latitude * Math.PI) / 180)) / 2 ** (Math.round(zoom * 4) / 4);
    };
    zoomed();
    this.map.on("zoom", zoomed);
  }

  end(): void {
    cancelAnimationFrame(this.naming);
    for (const one of this.endings) one();
    this.map.remove();
  }

  /** Everything: the protected area and all barriers. */
  fitWhole(ease = true): void {
    if (ease) this.moved = false;
    this.map.fitBounds(asBounds(wholeBounds()), {
      padding: this.paddingFor(this.map.getContainer()),
      animate: ease && !prefersStillness(),
      duration: 500,
    });
  }

  fitPoints(points: readonly Position[], maxZoom = 17.2, room = 1): void {
    const bounds = boundsOf(points);
    if (!bounds) return;
    this.moved = true;
    this.map.fitBounds(asBounds(bounds), {
      padding: this.paddingFor(this.map.getContainer(), room),
      maxZoom,
      animate: !prefersStillness(),
      duration: 600,
    });
  }

  /** Move the map only if the point is out of sight, and no nearer than it is. */
  bringIntoSight(point: Position): void {
    const { clientWidth, clientHeight } = this.map.getContainer();
    const { x, y } = this.map.project(point as [number, number]);
    const [side, foot] = [40 * rootScale(), 70 * rootScale()];
    if (x > side && y > side && x < clientWidth - side && y < clientHeight - foot) return;
    this.moved = true;
    this.map.panTo(point as [number, number], { animate: !prefersStillness(), duration: 400 });
  }

  /** Signals to sources. Each effect touches one source. */
  private follow(): void {
    const keep = (run: () => void) => this.endings.push(effect(run));
    const keepBehind = (run: () => void) => keep(() => boardFirst.value || run());
    // The ground was in the style from the start; it is given again only if another is fetched.
    let [ground, outline, whole] = [streets.peek(), area.peek(), operation.peek()];
    keep(() => {
      if (streets.value && streets.value !== ground) this.give("streets", streetCollection(streets.value));
      ground = streets.value;
    });
    keep(() => {
      const same = operation.value === whole && area.value === outline;
      if (!operation.value || !area.value || same) return;
      this.give("area", areaCollection(area.value));
      this.give("words", wordCollection(operation.value, area.value));
      [outline, whole] = [area.value, operation.value];
    });
    keepBehind(() => this.give("barriers", barrierCollection()));
    keepBehind(() => this.give("occupied", occupiedCollection()));
    keepBehind(() => this.give("picked", segmentCollection(emphasised.value.segments, {})));
    keepBehind(() => this.give("paths", pathCollection(shownPaths.value)));
    keep(() => this.give("places", placeCollection()));
    keepBehind(() => {
      void [stretches.value, drawnArms.value, planFaces.value, shownPaths.value];
      this.nameStreetsSoon();
    });
    for (const change of ["moveend", "resize"] as const) this.map.on(change, () => this.nameStreetsSoon());
    keep(() => this.redraw());
    this.map.on("resize", () => {
      if (rootScale() === this.measures.scale) return;
      this.measures = { ...this.measures, scale: rootScale() };
      this.redraw();
    });
    const flow = new Flow(this.map, (zoom) => leakWidth(zoom, this.measures.scale));
    keepBehind(() => flow.show(shownPaths.value));
    this.easeToWhatIsPicked(keep);
  }

  private readonly given = new Map<SourceName, string>();

  /** Small sources are compared first: most steps of the slider leave them as they are. */
  give(name: SourceName, data: FeatureCollection): void {
    if (data.features.length < 200) {
      const print = JSON.stringify(data);
      if (this.given.get(name) === print) return;
      this.given.set(name, print);
    }
    const source = this.map.getSource(name);
    if (source instanceof GeoJSONSource) source.setData(data);
  }

  private naming = 0;

  /** With the next picture, once buttons and plates are where they belong. */
  private nameStreetsSoon(): void {
    cancelAnimationFrame(this.naming);
    this.naming = requestAnimationFrame(() => this.nameStreets());
  }

  /** Names stand where the view, the signs and the paths leave room. */
  private nameStreets(): void {
    const places: Position[] = drawnArms
      .peek()
      .filter((one) => one.standsFor)
      .map((one) => [one.lon, one.lat]);
    places.push(...planFaces.peek().map((one): Position => [one.lon, one.lat]));
    if (this.map.getZoom() > NEAR) places.push(...(operation.peek()?.sites ?? []).map((one) => [one.lon, one.lat]));
    const project = (one: Position) => this.map.project(one as [number, number]);
    const paths = shownPaths.peek().map((one) => one.path.coordinates.map(project));
    this.give(
      "names",
      this.names.place(stretches.peek(), places.map(project), this.plates(), paths, this.measures.scale),
    );
  }

  private plates(): Box[] {
    const origin = this.frame.getBoundingClientRect();
    const plates = this.frame.querySelectorAll(
      ".map-tag, .map-leak-words, .map-controls, .map-legend, .maplibregl-ctrl",
    );
    return [...plates]
      .map((one) => one.getBoundingClientRect())
      .filter((one) => one.width > 0)
      .map(({ left, right, top, bottom }) => ({
        ...{ left: left - origin.left, right: right - origin.left },
        ...{ top: top - origin.top, bottom: bottom - origin.top },
      }));
  }

  /** Another theme, or larger letters on a wall: only what differs is handed over. */
  private redraw(): void {
    const colours = COLOURS[theme.value];
    drawImages(this.map, colours);
    const layers = mapLayers(colours, this.measures);
    for (const [at, { id, paint, layout }] of layers.entries()) {
      const before = this.layers[at];
      for (const [name, value] of differing(before?.paint, paint)) {
        this.map.setPaintProperty(id, name as never, value as never);
      }
      for (const [name, value] of differing(before?.layout, layout)) {
        this.map.setLayoutProperty(id, name as never, value as never);
      }
    }
    this.layers = layers;
  }

  private easeToWhatIsPicked(keep: (run: () => void) => void): void {
    let before = "";
    keep(() => {
      const now = selection.value;
      const key = JSON.stringify([now?.kind, now && "id" in now ? now.id : now?.reading, shownLeak.value]);
      if (key === before) return;
      before = key;
      if (now?.kind === "promise") this.showPaths();
      else if (now?.kind === "place") this.showPoints([[now.reading.lon, now.reading.lat]]);
      else if (now) this.showPoints(emphasisedPoints());
    });
    keep(() => {
      const readings = placeReadings.value;
      if (readings.length) this.showPoints(readings.map((one) => [one.lon, one.lat]));
    });
  }

  /** The paths with the cordon that they lead through; room is left for the words where they begin. */
  private showPaths(): void {
    const points = strongPoints(shownPaths.peek());
    if (!points.length) return;
    const [west, south, east, north] = wholeBounds();
    const one = shownLeak.peek() !== null;
    const { clientWidth, clientHeight } = this.map.getContainer();
    const rem = 16 * rootScale();
    const wordless = clientWidth < WORDLESS.width * rem || clientHeight < WORDLESS.height * rem;
    this.fitPoints(one ? points : [...points, [west, south], [east, north]], 17.2, wordless ? 1 : 1.7);
  }

  /** Move only if something of it is out of sight: a map that jumps at each click makes people lose their way. */
  showPoints(points: readonly Position[], room = 1): void {
    const { clientWidth, clientHeight } = this.map.getContainer();
    const [side, foot] = [24 * rootScale(), 60 * rootScale()];
    const outside = points.some((point) => {
      const { x, y } = this.map.project(point as [number, number]);
      return x < side || y < side || x > clientWidth - side || y > clientHeight - foot;
    });
    if (outside || (points.length === 1 && this.map.getZoom() < 15)) this.fitPoints(points, NEAR_ZOOM, room);
  }

  /** What is kept free at the edges grows with the letters: signs and words stand out over what they mean. */
  private paddingFor(container: HTMLElement, room = 1): PaddingOptions {
    const [width, height] = [container.clientWidth || 600, container.clientHeight || 600];
    const least = (pixels: number, part: number) => Math.min(pixels * rootScale(), part) * room;
    const side = least(70, width * 0.1);
    return { top: least(56, height * 0.1), bottom: least(84, height * 0.16), left: side, right: side };
  }
}

function differing(before: object = {}, after: object = {}): Array<[string, unknown]> {
  const held = before as Record<string, unknown>;
  return Object.entries(after).filter(([name, value]) => JSON.stringify(held[name]) !== JSON.stringify(value));
}

/** How much larger than elsewhere the letters are: on a wall, more than twice. */
export function rootScale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
}
