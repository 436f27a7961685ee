// What comes out: the plan in words, the choices beside it, its barriers.
import { BarriersPart } from "./BarriersPart";
import { ChoicesPart } from "./ChoicesPart";
import { Summary } from "./Summary";

export function PlanPanel() {
  return (
    <div class="planning plan-answer">
      <Summary />
      <ChoicesPart />
      <BarriersPart />
    </div>
  );
}
