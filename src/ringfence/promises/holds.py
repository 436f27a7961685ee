"""What each barrier of a plan holds alone: what would open if it, and only it, were missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ringfence.base.traffic import Driver
from ringfence.model.plans import PlannedBarrier
from ringfence.network import Area, Network, Region, Stop, build_movement_graph
from ringfence.promises.reach import Reach, street_names


@dataclass(frozen=True, slots=True)
class Hold:
    """What opens without one barrier: metres of protected street, and the streets driven to get there."""

    barrier: str
    metres: float
    streets: tuple[str, ...]


def list_holds(network: Network, area: Area, driver: Driver, barriers: Sequence[PlannedBarrier]) -> tuple[Hold, ...]:
    """For each barrier what a driver reaches once it alone is gone. Exact; one search each."""
    stops = [Stop(_segment_ix(network, barrier), barrier.offset_m) for barrier in barriers]
    graph = build_movement_graph(network, area, stops)
    outside = np.flatnonzero(graph.arc_region == Region.OUTSIDE)
    protected = np.flatnonzero(graph.arc_region == Region.PROTECTED)
    holds = []
    for gone, barrier in enumerate(barriers):
        shut = [(stop, forward) for stop in range(len(stops)) if stop != gone for forward in (True, False)]
        reach = Reach(graph, driver, shut)
        reached = reach.from_arcs(outside)
        inside = (reached[0::2] | reached[1::2]) & (graph.piece_region == Region.PROTECTED)
        way = reach.shortest(outside, protected) or []
        metres = round(float(graph.piece_length_m[inside].sum()), 1)
        holds.append(Hold(barrier.id, metres, street_names(graph, way)))
    return tuple(holds)


def find_leaks(network: Network, area: Area, driver: Driver, stops: Sequence[Stop]) -> tuple[str, ...]:
    """The protected streets that a driver enters past barriers at these places; none where they seal."""
    graph = build_movement_graph(network, area, stops)
    shut = [(stop, forward) for stop in range(len(stops)) for forward in (True, False)]
    outside = np.flatnonzero(graph.arc_region == Region.OUTSIDE)
    inside = graph.arc_region == Region.PROTECTED
    entered = Reach(graph, driver, shut).from_arcs(outside, absorbing=inside) & inside
    return tuple(sorted(set(street_names(graph, np.flatnonzero(entered).tolist()))))


def _segment_ix(network: Network, barrier: PlannedBarrier) -> int:
    ix = network.find_segment(barrier.segment)
    assert ix is not None  # the plan is of this network
    return ix
