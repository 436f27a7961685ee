"""The best plan of a ring: the cheapest, and of all cheapest the one that encloses least; with its proof.

A max-flow answers where its paths prove the cut, which they always do without turn bans and couplings. Elsewhere an
integer program does, and clauses are the proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ringfence.model.plans import Weights
from ringfence.network.streets import BoolArray
from ringfence.planner.covering import cover_ways_in, plan_cost
from ringfence.planner.integer_program import Undecided
from ringfence.planner.minimum_cut import Cut, Prices, cheapest_by_cases, cheapest_cut
from ringfence.planner.program import RingProgram
from ringfence.planner.ring import Ring, WayIn
from ringfence.planner.ways_on import AREA

SETTLE_ARMS_MAX = 2_000
"""Rings of more arms are not given to an integer program for the sake of ties: that can take minutes."""

FLOW_MAX = 1 << 61
"""Sums that a max-flow can count, with room to spare."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Ways in that every plan must stop, at no less than `lower_bound`.

    `carried` says for each how much of its arms' prices it uses up (disjoint paths); None where they are clauses. With
    `weights` the bound is of cost and burden weighed together.
    """

    lower_bound: int
    ways_in: tuple[WayIn, ...]
    carried: tuple[int, ...] | None
    weights: Weights | None = None


@dataclass(frozen=True, slots=True)
class Best:
    """The arms (K,) of the best plan, and the proof of its cost.

    Where ties are not `settled`, another plan of the same cost may enclose less: the ring is too large to try them
    all, or the solver came to no end.
    """

    closed: BoolArray
    proof: Proof
    settled: bool = True


def find_best(ring: Ring) -> Best | None:
    """The best plan, or None where no plan exists. Exact unless its proof's bound lies below its cost; deterministic.

    Ties are broken by addresses enclosed, blocks, metres of street, ids (where no address lies in the ring: metres,
    blocks, ids); in rings of more than `SETTLE_ARMS_MAX` arms as far as flows can.
    """
    problem = ring.problem
    if problem.demands.coupled:
        return _coupled(ring)
    cut = cheapest_cut(ring, Prices(problem.cost))
    if cut is None:
        return None
    if cut.proven and not cut.turns:
        proof, known = flow_proof(ring, cut), cut.closed
    else:
        ways = [] if cut.turns else [ring.way_along(flow.edges) for flow in cut.flows]
        clauses = by_clauses(ring, ways, plan=cut.closed if _is_plan(ring, cut.closed) else None)
        if clauses is None:
            return None
        known, proof = clauses.closed, clauses.proof
    levels = tie_breaks(ring)
    # Without bans the innermost cut alone encloses the least street, and so is best where nothing counts before that.
    if ring.is_plain and not ring.half_addresses.any():
        return Best(known, proof)
    cost = price_of(ring, known, Prices(problem.cost))
    prices = Prices(problem.cost)
    for level in levels:
        prices = _behind(ring, prices, level, known)
        refined = cheapest_by_cases(ring, prices) if _countable(prices) else None
        as_cheap = refined is not None and price_of(ring, refined.closed, Prices(problem.cost)) == cost
        if refined is None or not refined.proven or not as_cheap:
            return _settled(ring, Best(known, proof), levels, cost)
        known = refined.closed
    return Best(known, proof)


def tie_breaks(ring: Ring) -> list[Prices]:
    """What decides between plans of equal cost, first things first."""
    nothing = np.zeros(len(ring.problem.arms), dtype=np.int64)
    street = Prices(nothing, ring.at_nodes(ring.half_dm))
    blocks = Prices(ring.problem.needs.blocks)
    if not ring.half_addresses.any():  # none known, or none near: then street is what counts
        return [street, blocks]
    return [Prices(nothing, ring.at_nodes(ring.half_addresses)), blocks, street]


def flow_proof(ring: Ring, cut: Cut) -> Proof:
    """The disjoint paths of a cut whose prices were the arms' costs."""
    ways = tuple(ring.way_along(flow.edges) for flow in cut.flows)
    return Proof(ring.problem.cost_anyway + cut.price, ways, tuple(flow.carries for flow in cut.flows))


def prove_cost(ring: Ring, plan: BoolArray) -> Proof:
    """What every plan costs at least, by paths or by clauses: as far as these come.

    Parameters
    ----------
    plan : (K,) bool
        A plan that is known, the cheapest of them.
    """
    cut = cheapest_cut(ring, Prices(ring.problem.cost))
    assert cut is not None  # there is a plan
    if cut.proven and not cut.turns and not ring.problem.demands.coupled:
        return flow_proof(ring, cut)
    ways = [] if cut.turns else [ring.way_along(flow.edges) for flow in cut.flows]
    covering = cover_ways_in(ring, ways, enough=plan_cost(ring, plan))
    return Proof(covering.lower_bound, covering.ways_in, None)


