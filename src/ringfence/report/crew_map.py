"""The map on the sheets of the crews: streets and area in greys, and where on it the numbers of the barriers go.

One drawing serves all crews; each sheet puts its own numbers over it in black and those of the others in grey.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from ringfence.operation import Operation
from ringfence.report.drawing import MapContent, Mark, draw_streets, draw_words, path_of
from ringfence.report.install_list import InstallRow
from ringfence.report.maps import MARGIN_M_MIN, MARGIN_SHARE, arm_site, map_settings
from ringfence.report.svg import describe_svg
from ringfence.report.symbols import INK, street_look
from ringfence.report.words import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_PT, HEIGHT_PT = 527.0, 345.0
RADIUS_PT = 6.8
"""Of a number's disc."""
BAR_PT_MIN = 9.0
GROUND, AREA_TINT = "#ffffff", "#e2e2e2"
_REACHES_PT = (13.0, 17.0, 22.0, 28.0, 36.0)
_TURNS = tuple(sign * step * 22.5 for step in range(9) for sign in (1, -1))[1:-1]
_BEYOND_EDGE, _OVER_OTHER, _OVER_LINE = 100.0, 30.0, 8.0

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a barrier stands on the map and where its number goes, in points from the upper left corner."""

    bar: tuple[tuple[float, float], tuple[float, float]]
    foot: tuple[float, float]
    number: tuple[float, float]


@dataclass(frozen=True, slots=True)
class CrewMap:
    """The drawing, `WIDTH_PT` by `HEIGHT_PT` points, with a spot for each row that it was drawn for."""

    svg: bytes
    spots: tuple[Spot, ...]
    shows_limit: bool
    shows_inferred: bool


def draw_crew_map(operation: Operation, rows: Sequence[InstallRow]) -> CrewMap:
    """The streets around a planned cordon, and where its barriers and their numbers go.

    Readable without colour: the protected area is grey with a strong outline, the limit a broken line. A number stands
    beside its barrier, on the outer side where there is room; numbers do not cover each other unless there is room
    nowhere. The same bytes for the same inputs and library versions. Not for two threads at once, as `draw_map`.
    """
    network = operation.network
    protected, limit = operation.area.in_metres(network.projection)
    sites = [arm_site(operation, row.barrier.segment, row.barrier.offset_m) for row in rows]
    frame = _frame(protected, [point for point, _ in sites])
    west, _, _, north = frame.bounds
    scale = WIDTH_PT / (frame.bounds[2] - west)
    feet = np.array([((x - west) * scale, (north - y) * scale) for (x, y), _ in sites])
    bars = [_bar(bar, west, north, scale) for _, bar in sites]
    numbers = _place_numbers(feet, [row.bearing for row in rows])
    on_ground = [(west + x / scale, north - y / scale) for x, y in numbers.tolist()]
    content = MapContent(
        operation=operation,
        frame=frame,
        protected=protected,
        limit=limit,
        marks=tuple(Mark("neutral", "", (point, foot), ()) for point, (foot, _) in zip(on_ground, sites, strict=True)),
        leaks=(),
        point_per_m=scale,
        file_format="svg",
        left_out=_nameless_walks(operation, rows),
    )
    spots = tuple(
        Spot(bar, (foot[0], foot[1]), (number[0], number[1]))
        for bar, foot, number in zip(bars, feet.round(2).tolist(), numbers.round(2).tolist(), strict=True)
    )
    inferred = bool(network.inferred[content.shown_in(frame)].any())
    return CrewMap(_draw(content), spots, bool(limit.boundary.intersects(frame)), inferred)


def _nameless_walks(operation: Operation, rows: Sequence[InstallRow]) -> frozenset[int]:
    """Pavements, steps and paths without a name, of which towns have thousands; not those with a barrier on them."""
    network = operation.network
    barred = {row.barrier.segment for row in rows}
    walk = street_look("footway")
    return frozenset(
        ix
        for ix, (segment, name, highway) in enumerate(
            zip(network.segment_ids, network.segment_names, network.highways, strict=True)
        )
        if not name and street_look(highway) == walk and segment not in barred
    )


def _frame(protected: BaseGeometry, points: Sequence[tuple[float, float]]) -> Polygon:
    """The rectangle that is shown: area and barriers with a margin, in the shape of the map."""
    west, south, east, north = shapely.union(protected.envelope, shapely.MultiPoint(list(points))).bounds
    margin = max(MARGIN_M_MIN, MARGIN_SHARE / 2 * max(east - west, north - south))
    width = max(east - west + 2 * margin, (north - south + 2 * margin) * WIDTH_PT / HEIGHT_PT)
    height = width * HEIGHT_PT / WIDTH_PT
    x, y = (west + east) / 2, (south + north) / 2
    return shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _bar(bar: LineString, west: float, north: float, scale: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The bar across the street in points, long enough to be seen."""
    (x0, y0), (x1, y1) = (((x - west) * scale, (north - y) * scale) for x, y in bar.coords)
    longer = max(1.25, BAR_PT_MIN / math.hypot(x1 - x0, y1 - y0))
    x, y, dx, dy = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2 * longer, (y1 - y0) / 2 * longer
    return (round(x - dx, 2), round(y - dy, 2)), (round(x + dx, 2), round(y + dy, 2))


