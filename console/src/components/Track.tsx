// The slider, on top of the history of the promises and above the density of the log.
import { setAt, setPlaying } from "../actions";
import { stepInWords } from "../playing";
import { at, operation, supposing } from "../state";
import { HOUR, longTime, MINUTE, shortTime } from "../times";
import type { Mark } from "../track";
import { density, lanes, marks, share, ticks, told } from "../track";
import { Sign } from "./Signs";

const percent = (part: number): string => `${(part * 100).toFixed(3)}%`;

export function Track() {
  return (
    <div class="track">
      <div class="track-layers" aria-hidden="true">
        <p class="track-title">
          {supposing.value && "As the log has it, without what if: "}
          <bdi>{titleOf(told.value)}</bdi>
        </p>
        <div class="marks">
          {marks.value.map((mark) => (
            <MarkSign key={mark.at} mark={mark} />
          ))}
        </div>
        <div class="lanes">
          {lanes.value.map((lane) => (
            <div key={lane.id} class="lane" data-dim={(told.value !== null && told.value !== lane.id) || undefined}>
              {lane.stretches.map((one) => (
                <span
                  key={one.from}
                  class={`stretch is-${one.answer}`}
                  data-open={!one.certain || undefined}
                  style={{ left: percent(one.from), width: percent(one.to - one.from) }}
                />
              ))}
            </div>
          ))}
        </div>
        <div class="density">
          {density.value.map((one) => (
            <span key={one.where} style={{ left: percent(one.where), height: percent(one.height) }} />
          ))}
        </div>
        <div class="ticks">
          {ticks.value.map((one) => (
            <span key={one.where} data-day={one.day || undefined} style={{ left: percent(one.where) }}>
              {one.label}
            </span>
          ))}
        </div>
        <Playhead />
      </div>
      <Slider />
    </div>
  );
}

function titleOf(promise: string | null): string {
  if (!promise) return "When each promise was kept, unknown or broken";
  return operation.value?.promises.find((one) => one.id === promise)?.text ?? promise;
}

function MarkSign({ mark }: { mark: Mark }) {
  const title = mark.steps.map((step) => `${shortTime(step.at)}: ${stepInWords(step)}`).join("\n");
  return (
    <button
      type="button"
      class="change-mark"
      tabIndex={-1}
      title={title}
      style={{ left: percent(mark.where) }}
      onClick={() => setAt(mark.at)}
    >
      <Sign of={mark} />
    </button>
  );
}

function Playhead() {
  return <div class="playhead" style={{ left: percent(share(at.value)) }} />;
}

function Slider() {
  const whole = operation.value;
  const starts = Date.parse(whole?.starts ?? "") || 0;
  const minutes = whole ? (Date.parse(whole.ends) - starts) / MINUTE : 1;
  return (
    <input
      type="range"
      class="slider"
      aria-label="Moment looked at"
      min={0}
      max={minutes}
      step={1}
      value={Math.round((at.value - starts) / MINUTE)}
      aria-valuetext={longTime(at.value)}
      onInput={(event) => setAt(starts + Number(event.currentTarget.value) * MINUTE)}
      onPointerDown={() => setPlaying(false)}
      onKeyDown={(event) => {
        const hours = event.key === "PageUp" ? 1 : event.key === "PageDown" ? -1 : 0;
        if (!hours) return;
        event.preventDefault();
        setAt(at.value + hours * HOUR);
      }}
    />
  );
}
