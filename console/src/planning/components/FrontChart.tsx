// The front as a picture: cost across, burden up, one dot for each choice. Discs are found by weighing cost against
// burden; diamonds lie in between. The slider below says the same in words.
import { pickChoice } from "../edits";
import type { Front, FrontPoint } from "../state";
import { burdenInWords, costInWords } from "../words";

const [WIDTH, HEIGHT] = [340, 132];
const ROOM = { left: 14, right: 14, top: 26, bottom: 30 };

interface Dot {
  point: FrontPoint;
  x: number;
  y: number;
}

export function FrontChart({ front, index }: { front: Front; index: number }) {
  const dots = placed(front);
  const shown = dots[index];
  const [first, last] = [front.points[0], front.points.at(-1)];
  if (!first || !last) return null;
  const line = dots.map(({ x, y }, at) => (at === 0 ? `M${x} ${y}` : `H${x}V${y}`)).join("");
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the slider below does the same by keys
    <svg
      class="front-chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${front.points.length} choices, from ${said(first, front)} to ${said(last, front)}`}
      onClick={(event) => pickNearest(event, dots)}
    >
      <path class="front-axis" d={`M${ROOM.left} 8V${HEIGHT - ROOM.bottom + 8}H${WIDTH - 4}`} />
      <path class="front-line" d={line} />
      {dots.map((dot, at) => (
        <Mark key={dot.point.cost} dot={dot} shown={at === index} />
      ))}
      {shown && <path class="front-drop" d={`M${shown.x} ${shown.y + 9}V${HEIGHT - ROOM.bottom + 8}`} />}
      <text class="front-word" x={ROOM.left + 6} y={14}>
        {burdenInWords(first.burden, front.against)}
      </text>
      <text class="front-word" x={WIDTH - 6} y={Math.max(14, (dots.at(-1)?.y ?? 0) - 12)} text-anchor="end">
        {dots.length > 1 ? burdenInWords(last.burden, front.against) : ""}
      </text>
      <text class="front-word" x={ROOM.left} y={HEIGHT - 6}>
        {costInWords(first.cost, front.measure)}
      </text>
      <text class="front-word" x={WIDTH - 6} y={HEIGHT - 6} text-anchor="end">
        {dots.length > 1 ? costInWords(last.cost, front.measure) : ""}
      </text>
    </svg>
  );
}

const said = (point: FrontPoint, front: Front): string =>
  `${costInWords(point.cost, front.measure)} with ${burdenInWords(point.burden, front.against)}`;

function placed({ points }: Front): readonly Dot[] {
  const [costs, burdens] = [points.map((one) => one.cost), points.map((one) => one.burden)];
  const across = scale(costs, ROOM.left + 12, WIDTH - ROOM.right - 8);
  const up = scale(burdens, HEIGHT - ROOM.bottom - 6, ROOM.top + 8);
  return points.map((point) => ({ point, x: across(point.cost), y: up(point.burden) }));
}

function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return (value) =>
    Math.round(most > least ? from + ((value - least) / (most - least)) * (to - from) : (from + to) / 2);
}

function Mark({ dot: { point, x, y }, shown }: { dot: Dot; shown: boolean }) {
  return (
    <g class="front-dot" data-shown={shown || undefined}>
      {shown && <circle class="front-ring" cx={x} cy={y} r={9.5} />}
      {point.supported ? (
        <circle class="front-disc" cx={x} cy={y} r={5} />
      ) : (
        <path class="front-diamond" d={`M${x} ${y - 5.5}l5.5 5.5-5.5 5.5-5.5-5.5z`} />
      )}
    </g>
  );
}

function pickNearest(event: MouseEvent, dots: readonly Dot[]): void {
  const svg = event.currentTarget as SVGSVGElement;
  const box = svg.getBoundingClientRect();
  const scaled = WIDTH / box.width;
  const [x, y] = [(event.clientX - box.left) * scaled, (event.clientY - box.top) * scaled];
  const far = ({ x: ox, y: oy }: Dot) => Math.hypot(ox - x, oy - y);
  const nearest = dots.reduce((one, other, at) => (far(other) < far(dots[one] as Dot) ? at : one), 0);
  if (dots.length) pickChoice(nearest);
}
