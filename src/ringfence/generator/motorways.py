"""Motorways: two carriageways each, over everything they cross, joined by ramps to main streets and to each other."""

from __future__ import annotations

import numpy as np

from ringfence.generator.draft import Draft, Flags, Floats, Ints, Kind, Links
from ringfence.generator.frontage import Crossings
from ringfence.generator.ground import STEP_M, Ground, Radial, Ring
from ringfence.network.city import Form

CARRIAGEWAY_M = 13.0
RAMP_STEPS = 5
"""So many steps of `STEP_M` before or after what it leads to, a ramp leaves or joins the motorway."""

INTERCHANGE_STEPS = 22
"""Interchanges of one motorway are at least so many steps apart."""

PIN_EVERY = 9


class Carriageway:
    """One direction of a motorway.

    Attributes
    ----------
    hand : int
        1 right of the course's own direction, and running along it; -1 left of it, and running against.
    junction : (n,) int64
        Along the course, -1 where it has left the city.
    """

    def __init__(self, xy: Floats, hand: int, closed: bool, inside: Flags, draft: Draft) -> None:
        run = np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0)
        if not closed:
            run[0], run[-1] = xy[1] - xy[0], xy[-1] - xy[-2]
        run /= np.hypot(run[:, 0], run[:, 1])[:, None]
        self.hand, self.closed = hand, closed
        self.xy = xy + hand * CARRIAGEWAY_M * np.column_stack([run[:, 1], -run[:, 0]])
        self.junction = np.full(len(xy), -1, dtype=np.int64)
        pinned = np.arange(len(xy)) % PIN_EVERY == 0
        self.junction[inside] = draft.add_junctions(self.xy[inside], pinned=pinned[inside])

    def steps(self) -> tuple[Ints, Ints]:
        """Places from which it goes on, and the places to which, in the direction of travel."""
        start = np.arange(len(self.junction) if self.closed else len(self.junction) - 1)
        end = (start + 1) % len(self.junction)
        there = (self.junction[start] >= 0) & (self.junction[end] >= 0)
        start, end = start[there], end[there]
        return (start, end) if self.hand > 0 else (end, start)

    def at(self, place: int, ahead: int) -> int:
        """The junction so many steps ahead of a place for its drivers, -1 if there is none."""
        place += self.hand * ahead
        if self.closed:
            place %= len(self.junction)
        return int(self.junction[place]) if 0 <= place < len(self.junction) else -1


def lay_motorways(cover_m: float, crossings: Crossings, ground: Ground, draft: Draft) -> None:
    """Add all motorways with their ramps."""
    laid: list[tuple[Carriageway, Carriageway]] = []
    points = draft.junctions().xy
    for number, course in enumerate(ground.courses):
        radius, bearing = course.points()
        xy = ground.middle + radius[:, None] * np.column_stack([np.cos(bearing), np.sin(bearing)])
        inside = np.abs(ground.world(xy)).max(axis=1) < cover_m
        pair = (
            Carriageway(xy, 1, course.closed, inside, draft),
            Carriageway(xy, -1, course.closed, inside, draft),
        )
        laid.append(pair)
        street = draft.new_streets(1)
        for carriageway in pair:
            _add_carriageway(carriageway, number, street, ground, draft)
        _add_diamonds(xy, pair, crossings.take(crossings.course == number), points, draft)
    for course, pair in zip(ground.courses, laid, strict=True):
        if isinstance(course, Radial):
            for other, ring in zip(ground.courses, laid, strict=True):
                if isinstance(other, Ring):
                    _add_slip_roads(course, pair, other, ring, draft)


def _add_carriageway(way: Carriageway, number: int, street: int, ground: Ground, draft: Draft) -> None:
    start, end = way.steps()
    sides = ground.sides(way.xy, widths=False)
    crossed = sides[:, start] * sides[:, end] == -1
    crossed[1 + number] = False
    bridge = crossed.any(axis=0)
    # A bridge is longer than what it crosses is wide.
    bridge = bridge | np.roll(bridge, 1) | np.roll(bridge, -1)
    links = Links.of(
        way.junction[start],
        way.junction[end],
        Kind.MOTORWAY,
        flow=1,
        street=street,
        along=np.arange(len(start)) + (0 if way.hand > 0 else 1_000_000),
        form=np.where(bridge, Form.BRIDGE, 0),
        layer=np.where(bridge, 2, 0),
    )
    draft.add_links(links)


def _add_diamonds(
    xy: Floats, pair: tuple[Carriageway, Carriageway], crossings: Crossings, points: Floats, draft: Draft
) -> None:
    """Ramps between both carriageways and main streets that cross the motorway, where there is room for them."""
    places = []
    for negative, positive in zip(points[crossings.negative], points[crossings.positive], strict=True):
        away = xy - (negative + positive) / 2
        places.append(int(np.argmin((away * away).sum(axis=1))))
    last = -INTERCHANGE_STEPS
    for ix in np.argsort(places, kind="stable").tolist():
        place = places[ix]
        if place - last < INTERCHANGE_STEPS or place > len(xy) - RAMP_STEPS:
            continue
        last = place
        # The negative side is on the left of the course, where the carriageway against it runs.
        for way, terminal in zip(pair, (crossings.positive[ix], crossings.negative[ix]), strict=True):
            _add_ramp(way.at(place, -RAMP_STEPS), int(terminal), draft)
            _add_ramp(int(terminal), way.at(place, RAMP_STEPS), draft)


def _add_slip_roads(
    course: Radial,
    radial: tuple[Carriageway, Carriageway],
    other: Ring,
    ring: tuple[Carriageway, Carriageway],
    draft: Draft,
) -> None:
    """Ramps from every carriageway to every other where a radial starts from a ring or crosses it."""
    radius, bearing = course.points()
    short_m = np.abs(other.beside(radius, bearing))
    on_radial = int(short_m.argmin())
    if short_m[on_radial] > 2 * RAMP_STEPS * STEP_M:
        return
    turn = np.remainder(other.points()[1] - bearing[on_radial] + np.pi, 2 * np.pi) - np.pi
    on_ring = int(np.abs(turn).argmin())
    # A radial that starts here has only its end to give and its beginning to take.
    starts = on_radial < RAMP_STEPS
    for out in radial:
        for around in ring:
            if not starts or out.hand < 0:
                start = out.at(on_radial, 0 if starts else -RAMP_STEPS)
                _add_ramp(start, around.at(on_ring, RAMP_STEPS), draft)
            if not starts or out.hand > 0:
                end = out.at(on_radial, 0 if starts else RAMP_STEPS)
                _add_ramp(around.at(on_ring, -RAMP_STEPS), end, draft)


def _add_ramp(start: int, end: int, draft: Draft) -> None:
    if start >= 0 and end >= 0:
        draft.add_links(
            Links.of([start], [end], Kind.MOTORWAY_LINK, flow=1, form=Form.RAMP | Form.BRIDGE, layer=1, bow=-0.08)
        )
