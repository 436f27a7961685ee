"""Segments in the cells of a grid: which of a million lie in a box, without looking at each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CELLS = 256
"""Along each side, so that a cell's number has sixteen bits: those sort several times faster than larger ones."""


class Grid:
    """Boxes (west, south, east, north), found again by the box that they touch.

    Boxes no larger than a cell are put in order by the cell that their middle lies in, row by row; then a box asks for
    one run of that order in each row. Larger ones are few where there are many boxes, and are looked at each time.
    """

    def __init__(self, boxes: NDArray[np.int32]) -> None:
        self._boxes = boxes
        low, high = boxes[:, :2], boxes[:, 2:]
        self._origin = low.min(axis=0, initial=np.iinfo(np.int32).max).astype(np.int64)
        most = high.max(axis=0, initial=np.iinfo(np.int32).min).astype(np.int64)
        self._cell = np.maximum(most - self._origin, CELLS) // CELLS + 1
        small = ((high.astype(np.int64) - low) <= self._cell).all(axis=1)
        self._large = np.flatnonzero(~small)
        cell = ((low + high.astype(np.int64)) // 2 - self._origin) // self._cell
        number = (cell[:, 1] * CELLS + cell[:, 0]).astype(np.uint16)
        order = np.argsort(number, kind="stable")
        self._order = order[small[order]]
        self._number = number[self._order]

    def within(self, west: float, south: float, east: float, north: float) -> NDArray[np.int64]:
        """Positions of the boxes that touch this one (1e-7 degrees), ascending."""
        corners = np.array([(west, south), (east, north)])
        # A box reaches at most half a cell from its middle.
        reached = (corners - self._origin + np.array([[-0.5], [0.5]]) * self._cell) // self._cell
        (first_column, first_row), (last_column, last_row) = np.clip(reached, 0, CELLS - 1).astype(np.int64).tolist()
        rows = np.arange(first_row, last_row + 1) * CELLS
        starts = np.searchsorted(self._number, (rows + first_column).astype(np.uint16), side="left").tolist()
        ends = np.searchsorted(self._number, (rows + last_column).astype(np.uint16), side="right").tolist()
        runs = [self._order[start:end] for start, end in zip(starts, ends, strict=True)]
        close = np.concatenate([*runs, self._large])
        boxes = self._boxes[close]
        touch = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
        return np.sort(close[touch])
