"""The edge of the data, and the junctions that it clips (docs/osm-tags.md)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ringfence.network.city import DEGREE_E7
from ringfence.network.projection import FloatArray, metres_per_degree
from ringfence.osm.extract import IntArray
from ringfence.osm.globe import latitude_deg
from ringfence.osm.segments import Segments

NEAR_EDGE_M = 100
DEAD_END_M = 500
ESTIMATE_PERCENTILES = (0.5, 99.5)

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


def estimate_edge(junction_e7: IntArray) -> Box:
    """A box that leaves out the outermost junctions."""
    (west, south), (east, north) = np.percentile(junction_e7, ESTIMATE_PERCENTILES, axis=0) / DEGREE_E7
    return float(west), float(south), float(east), float(north)


def clipped(segments: Segments, edge: Box) -> NDArray[np.bool_]:
    """(J,) whether the data ends at a junction though the street may go on."""
    inside_m = _metres_inside(segments.junction_e7, edge)
    ends = np.concatenate([segments.from_ix, segments.to_ix])
    is_dead_end = np.bincount(ends, minlength=len(inside_m)) == 1
    near: NDArray[np.bool_] = (inside_m < NEAR_EDGE_M) | (is_dead_end & (inside_m < DEAD_END_M))
    return near | segments.junction_cut_off


def _metres_inside(e7: IntArray, edge: Box) -> FloatArray:
    """How far from the nearest side of the edge; negative beyond it."""
    west, south, east, north = edge
    lon, lat = (e7 / DEGREE_E7).T
    east_m, north_m = metres_per_degree(latitude_deg(e7[:, 1]))
    across = np.minimum(lon - west, east - lon) * east_m
    along = np.minimum(lat - south, north - lat) * north_m
    inside_m: FloatArray = np.minimum(across, along)
    return inside_m
