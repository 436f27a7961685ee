"""How the time of a proven plan grows with the city and with the ring: writes docs/planning-speed.md and its two plots.

Run it with ``python -m benchmarks.scaling``.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from benchmarks.ground import SEED
from benchmarks.harness import ROOT, Unit, grid
from benchmarks.scaling_times import (
    DETERMINED_MINIMUM,
    DETERMINED_PLAN,
    FIRST,
    IGRAPH,
    LAWFUL_MINIMUM,
    LAWFUL_PLAN,
    LONG_S,
    ORTOOLS,
    PLACES,
    RADIUS_M,
    RING_M,
    RING_M_MIN,
    RUNS,
    CityPoint,
    RingPoint,
    city_points,
    ring_points,
)
from ringfence.planner.best import SETTLE_ARMS_MAX

PAGE, PLOTS = "planning-speed.md", "plots"
CITY_PLOT, RING_PLOT = "planning-city-size.svg", "planning-ring-size.svg"
CITY_SERIES = (DETERMINED_PLAN, LAWFUL_PLAN, FIRST, ORTOOLS, IGRAPH)
RING_SERIES = (DETERMINED_PLAN, DETERMINED_MINIMUM, LAWFUL_PLAN, LAWFUL_MINIMUM)
LOOKS: dict[str, tuple[str, str, str]] = {
    DETERMINED_PLAN: ("black", "o", "-"),
    LAWFUL_PLAN: ("black", "s", "--"),
    FIRST: ("0.45", "D", "-."),
    DETERMINED_MINIMUM: ("0.55", ".", "-"),
    LAWFUL_MINIMUM: ("0.55", "v", "--"),
    ORTOOLS: ("0.45", "^", ":"),
    IGRAPH: ("0.65", "X", "-"),
}
"""Shade, marker and line of each series: they can be told apart without colours."""
APART = 1.1
"""A ring with so many times the arms of the one before has room for its radius beside that one's."""


