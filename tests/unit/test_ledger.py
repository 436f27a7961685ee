"""The ledger: what is stored stays, once, in order and on the disk; and whatever was done to a file is named."""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import rfc8785

from ringfence.base.errors import BadInput, Conflict, OurFault
from ringfence.ledger import Ledger, LedgerLine, read_lines, write_line
from ringfence.model.entries import Entry, EntryDraft, Source
from ringfence.model.spans import Span
from ringfence.operation import Operation

START = datetime(2022, 2, 21, 7, 36, tzinfo=UTC)


class Clock:
    """Ticks a second each time it is asked."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def draft(what: str = "Fence pulled down.", **more: Any) -> EntryDraft:
    return EntryDraft(kind="note", what=what, source=Source(by="Police"), certainty="observed", **more)


def entry(entry_id: str, what: str = "Read out at the briefing.") -> Entry:
    unknown = Span(precision="unknown")
    said = dict(draft(what)) | {"id": entry_id, "so": unknown, "reported": unknown, "recorded": unknown}
    return Entry(**said)


At = Callable[[str], Path | str]
"""Gives places for ledgers, in either store."""


def create(place: Path | str, desk: str = "control", operation: str = "op") -> Ledger:
    return Ledger.create(place, operation=operation, desk=desk, clock=Clock())


@pytest.fixture
def ledger(at: At) -> Iterator[Ledger]:
    with closing(create(at("ledger"))) as opened:
        yield opened


def plain(ledger: Ledger) -> list[LedgerLine]:
    return [line for _, line in ledger.lines()]


def codes(caught: pytest.ExceptionInfo[Any]) -> list[str]:
    return [fault.code for fault in caught.value.faults]


def test_a_draft_becomes_a_line_hashed_as_the_readme_says(ledger: Ledger) -> None:
    reported = Span(precision="day", from_=START, to=START + timedelta(days=1))
    first, second = ledger.add(draft("a")), ledger.add(draft("b", reported=reported), key="k 1")
    assert (first.position, first.line.seq, first.line.entry.id, first.was_new) == (1, 1, "control-1", True)
    exactly = Span(precision="exact", from_=START + timedelta(seconds=1), to=START + timedelta(seconds=1))
    assert first.line.entry.recorded == first.line.entry.reported == exactly
    assert second.line.entry.reported == reported

    def sha256(document: Any) -> str:
        return hashlib.sha256(rfc8785.dumps(document)).hexdigest()

    stored_at = "2022-02-21T07:36:01.000000Z"
    exact = {"precision": "exact", "from": "2022-02-21T07:36:01Z", "to": "2022-02-21T07:36:01Z"}
    salts = {field: kept.salt for field, kept in first.line.texts.items() if kept}
    what, by = (
        {"sha256": hashlib.sha256(bytes.fromhex(salts[field]) + said).hexdigest()}
        for field, said in (("what", b"a"), ("source.by", b"Police"))
    )
    written = {"kind": "note", "what": what, "source": {"by": by}, "certainty": "observed", "id": "control-1"}
    written |= {"so": {"precision": "unknown"}, "reported": exact, "recorded": exact}
    line = {"desk": "control", "seq": 1, "stored_at": stored_at, "key": None, "entry": written}
    assert first.line.hash == sha256(line | {"prev": sha256({"operation": "op", "desk": "control"})})
    assert second.line.prev == first.line.hash
    assert ledger.lines() == ((1, first.line), (2, second.line))
    assert ledger.lines(after=1) == ledger.lines(after=1, limit=5) == ((2, second.line),)
    assert ledger.lines(limit=1) == ((1, first.line),)
    assert ledger.last_position() == 2
    assert ledger.heads() == {"control": (2, second.line.hash)}


def test_a_clock_that_runs_backwards_is_taken_at_its_word_and_order_stays_by_number(at: At) -> None:
    times = iter([START, START - timedelta(hours=1)])
    with closing(Ledger.create(at("l"), operation="op", clock=lambda: next(times))) as ledger:
        ledger.add(draft("first"))
        ledger.add(draft("second"))
        assert [(line.seq, line.stored_at) for line in plain(ledger)] == [(1, START), (2, START - timedelta(hours=1))]
        assert not ledger.verify().faults


def test_a_clock_without_a_zone_is_refused_and_nothing_is_stored(at: At) -> None:
    naive = START.replace(tzinfo=None)
    with closing(Ledger.create(at("l"), operation="op", clock=lambda: naive)) as ledger:
        with pytest.raises(BadInput) as caught:
            ledger.add(draft())
        assert codes(caught) == ["bad-clock"]
        assert ledger.last_position() == 0


def test_a_key_stores_a_draft_once_also_after_a_restore(ledger: Ledger, at: At) -> None:
    stored = ledger.add(draft("sent twice"), key="k")
    ledger.add(draft("sent twice"))  # without a key it is somebody saying it again
    with closing(create(at("restored"))) as restored:
        restored.import_lines(plain(ledger))
        for desk in (ledger, restored):
            again = desk.add(draft("sent twice"), key="k")
            assert (again.position, again.line, again.was_new) == (1, stored.line, False)
            said_when = Span(precision="exact", from_=START, to=START)
            for other in (draft("something else"), draft("sent twice", reported=said_when)):
                with pytest.raises(Conflict) as caught:
                    desk.add(other, key="k")
                assert codes(caught) == ["key-reused"]
            assert desk.last_position() == 2


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there", "é", "end\n"])
def test_a_bad_key_is_refused(ledger: Ledger, key: str) -> None:
    with pytest.raises(BadInput) as caught:
        ledger.add(draft(), key=key)
    assert codes(caught) == ["bad-key"]
    assert ledger.add(draft(), key="~ " * 100).was_new


def test_an_entry_too_long_to_be_read_back_is_refused(ledger: Ledger) -> None:
    sixteen_too_many = draft("x", ref=("y" * 4000,) * 17)
    with pytest.raises(BadInput) as caught:
        ledger.add(sixteen_too_many)
    assert codes(caught) == ["entry-too-long"]
    ledger.add(draft("x", ref=("y" * 4000,) * 16), key="k" * 200)
    assert list(read_lines(write_line(plain(ledger)[0]).encode(), "export")) == plain(ledger)


def test_a_time_that_json_cannot_say_is_refused_not_altered(ledger: Ledger) -> None:
    from zoneinfo import ZoneInfo

    odd = datetime(1910, 1, 1, tzinfo=ZoneInfo("Africa/Monrovia"))
    assert odd.utcoffset() == timedelta(seconds=-2588)
    with pytest.raises(OurFault):
        ledger.add(draft(so=Span(precision="exact", from_=odd, to=odd)))
    assert ledger.last_position() == 0


def test_a_plain_log_is_imported_once_and_whole(ledger: Ledger, wellington: Operation) -> None:
    entries = list(wellington.entries)
    assert ledger.import_entries(entries) == len(entries)
    assert ledger.import_entries(entries) == 0
    assert [line.entry for line in plain(ledger)] == entries
    clashing = [entry(one.id, "other words") for one in entries[:2]]
    with pytest.raises(Conflict) as caught:
        ledger.import_entries([entry("new"), *clashing])
    assert [fault.where for fault in caught.value.faults] == [f"entry {one.id}" for one in entries[:2]]
    assert codes(caught) == ["id-taken"] * 2
    assert ledger.last_position() == len(entries)
    assert not ledger.verify().faults


def test_an_id_that_an_import_took_is_passed_over(ledger: Ledger) -> None:
    ledger.import_entries([entry("control-4"), entry("control-4.2"), entry("control-5")])
    assert [ledger.add(draft()).line.entry.id for _ in range(2)] == ["control-4.3", "control-5.2"]


def test_two_desks_exchange_lines_and_come_to_hold_the_same(ledger: Ledger, at: At) -> None:
    with closing(create(at("east"), desk="east")) as east:
        for number in range(3):
            ledger.add(draft(f"control {number}"))
            east.add(draft(f"east {number}"))
        assert ledger.import_lines(plain(east)) == 3
        assert east.import_lines(plain(ledger)) == 3
        assert ledger.import_lines(plain(east)) == 0
        east.add(draft("later"))
        assert ledger.import_lines([line for _, line in east.lines(after=6)]) == 1
        assert ledger.heads() == east.heads()
        assert {line.hash for line in plain(ledger)} == {line.hash for line in plain(east)}
        assert ledger.verify(expect=east.heads()).faults == ()


def changed_line(line: LedgerLine, **values: Any) -> LedgerLine:
    return LedgerLine.model_validate(line.model_dump() | values)


SPOILT: dict[str, tuple[Callable[[list[LedgerLine]], list[LedgerLine]], list[tuple[str, str]]]] = {
    "a line left out": (lambda e: [e[0], e[2]], [("line-missing", "desk east line 3")]),
    "two lines swapped": (
        lambda e: [e[0], e[2], e[1]],
        [("line-missing", "desk east line 3"), ("line-out-of-order", "desk east line 2")],
    ),
    "a hash of another content": (
        lambda e: [e[0], changed_line(e[1], entry=e[2].model_dump()["entry"]), e[2]],
        [("text-changed", "desk east line 2")] * 2 + [("line-changed", "desk east line 2")],
    ),
    "a text of another line": (
        lambda e: [changed_line(e[0], texts=e[1].model_dump()["texts"])],
        [("text-changed", "desk east line 1")] * 2,
    ),
    "content swapped behind the back of the record": (
        lambda e: [e[0].model_copy(update={"entry": e[1].entry})],
        [("line-changed", "desk east line 1")],
    ),
    "another desk's name": (
        lambda e: [changed_line(e[0], desk="west")],
        [("line-changed", "desk west line 1"), ("chain-broken", "desk west line 1")],
    ),
    "two faults, both named": (
        lambda e: [changed_line(e[0], key="k"), changed_line(e[1], stored_at=START)],
        [("line-changed", "desk east line 1"), ("line-changed", "desk east line 2")],
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_lines_that_do_not_fit_are_refused_whole(ledger: Ledger, at: At, name: str) -> None:
    spoil, expected = SPOILT[name]
    with closing(create(at("east"), desk="east")) as east:
        for number in range(3):
            east.add(draft(f"east {number}"))
        with pytest.raises(Conflict) as caught:
            ledger.import_lines(spoil(plain(east)))
    assert [(fault.code, fault.where) for fault in caught.value.faults] == expected
    assert ledger.last_position() == 0


def test_lines_of_a_fork_another_operation_or_a_taken_id_are_refused(ledger: Ledger, at: At) -> None:
    ledger.add(draft("ours"))
    ledger.import_entries([entry("east-1")])
    cases = (("control", "op", "chain-forked"), ("east", "other", "chain-broken"), ("east", "op", "id-taken"))
    for number, (desk, operation, code) in enumerate(cases):
        with closing(create(at(f"{number}"), desk, operation)) as other:
            other.add(draft("theirs"))
            with pytest.raises(Conflict) as caught:
                ledger.import_lines(plain(other))
            assert codes(caught) == [code]
    with pytest.raises(Conflict) as caught:
        ledger.import_lines([changed_line(plain(ledger)[0], key="held here under this hash, but not so")])
    assert codes(caught) == ["line-changed"]
    assert ledger.last_position() == 2


def test_an_entry_keeps_the_text_it_was_hashed_in(ledger: Ledger, at: At) -> None:
    """As written by a version with other defaults and another way to write times."""
    document = ledger.add(draft()).line.model_dump(mode="json")
    document["entry"] |= {"place": None, "number": 2.0, "ref": [], "so": {"precision": "unknown", "from_": None}}
    document["entry"]["recorded"] = {k: v.replace("Z", "+00:00") for k, v in document["entry"]["recorded"].items()}
    hashed = {name: value for name, value in document.items() if name not in {"hash", "texts"}}
    document["hash"] = hashlib.sha256(rfc8785.dumps(hashed)).hexdigest()
    (line,) = read_lines(rfc8785.dumps(document), "export")
    with closing(create(at("other"))) as other:
        assert other.import_lines([line]) == 1
        assert write_line(plain(other)[0]).encode() == rfc8785.dumps(document)
        assert not other.verify().faults


def test_an_export_with_faults_names_them_all(ledger: Ledger) -> None:
    text = write_line(ledger.add(draft("number", number=5)).line)
    rows = [
        text,
        text.replace('"number":5', '"number":NaN'),
        "",
        text.replace('"seq":1', '"seq":1,"seq":1'),
        text.replace('"seq":1', '"seq":"1"').replace('"key":null', '"key":""'),
        text + " " * 80_000,
        "[" * 50_000,
        text.replace('"what"', '"waht"'),
        "7",
    ]
    with pytest.raises(BadInput) as caught:
        read_lines("\n".join(rows).encode(), "export")
    found = {(fault.code, fault.where) for fault in caught.value.faults}
    assert found == {
        ("bad-json", "export line 2"),
        ("bad-json", "export line 4"),
        ("bad-field", "export line 5, seq"),
        ("bad-field", "export line 5, key"),
        ("line-too-long", "export line 6"),
        ("bad-json", "export line 7"),
        ("bad-field", "export line 8, entry.what"),
        ("bad-field", "export line 8, entry.waht"),
        ("bad-field", "export line 8, texts.waht.[key]"),
        ("bad-field", "export line 9"),
    }
    with pytest.raises(BadInput) as caught:
        read_lines(text.encode() + b"\xff", "export")
    assert codes(caught) == ["not-utf8"]


TAMPERED: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "text": (
        "UPDATE texts SET text = 'control X' WHERE position = 3 AND field = 'what'",
        {("text-changed", "control line 2")},
    ),
    "salt": (
        "UPDATE texts SET salt = CASE substr(salt, 1, 1) WHEN 'f' THEN '0' ELSE 'f' END || substr(salt, 2)"
        " WHERE position = 3 AND field = 'what'",
        {("text-changed", "control line 2")},
    ),
    "commitment": (
        'UPDATE lines SET entry = replace(entry, \'"what":{"sha256":"\' ||'
        ' substr(entry, instr(entry, \'"what"\') + 18, 2), \'"what":{"sha256":"0z\') WHERE position = 3',
        {("line-unreadable", "control line 2")},
    ),
    "commitment put in another's place": (
        "UPDATE lines SET entry = replace(replace(replace(entry, '\"what\"', '\"x\"'), '\"place\"', '\"what\"'),"
        " '\"x\"', '\"place\"') WHERE position = 3",
        {("text-changed", "control line 2"), ("line-changed", "control line 2")},
    ),
    "text and salt swapped with another line's": (
        "UPDATE texts SET position = 99 WHERE position = 3; UPDATE texts SET position = 3 WHERE position = 5;"
        "UPDATE texts SET position = 5 WHERE position = 99",
        {("text-changed", "control line 2"), ("text-changed", "control line 3")},
    ),
    "text deleted": (
        "DELETE FROM texts WHERE position = 3 AND field = 'what'",
        {("text-missing", "control line 2")},
    ),
    "text put to another field": (
        "UPDATE texts SET field = 'why' WHERE position = 3 AND field = 'what'",
        {("line-unreadable", "control line 2")},
    ),
    "text erased without saying so": (
        "UPDATE texts SET state = 'erased', salt = NULL, text = NULL WHERE position = 3 AND field = 'what'",
        {("erased-unsaid", "control line 2")},
    ),
    "an entry": (
        "UPDATE lines SET entry = replace(entry, 'observed', 'confirmed') WHERE position = 3",
        {("line-changed", "control line 2")},
    ),
    "what it erases": (
        "UPDATE lines SET erases = 'east-1' WHERE position = 3",
        {("line-changed", "control line 2")},
    ),
    "text with the same meaning": (
        'UPDATE lines SET entry = replace(entry, \'"what"\', \'"what":"Y","what"\') WHERE position = 3',
        {("line-changed", "control line 2")},
    ),
    "text that is no entry": (
        "UPDATE lines SET entry = '{}' WHERE position = 3",
        {("line-unreadable", "control line 2")},
    ),
    "the time it was stored": (
        "UPDATE lines SET stored_at = replace(stored_at, '2022', '2021') WHERE position = 4",
        {("line-changed", "east line 2")},
    ),
    "the time written otherwise": (
        "UPDATE lines SET stored_at = replace(stored_at, 'Z', '+00:00') WHERE position = 4",
        {("line-unreadable", "east line 2")},
    ),
    "the id it is found by": (
        "UPDATE lines SET entry_id = 'other' WHERE position = 4",
        {("line-changed", "east line 2")},
    ),
    "a line deleted": (
        "DELETE FROM lines WHERE position = 3",
        {("position-missing", "east line 2"), ("line-missing", "control line 3"), ("text-without-line", "position 3")},
    ),
    "a line deleted, and the gap closed": (
        "DELETE FROM lines WHERE position = 3; UPDATE lines SET position = position - 1 WHERE position = 4;"
        "UPDATE lines SET position = position - 1 WHERE position = 5;"
        "UPDATE lines SET position = position - 1 WHERE position = 6; DELETE FROM texts WHERE position = 3;"
        "UPDATE texts SET position = position - 1 WHERE position > 3",
        {("arrival-broken", "east line 2"), ("line-missing", "control line 3")},
    ),
    "two desks' lines swapped": (
        "UPDATE lines SET position = 99 WHERE position = 3; UPDATE lines SET position = 3 WHERE position = 4;"
        "UPDATE lines SET position = 4 WHERE position = 99;"
        "UPDATE texts SET position = 99 WHERE position = 3; UPDATE texts SET position = 3 WHERE position = 4;"
        "UPDATE texts SET position = 4 WHERE position = 99",
        {("arrival-broken", "east line 2"), ("arrival-broken", "control line 2"), ("arrival-broken", "control line 3")},
    ),
    "a line renumbered": (
        "UPDATE lines SET seq = 9 WHERE position = 5",
        {("line-changed", "control line 9"), ("line-missing", "control line 9")},
    ),
    "a line put into another desk's chain": (
        "UPDATE lines SET desk = 'west', seq = 1 WHERE position = 6",
        {("line-changed", "west line 1"), ("chain-broken", "west line 1")},
    ),
    "a link": (
        "UPDATE lines SET prev = hash WHERE position = 4",
        {("line-changed", "east line 2"), ("chain-broken", "east line 2")},
    ),
    "a hash": (
        "UPDATE lines SET hash = prev WHERE position = 4",
        {("line-changed", "east line 2"), ("chain-broken", "east line 3"), ("arrival-broken", "east line 2")},
    ),
}


def raw(place: Path | str, script: str) -> None:
    """Do something to a ledger behind its back."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as db:
            db.executescript(script)
        return
    with psycopg.connect(place, autocommit=True) as server:
        server.execute("SET search_path TO ringfence_op")
        server.execute(script.encode())


