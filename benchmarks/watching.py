"""The watch on a whole city: from an entry to the answers of all promises, as a section of docs/benchmarks.md.

`python -m benchmarks.watching` measures and prints it; `python -m benchmarks.run watching` also writes it on the page.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import networkx as nx
import numpy as np

from benchmarks.ground import SEED, city_of
from benchmarks.harness import Line, Unit, forget_pictures, grid, table
from benchmarks.watching_ground import MORE_PROMISES, Moves, MovingClock, founded
from ringfence.base.traffic import Driver
from ringfence.desk.live import LiveDesk
from ringfence.model.operation import SealedPromise
from ringfence.network import Region
from ringfence.operation import Operation
from ringfence.promises import Checker, check_promises

JUNCTIONS = 250_000
RADII_M = {400.0: 1_000.0, 800.0: 2_000.0}
"""Of the protected area, with the limit of each."""
MOVES = 200
PEER_EVERY = 20
"""What takes long is measured at every twentieth move."""
TARGET_S = 0.05


@dataclass
class Watched:
    """What was measured at one place, in seconds, move by move."""

    words: str
    recheck: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    append: list[float] = field(default_factory=list)
    scratch: list[float] = field(default_factory=list)
    one_seal: list[float] = field(default_factory=list)
    networkx: list[float] = field(default_factory=list)
    by_move: dict[str, list[float]] = field(default_factory=dict)


def watching_text() -> str:
    """Measure everything, and say it."""
    with tempfile.TemporaryDirectory() as scratch:
        measured = [
            watch(founded(Path(scratch) / f"op-{radius_m:.0f}", city_of(JUNCTIONS), radius_m, limit_m), MOVES)
            for radius_m, limit_m in RADII_M.items()
        ]
    lines = [line for one in measured for line in _lines(one)]
    return "\n".join([_TOLD, table(lines), "### Move by move\n", _by_move(measured), _verdicts(measured)])


_TOLD = f"""
A generated city of {JUNCTIONS:,} junctions, seed {SEED}; an operation founded around its middle, its barriers the
cheapest cordon against determined drivers, every third a staffed gate. Its {6 + MORE_PROMISES.count("[[promise]]")}
promises are those of every new operation, one on what is occupied and one on a site. {MOVES} moves drawn by chance: a
barrier of the cut removed, moved or put back (a few are gone at any moment), a gate that loses or gets staff, a street
occupied or cleared, a sweep. Each is an entry that the desk adds. *Re-check*: from the stored entry to the answer of
every promise with witness, since when and what would mend it; in wall-clock time, and in processor time for machines
that others use too. Before each move Python's garbage is collected, outside the clock: no move pays for what those
before it left behind, as some do on a desk that runs on. *From scratch*: the same answers with no answer, no picture
and no index of the log remembered; the movement graph stays, since no entry alters it. *One seal*: one `sealed` promise
(lawful) looked into in a picture that is there, no answer remembered, with all leaks, beside NetworkX, which only says
whether there is a way in, on a graph made before the clock runs.
"""


def watch(folder: Path, moves: int) -> Watched:
    """Make moves against one operation, and measure."""
    clock = MovingClock()
    live = LiveDesk.open(folder, clock=clock)
    try:
        return _watched(live, Moves(live, clock, Random(SEED)), moves)
    finally:
        live.close()


def _watched(live: LiveDesk, moves: Moves, count: int) -> Watched:
    operation = live.desk.operation
    found = Watched(f"{len(operation.barriers)} barriers, {len(operation.network.segment_ids):,} streets")
    moves.install()
    live.answers_now()
    peer = NetworkxSeal(operation)
    ledger = live.ledger
    assert ledger is not None
    for number, (word, draft) in enumerate(moves.drawn(count)):
        gc.collect()
        found.append.append(_seconds(partial(ledger.add, draft, key=None)))
        busy = time.process_time()
        took = _seconds(lambda: (live.refresh(own=True), live.alarms()))
        found.processor.append(time.process_time() - busy)
        found.recheck.append(took)
        found.by_move.setdefault(word, []).append(took)
        if number % PEER_EVERY == 0:
            _beside(live, peer, found)
    return found


def _beside(live: LiveDesk, peer: NetworkxSeal, found: Watched) -> None:
    operation, at = live.desk.operation, live.clock()
    forget_pictures()
    found.scratch.append(_seconds(lambda: check_promises(operation, at=at)))
    assert check_promises(operation, at=at) == live.answers_now()
    checker = Checker(operation)
    picture = checker.picture(at)
    found.one_seal.append(_seconds(lambda: checker.finding_in(peer.promise, picture)))
    closed = {one.id for one in picture.barriers if one.holds == "yes" and (one.staffed or not peer.gate[one.id])}
    found.networkx.append(_seconds(lambda: peer.leaks(closed)))
    assert peer.leaks(closed) == (checker.finding_in(peer.promise, picture).answer == "broken")


class NetworkxSeal:
    """A `sealed` promise as NetworkX answers it: the same states and turns, a way from outside to the area or none.

    Turning round in front of a closed barrier is left out: one would turn back to where one came from.
    """

    def __init__(self, operation: Operation) -> None:
        self.promise = next(one for one in operation.promises if isinstance(one, SealedPromise))
        self.gate = {barrier.id: barrier.gate for barrier in operation.barriers}
        graph, driver = operation.graph, Driver(self.promise.threat, self.promise.vehicle_class)
        turns = graph.usable_turns(driver)
        self.graph = nx.DiGraph(zip(graph.turn_from[turns].tolist(), graph.turn_to[turns].tolist(), strict=True))
        usable = graph.usable_arcs(driver)
        for name, region in (("outside", Region.OUTSIDE), ("area", Region.PROTECTED)):
            for arc in np.flatnonzero(usable & (graph.arc_region == region)).tolist():
                self.graph.add_edge(*((name, arc) if name == "outside" else (arc, name)))
        self.through: dict[str, list[tuple[int, int]]] = {}
        tails, heads = graph.state_arc[graph.turn_from], graph.state_arc[graph.turn_to]
        for (barrier, _, _), (before, behind) in zip(operation.stops, graph.stop_pieces.tolist(), strict=True):
            for arrive, leave in ((2 * before, 2 * behind), (2 * behind + 1, 2 * before + 1)):
                at = np.flatnonzero(turns & (tails == arrive) & (heads == leave))
                ends = zip(graph.turn_from[at].tolist(), graph.turn_to[at].tolist(), strict=True)
                self.through.setdefault(barrier, []).extend(ends)

    def leaks(self, closed: set[str]) -> bool:
        """Whether there is a way in past barriers of which these are closed."""
        shut = [turn for barrier in closed for turn in self.through[barrier]]
        self.graph.remove_edges_from(shut)
        try:
            return bool(nx.has_path(self.graph, "outside", "area"))
        finally:
            self.graph.add_edges_from(shut)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def p99(seconds: Sequence[float]) -> float:
    """The 99th percentile: of 200 moves all but the two slowest take less."""
    return float(np.percentile(seconds, 99))


def _lines(one: Watched) -> list[Line]:
    median = statistics.median
    scratch, seal = "every promise from scratch", "NetworkX has_path, no witness"
    return [
        Line(f"re-check after an entry, {one.words}: median", median(one.recheck), scratch, median(one.scratch)),
        Line("the same: 99th percentile", p99(one.recheck), scratch, p99(one.scratch)),
        Line("the same in processor time: median", median(one.processor)),
        Line("the same in processor time: 99th percentile", p99(one.processor)),
        Line("storing the entry, on the disk, before: median", median(one.append)),
        Line("storing the entry: 99th percentile", p99(one.append)),
        Line("one seal, all leaks: median", median(one.one_seal), seal, median(one.networkx)),
    ]


def _by_move(measured: Sequence[Watched]) -> str:
    head = ["move", *(f"{one.words}: moves, median, slowest" for one in measured)]
    rows = [
        [
            word,
            *(
                f"{len(times)}, {_ms(statistics.median(times))}, {_ms(max(times))}" if times else "–"
                for one in measured
                for times in [one.by_move.get(word, [])]
            ),
        ]
        for word in sorted({word for one in measured for word in one.by_move})
    ]
    return grid(head, rows)


def _verdicts(measured: Sequence[Watched]) -> str:
    rows = []
    for one in measured:
        asked = f"99th percentile of {len(one.recheck)} moves below {_ms(TARGET_S)}"
        met = "met" if p99(one.recheck) < TARGET_S else "**missed**"
        found = f"{_ms(p99(one.recheck))}, processor time {_ms(p99(one.processor))}"
        rows.append([one.words, asked, found, met])
    return "\n" + grid(["what", "asked for", "measured", ""], rows)


def _ms(seconds: float) -> str:
    return Unit.MILLISECONDS.shown(seconds)


if __name__ == "__main__":
    print(watching_text())
