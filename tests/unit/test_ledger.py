"""The ledger: what is stored stays, once, in order and on the disk; and whatever was done to a file is named."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from ringfence.base.errors import BadInput, Conflict, OurFault
from ringfence.ledger import Ledger, LedgerLine, read_lines, write_line
from ringfence.ledger import sqlite_file as ledger_store
from ringfence.ledger.sqlite_store import SqliteStore
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


def create(path: Path, desk: str = "control", operation: str = "op") -> Ledger:
    return Ledger.create(path, operation=operation, desk=desk, clock=Clock())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(create(tmp_path / "ledger.db")) as opened:
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


def test_a_clock_that_runs_backwards_is_taken_at_its_word_and_order_stays_by_number(tmp_path: Path) -> None:
    times = iter([START, START - timedelta(hours=1)])
    with closing(Ledger.create(tmp_path / "l.db", operation="op", clock=lambda: next(times))) as ledger:
        ledger.add(draft("first"))
        ledger.add(draft("second"))
        assert [(line.seq, line.stored_at) for line in plain(ledger)] == [(1, START), (2, START - timedelta(hours=1))]
        assert not ledger.verify().faults


def test_a_clock_without_a_zone_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    naive = START.replace(tzinfo=None)
    with closing(Ledger.create(tmp_path / "l.db", operation="op", clock=lambda: naive)) as ledger:
        with pytest.raises(BadInput) as caught:
            ledger.add(draft())
        assert codes(caught) == ["bad-clock"]
        assert ledger.last_position() == 0


def test_a_key_stores_a_draft_once_also_after_a_restore(ledger: Ledger, tmp_path: Path) -> None:
    stored = ledger.add(draft("sent twice"), key="k")
    ledger.add(draft("sent twice"))  # without a key it is somebody saying it again
    with closing(create(tmp_path / "restored.db")) as restored:
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


def test_two_desks_exchange_lines_and_come_to_hold_the_same(ledger: Ledger, tmp_path: Path) -> None:
    with closing(create(tmp_path / "east.db", desk="east")) as east:
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
def test_lines_that_do_not_fit_are_refused_whole(ledger: Ledger, tmp_path: Path, name: str) -> None:
    spoil, expected = SPOILT[name]
    with closing(create(tmp_path / "east.db", desk="east")) as east:
        for number in range(3):
            east.add(draft(f"east {number}"))
        with pytest.raises(Conflict) as caught:
            ledger.import_lines(spoil(plain(east)))
    assert [(fault.code, fault.where) for fault in caught.value.faults] == expected
    assert ledger.last_position() == 0


def test_lines_of_a_fork_another_operation_or_a_taken_id_are_refused(ledger: Ledger, tmp_path: Path) -> None:
    ledger.add(draft("ours"))
    ledger.import_entries([entry("east-1")])
    cases = (("control", "op", "chain-forked"), ("east", "other", "chain-broken"), ("east", "op", "id-taken"))
    for number, (desk, operation, code) in enumerate(cases):
        with closing(create(tmp_path / f"{number}.db", desk, operation)) as other:
            other.add(draft("theirs"))
            with pytest.raises(Conflict) as caught:
                ledger.import_lines(plain(other))
            assert codes(caught) == [code]
    with pytest.raises(Conflict) as caught:
        ledger.import_lines([changed_line(plain(ledger)[0], key="held here under this hash, but not so")])
    assert codes(caught) == ["line-changed"]
    assert ledger.last_position() == 2


def test_an_entry_keeps_the_text_it_was_hashed_in(ledger: Ledger, tmp_path: Path) -> None:
    """As written by a version with other defaults and another way to write times."""
    document = ledger.add(draft()).line.model_dump(mode="json")
    document["entry"] |= {"place": None, "number": 2.0, "ref": [], "so": {"precision": "unknown", "from_": None}}
    document["entry"]["recorded"] = {k: v.replace("Z", "+00:00") for k, v in document["entry"]["recorded"].items()}
    hashed = {name: value for name, value in document.items() if name not in {"hash", "texts"}}
    document["hash"] = hashlib.sha256(rfc8785.dumps(hashed)).hexdigest()
    (line,) = read_lines(rfc8785.dumps(document), "export")
    with closing(create(tmp_path / "other.db")) as other:
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
        "UPDATE texts SET salt = replace(salt, substr(salt, 1, 1), 'f') || '' WHERE position = 3 AND field = 'what'",
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
    "the desk": (
        "UPDATE ledger SET desk = 'east'",
        {("arrival-broken", "control line 1")},
    ),
}


def raw(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)


def drop_triggers(path: Path) -> None:
    for name in ("lines_never_change", "lines_never_go", "ledger_never_changes", "texts_only_go", "texts_never_go"):
        raw(path, f"DROP TRIGGER {name}")


@pytest.fixture
def two_chains(tmp_path: Path) -> Path:
    """Three lines of control and three of east, taking turns."""
    path = tmp_path / "ledger.db"
    with closing(create(path)) as ledger, closing(create(tmp_path / "east.db", desk="east")) as east:
        for number in range(3):
            ledger.add(draft(f"control {number}", place=f"gate {number}"), key=f"k{number}")
            east.add(draft(f"east {number}"))
            ledger.import_lines(plain(east))
    return path


@pytest.mark.parametrize("name", TAMPERED)
def test_whatever_was_done_to_a_line_is_named(two_chains: Path, name: str) -> None:
    script, expected = TAMPERED[name]
    drop_triggers(two_chains)
    raw(two_chains, script)
    with closing(Ledger.open(two_chains, clock=Clock())) as ledger:
        found = {(fault.code, fault.where) for fault in ledger.verify().faults}
    assert {
        (code, where[where.index("desk ") + 5 : -1] if "desk " in where else where) for code, where in found
    } == expected


def test_a_cut_off_tail_and_a_chain_written_anew_are_found_only_with_a_head_written_down(two_chains: Path) -> None:
    with closing(Ledger.open(two_chains, clock=Clock())) as ledger:
        heads = ledger.heads()
        assert ledger.verify(expect=heads).faults == ()
    drop_triggers(two_chains)
    raw(two_chains, "DELETE FROM lines WHERE position > 4; DELETE FROM texts WHERE position > 4")
    with closing(Ledger.open(two_chains, clock=Clock())) as ledger:
        assert ledger.verify().faults == ()
        faults = ledger.verify(expect=heads).faults
        assert {(fault.code, fault.where) for fault in faults} == {
            ("tail-cut", "desk control line 3"),
            ("tail-cut", "desk east line 3"),
        }
        ledger.add(draft("another third line"))
        again = ledger.verify(expect=heads).faults
        assert ("head-differs", "desk control line 3") in {(fault.code, fault.where) for fault in again}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines SET entry = entry",
        "DELETE FROM lines",
        "INSERT OR REPLACE INTO lines SELECT * FROM lines WHERE position = 2",
        "INSERT OR REPLACE INTO lines "
        "SELECT 7, 'new', 1, stored_at, 'new', prev, hash, entry, entry_id, NULL, arrival FROM lines LIMIT 1",
        "INSERT OR REPLACE INTO lines "
        "SELECT 7, desk, seq, stored_at, 'new', prev, hash, entry, 'new', NULL, arrival FROM lines LIMIT 1",
        "INSERT OR REPLACE INTO lines "
        "SELECT 7, desk, 9, stored_at, key, prev, hash, entry, 'new', NULL, arrival FROM lines LIMIT 1",
        "INSERT INTO lines "
        "SELECT 9, 'new', 1, stored_at, 'new', prev, hash, entry, 'new', NULL, arrival FROM lines LIMIT 1",
        "UPDATE texts SET text = 'other'",
        "UPDATE texts SET state = 'withheld', text = NULL, salt = NULL",
        "UPDATE texts SET state = 'erased', text = NULL, salt = NULL, position = position + 9",
        "DELETE FROM texts",
        "INSERT OR REPLACE INTO texts SELECT * FROM texts WHERE position = 6",
        "INSERT INTO texts SELECT position, 'why', state, salt, text FROM texts WHERE position = 2",
        "UPDATE ledger SET desk = 'other'",
        "DELETE FROM ledger",
    ],
)
def test_the_file_itself_refuses_to_be_rewritten(two_chains: Path, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"never|only added"):
        raw(two_chains, statement)
    with closing(Ledger.open(two_chains, clock=Clock())) as ledger:
        assert ledger.verify().lines == 6
        assert not ledger.verify().faults


def test_damaged_pages_are_a_fault_not_a_crash(two_chains: Path) -> None:
    data = bytearray(two_chains.read_bytes())
    page = data.index(b"control 1") // 4096 * 4096
    data[page : page + 4096] = b"\x00" * 4096
    two_chains.write_bytes(data)
    with closing(Ledger.open(two_chains, clock=Clock())) as ledger:
        assert "ledger-damaged" in {fault.code for fault in ledger.verify().faults}
        with pytest.raises(BadInput) as caught:
            ledger.lines()
        assert codes(caught) == ["ledger-damaged"]


def test_an_index_that_lost_a_line_is_found_before_a_second_one_gets_its_id(two_chains: Path) -> None:
    data = two_chains.read_bytes()
    pages = [data[start : start + 4096] for start in range(0, len(data), 4096)]
    spoilt = [page if b'"what"' in page else page.replace(b"control-2", b"control-7") for page in pages]
    assert spoilt != pages
    two_chains.write_bytes(b"".join(spoilt))
    with closing(Ledger.open(two_chains, clock=Clock())) as ledger:
        assert {fault.code for fault in ledger.verify().faults} == {"ledger-damaged"}


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ringfence.ledger import Ledger
from ringfence.model.entries import EntryDraft, Source
path, name, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
ledger = Ledger.create(path, operation="op", clock=lambda: datetime.now(UTC))
for turn in range(number):
    what = f"{name} {turn}"
    draft = EntryDraft(kind="note", what=what, source=Source(by="Police"), certainty="observed")
    print(ledger.add(draft, key=what).line.hash, flush=True)
"""


