"""The planner's integer programs against all their solutions: small ones of the shapes that a plan makes.

HiGHS 1.14's presolve loses the optimum of about one in a hundred of the second shape if the reach columns are reals.
"""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from ringfence.planner.integer_program import IntegerProgram

INSTANCES = 400


def _clauses(rng: Random, program: IntegerProgram) -> None:
    """Ways in that must be stopped: by an arm closed, or by one opened at which the driver turned back."""
    arms = [program.column(cost=rng.choice((1.0, 1.0, 2.0))) for _ in range(rng.randint(3, 8))]
    for _ in range(rng.randint(1, 8)):
        way = {arm: rng.choice((1.0, 1.0, 1.0, -1.0)) for arm in arms if rng.random() < 0.5}
        if way:
            program.row(way, low=1.0 - sum(value < 0 for value in way.values()))


def _least_enclosed(rng: Random, program: IntegerProgram) -> None:
    """States from which the area can be reached past the closed arms, with what their streets weigh."""
    arms = [program.column() for _ in range(rng.randint(3, 5))]
    states = [program.column(cost=float(rng.randint(0, 2000))) for _ in range(rng.randint(4, 8))]
    outside, area = program.column(upper=0.0), program.column(lower=1.0)
    for _ in range(rng.randint(8, 18)):
        tail, head = rng.choice([outside, *states, *states]), rng.choice([area, *states, *states])
        row = {tail: 1.0, head: -1.0} if tail != head else {}
        if row and rng.random() < 0.75:
            turned = rng.random() < 0.15
            row[rng.choice(arms)] = -1.0 if turned else 1.0
            program.row(row, low=-1.0 if turned else 0.0)
        elif row and (tail, head) != (outside, area):
            program.row(row, low=0.0)
    program.row(dict.fromkeys(arms, 1.0), high=float(rng.randint(1, len(arms))))


def _cheapest(program: IntegerProgram) -> float | None:
    """The least cost of all solutions, every one of them tried."""
    bounds = zip(program.lower, program.upper, strict=True)
    choices = [(lower, upper) if lower < upper else (lower,) for lower, upper in bounds]
    best: float | None = None
    for values in product(*choices):
        cost = sum(value * each for value, each in zip(values, program.cost, strict=True))
        if best is not None and cost >= best:
            continue
        if all(low <= sum(values[ix] * a for ix, a in row.items()) <= high for low, high, row in program.rows):
            best = cost
    return best


@pytest.mark.parametrize("shape", [_clauses, _least_enclosed], ids=["clauses", "least enclosed"])
def test_no_solution_is_cheaper(shape: object) -> None:
    impossible = 0
    for seed in range(INSTANCES):
        program = IntegerProgram()
        assert callable(shape)
        shape(Random(seed), program)
        best, solution = _cheapest(program), program.solve()
        assert (solution is None) == (best is None), seed
        impossible += best is None
        if solution is not None:
            found = sum(value * cost for value, cost in zip(solution, program.cost, strict=True))
            assert found == pytest.approx(best), seed
    assert impossible < INSTANCES / 2
