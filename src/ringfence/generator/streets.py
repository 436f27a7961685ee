"""Segments in their final order, with their shapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringfence.generator.draft import UNNAMED, Flags, Floats, Ints, Junctions, Links
from ringfence.generator.ground import Ground, to_e7, to_metres
from ringfence.generator.tidy import Runs, cut_out, distances_m, ends_of, join_runs

POINT_EVERY_M = 50.0
TILE_M = 1_000.0


@dataclass(frozen=True)
class Streets:
    """Junctions and segments as in `City`, and what later steps need to know of them.

    Attributes
    ----------
    junction_e7, junction_clipped, junction_blocked
    start, end : (S,) int64
        Junctions.
    kind, form, layer : (S,)
    one_way : (S,) bool
        From start to end.
    way : (S,) int64
        Rank of the way it belongs to; rows are in order of it.
    street : (S,) int64
        Number of the named street, or `UNNAMED`.
    shape_start : (S + 1,) int64
    shape_e7 : (P, 2) int32
    along_m : (P,)
        Metres from the start of the segment.
    reach_m : float
        Half the width of the map.
    """

    junction_e7: NDArray[np.int32]
    junction_clipped: Flags
    junction_blocked: NDArray[np.uint8]
    start: Ints
    end: Ints
    kind: NDArray[np.uint8]
    form: NDArray[np.uint8]
    layer: NDArray[np.int8]
    one_way: Flags
    way: Ints
    street: Ints
    shape_start: Ints
    shape_e7: NDArray[np.int32]
    along_m: Floats
    reach_m: float

    @property
    def length_m(self) -> Floats:
        """Of each segment."""
        return self.along_m[self.shape_start[1:] - 1]


def draw_streets(junctions: Junctions, links: Links, ground: Ground, wanted: int) -> Streets:
    """The segments of a map of about `wanted` junctions."""
    runs = join_runs(junctions, links)
    e7 = to_e7(ground.world(junctions.xy))
    away_m = distances_m(e7)
    runs, reach_m = cut_out(runs, ends_of(runs, links), junctions.xy, away_m, wanted)
    runs = _forward(runs, links)
    start, end = ends_of(runs, links)
    used = np.zeros(len(e7), dtype=np.bool_)
    used[start] = used[end] = True
    kept = np.flatnonzero(used)
    tile = np.floor(to_metres(e7[kept]) / TILE_M)
    kept = kept[np.lexsort((tile[:, 0], tile[:, 1]))]
    number = np.full(len(e7), -1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    runs, way, street = _in_order(runs, links, number[start])
    start, end = ends_of(runs, links)

    first = runs.link[runs.start[:-1]]
    shape_start, plan = _shapes(runs, links, junctions.xy)
    shape_e7 = to_e7(ground.world(plan))
    shape_e7[shape_start[:-1]], shape_e7[shape_start[1:] - 1] = e7[start], e7[end]
    return Streets(
        junction_e7=e7[kept],
        junction_clipped=away_m[kept] > reach_m,
        junction_blocked=junctions.blocked[kept],
        start=number[start],
        end=number[end],
        kind=links.kind[first],
        form=links.form[first],
        layer=links.layer[first],
        one_way=links.flow[first] != 0,
        way=way,
        street=street,
        shape_start=shape_start,
        shape_e7=shape_e7,
        along_m=_along_m(shape_e7, shape_start),
        reach_m=reach_m,
    )


def _regrouped(runs: Runs, order: Ints, flipped: Flags) -> Runs:
    """The runs in another order, some of them back to front."""
    length = np.diff(runs.start)[order]
    start = np.zeros(len(order) + 1, dtype=np.int64)
    np.cumsum(length, out=start[1:])
    within = np.arange(start[-1]) - np.repeat(start[:-1], length)
    flip = np.repeat(flipped[order], length)
    within = np.where(flip, np.repeat(length, length) - 1 - within, within)
    place = np.repeat(runs.start[:-1][order], length) + within
    return Runs(start, runs.link[place], runs.against[place] ^ flip)


def _forward(runs: Runs, links: Links) -> Runs:
    """One-way segments all run forwards."""
    first = runs.start[:-1]
    flow = links.flow[runs.link[first]] * np.where(runs.against[first], -1, 1)
    return _regrouped(runs, np.arange(len(first)), flow < 0)


def _in_order(runs: Runs, links: Links, start: Ints) -> tuple[Runs, Ints, Ints]:
    """Runs in order of way, and along it; the way's rank and the street of each."""
    first = runs.link[runs.start[:-1]]
    street = links.street[first]
    known = int(street.max()) + 1
    way = np.where(street == UNNAMED, known + np.arange(len(street)), street)
    names, way_ix = np.unique(way, return_inverse=True)
    place = np.full(len(names), len(start) + len(street), dtype=np.int64)
    np.minimum.at(place, way_ix, start)
    order = np.lexsort((links.along[first], way, place[way_ix]))
    way = way[order]
    rank = np.zeros(len(way), dtype=np.int64)
    np.cumsum(way[1:] != way[:-1], out=rank[1:])
    return _regrouped(runs, order, np.zeros(len(order), dtype=np.bool_)), rank, street[order]


def _shapes(runs: Runs, links: Links, xy: Floats) -> tuple[Ints, Floats]:
    """Points of every segment in the plan: each link gives its start and bends, the last one its end."""
    tail = np.where(runs.against, links.b[runs.link], links.a[runs.link])
    head = np.where(runs.against, links.a[runs.link], links.b[runs.link])
    chord = xy[head] - xy[tail]
    points = 1 + np.floor(np.hypot(chord[:, 0], chord[:, 1]) / POINT_EVERY_M).astype(np.int64)
    last = np.zeros(len(points), dtype=np.int64)
    last[runs.start[1:] - 1] = 1
    ends_at = np.cumsum(points + last)
    link = np.repeat(np.arange(len(points)), points + last)
    within = np.arange(ends_at[-1]) - np.repeat(ends_at - points - last, points + last)
    share = within / points[link]
    bow = (links.bow[runs.link] * np.where(runs.against, -1, 1))[link] * 4 * share * (1 - share)
    plan = xy[tail][link] + chord[link] * share[:, None]
    plan += np.column_stack([-chord[link, 1], chord[link, 0]]) * bow[:, None]
    start = np.zeros(len(runs.start), dtype=np.int64)
    start[1:] = ends_at[runs.start[1:] - 1]
    return start, plan


def _along_m(shape_e7: NDArray[np.int32], shape_start: Ints) -> Floats:
    """Metres from the start of its segment for each point."""
    xy = to_metres(shape_e7)
    step = np.zeros(len(xy))
    step[1:] = np.hypot(*np.diff(xy, axis=0).T)
    step[shape_start[:-1]] = 0
    total = np.cumsum(step)
    return total - np.repeat(total[shape_start[:-1]], np.diff(shape_start))
