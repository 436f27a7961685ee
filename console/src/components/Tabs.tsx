// Panels that take turns where there is no room for all.
import { setPanel } from "../actions";
import { panelWords, tabs, turn } from "../layout";

const STEPS: Record<string, (here: number, count: number) => number> = {
  ArrowRight: (here, count) => (here + 1) % count,
  ArrowLeft: (here, count) => (here + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function Tabs() {
  if (!tabs.value.length) return null;
  return (
    <div class="tabs" role="tablist" aria-label="Panels" onKeyDown={walk}>
      {tabs.value.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={`tab-${one}`}
          aria-selected={turn.value === one}
          aria-controls={`panel-${one}`}
          tabIndex={turn.value === one ? 0 : -1}
          onClick={() => setPanel(one)}
        >
          {panelWords.value[one]}
        </button>
      ))}
    </div>
  );
}

function walk(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  const next = step && tabs.value[step(tabs.value.indexOf(turn.value), tabs.value.length)];
  if (!next) return;
  event.preventDefault();
  setPanel(next);
  document.getElementById(`tab-${next}`)?.focus();
}
