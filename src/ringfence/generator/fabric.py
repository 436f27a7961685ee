"""The fabric of small streets in each district: a lattice, turned, shaken, thinned out, and cut at the main streets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ringfence.generator.blocks import Grid, cut_blocks
from ringfence.generator.draft import Columns, Draft, Flags, Floats, Ints, Kind, Links
from ringfence.generator.frame import LIES_LEFT_OF, PITCH_M, Frame
from ringfence.generator.ground import Ground, Sides, dry
from ringfence.generator.styles import STYLES, Style, StyleName

DISTRICTS_AT_ONCE = 1_500
"""Keeps the working memory of a step within some hundred megabytes."""

SMALL_PARK_SHARE = 0.14


@dataclass(frozen=True)
class Stubs(Columns):
    """Streets of the fabric that reach a main street.

    Attributes
    ----------
    junction : (n,) int64
        Where they come from.
    side : (n,) int64
        Of the frame.
    left : (n,) bool
        Whether they come from the left of that side.
    share : (n,) float64
        Where they reach it, as a share of its length.
    kind, flow, street, along : (n,)
        As in `Links`; the flow counts from the junction to the side.
    """

    junction: Ints
    side: Ints
    left: Flags
    share: Floats
    kind: Ints
    flow: Ints
    street: Ints
    along: Ints


@dataclass(frozen=True)
class Lattice:
    """Crossings of districts of one style.

    Attributes
    ----------
    xy : (D, K, K, 2)
    turn : (D,)
        Direction of the first axis.
    number : (D, K, K) int64
        Of the junction, -1 where there is none.
    outside : (D, K, K) bool
        Beyond the district's sides (and not merely in water or a park).
    shore : (1 + motorways, N) int8
        `Ground.sides` of the junctions, the first of which is number `first`.
    """

    xy: Floats
    turn: Floats
    number: Ints
    outside: Flags
    shore: Sides
    first: int

    def seen_along(self, axis: int) -> Lattice:
        """The same with the streets along `axis` running along the second dimension."""
        if axis == 0:
            return self
        return replace(
            self,
            xy=self.xy.swapaxes(1, 2),
            turn=self.turn + np.pi / 2,
            number=self.number.swapaxes(1, 2),
            outside=self.outside.swapaxes(1, 2),
        )


@dataclass(frozen=True)
class Lines:
    """Kind, flow and street of the lines along one axis: (D, K) each."""

    kind: Ints
    flow: Ints
    street: Ints


def lay_fabric(frame: Frame, ground: Ground, draft: Draft, rng: np.random.Generator) -> Stubs:
    """Draw every district's small streets into the draft; what must still be joined to the main streets."""
    stubs = []
    for name, style in STYLES.items():
        districts = np.flatnonzero(frame.district_style == name)
        for start in range(0, len(districts), DISTRICTS_AT_ONCE):
            some = districts[start : start + DISTRICTS_AT_ONCE]
            stubs += _lay_districts(some, name, style, frame, ground, draft, rng)
    return Stubs.joined(stubs)


def _lay_districts(
    districts: Ints, name: StyleName, style: Style, frame: Frame, ground: Ground, draft: Draft, rng: np.random.Generator
) -> list[Stubs]:
    quads = frame.corner_xy[frame.district_corner[districts]]
    lattice = _lattice(quads, name, style, ground, draft, rng)
    size = lattice.number.shape[1]
    stubs, grids = [], []
    for axis in (0, 1):
        lines = _lines(len(districts), size, style, draft, rng)
        view = lattice.seen_along(axis)
        grids.append(_links(view, lines, style, rng))
        for sign in (1, -1):
            ends, hits = _loose_ends(view, lines, sign, quads)
            ends = _reach_sides(ends, hits, view, districts, frame, ground)
            stubs.append(ends.take(rng.random(len(ends.junction)) < style.joined))
    cut_blocks(lattice.xy, lattice.number, grids, style, ground, draft, rng)
    return stubs


def _lattice(
    quads: Floats, name: StyleName, style: Style, ground: Ground, draft: Draft, rng: np.random.Generator
) -> Lattice:
    """Crossings inside the districts' corners, clear of water, motorways and small parks."""
    count = len(quads)
    along = quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]
    askew = np.where(rng.random(count) < 0.55, rng.normal(0, 0.06, count), rng.uniform(-0.7, 0.7, count))
    turn = np.arctan2(along[:, 1], along[:, 0]) + askew
    half = int(np.ceil(0.95 * PITCH_M / min(style.block_m)))
    steps = np.arange(-half, half + 1)
    blocks = np.array(style.block_m) * rng.lognormal(0, 0.07, (count, 2))
    u = (steps + rng.uniform(-0.5, 0.5, (count, 1))) * blocks[:, :1]
    v = (steps + rng.uniform(-0.5, 0.5, (count, 1))) * blocks[:, 1:]
    stray = rng.uniform(-style.jitter, style.jitter, (2, count, len(steps), len(steps)))
    u_all = u[:, :, None] + stray[0] * blocks[:, 0, None, None]
    v_all = v[:, None, :] + stray[1] * blocks[:, 1, None, None]
    cos, sin = np.cos(turn)[:, None, None], np.sin(turn)[:, None, None]
    middle = quads.mean(axis=1)
    xy = np.stack(
        [middle[:, 0, None, None] + cos * u_all - sin * v_all, middle[:, 1, None, None] + sin * u_all + cos * v_all],
        axis=-1,
    )
    outside = np.zeros(xy.shape[:3], dtype=np.bool_)
    for side in range(4):
        outside |= _depth(xy, quads, side) < 0.3 * min(style.block_m)
    kept = ~outside
    if name is not StyleName.PARK:
        park = middle + rng.uniform(-0.25, 0.25, (count, 2)) * PITCH_M
        radius = np.where(rng.random(count) < SMALL_PARK_SHARE, rng.uniform(70, 150, count), 0.0)
        kept &= np.hypot(*np.moveaxis(xy - park[:, None, None], -1, 0)) >= radius[:, None, None]
    shore = ground.sides(xy[kept])
    clear = (shore != 0).all(axis=0)
    kept[kept] = clear
    number = np.full(kept.shape, -1, dtype=np.int64)
    number[kept] = draft.add_junctions(xy[kept], pinned=rng.random(int(kept.sum())) < 0.06)
    return Lattice(xy, turn, number, outside, shore[:, clear], draft.junction_count - int(kept.sum()))