def drop_triggers(place: Path | str) -> None:
    if isinstance(place, Path):
        for name in ("lines_never_change", "lines_never_go", "ledger_never_changes", "texts_only_go", "texts_never_go"):
            raw(place, f"DROP TRIGGER {name}")
        return
    for table in ("lines", "texts", "ledger"):
        raw(place, f"ALTER TABLE {table} DISABLE TRIGGER USER")
    raw(place, "CREATE FUNCTION instr(text, text) RETURNS integer LANGUAGE sql AS 'SELECT strpos($1, $2)'")


def fill_two_chains(place: Path | str, aside: Path | str) -> None:
    """Three lines of control and three of east, taking turns."""
    with closing(create(place)) as ledger, closing(create(aside, desk="east")) as east:
        for number in range(3):
            ledger.add(draft(f"control {number}", place=f"gate {number}"), key=f"k{number}")
            east.add(draft(f"east {number}"))
            ledger.import_lines(plain(east))


@pytest.fixture
def two_chains(at: At) -> Path | str:
    place = at("ledger")
    fill_two_chains(place, at("east"))
    return place


def reopened(place: Path | str) -> Ledger:
    return Ledger.open(place, operation="op", clock=Clock())


@pytest.mark.parametrize("name", TAMPERED)
def test_whatever_was_done_to_a_line_is_named(two_chains: Path | str, name: str) -> None:
    script, expected = TAMPERED[name]
    drop_triggers(two_chains)
    raw(two_chains, script)
    with closing(reopened(two_chains)) as ledger:
        found = {(fault.code, fault.where) for fault in ledger.verify().faults}
    assert {
        (code, where[where.index("desk ") + 5 : -1] if "desk " in where else where) for code, where in found
    } == expected


