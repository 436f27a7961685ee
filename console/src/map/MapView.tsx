// The map of the cordon: where barriers stand, and where it leaks.
import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import "./marks.css";
import "./signs.css";
import "./legend.css";
import "./credits.css";
import "../planning/map/marks.css";
import { effect, signal, useSignal } from "@preact/signals";
import type { Map as MapLibreMap } from "maplibre-gl";
import { useEffect, useRef } from "preact/hooks";
import { select, showLeak } from "../actions";
import { cornerFaces } from "../planning/map/corners";
import { inhabitPlanning } from "../planning/map/inhabit";
import { planFaces } from "../planning/map/planFaces";
import { chooseArmOf } from "../planning/map/press";
import { planning } from "../planning/state";
import { area, operation, readout, streets, supposing } from "../state";
import { boardFirst } from "../what-if";
import { Credits } from "./Credits";
import { CordonMap, rootScale } from "./cordonMap";
import { armFaces, leakFaces, siteFaces } from "./faces";
import { Roving } from "./keyboard";
import { Legend } from "./Legend";
import { leakBadges } from "./leaks";
import { ButtonLayer } from "./markers";
import { Ground } from "./pointer";
import { say, wholeInWords } from "./readout";
import { makeDraggable, stepArm, toggleArm } from "./whatif";
import { FONT } from "./wordStyle";

declare global {
  interface Window {
    /** For tests only: the map under the console. */
    ringfenceMap?: MapLibreMap;
  }
}

/** What the cross stands on, for those who listen; the readout itself changes too often to be read aloud. */
const told = signal("");

export function MapView() {
  const frame = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const cordon = useRef<CordonMap | null>(null);
  const trouble = useSignal(false);
  const ready = operation.value !== null && area.value !== null && streets.value !== null;

  useEffect(() => {
    if (!ready) return;
    let gone = false;
    let end = () => {};
    void loadFonts().then(() => {
      if (gone || !frame.current || !canvas.current) return;
      try {
        cordon.current = new CordonMap(canvas.current, frame.current);
        end = inhabit(cordon.current);
      } catch (error) {
        console.error(error); // no WebGL: everything else still works
        trouble.value = true;
      }
    });
    return () => {
      gone = true;
      end();
      cordon.current?.end();
      cordon.current = null;
    };
  }, [ready, trouble]);

  const zoom = (steps: number) => cordon.current?.map.zoomTo(cordon.current.map.getZoom() + steps, { duration: 250 });
  return (
    <section
      class="map"
      aria-label="Map of the cordon"
      data-supposing={supposing.value ? "yes" : "no"}
      data-planning={planning.value ? "yes" : "no"}
      ref={frame}
    >
      <div class="map-canvas" ref={canvas} />
      <div class="map-cross" aria-hidden="true" />
      {trouble.value && (
        <p class="map-trouble">The map can't be drawn: this browser has no WebGL. Board and log work without it.</p>
      )}
      <div class="map-controls">
        <button type="button" onClick={() => zoom(1)} aria-label="Zoom in" title="Zoom in">
          <span aria-hidden="true">+</span>
        </button>
        <button type="button" onClick={() => zoom(-1)} aria-label="Zoom out" title="Zoom out">
          <span aria-hidden="true">−</span>
        </button>
        <button
          type="button"
          onClick={() => cordon.current?.fitWhole()}
          aria-label="Whole operation"
          title="Whole operation"
        >
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4" />
            <circle cx="10" cy="10" r="2.5" />
          </svg>
        </button>
      </div>
      <div class="map-foot">
        {readout.value && <p class="map-readout">{readout.value}</p>}
        <Legend />
      </div>
      <Credits />
      <p class="map-unseen" id="map-keys">
        Arrow keys move the map, plus and minus zoom. The next stop of the Tab key is a barrier: from there, arrow keys
        go to the nearest thing in that direction and Enter selects it. While supposing, P puts a barrier on the street
        under the cross, and Shift with an arrow key moves a barrier.
      </p>
      <p class="map-unseen" role="status">
        {told.value}
      </p>
    </section>
  );
}

