"""What is asked of a planner, and answered, over the API."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field

from ringfence.base.errors import BadInput, Fault
from ringfence.base.measures import Burden, Measure
from ringfence.base.traffic import Threat
from ringfence.model.plans import Alternative, ArmReason, Front, Names, Plan, PlanQuestion, SavedPlan
from ringfence.model.record import Id, Moment, Record, Text

ExportForm = Literal["geojson", "csv", "pdf", "toml"]
MEDIA_TYPES: dict[ExportForm, str] = {
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "toml": "application/toml",
}


class FrontQuestion(Record):
    """Which choices are there? `certificates` asks for the paths that prove them, which are long."""

    question: PlanQuestion = PlanQuestion()
    against: Burden = Burden.STREET
    only_supported: bool = False
    certificates: bool = False


class AlternativesQuestion(Record):
    """Which other plans are nearly as good, each without `differ` arms of every one before?"""

    question: PlanQuestion = PlanQuestion()
    differ: Annotated[int, Field(ge=1, le=1000)] = 1
    count: Annotated[int, Field(ge=1, le=10)] = 3


class PlanAlternatives(Record):
    """Further plans, the cheapest first. `possible` says whether any cordon exists at all."""

    alternatives: tuple[Alternative, ...]
    possible: bool


def alternative_of(found: PlanAlternatives, number: int) -> Plan:
    """The further plan of a number, from 1 on, as a board shows them.

    Raises
    ------
    BadInput
        ``no-such-choice``, with the numbers that there are.
    """
    known = len(found.alternatives)
    if 1 <= number <= known:
        return found.alternatives[number - 1].plan
    numbers = ", ".join(map(str, range(1, known + 1))) or "none: there is no other plan"
    expected = f"a number of those shown: {numbers}"
    raise BadInput([Fault("no-such-choice", "pick", expected, str(number), "Choose one of them, or ask for more.")])


class ReasonsQuestion(Record):
    """Why does each barrier stand where it does: in the cheapest plan, or in one of these arms, which must seal?"""

    question: PlanQuestion = PlanQuestion()
    arms: Names | None = None


class PlanReasons(Record):
    """A reason for each barrier."""

    reasons: tuple[ArmReason, ...]


class _Two(Record):
    """Two cordons: saved plans by name, `installed` (at a moment), `planned` or `fewest`.

    Without a question it is that of the saved plan among them, so that `fewest` is asked for what the plan was.
    Without `at` it is now, or the end of an operation that is long over.
    """

    question: PlanQuestion | None = None
    first: Text
    second: Text
    at: Moment | None = None


class StagesQuestion(_Two):
    """In which steps does one cordon become the other?"""


class CompareQuestion(_Two):
    """What does one cordon have that the other does not?"""


class FrontPick(Record):
    """A choice on the front, by what it costs."""

    against: Burden
    cost: Annotated[int, Field(ge=0)]


def choice_of(front: Front, cost: int) -> Plan:
    """The choice on a front that costs so much.

    Raises
    ------
    BadInput
        ``no-such-choice``, with the costs that there are.
    """
    for point in front.points:
        if point.cost == cost:
            return point.plan
    costs = ", ".join(str(point.cost) for point in front.points) or "none: no cordon exists"
    expected = f"a cost on the front: {costs}"
    raise BadInput([Fault("no-such-choice", "pick", expected, str(cost), "Choose one of them.")])


class SaveQuestion(Record):
    """Keep the cheapest plan for a question, or one of its front; in place of one of that name only if `replace`."""

    title: Text
    question: PlanQuestion = PlanQuestion()
    pick: FrontPick | None = None
    replace: bool = False


class SavedPlanLine(Record):
    """One line of the list of plans. `stale` says what has changed since it was made, where it holds no longer."""

    name: Id
    title: Text
    threat: Threat
    measure: Measure
    cost: int
    arms: int
    enclosed_street_m: float
    stale: str | None = None

    @classmethod
    def of(cls, saved: SavedPlan, stale: str | None) -> Self:
        """The line of a plan."""
        plan = saved.plan
        return cls(
            name=saved.name,
            title=saved.title,
            threat=plan.threat,
            measure=plan.measure,
            cost=plan.cost,
            arms=plan.arms,
            enclosed_street_m=plan.enclosed_street_m,
            stale=stale,
        )


class SavedPlans(Record):
    """The plans that are kept in an operation, as their files say; opening one verifies it.

    Attributes
    ----------
    plans : tuple of SavedPlanLine
    damaged : tuple of str
        A sentence for each file that can't be read.
    """

    plans: tuple[SavedPlanLine, ...]
    damaged: tuple[str, ...] = ()
