"""Metres around one point: Lambert azimuthal equal-area, good to centimetres across a city.

Of the projections that hold everywhere it is the quickest: an azimuthal equidistant one takes seven times as long.
10 km from the centre a kilometre is drawn at most 2 mm too long or too short.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import get_ident

import numpy as np
from numpy.typing import NDArray
from pyproj import Proj

FloatArray = NDArray[np.float64]

WGS84_AXIS_M = 6_378_137.0
WGS84_FLATTENING = 1 / 298.257223563
WGS84_ECCENTRICITY_2 = WGS84_FLATTENING * (2 - WGS84_FLATTENING)


def metres_per_degree(lat_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Metres per degree of longitude and of latitude, around some latitudes, on the WGS 84 ellipsoid."""
    lat = np.radians(lat_deg)
    bend = 1 - WGS84_ECCENTRICITY_2 * np.sin(lat) ** 2
    east = WGS84_AXIS_M / np.sqrt(bend)
    north = east * (1 - WGS84_ECCENTRICITY_2) / bend
    return np.radians(east * np.cos(lat)), np.radians(north)


@lru_cache(maxsize=64)
def _projection(lon: float, lat: float, _thread: int) -> Proj:
    # One each for every thread: PROJ's contexts must not be shared.
    return Proj(proj="laea", lon_0=lon, lat_0=lat, ellps="WGS84", units="m")


@dataclass(frozen=True, slots=True)
class LocalMetres:
    """The projection of one network, centred on `lon`, `lat` (degrees, WGS 84)."""

    lon: float
    lat: float

    @classmethod
    def centred_on(cls, lonlat: FloatArray, *, decimals: int = 4) -> LocalMetres:
        """Centred on the box around (n, 2) positions, rounded, so that a moved street rarely moves the centre."""
        lon, lat = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2
        return cls(round(float(lon), decimals), round(float(lat), decimals))

    def to_metres(self, lonlat: FloatArray) -> FloatArray:
        """Projected x, y in metres of an (n, 2) array of lon, lat."""
        x, y = _projection(self.lon, self.lat, get_ident())(lonlat[:, 0], lonlat[:, 1])
        return np.column_stack([x, y])

    def to_lonlat(self, xy: FloatArray) -> FloatArray:
        """Inverse of `to_metres`."""
        lon, lat = _projection(self.lon, self.lat, get_ident())(xy[:, 0], xy[:, 1], inverse=True)
        return np.column_stack([lon, lat])
