"""What keeps a drawing from being an area is told as what it is, with the place, and all of it at once."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from shapely import MultiPolygon, Polygon, box

from ringfence.network.outlines import what_is_wrong

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
BOW_TIE = [(1.0, 1.0), (3.0, 3.0), (3.0, 1.0), (1.0, 3.0)]


def ring(west: float, south: float, east: float, north: float) -> list[tuple[float, ...]]:
    return list(box(west, south, east, north).exterior.coords)


def square_with(*holes: Sequence[tuple[float, ...]]) -> Polygon:
    return Polygon(SQUARE, holes)


@pytest.mark.parametrize(
    ("drawn", "wrong"),
    [
        (Polygon(BOW_TIE), "an outline that crosses itself at 2.00000, 2.00000"),
        (square_with(ring(8, 8, 12, 9)), "a hole that crosses the outline at 10.00000, 9.00000"),
        (square_with(ring(1, 1, 4, 4), ring(3, 3, 6, 6)), "hole 1 that crosses hole 2 at 3.00000, 4.00000"),
        (square_with(ring(20, 20, 21, 21)), "a hole that lies outside the outline at 20.50000, 20.50000"),
        (square_with(ring(10, 4, 12, 6)), "a hole that lies outside the outline at 11.00000, 5.00000"),
        (square_with(ring(1, 1, 8, 8), ring(3, 3, 6, 6)), "hole 1 that holds hole 2 at 4.50000, 4.50000"),
        (square_with(ring(3, 3, 6, 6), ring(1, 1, 8, 8)), "hole 1 that lies in hole 2 at 4.50000, 4.50000"),
        (square_with(ring(1, 1, 8, 8), ring(1, 1, 8, 8)), "hole 1 that is the same as hole 2"),
        (square_with(ring(-1, -1, 11, 11)), "a hole that leaves nothing of the outline"),
        (square_with(ring(0, 1, 2, 3)), "a hole that runs along the outline at 0.00000, 3.00000"),
        (square_with(ring(1, 1, 2, 2), ring(2, 1, 3, 2)), "hole 1 that runs along hole 2 at 2.00000, 1.00000"),
        (square_with(BOW_TIE), "a hole that crosses itself at 2.00000, 2.00000"),
        (square_with([(1, 1), (3, 3), (2, 2)]), "a hole that encloses nothing"),
        (
            square_with([(0, 5), (5, 4), (10, 5), (5, 6)]),
            "holes that part its inside in two at 10.00000, 5.00000",
        ),
        (Polygon([(0, 0), (1, 1), (2, 2)]), "one that encloses nothing: its corners lie in one place, or on one line"),
    ],
)
def test_each_slip_is_told_as_what_it_is(drawn: Polygon, wrong: str) -> None:
    assert not drawn.is_valid
    assert what_is_wrong(drawn) == wrong


def test_all_slips_of_all_parts_are_told_at_once_by_their_numbers() -> None:
    first = square_with(ring(8, 8, 12, 9), ring(20, 20, 21, 21), ring(1, 5, 2, 6))
    second = Polygon([(x + 20, y) for x, y in BOW_TIE])
    assert what_is_wrong(MultiPolygon([first, second])) == (
        "hole 1 of part 1 that crosses the outline at 10.00000, 9.00000; "
        "hole 2 of part 1 that lies outside the outline at 20.50000, 20.50000; "
        "an outline of part 2 that crosses itself at 22.00000, 2.00000"
    )


def test_of_very_many_slips_the_first_are_told() -> None:
    wrong = what_is_wrong(square_with(*(ring(1, 1, 2 + at / 1000, 3) for at in range(3000))))
    assert wrong.endswith("; and more")
    assert wrong.count("hole 1 ") == 4


def test_whatever_is_drawn_there_are_words_for_what_is_wrong() -> None:
    chance = random.Random(6)
    told = set()
    for _ in range(3000):
        spread = chance.choice([1.0, 0.1234567, 1e-9])
        rings = [
            [(chance.randint(0, 5) * spread, chance.randint(0, 5) * spread) for _ in range(chance.randint(3, 6))]
            for _ in range(chance.randint(1, 3))
        ]
        drawn = Polygon(rings[0], rings[1:])
        if not drawn.is_valid:
            wrong = what_is_wrong(drawn)
            assert wrong
            assert "{" not in wrong
            told.add(wrong.partition(" at ")[0])
    assert len(told) > 15, "of many kinds"
