"""Everything that one driver can do on one graph, in order and ready to be switched on and off."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np

from ringfence.base.traffic import Driver
from ringfence.network import MovementGraph, Region
from ringfence.network.projection import FloatArray
from ringfence.network.streets import BoolArray, IntArray

Way = tuple[int, bool]
"""A stop, and whether it is met along its segment."""
Found = TypeVar("Found")


@dataclass(frozen=True)
class Links:
    """Pairs of tail and head in order of their tails, to be followed from whole waves of tails at once.

    Those that are switched off lead back to their own tail, so that the order stays whatever stands where.
    """

    order: IntArray
    first: IntArray
    tails: IntArray
    heads: IntArray

    @classmethod
    def of(cls, tails: IntArray, heads: IntArray, count: int) -> Links:
        """In order of `tails`, which are below `count`; equal ones stay in the order given."""
        order = np.argsort(tails, kind="stable")
        first = np.searchsorted(tails[order], np.arange(count + 1))
        return cls(order, first, tails[order], heads[order])

    @cached_property
    def lists(self) -> tuple[list[int], list[int], list[int]]:
        """First, heads and order, to be read one by one."""
        return self.first.tolist(), self.heads.tolist(), self.order.tolist()

    def onward(self, on: BoolArray) -> Onward:
        """The pairs that are switched on, ready to be followed."""
        return Onward(self.first, np.where(on[self.order], self.heads, self.tails))


@dataclass(frozen=True)
class Onward:
    """Where each state leads; `first` counts into `heads`."""

    first: IntArray
    heads: IntArray

    def matrix(self, starts: IntArray, weight: FloatArray | None = None) -> Any:
        """The same as a sparse matrix of SciPy, with a last row that leads to `starts`; `weight` is that of heads."""
        from scipy.sparse import csr_matrix

        heads = np.concatenate([self.heads, starts]).astype(np.int32)
        first = np.append(self.first, len(heads)).astype(np.int32)
        data = np.ones(len(heads)) if weight is None else weight[heads]
        return csr_matrix((data, heads, first), shape=(len(self.first), len(self.first)))

    def follow(self, wave: IntArray) -> tuple[IntArray, IntArray]:
        """How many pairs each of a wave has, and the heads of all, in order."""
        begin = self.first[wave]
        degree = self.first[wave + 1] - begin
        ends = np.cumsum(degree)
        place = np.repeat(begin - ends + degree, degree) + np.arange(ends[-1] if len(ends) else 0)
        return degree, self.heads[place]


class Rails:
    """The turns of one driver on one graph, and the places where a barrier would make him turn round.

    Attributes
    ----------
    usable : (2 P,) bool
        Arcs that the driver may use.
    tails, heads : (L,) int
        States that each turn leaves and enters: first the turns of the graph, then turning round in front of stops.
    drives : (L,) bool
        Which of them there are while nothing stands: the turns of the graph.
    passing, turning : dict of (stop, forward) to positions
        The turns through a stop, and those that turn round in front of it.
    """

    def __init__(self, graph: MovementGraph, driver: Driver) -> None:
        self.usable = graph.usable_arcs(driver)
        turns = graph.usable_turns(driver)
        tails, heads = graph.turn_from[turns], graph.turn_to[turns]
        width = 2 * graph.piece_count
        keys = graph.state_arc[tails] * width + graph.state_arc[heads]
        order = np.argsort(keys, kind="stable")
        ways = [(stop, forward) for stop in range(len(graph.stop_node)) for forward in (True, False)]
        through = [arcs_at(graph, *way) for way in ways]
        wanted = np.array([before * width + behind for before, behind in through], dtype=np.int64)
        begin, end = (np.searchsorted(keys[order], wanted, side=side) for side in ("left", "right"))
        self.passing: dict[Way, IntArray] = {
            way: order[start:stop] for way, start, stop in zip(ways, begin.tolist(), end.tolist(), strict=True)
        }
        self.turning: dict[Way, IntArray] = {}
        back: list[IntArray] = []
        count = len(tails)
        for way, (arrive, _) in zip(ways, through, strict=True):
            can_turn = self.usable[arrive] and self.usable[arrive ^ 1]
            states = graph.states_on(np.array([arrive] if can_turn else [], dtype=np.int64))
            self.turning[way] = np.arange(count, count + len(states))
            back.append(states)
            count += len(states)
        turned = np.concatenate([np.zeros(0, dtype=np.int64), *back])
        self.tails = np.concatenate([tails, turned])
        self.heads = np.concatenate([heads, graph.state_arc[turned] ^ 1])
        self.drives = np.arange(count) < len(tails)
        self.tail_arc, self.head_arc = graph.state_arc[self.tails], graph.state_arc[self.heads]
        self.ahead = Links.of(self.tails, self.heads, len(graph.state_arc))
        self.back = Links.of(self.heads, self.tails, len(graph.state_arc))
        self.length_m = graph.piece_length_m[graph.state_arc // 2]
        self.length_list: list[float] = self.length_m.tolist()

    @classmethod
    def of(cls, graph: MovementGraph, driver: Driver) -> Rails:
        """Worked out once, and kept with the graph."""
        return kept(graph, ("rails", driver), lambda: cls(graph, driver))

    def standing(
        self, barred: Iterable[Way], turn_backs: Iterable[Way], without: BoolArray | None
    ) -> tuple[BoolArray, BoolArray]:
        """(2 P,) usable arcs and (L,) turns, while some stops can't be passed, and some make him turn round."""
        on = self.drives.copy()
        for ways, places, value in ((barred, self.passing, False), (turn_backs, self.turning, True)):
            found = [places[way] for way in ways]
            if found:
                on[np.concatenate(found)] = value
        if without is None:
            return self.usable, on
        usable = self.usable & ~without
        return usable, on & usable[self.tail_arc] & usable[self.head_arc]


def arcs_at(graph: MovementGraph, stop: int, forward: bool) -> tuple[int, int]:
    """The arcs before and behind a stop, in that direction."""
    before, behind = graph.stop_pieces[stop].tolist()
    return (2 * before, 2 * behind) if forward else (2 * behind + 1, 2 * before + 1)


def arcs_in(graph: MovementGraph, region: Region) -> IntArray:
    """Arcs of a region, in order."""
    return kept(graph, ("arcs in", region), lambda: np.flatnonzero(graph.arc_region == region))


def kept(graph: MovementGraph, key: Hashable, work_out: Callable[[], Found]) -> Found:
    """What rests on the streets and the places of barriers alone: worked out once, whatever then stands.

    Two threads may both work it out; they come to the same.
    """
    held = graph.worked_out
    if key not in held:
        held[key] = work_out()
    return cast("Found", held[key])
