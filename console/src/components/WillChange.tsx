// What the entry that is being written will change, above the button that logs it: the fields that say so may be out of sight.
import { draft } from "../draft";
import { draftEffects, figureInWords, placeOf } from "../entry-draft";
import { Effects } from "./Effects";

/** More would leave the form no room; all of them stand at its end. */
const SHOWN = 3;

export function WillChange() {
  const one = draft.value;
  const place = placeOf(one);
  const figure = one.kind === "correction" ? figureInWords(one) : null;
  const all = [...(figure ? [figure] : []), ...draftEffects(one)];
  if (!all.length && !place) return null;
  return (
    <div class="will-change">
      <p>{place ?? "What it changes:"}</p>
      <Effects of={all.slice(0, SHOWN)} />
      {all.length > SHOWN && <p class="hint">and {all.length - SHOWN} more, at the end of the form</p>}
    </div>
  );
}
