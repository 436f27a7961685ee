// The one state of the console: what was fetched, and what the person looks at. Everything shown is computed from it.
import { computed, signal } from "@preact/signals";
import type { components } from "./api/schema";

type Schemas = components["schemas"];
export type Operation = Schemas["OperationView"];
export type Replay = Schemas["Replay"];
export type Frame = Schemas["Frame"];
export type FramePicture = Schemas["FramePicture"];
export type PromiseAnswer = Schemas["PromiseAnswer"];
export type LogItem = Schemas["LogItem"];
export type StreetMap = Schemas["StreetMap"];
export type AreaMap = Schemas["AreaMap"];
export type PlaceReading = Schemas["PlaceReading"];
export type Supposition = Schemas["WhatIf"]["changes"][number];
export type WhatIfAnswer = Schemas["WhatIfAnswer"];
export type Knowledge = Replay["knowledge"];
export type Theme = "light" | "dark" | "night";
export type Entry = LogItem["entry"];
export type Span = Entry["so"];
export type Barrier = Operation["barriers"][number];
export type BarrierNow = FramePicture["barriers"][number];
export type Change = Replay["changes"][number];
export type Live = "connecting" | "live" | "reconnecting";
export type Panel = "board" | "map" | "log";

/** A promise as it is shown at one moment. */
export interface Answer extends PromiseAnswer {
  /** Whether the present supposition changed it. */
  supposed: boolean;
}

/** What the log is narrowed to; empty means all. */
export interface Filters {
  kinds: readonly Entry["kind"][];
  place: string;
  source: string;
  text: string;
  effect: boolean;
}

/** What the person has picked; the map shows it, panels mark it. */
export type Selection =
  | { kind: "promise"; id: string }
  | { kind: "barrier"; id: string }
  | { kind: "site"; id: string }
  | { kind: "entry"; id: string }
  | { kind: "place"; reading: PlaceReading }
  | null;

export const operation = signal<Operation | null>(null);
const OVERRUN = 7 * 86_400_000; // the desk's own

/** Whether the operation goes on past its planned end, which is where this screen's time ends. */
export function overruns(): boolean {
  const past = operation.value ? Date.now() - Date.parse(operation.value.ends) : 0;
  return past > 0 && past <= OVERRUN;
}

export const streets = signal<StreetMap | null>(null);
export const area = signal<AreaMap | null>(null);
export const replays = signal<Partial<Record<Knowledge, Replay>>>({});
export const log = signal<readonly LogItem[]>([]);
export const live = signal<Live>("connecting");
/** Why the operation could not be fetched, in words; null while nothing is wrong. */
export const trouble = signal<string | null>(null);
/** What no answer counts, in words: entries that name what the server's folder lacks; null if there are none. */
export const leftOut = signal<string | null>(null);
/** Grows whenever an alarm may be another one. */
export const alarmsHeard = signal<number>(0);
/** Entries that came in while the console was open, marked for a while. */
export const fresh = signal<ReadonlySet<string>>(new Set());

export const knowledge = signal<Knowledge>("all");
export const at = signal<number>(0); // the moment looked at, ms since 1970
export const selection = signal<Selection>(null);
export const theme = signal<Theme>("light");

export const playing = signal<boolean>(false);
export const speed = signal<number>(300); // seconds of the operation for one second of the clock on the wall
export const following = signal<boolean>(false); // the moment looked at moves with the present
export const panel = signal<Panel>("board"); // the one shown where there is room for one only
export const filters = signal<Filters>({ kinds: [], place: "", source: "", text: "", effect: false });
export const sought = signal<string | null>(null); // the entry that the log scrolls to
export const logged = signal<string | null>(null); // the entry that was written here last, until something is picked
export const composing = signal<boolean>(false);
export const helping = signal<boolean>(false);
export const keysOn = signal<boolean>(true); // shortcuts of one letter
/** What happened, said once to those who listen instead of look. */
export const announcement = signal<string>("");

export const supposing = signal<boolean>(false); // "what if" is on
export const suppositions = signal<readonly Supposition[]>([]);
export const supposed = signal<WhatIfAnswer | null>(null); // the server's answer to them
/** Why the supposition could not be answered, in words. */
export const supposingTrouble = signal<string | null>(null);

export const replay = computed(() => replays.value[knowledge.value] ?? null);

/** The frame that holds at the moment looked at. */
export const frame = computed<Frame | null>(() => {
  const frames = replay.value?.frames ?? [];
  let held: Frame | null = null;
  for (const one of frames) {
    if (held && Date.parse(one.at) > at.value) break;
    held = one;
  }
  return held;
});

export const picture = computed<FramePicture | null>(() => {
  const now = frame.value;
  return (now && replay.value?.pictures[now.picture]) ?? null;
});

/** The board: every promise at the moment looked at, under the supposition if there is one. */
export const answers = computed<readonly Answer[]>(() => {
  const now = frame.value;
  const whole = replay.value;
  if (!now || !whole) return [];
  const changed = new Set(supposing.value ? supposed.value?.changed : []);
  const other = new Map((supposing.value ? supposed.value?.promises : [])?.map((one) => [one.id, one]));
  return now.answers.flatMap(({ finding, since, certain_since }) => {
    const found = whole.findings[finding];
    if (!found) return [];
    const instead = changed.has(found.id) ? other.get(found.id) : undefined;
    return [instead ? { ...instead, supposed: true } : { ...found, since, certain_since, supposed: false }];
  });
});

/** Which leak of the selected promise the map is zoomed to, by its place in the list. */
export const shownLeak = signal<number | null>(null);
/** What lies under the pointer or the focus of the map, in words. The map writes it; a live region shows it. */
export const readout = signal<string>("");
/** Readings of the place that is being typed into the composer; the map shows them. */
export const placeReadings = signal<readonly PlaceReading[]>([]);
