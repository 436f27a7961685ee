"""The power goes while a desk writes: what was acknowledged is there, once, and nothing is half written.

`RINGFENCE_CRASHES` says how many crashes are drawn; each is drawn from its number, its seed, so that it can be had
again: the same acts, the same salts, the power gone at the same write, the same sectors lost. A test that fails prints
its seeds, the one that failed last. That one alone, here 737:

    RINGFENCE_CRASH_SEED=737 pytest -n 0 tests/crash/test_sqlite_crash.py -k loses_nothing
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from ringfence.base.errors import BadInput
from ringfence.ledger import Ledger, LedgerLine
from ringfence.ledger.sqlite_file import SETTINGS
from ringfence.ledger.sqlite_store import SqliteStore
from ringfence.model.entries import EntryDraft
from tests.crash.disk import Disk, DiskVfs, connecting, syncing
from tests.crash.pictures import check_picture, said_of_a_barrier
from tests.crash.seeds import batches, named, numbers
from tests.unit.test_ledger import Clock, create, draft, entry, plain

PAGE = 4096
OFF = [setting.replace("synchronous = FULL", "synchronous = OFF") for setting in SETTINGS]


class Day:
    """A desk that writes until the power goes, and knows what was acknowledged."""

    def __init__(
        self, folder: Path, drawn: Random, settings: list[str], sync: Callable[[Path], None] | None = None
    ) -> None:
        self.drawn, self.path = drawn, folder / "ledger.db"
        self.disk = Disk(folder, drawn)
        self.vfs = DiskVfs(f"disk-{id(self)}", self.disk)
        connect = connecting(f"disk-{id(self)}", settings, checkpoint_every=drawn.choice([1, 2, 5, 20]))
        salts = Random(drawn.random())
        store = SqliteStore(self.path, connect, sync or syncing(self.disk))
        self.ledger = Ledger(store, clock=Clock(), salts=lambda: salts.randbytes(16))
        self.acknowledged: list[LedgerLine] = []
        self.sent: dict[str, EntryDraft] = {}
        self.erased: set[str] = set()
        self.gone: set[str] = set()
        self.in_flight: tuple[str, EntryDraft] | None = None
        self.in_flight_lines = 0

    def act(self) -> None:
        """One thing that a desk does; it is acknowledged when this returns."""
        number = len(self.sent) + len(self.acknowledged)
        what = self.drawn.choices(["add", "log", "erase"], [8, 2, 1])[0]
        if what == "erase" and self.acknowledged:
            line = self.drawn.choice([line for line in self.acknowledged if line.entry.kind != "erasure"])
            self.in_flight_lines = 1
            self.ledger.erase(line.entry.id, ["what"], by="Privacy officer", power="An act")
            self.erased.add(line.entry.id)
            if line.entry.what.startswith("said "):  # words that nothing else has
                self.gone.add(line.entry.what)
        elif what == "log":
            self.in_flight_lines = self.drawn.randint(1, 5)
            size = self.drawn.choice([10, 3000])
            self.ledger.import_entries([entry(f"e{number}-{n}", "x" * size) for n in range(self.in_flight_lines)])
        else:
            said = said_of_a_barrier(self.drawn, f"said {number} " + "x" * self.drawn.choice([0, 100, 3000]))
            self.in_flight, self.in_flight_lines = (f"key {number}", said), 1
            self.ledger.add(said, key=f"key {number}")
            self.sent[f"key {number}"] = said
        self.in_flight, self.in_flight_lines = None, 0
        self.acknowledged += [line for _, line in self.ledger.lines(after=len(self.acknowledged))]

    def let_go(self) -> None:
        self.disk.is_left_alone = True
        self.ledger.close()
        self.vfs.unregister()


def crash(folder: Path, seed: int, settings: list[str]) -> Day:
    """Let a desk write, cut the power somewhere, and put what is on the disk then into the folder."""
    drawn = Random(seed)
    day = Day(folder, drawn, settings)
    day.disk.cut_at = day.disk.operations + drawn.randint(1, 250)
    with pytest.raises(BadInput, match="a disk that fails"):
        while True:
            day.act()
    day.let_go()
    day.disk.after_the_cut(folder)
    return day


def check(day: Day) -> None:
    """All that was acknowledged is there, in order and once; of what was under way, all or nothing."""
    on_disk = b"".join(path.read_bytes() for path in day.path.parent.iterdir())
    assert not [words for words in day.gone if words.encode() in on_disk], "what was erased is still on the disk"
    with closing(Ledger.open(day.path, clock=Clock())) as ledger:
        held = plain(ledger)
        known = [line.hash for line in day.acknowledged]
        assert [line.hash for line in held[: len(known)]] == known, "what was acknowledged is lost"
        assert len(held) - len(known) in {0, day.in_flight_lines}, "something is half written"
        assert ledger.verify().faults == (), "the ledger does not verify"
        assert all(line.entry.what == "[erased]" for line in held if line.entry.id in day.erased)
        check_picture(ledger, [line.entry for line in (*day.acknowledged, *held[len(known) :])])
        for key, said in day.sent.items():
            assert not ledger.add(said, key=key).was_new, "what was acknowledged is stored twice"
        if day.in_flight is not None:
            key, said = day.in_flight
            assert ledger.add(said, key=key).was_new == (len(held) == len(known))
            assert not ledger.add(said, key=key).was_new
        ledger.add(draft("and it goes on"))
        assert ledger.verify().faults == ()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    create(folder / "ledger.db").close()
    return folder


@pytest.fixture
def fresh(empty: Path, tmp_path: Path) -> Callable[[], Path]:
    """Makes a folder with a new ledger in it."""

    def make() -> Path:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(empty, folder)
        return folder

    return make


@pytest.mark.parametrize("seeds", batches(), ids=named)
def test_a_power_cut_loses_nothing_that_was_acknowledged(fresh: Callable[[], Path], seeds: Sequence[int]) -> None:
    for seed in seeds:
        print(f"seed {seed}")
        folder = fresh()
        check(crash(folder, seed, list(SETTINGS)))
        shutil.rmtree(folder)


def test_the_same_crash_can_be_had_again(fresh: Callable[[], Path]) -> None:
    """To the byte, whatever was lost; but for what SQLite marks its write-ahead log with, each time anew."""
    for seed in numbers(5):
        print(f"seed {seed}")
        once, again = (crash(fresh(), seed, list(SETTINGS)) for _ in range(2))
        assert once.disk.operations == again.disk.operations
        assert once.acknowledged == again.acknowledged
        assert on_the_disk(once) == on_the_disk(again)
        assert on_the_disk(once).keys() >= {"ledger.db"}


def on_the_disk(day: Day) -> dict[str, bytes]:
    """The files as the power cut left them, the marks of the write-ahead log (salts and checksums) blanked."""
    files = {path.name: bytearray(path.read_bytes()) for path in day.path.parent.iterdir()}
    log = files.get("ledger.db-wal", bytearray())
    for start, end in [(16, 32), *((frame + 8, frame + 24) for frame in range(32, len(log), 24 + PAGE))]:
        log[start:end] = bytes(len(log[start:end]))
    return {name: bytes(data) for name, data in files.items()}


def test_without_syncs_the_harness_reports_a_loss(fresh: Callable[[], Path]) -> None:
    """Or it would find nothing anywhere: acknowledged entries that are lost, and else files in pieces."""
    told: Counter[str] = Counter()
    for seed in range(20):
        day = crash(fresh(), seed, OFF)
        try:
            check(day)
        except AssertionError as error:
            told[str(error).partition("\n")[0]] += 1
        except BadInput as error:
            told.update({fault.code for fault in error.faults})
    assert told["what was acknowledged is lost"] >= 4, told
    assert told["ledger-damaged"] >= 4, told
    others = {"what was erased is still on the disk", "the ledger does not verify"}
    assert told.keys() <= {"what was acknowledged is lost", "ledger-damaged", *others}


@pytest.mark.parametrize("is_synced", [True, False])
def test_erased_words_stay_gone_because_the_emptied_log_is_synced(fresh: Callable[[], Path], is_synced: bool) -> None:
    """SQLite cuts its write-ahead log to nothing and leaves it at that: if the power goes then, the words are back."""
    came_back = 0
    for seed in range(20):
        day = Day(fresh(), Random(seed), list(SETTINGS), sync=None if is_synced else lambda _: None)
        while not day.gone:
            day.act()
        day.let_go()
        day.disk.after_the_cut(day.path.parent)
        try:
            check(day)
        except AssertionError as error:
            assert "what was erased is still on the disk" in str(error)
            came_back += 1
    assert bool(came_back) != is_synced


@pytest.fixture
def day(fresh: Callable[[], Path]) -> Iterator[Day]:
    begun = Day(fresh(), Random(5), list(SETTINGS))
    for _ in range(5):
        begun.act()
    yield begun
    begun.let_go()


@pytest.mark.parametrize("room", [0, 4096, 9000, 50_000])
def test_a_full_disk_is_told_and_nothing_is_half_written(day: Day, room: int) -> None:
    before = day.ledger.lines()
    day.disk.full_above = sum(len(file.shown) for file in day.disk.files.values()) + room
    many = [entry(f"e{number}", f"{number} " + "x" * 3900) for number in range(50)]
    with pytest.raises(BadInput, match="no space left") as caught:
        day.ledger.import_entries(many)
    assert [fault.code for fault in caught.value.faults] == ["cannot-write"]
    assert day.ledger.lines() == before
    day.disk.full_above = None
    assert day.ledger.import_entries(many) == 50
    assert day.ledger.verify().faults == ()
    day.acknowledged = plain(day.ledger)
    day.let_go()
    day.disk.after_the_cut(day.path.parent)
    check(day)


def test_a_failing_sync_is_told_and_the_next_try_holds(fresh: Callable[[], Path]) -> None:
    """Though the system shows what it could not sync as if it were there, and syncs it never again."""
    told = [fail_some_syncs(fresh(), seed) for seed in numbers(4)]
    assert sum(told) >= len(told)


def fail_some_syncs(folder: Path, seed: int) -> int:
    """A day on which two syncs fail, of the log or of the file; how many of them the desk was told of."""
    print(f"seed {seed}")
    day = Day(folder, Random(seed), list(SETTINGS))
    day.disk.failing_syncs = {day.drawn.randint(1, 25), day.drawn.randint(1, 25)}
    failed = 0
    for number in range(30):
        said = draft(f"said {number} " + "x" * day.drawn.choice([0, 2000]))
        while True:
            try:
                day.ledger.add(said, key=f"key {number}")
                break
            except BadInput as error:
                failed += 1
                assert "a disk that fails" in str(error)
                assert [fault.code for fault in error.faults] == ["cannot-write"]
                assert len(day.ledger.lines()) - number in {0, 1}
        day.sent[f"key {number}"] = said
    day.acknowledged = plain(day.ledger)
    assert len(day.acknowledged) == 30
    day.let_go()
    day.disk.after_the_cut(day.path.parent)
    check(day)
    return failed
