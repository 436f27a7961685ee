"""What a reader has understood of a file, one record a thing, ids already turned into positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

UNKNOWN_IX = -1
"""Position of what is not there. A fault has been reported for it, unless the thing may be missing."""


class JunctionRow(NamedTuple):
    """`clipped` is None where the file does not say."""

    id: str
    lon: float
    lat: float
    clipped: bool | None
    blocked: int
    where: str


class SegmentRow(NamedTuple):
    """`points`: lon, lat, lon, lat ... along from→to; empty if they could not be read."""

    id: str
    name: str
    kind: str
    from_ix: int
    to_ix: int
    forward: int
    backward: int
    physical: bool
    limited: int
    form: int
    layer: int
    lanes: int
    maxspeed_kmh: int
    width_dm: int
    points: Sequence[float]
    where: str


class BanRow(NamedTuple):
    """`junctions` are one fewer than `segments`."""

    segments: Sequence[int]
    junctions: Sequence[int]
    mask: int
    where: str


class AddressRow(NamedTuple):
    """`street` is empty where it has none, `segment_ix` -1."""

    number: str
    street: str
    lon: float
    lat: float
    segment_ix: int
    offset_m: float


class SiteRow(NamedTuple):
    """A school, a hospital and the like."""

    id: str
    name: str
    kind: str
    lon: float
    lat: float
    where: str


@dataclass
class CityRows:
    """A whole city as records. An `edge` of None in the file is estimated when the city is made.

    Attributes
    ----------
    kinds, site_kinds : list of str
        In the order that the file states; further ones follow, sorted.
    aliases, conditions : list of (int, str)
        Segment and text.
    """

    source: str
    source_hash: str = ""
    timestamp: str = ""
    licence: str = ""
    edge: tuple[float, float, float, float] | None = None
    edge_stated: bool = False
    left_out: dict[str, int] = field(default_factory=dict)
    junctions: list[JunctionRow] = field(default_factory=list)
    segments: list[SegmentRow] = field(default_factory=list)
    aliases: list[tuple[int, str]] = field(default_factory=list)
    bans: list[BanRow] = field(default_factory=list)
    conditions: list[tuple[int, str]] = field(default_factory=list)
    addresses: list[AddressRow] = field(default_factory=list)
    sites: list[SiteRow] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    site_kinds: list[str] = field(default_factory=list)

    def leave_out(self, reason: str) -> None:
        """Count something that is not taken over."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1
