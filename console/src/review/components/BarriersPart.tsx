// Barriers as they were known then beside what is known now, and how their places were worded by whom.
import { byId } from "../../log-view";
import type { BarrierNow } from "../../state";
import { knowledge } from "../../state";
import { shortTime, spanInWords } from "../../times";
import { barrierInWords, barrierName, counted, findBarrier, STATES } from "../../words";
import type { BarrierWordings, Review, Said } from "../state";
import { look, review } from "../state";
import { EntryLink, WhoSays } from "./SaidBy";

/** A list of many places is longer: its beginning says that it is one. */
const LETTERS_SHOWN = 60;
/** So many entries are read at a glance; more stand behind a press. */
const ENTRIES_SHOWN = 3;

export function BarriersPart() {
  const whole = review.value;
  return (
    <>
      <div class="review-part">
        <h3>Barriers{whole && `, ${shortTime(Date.parse(whole.at))}`}</h3>
        <p class="hint">As this desk knew them then, beside what is known of that moment by now.</p>
        {whole ? <Differences of={whole} /> : <p role="status">Working it out…</p>}
      </div>
      {look.value && <Wordings of={look.value.wordings} />}
    </>
  );
}

function Differences({ of }: { of: Review }) {
  const all = of.now.picture.barriers.length;
  const same = all - of.barriers.length;
  const pictured = ({ picture }: Review["now"], id: string) => picture.barriers.find((one) => one.id === id);
  return (
    <>
      {of.barriers.map((id) => {
        const [then, now] = [pictured(of.then, id), pictured(of.now, id)];
        if (!then || !now) return null;
        const since = now.entries.filter((entry) => !then.entries.includes(entry));
        return (
          <div key={id} class="then-now" data-barrier={id}>
            <h4>
              <bdi>{barrierName(id)}</bdi>
            </h4>
            <div class="then-now-sides">
              <Side label="Known then" of={then} entries={then.entries} by="By" />
              <Side label="Known now" of={now} entries={since} by="Since then" />
            </div>
          </div>
        );
      })}
      {same > 0 && (
        <p>
          {same === all ? `All ${all} were` : same === 1 ? "The other one was" : `The other ${same} were`} known then as
          {same === 1 ? " it is" : " they are"} known now.
        </p>
      )}
    </>
  );
}

interface SideProps {
  label: string;
  of: BarrierNow;
  entries: readonly string[];
  by: string;
}

function Side({ label, of, entries, by }: SideProps) {
  const barrier = findBarrier(of.id);
  const claimed = of.states_claimed.filter((state) => state !== of.state);
  return (
    <div class="then-now-side" data-holds={of.holds}>
      <p class="fact-name">{label}</p>
      <p>
        <b>{barrier ? barrierInWords(barrier, of) : STATES[of.state]}</b>
        {claimed.length > 0 && ` (claimed: ${claimed.map((state) => STATES[state]).join(", ")})`}
      </p>
      <Sources ids={entries} label={by} />
    </div>
  );
}

/** The entries behind a picture, the newest first, each with who says so. */
function Sources({ ids, label }: { ids: readonly string[]; label: string }) {
  const entries = ids.flatMap((id) => byId.value.get(id)?.entry ?? []).reverse();
  if (!entries.length) return null;
  const list = (shown: typeof entries) => (
    <ul>
      {shown.map((entry) => (
        <li key={entry.id}>
          <EntryLink id={entry.id} /> <WhoSays of={entry} />
        </li>
      ))}
    </ul>
  );
  const more = entries.slice(ENTRIES_SHOWN);
  return (
    <div class="sources">
      <p class="fact-name">{label}</p>
      {list(entries.slice(0, ENTRIES_SHOWN))}
      {more.length > 0 && (
        <details>
          <summary>{more.length} more</summary>
          {list(more)}
        </details>
      )}
    </div>
  );
}

function Wordings({ of }: { of: readonly BarrierWordings[] }) {
  const several = of.filter((one) => grouped(one.wordings).length > 1);
  return (
    <div class="review-part">
      <h3>Wordings</h3>
      <p class="hint">
        How the places of barriers were worded, by whom,{" "}
        {knowledge.value === "then" ? "as it was known then" : "with all that is known by now"}: several wordings, one
        barrier.
      </p>
      {several.length === 0 && <p>No barrier's place was worded in two ways.</p>}
      {several.map(({ barrier, wordings }) => (
        <details key={barrier} class="wordings" data-barrier={barrier}>
          <summary>
            <bdi>{barrierName(barrier)}</bdi>{" "}
            <span class="optional">{counted(grouped(wordings).length, "wording")}</span>
          </summary>
          <dl>
            {grouped(wordings).map(([place, said]) => (
              <Wording key={place} place={place} said={said} />
            ))}
          </dl>
        </details>
      ))}
    </div>
  );
}

function Wording({ place, said }: { place: string; said: readonly Said[] }) {
  return (
    <div class="wording">
      <dt>
        {place.length > LETTERS_SHOWN ? (
          <details>
            <summary>
              <bdi>{place.slice(0, LETTERS_SHOWN)}…</bdi>
            </summary>
            <bdi>{place}</bdi>
          </details>
        ) : (
          <bdi>{place}</bdi>
        )}
      </dt>
      {said.map((one) => (
        <dd key={one.entry}>
          <EntryLink id={one.entry} /> <WhoSays of={one} />, {spanInWords(one.reported)}
        </dd>
      ))}
    </div>
  );
}

/** Each wording once, with those who used it, in order of report. */
function grouped(wordings: readonly Said[]): readonly (readonly [string, readonly Said[]])[] {
  const found = new Map<string, Said[]>();
  for (const one of wordings) if (one.place) found.set(one.place, [...(found.get(one.place) ?? []), one]);
  return [...found];
}
