"""Pictures of fronts: two plans on one map, a way in that nobody may close, the fronts of a city as a chart."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from PIL import Image
from shapely import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from ringfence.base.traffic import Threat
from ringfence.model.plans import FrontPoint, Plan
from ringfence.network import Network
from ringfence.operation import Operation
from ringfence.planner import Ring
from ringfence.report.drawing import MapContent, Mark, draw_area, draw_leaks, draw_marks, draw_streets, draw_words
from ringfence.report.maps import arm_site, map_settings
from ringfence.report.svg import describe_svg
from ringfence.report.symbols import BLUE, GREEN, INK, ORANGE, PAPER, VERMILLION, draw_symbol, street_look
from ringfence.report.words import SymbolKind

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_PT, EDGE_PT, LINE_PT, TITLE_PT = 470.0, 8.0, 13.0, 24.0
DPI, COLOURS = 150, 128
MARGIN_M = 70.0
SIDES_RATIO = (0.7, 1.15)
ONLY_CHEAPEST, ENCLOSED_BY_BOTH, ONLY_LIGHTEST = ORANGE, "#CC79A7", GREEN
SERIES = (("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "^"), ("#CC79A7", "D"), ("#000000", "v"))
"""Colours of Okabe and Ito, and markers, so that no line is told by its colour alone."""
NOTHING = shapely.MultiLineString()
SYMBOLS: dict[str, SymbolKind] = {"neutral": "neutral", "plan": "plan"}
LegendLine = tuple[str, str]
"""A symbol, an outline or the colour of a line, and what it means."""


def draw_two_plans(operation: Operation, ring: Ring, cheapest: Plan, lightest: Plan, title: str) -> bytes:
    """The cheapest and the lightest plan on one map as PNG, with the streets that they enclose."""
    first, second = (enclosed_halves(ring, plan) for plan in (cheapest, lightest))
    streets = (
        (
            ONLY_CHEAPEST,
            _lines(ring, first & ~second),
            "street that the cheapest encloses and the lightest leaves open",
        ),
        (ONLY_LIGHTEST, _lines(ring, second & ~first), "street that only the lightest encloses"),
        (ENCLOSED_BY_BOTH, _lines(ring, first & second), "street that is enclosed either way"),
    )
    marks = [_mark(operation, "neutral", cheapest), _mark(operation, "plan", lightest)]
    enclosing = f"{cheapest.cost} barriers enclose {cheapest.enclosed_street_m:,.0f} m of street"
    legend: list[LegendLine] = [
        ("neutral", f"cheapest: {enclosing}"),
        ("plan", f"lightest: {lightest.cost} barriers enclose {lightest.enclosed_street_m:,.0f} m"),
    ]
    if lightest.cost == cheapest.cost:
        marks, legend = marks[1:], [("plan", f"the only choice: {enclosing}")]
    legend += [(colour, words) for colour, lines, words in streets if lines]
    barred = {barrier.segment for plan in (cheapest, lightest) for barrier in plan.barriers}
    drawn = shapely.MultiLineString([line for _, lines, _ in streets for line in lines])
    content = _content(operation, marks, (), _walks(operation.network, barred), drawn)
    return _draw(content, [(colour, lines) for colour, lines, _ in streets], legend, title)


def draw_way_in(operation: Operation, plan: Plan, title: str) -> bytes:
    """The way in that no cordon stops, as PNG."""
    assert plan.witness is not None
    way = LineString(operation.network.projection.to_metres(np.array(plan.witness.coordinates)))
    legend: list[LegendLine] = [(VERMILLION, f"a way in of {way.length:,.0f} m on which no barrier may stand")]
    content = _content(operation, [], ((way, True),), _walks(operation.network, set()))
    return _draw(content, (), legend, title)


def enclosed_halves(ring: Ring, plan: Plan) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(K, 2) the halves of arms that a plan encloses."""
    closed = ring.problem.closed_anyway.copy()
    closed[[ring.problem.arms.ix[barrier.id] for barrier in plan.barriers]] = True
    return np.asarray(ring.inside(closed)[ring.half_node])


