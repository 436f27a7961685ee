// Fetching the operation, and fetching again what an event says has changed.
import { batch, effect } from "@preact/signals";
import { announce, follow, setAt } from "./actions";
import { get, inWords } from "./api/client";
import { listen } from "./api/live";
import type { AreaMap, Knowledge, LogItem, Operation, Replay, StreetMap } from "./state";
import { answers, area, at, fresh, knowledge, log, operation, replays, streets, trouble } from "./state";
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
    listen(Math.min(page.last_position, whole.last_position), { onEntry: takeEntry, onPromises: catchUp });
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

/** An entry came in, from this desk or another. */
export function takeEntry(item: LogItem): void {
  const id = item.entry.id;
  const others = log.value.filter((one) => one.entry.id !== id);
  const isNew = others.length === log.value.length;
  batch(() => {
    log.value = [item, ...others];
    if (isNew) fresh.value = new Set([...fresh.value, id]);
  });
  if (isNew) window.setTimeout(() => forget(id), FRESH_MS);
  catchUp();
}

function forget(id: string): void {
  fresh.value = new Set([...fresh.value].filter((one) => one !== id));
}

/** Soon, for several events at once need one fetch. */
function catchUp(): void {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => void refetch(), CATCH_UP_MS);
}

/** Fetch the log (a new entry alters cross-links of older ones) and the replays; say what changed on the board. */
async function refetch(): Promise<void> {
  const before = new Map(answers.value.map((one) => [one.id, answerWord(one)]));
  const held = Object.keys(replays.value) as Knowledge[];
  const fetched = held.map(fetchReplay);
  try {
    const page = await wholeLog();
    if (page.last_position >= (log.value[0]?.position ?? 0)) log.value = page.items;
  } catch {
    window.setTimeout(catchUp, RETRY_MS); // the log that is shown stays meanwhile
  }
  await Promise.all(fetched);
  const changed = answers.value.filter((one) => before.has(one.id) && before.get(one.id) !== answerWord(one));
  if (changed.length) {
    announce(`${shortTime(at.value)}: ${changed.map((one) => `${one.text}: ${answerWord(one)}`).join(". ")}`);
  }
}
