"""What an index finds is what a pass over the whole city finds; shapes that are kept are those that are projected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from random import Random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ringfence.generator import generate_city
from ringfence.network import City, LocalMetres, Network, StreetFacts, projected_shapes, whole_network, window
from ringfence.network.city_index import CELL_E7, PASSES, BoxGrid, RowsBySegment
from ringfence.network.projected_shapes import ProjectedShapes
from ringfence.network.shapes import Shapes
from tests.property.cities import draw_city

CITY = generate_city(2000, seed=3)


def differences(one: Network, other: Network) -> list[str]:
    """Names of the fields, facts included, in which two networks differ by as much as a bit."""
    pairs = [(field.name, getattr(one, field.name), getattr(other, field.name)) for field in fields(Network)]
    pairs += [
        (field.name, getattr(one.facts, field.name), getattr(other.facts, field.name)) for field in fields(StreetFacts)
    ]
    return [name for name, left, right in pairs if name not in {"facts", "_positions"} and not _same(left, right)]


def _same(one: object, other: object) -> bool:
    if isinstance(one, Shapes) and isinstance(other, Shapes):
        return _same(one.xy, other.xy) and _same(one.points, other.points)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return one == other


def limits(city: City, rng: Random) -> list[shapely.Geometry]:
    """Everywhere, at each edge, in two parts, as small as a doorway, and of any size anywhere."""
    west, south, east, north = city.origin.edge
    anywhere = [(rng.uniform(west, east), rng.uniform(south, north)) for _ in range(12)]
    return [
        shapely.box(west - 1, south - 1, east + 1, north + 1),
        shapely.box(-180, -90, 180, 90),
        shapely.box(west - 0.01, south, west + 0.001, north),
        shapely.box(east, north, east + 1, north + 1),
        shapely.MultiPolygon([shapely.Point(place).buffer(0.001) for place in anywhere[:2]]),
        shapely.Point(anywhere[0]).buffer(1e-5),
        *(shapely.Point(place).buffer(rng.uniform(0.0005, 0.02)) for place in anywhere),
    ]


def fresh(city: City) -> City:
    """The same columns, of which nobody has asked anything yet."""
    return replace(city)


@pytest.mark.parametrize(
    "city",
    [CITY, draw_city(11, 400, 900, bans=300, addresses=700), draw_city(12, 60, 20, bans=4, addresses=9)],
    ids=["generated", "drawn", "drawn small"],
)
def test_windows_by_index_are_windows_by_pass(city: City) -> None:
    """Bit by bit, in whatever order they are asked for; the drawn cities' segments are larger than the grid's cells."""
    rng = Random(5)
    indexed = fresh(city)
    indexed.make_ready()
    for number, limit in enumerate(limits(city, rng) * 2):
        margin_m = rng.choice((0, 50, 400))
        try:
            plain = window(fresh(city), limit, margin_m=margin_m)
        except ValueError as error:
            with pytest.raises(ValueError, match=str(error)):
                window(indexed, limit, margin_m=margin_m)
        else:
            assert differences(window(indexed, limit, margin_m=margin_m), plain) == [], f"limit {number}"


def test_a_limit_far_off_is_refused_by_index_too() -> None:
    city = fresh(CITY)
    city.make_ready()
    for limit in (shapely.box(100, -50, 100.1, -49.9), shapely.Polygon()):
        for one in (city, fresh(CITY)):
            with pytest.raises(ValueError, match="no street is near"):
                window(one, limit)


def test_windows_are_the_same_before_and_after_the_index_is_built() -> None:
    city = fresh(CITY)
    limit = shapely.Point(np.mean(city.junction_e7, axis=0) / 1e7).buffer(0.003)
    before, *others = (window(city, limit) for _ in range(PASSES + 3))
    assert [differences(one, before) for one in others] == [[]] * len(others)
    assert len(before.segment_ids) > 20


E7 = st.integers(-1_800_000_000, 1_800_000_000)
NEAR = st.integers(-5 * CELL_E7, 5 * CELL_E7)
SIDE = st.integers(0, 3 * CELL_E7) | st.sampled_from([0, 1, CELL_E7 - 1, CELL_E7, CELL_E7 + 1, 3_600_000_000])


@st.composite
def boxes(draw: st.DrawFn) -> list[list[int]]:
    """Boxes of all sizes around the corners of cells, and some on the other side of the globe."""
    corners = draw(st.lists(st.tuples(NEAR | E7, NEAR | E7, SIDE, SIDE), max_size=20))
    return [[x, y, min(x + width, 1_800_000_000), min(y + height, 1_800_000_000)] for x, y, width, height in corners]


@given(boxes(), boxes())
@settings(max_examples=300, deadline=None)
def test_boxes_that_meet_are_found(held: list[list[int]], asked: list[list[int]]) -> None:
    """Against the definition: two boxes meet unless one lies beyond a side of the other. Corners are asked for, too."""
    plain, indexed = (BoxGrid(np.array(held, dtype=np.int32).reshape(-1, 4)) for _ in range(2))
    indexed.make_ready()
    touching = [corner for w, s, e, n in held for corner in ([e, n, e, n], [w, s, w, s], [e, s, e + 1, s])]
    for west, south, east, north in asked + touching:
        expected = [ix for ix, (w, s, e, n) in enumerate(held) if not (w > east or e < west or s > north or n < south)]
        assert plain.meeting(west, south, east, north).tolist() == expected
        assert indexed.meeting(west, south, east, north).tolist() == expected
        wider = [west - 0.5, south - 0.5, east + 0.5, north + 0.5]
        assert indexed.meeting(*wider).tolist() == expected, "between whole numbers there is nothing more"


@given(st.lists(st.integers(-1, 30), max_size=40), st.sets(st.integers(0, 30), max_size=7))
@settings(max_examples=200, deadline=None)
def test_rows_of_segments_are_found(column: list[int], asked: set[int]) -> None:
    plain, indexed = (RowsBySegment(np.array(column, dtype=np.int32), 31) for _ in range(2))
    indexed.make_ready()
    segments = np.array(sorted(asked), dtype=np.int64)
    expected = [
        (row, place) for place, ix in enumerate(segments.tolist()) for row, one in enumerate(column) if one == ix
    ]
    for rows in (plain, indexed):
        found, place = rows.of(segments)
        assert list(zip(found.tolist(), place.tolist(), strict=True)) == expected


def _shapes(kept: ProjectedShapes, segments: Sequence[int], projection: LocalMetres) -> list[NDArray[np.float64]]:
    shapes = kept.of(np.array(segments, dtype=np.int64), projection)
    assert not any(shape.flags.writeable for shape in shapes)
    return list(shapes)


def test_shapes_that_were_kept_are_those_that_are_projected(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for a hundred, so that some are dropped; two projections take turns."""
    monkeypatch.setattr(projected_shapes, "KEPT_MAX", 100)
    start, points = CITY.shape_start, CITY.shape_e7
    centre = CITY.junction_e7.mean(axis=0) / 1e7
    projections = [LocalMetres(*centre.round(1).tolist()), LocalMetres(*(centre.round(1) + 0.1).tolist())]
    kept, rng = ProjectedShapes(start, points, 10_000_000), Random(8)
    for turn in range(40):
        first = rng.randrange(CITY.segment_count - 200)
        segments = sorted(rng.sample(range(first, first + 200), rng.choice((1, 30, 60, 150))))
        projection = projections[turn % 2]
        for segment, shape in zip(segments, _shapes(kept, segments, projection), strict=True):
            own = projection.to_metres(points[start[segment] : start[segment + 1]] / 1e7)
            assert shape.tobytes() == own.tobytes(), (turn, segment)


def test_the_whole_city_is_one_window() -> None:
    city = fresh(CITY)
    city.make_ready()
    everywhere = window(city, shapely.box(-180, -90, 180, 90))
    assert differences(everywhere, whole_network(fresh(CITY))) == []
