// Plans that are kept in the operation: keep the one that is shown, open another again, hand it to those who put it up.
import { signal } from "@preact/signals";
import { Icon } from "../../components/Icon";
import { distance } from "../../words";
import {
  exportAddress,
  listTrouble,
  nameFor,
  opened,
  openPlan,
  planAnew,
  savePlan,
  saveTrouble,
  saving,
} from "../saved";
import type { SavedPlanLine } from "../state";
import { isAnswered, keptPlan, savedPlans, shownPlan } from "../state";
import { costInWords } from "../words";

const title = signal("");
const ownName = signal<string | null>(null); // null: made from the title
const crews = signal(2);

export function SavedPart() {
  const plans = savedPlans.value ?? [];
  return (
    <section class="part" aria-labelledby="saved-heading">
      <h3 id="saved-heading">Saved plans</h3>
      <SaveForm plans={plans} />
      {listTrouble.value && (
        <p class="fault" role="alert">
          {listTrouble.value}
        </p>
      )}
      {plans.length > 0 && (
        <>
          <ul class="saved-plans">
            {plans.map((one) => (
              <SavedItem key={one.name} plan={one} />
            ))}
          </ul>
          <label class="inline-field crews">
            Exports for
            <input
              class="field"
              type="number"
              min={1}
              max={100}
              value={crews.value}
              onInput={(event) => {
                const asked = Math.round(Number(event.currentTarget.value));
                if (asked >= 1 && asked <= 100) crews.value = asked;
              }}
            />
            {crews.value === 1 ? "crew" : "crews"}
          </label>
        </>
      )}
    </section>
  );
}

function SaveForm({ plans }: { plans: readonly SavedPlanLine[] }) {
  const name = ownName.value ?? nameFor(title.value);
  const replaces = plans.some((one) => one.name === name);
  const isKept = keptPlan.value !== null;
  const possible = shownPlan.value?.possible ?? false;
  const ready = title.value.trim() !== "" && name !== "" && isAnswered.value && possible && !isKept;
  const save = async (event: Event) => {
    event.preventDefault();
    if (!ready || !(await savePlan(name, title.value.trim()))) return;
    title.value = "";
    ownName.value = null;
  };
  return (
    <form class="save-form" onSubmit={(event) => void save(event)}>
      <label class="labelled">
        Title
        <input
          class="field"
          maxLength={200}
          value={title.value}
          placeholder="Keep this plan as…"
          onInput={(event) => {
            title.value = event.currentTarget.value;
          }}
        />
      </label>
      {title.value.trim() !== "" && (
        <label class="labelled">
          Name <span class="optional">of its file, and for the command line</span>
          <input
            class="field"
            maxLength={60}
            value={name}
            onInput={(event) => {
              ownName.value = event.currentTarget.value;
            }}
          />
        </label>
      )}
      {saveTrouble.value && (
        <p class="fault" role="alert">
          {saveTrouble.value}
        </p>
      )}
      {isKept && title.value.trim() !== "" && <p class="hint">The plan that is shown is kept already.</p>}
      {replaces && <p class="hint">A plan of this name is there: it will be replaced.</p>}
      <button type="submit" class="button" aria-disabled={!ready || saving.value}>
        {saving.value ? "Saving…" : replaces ? "Replace the plan" : "Save the plan"}
      </button>
    </form>
  );
}

function SavedItem({ plan }: { plan: SavedPlanLine }) {
  const here = opened.value === plan.name;
  return (
    <li class="saved-plan" data-here={here || undefined}>
      <div class="saved-head">
        <span class="saved-name">
          <bdi>{plan.title}</bdi>
          <span class="hint">
            {costInWords(plan.cost, plan.measure)}, {plan.threat}, {distance(plan.enclosed_street_m)} enclosed
          </span>
        </span>
        {plan.stale === null ? (
          <button
            type="button"
            class="button small"
            aria-label={`Open: ${plan.title}`}
            onClick={() => void openPlan(plan.name)}
          >
            Open
          </button>
        ) : (
          <button
            type="button"
            class="button small"
            aria-label={`Plan anew: ${plan.title}`}
            onClick={() => void planAnew(plan)}
          >
            Plan anew
          </button>
        )}
      </div>
      {plan.stale === null ? <Exports of={plan} /> : <p class="fault">It holds no longer: it is {plan.stale}.</p>}
    </li>
  );
}

function Exports({ of: plan }: { of: SavedPlanLine }) {
  const forms = [
    ["geojson", "GeoJSON"],
    ["csv", "CSV"],
    ["pdf", "PDF"],
  ] as const;
  return (
    <p class="saved-exports">
      <Icon name="download" />
      {forms.map(([form, word]) => (
        <a
          key={form}
          href={exportAddress(plan.name, form, crews.value)}
          download={`${plan.name}.${form}`}
          aria-label={`${word} of ${plan.title}`}
        >
          {word}
        </a>
      ))}
    </p>
  );
}
