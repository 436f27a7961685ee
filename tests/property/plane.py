"""Streets cut at outlines, by plane geometry in pure Python: the oracle's own, and no code of the package's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

import numpy as np
from shapely import MultiPolygon, Polygon

from ringfence.network import Network

OUTSIDE, RING, PROTECTED = "outside", "ring", "protected"
SLACK = 1e-9

Point = tuple[float, float]
Outline = list[list[Point]]


@dataclass(frozen=True)
class Stretch:
    """A stretch of one segment that lies in one region; `from_junction` is None where it begins at an outline."""

    segment: int
    start_m: float
    end_m: float
    region: str
    from_junction: int | None
    to_junction: int | None


def outline_of(network: Network, polygon: Polygon | MultiPolygon) -> Outline:
    """Rings in metres. Edges are straight in degrees, so points are put on them every 0.0004 degrees."""
    parts = polygon.geoms if isinstance(polygon, MultiPolygon) else [polygon]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return [
        [(float(x), float(y)) for x, y in network.projection.to_metres(np.array(_dense(list(ring.coords))))]
        for ring in rings
    ]


def _dense(ring: list[tuple[float, ...]]) -> list[Point]:
    points: list[Point] = []
    for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
        steps = int(hypot(x2 - x1, y2 - y1) / 0.0004) + 1
        points += [(x1 + (x2 - x1) * k / steps, y1 + (y2 - y1) * k / steps) for k in range(steps)]
    return [*points, points[0]]


def cut_segment(network: Network, segment: int, protected: Outline, limit: Outline) -> Iterator[Stretch]:
    shape = [(float(x), float(y)) for x, y in network.shapes[segment]]
    length = float(network.length_m[segment])
    places = {round(at, 2) for outline in (protected, limit) for at in _crossings(shape, outline)}
    offsets = [0.0, *sorted(at for at in places if 0.01 < at < length - 0.01), length]
    regions = []
    for start, end in pairwise(offsets):
        within = _point_at(shape, start + 0.3719 * (end - start))  # anywhere but where a touching point is likely
        regions.append(PROTECTED if _inside(within, protected) else RING if _inside(within, limit) else OUTSIDE)
    first = 0
    for ix, region in enumerate(regions):
        if ix + 1 == len(regions) or regions[ix + 1] != region:
            yield Stretch(
                segment,
                offsets[first],
                offsets[ix + 1],
                region,
                int(network.from_ix[segment]) if first == 0 else None,
                int(network.to_ix[segment]) if ix + 1 == len(regions) else None,
            )
            first = ix + 1


def _crossings(shape: list[Point], outline: Outline) -> Iterator[float]:
    driven = 0.0
    for (px, py), (qx, qy) in pairwise(shape):
        step = hypot(qx - px, qy - py)
        for ring in outline:
            for (ax, ay), (bx, by) in pairwise(ring):
                across = (qx - px) * (by - ay) - (qy - py) * (bx - ax)
                if across == 0:
                    continue
                t = ((ax - px) * (by - ay) - (ay - py) * (bx - ax)) / across
                u = ((ax - px) * (qy - py) - (ay - py) * (qx - px)) / across
                if -SLACK <= t <= 1 + SLACK and -SLACK <= u <= 1 + SLACK:  # a corner belongs to both its edges
                    yield driven + t * step
        driven += step


def _inside(point: Point, outline: Outline) -> bool:
    x, y = point
    odd = False
    for ring in outline:
        for (ax, ay), (bx, by) in pairwise(ring):
            if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                odd = not odd
    return odd


def _point_at(shape: list[Point], offset_m: float) -> Point:
    for (px, py), (qx, qy) in pairwise(shape):
        step = hypot(qx - px, qy - py)
        if offset_m <= step:
            t = offset_m / step
            return px + t * (qx - px), py + t * (qy - py)
        offset_m -= step
    return shape[-1]
