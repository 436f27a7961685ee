"""A server or a writer is killed while desks write: what was acknowledged is there, once, nothing is half written.

`RINGFENCE_CRASHES` says how many crashes are drawn. What is done in each is drawn from its number; at which instruction
of the server the kill comes is the machine's choice, each time anew. So a seed can be run again, but need not find the
same: several times `RINGFENCE_CRASH_SEED=737 pytest -n 0 tests/crash/test_postgres_crash.py -k forgets_nothing`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from random import Random

import psycopg
import pytest

from ringfence.base.errors import BadInput
from ringfence.ledger import Ledger
from ringfence.model.entries import Entry, EntryDraft
from tests.crash.pictures import check_picture, said_of_a_barrier
from tests.crash.seeds import COUNT, batches, named
from tests.crash.server import Server
from tests.unit.test_ledger import Clock, assert_gapless, create, draft, plain, write_elsewhere


@pytest.fixture
def place(server: Server) -> Iterator[str]:
    yield server.place("crash")
    server.clear()


class Writer(threading.Thread):
    """A desk that writes, and now and then erases, until it no longer can; it knows what was acknowledged."""

    def __init__(self, place: str, desk: str, seed: int) -> None:
        super().__init__()
        self.ledger = Ledger.open(place, operation="op", desk=desk, clock=Clock())
        self.drawn, self.seed = Random(f"{seed} {desk}"), seed
        self.acknowledged: list[tuple[int, str]] = []
        self.entries: dict[int, Entry] = {}
        self.sent: dict[str, EntryDraft] = {}
        self.ids: list[str] = []
        self.erased: set[str] = set()
        self.told = ""

    def run(self) -> None:
        with closing(self.ledger):
            try:
                for number in range(1_000_000):
                    self.act(number)
            except BadInput as error:
                self.told = str(error)

    def act(self, number: int) -> None:
        if self.ids and self.drawn.random() < 0.05:
            entry_id = self.drawn.choice(self.ids)
            added = self.ledger.erase(entry_id, ["what"], by="Privacy officer", power="An act")
            self.erased.add(entry_id)
        else:
            key, what = f"{self.seed} {number}", f"said {number} " + "x" * self.drawn.choice([0, 100, 3000])
            said = said_of_a_barrier(self.drawn, what)
            added = self.ledger.add(said, key=key)
            self.sent[key] = said
            self.ids.append(added.line.entry.id)
        if added.was_new:
            self.acknowledged.append((added.position, added.line.hash))
            self.entries[added.position] = added.line.entry


def kill_all(server: Server) -> None:
    server.kill()
    server.start()


def stop_at_once(server: Server) -> None:
    server.stop("immediate")
    server.start()


def kill_one(server: Server) -> None:
    """The server ends every other process then, and recovers by itself."""
    with server.connect() as db:
        found = db.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'ringfence'").fetchall()
        os.kill(int(str(found[0][0])), 9)
        with pytest.raises(psycopg.OperationalError):
            while True:
                db.execute("SELECT 1")
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            server.connect().close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    pytest.fail("the server did not come back")


class Day:
    """A ledger that outlives several crashes, and all that was acknowledged in it."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.acknowledged: dict[int, str] = {}
        self.entries: dict[int, Entry] = {}
        self.erased: set[str] = set()
        self.length = 0
        create(place).close()

    def crash(self, server: Server, seed: int) -> None:
        """Let desks write, end the server somewhere, and look at what is there when it is back."""
        drawn = Random(seed)
        end = drawn.choices([kill_all, stop_at_once, kill_one], [3, 1, 1])[0]
        writers = [Writer(self.place, desk, seed) for desk in ("control", "east", "west")[: drawn.randint(1, 3)]]
        wanted, wait_s = drawn.randint(1, 40), drawn.random() * 0.01
        for writer in writers:
            writer.start()
        until = time.monotonic() + 60
        while sum(len(writer.acknowledged) for writer in writers) < wanted:
            assert time.monotonic() < until
            time.sleep(0.001)
        time.sleep(wait_s)
        end(server)
        for writer in writers:
            writer.join(timeout=60)
            assert "a server that" in writer.told or "erasure-unsettled" in writer.told
            self.acknowledged.update(writer.acknowledged)
            self.entries.update(writer.entries)
            self.erased |= writer.erased
        self.check(writers)

    def check(self, writers: list[Writer]) -> None:
        """All that was ever acknowledged is there, once; of what was under way, all or nothing."""
        with closing(Ledger.open(self.place, operation="op", clock=Clock())) as ledger:
            held = ledger.lines()
            assert [position for position, _ in held] == list(range(1, len(held) + 1))
            hashes = {position: line.hash for position, line in held}
            assert self.acknowledged.items() <= hashes.items(), "what was acknowledged is lost"
            under_way = len(held) - self.length - sum(len(writer.acknowledged) for writer in writers)
            assert 0 <= under_way <= len(writers), "something was written that nobody was about to write"
            assert ledger.verify().faults == ()
            assert all(line.entry.what == "[erased]" for _, line in held if line.entry.id in self.erased)
            for position, line in held:
                self.entries.setdefault(position, line.entry)  # what was under way
            check_picture(ledger, [self.entries[position] for position, _ in held])
        for writer in writers:
            with closing(Ledger.open(self.place, operation="op", desk=writer.ledger.desk, clock=Clock())) as again:
                for key, said in writer.sent.items():
                    assert not again.add(said, key=key).was_new, "what was acknowledged is stored twice"
                assert again.last_position() == len(held)
        self.length = len(held)
        self.acknowledged = hashes


