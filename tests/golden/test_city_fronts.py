"""Fronts in two real cities, pinned: one place where turn bans bind, one where none does; and the checker beside them.

docs/fronts-porto-portland.md shows these and eight more places; `python -m benchmarks.fronts` makes it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.fronts import TOWNS, Place, Survey, Town, check, survey

from ringfence.base.traffic import Threat
from ringfence.desk.cities import open_city
from ringfence.desk.planning import Planning
from ringfence.model.plans import Front, FrontPoint, PlanQuestion

CITY_HALL, CAMPANHA = "City Hall", "Campanhã station"
FRONTS = {
    (CITY_HALL, Threat.LAWFUL): [(14, 17479), (15, 3721), (16, 3621)],
    (CITY_HALL, Threat.DETERMINED): [(31, 18211), (32, 15933), (33, 13731), (34, 11541), (35, 11319), (36, 11124)],
    (CAMPANHA, Threat.LAWFUL): [
        (11, 25284), (12, 20193), (13, 16106), (14, 12883), (15, 9889), (16, 8693), (17, 8139),
    ],
    (CAMPANHA, Threat.DETERMINED): [
        (12, 25501), (13, 20410), (14, 16323), (15, 13100), (16, 10106), (17, 8910), (18, 8356),
    ],
}  # fmt: skip
"""Barriers, and decimetres of street enclosed."""
CASES = [pytest.param(name, threat, id=f"{name}-{threat.value}") for name, threat in FRONTS]


def place_named(name: str) -> tuple[Town, Place]:
    return next((town, place) for town in TOWNS for place in town.places if place.name == name)


@pytest.fixture(scope="module")
def surveys(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Survey]:
    found = {}
    for name in (CITY_HALL, CAMPANHA):
        town, place = place_named(name)
        extract = shared_data / "data" / "osm" / town.extract
        if not extract.is_file():
            pytest.skip(f"SKIPPED ALOUD: {town.extract} is not in the shared data folder")
        found[name] = survey(open_city(extract), place, tmp_path_factory.mktemp("front"))
    return found


def short(one: Survey) -> Front:
    """The first two choices against lawful drivers."""
    front = one.street[Threat.LAWFUL].front
    return front.model_copy(update={"points": front.points[:2]})


def with_second(front: Front, point: FrontPoint) -> Front:
    return front.model_copy(update={"points": (front.points[0], point)})


def held_up(one: Survey, front: Front) -> list[str]:
    """What the checker has against a front for lawful drivers."""
    problem = Planning(one.operation).ring(PlanQuestion(threat=Threat.LAWFUL)).problem
    return check(problem, front, one.street[Threat.LAWFUL].fewest)


@pytest.mark.parametrize(("name", "threat"), CASES)
def test_the_front_has_these_choices_and_no_others(surveys: dict[str, Survey], name: str, threat: Threat) -> None:
    front = surveys[name].street[threat].front
    assert [(point.cost, point.burden) for point in front.points] == FRONTS[name, threat]
    assert front.complete
    assert not any(point.gap for point in front.points)


@pytest.mark.parametrize(("name", "threat"), CASES)
def test_the_checker_is_convinced_of_every_choice(surveys: dict[str, Survey], name: str, threat: Threat) -> None:
    answer = surveys[name].street[threat]
    assert not answer.faults
    assert answer.fewest.cost == answer.points[0].cost
    assert answer.fewest.optimal


def test_turn_bans_bind_around_city_hall_and_leave_choices_to_the_integer_program(surveys: dict[str, Survey]) -> None:
    one = surveys[CITY_HALL]
    assert (one.bans.forbidden, one.bans.binding) == (64, 25)
    points = one.street[Threat.LAWFUL].points
    assert [point.is_proven for point in points] == [False, False, False]
    assert [point.plan.optimal for point in points] == [True, False, False], "of the cost alone"
    assert all(point.plan.certificate is not None for point in points)


def test_where_no_forbidden_turn_binds_paths_prove_every_choice(surveys: dict[str, Survey]) -> None:
    one = surveys[CAMPANHA]
    assert one.bans.binding == 0
    assert all(point.is_proven for answer in one.street.values() for point in answer.points)


@pytest.mark.parametrize("name", [CITY_HALL, CAMPANHA])
def test_a_front_that_lies_is_found_out(surveys: dict[str, Survey], name: str) -> None:
    one = surveys[name]
    front = short(one)
    first, point = front.points
    assert not held_up(one, front)
    fewer = point.plan.model_copy(update={"barriers": point.plan.barriers[1:]})
    leaky = held_up(one, with_second(front, point.model_copy(update={"plan": fewer})))
    assert f"{point.cost} barriers: one can drive in" in leaky
    lighter = held_up(one, with_second(front, point.model_copy(update={"burden": point.burden - 1})))
    assert f"{point.cost} barriers: the checker counts other figures" in lighter
    dearer = held_up(one, front.model_copy(update={"points": (point,)}))
    assert dearer == [f"the front begins at {point.cost}, the fewest barriers are {first.cost}"]


def test_a_proof_of_another_choice_proves_nothing(surveys: dict[str, Survey]) -> None:
    one = surveys[CAMPANHA]
    front = short(one)
    first, second = front.points
    swapped = second.plan.model_copy(update={"certificate": first.plan.certificate})
    faults = held_up(one, with_second(front, second.model_copy(update={"plan": swapped})))
    assert faults == [f"{second.cost} barriers: its paths do not prove it"]
