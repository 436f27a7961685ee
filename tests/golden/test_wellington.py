"""The real day: what the checker says of the eight barriers, and the fewest that could have done it."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from ringfence.base.times import parse_time
from ringfence.base.traffic import Driver, Threat
from ringfence.model.answers import Leak, PathStep
from ringfence.operation import Operation
from ringfence.planner import make_plan
from ringfence.promises import barrier_weights, check_promises, promise_history, verify_certificate
from tests.conftest import EXAMPLE
from tests.property.brute_force import Streets

MONDAY_MORNING = "2022-02-21T07:36+13:00"
TUESDAY_NOON = "2022-02-22T12:00+13:00"
TUESDAY_EVENING = "2022-02-22T20:00+13:00"
MOVED = {"bunny-street", "lambton-quay-whitmore"}


def leaks(operation: Operation, at: str, promise: str) -> list[Leak]:
    answers = check_promises(operation, at=parse_time(at, operation.zone))
    witness = next(answer for answer in answers if answer.id == promise).witness
    return [Leak.model_validate(leak) for leak in witness["leaks"]]


@pytest.mark.parametrize("promise", ["sealed-lawful", "sealed-determined"])
def test_sealed_on_monday_morning_open_through_the_moved_sites_at_noon_and_sealed_again(
    wellington: Operation, promise: str
) -> None:
    morning, noon, evening = (
        {barrier for leak in leaks(wellington, at, promise) for barrier in leak.barriers}
        for at in (MONDAY_MORNING, TUESDAY_NOON, TUESDAY_EVENING)
    )
    expected = {"sealed-lawful": {"lambton-quay-whitmore"}, "sealed-determined": MOVED}[promise]
    assert (morning, noon, evening) == (set(), expected, set())
    assert leaks(wellington, MONDAY_MORNING, promise) == leaks(wellington, TUESDAY_EVENING, promise) == []


def test_no_leak_at_noon_is_called_certain_because_nobody_stated_the_hour(wellington: Operation) -> None:
    found = leaks(wellington, TUESDAY_NOON, "sealed-determined")
    assert found
    assert not any(leak.certain for leak in found)


@pytest.mark.parametrize("at", ["2022-02-21T02:00+13:00", TUESDAY_NOON])
@pytest.mark.parametrize("promise", ["sealed-lawful", "sealed-determined"])
def test_every_leak_can_be_driven(wellington: Operation, at: str, promise: str) -> None:
    """Read straight from the example's own tables, without the movement graph or the checker."""
    with (EXAMPLE / "network/segments.tsv").open(encoding="utf-8") as lines:
        segments = {row["id"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    with (EXAMPLE / "network/turn_restrictions.tsv").open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        banned = {(row["from_segment"], row["via"], row["to_segment"]) for row in rows}
    every = {barrier.id for barrier in wellington.barriers}
    closed = every - MOVED if at == TUESDAY_NOON else set()
    found = leaks(wellington, at, promise)
    assert found
    for leak in found:
        for step in leak.path.steps:
            assert_drivable(segments[step.segment], step, lawful=promise == "sealed-lawful")
            for barrier in wellington.barriers:
                for arm in barrier.arms:
                    low, high = sorted((step.start_m, step.end_m))
                    if arm.segment == step.segment and low < arm.offset_m < high:
                        assert barrier.id not in closed
        assert_joined(leak.path.steps)
        for step, following in pairwise(leak.path.steps):
            via = segments[step.segment]["to" if step.end_m > step.start_m else "from"]
            assert via == segments[following.segment]["from" if following.end_m > following.start_m else "to"]
            if promise == "sealed-lawful":
                assert (step.segment, via, following.segment) not in banned
        assert in_polygon(leak.path.coordinates[-1], role="protected")
        assert not in_polygon(leak.path.coordinates[0], role="limit")


def assert_drivable(segment: dict[str, str], step: PathStep, *, lawful: bool) -> None:
    assert segment["physical"] == "yes"
    if lawful:
        classes = segment["forward" if step.end_m > step.start_m else "backward"]
        assert classes == "all" or "car" in classes.split(",")


def assert_joined(steps: Sequence[PathStep]) -> None:
    """Only the first and the last step may begin or end within a street."""
    with (EXAMPLE / "network/segments.tsv").open(encoding="utf-8") as lines:
        rows = {row["id"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    for step in steps:
        assert step.segment in rows
    for step, following in pairwise(steps):
        assert step.end_m == 0 or step.end_m > step.start_m
        assert following.start_m == 0 or following.end_m < following.start_m


def in_polygon(point: tuple[float, float], *, role: str) -> bool:
    """Ray casting, by hand."""
    document = json.loads((EXAMPLE / "area.geojson").read_text(encoding="utf-8"))
    feature = next(one for one in document["features"] if one["properties"]["role"] == role)
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in pairwise(feature["geometry"]["coordinates"][0]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def test_what_opened_and_for_how_long_is_an_interval(wellington: Operation) -> None:
    stretches = promise_history(wellington, "sealed-determined", until=wellington.file.ends)
    shown = [(local(stretch.since), stretch.finding.answer, stretch.finding.certain) for stretch in stretches]
    assert shown[-4:] == [
        ("21 07:36", "kept", True),
        ("22 00:00", "broken", False),
        ("22 16:50", "broken", False),
        ("22 18:00", "kept", True),
    ]


def local(moment: datetime | None) -> str:
    return f"{moment:%d %H:%M}" if moment else ""


@pytest.mark.parametrize(
    ("threat", "arms", "sites", "enclosed_m"),
    [(Threat.LAWFUL, 2, 2, 173.5), (Threat.DETERMINED, 9, 7, 172.4)],
)
def test_the_fewest_barriers(wellington: Operation, threat: Threat, arms: int, sites: int, enclosed_m: float) -> None:
    """As many ways in that share no street as arms prove both, though turn bans bind the lawful."""
    plan = make_plan(wellington.network, wellington.area, Driver(threat))
    assert (plan.arms, plan.sites, plan.optimal) == (arms, sites, True)
    assert plan.enclosed_street_m == enclosed_m
    assert plan.certificate is not None
    assert plan.certificate.kind == "disjoint_paths"
    assert [path.carries for path in plan.certificate.paths] == [1] * arms
    streets = Streets(wellington.network, wellington.area, Driver(threat))
    closed = [streets.arms.index(barrier.id) for barrier in plan.barriers]
    assert not streets.leaks(closed)
    assert streets.enclosed_dm(closed) == round(10 * enclosed_m)
    verdict = verify_certificate(wellington.network, wellington.area, plan.certificate, driver=Driver(threat))
    assert verdict.proves_fewest
    other = Driver(Threat.LAWFUL if threat is Threat.DETERMINED else Threat.DETERMINED)
    assert not verify_certificate(wellington.network, wellington.area, plan.certificate, driver=other).proves_fewest


def test_which_of_the_eight_matters_most(wellington: Operation) -> None:
    at = parse_time(MONDAY_MORNING, wellington.zone)
    weights = barrier_weights(wellington, at=at, category="protest", vehicle_class=wellington.file.vehicle_class)
    lawful = {weight.barrier: weight.opened_m for weight in weights if weight.threat is Threat.LAWFUL}
    determined = {weight.barrier: weight.opened_m for weight in weights if weight.threat is Threat.DETERMINED}
    assert {barrier for barrier, metres in lawful.items() if metres} == {"ballantrae-place", "lambton-quay-whitmore"}
    assert max(lawful, key=lawful.__getitem__) == "lambton-quay-whitmore"
    assert all(metres > 0 for metres in determined.values()), "against determined drivers none is idle"


def test_the_other_promises_on_monday_morning(wellington: Operation) -> None:
    answers = {
        answer.id: answer.answer
        for answer in check_promises(wellington, at=parse_time(MONDAY_MORNING, wellington.zone))
    }
    assert answers.pop("contained") == "unknown", "no sweep of the perimeter is in the log, and none is invented"
    assert answers.pop("station-open") == "unknown", "that it is open is stated for the day, not for this minute"
    assert answers.pop("sanitary-in") == "broken", "police confirm it for the day, protesters say not in the morning"
    assert set(answers.values()) == {"kept"}


def test_before_anyone_had_heard_of_it_the_desk_knew_of_no_barrier(wellington: Operation) -> None:
    at = parse_time(MONDAY_MORNING, wellington.zone)
    early = parse_time("2022-02-21T07:00+13:00", wellington.zone)
    answers = check_promises(wellington, at=at, known_at=early)
    assert next(answer for answer in answers if answer.id == "sealed-determined").answer == "broken"


def test_every_fact_is_in_the_log_once_or_named_as_left_out(wellington: Operation, shared_data: Path) -> None:
    with (shared_data / "data/wellington/facts.tsv").open(encoding="utf-8") as lines:
        facts = {row["id"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    used = [
        reference.removeprefix("fact:")
        for entry in wellington.entries
        for reference in entry.ref
        if reference.startswith("fact:")
    ]
    assert len(used) == len(set(used))
    left_out = facts - set(used)
    guide = (EXAMPLE / "LOG.md").read_text(encoding="utf-8")
    assert all(fact in guide for fact in left_out)
    assert len(left_out) < 10


def test_the_sketch_is_a_sketch_of_our_own(wellington: Operation) -> None:
    network = wellington.network
    for lon, lat in network.junction_lonlat:
        assert math.isclose(round(lon, 4), lon, abs_tol=1e-9)
        assert math.isclose(round(lat, 4), lat, abs_tol=1e-9)
    assert {"Ballantrae Place", "Bowen Street", "The Terrace", "Grant Road", "Glenmore Street"} <= set(
        network.segment_names
    )
