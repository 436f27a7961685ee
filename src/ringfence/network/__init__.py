"""The street network, the area drawn on it, and the one movement graph that every room shares."""

from ringfence.network.area import Area, not_an_outline, read_area
from ringfence.network.city import City, Form, Origin
from ringfence.network.classes import IMPORTANCE, USUAL_LANES
from ringfence.network.edits import both_ways, one_way, without_segment
from ringfence.network.facts import StreetFacts
from ringfence.network.movement import MovementGraph, Region, Stop, build_movement_graph
from ringfence.network.network_file import read_network_file, write_network_file
from ringfence.network.projection import LocalMetres
from ringfence.network.street_tables import read_network
from ringfence.network.streets import NAMELESS, Chain, Network
from ringfence.network.texts import Texts
from ringfence.network.window import MARGIN_M, cut_out, whole_network, window

__all__ = [
    "IMPORTANCE",
    "MARGIN_M",
    "NAMELESS",
    "USUAL_LANES",
    "Area",
    "Chain",
    "City",
    "Form",
    "LocalMetres",
    "MovementGraph",
    "Network",
    "Origin",
    "Region",
    "Stop",
    "StreetFacts",
    "Texts",
    "both_ways",
    "build_movement_graph",
    "cut_out",
    "not_an_outline",
    "one_way",
    "read_area",
    "read_network",
    "read_network_file",
    "whole_network",
    "window",
    "without_segment",
    "write_network_file",
]
