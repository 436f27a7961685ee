"""Alternatives, prices of moving the line, and stages, against every set of arms on small random maps."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from random import Random

import numpy as np
import pytest

from ringfence.model.plans import Plan
from ringfence.planner import Problem, Ring, find_best, list_alternatives, one_street_further, plan_stages
from ringfence.planner.sides import inner_ends
from ringfence.promises import verify_certificate
from tests.property.brute_force import Streets, list_plans, reach
from tests.property.plane import OUTSIDE as BEYOND
from tests.property.plane import PROTECTED
from tests.property.strategies import ROWS, Instance, draw_instance
from tests.property.test_planner_against_brute_force import ROUNDING_M

INSTANCES = int(os.environ.get("RINGFENCE_INSTANCES", "40"))
"""For each row; `make long` takes 2,000."""
MOVED = min(int(os.environ.get("RINGFENCE_INSTANCES", "15")), 400)
"""For each row of lines moved by a street: `make long` takes fewer of these, which are dozens of prices each."""


def _ring(instance: Instance) -> Ring:
    return Ring(Problem(instance.network, instance.area, instance.driver, instance.demands, measure=instance.measure))


def _plans(instance: Instance, ring: Ring) -> list[tuple[int, frozenset[int]]]:
    """All plans, dearest last, with arms by their number in the oracle, which is that of the ring."""
    assert list(ring.problem.arms.ids) == instance.streets.arms
    cost_of = dict(zip(ring.problem.arms.ids, ring.problem.cost.tolist(), strict=True))
    return list(list_plans(instance.streets, instance.demands, cost_of))


def _fault_of_bound(instance: Instance, plan: Plan, least: int) -> str:
    """Whether the checker follows an alternative's certificate: that it seals, and what the cheapest costs."""
    certificate = plan.certificate
    if certificate is None:
        return "it has no certificate"
    verdict = verify_certificate(
        instance.network, instance.area, certificate, driver=instance.driver, demands=certificate.demands
    )
    says = (plan.cost, plan.lower_bound, plan.optimal)
    return "" if says == (verdict.cost, least, verdict.proves_fewest) and not verdict.faults else f"{says}, {verdict}"


@pytest.mark.parametrize("row", ROWS)
def test_alternatives_are_the_cheapest_that_differ_so_much(row: str) -> None:
    compared = 0
    for seed in range(INSTANCES):
        instance = draw_instance(seed, row)
        ring = _ring(instance)
        best = find_best(ring)
        if best is None:
            continue
        plans, fixed = _plans(instance, ring), ring.problem.closed_anyway
        differ = 1 + seed % 2
        given = [frozenset(np.flatnonzero(best.closed).tolist())]
        for other in islice(list_alternatives(ring, best, differ=differ), 4):
            left = [
                (cost, closed)
                for cost, closed in plans
                if all(sum(not fixed[arm] for arm in before - closed) >= differ for before in given)
            ]
            cheapest = min(cost for cost, _ in left)
            where = f"draw_instance({seed}, {row!r})"
            assert other.plan.cost == cheapest, where
            closed = frozenset(ring.problem.arms.ix[barrier.id] for barrier in other.plan.barriers)
            closed |= ring.problem.fixed
            assert closed in [one for cost, one in left if cost == cheapest], where
            assert not _fault_of_bound(instance, other.plan, min(cost for cost, _ in plans)), where
            if not instance.network.facts.addresses_known:
                lightest = min(instance.streets.enclosed_dm(one) for cost, one in left if cost == cheapest)
                assert abs(other.plan.enclosed_street_m - lightest / 10) <= ROUNDING_M, where
            given.append(closed)
            compared += 1
    assert compared >= 2


def test_alternatives_end_when_none_is_left() -> None:
    ended = 0
    for seed in range(40):
        instance = draw_instance(seed, "determined")
        ring = _ring(instance)
        best = find_best(ring)
        if best is None:
            continue
        count = len(_plans(instance, ring))
        found = list(islice(list_alternatives(ring, best, differ=1), 200))
        assert len(found) < 200
        assert len(found) <= count
        ended += 1
    assert ended >= 10


@dataclass(frozen=True)
class Line:
    """An arm of a plan as the oracle sees it; the states of those who drive towards its inner end.

    `entering` are those who come up to the barrier and would get in past it; `behind` is who has just come past.
    """

    half: tuple[int, float, float]
    entering: frozenset[int]
    behind: int


def _line(streets: Streets, closed: frozenset[int], arm: int, *, to_last: bool) -> Line:
    entering, halves = set(), []
    for ix, (drive_ix, legs) in enumerate(streets.states):
        drive = streets.drives[drive_ix]
        if drive.arm != arm or (drive.end_m > drive.start_m) != to_last:
            continue
        if not drive.towards_middle and not legs:
            halves.append((drive.half, ix))
        choice = streets.at_middle[ix]
        if choice is not None and any(streets.region(one) == PROTECTED for one in reach(streets, closed, choice[:1])):
            entering.add(ix)
    ((half, behind),) = halves
    return Line(half, frozenset(entering), behind)


