"""Runs of positions, one behind the other: how rows of different lengths are picked out of flat columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The whole numbers from each start on, `counts` of them, one run behind the other."""
    offsets = np.cumsum(counts) - counts
    return np.arange(counts.sum()) - np.repeat(offsets - starts, counts)
