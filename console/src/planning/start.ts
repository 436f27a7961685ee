// What planning does by itself, from the start of the page.
import { effect, untracked } from "@preact/signals";
import { keepAnswered, keepReasons } from "./ask";
import { findChoice, listPlans } from "./saved";
import { frontIsFresh, isAnswered, planning } from "./state";

export function startPlanning(): void {
  keepAnswered();
  keepReasons();
  effect(() => {
    if (planning.value) untracked(() => void listPlans());
  });
  effect(() => {
    if (isAnswered.value && frontIsFresh.value) untracked(findChoice);
  });
}
