// The canvas layers, from ground to words. Words that stand later in the list are placed first and push the others away.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import { planningLayers } from "../planning/map/layers";
import type { MapColours } from "./colours";
import { leakLayers } from "./leakStyle";
import { type StreetLook, WIDTHS } from "./streetClasses";
import { barrierWordLayers, type Measures, placeLayers, wordLayers } from "./wordStyle";

export const SOURCES = [
  "streets",
  "names",
  "area",
  "words",
  "barriers",
  "occupied",
  "picked",
  "paths",
  "places",
  "drawn",
] as const;
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
    ...planningLayers(colours),
    ...leakLayers(colours, measures.scale),
    ...wordLayers(colours, measures),
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
