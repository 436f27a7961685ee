// Claims that say otherwise stand beside the entry until one is confirmed: none is hidden, none is "the" truth.
import { openEntry } from "../actions";
import { byId } from "../log-view";
import type { Entry, LogItem } from "../state";
import { spanInWords } from "../times";
import { CERTAINTIES } from "../words";
import { CertaintySign } from "./Signs";

export function Rivals({ item, open }: { item: LogItem; open: boolean }) {
  const [first, ...others] = item.rivals.flatMap((id) => byId.value.get(id) ?? []);
  if (!first) return null;
  return (
    <div class="rivals">
      <p class="rivals-title">{others.length ? "Rival claims" : "Rival claim"}</p>
      <Card entry={first.entry} />
      {others.length > 0 && (
        <details open={open}>
          <summary>{others.length} more</summary>
          {others.map((other) => (
            <Card key={other.entry.id} entry={other.entry} />
          ))}
        </details>
      )}
    </div>
  );
}

function Card({ entry }: { entry: Entry }) {
  return (
    <div class="rival">
      <p>
        <bdi>{entry.what}</bdi>
      </p>
      <p class="rival-by">
        <span class={`certainty certainty-${entry.certainty}`}>
          <CertaintySign of={entry.certainty} />
          {CERTAINTIES[entry.certainty]}
        </span>
        , <bdi>{entry.source.by}</bdi>
      </p>
      <p class="rival-by">
        {spanInWords(entry.so)}{" "}
        <button type="button" class="link" onClick={() => openEntry(entry.id)}>
          {entry.id}
        </button>
      </p>
    </div>
  );
}
