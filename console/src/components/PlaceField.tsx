// A place as people word it: completed while it is typed, then read on the map. (ARIA combobox with a list, manual.)
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { select, setPlaceReadings } from "../actions";
import { get, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { barriersAt, change, draft, meant, reading } from "../draft";
import type { PlaceReading } from "../state";
import { placeReadings } from "../state";
import { counted } from "../words";
import { FaultsOf, faulty } from "./Faults";
import { Icon } from "./Icon";

type PlaceName = components["schemas"]["PlaceName"];

const NAMES_AFTER_MS = 120;
const READ_AFTER_MS = 350;
/** Words that join two names: what stands after the last one is what is being typed. */
const JOIN = /^(.*(?:\s(?:near|at|and|between|off|on|opposite|behind|of)\s+|\s*[/,]\s*))(.*)$/i;
const KIND_WORDS: Record<PlaceName["kind"], string> = { street: "street", site: "site", barrier: "barrier" };

/** A name that was found, and the whole place once it is taken. */
interface Completion extends PlaceName {
  whole: string;
}

const names = signal<readonly Completion[]>([]);
const active = signal(-1);
const open = signal(false);
const problem = signal<{ says: string; instead: readonly string[] } | null>(null);

let namesAsked: AbortController | null = null;
let readAsked: AbortController | null = null;
let timers: number[] = [];

export function PlaceField() {
  const input = useRef<HTMLInputElement>(null);
  const { place } = draft.value;
  useEffect(() => {
    if (place && !placeReadings.peek().length) readSoon(place, 0);
    return stop;
  }, []);
  const take = (name: Completion) => {
    type(name.whole);
    names.value = [];
    open.value = false;
    input.current?.focus();
  };
  return (
    <div class="labelled place-field">
      <label for="draft-place">
        Place <span class="optional">as people say it</span>
      </label>
      <div class="combo">
        <input
          id="draft-place"
          class="field"
          ref={input}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={open.value && names.value.length > 0}
          aria-controls="place-names"
          aria-activedescendant={open.value && active.value >= 0 ? `place-name-${active.value}` : undefined}
          autoComplete="off"
          maxLength={200}
          value={place}
          {...faulty("place")}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={(event) => key(event, take)}
          onBlur={() => {
            open.value = false;
          }}
        />
        <Names take={take} />
      </div>
      <Readings />
      <FaultsOf field="place" />
    </div>
  );
}

function Names({ take }: { take: (name: Completion) => void }) {
  return (
    <div
      role="listbox"
      id="place-names"
      class="combo-list"
      aria-label="Places"
      hidden={!open.value || !names.value.length}
    >
      {names.value.map((one, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox, as its pattern has it
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled in the combobox
        <div
          key={`${one.kind} ${one.whole} ${one.detail}`}
          role="option"
          id={`place-name-${index}`}
          class="combo-option"
          aria-selected={index === active.value}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(one)}
        >
          <bdi>{one.name}</bdi>
          <span class="combo-detail">
            {KIND_WORDS[one.kind]}
            {one.detail && <bdi>, {one.detail}</bdi>}
          </span>
        </div>
      ))}
    </div>
  );
}

function key(event: KeyboardEvent, take: (name: Completion) => void): void {
  const last = names.value.length - 1;
  const shown = open.value && last >= 0;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (last < 0) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    const from = shown ? active.value : step > 0 ? -1 : last + 1;
    open.value = true;
    active.value = (from + step + last + 1) % (last + 1);
  } else if (event.key === "Enter" && shown && active.value >= 0) {
    event.preventDefault();
    const name = names.value[active.value];
    if (name) take(name);
  } else if (event.key === "Escape" && shown) {
    event.preventDefault();
    event.stopPropagation();
    open.value = false;
  }
}

function type(text: string): void {
  change({ place: text, segments: [] }); // another place is another street
  stop();
  problem.value = null;
  if (!text.trim()) {
    names.value = [];
    setPlaceReadings([]);
    return;
  }
  timers = [window.setTimeout(() => void complete(text), NAMES_AFTER_MS)];
  readSoon(text, READ_AFTER_MS);
}

function readSoon(text: string, after: number): void {
  timers.push(window.setTimeout(() => void read(text), after));
}

function stop(): void {
  for (const one of timers) window.clearTimeout(one);
  timers = [];
  namesAsked?.abort();
  readAsked?.abort();
}

