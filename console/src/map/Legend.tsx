// What the signs on the map mean. Only what can be seen on this map is explained.
import { computed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { planning, question, shownPlan } from "../planning/state";
import { operation, picture, supposing } from "../state";
import { armMarks } from "./armMarks";
import { shownPaths } from "./leaks";
import { type LegendSign, legendSymbol } from "./symbols";

interface Row {
  sign?: LegendSign;
  line?: string;
  words: string;
}

const rows = computed<readonly Row[]>(() => {
  const marks = armMarks.value;
  const paths = shownPaths.value;
  const looks = new Set(marks.map((one) => one.look));
  const standing = marks.filter((one) => one.look === "stands");
  const occupied = picture.value?.occupied ?? [];
  const all: Array<[boolean, Row]> = [
    [standing.some((one) => one.gate && one.staffed === "yes"), { sign: "gate", words: "gate in place, staffed" }],
    [
      standing.some((one) => one.gate && one.staffed !== "yes"),
      { sign: "gate-empty", words: "gate in place, not known to be staffed" },
    ],
    [standing.some((one) => !one.gate), { sign: "block", words: "barrier in place" }],
    [looks.has("gone"), { sign: "gone", words: "barrier not in place" }],
    [looks.has("gone?"), { sign: "gone?", words: "perhaps not in place: the log leaves it open" }],
    [looks.has("doubt"), { sign: "doubt", words: "claimed to stand open" }],
    [looks.has("part"), { sign: "part", words: "barrier part placed" }],
    [looks.has("planned"), { sign: "planned", words: "barrier not yet placed" }],
    [shownPlan.value !== null, { sign: "plan", words: "barrier of the plan, by its number in the list" }],
    [planning.value && question.value.must.length > 0, { sign: "pinned", words: "pinned: the plan must have it" }],
    [planning.value && question.value.must_not.length > 0, { sign: "forbidden", words: "forbidden: no barrier here" }],
    [paths.some((one) => one.kind === "leak" && one.certain), { line: "leak", words: "a way in" }],
    [
      paths.some((one) => one.kind === "leak" && !one.certain),
      { line: "leak-doubted", words: "a way in, not certain" },
    ],
    [paths.some((one) => one.kind === "way"), { line: "way", words: "a way that works" }],
    [occupied.length > 0, { line: "occupied", words: "occupied street" }],
    [true, { line: "area", words: "protected area" }],
    [true, { line: "limit", words: "limit: how far out the cordon may reach" }],
    [true, { line: "inferred", words: "street whose course is not from a source" }],
    [true, { line: "walk", words: "on foot only" }],
  ];
  return all.filter(([shown]) => shown).map(([, row]) => row);
});

function Sign({ sign }: { sign: LegendSign }) {
  const holder = useRef<HTMLSpanElement>(null);
  useEffect(() => holder.current?.replaceChildren(legendSymbol(sign)), [sign]);
  return <span class="map-legend-sign" ref={holder} />;
}

export function Legend() {
  return (
    <details class="map-legend">
      <summary>Legend</summary>
      <ul>
        {rows.value.map((row) => (
          <li key={row.words}>
            {row.sign ? <Sign sign={row.sign} /> : <span class={`map-legend-line map-legend-${row.line}`} />}
            <span>{row.words}</span>
          </li>
        ))}
        {supposing.value && (
          <li key="supposed">
            <span class="map-legend-line map-legend-supposed" />
            <span>only supposed</span>
          </li>
        )}
      </ul>
      {operation.value?.credits.map((credit) => (
        <p class="map-credit" key={credit}>
          <bdi>{credit}</bdi>
        </p>
      ))}
    </details>
  );
}
