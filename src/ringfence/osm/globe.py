"""Metres on the globe: how long a degree is, and Mercator's plane, in which what is near stays near."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ringfence.network.city import DEGREE_E7
from ringfence.osm.extract import IntArray

FloatArray = NDArray[np.float64]

EARTH_RADIUS_M = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_ECCENTRICITY_2 = _FLATTENING * (2 - _FLATTENING)
_ECCENTRICITY = float(np.sqrt(_ECCENTRICITY_2))
_LAT_DEG_MAX = 89.9


def _lat_rad(lat_e7: IntArray) -> FloatArray:
    """Radians, kept off the poles, where Mercator's plane has no end."""
    lat: FloatArray = np.radians(np.clip(lat_e7 / DEGREE_E7, -_LAT_DEG_MAX, _LAT_DEG_MAX))
    return lat


def metres_per_degree(lat_e7: IntArray) -> tuple[FloatArray, FloatArray]:
    """(n,) metres per degree of longitude and of latitude (WGS 84)."""
    lat = _lat_rad(lat_e7)
    bend = 1 - _ECCENTRICITY_2 * np.sin(lat) ** 2
    east = EARTH_RADIUS_M / np.sqrt(bend)
    north = east * (1 - _ECCENTRICITY_2) / bend
    return np.radians(east * np.cos(lat)), np.radians(north)


def to_plane(e7: IntArray) -> FloatArray:
    """(n, 2) positions on Mercator's plane (of the ellipsoid, true to angles), in radians."""
    lat = _lat_rad(e7[:, 1])
    sine = np.sin(lat)
    y = np.arctanh(sine) - _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine)
    return np.column_stack([np.radians(e7[:, 0] / DEGREE_E7), y])


def metres_per_plane_unit(lat_e7: IntArray) -> FloatArray:
    """(n,) how many metres a radian of the plane is around some latitudes."""
    return np.degrees(metres_per_degree(lat_e7)[0])
