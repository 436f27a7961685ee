"""The ledger in a SQLite file: what a file refuses, survives and says, whoever may write it and whatever it is."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ringfence.base.errors import BadInput
from ringfence.ledger import Ledger, LedgerLine, read_lines
from ringfence.ledger import sqlite_file as ledger_store
from ringfence.ledger.sqlite_store import SqliteStore
from ringfence.model.entries import EntryDraft
from tests.unit.test_ledger import (
    Clock,
    assert_gapless,
    codes,
    create,
    draft,
    entry,
    fill_two_chains,
    plain,
    raw,
    reopened,
)
from tests.unit.test_ledger_texts import SAID, erase, faults


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(create(tmp_path / "ledger.db")) as opened:
        yield opened


@pytest.fixture
def two_chains(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    fill_two_chains(path, tmp_path / "east.db")
    return path


READER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ringfence.ledger import Ledger

ledger = Ledger.open(Path(sys.argv[1]), clock=lambda: datetime.now(UTC))
print(len(ledger.lines()))
ledger.close()
"""


def test_a_second_opening_drops_no_lock_of_the_first(tmp_path: Path) -> None:
    """By the rules of POSIX whoever closes a file drops all locks that the process has on it.

    Another process would then take itself for the last one, and remove the write-ahead log that we go on writing to.
    """

    def lines_elsewhere() -> int:
        return int(subprocess.check_output([sys.executable, "-c", READER, str(path)], text=True))

    path = tmp_path / "ledger.db"
    with closing(create(path)) as ledger:
        ledger.add(draft("before"))
        for _ in range(2):
            reopened(path).close()
        assert lines_elsewhere() == 1
        ledger.add(draft("behind"))
        assert lines_elsewhere() == 2
    assert lines_elsewhere() == 2


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


def test_a_file_given_to_another_desk_is_found(two_chains: Path) -> None:
    raw(two_chains, "DROP TRIGGER ledger_never_changes; UPDATE ledger SET desk = 'east'")
    with closing(Ledger.open(two_chains, clock=Clock())) as ledger:
        assert [fault.code for fault in ledger.verify().faults] == ["arrival-broken"]


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
    "a lookalike": (lambda path: path.write_bytes(b"SQLite format 3\0" + b"\x01" * 5000), "not-a-ledger"),
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


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_the_bytes_are_gone_from_every_file(ledger: Ledger, tmp_path: Path) -> None:
    """With pages that split and texts over several pages; the salts count as well."""
    drawn = random.Random(11)

    def words(number: int) -> str:
        return f"secret{number}:" + "".join(drawn.choices("abcdefgh", k=drawn.choice([9, 50, 500, 3900])))

    def pieces(said: EntryDraft, line: LedgerLine) -> Iterator[bytes]:
        for text in (said.what, str(said.place)):
            yield from (text[start : start + 16].encode() for start in range(0, len(text) - 15, 100))
        yield from (kept.salt.encode() for field, kept in line.texts.items() if kept and field in {"what", "place"})

    written = []
    for number in range(120):
        said = SAID.model_copy(update={"what": words(number), "place": words(1000 + number)[:200]})
        written.append((said, ledger.add(said).line))
    held = all_bytes(tmp_path)
    assert all(piece in held for said, line in written[:1] for piece in pieces(said, line) if len(said.what) < 900)
    gone = drawn.sample(range(120), 40)
    for number in gone:
        erase(ledger, written[number][1].entry.id, "what", "place")
        held = all_bytes(tmp_path)
        assert not [piece for piece in pieces(*written[number]) if piece in held]
    kept = [line.entry for line in plain(ledger) if line.entry.kind != "erasure" and line.entry.what != "[erased]"]
    assert kept == [line.entry for number, (_, line) in enumerate(written) if number not in gone]
    assert not [piece for number in gone for piece in pieces(*written[number]) if piece in held]
    assert not faults(ledger)


def test_a_reader_of_an_earlier_state_keeps_bytes_and_is_told_of(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_store, "BUSY_TIMEOUT_MS", 50)
    with closing(create(tmp_path / "held.db")) as held, closing(sqlite3.connect(tmp_path / "held.db")) as reader:
        held.add(SAID)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM lines").fetchone()
        with pytest.raises(BadInput) as caught:
            erase(held, "control-1", "source.via")
        assert codes(caught) == ["erasure-unsettled"]
        assert plain(held)[0].entry.source.via == "[erased]"
        reader.rollback()
        assert not erase(held, "control-1", "source.via").was_new
        assert b"radio four" not in all_bytes(tmp_path)
        assert not faults(held)


def test_a_ledger_and_an_export_of_version_1_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(create(path)) as ledger:
        document = ledger.add(draft()).line.model_dump(mode="json")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 1")
    with pytest.raises(BadInput, match="Export it with the Ringfence that made it") as caught:
        Ledger.open(path, clock=Clock())
    assert codes(caught) == ["older-ledger"]
    del document["texts"]
    with pytest.raises(BadInput) as caught:
        read_lines(ledger_line(document), "export")
    assert codes(caught) == ["older-export"]


def ledger_line(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()
