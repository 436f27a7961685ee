// The sources of the canvas as the map starts: the ground at once, the rest empty until there is something to show.
import { shownArea } from "../planning/state";
import { operation, streets } from "../state";
import { areaCollection, NOTHING, streetCollection, wordCollection } from "./basemap";
import { SOURCES } from "./style";

export function sourcesOfStyle() {
  const start = { type: "geojson", data: NOTHING, tolerance: 0.2 } as const;
  const [ground, outline, whole] = [streets.peek(), shownArea.peek(), operation.peek()];
  return {
    ...Object.fromEntries(SOURCES.map((name) => [name, start])),
    streets: { ...start, data: ground ? streetCollection(ground) : NOTHING, maxzoom: 16 },
    area: { ...start, data: outline ? areaCollection(outline) : NOTHING },
    words: { ...start, data: whole && outline ? wordCollection(whole, outline) : NOTHING },
    names: { ...start, maxzoom: 12, tolerance: 0, buffer: 256 }, // few tiles, so that no name is cut by an edge
  };
}
