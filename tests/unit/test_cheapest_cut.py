"""The cheapest cut at any prices, and the count of a plan's sites."""

from __future__ import annotations

import random

import pytest

from ringfence.base.traffic import Driver, Threat
from ringfence.operation import Operation
from ringfence.planner import Problem, Ring, count_sites
from ringfence.planner.minimum_cut import UNLIMITED, Prices, cheapest_cut
from ringfence.planner.sites import choose_sites


@pytest.fixture(scope="module", params=Threat)
def ring(wellington: Operation, request: pytest.FixtureRequest) -> Ring:
    return Ring(Problem(wellington.network, wellington.area, Driver(request.param)))


def test_prices_of_any_size_lead_to_the_same_cut(ring: Ring) -> None:
    cost = ring.problem.cost
    usual, dear = cheapest_cut(ring, Prices(cost)), cheapest_cut(ring, Prices(cost * UNLIMITED))
    assert usual is not None
    assert dear is not None
    assert dear.price == usual.price * UNLIMITED
    assert (dear.closed == usual.closed).all()
    assert dear.proven == usual.proven


def test_no_cut_is_none_at_any_prices(ring: Ring) -> None:
    problem = ring.problem
    all_arms = frozenset(problem.arms.ids)
    open_to_all = ring.asking(problem.asked.model_copy(update={"must_not": all_arms}))
    for price in (problem.cost, problem.cost * UNLIMITED):
        assert cheapest_cut(open_to_all, Prices(price)) is None


def test_sites_are_counted_as_they_are_chosen(ring: Ring) -> None:
    draw = random.Random(20220221)
    shared = 0
    for size in (0, 1, 2, 5, 10, 20, 40):
        arms = draw.sample(range(len(ring.problem.arms)), size)
        chosen = choose_sites(ring.problem, arms)
        assert count_sites(ring.problem, arms) == len(set(chosen.values()))
        shared += len(chosen) - len(set(chosen.values()))
    assert shared > 0  # or the count was that of the arms
