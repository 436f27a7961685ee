"""Alarms at the doors: the command line with its exit status, the API with its events, the board that follows."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.command_line import answer, ringfence, started
from tests.contract.test_api import API, conforms, draft, refused
from tests.contract.test_server_limits import viewer
from tests.serving import LIMITS, running

NIGHT = datetime(2022, 2, 22, 8, 0, tzinfo=UTC)
"""Every barrier stands; no sweep is logged."""
KEPT, OPEN = "sealed-determined", "contained"


@pytest.fixture
def url(spoilable: Path) -> Iterator[str]:
    with running(spoilable, limits=replace(LIMITS, stream_s=60.0), clock=lambda: NIGHT) as url:
        yield url


def acknowledge(url: str, promise: str, key: str, **changes: Any) -> httpx.Response:
    body = {"by": "duty officer", "why": "a crew is on its way", **changes}
    headers = {"Idempotency-Key": key}
    return httpx.post(f"{url}{API}/alarms/{promise}/acknowledgement", json=body, headers=headers)


def lift(url: str, state: str = "removed") -> None:
    when = (NIGHT - timedelta(hours=state == "removed")).isoformat()
    so = {"precision": "exact", "from": when, "to": when}
    body = draft(barriers=["hill-street"], state=state, so=so)
    done = httpx.post(f"{url}{API}/log", json=body, headers={"Idempotency-Key": f"lift {state}"})
    assert done.status_code == 201, done.text


def test_alarms_are_told_with_an_etag_and_acknowledged_once(url: str) -> None:
    told = httpx.get(f"{url}{API}/alarms")
    conforms(told, "/alarms")
    assert [alarm["answer"]["id"] for alarm in told.json()["alarms"]] == [OPEN]
    tag = told.headers["etag"]
    assert httpx.get(f"{url}{API}/alarms", headers={"If-None-Match": tag}).status_code == 304
    first, second = (acknowledge(url, OPEN, "k1") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    conforms(first, "/alarms/{promise}/acknowledgement", "post")
    (alarm,) = httpx.get(f"{url}{API}/alarms", headers={"If-None-Match": tag}).json()["alarms"]
    assert alarm["acknowledged"]["source"]["by"] == "duty officer"
    assert alarm["acknowledged"]["entry"] == first.json()["entry"]["id"]


def test_what_cannot_be_acknowledged_is_refused(url: str) -> None:
    refused(acknowledge(url, KEPT, "k1"), 409, "promise-kept")
    refused(acknowledge(url, "no-such", "k2"), 404, "no-such-promise")
    for changes in ({"by": ""}, {"why": ""}, {"name": "x"}):
        assert acknowledge(url, OPEN, "k3", **changes).status_code == 422
    assert httpx.post(f"{url}{API}/alarms/{OPEN}/acknowledgement", json={"by": "a", "why": "b"}).status_code == 422


def test_a_stream_tells_when_an_alarm_is_raised_acknowledged_and_over(url: str) -> None:
    with viewer(url) as one:
        one.next("promises")
        told = []
        for act in (lambda: lift(url), lambda: acknowledge(url, KEPT, "k"), lambda: lift(url, "reinstalled")):
            act()
            event = json.loads(one.next("alarm")["data"])
            while event["promise"] != KEPT:
                event = json.loads(one.next("alarm")["data"])
            told.append((event["happened"], event["alarm"] is None))
    assert told == [("raised", False), ("acknowledged", False), ("over", True)]


def test_the_command_line_says_no_until_somebody_knows(spoilable: Path) -> None:
    at = ("--at", "2022-02-22T12:00")
    told = answer("alarms", spoilable, *at, status=1)
    assert {alarm["answer"]["id"] for alarm in told["alarms"]} >= {KEPT, OPEN}
    assert all(alarm["mend"] and alarm["acknowledged"] is None for alarm in told["alarms"])
    done = ringfence("alarms", spoilable, *at)
    assert done.returncode == 1
    assert "not acknowledged, on Tuesday 22 February 2022, 12:00" in done.stdout
    assert "to mend it" in done.stdout
    (last,) = answer("alarms", spoilable, status=1)["alarms"]
    assert last["answer"]["id"] == OPEN
    stored = answer("acknowledge", spoilable, OPEN, "--by", "duty officer", "--why", "no staff to sweep", "--key", "k")
    assert stored["new"]
    assert not answer(
        "acknowledge", spoilable, OPEN, "--by", "duty officer", "--why", "no staff to sweep", "--key", "k"
    )["new"]
    done = ringfence("alarms", spoilable)
    assert done.returncode == 0
    assert "no staff to sweep" in done.stdout
    refusal = ringfence("acknowledge", spoilable, KEPT, "--by", "duty officer", "--why", "w")
    assert refusal.returncode == 2
    assert "promise-kept" in refusal.stderr


def test_watch_tells_what_other_processes_do_line_by_line(spoilable: Path) -> None:
    with started("watch", spoilable, "--json") as (watching, told):
        first = json.loads(told.readline())
        assert [alarm["answer"]["id"] for alarm in first["alarms"]] == [OPEN]
        answer("acknowledge", spoilable, OPEN, "--by", "duty officer", "--why", "no staff to sweep")
        line = json.loads(told.readline())
        assert (line["happened"], line["promise"]) == ("acknowledged", OPEN)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0


def test_the_board_of_watch_ends_on_ctrl_c(spoilable: Path) -> None:
    with started("watch", spoilable) as (watching, told):
        for line in told:
            if "to mend it: sweep the perimeter" in line:
                break
        else:
            pytest.fail("the board never showed the alarm")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0
