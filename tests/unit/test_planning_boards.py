"""What a planner reads in a terminal beside the figures."""

from __future__ import annotations

import pytest

from ringfence.report.planning_boards import advice_on


@pytest.mark.parametrize(
    ("points", "first"),
    [
        ([(2, 900), (3, 500), (4, 300), (5, 250), (6, 230)], "3, 4, 5"),
        ([(2, 900), (3, 600), (4, 310), (8, 20)], "4"),
        ([(2, 900), (3, 600), (4, 310)], ""),
        ([(2, 900), (3, 600)], ""),
        ([(2, 900)], ""),
        ([], ""),
    ],
)
def test_the_choices_to_look_at_first_are_those_behind_which_little_is_saved(
    points: list[tuple[int, int]], first: str
) -> None:
    said = advice_on(points)
    assert (f"Look first at {first}:" in said) if first else said == ""
