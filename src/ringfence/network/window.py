"""Cutting the part of a city that a cordon can touch out of the whole, so that its size no longer matters."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from ringfence.network.city import DEGREE_E7, NONE_IX, City
from ringfence.network.projection import LocalMetres, metres_per_degree
from ringfence.network.streets import BINDABLE, BoolArray, Chain, IntArray, Network

MARGIN_M = 400.0
"""How far beyond the limit streets are taken along: enough to show where a way in comes from."""
LAT_DEG_MAX = 89.0
CENTRE_DECIMALS = 1
"""Windows of one neighbourhood share one projection, so that offsets along a segment are the same in each."""


def window(city: City, limit: shapely.Geometry, *, margin_m: float = MARGIN_M) -> Network:
    """The streets of a city within a limit and a margin around it; where streets lead on from there they are clipped.

    Whatever lies beyond the limit is outside, and a source of traffic, however far it reaches. So every answer about a
    cordon within the limit is the same as on the whole city. O(segments of the city) in a few vectorised passes.

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
    segments = city.segment_box_e7
    near = (segments[:, 0] <= box[2]) & (segments[:, 2] >= box[0])
    near &= (segments[:, 1] <= box[3]) & (segments[:, 3] >= box[1])
    if not near.any():
        message = "no street is near the limit"
        raise ValueError(message)
    return cut_out(city, np.flatnonzero(_with_chains(city, near)))


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
    shapes = _shapes(city, segment_ix, projection)
    named, name_at = np.unique(city.segment_name_ix[segment_ix], return_inverse=True)
    names = tuple("" if ix == NONE_IX else city.name[ix] for ix in named.tolist())
    kinds = tuple(city.kind)
    restrictions, masks, chains = _restrictions(city, segment_ix, junction_ix)
    return Network(
        junction_ids=city.junction_id.take(junction_ix),
        junction_lonlat=lonlat,
        clipped=city.junction_clipped[junction_ix] | _leads_on(city, junction_ix, positions),
        segment_ids=city.segment_id.take(segment_ix),
        segment_names=tuple(names[at] for at in name_at.tolist()),
        highways=tuple(kinds[ix] for ix in city.segment_kind_ix[segment_ix].tolist()),
        from_ix=positions[:, 0].copy(),
        to_ix=positions[:, 1].copy(),
        forward_mask=city.segment_forward[segment_ix].astype(np.int64),
        backward_mask=city.segment_backward[segment_ix].astype(np.int64),
        physical=city.segment_physical[segment_ix].astype(bool),
        inferred=np.zeros(len(segment_ix), dtype=bool),
        shapes=shapes,
        length_m=_lengths(shapes),
        restrictions=restrictions,
        restriction_mask=masks,
        projection=projection,
        junction_blocked=city.junction_blocked[junction_ix].astype(np.int64),
        chains=chains,
        source_hash=city.content_hash,
    )


def _shapes(city: City, segment_ix: IntArray, projection: LocalMetres) -> tuple[NDArray[np.float64], ...]:
    """Each segment's points in projected metres."""
    start = city.shape_start[segment_ix]
    count = city.shape_start[segment_ix + 1] - start
    bounds = np.cumsum(count)
    points = np.repeat(start - bounds + count, count) + np.arange(bounds[-1])
    xy = projection.to_metres(city.shape_e7[points] / DEGREE_E7)
    return tuple(xy[first:last] for first, last in pairwise((0, *bounds.tolist())))


def _lengths(shapes: tuple[NDArray[np.float64], ...]) -> NDArray[np.float64]:
    """Metres along each shape."""
    steps = np.hypot(*np.diff(np.concatenate(shapes), axis=0).T)
    last = np.cumsum([len(shape) for shape in shapes])[:-1] - 1
    steps[last] = 0.0  # from the end of one shape to the start of the next nobody goes
    return np.add.reduceat(steps, np.concatenate([[0], last + 1]))


def _leads_on(city: City, junction_ix: IntArray, positions: IntArray) -> BoolArray:
    """Whether more segments meet at each junction in the city than in the cut."""
    met = np.bincount(positions.ravel(), minlength=len(junction_ix))
    return np.asarray(city.junction_degree[junction_ix] > met)


def _with_chains(city: City, near: BoolArray) -> BoolArray:
    """The segments, and all of any forbidden chain of which one is among them: else it would be forgotten."""
    if not len(city.ban_mask):
        return near
    touched = np.logical_or.reduceat(near[city.ban_segment_ix], city.ban_start[:-1])
    whole = near.copy()
    whole[city.ban_segment_ix[np.repeat(touched, np.diff(city.ban_start))]] = True
    return whole


def _restrictions(
    city: City, segment_ix: IntArray, junction_ix: IntArray
) -> tuple[IntArray, IntArray, tuple[Chain, ...]]:
    """The forbidden movements that lie wholly in the cut, in its own positions."""
    inside = np.zeros(city.segment_count, dtype=bool)
    inside[segment_ix] = True
    pairs: list[tuple[int, int, int]] = []
    masks: list[int] = []
    chains: list[Chain] = []
    if len(city.ban_mask):
        held = np.logical_and.reduceat(inside[city.ban_segment_ix], city.ban_start[:-1])
        for ban in np.flatnonzero(held).tolist():
            stretch = slice(int(city.ban_start[ban]), int(city.ban_start[ban + 1]))
            segments = np.searchsorted(segment_ix, city.ban_segment_ix[stretch]).tolist()
            junctions = np.searchsorted(junction_ix, city.ban_junction_ix[stretch][:-1]).tolist()
            mask = int(city.ban_mask[ban]) & BINDABLE  # whatever the source says, walkers are free
            if len(segments) == 2:
                pairs.append((segments[0], junctions[0], segments[1]))
                masks.append(mask)
            else:
                chains.append(Chain(tuple(segments), tuple(junctions), mask))
    table = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    return table, np.array(masks, dtype=np.int64), tuple(chains)
