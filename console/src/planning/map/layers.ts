// What the canvas draws for the planner: the street that was pressed, and an outline that is being drawn.
import type { Feature, FeatureCollection, Position } from "geojson";
import type { LayerSpecification } from "maplibre-gl";
import { NOTHING } from "../../map/basemap";
import type { MapColours } from "../../map/colours";
import { armLine } from "../arms";
import { drawing, editing } from "../drawing";
import { chosen, planning, pointed, shownArea } from "../state";

export function planningLayers(colours: MapColours): LayerSpecification[] {
  return [
    {
      id: "outline-edited",
      type: "line",
      source: "drawn",
      filter: ["==", ["get", "kind"], "edited"],
      layout: { "line-join": "round" },
      paint: { "line-color": colours.thought, "line-width": 3.2 },
    },
    {
      id: "chosen-street",
      type: "line",
      source: "drawn",
      filter: ["==", ["get", "kind"], "chosen"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colours.ring, "line-width": 9, "line-opacity": 0.55 },
    },
    {
      id: "drawing-line",
      type: "line",
      source: "drawn",
      filter: ["==", ["get", "kind"], "drawing"],
      layout: { "line-join": "round" },
      paint: { "line-color": colours.thought, "line-width": 3, "line-dasharray": [2.5, 1.5] },
    },
    {
      id: "drawing-corners",
      type: "circle",
      source: "drawn",
      filter: ["==", ["get", "kind"], "corner"],
      paint: {
        "circle-radius": 5.5,
        "circle-color": colours.paper,
        "circle-stroke-color": colours.thought,
        "circle-stroke-width": 2.5,
      },
    },
  ];
}

/** Where the pointer is while an outline is drawn: the line follows it. */
export function drawnCollection(pointer: Position | null): FeatureCollection {
  if (!planning.value) return NOTHING;
  const features: Feature[] = [];
  const line = (kind: string, coordinates: Position[]) => {
    if (coordinates.length > 1) {
      features.push({ type: "Feature", geometry: { type: "LineString", coordinates }, properties: { kind } });
    }
  };
  const outline = shownArea.value?.features.find((one) => one.properties.outline === editing.value);
  const now = drawing.value;
  if (outline && !now) {
    features.push({
      type: "Feature",
      geometry: outline.geometry as Feature["geometry"],
      properties: { kind: "edited" },
    });
  }
  for (const id of new Set([chosen.value?.id, pointed.value])) {
    const arm = id ? armLine(id) : null;
    if (arm) line("chosen", arm.line);
  }
  if (now) {
    const first = now.corners[0];
    line("drawing", [
      ...now.corners,
      ...(pointer ? [pointer] : []),
      ...(first && now.corners.length > 1 ? [first] : []),
    ]);
    for (const coordinates of now.corners) {
      features.push({ type: "Feature", geometry: { type: "Point", coordinates }, properties: { kind: "corner" } });
    }
  }
  return { type: "FeatureCollection", features };
}
