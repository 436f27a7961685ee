"""What a question demands, arm by arm: a barrier of the operation stands for all its arms."""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.base.errors import Fault, refuse_if
from ringfence.model.plans import Demands, PlanQuestion
from ringfence.operation import Operation
from ringfence.planner import Problem


def demands_of(operation: Operation, problem: Problem, question: PlanQuestion) -> Demands:
    """The demands of a question.

    Raises
    ------
    BadInput
        ``two-prices`` if an arm is priced twice, and not alike: by its own id and by that of a barrier.
    """

    def arms(names: Iterable[str]) -> frozenset[str]:
        return frozenset(arm for name in names for arm in _arms_of(operation, problem, name))

    return Demands(
        must=arms(question.must),
        must_not=arms(question.must_not),
        fixed=arms(question.fixed),
        together=frozenset(
            (one, other)
            for a, b in question.together
            for one in _arms_of(operation, problem, a)
            for other in _arms_of(operation, problem, b)
        ),
        site_charge=question.site_charge,
        costs=_costs(operation, problem, question),
    )


def fixed_arms(operation: Operation, problem: Problem, question: PlanQuestion) -> frozenset[str]:
    """The arms that something closes already, those left out that this driver does not use."""
    named = (arm for name in question.fixed for arm in _arms_of(operation, problem, name))
    return frozenset(arm for arm in named if arm in problem.arms.ix)


def _costs(operation: Operation, problem: Problem, question: PlanQuestion) -> dict[str, int]:
    costs: dict[str, int] = {}
    by: dict[str, str] = {}
    faults = []
    for name, cost in question.costs.items():
        for arm in _arms_of(operation, problem, name):
            if costs.setdefault(arm, cost) != cost:
                found = f"{arm!r} at {costs[arm]:,} (as {by[arm]!r}) and at {cost:,} (as {name!r})"
                faults.append(
                    Fault("two-prices", "plan, costs", "one price for an arm", found, "Leave one of them out.")
                )
            by.setdefault(arm, name)
    refuse_if(faults)
    return costs


def _arms_of(operation: Operation, problem: Problem, name: str) -> list[str]:
    """An arm by its id, or the arms on which a barrier of the operation stands."""
    barrier = next((one for one in operation.barriers if one.id == name), None)
    if barrier is None or name in problem.arms.ix:
        return [name]
    return [problem.arm_at(arm.segment, arm.offset_m) or arm.segment for arm in barrier.arms]
