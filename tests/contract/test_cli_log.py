"""`ringfence log`: adding, importing, exporting and proving a log, from the command line."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from ringfence.desk.opening import LEDGER_FILE
from tests.contract.test_cli import answer, ringfence

MOVED = ("--kind", "barrier", "--barrier", "bunny-street", "--state", "moved", "--by", "gate 6")
NOON = ("--so", "2022-02-21T12:00", "--certainty", "observed")


def test_an_entry_added_is_listed_and_breaks_the_promise_from_its_minute_on(spoilable: Path) -> None:
    added = answer("log", "add", spoilable, "Blocks pushed aside", *MOVED, *NOON)
    assert added["new"]
    assert added["entry"]["id"] == "control-157"
    assert added["entry"]["so"] == {
        "precision": "exact",
        "from": "2022-02-21T12:00:00+13:00",
        "to": "2022-02-21T12:00:00+13:00",
    }
    assert added["entry"]["recorded"]["precision"] == "exact"
    assert answer("log", "list", spoilable)["entries"][-1]["what"] == "Blocks pushed aside"
    answers = {
        at: {one["id"]: one["answer"] for one in answer("check", spoilable, "--at", at, status=1)["promises"]}
        for at in ("2022-02-21T11:59", "2022-02-21T12:00")
    }
    assert [one["sealed-determined"] for one in answers.values()] == ["kept", "broken"]


def test_the_first_entry_begins_the_ledger_with_the_folders_own_log(spoilable: Path) -> None:
    assert not (spoilable / LEDGER_FILE).exists()
    answer("log", "add", spoilable, "A note", "--by", "gate 6", "--certainty", "observed")
    verified = answer("log", "verify", spoilable)
    assert verified["lines"] == 157
    assert verified["faults"] == []
    assert verified["heads"]["control"]["seq"] == 157


def test_a_key_sent_twice_stores_once(spoilable: Path) -> None:
    arguments = ("log", "add", spoilable, "A note", "--by", "gate 6", "--certainty", "observed", "--key", "k1")
    first, again = answer(*arguments), answer(*arguments)
    assert (first["new"], again["new"]) == (True, False)
    assert first["entry"] == again["entry"]
    other = ringfence("log", "add", spoilable, "Another", "--by", "gate 6", "--certainty", "observed", "--key", "k1")
    assert other.returncode == 2
    assert "key-reused" in other.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("x", "--by", "gate 6"), "certainty: expected this field"),
        (("x", "--certainty", "observed"), "source.by: expected this field"),
        (("--by", "gate 6", "--certainty", "observed"), "what: expected this field"),
        (("x", "--by", "gate 6", "--certainty", "sure"), "certainty"),
        (("x", "--by", "gate 6", "--certainty", "observed", "--barrier", "hill-street"), "half-effect"),
        (("x", "--by", "g", "--certainty", "observed", "--so", "2022-02-21", "--about", "2022-02-21"), "two-times"),
        (("x", "--by", "gate 6", "--certainty", "observed", "--so", "noon"), "bad-time"),
        (("x\u202eevil", "--by", "gate 6", "--certainty", "observed"), "U+202E"),
    ],
)
def test_an_entry_that_says_too_little_or_nonsense_is_refused_and_nothing_is_stored(
    spoilable: Path, arguments: tuple[str, ...], code: str
) -> None:
    done = ringfence("log", "add", spoilable, *arguments)
    assert done.returncode == 2
    assert code in done.stderr
    assert len(answer("log", "list", spoilable)["entries"]) == 156


def test_a_draft_comes_from_a_file(spoilable: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    document = {"kind": "count", "what": "Seven", "source": {"by": "gate 6"}, "certainty": "observed", "number": 7}
    draft.write_text(json.dumps(document), encoding="utf-8")
    assert answer("log", "add", spoilable, "--draft", draft)["entry"]["number"] == 7
    draft.write_text('{"kind": "count"', encoding="utf-8")
    assert "bad-json" in ringfence("log", "add", spoilable, "--draft", draft).stderr


def test_an_export_comes_back_whole_and_a_changed_one_is_refused(spoilable: Path, tmp_path: Path) -> None:
    answer("log", "add", spoilable, "A note", "--by", "gate 6", "--certainty", "observed")
    exported = tmp_path / "ledger.jsonl"
    answer("log", "export", spoilable, "-o", exported)
    assert answer("log", "import", spoilable, exported) == {"added": 0}
    text = exported.read_text(encoding="utf-8")
    assert ringfence("log", "export", spoilable).stdout == text
    exported.write_text(text.replace("A note", "A nota"), encoding="utf-8")
    (spoilable / LEDGER_FILE).unlink()
    refused = ringfence("log", "import", spoilable, exported)
    assert refused.returncode == 2
    assert "line 157" in refused.stderr


def test_verify_says_no_when_a_line_was_altered_or_the_end_cut_off(spoilable: Path) -> None:
    answer("log", "import", spoilable)
    head = answer("log", "verify", spoilable)["heads"]["control"]
    database = sqlite3.connect(spoilable / LEDGER_FILE)
    triggers = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in triggers:
        database.execute(f"DROP TRIGGER {name}")
    database.execute("DELETE FROM lines WHERE seq = 156")
    database.commit()
    assert triggers, "the file itself refuses changes"
    answer("log", "verify", spoilable, "--expect", f"control:{head['seq']}:{head['hash']}", status=1)
    database.execute("DELETE FROM lines WHERE seq = 40")
    database.commit()
    database.close()
    assert answer("log", "verify", spoilable, status=1)["faults"]
    assert "altered" in ringfence("log", "verify", spoilable).stdout
