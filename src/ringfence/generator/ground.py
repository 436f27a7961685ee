"""The lie of the land: a river, the courses of motorways, and the bend that turns a ruled plan into a grown city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringfence.generator.draft import Floats
from ringfence.network.city import DEGREE_E7

Sides = NDArray[np.int8]
"""As `Ground.sides` answers."""

CENTRE_LON, CENTRE_LAT = 5.0, 45.0
LAT_DEGREE_M = 111_131.75
"""Metres in a degree of latitude at 45°; within a city it changes by less than 0.01 %."""

RIVER_HALF_WIDTH_M = 45.0
BANK_M = 18.0
MOTORWAY_HALF_WIDTH_M = 32.0
NEAR_M = 1_500.0
STEP_M = 60.0
RING_RADII_M = (2_600.0, 8_000.0, 17_000.0, 30_000.0, 46_000.0)
FAR = 3


def lon_degree_m(lat: Floats | float) -> Floats:
    """Metres in a degree of longitude (WGS 84)."""
    # The usual series in cos φ, cos 3φ and cos 5φ, written with one cosine.
    cosine = np.cos(np.radians(lat))
    square = cosine * cosine
    return np.asarray(cosine * (111_693.93 - 376.36 * square + 1.888 * square * square))


def to_e7(world: Floats) -> NDArray[np.int32]:
    """Longitude and latitude, in whole 1e-7 degrees, of metres east and north of the centre."""
    lat = CENTRE_LAT + world[:, 1] / LAT_DEGREE_M
    lon = CENTRE_LON + world[:, 0] / lon_degree_m(lat)
    return np.rint(np.column_stack([lon, lat]) * DEGREE_E7).astype(np.int32)


def to_metres(e7: NDArray[np.int32]) -> Floats:
    """Inverse of `to_e7`."""
    lon, lat = e7[:, 0] / DEGREE_E7, e7[:, 1] / DEGREE_E7
    return np.column_stack([(lon - CENTRE_LON) * lon_degree_m(lat), (lat - CENTRE_LAT) * LAT_DEGREE_M])


@dataclass(frozen=True)
class Ring:
    """A motorway around the middle: a circle with two gentle waves."""

    radius: float
    phase: tuple[float, float]

    closed = True

    def radius_at(self, bearing: Floats) -> Floats:
        """Distance from the middle along a bearing."""
        waves = 0.05 * np.sin(2 * bearing + self.phase[0]) + 0.03 * np.sin(3 * bearing + self.phase[1])
        return self.radius * (1 + waves)

    def beside(self, radius: Floats, bearing: Floats) -> Floats:
        """Signed distance: positive on the right of a driver with growing bearing, who has the middle on the left."""
        return radius - self.radius_at(bearing)

    def points(self) -> tuple[Floats, Floats]:
        """Radius and bearing every `STEP_M`, along the course."""
        bearing = np.linspace(0, 2 * np.pi, int(2 * np.pi * self.radius / STEP_M), endpoint=False)
        return self.radius_at(bearing), bearing


@dataclass(frozen=True)
class Radial:
    """A motorway from a ring outwards, with a slight sway."""

    bearing: float
    start: float
    end: float
    phase: float

    closed = False

    def sway(self, radius: Floats) -> Floats:
        """Metres to the left of the straight bearing."""
        return 220 * np.sin(radius / 1_800 + self.phase)

    def beside(self, radius: Floats, bearing: Floats) -> Floats:
        """Signed distance: positive on the right of a driver outward bound; infinite before the start."""
        turn = np.remainder(self.bearing - bearing + np.pi, 2 * np.pi) - np.pi
        return np.where(radius > self.start, radius * turn + self.sway(radius), np.inf)

    def points(self) -> tuple[Floats, Floats]:
        """Radius and bearing every `STEP_M`, outwards; it leaves room at the start for the ramps from the ring."""
        radius = np.arange(self.start + 300, self.end, STEP_M)
        return radius, self.bearing + self.sway(radius) / radius


def dry(sides_a: Sides, sides_b: Sides) -> NDArray[np.bool_]:
    """Whether one gets straight from points to others without touching the river or a motorway."""
    product = sides_a * sides_b
    return np.asarray(((product != -1) & (product != 0)).all(axis=0))


@dataclass(frozen=True)
class Ground:
    """What streets must heed.

    Attributes
    ----------
    middle : (2,)
        Around which the motorways run.
    courses : tuple of Ring or Radial
    river : (n, 3)
        Amplitude, wave number and phase of the meanders.
    river_y : float
        Where the river passes x = 0.
    waves : (n, 5)
        Wave number (x, y), phase and displacement (x, y) of the bends from plan to world.
    """

    middle: Floats
    courses: tuple[Ring | Radial, ...]
    river: Floats
    river_y: float
    waves: Floats

    def world(self, plan: Floats) -> Floats:
        """Metres east and north of the centre for plan metres.

        Every bend moves points along its crests only, so that areas, and with them the density of streets, stay as
        they are. The centre stays where it is.
        """
        world = plan.copy()
        for wave_x, wave_y, phase, move_x, move_y in self.waves:
            swing = np.sin(plan[:, 0] * wave_x + plan[:, 1] * wave_y + phase) - np.sin(phase)
            world[:, 0] += move_x * swing
            world[:, 1] += move_y * swing
        return world

    def beside_river(self, plan: Floats) -> Floats:
        """Signed distance from the middle of the river, positive north of it."""
        x = plan[:, 0]
        middle, slope = np.full(len(x), self.river_y), np.zeros(len(x))
        for amplitude, number, phase in self.river:
            middle += amplitude * (np.sin(number * x + phase) - np.sin(phase))
            slope += amplitude * number * np.cos(number * x + phase)
        return np.asarray((plan[:, 1] - middle) / np.hypot(1, slope))

    def beside_courses(self, plan: Floats) -> list[Floats]:
        """Signed distance from every motorway."""
        away = plan - self.middle
        radius, bearing = np.hypot(away[:, 0], away[:, 1]), np.arctan2(away[:, 1], away[:, 0])
        return [course.beside(radius, bearing) for course in self.courses]

    def sides(self, plan: Floats, *, widths: bool = True) -> Sides:
        """On which side of the river (first row) and of each motorway points lie.

        Returns
        -------
        (1 + motorways, N) int8
            1 or -1; 0 for a point in the water or on the motorway's land (only with `widths`); `FAR` where it is so far
            away that no link from there can cross. A link crosses where the product of its ends' sides is -1.
        """
        distances = [self.beside_river(plan), *self.beside_courses(plan)]
        sides = np.empty((len(distances), len(plan)), dtype=np.int8)
        for row, distance in enumerate(distances):
            sides[row] = np.where(np.abs(distance) > NEAR_M, FAR, np.where(distance < 0, -1, 1))
            if widths:
                half_width_m = MOTORWAY_HALF_WIDTH_M if row else RIVER_HALF_WIDTH_M + BANK_M
                sides[row, np.abs(distance) < half_width_m] = 0
        return sides

    def pushed_out(self, plan: Floats, gap_m: float) -> Floats:
        """Points moved away from river and motorways until they lie at least about `gap_m` beyond their borders."""
        moved = plan.copy()
        for row in range(1 + len(self.courses)):
            need_m = gap_m + (MOTORWAY_HALF_WIDTH_M if row else RIVER_HALF_WIDTH_M)

            def distance(points: Floats, row: int = row) -> Floats:
                return self.beside_courses(points)[row - 1] if row else self.beside_river(points)

            here = distance(moved)
            close = np.abs(here) < need_m
            points, here = moved[close], here[close]
            slope = np.column_stack(
                [distance(points + step) - here for step in np.eye(2)],
            )
            slope /= np.maximum(np.hypot(slope[:, 0], slope[:, 1]), 0.1)[:, None]
            short = np.where(here < 0, -1, 1) * need_m - here
            moved[close] += slope * short[:, None]
        return moved


def survey(half_m: float, rng: np.random.Generator) -> Ground:
    """The ground of a city that reaches `half_m` in each direction.

    In a small town the ring motorway is moved so that it passes by north of the centre.
    """
    reach_m = 1.5 * half_m + 2_500
    middle = np.array([0.0, min(0.0, 0.55 * half_m - RING_RADII_M[0])])
    rings = [
        Ring(radius, (float(phase[0]), float(phase[1])))
        for radius, phase in zip(RING_RADII_M, rng.uniform(0, 2 * np.pi, (len(RING_RADII_M), 2)), strict=True)
        if radius < reach_m
    ]
    bearings = np.pi / 6 * (np.arange(12) + rng.uniform(-0.25, 0.25, 12))
    phases = rng.uniform(0, 2 * np.pi, 12)
    radials = []
    for number, (bearing, phase) in enumerate(zip(bearings, phases, strict=True)):
        ring = 0 if number % 2 else 2
        if ring < len(rings):
            start = float(rings[ring].radius_at(np.array([bearing]))[0])
            radials.append(Radial(float(bearing), start, reach_m * 1.5, float(phase)))
    return Ground(
        middle=middle,
        courses=(*rings, *radials),
        river=_swings([(900, 55), (2_600, 230), (14_000, 900)], rng),
        river_y=float(rng.uniform(-560, -380)),
        waves=_bends([(13_000, 420), (5_300, 170), (1_900, 42), (760, 9)], rng),
    )


def _swings(shapes: Sequence[tuple[float, float]], rng: np.random.Generator) -> Floats:
    """Meanders of given length and amplitude."""
    return np.array([(height, 2 * np.pi / length, rng.uniform(0, 2 * np.pi)) for length, height in shapes])


def _bends(shapes: Sequence[tuple[float, float]], rng: np.random.Generator) -> Floats:
    """Two bends of each length and amplitude, running in directions about at right angles."""
    rows = []
    for length, height in shapes:
        first = rng.uniform(0, np.pi)
        for turn in (first, first + np.pi / 2 + rng.uniform(-0.3, 0.3)):
            number = 2 * np.pi / length
            rows.append(
                (
                    number * np.cos(turn),
                    number * np.sin(turn),
                    rng.uniform(0, 2 * np.pi),
                    -height * np.sin(turn),
                    height * np.cos(turn),
                )
            )
    return np.array(rows)
