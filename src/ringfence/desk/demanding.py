"""What a question demands, arm by arm: a barrier of the operation stands for all its arms."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from ringfence.base.errors import Fault, refuse_if
from ringfence.model.operation import ArmPlace, Barrier
from ringfence.model.plans import Demands, Plan, PlannedBarrier, PlanQuestion
from ringfence.network import Region
from ringfence.operation import Operation
from ringfence.planner import Problem, in_two_lists, tied_to_itself

_BESIDE_THE_RING = {Region.PROTECTED: "stands inside the protected area", Region.OUTSIDE: "stands beyond the limit"}


def demands_of(operation: Operation, problem: Problem, question: PlanQuestion) -> Demands:
    """The demands of a question.

    Raises
    ------
    BadInput
        All that is wrong with them: ``outside-the-ring`` if a barrier is named that does not stand between area and
        limit; ``two-prices`` if an arm is priced twice, and not alike: by its own id and by that of a barrier;
        ``paired-with-itself``; and what `Problem.faults_in` finds.
    """
    faults = [
        fault
        for demand, names in _names_in(question).items()
        for name in names
        if (barrier := _barrier(operation, problem, name)) and (fault := _misplaced(problem, barrier, demand))
    ]
    faults += _paired_with_themselves(operation, problem, question)

    def arms(names: Iterable[str]) -> frozenset[str]:
        return frozenset(arm for name in names for arm in _arms_of(operation, problem, name))

    together = {
        (one, other)
        for a, b in question.together
        for one in _arms_of(operation, problem, a)
        for other in _arms_of(operation, problem, b)
    }
    demands = Demands(
        must=arms(question.must),
        must_not=arms(question.must_not),
        fixed=arms(question.fixed),
        together=frozenset(pair for pair in together if pair[0] != pair[1]),
        site_charge=question.site_charge,
        costs=_costs(operation, problem, question, faults),
    )
    # With the pairs of one: a name that is paired with itself may be unknown, too.
    every = demands.model_copy(update={"together": frozenset(together)})
    found = [fault for fault in problem.faults_in(every) if fault.code != "paired-with-itself"]
    refuse_if([*faults, *found])
    return demands


def faults_by_name(operation: Operation, question: PlanQuestion) -> list[Fault]:
    """What is wrong with a question's demands wherever its area lies.

    Names in two lists or twice in one pair; and those that nobody knows, unless the operation looks at a part of a
    city: a street may lie elsewhere in it.
    """
    known = {barrier.id: barrier for barrier in operation.barriers}

    def means_nothing(name: str) -> bool:
        street = operation.network.find_segment(name.split("#", maxsplit=1)[0])
        return name not in known and street is None and operation.city is None

    named = _names_in(question)
    expected = "the id of a street, or of a barrier of the operation"
    do = "`ringfence place OP WORDS` gives the ids near a place."
    faults = [
        Fault("unknown-arm", f"plan, {demand}", expected, repr(name), do)
        for demand, names in named.items()
        for name in sorted(set(names))
        if means_nothing(name)
    ]
    twice = {one for one, other in question.together if one == other}
    alone = [name for name in sorted(twice) if name not in known or len(known[name].arms) == 1]
    return [*faults, *in_two_lists(named), *(tied_to_itself(repr(name)) for name in alone)]


def _names_in(question: PlanQuestion) -> dict[str, Collection[str]]:
    return {
        "must": question.must,
        "must not": question.must_not,
        "fixed": question.fixed,
        "together": [name for pair in question.together for name in pair],
        "costs": question.costs,
    }


def _paired_with_themselves(operation: Operation, problem: Problem, question: PlanQuestion) -> list[Fault]:
    """Pairs that name one street twice. A barrier of several arms may go with itself: all of them, or none."""
    faults = []
    for pair in question.together:
        barriers = [_barrier(operation, problem, name) for name in pair]
        several = any(barrier is not None and len(barrier.arms) > 1 for barrier in barriers)
        arms = {arm for name in pair for arm in _arms_of(operation, problem, name)}
        if len(arms) == 1 and not several:
            one, other = pair
            faults.append(tied_to_itself(repr(one) if one == other else f"{one!r} and {other!r}"))
    return faults


def fixed_arms(operation: Operation, problem: Problem, question: PlanQuestion) -> frozenset[str]:
    """The arms that something closes already, those left out that this driver does not use."""
    named = (arm for name in question.fixed for arm in _arms_of(operation, problem, name))
    return frozenset(arm for arm in named if arm in problem.arms.ix)


def where_they_stand(operation: Operation, question: PlanQuestion, plan: Plan) -> Plan:
    """The plan with what is there already where it stands, as far as the question named a barrier of the operation.

    A plan holds an arm for closed at its middle; who goes there has to find the barrier.
    """
    standing: dict[str, list[ArmPlace]] = {}
    for barrier in operation.barriers:
        for arm in barrier.arms if barrier.id in question.fixed else ():
            standing.setdefault(arm.segment, []).append(arm)

    def placed(planned: PlannedBarrier) -> PlannedBarrier:
        on_it = standing.get(planned.segment)
        if not planned.fixed or not on_it:
            return planned
        offset_m = min((arm.offset_m for arm in on_it), key=lambda metres: abs(metres - planned.offset_m))
        segment = operation.network.find_segment(planned.segment)
        if segment is None:
            return planned
        lon, lat = operation.network.points_at(np.array([segment]), np.array([offset_m]))[0].round(6).tolist()
        return planned.model_copy(update={"offset_m": offset_m, "lon": lon, "lat": lat, "notes": ()})

    return plan.model_copy(update={"barriers": tuple(placed(one) for one in plan.barriers)})


def _costs(operation: Operation, problem: Problem, question: PlanQuestion, faults: list[Fault]) -> dict[str, int]:
    costs: dict[str, int] = {}
    by: dict[str, str] = {}
    for name, cost in question.costs.items():
        for arm in _arms_of(operation, problem, name):
            if costs.setdefault(arm, cost) != cost:
                found = f"{arm!r} at {costs[arm]:,} (as {by[arm]!r}) and at {cost:,} (as {name!r})"
                faults.append(
                    Fault("two-prices", "plan, costs", "one price for an arm", found, "Leave one of them out.")
                )
            by.setdefault(arm, name)
    return costs


def _barrier(operation: Operation, problem: Problem, name: str) -> Barrier | None:
    """The barrier of the operation that is named, unless an arm is."""
    if name in problem.arms.ix:
        return None
    return next((one for one in operation.barriers if one.id == name), None)


def _misplaced(problem: Problem, barrier: Barrier, demand: str) -> Fault | None:
    """What is wrong with naming a barrier: an arm of it stands beside the ring, or this driver uses no street of it."""
    where = f"plan, {demand}"
    beside = [_BESIDE_THE_RING[one] for arm in barrier.arms if (one := _region_at(problem, arm)) is not Region.RING]
    if beside:
        part = "" if len(beside) == len(barrier.arms) else "an arm of "
        found = f"{part}{barrier.id!r}, which {beside[0]}"
        do = "Leave it out, or draw area and limit so that it stands between them."
        return Fault("outside-the-ring", where, "a barrier that stands in the ring between area and limit", found, do)
    if not any(problem.arm_at(arm.segment, arm.offset_m) for arm in barrier.arms):
        found = f"{barrier.id!r}, on {problem.what_is(barrier.arms[0].segment)}"
        do = "Leave it out: against this driver it holds nothing."
        return Fault("unknown-arm", where, "a barrier across a street that this driver uses", found, do)
    return None


def _region_at(problem: Problem, place: ArmPlace) -> Region:
    """Where an arm of a barrier stands; streets that the planner was not given lie beyond the limit."""
    graph, segment = problem.graph, problem.network.find_segment(place.segment)
    if segment is None:
        return Region.OUTSIDE
    pieces = graph.pieces_of(segment)
    last = len(pieces) - 1
    at = min(int((graph.piece_end_m[pieces] < place.offset_m).sum()), last)
    return Region(int(graph.piece_region[pieces[at]]))


def _arms_of(operation: Operation, problem: Problem, name: str) -> list[str]:
    """An arm by its id, or the arms on which a barrier of the operation stands; those left out that nobody uses."""
    barrier = _barrier(operation, problem, name)
    if barrier is None:
        return [name]
    return [arm for place in barrier.arms if (arm := problem.arm_at(place.segment, place.offset_m))]
