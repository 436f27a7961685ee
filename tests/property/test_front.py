"""The front against every set of arms, on small random maps: each choice between cost and burden, and none missing."""

from __future__ import annotations

import os

import pytest

from ringfence.base.measures import Burden
from ringfence.model.plans import FrontPoint
from ringfence.planner import Problem, Ring, make_front, plan_of
from ringfence.promises import verify_certificate
from tests.property.brute_force import list_plans
from tests.property.strategies import ROWS, Instance, draw_instance
from tests.property.test_planner_against_brute_force import ROUNDING_M

INSTANCES = int(os.environ.get("RINGFENCE_INSTANCES", "25"))
"""For each row; `make long` takes 2,000."""
CHUNK = 25


def enumerated(instance: Instance, against: Burden) -> list[tuple[int, int]]:
    """Costs and burdens of which no other plan has both as small, from the cheapest on."""
    streets, demands = instance.streets, instance.demands
    cost_of = streets.prices(instance.measure) | demands.costs
    fixed = {ix for ix, arm in enumerate(streets.arms) if arm in demands.fixed}

    def burden(closed: frozenset[int]) -> int:
        if against is Burden.THROUGH:
            return sum(streets.through(arm) for arm in closed - fixed)
        return streets.enclosed_dm(closed) if against is Burden.STREET else streets.enclosed_addresses(closed)

    plans = {(cost, burden(closed)) for cost, closed in list_plans(streets, demands, cost_of)}
    return sorted(one for one in plans if not any(o != one and o[0] <= one[0] and o[1] <= one[1] for o in plans))


@pytest.mark.parametrize("first_seed", range(0, INSTANCES, CHUNK))
@pytest.mark.parametrize("row", ROWS)
def test_front_is_all_choices_and_no_other(row: str, first_seed: int) -> None:
    wrong = []
    for seed in range(first_seed, first_seed + CHUNK):
        instance = draw_instance(seed, row)
        known = instance.network.facts.addresses_known
        against = (Burden.STREET, Burden.ADDRESSES if known else Burden.STREET, Burden.THROUGH)[seed % 3]
        try:
            fault = _disagreement(instance, against)
        except Exception as error:  # a crash must name its seed too
            fault = f"{type(error).__name__}: {error}"
        if fault:
            wrong.append(f"draw_instance({seed}, {row!r}), {against}: {fault}")
    assert not wrong, "\n".join(wrong)


def _disagreement(instance: Instance, against: Burden) -> str:
    problem = Problem(instance.network, instance.area, instance.driver, instance.demands, measure=instance.measure)
    front = make_front(Ring(problem), against)
    found = [(point.cost, point.burden) for point in front.points]
    expected = enumerated(instance, against)
    rounding = 10 * ROUNDING_M if against is Burden.STREET else 0
    alike = len(found) == len(expected) and all(
        one[0] == other[0] and abs(one[1] - other[1]) <= rounding for one, other in zip(found, expected, strict=True)
    )
    if not alike:
        return f"expected {expected}, found {found}"
    if not front.complete and expected:
        return "it does not say that it is complete"
    return "".join(_fault_of_proof(instance, point, expected[0][0]) for point in front.points)


def _fault_of_proof(instance: Instance, point: FrontPoint, least: int) -> str:
    """Whether the checker follows a choice's certificate: with weights it proves the choice, else the least cost."""
    certificate, choice = point.plan.certificate, (point.cost, point.burden)
    if certificate is None:
        return f"{choice} has no certificate"
    weights = certificate.weights
    verdict = verify_certificate(
        instance.network,
        instance.area,
        certificate,
        driver=instance.driver,
        demands=certificate.demands,
        weights=weights,
    )
    if weights is None:
        says = (point.plan.lower_bound, point.plan.optimal)
        if verdict.faults or verdict.cost != point.cost or (verdict.lower_bound, point.cost == least) != says:
            return f"the checker is not convinced of {choice}: {verdict}"
        return "" if verdict.lower_bound == least else f"its bound is {verdict.lower_bound}, and the least cost {least}"
    worth = weights.cost * point.cost + weights.burden * point.burden
    if not verdict.proves_fewest or verdict.cost != worth:
        return f"the checker is not convinced of {choice}: {verdict}, worth {worth}"
    return ""


