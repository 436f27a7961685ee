"""What is near, and what belongs to some segments, without a pass over the whole city.

An index costs as much as many of the passes that it saves, and a command that looks at a city once or twice would pay
for nothing. So the first questions are answered by passes. The answers are the same.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringfence.network.ranges import ranges

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

PASSES = 3
"""How many questions are answered by a pass before the index is built."""
CELL_E7 = 50_000
"""Side of a cell of the grid: 0.005 degrees, at most 560 m. A town has some fifty segments in one."""
_SHARE_BY_PASS = 4
"""Where a question is about more than one in so many of all segments, a pass over the column is the quicker answer."""


class _Index(ABC):
    """An index that is built once it has been asked for often enough. Threads may ask at once."""

    _asked = 0

    def make_ready(self) -> None:
        """Build the index now."""
        self._asked = PASSES
        _ = self._index

    def _is_ready(self) -> bool:
        """Whether to use the index; to be called once a question."""
        if self._asked < PASSES:
            self._asked += 1
            return False
        return True

    @property
    @abstractmethod
    def _index(self) -> Any: ...


class RowsBySegment(_Index):
    """The rows of a table that belong to some segments.

    Parameters
    ----------
    segment_ix : (R,) int
        The segment of each row, -1 for none.
    segment_count : int
    """

    def __init__(self, segment_ix: NDArray[np.int32], segment_count: int) -> None:
        self._segment_ix = segment_ix
        self._segment_count = segment_count

    def of(self, segments: IntArray) -> tuple[IntArray, IntArray]:
        """The rows of some segments (each once, ascending), by segment and then ascending; and for each row the place
        of its segment among those asked for. With an index O(answer + segments).
        """
        if self._is_ready() and len(segments) * _SHARE_BY_PASS < self._segment_count:
            return self._by_index(segments)
        return self._by_pass(segments)

    def _by_pass(self, segments: IntArray) -> tuple[IntArray, IntArray]:
        inside = np.zeros(self._segment_count + 1, dtype=bool)  # the last one stands for none
        inside[segments] = True
        rows = np.flatnonzero(inside[self._segment_ix])
        place = np.searchsorted(segments, self._segment_ix[rows])
        order = np.argsort(place, kind="stable")
        return rows[order], place[order]

    def _by_index(self, segments: IntArray) -> tuple[IntArray, IntArray]:
        order, start = self._index
        first = start[segments].astype(np.int64)
        counts = start[segments + 1] - first
        return order[ranges(first, counts)].astype(np.int64), np.repeat(np.arange(len(segments)), counts)

    @cached_property
    def _index(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The rows in order of their segments, and where those of each segment begin."""
        order = np.argsort(self._segment_ix, kind="stable").astype(np.int32)
        before = np.bincount(self._segment_ix + 1, minlength=self._segment_count + 1)
        return order, np.cumsum(before).astype(np.int32)


class _Cells(NamedTuple):
    """Boxes by the cell that their south-west corner lies in.

    Attributes
    ----------
    order : (n,) int32
        The boxes that are no larger than a cell, cell by cell.
    number : (C,) int64
        Of the cells that hold any, ascending: counted from the first column and row on, row by row.
    start : (C + 1,) int64
        Where each cell's boxes begin in `order`.
    columns, rows : (int, int)
        The first and the last.
    large : (m,) int64
        The boxes that are larger than a cell.
    """

    order: NDArray[np.int32]
    number: IntArray
    start: IntArray
    columns: tuple[int, int]
    rows: tuple[int, int]
    large: IntArray


class BoxGrid(_Index):
    """Boxes found by where they are.

    Parameters
    ----------
    boxes : (S, 4) int32
        West, south, east, north in 1e-7 degrees.
    """

    def __init__(self, boxes: NDArray[np.int32]) -> None:
        self._boxes = boxes

    def meeting(self, west: float, south: float, east: float, north: float) -> IntArray:
        """Positions of the boxes that meet a box in 1e-7 degrees, rims included, ascending. With an index O(answer)."""
        asked = np.array([west, south, east, north])
        if np.isnan(asked).any():
            return np.zeros(0, dtype=np.int64)  # the box around nothing
        # No corner that is a whole number is lost or won by it, and whole numbers are compared faster.
        asked = np.clip([*np.ceil(asked[:2]), *np.floor(asked[2:])], -(2**31), 2**31 - 1)
        box: list[int] = asked.astype(np.int64).tolist()
        return self._by_index(box) if self._is_ready() else self._by_pass(box)

    def _by_pass(self, box: list[int]) -> IntArray:
        return np.flatnonzero(_meet(self._boxes, box))

    def _by_index(self, box: list[int]) -> IntArray:
        cells = self._index
        west, south, east, north = (edge // CELL_E7 for edge in box)
        # What reaches into the box begins at most one cell before it.
        first_column, last_column = max(west - 1, cells.columns[0]), min(east, cells.columns[1])
        first_row, last_row = max(south - 1, cells.rows[0]), min(north, cells.rows[1])
        near = cells.large
        if first_column <= last_column and first_row <= last_row:
            per_row = cells.columns[1] - cells.columns[0] + 1
            row_start = (np.arange(first_row, last_row + 1) - cells.rows[0]) * per_row - cells.columns[0]
            first = np.searchsorted(cells.number, row_start + first_column, side="left")
            behind = np.searchsorted(cells.number, row_start + last_column, side="right")
            start = cells.start[first]
            near = np.concatenate([near, cells.order[ranges(start, cells.start[behind] - start)]])
        return np.sort(near[_meet(self._boxes[near], box)])

    @cached_property
    def _index(self) -> _Cells:
        west, south, east, north = (self._boxes[:, side] for side in range(4))
        width, height = ((far - near).view(np.uint32) for near, far in ((west, east), (south, north)))
        is_small = np.maximum(width, height) <= CELL_E7
        small, large = np.flatnonzero(is_small), np.flatnonzero(~is_small)
        column, row = west[small] // CELL_E7, south[small] // CELL_E7
        if not len(small):
            return _Cells(small.astype(np.int32), small, np.zeros(1, dtype=np.int64), (0, -1), (0, -1), large)
        columns, rows = ((int(one.min()), int(one.max())) for one in (column, row))
        per_row = columns[1] - columns[0] + 1
        # Half as wide numbers are sorted in half the time.
        kind: type[np.signedinteger[Any]] = np.int32 if per_row * (rows[1] - rows[0] + 1) < 2**31 else np.int64
        number = (row - rows[0]).astype(kind) * per_row + (column - columns[0])
        order = np.argsort(number)
        number = number[order]
        start = np.flatnonzero(np.diff(number, prepend=number[0] - 1))
        return _Cells(
            order=small[order].astype(np.int32),
            number=number[start].astype(np.int64),
            start=np.append(start, len(number)),
            columns=columns,
            rows=rows,
            large=large,
        )


def _meet(boxes: NDArray[np.int32], box: list[int]) -> BoolArray:
    west, south, east, north = box
    met: BoolArray = (boxes[:, 0] <= east) & (boxes[:, 2] >= west)
    met &= (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
    return met