def _lines(ring: Ring, halves: np.ndarray[Any, np.dtype[np.bool_]]) -> list[Any]:
    arms, network = ring.problem.arms, ring.problem.network
    ends = np.column_stack([arms.start_m, arms.middle_m, arms.end_m])
    return [
        np.asarray(substring(network.lines[arms.segment_ix[arm]], *ends[arm, half : half + 2]).coords)
        for arm, half in np.argwhere(halves).tolist()
    ]


def _mark(operation: Operation, kind: SymbolKind, plan: Plan) -> Mark:
    sites = [arm_site(operation, barrier.segment, barrier.offset_m) for barrier in plan.barriers]
    return Mark(kind, "", tuple(point for point, _ in sites), tuple(bar for _, bar in sites))


def _walks(network: Network, barred: set[str]) -> frozenset[int]:
    """Paths without a name, of which cities have thousands; not those with a barrier on them."""
    walk = street_look("footway")
    rows = enumerate(zip(network.segment_ids, network.segment_names, network.highways, strict=True))
    return frozenset(
        ix for ix, (segment, name, kind) in rows if not name and street_look(kind) == walk and segment not in barred
    )


def _content(
    operation: Operation,
    marks: Sequence[Mark],
    ways: tuple[tuple[LineString, bool], ...],
    left_out: frozenset[int],
    drawn: BaseGeometry = NOTHING,
) -> MapContent:
    protected, limit = operation.area.in_metres(operation.network.projection)
    points = shapely.MultiPoint([point for mark in marks for point in mark.points])
    shown = shapely.union_all([protected.envelope, points, drawn.envelope, *(way for way, _ in ways)])
    frame = _frame(shown)
    return MapContent(
        operation=operation,
        frame=frame,
        protected=protected,
        limit=limit,
        marks=tuple(marks),
        leaks=ways,
        point_per_m=(WIDTH_PT - 2 * EDGE_PT) / (frame.bounds[2] - frame.bounds[0]),
        file_format="png",
        left_out=left_out,
    )


def _frame(shown: BaseGeometry) -> shapely.Polygon:
    """The rectangle of the map, with a margin and sides that suit a page."""
    west, south, east, north = shown.bounds
    width, height = east - west + 2 * MARGIN_M, north - south + 2 * MARGIN_M
    height = max(height, SIDES_RATIO[0] * width)
    width = max(width, height / SIDES_RATIO[1])
    x, y = (west + east) / 2, (south + north) / 2
    return shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _draw(
    content: MapContent, enclosed: Sequence[tuple[str, list[Any]]], legend: Sequence[LegendLine], title: str
) -> bytes:
    with map_settings():
        from matplotlib.collections import LineCollection

        limit = [("limit", "limit: no barrier beyond")] if content.limit.boundary.intersects(content.frame) else []
        figure, axes = _sheet(content, [*legend, ("area", "protected area"), *limit], title)
        draw_streets(axes, content)
        draw_area(axes, content)
        for colour, lines in enclosed:
            shown = LineCollection(lines, linewidths=3.2, colors=colour, zorder=7)
            shown.set_capstyle("round")
            axes.add_collection(shown, autolim=False)
        draw_leaks(axes, content)
        draw_marks(axes, content)
        draw_words(axes, content)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return _fewer_colours(buffer.getvalue())


