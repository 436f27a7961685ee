"""Backups of both stores: as of one moment while others write, verified, without what was erased; and brought back."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from ringfence.base.errors import BadInput, Conflict
from ringfence.base.where import OperationPlace
from ringfence.desk.backups import back_up
from ringfence.desk.live import LiveDesk
from ringfence.desk.log_files import export_log, import_log, verify_log
from ringfence.desk.opening import LEDGER_FILE
from ringfence.ledger import Ledger, LedgerLine
from ringfence.model.entries import EntryDraft, Source
from tests.crash.server import Server
from tests.unit.test_ledger import At, Clock, codes, create, draft, entry, plain, raw
from tests.unit.test_ledger_texts import SAID, erase, faults

NOW = datetime(2022, 2, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def operation(request: pytest.FixtureRequest, spoilable: Path, postgres: Server) -> Iterator[OperationPlace]:
    """The example, with its log in either store."""
    server = None if request.param == "sqlite" else postgres.place("backed-up")
    yield OperationPlace(spoilable, server, "east")
    postgres.clear()


def note(what: str) -> EntryDraft:
    return EntryDraft(kind="note", what=what, source=Source(by="Gate 6"), certainty="observed")


def logged(where: OperationPlace, *whats: str) -> list[str]:
    """Log notes as a desk, and tell the ids that they got."""
    with closing(LiveDesk.open(where, clock=lambda: NOW)) as live:
        return [live.add(note(what), key=what)[0].entry.id for what in whats]


def opened(path: Path) -> list[tuple[int, LedgerLine]]:
    """What a backup holds, once it has been looked at."""
    with closing(Ledger.open(path, clock=Clock())) as copy:
        assert copy.verify().faults == ()
        return list(copy.lines())


def test_a_backup_holds_every_line_as_it_is_and_no_text_that_was_erased(at: At, tmp_path: Path) -> None:
    secret = "The quiet house behind the school"
    with closing(create(at("ledger"))) as ledger, closing(create(at("other"), desk="east")) as east:
        said = ledger.add(SAID.model_copy(update={"place": secret}), key="k").line
        ledger.add(draft("kept"))
        east.add(draft("withheld"))
        ledger.import_lines([line.withholding(["what"]) for line in plain(east)])
        ledger.import_entries([entry("e1")])
        erase(ledger, said.entry.id, "place", "what")
        path = tmp_path / "backup.sqlite"
        made = ledger.back_up(path)
        assert (made.operation, made.desk, made.position) == ("op", "control", 5)
        assert made.heads == ledger.heads()
        assert opened(path) == list(ledger.lines())
        assert secret.encode() not in path.read_bytes()
        for field in ("place", "what"):
            kept = said.texts[field]
            assert kept is not None
            assert kept.salt.encode() not in path.read_bytes()
        with closing(Ledger.open(path, clock=Clock())) as copy:
            found, held = copy.verify(), ledger.verify()
            assert (found.withheld, found.erased) == (held.withheld, held.erased) == (1, 2)
            assert not copy.add(SAID.model_copy(update={"place": secret}), key="k").was_new
            assert copy.import_lines(plain(east)) == 0, "a text that was withheld may still come"
            assert copy.verify().withheld == 0
    assert sorted(file.name for file in tmp_path.glob("backup*")) == ["backup.sqlite"]


def test_backups_taken_while_four_desks_write_are_each_a_whole_beginning(at: At, tmp_path: Path) -> None:
    names = ["control", "control", "control", "control"] if isinstance(at("l"), Path) else ["a", "b", "c", "d"]
    create(at("l"), desk=names[0]).close()
    begun, stop = threading.Barrier(5), threading.Event()

    def write(number: int) -> None:
        with closing(Ledger.open(at("l"), operation="op", desk=names[number], clock=Clock())) as ledger:
            begun.wait(30)
            for turn in range(10_000):
                if stop.is_set():
                    return
                ledger.add(draft(f"{number} {turn} " + "x" * (turn * 97 % 3000)), key=f"{number} {turn}")

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    begun.wait(30)
    backups = []
    try:
        with closing(Ledger.open(at("l"), operation="op", desk=names[0], clock=Clock())) as ledger:
            for number in range(8):
                backups.append(tmp_path / f"{number}.sqlite")
                ledger.back_up(backups[-1])
    finally:
        stop.set()
        for writer in writers:
            writer.join(30)
    with closing(Ledger.open(at("l"), operation="op", desk=names[0], clock=Clock())) as ledger:
        whole = list(ledger.lines())
    lengths = []
    for backup in backups:
        held = opened(backup)
        assert held == whole[: len(held)]
        lengths.append(len(held))
    assert lengths == sorted(lengths)
    assert len(set(lengths)) > 1, "nobody wrote meanwhile"


def test_a_ledger_that_does_not_verify_makes_no_backup(at: At, tmp_path: Path) -> None:
    place = at("ledger")
    with closing(create(place)) as ledger:
        for what in "abc":
            ledger.add(draft(what))
    if isinstance(place, Path):
        raw(place, "DROP TRIGGER lines_never_change")
        raw(place, "UPDATE lines SET key = 'slipped in' WHERE position = 2")
    else:
        with psycopg.connect(place, autocommit=True) as db:
            db.execute("ALTER TABLE ringfence_op.lines DISABLE TRIGGER ALL")
            db.execute("UPDATE ringfence_op.lines SET key = 'slipped in' WHERE position = 2")
    with closing(Ledger.open(place, operation="op", clock=Clock())) as ledger:
        with pytest.raises((BadInput, Conflict)) as caught:
            ledger.back_up(tmp_path / "copy.sqlite")
        assert "line-changed" in codes(caught)


def test_a_desk_goes_on_from_a_backup_and_the_chains_fit(
    operation: OperationPlace, postgres: Server, tmp_path: Path
) -> None:
    """Into a folder without a ledger, and a server without one: each time by `log import`."""
    logged(operation, "first", "second")
    backup = tmp_path / "backup.sqlite"
    made = back_up(operation, backup)
    heads = [f"{desk}:{seq}:{digest}" for desk, (seq, digest) in made.heads.items()]
    assert made.position == 158
    later = logged(operation, "third")
    assert later == ["east-159"]
    aside = tmp_path / "aside"
    shutil.copytree(operation.folder, aside, ignore=shutil.ignore_patterns(f"{LEDGER_FILE}*"))
    for server, writes, named in ((None, None, "east-159"), (postgres.place("restored"), "west", "west-1")):
        place = OperationPlace(aside, server, writes)
        assert import_log(place, backup.read_bytes(), str(backup)) == 158
        assert verify_log(place, heads)["faults"] == []
        assert logged(place, "said after") == [named], "unless another is named, it is the backup's desk that goes on"
        assert verify_log(place, heads)["faults"] == []
        (aside / LEDGER_FILE).unlink(missing_ok=True)


def test_a_backup_brings_a_ledger_up_that_lags_behind_and_both_ways_make_a_union(
    spoilable: Path, postgres: Server, tmp_path: Path
) -> None:
    there = OperationPlace(spoilable, postgres.place("there"), "east")
    try:
        logged(there, "on the server")
        backup = tmp_path / "one.sqlite"
        back_up(there, backup)
        here = OperationPlace(spoilable, desk="west")
        # A desk that is cut off goes on from the backup, under a name of its own.
        assert import_log(here, backup.read_bytes(), str(backup)) == 157
        assert logged(here, "while apart") == ["west-1"]
        taken = tmp_path / "two.sqlite"
        back_up(here, taken)
        (spoilable / LEDGER_FILE).rename(tmp_path / "kept.sqlite")
        logged(there, "on the server meanwhile")
        assert import_log(there, taken.read_bytes(), str(taken)) == 1
        assert import_log(there, taken.read_bytes(), str(taken)) == 0
        assert verify_log(there)["lines"] == 159
        assert {desk: head["seq"] for desk, head in verify_log(there)["heads"].items()} == {"east": 158, "west": 1}
    finally:
        postgres.clear()


def test_a_backup_is_whole_or_not_there(operation: OperationPlace, tmp_path: Path) -> None:
    path = tmp_path / "backup.sqlite"

    def refused(target: Path, *, instead: bool = False) -> list[str]:
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(BadInput) as caught:
            back_up(operation, target, instead=instead)
        assert sorted(tmp_path.rglob("*")) == before
        return codes(caught)

    assert refused(path) == ["no-ledger"]
    logged(operation, "one")
    first = back_up(operation, path)
    logged(operation, "two")
    assert refused(path) == ["already-there"]
    assert len(opened(path)) == 157
    assert back_up(operation, path, instead=True).position == first.position + 1
    assert len(opened(path)) == 158
    assert refused(tmp_path / "nowhere" / "backup.sqlite") == ["cannot-write"]
    assert refused(operation.folder / LEDGER_FILE, instead=True) == ["own-ledger"]
    assert refused(tmp_path, instead=True) == ["already-there"]
    (tmp_path / "other.sqlite-wal").write_bytes(b"left by another")
    assert refused(tmp_path / "other.sqlite") == ["ledger-left-over"]
    assert export_log(operation).count("\n") == 158


def test_a_full_disk_leaves_no_backup(operation: OperationPlace, tmp_path: Path) -> None:
    logged(operation, "one")
    (backups := tmp_path / "backups").mkdir()
    command = [sys.executable, "-m", "ringfence.cli.main", "log", "backup", str(operation.folder), "--desk=east"]
    if operation.server is not None:
        command.append(f"--ledger={operation.server}")

    def run(*limit: str) -> subprocess.CompletedProcess[str]:
        whole = [*limit, *command, str(backups / "b.sqlite")]
        return subprocess.run(whole, capture_output=True, text=True, check=False, timeout=120)

    full = run("prlimit", "--fsize=100000")
    assert full.returncode == 2
    assert "cannot-write" in full.stderr
    assert list(backups.iterdir()) == []
    done = run()
    assert done.returncode == 0
    assert "157 lines of wellington-2022, verified" in done.stdout
    assert len(opened(backups / "b.sqlite")) == 157
    with closing(Ledger.open(backups / "b.sqlite", clock=Clock())) as copy:
        assert not faults(copy)
        head = copy.heads()["east"]
        assert f"east:{head[0]}:{head[1]}" in done.stdout