def _depth(xy: Floats, quads: Floats, side: int) -> Floats:
    """Metres from a side of the districts to points, positive inside."""
    normal, reach = _half_plane(quads, side)
    across = xy[..., 0] * normal[:, 0, None, None] + xy[..., 1] * normal[:, 1, None, None]
    return np.asarray(across - reach[:, None, None])


def _half_plane(quads: Floats, side: int) -> tuple[Floats, Floats]:
    """Inward normal of a side of districts, and how far it lies along that normal."""
    start, end = quads[:, side], quads[:, (side + 1) % 4]
    normal = np.column_stack([start[:, 1] - end[:, 1], end[:, 0] - start[:, 0]])
    normal /= np.hypot(normal[:, 0], normal[:, 1])[:, None]
    return normal, (normal * start).sum(axis=1)


def _lines(count: int, size: int, style: Style, draft: Draft, rng: np.random.Generator) -> Lines:
    """The lines of the lattice along one axis: neighbouring one-way streets run in opposite directions."""
    kinds, shares = zip(*style.kinds, strict=True)
    kind = np.array(kinds)[np.searchsorted(np.cumsum(shares)[:-1], rng.random((count, size)), side="right")]
    first = rng.integers(0, 2, (count, 1))
    direction = 1 - 2 * ((np.arange(size) + first) % 2)
    one_way = (rng.random((count, size)) < style.one_way) & (kind <= Kind.LIVING_STREET)
    street = draft.new_streets(count * size) + np.arange(count * size).reshape(count, size)
    return Lines(kind.astype(np.int64), np.where(one_way, direction, 0), street)


def _links(view: Lattice, lines: Lines, style: Style, rng: np.random.Generator) -> Grid:
    """Stretches of street between neighbours on a line, thinned out."""
    there = (view.number[:, :-1] >= 0) & (view.number[:, 1:] >= 0)
    there[there] = rng.random(int(there.sum())) >= style.missing
    district, place, line = np.nonzero(there)
    a, b = view.number[district, place, line], view.number[district, place + 1, line]
    kept = dry(view.shore[:, a - view.first], view.shore[:, b - view.first])
    there[there] = kept
    a, b, district, place, line = a[kept], b[kept], district[kept], place[kept], line[kept]
    at = np.full(there.shape, -1, dtype=np.int64)
    at[there] = np.arange(len(a))
    links = Links.of(
        a,
        b,
        lines.kind[district, line],
        flow=lines.flow[district, line],
        street=lines.street[district, line],
        along=place,
        bow=rng.normal(0, 1, len(a)) * style.bow,
    )
    return Grid(links, at)


def _loose_ends(view: Lattice, lines: Lines, sign: int, quads: Floats) -> tuple[Stubs, Floats]:
    """Where lines leave the district, forwards or backwards, and the points where they meet its sides.

    `side` of the result counts the district's own sides from 0 to 3, plus four for each district before it.
    """
    here, beyond = (slice(None, -1), slice(1, None)) if sign > 0 else (slice(1, None), slice(None, -1))
    district, place, line = np.nonzero((view.number[:, here] >= 0) & view.outside[:, beyond])
    place += sign < 0
    xy = view.xy[district, place, line]
    heading = sign * np.column_stack([np.cos(view.turn), np.sin(view.turn)])[district]
    way_m = np.empty((len(xy), 4))
    for side in range(4):
        normal, reach = _half_plane(quads, side)
        closing = -(heading * normal[district]).sum(axis=1)
        depth = (xy * normal[district]).sum(axis=1) - reach[district]
        way_m[:, side] = np.where(closing > 0.3, depth / np.maximum(closing, 0.3), np.inf)
    side = way_m.argmin(axis=1)
    near = way_m.min(axis=1) < 170
    district, place, line, side = district[near], place[near], line[near], side[near]
    hits = xy[near] + heading[near] * way_m.min(axis=1)[near, None]
    ends = Stubs(
        junction=view.number[district, place, line],
        side=4 * district + side,
        left=LIES_LEFT_OF[side],
        share=np.zeros(len(side)),
        kind=lines.kind[district, line],
        flow=sign * lines.flow[district, line],
        street=lines.street[district, line],
        along=place - (sign < 0),
    )
    return ends, hits


def _reach_sides(ends: Stubs, hits: Floats, view: Lattice, districts: Ints, frame: Frame, ground: Ground) -> Stubs:
    """The loose ends that reach a main street dry-shod, with the place where they do."""
    side = frame.district_side[districts].ravel()[ends.side]
    start, end = np.moveaxis(frame.corner_xy[frame.side_ends[side]], 1, 0)
    run = end - start
    share = ((hits - start) * run).sum(axis=1) / (run * run).sum(axis=1)
    reached = (share > 0) & (share < 1) & dry(ground.sides(hits), view.shore[:, ends.junction - view.first])
    return replace(ends, side=side, share=share).take(reached)
