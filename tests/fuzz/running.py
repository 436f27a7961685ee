"""Inputs put to the doors, one after another, in worker processes that may die or hang without the run doing so."""

from __future__ import annotations

import multiprocessing as mp
import resource
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.door import SECONDS_MAX, Door, Trial, time_limit
from tests.fuzz.doors import DOORS, door_order, input_of

MEMORY_BYTES = 6 << 30
"""Address space of a worker: an input that wants more is a finding, not the end of the machine."""

TOLD_EVERY_S = 1.0
STUCK_S = 60.0
"""A worker that shows no life for so long is held up where no signal reaches it."""

NOBODY = -1


class Finding(NamedTuple):
    """What went wrong, where, and with which input. `kind` is alike for inputs that fail in the same place."""

    door: str
    number: int
    kind: str
    told: str


@dataclass
class Tally:
    """What came of the inputs so far: by door and outcome, how many, and what was found."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take over what another one counted."""
        self.counts += other.counts
        self.findings += other.findings

    @property
    def total(self) -> int:
        """Inputs tried."""
        return self.counts.total()


class Plan(NamedTuple):
    """Which inputs a worker tries: those of `numbers` that come to one of the `doors` (all, if none is named)."""

    seed: int
    numbers: range
    doors: tuple[str, ...] = ()


def try_inputs(plan: Plan, folder: Path, at: Callable[[int], None] = lambda _: None) -> Iterator[Tally]:
    """Try the inputs of a plan; what came of them, about every second and at the end. `at` is told each one before."""
    order = door_order()
    coming = {order[number % len(order)] for number in plan.numbers[: len(order)]}
    trials = {door.name: _opened(door, folder) for door in coming if not plan.doors or door.name in plan.doors}
    tally, told = Tally(), time.monotonic()
    for number in plan.numbers:
        door = order[number % len(order)]
        if door.name not in trials:
            continue
        at(number)
        _try_one(door.name, trials[door.name], plan.seed, number, tally)
        if time.monotonic() - told > TOLD_EVERY_S:
            yield tally
            tally, told = Tally(), time.monotonic()
    yield tally


def _opened(door: Door, folder: Path) -> Trial:
    own = folder / door.name
    own.mkdir()
    return door.open(own)


def _try_one(door: str, trial: Trial, seed: int, number: int, tally: Tally) -> None:
    try:
        with time_limit(SECONDS_MAX):
            outcome = trial(input_of(seed, number)).value
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # whatever it is: that is what is looked for
        outcome = "found"
        last = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} at {Path(last.filename).name} line {last.lineno}"
        tally.findings.append(Finding(door, number, kind, "".join(traceback.format_exception(error))))
    tally.counts[door, outcome] += 1


def run(seed: int, numbers: range, *, jobs: int, doors: tuple[str, ...] = ()) -> Generator[Tally, None, None]:
    """Try inputs in `jobs` processes at once; what came of them, piece by piece.

    A process that dies or hangs is a finding of the input it was at; another one takes over behind that.
    """
    with tempfile.TemporaryDirectory(prefix="ringfence-fuzz-") as folder:
        workers = [_Worker(Plan(seed, numbers[job::jobs], doors), Path(folder)) for job in range(jobs)]
        try:
            while working := [one for one in workers if not one.done]:
                wait([one.told for one in working], timeout=TOLD_EVERY_S)
                for worker in working:
                    yield from worker.look()
        finally:
            for worker in workers:
                worker.end()


class _Worker:
    """A process at work on a plan, or its successors."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan, self._folder = plan, folder
        self.done = False
        self._start()

    def _start(self) -> None:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        context = mp.get_context("spawn")
        self._at: Synchronized[int] = context.Value("q", NOBODY)
        self._seen, self._since = NOBODY, time.monotonic()
        self.told, tell = context.Pipe(duplex=False)
        self._process: SpawnProcess = context.Process(
            target=_work, args=(self._plan, folder, self._at, tell), daemon=True
        )
        self._process.start()
        tell.close()

    def look(self) -> Iterator[Tally]:
        """What it has told since the last look; a finding, and a successor, if it is dead or stuck."""
        try:
            while self.told.poll():
                tally = self.told.recv()
                if tally is None:
                    self.done = True
                    return
                yield tally
        except EOFError:
            self._process.join()
            yield self._lost(f"the process ended with {self._process.exitcode}")
            return
        number = self._at.value
        if number != self._seen:
            self._seen, self._since = number, time.monotonic()
        elif time.monotonic() - self._since > STUCK_S:
            yield self._lost(f"no life for {STUCK_S:g} s")

    def _lost(self, kind: str) -> Tally:
        """The finding of the input that it was at. What it had not told yet is not counted."""
        self.end()
        number = self._at.value
        if number == NOBODY:
            message = f"a worker could not begin: {kind}"
            raise RuntimeError(message)
        door = door_order()[number % len(door_order())].name
        rest = self._plan.numbers[self._plan.numbers.index(number) + 1 :]
        self._plan = self._plan._replace(numbers=rest)
        self._start()
        return Tally(Counter({(door, "found"): 1}), [Finding(door, number, kind, kind)])

    def end(self) -> None:
        """Let go of the process, whatever it does."""
        self._process.kill()
        self._process.join()
        self.told.close()


def _work(plan: Plan, folder: Path, at: Synchronized[int], tell: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    tempfile.tempdir = str(folder)  # so that nothing is left of a worker that dies

    def note(number: int) -> None:
        at.value = number

    for tally in try_inputs(plan, folder, note):
        tell.send(tally)
    tell.send(None)


def table(tally: Tally) -> str:
    """Counts by door, and how many of all inputs were spoiled behind container and compression."""
    lines = [f"{'door':14}{'inputs':>11}{'answered':>11}{'refused':>11}{'found':>8}"]
    for door in DOORS:
        answered, refused, found = (tally.counts[door.name, outcome] for outcome in ("answered", "refused", "found"))
        lines.append(f"{door.name:14}{answered + refused + found:>11,}{answered:>11,}{refused:>11,}{found:>8,}")
    decoded = {door.name for door in DOORS if door.decoded}
    behind = sum(count for (door, _), count in tally.counts.items() if door in decoded)
    share = behind / tally.total if tally.total else 0.0
    lines.append(f"{'together':14}{tally.total:>11,}, {share:.0%} of them altered behind container and compression")
    return "\n".join(lines)


def by_kind(findings: Sequence[Finding]) -> dict[tuple[str, str], list[Finding]]:
    """Findings that fail in the same place, together."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        kinds.setdefault((one.door, one.kind), []).append(one)
    return kinds
