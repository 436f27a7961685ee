"""The log as a record that the law reaches: texts erased by command and over HTTP, and gone from every answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ringfence.desk.opening import LEDGER_FILE
from tests.command_line import answer, ringfence
from tests.contract.test_api import API, GETS, conforms, draft, post, refused
from tests.serving import running

BY = {"by": "privacy officer", "power": "Privacy Act 2020, principle 7"}
AS_ROLE = ("--by", BY["by"], "--power", BY["power"])
PART = "seen by nobody else"
"""Part of a text that is to go: plain enough to stand in JSON, in a page and on a terminal as it is."""
TOLD = {
    "kind": "claim",
    "what": f"Sanitary trucks are kept out, {PART}.",
    "place": f"the back yard, {PART}",
    "source": {"by": f"a neighbour, {PART}", "via": f"phone, {PART}"},
    "ref": [f"note, {PART}"],
    "certainty": "claimed",
    "disputes": ["W063"],
    "so": {"precision": "exact", "from": "2022-02-21T12:00:00+13:00", "to": "2022-02-21T12:00:00+13:00"},
    "reported": {"precision": "exact", "from": "2022-02-21T12:05:00+13:00", "to": "2022-02-21T12:05:00+13:00"},
    "number": 3,
    "unit": "trucks",
}
FIELDS = ["what", "place", "source.by", "source.via", "ref"]


@pytest.fixture
def server(spoilable: Path) -> Iterator[httpx.Client]:
    with running(spoilable) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def events(client: httpx.Client, after: int, *, until: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """What the stream sends as entries, from behind a position up to the first one that is waited for."""
    found = []
    with client.stream("GET", f"{API}/events", params={"last_event_id": str(after)}) as stream:
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: ") and name == "entry":
                found.append(json.loads(line.removeprefix("data: ")))
                if until(found[-1]):
                    break
    return found


def erase(client: httpx.Client, entry_id: str, **changes: Any) -> httpx.Response:
    return client.post(f"{API}/log/{entry_id}/erasure", json={"fields": FIELDS, **BY, **changes})


def test_over_http_an_erased_text_is_gone_from_every_answer_event_and_replay(server: httpx.Client) -> None:
    stored = post(server, TOLD, "secret").json()
    entry_id, position = stored["entry"]["id"], stored["position"]
    questions = [*GETS, f"/log/{entry_id}", "/review?at=2022-02-21T13:00", "/log?text=neighbour"]
    before = {question: server.get(API + question) for question in questions}
    shown = {question for question, found in before.items() if PART in found.text}
    assert {"/history", "/log", f"/log/{entry_id}", "/review?at=2022-02-21T13:00"} <= shown
    assert PART in str(events(server, position - 1, until=lambda item: item["position"] == position))

    done = erase(server, entry_id)
    assert done.status_code == 201, done.text
    conforms(done, "/log/{entry_id}/erasure", "post")
    assert PART not in done.text
    assert done.json()["gone"] == ["what", "place", "source.by", "source.via", "ref.0"]
    assert server.get(done.headers["location"]).json()["entry"]["power"] == BY["power"]
    for question in questions:
        found = server.get(API + question)
        assert PART not in found.text, question
        if question in shown:
            assert found.headers["etag"] != before[question].headers["etag"]
            kept = server.get(API + question, headers={"If-None-Match": before[question].headers["etag"]})
            assert kept.status_code == 200, "no client keeps the answer that it held"
    assert server.get(f"{API}/log/{entry_id}").json()["entry"] == {
        **stored["entry"],
        **{"what": "[erased]", "place": "[erased]", "ref": ["[erased]"]},
        "source": {"by": "[erased]", "via": "[erased]"},
    }
    replayed = events(server, 0, until=lambda item: item["entry"]["kind"] == "erasure")
    assert PART not in str(replayed)
    assert [item["entry"]["what"] for item in replayed if item["entry"]["id"] == entry_id] == ["[erased]"]
    assert server.get(f"{API}/log/verify").json()["faults"] == []


def test_an_erasure_by_another_process_reaches_the_viewers(server: httpx.Client, spoilable: Path) -> None:
    stored = post(server, TOLD, "secret").json()
    told = answer("log", "erase", spoilable, stored["entry"]["id"], "--field", "what", *AS_ROLE)
    assert told["new"]
    (erasure,) = events(server, stored["position"], until=lambda item: item["entry"]["kind"] == "erasure")
    assert erasure["entry"]["erases"] == ["what"]
    assert erasure["entry"]["relates_to"] == [stored["entry"]["id"]]
    assert server.get(f"{API}/log/{stored['entry']['id']}").json()["entry"]["what"] == "[erased]"


def test_erased_twice_is_told_by_the_erasure_that_it_was(server: httpx.Client) -> None:
    entry_id = post(server, TOLD, "secret").json()["entry"]["id"]
    first = erase(server, entry_id, fields=["what"])
    erase(server, entry_id, fields=["place"])
    again = erase(server, entry_id, fields=["what"])
    assert again.status_code == 200
    conforms(again, "/log/{entry_id}/erasure", "post")
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"fields": ["kind"]}, 422, "bad-value"),
        ({"fields": []}, 422, "bad-value"),
        ({"fields": ["why"]}, 422, "no-such-text"),
        ({"fields": ["ref.7"]}, 422, "no-such-text"),
        ({"by": ""}, 422, "bad-value"),
        ({"power": None}, 422, "bad-value"),
        ({"by": "turned \u202e round"}, 422, "bad-value"),
        ({"certainty": "confirmed"}, 422, "unknown-field"),
    ],
)
def test_an_erasure_that_says_too_little_is_refused(
    server: httpx.Client, changes: dict[str, Any], status: int, code: str
) -> None:
    entry_id = post(server, TOLD, "secret").json()["entry"]["id"]
    refused(erase(server, entry_id, **changes), status, code)
    assert server.get(f"{API}/log/{entry_id}").json()["entry"]["what"] == TOLD["what"]


def test_an_erasure_is_read_as_strictly_as_an_entry(server: httpx.Client) -> None:
    refused(erase(server, "nothing"), 404, "no-such-entry")
    refused(erase(server, "%3Cscript%3E%00"), 404, "no-such-entry")
    path, body = f"{API}/log/W101/erasure", json.dumps({"fields": ["what"], **BY})
    refused(server.post(path, content=body, headers={"Content-Type": "text/plain"}), 415, "not-json")
    refused(server.post(path, content=body[:-1], headers={"Content-Type": "application/json"}), 400, "bad-json")
    refused(server.post(path, json=json.loads(body), headers={"Origin": "http://evil.example"}), 403, "foreign-origin")
    refused(server.post(f"{path}?x=1", json=json.loads(body)), 422, "unknown-query")
    refused(server.get(path), 405, "wrong-method")
    erasure = erase(server, "W101", fields=["what"]).json()["erasure"]["entry"]["id"]
    refused(erase(server, erasure, fields=["what"]), 422, "erasure-stays")
    refused(post(server, draft(kind="erasure"), "by hand"), 422, "erasure-by-hand")


def test_by_command_an_erased_text_is_gone_and_what_is_out_of_reach_is_named(spoilable: Path) -> None:
    entry = next(one for one in answer("log", "list", spoilable)["entries"] if one["id"] == "W135")
    part = entry["what"][:40]
    done = ringfence("log", "erase", spoilable, "W135", "--field", "what", "--field", "ref", *AS_ROLE)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "Erased from W135: what, ref.0" in said
    assert "control-157, line 157 of the ledger, says so" in said
    for copy in ("log.jsonl in the operation's folder", "backups", "exports and disclosures"):
        assert copy in said
    for question in (
        ("log", "list", spoilable),
        ("log", "export", spoilable),
        ("review", spoilable, "--at", "2022-02-22T12:00", "--json"),
        ("review", spoilable, "--hindsight", "--json"),
        ("replay", spoilable, "--speed", "max", "--json"),
    ):
        assert part not in ringfence(*question).stdout.replace("\n", " "), question
    assert part.encode() not in (spoilable / LEDGER_FILE).read_bytes()
    assert answer("log", "verify", spoilable)["faults"] == []


def test_the_folder_opens_once_a_person_has_erased_the_text_from_its_log_file_too(spoilable: Path) -> None:
    answer("log", "erase", spoilable, "W135", "--field", "what", *AS_ROLE)
    lines = [json.loads(line) for line in (spoilable / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    blanked = [one | {"what": "[erased]"} if one["id"] == "W135" else one for one in lines]
    (spoilable / "log.jsonl").write_text("\n".join(map(json.dumps, blanked)), encoding="utf-8")
    again = answer("log", "erase", spoilable, "W135", "--field", "what", *AS_ROLE)
    assert not again["new"]
    assert not any("log.jsonl" in copy for copy in again["out_of_reach"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("W999", "--field", "what", *AS_ROLE), "no-such-entry"),
        (("W135", "--field", "kind", *AS_ROLE), "no-such-text"),
        (("W135", "--field", "why", *AS_ROLE), "no-such-text"),
        (("W135", "--field", "what", "--by", "", "--power", "x"), "by"),
        (("W135", "--field", "what", "--by", "privacy officer"), "--power"),
        (("W135", *AS_ROLE), "--field"),
    ],
)
def test_a_command_that_says_too_little_erases_nothing(spoilable: Path, arguments: tuple[str, ...], code: str) -> None:
    done = ringfence("log", "erase", spoilable, *arguments)
    assert done.returncode == 2
    assert code in done.stderr
    assert len(answer("log", "list", spoilable)["entries"]) == 156
