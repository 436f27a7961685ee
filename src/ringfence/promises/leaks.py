"""All leaks of a cordon: every arm of a barrier that lets a driver in, and every way in where nothing stands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from ringfence.base.traffic import Driver
from ringfence.model.answers import Leak
from ringfence.network import MovementGraph, Region
from ringfence.network.streets import BoolArray, IntArray
from ringfence.promises.passage import Passage, View, is_standing
from ringfence.promises.rails import Way, arcs_at, arcs_in
from ringfence.promises.reach import Reach, Trips, driven_path, street_names

Ways = list[Way]


def gets_in(passage: Passage, driver: Driver, view: View) -> bool:
    """Whether any path leads from outside into the protected area. This decides; the list of leaks explains."""
    graph = passage.operation.graph
    reached = passage.reach(driver, view).from_arcs(arcs_in(graph, Region.OUTSIDE))
    return bool(reached[arcs_in(graph, Region.PROTECTED)].any())


def find_leaks(passage: Passage, driver: Driver) -> list[Leak]:
    """Every leak, each with its shortest path; barriers that are only claimed to stand open count as open.

    The list is complete in this sense: an arm that does not close is listed if a path passes it inbound and then comes
    into the protected area without leaving the limit or passing a barrier outbound; every entrance of the area is
    listed that can be reached while all barriers are held closed, because there nothing stands; and if a path leads in
    although neither is so, that path is listed. So the list is empty only if nothing gets in. Closing what `through`
    names closes that leak.
    """
    return _Finder(passage, driver).leaks()


class _Finder:
    def __init__(self, passage: Passage, driver: Driver) -> None:
        self.passage = passage
        self.operation = passage.operation
        self.graph: MovementGraph = self.operation.graph
        self.driver = driver
        shut = set(passage.closed_stops(View.OPEN_IF_CLAIMED))
        region = self.graph.arc_region
        self.is_outside, self.is_protected = region == Region.OUTSIDE, region == Region.PROTECTED
        self.outside, self.protected = arcs_in(self.graph, Region.OUTSIDE), arcs_in(self.graph, Region.PROTECTED)
        self.open_in = [
            stop for stop, (_, _, inside) in enumerate(self.operation.stops) if (stop, inside == "to") not in shut
        ]

    def leaks(self) -> list[Leak]:
        paths = [path for stop in self.open_in if (path := self._path_through(stop)) is not None]
        through = {self._passed(path): path for path in reversed(paths)}
        leaks = [self._barrier_leak(path, stops) for stops, path in through.items()][::-1]
        leaks += self._unguarded()
        if not leaks and self.open_in and gets_in(self.passage, self.driver, View.OPEN_IF_CLAIMED):
            reach = self.passage.reach(self.driver, View.OPEN_IF_CLAIMED)
            path = reach.shortest(self.outside, self.protected, absorbing=self.is_protected)
            assert path is not None
            leaks = [self._barrier_leak(path, self._passed(path))]
        return leaks

    def _path_through(self, stop: int) -> list[int] | None:
        """A shortest path that passes `stop` inbound and ends in the area; other open arms only where needed."""
        arrive, leave = arcs_at(self.graph, stop, self.operation.stops[stop][2] == "to")
        if not (self._held.usable[arrive] and self._held.usable[leave]):
            return None
        first, second = self._held_trips.nearest(np.array([arrive])), self._inward(self._held_inside, leave)
        if first is not None and second is not None:
            return first + second
        if not (self._arriving[arrive] and self._leading_in[leave]):
            return None
        avoided = [*self._outbound, (stop, True), (stop, False)]
        before, behind = self._avoiding(avoided), self._avoiding(avoided, without=self.is_outside)
        first = before.shortest(self.outside, np.array([arrive]), absorbing=self.is_protected)
        second = self._inward(behind, leave)
        return None if first is None or second is None else first + second

    def _inward(self, inside: Reach, leave: int) -> list[int] | None:
        """A shortest path from behind a stop into the area."""
        return inside.shortest(np.array([leave]), self.protected, absorbing=self.is_protected)

    def _avoiding(self, avoided: Ways, *, without: BoolArray | None = None) -> Reach:
        return self.passage.reach(self.driver, View.OPEN_IF_CLAIMED, avoided=avoided, without=without)

    @cached_property
    def _open_both_ways(self) -> Ways:
        return [(stop, forward) for stop in self.open_in for forward in (True, False)]

    @cached_property
    def _held(self) -> Reach:
        """Where one can get to while every barrier is held closed: one search does for all open arms."""
        return self._avoiding(self._open_both_ways)

    @cached_property
    def _held_trips(self) -> Trips:
        return self._held.trips(self.outside, absorbing=self.is_protected)

    @cached_property
    def _held_inside(self) -> Reach:
        return self._avoiding(self._open_both_ways, without=self.is_outside)

    @cached_property
    def _outbound(self) -> Ways:
        return [(stop, inside == "from") for stop, (_, _, inside) in enumerate(self.operation.stops)]

    @cached_property
    def _arriving(self) -> BoolArray:
        """(2 P,) arcs reached from outside past open arms too: where even these are no help, no path is looked for."""
        return self._avoiding(self._outbound).from_arcs(self.outside, absorbing=self.is_protected)

    @cached_property
    def _leading_in(self) -> BoolArray:
        """(2 P,) arcs from which the area is reached past open arms too, without leaving the limit."""
        return self._avoiding(self._outbound, without=self.is_outside).to_arcs(self.protected)

    def _unguarded(self) -> list[Leak]:
        """Entrances reached although every barrier is held closed."""
        entrances = self._one_per_crossing(self._held_trips.reached(self.protected))
        paths = self._held_trips.to_each(np.array(entrances, dtype=np.int64))
        return [self._entrance_leak(paths[entrance]) for entrance in entrances]

    def _one_per_crossing(self, entrances: IntArray) -> list[int]:
        """One arc for each street by which, and point at which, the outline of the area is crossed."""
        return list({(int(self.graph.arc_tail[arc]), int(arc)): int(arc) for arc in entrances}.values())

    def _passed(self, path: Sequence[int]) -> tuple[int, ...]:
        """Stops that a path passes, in order."""
        heads = zip(self.graph.arc_head[path].tolist(), pairwise(path), strict=False)
        return tuple(
            self._stop_at[node] for node, (arc, onward) in heads if node in self._stop_at and onward != arc ^ 1
        )

    @cached_property
    def _stop_at(self) -> dict[int, int]:
        """Stops by the node where each stands."""
        return {node: stop for stop, node in enumerate(self.graph.stop_node.tolist())}

    def _turns_surely(self, path: Sequence[int]) -> bool:
        """Whether every barrier that the path turns round at is sure to be there."""
        heads = zip(self.graph.arc_head[path].tolist(), pairwise(path), strict=False)
        turned = (node for node, (arc, onward) in heads if onward == arc ^ 1)
        barriers = {self.operation.stops[self._stop_at[node]][0] for node in turned if node in self._stop_at}
        return all(self.passage.closings(one, way).sure == {True} for one in barriers for way in ("in", "out"))

    def _barrier_leak(self, path: list[int], stops: Sequence[int]) -> Leak:
        barriers = list(dict.fromkeys(self.operation.stops[stop][0] for stop in stops))
        closings = [self.passage.closings(barrier, "in") for barrier in barriers]
        return Leak(
            through=" and ".join(self._opening(stop) for stop in stops),
            barriers=tuple(sorted(barriers)),
            certain=all(closing.sure == {False} for closing in closings) and self._turns_surely(path),
            claimed=any(closing.sure == {True} for closing in closings),
            mend="; ".join(self._mend(barrier) for barrier in barriers),
            path=driven_path(self.graph, path),
        )

    def _opening(self, stop: int) -> str:
        barrier_id = self.operation.stops[stop][0]
        record = next(barrier for barrier in self.operation.barriers if barrier.id == barrier_id)
        own = [other for other, (name, _, _) in enumerate(self.operation.stops) if name == barrier_id]
        arm = f", arm {own.index(stop) + 1} of {len(own)}" if len(own) > 1 else ""
        return f"{record.name}{arm} ({self._why_open(barrier_id)})"

    def _why_open(self, barrier_id: str) -> str:
        picture, closings = self.passage.picture.barrier(barrier_id), self.passage.closings(barrier_id, "in")
        if closings.sure == {True}:
            return "claimed to stand open"
        perhaps = ", perhaps: the moment is not stated" if True in closings.sure else ""
        if picture.state in {"part-placed", "obstructed"}:
            return f"only {picture.state}" if picture.state == "part-placed" else "obstructed"
        if not is_standing(picture):
            return ("not yet placed" if picture.state == "planned" else f"block {picture.state}") + perhaps
        if not picture.staffed or picture.state == "unstaffed":
            return "gate not known to be staffed"
        return "gate that admits this category"

    def _mend(self, barrier_id: str) -> str:
        name = next(barrier.name for barrier in self.operation.barriers if barrier.id == barrier_id)
        picture = self.passage.picture.barrier(barrier_id)
        if self.passage.closings(barrier_id, "in").sure == {True}:
            return f"send someone to look at {name}"
        if not is_standing(picture):
            return f"put the barrier in place: {name}"
        return f"staff the gate, or change its rule: {name}"

    def _entrance_leak(self, path: list[int]) -> Leak:
        street = street_names(self.graph, path[-1:])[0]
        lon, lat = self.graph.arc_lonlat(path[-1])[0]
        before = [name for name in street_names(self.graph, path) if name != street]
        coming = f", coming from {before[-1]}" if before else ""
        return Leak(
            through=f"{street} at {lon:.5f}, {lat:.5f}{coming}: nothing stands there",
            barriers=(),
            certain=self._turns_surely(path),
            claimed=False,
            mend=f"place a barrier on {street}",
            path=driven_path(self.graph, path),
        )
