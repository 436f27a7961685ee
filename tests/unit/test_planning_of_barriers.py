"""Barriers of the operation as demands: where they stand decides what they close, and where crews are sent."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from rich.console import Console, RenderableType
from shapely import LineString, Point
from shapely.geometry import mapping

from ringfence.base.errors import BadInput
from ringfence.base.measures import Burden
from ringfence.base.traffic import Threat
from ringfence.desk import Desk
from ringfence.desk.planning import Planning
from ringfence.model.plans import FrontPoint, PlanQuestion
from ringfence.operation import Operation
from ringfence.report.planning_boards import front_board

DETERMINED = PlanQuestion(threat=Threat.DETERMINED)
ABOUT_15_M = 0.000135


@pytest.fixture(scope="module")
def desk(wellington: Operation) -> Desk:
    return Desk(wellington)


@pytest.fixture(scope="module")
def planning(desk: Desk) -> Planning:
    return desk.planning


def asking(question: PlanQuestion, **changes: Any) -> PlanQuestion:
    return PlanQuestion.model_validate({**question.model_dump(), **changes})


def shown(board: RenderableType, width: int = 200) -> str:
    output = io.StringIO()
    Console(file=output, width=width).print(board)
    return output.getvalue()


def place_of(operation: Operation, name: str) -> Point:
    arm = next(barrier for barrier in operation.barriers if barrier.id == name).arms[0]
    segment = operation.network.find_segment(arm.segment)
    assert segment is not None
    return Point(operation.network.points_at(np.array([segment]), np.array([arm.offset_m]))[0])


@pytest.mark.parametrize("demand", ["fixed", "must", "must_not"])
def test_a_barrier_inside_the_area_closes_nothing_on_the_rest_of_its_street(
    planning: Planning, wellington: Operation, demand: str
) -> None:
    """Its street goes on into the ring; who drives in there never comes to the barrier."""
    segment = wellington.network.find_segment("molesworth-street-3")
    metres = np.linspace(0, 163)  # the barrier stands at 150
    street = LineString(wellington.network.points_at(np.full(len(metres), segment), metres))
    beside = street.buffer(ABOUT_15_M / 10)
    question = asking(DETERMINED, protected=mapping(wellington.area.protected.union(beside)))
    assert "molesworth-street-3" in planning.ring(question).problem.arms.ix
    with pytest.raises(BadInput) as caught:
        planning.plan(asking(question, **{demand: ("molesworth-street",)}))
    (fault,) = caught.value.faults
    assert fault.code == "outside-the-ring"
    assert fault.found == "'molesworth-street', which stands inside the protected area"


def test_a_barrier_beyond_the_limit_is_told_so(planning: Planning, wellington: Operation) -> None:
    limit = wellington.area.limit.difference(place_of(wellington, "hill-street").buffer(2 * ABOUT_15_M))
    with pytest.raises(BadInput) as caught:
        planning.plan(asking(DETERMINED, limit=mapping(limit), fixed=("hill-street",)))
    assert "beyond the limit" in caught.value.faults[0].found


def faults_of(planning: Planning, question: PlanQuestion) -> list[str]:
    with pytest.raises(BadInput) as caught:
        planning.plan(question)
    return [fault.code for fault in caught.value.faults]


def test_all_that_is_wrong_with_a_question_is_told_at_once(planning: Planning, wellington: Operation) -> None:
    """Who mends one slip and only then hears of the next asks again and again."""
    limit = wellington.area.limit.difference(place_of(wellington, "hill-street").buffer(2 * ABOUT_15_M))
    question = asking(
        DETERMINED,
        limit=mapping(limit),
        fixed=("hill-street",),
        must=("nowhere", "aitken-street-2"),
        must_not=("aitken-street-2",),
        costs={"lambton-quay-whitmore": 2, wellington_arm(wellington, "lambton-quay-whitmore"): 3},
        together=(("bunny-street-10", "bunny-street-10"),),
    )
    assert faults_of(planning, question) == [
        "outside-the-ring",
        "paired-with-itself",
        "two-prices",
        "unknown-arm",
        "must-and-must-not",
    ]


def test_beside_an_area_that_is_none_is_told_what_no_area_could_make_good(
    planning: Planning, wellington: Operation
) -> None:
    nowhere = mapping(Point(174.7765, -41.2785))
    demands = {
        "must": ("nowhere", "hill-street"),
        "fixed": ("hill-street",),
        "together": (("bunny-street-10", "bunny-street-10"),),
    }
    wanted = ["bad-polygon", "unknown-arm", "must-and-fixed", "paired-with-itself"]
    assert faults_of(planning, asking(DETERMINED, protected=nowhere, **demands)) == wanted
    barrier = next(one.id for one in wellington.barriers if len(one.arms) > 1)
    sound = {"must": (barrier, "hill-street-4"), "together": ((barrier, barrier),)}
    assert faults_of(planning, asking(DETERMINED, protected=nowhere, **sound)) == ["bad-polygon"]


def test_a_front_against_addresses_that_nobody_knows_is_refused_beside_the_rest(planning: Planning) -> None:
    with pytest.raises(BadInput) as caught:
        planning.front(asking(DETERMINED, must=("nowhere",)), Burden.ADDRESSES)
    assert [fault.code for fault in caught.value.faults] == ["unknown-arm", "no-addresses"]


def wellington_arm(operation: Operation, barrier: str) -> str:
    return next(one.arms[0].segment for one in operation.barriers if one.id == barrier)


def test_a_street_does_not_go_together_with_itself_but_a_barrier_of_several_arms_does(
    planning: Planning, wellington: Operation
) -> None:
    """One street twice is a slip for two; a barrier with itself is all its arms or none of them."""
    single = next(one for one in wellington.barriers if len(one.arms) == 1 and one.arms[0].segment == "hill-street-4")
    for pair in (("hill-street-4", "hill-street-4"), (single.id, single.id), (single.id, "hill-street-4")):
        assert faults_of(planning, asking(DETERMINED, together=(pair,))) == ["paired-with-itself"]
    several = next(one for one in wellington.barriers if len(one.arms) > 1)
    tied = planning.ring(asking(DETERMINED, together=((several.id, several.id),))).problem.asked
    assert tied.coupled
    assert all(one != other for one, other in tied.together)


def test_of_a_barrier_the_arms_count_that_this_driver_uses(planning: Planning) -> None:
    """One carriageway of Lambton Quay is for buses alone."""
    lawful = planning.ring(asking(PlanQuestion(), fixed=("lambton-quay-whitmore",))).problem
    determined = planning.ring(asking(DETERMINED, fixed=("lambton-quay-whitmore",))).problem
    assert set() < lawful.asked.fixed < determined.asked.fixed


def exported_places(desk: Desk, question: PlanQuestion) -> set[tuple[str, float]]:
    features = json.loads(desk.export_plan(question, desk.planning.plan(question), "geojson"))["features"]
    barriers = [one["properties"] for one in features if "offset_m" in one["properties"]]
    return {(one["segment"], one["offset_m"]) for one in barriers}


def test_crews_are_sent_to_where_a_barrier_stands(desk: Desk, wellington: Operation) -> None:
    question = asking(DETERMINED, fixed=tuple(barrier.id for barrier in wellington.barriers))
    plan, places = desk.planning.plan(question), exported_places(desk, question)
    own = {(arm.segment, arm.offset_m) for barrier in wellington.barriers for arm in barrier.arms}
    assert places
    assert places <= own
    assert places != {(one.segment, one.offset_m) for one in plan.barriers}  # it holds arms for closed at their middle


def test_what_closes_an_arm_that_was_named_by_itself_is_not_taken_for_a_barrier(desk: Desk) -> None:
    """Something else may stand there: of Hill Street's barrier nothing was said."""
    question = asking(DETERMINED, fixed=("hill-street-4",), must=("aitken-street-2",))
    planned = {(one.segment, one.offset_m) for one in desk.planning.plan(question).barriers}
    assert exported_places(desk, question) == planned


