"""All leaks of a cordon: every barrier that lets a driver in, and every way in where nothing stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from ringfence.base.traffic import Driver, VehicleClass
from ringfence.model.answers import Leak
from ringfence.network import MovementGraph, Region
from ringfence.network.streets import IntArray
from ringfence.operation import Operation
from ringfence.picture import BarrierPicture
from ringfence.promises.passage import Passage
from ringfence.promises.reach import Reach, driven_path, street_names


def find_leaks(passage: Passage, driver: Driver) -> list[Leak]:
    """Every leak, each with its shortest path.

    The list is complete in this sense: a barrier that does not close is listed if a path passes it inbound and then
    comes into the protected area without leaving the limit or passing a barrier outbound; and every entrance of the
    area is listed that can be reached while all barriers are held closed, because there nothing stands. Closing what
    `through` names mends it.
    """
    graph = passage.operation.graph
    region, arcs = graph.arc_region, np.arange(2 * graph.piece_count)
    outside, protected = arcs[region == Region.OUTSIDE], arcs[region == Region.PROTECTED]
    open_barriers = passage.open_inbound()
    leaks = [
        _barrier_leak(passage, barrier, path)
        for barrier in open_barriers
        if (path := _path_through(passage, driver, barrier, open_barriers, outside, protected)) is not None
    ]
    unique = {leak.barriers: leak for leak in reversed(leaks)}
    return [*reversed(unique.values()), *_unguarded(passage, driver, open_barriers, outside, protected)]


def _ways_past(passage: Passage, barrier_ids: Collection[str]) -> list[tuple[int, bool]]:
    """Both directions of every arm of these barriers."""
    stops = enumerate(passage.operation.stops)
    return [(stop, forward) for stop, (name, _, _) in stops if name in barrier_ids for forward in (True, False)]


def _ways_out(passage: Passage) -> list[tuple[int, bool]]:
    """Every arm of every barrier, outbound."""
    return [(stop, inside == "from") for stop, (_, _, inside) in enumerate(passage.operation.stops)]


def _path_through(
    passage: Passage,
    driver: Driver,
    barrier: BarrierPicture,
    open_barriers: Sequence[BarrierPicture],
    outside: IntArray,
    protected: IntArray,
) -> list[int] | None:
    """A shortest path that passes `barrier` inbound and ends in the area; other open barriers only where needed."""
    graph = passage.operation.graph
    is_outside, is_protected = graph.arc_region == Region.OUTSIDE, graph.arc_region == Region.PROTECTED
    closed = passage.closed_stops(doubt_closes=False)
    alone = _ways_past(passage, {other.id for other in open_barriers})
    with_others = [*_ways_past(passage, {barrier.id}), *_ways_out(passage)]
    for avoid in (alone, with_others):
        before = Reach(graph, driver, closed, avoid)
        inside = Reach(graph, driver, closed, avoid, without=is_outside)
        paths = []
        for stop, (barrier_id, _, inward) in enumerate(passage.operation.stops):
            if barrier_id != barrier.id:
                continue
            arrive, leave = before.through(stop, inward == "to")
            if not (before.usable[arrive] and before.usable[leave]):
                continue
            first = before.shortest(outside, np.array([arrive]), absorbing=is_protected)
            second = inside.shortest(np.array([leave]), protected, absorbing=is_protected)
            if first is not None and second is not None:
                paths.append(first + second)
        if paths:
            return min(paths, key=lambda path: float(graph.piece_length_m[np.array(path) // 2].sum()))
    return None


def _barrier_leak(passage: Passage, barrier: BarrierPicture, path: list[int]) -> Leak:
    operation = passage.operation
    passed = [
        barrier_id
        for barrier_id in _barriers_on(operation, path)
        if not passage.closes(passage.picture.barrier(barrier_id), "in", doubt_closes=False)
    ]
    pictures = [passage.picture.barrier(barrier_id) for barrier_id in dict.fromkeys([*passed, barrier.id])]
    names = {record.id: record.name for record in operation.barriers}
    gates = {record.id for record in operation.barriers if record.gate}
    through = " and ".join(f"{names[one.id]} ({_why_open(one, one.id in gates)})" for one in pictures)
    return Leak(
        through=through,
        barriers=tuple(sorted(one.id for one in pictures)),
        certain=all(_surely_open(one) for one in pictures),
        mend="; ".join(_mend(one, names[one.id]) for one in pictures),
        path=driven_path(operation.graph, path),
    )


def _surely_open(barrier: BarrierPicture) -> bool:
    if barrier.holds == "no":
        return barrier.certain
    return barrier.holds == "yes" and (barrier.staffed or barrier.staffed_certain)


def _barriers_on(operation: Operation, path: Sequence[int]) -> list[str]:
    graph = operation.graph
    nodes = {int(node): stop for stop, node in enumerate(graph.stop_node)}
    heads = (int(graph.arc_head[arc]) for arc in path[:-1])
    return [operation.stops[nodes[node]][0] for node in heads if node in nodes]


def _why_open(barrier: BarrierPicture, gate: bool) -> str:
    if barrier.holds == "doubtful":
        return "claimed to stand open"
    if barrier.holds == "no":
        perhaps = "" if barrier.certain else ", perhaps: the moment is not stated"
        return {"planned": "not yet placed", "part-placed": "only part placed"}.get(
            barrier.state, f"block {barrier.state}"
        ) + perhaps
    if gate and (not barrier.staffed or barrier.state == "unstaffed"):
        return "gate not known to be staffed"
    return "gate that admits this category"


def _mend(barrier: BarrierPicture, name: str) -> str:
    if barrier.holds == "doubtful":
        return f"send someone to look at {name}"
    if barrier.holds == "no":
        return f"put the block at {name} in place"
    return f"staff the gate at {name}, or change its rule"


def _unguarded(
    passage: Passage,
    driver: Driver,
    open_barriers: Sequence[BarrierPicture],
    outside: IntArray,
    protected: IntArray,
) -> list[Leak]:
    """Entrances reached although every barrier is held closed."""
    graph = passage.operation.graph
    is_protected = graph.arc_region == Region.PROTECTED
    avoid = _ways_past(passage, {barrier.id for barrier in open_barriers})
    reach = Reach(graph, driver, passage.closed_stops(doubt_closes=False), avoid)
    reached = reach.from_arcs(outside, absorbing=is_protected)
    entrances = protected[reached[protected]]
    leaks = []
    for entrance in _one_per_crossing(graph, entrances):
        path = reach.shortest(outside, np.array([entrance]), absorbing=is_protected)
        assert path is not None
        leaks.append(_entrance_leak(graph, path, driver))
    return leaks


def _one_per_crossing(graph: MovementGraph, entrances: IntArray) -> list[int]:
    """One arc for each point at which the outline of the area is crossed."""
    return list({int(graph.arc_tail[arc]): int(arc) for arc in entrances[::-1]}.values())[::-1]


def _entrance_leak(graph: MovementGraph, path: list[int], driver: Driver) -> Leak:
    street = street_names(graph, path[-1:])[0]
    lon, lat = graph.arc_lonlat(path[-1])[0]
    before = [name for name in street_names(graph, path) if name != street]
    coming = f", coming from {before[-1]}" if before else ""
    on_foot = driver.vehicle_class is VehicleClass.FOOT
    return Leak(
        through=f"{street} at {lat:.5f}, {lon:.5f}{coming}: nothing stands there",
        barriers=(),
        certain=True,
        mend=f"place a barrier on {street}" if not on_foot else f"close {street}",
        path=driven_path(graph, path),
    )
