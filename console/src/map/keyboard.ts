// The keyboard on the map. All things on it share one stop of the Tab key; arrow keys go to the nearest thing in that
// direction. The ground has a stop of its own, where arrow keys move the map beneath a cross.
import type { Map as MapLibreMap } from "maplibre-gl";

const TURNS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class Roving {
  private current: HTMLButtonElement | null = null;

  constructor(
    private readonly map: MapLibreMap,
    /** Handles a key on a thing before roving does; true if it was used. */
    private readonly handle: (event: KeyboardEvent, element: HTMLButtonElement) => boolean,
  ) {
    const field = map.getCanvasContainer();
    field.addEventListener("keydown", (event) => this.keyDown(event));
    field.addEventListener("focusin", (event) => {
      if (event.target instanceof HTMLButtonElement) this.make(event.target);
    });
    // Focus on a thing out of sight would scroll the field, and the canvas with it.
    field.addEventListener("scroll", () => field.scrollTo(0, 0));
    map.getContainer().addEventListener("scroll", () => map.getContainer().scrollTo(0, 0));
  }

  /** Keep exactly one thing in the order of the Tab key: the last used, or a corner or barrier near the centre. */
  refresh(): void {
    const things = this.things();
    const middle = this.middle();
    const inSight = things.filter((one) => this.isInSight(one));
    if (this.current === document.activeElement && this.current && things.includes(this.current)) return;
    const [corners, planned, barriers] = ["corner", "plan", "barrier"].map((what) =>
      inSight.filter((one) => one.dataset[what]),
    ) as [HTMLButtonElement[], HTMLButtonElement[], HTMLButtonElement[]];
    // While an outline is changed, its corners are what one comes for.
    if (this.current && (corners.length ? corners : inSight).includes(this.current)) return;
    const choice = [corners, planned, barriers, inSight].find((one) => one.length) ?? things;
    const nearest = choice.sort((one, other) => far(one, middle) - far(other, middle))[0];
    this.make(nearest ?? null);
  }

  private make(element: HTMLButtonElement | null): void {
    if (this.current && this.current !== element) this.current.tabIndex = -1;
    this.current = element;
    if (element) element.tabIndex = 0;
  }

  private keyDown(event: KeyboardEvent): void {
    const element = event.target;
    if (!(element instanceof HTMLButtonElement)) return;
    if (this.handle(event, element)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const turn = TURNS[event.key];
    if (!turn || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // else the map would move beneath
    const next = this.nearest(element, turn);
    if (next) this.goTo(next);
  }

  private goTo(element: HTMLButtonElement): void {
    element.focus({ preventScroll: true });
    if (this.isInSight(element)) return;
    const [x, y] = centreOf(element);
    const box = this.map.getCanvas().getBoundingClientRect();
    this.map.panTo(this.map.unproject([x - box.left, y - box.top]));
  }

  /** The nearest thing that lies rather ahead than aside. */
  private nearest(from: HTMLButtonElement, [dx, dy]: [number, number]): HTMLButtonElement | null {
    const [x, y] = centreOf(from);
    let best: { element: HTMLButtonElement; cost: number } | null = null;
    for (const element of this.things()) {
      if (element === from) continue;
      const [ox, oy] = centreOf(element);
      const ahead = (ox - x) * dx + (oy - y) * dy;
      const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
      const cost = ahead + 2 * aside;
      if (ahead > 0.5 && aside <= ahead * 2.2 && (!best || cost < best.cost)) best = { element, cost };
    }
    return best?.element ?? null;
  }

  private things(): HTMLButtonElement[] {
    const all = this.map.getCanvasContainer().querySelectorAll<HTMLButtonElement>("button.map-mark");
    return [...all].filter((one) => one.checkVisibility({ visibilityProperty: true }));
  }

  private isInSight(element: HTMLElement): boolean {
    const box = this.map.getContainer().getBoundingClientRect();
    const [x, y] = centreOf(element);
    return x > box.left && x < box.right && y > box.top && y < box.bottom;
  }

  private middle(): [number, number] {
    const box = this.map.getContainer().getBoundingClientRect();
    return [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  }
}

function centreOf(element: HTMLElement): [number, number] {
  const box = element.getBoundingClientRect();
  return [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
}

function far(element: HTMLElement, [x, y]: [number, number]): number {
  const [ox, oy] = centreOf(element);
  return Math.hypot(ox - x, oy - y);
}
