// The canvas layers, from ground to words. Words that stand later in the list are placed first and push the others away.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { MapColours } from "./colours";
import { leakLayers } from "./leakStyle";
import { type StreetLook, WIDTHS } from "./streetClasses";

/** The canvas draws letters with the page's own font; a weight is read from the first family's name. */
const FAMILY = "Atkinson Hyperlegible Next Variable";
export const FONT = { regular: [FAMILY], medium: [`${FAMILY} Medium`, FAMILY], bold: [`${FAMILY} Bold`, FAMILY] };

/** What the layers depend on beside colours: how large letters are, and how many metres a pixel is worth. */
export interface Measures {
  /** 1 where the page's root font is 16 px; more on a wall. */
  scale: number;
  latitude: number;
}

export const SOURCES = ["streets", "names", "area", "words", "barriers", "occupied", "picked", "paths", "places"] as const;
export type SourceName = (typeof SOURCES)[number];

const isLook = (...looks: StreetLook[]): FilterSpecification => ["in", ["get", "look"], ["literal", looks]];
const isInferred: FilterSpecification = ["==", ["get", "inferred"], true];

export function mapLayers(colours: MapColours, measures: Measures): LayerSpecification[] {
  return [
    { id: "ground", type: "background", paint: { "background-color": colours.ground } },
    {
      id: "area-fill",
      type: "fill",
      source: "area",
      filter: ["==", ["get", "outline"], "protected"],
      paint: { "fill-color": colours.areaFill },
    },
    ...streetLayers(colours, measures),
    {
      id: "limit",
      type: "line",
      source: "area",
      filter: ["==", ["get", "outline"], "limit"],
      paint: { "line-color": colours.limit, "line-width": 1.6, "line-dasharray": [7, 2.5, 1.5, 2.5] },
    },
    {
      id: "area-line",
      type: "line",
      source: "area",
      filter: ["==", ["get", "outline"], "protected"],
      layout: { "line-join": "round" },
      paint: { "line-color": colours.areaLine, "line-width": 2.2 },
    },
    {
      id: "picked",
      type: "line",
      source: "picked",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colours.ring, "line-width": streetWidth(measures, 7), "line-opacity": 0.45 },
    },
    {
      id: "occupied-edge",
      type: "line",
      source: "occupied",
      paint: { "line-color": colours.paper, "line-width": 12 },
    },
    {
      id: "occupied",
      type: "line",
      source: "occupied",
      filter: ["==", ["get", "certain"], true],
      paint: { "line-color": colours.broken, "line-width": 9, "line-dasharray": [0.35, 0.3] },
    },
    {
      id: "occupied-perhaps",
      type: "line",
      source: "occupied",
      filter: ["==", ["get", "certain"], false],
      paint: { "line-color": colours.doubt, "line-width": 9, "line-dasharray": [0.25, 0.6] },
    },
    ...wordLayers(colours, measures),
    ...leakLayers(colours),
    ...placeLayers(colours, measures),
    ...barrierWordLayers(colours, measures),
  ];
}

function streetLayers(colours: MapColours, measures: Measures): LayerSpecification[] {
  const rankOrder: ExpressionSpecification = ["-", 9, ["get", "rank"]];
  const wheels: FilterSpecification = ["!=", ["get", "look"], "walk"];
  const surface: ExpressionSpecification = [
    "case",
    isInferred as ExpressionSpecification,
    colours.streetInferred,
    isLook("bus") as ExpressionSpecification,
    colours.streetBus,
    isLook("minor", "lane") as ExpressionSpecification,
    colours.streetMinor,
    colours.street,
  ];
  const edge: ExpressionSpecification = [
    "case",
    isLook("minor", "lane", "bus") as ExpressionSpecification,
    colours.casingMinor,
    colours.casing,
  ];
  return [
    {
      id: "walks",
      type: "line",
      source: "streets",
      filter: isLook("walk"),
      paint: { "line-color": colours.walk, "line-width": 1.4, "line-dasharray": [2.6, 1.8] },
    },
    {
      id: "street-edges",
      type: "line",
      source: "streets",
      filter: ["all", wheels, ["!", isInferred]] as FilterSpecification,
      layout: { "line-cap": "round", "line-join": "round", "line-sort-key": rankOrder },
      paint: { "line-color": edge, "line-width": streetWidth(measures, 2) },
    },
    {
      id: "street-edges-inferred",
      type: "line",
      source: "streets",
      filter: ["all", wheels, isInferred] as FilterSpecification,
      layout: { "line-join": "round" },
      paint: {
        "line-color": edge,
        "line-width": ["interpolate", ["linear"], ["zoom"], 13, 0.6, 16, 1],
        "line-gap-width": streetWidth(measures, 0),
        "line-dasharray": [6, 4],
      },
    },
    {
      id: "street-surfaces",
      type: "line",
      source: "streets",
      filter: wheels,
      layout: { "line-cap": "round", "line-join": "round", "line-sort-key": rankOrder },
      paint: { "line-color": surface, "line-width": streetWidth(measures, 0) },
    },
    {
      id: "oneways",
      type: "symbol",
      source: "streets",
      minzoom: 16.2,
      filter: ["!=", ["get", "oneway"], 0],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 110,
        "icon-image": "oneway",
        "icon-rotate": ["case", ["==", ["get", "oneway"], 1], 0, 180],
        "icon-rotation-alignment": "map",
        "icon-size": ["interpolate", ["linear"], ["zoom"], 16, 0.7, 18, 1],
        "icon-padding": 0,
      },
    },
  ];
}

