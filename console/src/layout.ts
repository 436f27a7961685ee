// How much room there is: a desk shows all panels, a tablet the board and one more, a phone one. A screen that is wide but
// low, as one is where a person has zoomed in far, shows one, too, and has its head and its time in fewer lines.
import { computed, signal } from "@preact/signals";
import { planning } from "./planning/state";
import { reviewing } from "./review/state";
import type { Panel } from "./state";
import { panel } from "./state";

export type Layout = "desk" | "tablet" | "phone";

const DESK = window.matchMedia("(min-width: 1100px) and (min-height: 480px)");
const TABLET = window.matchMedia("(min-width: 720px) and (min-height: 600px)");
const LOW = window.matchMedia("(min-width: 620px) and (max-height: 599px)");

export const layout = signal<Layout>(measured());
const isLow = signal<boolean>(LOW.matches);

for (const query of [DESK, TABLET, LOW]) {
  query.addEventListener("change", () => {
    layout.value = measured();
    isLow.value = LOW.matches;
  });
}

/** Whether the one panel lies across: there is width for two things beside each other, but no height. */
export const lies = computed(() => layout.value === "phone" && isLow.value);

function measured(): Layout {
  if (DESK.matches) return "desk";
  return TABLET.matches ? "tablet" : "phone";
}

/** The panels that take turns; none on a desk. */
export const tabs = computed<readonly Panel[]>(() => {
  if (layout.value === "desk") return [];
  return layout.value === "tablet" ? ["map", "log"] : ["board", "map", "log"];
});

/** The panel whose turn it is. */
export const turn = computed<Panel>(() =>
  tabs.value.includes(panel.value) ? panel.value : (tabs.value[0] ?? "board"),
);

/** What the panels are called: while planning or reviewing, others stand in their places. */
export const panelWords = computed<Record<Panel, string>>(() =>
  planning.value
    ? { board: "Question", map: "Map", log: "Plan" }
    : { board: reviewing.value ? "Review" : "Board", map: "Map", log: "Log" },
);

export function isShown(one: Panel): boolean {
  return !tabs.value.includes(one) || turn.value === one;
}