def write_elsewhere(path: Path, name: str, number: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def assert_gapless(ledger: Ledger, number: int) -> None:
    assert [(position, line.seq) for position, line in ledger.lines()] == [(n, n) for n in range(1, number + 1)]
    assert not ledger.verify().faults


def test_two_processes_make_one_ledger_and_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    writers = [write_elsewhere(path, name, 50) for name in "ab"]
    acknowledged = {line.strip() for writer in writers for line in writer.communicate(timeout=60)[0].splitlines()}
    assert [writer.returncode for writer in writers] == [0, 0]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["ledger.db"]
    with closing(Ledger.open(path, clock=Clock())) as ledger:
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


def test_a_process_killed_while_writing_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    writer = write_elsewhere(path, "a", 100_000)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(40)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += writer.stdout.read().split()  # what it still said; SIGKILL may cut no line of this length short
    writer.wait()
    with closing(Ledger.open(path, clock=Clock())) as ledger:
        held = [line.hash for line in plain(ledger)]
        assert held[: len(acknowledged)] == acknowledged
        assert len(held) - len(acknowledged) <= 1
        assert_gapless(ledger, len(held))


def test_changes_by_others_are_noticed_once_and_own_ones_not(ledger: Ledger, tmp_path: Path) -> None:
    assert not ledger.changed_by_others()
    ledger.add(draft("own"))
    assert not ledger.changed_by_others()
    with closing(Ledger.open(tmp_path / "ledger.db", clock=Clock())) as other:
        assert not ledger.changed_by_others()
        other.add(draft("of somebody else"))
    assert ledger.changed_by_others()
    assert not ledger.changed_by_others()
    assert ledger.last_position() == 2


def newer(path: Path) -> None:
    create(path).close()
    raw(path, "PRAGMA user_version = 3")


def of_another_program(path: Path) -> None:
    raw(path, "CREATE TABLE ledger (operation, desk); INSERT INTO ledger VALUES ('op', 'control')")


def cut_short(path: Path) -> None:
    create(path).close()
    path.write_bytes(path.read_bytes()[:5000])


WRONG: dict[str, tuple[Callable[[Path], Any], str]] = {
    "nothing": (lambda _: None, "no-ledger"),
    "a folder": (Path.mkdir, "no-ledger"),
    "an empty file": (Path.touch, "not-a-ledger"),
    "another file": (lambda path: path.write_text("not a database, but long enough " * 40), "not-a-ledger"),
    "a lookalike": (lambda path: path.write_bytes(b"SQLite format 3\0" + b"\x01" * 5000), "ledger-damaged"),
    "a database of another program": (of_another_program, "not-a-ledger"),
    "a newer version's": (newer, "newer-ledger"),
    "cut short": (cut_short, "ledger-damaged"),
    "another operation's": (lambda path: create(path, operation="other").close(), "other-operation"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_such_ledger_is_refused_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    make, code = WRONG[name]
    path = tmp_path / "odd name?#%.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(BadInput) as caught:
        Ledger.open(path, operation="op", clock=Clock())
    assert codes(caught) == [code]
    assert (path.read_bytes() if path.is_file() else None) == before
    if path.exists():
        with pytest.raises(BadInput):
            Ledger.create(path, operation="op", clock=Clock())
        assert (path.read_bytes() if path.is_file() else None) == before


def test_creating_checks_names_keeps_what_is_there_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with pytest.raises(BadInput) as caught:
        Ledger.create(path, operation="a b", desk="x" * 61, clock=Clock())
    assert [fault.where for fault in caught.value.faults] == ["operation", "desk"]
    with pytest.raises(BadInput) as caught:
        create(tmp_path / "missing" / "ledger.db")
    assert codes(caught) == ["cannot-write"]
    with closing(create(path)) as ledger:
        ledger.add(draft())
    with closing(create(path)) as ledger:
        assert ledger.last_position() == 1
    with pytest.raises(BadInput) as caught:
        create(path, desk="east")
    assert codes(caught) == ["other-desk"]
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]


def test_a_new_ledger_takes_nothing_over_from_a_log_left_of_an_old_one(ledger: Ledger, tmp_path: Path) -> None:
    ledger.add(draft())
    shutil.copy(tmp_path / "ledger.db-wal", tmp_path / "new.db-wal")
    with pytest.raises(BadInput) as caught:
        create(tmp_path / "new.db")
    assert codes(caught) == ["ledger-left-over"]
    assert not (tmp_path / "new.db").exists()


def test_a_failed_making_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_store, "_SCHEMA", ("CREATE TABLE half (a)", "CREATE TABLE half (a)"))
    with pytest.raises(BadInput):
        create(tmp_path / "ledger.db")
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_somebody_made_a_moment_before_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_new = ledger_store._write_new

    def overtaken(path: Path, operation: str, desk: str) -> None:
        write_new(path, operation, desk)
        monkeypatch.setattr(ledger_store, "_write_new", write_new)
        with closing(create(tmp_path / "ledger.db")) as faster:
            faster.add(draft("already said"))

    monkeypatch.setattr(ledger_store, "_write_new", overtaken)
    with closing(create(tmp_path / "ledger.db")) as ledger:
        assert_gapless(ledger, 1)


def db_of(ledger: Ledger) -> sqlite3.Connection:
    store = ledger._store
    assert isinstance(store, SqliteStore)
    return store._db


def test_a_full_disk_stores_nothing_and_says_so(ledger: Ledger) -> None:
    ledger.add(draft("fits"))
    pages = db_of(ledger).execute("PRAGMA page_count").fetchone()[0]
    db_of(ledger).execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(BadInput, match="no space left") as caught:
        ledger.import_entries([entry(f"e{number}", "x" * 4000) for number in range(9)])
    assert codes(caught) == ["cannot-write"]
    db_of(ledger).execute("PRAGMA max_page_count = 1000000")
    assert_gapless(ledger, 1)
    assert ledger.add(draft("fits again")).position == 2


def test_a_locked_ledger_says_so_and_can_still_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_store, "BUSY_TIMEOUT_MS", 50)
    path = tmp_path / "ledger.db"
    with closing(create(path)) as ledger, closing(sqlite3.connect(path, isolation_level=None)) as other:
        ledger.add(draft())
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BadInput, match="another program") as caught:
            ledger.add(draft())
        assert codes(caught) == ["cannot-write"]
        assert ledger.last_position() == 1
        other.execute("ROLLBACK")
        assert ledger.add(draft()).position == 2


