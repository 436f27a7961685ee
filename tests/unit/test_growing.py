"""A desk that goes on logging whatever others write, and shows their texts as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ringfence.base.errors import BadInput, Conflict
from ringfence.desk.live import LiveDesk
from ringfence.desk.notes import note_of
from ringfence.desk.opening import LEDGER_FILE
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
    assert live.desk.left_out.keys() == {"C1", "C2", "C3"}
    assert [item.entry.id for item in live.items_after(at)] == ["C1", "C2", "C3"]


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
