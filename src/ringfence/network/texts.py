"""A column of texts as UTF-8 bytes and offsets, so that a million of them cost no Python object each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray


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
        starts, ends = self.starts[which].tolist(), self.starts[which + 1].tolist()
        if len(starts) * 4 > len(self):
            whole = self.data.tobytes()
            return tuple(whole[start:end].decode() for start, end in zip(starts, ends, strict=True))
        return tuple(self.data[start:end].tobytes().decode() for start, end in zip(starts, ends, strict=True))
