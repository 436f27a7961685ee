// The signs that say what an answer is: shape first, colour second.
import type { Answer } from "../state";
import type { Certainty } from "../words";

const OCTAGON = "M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z";
const QUESTION = "M9 9.4a3 3 0 1 1 4.6 2.5c-1 .7-1.6 1.2-1.6 2.4";

function Question({ scale = 1 }: { scale?: number }) {
  return (
    <g class="sign-glyph" transform={`translate(12 12) scale(${scale}) translate(-12 -12)`}>
      <path d={QUESTION} fill="none" />
      <circle cx="12" cy="17.4" r="1" class="sign-dot" />
    </g>
  );
}

/** Kept: disc with a tick. Broken: octagon with a cross. Broken?: octagon, open, with "?". Unknown: diamond with "?". */
export function Sign({ of }: { of: Pick<Answer, "answer" | "certain"> }) {
  const open = of.answer !== "unknown" && !of.certain;
  return (
    <svg class={`sign sign-${of.answer}`} data-open={open || undefined} viewBox="0 0 24 24" aria-hidden="true">
      <SignShape answer={of.answer} open={open} />
    </svg>
  );
}

/** The same without its frame, to be put into another drawing. */
export function SignShape({ answer, open }: { answer: Answer["answer"]; open: boolean }) {
  if (answer === "unknown") {
    return (
      <>
        <path class="sign-shape" d="M12 1.2 22.8 12 12 22.8 1.2 12z" />
        <Question scale={0.78} />
      </>
    );
  }
  return (
    <>
      {answer === "broken" ? (
        <path class="sign-shape" d={OCTAGON} />
      ) : (
        <circle class="sign-shape" cx="12" cy="12" r="10" />
      )}
      {open && <Question scale={0.88} />}
      {!open && answer === "broken" && <path class="sign-glyph" fill="none" d="m8 8 8 8m0-8-8 8" />}
      {!open && answer === "kept" && <path class="sign-glyph" fill="none" d="m7.2 12.4 3.2 3.2 6.4-7" />}
    </>
  );
}

const CERTAINTY_SHAPES: Record<Certainty, string> = {
  confirmed: "M2 8.5 5 11.5 9.5 5M7.5 10.5l1 1L14 5",
  observed:
    "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  claimed: "M2.5 3h11v7.5h-5L5 13.5v-3H2.5z",
  understood: "M2 6.2c2-2.4 4 1.6 6 .4s4-2.4 6 0M2 10.6c2-2.4 4 1.6 6 .4s4-2.4 6 0",
  denied: "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM3.9 3.9l8.2 8.2",
};

/** How sure an entry is: two ticks, an eye, a bubble, a wave, a barred ring. */
export function CertaintySign({ of }: { of: Certainty }) {
  return (
    <svg class="icon certainty-sign" viewBox="0 0 16 16" aria-hidden="true">
      <path d={CERTAINTY_SHAPES[of]} />
    </svg>
  );
}
