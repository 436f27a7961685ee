// Fetching what a review shows: while it is shown, and again when the log or the moment looked at is another.
import type { ReadonlySignal } from "@preact/signals";
import { computed, effect } from "@preact/signals";
import { get, inWords } from "../api/client";
import { at, log, operation } from "../state";
import { MINUTE } from "../times";
import type { Hindsight, History, Review } from "./state";
import { hindsight, histories, part, review, reviewing, reviewTrouble } from "./state";

/** A hand that drags the slider asks nothing until it rests. */
const WAIT_MS = 200;
const RETRY_MS = 5000;

const position = computed(() => log.value[0]?.position ?? 0);

/** What is asked, in a word that is another wherever the answer may be another; null while nobody looks. */
const wantedPast = computed(() =>
  operation.value && reviewing.value && part.value === "promises" ? `${position.value}` : null,
);
const wantedMoment = computed(() =>
  operation.value && reviewing.value && part.value !== "promises" ? `${position.value} ${minute()}` : null,
);

const minute = (): string => new Date(Math.floor(at.value / MINUTE) * MINUTE).toISOString();

export function startReview(): void {
  keepAnswered(
    wantedPast,
    () => get<History>("history"),
    (found) => {
      histories.value = found;
    },
  );
  keepAnswered(
    wantedPast,
    () => get<Hindsight>("hindsight"),
    (found) => {
      hindsight.value = found;
    },
  );
  keepAnswered(
    wantedMoment,
    () => get<Review>("review", { at: minute() }),
    (found) => {
      review.value = found;
    },
  );
}

/** Ask whenever another answer is wanted, and again where none came; an answer to an older question is dropped. */
function keepAnswered<T>(wanted: ReadonlySignal<string | null>, ask: () => Promise<T>, take: (found: T) => void): void {
  let waiting = 0;
  const askNow = async (question: string): Promise<void> => {
    try {
      const found = await ask();
      if (question !== wanted.peek()) return;
      take(found);
      reviewTrouble.value = null;
    } catch (error) {
      if (question !== wanted.peek()) return;
      reviewTrouble.value = inWords(error);
      waiting = window.setTimeout(() => void askNow(question), RETRY_MS);
    }
  };
  effect(() => {
    const question = wanted.value;
    window.clearTimeout(waiting);
    if (question !== null) waiting = window.setTimeout(() => void askNow(question), WAIT_MS);
  });
}
