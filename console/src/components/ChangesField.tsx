// What an entry changes, if anything: barriers, gates, a site, a street, a sweep.

import type { Draft } from "../draft";
import { barriersAt, change, draft, meant } from "../draft";
import { operation } from "../state";
import type { BarrierState } from "../words";
import { STATES, streetName } from "../words";
import { FaultsOf } from "./Composer";

export function ChangesField() {
  const one = draft.value;
  const changes = one.barriers.length + one.gates.length > 0 || one.site || one.swept || one.street;
  return (
    <details class="changes" id="draft-changes" tabIndex={-1} open={changes ? true : undefined}>
      <summary>
        It changes something <span class="optional">barriers, gates, a site, a street, a sweep</span>
      </summary>
      <div class="changes-body">
        <BarrierPicks
          legend="Barriers"
          picked={one.barriers}
          pick={(barriers) => change({ barriers })}
          ids={operation.value?.barriers.map((barrier) => barrier.id) ?? []}
        />
        <Choice
          label="are now"
          value={one.state}
          none="choose a state"
          options={STATES}
          set={(state) => change({ state: state as BarrierState | "" })}
        />
        <BarrierPicks
          legend="Gates"
          picked={one.gates}
          pick={(gates) => change({ gates })}
          ids={operation.value?.barriers.filter((barrier) => barrier.gate).map((barrier) => barrier.id) ?? []}
        />
        <Choice
          label="are now"
          value={one.staffed}
          none="choose"
          options={{ yes: "staffed", no: "not staffed" }}
          set={(staffed) => change({ staffed: staffed as Draft["staffed"] })}
        />
        <div class="pair">
          <Choice label="Site" value={one.site} none="no site" options={siteNames()} set={(site) => change({ site })} />
          <Choice
            label="is now"
            value={one.siteState}
            none="choose"
            options={{ open: "open", closed: "closed" }}
            set={(siteState) => change({ siteState: siteState as Draft["siteState"] })}
          />
        </div>
        <Choice
          label={
            meant.value
              ? `The street at this place, ${streetName(meant.value.segment)}, is`
              : "The street at the place above is"
          }
          value={one.street}
          none="not changed"
          options={{ occupied: "occupied", cleared: "cleared" }}
          set={(street) => change({ street: street as Draft["street"] })}
        />
        <label class="check">
          <input type="checkbox" checked={one.swept} onChange={() => change({ swept: !one.swept })} />
          The whole perimeter was swept
        </label>
      </div>
      <FaultsOf field="changes" />
    </details>
  );
}

interface PicksProps {
  legend: string;
  picked: readonly string[];
  pick: (ids: readonly string[]) => void;
  ids: readonly string[];
}

/** Those at the place that was named come first. */
function BarrierPicks({ legend, picked, pick, ids }: PicksProps) {
  const here = new Set(barriersAt(meant.value).map((one) => one.id));
  const sorted = [...ids.filter((id) => here.has(id)), ...ids.filter((id) => !here.has(id))];
  const names = new Map(operation.value?.barriers.map((one) => [one.id, one.name]));
  const flip = (id: string) => pick(picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id]);
  return (
    <fieldset class="picks">
      <legend>{legend}</legend>
      {sorted.map((id) => (
        <label key={id} class="check">
          <input type="checkbox" checked={picked.includes(id)} onChange={() => flip(id)} />
          <span>
            <bdi>{names.get(id)}</bdi>
            {here.has(id) && <span class="optional"> at this place</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  none: string;
  options: Readonly<Record<string, string>>;
  set: (value: string) => void;
}

function Choice({ label, value, none, options, set }: ChoiceProps) {
  return (
    <label class="labelled">
      {label}
      <select class="field" value={value} onChange={(event) => set(event.currentTarget.value)}>
        <option value="">{none}</option>
        {Object.entries(options).map(([one, word]) => (
          <option key={one} value={one}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}

function siteNames(): Record<string, string> {
  return Object.fromEntries(operation.value?.sites.map((one) => [one.id, one.name]) ?? []);
}
