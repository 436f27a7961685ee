// What was counted by the moment looked at: each basis for itself, the newest first, with how far the sources differ.
import { Entries } from "../../components/Witness";
import { knowledge } from "../../state";
import { shortTime, spanInWords } from "../../times";
import { counted } from "../../words";
import type { BasisCount, CountSaid } from "../state";
import { look, review } from "../state";
import { figure, numberInWords, ordered, partsInWords } from "../words";
import { EntryLink, WhoSays } from "./SaidBy";

/** So many parts are read at a glance; more stand behind a press. */
const PARTS_SHOWN = 4;

export function CountsPart() {
  const whole = review.value;
  const then = knowledge.value === "then";
  const counts = look.value && ordered(look.value.counts);
  return (
    <div class="review-part">
      <h3>Counts{whole && `, ${shortTime(Date.parse(whole.at))}`}</h3>
      <p class="hint">
        {then ? "As it was known then" : "As it was so, with all that is known by now"}. What was counted in two ways
        stands twice: figures on different bases are never added up.
      </p>
      {!counts && <p role="status">Working it out…</p>}
      {counts?.length === 0 && <p>Nothing was counted by then.</p>}
      {counts?.map((count) => (
        <div key={`${count.unit} ${count.place}`} class="count">
          <h4>
            <bdi>{count.unit ?? "Of what was not stated"}</bdi>
            {count.place && (
              <>
                {", "}
                <bdi>{count.place}</bdi>
              </>
            )}
          </h4>
          <ul class="bases">
            {count.bases.map((basis) => (
              <Basis key={basis.basis ?? ""} of={basis} />
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function Basis({ of }: { of: BasisCount }) {
  const { stands, spread } = of;
  const besides = of.by_source.filter((one) => one.said.entry !== stands?.said.entry);
  return (
    <li class="basis">
      <p class="fact-name">
        Basis: <bdi>{of.basis ?? "not stated"}</bdi>
      </p>
      {stands ? <Figure of={stands} stands /> : <p>Nothing but a denial.</p>}
      {stands && !of.newest_certain && <p class="hint">The log leaves open whether this is the newest.</p>}
      {spread && spread.low !== spread.high && (
        <p class="spread">
          <b>
            From {figure(spread.low)} to {figure(spread.high)}
          </b>
          {", by what each source said last"}
          {!spread.of_one_moment && ": of different moments, so they need not differ"}
          {". "}
          <Entries ids={spread.low_by} label="Lowest" /> <Entries ids={spread.high_by} label="Highest" />
        </p>
      )}
      {besides.map((one) => (
        <Figure key={one.said.entry} of={one} label="Also" />
      ))}
      {of.denials.map((one) => (
        <Figure key={one.said.entry} of={one} label="Denied" />
      ))}
      <Entries ids={of.others} label="Besides" />
    </li>
  );
}

function Figure({ of, label, stands = false }: { of: CountSaid; label?: string; stands?: boolean }) {
  const wrong = partsInWords(of);
  return (
    <div class="figure" data-stands={stands || undefined}>
      <p>
        {label && `${label}: `}
        <b class="figure-number">{numberInWords(of)}</b>
      </p>
      <Parts of={of} />
      {wrong && (
        <p class="entry-flag">
          <span aria-hidden="true">⚑ </span>
          <span class="unseen">flagged: </span>
          {wrong}
        </p>
      )}
      <p class="figure-by">
        <WhoSays of={of.said} />, {spanInWords(of.said.so)}
        {of.perhaps && ", perhaps not so yet"} <EntryLink id={of.said.entry} />
      </p>
      <Entries ids={of.denied_by} label="denied by" />
      <Entries ids={of.corrects} label="in place of" />
      <Entries ids={of.corrected_by} label="put right by" />
    </div>
  );
}

function Parts({ of }: { of: CountSaid }) {
  const parts = Object.entries(of.breakdown);
  if (!parts.length) return null;
  const list = (
    <ul class="parts">
      {parts.map(([name, number]) => (
        <li key={name}>
          {figure(number)} <bdi>{name}</bdi>
        </li>
      ))}
    </ul>
  );
  if (parts.length <= PARTS_SHOWN) return list;
  return (
    <details>
      <summary>{counted(parts.length, "part")}</summary>
      {list}
    </details>
  );
}
