"""Cutting the part of a city that a cordon can touch out of the whole, so that its size no longer matters."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from ringfence.network.city import DEGREE_E7, NONE_IX, City
from ringfence.network.facts import StreetFacts
from ringfence.network.projection import LocalMetres, metres_per_degree
from ringfence.network.ranges import ranges
from ringfence.network.streets import BINDABLE, BoolArray, Chain, IntArray, Network

MARGIN_M = 400.0
"""How far beyond the limit streets are taken along: enough to show where a way in comes from."""
LAT_DEG_MAX = 89.0
CENTRE_DECIMALS = 1
"""Windows of one neighbourhood share one projection, so that offsets along a segment are the same in each."""


def window(city: City, limit: shapely.Geometry, *, margin_m: float = MARGIN_M) -> Network:
    """The streets of a city within a limit and a margin around it; where streets lead on from there they are clipped.

    Whatever lies beyond the limit is outside, and a source of traffic, however far it reaches. So every answer about a
    cordon within the limit is the same as on the whole city. The first window of a city costs a few passes over its
    columns, every further one O(what lies in it).

    Parameters
    ----------
    limit : Polygon or MultiPolygon
        In lon, lat.
    margin_m : float
        Metres, at least 0.

    Raises
    ------
    ValueError
        If no street is near.
    """
    west, south, east, north = limit.bounds
    farthest = np.minimum(
        np.abs([south, north]).max(keepdims=True), LAT_DEG_MAX
    )  # where a degree of longitude is short
    aside, up = (float(margin_m / metres[0]) for metres in metres_per_degree(farthest))
    box = np.array([west - aside, south - up, east + aside, north + up]) * DEGREE_E7
    box += (-1.0, -1.0, 1.0, 1.0)  # degrees are no whole parts of a degree: a street on the rim must not fall out
    near = city.segments_by_place.meeting(*box.tolist())
    if not len(near):
        message = "no street is near the limit"
        raise ValueError(message)
    return cut_out(city, _with_chains(city, near))


def whole_network(city: City) -> Network:
    """All of a city. For cities of some ten thousand segments; larger ones are looked at through a `window`."""
    return cut_out(city, np.arange(city.segment_count))


def cut_out(city: City, segments: NDArray[np.integer]) -> Network:
    """The network of some segments of a city, with the ids and the hash of the whole.

    Parameters
    ----------
    segments : (n,) int
        Positions in the city's columns, each once, ascending; at least one.

    Returns
    -------
    Network
        Segments and junctions in the city's order. Junctions where a street of the city leads on are clipped.
    """
    segment_ix: IntArray = segments.astype(np.int64)
    ends = np.column_stack([city.segment_from_ix[segment_ix], city.segment_to_ix[segment_ix]])
    junctions, positions = np.unique(ends, return_inverse=True)
    junction_ix: IntArray = junctions.astype(np.int64)
    positions = positions.reshape(-1, 2).astype(np.int64)
    lonlat = city.junction_e7[junction_ix] / DEGREE_E7
    projection = LocalMetres.centred_on(lonlat, decimals=CENTRE_DECIMALS)
    shapes = city.projected_shapes.of(segment_ix, projection)
    named, name_at = np.unique(city.segment_name_ix[segment_ix], return_inverse=True)
    # The nameless come first.
    names = np.array([*[""] * int(named[0] == NONE_IX), *city.name.take(named[named != NONE_IX])], dtype=np.object_)
    kinds = np.array(list(city.kind), dtype=np.object_)
    length_m = shapes.length_m
    restrictions, masks, chains = _restrictions(city, segment_ix, junction_ix)
    return Network(
        junction_ids=city.junction_id.take(junction_ix),
        junction_lonlat=lonlat,
        clipped=city.junction_clipped[junction_ix] | _leads_on(city, junction_ix, positions),
        segment_ids=city.segment_id.take(segment_ix),
        segment_names=tuple(names[name_at].tolist()),
        highways=tuple(kinds[city.segment_kind_ix[segment_ix]].tolist()),
        from_ix=positions[:, 0].copy(),
        to_ix=positions[:, 1].copy(),
        forward_mask=city.segment_forward[segment_ix].astype(np.int64),
        backward_mask=city.segment_backward[segment_ix].astype(np.int64),
        physical=city.segment_physical[segment_ix].astype(bool),
        inferred=np.zeros(len(segment_ix), dtype=bool),
        shapes=shapes,
        length_m=length_m,
        restrictions=restrictions,
        restriction_mask=masks,
        projection=projection,
        junction_blocked=city.junction_blocked[junction_ix].astype(np.int64),
        facts=_facts(city, segment_ix, length_m),
        chains=chains,
        source_hash=city.content_hash,
    )


def _facts(city: City, segment_ix: IntArray, length_m: NDArray[np.float64]) -> StreetFacts:
    """What is known of some segments, in their own positions."""
    addresses, served = city.addresses_by_segment.of(segment_ix)
    served_m = np.maximum(city.address_offset_m[addresses], np.float32(0))
    # Sorted as one number each: where none is negative, the bits of floats are in the order of the floats.
    order = np.argsort((served << 32) | served_m.view(np.uint32))
    first = np.searchsorted(city.rail_crossing_segment_ix, segment_ix, side="left")
    count = np.searchsorted(city.rail_crossing_segment_ix, segment_ix, side="right") - first
    crossed, crossed_m = np.repeat(np.arange(len(segment_ix)), count), city.rail_crossing_offset_m[ranges(first, count)]
    # The city measured its offsets by another projection: some millimetres beyond the end are the end.
    return StreetFacts(
        form=city.segment_form[segment_ix].astype(np.int64),
        lanes=city.segment_lanes[segment_ix].astype(np.int64),
        width_m=city.segment_width_dm[segment_ix] / 10,
        address_segment_ix=served[order],
        address_offset_m=np.minimum(served_m.astype(np.float64), length_m[served])[order],
        addresses_known=bool(len(city.address_e7)),
        rail_crossing_segment_ix=crossed,
        rail_crossing_offset_m=np.minimum(crossed_m.astype(np.float64), length_m[crossed]),
    )


def _leads_on(city: City, junction_ix: IntArray, positions: IntArray) -> BoolArray:
    """Whether more segments meet at each junction in the city than in the cut."""
    met = np.bincount(positions.ravel(), minlength=len(junction_ix))
    return np.asarray(city.junction_degree[junction_ix] > met)


def _with_chains(city: City, near: IntArray) -> IntArray:
    """The segments, and all of any forbidden chain of which one is among them: else it would be forgotten."""
    bans = np.unique(_bans_over(city, near))
    start = city.ban_start[bans]
    return np.union1d(near, city.ban_segment_ix[ranges(start, city.ban_start[bans + 1] - start)])


def _restrictions(
    city: City, segment_ix: IntArray, junction_ix: IntArray
) -> tuple[IntArray, IntArray, tuple[Chain, ...]]:
    """The forbidden movements that lie wholly in the cut, in its own positions."""
    touching, among = np.unique(_bans_over(city, segment_ix), return_counts=True)
    held = touching[among == city.ban_start[touching + 1] - city.ban_start[touching]]
    start, count = city.ban_start[held], city.ban_start[held + 1] - city.ban_start[held]
    rows = ranges(start, count)
    segments = np.searchsorted(segment_ix, city.ban_segment_ix[rows])
    junctions = np.searchsorted(junction_ix, city.ban_junction_ix[rows])
    masks = city.ban_mask[held].astype(np.int64) & BINDABLE  # whatever the source says, walkers are free
    behind = np.cumsum(count)
    is_pair = count == 2
    first = (behind - count)[is_pair]
    pairs = np.column_stack([segments[first], junctions[first], segments[first + 1]]).astype(np.int64)
    chains = tuple(
        Chain(tuple(segments[begin:end].tolist()), tuple(junctions[begin : end - 1].tolist()), mask)
        for begin, end, mask in zip(
            (behind - count)[~is_pair].tolist(), behind[~is_pair].tolist(), masks[~is_pair].tolist(), strict=True
        )
    )
    return pairs, masks[is_pair], chains


def _bans_over(city: City, segment_ix: IntArray) -> IntArray:
    """Forbidden movements over some segments, each as often as it uses them."""
    rows, _ = city.bans_by_segment.of(segment_ix)
    return np.searchsorted(city.ban_start, rows, side="right") - 1