def _compare_moves(row: str, seed: int) -> Counter[str]:
    """Each price of moving the line against all plans; how many were compared on each side, and how many under bans."""
    instance = draw_instance(seed, row)
    ring, streets = _ring(instance), instance.streets
    best, compared = find_best(ring), Counter[str]()
    if best is None:
        return compared
    closed = frozenset(np.flatnonzero(best.closed).tolist())
    plans = sorted(_plans(instance, ring), key=lambda plan: plan[0])
    beyond = [ix for ix in range(len(streets.states)) if streets.region(ix) == BEYOND]
    further = one_street_further(ring, best.closed)
    ends = inner_ends(ring, [moved.arm for moved in further], ring.inside(best.closed))
    for moved, end in zip(further, ends, strict=True):
        line = _line(streets, closed, moved.arm, to_last=bool(end))
        where = f"draw_instance({seed}, {row!r}), {ring.problem.arms.ids[moved.arm]}"
        at_area = any(streets.region(ix) == PROTECTED for ix in streets.onward[line.behind])
        at_limit = any(not line.entering.isdisjoint(streets.onward[ix]) for ix in beyond)
        costs = {
            "in": (cost for cost, one in plans if line.half not in streets.enclosed_halves(one)),
            "out": (cost for cost, one in plans if line.entering.isdisjoint(reach(streets, one, beyond))),
        }
        assert not moved.unproven, where
        for side, found, nowhere in (("in", moved.inward, at_area), ("out", moved.outward, at_limit)):
            cheapest = None if nowhere else next(costs[side], None)
            assert found == (None if cheapest is None else cheapest - plans[0][0]), f"{where}, {side}"
            assert (side in moved.barred) == (cheapest is None and not nowhere), f"{where}, {side}"
            compared[side] += not nowhere
            compared["under bans"] += not nowhere and not ring.is_plain
    return compared


@pytest.mark.parametrize("row", ROWS)
def test_moving_the_line_by_one_street_costs_what_the_cheapest_such_plan_costs(row: str) -> None:
    """Nearer: who comes along the arm does not get in. Farther: who would get in past it does not come up to it.

    Under turn bans too: where somebody stands then depends on where he came from, and it is about those who would
    cross the barrier, not about those who come out over it.
    """
    compared = sum((_compare_moves(row, seed) for seed in range(MOVED)), Counter[str]())
    least = {"in": MOVED // 10, "out": MOVED // 10, "under bans": MOVED // 5 * ("with bans" in row or "chains" in row)}
    assert all(compared[name] >= count for name, count in least.items()), compared


@pytest.mark.parametrize(
    ("row", "seed"),
    [
        ("lawful with bans", 11),  # only who comes out over the arm was kept from its outer end: for nothing
        ("lawful with bans, must and must not", 34),  # who turned round at a new barrier still got in past the line
        ("chains, class masks and bollards", 42),  # one comes up to the arm by a way on which he may not go on
    ],
)
def test_prices_of_moving_the_line_hold_under_turn_bans(row: str, seed: int) -> None:
    assert _compare_moves(row, seed)["under bans"]


def _some_order_is_sealed(streets: Streets, stand: set[int], put_up: set[int], away: set[int], up_first: bool) -> bool:
    """Whether these barriers can be moved one at a time, all of one kind first, without a leak in between."""
    phases = [put_up, away] if up_first else [away, put_up]
    states = {frozenset(stand)}
    for phase in phases:
        for _ in phase:
            states = {now ^ {arm} for now in states for arm in phase if (arm in now) == (phase is away)}
            states = {now for now in states if not streets.leaks(now)}
    return bool(states)


@pytest.mark.parametrize("row", ROWS)
def test_stages_keep_the_area_sealed_from_the_first_cordon_to_the_second(row: str) -> None:
    moved = 0
    for seed in range(INSTANCES):
        instance = draw_instance(seed, row)
        ring, streets, rng = _ring(instance), instance.streets, Random(seed)
        plans = [closed for _, closed in _plans(instance, ring)]
        if not plans:
            continue
        first, second = rng.choice(plans), rng.choice(plans)
        columns = [np.isin(np.arange(len(ring.problem.arms)), sorted(one)) for one in (first, second)]
        stages = plan_stages(ring, columns[0], columns[1])
        stand, most = set(first), len(first - ring.problem.fixed)
        where = f"draw_instance({seed}, {row!r}), {sorted(first)} to {sorted(second)}"
        number = ring.problem.arms.ix
        for step in stages.steps:
            put_up, away = {number[arm] for arm in step.put_up}, {number[arm] for arm in step.take_away}
            assert not put_up & stand and away <= stand, where
            more = stand | put_up
            if step.order == "all at once":
                safe = [_some_order_is_sealed(streets, stand, put_up, away, up_first) for up_first in (True, False)]
                assert not any(safe), where
            else:
                rows = [[number[arm] for arm in arms] for arms in (step.put_up, step.take_away)]
                moves = rows[0] + rows[1] if step.order == "put up first" else rows[1] + rows[0]
                stands = set(stand)
                for arm in moves:  # one barrier at a time, as they are listed
                    stands ^= {arm}
                    assert not streets.leaks(stands), where
            stand = more - away
            most = max(most, len((more if step.order == "put up first" else stand) - ring.problem.fixed))
            assert not streets.leaks(stand), where
            assert step.stand == len(stand - ring.problem.fixed), where
            moved += 1
        assert stand == second, where
        assert stages.most_at_once == most, where
    assert moved >= 3
