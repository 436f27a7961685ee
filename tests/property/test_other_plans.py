"""Alternatives, prices of moving the line, and stages, against every set of arms on small random maps."""

from __future__ import annotations

import os
from itertools import islice
from random import Random

import numpy as np
import pytest

from ringfence.planner import Problem, Ring, find_best, list_alternatives, one_street_further, plan_stages
from ringfence.planner.ways_on import AREA, OUTSIDE
from tests.property.brute_force import Streets, list_plans, reach
from tests.property.plane import OUTSIDE as BEYOND
from tests.property.strategies import ROWS, Instance, draw_instance
from tests.property.test_planner_against_brute_force import ROUNDING_M

INSTANCES = int(os.environ.get("RINGFENCE_INSTANCES", "40"))
"""For each row; `make long` takes 2,000."""


def _ring(instance: Instance) -> Ring:
    return Ring(Problem(instance.network, instance.area, instance.driver, instance.demands, measure=instance.measure))


def _plans(instance: Instance, ring: Ring) -> list[tuple[int, frozenset[int]]]:
    """All plans, dearest last, with arms by their number in the oracle, which is that of the ring."""
    assert list(ring.problem.arms.ids) == instance.streets.arms
    cost_of = dict(zip(ring.problem.arms.ids, ring.problem.cost.tolist(), strict=True))
    return list(list_plans(instance.streets, instance.demands, cost_of))


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


@pytest.mark.parametrize("row", ["determined", "lawful without bans", "costs", "fixed, must and must not"])
def test_moving_the_line_by_one_street_costs_what_the_cheapest_such_plan_costs(row: str) -> None:
    compared = 0
    for seed in range(INSTANCES):
        instance = draw_instance(seed, row)
        if instance.map.bans and instance.driver.obeys_turn_bans:
            continue  # where somebody stands then depends on where he came from
        ring, streets = _ring(instance), instance.streets
        best = find_best(ring)
        if best is None:
            continue
        plans, graph = _plans(instance, ring), ring.problem.graph
        least = min(cost for cost, _ in plans)
        inside = ring.inside(best.closed)
        for moved in one_street_further(ring, best.closed):
            piece = ring.problem.arms.piece[moved.arm]
            ends = [int(graph.piece_from_node[piece]), int(graph.piece_to_node[piece])]
            nodes = ring.half_node[moved.arm].tolist()
            inner = 0 if inside[nodes[0]] else 1
            where = f"draw_instance({seed}, {row!r}), {ring.problem.arms.ids[moved.arm]}"
            assert (moved.inward is None) or nodes[inner] != AREA, where
            if nodes[inner] != AREA:
                junction = ends[inner]
                starts = [ix for ix, d in enumerate(streets.drives) if d.leaves == junction]
                costs = [
                    cost
                    for cost, closed in plans
                    if not any(streets.region(ix) == "protected" for ix in reach(streets, closed, starts))
                ]
                assert moved.inward == (min(costs) - least if costs else None), where
                assert ("in" in moved.barred) == (not costs), where
                compared += 1
            if nodes[1 - inner] != OUTSIDE:
                junction = ends[1 - inner]
                beyond = [ix for ix in range(len(streets.states)) if streets.region(ix) == BEYOND]
                costs = [
                    cost
                    for cost, closed in plans
                    if not any(
                        junction in {streets.drives[streets.states[ix][0]].arrives}
                        for ix in reach(streets, closed, beyond)
                    )
                ]
                assert moved.outward == (min(costs) - least if costs else None), where
                assert ("out" in moved.barred) == (not costs), where
                compared += 1
    assert compared >= 5


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
