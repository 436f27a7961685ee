"""How the fabric of streets looks in each kind of district."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ringfence.generator.draft import Kind


class StyleName(IntEnum):
    """Kinds of districts."""

    OLD = 0
    GRID = 1
    MIXED = 2
    SUBURB = 3
    INDUSTRY = 4
    PARK = 5


@dataclass(frozen=True)
class Style:
    """One kind of district.

    Attributes
    ----------
    share : float
        Of the districts that draw freely.
    block_m : (float, float)
        Distance of parallel streets.
    jitter : float
        How far crossings stray, as a share of the block.
    bow : float
        Typical sideways bend of a street, as a share of its length.
    missing : float
        Share of stretches that are not there.
    joined : float
        Share of streets that reach the main street around the district.
    one_way : float
        Share of streets that are one-way; neighbours run in opposite directions.
    alley, court, path : float
        Share of block halves with a lane through, a cul-de-sac, a path through.
    kinds : tuple of (Kind, float)
        Kinds of streets and their shares; the rest is the first.
    """

    share: float
    block_m: tuple[float, float]
    jitter: float
    bow: float
    missing: float
    joined: float
    one_way: float
    alley: float
    court: float
    path: float
    kinds: tuple[tuple[Kind, float], ...]


_QUIET = ((Kind.RESIDENTIAL, 0.9), (Kind.LIVING_STREET, 0.05), (Kind.UNCLASSIFIED, 0.05))

STYLES = {
    StyleName.OLD: Style(
        share=0.0,
        block_m=(76.0, 88.0),
        jitter=0.2,
        bow=0.05,
        missing=0.2,
        joined=0.75,
        one_way=0.5,
        alley=0.16,
        court=0.18,
        path=0.14,
        kinds=((Kind.RESIDENTIAL, 0.62), (Kind.LIVING_STREET, 0.18), (Kind.PEDESTRIAN, 0.1), (Kind.UNCLASSIFIED, 0.1)),
    ),
    StyleName.GRID: Style(
        share=0.2,
        block_m=(80.0, 112.0),
        jitter=0.03,
        bow=0.0,
        missing=0.1,
        joined=0.85,
        one_way=0.4,
        alley=0.22,
        court=0.12,
        path=0.05,
        kinds=_QUIET,
    ),
    StyleName.MIXED: Style(
        share=0.36,
        block_m=(86.0, 108.0),
        jitter=0.14,
        bow=0.03,
        missing=0.24,
        joined=0.65,
        one_way=0.12,
        alley=0.14,
        court=0.3,
        path=0.12,
        kinds=_QUIET,
    ),
    StyleName.SUBURB: Style(
        share=0.36,
        block_m=(78.0, 112.0),
        jitter=0.2,
        bow=0.07,
        missing=0.31,
        joined=0.52,
        one_way=0.03,
        alley=0.06,
        court=0.42,
        path=0.16,
        kinds=((Kind.RESIDENTIAL, 0.9), (Kind.LIVING_STREET, 0.1)),
    ),
    StyleName.INDUSTRY: Style(
        share=0.08,
        block_m=(120.0, 150.0),
        jitter=0.08,
        bow=0.02,
        missing=0.25,
        joined=0.6,
        one_way=0.05,
        alley=0.25,
        court=0.3,
        path=0.04,
        kinds=((Kind.UNCLASSIFIED, 0.6), (Kind.SERVICE, 0.4)),
    ),
    StyleName.PARK: Style(
        share=0.03,
        block_m=(120.0, 140.0),
        jitter=0.28,
        bow=0.12,
        missing=0.25,
        joined=0.6,
        one_way=0.0,
        alley=0.0,
        court=0.0,
        path=0.0,
        kinds=((Kind.PATH, 0.5), (Kind.FOOTWAY, 0.5)),
    ),
}
"""Blocks are 76 to 112 m in every style where people live, so that cities are equally dense at every size."""
