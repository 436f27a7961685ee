"""Four real cities through the real command line: found at a place in words, planned, proven, built, broken.

The words are as a person would type them; the extracts are OpenStreetMap's of those cities.
"""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from ringfence.base.traffic import Driver, Threat
from ringfence.cli.main import run
from ringfence.model.plans import Certificate, Demands
from ringfence.network import Form
from ringfence.operation import Operation, open_operation
from ringfence.promises import verify_certificate
from tests.property.brute_force import Streets

CITIES = {
    "porto": ("porto.osm.pbf", "Avenida dos Aliados near Praça da Liberdade", "200m"),
    "portland": ("portland.osm.pbf", "SW Yamhill & SW 5th", "200m"),
    "baltimore": ("baltimore.osm.pbf", "S Broadway / Fleet St", "200m"),
    "monaco": ("monaco.osm.gz", "Place du Casino", "150m"),
}
ZONES = {
    "porto": "Europe/Lisbon",
    "portland": "America/Los_Angeles",
    "baltimore": "America/New_York",
    "monaco": "Europe/Monaco",
}
TURN_BANS_WITHIN = {"porto": 1, "portland": 20, "baltimore": 0, "monaco": 0}
"""At least so many lie within the limit, by the extracts; Baltimore's three are elsewhere, and Monaco has none."""
CAR = {threat: Driver(threat) for threat in Threat}


