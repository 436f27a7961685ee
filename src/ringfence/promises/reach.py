"""Where a driver can get to, and by which path: reachability over the arcs of the movement graph."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np

from ringfence.base.traffic import Driver
from ringfence.model.answers import DrivenPath, PathStep
from ringfence.network import NAMELESS, MovementGraph
from ringfence.network.projection import FloatArray
from ringfence.network.streets import BoolArray, IntArray
from ringfence.promises.rails import Onward, Rails, arcs_at, kept

PATHS_MAX = 2048
"""Driven paths that are kept with a graph."""


class Reach:
    """One driver on one graph, with some stops closed.

    Parameters
    ----------
    graph : MovementGraph
    driver : Driver
    closed : iterable of (stop, forward)
        Directions in which stops can't be passed; `forward` is along the segment. A driver turned away may turn
        round in front of a closed stop, if the street may be driven back.
    avoided : iterable of (stop, forward)
        Stops that stand open, but that the path is not to pass that way.
    without : (2 P,) bool or None
        Arcs that are not to be used at all.
    turn_backs : iterable of (stop, forward) or None
        Stops in front of which a driver may turn round; None: the closed ones. Where it is not certain whether a
        stop is closed, the most that can be reached takes it as open and as a place to turn, the least as neither.
    """

    def __init__(
        self,
        graph: MovementGraph,
        driver: Driver,
        closed: Iterable[tuple[int, bool]] = (),
        avoided: Iterable[tuple[int, bool]] = (),
        without: BoolArray | None = None,
        *,
        turn_backs: Iterable[tuple[int, bool]] | None = None,
    ) -> None:
        shut = list(closed)
        self.graph = graph
        self.rails = Rails.of(graph, driver)
        self._ahead: tuple[BoolArray | None, Onward] | None = None
        self._aim: _Aim | None = None
        self.usable, self._on = self.rails.standing(
            (*shut, *avoided), shut if turn_backs is None else turn_backs, without
        )

    @property
    def turn_from(self) -> IntArray:
        """(T,) states that the turns leave which the driver can take, turning round in front of stops included."""
        return self.rails.tails[self._on]

    @property
    def turn_to(self) -> IntArray:
        """(T,) states that they enter."""
        return self.rails.heads[self._on]

    def through(self, stop: int, forward: bool) -> tuple[int, int]:
        """The arcs before and behind a stop, in that direction."""
        return arcs_at(self.graph, stop, forward)

    def from_arcs(self, sources: IntArray, *, absorbing: BoolArray | None = None) -> BoolArray:
        """(2 P,) arcs that can be reached from `sources`, themselves included. Nobody drives on from absorbing arcs."""
        return _arcs_of(self.graph, _spread(self._usable(sources), self._onward(absorbing)))

    def to_arcs(self, targets: IntArray) -> BoolArray:
        """(2 P,) arcs from which one of `targets` can be reached by a trip that begins there, themselves included."""
        ends = self.graph.states_on(self._usable(targets))
        return _spread(ends, self.rails.back.onward(self._on))[: 2 * self.graph.piece_count]

    def shortest(self, sources: IntArray, targets: IntArray, *, absorbing: BoolArray | None = None) -> list[int] | None:
        """Arcs of a shortest path (metres) from one of `sources` to one of `targets`, or None. Deterministic."""
        sources = self._usable(sources)
        if len(sources) != 1:
            targets = self._usable(targets)
            return Trips(self, sources, absorbing, targets).nearest(targets)
        aim = self._aimed(targets, absorbing)
        far = _distances_nearby(int(sources[0]), self.rails, aim.taken, aim.ends)
        reached = [(far[end], int(self.graph.state_arc[end]), end) for end in aim.ends & far.keys()]
        return _path(self.rails, self.graph, aim.taken, far.get, min(reached)[2]) if reached else None

    def trips(self, sources: IntArray, *, absorbing: BoolArray | None = None) -> Trips:
        """Shortest trips from some arcs to all that can be reached."""
        return Trips(self, self._usable(sources), absorbing, None)

    def _usable(self, arcs: IntArray) -> IntArray:
        return arcs[self.usable[arcs]]

    def _taken(self, absorbing: BoolArray | None) -> BoolArray:
        """(L,) the turns that are taken, but for those out of absorbing arcs."""
        return self._on if absorbing is None else self._on & ~absorbing[self.rails.tail_arc]

    def _aimed(self, targets: IntArray, absorbing: BoolArray | None) -> _Aim:
        """Kept for the last targets and absorbing arcs asked about: searches for one area differ by their start."""
        if self._aim is None or self._aim.targets is not targets or self._aim.absorbing is not absorbing:
            ends = frozenset(self.graph.states_on(self._usable(targets)).tolist())
            self._aim = _Aim(targets, absorbing, self._taken(absorbing).tobytes(), ends)
        return self._aim

    def _onward(self, absorbing: BoolArray | None) -> Onward:
        """Kept for the last absorbing arcs asked about: search after search has the same."""
        if self._ahead is None or self._ahead[0] is not absorbing:
            self._ahead = (absorbing, self.rails.ahead.onward(self._taken(absorbing)))
        return self._ahead[1]


class _Aim(NamedTuple):
    """Where a search near by is to lead: the turns that are taken, a byte each, and the states at which it ends."""

    targets: IntArray
    absorbing: BoolArray | None
    taken: bytes
    ends: frozenset[int]


class Trips:
    """Shortest trips from some arcs, in metres; the first arc of a trip is not counted."""

    def __init__(self, reach: Reach, sources: IntArray, absorbing: BoolArray | None, to: IntArray | None) -> None:
        self.graph = reach.graph
        self._reach, self._taken = reach, reach._taken(absorbing)
        ends = None if to is None else self.graph.states_on(to)
        # Nobody comes nearer by way of another source: most of many lie behind others, and are left out of the search.
        rails, is_source = reach.rails, np.zeros(len(self.graph.state_arc), dtype=bool)
        is_source[sources] = True
        away = self._taken & ~is_source[rails.heads]
        foremost = np.zeros(len(is_source), dtype=bool)
        foremost[rails.tails[away]] = True
        starts = np.flatnonzero(foremost & is_source)
        self._far = _distances(starts, rails.ahead.onward(away), rails.length_m, ends)
        self._far[sources] = 0.0

    def nearest(self, targets: IntArray) -> list[int] | None:
        """Arcs of the shortest trip to one of `targets`, or None; of several as long, to the first of these arcs."""
        states = self.graph.states_on(targets[self._reach.usable[targets]])
        if not len(states) or not np.isfinite(nearest := self._far[states].min()):
            return None
        ends = states[self._far[states] == nearest]
        return self._path(int(ends[np.lexsort([ends, self.graph.state_arc[ends]])[0]]))

    def reached(self, arcs: IntArray) -> IntArray:
        """Those of some arcs that a trip leads to."""
        return arcs[_arcs_of(self.graph, np.isfinite(self._far))[arcs]]

    def to_each(self, targets: IntArray) -> dict[int, list[int]]:
        """For each of `targets` that can be reached, the arcs of the shortest trip there."""
        return {target: self._path(end) for target, end in self._ends(targets).items()}

    def _ends(self, targets: IntArray) -> dict[int, int]:
        """For each target arc that is reached, the nearest state on it; in order of the arcs."""
        states = np.sort(self.graph.states_on(targets[self._reach.usable[targets]]))
        states = states[np.isfinite(self._far[states])]
        order = np.lexsort([self._far[states], self.graph.state_arc[states]])
        arcs, first = np.unique(self.graph.state_arc[states[order]], return_index=True)
        return dict(zip(arcs.tolist(), states[order][first].tolist(), strict=True))

    def _path(self, end: int) -> list[int]:
        return _path(self._reach.rails, self.graph, self._taken, self._far.__getitem__, end)


def _path(
    rails: Rails, graph: MovementGraph, taken: BoolArray | bytes, far: Callable[[int], float | None], end: int
) -> list[int]:
    """The arcs of the trip to a state; of several of equal length the one first in order."""
    first, tails, order = rails.back.lists
    state, states = end, [end]
    while there := far(state):
        length_m = rails.length_list[state]
        for place in range(first[state], first[state + 1]):
            before = far(tails[place]) if taken[order[place]] else None
            if before is not None and before + length_m == there:
                break
        else:
            message = f"no way leads to state {state}, though it was reached"
            raise AssertionError(message)
        state = tails[place]
        states.append(state)
    arcs: list[int] = graph.state_arc[states[::-1]].tolist()
    return arcs


def _arcs_of(graph: MovementGraph, states: BoolArray) -> BoolArray:
    """(2 P,) the arcs that some states (A,) are on."""
    arcs = states[: 2 * graph.piece_count].copy()
    arcs[graph.state_arc[len(arcs) :][states[len(arcs) :]]] = True
    return arcs


class Searching:
    """Which graph searches are used: SciPy's, once somebody has asked for them. Loading takes longer than one check.

    They come to the same as those written here: what is reached is reached, and a distance is the least sum.
    """

    scipy: Any = None

    @classmethod
    def again_and_again(cls) -> None:
        """This process will search often enough for SciPy's searches to be worth their loading."""
        import scipy.sparse.csgraph

        cls.scipy = scipy.sparse.csgraph  # only now that it is whole: other threads search meanwhile


