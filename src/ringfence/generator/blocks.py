"""What lies inside blocks: lanes, cul-de-sacs and paths that leave a street somewhere between two crossings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ringfence.base.traffic import PHYSICAL, VehicleClass, mask_of
from ringfence.generator.draft import UNNAMED, Draft, Floats, Ints, Kind, Links
from ringfence.generator.ground import Ground, dry
from ringfence.generator.styles import Style

BOLLARD = PHYSICAL | mask_of("car,heavy,bus,emergency")
CHAIN = mask_of("car,heavy,bus,emergency")
HEIGHT_LIMIT = mask_of("heavy,bus,emergency")
BUS_TRAP = VehicleClass.CAR.bit


@dataclass(frozen=True)
class Grid:
    """The stretches of street along one axis of a lattice.

    Attributes
    ----------
    links : Links
    at : (D, K - 1, K) int64
        Position in `links` of the stretch from a place to the next on a line, -1 where there is none.
    """

    links: Links
    at: Ints


@dataclass(frozen=True)
class Points:
    """Junctions numbered in a row."""

    xy: Floats
    first: int


@dataclass(frozen=True)
class Entries:
    """Where things leave stretches of street: one for each stretch that is cut.

    Attributes
    ----------
    place : (links,) int64
        Position of a link's entry in the other two.
    junction : (n,) int64
    xy : (n, 2)
    """

    place: Ints
    junction: Ints
    xy: Floats


def cut_blocks(
    xy: Floats, number: Ints, grids: list[Grid], style: Style, ground: Ground, draft: Draft, rng: np.random.Generator
) -> None:
    """Add to the draft the stretches of both axes, cut where something leaves them, and what lies in the blocks."""
    whole = (
        (number[:, :-1, :-1] >= 0) & (number[:, 1:, :-1] >= 0) & (number[:, :-1, 1:] >= 0) & (number[:, 1:, 1:] >= 0)
    )
    middle = (xy[:, :-1, :-1] + xy[:, 1:, :-1] + xy[:, :-1, 1:] + xy[:, 1:, 1:]) / 4
    draw = rng.random(whole.shape)
    draw[~whole] = 1.0
    crosswise = rng.random(whole.shape) < 0.5
    points = Points(xy[number >= 0], int(number.max()) + 1 - int((number >= 0).sum()))
    for axis, grid in enumerate(grids):
        mine = np.where(crosswise == bool(axis), draw, 1.0)
        mine, centre = (mine.swapaxes(1, 2), middle.swapaxes(1, 2)) if axis else (mine, middle)
        lower, upper = grid.at[:, :, :-1], grid.at[:, :, 1:]
        through = (lower >= 0) & (upper >= 0)
        alley = through & (mine < style.alley)
        path = through & ~alley & (mine < style.alley + style.path)
        court = (lower >= 0) & ~alley & ~path & (mine < style.alley + style.path + style.court)
        wanted = [lower[alley | path], upper[alley | path], lower[court]]
        entries = _cut(grid.links, np.unique(np.concatenate(wanted)), points, draft, rng)
        _alleys(entries, lower[alley], upper[alley], ground, draft, rng)
        _paths(entries, lower[path], upper[path], ground, draft, rng)
        _courts(entries, lower[court], centre[court], ground, draft, rng)


def _cut(links: Links, picked: Ints, points: Points, draft: Draft, rng: np.random.Generator) -> Entries:
    """Add the links to the draft, those `picked` in two halves with a junction between."""
    halves = links.take(picked)
    a, b = points.xy[halves.a - points.first], points.xy[halves.b - points.first]
    xy = a + (b - a) * rng.uniform(0.35, 0.65, (len(picked), 1))
    junction = draft.add_junctions(xy)
    whole = np.ones(len(links), dtype=np.bool_)
    whole[picked] = False
    straight = np.zeros(len(picked))
    draft.add_links(links.take(whole))
    draft.add_links(replace(halves, b=junction, bow=straight))
    draft.add_links(replace(halves, a=junction, bow=straight, along=halves.along + 0.5))
    place = np.zeros(len(links), dtype=np.int64)
    place[picked] = np.arange(len(picked))
    return Entries(place, junction, xy)


def _alleys(entries: Entries, lower: Ints, upper: Ints, ground: Ground, draft: Draft, rng: np.random.Generator) -> None:
    """Lanes through a block; in the middle of about half of them stands something that not everyone can pass."""
    start, end = entries.place[lower], entries.place[upper]
    kept = dry(ground.sides(entries.xy[start]), ground.sides(entries.xy[end]))
    start, end = start[kept], end[kept]
    kind = np.where(rng.random(len(start)) < 0.8, Kind.SERVICE, Kind.LIVING_STREET)
    barred = rng.random(len(start)) < 0.5
    open_a, open_b = entries.junction[start[~barred]], entries.junction[end[~barred]]
    flow = np.where(rng.random(len(open_a)) < 0.2, rng.choice([-1, 1], len(open_a)), 0)
    draft.add_links(Links.of(open_a, open_b, kind[~barred], flow=flow, bow=rng.normal(0, 0.04, len(open_a))))

    start, end = start[barred], end[barred]
    barrier = rng.choice([BOLLARD, CHAIN, HEIGHT_LIMIT, BUS_TRAP], len(start), p=[0.75, 0.1, 0.1, 0.05])
    middle = (entries.xy[start] + entries.xy[end]) / 2 + rng.normal(0, 2, (len(start), 2))
    post = draft.add_junctions(middle, pinned=True, blocked=barrier)
    draft.add_links(Links.of(entries.junction[start], post, kind[barred]))
    draft.add_links(Links.of(post, entries.junction[end], kind[barred]))


def _paths(entries: Entries, lower: Ints, upper: Ints, ground: Ground, draft: Draft, rng: np.random.Generator) -> None:
    """Ways through a block for people on foot; about a third climb a flight of steps."""
    start, end = entries.place[lower], entries.place[upper]
    kept = dry(ground.sides(entries.xy[start]), ground.sides(entries.xy[end]))
    start, end = start[kept], end[kept]
    kind = np.where(rng.random(len(start)) < 0.75, Kind.FOOTWAY, Kind.PATH)
    climbs = rng.random(len(start)) < 0.35
    level_a, level_b = entries.junction[start[~climbs]], entries.junction[end[~climbs]]
    draft.add_links(Links.of(level_a, level_b, kind[~climbs], bow=rng.normal(0, 0.06, len(level_a))))

    start, end = start[climbs], end[climbs]
    rise = entries.xy[end] - entries.xy[start]
    foot = draft.add_junctions(entries.xy[start] + 0.4 * rise)
    head = draft.add_junctions(entries.xy[start] + 0.6 * rise)
    draft.add_links(Links.of(entries.junction[start], foot, Kind.FOOTWAY))
    draft.add_links(Links.of(foot, head, Kind.STEPS))
    draft.add_links(Links.of(head, entries.junction[end], Kind.FOOTWAY))


def _courts(
    entries: Entries, street: Ints, centre: Floats, ground: Ground, draft: Draft, rng: np.random.Generator
) -> None:
    """Cul-de-sacs and yards; most public ones bear a name of their own."""
    start = entries.place[street]
    head_xy = entries.xy[start] + (centre - entries.xy[start]) * rng.uniform(0.6, 1.1, (len(start), 1))
    kept = dry(ground.sides(entries.xy[start]), ground.sides(head_xy))
    start, head_xy = start[kept], head_xy[kept]
    draw = rng.random(len(start))
    kind = np.select([draw < 0.5, draw < 0.68], [Kind.RESIDENTIAL, Kind.LIVING_STREET], Kind.SERVICE)
    named = kind != Kind.SERVICE
    own_street = np.where(named, draft.new_streets(len(start)) + np.arange(len(start)), UNNAMED)
    head = draft.add_junctions(head_xy)
    bow = rng.normal(0, 0.05, len(start))
    draft.add_links(Links.of(entries.junction[start], head, kind, street=own_street, bow=bow))
