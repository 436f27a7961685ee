"""How things are measured: in turn, medians, and cold processes that tell their peak memory."""

from __future__ import annotations

import gc
import json
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TypeVar

from ringfence.picture.fold import _barrier_read, _site_read

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "wellington-2022"
RUNS = 15

Name = TypeVar("Name", str, tuple[str, int, int])


class Unit(Enum):
    """How a figure is shown: its sign, what it is multiplied by, and how many decimals."""

    MICROSECONDS = ("µs", 1e6, 0)
    MILLISECONDS = ("ms", 1e3, 1)
    SECONDS = ("s", 1, 2)
    MEGABYTES = ("MB", 1e-6, 0)

    def shown(self, figure: float | None) -> str:
        sign, factor, decimals = self.value
        return "–" if figure is None else f"{figure * factor:,.{decimals}f} {sign}"


@dataclass(frozen=True)
class Line:
    """One row of a table, in seconds or bytes; `ratio` is peer / ours: above 1 we are faster, or take less memory."""

    what: str
    ours: float
    peer: str = "–"
    theirs: float | None = None
    unit: Unit = Unit.MILLISECONDS

    def markdown(self) -> str:
        ratio = f"{self.theirs / self.ours:.2f}" if self.theirs is not None else "–"
        cells = (self.what, self.unit.shown(self.ours), self.peer, self.unit.shown(self.theirs), ratio)
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class Cost:
    """What a process took from its start to its end: seconds, and bytes of memory at the peak."""

    seconds: float
    peak_bytes: float


def forget_pictures() -> None:
    """Let go of the pictures of single barriers and sites, which a process keeps whatever asked for them."""
    _barrier_read.cache_clear()
    _site_read.cache_clear()


def interleaved(*works: Callable[[], object], runs: int = RUNS) -> list[float]:
    """Median seconds of each piece of work, run in turn."""
    times: list[list[float]] = [[] for _ in works]
    for run in range(runs + 1):
        for number, work in enumerate(works):
            begun = time.perf_counter()
            work()
            if run:  # the first round warms up
                times[number].append(time.perf_counter() - begun)
    return [statistics.median(one) for one in times]


@dataclass
class Clock:
    """The laps of one run of a piece of work: what is done between two of them is timed, nothing before or behind."""

    laps: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def start(self) -> None:
        """Time from now on: what was done before does not count."""
        self._since = time.perf_counter()

    def lap(self, name: str) -> None:
        """Count what was done since the lap before under this name."""
        took = time.perf_counter() - self._since
        self.laps[name] = self.laps.get(name, 0.0) + took
        self._since = time.perf_counter()


@dataclass(frozen=True)
class Timed:
    """Median seconds of all laps of a piece of work together, and of each alone."""

    seconds: float
    laps: Mapping[str, float]

    def of(self, *names: str) -> float:
        """Seconds of some laps."""
        return sum(self.laps[name] for name in names)


def interleaved_laps(
    works: Mapping[Name, Callable[[Clock], object]], *, runs: int = RUNS, warm: bool = True, agree: bool = True
) -> dict[Name, Timed]:
    """Times of pieces of work, all of them once a run, each run in another order.

    Parameters
    ----------
    warm : bool
        Run all of them once before, uncounted.
    agree : bool
        All of them must come to the same answer, run after run; it is looked at when no clock is running.
    """
    clocks: dict[Name, list[Clock]] = {name: [] for name in works}
    for run in range(runs + warm):
        answers = {}
        order = random.Random(run).sample(list(works), len(works))  # nobody always follows the one who warms his caches
        for name in order:
            work = works[name]
            gc.collect()  # nobody pays for what another one left behind
            clock = Clock()
            answers[name] = work(clock)
            if run >= warm:
                clocks[name].append(clock)
        assert not agree or len(set(answers.values())) == 1, answers
    return {name: _medians(run) for name, run in clocks.items()}


def _medians(clocks: Sequence[Clock]) -> Timed:
    laps = {name: statistics.median(clock.laps[name] for clock in clocks) for name in clocks[0].laps}
    return Timed(statistics.median(sum(clock.laps.values()) for clock in clocks), laps)


def cold_costs(commands: Sequence[Sequence[str]], *, runs: int) -> list[Cost]:
    """Median costs of commands, each a process of its own, run in turn; each prints its peak memory last, as JSON."""
    costs: list[list[Cost]] = [[] for _ in commands]
    for _ in range(runs):
        for number, command in enumerate(commands):
            begun = time.perf_counter()
            said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
            took = time.perf_counter() - begun
            costs[number].append(Cost(took, json.loads(said.splitlines()[-1])["peak_bytes"]))
    return [
        Cost(statistics.median(cost.seconds for cost in one), statistics.median(cost.peak_bytes for cost in one))
        for one in costs
    ]


def table(lines: Sequence[Line]) -> str:
    """The lines as a table of Markdown."""
    head = "| what | ours | peer | peer's | ratio |\n| --- | --- | --- | --- | --- |\n"
    return head + "\n".join(line.markdown() for line in lines) + "\n"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown with a head of its own."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
