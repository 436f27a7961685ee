"""The product's answers about an OpenStreetMap file, in the words in which the tests ask: segment ids and classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from shapely import box

from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.network import Area, MovementGraph, build_movement_graph
from ringfence.network.city import City
from ringfence.network.window import whole_network
from ringfence.promises.reach import Reach

DRIVERS = {
    **{one.value: Driver(vehicle_class=one) for one in VehicleClass},
    "physical": Driver(Threat.DETERMINED),
}
"""By the oracle's names."""

Arc = tuple[str, bool]
"""A segment's id, and whether it is driven along the segment."""


class Product:
    """A city, its movement graph without any barriers of ours, and who gets where on it."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.graph = _graph(city)
        network = self.graph.network
        if self.graph.piece_count != len(network.segment_ids):
            message = "the area is meant to lie elsewhere, so that no segment is cut"
            raise ValueError(message)
        # Without cuts there is one piece to each segment, in the order of the segments.
        self.arcs: list[Arc] = [(segment, forward) for segment in network.segment_ids for forward in (True, False)]
        self.arc_of = {arc: number for number, arc in enumerate(self.arcs)}

    def usable(self, who: str) -> NDArray[np.bool_]:
        """(arcs,) what a class may use (or ``physical`` can), by the city's columns."""
        masks = np.column_stack([self.city.segment_forward, self.city.segment_backward]).astype(np.int64)
        masks |= np.where(self.city.segment_physical, DRIVERS["physical"].bit, 0)[:, None]
        return np.asarray((masks & DRIVERS[who].bit) != 0).ravel()

    def movements(self, who: str) -> NDArray[np.int64]:
        """(n,) all pairs of arcs that may be driven one behind the other, if the trip begins on the first; sorted.

        A pair is one number: the first arc times the number of arcs, plus the second.
        """
        reach = self.reach(who)
        fresh = reach.turn_from < len(self.arcs)
        return np.unique(reach.turn_from[fresh] * len(self.arcs) + self.graph.state_arc[reach.turn_to[fresh]])

    def reach(self, who: str) -> Reach:
        """Everything that a class can do here."""
        return Reach(self.graph, DRIVERS[who])

    def allows(self, who: str, drive: Sequence[Arc]) -> bool:
        """Whether these very arcs may be driven, one behind the other: all others are taken away."""
        arcs = [self.arc_of[one] for one in drive]
        others = np.ones(2 * self.graph.piece_count, dtype=bool)
        others[arcs] = False
        reach = Reach(self.graph, DRIVERS[who], without=others)
        return bool(reach.from_arcs(np.array(arcs[:1]))[arcs[-1]])


def _graph(city: City) -> MovementGraph:
    network = whole_network(city)
    east, north = network.junction_lonlat.max(axis=0) + 0.5
    protected, limit = (box(east, north, east + size, north + size) for size in (0.01, 0.02))
    return build_movement_graph(network, Area(protected, limit, "nowhere"))
