// The answer in words: how many, how sure, what it takes and what it leaves.
import { operation } from "../../state";
import { counted, distance } from "../../words";
import type { Plan } from "../state";
import { front, isAnswered, keptPlan, pickedPoint, refused, shownPlan, working } from "../state";
import type { Sure } from "../words";
import {
  AGAINST,
  choiceProofInWords,
  costInWords,
  dearerInWords,
  enclosedInWords,
  proofInWords,
  sizeInWords,
  sureOf,
} from "../words";
import { Steps } from "./Steps";

export function Summary() {
  const plan = shownPlan.value;
  return (
    <section class="summary" aria-labelledby="log-heading" aria-busy={working.value} data-working={working.value}>
      <div class="planning-head">
        <h2 id="log-heading" tabIndex={-1}>
          Plan
        </h2>
        <Progress />
      </div>
      {!plan && !refused.value && <p class="hint">Working out the fewest barriers…</p>}
      {plan && (plan.possible ? <Figures plan={plan} /> : <Impossible plan={plan} />)}
    </section>
  );
}

/** Whether what is shown is the answer to what is asked. */
function Progress() {
  const words = working.value ? "Working it out…" : refused.value ? "Of the question before" : "";
  return (
    <span class="plan-progress" data-old={!isAnswered.value || undefined}>
      {working.value && <span class="progress-bar" aria-hidden="true" />}
      {words}
    </span>
  );
}

const SIGNS: Record<Sure, string> = {
  certificate: "m2.5 8.5 3.5 3.5 7.5-8", // a tick
  solver: "M2.5 9.5c1.6-3.4 3.9-3.4 5.5-1.5s3.9 1.9 5.5-1.5", // about so
  open: "M8 2v7.5M8 12.7v.8",
};

function Figures({ plan }: { plan: Plan }) {
  const point = pickedPoint.value;
  const shown = front.value?.front;
  const sure = sureOf(plan, point);
  const dearer = dearerInWords(plan);
  const says = point && shown ? choiceProofInWords(point, shown) : proofInWords(plan);
  return (
    <>
      <p class="plan-size">
        {sizeInWords(plan)}
        {plan.measure !== "arms" && <span class="plan-cost">{costInWords(plan.cost, plan.measure)}</span>}
      </p>
      {keptPlan.value && <p class="hint">As it was saved.</p>}
      <p class="plan-proof" data-proven={sure === "certificate"}>
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
          <path d={SIGNS[sure]} />
        </svg>
        {says}
      </p>
      <dl class="figures">
        <Figure name="blocks" value={plan.blocks.toLocaleString("en-GB")} />
        <Figure name="staff" value={plan.staff.toLocaleString("en-GB")} />
        <Figure name="street enclosed" value={distance(plan.enclosed_street_m)} />
        <Figure
          name="addresses enclosed"
          value={plan.enclosed_addresses === null ? "not known" : plan.enclosed_addresses.toLocaleString("en-GB")}
        />
        <Figure name="through traffic" value={counted(plan.through, "point")} />
      </dl>
      {dearer && <p class="hint">{dearer}</p>}
      <OwnBarriers />
    </>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** For comparison, what the operation has. */
function OwnBarriers() {
  const own = operation.value?.barriers ?? [];
  if (!own.length) return null;
  const arms = own.reduce((sum, one) => sum + one.arms.length, 0);
  return (
    <p class="hint">
      The operation itself has {counted(arms, "arm")} at {counted(own.length, "place")}.
    </p>
  );
}

/** No cordon exists: the way in that nobody may close. */
function Impossible({ plan }: { plan: Plan }) {
  return (
    <div class="fault-summary">
      <h3>No barriers can seal the area {AGAINST[plan.threat]}</h3>
      {plan.witness && (
        <p>
          One can always drive in by{" "}
          <bdi>{plan.witness.streets.map((one) => one || "a nameless lane").join(" → ")}</bdi>.
        </p>
      )}
      {plan.cannot_close.length === 0 && (
        <p>
          Nothing of this way lies between area and limit: the area reaches its limit there, and no barrier has room.
          Draw the limit farther out, or the area smaller.
        </p>
      )}
      {plan.cannot_close.length > 0 && (
        <ul>
          {plan.cannot_close.map((one) => (
            <li key={one.arm}>
              <bdi>{one.street || "A nameless lane"}</bdi>: {one.why}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** On a phone: the answer in one line, above every tab. */
export function PlanStrip() {
  return (
    <div class="plan-strip">
      <PlanWords />
      <Steps />
    </div>
  );
}

/** The answer in one line, where the panel that holds it may be out of sight. */
export function PlanWords() {
  const plan = shownPlan.value;
  const words = !plan
    ? "Working it out…"
    : plan.possible
      ? `${sizeInWords(plan)}, ${enclosedInWords(plan)}`
      : "No barriers can seal the area";
  const whom = plan && ` ${AGAINST[plan.threat]}`;
  return (
    <p class="plan-words" aria-busy={working.value}>
      <b>{words}</b>
      {whom}
      {refused.value && <span class="fault"> Not of this question: it can't be planned.</span>}
      {working.value && plan && <span class="hint"> working…</span>}
    </p>
  );
}
