"""Where railways and tramways cross streets on the level (docs/osm-tags.md)."""

from __future__ import annotations

import numpy as np

from ringfence.network.city import DEGREE_E7
from ringfence.network.projection import FloatArray, metres_per_degree
from ringfence.network.ranges import ranges
from ringfence.osm.extract import IntArray
from ringfence.osm.globe import latitude_deg
from ringfence.osm.segments import Segments

_CROSSINGS = frozenset({"level_crossing", "tram_level_crossing"})


def is_level_crossing(tags: dict[str, str]) -> bool:
    """Whether rails cross a street at a node with these tags."""
    return not _CROSSINGS.isdisjoint(one.strip() for one in tags.get("railway", "").lower().split(";"))


def rail_crossings(segments: Segments) -> tuple[IntArray, FloatArray]:
    """The segments that rails cross, and how far along each, in metres; sorted by segment and offset.

    A crossing on a junction is at the end of every segment that meets there.
    """
    point = segments.rail_crossing_point
    segment = np.searchsorted(segments.shape_start, point, side="right") - 1
    first = segments.shape_start[segment]
    steps = ranges(first, point - first)
    of_crossing = np.repeat(np.arange(len(point)), point - first)
    here, there = segments.shape_e7[steps], segments.shape_e7[steps + 1]
    east_m, north_m = metres_per_degree(latitude_deg((here[:, 1] + there[:, 1]) // 2))
    lon, lat = ((there - here) / DEGREE_E7).T
    offset_m = np.bincount(of_crossing, weights=np.hypot(lon * east_m, lat * north_m), minlength=len(point))
    return segment, offset_m.astype(np.float64)
