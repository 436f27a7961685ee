"""Columns of ids and numbers as texts, written digit by digit for all rows at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ringfence.generator.draft import Ints
from ringfence.network.texts import Texts

Bytes = NDArray[np.uint8]


def numerals(prefix: str, numbers: Ints, infix: str = "", more: Ints | None = None) -> Texts:
    """``prefix`` + number, or ``prefix`` + number + ``infix`` + further number, for each row.

    Numbers are not negative.

    Examples
    --------
    >>> list(numerals("w", np.array([7, 120]), "-", np.array([1, 10])))
    ['w7-1', 'w120-10']
    """
    columns = [_letters(prefix, len(numbers)), _digits(numbers)]
    if more is not None:
        columns += [_letters(infix, len(numbers)), _digits(more)]
    table = np.hstack(columns)
    there = table != 0
    starts = np.zeros(len(numbers) + 1, dtype=np.int64)
    np.cumsum(there.sum(axis=1), out=starts[1:])
    return Texts(table[there], starts)


def _letters(text: str, count: int) -> Bytes:
    return np.broadcast_to(np.frombuffer(text.encode(), dtype=np.uint8), (count, len(text.encode())))


def _digits(numbers: Ints) -> Bytes:
    """Digits of each number in a row, 0 bytes where it has none."""
    width = len(str(int(numbers.max(initial=0))))
    powers = 10 ** np.arange(width - 1, -1, -1)
    digits = (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)
    digits[:, :-1][numbers[:, None] < powers[:-1]] = 0
    return digits
