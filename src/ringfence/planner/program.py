"""The ring as one integer program: every plan is a solution, under turn bans, site charges and couplings too.

One column says of each arm whether it is closed, one of each node whether the area can be reached from it. A node from
which an open arm leads to such a node is one itself; so is one at whose closed arm a driver turns round to such a node.
Where nothing couples the arms the program is a minimum cut, and its linear relaxation is exact.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np

from ringfence.network.streets import BoolArray, IntArray
from ringfence.planner.integer_program import IntegerProgram, Undecided
from ringfence.planner.minimum_cut import Prices
from ringfence.planner.ring import FREE, Ring
from ringfence.planner.sites import site_keys
from ringfence.planner.ways_on import AREA, OUTSIDE

IDS_NODES_MAX = 100
"""Branches for each step of the last tie, that of ids. Where they don't do, a plan as good in all else is kept."""
ARMS_AT_ONCE = 10
"""How many arms one solution can settle by id: their weights stay far below what a solver tells apart."""


@dataclass(frozen=True, slots=True)
class Found:
    """Closed arms (K,) that seal; their price, and what every plan pays at least."""

    closed: BoolArray
    price: int
    bound: int


class RingProgram:
    """The integer program of a ring, to which conditions can be added."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        problem = ring.problem
        self.program = program = IntegerProgram()
        self.closed = program.columns(len(problem.arms))
        self.inside = program.columns(ring.node_count)
        program.fix(self.closed[problem.closed_anyway], 1.0)
        program.fix(self.closed[problem.never_closed], 0.0)
        program.fix(self.inside[[OUTSIDE]], 0.0)
        program.fix(self.inside[[AREA]], 1.0)
        free = ring.arm == FREE
        tail, head = self.inside[ring.tail], self.inside[ring.head]
        program.rows(np.column_stack([tail[free], head[free]]), [1, -1], low=0.0)
        arms = self.closed[ring.arm[~free]]
        program.rows(np.column_stack([tail[~free], head[~free], arms]), [1, -1, 1], low=0.0)
        if len(ring.back_arm):
            ends = self.inside[ring.back_tail], self.inside[ring.back_head]
            program.rows(np.column_stack([*ends, self.closed[ring.back_arm]]), [1, -1, -1], low=-1.0)
        for first, second in sorted(problem.demands.together):
            a, b = problem.arms.ix[first], problem.arms.ix[second]
            if a != b:
                program.row({int(self.closed[a]): 1.0, int(self.closed[b]): -1.0}, low=0.0, high=0.0)
        self.sites = add_sites(program, ring, self.closed)

    def costs(self, prices: Prices, *, site_charge: int = 0) -> IntArray:
        """Column costs for prices of arms and nodes; arms that are closed anyway cost nothing here."""
        cost = np.zeros(self.program.count, dtype=np.int64)
        cost[self.closed] = np.where(self.ring.problem.closed_anyway, 0, prices.arm)
        if prices.node is not None:
            cost[self.inside] = prices.node
            cost[self.inside[[OUTSIDE, AREA]]] = 0
        cost[self.sites] = site_charge
        return cost

    def hold(self, cost: IntArray, most: int) -> None:
        """From now on only solutions that cost no more."""
        used = np.flatnonzero(cost)
        self.program.row(dict(zip(used.tolist(), cost[used].tolist(), strict=True)), high=float(most))

    def differ(self, closed: BoolArray, arms: int) -> None:
        """From now on only solutions that leave open at least so many of these closed arms."""
        chosen = np.flatnonzero(closed & ~self.ring.problem.closed_anyway)
        self.program.row(dict.fromkeys(self.closed[chosen].tolist(), 1.0), high=float(len(chosen) - arms))

    def keep(self, node: int, *, inside: bool) -> None:
        """From now on only solutions that have a node inside, or outside."""
        self.program.fix(self.inside[[node]], float(inside))

    def copy(self) -> RingProgram:
        """A program to which conditions can be added without this one noticing."""
        other = copy(self)
        other.program = self.program.copy()
        return other

    def solve(self, cost: IntArray) -> Found | None:
        """The cheapest plan; None where there is none."""
        if self.ring.direct is not None:
            return None
        solution = self.program.solve(cost)
        return None if solution is None else Found(solution.chosen[self.closed], solution.cost, solution.bound)

    def first_by_id(self, best: BoolArray) -> BoolArray:
        """Of all solutions, the one that has the first arms in order of id. `best` is one of them.

        Where the branches for it do not do, one that is as good in all else.
        """
        program = self.program.copy()
        try:
            candidates = self._in_some_solution(best)
            for first in range(0, len(candidates), ARMS_AT_ONCE):
                batch = candidates[first : first + ARMS_AT_ONCE]
                # Each arm outweighs all that come behind it, so that one solution settles the whole batch.
                cost = np.zeros(program.count, dtype=np.int64)
                cost[self.closed[batch]] = [-(1 << (len(batch) - place)) for place in range(len(batch))]
                solution = program.solve(cost, nodes_max=IDS_NODES_MAX)
                assert solution is not None  # `best` is one
                best = solution.chosen[self.closed]
                for ix in batch:
                    program.fix(self.closed[[ix]], float(best[ix]))
        except Undecided:
            pass
        return best

    def _in_some_solution(self, best: BoolArray) -> list[int]:
        """Arms that stand in at least one solution, in order of id: look for others until there are none."""
        found = best.copy()
        while True:
            cost = np.zeros(self.program.count, dtype=np.int64)
            cost[self.closed[~found]] = -1
            solution = self.program.solve(cost, nodes_max=IDS_NODES_MAX)
            assert solution is not None  # the best is one
            fresh = solution.chosen[self.closed] & ~found
            if not fresh.any():
                return np.flatnonzero(found).tolist()
            found |= fresh


def add_sites(program: IntegerProgram, ring: Ring, closed: IntArray) -> IntArray:
    """Columns for junctions of which each arm that is put up needs one; none without a site charge."""
    problem = ring.problem
    if not problem.demands.site_charge:
        return np.zeros(0, dtype=np.int64)
    keys = [site_keys(problem, arm) for arm in range(len(problem.arms))]
    numbered = {key: ix for ix, key in enumerate(sorted({key for of_arm in keys for key in of_arm}))}
    sites = program.columns(len(numbered))
    for arm, of_arm in enumerate(keys):
        if arm not in problem.fixed:
            program.row({**{int(sites[numbered[key]]): 1.0 for key in of_arm}, int(closed[arm]): -1.0}, low=0.0)
    return sites