@pytest.mark.parametrize("seeds", batches(), ids=named)
def test_a_server_that_ends_forgets_nothing_that_it_acknowledged(
    place: str, server: Server, seeds: Sequence[int]
) -> None:
    """One ledger for all crashes of a test."""
    day = Day(place)
    for seed in seeds:
        print(f"seed {seed}")
        day.crash(server, seed)


def test_without_syncs_the_harness_reports_a_loss() -> None:
    """Or it would find nothing anywhere. What a server forgot is stood in for by an earlier state of its folder."""
    own = Server()
    try:
        day = Day(own.place("crash"))
        day.crash(own, 1)
        own.stop("fast")
        kept = own.folder / "kept"
        subprocess.run(["cp", "-a", own.data, kept], check=True)  # with its owner
        own.start()
        day.crash(own, 2)
        own.stop("fast")
        shutil.rmtree(own.data)
        kept.rename(own.data)
        own.start()
        with pytest.raises(AssertionError, match="is lost"):
            day.check([])
    finally:
        own.remove()


@pytest.mark.parametrize("seed", range(max(2, COUNT // 25)))
def test_a_killed_writer_leaves_whole_lines_and_no_lock(place: str, seed: int) -> None:
    print(f"seed {seed}")
    writer = write_elsewhere(place, "a", 100_000)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(Random(seed).randint(1, 40))]
    writer.kill()
    acknowledged += writer.stdout.read().split()
    writer.wait()
    with closing(Ledger.open(place, operation="op", clock=Clock())) as ledger:
        ledger.add(draft("goes on at once"))
        held = [line.hash for line in plain(ledger)]
        assert held[: len(acknowledged)] == acknowledged
        assert len(held) - len(acknowledged) in {1, 2}
        assert_gapless(ledger, len(held))


@pytest.fixture(scope="module")
def faulty() -> Iterator[Server]:
    """A server whose disk can be made to fail."""
    own = Server(failing_disk=True)
    yield own
    own.remove()


def long_text(drawn: Random) -> str:
    """Words that nothing packs, so that tables need room."""
    return "".join(drawn.choices("abcdefghijklmnopqrstuvwxyz ", k=3900)).strip()


def test_a_full_disk_is_told_and_nothing_is_half_written(faulty: Server) -> None:
    drawn = Random(1)
    with closing(create(faulty.place("full"))) as ledger:
        acknowledged = [ledger.add(draft(long_text(drawn)), key=f"before {number}").line for number in range(5)]
        many = [draft(long_text(drawn)) for _ in range(100)]
        with faulty.failing("full"), pytest.raises(BadInput, match="no space left") as caught:
            for number, said in enumerate(many):
                acknowledged.append(ledger.add(said, key=f"key {number}").line)
        assert [fault.code for fault in caught.value.faults] == ["cannot-write"]
        assert plain(ledger) == acknowledged
        new = [ledger.add(said, key=f"key {number}").was_new for number, said in enumerate(many)]
        assert new == [False] * (len(acknowledged) - 5) + [True] * (105 - len(acknowledged))
        assert_gapless(ledger, 105)
        faulty.come_back()
        assert_gapless(ledger, 105)


@pytest.mark.parametrize("seed", range(3))
def test_a_failing_sync_is_told_and_what_was_acknowledged_holds(faulty: Server, seed: int) -> None:
    """The server ends at once then, rather than believe its own cache: nothing is acknowledged that it may lose."""
    drawn = Random(seed)
    with closing(create(faulty.place(f"sync {seed}"))) as ledger:
        acknowledged = [ledger.add(draft(f"{n}"), key=f"{n}").line for n in range(drawn.randint(1, 20))]
        with faulty.failing("sync"):
            for _ in range(3):
                with pytest.raises(BadInput, match=r"a server that|a disk that fails"):
                    ledger.add(draft("last"), key="last")
        faulty.come_back()
        held = plain(ledger)
        assert held[: len(acknowledged)] == acknowledged
        assert len(held) - len(acknowledged) in {0, 1}
        assert ledger.add(draft("last"), key="last").was_new == (len(held) == len(acknowledged))
        assert_gapless(ledger, len(acknowledged) + 1)
