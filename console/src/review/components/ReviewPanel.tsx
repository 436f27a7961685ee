// Looking back: how each promise fared, what was believed then, who said otherwise, and what was counted.
import { operation } from "../../state";
import { reviewPromise, setPart } from "../acts";
import type { ReviewPart } from "../state";
import { about, part, reviewTrouble } from "../state";
import { BarriersPart } from "./BarriersPart";
import { ClaimsPart } from "./ClaimsPart";
import { CountsPart } from "./CountsPart";
import { HindsightPart } from "./HindsightPart";
import { HistoryPart } from "./HistoryPart";

const PARTS: Record<ReviewPart, string> = {
  promises: "Promises",
  barriers: "Barriers",
  claims: "Claims",
  counts: "Counts",
};

export function ReviewPanel() {
  return (
    <section class="review" aria-labelledby="board-heading">
      <div class="review-head">
        <h2 id="board-heading" tabIndex={-1}>
          Review
        </h2>
        <fieldset class="segments">
          <legend class="unseen">What to review</legend>
          {(Object.keys(PARTS) as ReviewPart[]).map((one) => (
            <label key={one}>
              <input type="radio" name="review-part" checked={part.value === one} onChange={() => setPart(one)} />
              <span>{PARTS[one]}</span>
            </label>
          ))}
        </fieldset>
      </div>
      {reviewTrouble.value && (
        <p class="notice" role="alert">
          {reviewTrouble.value} Trying again.
        </p>
      )}
      {part.value === "barriers" && <BarriersPart />}
      {part.value === "claims" && <ClaimsPart />}
      {part.value === "counts" && <CountsPart />}
      {part.value === "promises" && (
        <>
          <AboutField />
          <HistoryPart />
          <HindsightPart />
        </>
      )}
    </section>
  );
}

function AboutField() {
  return (
    <div class="labelled review-about">
      <label for="review-about">Promise</label>
      <select
        id="review-about"
        class="field"
        value={about.value ?? ""}
        onChange={(event) => reviewPromise(event.currentTarget.value || null)}
      >
        <option value="">All promises</option>
        {operation.value?.promises.map((one) => (
          <option key={one.id} value={one.id}>
            {one.text}
          </option>
        ))}
      </select>
    </div>
  );
}
