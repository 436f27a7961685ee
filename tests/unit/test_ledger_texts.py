"""Texts of the ledger: kept, withheld from an export, or erased for good, while the chain stays whole."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from threading import Event
from typing import Any

import pytest

from ringfence.base.errors import BadInput, Conflict
from ringfence.ledger import Added, Ledger, LedgerLine, audit, read_lines, write_line
from ringfence.ledger import ledger as ledger_module
from ringfence.ledger.rows import line_of
from ringfence.ledger.store import Row
from ringfence.model.entries import Entry, EntryDraft, Source
from tests.unit.test_ledger import At, Clock, codes, create, draft, drop_triggers, entry, plain, raw

SAID = EntryDraft(
    kind="decision",
    what="The hall of Pipitea marae is opened to the family.",
    why="Their house stands behind the barrier.",
    power="Emergency act, section 88",
    place="Pipitea marae",
    source=Source(by="Inspector of the night shift", via="radio four"),
    ref=("logbook 7", "logbook 8"),
    certainty="confirmed",
)
SECRETS = [SAID.what, SAID.why, SAID.place, SAID.source.by, SAID.source.via, *SAID.ref]
FIELDS = ["what", "why", "place", "source.by", "source.via", "ref.0", "ref.1"]


@pytest.fixture
def ledger(at: At) -> Iterator[Ledger]:
    with closing(create(at("ledger"))) as opened:
        yield opened


def erase(ledger: Ledger, entry_id: str, *fields: str) -> Added:
    return ledger.erase(entry_id, fields, by="Privacy officer", power="Privacy act, section 22", why="On request.")


def faults(ledger: Ledger) -> list[str]:
    return [fault.code for fault in ledger.verify().faults]


def exported(ledger: Ledger) -> tuple[LedgerLine, ...]:
    """What a ledger hands on, through the text of an export."""
    return read_lines("\n".join(write_line(line) for line in plain(ledger)).encode(), "export")


def test_a_line_shows_no_text_and_salts_are_never_used_twice(ledger: Ledger) -> None:
    first, second = ledger.add(SAID).line, ledger.add(SAID).line
    assert not any(str(secret) in str(first.written) for secret in SECRETS)
    assert sorted(first.texts) == sorted(FIELDS)
    salts = [kept.salt for line in (first, second) for kept in line.texts.values() if kept]
    assert len(set(salts)) == len(salts) == 14
    assert first.entry.model_copy(update={"id": "-", "recorded": None, "reported": None}) == second.entry.model_copy(
        update={"id": "-", "recorded": None, "reported": None}
    )


def test_salts_come_from_the_source_that_is_handed_in(at: At) -> None:
    numbers = count(1)
    salts = lambda: next(numbers).to_bytes(16, "big")  # noqa: E731
    with closing(Ledger.create(at("l"), operation="op", clock=Clock(), salts=salts)) as ledger:
        line = ledger.add(draft("a")).line
    assert {field: kept and int(kept.salt, 16) for field, kept in line.texts.items()} == {"what": 1, "source.by": 2}


def test_what_decides_the_picture_stays_in_the_line(ledger: Ledger) -> None:
    line = ledger.add(draft("8 arrests", number=8, unit="arrests", basis="total", breakdown={"men": 8})).line
    assert line.written | {"what": 0, "source": 0} == line.written | {
        "what": 0, "source": 0, "number": 8, "unit": "arrests", "basis": "total", "breakdown": {"men": 8},
    }  # fmt: skip


def test_an_erased_text_reads_so_and_the_chain_holds(ledger: Ledger) -> None:
    ledger.add(draft("before"))
    stored = ledger.add(SAID, key="k").line
    heads = ledger.heads()
    added = erase(ledger, stored.entry.id, "what", "source.by", "ref")
    assert added.was_new
    said = added.line.entry
    assert (said.kind, said.relates_to, said.power) == ("erasure", (stored.entry.id,), "Privacy act, section 22")
    assert (said.source.by, said.why, said.certainty) == ("Privacy officer", "On request.", "confirmed")
    assert said.erases == ("what", "source.by", "ref.0", "ref.1")
    after = plain(ledger)[1]
    assert (after.hash, after.prev, after.seq) == (stored.hash, stored.prev, stored.seq)
    assert (after.entry.what, after.entry.source.by, after.entry.ref) == ("[erased]", "[erased]", ("[erased]",) * 2)
    assert (after.entry.place, after.entry.why, after.entry.source.via) == (SAID.place, SAID.why, SAID.source.via)
    found = ledger.verify(expect=heads)
    assert (found.faults, found.erased, found.withheld) == ((), 4, 0)


def test_erasing_again_adds_nothing_and_the_rest_can_follow(ledger: Ledger) -> None:
    name = ledger.add(SAID).line.entry.id
    first = erase(ledger, name, "what")
    again = erase(ledger, name, "what")
    assert (again.was_new, again.position, again.line) == (False, first.position, first.line)
    rest = erase(ledger, name, "what", "place")
    assert rest.line.entry.erases == ("place",)
    assert ledger.last_position() == 3
    assert not faults(ledger)


REFUSED: dict[str, tuple[str, tuple[str, ...], dict[str, str], str]] = {
    "no such entry": ("control-9", ("what",), {}, "no-such-entry"),
    "a field that is no text": ("control-1", ("what", "number"), {}, "no-such-text"),
    "a text that the entry has not": ("control-2", ("why",), {}, "no-such-text"),
    "a reference too many": ("control-1", ("ref.2",), {}, "no-such-text"),
    "references where there are none": ("control-2", ("ref",), {}, "no-such-text"),
    "nothing": ("control-1", (), {}, "no-such-text"),
    "an erasure's own words": ("control-3", ("why",), {}, "erasure-stays"),
    "no power": ("control-1", ("what",), {"power": ""}, "bad-field"),
    "nobody": ("control-1", ("what",), {"by": ""}, "bad-field"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_erased_is_refused_and_all_stays(ledger: Ledger, name: str) -> None:
    entry_id, fields, more, code = REFUSED[name]
    ledger.add(SAID)
    ledger.add(draft("other"))
    erase(ledger, "control-2", "what")
    before = ledger.lines()
    with pytest.raises(BadInput) as caught:
        ledger.erase(entry_id, fields, **({"by": "Privacy officer", "power": "An act"} | more))
    assert codes(caught) == [code]
    assert ledger.lines() == before


def test_nobody_writes_an_erasure_by_hand(ledger: Ledger) -> None:
    said = ledger.add(SAID).line.entry
    by_hand: dict[str, Any] = {"kind": "erasure", "relates_to": (said.id,), "erases": ("what",)}
    with pytest.raises(BadInput) as caught:
        ledger.add(draft("gone").model_copy(update=by_hand))
    assert codes(caught) == ["erasure-by-hand"]
    with pytest.raises(Conflict) as conflict:
        ledger.import_entries([entry("e1").model_copy(update=by_hand)])
    assert codes(conflict) == ["erasure-by-hand"]
    assert plain(ledger)[0].entry == said
    assert ledger.last_position() == 1


def test_a_key_still_stores_once_after_its_texts_were_erased(ledger: Ledger) -> None:
    stored = ledger.add(SAID, key="k")
    erase(ledger, "control-1", *FIELDS)
    again = ledger.add(SAID, key="k")
    assert (again.was_new, again.position, again.line.hash) == (False, 1, stored.line.hash)
    for other in ({"certainty": "claimed"}, {"place": None}, {"ref": ("logbook 7",)}):
        with pytest.raises(Conflict):
            ledger.add(SAID.model_copy(update=other), key="k")
    assert ledger.last_position() == 2


def test_a_plain_log_is_still_known_after_its_texts_were_erased(ledger: Ledger) -> None:
    entries = [entry("a", "words of a"), entry("b", "words of b")]
    assert ledger.import_entries(entries) == 2
    erase(ledger, "a", "what")
    assert ledger.import_entries(entries) == 0
    held: list[Entry] = [line.entry for line in plain(ledger)]
    assert [one.what for one in held[:2]] == ["[erased]", "words of b"]
    with pytest.raises(Conflict):
        ledger.import_entries([entry("b", "other words")])


def test_an_export_carries_erasures_and_gives_the_same_ledger(ledger: Ledger, at: At) -> None:
    ledger.add(SAID)
    erase(ledger, "control-1", "what", "place")
    lines = exported(ledger)
    assert list(lines) == plain(ledger)
    with closing(create(at("other"))) as other:
        assert other.import_lines(lines) == 2
        assert other.lines() == ledger.lines()
        assert not faults(other)


def test_withheld_texts_read_so_and_are_filled_in_when_they_come(ledger: Ledger, at: At) -> None:
    ledger.add(SAID)
    ledger.add(draft("public"))
    whole = plain(ledger)
    shown = [line.withholding(["source.by", "ref"]) for line in whole]
    text = "\n".join(write_line(line) for line in shown)
    assert "Inspector" not in text
    assert "logbook" not in text
    lines = read_lines(text.encode(), "export")
    assert [line.hash for line in lines] == [line.hash for line in whole]
    assert lines[0].entry.source.by == "[withheld]"
    assert lines[0].entry.ref == ("[withheld]", "[withheld]")
    with closing(create(at("other"), desk="east")) as other:
        assert other.import_lines(lines) == 2
        assert plain(other) == list(lines)
        found = other.verify(expect=ledger.heads())
        assert (found.faults, found.withheld, found.erased) == ((), 4, 0)
        assert other.import_lines(whole) == 0
        assert plain(other) == whole
        assert other.verify().withheld == 0


def test_an_erasure_reaches_other_desks_and_the_text_never_comes_back(ledger: Ledger, at: At) -> None:
    ledger.add(SAID)
    whole = plain(ledger)
    with (
        closing(create(at("east"), desk="east")) as east,
        closing(create(at("s"), "south")) as south,
    ):
        east.import_lines(whole)
        erase(east, "control-1", "what", "source.by")
        erasure = plain(east)[1]
        assert ledger.import_lines([erasure]) == 1
        assert plain(ledger)[0].entry.what == "[erased]"
        assert south.import_lines([erasure]) == 1, "an erasure may come before what it erases"
        south.import_lines(whole)
        for desk in (ledger, east, south):
            desk.import_lines(whole)
            held = next(line for line in plain(desk) if line.seq == 1 and line.desk == "control")
            assert (held.entry.what, held.entry.source.by, held.entry.place) == ("[erased]", "[erased]", SAID.place)
            assert not faults(desk)


def test_what_a_foreign_line_says_was_erased_is_withheld_until_an_erasure_comes(ledger: Ledger, at: At) -> None:
    ledger.add(SAID)
    whole = plain(ledger)
    erase(ledger, "control-1", "what")
    with closing(create(at("east"), desk="east")) as east:
        east.import_lines(plain(ledger)[:1])
        assert plain(east)[0].entry.what == "[withheld]"
        east.import_lines(whole)
        assert plain(east)[0].entry.what == SAID.what
        east.import_lines(plain(ledger))
        assert plain(east)[0].entry.what == "[erased]"
        assert not faults(east)


def test_a_text_that_is_not_erased_though_an_erasure_says_so_is_found(ledger: Ledger, at: At) -> None:
    whole = ledger.add(SAID).line.texts["what"]
    assert whole is not None
    erase(ledger, "control-1", "what")
    drop_triggers(at("ledger"))
    put_back = f"state = 'kept', salt = '{whole.salt}', text = '{whole.text}'"
    raw(at("ledger"), f"UPDATE texts SET {put_back} WHERE position = 1 AND field = 'what'")
    assert faults(ledger) == ["not-erased"]


@pytest.mark.parametrize("question", ["verify", "lines"])
def test_nobody_waits_for_a_long_look_at_the_log(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    for _ in range(3):
        ledger.add(SAID)
    asked, may_go_on = Event(), Event()

    def slowly(row: Row) -> LedgerLine:
        asked.set()
        assert may_go_on.wait(60)
        return line_of(row)

    with ThreadPoolExecutor(1) as thread, monkeypatch.context() as patch:
        patch.setattr(audit if question == "verify" else ledger_module, "line_of", slowly)
        answer = thread.submit(getattr(ledger, question))
        assert asked.wait(60)
        patch.undo()  # only for those who ask from now on
        assert ledger.add(draft("meanwhile")).was_new
        assert erase(ledger, "control-1", "what").was_new
        may_go_on.set()
        found = answer.result(60)
    if question == "verify":
        assert (found.faults, found.lines) == ((), 5)
    else:
        assert [line.entry.what for _, line in found] == [SAID.what] * 3


def test_a_desk_finds_its_own_keys_and_lines_and_which_texts_may_come(ledger: Ledger, at: At) -> None:
    with closing(create(at("west"), desk="west")) as west:
        west.add(SAID, key="k")
        (line,) = exported(west)
    ledger.import_lines([line.withholding(["what", "ref"])])
    ledger.add(draft(), key="own")
    assert (ledger.has_key("own"), ledger.has_key("k")) == (True, False)
    assert ledger.withheld() == {("west-1", "what"), ("west-1", "ref.0"), ("west-1", "ref.1")}
    assert [(position, one.key) for position, one in ledger.find(["control-1", "none", "west-1"])] == [
        (2, "own"),
        (1, "k"),
    ]
    ledger.import_lines([line])
    assert ledger.withheld() == frozenset()