def _fewer_colours(png: bytes) -> bytes:
    """The same picture in a fraction of the bytes: its most frequent colours, and for the others the nearest."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    values, counts = np.unique(np.asarray(picture).reshape(-1, 3), axis=0, return_counts=True)
    kept = values[np.argsort(-counts, kind="stable")[:COLOURS]]
    palette = Image.new("P", (1, 1))
    palette.putpalette(kept.astype(np.uint8).tobytes())
    small = io.BytesIO()
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(small, format="PNG", optimize=True)
    return small.getvalue()


def _sheet(content: MapContent, legend: Sequence[LegendLine], title: str) -> tuple[Figure, Axes]:
    """The sheet in points with title, legend and whose data it is; and the axes of the map on it, in metres."""
    from matplotlib.figure import Figure

    west, south, east, north = content.frame.bounds
    map_height = (north - south) * content.point_per_m
    below = LINE_PT * (len(legend) + 1) + 8
    height = TITLE_PT + map_height + below
    figure = Figure(figsize=(WIDTH_PT / 72, height / 72), facecolor=PAPER)
    sheet = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH_PT), ylim=(0, height))
    sheet.set_axis_off()
    sheet.text(EDGE_PT, height - 16, title, size=10.5, weight="bold", color=INK, parse_math=False)
    for row, (sample, words) in enumerate(legend):
        y = below - LINE_PT * (row + 1)
        _draw_sample(sheet, sample, y)
        sheet.text(38, y, words, size=8, color=INK, va="center_baseline", parse_math=False)
    whose = ". ".join(content.operation.file.credits)
    sheet.text(EDGE_PT, 4, whose, size=7, color="#4a4a4a", parse_math=False)
    place = (EDGE_PT / WIDTH_PT, below / height, 1 - 2 * EDGE_PT / WIDTH_PT, map_height / height)
    axes = figure.add_axes(place, xlim=(west, east), ylim=(south, north), facecolor="#ebe9e2", xticks=[], yticks=[])
    return figure, axes


def _draw_sample(sheet: Axes, sample: str, y: float) -> None:
    """What a line of the legend explains."""
    if sample in SYMBOLS:
        draw_symbol(sheet, SYMBOLS[sample], 20, y, zorder=3, size_pt_max=9)
    elif sample in {"area", "limit"}:
        colour, dashes = (BLUE, "solid") if sample == "area" else (INK, (0, (7, 2, 1.5, 2)))
        sheet.plot([EDGE_PT, 32], [y, y], color=colour, linewidth=1.3, linestyle=dashes)
    else:
        sheet.plot([EDGE_PT, 32], [y, y], color=sample, linewidth=3.2, solid_capstyle="round")


def draw_fronts(title: str, credit: str, fronts: Sequence[tuple[str, Mapping[Threat, Sequence[FrontPoint]]]]) -> bytes:
    """The fronts of a city against metres of street as SVG: lawful drivers on the left, determined on the right."""
    with map_settings():
        from matplotlib.figure import Figure
        from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

        figure = Figure(figsize=(8.2, 4.5), facecolor=PAPER)
        panels = figure.subplots(1, 2, sharey=True)
        for axes, threat in zip(panels, Threat, strict=True):
            for (name, points), (colour, marker) in zip(fronts, SERIES, strict=True):
                cost = [point.cost for point in points[threat]]
                metres = [point.burden / 10 for point in points[threat]]
                axes.plot(cost, metres, color=colour, marker=marker, markersize=3.4, linewidth=1.0, label=name)
            axes.set_title(f"{threat.value.capitalize()} drivers", size=9.5)
            axes.set_xlabel("barriers", size=8.5)
            axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda metres, _: f"{metres:,.0f} m"))
            axes.yaxis.set_minor_formatter(NullFormatter())
            axes.tick_params(labelsize=8, labelleft=True)
            axes.grid(color="#dddddd", linewidth=0.6)
            axes.set_axisbelow(True)
        panels[0].set_ylabel("street enclosed (logarithmic)", size=8.5)
        figure.suptitle(title, size=11, weight="bold", x=0.01, ha="left")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="lower center", ncols=5, fontsize=7.8, frameon=False,
                      bbox_to_anchor=(0.5, 0.035))  # fmt: skip
        figure.text(0.01, 0.012, credit, size=7, color="#4a4a4a")
        figure.subplots_adjust(left=0.105, right=0.985, top=0.86, bottom=0.2, wspace=0.2)
        buffer = io.BytesIO()
        nothing = {"Creator": None, "Date": None, "Format": None, "Type": None}
        figure.savefig(buffer, format="svg", metadata=nothing)
    return describe_svg(buffer.getvalue(), title, f"Metres of street enclosed by number of barriers. {credit}.")
