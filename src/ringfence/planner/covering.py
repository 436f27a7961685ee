"""The cheapest arms under turn bans, site charges and couplings: clauses found as needed, with paths as the proof.

A plan seals the area if and only if it stops every way in. A way in is stopped by closing an arm that it crosses, or
by opening an arm at whose barrier the driver turned round (under turn bans, a new barrier can make a new turning
place, and so a new way in). So the plans are the solutions of one clause per way in. The ways in are too many to list;
they are found as they are needed: solve over the clauses so far, look for a way in past that solution, add it, repeat.
When none is left the solution is a plan, and the clauses so far prove that nothing cheaper is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ringfence.network.streets import BoolArray
from ringfence.planner.integer_program import IntegerProgram, Undecided
from ringfence.planner.ring import Ring, WayIn
from ringfence.planner.sites import SiteColumns, count_sites

ROUNDS_MAX = 500


@dataclass(frozen=True, slots=True)
class Covering:
    """The cheapest arms that stop every way in; `ways_in` prove `lower_bound`.

    `closed` is None where none would do, or where `finished` is false: then only the bound is known, which was all that
    was asked for, or all that was found.
    """

    closed: BoolArray | None
    lower_bound: int
    ways_in: tuple[WayIn, ...]
    finished: bool = True


def cover_ways_in(
    ring: Ring, known: Iterable[WayIn] = (), *, enough: int | None = None, rounds_max: int = ROUNDS_MAX
) -> Covering:
    """The cheapest arms (plus site charges). Exact where it finishes, deterministic.

    Parameters
    ----------
    known : iterable of WayIn
        Ways in to begin with.
    enough : int or None
        What a plan costs that is known: a bound of so much proves it the cheapest, and no further way is looked for.
    """
    problem = ring.problem
    program = IntegerProgram()
    closed = program.columns(len(problem.arms))
    program.fix(closed[problem.closed_anyway], 1.0)
    program.fix(closed[problem.never_closed], 0.0)
    for first, second in sorted(problem.demands.together):
        a, b = problem.arms.ix[first], problem.arms.ix[second]
        if a != b:
            program.row({int(closed[a]): 1.0, int(closed[b]): -1.0}, low=0.0, high=0.0)
    sites = SiteColumns(program, problem, closed)
    cost = np.zeros(program.count, dtype=np.int64)
    cost[closed] = problem.cost
    cost[sites.columns] = problem.demands.site_charge
    ways_in: list[WayIn] = []
    fresh = list(known)
    lower_bound = 0
    for _ in range(rounds_max):
        for way in fresh:
            stopping = dict.fromkeys(closed[sorted(way.crossed)].tolist(), 1.0)
            for arm in closed[sorted(way.turned_back)].tolist():
                stopping[arm] = stopping.get(arm, 0.0) - 1.0
            program.row(stopping, low=1.0 - len(way.turned_back))
            if (stopped_at := sites.stopping(way)) and not way.turned_back:  # follows, but not where sites are halved
                program.row(dict.fromkeys(stopped_at, 1.0), low=1.0)
        ways_in += fresh
        try:
            solution = program.solve(cost)
        except Undecided:
            break
        if solution is None:
            return Covering(None, 0, tuple(ways_in))
        lower_bound = solution.bound
        if enough is not None and lower_bound >= enough:
            break
        tried = solution.chosen[closed]
        fresh = _ways_past(ring, tried)
        if not fresh:
            return Covering(tried, lower_bound, tuple(ways_in))
    return Covering(None, lower_bound, tuple(ways_in), finished=False)


def plan_cost(ring: Ring, closed: BoolArray) -> int:
    """What a plan costs: its arms, and the charge for the fewest junctions that between them have all the arms."""
    problem = ring.problem
    charge = problem.demands.site_charge
    put_up = [arm for arm in np.flatnonzero(closed).tolist() if arm not in problem.fixed]
    return int(problem.cost[closed].sum()) + (charge * count_sites(problem, put_up) if charge else 0)


def _ways_past(ring: Ring, closed: BoolArray) -> list[WayIn]:
    """Ways in past a solution, each over arms that the ones before do not cross: several clauses a round."""
    found: list[WayIn] = []
    shut = closed.copy()
    while (way := ring.find_way_in(shut)) is not None:
        found.append(way)
        fresh = [arm for arm in way.crossed if not ring.problem.never_closed[arm]]
        if not fresh:
            break
        shut[fresh] = True
    return found
