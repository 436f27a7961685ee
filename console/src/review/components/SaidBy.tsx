// The entries that something rests on: which, by whom, how sure; each a way into the log.
import { openEntry } from "../../actions";
import { CertaintySign } from "../../components/Signs";
import { spanInWords } from "../../times";
import { CERTAINTIES } from "../../words";
import type { Said } from "../state";

interface Props {
  label: string;
  of: readonly Said[];
  /** Also what they say, and when this desk had it. */
  whole?: boolean;
}

export function SaidBy({ label, of, whole = false }: Props) {
  if (!of.length) return null;
  return (
    <div class="said-by">
      <p class="fact-name">{label}</p>
      <ul>
        {of.map((said) => (
          <li key={said.entry}>
            <EntryLink id={said.entry} /> <WhoSays of={said} />
            {whole && (
              <>
                : <bdi>{said.what}</bdi> <span class="said-recorded">Recorded {spanInWords(said.recorded)}.</span>
              </>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

export function WhoSays({ of }: { of: Pick<Said, "certainty" | "source"> }) {
  return (
    <>
      <span class={`certainty certainty-${of.certainty}`}>
        <CertaintySign of={of.certainty} />
        {CERTAINTIES[of.certainty]}
      </span>
      {", "}
      <bdi>{of.source.by}</bdi>
    </>
  );
}

export function EntryLink({ id }: { id: string }) {
  return (
    <button type="button" class="link" onClick={() => openEntry(id)}>
      {id}
    </button>
  );
}
