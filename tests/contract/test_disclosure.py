"""The log handed on for a role: proven from the file alone, by command and over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from ringfence.desk.live import LiveDesk
from tests.command_line import answer, ringfence
from tests.conftest import EXAMPLE
from tests.contract.test_api import API, refused
from tests.serving import running


@pytest.fixture
def operation(spoilable: Path) -> Path:
    """The example with its ledger."""
    LiveDesk.open(spoilable).close()
    return spoilable


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_public_reads_what_public_sources_said_and_proves_the_rest_from_the_file_alone(
    operation: Path, tmp_path: Path
) -> None:
    head = answer("log", "verify", operation)["heads"]["control"]
    file = tmp_path / "public.jsonl"
    told = answer("log", "disclose", operation, "--for", "public", "-o", file)
    assert told["lines"] == 156
    assert told["readable"] > 156
    assert told["withheld"] > 156
    entries = {one["id"]: one for one in lines_of(EXAMPLE / "log.jsonl")}
    for line in lines_of(file):
        entry, kept = entries[line["entry"]["id"]], line["texts"]
        assert line["entry"]["kind"] == entry["kind"]
        assert line["entry"].get("state") == entry.get("state")
        if entry["source"]["by"] == "a protester":
            assert kept == {}
        if entry["source"] == {"by": "NZ Police", "via": "written statement, Scoop"}:
            assert kept["what"]["text"] == entry["what"]
    assert next(one["what"] for one in entries.values() if one["source"]["by"] == "a protester") not in file.read_text()
    found = answer("log", "verify", file, "--operation", "wellington-2022", "--expect", f"control:156:{head['hash']}")
    assert (found["lines"], found["withheld"], found["faults"]) == (156, told["withheld"], [])
    assert found["heads"]["control"] == head
    said = ringfence("log", "verify", file).stdout
    assert f"{told['withheld']} withheld" in said
    assert "--operation" in said, "that nobody looked at whose log it is, is said"


def test_a_court_reads_all_and_a_role_of_the_operations_own_its_part(operation: Path, tmp_path: Path) -> None:
    court = answer("log", "disclose", operation, "--for", "court", "-o", tmp_path / "court.jsonl")
    assert court["withheld"] == 0
    assert (tmp_path / "court.jsonl").read_text(encoding="utf-8") == ringfence("log", "export", operation).stdout
    printed = ringfence("log", "disclose", operation, "--for", "council").stdout.splitlines()
    (blocked,) = [one for one in map(json.loads, printed) if one["entry"]["id"] == "W118"]
    assert blocked["entry"]["kind"] == "street"
    assert sorted(blocked["texts"]) == ["place", "what"]


def test_without_a_file_that_says_who_is_public_the_public_reads_no_text(operation: Path, tmp_path: Path) -> None:
    (operation / "disclosure.toml").unlink()
    toml = operation / "operation.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('disclosure = "disclosure.toml"\n', ""), encoding="utf-8")
    told = answer("log", "disclose", operation, "--for", "public", "-o", tmp_path / "public.jsonl")
    assert told["readable"] == 0
    assert all(line["texts"] == {} for line in lines_of(tmp_path / "public.jsonl"))


def test_a_text_that_is_handed_over_later_is_held_against_the_file(operation: Path, tmp_path: Path) -> None:
    file, said = tmp_path / "public.jsonl", tmp_path / "said.json"
    answer("log", "disclose", operation, "--for", "public", "-o", file)
    answer("log", "reveal", operation, "W101", "--field", "what", "--field", "source.by", "-o", said)
    assert answer("log", "verify", file, "--text", said)["texts_checked"] == 2
    document = json.loads(said.read_text(encoding="utf-8"))
    document["texts"][0]["text"] += " Really."
    said.write_text(json.dumps(document), encoding="utf-8")
    (fault,) = answer("log", "verify", file, "--text", said, status=1)["faults"]
    assert (fault["code"], fault["where"]) == ("not-that-text", "what of entry W101")
    assert "The log itself holds." in ringfence("log", "verify", file, "--text", said).stdout
    answer("log", "verify", operation, "--text", said, status=1)
    said.write_text("{}", encoding="utf-8")
    assert ringfence("log", "verify", file, "--text", said).returncode == 2


def test_what_is_erased_is_erased_for_the_court_too_and_cannot_be_revealed(operation: Path, tmp_path: Path) -> None:
    answer("log", "erase", operation, "W101", "--field", "what", "--by", "privacy officer", "--power", "An act")
    told = answer("log", "disclose", operation, "--for", "court", "-o", tmp_path / "court.jsonl")
    assert (told["erased"], told["withheld"]) == (1, 0)
    assert answer("log", "verify", tmp_path / "court.jsonl")["erased"] == 1
    for entry, field in (("W101", "what"), ("W101", "why"), ("W999", "what")):
        refusal = ringfence("log", "reveal", operation, entry, "--field", field)
        assert refusal.returncode == 2
        assert "no-such-" in refusal.stderr


def spoil(line: dict[str, Any], how: str) -> None:
    if how == "state":
        line["entry"]["state"] = "removed"
    elif how == "text":
        line["texts"]["what"]["text"] += "!"
    elif how == "gone":
        line["texts"]["what"] = None
    else:
        line["stored_at"] = "2022-02-21T07:36:00.000000Z"


@pytest.mark.parametrize(
    ("how", "code"),
    [("state", "line-changed"), ("text", "text-changed"), ("gone", "erased-unsaid"), ("time", "line-changed")],
)
def test_a_disclosure_that_was_altered_is_told(operation: Path, tmp_path: Path, how: str, code: str) -> None:
    file = tmp_path / "court.jsonl"
    answer("log", "disclose", operation, "--for", "court", "-o", file)
    lines = lines_of(file)
    spoil(lines[70], how)
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert {one["code"] for one in answer("log", "verify", file, status=1)["faults"]} == {code}


def test_lines_that_were_cut_out_doubled_or_are_of_another_log_are_told(operation: Path, tmp_path: Path) -> None:
    file, spoilt = tmp_path / "public.jsonl", tmp_path / "spoilt.jsonl"
    answer("log", "disclose", operation, "--for", "public", "-o", file)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    for changed, codes in (
        ([*lines[:80], *lines[81:]], {"line-missing"}),
        ([*lines, lines[3]], {"line-out-of-order", "id-twice"}),
        ([lines[1], lines[0], *lines[2:]], {"line-missing", "line-out-of-order"}),
    ):
        spoilt.write_text("".join(changed), encoding="utf-8")
        assert {one["code"] for one in answer("log", "verify", spoilt, status=1)["faults"]} == codes
    (fault,) = answer("log", "verify", file, "--operation", "another", status=1)["faults"]
    assert fault["code"] == "other-operation"
    assert "another operation" in ringfence("log", "verify", file, "--operation", "another").stdout
    spoilt.write_text("".join(lines[:-1]), encoding="utf-8")
    last = json.loads(lines[-1])
    assert answer("log", "verify", spoilt)["lines"] == 155, "only against a head is a cut tail missed"
    expected = ("--expect", f"control:156:{last['hash']}")
    assert {one["code"] for one in answer("log", "verify", spoilt, *expected, status=1)["faults"]} == {"tail-cut"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ('[[public_source]]\nby = "*"', "bad-field"),
        ('[[role]]\nid = "a"\n[[role]]\nid = "a"', "id-twice"),
        ('[[role]]\nid = "a"\n[[role.reads]]\ntexts = ["number"]', "bad-field"),
        ('[[role]]\nid = "a"\nreads_all = true', "bad-field"),
        ("[[role", "bad-toml"),
    ],
)
def test_rules_that_say_nothing_or_nonsense_are_refused(spoilable: Path, change: str, code: str) -> None:
    (spoilable / "disclosure.toml").write_text(change, encoding="utf-8")
    done = ringfence("check", spoilable)
    assert done.returncode == 2
    assert "disclosure.toml" in done.stderr
    assert code in done.stderr


def test_over_http_a_role_gets_the_same_lines(operation: Path) -> None:
    by_command = ringfence("log", "disclose", operation, "--for", "public").stdout
    with running(operation) as url, httpx.Client(base_url=url, timeout=60) as client:
        found = client.get(f"{API}/disclosure", params={"role": "public"})
        assert found.status_code == 200
        assert found.headers["content-type"] == "application/jsonl"
        assert found.text == by_command
        tag = found.headers["etag"]
        again = client.get(f"{API}/disclosure", params={"role": "public"}, headers={"If-None-Match": tag})
        assert again.status_code == 304
        refused(client.get(f"{API}/disclosure", params={"role": "nobody"}), 422, "unknown-role")
        refused(client.get(f"{API}/disclosure"), 422, "missing-field")
        verified = client.get(f"{API}/log/verify").json()
        assert (verified["withheld"], verified["erased"]) == (0, 0)