def write_page(cities: Sequence[CityPoint], rings: Sequence[RingPoint], docs: Path = ROOT / "docs") -> None:
    """Write the page and its plots below `docs`, and print the page."""
    plots = docs / PLOTS
    plots.mkdir(exist_ok=True)
    junctions = [point.junctions for point in cities]
    arms = [point.arms for point in rings]
    in_city = {name: [point.seconds[name] for point in cities] for name in CITY_SERIES}
    in_ring = {name: [point.seconds[name] for point in rings] for name in RING_SERIES}
    _plot(plots / CITY_PLOT, junctions, in_city, "junctions in the city")
    _plot(plots / RING_PLOT, arms, in_ring, "arms in the ring: stretches of street that could be closed", _radii(rings))
    text = "\n".join(
        [
            _head(),
            _city_text(cities),
            _city_table(cities),
            _slopes(junctions, in_city, "junctions"),
            _ring_text(rings),
            _ring_table(rings),
            _slopes(arms, in_ring, "arms"),
            _steps(rings),
        ]
    )
    (docs / PAGE).write_text(text, encoding="utf-8")
    print(text)


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The exponent of the power of the size that the time follows best: least squares on the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _plot(
    path: Path,
    sizes: Sequence[float],
    series: dict[str, list[float]],
    label: str,
    more: Callable[[Axes], None] | None = None,
) -> None:
    with mpl.rc_context({"svg.hashsalt": "ringfence", "font.size": 9, "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(7.2, 5.0), layout="constrained")
        axes = figure.subplots()
        for name, seconds in series.items():
            shade, marker, line = LOOKS[name]
            exponent = slope(sizes, seconds)
            axes.loglog(
                sizes,
                [1000 * one for one in seconds],
                color=shade,
                marker=marker,
                linestyle=line,
                label=f"{name} (slope {exponent:+.2f})",
            )
        axes.set_xlabel(label)
        axes.set_ylabel("time, milliseconds")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
            axis.set_minor_formatter(NullFormatter())
        axes.grid(visible=True, which="major", color="0.85", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        if more is not None:
            more(axes)
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _radii(rings: Sequence[RingPoint]) -> Callable[[Axes], None]:
    """Writes the radius of the disc below each ring's lowest point."""

    def write(axes: Axes) -> None:
        written = 0
        for point in rings:
            if point.arms < APART * written:
                continue
            written = point.arms
            lowest = 1000 * min(point.seconds.values())
            axes.annotate(
                f"{point.radius_m:,.0f} m",
                (point.arms, lowest),
                xytext=(0, -9),
                textcoords="offset points",
                ha="center",
                va="top",
                rotation=90,
                fontsize=7,
                color="0.3",
            )
        axes.set_ylim(bottom=axes.get_ylim()[0] / 2.5)

    return write


def _head() -> str:
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    return (
        "# How long a plan takes, and what that depends on\n\n"
        "`python -m benchmarks.scaling` writes this page and its plots. "
        f"Generated cities, seed {SEED}, in memory; {machine}.\n"
        "Timed is the whole way: the window, the movement graph, the ring, the minimum, ties broken, places named, "
        "certificate written.\nBefore each run the city forgets the shapes of streets that it keeps, so that the place "
        f"is always one never looked at. Medians of {RUNS} runs.\n\n"
        "A slope is the exponent fitted to all points (least squares on the logarithms): 0 says that size does not "
        "matter, 1 that twice the size takes\ntwice the time. *Last step* is the slope between the two largest sizes "
        "alone; where a fixed part is added to one that grows, it says more.\n"
    )


def _city_text(cities: Sequence[CityPoint]) -> str:
    first, last = cities[0], cities[-1]
    factor = last.junctions / first.junctions
    ours = last.seconds[DETERMINED_PLAN] / first.seconds[DETERMINED_PLAN]
    return (
        "## The city's size\n"
        f"A disc of radius {RADIUS_M:.0f} m, the limit {RING_M:.0f} m farther out: {PLACES} such discs near the "
        "middle of each city, of which the median is taken.\n\n"
        f"![Time of a plan against the number of junctions of the city]({PLOTS}/{CITY_PLOT})\n\n"
        f"A city {factor:,.0f} times as large takes {ours:.2f} times as long for a determined driver: the window finds "
        "the streets near the limit by an index,\nand nothing behind it knows how large the city is. What differs from "
        "city to city is the ring there. *First after opening* has no index yet and\nlooks through the columns of the "
        "whole city instead. The solvers get every street of the city (value and cut only, at the first of the discs); "
        "see\n[benchmarks.md](benchmarks.md) for what they are given.\n"
    )


def _city_table(cities: Sequence[CityPoint]) -> str:
    rows = [
        [f"{point.junctions:,}", f"{point.arms:,.0f}", *(_ms(point.seconds[name]) for name in CITY_SERIES)]
        for point in cities
    ]
    return grid(["junctions", "arms in the ring", *CITY_SERIES], rows)


def _ring_text(rings: Sequence[RingPoint]) -> str:
    by_program = [f"{point.radius_m:,.0f} m" for point in rings if not point.by_paths]
    gaps = [f"{point.radius_m:,.0f} m by {point.gap}" for point in rings if point.gap]
    needed = f"at {', '.join(by_program)} an integer program had to" if by_program else "they did at every size"
    left = f"A gap is left at {', '.join(gaps)}." if gaps else "No gap is left at any size."
    return (
        "## The ring's size\n"
        "Discs of growing radius around the middle of the largest city; the ring is as wide as the desk proposes it, "
        f"half the radius and at least {RING_M_MIN:.0f} m.\nWhat takes longer than {LONG_S:.0f} s was run once.\n\n"
        f"![Time of a plan against the number of arms in the ring]({PLOTS}/{RING_PLOT})\n\n"
        "*Minimum only* is the least that every plan costs, proven, without breaking ties or naming places. For lawful "
        f"drivers disjoint paths prove it where they can;\n{needed}. {left}\n"
        f"{_slowest(rings, DETERMINED_PLAN, DETERMINED_MINIMUM)}\n{_slowest(rings, LAWFUL_PLAN, LAWFUL_MINIMUM)}\n"
        f"The rest breaks ties between plans of equal cost (beyond {SETTLE_ARMS_MAX:,} arms as far as flows can, and "
        "the plan says so), names places and writes the certificate.\nEach line of the table is measured by itself, "
        "run after run. On [benchmarks.md](benchmarks.md) the same questions take turns with others,\na second city in "
        "memory: nothing of them is left in the processor's caches then, and they take longer.\n"
    )


def _slowest(rings: Sequence[RingPoint], plan: str, minimum: str) -> str:
    point = max(rings, key=lambda point: point.seconds[plan])
    return (
        f"The slowest {plan} plan is that of {point.radius_m:,.0f} m: {_s(point.seconds[plan])}, of which "
        f"{_s(point.seconds[minimum])} for the proven minimum."
    )


def _ring_table(rings: Sequence[RingPoint]) -> str:
    rows = [
        [
            f"{point.radius_m:,.0f} m",
            f"{point.arms:,}",
            f"{point.bans}",
            f"{point.cost[DETERMINED_PLAN]}, {point.cost[LAWFUL_PLAN]}",
            "paths" if point.by_paths else "integer program",
            *(_ms(point.seconds[name]) for name in RING_SERIES),
        ]
        for point in rings
    ]
    head = ["radius", "arms in the ring", "turn bans", "fewest: determined, lawful", "lawful proven by", *RING_SERIES]
    return grid(head, rows)


def _slopes(sizes: Sequence[float], series: dict[str, list[float]], unit: str) -> str:
    rows = [
        [
            name,
            f"{slope(sizes, seconds):+.2f}",
            f"{10 ** slope(sizes, seconds):.1f} times",
            f"{slope(sizes[-2:], seconds[-2:]):+.2f}",
        ]
        for name, seconds in series.items()
    ]
    return grid(["", "slope", f"ten times the {unit} take", "last step"], rows)


def _steps(rings: Sequence[RingPoint]) -> str:
    """Where a curve leaves its line most."""
    told = []
    for name in RING_SERIES:
        before, behind = max(pairwise(rings), key=lambda pair: _growth(pair, name))
        took = behind.seconds[name] / before.seconds[name]
        told.append(
            f"- {name}: from {before.radius_m:,.0f} m to {behind.radius_m:,.0f} m, {behind.arms / before.arms:.1f} "
            f"times the arms took {took:.1f} times the time."
        )
    return "The steepest steps:\n" + "\n".join(told) + "\n"


def _growth(pair: tuple[RingPoint, RingPoint], name: str) -> float:
    before, behind = pair
    return behind.seconds[name] / before.seconds[name] / (behind.arms / before.arms)


def _ms(seconds: float) -> str:
    return Unit.MILLISECONDS.shown(seconds) if seconds < LONG_S else _s(seconds)


def _s(seconds: float) -> str:
    return Unit.SECONDS.shown(seconds)


if __name__ == "__main__":
    write_page(list(city_points()), list(ring_points()))
