"""Cordons by name, as arms of a ring: what stands by the log, what is planned, what was kept; and how they compare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from ringfence.base.errors import BadInput, Fault
from ringfence.base.traffic import Threat
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
OWN_NAMES = (INSTALLED, PLANNED, FEWEST)


@dataclass(frozen=True)
class Cordon:
    """A cordon by its name.

    Attributes
    ----------
    arms : tuple of str
        The arms on which its barriers stand, in order.
    elsewhere : tuple of str
        Its barriers that stand on none.
    fixed : frozenset of str
        Arms that something closes already, whether or not they are among its own.
    """

    name: str
    arms: tuple[str, ...]
    elsewhere: tuple[str, ...]
    fixed: frozenset[str]

    @property
    def closed(self) -> frozenset[str]:
        """All arms that are closed."""
        return self.fixed.union(self.arms)


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


def refuse_unsealed(ring: Ring, closed: BoolArray, *, where: str, do: str) -> None:
    """Refuse arms (K,) that do not seal, by the word of the checker.

    Raises
    ------
    BadInput
        ``leaks``, with streets by which one drives in.
    """
    problem = ring.problem
    leaks = find_leaks(problem.network, problem.area, problem.driver, stops_of(problem, closed))
    if leaks:
        found = f"arms past which one can still drive in, by {', '.join(leaks[:3])}"
        raise BadInput([Fault("leaks", where, "barriers that seal the area", found, do)])


def unsealed(cordon: Cordon, names: tuple[str, str], threat: Threat, at: datetime | None) -> Fault:
    """What is wrong with one of two cordons that does not seal, and what to do; `at` is the moment asked about."""
    moment = "" if at is None or INSTALLED not in names else f" --at {at.isoformat(timespec='seconds')}"
    if cordon.name == INSTALLED and not cordon.closed and not cordon.elsewhere:
        found = f"{INSTALLED!r}, of which nothing stands{f' at {moment[6:]}' * bool(moment)}"
        others = [name for name in names if name != INSTALLED] or [PLANNED]
        do = (
            f"From nothing there are no stages that seal: put up {others[0]!r} as a whole, or begin from a kept plan, "
            f"`ringfence stages OP NAME {others[0]}`. At a moment when barriers stand, say so: --at TIME."
        )
        return Fault("leaks", "stages", "two cordons that seal the area", found, do)
    do = f"`ringfence compare OP {names[0]} {names[1]} --threat {threat}{moment}` shows where."
    if cordon.elsewhere:
        do += f" Not on a street of the ring: {', '.join(cordon.elsewhere)}."
    found = f"{cordon.name!r}, past which one can still drive in"
    return Fault("leaks", "stages", "two cordons that seal the area", found, do)


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


def side_of(ring: Ring, cordon: Cordon) -> Side:
    """One side of a comparison; whether it seals is for the checker to say.

    What something closes already holds the line, and is free of charge: no arm, no block, no staff, no street closed.

    Parameters
    ----------
    ring : Ring
        Without demands; with the placing rules of the cordon.
    """
    problem = ring.problem
    closed = closed_arms(ring, cordon.closed)
    put_up = [problem.arms.ix[arm] for arm in cordon.arms if arm not in cordon.fixed]
    inside = ring.inside(closed)
    leaks = find_leaks(problem.network, problem.area, problem.driver, stops_of(problem, closed))
    known = problem.network.facts.addresses_known
    return Side(
        name=cordon.name,
        arms=cordon.arms,
        fixed=tuple(sorted(cordon.fixed.intersection(cordon.arms))),
        elsewhere=cordon.elsewhere,
        seals=not leaks,
        leaks=leaks,
        sites=count_sites(problem, put_up),
        blocks=int(problem.needs.blocks[put_up].sum()),
        staff=int(problem.needs.staff[put_up].sum()),
        enclosed_street_m=round(ring.enclosed(ring.half_dm, inside) / 10, 1),
        enclosed_addresses=ring.enclosed(ring.half_addresses, inside) if known else None,
        through=int(problem.needs.through[put_up].sum()),
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