def _place_numbers(feet: FloatArray, bearings: Sequence[float]) -> FloatArray:
    """The middle of each number's disc: near its barrier, outside it rather than inside, over nothing else."""
    placed = np.zeros((0, 2))
    for ix, (foot, bearing) in enumerate(zip(feet, bearings, strict=True)):
        others = np.delete(feet, ix, axis=0)
        best: tuple[float, FloatArray] | None = None
        for far, reach in enumerate(_REACHES_PT):
            for turn in _TURNS:
                towards = math.radians(bearing + 180 + turn)
                here = foot + reach * np.array([math.sin(towards), -math.cos(towards)])
                cost = far + abs(turn) / 60 + _crowding(here, foot, placed, others)
                if best is None or cost < best[0] - 1e-9:
                    best = (cost, here)
        assert best is not None
        placed = np.vstack([placed, best[1]])
    return placed


def _crowding(here: FloatArray, foot: FloatArray, placed: FloatArray, others: FloatArray) -> float:
    """What a disc there would cover or leave, and what its line would cross."""
    inside = RADIUS_PT + 3 <= here[0] <= WIDTH_PT - RADIUS_PT - 3 and RADIUS_PT + 3 <= here[1] <= HEIGHT_PT - RADIUS_PT
    over = np.hypot(*(placed - here).T) < 2 * RADIUS_PT + 1.5
    near = np.hypot(*(others - here).T) < RADIUS_PT + 3.5
    line = LineString([foot, here])
    crossed = shapely.distance(line, shapely.points(placed)) < RADIUS_PT + 1 if len(placed) else np.zeros(0, dtype=bool)
    cost = _OVER_OTHER * over.sum() + _OVER_LINE * (near.sum() + crossed.sum())
    return float(cost) + (0 if inside else _BEYOND_EDGE)


def _draw(content: MapContent) -> bytes:
    with map_settings():
        from matplotlib.figure import Figure

        west, south, east, north = content.frame.bounds
        figure = Figure(figsize=(WIDTH_PT / 72, HEIGHT_PT / 72), facecolor=GROUND)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
        axes.set_axis_off()
        _draw_area(axes, content)
        draw_streets(axes, content)
        draw_words(axes, content)
        buffer = io.BytesIO()
        nothing = {"Creator": None, "Date": None, "Format": None, "Type": None}
        figure.savefig(buffer, format="svg", metadata=nothing)
    return describe_svg(buffer.getvalue(), clean(content.operation.area.name), "Streets around the cordon.")


def _draw_area(axes: Axes, content: MapContent) -> None:
    """The protected area in grey under the streets, its outline and the limit's over them."""
    from matplotlib.patches import PathPatch

    axes.add_patch(PathPatch(path_of(content.protected), facecolor=AREA_TINT, edgecolor="none", zorder=2))
    axes.add_patch(PathPatch(path_of(content.protected), facecolor="none", edgecolor=INK, linewidth=2.2, zorder=6))
    broken = (0, (7, 3, 1.5, 3))
    outline = PathPatch(path_of(content.limit), facecolor="none", edgecolor=INK, linewidth=1.1, linestyle=broken)
    outline.set_zorder(6)
    axes.add_patch(outline)