def _spread(starts: IntArray, onward: Onward) -> BoolArray:
    """What can be reached from `starts`: breadth first, wave by wave."""
    if (search := Searching.scipy) is not None:
        found = search.breadth_first_order(onward.matrix(starts), len(onward.first) - 1, return_predecessors=False)
        reached = np.zeros(len(onward.first), dtype=bool)
        reached[found] = True
        return reached[:-1]
    reached = np.zeros(len(onward.first) - 1, dtype=bool)
    once = _Once(len(reached))
    reached[starts] = True
    wave = np.flatnonzero(reached)
    while len(wave):
        _, ahead = onward.follow(wave)
        wave = once.each(ahead[~reached[ahead]])
        reached[wave] = True
    return reached


def _distances(starts: IntArray, onward: Onward, length_m: FloatArray, ends: IntArray | None) -> FloatArray:
    """Metres driven from the nearest of `starts`, infinite where none leads: labels corrected wave by wave.

    `length_m` is what it costs to enter a state; all are above 0, so the waves die out. Nothing is looked at that lies
    farther off than the nearest of `ends`; what lies so far and is not an end may be missing.
    """
    if (search := Searching.scipy) is not None and len(starts):
        matrix = onward.matrix(starts[:0], length_m)
        shortest: FloatArray = search.dijkstra(matrix, indices=starts, min_only=True)[:-1]
        return shortest
    far = np.full(len(onward.first) - 1, np.inf)
    far[starts] = 0.0
    once = _Once(len(far))
    wave = once.each(starts if ends is None or len(ends) else starts[:0])
    while len(wave):
        degree, ahead = onward.follow(wave)
        metres = np.repeat(far[wave], degree) + length_m[ahead]
        nearer = metres < far[ahead]
        if ends is not None:
            nearer &= metres <= far[ends].min()
        ahead, metres = ahead[nearer], metres[nearer]
        np.minimum.at(far, ahead, metres)
        wave = once.each(ahead)
    return far