@contextmanager
def somebody_without_rights() -> Iterator[None]:
    """Root may write anywhere, so that a test run by root has to step down."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def locked_away() -> Iterator[Callable[[Path], None]]:
    """Makes a folder and its files such that they may only be read; undone at the end."""
    folders = []

    def lock(folder: Path) -> None:
        folders.append(folder)
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)

    yield lock
    for folder in folders:
        folder.chmod(0o755)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can get at, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(os.name != "posix", reason="SKIPPED ALOUD: rights as POSIX has them")
def test_a_read_only_folder_is_read_as_a_snapshot(open_folder: Path, locked_away: Callable[[Path], None]) -> None:
    path = open_folder / "ledger.db"
    with closing(create(path)) as ledger:
        ledger.add(draft())
    locked_away(open_folder)
    with somebody_without_rights():
        with closing(Ledger.open(path, operation="op", clock=Clock())) as ledger:
            assert_gapless(ledger, 1)
            for write in (lambda: ledger.add(draft()), lambda: ledger.import_entries([entry("e")])):
                with pytest.raises(BadInput, match="only be read") as caught:
                    write()
                assert codes(caught) == ["cannot-write"]
            assert not ledger.changed_by_others()
        with pytest.raises(BadInput) as caught:
            create(open_folder / "new.db")
        assert codes(caught) == ["cannot-write"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="SKIPPED ALOUD: takes two users")
def test_a_reader_without_rights_follows_a_writer_that_has_them(open_folder: Path) -> None:
    path = open_folder / "ledger.db"
    with closing(create(path)) as writer:
        writer.add(draft("before"))
        with somebody_without_rights():
            reader = Ledger.open(path, clock=Clock())
        writer.add(draft("after"))
        with closing(reader):
            assert reader.changed_by_others()
            assert plain(reader) == plain(writer)
            with pytest.raises(BadInput, match="only be read"):
                reader.add(draft())
    with somebody_without_rights():
        snapshot = Ledger.open(path, clock=Clock())
    with closing(snapshot), closing(Ledger.open(path, clock=Clock())) as writer:
        writer.add(draft("later"))
        assert snapshot.changed_by_others()
        assert snapshot.last_position() == 2


@pytest.mark.skipif(os.name != "posix", reason="SKIPPED ALOUD: rights as POSIX has them")
def test_a_read_only_folder_with_lines_not_yet_settled_is_refused_not_shortened(
    ledger: Ledger, tmp_path: Path, open_folder: Path, locked_away: Callable[[Path], None]
) -> None:
    ledger.add(draft("only in the write-ahead log"))
    for name in ("ledger.db", "ledger.db-wal"):
        shutil.copy(tmp_path / name, open_folder / name)
    locked_away(open_folder)
    with somebody_without_rights(), pytest.raises(BadInput, match=r"ledger\.db-wal beside it") as caught:
        Ledger.open(open_folder / "ledger.db", clock=Clock())
    assert codes(caught) == ["cannot-read"]
