"""Where the planner is measured: generated cities as a process holds them, and discs around their middle."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely

from ringfence.generator import generate_city
from ringfence.network import Area, City, LocalMetres, Network, window, write_network_file

SEED = 1
OUTLINE_POINTS = 64


@lru_cache(maxsize=1)
def city_of(junctions: int) -> City:
    """A generated city in memory with its checksum, which a plan is bound to, and the indexes of its windows built.

    The last one asked for is kept.
    """
    with tempfile.TemporaryDirectory() as scratch:
        city = write_network_file(generate_city(junctions, seed=SEED), Path(scratch) / "city.rfn")
    city.make_ready()
    return city


def just_opened(city: City) -> City:
    """The same columns with nothing found out about them yet."""
    return replace(city)


def without_bans(city: City) -> City:
    """The city with its turn bans taken out, and ready like `city_of`."""
    bare = replace(
        city,
        ban_start=city.ban_start[:1],
        ban_segment_ix=city.ban_segment_ix[:0],
        ban_junction_ix=city.ban_junction_ix[:0],
        ban_mask=city.ban_mask[:0],
    )
    bare.make_ready()
    return bare


def forget_places(city: City) -> None:
    """Let the city forget the shapes that it keeps of places looked at before; its indexes stay."""
    city.__dict__.pop("projected_shapes", None)


def planning_window(city: City, area: Area) -> Network:
    """The streets that a plan depends on: a cordon touches nothing beyond its limit."""
    return window(city, area.limit, margin_m=0.0)


def disc(city: City, radius_m: float, *, limit_m: float, aside_m: tuple[float, float] = (0.0, 0.0)) -> Area:
    """A protected disc and a limit `limit_m` from its centre: the city's middle, or some metres aside of it."""
    west, south, east, north = city.origin.edge
    middle = LocalMetres((west + east) / 2, (south + north) / 2)
    turns = np.linspace(0, 2 * np.pi, OUTLINE_POINTS, endpoint=False)
    ring = np.column_stack([np.cos(turns), np.sin(turns)])
    protected, limit = (
        shapely.Polygon(np.round(middle.to_lonlat(reach_m * ring + aside_m), 7)) for reach_m in (radius_m, limit_m)
    )
    return Area(protected, limit, f"{radius_m:.0f} m around the middle")
