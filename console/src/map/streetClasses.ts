// How classes of street look and are called. Widths are those on the ground; the map never draws them thinner than legible.

export type StreetLook = "motorway" | "main" | "middle" | "minor" | "bus" | "lane" | "walk";

const LOOKS: Record<string, StreetLook> = {
  motorway: "motorway",
  trunk: "motorway",
  motorway_link: "middle",
  trunk_link: "middle",
  primary: "main",
  secondary: "main",
  tertiary: "middle",
  primary_link: "middle",
  secondary_link: "middle",
  tertiary_link: "middle",
  residential: "minor",
  unclassified: "minor",
  living_street: "minor",
  road: "minor",
  busway: "bus",
  service: "lane",
  track: "lane",
  pedestrian: "walk",
  footway: "walk",
  steps: "walk",
  path: "walk",
  cycleway: "walk",
  corridor: "walk",
  bridleway: "walk",
};

/** Width on the ground in metres, and width in pixels below which it is never drawn at a city-wide zoom. */
export const WIDTHS: Record<StreetLook, { ground_m: number; px_min: number }> = {
  motorway: { ground_m: 14, px_min: 3 },
  main: { ground_m: 12.5, px_min: 2.6 },
  middle: { ground_m: 10, px_min: 2 },
  minor: { ground_m: 8.5, px_min: 1.4 },
  bus: { ground_m: 6.5, px_min: 1.2 },
  lane: { ground_m: 5.5, px_min: 0.9 },
  walk: { ground_m: 2, px_min: 0.8 },
};

const RANKS: Record<StreetLook, number> = { motorway: 1, main: 1, middle: 2, minor: 3, bus: 4, lane: 4, walk: 5 };

const WORDS: Record<StreetLook, string> = {
  motorway: "motorway",
  main: "main street",
  middle: "through street",
  minor: "side street",
  bus: "bus lane",
  lane: "lane",
  walk: "way for people on foot",
};

export const streetLook = (highway: string): StreetLook => LOOKS[highway] ?? "lane";
export const classRank = (highway: string): number => RANKS[streetLook(highway)];
export const classWords = (highway: string): string => WORDS[streetLook(highway)];
