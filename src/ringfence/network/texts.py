"""A column of texts as UTF-8 bytes and offsets, so that a million of them cost no Python object each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ringfence.network.ranges import ranges


@dataclass(frozen=True, eq=False)
class Texts(Sequence[str]):
    """An immutable sequence of N texts.

    Attributes
    ----------
    data : (B,) uint8
        All texts in UTF-8, one behind the other.
    starts : (N + 1,) int64
        Where each begins; the last is B.
    """

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """The column of some texts."""
        encoded = [text.encode() for text in texts]
        starts = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded)), out=starts[1:])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, ix: int) -> str: ...
    @overload
    def __getitem__(self, ix: slice) -> tuple[str, ...]: ...
    def __getitem__(self, ix: int | slice) -> str | tuple[str, ...]:
        if isinstance(ix, slice):
            return self.take(np.arange(len(self))[ix])
        if not -len(self) <= ix < len(self):
            raise IndexError(ix)
        ix %= len(self)
        return self.data[self.starts[ix] : self.starts[ix + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self.take(np.arange(len(self))))

    def take(self, which: NDArray[np.integer]) -> tuple[str, ...]:
        """The texts at some positions, in that order."""
        starts, ends = self.starts[which], self.starts[which + 1]
        if len(which) * 4 > len(self) or not len(self.data):
            return self._sliced(starts, ends)
        # Of few texts, only their own bytes are read; each with one more, which is made a mark between two texts.
        counts = ends - starts + 1
        picked = self.data.take(ranges(starts, counts), mode="clip")
        picked[np.cumsum(counts) - 1] = 0
        texts = picked.tobytes().decode().split("\0")[:-1]
        return tuple(texts) if len(texts) == len(which) else self._sliced(starts, ends)  # else one holds the mark

    def _sliced(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[str, ...]:
        """The texts between some bytes."""
        whole = self.data.tobytes().decode()
        if len(whole) < len(self.data):  # a letter may be several bytes
            letters = np.zeros(len(self.data) + 1, dtype=np.int64)
            np.cumsum((self.data & 0xC0) != 0x80, out=letters[1:])
            starts, ends = letters[starts], letters[ends]
        return tuple(whole[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
