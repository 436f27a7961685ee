// Ways in and paths that work, as lines. A way in is the loudest thing on the map.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { MapColours } from "./colours";

/** Width in pixels of a way in that is looked at. */
export function leakWidth(zoom: number, scale: number): number {
  return (5.6 + Math.min(1, Math.max(0, (zoom - 13) / 4)) * 2.4) * scale;
}

const isKind = (kind: string, certain?: boolean): FilterSpecification =>
  certain === undefined
    ? ["==", ["get", "kind"], kind]
    : ["all", ["==", ["get", "kind"], kind], ["==", ["get", "certain"], certain]];

export function leakLayers(colours: MapColours, scale: number): LayerSpecification[] {
  const strong: ExpressionSpecification = ["boolean", ["get", "strong"], false];
  const thick = (thickness: number, faint: number): ExpressionSpecification => [
    "interpolate",
    ["linear"],
    ["zoom"],
    13,
    ["case", strong, thickness * 0.7 * scale, faint * 0.7 * scale],
    17,
    ["case", strong, thickness * scale, faint * scale],
  ];
  const seen: ExpressionSpecification = ["case", strong, 1, 0.72];
  const round = { "line-cap": "round", "line-join": "round" } as const;
  const joined = { "line-join": "round" } as const;
  const arrows = (id: string, image: string, filter: FilterSpecification): LayerSpecification => ({
    id,
    type: "symbol",
    source: "paths",
    filter,
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 95,
      "icon-image": image,
      "icon-rotation-alignment": "map",
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 13, 0.6 * scale, 17, scale],
    },
    paint: { "icon-opacity": seen },
  });
  return [
    {
      id: "ways-edge",
      type: "line",
      source: "paths",
      filter: isKind("way"),
      layout: round,
      paint: { "line-color": colours.paper, "line-width": thick(8.5, 8.5), "line-opacity": 0.9 },
    },
    {
      id: "ways",
      type: "line",
      source: "paths",
      filter: isKind("way"),
      layout: round,
      paint: { "line-color": colours.way, "line-width": thick(4.5, 4.5) },
    },
    arrows("way-arrows", "way-arrow", isKind("way")),
    {
      id: "leaks-edge",
      type: "line",
      source: "paths",
      filter: isKind("leak"),
      layout: round,
      paint: { "line-color": colours.paper, "line-width": thick(12, 8), "line-opacity": seen },
    },
    {
      id: "leaks",
      type: "line",
      source: "paths",
      filter: isKind("leak", true),
      layout: round,
      paint: { "line-color": colours.broken, "line-width": thick(8, 4.5), "line-opacity": seen },
    },
    {
      id: "leaks-doubted-faint", // strong ones are drawn in flow.ts,
      type: "line",
      source: "paths",
      filter: ["all", isKind("leak", false), ["!=", ["get", "strong"], true]] as FilterSpecification,
      layout: joined,
      paint: {
        "line-color": colours.broken,
        "line-width": thick(4.5, 4.5),
        "line-opacity": seen,
        "line-dasharray": [2.4, 1.6],
      },
    },
    arrows("leak-arrows", "leak-arrow", isKind("leak")),
  ];
}

/** Words of sites keep off the paths. Street names do so by themselves, in namePlacing.ts. */
export function pathRoomLayers(): LayerSpecification[] {
  return [
    {
      id: "path-room",
      type: "symbol",
      source: "paths",
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 18,
        "icon-image": "path-room",
        "icon-allow-overlap": true,
        "icon-padding": 0,
      },
      paint: { "icon-opacity": 0 },
    },
  ];
}
