// What an entry changes, if anything: barriers, gates, a site, a street, a sweep.

import type { Draft } from "../draft";
import { barriersAt, change, draft, meant } from "../draft";
import { operation } from "../state";
import type { BarrierState } from "../words";
import { listed, STATES, streetName } from "../words";
import { FaultsOf } from "./Faults";

export function ChangesField() {
  const one = draft.value;
  const changes = one.barriers.length > 0 || one.site || one.swept || one.street;
  return (
    <details class="changes" id="draft-changes" tabIndex={-1} open={changes ? true : undefined}>
      <summary>
        It changes something <span class="optional">barriers, gates, a site, a street, a sweep</span>
      </summary>
      <div class="changes-body">
        <BarrierPicks picked={one.barriers} />
        <div class="pair">
          <Choice
            label="The barriers are now"
            value={one.state}
            none="not changed"
            options={STATES}
            set={(state) => change({ state: state as BarrierState | "" })}
          />
          <Choice
            label="Their gates are now"
            value={one.staffed}
            none="not changed"
            options={{ yes: "staffed", no: "not staffed" }}
            set={(staffed) => change({ staffed: staffed as Draft["staffed"] })}
          />
        </div>
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
          label={streetLabel()}
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

function streetLabel(): string {
  const { segments } = draft.value;
  const names = [...new Set((segments.length ? segments : meant.value ? [meant.value.segment] : []).map(streetName))];
  return names.length ? `The street at this place, ${listed(names)}, is` : "The street at the place above is";
}

/** Those at the place that was named come first. */
function BarrierPicks({ picked }: { picked: readonly string[] }) {
  const all = operation.value?.barriers ?? [];
  const here = new Set(barriersAt(meant.value).map((one) => one.id));
  const sorted = [...all.filter((one) => here.has(one.id)), ...all.filter((one) => !here.has(one.id))];
  const pick = (barriers: readonly string[]) => change({ barriers });
  const flip = (id: string) => pick(picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id]);
  const whole = picked.length === all.length;
  return (
    <fieldset class="picks">
      <legend>Barriers</legend>
      {sorted.map(({ id, name }) => (
        <label key={id} class="check">
          <input type="checkbox" checked={picked.includes(id)} onChange={() => flip(id)} />
          <span>
            <bdi>{name}</bdi>
            {here.has(id) && <span class="optional"> at this place</span>}
          </span>
        </label>
      ))}
      <button type="button" class="link" onClick={() => pick(whole ? [] : all.map((one) => one.id))}>
        {whole ? "None of them" : "All of them"}
      </button>
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
