// The colours of the map, one table for canvas and symbols. Grey and ink carry what is as promised; a strong colour means
// that something is not. In the night theme there is only red on black, so there brightness and shape carry the meaning.
import type { Theme } from "../state";

export interface MapColours {
  ground: string;
  street: string; // the surface of main streets
  streetMinor: string;
  streetBus: string;
  streetInferred: string; // not seen in a source
  casing: string;
  casingMinor: string;
  walk: string; // footways
  arrow: string; // one-way arrows
  label: string;
  labelMinor: string;
  labelSite: string;
  halo: string;
  areaFill: string;
  areaLine: string;
  areaLabel: string;
  limit: string;
  paper: string; // plates behind symbols and words
  ink: string; // a barrier that stands; words on plates
  quiet: string; // sites, barriers not yet placed
  broken: string;
  brokenInk: string; // words on `broken`
  doubt: string;
  doubtInk: string;
  way: string; // a path that proves a promise
  thought: string; // only supposed or planned, never real
  thoughtInk: string;
  ring: string; // around what is selected
}

export const COLOURS: Record<Theme, MapColours> = {
  light: {
    ground: "#e8eaeb",
    street: "#ffffff",
    streetMinor: "#ffffff",
    streetBus: "#dde1e4",
    streetInferred: "#f4f5f5",
    casing: "#a3abb1",
    casingMinor: "#bcc3c8",
    walk: "#98a1a8",
    arrow: "#7d878e",
    label: "#27323a",
    labelMinor: "#46525b",
    labelSite: "#525d65",
    halo: "#ffffff",
    areaFill: "#d3dfe9",
    areaLine: "#3f6788",
    areaLabel: "#2a4f6e",
    limit: "#68747c",
    paper: "#ffffff",
    ink: "#1c2b36",
    quiet: "#66727b",
    broken: "#c4320a",
    brokenInk: "#ffffff",
    doubt: "#8a5a00",
    doubtInk: "#ffffff",
    way: "#00705a",
    thought: "#5a35c4",
    thoughtInk: "#ffffff",
    ring: "#0b57c2",
  },
  dark: {
    ground: "#1a1f23",
    street: "#434d55",
    streetMinor: "#38414a",
    streetBus: "#2c343b",
    streetInferred: "#2d353c",
    casing: "#0e1215",
    casingMinor: "#11161a",
    walk: "#5d6972",
    arrow: "#98a4ad",
    label: "#e6ecf0",
    labelMinor: "#c4ced6",
    labelSite: "#a9b5be",
    halo: "#12171b",
    areaFill: "#22313e",
    areaLine: "#83abcb",
    areaLabel: "#b4d2ea",
    limit: "#8794a0",
    paper: "#12171b",
    ink: "#f2f6f8",
    quiet: "#9ba8b2",
    broken: "#ff7a4d",
    brokenInk: "#200a02",
    doubt: "#f2b53c",
    doubtInk: "#1f1500",
    way: "#43cfae",
    thought: "#b8a4ff",
    thoughtInk: "#150b33",
    ring: "#7cb8ff",
  },
  night: {
    ground: "#000000",
    street: "#3d0b06",
    streetMinor: "#2e0905",
    streetBus: "#200603",
    streetInferred: "#1f0603",
    casing: "#000000",
    casingMinor: "#000000",
    walk: "#5a160c",
    arrow: "#8f2a1a",
    label: "#e0503a",
    labelMinor: "#c74430",
    labelSite: "#b43c29",
    halo: "#000000",
    areaFill: "#170402",
    areaLine: "#a83220",
    areaLabel: "#d04a35",
    limit: "#7c2417",
    paper: "#000000",
    ink: "#d2452f",
    quiet: "#a33322",
    broken: "#ff6b52",
    brokenInk: "#000000",
    doubt: "#f05a42",
    doubtInk: "#000000",
    way: "#b93c29",
    thought: "#d2452f",
    thoughtInk: "#000000",
    ring: "#ff9a86",
  },
};

/** Hand the colours to the style sheet, so that symbols and plates agree with the canvas. */
export function paintElement(element: HTMLElement, colours: MapColours): void {
  for (const [name, value] of Object.entries(colours)) {
    element.style.setProperty(`--map-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
}