def ringfence(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """Exit status and JSON answer of a command, run as its entry point runs it."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), pytest.raises(SystemExit) as ended:
        patch.setattr("sys.argv", ["ringfence", *map(str, arguments), "--json"])
        run()
    return int(ended.value.code or 0), json.loads(said.getvalue())


@pytest.fixture(scope="module", params=CITIES)
def founded(request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An operation made by `ringfence init` from the extract of a city, in a folder of that city's name."""
    name, around, radius = CITIES[request.param]
    extract = shared_data / "data" / "osm" / name
    if not extract.is_file():
        pytest.skip(f"SKIPPED ALOUD: {name} is not in the shared data folder")
    folder = tmp_path_factory.mktemp("founded") / str(request.param)
    status, made = ringfence("init", folder, "--osm", extract, "--around", around, "--radius", radius)
    assert status == 0, made
    return folder


@pytest.fixture(scope="module")
def plans(founded: Path) -> dict[Threat, dict[str, Any]]:
    answers = {threat: ringfence("plan", founded, "--threat", threat.value) for threat in Threat}
    assert {status for status, _ in answers.values()} == {0}
    return {threat: plan for threat, (_, plan) in answers.items()}


@pytest.fixture(scope="module")
def barred(founded: Path) -> dict[Threat, frozenset[str]]:
    """Where no barrier may stand, read from the facts of the streets; Porto's take seconds."""
    operation = open_operation(founded)
    return {threat: no_place_for_a_barrier(operation, CAR[threat]) for threat in Threat}


def test_before_anything_stands_the_seal_is_broken_and_the_rest_kept(founded: Path) -> None:
    status, report = ringfence("check", founded)
    assert status == 1
    answers = {promise["id"]: promise["answer"] for promise in report["promises"]}
    assert answers.pop("sealed-lawful") == answers.pop("sealed-determined") == "broken"
    assert answers["foot-open"] == answers["exit-open"] == "kept"
    assert not report["outside_operation"]


def test_the_operation_is_in_the_citys_own_time_and_names_its_source(founded: Path) -> None:
    file = open_operation(founded).file
    assert file.timezone == ZONES[founded.name]
    assert file.credits == ("© OpenStreetMap contributors, ODbL 1.0",)


@pytest.mark.parametrize("threat", list(Threat))
def test_each_plan_is_the_fewest_by_a_proof_that_the_checker_accepts(
    founded: Path, plans: dict[Threat, dict[str, Any]], barred: dict[Threat, frozenset[str]], threat: Threat
) -> None:
    plan, operation = plans[threat], open_operation(founded)
    assert plan["possible"]
    assert plan["optimal"]
    certificate = Certificate.model_validate(plan["certificate"])
    assert certificate.lower_bound == plan["arms"] == len(certificate.cut) >= 4
    asked = Demands(must_not=barred[threat])
    verdict = verify_certificate(operation.network, operation.area, certificate, driver=CAR[threat], demands=asked)
    assert verdict.proves_fewest, verdict.faults
    less = certificate.model_copy(update={"cut": certificate.cut[1:], "lower_bound": len(certificate.cut) - 1})
    leaky = verify_certificate(operation.network, operation.area, less, driver=CAR[threat], demands=asked)
    assert "its plan leaks" in leaky.faults


def no_place_for_a_barrier(operation: Operation, driver: Driver) -> frozenset[str]:
    """Arms on ramps, in tunnels, or with rails nearer than 6 m to their middle: read from the facts of the streets."""
    facts, streets = operation.network.facts, Streets(operation.network, operation.area, driver)
    rails: dict[int, list[float]] = {}
    crossings = zip(facts.rail_crossing_segment_ix.tolist(), facts.rail_crossing_offset_m.tolist(), strict=True)
    for segment, place_m in crossings:
        rails.setdefault(segment, []).append(place_m)
    barred = set()
    for arm, stretch in zip(streets.arms, streets.arm_stretches, strict=True):
        middle_m = (stretch.start_m + stretch.end_m) / 2
        on_rails = any(abs(place_m - middle_m) < 6 for place_m in rails.get(stretch.segment, ()))
        if on_rails or facts.form[stretch.segment] & (Form.RAMP | Form.TUNNEL):
            barred.add(arm)
    return frozenset(barred)


def test_somewhere_a_barrier_may_not_stand(founded: Path, barred: dict[Threat, frozenset[str]]) -> None:
    """Guards the rule above: in three of the four cities it bars arms of the ring, in Baltimore none."""
    assert bool(barred[Threat.DETERMINED]) == (founded.name != "baltimore")


def test_no_fewer_seal_against_a_driver_who_obeys_nothing(plans: dict[Threat, dict[str, Any]]) -> None:
    assert plans[Threat.DETERMINED]["arms"] >= plans[Threat.LAWFUL]["arms"]


def test_lawful_plans_are_made_under_the_turn_bans_of_the_city(
    founded: Path, plans: dict[Threat, dict[str, Any]]
) -> None:
    operation = open_operation(founded)
    network = operation.network
    for_cars = (network.restriction_mask & CAR[Threat.LAWFUL].bit).astype(bool)
    at = network.junction_lonlat[network.restrictions[for_cars, 1]]
    within = np.count_nonzero(shapely.contains_xy(operation.area.limit, at))
    assert within >= TURN_BANS_WITHIN[founded.name]
    if not within:
        assert plans[Threat.LAWFUL]["certificate"]["kind"] == "disjoint_paths"
    assert plans[Threat.DETERMINED]["certificate"]["kind"] == "disjoint_paths"  # no ban binds such a driver
    banned: set[tuple[int, int, int]] = {tuple(ban) for ban in network.restrictions[for_cars].tolist()}
    driven = turns_driven(operation, plans[Threat.LAWFUL])
    assert not driven & banned, "a way in of a lawful driver runs over a banned turn"
    passed = {via for _, via, _ in driven} & {via for _, via, _ in banned}
    assert passed or founded.name != "portland", "its ways in pass junctions where something is banned"


def turns_driven(operation: Operation, plan: dict[str, Any]) -> set[tuple[int, int, int]]:
    """Turns from street to street at a junction, as positions, on the ways in of a plan's certificate."""
    network = operation.network
    turns = set()
    for path in Certificate.model_validate(plan["certificate"]).paths:
        for step, following in pairwise(path.steps):
            first, second = (network.segment_ids.index(one.segment) for one in (step, following))
            via = int((network.to_ix if step.end_m > step.start_m else network.from_ix)[first])
            if first != second or step.end_m != following.start_m:
                turns.add((first, via, second))
    return turns


@pytest.mark.parametrize("threat", list(Threat))
def test_a_plan_that_stands_keeps_its_promise_until_one_barrier_is_gone(
    founded: Path, plans: dict[Threat, dict[str, Any]], threat: Threat, tmp_path: Path
) -> None:
    starts = open_operation(founded).file.starts
    built = shutil.copytree(founded, tmp_path / "built")
    gone = plans[threat]["barriers"][len(plans[threat]["barriers"]) // 2]
    build(built, plans[threat], starts, gone=gone["id"])
    promise = f"sealed-{threat.value}"

    def answer(hours: float) -> dict[str, Any]:
        _, report = ringfence("check", built, "--at", (starts + timedelta(hours=hours)).isoformat())
        return next(found for found in report["promises"] if found["id"] == promise)

    assert answer(1)["answer"] == "broken", "before they are set down"
    assert answer(3)["answer"] == "kept"
    after = answer(5)
    assert after["answer"] == "broken"
    (leak,) = after["witness"]["leaks"]
    assert gone["segment"] in {step["segment"] for step in leak["path"]["steps"]}


def build(folder: Path, plan: dict[str, Any], starts: datetime, *, gone: str) -> None:
    """Write a plan into an operation: all of it installed two hours in, one barrier removed two hours later."""
    tables = [
        "[[barrier]]\n"
        f"id = {json.dumps(barrier_id(barrier['id']))}\n"
        f"name = {json.dumps(barrier['place'], ensure_ascii=False)}\n"
        f"arms = [{{ segment = {json.dumps(barrier['segment'])}, offset_m = {barrier['offset_m']}, "
        f"inside = {json.dumps(barrier['inside'])} }}]\n"
        for barrier in plan["barriers"]
    ]
    (folder / "barriers.toml").write_text("\n".join(tables), encoding="utf-8")
    everything = [barrier_id(barrier["id"]) for barrier in plan["barriers"]]
    entries = [("I1", 2, everything, "installed"), ("I2", 4, [barrier_id(gone)], "removed")]
    lines = [
        json.dumps(
            {
                "id": name,
                "kind": "barrier",
                "what": f"Barriers are {state}.",
                "so": exactly((starts + timedelta(hours=hours)).isoformat()),
                "reported": {"precision": "unknown"},
                "recorded": exactly((starts + timedelta(hours=hours)).isoformat()),
                "source": {"by": "traffic management"},
                "certainty": "confirmed",
                "barriers": barriers,
                "state": state,
            }
        )
        for name, hours, barriers, state in entries
    ]
    (folder / "log.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")


def barrier_id(arm: str) -> str:
    """An arm's id as a barrier's: the second arm on a segment is ``w1-2#2``."""
    return arm.replace("#", ".")


def exactly(moment: str) -> dict[str, str]:
    return {"precision": "exact", "from": moment, "to": moment}
