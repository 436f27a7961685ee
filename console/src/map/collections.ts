// What changes on the map while one looks, as small GeoJSON.
import type { Feature, FeatureCollection } from "geojson";
import { picture, placeReadings, selection, streets } from "../state";
import { armMarks } from "./armMarks";
import { NOTHING } from "./basemap";
import { streetLook } from "./streetClasses";

export function barrierCollection(): FeatureCollection {
  const features = armMarks.value.map(
    ({ lon, lat, name, first, tag, supposed }): Feature => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [lon, lat] },
      properties: { name, first, tagged: first && (tag !== "" || supposed !== null) },
    }),
  );
  return { type: "FeatureCollection", features };
}

export function occupiedCollection(): FeatureCollection {
  const occupied = picture.value?.occupied ?? [];
  const sure = occupied.filter((one) => one.occupied === "yes").map((one) => one.segment);
  const perhaps = occupied.filter((one) => one.occupied !== "yes").map((one) => one.segment);
  const lines = (segments: string[], certain: boolean) => segmentCollection(new Set(segments), { certain }).features;
  return { type: "FeatureCollection", features: [...lines(sure, true), ...lines(perhaps, false)] };
}

export function segmentCollection(segments: ReadonlySet<string>, extra: Record<string, unknown>): FeatureCollection {
  if (!segments.size) return NOTHING;
  const found = streets.value?.features.filter((one) => segments.has(one.properties.id)) ?? [];
  const features = found.map(
    ({ geometry, properties }): Feature => ({
      type: "Feature",
      geometry,
      properties: { look: streetLook(properties.highway), ...extra },
    }),
  );
  return { type: "FeatureCollection", features };
}

export function placeCollection(): FeatureCollection {
  const picked = selection.value?.kind === "place" ? [selection.value.reading] : [];
  const readings = placeReadings.value.length ? placeReadings.value : picked;
  const features = readings.map(
    ({ lon, lat }, index): Feature => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [lon, lat] },
      properties: { number: readings.length > 1 ? String(index + 1) : "" },
    }),
  );
  return { type: "FeatureCollection", features };
}