/** Buttons, pointer and keyboard on the map. */
function inhabit(cordon: CordonMap): () => void {
  const { map } = cordon;
  window.ringfenceMap = map;
  const ground = map.getCanvas();
  ground.setAttribute("role", "application"); // it has keys of its own
  ground.setAttribute("aria-roledescription", "map");
  ground.setAttribute("aria-describedby", "map-keys");
  const ending = effect(() => ground.setAttribute("aria-label", `Street map. ${wholeInWords()}`.trim()));
  new Ground(map, (words) => {
    told.value = words;
  });
  const roving = new Roving(map, (event, element) => {
    const key = element.dataset.key ?? "";
    if (drawn.key(event, key)) return true;
    return event.shiftKey && key.startsWith("arm ") && stepArm(key, event.key);
  });
  const layer = (activate: (key: string) => void, made?: (element: HTMLButtonElement, key: string) => void) => {
    const buttons: ButtonLayer = new ButtonLayer(map, {
      activate,
      point: (key, here) => say(here ? (buttons.face(key)?.label ?? "") : ""),
      ...(made && { made }),
    });
    return buttons;
  };
  const arms = layer(
    (key) => {
      const { barrier = "", arm = "0" } = arms.element(key)?.dataset ?? {};
      if (supposing.peek()) toggleArm(key);
      else if (planning.peek()) chooseArmOf(barrier, Number(arm));
      else pick("barrier", barrier);
    },
    (element, key) => makeDraggable(map, element, key),
  );
  const sites = layer((key) => pick("site", key.slice("site ".length)));
  const drawn = inhabitPlanning(cordon, layer);
  const leaks = layer((key) => {
    const badge = leakBadges.peek().find((one) => `leak ${one.key}` === key);
    if (badge && !planning.peek()) showLeak(badge.promise, badge.index);
  });
  // Sites first and leaks last: what comes later lies on top.
  const endings = [
    effect(() => sites.show(siteFaces.value)),
    effect(() => arms.show(armFaces.value)),
    effect(() => {
      if (boardFirst.value) return;
      leaks.show(leakFaces.value);
      keepWordsInside(map);
    }),
    effect(() => {
      if (boardFirst.value) return;
      void [siteFaces.value, planFaces.value, cornerFaces.value, armFaces.value, leakFaces.value];
      queueMicrotask(() => roving.refresh());
    }),
    ending,
    ...drawn.endings,
  ];
  map.on("moveend", () => roving.refresh());
  map.on("move", () => keepWordsInside(map));
  return () => {
    for (const one of endings) one();
    delete window.ringfenceMap;
  };
}

/** The words of a leak stand behind its start, not on its line, on the side that has room. */
function keepWordsInside(map: MapLibreMap): void {
  const { clientWidth, clientHeight } = map.getContainer();
  const scale = rootScale();
  for (const badge of leakBadges.peek()) {
    const element = map.getContainer().querySelector<HTMLElement>(`[data-key="leak ${badge.key}"]`);
    if (!element) continue;
    const { x, y } = map.project(badge.at);
    const above = badge.headsSouth ? y > 90 * scale : y > clientHeight - 120 * scale;
    if (above) element.dataset.above = "yes";
    else delete element.dataset.above;
    element.dataset.side = x < clientWidth * 0.3 ? "right" : x > clientWidth * 0.7 ? "left" : "middle";
  }
}

function pick(kind: "barrier" | "site", id: string | undefined): void {
  if (id) select({ kind, id });
}

/** Letters that the canvas draws before the font is there would stay in another font for good. */
async function loadFonts(): Promise<void> {
  const names = new Set(streets.peek()?.features.map((one) => one.properties.name));
  for (const one of operation.peek()?.sites ?? []) names.add(one.name);
  const letters = [...new Set([...names].join(""))].join("") || "a";
  const family = `"${FONT.regular[0]}"`;
  await Promise.allSettled([400, 500, 700].map((weight) => document.fonts.load(`${weight} 16px ${family}`, letters)));
}