def price_of(ring: Ring, closed: BoolArray, prices: Prices) -> int:
    """What a plan costs at these prices; arms that are closed anyway cost nothing."""
    arms = int(prices.arm[closed & ~ring.problem.closed_anyway].sum())
    return arms + (0 if prices.node is None else int(prices.node[ring.inside(closed)].sum()))


def _behind(ring: Ring, first: Prices, then: Prices, known: BoolArray) -> Prices:
    """One price for two that count one after the other. `known` is a best plan by the first.

    A step of the first outweighs all that the known plan pays by the second; the best plan by both pays no more.
    """
    weight = price_of(ring, known, then) + 1
    nothing = np.zeros(ring.node_count, dtype=np.int64)
    nodes = [nothing if prices.node is None else prices.node for prices in (first, then)]
    return Prices(weight * first.arm + then.arm, weight * nodes[0] + nodes[1])


def _countable(prices: Prices) -> bool:
    """Whether a max-flow can add up these prices."""
    node = 0.0 if prices.node is None else float(prices.node.astype(float).sum())
    return float(prices.arm.astype(float).sum()) + node < FLOW_MAX


def _settled(ring: Ring, best: Best, levels: Sequence[Prices], cost: int) -> Best:
    """The best plan with ties settled by integer programs, unless the ring is too large."""
    if len(ring.problem.arms) > SETTLE_ARMS_MAX:
        return replace(best, settled=False)
    closed, settled = _settle(RingProgram(ring), levels, best.closed, cost=cost)
    return replace(best, closed=closed, settled=settled)


def _settle(program: RingProgram, levels: Sequence[Prices], known: BoolArray, *, cost: int) -> tuple[BoolArray, bool]:
    """Of all plans that cost no more than the known one, the best by the levels in turn, then by ids.

    And whether that is certain: where the solver comes to no end, the best that is known by then is kept.
    """
    problem = program.ring.problem
    paid = program.costs(Prices(problem.cost), site_charge=problem.demands.site_charge)
    program.hold(paid, cost)
    settled = True
    for prices in levels:
        priced = program.costs(prices)
        try:
            found = program.solve(priced)
        except Undecided:
            return known, False
        assert found is not None  # the known plan is one
        least = found.price
        if found.bound < found.price:
            settled = False
            area = 0 if prices.node is None else int(prices.node[AREA])  # enclosed by every plan, and not priced there
            least = min(least, price_of(program.ring, known, prices) - area)
        if least == found.price:
            known = found.closed
        program.hold(priced, least)
    return program.first_by_id(known), settled


def _coupled(ring: Ring) -> Best | None:
    """With site charges, or arms that go together: by the whole program, and clauses for the proof of its cost."""
    problem = ring.problem
    cut = cheapest_cut(ring, Prices(problem.cost))
    if cut is None:
        return None
    program = RingProgram(ring)
    ways = [] if cut.turns else [ring.way_along(flow.edges) for flow in cut.flows]
    try:
        found = program.solve(program.costs(Prices(problem.cost), site_charge=problem.demands.site_charge))
    except Undecided:
        best = by_clauses(ring, ways)
    else:
        best = None if found is None else by_clauses(ring, ways, plan=found.closed)
    if best is None:
        return None
    cost = plan_cost(ring, best.closed) - problem.cost_anyway
    return _settled(ring, best, tie_breaks(ring), cost)


def _is_plan(ring: Ring, closed: BoolArray) -> bool:
    """Whether these arms may all be closed, and seal the area."""
    return not (closed & ring.problem.never_closed).any() and ring.seals(closed)


def by_clauses(ring: Ring, known: Sequence[WayIn] = (), *, plan: BoolArray | None = None) -> Best | None:
    """A cheapest plan by clauses; where they come to no end, the whole program's, and what the clauses prove.

    Parameters
    ----------
    known : sequence of WayIn
        Ways in to begin with.
    plan : (K,) bool or None
        A plan that is known: the clauses end where they prove it the cheapest, and fall back upon it where the program
        finds none in time.

    Raises
    ------
    Undecided
        If none is found in time, and none was known.
    """
    cost = None if plan is None else plan_cost(ring, plan)
    covering = cover_ways_in(ring, known, enough=cost)
    if covering.finished and covering.closed is None:
        return None
    closed = covering.closed
    if closed is None and covering.lower_bound == cost:
        closed = plan
    if closed is None:
        program = RingProgram(ring)
        site_charge = ring.problem.demands.site_charge
        try:
            found = program.solve(program.costs(Prices(ring.problem.cost), site_charge=site_charge))
        except Undecided:
            if plan is None:
                raise
            closed = plan
        else:
            closed = None if found is None else found.closed
    return None if closed is None else Best(closed, Proof(covering.lower_bound, covering.ways_in, None))
