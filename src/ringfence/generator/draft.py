"""The city while it is being drawn: junctions and straight links, in plan metres, before they become streets."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNNAMED = -1
"""The street of a link that is a way of its own and bears no name."""


class Kind(IntEnum):
    """Street kinds, from the grandest down. Names are `highway` values in capitals."""

    MOTORWAY = 0
    MOTORWAY_LINK = 1
    PRIMARY = 2
    SECONDARY = 3
    TERTIARY = 4
    UNCLASSIFIED = 5
    RESIDENTIAL = 6
    LIVING_STREET = 7
    SERVICE = 8
    PEDESTRIAN = 9
    FOOTWAY = 10
    PATH = 11
    STEPS = 12


@dataclass(frozen=True)
class Columns:
    """Columns of one length, taken and joined together."""

    def take(self, which: Ints | Flags) -> Self:
        """The rows `which`, in that order."""
        return type(self)(*(getattr(self, column.name)[which] for column in fields(self)))

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """All rows of all parts."""
        return cls(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)))


@dataclass(frozen=True)
class Junctions(Columns):
    """Points where links meet.

    Attributes
    ----------
    xy : (N, 2)
        Plan metres.
    pinned : (N,) bool
        Stays a junction even where a street merely runs through.
    blocked : (N,) uint8
        As `City.junction_blocked`.
    """

    xy: Floats
    pinned: Flags
    blocked: NDArray[np.uint8]


@dataclass(frozen=True)
class Links(Columns):
    """Straight stretches between two junctions.

    Attributes
    ----------
    a, b : (L,) int64
        Junctions at the ends.
    kind : (L,) uint8
        `Kind`.
    flow : (L,) int8
        0 both ways, 1 only a→b, -1 only b→a.
    street : (L,) int64
        Links of one street share it; `UNNAMED` for a way of its own.
    along : (L,) float64
        Orders the links of one street.
    form : (L,) uint8
        Bits of `ringfence.network.city.Form`.
    layer : (L,) int8
    bow : (L,) float64
        Sideways bend at the middle, as a share of the length.
    """

    a: Ints
    b: Ints
    kind: NDArray[np.uint8]
    flow: NDArray[np.int8]
    street: Ints
    along: Floats
    form: NDArray[np.uint8]
    layer: NDArray[np.int8]
    bow: Floats

    def __len__(self) -> int:
        return len(self.a)

    @classmethod
    def of(
        cls,
        a: ArrayLike,
        b: ArrayLike,
        kind: ArrayLike,
        *,
        flow: ArrayLike = 0,
        street: ArrayLike = UNNAMED,
        along: ArrayLike = 0.0,
        form: ArrayLike = 0,
        layer: ArrayLike = 0,
        bow: ArrayLike = 0.0,
    ) -> Links:
        """Links of columns or of single values that hold for all."""
        shape = np.shape(a)

        def column(values: ArrayLike, dtype: type[np.generic]) -> NDArray[Any]:
            return np.broadcast_to(np.asarray(values).astype(dtype), shape).copy()

        return cls(
            column(a, np.int64),
            column(b, np.int64),
            column(kind, np.uint8),
            column(flow, np.int8),
            column(street, np.int64),
            column(along, np.float64),
            column(form, np.uint8),
            column(layer, np.int8),
            column(bow, np.float64),
        )


@dataclass
class Draft:
    """Collects what the drawing steps add, and numbers it."""

    junction_count: int = 0
    street_count: int = 0
    _junctions: list[Junctions] = field(default_factory=list)
    _links: list[Links] = field(default_factory=list)

    def add_junctions(self, xy: Floats, *, pinned: ArrayLike = False, blocked: ArrayLike = 0) -> Ints:
        """Add points; their numbers."""
        count = len(xy)
        part = Junctions(
            np.asarray(xy, dtype=np.float64),
            np.broadcast_to(np.asarray(pinned, dtype=np.bool_), count),
            np.broadcast_to(np.asarray(blocked, dtype=np.uint8), count),
        )
        self._junctions.append(part)
        self.junction_count += count
        return np.arange(self.junction_count - count, self.junction_count)

    def add_links(self, links: Links) -> None:
        """Add links between points already added."""
        self._links.append(links)

    def new_streets(self, count: int) -> int:
        """Reserve numbers for `count` streets; the first of them."""
        self.street_count += count
        return self.street_count - count

    def junctions(self) -> Junctions:
        """All points so far, by number."""
        return Junctions.joined(self._junctions)

    def links(self) -> Links:
        """All links so far."""
        return Links.joined(self._links)


def compact(junctions: Junctions, links: Links) -> tuple[Junctions, Links]:
    """Only the junctions that links use, renumbered in the same order."""
    used = np.zeros(len(junctions.xy), dtype=np.bool_)
    used[links.a] = used[links.b] = True
    number = np.cumsum(used) - 1
    links.a[:], links.b[:] = number[links.a], number[links.b]
    return junctions.take(used), links
