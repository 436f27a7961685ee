"""What goes wrong with an entry, one by one, by command and over HTTP: the error or flag, and the way to keep it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import pytest

from tests.command_line import answer, ringfence
from tests.conftest import EXAMPLE
from tests.contract.test_api import API, conforms, draft, post, refused
from tests.serving import running

NOW = datetime(2022, 2, 21, 23, 0, tzinfo=UTC)
"""Noon of 22 February at the desk."""
ADD = ("--by", "gate 6", "--certainty", "observed")
AS_NOTE = "keep it as a note: the same command with --as-note"
TO_NOTES = f"keep it as a note: POST what was typed to {API}/notes"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("bad") / "operation"
    copytree(EXAMPLE, folder)
    with running(folder, clock=lambda: NOW) as url, httpx.Client(base_url=url, timeout=60) as it:
        yield it


def exact(moment: str) -> dict[str, str]:
    return {"precision": "exact", "from": moment, "to": moment}


REFUSED_BY_COMMAND = {
    "no source": (("Blocks gone", "--certainty", "observed"), "source.by: expected this field"),
    "unknown barrier": (("Blocks gone", *ADD, "--barrier", "nowhere", "--state", "moved"), "unknown-barrier"),
    "end before start": (
        ("Blocks gone", *ADD, "--after", "2022-02-22T10:00", "--before", "2022-02-22T09:00"),
        "an end (to) no earlier than the start (from)",
    ),
    "no such time": (("Blocks gone", *ADD, "--so", "2022-02-30T10:00"), "bad-time"),
    "about a day": (("Blocks gone", *ADD, "--about", "2022-02-21"), "Write --so 2022-02-21 for some time on that day"),
    "after a day": (("Blocks gone", *ADD, "--after", "2022-02-21"), "ends at 2022-02-22T00:00+13:00"),
    "an empty time": (("Blocks gone", *ADD, "--so", ""), "bad-time"),
    "an empty report": (("Blocks gone", *ADD, "--reported", " "), "bad-time"),
    "long ago": (("Blocks gone", *ADD, "--so", "1850-01-01"), "a year from 1900 to 2200"),
    "half an effect": (("Blocks gone", *ADD, "--barrier", "hill-street"), "half-effect"),
    "control character": (("Blocks \x07 gone", *ADD), "U+0007"),
    "direction override": (("Blocks \u202e gone", *ADD), "U+202E"),
}


@pytest.mark.parametrize("case", REFUSED_BY_COMMAND)
def test_by_command_it_is_refused_with_the_way_to_keep_it_and_kept_by_that_way(spoilable: Path, case: str) -> None:
    arguments, expected = REFUSED_BY_COMMAND[case]
    done = ringfence("log", "add", spoilable, *arguments)
    assert done.returncode == 2
    assert expected in done.stderr
    assert AS_NOTE in done.stderr
    assert done.stderr.isprintable() or set(filter(lambda letter: not letter.isprintable(), done.stderr)) == {"\n"}
    assert len(answer("log", "list", spoilable)["entries"]) == 156
    kept = answer("log", "add", spoilable, *arguments, "--as-note")["entry"]
    assert (kept["kind"], kept["certainty"], kept["so"]["precision"]) == ("note", "claimed", "unknown")
    assert kept["source"]["by"] == ("duty officer" if case == "no source" else "gate 6")
    assert (kept["barriers"], kept["state"]) == ([], None), "nothing is read from a note"
    for word in arguments:
        if not word.startswith("--"):
            assert word.replace("\x07", "[U+0007]").replace("\u202e", "[U+202E]") in kept["what"]


REFUSED_OVER_HTTP: dict[str, tuple[dict[str, Any], str]] = {
    "no source": ({"kind": "note", "what": "Blocks gone", "certainty": "observed"}, "missing-field"),
    "unknown barrier": (draft(what="Blocks gone", barriers=["nowhere"], state="moved"), "unknown-barrier"),
    "end before start": (
        draft(
            what="Blocks gone",
            so={"precision": "between", "from": "2022-02-22T10:00:00Z", "to": "2022-02-22T09:00:00Z"},
        ),
        "bad-value",
    ),
    "no such time": (draft(what="Blocks gone", so=exact("2022-02-30T10:00:00Z")), "bad-value"),
    "digits": (draft(what="Blocks gone", so=exact("20220221")), "bad-value"),
    "half an effect": (draft(what="Blocks gone", barriers=["hill-street"]), "half-effect"),
    "control character": (draft(what="Blocks \x07 gone"), "bad-value"),
    "direction override": (draft(what="Blocks \u202e gone"), "bad-value"),
}


@pytest.mark.parametrize("case", REFUSED_OVER_HTTP)
def test_over_http_it_is_refused_with_the_way_to_keep_it_and_kept_by_that_way(client: httpx.Client, case: str) -> None:
    body, code = REFUSED_OVER_HTTP[case]
    codes = {code} | ({"bad-value"} if case == "no such time" else set())
    found = post(client, body, f"refused {case}")
    told = refused(found, 422, *codes)
    assert TO_NOTES in told["faults"][-1]["do"]
    headers = {"Idempotency-Key": f"kept {case}"}
    kept = client.post(f"{API}/notes", json={"typed": body}, headers=headers)
    assert kept.status_code == 201, kept.text
    conforms(kept, "/notes", "post")
    entry = kept.json()["entry"]
    assert (entry["kind"], entry["certainty"], entry["barriers"]) == ("note", "claimed", [])
    assert entry["source"]["by"] == ("duty officer" if case == "no source" else "a test")
    assert entry["what"].startswith(body["what"].replace("\x07", "[U+0007]").replace("\u202e", "[U+202E]"))
    for value in (*body.get("barriers", ()), body.get("state"), body.get("so", {}).get("from")):
        assert value is None or value in entry["what"]
    again = client.post(f"{API}/notes", json={"typed": body}, headers=headers)
    assert (again.status_code, again.json()["position"]) == (200, kept.json()["position"])


def test_a_wrong_number_and_a_time_without_a_zone_are_one_fault_each_in_plain_words(client: httpx.Client) -> None:
    body = draft(number="seven", so={"precision": "after", "from": "2022-02-22T10:00:00"})
    told = refused(post(client, body, "plain words"), 422, "bad-value")
    assert {one["where"]: one["expected"] for one in told["faults"]} == {
        "body number": "a number",
        "body so.from": "a time with a zone, such as 2022-02-21T07:36:00+13:00",
    }


def test_digits_alone_are_no_time_and_the_form_is_told(client: httpx.Client) -> None:
    for given in ("20220221", "1645394400", "-5", "1645394400.5", 1645394400, "2022/02/21", "2022-2-21", "yesterday"):
        so = {"precision": "after", "from": given}
        (one,) = refused(post(client, draft(so=so), f"digits {given!r}"), 422, "bad-value")["faults"]
        assert (one["where"], one["expected"]) == (
            "body so.from",
            "a time with a zone, such as 2022-02-21T07:36:00+13:00",
        )
        is_day = str(given).startswith("2022")
        assert one["do"].startswith("Of a whole day write precision day") == is_day
        assert ("an instant is no count of seconds" in one["do"]) == (not is_day and given != "yesterday")


def test_a_date_alone_is_a_whole_day_or_told_as_one_at_every_door(client: httpx.Client, spoilable: Path) -> None:
    midnights = ["2022-02-21T00:00:00+13:00", "2022-02-22T00:00:00+13:00"]
    so = answer("log", "add", spoilable, "Blocks gone", *ADD, "--so", "2022-02-21")["entry"]["so"]
    assert so == {"precision": "day", "from": midnights[0], "to": midnights[1]}
    told = refused(post(client, draft(so=exact("2022-02-21")), "date alone"), 422, "bad-value")
    assert {one["where"] for one in told["faults"]} == {"body so.from", "body so.to"}
    for one in told["faults"]:
        assert one["found"] == "'2022-02-21', which is a whole day"
        assert one["do"].startswith("Of a whole day write precision day, from its midnight to the next one")
    assert post(client, draft(so=so), "whole day").json()["entry"]["so"]["precision"] == "day"
    (asked,) = refused(client.get(f"{API}/promises", params={"at": "2022-02-21"}), 422, "bad-time")["faults"]
    assert midnights[0].replace(":00+", "+") in asked["do"]
    done = ringfence("check", spoilable, "--at", "2022-02-21")
    assert (done.returncode, "bad-time" in done.stderr) == (2, True)


def test_json_cut_short_can_be_kept_as_it_was_typed(client: httpx.Client, spoilable: Path, tmp_path: Path) -> None:
    typed = '{"kind": "note", "what": "Blocks gone'
    headers = {"Idempotency-Key": "cut", "Content-Type": "application/json"}
    told = refused(client.post(f"{API}/log", content=typed, headers=headers), 400, "bad-json")
    assert TO_NOTES in told["faults"][-1]["do"]
    body = {"typed": typed, "by": "gate 6"}
    kept = client.post(f"{API}/notes", json=body, headers={"Idempotency-Key": "cut kept"}).json()["entry"]
    assert (kept["what"], kept["source"]["by"]) == (typed, "gate 6")
    file = tmp_path / "draft.json"
    file.write_text(typed, encoding="utf-8")
    done = ringfence("log", "add", spoilable, "--draft", file)
    assert "bad-json" in done.stderr
    assert AS_NOTE in done.stderr
    assert answer("log", "add", spoilable, "--draft", file, "--as-note")["entry"]["what"] == typed


def test_ten_megabytes_are_refused_and_their_beginning_can_be_kept_with_the_hash_of_all(
    client: httpx.Client, spoilable: Path, tmp_path: Path
) -> None:
    file, words = tmp_path / "huge.json", "x" * 10_000_000
    file.write_text(json.dumps(draft(what=words)), encoding="utf-8")
    done = ringfence("log", "add", spoilable, "--draft", file)
    assert done.returncode == 2
    assert "entry-too-large" in done.stderr
    assert AS_NOTE in done.stderr
    assert len(done.stderr) < 1000
    assert len(answer("log", "list", spoilable)["entries"]) == 156
    file.write_text(words, encoding="utf-8")
    by_draft = answer("log", "add", spoilable, "--draft", file, "--as-note")
    refused_line = ringfence("log", "type", spoilable, "-", "--save", typed=words)
    assert "line-too-long" in refused_line.stderr
    assert "found more than 65,536 bytes" in refused_line.stderr
    assert "keep it as a note: the same command with --save --as-note" in refused_line.stderr
    by_line = json.loads(ringfence("log", "type", spoilable, "-", "--save", "--as-note", "--json", typed=words).stdout)
    headers = {"Idempotency-Key": "huge"}
    for path, sent in (("log", draft(what=words)), ("typed-line", {"text": words})):
        told = refused(client.post(f"{API}/{path}", json=sent, headers=headers), 413, "too-long")
        assert TO_NOTES in told["faults"][0]["do"]
    over_http = client.post(f"{API}/notes", json={"typed": words, "by": "gate 6"}, headers=headers)
    assert over_http.status_code == 201
    conforms(over_http, "/notes", "post")
    again = client.post(f"{API}/notes", json={"typed": words, "by": "gate 6"}, headers=headers)
    assert (again.status_code, again.json()["position"]) == (200, over_http.json()["position"])
    for stored in (by_draft, by_line, over_http.json()):
        kept = stored["entry"]["what"]
        assert kept.startswith("x" * 3_000)
        assert len(kept) <= 4_000
        assert f"of 10,000,000 characters; SHA-256 of all, in UTF-8: {sha256(words.encode()).hexdigest()}" in kept


def test_what_is_too_long_for_any_note_over_http_says_to_send_its_beginning(client: httpx.Client) -> None:
    headers = {"Idempotency-Key": "huger"}
    for path in ("log", "notes"):
        body = {"typed": "x" * 17_000_000}
        told = refused(client.post(f"{API}/{path}", json=body, headers=headers), 413, "too-long")
        assert f"keep it as a file, and POST its beginning to {API}/notes" in told["faults"][0]["do"]


def test_an_entry_that_is_too_long_is_kept_as_it_was_sent(client: httpx.Client) -> None:
    body = draft(what="Blocks gone", why="x" * 300_000)
    told = refused(post(client, body, "300 kB"), 413, "too-long")
    assert TO_NOTES in told["faults"][0]["do"]
    kept = client.post(f"{API}/notes", json={"typed": body}, headers={"Idempotency-Key": "300 kB kept"})
    assert kept.status_code == 201
    assert kept.json()["entry"]["what"].startswith("Blocks gone\n(typed with it: ")
    assert kept.json()["entry"]["source"]["by"] == "a test"


@pytest.mark.parametrize("line", ["x" * 5_000, "barrier \u202edevom"])
def test_a_line_that_cannot_be_read_says_over_http_how_to_keep_it(client: httpx.Client, line: str) -> None:
    told = refused(client.post(f"{API}/typed-line", json={"text": line}), 422, "bad-value")
    assert TO_NOTES in told["faults"][-1]["do"]
    told = refused(client.post(f"{API}/typed-line", json={"text": line, "more": 1}), 422, "bad-value", "unknown-field")
    assert TO_NOTES in told["faults"][-1]["do"]
    told = refused(client.post(f"{API}/typed-line", json={"text": " "}), 422, "bad-value")
    assert "note" not in told["faults"][-1]["do"]


def test_what_is_too_long_is_kept_as_a_note_over_http_with_nothing_that_cannot_be_seen(client: httpx.Client) -> None:
    words = "\u202eMoved\x07 " + "x" * 4_000
    told = refused(post(client, draft(what=words), "long"), 422, "bad-value")
    assert TO_NOTES in told["faults"][-1]["do"]
    kept = client.post(f"{API}/notes", json={"typed": words}, headers={"Idempotency-Key": "long kept"}).json()["entry"]
    assert kept["what"].startswith("[U+202E]Moved[U+0007] xxx")
    assert f"of 4,008 characters; SHA-256 of all, in UTF-8: {sha256(words.encode()).hexdigest()}" in kept["what"]


@pytest.mark.parametrize("field", ["what", "why"])
def test_a_text_that_is_too_long_is_told_with_its_length_and_not_its_words_at_every_door(
    client: httpx.Client, spoilable: Path, tmp_path: Path, field: str
) -> None:
    body = draft(**{field: "secret " * 571 + "four"})
    file, log = tmp_path / "draft.json", tmp_path / "log.jsonl"
    file.write_text(json.dumps(body), encoding="utf-8")
    entry = body | {"id": "long"} | {when: {"precision": "unknown"} for when in ("so", "reported", "recorded")}
    log.write_text(json.dumps(entry) + "\n", encoding="utf-8")
    (over_http,) = refused(post(client, body, f"long {field}"), 422, "bad-value")["faults"]
    by_command = ringfence("log", "add", spoilable, "--draft", file, "--json")
    imported = ringfence("log", "import", spoilable, log, "--json")
    for done in (by_command, imported):
        assert done.returncode == 2
        assert "secret" not in done.stdout + done.stderr
    assert "secret" not in str(over_http)
    told = [over_http, *(fault for done in (by_command, imported) for fault in json.loads(done.stdout)["faults"])]
    do = "Shorten it, or keep it as a file that the words name."
    assert [one["where"].split()[-1] for one in told] == [field] * 3
    assert [(one["expected"], one["found"]) for one in told] == [("at most 4,000 characters", "4,001")] * 3
    assert all(one["do"].startswith(do) for one in told)


def test_a_part_of_a_count_that_is_too_long_is_not_told_whole(client: httpx.Client, spoilable: Path) -> None:
    (over_http,) = refused(post(client, draft(breakdown={"x" * 4001: 1}), "long part"), 422, "bad-value")["faults"]
    (spoilable / "draft.json").write_text(json.dumps(draft(breakdown={"x" * 4001: 1})), encoding="utf-8")
    done = ringfence("log", "add", spoilable, "--draft", spoilable / "draft.json", "--json")
    for told in (over_http, *json.loads(done.stdout)["faults"]):
        assert (told["expected"], told["found"]) == ("at most 4,000 characters", "4,001")
        assert len(told["where"]) < 250


def test_a_key_that_is_too_long_is_told_with_its_length(client: httpx.Client) -> None:
    (told,) = refused(post(client, draft(), "k" * 201), 422, "bad-value")["faults"]
    assert (told["expected"], told["found"], told["do"]) == ("at most 200 characters", "201", "Shorten it.")


def test_a_key_with_other_content_is_told_and_another_key_keeps_it(client: httpx.Client, spoilable: Path) -> None:
    assert post(client, draft(what="Blocks gone"), "k").status_code == 201
    told = refused(post(client, draft(what="Blocks back"), "k"), 409, "key-reused")
    assert told["faults"][0]["do"] == "Choose another key."
    assert post(client, draft(what="Blocks back"), "k2").status_code == 201
    answer("log", "add", spoilable, "Blocks gone", *ADD, "--key", "k")
    done = ringfence("log", "add", spoilable, "Blocks back", *ADD, "--key", "k")
    assert done.returncode == 2
    assert "Choose another key." in done.stderr
    assert answer("log", "add", spoilable, "Blocks back", *ADD, "--key", "k2")["new"]


FLAGGED: dict[str, tuple[dict[str, Any], tuple[str, ...], str, str]] = {
    "unknown place": (
        {"place": "Nowhere Road"},
        ("--place", "Nowhere Road"),
        "unknown-place",
        "No map here has 'Nowhere Road'.",
    ),
    "so in the future": (
        {"so": exact("2036-02-22T13:00:00+13:00")},
        ("--so", "2036-02-22T13:00"),
        "so-in-future",
        "after this desk recorded it",
    ),
    "claimed in the future": (
        {"so": exact("2036-02-22T13:00:00+13:00"), "certainty": "claimed"},
        ("--so", "2036-02-22", "--certainty", "claimed"),
        "so-in-future",
        "after this desk recorded it",
    ),
    "reported in the future": (
        {"reported": exact("2036-02-22T13:00:00+13:00")},
        ("--reported", "2036-02-22T13:00"),
        "reported-in-future",
        "after this desk recorded it",
    ),
    "sweep of nothing": ({"kind": "sweep"}, ("--kind", "sweep"), "changes-nothing", "It does not say what was swept"),
    "less than none": (
        {"kind": "count", "number": -8},
        ("--kind", "count", "--number", "-8"),
        "odd-count",
        "-8 is less than none",
    ),
}


@pytest.mark.parametrize("case", FLAGGED)
def test_it_is_kept_and_flagged_wherever_it_is_shown(client: httpx.Client, spoilable: Path, case: str) -> None:
    changes, arguments, code, says = FLAGGED[case]
    stored = post(client, draft(**changes), f"flagged {case}")
    assert stored.status_code == 201
    conforms(stored, "/log", "post")
    (flag,) = stored.json()["flags"]
    assert flag["code"] == code
    assert says in flag["says"]
    assert client.get(stored.headers["location"]).json()["flags"] == [flag]
    listed = client.get(f"{API}/log", params={"limit": "1"}).json()["items"][0]
    assert (listed["position"], listed["flags"]) == (stored.json()["position"], [flag])

    added = ADD[:2] if "--certainty" in arguments else ADD
    done = ringfence("log", "add", spoilable, "A note.", *added, *arguments)
    assert done.returncode == 0, "a flag refuses nothing"
    assert says in " ".join(done.stdout.split())
    found = answer("log", "list", spoilable)["flags"]
    assert [one["code"] for one in found["control-157"]] == [code]
    assert says in " ".join(ringfence("log", "list", spoilable).stdout.split())


def test_parts_that_do_not_add_up_are_flagged_with_the_rest(
    client: httpx.Client, spoilable: Path, tmp_path: Path
) -> None:
    count = draft(kind="count", number=8, unit="arrests", breakdown={"disorder": 7})
    says = "The parts come to 7, the number is 8: 1 is not accounted for."
    assert says in post(client, count, "parts").json()["flags"][0]["says"]
    assert post(client, count | {"breakdown": {"disorder": 7, "obstruction": 1}}, "sum").json()["flags"] == []
    (named,) = post(client, count | {"breakdown": {"John Smith": 1, "obstruction": 7}}, "name").json()["flags"]
    assert named["code"] == "part-may-name-somebody"
    file = tmp_path / "count.json"
    file.write_text(json.dumps(count), encoding="utf-8")
    assert says in " ".join(ringfence("log", "add", spoilable, "--draft", file).stdout.split())
    assert answer("log", "list", spoilable)["flags"]["W145"][0]["says"].startswith(
        "The parts come to 2843, the number is 2846: 3 is not accounted for."
    )


def test_ten_minutes_are_within_what_clocks_may_differ(client: httpx.Client) -> None:
    for moment, codes in (("2022-02-21T23:10:00Z", []), ("2022-02-21T23:10:01Z", ["so-in-future"])):
        found = post(client, draft(so=exact(moment)), f"clock {moment}").json()
        assert [flag["code"] for flag in found["flags"]] == codes
    planned = draft(kind="decision", certainty="confirmed", so=exact("2022-02-22T23:00:00Z"))
    assert post(client, planned, "planned").json()["flags"] == [], "what was decided may begin later"


@pytest.mark.parametrize("typed", ["", " \n", "\u200b", {}, {"what": " "}])
def test_nothing_is_no_note(client: httpx.Client, typed: Any) -> None:
    headers = {"Idempotency-Key": "nothing"}
    refused(client.post(f"{API}/notes", json={"typed": typed}, headers=headers), 422, "empty-note")


@pytest.mark.parametrize("body", [{}, {"typed": 1}, {"typed": "x", "by": ""}, {"typed": "x", "more": 1}])
def test_a_note_is_read_as_strictly_as_an_entry(client: httpx.Client, body: Any) -> None:
    answered = client.post(f"{API}/notes", json=body, headers={"Idempotency-Key": "strict"})
    assert answered.status_code == 422
    refused(client.post(f"{API}/notes", json={"typed": "x"}), 422, "missing-field")


def test_a_typed_line_with_what_cannot_be_seen_says_how_to_keep_it(spoilable: Path) -> None:
    done = ringfence("log", "type", spoilable, "barrier \u202edevom")
    assert done.returncode == 2
    assert "keep it as a note: the same command with --save --as-note" in done.stderr
    kept = answer("log", "add", spoilable, "barrier \u202edevom", "--as-note")["entry"]
    assert (kept["kind"], kept["what"]) == ("note", "barrier [U+202E]devom")
