// Events from the server: new entries and changed promises, without gaps.
import { setLive } from "../actions";
import type { LogItem } from "../state";
import { address } from "./client";

interface Listeners {
  onEntry: (item: LogItem) => void;
  onPromises: () => void;
}

const RETRY_MS = 3000;

/** Listen from a position of the ledger on. The browser reconnects by itself; where it gives up, this does. */
export function listen(from: number, { onEntry, onPromises }: Listeners): void {
  let last = from;
  let greeted = false;
  const source = new EventSource(address("events", { last_event_id: last }));
  source.addEventListener("open", () => setLive("live"));
  source.addEventListener("error", () => {
    setLive("reconnecting");
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    window.setTimeout(() => listen(last, { onEntry, onPromises }), RETRY_MS);
  });
  source.addEventListener("entry", (event) => {
    const item = JSON.parse(event.data) as LogItem;
    if (item.position <= last) return; // sent twice over a reconnection
    last = item.position;
    onEntry(item);
  });
  source.addEventListener("promises", (event) => {
    setLive("live");
    const { last_position } = JSON.parse(event.data) as { last_position: number };
    // The first one says how things stand; it is news only if something happened since the page was loaded.
    if (greeted || last_position !== from) onPromises();
    greeted = true;
  });
}
