"""Maps of a cordon: streets, the protected area, barriers by state, the ways in, and planned barriers.

Same inputs, same bytes: no dates, no random ids, and the fonts that come with matplotlib.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from ringfence.model.answers import Leak
from ringfence.model.plans import Plan
from ringfence.operation import Operation
from ringfence.picture import Picture
from ringfence.report.drawing import MapContent, Mark, draw_area, draw_leaks, draw_marks, draw_streets, draw_words
from ringfence.report.legend import LegendRow, draw_legend, legend_height_pt, legend_rows
from ringfence.report.svg import describe_svg
from ringfence.report.symbols import GROUND, INK, PAPER, street_look, text_width_pt
from ringfence.report.words import (
    SymbolKind,
    barrier_state_shown,
    barrier_symbol,
    clean,
    letter,
    numbered,
    planned_place_shown,
    streets_shown,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_PT = 540.0
EDGE_PT = 10.0
MARGIN_SHARE, MARGIN_M_MIN = 0.2, 60.0
"""How much of the surroundings is shown, as a share of the longer side and at least."""
SIDES_RATIO = (0.72, 1.25)
"""Least and greatest height of the map in widths."""
PNG_DPI = 200
NEAR_PT = 14.0
"""Arms nearer than this on paper share one symbol."""


def draw_map(
    operation: Operation,
    *,
    picture: Picture | None = None,
    leaks: Sequence[Leak] = (),
    plan: Plan | None = None,
    title: str,
    file_format: Literal["svg", "png"],
    sides: tuple[str, str] = ("barrier of the operation", "arm of the plan"),
) -> bytes:
    """A map of the cordon and its surroundings, as wide as the barriers and the protected area ask for.

    Parameters
    ----------
    picture : Picture or None
        Gives each barrier its symbol; None draws the barriers without a state.
    leaks : sequence of Leak
        Driven as thick lines with arrowheads; dashed where a leak is not certain.
    plan : Plan or None
        Its barriers as lettered diamonds.
    title : str
        Stands above the map and names the image for those who can't see it.
    sides : tuple of str
        What the legend calls the operation's barriers and the plan's.

    Returns
    -------
    bytes
        SVG (text as outlines, with title and description) or PNG. The same for the same inputs and the same versions
        of the libraries.

    Notes
    -----
    Not for two threads at once: matplotlib's settings are one for the process.
    """
    content = _content(operation, picture, leaks, plan, file_format)
    with map_settings():
        from matplotlib.figure import Figure

        rows = legend_rows(operation, picture, plan, _seen_in(content), WIDTH_PT - 2 * EDGE_PT, sides)
        figure, axes, sheet_axes = _sheet(Figure, content, rows, title)
        draw_streets(axes, content)
        draw_area(axes, content)
        draw_leaks(axes, content)
        draw_marks(axes, content)
        draw_words(axes, content)
        draw_legend(sheet_axes, rows, x_pt=EDGE_PT, width_pt=WIDTH_PT - 2 * EDGE_PT, notes=operation.file.credits)
        buffer = io.BytesIO()
        if file_format == "png":
            figure.savefig(buffer, format="png", dpi=PNG_DPI, metadata={"Software": None})
            return buffer.getvalue()
        nothing = {"Creator": None, "Date": None, "Format": None, "Type": None}
        figure.savefig(buffer, format="svg", metadata=nothing)
    return describe_svg(buffer.getvalue(), clean(title), _description(operation, picture, leaks, plan))


@contextmanager
def map_settings() -> Iterator[None]:
    """matplotlib's own defaults, whatever the user's settings file says, for as long as a map is drawn."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()  # type: ignore[no-untyped-call,unused-ignore]
        mpl.rcParams.update(
            {
                "svg.hashsalt": "ringfence",
                "svg.fonttype": "path",
                "lines.scale_dashes": False,
                "font.family": "DejaVu Sans",
            }
        )
        yield


def _content(
    operation: Operation,
    picture: Picture | None,
    leaks: Sequence[Leak],
    plan: Plan | None,
    file_format: Literal["svg", "png"],
) -> MapContent:
    network = operation.network
    protected, limit = operation.area.in_metres(network.projection)
    own = [_barrier_sites(operation, number.barrier.id) for number in numbered(operation.barriers)]
    planned = [arm_site(operation, barrier.segment, barrier.offset_m) for barrier in plan.barriers] if plan else []
    points = [point for sites in own for point, _ in sites] + [point for point, _ in planned]
    frame = _frame(protected, points)
    scale = (WIDTH_PT - 2 * EDGE_PT) / (frame.bounds[2] - frame.bounds[0])
    marks = [
        _mark(barrier_symbol(one.barrier, picture.barrier(one.barrier.id) if picture else None),
              _numbered_label(one.number, one.barrier.id, picture), sites, scale)
        for one, sites in zip(numbered(operation.barriers), own, strict=True)
    ]  # fmt: skip
    marks += _plan_marks(planned, scale)
    return MapContent(
        operation=operation,
        frame=frame,
        protected=protected,
        limit=limit,
        marks=tuple(marks),
        leaks=tuple(
            (LineString(network.projection.to_metres(np.array(leak.path.coordinates))), leak.certain)
            for leak in leaks
            if len(leak.path.coordinates) > 1
        ),
        point_per_m=scale,
        file_format=file_format,
    )


def _numbered_label(number: str, barrier_id: str, picture: Picture | None) -> str:
    certain = picture is None or (
        picture.barrier(barrier_id).certain and picture.barrier(barrier_id).holds != "doubtful"
    )
    return number if certain else f"{number}?"


Site = tuple[tuple[float, float], LineString]


