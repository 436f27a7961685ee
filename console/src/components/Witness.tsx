// What proves an answer, in words: the ways in, the streets cut off, the path that works.
import type { ComponentChildren } from "preact";
import { openEntry, showLeak } from "../actions";
import type { Answer } from "../state";
import { operation, picture, selection, shownLeak } from "../state";
import { shortTime } from "../times";
import type { CutOff, DrivenPath, Leak, Occupied } from "../witness";
import { leaksOf, part, streetsInWords } from "../witness";
import { barrierName, categoryName, counted, distance, listed, siteName, streetName } from "../words";

export function Witness({ answer }: { answer: Answer }) {
  switch (answer.kind) {
    case "sealed":
      return <Sealed answer={answer} />;
    case "exit_open":
      return <ExitOpen answer={answer} />;
    case "foot_open":
      return <FootOpen answer={answer} />;
    case "access":
      return <Access answer={answer} />;
    case "site_open":
      return <SiteOpen answer={answer} />;
    case "contained":
      return <Contained answer={answer} />;
    default:
      return null;
  }
}

function Sealed({ answer }: { answer: Answer }) {
  const leaks = leaksOf(answer);
  const closed = part<string[]>(answer, "barriers_closed") ?? [];
  if (!leaks.length) {
    return (
      <Fact name={counted(closed.length, "barrier closes", "barriers close")}>
        {closed.map(barrierName).join("; ")}
      </Fact>
    );
  }
  const chosen = selection.value?.kind === "promise" && selection.value.id === answer.id ? shownLeak.value : null;
  return (
    <>
      <h3>{counted(leaks.length, "way in", "ways in")}</h3>
      <ol class="leaks">
        {leaks.map((leak, index) => (
          <li key={`${leak.through} ${index}`}>
            <LeakButton leak={leak} index={index} pressed={chosen === index} press={() => showLeak(answer.id, index)} />
            <Entries ids={entriesOf(leak)} />
          </li>
        ))}
      </ol>
      {closed.length > 0 && (
        <Fact name={counted(closed.length, "barrier closes", "barriers close")}>
          {closed.map(barrierName).join("; ")}
        </Fact>
      )}
    </>
  );
}

interface LeakButtonProps {
  leak: Leak;
  index: number;
  pressed: boolean;
  press: () => void;
}

function LeakButton({ leak, index, pressed, press }: LeakButtonProps) {
  return (
    <button type="button" class="leak" data-leak={index} aria-pressed={pressed} title="Show on the map" onClick={press}>
      <span class="leak-number" aria-hidden="true">
        {index + 1}
      </span>
      <span class="leak-body">
        <span class="unseen">Leak {index + 1}: through </span>
        <bdi class="leak-through">{leak.through}</bdi>
        <bdi class="leak-path">
          {streetsInWords(leak.path)}, {distance(leak.path.length_m)}
        </bdi>
        <bdi class="leak-mend">Mend: {leak.mend}</bdi>
        {!leak.certain && (
          <span class="leak-doubt">{leak.claimed ? "not certain: somebody claims it" : "not certain"}</span>
        )}
      </span>
    </button>
  );
}

/** The entries that the state of the leaking barriers rests on. */
function entriesOf(leak: Leak): readonly string[] {
  const found = picture.value?.barriers.filter((one) => leak.barriers.includes(one.id)) ?? [];
  return [...new Set(found.flatMap((one) => one.entries))];
}

function ExitOpen({ answer }: { answer: Answer }) {
  const streets = part<Record<string, CutOff>>(answer, "streets") ?? {};
  const ways = part<Record<string, DrivenPath | null>>(answer, "ways_out") ?? {};
  return (
    <>
      {Object.entries(streets).map(([category, found]) => (
        <Fact key={category} name={categoryName(category)}>
          {found.cut_off.street_m > 0 && <Lost of={found} word="can't leave" />}
          <Path of={ways[category]} none="no way out" />
        </Fact>
      ))}
    </>
  );
}

