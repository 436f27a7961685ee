"""What is assumed where a file of other make says nothing (`docs/network-exchange.md` lists it)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ringfence.base.traffic import ALL_CLASSES, VehicleClass
from ringfence.network.city import DEGREE_E7

METRES_PER_E7 = 6_371_008.8 * np.pi / 180 / DEGREE_E7
"""Of latitude, on the mean sphere: good to half a percent, and used for what is assumed only."""

EDGE_MARGIN_M = 100.0
"""A junction so near the edge is clipped."""
DEAD_END_MARGIN_M = 500.0
"""And a dead end so near it."""

FOOT, BICYCLE = VehicleClass.FOOT.bit, VehicleClass.BICYCLE.bit
BUS, EMERGENCY = VehicleClass.BUS.bit, VehicleClass.EMERGENCY.bit
MOTOR = VehicleClass.CAR.bit | VehicleClass.HEAVY.bit | BUS | EMERGENCY

_BY_KIND = {
    **dict.fromkeys(("motorway", "motorway_link", "freeway"), (MOTOR, True)),
    **dict.fromkeys(("footway", "sidewalk", "crosswalk", "bridleway"), (FOOT, True)),
    **dict.fromkeys(("steps", "corridor", "platform"), (FOOT, False)),
    **dict.fromkeys(("path", "cycleway"), (FOOT | BICYCLE, True)),
    **dict.fromkeys(("rail", "railway", "ferry"), (0, False)),
    "pedestrian": (FOOT | EMERGENCY, True),
    "busway": (BUS | EMERGENCY, True),
    "bus_guideway": (BUS, False),
}

KIND = "road"
"""Of a street that states none: the `highway` value for a road of unknown kind."""


def by_kind(kind: str) -> tuple[int, bool]:
    """Who may use a street of that kind, and whether a vehicle physically can; everyone can, of an unknown kind."""
    return _BY_KIND.get(kind, (ALL_CLASSES, True))


def edge_of(junction_e7: NDArray[np.int64]) -> tuple[float, float, float, float]:
    """West, south, east, north of where most junctions are: an estimate of where the data ends."""
    if not len(junction_e7):
        return (0.0, 0.0, 0.0, 0.0)
    (west, south), (east, north) = np.percentile(junction_e7, (0.5, 99.5), axis=0).round() / DEGREE_E7
    return (float(west), float(south), float(east), float(north))


def clipped_at(
    junction_e7: NDArray[np.int64], degree: NDArray[np.int64], edge: tuple[float, float, float, float]
) -> NDArray[np.bool_]:
    """Where a street may go on though the data ends: beyond the edge, close to it, and at dead ends near it.

    Rather too many than too few: a network that only seems to end would fake a seal.
    """
    low, high = np.array(edge[:2]) * DEGREE_E7, np.array(edge[2:]) * DEGREE_E7
    inside_e7 = np.minimum(junction_e7 - low, high - junction_e7)
    narrowing = np.cos(np.radians(junction_e7[:, 1] / DEGREE_E7))
    inside_m = np.minimum(inside_e7[:, 0] * narrowing, inside_e7[:, 1]) * METRES_PER_E7
    clipped: NDArray[np.bool_] = inside_m < np.where(degree <= 1, DEAD_END_MARGIN_M, EDGE_MARGIN_M)
    return clipped
