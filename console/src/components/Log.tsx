// The log, newest first. One stop for the Tab key; arrow keys go from entry to entry.
import { useEffect, useRef } from "preact/hooks";
import { clearFilters, openEntry, setKnowledge } from "../actions";
import type { Group } from "../log-view";
import { isNarrowed, view } from "../log-view";
import { useKeptFocus } from "../moves";
import { at, composing, fresh, knowledge, logged, selection, sought } from "../state";
import { shortTime } from "../times";
import { counted } from "../words";
import { Composer } from "./Composer";
import { Filters } from "./Filters";
import { LedgerCheck, VerifyButton } from "./LedgerCheck";
import { LogEntry } from "./LogEntry";

const STEPS: Record<string, (here: number, last: number) => number> = {
  ArrowDown: (here, last) => Math.min(here + 1, last),
  ArrowUp: (here) => Math.max(here - 1, 0),
  Home: () => 0,
  End: (_, last) => last,
};

export function Log() {
  if (composing.value) return <Composer />;
  const { now, later, shown, hidden, of } = view.value;
  return (
    <section class="log" aria-labelledby="log-heading">
      <div class="log-head">
        <h2 id="log-heading" tabIndex={-1}>
          Log
        </h2>
        <p class="log-count" role="status">
          {shown === of ? counted(of, "entry", "entries") : `${shown} of ${of}`}
        </p>
        <VerifyButton />
      </div>
      <LedgerCheck />
      <Filters />
      <Logged />
      <EntryList now={now} later={later} />
      {hidden > 0 && (
        <p class="log-note">
          {counted(hidden, "entry", "entries")} not yet known at <ShortNow />, so left out.
        </p>
      )}
      {shown === 0 && (
        <p class="log-note">
          No entry to show.{" "}
          {isNarrowed() && (
            <button type="button" class="link" onClick={clearFilters}>
              Clear the filters
            </button>
          )}
        </p>
      )}
    </section>
  );
}

/** What was written here last. It may be later than the moment looked at, or not known then: so it says where it is. */
function Logged() {
  const id = logged.value;
  if (!id) return null;
  return (
    <p class="log-note logged">
      Logged as {id}.{" "}
      <button type="button" class="link" onClick={() => openEntry(id)}>
        Show it
      </button>
    </p>
  );
}

/** On its own, so that the list is not drawn again with every move of the slider. */
function ShortNow() {
  return <>{shortTime(at.value)}</>;
}

function EntryList({ now, later }: { now: readonly Group[]; later: readonly Group[] }) {
  const list = useRef<HTMLDivElement>(null);
  useKeptFocus();
  useEffect(() => bringIn(list.current), [sought.value]);
  const picked = selection.value?.kind === "entry" ? selection.value.id : null;
  const ids = [...now, ...later].flatMap((group) => group.items.map(({ entry }) => entry.id));
  const stop = picked && ids.includes(picked) ? picked : ids[0];
  const groups = (part: readonly Group[], isLater: boolean) =>
    part.map((group) => (
      <section key={group.heading} class="log-day">
        <h3>{group.heading}</h3>
        <ol>
          {group.items.map((item) => (
            <LogEntry
              key={item.entry.id}
              item={item}
              picked={item.entry.id === picked}
              stop={item.entry.id === stop}
              later={isLater}
              isNew={fresh.value.has(item.entry.id)}
            />
          ))}
        </ol>
      </section>
    ));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a shorter way between the buttons inside
    <div class="log-list" ref={list} onKeyDown={(event) => walk(event, list.current)}>
      {groups(now, false)}
      {later.length > 0 && (
        <div class="log-later">
          <p class="log-divider">Later than the moment looked at</p>
          {groups(later, true)}
        </div>
      )}
    </div>
  );
}

function walk(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = STEPS[event.key];
  const here = (event.target as HTMLElement).closest(".entry-head");
  if (!list || !step || !here || event.altKey || event.ctrlKey || event.metaKey) return;
  const heads = [...list.querySelectorAll<HTMLElement>(".entry-head")];
  event.preventDefault();
  heads[step(heads.indexOf(here as HTMLElement), heads.length - 1)]?.focus();
}

/** Bring the entry that somebody asked for into view, out of whatever hides it. */
function bringIn(list: HTMLElement | null): void {
  const id = sought.peek();
  if (!list || id === null) return;
  const find = () => list.querySelector<HTMLElement>(`[data-entry="${CSS.escape(id)}"]`);
  if (!find()) {
    clearFilters();
    if (knowledge.peek() === "then") setKnowledge("all");
  }
  requestAnimationFrame(() => {
    const found = find();
    found?.scrollIntoView({ block: "center" });
    found?.querySelector<HTMLElement>(".entry-head")?.focus({ preventScroll: true });
    if (sought.peek() === id) sought.value = null;
  });
}
