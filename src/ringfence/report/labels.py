"""Placing words on a map: along streets and beside symbols, legible and never one over another.

Greedy and deterministic: what is placed first stays. All lengths are in metres on the ground.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

STEP_M_SHARE = 0.12
"""Distance between two tries along a street, as a share of the label's length."""
BEND_SHARE_MAX = 0.28
"""How far a street may stray from the straight label, as a share of the label's height."""
COVERED_SHARE_MAX = 0.03
"""How much of a label that may be left out may lie on streets."""
_AROUND = tuple(math.radians(degrees) for degrees in (0, 45, 90, 135, 180, 225, 270, 315, 22.5, 67.5, 112.5, 157.5,
                                                     202.5, 247.5, 292.5, 337.5))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label stands: its centre and its slope in degrees, never upside down."""

    x: float
    y: float
    slope: float


Crossing = Callable[[NDArray[np.object_]], NDArray[np.float64]]
"""For each of several boxes, how much of it lies on what a label had better not cover, as a share."""


@dataclass
class Sheet:
    """The part of the map that is still free."""

    frame: Polygon
    taken: list[BaseGeometry] = field(default_factory=list)

    def take(self, shape: BaseGeometry) -> None:
        """Keep later labels away from a shape."""
        self.taken.append(shape)

    def is_free(self, shape: Polygon) -> bool:
        """Whether a shape lies in the frame and on nothing that was placed."""
        return bool(self.frame.contains(shape)) and not any(shape.intersects(other) for other in self.taken)

    def place_along(
        self, lines: Sequence[LineString], width_m: float, height_m: float, *, avoid: Crossing, middle: Point
    ) -> Placed | None:
        """Put a label on a free stretch of a street: off its crossings, straight, near `middle`; None if none fits."""
        tries = [candidate for line in lines for candidate in _along(line, width_m, height_m)]
        covers = [_box(placed, width_m, height_m) for _, placed in tries]
        crossed = avoid(np.array(covers, dtype=object)) if tries else np.zeros(0)
        order = sorted(
            range(len(tries)),
            key=lambda one: (
                round(float(crossed[one]), 1),
                tries[one][0],
                round(middle.distance(covers[one].centroid), 3),
                one,
            ),
        )
        for one in order:
            if self.is_free(covers[one]):
                self.take(covers[one].buffer(height_m * 0.7, join_style="mitre"))
                return tries[one][1]
        return None

    def place_beside(
        self, point: Point, reach_m: float, width_m: float, height_m: float, avoid: BaseGeometry, must: bool
    ) -> Placed | None:
        """Put a label beside a symbol, where it covers least of `avoid`; None if nothing is free and it need not be."""
        best: tuple[float, Placed, Polygon] | None = None
        for further in (1.0, 1.5, 2.1) if must else (1.0,):
            for turn in _AROUND:
                across, up = math.cos(turn), math.sin(turn)
                x = point.x + across * (reach_m * further + width_m / 2)
                y = point.y + up * (reach_m * further + height_m / 2)
                placed = Placed(x, y, 0.0)
                cover = _box(placed, width_m, height_m)
                if not self.is_free(cover):
                    continue
                cost = float(cover.intersection(avoid).area) / float(cover.area) + 0.25 * (further - 1)
                if best is None or cost < best[0] - 1e-9:
                    best = (cost, placed, cover)
        if best is None:
            return Placed(point.x + reach_m + width_m / 2, point.y, 0.0) if must else None
        if not must and best[0] > COVERED_SHARE_MAX:
            return None
        self.take(best[2])
        return best[1]


def _along(line: LineString, width_m: float, height_m: float) -> Iterable[tuple[float, Placed]]:
    """Straight enough stretches of a street: how bent they are, in coarse steps, and the label's place."""
    for start in np.arange(0.0, line.length - width_m, max(1.0, width_m * STEP_M_SHARE)):
        points = np.array([line.interpolate(start + share * width_m).coords[0] for share in np.linspace(0, 1, 7)])
        (x0, y0), (x1, y1) = points[0], points[-1]
        chord = math.hypot(x1 - x0, y1 - y0)
        if chord < 0.97 * width_m:
            continue
        astray = np.abs((points[:, 0] - x0) * (y1 - y0) - (points[:, 1] - y0) * (x1 - x0)) / chord
        bend = float(astray.max()) / height_m
        if bend > BEND_SHARE_MAX:
            continue
        slope = math.degrees(math.atan2(y1 - y0, x1 - x0))
        slope = slope - 180 if slope > 90 else slope + 180 if slope <= -90 else slope
        x, y = points.mean(axis=0)
        yield round(bend, 1), Placed(float(x), float(y), slope)


def _box(placed: Placed, width_m: float, height_m: float) -> Polygon:
    box = shapely.box(placed.x - width_m / 2, placed.y - height_m / 2, placed.x + width_m / 2, placed.y + height_m / 2)
    return shapely.affinity.rotate(box, placed.slope, origin=(placed.x, placed.y)) if placed.slope else box
