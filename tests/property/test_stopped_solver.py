"""What the planner says where its solver is stopped early: no more than it knows, and nothing known is lost.

Small random maps and every set of arms, as in `test_front`; the solver gets no branch at all, or a few.
"""

from __future__ import annotations

from collections import Counter

import pytest

from ringfence.base.measures import Burden
from ringfence.base.traffic import Driver, Threat
from ringfence.model.plans import Demands
from ringfence.operation import Operation
from ringfence.planner import (
    Problem,
    Ring,
    best,
    find_best,
    integer_program,
    list_alternatives,
    make_front,
    one_street_further,
    plan_of,
)
from ringfence.planner.integer_program import Undecided
from tests.property.brute_force import cheapest_plan
from tests.property.strategies import Instance, draw_instance
from tests.property.test_front import enumerated
from tests.property.test_planner_against_brute_force import ROUNDING_M

INSTANCES = 12
SITE_CHARGE = Demands(site_charge=1)


def allow(monkeypatch: pytest.MonkeyPatch, branches: int) -> None:
    """So many branches for each solution."""
    monkeypatch.setattr(integer_program, "NODES_MAX", branches)


def _ring(instance: Instance) -> Ring:
    return Ring(Problem(instance.network, instance.area, instance.driver, instance.demands, measure=instance.measure))


@pytest.mark.parametrize("branches", [0, 1])
@pytest.mark.parametrize("row", ["costs", "lawful with bans", "site charges and couplings", "several areas"])
def test_a_front_says_what_it_leaves_open(row: str, branches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, branches)
    answers: Counter[str] = Counter()
    for seed in range(INSTANCES):
        instance, where = draw_instance(seed, row), f"draw_instance({seed}, {row!r})"
        expected = enumerated(instance, Burden.STREET)
        try:
            front = make_front(_ring(instance), Burden.STREET)
        except Undecided:
            answers["nothing"] += 1
            continue
        if not expected:
            assert not front.points, where
            continue
        rounding = 10 * ROUNDING_M
        for point in front.points:
            plan = point.plan
            assert plan.lower_bound <= expected[0][0], where
            assert plan.optimal == (plan.certificate is not None and plan.cost == plan.lower_bound), where
            least = min(burden for cost, burden in expected if cost <= point.cost)
            assert point.burden - point.gap <= least + rounding <= point.burden + 2 * rounding, where
        costs = {point.cost for point in front.points}
        for cost, _ in expected:
            open_there = any(cheap < cost <= light for cheap, light in front.open_between)
            assert cost in costs or open_there or any(point.gap for point in front.points), where
            assert not front.complete or cost in costs, where
        answers["whole" if front.complete else "part"] += 1
    assert answers["whole"] or answers["nothing"], answers
    assert branches or row != "costs" or answers["part"], "what was known is told"


@pytest.mark.parametrize("row", ["lawful with bans", "chains, class masks and bollards", "site charges and couplings"])
def test_a_plan_says_no_more_than_is_known(row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, 0)
    for seed in range(INSTANCES):
        instance, where = draw_instance(seed, row), f"draw_instance({seed}, {row!r})"
        least = cheapest_plan(instance.streets, instance.demands)
        try:
            plan = plan_of(_ring(instance))
        except Undecided:
            continue
        assert plan.possible == (least is not None), where
        if least is not None:
            assert plan.lower_bound <= least.cost <= plan.cost, where
            assert plan.optimal == (plan.lower_bound == plan.cost), where
            arms = {instance.streets.arms.index(barrier.id) for barrier in plan.barriers}
            arms |= {instance.streets.arms.index(arm) for arm in instance.demands.fixed}
            assert not instance.streets.leaks(arms), where


def test_a_proven_plan_outlives_a_tie_that_is_not_settled(
    wellington: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring(Problem(wellington.network, wellington.area, Driver(Threat.DETERMINED), SITE_CHARGE))
    known = find_best(ring)
    assert known is not None
    assert known.settled
    allow(monkeypatch, 0)
    kept = best._settled(ring, known, best.tie_breaks(ring), known.proof.lower_bound)
    assert (kept.closed == known.closed).all()
    assert kept.proof == known.proof
    assert not kept.settled


def test_other_plans_that_were_found_outlive_one_that_is_not(
    wellington: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring(Problem(wellington.network, wellington.area, Driver(), SITE_CHARGE))
    known = find_best(ring)
    assert known is not None
    whole = list_alternatives(ring, known, differ=2)
    first, second = next(whole), next(whole)
    assert not first.may_be_more and not second.may_be_more
    assert first.plan.optimal == (first.plan.cost == known.proof.lower_bound)
    cut_short = list_alternatives(ring, known, differ=2)
    assert next(cut_short) == first
    allow(monkeypatch, 0)
    assert next(cut_short) == second.model_copy(update={"may_be_more": True})
    assert next(cut_short, None) is None
    with pytest.raises(Undecided):
        next(list_alternatives(ring, known, differ=2))


def test_a_price_that_is_not_found_is_not_taken_for_no_plan(
    wellington: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring(Problem(wellington.network, wellington.area, Driver(), SITE_CHARGE))
    known = find_best(ring)
    assert known is not None
    proven = one_street_further(ring, known.closed)
    assert all(one.outward is not None and not one.unproven for one in proven)
    allow(monkeypatch, 0)
    assert all(one.outward is None and "out" in one.unproven for one in one_street_further(ring, known.closed))
    assert [one.inward for one in proven] == [None, None]
    assert all("in" not in one.unproven for one in one_street_further(ring, known.closed)), "it would cut the area"
