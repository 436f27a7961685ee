// Fetching the operation, and fetching again what an event says has changed.
import { batch, effect } from "@preact/signals";
import { announce, follow, setAt } from "./actions";
import { get, inWords } from "./api/client";
import { listen } from "./api/live";
import type { AreaMap, Knowledge, LogItem, Operation, Replay, StreetMap } from "./state";
import {
  alarmsHeard,
  answers,
  area,
  at,
  fresh,
  knowledge,
  leftOut,
  log,
  operation,
  replays,
  streets,
  trouble,
} from "./state";
import { shortTime } from "./times";
import { applyHash, keepHash } from "./url";

import { answerWord } from "./words";

interface Page {
  items: LogItem[];
  next_before: number | null;
  last_position: number;
}

const PAGE = 1000;
const RETRY_MS = 5000;
const FRESH_MS = 20_000;
const CATCH_UP_MS = 150;
/** Of so many entries each is fetched by itself; of more, the whole log. */
const FEW = 25;

/** Fetch everything, show the first view, and stay up to date. Tries again until it works. */
export async function start(): Promise<void> {
  try {
    const [found, roads, outlines] = await Promise.all([
      get<Operation>("operation"),
      get<StreetMap>("streets"),
      get<AreaMap>("area"),
    ]);
    const [whole, page] = await Promise.all([get<Replay>("replay", { knowledge: "all" }), wholeLog()]);
    batch(() => {
      operation.value = found;
      streets.value = roads;
      area.value = outlines;
      replays.value = { all: whole };
      log.value = page.items;
      trouble.value = null;
      if (!applyHash()) lookFirst(found);
    });
    effect(nameTab);
    keepHash();
    effect(fetchMissingReplay);
    listen(Math.min(page.last_position, whole.last_position), {
      onEntry: takeEntry,
      onPromises: (told, isNews) => {
        leftOut.value = told.left_out;
        alarmsHeard.value += 1; // alarms that were told while nobody listened
        if (texts !== null && texts !== told.texts) isWholeStale = true;
        texts = told.texts;
        if (isNews || isWholeStale) catchUp();
      },
      onAlarm: () => {
        alarmsHeard.value += 1;
      },
    });
  } catch (error) {
    trouble.value = inWords(error);
    window.setTimeout(() => void start(), RETRY_MS);
  }
}

/** The tab of the browser says what is wrong, for those who look at another one. */
function nameTab(): void {
  const broken = answers.value.filter((one) => one.answer === "broken" && !one.supposed).length;
  document.title = `${broken ? `${broken} BROKEN · ` : ""}${operation.value?.title ?? ""} · Ringfence`;
}

/** The present, and on with it, if the operation is running; else its first key moment; else its start. */
function lookFirst(found: Operation): void {
  const now = Date.now();
  const running = now >= Date.parse(found.starts) && now <= Date.parse(found.ends);
  setAt(running ? now : Date.parse(found.moments[0]?.at ?? found.starts));
  if (running) follow(true);
}

async function wholeLog(): Promise<{ items: LogItem[]; last_position: number }> {
  const first = await get<Page>("log", { limit: PAGE });
  const items = [...first.items];
  let before = first.next_before;
  while (before !== null) {
    const next = await get<Page>("log", { limit: PAGE, before });
    items.push(...next.items);
    before = next.next_before;
  }
  return { items, last_position: first.last_position };
}

/** What was known then is a replay of its own; it is fetched when it is first looked at. */
function fetchMissingReplay(): void {
  const wanted = knowledge.value;
  if (operation.value && !replays.value[wanted]) void fetchReplay(wanted);
}

async function fetchReplay(wanted: Knowledge): Promise<void> {
  try {
    const found = await get<Replay>("replay", { knowledge: wanted });
    const held = replays.value[wanted];
    // Answers may overtake each other: an older one must not replace a newer.
    if (!held || held.last_position <= found.last_position) replays.value = { ...replays.value, [wanted]: found };
    trouble.value = null;
  } catch (error) {
    trouble.value = inWords(error);
    window.setTimeout(() => void fetchReplay(wanted), RETRY_MS);
  }
}

let waiting = 0;
let isFetching = false;
/** The server's number of the texts of older entries: another one means that some went, or came. */
let texts: number | null = null;
/** Entries that are to be fetched again, since another one came that speaks of them; or all of them. */
const stale = new Set<string>();
let isWholeStale = false;

/** An entry came in, from this desk or another. */
export function takeEntry(item: LogItem): void {
  const id = item.entry.id;
  const isNew = log.value.every((one) => one.entry.id !== id);
  batch(() => {
    put([item]);
    if (isNew) fresh.value = new Set([...fresh.value, id]);
  });
  for (const one of touchedBy(item)) stale.add(one);
  if (isNew) window.setTimeout(() => forget(id), FRESH_MS);
  catchUp();
}

/** Show entries as they are now, each in its place: the newest in the ledger first. */
function put(items: readonly LogItem[]): void {
  const ids = new Set(items.map((one) => one.entry.id));
  const others = log.value.filter((one) => !ids.has(one.entry.id));
  log.value = [...items, ...others].sort((one, other) => other.position - one.position);
}

/** Older entries whose text or cross-links a new one alters. What it takes back may have altered others in turn. */
function touchedBy({ entry }: LogItem): Set<string> {
  const found = new Set([...entry.relates_to, ...entry.disputes, ...entry.retracts]);
  if (!entry.retracts.length) return found;
  const held = new Map(log.value.map((one) => [one.entry.id, one]));
  for (const id of found) {
    const one = held.get(id);
    if (!one) continue;
    const { relates_to, disputes, retracts } = one.entry;
    for (const linked of [...one.rivals, ...relates_to, ...disputes, ...retracts]) found.add(linked);
  }
  return found;
}

function forget(id: string): void {
  fresh.value = new Set([...fresh.value].filter((one) => one !== id));
}

/** Soon, for several events at once need one fetch. */
function catchUp(): void {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => void refetch(), CATCH_UP_MS);
}

/** Fetch the replays, and of the log what a new entry altered; say what changed on the board. */
async function refetch(): Promise<void> {
  if (isFetching) return catchUp(); // else an older answer might come last
  isFetching = true;
  const before = new Map(answers.value.map((one) => [one.id, answerWord(one)]));
  const held = Object.keys(replays.value) as Knowledge[];
  const fetched = held.map(fetchReplay);
  try {
    await refetchLog();
  } catch {
    window.setTimeout(catchUp, RETRY_MS); // the log that is shown stays meanwhile
  }
  await Promise.all(fetched);
  isFetching = false;
  const changed = answers.value.filter((one) => before.has(one.id) && before.get(one.id) !== answerWord(one));
  if (changed.length) {
    announce(`${shortTime(at.value)}: ${changed.map((one) => `${one.text}: ${answerWord(one)}`).join(". ")}`);
  }
}

async function refetchLog(): Promise<void> {
  const ids = [...stale];
  const isWhole = isWholeStale || ids.length > FEW;
  stale.clear(); // what becomes stale while this is fetched is fetched once more
  isWholeStale = false;
  try {
    if (isWhole) {
      const page = await wholeLog();
      if (page.last_position < (log.value[0]?.position ?? 0)) throw new Error("an entry came meanwhile");
      log.value = page.items;
    } else if (ids.length) {
      put(await Promise.all(ids.map((id) => get<LogItem>(`log/${encodeURIComponent(id)}`))));
    }
  } catch (error) {
    for (const id of ids) stale.add(id);
    isWholeStale ||= isWhole;
    throw error;
  }
}
