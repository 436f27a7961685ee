"""Drawing the parts of a map on axes in metres: streets, area, ways in, symbols, words, scale and north."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from ringfence.operation import Operation
from ringfence.report.labels import Crossing, Placed, Sheet
from ringfence.report.svg import RIM_NAME, RIM_PT
from ringfence.report.symbols import (
    AREA_FILL,
    BLUE,
    INK,
    PAPER,
    SITE_INK,
    SYMBOL_LOOKS,
    VERMILLION,
    StreetLook,
    draw_symbol,
    street_look,
    text_width_pt,
    wrap,
)
from ringfence.report.words import SymbolKind, clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ARROW_GAP_PT = 62.0
SITE_WIDTH_PT = 88.0


@dataclass(frozen=True)
class Mark:
    """One symbol: what it says beside it (if anything), where it stands, and the bars across streets that it is for."""

    kind: SymbolKind
    label: str
    points: tuple[tuple[float, float], ...]
    bars: tuple[LineString, ...]


@dataclass(frozen=True)
class MapContent:
    """All that a map shows, in metres; `point_per_m` is its scale on paper, `left_out` are segments that it omits."""

    operation: Operation
    frame: Polygon
    protected: BaseGeometry
    limit: BaseGeometry
    marks: tuple[Mark, ...]
    leaks: tuple[tuple[LineString, bool], ...]
    point_per_m: float
    file_format: Literal["svg", "png"]
    left_out: frozenset[int] = frozenset()

    def shown_in(self, shape: BaseGeometry) -> NDArray[np.int64]:
        """Positions of the segments that are drawn there."""
        shown = np.flatnonzero(shapely.intersects(self.operation.network.lines, shape))
        return shown[~np.isin(shown, list(self.left_out))] if self.left_out else shown


def _street_width_pt(look: StreetLook, content: MapContent) -> float:
    return max(look.width_pt_min, look.width_m * content.point_per_m)


def draw_streets(axes: Axes, content: MapContent) -> None:
    """All edges first, then all surfaces, so that streets flow into each other."""
    from matplotlib.collections import LineCollection

    network = content.operation.network
    shown = content.shown_in(content.frame.buffer(20))
    by_look: dict[tuple[int, float, bool, str, str], list[Any]] = {}
    for ix in shown:
        look = street_look(network.highways[ix])
        key = (-look.rank, _street_width_pt(look, content), bool(network.inferred[ix]), look.fill, look.casing)
        by_look.setdefault(key, []).append(network.shapes[ix])
    for (_, width, inferred, _, casing), shapes in sorted(by_look.items(), key=lambda item: item[0]):
        dashes: Any = (0, (6, 4)) if inferred else "solid"
        edges = LineCollection(shapes, linewidths=width + 1.5, colors=casing, linestyles=dashes, zorder=4)
        edges.set_capstyle("butt" if inferred else "round")
        axes.add_collection(edges, autolim=False)
    for (_, width, _, fill, _), shapes in sorted(by_look.items(), key=lambda item: item[0]):
        surface = LineCollection(shapes, linewidths=width, colors=fill, zorder=5)
        surface.set_capstyle("round")
        axes.add_collection(surface, autolim=False)


def draw_area(axes: Axes, content: MapContent) -> None:
    """The protected area as a tint under the streets with its outline over them, and the limit as a broken line."""
    from matplotlib.patches import PathPatch

    axes.add_patch(PathPatch(path_of(content.protected), facecolor=AREA_FILL, edgecolor="none", zorder=2))
    axes.add_patch(PathPatch(path_of(content.protected), facecolor="none", edgecolor=BLUE, linewidth=1.3, zorder=6))
    axes.add_patch(
        PathPatch(
            path_of(content.limit),
            facecolor="none",
            edgecolor=INK,
            linewidth=1.3,
            linestyle=(0, (7, 2, 1.5, 2)),
            zorder=6,
        )
    )


def path_of(shape: BaseGeometry) -> Any:
    """The outlines of polygons as one path to draw."""
    from matplotlib.path import Path

    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*(Path(np.asarray(ring.coords), closed=True) for ring in rings))


def draw_leaks(axes: Axes, content: MapContent) -> None:
    """Ways in as thick lines with arrowheads, broken where they are not certain."""
    for line, certain in content.leaks:
        points = np.asarray(line.coords)
        dashes: Any = "solid" if certain else (0, (10, 4))
        axes.plot(*points.T, color=PAPER, linewidth=6.5, solid_capstyle="round", solid_joinstyle="round", zorder=8)
        axes.plot(*points.T, color=VERMILLION, linewidth=3.8, linestyle=dashes, dash_capstyle="butt", zorder=9)
    for line, _ in content.leaks:
        for x, y, heading in _arrowheads(line, content):
            axes.plot(
                [x], [y], marker=(3, 0, heading - 90), markersize=11.5, color=VERMILLION, markeredgecolor=PAPER,
                markeredgewidth=1.0, linestyle="none", zorder=10,
            )  # fmt: skip


def _arrowheads(line: LineString, content: MapContent) -> Iterator[tuple[float, float, float]]:
    """Points and headings in degrees: the end of the path, and every so often before it, inside the frame."""
    gap = ARROW_GAP_PT / content.point_per_m
    points = shapely.MultiPoint([point for mark in content.marks for point in mark.points])
    clear = content.frame.buffer(-8 / content.point_per_m).difference(points.buffer(13 / content.point_per_m))
    for back in np.arange(0.0, line.length, gap):
        here = line.interpolate(line.length - back)
        behind = line.interpolate(max(0.0, line.length - back - 5.0 / content.point_per_m))
        if clear.contains(here) and here.distance(behind) > 0:
            yield here.x, here.y, math.degrees(math.atan2(here.y - behind.y, here.x - behind.x))


def draw_marks(axes: Axes, content: MapContent) -> None:
    """Bars across the streets, and a symbol for each barrier."""
    for mark in content.marks:
        look = SYMBOL_LOOKS[mark.kind]
        colour = look.edge if look.face == PAPER else look.face
        for bar in mark.bars:
            axes.plot(*np.asarray(bar.coords).T, color=colour, linewidth=2.6, solid_capstyle="butt", zorder=11)
        for x, y in mark.points:
            draw_symbol(axes, mark.kind, x, y, zorder=20 if mark.kind == "plan" else 14)


def draw_words(axes: Axes, content: MapContent) -> None:
    """Scale and north first, then numbers beside symbols, street names, and names of sites where room is left."""
    scale = content.point_per_m
    sheet = Sheet(content.frame.buffer(-3 / scale))
    sheet.take(_draw_scale(axes, content))
    for mark in content.marks:
        for x, y in mark.points:
            sheet.take(Point(x, y).buffer(SYMBOL_LOOKS[mark.kind].size_pt * 0.62 / scale))
    ways = shapely.union_all([line.buffer(4.5 / scale) for line, _ in content.leaks])
    streets = _street_surface(content)
    for mark in content.marks:
        for x, y in mark.points if mark.label else ():
            _number(axes, content, sheet, mark, Point(x, y), shapely.union(streets, ways))
    crossings = _crossings(content, ways)
    for name, lines, size in _named_streets(content):
        width, height = text_width_pt(name, size) / scale, size * 0.95 / scale
        middle = content.frame.centroid
        placed = sheet.place_along(lines, width + 3 / scale, height, avoid=crossings(name), middle=middle)
        if placed:
            _write(axes, content, name, placed, size, zorder=12)
    _draw_sites(axes, content, sheet, shapely.union(streets, ways))


def _write(
    axes: Axes, content: MapContent, text: str, placed: Placed, size: float, *, zorder: float, **style: Any
) -> None:
    """A word with a pale rim. An SVG gets its rim afterwards, from the name of the group (`describe_svg`)."""
    from matplotlib.patheffects import withStroke

    rim: dict[str, Any] = {"path_effects": [withStroke(linewidth=RIM_PT, foreground=PAPER)]}
    if content.file_format == "svg":
        rim = {"gid": f"{RIM_NAME}{len(axes.texts)}"}
    axes.text(
        placed.x, placed.y, text, size=size, rotation=placed.slope, rotation_mode="anchor", ha="center",
        **{"va": "center_baseline", "color": INK, **rim, **style}, parse_math=False, zorder=zorder,
    )  # fmt: skip


def _number(axes: Axes, content: MapContent, sheet: Sheet, mark: Mark, point: Point, avoid: BaseGeometry) -> None:
    size, scale = 10.5, content.point_per_m
    width, height = (text_width_pt(mark.label, size, bold=True) + 2) / scale, size * 0.9 / scale
    reach = (SYMBOL_LOOKS[mark.kind].size_pt * 0.55 + 2.5) / scale
    placed = sheet.place_beside(point, reach, width, height, avoid, must=True)
    assert placed is not None
    _write(axes, content, mark.label, placed, size, zorder=21, weight="bold")


def _street_surface(content: MapContent) -> BaseGeometry:
    network = content.operation.network
    shown = content.shown_in(content.frame)
    widths = [_street_width_pt(street_look(network.highways[ix]), content) / content.point_per_m for ix in shown]
    return shapely.union_all(shapely.buffer(network.lines[shown], np.array(widths) / 2))


def _crossings(content: MapContent, ways: BaseGeometry) -> Callable[[str], Crossing]:
    """For a street's name, how much of a label's box lies on streets of other names, or on a way in."""
    network = content.operation.network
    shown = content.shown_in(content.frame)
    widths = [_street_width_pt(street_look(network.highways[ix]), content) / content.point_per_m for ix in shown]
    tree = shapely.STRtree(shapely.buffer(network.lines[shown], np.array(widths) / 2))
    names = np.array([clean(network.segment_names[ix]) for ix in shown], dtype=object)

    def crossing(name: str) -> Crossing:
        is_other = names != name

        def covered(boxes: NDArray[np.object_]) -> NDArray[np.float64]:
            box_ix, street_ix = tree.query(boxes)
            others = is_other[street_ix]
            box_ix, street_ix = box_ix[others], street_ix[others]
            areas = shapely.area(shapely.intersection(boxes[box_ix], tree.geometries[street_ix]))
            total = np.bincount(box_ix, weights=areas, minlength=len(boxes)) / shapely.area(boxes)
            return np.asarray(total + shapely.area(shapely.intersection(boxes, ways)) / shapely.area(boxes))

        return covered

    return crossing


def _named_streets(content: MapContent) -> list[tuple[str, list[LineString], float]]:
    """Each street name once with its lines in the frame and the size of its letters; main and long ones first."""
    network = content.operation.network
    by_name: dict[str, list[int]] = {}
    for ix in content.shown_in(content.frame):
        if network.segment_names[ix]:
            by_name.setdefault(network.segment_names[ix], []).append(int(ix))
    streets = []
    for name, positions in by_name.items():
        rank = min(street_look(network.highways[ix]).rank for ix in positions)
        inside = shapely.intersection(shapely.union_all(network.lines[positions]), content.frame)
        lines = [part for part in shapely.get_parts(shapely.line_merge(_lines_only(inside))) if part.length > 0]
        length = sum(part.length for part in lines)
        streets.append((rank, -round(length, 3), clean(name), lines))
    streets.sort(key=lambda street: street[:3])
    sizes = {1: 8.6, 2: 8.0, 3: 7.6}
    return [(name, lines, sizes.get(rank, 6.8)) for rank, _, name, lines in streets]


def _lines_only(shape: BaseGeometry) -> BaseGeometry:
    return shapely.multilinestrings([part for part in shapely.get_parts(shape) if part.geom_type == "LineString"])


def _draw_sites(axes: Axes, content: MapContent, sheet: Sheet, avoid: BaseGeometry) -> None:
    """Names of sites, for orientation, where they cover nothing else; surveyed ones first."""
    operation, scale, size = content.operation, content.point_per_m, 6.9
    for site in sorted(operation.sites, key=lambda site: site.inferred):
        x, y = operation.network.projection.to_metres(np.array([[site.lon, site.lat]]))[0]
        dot = Point(x, y).buffer(2.5 / scale)
        if not sheet.is_free(dot):
            continue
        lines = wrap(clean(site.name), size, SITE_WIDTH_PT)
        width = (max(text_width_pt(line, size) for line in lines) + 3) / scale
        height = size * (1.2 * len(lines) - 0.1) / scale
        placed = sheet.place_beside(Point(x, y), 3.4 / scale, width, height, avoid, must=False)
        if placed is None:
            continue
        sheet.take(dot)
        axes.plot([x], [y], marker="o", markersize=3.4, color=SITE_INK, markeredgecolor=PAPER, markeredgewidth=0.6,
                  linestyle="none", zorder=7)  # fmt: skip
        _write(axes, content, "\n".join(lines), placed, size, zorder=12, color=SITE_INK, style="italic", va="center")


def _draw_scale(axes: Axes, content: MapContent) -> BaseGeometry:
    """A scale bar with a north arrow, in the emptier of the lower corners; returns the ground that they cover."""
    from matplotlib.patches import Polygon as Patch

    point = 1 / content.point_per_m
    bar_m = _round_length(95 * point)
    west, south, east, _ = content.frame.bounds
    wide, high = bar_m + 46 * point, 30 * point
    busy = shapely.union_all(
        [line for line, _ in content.leaks] + [Point(*one) for m in content.marks for one in m.points]
    )
    corners = [shapely.box(x, south + 6 * point, x + wide, south + 6 * point + high)
               for x in (west + 6 * point, east - 6 * point - wide)]  # fmt: skip
    box = max(corners, key=lambda corner: corner.distance(busy))
    x, y = box.bounds[0], box.bounds[1]
    axes.add_patch(Patch(np.asarray(box.exterior.coords), closed=True, facecolor=PAPER, edgecolor="#8a8a8a",
                         linewidth=0.6, zorder=30))  # fmt: skip
    left, base = x + 8 * point, y + 9 * point
    for part, colour in ((0, INK), (1, PAPER)):
        start = left + part * bar_m / 2
        corners_of_bar = [
            (start, base),
            (start + bar_m / 2, base),
            (start + bar_m / 2, base + 4 * point),
            (start, base + 4 * point),
        ]
        axes.add_patch(Patch(corners_of_bar, closed=True, facecolor=colour, edgecolor=INK, linewidth=0.8, zorder=31))
    for at, text in ((0.0, "0"), (bar_m, f"{bar_m:g} m" if bar_m < 1000 else f"{bar_m / 1000:g} km")):
        axes.text(left + at, base + 7 * point, text, size=7.5, ha="center" if at else "left", va="bottom", color=INK,
                  zorder=31, parse_math=False)  # fmt: skip
    north_x = box.bounds[2] - 10 * point
    arrow = [(north_x - 4.5, 5), (north_x, 18), (north_x + 4.5, 5), (north_x, 8.5)]
    corners_of_arrow = [(north_x + (px - north_x) * point, y + py * point) for px, py in arrow]
    axes.add_patch(Patch(corners_of_arrow, closed=True, facecolor=INK, edgecolor=INK, linewidth=0.5, zorder=31))
    axes.text(north_x, y + 19 * point, "N", size=8, weight="bold", ha="center", va="bottom", color=INK, zorder=31)
    return box


def _round_length(length_m: float) -> float:
    """The longest of 1, 2, 5, 10, 20, 50 … metres that is not longer."""
    power = 10.0 ** math.floor(math.log10(length_m))
    return max(step * power for step in (1, 2, 5) if step * power <= length_m)
