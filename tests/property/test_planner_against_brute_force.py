"""The planner against every set of arms, on small random maps: one test per row of the table in `domain.md`.

What each instance proves: possible or not, the cost, the metres enclosed, the exact arms after both tie-breaks, the
sites, that the certificate convinces the checker, and that a way in past all that may be closed is shown where nothing
will do.
"""

from __future__ import annotations

import os
from dataclasses import replace
from random import Random

import pytest

from ringfence.model.plans import Certificate, Plan
from ringfence.planner import make_plan
from ringfence.promises import verify_certificate, verify_impossible
from tests.property.brute_force import Best, Streets, cheapest_plan, drive_along, reach
from tests.property.plane import OUTSIDE, PROTECTED
from tests.property.strategies import ROWS, Instance, draw_instance

INSTANCES = int(os.environ.get("RINGFENCE_INSTANCES", "25"))
"""For each row; `make long` takes 2,000."""
CHUNK = 25
ROUNDING_M = 0.45
"""Two ways to cut a street at an outline may round to neighbouring centimetres, and so a half to the next decimetre."""


@pytest.mark.parametrize("first_seed", range(0, INSTANCES, CHUNK))
@pytest.mark.parametrize("row", ROWS)
def test_plan_is_the_best_of_all_sets_of_arms(row: str, first_seed: int) -> None:
    wrong = []
    for seed in range(first_seed, first_seed + CHUNK):
        instance = draw_instance(seed, row)
        try:
            fault = _disagreement(instance)
        except Exception as error:  # a crash must name its seed too
            fault = f"{type(error).__name__}: {error}"
        if fault:
            wrong.append(f"draw_instance({seed}, {row!r}): {fault}")
    assert not wrong, "\n".join(wrong)


MET_ONCE = [
    ("lawful with bans, must and must not", 358),  # flows that turn back were handed on as ways over other arms
]
"""Instances that a long run found a fault with."""


@pytest.mark.parametrize(("row", "seed"), MET_ONCE)
def test_what_a_long_run_found_stays_mended(row: str, seed: int) -> None:
    assert not _disagreement(draw_instance(seed, row))


def _best(instance: Instance, streets: Streets) -> Best | None:
    return cheapest_plan(streets, instance.demands, instance.measure)


def _disagreement(instance: Instance) -> str:
    """What planner and oracle see differently; empty if nothing."""
    best = _best(instance, instance.streets)
    plan = make_plan(instance.network, instance.area, instance.driver, instance.demands, measure=instance.measure)
    if best is None:
        return "it plans the impossible" if plan.possible else _fault_of_witness(instance, plan)
    if not plan.possible or plan.certificate is None:
        return f"no plan found, though {best} is one"
    arms = tuple(barrier.id for barrier in plan.barriers if not barrier.fixed)
    addresses = best.addresses if instance.network.facts.addresses_known else None
    expected = (best.arms, addresses, len(best.arms), best.sites, best.cost, True)
    found = (arms, plan.enclosed_addresses, plan.arms, plan.sites, plan.certificate.lower_bound, plan.optimal)
    if found != expected:
        return f"arms, addresses, arms, sites, bound, optimal: expected {expected}, found {found}"
    if abs(plan.enclosed_street_m - best.enclosed_dm / 10) > ROUNDING_M:
        return f"metres: expected {best.enclosed_dm / 10}, found {plan.enclosed_street_m}"
    asked = plan.certificate.demands
    if verify_impossible(instance.network, instance.area, None, driver=instance.driver, demands=asked).proven:
        return "the checker believes that no cordon exists"
    return _fault_of_proof(instance, best, plan.certificate)


def _fault_of_proof(instance: Instance, best: Best, certificate: Certificate) -> str:
    """Whether the certificate is about this question, and convinces the checker."""
    asked = certificate.demands
    spelt_out = instance.streets.prices(instance.measure) | instance.demands.costs
    costs = {arm: cost for arm, cost in spelt_out.items() if cost > 1 and arm not in asked.fixed}
    if asked != instance.demands.model_copy(update={"costs": costs}):
        return f"it answers other demands: {asked}"
    verdict = verify_certificate(instance.network, instance.area, certificate, driver=instance.driver, demands=asked)
    if not verdict.proves_fewest or verdict.cost != best.cost:
        return f"the checker is not convinced: {verdict}"
    return ""


