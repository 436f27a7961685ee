"""A server or a writer is killed while desks write: what was acknowledged is there, once, nothing is half written."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from random import Random

import psycopg
import pytest

from ringfence.base.errors import BadInput
from ringfence.ledger import Ledger
from tests.crash.server import Server
from tests.unit.test_ledger import Clock, assert_gapless, create, draft, plain, write_elsewhere

ROUNDS = max(1, int(os.environ.get("RINGFENCE_CRASHES", "50")) // 50)
"""How often each kind of crash is drawn: a server takes its time to come back."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that a test may kill."""
    own = Server()
    yield own
    own.remove()


@pytest.fixture
def place(server: Server) -> Iterator[str]:
    yield server.place("crash")
    server.clear()


class Writer(threading.Thread):
    """A desk that writes until it no longer can, and knows what was acknowledged."""

    def __init__(self, place: str, desk: str) -> None:
        super().__init__()
        self.ledger = Ledger.open(place, operation="op", desk=desk, clock=Clock())
        self.acknowledged: list[tuple[int, str]] = []
        self.told = ""

    def run(self) -> None:
        with closing(self.ledger):
            for number in range(1_000_000):
                try:
                    added = self.ledger.add(draft(f"said {number}"), key=f"key {number}")
                except BadInput as error:
                    self.told = str(error)
                    return
                self.acknowledged.append((added.position, added.line.hash))


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


@pytest.mark.parametrize("end", [kill_all, stop_at_once, kill_one])
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_server_that_ends_forgets_nothing_that_it_acknowledged(
    place: str, server: Server, end: Callable[[Server], None], seed: int
) -> None:
    print(f"seed {seed}")
    create(place).close()
    writers = [Writer(place, desk) for desk in ("control", "east")]
    for writer in writers:
        writer.start()
    wanted, until = Random(seed).randint(5, 40), time.monotonic() + 60
    while sum(len(writer.acknowledged) for writer in writers) < wanted:
        assert time.monotonic() < until
        time.sleep(0.001)
    end(server)
    for writer in writers:
        writer.join(timeout=60)
        assert "a server that" in writer.told
    with closing(Ledger.open(place, operation="op", clock=Clock())) as ledger:
        held = ledger.lines()
        assert [position for position, _ in held] == list(range(1, len(held) + 1))
        hashes = {position: line.hash for position, line in held}
        acknowledged = [one for writer in writers for one in writer.acknowledged]
        assert all(hashes.get(position) == hash_ for position, hash_ in acknowledged), "what was acknowledged is lost"
        assert len(held) - len(acknowledged) <= len(writers)
        assert ledger.verify().faults == ()
        for writer in writers:
            with closing(Ledger.open(place, operation="op", desk=writer.ledger.desk, clock=Clock())) as again:
                for number in range(len(writer.acknowledged)):
                    assert not again.add(draft(f"said {number}"), key=f"key {number}").was_new


@pytest.mark.parametrize("seed", range(2 * ROUNDS))
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