function FootOpen({ answer }: { answer: Answer }) {
  const streets = part<Record<string, { out: CutOff; in: CutOff }>>(answer, "streets") ?? {};
  const narrow = part<string[]>(answer, "barriers_without_gap") ?? [];
  const lost = Object.entries(streets).filter(([, ways]) => ways.out.cut_off.street_m + ways.in.cut_off.street_m > 0);
  return (
    <>
      {lost.map(([category, ways]) => (
        <Fact key={category} name={categoryName(category)}>
          {ways.in.cut_off.street_m > 0 && <Lost of={ways.in} word="can't come in" />}
          {ways.out.cut_off.street_m > 0 && <Lost of={ways.out} word="can't leave" />}
        </Fact>
      ))}
      {!lost.length && <Fact name="On foot">every street that could be walked to can be walked to still</Fact>}
      {narrow.length > 0 && <Fact name="No gap on foot">{narrow.map(barrierName).join("; ")}</Fact>}
    </>
  );
}

function Access({ answer }: { answer: Answer }) {
  const cut = part<CutOff["cut_off"]>(answer, "cut_off");
  const never = part<CutOff["cut_off"]>(answer, "never_reached");
  const site = part<string>(answer, "site");
  return (
    <>
      {site && <Fact name="To">{siteName(site)}</Fact>}
      {cut && cut.street_m > 0 && (
        <Fact name="Cut off">
          {listed(cut.streets)}, {distance(cut.street_m)} of street
        </Fact>
      )}
      {never && never.street_m > 0 && (
        <Fact name="Not reached before either">
          {listed(never.streets)}, {distance(never.street_m)}
        </Fact>
      )}
      <Fact name="Way in">
        <Path of={part<DrivenPath>(answer, "path")} none="none that is certain" />
      </Fact>
    </>
  );
}

function SiteOpen({ answer }: { answer: Answer }) {
  const site = part<string>(answer, "site");
  return (
    <>
      {site && <Fact name="Site">{siteName(site)}</Fact>}
      <Fact name="Way there">
        <Path of={part<DrivenPath>(answer, "path")} none="none shown" />
      </Fact>
      <Entries ids={part<string[]>(answer, "entries") ?? []} />
    </>
  );
}

function Contained({ answer }: { answer: Answer }) {
  const sweep = part<string>(answer, "last_sweep");
  const occupied = part<Occupied[]>(answer, "occupied") ?? [];
  return (
    <>
      <Fact name="Last sweep of the perimeter">{sweep ? shortTime(Date.parse(sweep)) : "none is logged"}</Fact>
      {occupied.map((one) => (
        <Fact key={one.segment} name={one.occupied === "yes" ? "Occupied" : `Occupied, ${one.occupied}`}>
          {streetName(one.segment)}
          <Entries ids={one.entries} />
        </Fact>
      ))}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <p class="fact">
      <bdi class="fact-name">{name}</bdi> <bdi>{children}</bdi>
    </p>
  );
}

function Path({ of, none }: { of: DrivenPath | null | undefined; none: string }) {
  return of ? (
    <span>
      {streetsInWords(of)}, {distance(of.length_m)}
    </span>
  ) : (
    <span>{none}</span>
  );
}

function Lost({ of, word }: { of: CutOff; word: string }) {
  return (
    <span>
      {word}: {listed(of.cut_off.streets)}.{" "}
    </span>
  );
}

/** Links to entries; they pick the entry in the log. */
export function Entries({ ids, label = "Entries" }: { ids: readonly string[]; label?: string }) {
  if (!ids.length || !operation.value) return null;
  return (
    <span class="entry-links">
      <span>{label}</span>{" "}
      {ids.map((id) => (
        <button key={id} type="button" class="link" onClick={() => openEntry(id)}>
          {id}
        </button>
      ))}
    </span>
  );
}
