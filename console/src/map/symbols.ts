// Symbols of the map as SVG, made with the DOM so that nothing is ever parsed as markup. Colours come from the style sheet.
import { forbiddenSymbol, pinnedSymbol } from "../planning/map/symbols";
import type { ArmMark } from "./armMarks";

const SVG = "http://www.w3.org/2000/svg";

type Attributes = Record<string, string | number>;

export function shape(name: string, attributes: Attributes): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

export function drawing(half: number, ...shapes: SVGElement[]): SVGElement {
  const svg = shape("svg", { viewBox: `${-half} ${-half} ${2 * half} ${2 * half}`, "aria-hidden": "true" });
  svg.append(...shapes);
  return svg;
}

export const bar = (x: number, width: number, className: string, y = -4.5, height = 9) =>
  shape("rect", { x, y, width, height, rx: 1.6, class: className });

/** A bar across its street: whole where it holds, apart where it does not, outlined where that is open. */
type ArmLooks = Pick<ArmMark, "look" | "gate" | "staffed" | "bearing_deg" | "supposed" | "first">;

export function armSymbol(mark: ArmLooks): SVGElement {
  const turned = shape("g", { transform: `rotate(${Math.round(mark.bearing_deg)})` });
  turned.append(...barShapes(mark));
  const rings = mark.supposed ? [shape("circle", { r: 18.5, class: "sign-supposed" })] : [];
  const open = mark.look === "doubt" || mark.look === "gone?";
  const question = open && mark.first ? questionMark(12, -12) : [];
  return drawing(21, shape("circle", { r: 19.5, class: "sign-ring" }), ...rings, turned, ...question);
}

function barShapes({ look, gate, staffed }: Pick<ArmMark, "look" | "gate" | "staffed">): SVGElement[] {
  if (look === "gone" || look === "gone?") {
    const kind = look === "gone" ? "sign-gone" : "sign-gone-perhaps";
    const left = bar(-16, 14, kind, -8.5, 8); // slipped apart along the street
    const right = bar(2, 14, kind, 0.5, 8);
    const plates = [left, right].map((one) => {
      const plate = one.cloneNode() as SVGElement;
      plate.setAttribute("class", "sign-plate");
      return plate;
    });
    return [...plates, left, right];
  }
  if (look === "planned") return [bar(-15, 30, "sign-plate"), bar(-15, 30, "sign-planned")];
  if (look === "part") return [bar(-15, 30, "sign-plate"), bar(-15, 30, "sign-part"), bar(-15, 13, "sign-part-filled")];
  if (look === "doubt") return [bar(-15, 30, "sign-plate"), bar(-15, 30, "sign-doubt"), ...hatching()];
  if (!gate) return [bar(-15, 30, "sign-plate"), bar(-15, 30, "sign-stands")];
  const officer = shape("circle", { r: 3, class: staffed === "yes" ? "sign-officer" : `sign-no-officer` });
  return [bar(-16, 32, "sign-plate"), bar(-16, 10.5, "sign-stands"), bar(5.5, 10.5, "sign-stands"), officer];
}

const hatching = () =>
  [-9, -3, 3, 9].map((x) => shape("path", { d: `M${x - 3} 4 L${x + 3} -4`, class: "sign-hatching" }));

function questionMark(x: number, y: number): SVGElement[] {
  const text = shape("text", { x, y: y + 4.6, class: "sign-question" });
  text.textContent = "?";
  return [shape("circle", { cx: x, cy: y, r: 7.5, class: "sign-question-plate" }), text];
}

/** An arm of a plan: two hollow bars, so that it is never taken for a barrier that stands. */
export function planSymbol(bearing_deg: number): SVGElement {
  const turned = shape("g", { transform: `rotate(${Math.round(bearing_deg)})` });
  turned.append(
    bar(-16, 32, "sign-plate", -7.5, 15),
    bar(-15, 30, "sign-plan", -6.5, 5),
    bar(-15, 30, "sign-plan", 1.5, 5),
  );
  return drawing(21, shape("circle", { r: 19.5, class: "sign-ring" }), turned);
}

/** What stands for a kind of site: a plain figure, drawn by strokes. */
const FIGURES: Record<string, string> = {
  station: "M-3 -4 h6 v6 h-6 z M-3 -0.5 h6 M-2.5 4.5 l1.5 -2.5 M2.5 4.5 l-1.5 -2.5",
  bus_interchange: "M-4 -3 h8 v5.5 h-8 z M-4 0 h8 M-2.3 4 v-1.5 M2.3 4 v-1.5",
  school: "M-5 -1.5 L0 -4 L5 -1.5 L0 1 z M-3 0 v3.2 q3 1.8 6 0 V0",
  university: "M-5 -1.5 L0 -4 L5 -1.5 L0 1 z M-3 0 v3.2 q3 1.8 6 0 V0",
  hospital: "M0 -4 v8 M-4 0 h8",
  court: "M-4.5 4 h9 M-4.5 -2 L0 -4.5 L4.5 -2 z M-3 -1.5 v5 M0 -1.5 v5 M3 -1.5 v5",
  parliament: "M-4.5 4 h9 M-4.5 -2 L0 -4.5 L4.5 -2 z M-3 -1.5 v5 M0 -1.5 v5 M3 -1.5 v5",
  church: "M0 -5 v9.5 M-2.6 -2 h5.2",
  library: "M0 -3 q-2.2 -1.4 -4.5 -0.6 v7 q2.3 -0.8 4.5 0.6 q2.2 -1.4 4.5 -0.6 v-7 q-2.3 -0.8 -4.5 0.6 z v7",
  archive: "M0 -3 q-2.2 -1.4 -4.5 -0.6 v7 q2.3 -0.8 4.5 0.6 q2.2 -1.4 4.5 -0.6 v-7 q-2.3 -0.8 -4.5 0.6 z v7",
};

export function siteSymbol(kind: string, closed: boolean): SVGElement {
  const figure = FIGURES[kind];
  return drawing(
    12,
    shape("circle", { r: 11, class: "sign-ring" }),
    shape("rect", { x: -7.5, y: -7.5, width: 15, height: 15, rx: 4, class: "sign-site" }),
    figure
      ? shape("path", { d: figure, class: "sign-site-figure" })
      : shape("circle", { r: 2, class: "sign-site-dot" }),
    ...(closed ? [shape("path", { d: "M-8.5 8.5 L8.5 -8.5", class: "sign-site-closed" })] : []),
  );
}

export type LegendSign = "gate" | "gate-empty" | "block" | "gone" | "gone?" | "doubt" | "part" | "planned" | PlanSign;
type PlanSign = "plan" | "pinned" | "forbidden";

/** A symbol for the legend, level. */
export function legendSymbol(sign: LegendSign): SVGElement {
  if (sign === "plan") return planSymbol(0);
  if (sign === "pinned") return pinnedSymbol(0);
  if (sign === "forbidden") return forbiddenSymbol(0);
  const common = { bearing_deg: 0, supposed: null, first: true };
  if (sign === "gate") return armSymbol({ ...common, look: "stands", gate: true, staffed: "yes" });
  if (sign === "gate-empty") return armSymbol({ ...common, look: "stands", gate: true, staffed: "no" });
  if (sign === "block") return armSymbol({ ...common, look: "stands", gate: false, staffed: "no" });
  return armSymbol({ ...common, look: sign, gate: false, staffed: "no" });
}