def test_where_the_area_reaches_its_limit_the_board_says_what_to_do(desk: Desk, wellington: Operation) -> None:
    plan = desk.planning.plan(asking(DETERMINED, protected=mapping(wellington.area.limit)))
    assert "Draw the limit farther out" in shown(desk.plan_board(plan))
    barred = desk.planning.plan(asking(DETERMINED, must_not=desk.planning.ring(DETERMINED).problem.arms.ids))
    assert "Draw the limit farther out" not in shown(desk.plan_board(barred))


def test_stages_tell_what_is_closed_already(desk: Desk) -> None:
    stages = desk.planning.stages(asking(DETERMINED, fixed=("hill-street",)), "planned", "fewest")
    assert stages.fixed == ("hill-street-4",)
    assert "beside what is closed already and stays so: 1 arm." in shown(desk.stages_board(stages, "planned", "fewest"))
    assert "closed already" not in shown(
        desk.stages_board(desk.planning.stages(DETERMINED, "planned", "fewest"), "planned", "fewest")
    )


@pytest.mark.parametrize("width", [100, 80, 60])
def test_the_figures_of_a_front_are_whole_on_a_narrow_terminal(planning: Planning, width: int) -> None:
    front = planning.front(PlanQuestion(), Burden.STREET)
    points = tuple(_dearer(point) for point in front.points)
    text = shown(front_board(front.model_copy(update={"points": points})), width)
    assert "…" not in text
    for point in points:
        assert f"{point.burden / 10:,.0f} m" in text or f"{point.burden:,.0f} m" in text


def _dearer(point: FrontPoint) -> FrontPoint:
    """With figures of a larger place, and the longest words for its proof."""
    certificate = point.plan.certificate
    assert certificate is not None
    bare = point.plan.model_copy(update={"certificate": certificate.model_copy(update={"weights": None})})
    return point.model_copy(update={"burden": point.burden * 17, "plan": bare})
