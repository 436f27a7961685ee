"""A server or a writer is killed while desks write: what was acknowledged is there, once, nothing is half written.

`RINGFENCE_CRASHES` says how many crashes are drawn. Where each comes is counted, never timed: at the n-th statement of
the desks, or at the n-th write or sync of the server's log. So its seed gives it again: the same acts and salts, the
same point, as many desks waiting, the same lines held afterwards. A test that fails prints its seeds, the one that
failed last, and where each crash came. That one alone, here 737; README.md says what does not repeat:

    RINGFENCE_CRASH_SEED=737 pytest -n 0 tests/crash/test_postgres_crash.py -k forgets_nothing
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from random import Random

import pytest

from ringfence.base.errors import BadInput
from ringfence.ledger import Ledger
from tests.conftest import ROOT
from tests.crash.desks import Desk
from tests.crash.seeds import COUNT, batches, named, numbers
from tests.crash.server import Server
from tests.crash.server_ends import ALONE, CALM, SMALL, Day, Where
from tests.unit.test_ledger import Clock, assert_gapless, create, draft, plain


@pytest.fixture(scope="module")
def alone() -> Iterator[Server]:
    """A server that can be caught between storing and telling."""
    own = Server(ALONE, options=[SMALL])
    yield own
    own.remove()


@pytest.fixture(scope="module")
def faulty() -> Iterator[Server]:
    """A server whose disk can be made to fail."""
    own = Server(CALM, options=[SMALL], failing_disk=True)
    create(own.place("day")).close()
    own.keep()
    yield own
    own.remove()


def spend_day(server: Server, seed: int, where: Where, crashes: int | None = None) -> tuple[list[str], dict[int, str]]:
    """A day with a crash or two, on a ledger of its own; where they came, and the lines that were there at its end."""
    print(f"seed {seed}")
    if where == "log":
        server.rewind()  # or the log's pages would not be filled alike
    day = Day(server.place("day"))
    for _ in range(crashes or Random(f"day {seed}").choice([1, 1, 1, 2])):
        day.crash(server, seed, where)
    if where == "statement":
        server.clear()
    return day.told, day.held.hashes


@pytest.mark.parametrize("seeds", batches(), ids=named)
def test_a_server_that_ends_forgets_nothing_that_it_acknowledged(alone: Server, seeds: Sequence[int]) -> None:
    """Between any two statements, and with a commit that is on the disk while nobody was told."""
    for seed in seeds:
        spend_day(alone, seed, "statement")


@pytest.mark.parametrize("seeds", batches(COUNT // 5, at_once=5), ids=named)
def test_a_server_that_ends_within_its_log_forgets_nothing(faulty: Server, seeds: Sequence[int]) -> None:
    """Before, after and half way through any write or sync of what makes a commit last."""
    for seed in seeds:
        spend_day(faulty, seed, "log")


@pytest.mark.parametrize("where", ["statement", "log"])
def test_the_same_crash_can_be_had_again(request: pytest.FixtureRequest, where: Where) -> None:
    """At the same point, with the same lines held, to the hash: what was stored though nobody was told, too."""
    server: Server = request.getfixturevalue("alone" if where == "statement" else "faulty")
    for seed in numbers(2):
        once, again = (spend_day(server, seed, where, crashes=1) for _ in range(2))
        assert once == again
        assert once[1]


def test_without_syncs_the_harness_reports_a_loss() -> None:
    """Or it would find nothing anywhere. What a server forgot is stood in for by an earlier state of its folder."""
    own = Server(ALONE, options=[SMALL])
    try:
        day = Day(own.place("crash"))
        day.crash(own, 1)
        own.keep()
        day.crash(own, 2)
        own.rewind()
        with pytest.raises(AssertionError, match="is lost"):
            day.check()
    finally:
        own.remove()


@pytest.mark.parametrize("seed", numbers(max(2, COUNT // 25)))
def test_a_killed_writer_leaves_whole_lines_and_no_lock(alone: Server, seed: int) -> None:
    """The first one twice: it is killed at the same statement, and leaves the same."""
    print(f"seed {seed}")
    try:
        left = [kill_a_writer(alone.place(name), seed) for name in ("once", "again")[: 2 if seed == 0 else 1]]
        assert left[0] == left[-1]
    finally:
        alone.clear()


def kill_a_writer(place: str, seed: int) -> list[str]:
    """What the writer said, and the lines that it left."""
    create(place).close()
    command = [sys.executable, "-m", "tests.crash.killed_writer", place, str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT, timeout=120)
    assert done.returncode == -9
    *acknowledged, told = done.stdout.splitlines()
    print(told)
    commits = int(told.split()[-1])
    with closing(Ledger.open(place, operation="op", clock=Clock())) as ledger:
        ledger.add(draft("goes on at once"))
        held = [line.hash for line in plain(ledger)]
        assert held[: len(acknowledged)] == acknowledged
        assert len(held) == commits + 1
        assert_gapless(ledger, len(held))
    return [*acknowledged, told, *held[:-1]]


def long_text(drawn: Random) -> str:
    """Words that nothing packs, so that tables need room."""
    return "".join(drawn.choices("abcdefghijklmnopqrstuvwxyz ", k=3900)).strip()


def test_a_full_disk_is_told_and_nothing_is_half_written(faulty: Server) -> None:
    drawn = Random(1)
    faulty.rewind()
    with closing(create(faulty.place("day"))) as ledger:
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


@pytest.mark.parametrize("what", ["full", "sync"])
@pytest.mark.parametrize("seed", numbers(max(3, COUNT // 20)))
def test_a_log_that_fails_is_told_and_what_was_acknowledged_holds(faulty: Server, seed: int, what: str) -> None:
    """From some write or sync on, a part of it done: the server ends at once, rather than believe its own cache."""
    print(f"seed {seed}")
    drawn, place = Random(f"{seed} {what}"), faulty.place("day")
    faulty.rewind()
    desk = Desk(place, "control", str(seed))
    faulty.set_point(desk.process, drawn.randint(1, 20), what)
    with closing(desk.ledger) as ledger:
        with pytest.raises(BadInput) as caught:
            while True:
                desk.act()
        print((faulty.folder / "told").read_text(encoding="ascii"))
        words = rf"a server that|{'no space left' if what == 'full' else 'a disk that fails'}"
        assert re.search(rf"{words}|erasure-unsettled", str(caught.value))
        for _ in range(3):
            with pytest.raises(BadInput, match=words):
                ledger.add(draft("last"), key="last")
        faulty.heal()
        faulty.come_back()
        held, known = plain(ledger), len(desk.acknowledged)
        assert [line.hash for line in held[:known]] == [line_hash for _, line_hash in desk.acknowledged]
        assert all(line.entry.what == "[erased]" for line in held if line.entry.id in desk.erased)
        last_is_held = any(line.key == "last" for line in held)
        assert len(held) - known - last_is_held in {0, 1}
        assert ledger.add(draft("last"), key="last").was_new != last_is_held
        assert all(not ledger.add(said, key=key).was_new for key, said in desk.sent.items())
        assert_gapless(ledger, len(held) + (not last_is_held))
