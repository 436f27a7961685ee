// Events from the server: new entries, changed promises and alarms, without gaps.
import { setLive } from "../actions";
import type { LogItem } from "../state";
import { address } from "./client";
import type { components } from "./schema";

type Told = components["schemas"]["PromisesEvent"];

interface Listeners {
  onEntry: (item: LogItem) => void;
  /** How things stand. `isNews` if something happened since the page, or the last event, was loaded. */
  onPromises: (told: Told, isNews: boolean) => void;
  /** An alarm was raised, acknowledged or is over; also when only time went by. */
  onAlarm: () => void;
}

const RETRY_MS = 3000;

/** Listen from a position of the ledger on. The browser reconnects by itself; where it gives up, this does. */
export function listen(from: number, listeners: Listeners): void {
  let last = from;
  let greeted = false;
  const source = new EventSource(address("events", { last_event_id: last }));
  source.addEventListener("open", () => setLive("live"));
  source.addEventListener("error", () => {
    setLive("reconnecting");
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    window.setTimeout(() => listen(last, listeners), RETRY_MS);
  });
  source.addEventListener("entry", (event) => {
    const item = JSON.parse(event.data) as LogItem;
    if (item.position <= last) return; // sent twice over a reconnection
    last = item.position;
    listeners.onEntry(item);
  });
  source.addEventListener("alarm", () => listeners.onAlarm());
  source.addEventListener("promises", (event) => {
    setLive("live");
    const told = JSON.parse(event.data) as Told;
    // The first one says how things stand; it is news only if something happened since the page was loaded.
    listeners.onPromises(told, greeted || told.last_position !== from);
    greeted = true;
  });
}