def _distances_nearby(start: int, rails: Rails, taken: bytes, ends: Collection[int]) -> dict[int, float]:
    """The same from one state to the nearest of `ends`, state by state (Dijkstra 1959): quicker where that is near.

    Comes to the same figures: they are sums along the same paths in the same order.
    """
    far = {start: 0.0}
    nearest = np.inf
    todo = [(0.0, start)]
    first, heads, order = rails.ahead.lists
    while todo:
        metres, state = heappop(todo)
        if metres > nearest:
            break
        if metres > far[state]:
            continue
        if state in ends:
            nearest = metres
        for place in range(first[state], first[state + 1]):
            ahead = heads[place]
            there = metres + rails.length_list[ahead]
            if taken[order[place]] and there < far.get(ahead, np.inf):
                far[ahead] = there
                heappush(todo, (there, ahead))
    return far


class _Once:
    """Takes out what stands twice; quicker than sorting."""

    def __init__(self, count: int) -> None:
        self._place = np.zeros(count, dtype=np.int64)

    def each(self, states: IntArray) -> IntArray:
        """Every one of some states, once."""
        places = np.arange(len(states))
        self._place[states] = places
        last: BoolArray = self._place[states] == places
        return states[last]


def driven_path(graph: MovementGraph, arcs: list[int]) -> DrivenPath:
    """The path along `arcs`, in street names, coordinates and steps; kept, as paths turn up again and again."""
    held = kept(graph, "driven", dict[tuple[int, ...], DrivenPath])
    path = held.get(key := tuple(arcs))
    if path is None:
        if len(held) >= PATHS_MAX:
            held.clear()
        path = held[key] = _driven(graph, arcs)
    return path


def _driven(graph: MovementGraph, arcs: list[int]) -> DrivenPath:
    network = graph.network
    stretches: list[tuple[str, float, float]] = []
    for arc in arcs:
        piece = arc // 2
        segment = network.segment_ids[graph.piece_segment_ix[piece]]
        ends = (float(graph.piece_start_m[piece]), float(graph.piece_end_m[piece]))
        start, end = ends if arc % 2 == 0 else ends[::-1]
        before = stretches[-1] if stretches else ("", 0.0, 0.0)
        if before[0] == segment and before[2] == start and (before[2] > before[1]) == (end > start):
            stretches[-1] = (segment, before[1], end)
        else:
            stretches.append((segment, start, end))
    steps = [PathStep(segment=name, start_m=round(start, 3), end_m=round(end, 3)) for name, start, end in stretches]
    points = [point for arc in arcs for point in kept(graph, ("line", arc), partial(_line_of, graph, arc))]
    return DrivenPath(
        streets=street_names(graph, arcs),
        length_m=round(float(graph.piece_length_m[np.array(arcs) // 2].sum()), 1),
        coordinates=tuple(point for ix, point in enumerate(points) if ix == 0 or point != points[ix - 1]),
        steps=tuple(steps),
    )


def _line_of(graph: MovementGraph, arc: int) -> list[tuple[float, float]]:
    return [(round(lon, 6), round(lat, 6)) for lon, lat in graph.arc_lonlat(arc).tolist()]


def street_names(graph: MovementGraph, arcs: Iterable[int]) -> tuple[str, ...]:
    """Names of the streets driven, in order, each change once."""
    names: list[str] = []
    for arc in arcs:
        name = graph.network.segment_names[graph.piece_segment_ix[arc // 2]] or NAMELESS
        if not names or names[-1] != name:
            names.append(name)
    return tuple(names)
