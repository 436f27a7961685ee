// Which entries an entry answers; and what it may say besides: when it was reported, references, what it came after.
import { change, draft } from "../draft";
import { LINKED } from "../entry-draft";
import { FaultsOf, faulty } from "./Faults";
import { WhenField } from "./WhenField";

/** Of a kind that does something to other entries: which ones. */
export function LinksField() {
  const one = draft.value;
  const linked = LINKED[one.kind];
  if (!linked) return null;
  return (
    <div class="labelled">
      <label for="draft-links">{linked.label}</label>
      <input
        id="draft-links"
        class="field"
        autoComplete="off"
        maxLength={400}
        value={one[linked.field]}
        {...faulty("links")}
        onInput={(event) => change({ [linked.field]: event.currentTarget.value })}
      />
      <FaultsOf field="links" />
    </div>
  );
}

export function MoreField() {
  const { kind, reported, refs, relatesTo, follows } = draft.value;
  const own = LINKED[kind]?.field !== "relatesTo";
  const said = reported !== null || refs || follows || (own && relatesTo);
  return (
    <details class="changes" id="draft-more" tabIndex={-1} open={said ? true : undefined}>
      <summary>
        More <span class="optional">when it was reported, references, order</span>
      </summary>
      <div class="changes-body">
        <WhenField
          field="reported"
          legend="When it was reported"
          none="now, as it is logged"
          value={reported}
          set={(times) => change({ reported: times })}
        />
        <label class="labelled">
          <span>
            References <span class="optional">a line each</span>
          </span>
          <textarea
            class="field"
            rows={2}
            maxLength={8000}
            value={refs}
            onInput={(event) => change({ refs: event.currentTarget.value })}
          />
        </label>
        <div class="pair">
          {own && (
            <label class="labelled">
              About which entries
              <input
                class="field"
                autoComplete="off"
                maxLength={400}
                value={relatesTo}
                onInput={(event) => change({ relatesTo: event.currentTarget.value })}
              />
            </label>
          )}
          <label class="labelled">
            Known to come after
            <input
              class="field"
              autoComplete="off"
              maxLength={400}
              value={follows}
              onInput={(event) => change({ follows: event.currentTarget.value })}
            />
          </label>
        </div>
        <p class="hint">Entries by their ids, such as W135: they stand at the right of each line of the log.</p>
      </div>
      <FaultsOf field="more" />
    </details>
  );
}
