"""Plans for areas that a planner draws in a whole city: made, kept, exported and compared for that area."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from shapely.affinity import scale, translate
from shapely.geometry import mapping, shape

from ringfence.base.traffic import Threat
from ringfence.desk import Desk
from ringfence.desk.founding import Wish, found_operation
from ringfence.desk.plan_views import SaveQuestion
from ringfence.generator import generate_city
from ringfence.model.plans import PlanQuestion

ASIDE_DEG = 0.008
"""So far that the streets there lie beyond the operation's own window."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    city = generate_city(4_000, seed=5)
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
