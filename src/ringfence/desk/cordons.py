"""Cordons by name, as arms of a ring: what stands by the log, what is planned, what was kept; and how they compare."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from ringfence.base.errors import BadInput, Fault
from ringfence.model.operation import ArmPlace, Barrier
from ringfence.model.plans import Plan, Side
from ringfence.network import Stop
from ringfence.network.streets import BoolArray
from ringfence.operation import Operation
from ringfence.picture import fold
from ringfence.planner import Problem, Ring, count_sites
from ringfence.promises import find_leaks

INSTALLED, PLANNED, FEWEST = "installed", "planned", "fewest"
"""Names that stand for the barriers that hold by the log, all of the operation's, and the cheapest plan."""


def arms_standing(
    operation: Operation, problem: Problem, name: str, at: datetime | None
) -> tuple[list[str], list[str]]:
    """The arms on which the operation's barriers stand, and those barriers that stand on none.

    Parameters
    ----------
    name : str
        `PLANNED`: all barriers; `INSTALLED`: those that hold for sure at a moment.
    at : datetime or None
        None: the end of the operation.
    """
    barriers = operation.barriers
    if name == INSTALLED:
        picture = fold(barriers, operation.sites, operation.entries, at=at or operation.file.ends)
        holds = {one.id for one in picture.barriers if one.holds == "yes"}
        barriers = tuple(barrier for barrier in barriers if barrier.id in holds)
    found = [(barrier.id, problem.arm_at(arm.segment, arm.offset_m)) for barrier in barriers for arm in barrier.arms]
    return sorted({arm for _, arm in found if arm}), sorted({barrier for barrier, arm in found if arm is None})


def arms_of_plan(problem: Problem, plan: Plan) -> tuple[list[str], list[str]]:
    """The arms on which a plan's barriers stand, and those barriers that stand on none."""
    found = {barrier.id: problem.arm_at(barrier.segment, barrier.offset_m) for barrier in plan.barriers}
    return sorted(arm for arm in found.values() if arm), sorted(name for name, arm in found.items() if arm is None)


def closed_arms(ring: Ring, arms: Iterable[str]) -> BoolArray:
    """(K,) arms closed by name, beside those that are closed anyway.

    Raises
    ------
    BadInput
        If one is none of the ring.
    """
    closed, known = ring.problem.closed_anyway.copy(), ring.problem.arms.ix
    wrong = [arm for arm in arms if arm not in known]
    if wrong:
        found, do = ", ".join(map(repr, wrong[:8])), "Name arms as `ringfence plan` does."
        raise BadInput([Fault("unknown-arm", "plan", "arms of the ring", found, do)])
    closed[[known[arm] for arm in arms]] = True
    return closed


def stops_of(problem: Problem, closed: BoolArray) -> list[Stop]:
    """Where barriers on closed arms (K,) stand."""
    arms = problem.arms
    return [Stop(int(arms.segment_ix[arm]), float(arms.middle_m[arm])) for arm in np.flatnonzero(closed).tolist()]


def side_of(ring: Ring, name: str, arms: list[str], elsewhere: list[str]) -> Side:
    """One side of a comparison; whether it seals is for the checker to say."""
    problem = ring.problem
    closed = closed_arms(ring, arms)
    chosen = np.flatnonzero(closed).tolist()
    inside = ring.inside(closed)
    leaks = find_leaks(problem.network, problem.area, problem.driver, stops_of(problem, closed))
    known = problem.network.facts.addresses_known
    return Side(
        name=name,
        arms=tuple(arms),
        elsewhere=tuple(elsewhere),
        seals=not leaks,
        leaks=leaks,
        sites=count_sites(problem, chosen),
        blocks=int(problem.needs.blocks[chosen].sum()),
        staff=int(problem.needs.staff[chosen].sum()),
        enclosed_street_m=round(ring.enclosed(ring.half_dm, inside) / 10, 1),
        enclosed_addresses=ring.enclosed(ring.half_addresses, inside) if known else None,
        through=int(problem.needs.through[chosen].sum()),
    )


def barriers_of(plan: Plan) -> tuple[Barrier, ...]:
    """A plan's barriers as an operation's own."""
    return tuple(
        Barrier(
            id=barrier.id.replace("#", "-"),
            name=barrier.place,
            arms=(ArmPlace(segment=barrier.segment, offset_m=barrier.offset_m, inside=barrier.inside),),
            note="; ".join(barrier.notes),
        )
        for barrier in plan.barriers
    )