/** True to the ground from a zoom on, never thinner than legible before; `beside_px` is added. */
function streetWidth(measures: Measures, beside_px: number): ExpressionSpecification {
  const stops = [11, 14, 15, 16, 20].flatMap((zoom) => {
    const metresPerPixel = (78_271.5 * Math.cos((measures.latitude * Math.PI) / 180)) / 2 ** zoom;
    const widths = Object.entries(WIDTHS).flatMap(([look, { ground_m, px_min }]) => [
      look,
      Math.max(px_min * (1 + (zoom - 11) / 6), ground_m / metresPerPixel) + beside_px,
    ]);
    return [zoom, ["match", ["get", "look"], ...widths, 2 + beside_px]];
  });
  return ["interpolate", ["exponential", 2], ["zoom"], ...stops] as unknown as ExpressionSpecification;
}

function wordLayers(colours: MapColours, { scale }: Measures): LayerSpecification[] {
  const byRank = (main: number, other: number): ExpressionSpecification => [
    "case",
    ["<=", ["get", "rank"], 2],
    main * scale,
    other * scale,
  ];
  const size: ExpressionSpecification = [
    "interpolate",
    ["linear"],
    ["zoom"],
    13,
    byRank(11.5, 11),
    16,
    byRank(14, 12.5),
    19,
    byRank(19, 16),
  ];
  const streetWords = {
    layout: {
      "text-field": ["get", "name"],
      "text-font": FONT.medium,
      "text-size": size,
      "text-max-angle": 32,
      "text-padding": 6,
      "symbol-sort-key": ["get", "order"],
    },
    paint: {
      "text-color": ["case", ["<=", ["get", "rank"], 2], colours.label, colours.labelMinor],
      "text-halo-color": colours.halo,
      "text-halo-width": 1.8,
    },
  } as const;
  const rankShown: FilterSpecification = ["<=", ["get", "rank"], ["step", ["zoom"], 1, 14, 2, 14.8, 3, 15.8, 5]];
  return [
    {
      id: "sites",
      type: "symbol",
      source: "words",
      minzoom: 15.6,
      filter: ["==", ["get", "kind"], "site"],
      layout: {
        "text-field": ["get", "text"],
        "text-font": FONT.regular,
        "text-size": ["interpolate", ["linear"], ["zoom"], 15.5, 11 * scale, 18, 14 * scale],
        "text-variable-anchor": ["left", "right", "top", "bottom"],
        "text-radial-offset": 0.85,
        "text-justify": "auto",
        "text-max-width": 8,
        "text-padding": 4,
      },
      paint: { "text-color": colours.labelSite, "text-halo-color": colours.halo, "text-halo-width": 1.6 },
    },
    {
      id: "portals",
      type: "symbol",
      source: "words",
      filter: ["==", ["get", "kind"], "portal"],
      layout: {
        "text-field": ["get", "text"],
        "text-font": FONT.regular,
        "text-size": 12 * scale,
        "text-variable-anchor": ["top", "bottom", "left", "right"],
        "text-radial-offset": 0.7,
      },
      paint: { "text-color": colours.labelSite, "text-halo-color": colours.halo, "text-halo-width": 1.6 },
    },
    {
      id: "street-names-far",
      type: "symbol",
      source: "names",
      maxzoom: 16,
      filter: rankShown,
      layout: { ...streetWords.layout, "symbol-placement": "line-center" },
      paint: streetWords.paint,
    },
    {
      id: "street-names-near",
      type: "symbol",
      source: "names",
      minzoom: 16,
      layout: { ...streetWords.layout, "symbol-placement": "line", "symbol-spacing": 520 },
      paint: streetWords.paint,
    },
    {
      id: "area-word",
      type: "symbol",
      source: "words",
      minzoom: 14,
      filter: ["==", ["get", "kind"], "area"],
      layout: {
        "text-field": ["get", "text"],
        "text-font": FONT.bold,
        "text-size": ["interpolate", ["linear"], ["zoom"], 14, 12 * scale, 18, 20 * scale],
        "text-letter-spacing": 0.02,
        "text-max-width": 7,
      },
      paint: { "text-color": colours.areaLabel, "text-halo-color": colours.areaFill, "text-halo-width": 2 },
    },
  ] as LayerSpecification[];
}

function placeLayers(colours: MapColours, { scale }: Measures): LayerSpecification[] {
  return [
    {
      id: "places",
      type: "circle",
      source: "places",
      paint: {
        "circle-radius": 11 * scale,
        "circle-color": colours.paper,
        "circle-stroke-color": colours.ring,
        "circle-stroke-width": 3,
      },
    },
    {
      id: "place-numbers",
      type: "symbol",
      source: "places",
      layout: {
        "text-field": ["get", "number"],
        "text-font": FONT.bold,
        "text-size": 13 * scale,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: { "text-color": colours.ink },
    },
  ];
}

/** Barriers' names near to; and, at every zoom, room kept free of words where their symbols stand. */
function barrierWordLayers(colours: MapColours, { scale }: Measures): LayerSpecification[] {
  return [
    {
      id: "barrier-names",
      type: "symbol",
      source: "barriers",
      minzoom: 16.6,
      filter: ["==", ["get", "first"], true],
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT.bold,
        "text-size": 12.5 * scale,
        "text-variable-anchor": ["top", "bottom", "right", "left", "top-left", "bottom-right"],
        "text-radial-offset": 1.8,
        "text-justify": "auto",
        "text-max-width": 11,
        "text-padding": 3,
      },
      paint: { "text-color": colours.label, "text-halo-color": colours.halo, "text-halo-width": 2 },
    },
    {
      id: "barrier-room",
      type: "symbol",
      source: "barriers",
      layout: {
        "icon-image": "room",
        "icon-size": scale,
        "icon-padding": 1,
        "icon-allow-overlap": true,
      },
      paint: { "icon-opacity": 0 },
    },
  ];
}
