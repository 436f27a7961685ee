// Words on the canvas: streets, sites, the area, barriers. Important streets are placed first.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { MapColours } from "./colours";
import { pathRoomLayers } from "./leakStyle";

/** The canvas draws letters with the page's own font; a weight is read from the first family's name. */
const FAMILY = "Atkinson Hyperlegible Next Variable";
export const FONT = { regular: [FAMILY], medium: [`${FAMILY} Medium`, FAMILY], bold: [`${FAMILY} Bold`, FAMILY] };

/** What the layers depend on beside colours: how large letters are, and how many metres a pixel is worth. */
export interface Measures {
  /** 1 where the page's root font is 16 px; more on a wall. */
  scale: number;
  latitude: number;
}

/** Sizes of street names in pixels: of important streets, and of others. */
const NAME_SIZES: ReadonlyArray<readonly [zoom: number, main: number, other: number]> = [
  [13, 11.5, 11],
  [16, 14, 12.5],
  [19, 19, 16],
];

/** How far beside its street a name stands, in its own size. */
export const BESIDE_EM = 1.4;

export function nameSize(zoom: number, rank: number): number {
  const size = (row: (typeof NAME_SIZES)[number] | undefined) => row?.[rank <= 2 ? 1 : 2] ?? 12;
  const after = NAME_SIZES.findIndex(([from]) => from > zoom);
  if (after < 1) return size(after === 0 ? NAME_SIZES[0] : NAME_SIZES.at(-1));
  const [low, high] = [NAME_SIZES[after - 1], NAME_SIZES[after]];
  const share = (zoom - (low?.[0] ?? 0)) / ((high?.[0] ?? 1) - (low?.[0] ?? 0));
  return size(low) + (size(high) - size(low)) * share;
}

export function wordLayers(colours: MapColours, { scale }: Measures): LayerSpecification[] {
  const size: ExpressionSpecification = [
    "interpolate",
    ["linear"],
    ["zoom"],
    ...NAME_SIZES.flatMap(([zoom, main, other]) => [
      zoom,
      ["case", ["<=", ["get", "rank"], 2], main * scale, other * scale],
    ]),
  ] as unknown as ExpressionSpecification;
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
        "text-radial-offset": 1.05,
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
    ...pathRoomLayers(),
    {
      id: "street-names", // where each stands is worked out in namePlacing.ts
      type: "symbol",
      source: "names",
      layout: {
        "symbol-placement": "line-center",
        "text-field": ["get", "name"],
        "text-font": FONT.medium,
        "text-size": size,
        "text-offset": [
          "match",
          ["get", "beside"],
          1,
          ["literal", [0, BESIDE_EM]],
          -1,
          ["literal", [0, -BESIDE_EM]],
          ["literal", [0, 0]],
        ],
        "text-max-angle": 60,
        "text-padding": 1,
        "symbol-sort-key": ["get", "rank"],
      },
      paint: {
        "text-color": ["case", ["<=", ["get", "rank"], 2], colours.label, colours.labelMinor],
        "text-halo-color": colours.halo,
        "text-halo-width": 1.8,
      },
    },
  ] as LayerSpecification[];
}

export function placeLayers(colours: MapColours, { scale }: Measures): LayerSpecification[] {
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
export function barrierWordLayers(colours: MapColours, { scale }: Measures): LayerSpecification[] {
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
        "text-radial-offset": ["case", ["get", "tagged"], 3.1, 1.8],
        "text-justify": "auto",
        "text-max-width": 11,
        "text-padding": 3,
      },
      paint: { "text-color": colours.label, "text-halo-color": colours.halo, "text-halo-width": 2 },
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
        "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
        "text-radial-offset": 0.8,
      },
      paint: { "text-color": colours.areaLabel, "text-halo-color": colours.areaFill, "text-halo-width": 2 },
    },
    {
      id: "site-room",
      type: "symbol",
      source: "words",
      minzoom: 15.4,
      filter: ["==", ["get", "kind"], "site"],
      layout: { "icon-image": "site-room", "icon-size": scale, "icon-padding": 0, "icon-allow-overlap": true },
      paint: { "icon-opacity": 0 },
    },
    {
      id: "barrier-room",
      type: "symbol",
      source: "barriers",
      layout: {
        "icon-image": "room",
        "icon-size": scale,
        // A plate with a word hangs below the sign.
        "icon-padding": ["case", ["get", "tagged"], ["literal", [1, 20, 20, 20]], ["literal", [1, 1, 1, 1]]],
        "icon-allow-overlap": true,
      },
      paint: { "icon-opacity": 0 },
    },
  ];
}
