"""A desk that goes on logging whatever others write, and shows their texts as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from ringfence.base.errors import BadInput, Conflict
from ringfence.desk.live import LiveDesk
from ringfence.desk.notes import note_of
from ringfence.desk.opening import LEDGER_FILE
from ringfence.desk.views import Knowledge
from ringfence.ledger import Added, Ledger
from ringfence.ledger.lines import entry_of
from ringfence.model.entries import Entry, EntryDraft

NOW = datetime(2022, 2, 22, 8, 0, tzinfo=UTC)
STRANGE: dict[str, Any] = {"barriers": ["bridge-of-another-folder"], "state": "installed"}
"""What the example's folder does not have."""


def said(what: str = "w", **changes: Any) -> EntryDraft:
    content = {"kind": "barrier", "what": what, "source": {"by": "gate 6"}, "certainty": "observed", **changes}
    return EntryDraft.model_validate(content)


def entry(name: str, **changes: Any) -> Entry:
    return entry_of(said(**changes), name, NOW)


def assert_as_reopened(live: LiveDesk, *, known_at: str | None = None) -> None:
    """Whatever came in whatever order: who has watched all the while sees what they see who start now."""
    with closing(LiveDesk.open(live.folder, clock=live.clock)) as again:
        assert live.desk.log == again.desk.log
        assert list(live.desk.left_out) == list(again.desk.left_out)
        for knowledge in get_args(Knowledge):
            assert live.replay(knowledge) == again.replay(knowledge)
        for moment in (None, known_at):
            assert live.picture(at=None, known_at=moment) == again.picture(at=None, known_at=moment)
            assert live.promises(at=None, known_at=moment) == again.promises(at=None, known_at=moment)
        assert live.answers_now() == again.answers_now()
        assert live.alarms() == again.alarms()


@pytest.fixture
def live(spoilable: Path) -> Iterator[LiveDesk]:
    with closing(LiveDesk.open(spoilable, clock=lambda: NOW)) as live:
        yield live


@pytest.fixture
def other(spoilable: Path, live: LiveDesk) -> Iterator[Ledger]:
    """The same ledger as somebody has it open whose folder is another; the ledger itself looks at no folder."""
    with closing(Ledger.open(spoilable / LEDGER_FILE, clock=lambda: NOW)) as ledger:
        yield ledger


def test_what_others_name_and_the_folder_lacks_stops_nobody_from_logging(live: LiveDesk, other: Ledger) -> None:
    before = live.answers_now()
    other.add(said("a bridge is closed", **STRANGE))
    item, new = live.add(said("our own"), key="k")
    assert new
    assert live.add(said("our own"), key="k") == (item, False)
    assert live.add(note_of("kept as it was typed"), key="n")[1]
    stranger = live.desk.log[-3]
    assert stranger.entry.what == "a bridge is closed"
    assert [flag.code for flag in stranger.flags] == ["effect-left-out"]
    assert "bridge-of-another-folder" in stranger.flags[0].says
    assert live.desk.left_out.keys() == {stranger.entry.id}
    assert live.answers_now() == before
    with pytest.raises(BadInput, match="unknown-barrier"):
        live.add(said(**STRANGE), key="own")


def test_what_fits_beside_it_counts(live: LiveDesk, other: Ledger) -> None:
    other.add(said(**STRANGE))
    removed = other.add(said(barriers=["hill-street"], state="removed"))
    other.add(said(relates_to=[removed.line.entry.id]))
    assert live.refresh()
    assert len(live.desk.left_out) == 1
    assert next(one for one in live.picture(at=None, known_at=None).barriers if one.id == "hill-street").entries


def test_a_line_that_lands_while_an_entry_is_stored_does_not_refuse_it(live: LiveDesk, other: Ledger) -> None:
    assert live.ledger is not None
    store = live.ledger.add

    def store_then_strange(draft: EntryDraft, *, key: str | None = None) -> Added:
        added = store(draft, key=key)
        other.add(said(**STRANGE))
        return added

    live.ledger.add = store_then_strange  # type: ignore[method-assign]
    item, new = live.add(said("our own"), key="k")
    assert (item.entry.what, new) == ("our own", True)
    assert len(live.desk.left_out) == 1


def test_what_is_stored_is_told_as_stored_when_the_ledger_cannot_be_read_afterwards(live: LiveDesk) -> None:
    ledger = live.ledger
    assert ledger is not None
    store = ledger.add

    def store_then_go(draft: EntryDraft, *, key: str | None = None) -> Added:
        added = store(draft, key=key)
        ledger.close()
        return added

    ledger.add = store_then_go  # type: ignore[method-assign]
    item, new = live.add(said("our own"), key="k")
    assert (item.entry.what, item.position, new) == ("our own", live.version + 1, True)
    with pytest.raises(BadInput):
        live.refresh()


def test_entries_that_follow_each_other_in_a_circle_are_left_out(live: LiveDesk, other: Ledger) -> None:
    at = other.last_position()
    other.import_entries([entry("C1", follows=["C2"]), entry("C2", follows=["C1"]), entry("C3", follows=["C2"])])
    assert live.refresh()
    assert live.desk.left_out.keys() == {"C1", "C2"}, "what only leads to them says when it was"
    assert [item.entry.id for item in live.items_after(at)] == ["C1", "C2", "C3"]
    assert_as_reopened(live)


