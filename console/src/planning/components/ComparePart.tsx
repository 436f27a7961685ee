// Two cordons beside each other: what both have, and what only one of them has.
import { signal } from "@preact/signals";
import { at } from "../../state";
import { shortTime } from "../../times";
import { distance, listed } from "../../words";
import { nameOfArm } from "../names";
import { compare, compareTrouble, comparing } from "../saved";
import type { Comparison } from "../state";
import { answer, comparison, isAnswered, savedPlans } from "../state";

type Side = Comparison["first"];

const first = signal("fewest");
const second = signal("installed");

export function ComparePart() {
  if (!answer.value) return null;
  return (
    <section class="part" aria-labelledby="compare-heading">
      <h3 id="compare-heading">Compare</h3>
      <form
        class="compare-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isAnswered.value) void compare(first.value, second.value);
        }}
      >
        <Cordon label="This" of={first} />
        <Cordon label="with" of={second} />
        <button type="submit" class="button" aria-disabled={comparing.value || !isAnswered.value}>
          {comparing.value ? "Comparing…" : "Compare"}
        </button>
      </form>
      {[first.value, second.value].includes("installed") && (
        <p class="hint">Installed: what stands for sure on {shortTime(at.value)}, the moment looked at.</p>
      )}
      {[first.value, second.value].includes("fewest") && (
        <p class="hint">The cheapest plan: for the question that is asked here, not for that of a saved plan.</p>
      )}
      {compareTrouble.value && (
        <p class="fault" role="alert">
          {compareTrouble.value}
        </p>
      )}
      {comparison.value && <ComparisonTable of={comparison.value} />}
    </section>
  );
}

function Cordon({ label, of }: { label: string; of: typeof first }) {
  return (
    <label class="labelled">
      {label}
      <select
        class="field"
        value={of.value}
        onChange={(event) => {
          of.value = event.currentTarget.value;
        }}
      >
        <option value="fewest">The cheapest plan</option>
        <option value="installed">What is installed</option>
        <option value="planned">The operation's plan</option>
        {(savedPlans.value ?? []).map((one) => (
          <option key={one.name} value={one.name}>
            {one.title}
          </option>
        ))}
      </select>
    </label>
  );
}

const OWN: Record<string, string> = { fewest: "Cheapest", installed: "Installed", planned: "Operation" };

function titleOf(side: Side): string {
  return OWN[side.name] ?? savedPlans.value?.find((one) => one.name === side.name)?.title ?? side.name;
}

function ComparisonTable({ of }: { of: Comparison }) {
  const { first: one, second: other } = of;
  return (
    <div class="compare-scroll">
      <table class="compare">
        <caption class="unseen">
          {titleOf(one)} beside {titleOf(other)}
        </caption>
        <thead>
          <tr>
            <td />
            <th scope="col">
              <bdi>{titleOf(one)}</bdi>
            </th>
            <th scope="col">
              <bdi>{titleOf(other)}</bdi>
            </th>
          </tr>
        </thead>
        <tbody>
          <Row name="seals the area" one={sealed(one)} other={sealed(other)} />
          <Row name="arms" one={String(putUp(one))} other={String(putUp(other))} />
          {(one.fixed.length > 0 || other.fixed.length > 0) && (
            <Row name="there already" one={String(one.fixed.length)} other={String(other.fixed.length)} />
          )}
          <Row name="sites" one={String(one.sites)} other={String(other.sites)} />
          <Row name="blocks" one={String(one.blocks)} other={String(other.blocks)} />
          <Row name="staff" one={String(one.staff)} other={String(other.staff)} />
          <Row name="street enclosed" one={distance(one.enclosed_street_m)} other={distance(other.enclosed_street_m)} />
          {one.enclosed_addresses !== null && (
            <Row name="addresses" one={String(one.enclosed_addresses)} other={String(other.enclosed_addresses)} />
          )}
        </tbody>
        <Places name="In both" arms={of.common} of={of} in={[true, true]} />
        <Places name={`Only in ${titleOf(one)}`} arms={of.only_first} of={of} in={[true, false]} />
        <Places name={`Only in ${titleOf(other)}`} arms={of.only_second} of={of} in={[false, true]} />
      </table>
      {[one, other].map((side) => (
        <Leftovers key={side.name} side={side} />
      ))}
    </div>
  );
}

/** What something closes already is not put up. */
const putUp = ({ arms, fixed }: Side): number => arms.length - fixed.length;

const sealed = ({ seals }: Side): string => (seals ? "yes" : "no");

function Row({ name, one, other }: { name: string; one: string; other: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td data-differs={one !== other || undefined}>{one}</td>
      <td data-differs={one !== other || undefined}>{other}</td>
    </tr>
  );
}

interface PlacesProps {
  name: string;
  arms: readonly string[];
  of: Comparison;
  in: [boolean, boolean];
}

function Places({ name, arms, of, in: sides }: PlacesProps) {
  if (!arms.length) return null;
  return (
    <tbody>
      <tr class="compare-group">
        <th scope="rowgroup" colSpan={3}>
          <bdi>{name}</bdi> ({arms.length})
        </th>
      </tr>
      {arms.map((arm) => (
        <tr key={arm}>
          <th scope="row">
            <bdi>{of.places[arm] ?? nameOfArm(arm)}</bdi>
          </th>
          {sides.map((there, column) => (
            <td key={column}>{there ? "yes" : "–"}</td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

/** Where it leaks, and what stands on no street of the ring. */
function Leftovers({ side }: { side: Side }) {
  if (!side.leaks.length && !side.elsewhere.length) return null;
  const streets = side.leaks.map((one) => one || "a nameless lane");
  return (
    <p class="hint">
      {side.leaks.length > 0 && (
        <>
          {titleOf(side)} leaves a way in by <bdi>{listed(streets)}</bdi>.{" "}
        </>
      )}
      {side.elsewhere.length > 0 && (
        <>
          Of {titleOf(side)}, on no street of this ring: <bdi>{listed(side.elsewhere.map(nameOfArm))}</bdi>.
        </>
      )}
    </p>
  );
}
