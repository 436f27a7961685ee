// Narrowing the log. Free text is always at hand; the rest folds away.
import { clearFilters, setFilters } from "../actions";
import { isNarrowed, kindsInLog, sources } from "../log-view";
import { filters } from "../state";
import type { Kind } from "../words";
import { KINDS } from "../words";
import { Icon } from "./Icon";

export function Filters() {
  const { kinds, place, source, text, effect } = filters.value;
  const folded = [kinds.length > 0, place !== "", source !== "", effect].filter(Boolean).length;
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not yet known to every browser that control rooms run
    <div class="filters" role="search" aria-label="Filter the log">
      <input
        type="search"
        class="field"
        placeholder="Find in the log"
        aria-label="Find in the log"
        value={text}
        onInput={(event) => setFilters({ text: event.currentTarget.value })}
      />
      <details class="filter-more">
        <summary class="button small">
          <Icon name="filter" />
          Filters{folded > 0 && <b> {folded}</b>}
        </summary>
        <div class="filter-body">
          <fieldset class="chips">
            <legend>Kind</legend>
            {(Object.keys(KINDS) as Kind[])
              .filter((kind) => kindsInLog.value.has(kind))
              .map((kind) => (
                <label key={kind} class="chip">
                  <input type="checkbox" checked={kinds.includes(kind)} onChange={() => toggleKind(kind)} />
                  <span>{KINDS[kind]}</span>
                </label>
              ))}
          </fieldset>
          <label class="labelled">
            Place
            <input class="field" value={place} onInput={(event) => setFilters({ place: event.currentTarget.value })} />
          </label>
          <label class="labelled">
            Source
            <input
              class="field"
              list="log-sources"
              value={source}
              onInput={(event) => setFilters({ source: event.currentTarget.value })}
            />
          </label>
          <datalist id="log-sources">
            {sources.value.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
          <label class="check">
            <input type="checkbox" checked={effect} onChange={() => setFilters({ effect: !effect })} />
            Only with effect on barriers, gates, streets or sites
          </label>
        </div>
      </details>
      {isNarrowed() && (
        <button type="button" class="button small" onClick={clearFilters}>
          Clear
        </button>
      )}
    </div>
  );
}

function toggleKind(kind: Kind): void {
  const { kinds } = filters.value;
  setFilters({ kinds: kinds.includes(kind) ? kinds.filter((one) => one !== kind) : [...kinds, kind] });
}