def test_a_desk_opens_over_what_its_folder_lacks(live: LiveDesk, other: Ledger, spoilable: Path) -> None:
    other.add(said("a bridge is closed", **STRANGE))
    with closing(LiveDesk.open(spoilable, clock=lambda: NOW)) as again:
        assert len(again.desk.left_out) == 1
        assert again.desk.log[-1].flags[0].code == "effect-left-out"


def test_an_erased_text_of_a_left_out_entry_goes_and_its_effect_does_not_come_back(
    live: LiveDesk, other: Ledger
) -> None:
    name = other.add(said("a bridge is closed", **STRANGE)).line.entry.id
    live.refresh()
    live.erase(name, ["what"], by="privacy officer", power="an act", why=None, via=None)
    item = live.find_item(name)
    assert item is not None
    assert (item.entry.what, item.entry.barriers) == ("[erased]", ())


def test_texts_that_an_import_fills_in_are_shown(live: LiveDesk, other: Ledger, tmp_path: Path) -> None:
    with closing(
        Ledger.create(tmp_path / "west.db", operation=other.operation, desk="west", clock=lambda: NOW)
    ) as west:
        name = west.add(said("a word of the west", why="for a reason")).line.entry.id
        lines = [line for _, line in west.lines()]
    other.import_lines([line.withholding(["what", "why"]) for line in lines])
    assert live.refresh()
    position, edition = live.state
    assert live.desk.log[-1].entry.what == "[withheld]"
    other.import_lines([line.withholding(["why"]) for line in lines])
    assert live.refresh()
    assert live.desk.log[-1].entry.what == "a word of the west"
    assert live.state == (position, edition + 1)
    other.import_lines(lines)
    live.refresh()
    item = live.find_item(name)
    assert item is not None
    assert item.entry.why == "for a reason"
    other.add(said("nothing that changes texts"))
    live.refresh()
    assert live.state == (position + 1, edition + 2)


def test_a_key_is_this_desks_own(live: LiveDesk, other: Ledger, tmp_path: Path) -> None:
    with closing(
        Ledger.create(tmp_path / "west.db", operation=other.operation, desk="west", clock=lambda: NOW)
    ) as west:
        west.add(said("w"), key="k")
        other.import_lines([line for _, line in west.lines()])
    with pytest.raises(Conflict, match="promise-kept"):
        live.acknowledge("sealed-determined", by="duty officer", why="w", key="k")


def test_what_names_an_entry_that_comes_later_counts_once_that_has_come(live: LiveDesk, other: Ledger) -> None:
    moved = {"barriers": ["hill-street"], "state": "moved"}
    before = live.answers_now()
    other.import_entries([entry("late", follows=["first"], **moved)])
    assert live.refresh()
    assert live.desk.left_out.keys() == {"late"}
    assert "as soon as that entry is here" in live.desk.log[-1].flags[0].says
    assert live.answers_now() == before
    assert_as_reopened(live)
    position, edition = live.state
    other.import_entries([entry("first", barriers=["hill-street"], state="reinstalled")])
    assert live.refresh()
    assert not live.desk.left_out
    assert live.desk.log[-2].flags == ()
    assert live.state == (position + 1, edition + 1), "screens read older entries again"
    assert live.answers_now() != before
    assert_as_reopened(live)


def test_an_entry_left_out_for_two_reasons_stays_so_until_both_are_gone(live: LiveDesk, other: Ledger) -> None:
    other.import_entries([entry("late", follows=["one", "two"], barriers=["hill-street"], state="moved")])
    other.import_entries([entry("strange", relates_to=["one"], **STRANGE)])
    live.refresh()
    for name, left in (("one", {"late", "strange"}), ("two", {"strange"})):
        other.import_entries([entry(name)])
        live.refresh()
        assert live.desk.left_out.keys() == left
        assert_as_reopened(live)


def test_an_unsure_retraction_of_another_desk_takes_nothing_else_out_with_it(live: LiveDesk, other: Ledger) -> None:
    moved = entry("moved", barriers=["hill-street"], state="moved")
    taken = entry("taken", kind="retraction", retracts=["moved"], certainty="claimed")
    other.import_entries([moved, taken, entry("next", follows=["moved"])])
    live.refresh()
    assert live.desk.left_out.keys() == {"taken"}
    assert_as_reopened(live)


def test_in_any_order_of_arrival_a_watching_desk_shows_what_a_reopened_one_shows(live: LiveDesk, other: Ledger) -> None:
    """Entries that follow, confirm, correct, take back and go in circles, one by one or several at once."""
    circles = awaited = 0
    for seed in range(12):
        rng = Random(f"order {seed}")
        names = [f"{seed}-{number}" for number in range(7)]
        drawn = []
        for name in names:
            link = rng.choice(["follows", "follows", "retracts", "relates_to", "disputes"])
            state = rng.choice(["moved", "reinstalled"])
            said = {"kind": rng.choice(["barrier", "confirmation", "correction"]), "source": {"by": rng.choice("ab")}}
            drawn.append(entry(name, barriers=["hill-street"], state=state, **said, **{link: [rng.choice(names)]}))
        while drawn:
            some = [drawn.pop() for _ in range(min(len(drawn), rng.choice([1, 1, 2])))]
            other.import_entries(some)
            live.refresh()
            awaited += any(one.code == "unknown-entry" for faults in live.desk.left_out.values() for one in faults)
        circles += any(name in live.desk.left_out for name in names)
        assert_as_reopened(live)
    assert awaited > 12
    assert circles > 3
