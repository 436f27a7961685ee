// Who says otherwise: every set of rival claims side by side, who stands, and what has settled it if anything has.
import { Entries } from "../../components/Witness";
import { knowledge } from "../../state";
import { shortTime, spanInWords } from "../../times";
import type { RivalSide, Rivals } from "../state";
import { look, review } from "../state";
import { EntryLink, SaidBy, WhoSays } from "./SaidBy";

const STANDING: Record<Rivals["standing"], string> = {
  open: "Open: nobody has settled it",
  confirmed: "Settled: one was confirmed",
  withdrawn: "Settled: one was taken back",
};

export function ClaimsPart() {
  const whole = review.value;
  const shown = look.value?.rivals;
  const then = knowledge.value === "then";
  const later = new Set(then ? [] : whole?.rivals.map((one) => one.id));
  return (
    <div class="review-part">
      <h3>Rival claims{whole && `, ${shortTime(Date.parse(whole.at))}`}</h3>
      <p class="hint">
        {then ? "As it was known then" : "With all that is known by now"}: words that contradict each other, side by
        side, until one is confirmed or taken back.
      </p>
      {!shown && <p role="status">Working it out…</p>}
      {shown?.length === 0 && <p>Nobody says otherwise than anybody else.</p>}
      {shown?.map((one) => (
        <RivalSet key={one.id} of={one} later={later.has(one.id)} />
      ))}
    </div>
  );
}

function RivalSet({ of, later }: { of: Rivals; later: boolean }) {
  const fallen = new Set(
    of.pairs.flatMap(({ one, other, stands }) => [one, other].filter((side) => !stands.includes(side))),
  );
  return (
    <div class="rival-set" data-rivals={of.id}>
      <h4>
        {STANDING[of.standing]}
        {later && <span class="optional">, not known so then</span>}
      </h4>
      <div class="rival-sides">
        {of.sides.map((side) => (
          <SideCard key={side.said.entry} of={side} fallen={fallen.has(side.said.entry)} />
        ))}
      </div>
      <SaidBy label="Settled by" of={of.settled_by} whole />
    </div>
  );
}

function SideCard({ of, fallen }: { of: RivalSide; fallen: boolean }) {
  const { said } = of;
  return (
    <div class="rival-side" data-fallen={fallen || undefined}>
      <p>
        <bdi>{fallen ? <s>{said.what}</s> : said.what}</bdi>
      </p>
      <p class="figure-by">
        <EntryLink id={said.entry} /> <WhoSays of={said} />, {spanInWords(said.so)}
      </p>
      <Entries ids={of.against} label="against" />
      <Entries ids={of.confirmed_by} label="confirmed by" />
      <Entries ids={of.withdrawn_by} label="taken back by" />
      <Entries ids={of.corrected_by} label="corrected by" />
    </div>
  );
}
