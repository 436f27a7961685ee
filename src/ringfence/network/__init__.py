"""The street network, the area drawn on it, and the one movement graph that every room shares."""

from ringfence.network.area import Area, read_area
from ringfence.network.edits import both_ways, one_way, without_segment
from ringfence.network.movement import MovementGraph, Region, Stop, build_movement_graph
from ringfence.network.projection import LocalMetres
from ringfence.network.street_tables import read_network
from ringfence.network.streets import NAMELESS, Network

__all__ = [
    "NAMELESS",
    "Area",
    "LocalMetres",
    "MovementGraph",
    "Network",
    "Region",
    "Stop",
    "both_ways",
    "build_movement_graph",
    "one_way",
    "read_area",
    "read_network",
    "without_segment",
]
