"""Checking without the planner that no cordon exists: is there a way in that no barrier can stop?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ringfence.base.traffic import Driver
from ringfence.model.answers import DrivenPath
from ringfence.model.plans import Demands
from ringfence.network import Area, Network, Region
from ringfence.promises.certificate import WORK_MAX
from ringfence.promises.ground import Driven, Ground
from ringfence.promises.reach import Reach

ROUNDS_MAX = 500
"""How many sets of barriers are tried, each past all ways in that are known by then."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with the answer that no cordon exists; empty if it is true.

    Where it is not `finished`, the limits of the search were reached: then it is neither proven nor refuted.
    """

    faults: tuple[str, ...]
    finished: bool = True

    @property
    def proven(self) -> bool:
        """Whether no cordon exists."""
        return self.finished and not self.faults


def verify_impossible(
    network: Network, area: Area, witness: DrivenPath | None, *, driver: Driver, demands: Demands | None = None
) -> Refusal:
    """Check that no barriers under these demands keep a driver out, and that the way in that is shown is one.

    A way in that can be driven, over arms none of which may be closed, proves it: if it turns round at barriers, at
    such as stand in any case. Under turn bans it can also be that an arm has to be closed and has to stay open. Then
    sets of barriers are tried past all ways in that are known, until none is left (CP-SAT).

    Parameters
    ----------
    witness : DrivenPath or None
        The way in that is shown: nothing in it is believed.
    demands : Demands or None
        The question that was asked, placing rules spelt out as `must_not`.
    """
    demands = demands or Demands()
    ground = Ground(network, area, driver)
    anyway, never = demands.must | demands.fixed, _never_closed(demands)
    named = {*anyway, *never, *(arm for pair in demands.together for arm in pair)}
    if not named <= ground.arms.keys():
        return Refusal(("it names arms that can't be closed",))
    way = None if witness is None else _driven(ground, witness)
    if way is None:
        return Refusal(("the way in that it shows can't be driven from outside into the area",))
    if not way.crossed <= never:
        return Refusal(("the way in that it shows crosses an arm that may be closed",))
    return Refusal(()) if way.turned_back <= anyway else _try_sets(ground, demands)


def _never_closed(demands: Demands) -> frozenset[str]:
    """The arms that must not be closed, and all that go together with one of them."""
    never: set[str] = set()
    tied = set(demands.must_not)
    while tied != never:
        never = set(tied)
        tied |= {arm for pair in demands.together if not never.isdisjoint(pair) for arm in pair}
    return frozenset(never)


def _driven(ground: Ground, witness: DrivenPath) -> Driven | None:
    arcs = ground.arcs_of(witness.steps)
    known = [arc for arc in arcs if arc is not None]
    if len(known) != len(arcs) or len(known) < 2 or not all(ground.enters(known[0], known[-1])):
        return None
    return ground.drive(known, ground.arms.keys())


def _try_sets(ground: Ground, demands: Demands) -> Refusal:
    """Look for a set of barriers that stops every way in, until it is proven that there is none."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    closed = {arm: model.new_bool_var(arm) for arm in ground.arms}
    for arm in demands.must | demands.fixed:
        model.add(closed[arm] == 1)
    for arm in demands.must_not:
        model.add(closed[arm] == 0)
    for first, second in demands.together:
        model.add(closed[first] == closed[second])
    region = ground.graph.arc_region
    outside, inside = (np.flatnonzero(region == one) for one in (Region.OUTSIDE, Region.PROTECTED))
    for _ in range(ROUNDS_MAX):
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = WORK_MAX
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            return Refusal(())
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            break
        tried = [arm for arm, is_closed in closed.items() if solver.value(is_closed)]
        arcs = Reach(ground.graph, ground.driver, ground.both_ways(tried)).shortest(outside, inside)
        if arcs is None:
            return Refusal((f"barriers on {', '.join(tried) or 'no street'} seal the area",))
        way = ground.drive(arcs, tried)
        assert way is not None  # it was driven just now
        model.add_bool_or([*(closed[arm] for arm in way.crossed), *(~closed[arm] for arm in way.turned_back)])
    return Refusal((), finished=False)
