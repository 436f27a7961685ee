"""The lines of segments as one column of points: no object for each, so that thousands are cut out at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
import shapely
from numpy.typing import NDArray

from ringfence.network.projection import FloatArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Shapes(Sequence[FloatArray]):
    """Shapes (S), each an (n, 2) array of projected metres; all read-only.

    Attributes
    ----------
    xy : (N, 2) float
        Their points, one shape behind the other.
    points : (S,) int
        How many points each has, at least two.
    """

    xy: FloatArray
    points: IntArray

    def __post_init__(self) -> None:
        self.xy.setflags(write=False)
        self.points.setflags(write=False)

    @classmethod
    def of(cls, shapes: Iterable[FloatArray]) -> Shapes:
        """Shapes that are given one by one."""
        each = list(shapes)
        points = np.array([len(shape) for shape in each], dtype=np.int64)
        return cls(np.concatenate(each) if each else np.zeros((0, 2)), points)

    def __len__(self) -> int:
        return len(self.points)

    @overload
    def __getitem__(self, at: int) -> FloatArray: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[FloatArray, ...]: ...
    def __getitem__(self, at: int | slice) -> FloatArray | tuple[FloatArray, ...]:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(*at.indices(len(self))))
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        start = self.start[at]
        return self.xy[start : start + self.points[at]]

    @cached_property
    def start(self) -> IntArray:
        """(S,) where the points of each begin."""
        return np.cumsum(self.points) - self.points

    @property
    def first(self) -> FloatArray:
        """(S, 2) the first point of each."""
        return self.xy[self.start]

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """(S,) as shapely LineStrings."""
        index = np.repeat(np.arange(len(self)), self.points)
        return np.asarray(shapely.linestrings(self.xy, indices=index))

    @cached_property
    def length_m(self) -> FloatArray:
        """(S,) metres along each."""
        steps = np.hypot(*np.diff(self.xy, axis=0).T)
        steps[self.start[1:] - 1] = 0.0  # from the end of one shape to the start of the next nobody goes
        return np.add.reduceat(steps, self.start)

    def without(self, gone: int) -> Shapes:
        """All but one."""
        return Shapes.of([*self[:gone], *self[gone + 1 :]])
