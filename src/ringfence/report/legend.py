"""The legend under a map: every barrier by number, name and state, then what the lines mean, then the credits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringfence.model.plans import Plan
from ringfence.operation import Operation
from ringfence.picture import Picture
from ringfence.report.symbols import (
    AREA_FILL,
    BLUE,
    GREY,
    INK,
    PAPER,
    VERMILLION,
    draw_symbol,
    street_look,
    wrap,
)
from ringfence.report.words import (
    SymbolKind,
    barrier_state_shown,
    barrier_symbol,
    clean,
    letter,
    numbered,
    planned_place_shown,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TEXT_PT, LEADING_PT = 8.0, 10.6
CREDITS_PT, CREDITS_LEADING_PT = 6.4, 8.2
GAP_PT = 10.0
BARRIERS_SHARE = 0.66
"""How much of the width the list of barriers takes; the key of lines takes the rest."""
_INDENT_PT = {"barrier": 44.0, "key": 34.0}


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One row: its column, its symbol or line, its number, and its wrapped text."""

    column: str
    symbol: SymbolKind | None
    sample: str | None
    number: str
    lines: tuple[str, ...]


def legend_rows(
    operation: Operation,
    picture: Picture | None,
    plan: Plan | None,
    seen: frozenset[str],
    width_pt: float,
    sides: tuple[str, str],
) -> tuple[LegendRow, ...]:
    """What the legend of a map has to say, given the kinds of line and street that are in its frame.

    `sides` are what the operation's barriers and the plan's are called.
    """
    room = {"barrier": width_pt * BARRIERS_SHARE - _INDENT_PT["barrier"] - 8}
    room["key"] = width_pt * (1 - BARRIERS_SHARE) - _INDENT_PT["key"]
    rows = []
    for one in numbered(operation.barriers):
        at = picture.barrier(one.barrier.id) if picture else None
        state = f": {barrier_state_shown(one.barrier, at)}" if at else ""
        words = wrap(f"{clean(one.barrier.name)}{state}", TEXT_PT, room["barrier"])
        doubt = "?" if at and (not at.certain or at.holds == "doubtful") else ""
        rows.append(LegendRow("barrier", barrier_symbol(one.barrier, at), None, one.number + doubt, words))
    for position, barrier in enumerate(plan.barriers if plan else ()):
        words = wrap(planned_place_shown(barrier), TEXT_PT, room["barrier"])
        rows.append(LegendRow("barrier", "plan", None, letter(position), words))
    keys = [("area", "protected area"), ("limit", "limit: no barrier beyond"), ("leak", "a way in"),
            ("leak?", "a way in, not certain"), ("main", "main street"), ("minor", "side street"),
            ("bus", "bus lane"), ("lane", "lane or path"), ("inferred", "street not seen in a source")]  # fmt: skip
    if plan and picture is None:
        rows.append(LegendRow("key", "neutral", None, "", wrap(sides[0], TEXT_PT, room["key"])))
    if plan:
        rows.append(LegendRow("key", "plan", None, "", wrap(sides[1], TEXT_PT, room["key"])))
    present = seen | {"area"} | {_group(highway) for highway in seen}
    rows += [LegendRow("key", None, key, "", wrap(text, TEXT_PT, room["key"])) for key, text in keys if key in present]
    return tuple(rows)


def _group(highway: str) -> str:
    if highway in {"area", "limit", "leak", "leak?", "inferred"}:
        return highway
    if highway == "busway":
        return "bus"
    return {1: "main", 2: "main", 3: "minor"}.get(street_look(highway).rank, "lane")


def legend_height_pt(rows: Sequence[LegendRow], notes: Sequence[str], width_pt: float) -> float:
    """Height of the legend with its credits."""
    columns = [sum(_row_height(row) for row in rows if row.column == column) for column in ("barrier", "key")]
    return GAP_PT + max(columns) + 6 + CREDITS_LEADING_PT * len(_credit_lines(notes, width_pt))


def _row_height(row: LegendRow) -> float:
    return len(row.lines) * LEADING_PT + 3.4


def _credit_lines(notes: Sequence[str], width_pt: float) -> tuple[str, ...]:
    return wrap(clean(". ".join(credit.rstrip(". ") for credit in notes)), CREDITS_PT, width_pt)


def draw_legend(axes: Axes, rows: Sequence[LegendRow], *, x_pt: float, width_pt: float, notes: Sequence[str]) -> None:
    """Write the legend on axes in points, from the height that `legend_height_pt` gave downward."""
    top = legend_height_pt(rows, notes, width_pt) - GAP_PT / 2
    for column, left in (("barrier", x_pt), ("key", x_pt + width_pt * BARRIERS_SHARE)):
        y = top
        for row in rows:
            if row.column == column:
                _draw_row(axes, row, left, y - LEADING_PT * 0.62)
                y -= _row_height(row)
    style: dict[str, Any] = {"size": CREDITS_PT, "color": "#4a4a4a", "va": "baseline", "parse_math": False}
    lines = _credit_lines(notes, width_pt)
    for position, line in enumerate(lines):
        axes.text(x_pt, 3 + CREDITS_LEADING_PT * (len(lines) - 1 - position) + 1, line, **style)


def _draw_row(axes: Axes, row: LegendRow, left: float, y: float) -> None:
    text: dict[str, Any] = {"size": TEXT_PT, "color": INK, "va": "center_baseline", "parse_math": False}
    if row.symbol:
        draw_symbol(axes, row.symbol, left + 7, y, zorder=3, size_pt_max=9.5)
        axes.text(left + 17, y, row.number, weight="bold", **text)
    elif row.sample:
        _draw_sample(axes, row.sample, left, y)
    for position, line in enumerate(row.lines):
        axes.text(
            left + _INDENT_PT[row.column] - (6 if row.column == "barrier" else 0),
            y - position * LEADING_PT,
            line,
            **text,
        )


def _draw_sample(axes: Axes, sample: str, left: float, y: float) -> None:
    """A short piece of the line or surface that a row explains."""
    from matplotlib.patches import Rectangle

    right = left + 26
    if sample == "area":
        axes.add_patch(Rectangle((left, y - 4), 26, 8, facecolor=AREA_FILL, edgecolor=BLUE, linewidth=1.3))
        return
    if sample in {"limit", "leak", "leak?"}:
        dashes: dict[str, Any] = {"limit": (0, (7, 2, 1.5, 2)), "leak": "solid", "leak?": (0, (10, 4))}
        colour, width = (INK, 1.3) if sample == "limit" else (VERMILLION, 3.8)
        axes.plot([left, right], [y, y], color=colour, linewidth=width, linestyle=dashes[sample], solid_capstyle="butt")
        if sample != "limit":
            axes.plot([left + 17], [y], marker=(3, 0, -90), markersize=10.5, color=VERMILLION, markeredgecolor=PAPER,
                      linestyle="none", zorder=4)  # fmt: skip
        return
    widths = {"main": 9.0, "minor": 6.5, "bus": 5.0, "lane": 3.0, "inferred": 6.5}
    look = street_look({"main": "primary", "minor": "residential", "bus": "busway", "lane": "service"}.get(sample, ""))
    edge: Any = (0, (6, 4)) if sample == "inferred" else "solid"
    casing = GREY if sample == "inferred" else look.casing
    axes.plot([left, right], [y, y], color=casing, linewidth=widths[sample] + 1.5, linestyle=edge,
              solid_capstyle="butt", dash_capstyle="butt")  # fmt: skip
    axes.plot([left, right], [y, y], color=look.fill, linewidth=widths[sample], solid_capstyle="butt")
