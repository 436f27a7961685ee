"""Mercator's plane, in which what is near stays near."""

from __future__ import annotations

import numpy as np

from ringfence.network.city import DEGREE_E7
from ringfence.network.projection import WGS84_ECCENTRICITY_2, FloatArray, metres_per_degree
from ringfence.osm.extract import IntArray

_ECCENTRICITY = float(np.sqrt(WGS84_ECCENTRICITY_2))
_LAT_DEG_MAX = 89.9


def latitude_deg(lat_e7: IntArray) -> FloatArray:
    """Degrees, kept off the poles, where Mercator's plane has no end."""
    lat: FloatArray = np.clip(lat_e7 / DEGREE_E7, -_LAT_DEG_MAX, _LAT_DEG_MAX)
    return lat


def to_plane(e7: IntArray) -> FloatArray:
    """(n, 2) positions on Mercator's plane (of the ellipsoid, true to angles), in radians."""
    sine = np.sin(np.radians(latitude_deg(e7[:, 1])))
    y = np.arctanh(sine) - _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine)
    return np.column_stack([np.radians(e7[:, 0] / DEGREE_E7), y])


def metres_per_plane_unit(lat_e7: IntArray) -> FloatArray:
    """(n,) how many metres a radian of the plane is around some latitudes."""
    return np.degrees(metres_per_degree(latitude_deg(lat_e7))[0])
