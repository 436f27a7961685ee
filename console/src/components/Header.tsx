// The head of the screen: which operation, which moment, and what is laid over the picture.
import { follow, setComposing, setHelping, setKnowledge, toggleSupposing } from "../actions";
import { nextTheme } from "../look";
import { togglePlanning } from "../planning/edits";
import { planning } from "../planning/state";
import { toggleReviewing } from "../review/acts";
import { reviewing } from "../review/state";
import type { Knowledge, Live } from "../state";
import { at, composing, following, knowledge, live, operation, supposing, theme } from "../state";
import { clock, longDay } from "../times";
import { Icon } from "./Icon";

const LIVE: Record<Live, string> = {
  connecting: "connecting",
  live: "live",
  reconnecting: "reconnecting: what is shown may be old",
};

const KNOWLEDGE: Record<Knowledge, { word: string; means: string }> = {
  all: { word: "As it was so", means: "What was so at this moment, with all that is known by now." },
  // biome-ignore lint/suspicious/noThenProperty: the API's word, and nobody awaits it
  then: { word: "As it was known", means: "What this desk knew at this moment: later entries are left out." },
};

export function Header() {
  return (
    <header class="head">
      <div class="head-title">
        <Mark />
        <div>
          <h1>
            <bdi>{operation.value?.title ?? "Ringfence"}</bdi>
          </h1>
          <p class="live" data-live={live.value} role="status">
            <span class="live-dot" aria-hidden="true" />
            {LIVE[live.value]}
          </p>
        </div>
      </div>
      <div class="head-moment">
        <MomentClock />
        <KnowledgeSwitch />
      </div>
      <nav class="head-tools" aria-label="Views and tools">
        <Toggle on={supposing.value} press={() => toggleSupposing()} keys="w" icon="branch" word="What if" />
        <Toggle on={planning.value} press={() => togglePlanning()} keys="f" icon="fewest" word="Plan" />
        <Toggle on={reviewing.value} press={() => toggleReviewing()} keys="r" icon="review" word="Review" />
        <button
          type="button"
          class="button primary"
          aria-keyshortcuts="n"
          aria-expanded={composing.value}
          onClick={() => setComposing(!composing.value)}
        >
          <Icon name="add" />
          <span class="word">New entry</span>
        </button>
        <button
          type="button"
          class="button quiet"
          aria-keyshortcuts="t"
          aria-label={`Theme: ${theme.value}. Change theme`}
          title={`Theme: ${theme.value} (T)`}
          onClick={nextTheme}
        >
          <Icon name={theme.value} />
        </button>
        <button
          type="button"
          class="button quiet help-button"
          aria-label="Help and shortcuts"
          title="Help and shortcuts (?)"
          onClick={() => setHelping(true)}
        >
          ?
        </button>
      </nav>
    </header>
  );
}

/** The moment looked at, in large figures. */
function MomentClock() {
  const running = isRunning();
  return (
    <div class="clock">
      <span class="clock-time">{clock(at.value)}</span>
      <span class="clock-day">{longDay(at.value)}</span>
      {running && (
        <button type="button" class="chip" aria-pressed={following.value} onClick={() => follow(!following.value)}>
          now
        </button>
      )}
    </div>
  );
}

function isRunning(): boolean {
  const whole = operation.value;
  return whole !== null && Date.now() >= Date.parse(whole.starts) && Date.now() <= Date.parse(whole.ends);
}

function KnowledgeSwitch() {
  return (
    <div class="knowledge">
      <fieldset class="segments">
        <legend class="unseen">Which knowledge</legend>
        {(Object.keys(KNOWLEDGE) as Knowledge[]).map((one) => (
          <label key={one} title={`${KNOWLEDGE[one].means} (K)`}>
            <input type="radio" name="knowledge" checked={knowledge.value === one} onChange={() => setKnowledge(one)} />
            <span>{KNOWLEDGE[one].word}</span>
          </label>
        ))}
      </fieldset>
      <p class="knowledge-means">{KNOWLEDGE[knowledge.value].means}</p>
    </div>
  );
}

interface ToggleProps {
  on: boolean;
  press: () => void;
  keys: string;
  icon: "branch" | "fewest" | "review";
  word: string;
}

function Toggle({ on, press, keys, icon, word }: ToggleProps) {
  return (
    <button
      type="button"
      class={`button toggle-${icon}`}
      aria-pressed={on}
      aria-keyshortcuts={keys}
      title={`${word} (${keys.toUpperCase()})`}
      onClick={press}
    >
      <Icon name={icon} />
      <span class="word">{word}</span>
    </button>
  );
}

/** A ring with a gate: the sign of Ringfence. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path class="mark-ring" d="M20.5 5.1A12 12 0 1 1 11.5 5.1" />
      <path class="mark-gate" d="M12.5 2.5v7M19.5 2.5v7" />
      <circle class="mark-inside" cx="16" cy="17" r="4" />
    </svg>
  );
}
