"""Other plans that are nearly as good, and why each barrier of a plan stands where it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ringfence.model.plans import Alternative
from ringfence.network.streets import BoolArray
from ringfence.planner.best import Best, tie_breaks
from ringfence.planner.covering import plan_cost
from ringfence.planner.minimum_cut import Prices, cheapest_by_cases
from ringfence.planner.plan import describe
from ringfence.planner.program import RingProgram
from ringfence.planner.ring import Ring
from ringfence.planner.sides import inner_ends
from ringfence.planner.ways_on import AREA, OUTSIDE


def list_alternatives(ring: Ring, best: Best, *, differ: int) -> Iterator[Alternative]:
    """Further plans, the cheapest first, each of which does without at least `differ` arms of every one before.

    Each is the cheapest that is left, and of those the one that encloses least; exact, by the integer program.
    """
    problem = ring.problem
    program = RingProgram(ring)
    charge = problem.demands.site_charge
    before, given = best.closed, [best.closed]
    while int((before & ~problem.closed_anyway).sum()) >= differ:
        program.differ(before, differ)
        found = program.solve(program.costs(Prices(problem.cost), site_charge=charge))
        if found is None:
            return
        held = program.copy()
        held.hold(held.costs(Prices(problem.cost), site_charge=charge), found.price)
        light = held.solve(held.costs(tie_breaks(ring)[0]))
        assert light is not None
        before = light.closed
        least = min(best.proof.lower_bound, plan_cost(ring, best.closed))
        missing = min(int((other & ~before).sum()) for other in given)
        given.append(before)
        yield Alternative(plan=describe(ring, before, None, least_cost=least), differs=missing)


@dataclass(frozen=True, slots=True)
class Further:
    """What the cheapest plan costs more if the line runs one street nearer to the area, or farther; None: no plan."""

    arm: int
    inward: int | None
    outward: int | None


def one_street_further(ring: Ring, closed: BoolArray) -> list[Further]:
    """For each arm that a plan closes and that holds something, the price of moving the line by one street there."""
    inside = ring.inside(closed)
    found = []
    arms = np.flatnonzero(closed & ring.crossing(inside)).tolist()
    for arm, end in zip(arms, inner_ends(ring, arms, inside), strict=True):
        inner, outer = ring.half_node[arm, [end, 1 - end]].tolist()
        if inside[outer]:  # reached by others than those who would cross the arm: it is about these
            outer = ring.enters_from(arm, inside)
        found.append(
            Further(
                arm,
                None if inner == AREA else _dearer(ring, closed, exclude=inner),
                None if outer == OUTSIDE else _dearer(ring, closed, enclose=outer),
            )
        )
    return found


def _dearer(ring: Ring, closed: BoolArray, *, enclose: int = -1, exclude: int = -1) -> int | None:
    """How much more the cheapest plan costs that has a node inside, or outside."""
    problem = ring.problem
    cost = plan_cost(ring, closed) - problem.cost_anyway
    if not problem.demands.coupled:
        cut = cheapest_by_cases(ring, Prices(problem.cost), must_enclose=enclose, must_exclude=exclude)
        if cut is None:
            return None
        if cut.proven:
            return cut.price - cost
    program = RingProgram(ring)
    program.keep(enclose if enclose >= 0 else exclude, inside=enclose >= 0)
    found = program.solve(program.costs(Prices(problem.cost), site_charge=problem.demands.site_charge))
    return None if found is None else found.price - cost
