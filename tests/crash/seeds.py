"""Which crashes are drawn, each from its number."""

from __future__ import annotations

import os
from collections.abc import Sequence

COUNT = int(os.environ.get("RINGFENCE_CRASHES", "50"))
"""How many crashes of each kind."""
_ONLY = os.environ.get("RINGFENCE_CRASH_SEED")
"""Nothing but the crash of this number, to see it again."""
AT_ONCE = 10
"""Crashes of one test, so that several processes share them."""


def batches(count: int = COUNT, *, at_once: int = AT_ONCE) -> list[Sequence[int]]:
    """The numbers of so many crashes, by test."""
    if _ONLY is not None:
        return [numbers(count)]
    return [range(first, min(first + at_once, count)) for first in range(0, count, at_once)]


def numbers(count: int) -> Sequence[int]:
    """The numbers of so many crashes, or the one that is asked for."""
    return range(count) if _ONLY is None else [int(_ONLY)]


def named(seeds: Sequence[int]) -> str:
    """A batch in the name of its test."""
    return f"seeds {seeds[0]} to {seeds[-1]}"
