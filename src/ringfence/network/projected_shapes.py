"""The shapes of a city's segments in metres, each projected once for all the windows that show it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringfence.network.projection import FloatArray, LocalMetres
from ringfence.network.ranges import ranges
from ringfence.network.shapes import Shapes

IntArray = NDArray[np.int64]

KEPT_MAX = 50_000
"""Segments whose shapes are kept, at some 300 bytes each: more than ten windows."""


class _Kept(NamedTuple):
    """Shapes of some segments: `segment` (n,) ascending, `start` (n,) where the points of each begin in `xy`."""

    segment: IntArray
    start: IntArray
    xy: FloatArray


_NOTHING = _Kept(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 2)))


class ProjectedShapes:
    """The shapes of segments (S) in projected metres, kept for the next one who asks.

    A window spends more time on the projection than on all the rest, and windows of one neighbourhood share both
    projection and streets. Threads may ask at once: what is kept is replaced as a whole.

    Parameters
    ----------
    start : (S + 1,) int64
        Where each segment's points begin in `points`.
    points : (P, 2) int32
        Longitude, latitude in whole parts of a degree.
    parts_per_degree : int
    """

    def __init__(self, start: NDArray[np.int64], points: NDArray[np.int32], parts_per_degree: int) -> None:
        self._start = start
        self._points = points
        self._parts_per_degree = parts_per_degree
        self._kept: dict[LocalMetres, _Kept] = {}

    def of(self, segments: IntArray, projection: LocalMetres) -> Shapes:
        """The shapes of some segments (each once)."""
        count = self._start[segments + 1] - self._start[segments]
        kept = self._kept.get(projection, _NOTHING)
        at = np.searchsorted(kept.segment, segments)
        missing = segments[kept.segment.take(at, mode="clip") != segments] if len(kept.segment) else segments
        if len(missing):
            if sum(len(one.segment) for one in list(self._kept.values())) + len(missing) > KEPT_MAX:
                self._kept, kept, missing = {}, _NOTHING, segments
            kept = self._with(kept, missing, projection)
            if len(kept.segment) <= KEPT_MAX:
                self._kept[projection] = kept
            at = np.searchsorted(kept.segment, segments)
        return Shapes(kept.xy[ranges(kept.start[at], count)], count)

    def _with(self, kept: _Kept, segments: IntArray, projection: LocalMetres) -> _Kept:
        """What is kept and some more."""
        count = self._start[segments + 1] - self._start[segments]
        # Where streets meet they share a point: as one number each, so that it is projected once.
        points = self._points[ranges(self._start[segments], count)].view(np.int64).ravel()
        different, at = np.unique(points, return_inverse=True)
        xy = projection.to_metres(different.view(np.int32).reshape(-1, 2) / self._parts_per_degree)[at]
        start = np.concatenate([kept.start, np.cumsum(count) - count + len(kept.xy)])
        known = np.concatenate([kept.segment, segments])
        order = np.argsort(known)
        return _Kept(known[order], start[order], np.concatenate([kept.xy, xy]))