def _barrier_sites(operation: Operation, barrier_id: str) -> list[Site]:
    barrier = next(barrier for barrier in operation.barriers if barrier.id == barrier_id)
    return [arm_site(operation, arm.segment, arm.offset_m) for arm in barrier.arms]


def arm_site(operation: Operation, segment: str, offset_m: float) -> Site:
    """Where an arm stands, and the bar across its street."""
    network = operation.network
    ix = network.find_segment(segment)
    assert ix is not None  # the folder or the planner named it
    line: LineString = network.lines[ix]
    here, before, after = (line.interpolate(max(0.0, offset_m + shift)) for shift in (0.0, -1.0, 1.0))
    along = math.atan2(after.y - before.y, after.x - before.x)
    half = street_look(network.highways[ix]).width_m / 2
    across = (-math.sin(along) * half, math.cos(along) * half)
    bar = LineString([(here.x - across[0], here.y - across[1]), (here.x + across[0], here.y + across[1])])
    return (float(here.x), float(here.y)), bar


def _mark(kind: SymbolKind, label: str, sites: Sequence[Site], scale: float) -> Mark:
    """Arms that are near each other on paper share one symbol in their middle."""
    groups: list[list[tuple[float, float]]] = []
    for point, _ in sites:
        near = next((group for group in groups if any(math.dist(point, one) * scale < NEAR_PT for one in group)), None)
        if near is None:
            groups.append([point])
        else:
            near.append(point)
    middles = tuple((sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups)
    return Mark(kind, label, middles, tuple(bar for _, bar in sites))


def _plan_marks(planned: Sequence[Site], scale: float) -> list[Mark]:
    """A diamond for each planned arm; arms beside each other share one, which bears all their letters."""
    groups: list[list[int]] = []
    for position, (point, _) in enumerate(planned):
        near = (group for group in groups if any(math.dist(point, planned[one][0]) * scale < NEAR_PT for one in group))
        group = next(near, None)
        if group is None:
            groups.append([position])
        else:
            group.append(position)
    return [
        _mark("plan", " ".join(letter(one) for one in group), [planned[one] for one in group], scale)
        for group in groups
    ]


def _frame(protected: BaseGeometry, points: Sequence[tuple[float, float]]) -> Polygon:
    """The rectangle that is shown: area and barriers, a margin, and sides that suit a page."""
    west, south, east, north = shapely.union(protected.envelope, shapely.MultiPoint(list(points))).bounds
    margin = max(MARGIN_M_MIN, MARGIN_SHARE * max(east - west, north - south))
    width, height = east - west + 2 * margin, north - south + 2 * margin
    least, most = SIDES_RATIO
    height = max(height, least * width)
    width = max(width, height / most)
    x, y = (west + east) / 2, (south + north) / 2
    return shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _seen_in(content: MapContent) -> frozenset[str]:
    """What the legend has to explain, because it is in the frame."""
    network, frame = content.operation.network, content.frame
    shown = shapely.intersects(network.lines, frame)
    seen = {network.highways[ix] for ix in np.flatnonzero(shown)}
    if content.limit.boundary.intersects(frame):
        seen.add("limit")
    if bool((network.inferred & shown).any()):
        seen.add("inferred")
    seen |= {"leak" if certain else "leak?" for _, certain in content.leaks}
    return frozenset(seen)


def _sheet(
    figure_class: type[Figure], content: MapContent, rows: Sequence[LegendRow], title: str
) -> tuple[Figure, Axes, Axes]:
    """An empty figure: the whole sheet in points, and the map in metres on it."""
    west, south, east, north = content.frame.bounds
    map_width, map_height = WIDTH_PT - 2 * EDGE_PT, (north - south) * content.point_per_m
    title_height = 26.0
    legend_height = legend_height_pt(rows, content.operation.file.credits, map_width)
    height = title_height + map_height + legend_height + EDGE_PT
    figure = figure_class(figsize=(WIDTH_PT / 72, height / 72), facecolor=PAPER)
    sheet_axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH_PT), ylim=(0, height))
    sheet_axes.set_axis_off()
    shown = clean(title)
    size = min(12.5, 12.5 * map_width / max(1.0, text_width_pt(shown, 12.5, bold=True)))
    sheet_axes.text(EDGE_PT, height - 18, shown, size=max(6.0, size), weight="bold", color=INK, parse_math=False)
    bottom = legend_height + EDGE_PT / 2
    axes = figure.add_axes(
        (EDGE_PT / WIDTH_PT, bottom / height, map_width / WIDTH_PT, map_height / height),
        xlim=(west, east), ylim=(south, north), facecolor=GROUND, xticks=[], yticks=[],
    )  # fmt: skip
    for spine in axes.spines.values():
        spine.set(edgecolor=INK, linewidth=0.8, zorder=50)
    return figure, axes, sheet_axes


def _description(operation: Operation, picture: Picture | None, leaks: Sequence[Leak], plan: Plan | None) -> str:
    """What the map shows, for those who can't see it."""
    parts = [f"Street map with the protected area and {len(operation.barriers)} numbered barriers."]
    for one in numbered(operation.barriers):
        state = f": {barrier_state_shown(one.barrier, picture.barrier(one.barrier.id))}" if picture else ""
        parts.append(f"{one.number} {clean(one.barrier.name)}{state}.")
    for leak in leaks:
        doubt = "" if leak.certain else ", not certain"
        parts.append(f"Way in{doubt} through {clean(leak.through)}, by {streets_shown(leak.path, 'then')}.")
    for position, barrier in enumerate(plan.barriers if plan else ()):
        parts.append(f"Planned barrier {letter(position)}: {planned_place_shown(barrier)}.")
    parts += [f"Data: {clean(credit)}." for credit in operation.file.credits]
    return " ".join(parts)
