"""A city's columns as Python values, in the words that both writers use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringfence.network.city import DEGREE_E7, City
from ringfence.network.texts import Texts


class Ban(NamedTuple):
    """A forbidden movement; `junctions` are one fewer than `segments`, all as positions."""

    segments: list[int]
    junctions: list[int]
    mask: int


def bans_of(city: City) -> Iterator[Ban]:
    """Every forbidden movement, in order."""
    segments, junctions = city.ban_segment_ix.tolist(), city.ban_junction_ix.tolist()
    starts = city.ban_start.tolist()
    for (start, end), mask in zip(pairwise(starts), city.ban_mask.tolist(), strict=True):
        yield Ban(segments[start:end], junctions[start : end - 1], mask)


def texts_at(texts: Texts, which: NDArray[np.integer]) -> list[str]:
    """The texts at some positions; nothing where the position is -1."""
    all_of_them = [*texts, ""]
    return [all_of_them[ix] for ix in which.tolist()]


def aliases_of(city: City) -> dict[int, list[str]]:
    """Further names by segment."""
    aliases: dict[int, list[str]] = {}
    names = texts_at(city.name, city.alias_name_ix)
    for segment_ix, name in zip(city.alias_segment_ix.tolist(), names, strict=True):
        aliases.setdefault(segment_ix, []).append(name)
    return aliases


def degrees(points_e7: NDArray[np.int32], between: str) -> list[str]:
    """Longitude and latitude of each point to seven decimals, with `between` between them."""
    template = f"%.7f{between}%.7f"
    return [template % (lon, lat) for lon, lat in (points_e7 / DEGREE_E7).tolist()]


def lines_of(city: City, points: Sequence[str], between: str) -> list[str]:
    """The points of each segment, joined."""
    starts = city.shape_start.tolist()
    return [between.join(points[start:end]) for start, end in pairwise(starts)]
