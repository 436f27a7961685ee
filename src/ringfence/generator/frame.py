"""The frame of main streets, and the districts between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ringfence.generator.draft import Draft, Flags, Floats, Ints, Kind
from ringfence.generator.ground import Ground
from ringfence.generator.styles import STYLES, StyleName

PITCH_M = 600.0
"""Mean distance of main streets."""

PRIMARY_EVERY, SECONDARY_EVERY = 6, 3
STRETCH = 7
"""So many districts a main street keeps its name and its rank."""

BOTTOM, RIGHT, TOP, LEFT = range(4)
LIES_LEFT_OF = np.array([True, True, False, False])
"""Whether a district lies on the left of its side (bottom, right, top, left), which runs east or north."""


@dataclass(frozen=True)
class Frame:
    """Main streets as sides of four-cornered districts.

    Attributes
    ----------
    corner_xy : (K, 2)
    district_corner, district_side : (D, 4) int64
        Counter-clockwise from the south-west; bottom, right, top, left.
    district_style : (D,) int64
        Into `STYLES`.
    side_used : (E,) bool
    side_ends : (E, 2) int64
        Corners, from west to east or from south to north.
    side_kind : (E,) int64
    side_dual : (E,) bool
        Has a carriageway for each direction.
    side_bridges : (E,) bool
        Crosses the river if it comes to it.
    side_street : (E,) int64
    side_along : (E,) int64
    """

    corner_xy: Floats
    district_corner: Ints
    district_side: Ints
    district_style: Ints
    side_used: Flags
    side_ends: Ints
    side_kind: Ints
    side_dual: Flags
    side_bridges: Flags
    side_street: Ints
    side_along: Ints


def lay_frame(cover_m: float, ground: Ground, draft: Draft, rng: np.random.Generator) -> Frame:
    """Main streets over a square that reaches `cover_m` from the centre in each direction of the world."""
    across = 2 * int(np.ceil((cover_m + 1_400) / PITCH_M)) + 1
    column, row = np.divmod(np.arange(across * across), across)
    corner_xy = (np.column_stack([column, row]) - across // 2) * PITCH_M
    corner_xy = ground.pushed_out(corner_xy + rng.uniform(-0.2, 0.2, corner_xy.shape) * PITCH_M, 38.0)

    inner = (column < across - 1) & (row < across - 1)
    south_west = np.flatnonzero(inner)
    corners = south_west[:, None] + np.array([0, across, across + 1, 1])
    middle = corner_xy[corners].mean(axis=1)
    covered = np.abs(ground.world(middle)).max(axis=1) <= cover_m
    corners, middle = corners[covered], middle[covered]
    # Side 2 * corner runs east from that corner, 2 * corner + 1 runs north.
    sides = np.column_stack([2 * corners[:, 0], 2 * corners[:, 1] + 1, 2 * corners[:, 3], 2 * corners[:, 0] + 1])
    used = np.zeros(2 * across * across, dtype=np.bool_)
    used[sides] = True

    kind, street, along, bridges, dual = _main_streets(across, draft, rng)
    ends = np.repeat(np.arange(across * across), 2)
    ends = np.column_stack([ends, ends + np.tile([across, 1], across * across)])
    ends[~used] = 0
    shore = ground.sides(corner_xy, widths=False)
    dual &= (shore[1:, ends[:, 0]] * shore[1:, ends[:, 1]] != -1).all(axis=0)
    style = _styles(middle, np.column_stack([column, row])[corners[:, 0]], rng)
    return Frame(corner_xy, corners, sides, style, used, ends, kind, dual, bridges, street, along)


def _main_streets(across: int, draft: Draft, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Flags, Flags]:
    """Kind, street, place along it, whether it bridges the river, and whether it is dual: for every side."""
    corner = np.repeat(np.arange(across * across), 2)
    northward = np.tile([False, True], across * across)
    column, row = np.divmod(corner, across)
    line = np.where(northward, column, row) - across // 2
    along = np.where(northward, row, column)
    stretches = across // STRETCH + 1
    stretch = ((2 * (line + across // 2) + northward) * stretches + along // STRETCH).astype(np.int64)
    count = 2 * across * stretches
    draw = rng.random((count, 3))[stretch]
    kind = np.where(draw[:, 0] < 0.5, Kind.TERTIARY, np.where(draw[:, 0] < 0.65, Kind.UNCLASSIFIED, Kind.RESIDENTIAL))
    kind = np.where(line % SECONDARY_EVERY == 0, Kind.SECONDARY, kind)
    kind = np.where(line % PRIMARY_EVERY == 0, np.where(draw[:, 0] < 0.85, Kind.PRIMARY, Kind.SECONDARY), kind)
    grand = kind <= Kind.SECONDARY
    # Bridges stand closer together in the centre.
    bridges = grand & (draw[:, 1] < 0.8) | (np.abs(line) <= 2) & (line % 2 == 0)
    dual = draw[:, 2] < np.select([kind == Kind.PRIMARY, kind == Kind.SECONDARY], [0.6, 0.12], 0.0)
    return kind.astype(np.int64), draft.new_streets(count) + stretch, along, bridges, dual


def _styles(middle: Floats, place: Ints, rng: np.random.Generator) -> Ints:
    """A style for every district: the old town in the centre, further centres here and there, quarters in between."""
    away = np.hypot(middle[:, 0], middle[:, 1]) + rng.normal(0, 120, len(middle))
    quarter = place // 3
    quarter_number = quarter[:, 0] * 1_000 + quarter[:, 1]
    names, quarter_ix = np.unique(quarter_number, return_inverse=True)
    # Neighbours mostly share a style: quarters draw first, some districts draw again for themselves.
    draw = rng.random(len(names))[quarter_ix]
    own = rng.random(len(middle))
    draw = np.where(rng.random(len(middle)) < 0.35, own, draw)
    shares = np.array([STYLES[name].share for name in StyleName])
    style = np.searchsorted(np.cumsum(shares) / shares.sum(), draw, side="right")
    region = place // 9
    region_number = region[:, 0] * 1_000 + region[:, 1]
    regions, region_ix = np.unique(region_number, return_inverse=True)
    heart = rng.integers(1, 8, (len(regions), 2))[region_ix]
    style[np.abs(place % 9 - heart).max(axis=1) == 0] = StyleName.OLD
    parks = rng.random(len(middle)) < STYLES[StyleName.PARK].share
    style[parks] = StyleName.PARK
    style[away < 2_200] = np.where(own < 0.55, StyleName.GRID, StyleName.MIXED)[away < 2_200]
    style[away < 850] = StyleName.OLD
    return style.astype(np.int64)
