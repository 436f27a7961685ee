// The time of the operation: where the moment looked at stands, when promises changed, and time that plays.
import { setAt, setPlaying, setSpeed } from "../actions";
import { goToChange, lastStep, nextStep, previousStep, stepInShort } from "../playing";
import { at, operation, playing, speed, supposing } from "../state";
import { shortTime } from "../times";
import { Icon } from "./Icon";
import { Track } from "./Track";

const SPEEDS = [1, 10, 60, 300, 600];

export function TimeBar() {
  return (
    <section class="timebar" id="time" aria-label="Time" tabIndex={-1}>
      <div class="time-left">
        <div class="time-controls">
          <button
            type="button"
            class="button"
            aria-keyshortcuts="["
            title="Previous change ([)"
            aria-label={previousStep.value ? `Previous change, ${shortTime(previousStep.value.at)}` : "Previous change"}
            aria-disabled={!previousStep.value}
            onClick={() => goToChange(-1)}
          >
            <Icon name="previous" />
          </button>
          <button
            type="button"
            class="button primary play"
            aria-keyshortcuts="Space"
            title={playing.value ? "Pause (Space)" : "Play (Space)"}
            onClick={() => setPlaying(!playing.value)}
          >
            <Icon name={playing.value ? "pause" : "play"} />
            <span>{playing.value ? "Pause" : "Play"}</span>
          </button>
          <button
            type="button"
            class="button"
            aria-keyshortcuts="]"
            title="Next change (])"
            aria-label={nextStep.value ? `Next change, ${shortTime(nextStep.value.at)}` : "Next change"}
            aria-disabled={!nextStep.value}
            onClick={() => goToChange(1)}
          >
            <Icon name="next" />
          </button>
          <select
            class="field speed"
            aria-label="Speed of play"
            value={String(speed.value)}
            onChange={(event) => setSpeed(Number(event.currentTarget.value))}
          >
            {SPEEDS.map((one) => (
              <option key={one} value={String(one)}>
                {one} ×
              </option>
            ))}
          </select>
          <MomentSelect />
        </div>
        <LastChange />
      </div>
      <Track />
      <Moments />
    </section>
  );
}

function LastChange() {
  const step = lastStep.value;
  if (!step) return <p class="last-change">No promise has changed yet.</p>;
  return (
    <p class="last-change">
      {supposing.value && "In the log: "}
      <b>{shortTime(step.at)}</b> <bdi>{stepInShort(step)}</bdi>
    </p>
  );
}

/** Key moments as buttons, where there is room. */
function Moments() {
  const moments = operation.value?.moments ?? [];
  if (!moments.length) return null;
  return (
    <ul class="moments" aria-label="Key moments">
      {moments.map((one) => (
        <li key={one.at}>
          <Moment label={one.label} ms={Date.parse(one.at)} />
        </li>
      ))}
    </ul>
  );
}

function Moment({ label, ms }: { label: string; ms: number }) {
  return (
    <button type="button" class="moment" aria-current={at.value === ms ? "time" : undefined} onClick={() => setAt(ms)}>
      <span class="moment-time">{shortTime(ms)}</span> <bdi>{label}</bdi>
    </button>
  );
}

/** Key moments as a list to choose from, where there is none. */
function MomentSelect() {
  const moments = operation.value?.moments ?? [];
  if (!moments.length) return null;
  const here = moments.find((one) => Date.parse(one.at) === at.value);
  return (
    <select
      class="field moment-select"
      aria-label="Key moments"
      value={here?.at ?? ""}
      onChange={(event) => event.currentTarget.value && setAt(Date.parse(event.currentTarget.value))}
    >
      <option value="">Key moments</option>
      {moments.map((one) => (
        <option key={one.at} value={one.at}>
          {one.label}
        </option>
      ))}
    </select>
  );
}
