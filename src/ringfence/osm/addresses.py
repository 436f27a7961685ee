"""Addresses, and the segment that serves each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from ringfence.network.projection import FloatArray
from ringfence.osm.extract import IntArray
from ringfence.osm.globe import metres_per_plane_unit, to_plane
from ringfence.osm.segments import BoolArray
from ringfence.osm.text import clean

Geometries = NDArray[np.object_]

REACH_M = 200
_ADDRESSES_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Address:
    """A house number, its street (empty if not stated) and its position."""

    number: str
    street: str
    e7: tuple[int, int]


def address_of(tags: dict[str, str], e7: tuple[int, int] | None) -> Address | None:
    """The address that tags state, if they state one and it has a position."""
    number = clean(tags.get("addr:housenumber", ""))
    if not number or e7 is None:
        return None
    return Address(number, clean(tags.get("addr:street", "")) or clean(tags.get("addr:place", "")), e7)


@dataclass(frozen=True)
class NamedStreets:
    """Segments (S) with what binding needs.

    Attributes
    ----------
    shape_start, shape_e7 : (S + 1,), (P, 2) int64
    called : (n, 2) int64
        Segment and name (a number of the name without regard to capitals), further names included.
    may_serve : (S,) bool
        Whether a segment may serve an address whose own street is not near: it is named, and a car or people on foot
        may use it.
    """

    shape_start: IntArray
    shape_e7: IntArray
    called: IntArray
    may_serve: BoolArray


def bind(e7: IntArray, street: IntArray, streets: NamedStreets) -> tuple[IntArray, FloatArray]:
    """The segment that serves each of n addresses (-1: none within reach), and how far along it, in metres.

    Nearest segment of the address's own street within `REACH_M`, else nearest that may serve. Of several equally near,
    the first. `street` is a number of a name as in `NamedStreets.called`, -1 where none is stated.
    """
    segment = np.full(len(e7), -1, dtype=np.int64)
    offset_m = np.zeros(len(e7))
    if not len(e7):
        return segment, offset_m
    lines = shapely.linestrings(
        to_plane(streets.shape_e7),
        indices=np.repeat(np.arange(len(streets.shape_start) - 1), np.diff(streets.shape_start)),
    )
    places = shapely.points(to_plane(e7))
    scale = metres_per_plane_unit(e7[:, 1])
    every = shapely.STRtree(lines)
    serving_ix = np.flatnonzero(streets.may_serve)
    serving = shapely.STRtree(lines[serving_ix])
    codes = _codes(streets.called[:, 0], streets.called[:, 1])
    for first in range(0, len(e7), _ADDRESSES_AT_ONCE):
        rows = np.arange(first, min(first + _ADDRESSES_AT_ONCE, len(e7)))
        segment[rows] = _nearest_of_street(places[rows], street[rows], scale[rows], every, codes)
        rest = rows[segment[rows] < 0]
        segment[rest] = _nearest(places[rest], scale[rest], serving, serving_ix)
    bound = segment >= 0
    offset_m[bound] = shapely.line_locate_point(lines[segment[bound]], places[bound]) * scale[bound]
    return segment, offset_m


def _codes(segment: IntArray, name: IntArray) -> IntArray:
    return (segment << 32) | name


def _nearest_of_street(
    places: Geometries, street: IntArray, scale: FloatArray, tree: shapely.STRtree, codes: IntArray
) -> IntArray:
    reach = REACH_M / scale
    xy = shapely.get_coordinates(places)
    boxes = shapely.box(*(xy - reach[:, None]).T, *(xy + reach[:, None]).T)
    place, segment = tree.query(boxes)
    same = (street[place] >= 0) & np.isin(_codes(segment, street[place]), codes)
    place, segment = place[same], segment[same]
    distance = shapely.distance(places[place], tree.geometries[segment])
    return _first_nearest(len(places), place, segment, distance, reach)


def _nearest(places: Geometries, scale: FloatArray, tree: shapely.STRtree, which: IntArray) -> IntArray:
    if not len(places) or not len(which):
        return np.full(len(places), -1, dtype=np.int64)
    reach = REACH_M / scale
    (place, near), distance = tree.query_nearest(places, max_distance=float(reach.max()), return_distance=True)
    return _first_nearest(len(places), place, which[near], distance, reach)


def _first_nearest(count: int, place: IntArray, segment: IntArray, distance: FloatArray, reach: FloatArray) -> IntArray:
    """For each of `count` places the nearest segment of the pairs within its reach, -1 where there is none."""
    near = distance <= reach[place]
    place, segment, distance = place[near], segment[near], distance[near]
    order = np.lexsort([segment, distance, place])
    found, first = np.unique(place[order], return_index=True)
    nearest = np.full(count, -1, dtype=np.int64)
    nearest[found] = segment[order][first]
    return nearest
