"""Where a driver can get to, and by which path: reachability over the arcs of the movement graph."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ringfence.base.traffic import Driver
from ringfence.model.answers import DrivenPath, PathStep
from ringfence.network import NAMELESS, MovementGraph
from ringfence.network.projection import FloatArray
from ringfence.network.streets import BoolArray, IntArray


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
        self.graph = graph
        self.usable = graph.usable_arcs(driver) if without is None else graph.usable_arcs(driver) & ~without
        turns = graph.usable_turns(driver)
        from_arc, to_arc = graph.state_arc[graph.turn_from], graph.state_arc[graph.turn_to]
        if without is not None:
            turns = turns & self.usable[from_arc] & self.usable[to_arc]
        shut = list(closed)
        width = 2 * graph.piece_count
        keys = from_arc * width + to_arc
        turns = turns & ~np.isin(keys, [a * width + b for a, b in (self.through(*stop) for stop in (*shut, *avoided))])
        turning = shut if turn_backs is None else turn_backs
        arrive = np.array([self.through(*stop)[0] for stop in turning], dtype=np.int64)
        back = graph.states_on(arrive[self.usable[arrive] & self.usable[arrive ^ 1]])
        self.turn_from = np.concatenate([graph.turn_from[turns], back])
        self.turn_to = np.concatenate([graph.turn_to[turns], graph.state_arc[back] ^ 1])

    def through(self, stop: int, forward: bool) -> tuple[int, int]:
        """The arcs before and behind a stop, in that direction."""
        before, behind = (int(piece) for piece in self.graph.stop_pieces[stop])
        return (2 * before, 2 * behind) if forward else (2 * behind + 1, 2 * before + 1)

    def from_arcs(self, sources: IntArray, *, absorbing: BoolArray | None = None) -> BoolArray:
        """(2 P,) arcs that can be reached from `sources`, themselves included. Nobody drives on from absorbing arcs."""
        tails, heads = self.onward(absorbing)
        reached = _spread(self._usable(sources), _Onward(tails, heads, len(self.graph.state_arc)))
        arcs = np.zeros(2 * self.graph.piece_count, dtype=bool)
        arcs[self.graph.state_arc[reached]] = True
        return arcs

    def to_arcs(self, targets: IntArray) -> BoolArray:
        """(2 P,) arcs from which one of `targets` can be reached by a trip that begins there, themselves included."""
        ends = self.graph.states_on(self._usable(targets))
        back = _Onward(self.turn_to, self.turn_from, len(self.graph.state_arc))
        return _spread(ends, back)[: 2 * self.graph.piece_count]

    def shortest(self, sources: IntArray, targets: IntArray, *, absorbing: BoolArray | None = None) -> list[int] | None:
        """Arcs of a shortest path (metres) from one of `sources` to one of `targets`, or None. Deterministic."""
        trips = _Trips(self, self._usable(sources), absorbing)
        ends = trips.ends(self._usable(targets))
        return trips.path(min(ends.values(), key=lambda end: float(trips.far[end]))) if ends else None

    def shortest_to_each(
        self, sources: IntArray, targets: IntArray, *, absorbing: BoolArray | None = None
    ) -> dict[int, list[int]]:
        """For each of `targets` that can be reached, the arcs of a shortest path (metres) from one of `sources`.

        One search for all. Deterministic.
        """
        trips = _Trips(self, self._usable(sources), absorbing)
        return {target: trips.path(end) for target, end in trips.ends(self._usable(targets)).items()}

    def _usable(self, arcs: IntArray) -> IntArray:
        return arcs[self.usable[arcs]]

    def onward(self, absorbing: BoolArray | None) -> tuple[IntArray, IntArray]:
        """The turns, but for those out of absorbing arcs."""
        if absorbing is None:
            return self.turn_from, self.turn_to
        keep = ~absorbing[self.graph.state_arc[self.turn_from]]
        return self.turn_from[keep], self.turn_to[keep]


class _Onward:
    """Pairs of tail and head, ready to be followed from whole waves of tails at once."""

    def __init__(self, tails: IntArray, heads: IntArray, count: int) -> None:
        order = np.argsort(tails, kind="stable")
        self.heads = heads[order]
        self.first = np.searchsorted(tails[order], np.arange(count + 1))

    def follow(self, wave: IntArray) -> tuple[IntArray, IntArray]:
        """How many pairs each of a wave has, and the heads of all, in order."""
        degree = self.first[wave + 1] - self.first[wave]
        place = np.repeat(self.first[wave] - np.cumsum(degree) + degree, degree) + np.arange(degree.sum())
        return degree, self.heads[place]


def _spread(starts: IntArray, onward: _Onward) -> BoolArray:
    """What can be reached from `starts`: breadth first, wave by wave."""
    reached = np.zeros(len(onward.first) - 1, dtype=bool)
    reached[starts] = True
    wave = np.flatnonzero(reached)
    while len(wave):
        _, ahead = onward.follow(wave)
        wave = np.unique(ahead[~reached[ahead]])
        reached[wave] = True
    return reached


def _distances(starts: IntArray, onward: _Onward, length_m: FloatArray) -> FloatArray:
    """Metres driven from the nearest of `starts`, infinite where none leads: labels corrected wave by wave.

    `length_m` is what it costs to enter a state; all are above 0, so the waves die out.
    """
    far = np.full(len(onward.first) - 1, np.inf)
    far[starts] = 0.0
    wave = np.unique(starts)
    while len(wave):
        degree, ahead = onward.follow(wave)
        metres = np.repeat(far[wave], degree) + length_m[ahead]
        nearer = metres < far[ahead]
        np.minimum.at(far, ahead[nearer], metres[nearer])
        wave = np.unique(ahead[nearer])
    return far


class _Trips:
    """Shortest trips from some arcs to everywhere, in metres; the first arc of a trip is not counted."""

    def __init__(self, reach: Reach, sources: IntArray, absorbing: BoolArray | None) -> None:
        self.graph = reach.graph
        self.length_m = self.graph.piece_length_m[self.graph.state_arc // 2]
        tails, heads = reach.onward(absorbing)
        count = len(self.graph.state_arc)
        self.far = _distances(sources, _Onward(tails, heads, count), self.length_m)
        self.back = _Onward(heads, tails, count)

    def ends(self, targets: IntArray) -> dict[int, int]:
        """For each target arc that is reached, the nearest state on it; in order of the arcs."""
        states = np.sort(self.graph.states_on(targets))
        states = states[np.isfinite(self.far[states])]
        order = np.lexsort([self.far[states], self.graph.state_arc[states]])
        arcs, first = np.unique(self.graph.state_arc[states[order]], return_index=True)
        return dict(zip(arcs.tolist(), states[order][first].tolist(), strict=True))

    def path(self, end: int) -> list[int]:
        """The arcs of the trip to a state; of several of equal length the one first in order."""
        states = [end]
        while self.far[states[-1]] > 0:
            state = states[-1]
            before = self.back.heads[self.back.first[state] : self.back.first[state + 1]]
            on_the_way = self.far[before] + self.length_m[state] == self.far[state]
            states.append(int(before[np.argmax(on_the_way)]))
        arcs: list[int] = self.graph.state_arc[states[::-1]].tolist()
        return arcs


def driven_path(graph: MovementGraph, arcs: list[int]) -> DrivenPath:
    """The path along `arcs`, in street names, coordinates and steps."""
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
    line = np.vstack([graph.arc_lonlat(arc) for arc in arcs])
    points = [(round(float(lon), 6), round(float(lat), 6)) for lon, lat in line]
    return DrivenPath(
        streets=street_names(graph, arcs),
        length_m=round(float(graph.piece_length_m[np.array(arcs) // 2].sum()), 1),
        coordinates=tuple(point for ix, point in enumerate(points) if ix == 0 or point != points[ix - 1]),
        steps=tuple(steps),
    )


def street_names(graph: MovementGraph, arcs: Iterable[int]) -> tuple[str, ...]:
    """Names of the streets driven, in order, each change once."""
    names: list[str] = []
    for arc in arcs:
        name = graph.network.segment_names[graph.piece_segment_ix[arc // 2]] or NAMELESS
        if not names or names[-1] != name:
            names.append(name)
    return tuple(names)