/** Barriers that begin as the whole text does; else, after a joining word, names for what follows it. */
async function complete(text: string): Promise<void> {
  const own = new AbortController();
  namesAsked = own;
  const ask = (starts: string) => get<{ names: PlaceName[] }>("places/names", { starts, limit: 8 }, own.signal);
  const [, before = "", rest = ""] = JOIN.exec(text) ?? [];
  const part = rest.replace(/^the\s+/i, "").trim();
  try {
    const [whole, after] = await Promise.all([ask(text.trim()), part ? ask(part) : null]);
    if (own.signal.aborted) return;
    const begins = ({ name }: PlaceName) => name.toLowerCase().startsWith(text.trim().toLowerCase());
    const found = [
      ...whole.names.filter((one) => !after || begins(one)).map((one) => ({ ...one, whole: one.name })),
      ...nearest(after?.names ?? [], part).map((one) => ({ ...one, whole: joined(before, rest, one) })),
    ];
    names.value = found.some((one) => one.whole === text.trim()) ? [] : found;
    active.value = -1;
    open.value = document.activeElement?.id === "draft-place";
  } catch {
    if (!own.signal.aborted) names.value = []; // a place can be typed without help
  }
}

/** Names that hold what was typed, if any does; each once, whether with "the" or without. */
function nearest(found: readonly PlaceName[], part: string): readonly PlaceName[] {
  const holding = found.filter(({ name }) => name.toLowerCase().includes(part.toLowerCase()));
  const bare = ({ name, detail }: PlaceName) => `${name.replace(/^the\s+/i, "").toLowerCase()} ${detail}`;
  return [...new Map((holding.length ? holding : found).map((one) => [bare(one), one])).values()];
}

/** "Hill Street near Mol" with "Molesworth Street": what stands before the joining word stays. */
function joined(before: string, rest: string, { kind, name }: PlaceName): string {
  if (kind === "barrier") return name; // it is a whole place
  const article = /^the\s/i.test(rest) && !/^the\s/i.test(name) ? "the " : "";
  return `${before}${article}${name}`;
}

async function read(text: string): Promise<void> {
  const own = new AbortController();
  readAsked = own;
  try {
    const found = await get<{ readings: PlaceReading[] }>("places", { words: text.trim() }, own.signal);
    if (own.signal.aborted) return;
    reading.value = 0;
    setPlaceReadings(found.readings);
    problem.value = null;
    suggestBarriers();
  } catch (error) {
    if (own.signal.aborted) return;
    setPlaceReadings([]);
    const fault = error instanceof Refusal ? error.problem.faults[0] : undefined;
    problem.value = fault ? { says: `Not read on the map: ${fault.found}.`, instead: namesIn(fault.do) } : null;
  }
}

/** "Say where on it: a, b." or "Did you mean a, b or c?" as a list. */
function namesIn(advice: string): readonly string[] {
  const [, list] = /^(?:Say [^:]*:|Did you mean)\s*(.*?)[.?]?$/.exec(advice) ?? [];
  if (!list) return [];
  return list.split(list.includes(";") ? /;\s*/ : /,\s*|\s+or\s+/).filter(Boolean);
}

/** An entry about barriers, at a barrier, most likely speaks of that barrier. */
function suggestBarriers(): void {
  const { kind, barriers } = draft.peek();
  if (kind !== "barrier" || barriers.length) return;
  const here = barriersAt(meant.peek()).map((one) => one.id);
  if (here.length) change({ barriers: here });
}

function Readings() {
  const found = placeReadings.value;
  return (
    <div class="readings" role="status">
      {problem.value && (
        <>
          <p class="hint">{problem.value.says} It can be logged all the same.</p>
          {problem.value.instead.length > 0 && (
            <p class="chips">
              {problem.value.instead.map((one) => (
                <button key={one} type="button" class="chip" onClick={() => type(one)}>
                  {one}
                </button>
              ))}
            </p>
          )}
        </>
      )}
      {found.length === 1 && found[0] && (
        <p class="hint read">
          <Icon name="place" />
          <ReadingText of={found[0]} why={found[0].flagged} />
        </p>
      )}
      {found.length > 1 && (
        <details class="reading-choice">
          <summary class="read">
            <Icon name="place" />
            {meant.value && <ReadingText of={meant.value} why={false} />}
            <span class="read-more">{counted(found.length - 1, "other reading")}</span>
          </summary>
          <fieldset class="reading-list">
            <legend class="unseen">Which reading is meant</legend>
            {found.map((one, index) => (
              <label key={`${one.segment} ${one.offset_m}`} class="check">
                <input type="radio" name="reading" checked={index === reading.value} onChange={() => choose(index)} />
                <span>
                  <ReadingText of={one} why />
                </span>
              </label>
            ))}
          </fieldset>
        </details>
      )}
    </div>
  );
}

/** The map goes to the reading that is meant. */
function choose(index: number): void {
  reading.value = index;
  if (meant.value) select({ kind: "place", reading: meant.value });
}

function ReadingText({ of, why }: { of: PlaceReading; why: boolean }) {
  const here = barriersAt(of);
  return (
    <span>
      <bdi>{here.length ? `at the barrier ${here.map((one) => one.name).join(", ")}` : of.streets.join(" / ")}</bdi>
      {why && of.reasons[0] && <bdi class="optional"> {of.reasons[0]}</bdi>}
    </span>
  );
}
