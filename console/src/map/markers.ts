// Things on the map that can be reached: real buttons over the canvas. They are kept and changed, never made anew while
// they stay, so that focus and hover survive every step of the slider.
import { type Map as MapLibreMap, Marker } from "maplibre-gl";

/** What a button on the map is and says. `draw` is called only when `face` changed. */
export interface ButtonFace {
  key: string;
  lon: number;
  lat: number;
  className: string;
  label: string;
  /** Attributes such as data-barrier; null removes one. */
  data: Record<string, string | null>;
  pressed: boolean | null;
  /** Changes whenever the drawing has to. */
  face: string;
  draw: () => Array<Element | string>;
}

interface Held {
  marker: Marker;
  element: HTMLButtonElement;
  face: ButtonFace;
}

export interface ButtonHandlers {
  activate: (key: string) => void;
  /** Pointer or focus came (true) or went. */
  point: (key: string, here: boolean) => void;
  made?: (element: HTMLButtonElement, key: string) => void;
}

export class ButtonLayer {
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly map: MapLibreMap,
    private readonly handlers: ButtonHandlers,
  ) {}

  show(faces: readonly ButtonFace[]): void {
    const wanted = new Set(faces.map((one) => one.key));
    for (const [key, { marker }] of this.held) {
      if (wanted.has(key)) continue;
      marker.remove();
      this.held.delete(key);
    }
    for (const face of faces) {
      const held = this.held.get(face.key) ?? this.make(face);
      if (held.face.lon !== face.lon || held.face.lat !== face.lat) held.marker.setLngLat([face.lon, face.lat]);
      if (held.face !== face) dress(held.element, face, held.face);
      held.face = face;
    }
  }

  element(key: string): HTMLButtonElement | undefined {
    return this.held.get(key)?.element;
  }

  face(key: string): ButtonFace | undefined {
    return this.held.get(key)?.face;
  }

  clear(): void {
    this.show([]);
  }

  private make(face: ButtonFace): Held {
    const element = document.createElement("button");
    element.type = "button";
    element.tabIndex = -1; // one stop of the Tab key for all of them: keyboard.ts says which
    element.dataset.key = face.key;
    dress(element, face, null);
    const { activate, point, made } = this.handlers;
    element.addEventListener("click", (event) => {
      event.stopPropagation(); // the ground beneath was not meant
      activate(face.key);
    });
    element.addEventListener("dblclick", (event) => event.stopPropagation());
    element.addEventListener("pointerenter", () => point(face.key, true));
    element.addEventListener("pointerleave", () => point(face.key, false));
    element.addEventListener("focus", () => point(face.key, true));
    element.addEventListener("blur", () => point(face.key, false));
    const marker = new Marker({ element, anchor: "center", subpixelPositioning: true });
    marker.setLngLat([face.lon, face.lat]).addTo(this.map);
    made?.(element, face.key);
    const held = { marker, element, face };
    this.held.set(face.key, held);
    return held;
  }
}

function dress(element: HTMLButtonElement, face: ButtonFace, before: ButtonFace | null): void {
  if (before?.className !== face.className) {
    for (const one of before?.className.split(" ") ?? []) element.classList.remove(one); // MapLibre has classes of its own
    element.classList.add(...face.className.split(" "));
  }
  if (before?.label !== face.label) element.setAttribute("aria-label", face.label);
  if (before?.pressed !== face.pressed) {
    if (face.pressed === null) element.removeAttribute("aria-pressed");
    else element.setAttribute("aria-pressed", String(face.pressed));
  }
  for (const [name, value] of Object.entries(face.data)) {
    if (value === null) delete element.dataset[name];
    else if (element.dataset[name] !== value) element.dataset[name] = value;
  }
  if (before?.face !== face.face) element.replaceChildren(...face.draw());
}

/**
 * Words on a plate beside a sign, shown by the style sheet: they repeat what the button's own name says in full, and
 * names come from files that anyone may have written, so they are never markup.
 */
export function plate(className: string, ...lines: string[]): HTMLElement {
  const element = document.createElement("span");
  element.className = className;
  for (const line of lines) {
    const words = document.createElement("span");
    words.dataset.words = line;
    element.append(words);
  }
  return element;
}
