"""Plans for areas that a planner draws in a whole city: made, kept, exported and compared for that area."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon, box, transform
from shapely.affinity import scale, translate
from shapely.geometry import mapping, shape

from ringfence.base.errors import BadInput
from ringfence.base.traffic import Threat
from ringfence.desk import Desk
from ringfence.desk.founding import Wish, found_operation
from ringfence.desk.plan_views import SaveQuestion
from ringfence.generator import generate_city
from ringfence.model.plans import PlanQuestion
from ringfence.network import City
from ringfence.report.words import allowed_by

ASIDE_DEG = 0.008
"""So far that the streets there lie beyond the operation's own window."""


@pytest.fixture(scope="module")
def city() -> City:
    return generate_city(4_000, seed=5)


@pytest.fixture(scope="module")
def edge(city: City) -> Polygon:
    """What the city says it covers; its streets are clipped a little beyond."""
    return box(*city.origin.edge)


@pytest.fixture(scope="module")
def desk(city: City, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    west, south, east, north = city.origin.edge
    folder = tmp_path_factory.mktemp("city") / "operation"
    middle = f"{(west + east) / 2 - ASIDE_DEG / 2:.7f},{(south + north) / 2:.7f}"
    starts = datetime(2026, 2, 20, 14, tzinfo=UTC)
    found_operation(folder, city, Wish(around=middle, radius_m=150.0, limit_m=300.0, starts=starts))
    return Desk.open(folder)


@pytest.fixture(scope="module")
def question(desk: Desk) -> PlanQuestion:
    """An area beside the operation's own, beyond its limit and its streets."""
    area = desk.operation.area
    drawn = {
        "protected": mapping(translate(scale(area.protected, 0.8, 0.8), ASIDE_DEG, 0)),
        "limit": mapping(translate(area.limit, ASIDE_DEG, 0)),
    }
    return PlanQuestion.model_validate_json(json.dumps({"threat": "determined", **drawn}))


def test_an_area_beyond_the_own_streets_is_planned_and_kept(desk: Desk, question: PlanQuestion) -> None:
    ring = desk.planning.ring(question)
    own = set(desk.operation.network.segment_ids)
    assert not set(ring.problem.network.segment_ids) <= own
    saved = desk.save_plan("beside", SaveQuestion(title="Beside", question=question))
    assert saved.plan.optimal
    assert desk.planning.saved("beside") == saved


def exported(desk: Desk, question: PlanQuestion) -> dict[str, Any]:
    plan = desk.planning.plan(question)
    document: dict[str, Any] = json.loads(desk.export_plan(question, plan, "geojson"))
    return document


def test_an_export_shows_the_area_that_the_plan_is_for(desk: Desk, question: PlanQuestion) -> None:
    document, plan = exported(desk, question), desk.planning.plan(question)
    assert plan.certificate is not None
    about = document["ringfence"]
    assert (about["area_hash"], about["limit_hash"]) == (plan.certificate.area, plan.certificate.limit)
    assert about["network_hash"] == plan.certificate.network
    outlines = {
        one["id"]: shape(one["geometry"]) for one in document["features"] if one["id"] in {"protected", "limit"}
    }
    assert question.protected is not None
    assert outlines["protected"].equals_exact(shape(question.protected), 1e-6)
    barriers = [one for one in document["features"] if one["properties"]["ringfence"] == "barrier"]
    assert len(barriers) == plan.arms
    assert len({one["properties"]["site"] for one in barriers}) == plan.sites


def test_install_list_and_crew_sheets_of_a_drawn_area(desk: Desk, question: PlanQuestion) -> None:
    plan = desk.planning.plan(question)
    rows = list(csv.reader(desk.export_plan(question, plan, "csv").decode("utf-8-sig").splitlines()))
    assert sum(any(barrier.id in row for row in rows) for barrier in plan.barriers) == plan.arms
    assert desk.export_plan(question, plan, "pdf", crews=2).startswith(b"%PDF")


def test_a_kept_plan_is_compared_on_its_own_ground(desk: Desk, question: PlanQuestion, tmp_path: Path) -> None:
    desk.save_plan("there", SaveQuestion(title="There", question=question, replace=True))
    against = PlanQuestion(threat=Threat.DETERMINED)
    compared = desk.planning.compare(against, "there", "fewest")
    assert compared.first.seals
    assert compared.only_first == compared.only_second == ()
    assert b"<svg" in desk.comparison_map(against, compared, "svg")[:2000]
    assert desk.planning.stages(against, "there", "fewest").steps == ()


def over_all(protected: Polygon, limit: Polygon, **asked: Any) -> PlanQuestion:
    """What is asked about an area of a whole city's size."""
    drawn = {"protected": mapping(protected), "limit": mapping(limit)}
    return PlanQuestion.model_validate_json(json.dumps({"threat": "determined", **drawn, **asked}))


@pytest.mark.parametrize("share", [1.1, 0.9])
def test_a_limit_around_all_streets_of_a_city_is_refused_whatever_is_protected(
    desk: Desk, city: City, edge: Polygon, share: float
) -> None:
    """Beyond where the streets were clipped nobody knows who drives: no seal, and no plan, may be told of there."""
    with pytest.raises(BadInput) as caught:
        desk.planning.plan(over_all(scale(edge, share, share), scale(edge, 1.2, 1.2)))
    reached, swallowed = caught.value.faults
    assert (reached.code, swallowed.code) == ("limit-at-clipped-edge", "no-outside")
    assert reached.expected == "a limit that stays inside the drawn network"
    named = reached.found.removeprefix("clipped junctions within it: ").split(", ")
    clipped = {city.junction_id[ix] for ix in city.junction_clipped.nonzero()[0].tolist()}
    assert set(named) <= clipped and len(named) == 8
    assert swallowed.expected == "streets beyond the limit, from which somebody could come"
    assert swallowed.found == "a limit that swallows the whole network"
    for fault in (reached, swallowed):
        assert fault.where == "the area drawn"
        assert fault.do.startswith("Draw the limit closer")


def test_an_area_of_the_whole_city_has_no_cordon_and_says_by_where(desk: Desk, city: City, edge: Polygon) -> None:
    asked = over_all(edge, edge)
    assert len(desk.planning.ring(asked).problem.network.segment_ids) == city.segment_count
    plan = desk.planning.plan(asked)
    assert not plan.possible
    assert plan.witness is not None and plan.witness.streets
    assert plan.cannot_close == ()  # nothing lies between area and limit that could be closed


def test_nearly_a_whole_city_is_ringed_along_its_edge(desk: Desk, city: City, edge: Polygon) -> None:
    """Up to a limit at the edge of what is known; and where a ramp may not be closed, it is named."""
    asked = over_all(scale(edge, 0.97, 0.97), edge, placing={"on_ramps": True})
    plan = desk.planning.plan(asked)
    assert len(desk.planning.ring(asked).problem.network.segment_ids) == city.segment_count
    assert plan.optimal and plan.arms > 100
    assert plan.certificate is not None and len(plan.certificate.paths) == plan.arms
    barred = desk.planning.plan(over_all(scale(edge, 0.97, 0.97), edge))
    assert not barred.possible
    assert {one.why for one in barred.cannot_close} == {"it is a ramp"}
    assert barred.witness is not None
    assert {one.street for one in barred.cannot_close} <= set(barred.witness.streets)
    (step,) = allowed_by(barred)
    assert "`--placing on_ramps=true` lets barriers stand on ramps" in step


def test_where_latitude_was_put_first_that_is_said(desk: Desk, question: PlanQuestion) -> None:
    """Also where the turned outline lies far from its limit: to draw that wider would be no help."""
    own = desk.operation.area
    turned = {role: mapping(transform(getattr(own, role), lambda at: at[:, ::-1])) for role in ("protected", "limit")}
    for drawn in ({"protected": turned["protected"]}, {"limit": turned["limit"]}, turned):
        with pytest.raises(BadInput) as caught:
            desk.planning.plan(PlanQuestion.model_validate_json(json.dumps(drawn)))
        (fault,) = caught.value.faults
        assert fault.do.startswith("Longitude goes first: ")
    far = {"protected": mapping(translate(own.protected, 5, 5))}
    with pytest.raises(BadInput) as caught:
        desk.planning.plan(PlanQuestion.model_validate_json(json.dumps(far)))
    assert "Longitude" not in str(caught.value)
