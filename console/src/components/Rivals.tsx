// Claims that say otherwise stand side by side until one is confirmed: none is hidden, none is "the" truth.
import { openEntry } from "../actions";
import { byId } from "../log-view";
import type { Entry, LogItem } from "../state";
import { spanInWords } from "../times";
import { CERTAINTIES, counted } from "../words";
import { CertaintySign } from "./Signs";

export function Rivals({ item, open }: { item: LogItem; open: boolean }) {
  const others = item.rivals.flatMap((id) => byId.value.get(id) ?? []);
  if (!others.length) return null;
  return (
    <details class="rivals" open={open || others.length === 1}>
      <summary>{others.length === 1 ? "Rival claim" : counted(others.length, "rival claim")}</summary>
      <div class="rival-cards">
        <Card entry={item.entry} own />
        <div>
          {others.map((other) => (
            <Card key={other.entry.id} entry={other.entry} />
          ))}
        </div>
      </div>
    </details>
  );
}

function Card({ entry, own = false }: { entry: Entry; own?: boolean }) {
  return (
    <div class="rival" data-own={own || undefined}>
      <p class={`certainty certainty-${entry.certainty}`}>
        <CertaintySign of={entry.certainty} />
        {CERTAINTIES[entry.certainty]}
      </p>
      <p class="rival-by">
        <bdi>{entry.source.by}</bdi>
      </p>
      {own ? (
        <p class="rival-what">as above</p>
      ) : (
        <p class="rival-what">
          <bdi>{entry.what}</bdi>
        </p>
      )}
      <p class="rival-when">
        {spanInWords(entry.so)}{" "}
        {own ? (
          <span>{entry.id}</span>
        ) : (
          <button type="button" class="link" onClick={() => openEntry(entry.id)}>
            {entry.id}
          </button>
        )}
      </p>
    </div>
  );
}
