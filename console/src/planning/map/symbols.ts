// Signs of planning: what must be there bears a pin, what must not is struck through, corners are squares and rings.
import { bar, drawing, planSymbol, shape } from "../../map/symbols";

/** A barrier of the plan that was asked for: the same two bars, and a pin's head above them. */
export function pinnedSymbol(bearing_deg: number): SVGElement {
  const symbol = planSymbol(bearing_deg);
  symbol.append(
    shape("path", { d: "M11 -11 L11 -4", class: "sign-pin-needle" }),
    shape("circle", { cx: 11, cy: -14, r: 5, class: "sign-pin" }),
  );
  return symbol;
}

/** No barrier here: a bar in a ring, struck through. */
export function forbiddenSymbol(bearing_deg: number): SVGElement {
  const turned = shape("g", { transform: `rotate(${Math.round(bearing_deg)})` });
  turned.append(bar(-8, 16, "sign-forbidden-bar", -2.5, 5));
  return drawing(
    21,
    shape("circle", { r: 19.5, class: "sign-ring" }),
    shape("circle", { r: 13, class: "sign-forbidden" }),
    turned,
    shape("path", { d: "M-9 -9 L9 9", class: "sign-forbidden-stroke" }),
  );
}

export function cornerSymbol(held: boolean): SVGElement {
  return drawing(
    14,
    shape("rect", {
      x: -6,
      y: -6,
      width: 12,
      height: 12,
      rx: 2,
      class: held ? "sign-corner sign-held" : "sign-corner",
    }),
    ...(held ? [shape("path", { d: "M0 -13v5M0 13v-5M-13 0h5M13 0h-5", class: "sign-held-arrows" })] : []),
  );
}

/** Where a further corner would be. */
export function middleSymbol(): SVGElement {
  return drawing(
    14,
    shape("circle", { r: 5.5, class: "sign-middle" }),
    shape("path", { d: "M-2.6 0h5.2M0 -2.6v5.2", class: "sign-middle-plus" }),
  );
}
