// Buttons of the map from what is known: arms, sites, arms of a plan, leaks.
import { computed } from "@preact/signals";
import { planning } from "../planning/state";
import { log, operation, picture, selection, supposing } from "../state";
import { type DrawnArm, drawnArms } from "./armMarks";
import { leakBadges } from "./leaks";
import { type ButtonFace, plate } from "./markers";
import { armInWords, armKeys, siteInWords } from "./readout";
import { armSymbol, siteSymbol } from "./symbols";

/** What the selection is about: a barrier or site itself, or those that a log entry speaks of. */
export const emphasised = computed(() => {
  const barriers = new Set<string>();
  const sites = new Set<string>();
  const segments = new Set<string>();
  const now = selection.value;
  if (now?.kind === "barrier") barriers.add(now.id);
  if (now?.kind === "site") sites.add(now.id);
  if (now?.kind === "entry") {
    const entry = log.value.find((one) => one.entry.id === now.id)?.entry;
    for (const one of [...(entry?.barriers ?? []), ...(entry?.gates ?? [])]) {
      if (one === "*") for (const gate of operation.value?.barriers ?? []) barriers.add(gate.id);
      else barriers.add(one);
    }
    if (entry?.site) sites.add(entry.site);
    for (const one of [...(entry?.occupied ?? []), ...(entry?.cleared ?? [])]) segments.add(one);
  }
  return { barriers, sites, segments };
});

/** Faces are kept while what they show is the same, so that a step of the slider touches only what changed. */
export function keeping(fresh: () => ButtonFace[]): () => readonly ButtonFace[] {
  let held = new Map<string, { print: string; face: ButtonFace }>();
  return () => {
    const next = new Map<string, { print: string; face: ButtonFace }>();
    for (const face of fresh()) {
      const print = JSON.stringify(face);
      const before = held.get(face.key);
      next.set(face.key, before?.print === print ? before : { print, face });
    }
    held = next;
    return [...next.values()].map((one) => one.face);
  };
}

export const armFaces = computed(keeping(() => drawnArms.value.map(armFace)));

function armFace(mark: DrawnArm): ButtonFace {
  const chosen = emphasised.value.barriers.has(mark.barrier);
  const { look, gate, staffed, bearing_deg, supposed } = mark;
  const tag = mark.first && !planning.value ? [supposed ? "supposed" : "", mark.tag].filter(Boolean).join(": ") : "";
  return {
    key: `arm ${mark.key}`,
    lon: mark.lon,
    lat: mark.lat,
    className: mark.standsFor ? "map-mark map-arm" : "map-mark map-arm map-merged",
    label: supposing.value ? `${armInWords(mark)}. ${armKeys()}` : armInWords(mark),
    data: {
      barrier: mark.barrier,
      arm: String(mark.arm),
      state: mark.state,
      look,
      supposed,
      chosen: chosen ? "yes" : null,
      movable: supposing.value ? "yes" : null,
    },
    pressed: supposing.value ? look === "stands" : chosen,
    face: `${look} ${gate} ${staffed} ${Math.round(bearing_deg)} ${supposed} ${mark.first} ${tag} ${mark.name}`,
    draw: () => [
      armSymbol({ look, gate, staffed, bearing_deg, supposed, first: mark.first }),
      ...(tag ? [plate("map-tag", tag)] : []),
      plate("map-name", mark.name),
    ],
  };
}

export const siteFaces = computed(
  keeping(() =>
    (operation.value?.sites ?? []).map((site) => {
      const state = picture.value?.sites.find((one) => one.id === site.id)?.state;
      const closed = state === "closed";
      const chosen = emphasised.value.sites.has(site.id);
      return {
        key: `site ${site.id}`,
        lon: site.lon,
        lat: site.lat,
        className: "map-mark map-site",
        label: siteInWords(site.id),
        data: { site: site.id, state: state ?? null, chosen: chosen ? "yes" : null },
        pressed: chosen,
        face: `${site.kind} ${closed}`,
        draw: () => [
          siteSymbol(site.kind, closed),
          ...(closed ? [plate("map-tag", "closed")] : []),
          plate("map-name", site.name),
        ],
      };
    }),
  ),
);

/** With more leaks than this, words come only to what is pointed at: the board tells them all by their numbers. */
const WORDS_MAX = 3;

export const leakFaces = computed(
  keeping(() =>
    leakBadges.value.map((badge) => ({
      key: `leak ${badge.key}`,
      lon: badge.at[0],
      lat: badge.at[1],
      className: "map-mark map-leak",
      label: badge.lines.join(". "),
      data: {
        leak: badge.numbers.join(" "),
        faint: badge.strong ? null : "yes",
        crowded: leakBadges.value.length > WORDS_MAX ? "yes" : null,
      },
      pressed: null,
      face: badge.lines.join(" "),
      draw: () => [plate("map-leak-number", badge.numbers.join(" ")), plate("map-leak-words", ...badge.lines)],
    })),
  ),
);
