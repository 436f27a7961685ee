"""The ring as one integer program: every plan is a solution, under turn bans, site charges and couplings too.

One column says of each arm whether it is closed, one of each node whether the area can be reached from it. A node from
which an open arm leads to such a node is one itself; so is one at whose closed arm a driver turns round to such a node.
Where nothing couples the arms the program is a minimum cut, and its linear relaxation is exact. With a site charge it
would be far from that: half of each of two arms on a way in, and half of the site between them, pass for a barrier. So
the program also says that every way in meets a whole site, which is a minimum cut of junctions.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np

from ringfence.network.streets import BoolArray, IntArray
from ringfence.planner.integer_program import IntegerProgram, Undecided
from ringfence.planner.minimum_cut import Prices
from ringfence.planner.ring import FREE, Ring
from ringfence.planner.sites import NO_SITE, SiteColumns
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
        self.sites = SiteColumns(program, problem, self.closed)
        if len(self.sites.columns):
            self._cut_sites()

    def costs(self, prices: Prices, *, site_charge: int = 0) -> IntArray:
        """Column costs for prices of arms and nodes; arms that are closed anyway cost nothing here."""
        cost = np.zeros(self.program.count, dtype=np.int64)
        cost[self.closed] = np.where(self.ring.problem.closed_anyway, 0, prices.arm)
        if prices.node is not None:
            cost[self.inside] = prices.node
            cost[self.inside[[OUTSIDE, AREA]]] = 0
        cost[self.sites.columns] = site_charge
        return cost

    def _cut_sites(self) -> None:
        """Two columns for each node: whether the area is reached past no site from before it, and from behind it."""
        ring, program, at_end = self.ring, self.program, self.sites.at_end
        before, behind = program.columns(ring.node_count), program.columns(ring.node_count)
        program.fix(behind[[OUTSIDE]], 0.0)
        program.fix(before[[AREA]], 1.0)
        free, barred = (ring.arm == FREE).nonzero()[0], np.array([not sites for sites in self.sites.of_arm])
        program.rows(np.column_stack([behind[ring.tail[free]], before[ring.head[free]]]), [1, -1], low=0.0)
        edges = (ring.arm != FREE).nonzero()[0]
        edges = edges[~barred[ring.arm[edges]]]  # an arm that stands there already needs no site
        arm, tail, head, towards = ring.arm[edges], ring.tail[edges], ring.head[edges], ring.led_to(edges)
        site = np.full(ring.node_count, NO_SITE)
        site[head] = at_end[arm, towards]
        site[[OUTSIDE, AREA]] = NO_SITE  # of these the junctions are told edge by edge
        without, with_site = (site == NO_SITE).nonzero()[0], (site != NO_SITE).nonzero()[0]
        program.rows(np.column_stack([before[without], behind[without]]), [1, -1], low=0.0)
        program.rows(np.column_stack([before[with_site], behind[with_site], site[with_site]]), [1, -1, 1], low=0.0)
        first = np.where(tail == OUTSIDE, at_end[arm, 1 - towards], NO_SITE)
        last = np.where(head == AREA, at_end[arm, towards], NO_SITE)
        for edge in range(len(edges)):
            met = {int(first[edge]), int(last[edge])} - {NO_SITE}
            if (at_end[arm[edge]] == NO_SITE).all():
                met = set(self.sites.of_arm[arm[edge]])
            nodes = {int(behind[tail[edge]]): 1.0, int(before[head[edge]]): -1.0}
            program.row(nodes | dict.fromkeys(met, 1.0), low=0.0)

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
            if len(candidates) == best.sum():  # no arm of another solution comes before one of this
                return best
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
