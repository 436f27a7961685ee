"""How a server ends while desks write: at a statement, or at a write or sync of its own log."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from random import Random
from typing import Literal

import psycopg
import pytest

from ringfence.ledger import Ledger
from tests.crash.desks import Desk, Held, Point, Send
from tests.crash.pictures import check_picture
from tests.crash.server import Server
from tests.unit.test_ledger import Clock, create

PATIENCE_S = 60
LOG_STEPS_MAX = 14
"""Among so many writes and syncs of the log by one desk's process: a commit has two or more."""
CALM = ["wal_writer_delay = 10s", "bgwriter_delay = 10s", "checkpoint_timeout = 1h", "min_wal_size = 4MB"]
"""The server's own processes leave the log to the desks', as far as they can be made to."""
SMALL = "--wal-segsize=1"
"""A log in parts of one megabyte: soon copied, and one more is needed now and then."""
ALONE = [*CALM, "synchronous_standby_names = 'nobody'", "synchronous_commit = local"]
"""A commit that asks for it waits for a standby that never comes: then it is on the disk, and nobody was told."""
Where = Literal["statement", "log"]


class ServerEnd:
    """An end of a server, drawn: where it comes, in which way, and how many desks wait for their turn meanwhile."""

    def __init__(self, server: Server, desks: Sequence[Desk], drawn: Random, where: Where) -> None:
        self.server, self.desks, self.told = server, desks, ""
        self._how = drawn.choices(["kill all", "stop at once", "kill one"], [3, 1, 1])[0]
        self._victim, self._waiting = drawn.choice(desks), drawn.randint(0, len(desks) - 1)
        self._pool = ThreadPoolExecutor(len(desks) + 1)
        self._pending: list[Future[str]] = []
        self._point = Point.draw(drawn)
        if where == "statement":
            for desk in desks:
                desk.listen(self._point, self)
        else:
            writer, how = drawn.choice(desks), drawn.choice(["before", "half", "after"])
            server.set_point(writer.process, drawn.randint(1, LOG_STEPS_MAX), how)
            self._pending.append(self._pool.submit(self._come_once_stopped, writer))

    def come(self, desk: Desk) -> None:
        self._come(desk, self._point.told)

    def come_within(self, desk: Desk, send: Send, statement: str) -> object:
        send("SET LOCAL synchronous_commit = on")
        self._pending.append(self._pool.submit(self._come_once_stored, desk))
        return send(statement)

    def wait(self) -> None:
        """Until the server is back, and every desk was told."""
        for pending in self._pending:
            told = pending.result(PATIENCE_S)
            assert "a server that" in told, "nobody was told"
        self._pool.shutdown()

    def _come(self, desk: Desk, where: str) -> str:
        others = [other for other in self.desks if other is not desk][: self._waiting if self._is_writing() else 0]
        self._pending += [self._pool.submit(other.try_to_act) for other in others]
        waiting = "SELECT count(*) = %s FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        self._wait_for(lambda db: db.execute(waiting, (len(others),)).fetchone() == (True,))
        self.told = f"{self._how} at desk {desk.name}, {where}; {len(others)} waiting"
        self.server.heal()
        if self._how == "kill one":
            kill_one(self.server, self._victim.process)
        else:
            self.server.kill() if self._how == "kill all" else self.server.stop("immediate")
            self.server.start()
        return "a server that ended"

    def _come_once_stored(self, desk: Desk) -> str:
        stored = "SELECT wait_event = 'SyncRep' FROM pg_stat_activity WHERE pid = %s"
        self._wait_for(lambda db: db.execute(stored, (desk.process,)).fetchone() == (True,))
        return self._come(desk, self._point.told)

    def _come_once_stopped(self, desk: Desk) -> str:
        until = time.monotonic() + PATIENCE_S
        while not (told := self.server.reached()):
            assert time.monotonic() < until
            time.sleep(0.001)
        return self._come(desk, told)

    def _is_writing(self) -> bool:
        """Whether a desk has the turn: then others wait for it, for as long as it likes."""
        with self.server.connect() as db:
            found = db.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted").fetchone()
        return found != (0,)

    def _wait_for(self, is_so: Callable[[psycopg.Connection[tuple[object, ...]]], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        with self.server.connect() as db:
            while not is_so(db):
                assert time.monotonic() < until
                time.sleep(0.001)


def kill_one(server: Server, process: int) -> None:
    """The server ends every other process then, and recovers by itself."""
    with server.connect() as db:
        os.kill(process, 9)
        with pytest.raises(psycopg.OperationalError):
            while True:
                db.execute("SELECT 1")
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            server.connect().close()
            return
        except psycopg.OperationalError:
            time.sleep(0.01)
    pytest.fail("the server did not come back")


class Day:
    """A ledger that outlives crashes, and all that was acknowledged in it."""

    def __init__(self, place: str) -> None:
        self.place, self.held = place, Held()
        self.told: list[str] = []
        create(place).close()

    def crash(self, server: Server, seed: int, where: Where = "statement") -> None:
        """Let desks write, end the server somewhere, and look at what is there when it is back."""
        turn = f"{seed} {len(self.told)}"
        drawn = Random(turn)
        names = ("control", "east", "west")[: drawn.randint(1, 3)]
        desks = [Desk(self.place, name, turn) for name in names]
        end = ServerEnd(server, desks, drawn, where)
        while not end.told:
            told = drawn.choice(desks).try_to_act()
            assert not told or "a server that" in told or "erasure-unsettled" in told
        end.wait()
        print(end.told)
        self.told.append(end.told)
        for desk in desks:
            desk.ledger.close()
        known = len(self.held.hashes)
        self.held.take_in(desks)
        under_way = self.check(desks) - known - sum(len(desk.acknowledged) for desk in desks)
        stored = sum(desk.commits - len(desk.acknowledged) for desk in desks)
        assert under_way in ({stored} if where == "statement" else {0, 1}), "of what was under way, not all or nothing"

    def check(self, desks: Sequence[Desk] = ()) -> int:
        """All that was ever acknowledged is there, once, and nothing is half written; how much there is."""
        with closing(Ledger.open(self.place, operation="op", clock=Clock())) as ledger:
            lines = ledger.lines()
            assert [position for position, _ in lines] == list(range(1, len(lines) + 1))
            hashes = {position: line.hash for position, line in lines}
            assert self.held.hashes.items() <= hashes.items(), "what was acknowledged is lost"
            assert ledger.verify().faults == ()
            assert all(line.entry.what == "[erased]" for _, line in lines if line.entry.id in self.held.erased)
            for position, line in lines:
                self.held.entries.setdefault(position, line.entry)  # what was under way
            check_picture(ledger, [self.held.entries[position] for position, _ in lines])
        for desk in desks:
            with closing(Ledger.open(self.place, operation="op", desk=desk.name, clock=Clock())) as again:
                for key, said in desk.sent.items():
                    assert not again.add(said, key=key).was_new, "what was acknowledged is stored twice"
                assert again.last_position() == len(lines)
        self.held.hashes = hashes
        return len(lines)