def test_a_cut_off_tail_and_a_chain_written_anew_are_found_only_with_a_head_written_down(
    two_chains: Path | str,
) -> None:
    with closing(reopened(two_chains)) as ledger:
        heads = ledger.heads()
        assert ledger.verify(expect=heads).faults == ()
    drop_triggers(two_chains)
    raw(two_chains, "DELETE FROM lines WHERE position > 4; DELETE FROM texts WHERE position > 4")
    with closing(reopened(two_chains)) as ledger:
        assert ledger.verify().faults == ()
        faults = ledger.verify(expect=heads).faults
        assert {(fault.code, fault.where) for fault in faults} == {
            ("tail-cut", "desk control line 3"),
            ("tail-cut", "desk east line 3"),
        }
        ledger.add(draft("another third line"))
        again = ledger.verify(expect=heads).faults
        assert ("head-differs", "desk control line 3") in {(fault.code, fault.where) for fault in again}


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ringfence.ledger import Ledger
from ringfence.model.entries import EntryDraft, Source
place, name, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
ledger = Ledger.create(place if "://" in place else Path(place), operation="op", clock=lambda: datetime.now(UTC))
for turn in range(number):
    what = f"{name} {turn}"
    draft = EntryDraft(kind="note", what=what, source=Source(by="Police"), certainty="observed")
    print(ledger.add(draft, key=what).line.hash, flush=True)