TRAFFIC_DECIDES = {
    "determined": (25, 40),
    "lawful without bans": (20, 27),
    "lawful with bans": (30, 50),
    "determined, must and must not": (1, 15),
    "lawful without bans, must and must not": (75, 111),
    "lawful with bans, must and must not": (19, 149),
    "site charges and couplings": (1, 5),
    "bollards, must and must not": (52, 132),
    "chains, class masks and bollards": (29, 66),
    "costs": (2, 110),
    "fixed, must and must not": (53,),
    "several areas": (2, 6),
    "addresses and blocks": (36, 47),
    "site charges, costs and fixed": (11, 45),
    "site charges, costs of any size": (1, 12),
}
"""Instances in which a dearer cordon spares through traffic: there are few, since few arms mean little traffic too."""


@pytest.mark.parametrize("row", ROWS)
def test_what_the_classes_of_streets_mean_to_traffic_decides(row: str) -> None:
    for seed in TRAFFIC_DECIDES[row]:
        instance = draw_instance(seed, row)
        assert len(enumerated(instance, Burden.THROUGH)) > 1, f"{seed} no longer shows anything: draw another"
        assert not _disagreement(instance, Burden.THROUGH), f"draw_instance({seed}, {row!r})"


@pytest.mark.parametrize("row", ["site charges and couplings", "lawful with bans"])
def test_the_cheapest_choice_is_as_proven_as_the_cheapest_plan(row: str) -> None:
    """Also where no paths prove it: the front must not doubt what `plan` of the same question proves."""
    by_clauses = 0
    for seed in range(40):
        instance = draw_instance(seed, row)
        ring = Ring(Problem(instance.network, instance.area, instance.driver, instance.demands))
        plan, front = plan_of(ring), make_front(ring, Burden.STREET, only_supported=True)
        if not plan.possible:
            continue
        first = front.points[0].plan
        assert (first.cost, first.lower_bound, first.optimal) == (plan.cost, plan.lower_bound, plan.optimal), seed
        assert first.certificate is not None, seed
        by_clauses += first.certificate.kind == "covering_paths"
    assert by_clauses >= 5


def test_supported_choices_are_part_of_the_front() -> None:
    """Without the integer program the front says what it leaves open."""
    left_open = 0
    for seed in range(150):
        instance = draw_instance(seed, "costs")
        ring = Ring(Problem(instance.network, instance.area, instance.driver, instance.demands))
        whole, quick = make_front(ring, Burden.STREET), make_front(ring, Burden.STREET, only_supported=True)
        assert quick.points == tuple(point for point in whole.points if point.supported), seed
        assert quick.complete == (not quick.open_between)
        missing = [point.cost for point in whole.points if not point.supported]
        assert not any(point.plan.optimal for point in whole.points[1:]), "that is about the cost alone"
        for cost in missing:
            assert any(cheap < cost < light for cheap, light in quick.open_between), seed
        left_open += bool(missing)
    assert left_open >= 5


def told_of(ring: Ring) -> list[tuple[str, float]]:
    """What a front tells of its progress, step by step."""
    told: list[tuple[str, float]] = []
    make_front(ring, Burden.STREET, progress=lambda *step: told.append(step))
    return told


def test_each_step_of_a_front_is_told_as_it_goes() -> None:
    """Whoever waits sees that it begins, and each step that takes long; no step goes back."""
    steps = set()
    for seed in range(40):
        instance = draw_instance(seed, "site charges and couplings")
        ring = Ring(Problem(instance.network, instance.area, instance.driver, instance.demands))
        told = told_of(ring)
        assert told[0] == ("supported choices", 0)
        for name in dict.fromkeys(name for name, _ in told):
            shares = [share for one, share in told if one == name]
            assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] <= 1, seed
        steps |= {name for name, _ in told}
    assert steps == {"supported choices", "choices between", "proof of the cheapest"}
