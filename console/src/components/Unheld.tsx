// What was pasted or typed and no entry holds, with the way to keep it.
import { draft } from "../draft";
import { operation } from "../state";
import { forgetUnheld, keeping, keepUnheld, notKept, unheld, WORDS_MAX } from "../unheld";

export function Unheld() {
  const one = unheld.value;
  if (!one) return null;
  const isLong = one.text.length > WORDS_MAX;
  const letters = one.text.length.toLocaleString("en-GB");
  return (
    <div class="fault-summary" id="unheld" role="alert">
      <h3>{one.pasted ? "It was not pasted" : "It was not read"}</h3>
      {isLong && (
        <p>
          It has {letters} letters, and an entry holds {WORDS_MAX.toLocaleString("en-GB")}.
        </p>
      )}
      {notKept.value && (
        <p class="fault">
          <bdi>{notKept.value}</bdi>
        </p>
      )}
      <p class="fault-keep">
        <button
          type="button"
          class="button small"
          disabled={keeping.value || !operation.value?.desk}
          onClick={() => void keepUnheld(draft.peek().by.trim())}
        >
          Keep as a note
        </button>{" "}
        <button type="button" class="button small quiet" disabled={keeping.value} onClick={forgetUnheld}>
          Leave it
        </button>{" "}
        {isLong
          ? "Its beginning, and the SHA-256 of all, by which it is known again: keep the whole as a file."
          : "All that was typed, in its words: nothing on the map changes."}
      </p>
    </div>
  );
}
