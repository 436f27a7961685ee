"""A ledger driven as a desk would, step after step, beside a plain account of what must then be there."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ringfence.base.errors import Conflict
from ringfence.ledger import Ledger, LedgerLine, read_lines, write_line
from ringfence.model.entries import Entry, EntryDraft
from ringfence.model.operation import Barrier
from ringfence.picture import Chronicle, fold
from tests.property.test_ledger_property import (
    BARRIERS,
    START,
    TIMES,
    Clock,
    Desks,
    changes,
    desks,  # noqa: F401 -- a fixture
    drafts,
    plain,
)

FIELDS = ("what", "place", "source.by", "source.via", "ref.0", "ref.1")
ARMS = [{"segment": "s", "offset_m": 1, "inside": "to"}]
FOLDED = [Barrier.model_validate({"id": one, "name": one, "gate": True, "arms": ARMS}) for one in BARRIERS]
ACTING = st.sampled_from(["relates_to", "disputes", "follows", "retracts"])
fields = st.sets(st.sampled_from(FIELDS), min_size=1)


class Desk(RuleBasedStateMachine):
    """One desk, and another one far away with which it exchanges lines.

    `lines` is what the desk must hold, in order: each line as its desk has it. `withheld` and `erased` are fields of
    entries that must not be readable here.
    """

    sent = Bundle("sent")

    def __init__(self, make: Desks) -> None:
        super().__init__()
        self.stack = ExitStack()
        ledgers = self.stack.enter_context(make("control", "east"))
        self.desk, self.far = ledgers["control"], ledgers["east"]
        self.lines: list[LedgerLine] = []
        self.withheld: dict[str, set[str]] = {}
        self.erased: dict[str, set[str]] = {}
        self.numbered = 0
        self.first_heads: dict[str, tuple[int, str]] = {}
        self.folded: tuple[Entry, ...] = ()
        self.chronicle = Chronicle()

    @rule(target=sent, said=drafts)
    def add(self, said: EntryDraft) -> tuple[str, EntryDraft]:
        self.numbered += 1
        key = f"key {self.numbered}"
        added = self.desk.add(said, key=key)
        assert added.was_new
        assert added.position == len(self.lines) + 1
        assert added.line.says(added.line.entry)
        self.lines.append(added.line)
        return key, said

    @rule(
        said=changes,
        kind=st.sampled_from(["barrier", "correction", "confirmation", "retraction"]),
        link=ACTING,
        number=st.integers(0, 99),
    )
    def change_what_was_said(self, said: EntryDraft, kind: str, link: str, number: int) -> None:
        """A barrier's state that bears on another line: takes it back, puts it right, contradicts or follows it."""
        other = (self.lines[number % len(self.lines)].entry.id,) if self.lines else ()
        self.lines.append(self.desk.add(said.model_copy(update={"kind": kind, link: other})).line)

    @rule(said=drafts)
    def say_again(self, said: EntryDraft) -> None:
        """Without a key, the same words twice are two entries."""
        self.lines += [self.desk.add(said).line for _ in range(2)]

    @rule(known=sent)
    def send_again(self, known: tuple[str, EntryDraft]) -> None:
        key, said = known
        added = self.desk.add(said, key=key)
        assert not added.was_new
        assert added.line.hash == self.lines[added.position - 1].hash
        with pytest.raises(Conflict):
            self.desk.add(said.model_copy(update={"certainty": "denied"}), key=key)

    @rule(said=drafts, left_out=st.just(set()) | fields)
    def hear_from_afar(self, said: EntryDraft, left_out: set[str]) -> None:
        """The far desk says something; what it has arrives, some texts of all of it withheld."""
        self.far.add(said)
        whole = plain(self.far)
        held = {line.hash for line in self.lines}
        handed = [line.withholding(left_out) for line in whole]
        assert self.desk.import_lines(handed) == sum(line.hash not in held for line in whole)
        for known, line in zip(whole, handed, strict=True):
            if known.hash in held:
                self.withheld.get(known.entry.id, set()).difference_update(line.texts)
            else:
                self.lines.append(known)
                self.withheld[known.entry.id] = known.texts.keys() - line.texts.keys()

    @rule()
    def tell_afar(self) -> None:
        """The far desk takes in everything, erasures too; its own lines stay its own."""
        self.far.import_lines(plain(self.desk))
        assert {line.hash for line in self.lines} == {line.hash for line in plain(self.far)}

    @rule(number=st.integers(0, 99), chosen=fields)
    def erase(self, number: int, chosen: set[str]) -> None:
        if not self.lines:
            return
        line = self.lines[number % len(self.lines)]
        there = sorted(chosen & line.texts.keys())
        if line.entry.kind == "erasure" or not there:
            return
        gone = self.erased.setdefault(line.entry.id, set())
        added = self.desk.erase(line.entry.id, there, by="Privacy officer", power="Privacy act")
        assert added.was_new == bool(set(there) - gone)
        if added.was_new:
            assert set(added.line.entry.erases) == set(there) - gone
            self.lines.append(added.line)
        gone |= set(there)

    @rule()
    def reopen(self) -> None:
        store = self.desk._store
        place: Any = getattr(store, "_path", None) or getattr(store, "_url", None)
        self.desk.close()
        self.desk = Ledger.open(place, operation="op", desk="control", clock=Clock())
        self.stack.callback(self.desk.close)

    @rule()
    def restore(self) -> None:
        """An export, read back and imported where it came from, is all there already."""
        text = "\n".join(write_line(line) for line in plain(self.desk))
        assert self.desk.import_lines(read_lines(text.encode(), "export")) == 0

    @rule()
    def verify(self) -> None:
        found = self.desk.verify(expect=self.first_heads)
        assert found.faults == ()
        assert found.lines == len(self.lines)
        self.first_heads = dict(self.desk.heads())

    @invariant()
    def all_is_there_and_no_more(self) -> None:
        held = self.desk.lines()
        assert [position for position, _ in held] == list(range(1, len(self.lines) + 1))
        for (_, line), known in zip(held, self.lines, strict=True):
            assert line.hash == known.hash
            assert line.written == known.written
            gone = self.erased.get(line.entry.id, set())
            missing = self.withheld.get(line.entry.id, set()) - gone
            for field in known.texts:
                if field in gone:
                    assert line.texts[field] is None
                elif field in missing:
                    assert field not in line.texts
                else:
                    assert line.texts[field] == known.texts[field]

    @invariant()
    def the_picture_is_that_of_what_was_said(self) -> None:
        """By a chronicle that grows with the ledger, as a desk's does, and by the definition from our own account."""
        entries = tuple(line.entry for line in plain(self.desk))
        # An erasure alters earlier entries in their words: then a desk begins anew, too.
        grows = entries[: len(self.folded)] == self.folded
        self.chronicle = self.chronicle.grown(entries) if grows else Chronicle(entries)
        self.folded = entries
        own = [line.entry for line in self.lines]
        for hours in (3, 24, 60):
            for known_at in (None, START):
                at = START + timedelta(hours=hours)
                picture = self.chronicle.picture(FOLDED, [], at=at, known_at=known_at)
                assert picture == fold(FOLDED, [], entries, at=at, known_at=known_at)
                said = fold(FOLDED, [], own, at=at, known_at=known_at)
                assert (picture.barriers, picture.disputed) == (said.barriers, said.disputed)

    def teardown(self) -> None:
        assert self.desk.verify().faults == ()
        self.stack.close()


def test_a_ledger_driven_as_a_desk_would(desks: Desks) -> None:  # noqa: F811 -- the fixture
    class OfThisStore(Desk):
        def __init__(self) -> None:
            super().__init__(desks)

    steps = settings(
        max_examples=8 * TIMES, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(OfThisStore, settings=steps)
