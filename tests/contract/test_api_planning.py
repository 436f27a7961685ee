"""The planner over HTTP: what it answers, what it keeps, what it refuses."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from tests.conftest import EXAMPLE
from tests.contract.test_api import API, refused
from tests.serving import running

QUESTION = {"threat": "determined"}
HUGE = [[[1e308, 0], [0, 1e308], [0, 0], [1e308, 0]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("planning") / "operation"
    shutil.copytree(EXAMPLE, copy)
    file = copy / "operation.toml"
    file.write_text(file.read_text().replace("ends = 2022-02-23", "ends = 2199-02-23"))  # it goes on
    return copy


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    with running(folder) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def post(client: httpx.Client, path: str, body: Any) -> httpx.Response:
    return client.post(f"{API}{path}", json=body)


def test_a_plan_by_question_is_the_plan_by_query(client: httpx.Client) -> None:
    asked = post(client, "/plan", QUESTION)
    assert asked.status_code == 200
    assert asked.headers["cache-control"] == "no-store"
    assert asked.json() == client.get(f"{API}/plan?threat=determined").json()


def test_front_leaves_out_paths_unless_asked(client: httpx.Client) -> None:
    short = post(client, "/plan/front", {"question": {}, "against": "street"}).json()
    whole = post(client, "/plan/front", {"question": {}, "against": "street", "certificates": True}).json()
    assert [one["cost"] for one in short["points"]] == [2, 3]
    assert all(one["plan"]["certificate"]["paths"] == [] for one in short["points"])
    assert all(one["plan"]["certificate"]["paths"] for one in whole["points"])


def test_reasons_alternatives_stages_and_comparison(client: httpx.Client) -> None:
    assert len(post(client, "/plan/reasons", {"question": QUESTION}).json()["reasons"]) == 9
    arms = [one["id"] for one in post(client, "/plan", QUESTION).json()["barriers"]] + ["hill-street-4"]
    some = post(client, "/plan/reasons", {"question": QUESTION, "arms": arms}).json()["reasons"]
    assert {one["arm"] for one in some} == set(arms)
    others = post(client, "/plan/alternatives", {"question": QUESTION, "differ": 2, "count": 2}).json()
    assert [one["plan"]["cost"] for one in others["alternatives"]] == [9, 10]
    assert others["possible"]
    two = {"question": QUESTION, "first": "planned", "second": "fewest"}
    assert len(post(client, "/plan/stages", two).json()["steps"]) == 3
    noon = post(client, "/plan/compare", {**two, "first": "installed", "at": "2022-02-22T12:00:00+13:00"}).json()
    assert not noon["first"]["seals"]
    assert noon["asked"]["threat"] == "determined"
    assert post(client, "/plan/compare", {**two, "first": "installed"}).json()["at"] < "2199"  # now, not the end


def test_a_plan_is_kept_listed_read_and_exported(client: httpx.Client, folder: Path) -> None:
    kept = post(client, "/plans/tight", {"title": "The tight one", "question": QUESTION})
    assert kept.status_code == 201
    assert kept.headers["location"] == f"{API}/plans/tight"
    assert client.get(kept.headers["location"]).json() == kept.json()
    assert json.loads((folder / "plans" / "tight.json").read_text()) == kept.json()
    (line,) = [one for one in client.get(f"{API}/plans").json()["plans"] if one["name"] == "tight"]
    assert (line["title"], line["cost"]) == ("The tight one", 9)
    export = client.get(f"{API}/plans/tight/export?form=pdf&crews=2")
    assert export.headers["content-type"] == "application/pdf"
    assert len(PdfReader(io.BytesIO(export.content)).pages) >= 2
    assert client.get(f"{API}/plans/tight/export?form=geojson").json()["type"] == "FeatureCollection"
    again = client.get(f"{API}/plans/tight/export?form=csv")
    held = {"If-None-Match": again.headers["etag"]}
    assert client.get(f"{API}/plans/tight/export?form=csv", headers=held).status_code == 304
    crews = client.get(f"{API}/plans/tight/export?form=geojson&crews=2").json()["features"]
    assert {one["properties"].get("crew") for one in crews} >= {1, 2}
    assert client.get(f"{API}/plans/tight/question").json() == kept.json()["question"]


def test_a_kept_plan_that_was_changed_by_hand_is_refused_and_its_question_still_told(
    client: httpx.Client, folder: Path
) -> None:
    kept = post(client, "/plans/spoilt", {"title": "Spoilt", "question": QUESTION}).json()
    kept["plan"]["cost"] = 1
    (folder / "plans" / "spoilt.json").write_text(json.dumps(kept))
    refused(client.get(f"{API}/plans/spoilt"), 422, "untrue-plan")
    refused(client.get(f"{API}/plans/spoilt/export?form=pdf"), 422, "untrue-plan")
    assert client.get(f"{API}/plans/spoilt/question").json() == kept["question"]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/plan", {"threat": "kind"}, 422, "bad-value"),
        ("/plan", {"musty": []}, 422, "unknown-field"),
        ("/plan", {"must": ["nowhere"]}, 422, "unknown-arm"),
        ("/plan", {"costs": {"hill-street-4": -1}}, 422, "bad-value"),
        ("/plan", {"protected": {"type": "Point", "coordinates": [0, 0]}}, 422, "bad-polygon"),
        (
            "/plan",
            {"protected": {"type": "Polygon", "coordinates": [[[1e308, 0], [0, 1e308], [0, 0], [1e308, 0]]]}},
            422,
            "bad-polygon",
        ),
        ("/plan/front", {"against": "addresses"}, 422, "no-addresses"),
        ("/plan/reasons", {"arms": ["hill-street-4"]}, 422, "leaks"),
        ("/plan", {"costs": {"hill-street": 3, "hill-street-4": 5}}, 422, "two-prices"),
        ("/plan/stages", {"first": "planned", "second": "nowhere"}, 404, "no-such-plan"),
        ("/plans/fewest", {"title": "x"}, 422, "name-taken"),
        ("/plans/a%20b", {"title": "x"}, 422, "bad-field"),
        ("/plans/..%2Fout", {"title": "x"}, 404, "no-such-path"),
        ("/plans/x", {"title": "x", "pick": {"against": "street", "cost": 99}}, 422, "no-such-choice"),
        ("/plans/x", {"title": "\u202e"}, 422, "bad-value"),
    ],
)
def test_what_can_not_be_planned_is_refused(client: httpx.Client, path: str, body: Any, status: int, code: str) -> None:
    refused(post(client, path, body), status, code)


def test_all_that_is_wrong_is_told_in_one_answer(client: httpx.Client) -> None:
    body = {"must": ["nowhere", "hill-street-4"], "must_not": ["hill-street-4"], "limit": {"type": "Point"}}
    answer = post(client, "/plan", body)
    assert answer.status_code == 422
    codes = [fault["code"] for fault in answer.json()["faults"]]
    assert codes == ["bad-polygon", "unknown-arm", "must-and-must-not"]


def test_an_outline_that_is_none_is_told_in_words(client: httpx.Client) -> None:
    for outline in ({}, {"type": "Point", "coordinates": [0, 0]}, {"type": "Polygon", "coordinates": [[1, 2]]}):
        told = post(client, "/plan", {"protected": outline})
        refused(told, 422, "bad-polygon")
        assert "Error" not in told.text


def test_no_plan_of_that_name(client: httpx.Client) -> None:
    refused(client.get(f"{API}/plans/nowhere"), 404, "no-such-plan")
    refused(client.get(f"{API}/plans/nowhere/export?form=csv"), 404, "no-such-plan")
    refused(client.get(f"{API}/plans/nowhere/export?form=exe"), 422, "bad-value")