"""


def write_elsewhere(path: Path | str, name: str, number: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def assert_gapless(ledger: Ledger, number: int) -> None:
    assert [(position, line.seq) for position, line in ledger.lines()] == [(n, n) for n in range(1, number + 1)]
    assert not ledger.verify().faults


def test_two_processes_make_one_ledger_and_one_chain(at: At) -> None:
    path = at("ledger")
    writers = [write_elsewhere(path, name, 50) for name in "ab"]
    acknowledged = {line.strip() for writer in writers for line in writer.communicate(timeout=60)[0].splitlines()}
    assert [writer.returncode for writer in writers] == [0, 0]
    if isinstance(path, Path):
        assert sorted(file.name for file in path.parent.iterdir()) == ["ledger.db"]
    with closing(reopened(path)) as ledger:
        assert_gapless(ledger, 100)
        assert {line.hash for line in plain(ledger)} == acknowledged


def test_four_threads_share_a_ledger(ledger: Ledger) -> None:
    def write(name: str) -> None:
        for turn in range(25):
            ledger.add(draft(f"{name} {turn}"))
            ledger.lines(after=ledger.last_position() - 1)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_gapless(ledger, 100)


def test_a_process_killed_while_writing_loses_nothing_that_it_acknowledged(at: At) -> None:
    path = at("ledger")
    writer = write_elsewhere(path, "a", 100_000)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(40)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += writer.stdout.read().split()  # what it still said; SIGKILL may cut no line of this length short
    writer.wait()
    with closing(reopened(path)) as ledger:
        held = [line.hash for line in plain(ledger)]
        assert held[: len(acknowledged)] == acknowledged
        assert len(held) - len(acknowledged) <= 1
        assert_gapless(ledger, len(held))


def test_changes_by_others_are_noticed_once_and_own_ones_not(ledger: Ledger, at: At) -> None:
    assert not ledger.changed_by_others()
    ledger.add(draft("own"))
    assert not ledger.changed_by_others()
    with closing(reopened(at("ledger"))) as other:
        assert not ledger.changed_by_others()
        other.add(draft("of somebody else"))
    assert ledger.changed_by_others()
    assert not ledger.changed_by_others()
    assert ledger.last_position() == 2
