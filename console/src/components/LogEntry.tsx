// One entry: when it was so, what, where, who says it and how sure; picked, also everything else it holds.
import { select } from "../actions";
import { draftFrom } from "../draft";
import { effectsInWords } from "../effects";
import { erasableIn, openErasure } from "../erasing";
import { hasEffect } from "../log-view";
import type { Entry, LogItem } from "../state";
import { operation } from "../state";
import { shortTime, spanInWords } from "../times";
import { CERTAINTIES, CERTAINTY_MEANS, KINDS } from "../words";
import { Effects } from "./Effects";
import { Icon } from "./Icon";
import { Rivals } from "./Rivals";
import { CertaintySign } from "./Signs";
import { Entries } from "./Witness";

interface Props {
  item: LogItem;
  picked: boolean;
  stop: boolean; // where the Tab key stops
  later: boolean;
  isNew: boolean;
}

export function LogEntry({ item, picked, stop, later, isNew }: Props) {
  const { entry, rivals, corrected_by, retracted_by } = item;
  const struck = retracted_by.length + corrected_by.length > 0;
  const pick = () => select(picked ? null : { kind: "entry", id: entry.id });
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a larger target for the pointer; keys use the button inside
    <li
      class="entry"
      data-entry={entry.id}
      data-picked={picked || undefined}
      data-later={later || undefined}
      data-new={isNew || undefined}
      data-effect={hasEffect(entry) || undefined}
      onClick={(event) => isPlainPress(event) && pick()}
    >
      <button
        type="button"
        class="entry-head"
        aria-pressed={picked}
        aria-describedby={`what-${entry.id}`}
        tabIndex={stop ? 0 : -1}
        onClick={pick}
      >
        <span class="entry-when">{spanInWords(entry.so)}</span>
        <span class="entry-kind">{KINDS[entry.kind]}</span>
        {isNew && <span class="entry-new">new</span>}
        <span class="entry-id">{entry.id}</span>
      </button>
      <div class="entry-body" data-rivals={rivals.length > 0 || undefined}>
        <div>
          <p class="entry-what" id={`what-${entry.id}`}>
            {struck && <span class="unseen">{retracted_by.length > 0 ? "taken back" : "corrected"}: </span>}
            <bdi>{struck ? <s>{entry.what}</s> : entry.what}</bdi>
          </p>
          <Told entry={entry} />
          {item.flags.map(({ code, says }) => (
            <p key={code + says} class="entry-flag">
              <span aria-hidden="true">⚑ </span>
              <span class="unseen">flagged: </span>
              <bdi>{says}</bdi>
            </p>
          ))}
        </div>
        {rivals.length > 0 && <Rivals item={item} open={picked} />}
      </div>
      <Entries ids={entry.retracts} label="takes back" />
      {entry.kind === "correction" && <Entries ids={entry.relates_to} label="corrects" />}
      <Entries ids={corrected_by} label="corrected by" />
      <Entries ids={retracted_by} label="taken back by" />
      {picked && <More item={item} />}
    </li>
  );
}

/** Not on a control inside, and not the end of marking text to copy it. */
function isPlainPress(event: Event): boolean {
  const target = event.target as Element;
  return !target.closest("button, a, summary, .entry-more") && !getSelection()?.toString();
}

/** By whom, how sure, and where: under what was said. */
function Told({ entry }: { entry: Entry }) {
  return (
    <div class="entry-told">
      <p>
        <span class={`certainty certainty-${entry.certainty}`} title={CERTAINTY_MEANS[entry.certainty]}>
          <CertaintySign of={entry.certainty} />
          {CERTAINTIES[entry.certainty]}
        </span>
        {", "}
        <bdi>{entry.source.by}</bdi>
      </p>
      {entry.place && (
        <p class="entry-place">
          <Icon name="place" />
          <span class="unseen">at </span>
          <bdi>{entry.place}</bdi>
        </p>
      )}
    </div>
  );
}

function More({ item }: { item: LogItem }) {
  const { entry } = item;
  const effects = effectsInWords(entry);
  const besides = (ids: readonly string[]) => ids.filter((id) => !item.rivals.includes(id));
  return (
    <div class="entry-more">
      <Effects of={effects} />
      {(entry.number !== null || Object.keys(entry.breakdown ?? {}).length > 0) && <Figures entry={entry} />}
      <dl>
        {entry.why && (
          <>
            <dt>Why</dt>
            <dd>
              <bdi>{entry.why}</bdi>
            </dd>
          </>
        )}
        {entry.power && (
          <>
            <dt>Power</dt>
            <dd>
              <bdi>{entry.power}</bdi>
            </dd>
          </>
        )}
        <dt>Reported</dt>
        <dd>{spanInWords(entry.reported)}</dd>
        <dt>Recorded</dt>
        <dd>{spanInWords(entry.recorded)}</dd>
        {entry.source.via && (
          <>
            <dt>Through</dt>
            <dd>
              <bdi>{entry.source.via}</bdi>
            </dd>
          </>
        )}
        {entry.ref.length > 0 && (
          <>
            <dt>References</dt>
            <dd>
              {entry.ref.map((one) => (
                <bdi key={one} class="entry-ref">
                  {one}
                </bdi>
              ))}
            </dd>
          </>
        )}
        <dt>Ledger</dt>
        <dd>
          <bdi>{ledgerInWords(item)}</bdi>
        </dd>
      </dl>
      <Entries ids={besides(entry.disputes)} label="Contradicts" />
      {entry.kind !== "correction" && (
        <Entries ids={besides(entry.relates_to)} label={entry.kind === "confirmation" ? "Confirms" : "Related"} />
      )}
      <Entries ids={entry.follows} label="Follows" />
      {operation.value?.desk && (
        <p class="entry-acts">
          <button type="button" class="button small" onClick={() => draftFrom(entry, "correction")}>
            Correct
          </button>
          <button type="button" class="button small" onClick={() => draftFrom(entry, "denial")}>
            Contradict
          </button>
          <button type="button" class="button small" onClick={() => draftFrom(entry, "retraction")}>
            Take back
          </button>
          {erasableIn(entry).length > 0 && (
            <button type="button" class="button small" onClick={() => openErasure(entry.id)}>
              Erase texts
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** Where the entry stands in the ledger: the desk that wrote it, its position, and when it was stored. */
function ledgerInWords({ position, desk, stored_at }: LogItem): string {
  const stored = stored_at ? `, stored ${shortTime(Date.parse(stored_at))}` : "";
  return `${desk ? `desk ${desk}, ` : ""}line ${position}${stored}`;
}

function Figures({ entry }: { entry: Entry }) {
  const rows = Object.entries(entry.breakdown ?? {});
  return (
    <table class="figures">
      <caption>
        <bdi>
          {entry.number?.toLocaleString("en-GB")} {entry.unit ?? ""}
        </bdi>
        {entry.basis && <bdi> ({entry.basis})</bdi>}
      </caption>
      {rows.length > 0 && (
        <tbody>
          {rows.map(([name, number]) => (
            <tr key={name}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>{number.toLocaleString("en-GB")}</td>
            </tr>
          ))}
        </tbody>
      )}
    </table>
  );
}
