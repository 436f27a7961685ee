"""The metres of a city, held against geodesics on the ellipsoid."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from ringfence.network import LocalMetres

GEODESICS = Geod(ellps="WGS84")
CENTRES = [(174.7787, -41.2784), (-8.61, 41.15), (0.0, 0.0), (179.9995, -16.8), (24.9, 67.4)]


@pytest.mark.parametrize(("lon", "lat"), CENTRES)
def test_a_kilometre_is_one_to_two_millimetres_ten_kilometres_from_the_centre(lon: float, lat: float) -> None:
    here = LocalMetres(lon, lat)
    bearings = np.arange(0.0, 360.0, 15.0)
    outward, across = (found.ravel() for found in np.meshgrid(bearings, bearings))
    start = GEODESICS.fwd(
        np.full(outward.shape, lon), np.full(outward.shape, lat), outward, np.full(outward.shape, 1e4)
    )
    end = GEODESICS.fwd(start[0], start[1], across, np.full(across.shape, 1e3))
    drawn = here.to_metres(np.column_stack(end[:2])) - here.to_metres(np.column_stack(start[:2]))
    assert np.abs(np.hypot(*drawn.T) - 1e3).max() < 0.0025
    assert np.allclose(here.to_lonlat(here.to_metres(np.column_stack(end[:2]))) % 360, np.column_stack(end[:2]) % 360)
