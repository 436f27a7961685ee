"""The lines of all segments as one column, tied to their junctions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ringfence.exchange.defaults import METRES_PER_E7
from ringfence.exchange.report import Report
from ringfence.exchange.rows import SegmentRow
from ringfence.network.city import DEGREE_E7

IntArray = NDArray[np.int64]

GAP_M_MAX = 100.0
"""A line may start this far from its junction (some draw wide crossings so); the junction is put in front of it."""


@dataclass(frozen=True)
class Shapes:
    """Points of all segments, and where each one's begin (one more than there are segments)."""

    points_e7: IntArray
    start: IntArray

    def first(self) -> IntArray:
        """Of each segment."""
        return self.points_e7[self.start[:-1]]

    def last(self) -> IntArray:
        """Of each segment."""
        return self.points_e7[self.start[1:] - 1]

    def boxes(self) -> IntArray:
        """West, south, east, north of each segment."""
        low = np.minimum.reduceat(self.points_e7, self.start[:-1], axis=0)
        return np.concatenate([low, np.maximum.reduceat(self.points_e7, self.start[:-1], axis=0)], axis=1)


def shapes_of(segments: list[SegmentRow], junction_e7: IntArray, report: Report) -> Shapes:
    """The lines of `segments`, turned and lengthened so that each runs from its first junction to its second.

    Segments whose ends or points could not be read are passed over: they have been reported.
    """
    sound = [one for one in segments if min(one.from_ix, one.to_ix) >= 0 and len(one.points) >= 4]
    if not sound:
        return Shapes(np.zeros((0, 2), dtype=np.int64), np.zeros(1, dtype=np.int64))
    begins = junction_e7[[one.from_ix for one in sound]]
    ends = junction_e7[[one.to_ix for one in sound]]
    shapes = _turned(_as_drawn(sound), begins, ends)
    for what, gaps_m in (("first", _metres(shapes.first(), begins)), ("last", _metres(shapes.last(), ends))):
        for ix in np.flatnonzero(gaps_m > GAP_M_MAX):
            expected = f"a line whose {what} point is at its junction"
            do = "Correct the line, or the junction's position."
            report.add("line-off-junction", sound[ix].where, expected, f"{gaps_m[ix]:.0f} m between them", do)
    shapes = _tied(shapes, begins, ends)
    boxes = shapes.boxes()
    for ix in np.flatnonzero((boxes[:, :2] == boxes[:, 2:]).all(axis=1)):
        do = "Delete it, or give the loop its shape."
        report.add("no-length", sound[ix].where, "a line of some length", "one place", do)
    return shapes


def _as_drawn(segments: list[SegmentRow]) -> Shapes:
    counts = np.array([len(one.points) // 2 for one in segments], dtype=np.int64)
    flat = np.fromiter(chain.from_iterable(one.points for one in segments), dtype=np.float64, count=2 * counts.sum())
    return Shapes(np.rint(flat.reshape(-1, 2) * DEGREE_E7).astype(np.int64), _starts(counts))


def _turned(shapes: Shapes, begins: IntArray, ends: IntArray) -> Shapes:
    """Lines that were drawn to→from, the other way round."""
    first, last = shapes.first(), shapes.last()
    against = _metres(last, begins) + _metres(first, ends) < _metres(first, begins) + _metres(last, ends)
    order = np.arange(len(shapes.points_e7))
    for ix in np.flatnonzero(against):
        one = slice(shapes.start[ix], shapes.start[ix + 1])
        order[one] = order[one][::-1]
    return Shapes(shapes.points_e7[order], shapes.start)


def _tied(shapes: Shapes, begins: IntArray, ends: IntArray) -> Shapes:
    """Lines that stop short of a junction, with the junction's own point added."""
    early, late = (shapes.first() != begins).any(axis=1), (shapes.last() != ends).any(axis=1)
    # Behind one segment and in front of the next is the same position; what is listed first is put there first.
    positions = np.concatenate([shapes.start[1:][late], shapes.start[:-1][early]])
    added = np.concatenate([ends[late], begins[early]])
    counts = np.diff(shapes.start) + early + late
    return Shapes(np.insert(shapes.points_e7, positions, added, axis=0), _starts(counts))


def _starts(counts: IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _metres(a: IntArray, b: IntArray) -> NDArray[np.float64]:
    across, along = (a - b).T * METRES_PER_E7
    distance: NDArray[np.float64] = np.hypot(across * np.cos(np.radians(a[:, 1] / DEGREE_E7)), along)
    return distance