def _fault_of_witness(instance: Instance, plan: Plan) -> str:
    """Where nothing will do, the plan shows a way in over arms that can't be closed, even if every other arm is."""
    demands, arms = instance.demands, instance.streets.arms
    barred = set(demands.must_not)
    for _ in demands.together:
        barred |= {arm for pair in demands.together if barred & set(pair) for arm in pair}
    if (demands.must | demands.fixed) & barred:
        return ""  # the demands contradict each other, whatever the streets are like
    if plan.witness is None:
        return "there is a way in past everything that may be closed, and it shows none"
    way = drive_along(instance.streets, plan.witness.steps)
    if way is None:
        return f"its way in can't be driven: {plan.witness.steps}"
    if closed := {arms[arm] for arm in way[0]} - barred:
        return f"its way in crosses {closed}, which may be closed"
    opened = {arms[arm] for arm in way[1]} - demands.must - demands.fixed
    if unsaid := opened - {one.arm for one in plan.cannot_close}:
        return f"its way in turns round at {unsaid}, which it does not say"
    refusal = verify_impossible(instance.network, instance.area, plan.witness, driver=instance.driver, demands=demands)
    return "" if refusal.proven else f"the checker is not convinced that no cordon exists: {refusal}"


@pytest.mark.parametrize("row", ROWS)
def test_arrows_point_along_the_way_in_that_each_barrier_stops(row: str) -> None:
    """Whoever comes from outside up to a barrier, and would get in past it, drives towards its inside."""
    held = 0
    for seed in range(INSTANCES):
        instance = draw_instance(seed, row)
        streets = instance.streets
        plan = make_plan(instance.network, instance.area, instance.driver, instance.demands, measure=instance.measure)
        closed = {streets.arms.index(barrier.id) for barrier in plan.barriers}
        if not plan.possible or streets.leaks(closed):
            continue  # a fixed barrier that holds nothing, but makes no place to turn, is not named
        outside = [ix for ix in range(len(streets.states)) if streets.region(ix) == OUTSIDE]
        reached = reach(streets, closed, outside)
        for barrier in plan.barriers:
            arm, ways = streets.arms.index(barrier.id), set()
            for state in reached:
                choice = streets.at_middle[state]
                if choice is None or streets.arm(state) != arm:
                    continue
                behind = reach(streets, closed, [choice[0]])
                if any(streets.region(ix) == PROTECTED for ix in behind):
                    drive = streets.drives[streets.states[state][0]]
                    ways.add("to" if drive.end_m > drive.start_m else "from")
            assert not ways or barrier.inside in ways, f"draw_instance({seed}, {row!r}), {barrier.id}"
            held += bool(ways)
    assert held >= INSTANCES // 5


@pytest.mark.parametrize("row", ROWS)
def test_instances_are_worth_asking(row: str) -> None:
    """Guards the drawing: enough instances can be solved, need several arms, and leave a choice."""
    needed = [
        cheapest_plan(i.streets, i.demands.model_copy(update={"together": frozenset(), "site_charge": 0}))
        for i in (draw_instance(seed, row) for seed in range(60))
    ]
    assert sum(best is None for best in needed) <= 45
    assert sum(best is not None and best.cost >= 2 for best in needed) >= 15
    assert sum(best is not None and best.cost == 0 for best in needed) <= 30


@pytest.mark.parametrize(
    ("row", "least"),
    [
        ("chains, class masks and bollards", {"chains": 20, "ban_masks": 3, "blocked": 5}),
        ("bollards, must and must not", {"blocked": 12}),
    ],
)
def test_rules_decide_plans(row: str, least: dict[str, int]) -> None:
    """Guards the drawing: so many of 200 best plans would be others without these rules."""
    changed = dict.fromkeys(least, 0)
    for seed in range(200):
        instance = draw_instance(seed, row)
        best = _best(instance, instance.streets)
        for rule in least:
            without = replace(instance.map, **{rule: type(getattr(instance.map, rule))()})
            streets = Streets(without.network, instance.area, instance.driver)
            changed[rule] += _best(instance, streets) != best
    assert all(changed[rule] >= count for rule, count in least.items()), changed


@pytest.mark.parametrize("row", ROWS)
def test_order_of_rows_changes_nothing(row: str) -> None:
    """The same streets in another order: same hash, same plan, and the old certificate still convinces."""
    for seed in range(12):
        instance = draw_instance(seed, row)
        shuffled = instance.map.shuffled(Random(seed)).network
        assert shuffled.hash == instance.network.hash
        plan, again = (
            make_plan(network, instance.area, instance.driver, instance.demands, measure=instance.measure)
            for network in (instance.network, shuffled)
        )
        assert plan.barriers == again.barriers, f"draw_instance({seed}, {row!r})"
        if plan.certificate is not None:
            verdict = verify_certificate(
                shuffled, instance.area, plan.certificate, driver=instance.driver, demands=plan.certificate.demands
            )
            assert verdict.proves_fewest
