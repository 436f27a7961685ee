"""The benchmarks measure what they say: the same problem for all, only the laps, and pages that keep what they must."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks import logs, run
from benchmarks.ground import city_of, disc
from benchmarks.harness import Clock, Line, Unit, forget_pictures, interleaved_laps
from benchmarks.peers import (
    DETERMINED,
    Edges,
    igraph_cut,
    networkx_cut,
    ortools_cut,
    ring_edges,
    whole_city_edges,
    window_edges,
)
from benchmarks.scaling import CITY_SERIES, RING_SERIES, slope, write_page
from benchmarks.scaling_times import CityPoint, RingPoint

from ringfence.network import window
from ringfence.picture import Chronicle, Picture
from ringfence.picture.fold import _barrier_read
from ringfence.picture.index import Index
from ringfence.picture.timeline import Readings
from ringfence.planner import Problem, Ring, find_best


@pytest.mark.parametrize("solver", [igraph_cut, ortools_cut, networkx_cut])
@pytest.mark.parametrize("aside_m", [(0.0, 0.0), (300.0, 0.0), (0.0, -300.0)])
def test_every_peer_is_given_the_problem_that_the_planner_solves(
    solver: Callable[[Edges, Clock], int], aside_m: tuple[float, float]
) -> None:
    city = city_of(1_000)
    area = disc(city, 250.0, limit_m=400.0, aside_m=aside_m)
    network = window(city, area.limit)
    ring = Ring(Problem(network, area, DETERMINED))
    best = find_best(ring)
    assert best is not None
    clock = Clock()
    graphs = [
        whole_city_edges(city, area, clock, contract=False),
        whole_city_edges(city, area, clock, contract=True),
        window_edges(network, area, clock),
        ring_edges(ring),
    ]
    assert {solver(edges, clock) for edges in graphs} == {int(best.closed.sum())}
    assert len(graphs[0].tail) > city.segment_count * 0.9, "as it is, the graph has the streets of the whole city"


def test_only_laps_count_and_what_comes_before_the_start_does_not() -> None:
    def work(clock: Clock) -> None:
        time.sleep(0.05)
        clock.start()
        clock.lap("nothing")
        time.sleep(0.01)
        clock.lap("something")
        time.sleep(0.05)

    timed = interleaved_laps({"work": work}, runs=2, warm=False)["work"]
    assert timed.of("nothing") < 0.005
    assert 0.01 <= timed.of("something") < 0.05
    assert timed.seconds < 0.05


def test_work_that_comes_to_another_answer_is_no_comparison() -> None:
    def work(answer: int, clock: Clock) -> int:
        clock.lap("all")
        return answer

    works = {"one": partial(work, 1), "two": partial(work, 2)}
    with pytest.raises(AssertionError, match="two"):
        interleaved_laps(works, runs=1)
    assert interleaved_laps(works, runs=1, agree=False).keys() == works.keys()


def test_a_part_measured_anew_leaves_the_rest_of_the_page_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "docs" / "benchmarks.md"
    page.parent.mkdir()
    page.write_text(
        "# Old\n\n## One\nold\n\n### Below one\nold\n\n## Gone\nold\n\n## Two\nold\n" + run.APART + "\nby hand\n"
    )
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "_head", lambda: "# New\n")
    parts = {
        "one": ("One", lambda: "## One\nnew\n"),
        "two": ("Two", lambda: "## Two\nnew\n"),
        "three": ("Three", lambda: "## Three\nnew\n"),
    }
    monkeypatch.setattr(run, "PARTS", parts)
    run.main({"two"})
    kept = "# New\n\n## One\nold\n\n### Below one\nold\n\n## Two\nnew\n" + run.APART + "\nby hand\n"
    assert page.read_text() == kept
    run.main()
    assert page.read_text() == "# New\n\n## One\nnew\n\n## Two\nnew\n\n## Three\nnew\n" + run.APART + "\nby hand\n"


def test_a_slope_is_the_exponent_of_a_power() -> None:
    sizes = [10.0, 100.0, 700.0]
    assert np.isclose(slope(sizes, [3 * size**1.5 for size in sizes]), 1.5)
    assert np.isclose(slope(sizes, [0.2] * 3), 0.0)


def test_the_page_on_speed_tells_where_a_minimum_is_not_proven_and_draws_the_same_bytes_again(tmp_path: Path) -> None:
    cities = [CityPoint(size, 100.0, dict.fromkeys(CITY_SERIES, 0.02)) for size in (1_000, 10_000)]
    rings = [
        RingPoint(radius_m, arms, 7, dict.fromkeys(RING_SERIES, arms / 1000), dict.fromkeys(RING_SERIES, 9), paths, gap)
        for radius_m, arms, paths, gap in ((100.0, 50, True, 0), (200.0, 100, True, 0), (3000.0, 5_000, False, 2))
    ]
    pages = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        write_page(cities, rings, folder)
        pages.append({path.name: path.read_bytes() for path in folder.rglob("*.*")})
    assert pages[0] == pages[1]
    assert len(pages[0]) == 3
    told = pages[0]["planning-speed.md"].decode()
    assert "at 3,000 m an integer program had to" in told
    assert "A gap is left at 3,000 m by 2." in told
    assert "| determined | +0.00 | 1.0 times | +0.00 |" in told
    assert "| determined | +1.00 | 10.0 times | +1.00 |" in told


def test_no_picture_that_is_timed_was_seen_before(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Index, object, object]] = []
    picture = Chronicle.picture

    def watched(chronicle: Chronicle, *named: Any, at: datetime, known_at: datetime | None = None) -> Picture:
        seen.append((chronicle._index, at, known_at))
        return picture(chronicle, *named, at=at, known_at=known_at)

    monkeypatch.setattr(Chronicle, "picture", watched)
    for name, few in {"FOLDED": 60, "FOLDS": 3, "MOMENTS": 4}.items():
        monkeypatch.setattr(logs, name, few)
    measured = logs.pictures_measured(500)
    assert len(seen) == 2 * 4 + 1 + 3
    asked = [(id(index), at, known_at) for index, at, known_at in seen]
    assert len(set(asked)) == len(asked)
    knowns = ("as known at that moment", "with all that is known now")
    assert set(measured.slowest) == {(what, one) for what in ("picture", "counts", "whole picture") for one in knowns}


def test_pictures_of_single_barriers_are_let_go_of() -> None:
    _barrier_read("b", *[Readings(frozenset({one}), frozenset({one}), ()) for one in ("planned", False)])
    assert _barrier_read.cache_info().currsize
    forget_pictures()
    assert not _barrier_read.cache_info().currsize


def test_a_slow_picture_of_a_long_log_is_called_missed() -> None:
    rows = logs.picture_verdicts(1_000_000, {("picture", "then"): 0.0499, ("counts", "now"): 0.0501}).splitlines()[2:]
    assert [row.split(" | ")[1:] for row in rows] == [
        ["slowest of 100 below 50.0 ms", "49.9 ms", "met |"],
        ["slowest of 100 below 50.0 ms", "50.1 ms", "**missed** |"],
    ]


def test_what_is_0_ms_is_shown_in_microseconds() -> None:
    assert "| 43 µs |" in Line("append", 43e-6, unit=Unit.MICROSECONDS).markdown()
