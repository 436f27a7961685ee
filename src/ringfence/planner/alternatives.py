"""Other plans that are nearly as good, and why each barrier of a plan stands where it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ringfence.model.plans import Alternative, Moved
from ringfence.network.streets import BoolArray
from ringfence.planner.best import Best, tie_breaks
from ringfence.planner.covering import plan_cost
from ringfence.planner.integer_program import Undecided
from ringfence.planner.minimum_cut import Prices, cheapest_by_cases
from ringfence.planner.plan import describe
from ringfence.planner.program import RingProgram
from ringfence.planner.ring import Ring
from ringfence.planner.sides import inner_ends
from ringfence.planner.ways_on import AREA, OUTSIDE


def list_alternatives(ring: Ring, best: Best, *, differ: int) -> Iterator[Alternative]:
    """Further plans, the cheapest first, each of which does without at least `differ` arms of every one before.

    Each is the cheapest that is left, and of those the one that encloses least; exact, by the integer program, where
    its `gap` is 0 and its ties are settled. The last one says if there may be more that were not found.

    Raises
    ------
    Undecided
        If not even the first is found in time.
    """
    pending: Alternative | None = None
    try:
        for other in _alternatives(ring, best, differ=differ):
            if pending is not None:
                yield pending
            pending = other
    except Undecided:
        if pending is None:
            raise
        pending = pending.model_copy(update={"may_be_more": True})
    if pending is not None:
        yield pending


def _alternatives(ring: Ring, best: Best, *, differ: int) -> Iterator[Alternative]:
    """The same, until the solver comes to no end."""
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
        try:
            light = held.solve(held.costs(tie_breaks(ring)[0]))
        except Undecided:
            light, settled = found, False
        else:
            assert light is not None  # what was found is one
            settled = light.bound == light.price
        before = light.closed
        missing = min(int((other & ~before).sum()) for other in given)
        given.append(before)
        plan = describe(ring, before, best.proof, least_cost=best.proof.lower_bound)
        plan = plan if settled else plan.model_copy(update={"ties_settled": False})
        gap = max(0, plan.cost - problem.cost_anyway - found.bound)
        yield Alternative(plan=plan, differs=missing, gap=gap)


@dataclass(frozen=True, slots=True)
class Further:
    """What the cheapest plan costs more if the line runs one street nearer to the area, or farther; None: no plan.

    On the sides in `unproven` the solver came to no end: the price may be less; where it is None, none is known. On the
    sides in `barred` the ring goes on, but every line there would need an arm that may not be closed.
    """

    arm: int
    inward: int | None
    outward: int | None
    unproven: tuple[Moved, ...] = ()
    barred: tuple[Moved, ...] = ()


def one_street_further(ring: Ring, closed: BoolArray) -> list[Further]:
    """For each arm that a plan closes and that holds something, the price of moving the line by one street there."""
    inside = ring.inside(closed)
    found = []
    arms = np.flatnonzero(closed & ring.crossing(inside)).tolist()
    for arm, end in zip(arms, inner_ends(ring, arms, inside), strict=True):
        inner = int(ring.half_node[arm, end])
        outer = ring.entered_from(arm, end, inside)  # not who comes out over the arm: it is about those who'd get in
        prices: dict[Moved, tuple[int | None, bool]] = {}
        if inner != AREA:
            prices["in"] = _dearer(ring, closed, exclude=inner)
        if OUTSIDE not in outer:
            prices["out"] = _dearer(ring, closed, enclose=outer)
        (inward, _), (outward, _) = (prices.get(side, (None, True)) for side in ("in", "out"))
        unproven = tuple(side for side, (_, proven) in prices.items() if not proven)
        barred = tuple(side for side, priced in prices.items() if priced == (None, True))
        found.append(Further(arm, inward, outward, unproven, barred))
    return found


def _dearer(
    ring: Ring, closed: BoolArray, *, enclose: Sequence[int] = (), exclude: int = -1
) -> tuple[int | None, bool]:
    """How much more the cheapest plan costs that has nodes inside, or one outside; and whether that is proven."""
    problem = ring.problem
    cost = plan_cost(ring, closed) - problem.cost_anyway
    if not problem.demands.coupled:
        cut = cheapest_by_cases(ring, Prices(problem.cost), must_enclose=enclose, must_exclude=exclude)
        if cut is None:
            return None, True
        if cut.proven:
            return cut.price - cost, True
    program = RingProgram(ring)
    for node in enclose or [exclude]:
        program.keep(node, inside=bool(enclose))
    try:
        found = program.solve(program.costs(Prices(problem.cost), site_charge=problem.demands.site_charge))
    except Undecided:
        return None, False
    return (None, True) if found is None else (found.price - cost, found.bound == found.price)
