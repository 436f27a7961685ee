"""What each barrier holds alone: what would open if it, and only it, were gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.network import Region
from ringfence.operation import Operation
from ringfence.picture import fold
from ringfence.promises.passage import Passage, View
from ringfence.promises.reach import Reach


@dataclass(frozen=True, slots=True)
class BarrierWeight:
    """Metres of protected street that a driver reaches once one barrier is gone and the others stay as they are."""

    barrier: str
    threat: Threat
    opened_m: float


def barrier_weights(
    operation: Operation,
    *,
    at: datetime,
    category: str,
    vehicle_class: VehicleClass,
    threats: Sequence[Threat] = tuple(Threat),
) -> tuple[BarrierWeight, ...]:
    """For every barrier and threat, what opens if it alone goes, beyond what is open already. Exact; pure.

    Parameters
    ----------
    at : datetime
        When; the picture of that moment decides which of the others stand.
    category, vehicle_class : str, VehicleClass
        Who drives.
    threats : sequence of Threat

    Returns
    -------
    tuple of BarrierWeight
        Threat by threat, barriers in the operation's order.
    """
    weights = []
    for threat in threats:
        driver = Driver(threat, vehicle_class)
        open_already = _reached_m(operation, driver, at, category)
        for barrier in operation.barriers:
            others = tuple(other for other in operation.barriers if other.id != barrier.id)
            reached = _reached_m(replace(operation, barriers=others), driver, at, category)
            weights.append(BarrierWeight(barrier.id, threat, round(reached - open_already, 1)))
    return tuple(weights)


def _reached_m(operation: Operation, driver: Driver, at: datetime, category: str) -> float:
    picture = fold(operation.barriers, operation.sites, operation.entries, at=at)
    passage = Passage(operation, picture, category, driver.vehicle_class)
    graph = operation.graph
    reach = Reach(graph, driver, passage.closed_stops(View.OPEN_IF_ANY))
    reached = reach.from_arcs(np.flatnonzero(graph.arc_region == Region.OUTSIDE))
    inside = (reached[0::2] | reached[1::2]) & (graph.piece_region == Region.PROTECTED)
    return float(graph.piece_length_m[inside].sum())
