"""`ringfence log`: adding, importing, exporting and proving a log, from the command line."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from typer.main import get_command

from ringfence.cli.log import log_app
from ringfence.desk.opening import LEDGER_FILE
from ringfence.model import record
from ringfence.model.entries import EntryDraft
from tests.command_line import answer, ringfence

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
        (("x", "--by", "gate 6", "--certainty", "observed", "--number", "seven"), "number"),
        (("x", "--by", "gate 6", "--certainty", "observed", "--breakdown", "seven"), "bad-part"),
        (("x", "--by", "gate 6", "--certainty", "observed", "--breakdown", "a=1", "--breakdown", "a=2"), "bad-part"),
        (("x", "--by", "gate 6", "--certainty", "observed", "--rule", "nowhere", "--in-force"), "nowhere"),
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


def test_every_field_of_an_entry_has_an_option(spoilable: Path) -> None:
    count = ("--kind", "count", "--number", "1,208", "--unit", "people arrested", "--basis", "since 06:00")
    parts = ("--breakdown", "obstruction=1200", "--breakdown", "assault = 8")
    added = answer("log", "add", spoilable, "Arrests so far.", *count, *parts, "--by", "NZ Police", *NOON)["entry"]
    assert (added["number"], added["unit"], added["basis"]) == (1208, "people arrested", "since 06:00")
    assert added["breakdown"] == {"obstruction": 1200, "assault": 8}
    decided = answer(
        "log", "add", spoilable, "Hill Street is held.", "--kind", "decision", "--by", "forward commander",
        "--certainty", "confirmed", "--why", "ambulances cannot pass", "--power", "Summary Offences Act 1981, s 35",
        "--ref", "file 12", "--ref", "radio log", "--follows", added["id"], "--reported", "2022-02-21T12:05",
    )["entry"]  # fmt: skip
    assert (decided["why"], decided["power"]) == ("ambulances cannot pass", "Summary Offences Act 1981, s 35")
    assert (decided["ref"], decided["follows"]) == (["file 12", "radio log"], [added["id"]])
    by = ("--by", "gate 6", "--certainty", "observed")
    taken = ("--kind", "street", "--occupied", "hill-street-1", "--cleared", "featherston-street-9")
    street = answer("log", "add", spoilable, "The crowd has moved.", *taken, *by)["entry"]
    assert (street["occupied"], street["cleared"]) == (["hill-street-1"], ["featherston-street-9"])
    assert answer("log", "add", spoilable, "All round.", "--kind", "sweep", "--swept", *by)["entry"]["swept"] == (
        "perimeter"
    )
    corrected = ("--kind", "correction", "--number", "1209", "--relates-to", added["id"])
    answer("log", "add", spoilable, "One more.", *corrected, "--by", "NZ Police", "--certainty", "confirmed")
    (basis,) = [
        basis
        for count in answer("review", spoilable, "--at", "2022-02-21T12:01")["now"]["counts"]
        for basis in count["bases"]
        if basis["basis"] == "since 06:00"
    ]
    assert basis["stands"]["number"] == 1209


def test_a_wrong_number_is_one_fault_and_a_long_list_of_names_is_not_told_as_if_it_were_all(spoilable: Path) -> None:
    by = ("--by", "gate 6", "--certainty", "observed")
    done = ringfence("log", "add", spoilable, "x", *by, "--number", "seven", "--relates-to", "W999")
    assert "number: expected a number; found 'seven'" in done.stderr
    assert "constrained" not in done.stderr
    assert done.stderr.count("[bad-field]") == 1
    done = ringfence("log", "add", spoilable, "x", *by, "--relates-to", "W999")
    assert "a known entry (such as W001, W002" in done.stderr


def test_the_list_is_a_paper_log_and_says_what_was_struck_and_by_what(spoilable: Path) -> None:
    by = ("--by", "duty officer", "--certainty", "confirmed")
    add = ("log", "add", spoilable)
    back = answer(*add, "Read wrongly.", "--kind", "retraction", "--retracts", "W135", *by)["entry"]["id"]
    made = answer(
        *add, "Nine.", "--kind", "correction", "--number", "9", "--basis", "total", "--relates-to", "W080", *by
    )
    right = made["entry"]["id"]
    why = ("--why", "ambulances cannot pass", "--power", "Summary Offences Act 1981, s 35")
    answer(*add, "Hill Street is held.", "--kind", "decision", *by, *why, "--disputes", "W086")
    listed = ringfence("log", "list", spoilable).stdout
    said = " ".join(listed.split())
    for words in (
        f"barrier confirmed STRUCK: taken back by {back}",
        f"STRUCK: corrected by {right}",
        "takes back W135",
        "count: 9, basis: total corrects W080",
        "why: ambulances cannot pass power: Summary Offences Act 1981, s 35",
        "disputes W086",
    ):
        assert words in said
    links = answer("log", "list", spoilable)["links"]
    assert links["W135"]["retracted_by"] == [back]
    assert links["W080"]["corrected_by"] == [right]
    assert "W083" in links["W106"]["rivals"]


def test_an_access_rule_is_put_in_force_and_ended(spoilable: Path) -> None:
    for option, holds in (("--in-force", True), ("--not-in-force", False)):
        words = (
            "Sanitary vehicles.",
            "--kind",
            "gate_rule",
            "--rule",
            "sanitary-in",
            option,
            "--by",
            "forward commander",
        )
        entry = answer("log", "add", spoilable, *words, "--certainty", "confirmed")["entry"]
        assert (entry["rules"], entry["in_force"]) == (["sanitary-in"], holds)


def test_a_draft_comes_from_a_file(spoilable: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    document = {"kind": "count", "what": "Seven", "source": {"by": "gate 6"}, "certainty": "observed", "number": 7}
    draft.write_text(json.dumps(document), encoding="utf-8")
    assert answer("log", "add", spoilable, "--draft", draft)["entry"]["number"] == 7
    draft.write_text('{"kind": "count"', encoding="utf-8")
    assert "bad-json" in ringfence("log", "add", spoilable, "--draft", draft).stderr
    draft.write_text(json.dumps(document)[:-1] + ', "number": 8}', encoding="utf-8")
    assert "a name stands twice" in ringfence("log", "add", spoilable, "--draft", draft).stderr


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


@pytest.mark.parametrize(
    "name", ["ledger.sqlite", "log.jsonl", "operation.toml", "area.geojson", "network/segments.tsv"]
)
def test_what_is_handed_on_takes_no_file_of_the_operation(spoilable: Path, name: str) -> None:
    answer("log", "import", spoilable)
    own = spoilable / name
    before = own.read_bytes()
    for command in (("export",), ("disclose", "--for", "public"), ("reveal", "W135", "--field", "what")):
        refused = ringfence("log", command[0], spoilable, *command[1:], "-o", own, "--replace")
        assert refused.returncode == 2 and "own-file" in refused.stderr
    assert ringfence("log", "backup", spoilable, own, "--replace").returncode == 2
    assert own.read_bytes() == before
    answer("log", "verify", spoilable)


def test_an_earlier_export_is_replaced_only_where_that_is_said(spoilable: Path, tmp_path: Path) -> None:
    answer("log", "import", spoilable)
    file = tmp_path / "kept.jsonl"
    file.write_text("something of somebody", encoding="utf-8")
    assert "already-there" in ringfence("log", "export", spoilable, "-o", file).stderr
    assert file.read_text(encoding="utf-8") == "something of somebody"
    answer("log", "export", spoilable, "-o", file, "--replace")
    assert answer("log", "verify", file)["lines"] == 156


SPOILT = {
    "not UTF-8": (b"\xff\xfe", "not-utf8"),
    "no log": (b"# A newcomer's page\n", "bad-json"),
    "no entry": (b'{"a": 1}\n', "bad-field"),
    "empty": (b"\n", "empty-log"),
    "a torn backup": (b"SQLite format 3\0 and no more", "not-a-ledger"),
    "a name twice": (b'{"id": "x", "id": "y"}\n', "bad-json"),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_file_that_is_refused_begins_no_ledger(spoilable: Path, tmp_path: Path, spoilt: str) -> None:
    """Else the right file would meet a chain that has begun without it."""
    (wrong := tmp_path / "wrong").write_bytes(SPOILT[spoilt][0])
    refused = ringfence("log", "import", spoilable, wrong)
    assert refused.returncode == 2 and SPOILT[spoilt][1] in refused.stderr
    assert not (spoilable / LEDGER_FILE).exists()


def test_two_desks_that_began_with_the_same_log_are_told_so_at_once(spoilable: Path, tmp_path: Path) -> None:
    shutil.copytree(spoilable, other := tmp_path / "other")
    answer("log", "import", spoilable)
    for desk, code in ((), "chain-forked"), (("--desk", "east"), "id-taken"):
        (other / LEDGER_FILE).unlink(missing_ok=True)
        answer("log", "import", other, *desk)
        answer("log", "export", other, "-o", tmp_path / f"{code}.jsonl")
        refused = ringfence("log", "import", spoilable, tmp_path / f"{code}.jsonl")
        assert refused.returncode == 2 and code in refused.stderr
        assert "let one begin anew" in refused.stderr and refused.stderr.count("[") == 1
        told = json.loads(ringfence("log", "import", spoilable, tmp_path / f"{code}.jsonl", "--json").stdout)
        assert len(told["faults"]) == (1 if code == "chain-forked" else 156)


def test_a_blank_that_a_ledger_took_once_stays_readable(
    spoilable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blanks are refused where they come in, and not where they are kept."""
    with monkeypatch.context() as before:
        before.setattr(record, "is_blank", lambda _: False)
        answer("log", "add", spoilable, "Seen", "--place", " ", "--by", "gate 6", "--certainty", "observed")
    answer("log", "verify", spoilable)
    assert answer("log", "list", spoilable)["entries"][-1]["place"] == " "
    answer("log", "export", spoilable, "-o", file := tmp_path / "whole.jsonl")
    answer("log", "verify", file)
    (spoilable / LEDGER_FILE).unlink()
    assert answer("log", "import", spoilable, file) == {"added": 157}


def test_a_note_of_a_draft_with_a_name_twice_keeps_both(spoilable: Path, tmp_path: Path) -> None:
    (draft := tmp_path / "draft.json").write_text('{"what": "barrier moved", "what": "nothing"}', encoding="utf-8")
    kept = answer("log", "add", spoilable, "--draft", draft, "--as-note")["entry"]["what"]
    assert "barrier moved" in kept and "nothing" in kept


def test_texts_that_an_export_is_without_are_told_on_the_way_in(spoilable: Path, tmp_path: Path) -> None:
    answer("log", "import", spoilable)
    answer("log", "export", spoilable, "-o", file := tmp_path / "whole.jsonl")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    lines[20]["texts"]["what"] = None
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (spoilable / LEDGER_FILE).unlink()
    told = ringfence("log", "import", spoilable, file).stdout
    assert "1 text is said to be erased, though no erasure in it says so" in told
    assert "1 withheld" in ringfence("log", "verify", spoilable).stdout


def test_a_backup_is_verified_by_its_file_and_an_emptied_file_is_not(spoilable: Path, tmp_path: Path) -> None:
    answer("log", "import", spoilable)
    answer("log", "backup", spoilable, backup := tmp_path / "saturday.sqlite")
    assert answer("log", "verify", backup)["lines"] == 156
    (empty := tmp_path / "empty.jsonl").touch()
    assert "empty-log" in ringfence("log", "verify", empty).stderr
    assert "bad-head" in ringfence("log", "verify", spoilable, "--expect", "control:156:1fc").stderr


BLANKS = [" ", "\t\n", "\u200b", "\u00a0"]


@pytest.mark.parametrize("blank", BLANKS)
def test_blanks_are_no_words_no_source_and_no_law(spoilable: Path, blank: str) -> None:
    logged = ("log", "add", spoilable)
    for words in (
        (*logged, blank, "--by", "gate 6", "--certainty", "observed"),
        (*logged, "Seen", "--by", blank, "--certainty", "observed"),
        ("acknowledge", spoilable, "contained", "--by", blank, "--why", "a crew is on its way"),
        ("acknowledge", spoilable, "contained", "--by", "duty officer", "--why", blank),
        ("log", "erase", spoilable, "W045", "--field", "what", "--by", "privacy officer", "--power", blank),
    ):
        refused = ringfence(*words)
        assert refused.returncode == 2 and "words, not only blanks" in refused.stderr, words
    assert answer("log", "verify", spoilable)["lines"] == 156


LINE = "0412 barrier moved Bunny/Featherston, reported by gate 6"
UNSOURCED = "0412 barrier moved Bunny/Featherston"


def test_every_free_choice_of_the_model_has_an_option() -> None:
    options = {option.name for option in cast("Any", get_command(log_app)).commands["add"].params}
    singular = {"barriers": "barrier", "gates": "gate", "rules": "rule"}
    fields = {singular.get(name, name) for name in EntryDraft.model_fields} - {"promise", "erases", "source"}
    assert fields <= options, "an acknowledgement and an erasure have commands of their own"


def test_a_typed_line_is_shown_with_its_parts_and_nothing_is_written(spoilable: Path) -> None:
    done = ringfence("log", "type", spoilable, LINE)
    assert done.returncode == 0, done.stderr
    shown = done.stdout
    assert shown.startswith(LINE + "\n")
    for words in ("reported by gate 6", "Tue 22 Feb 04:12", "barrier bunny-street", "observed", "This would be logged"):
        assert words in shown
    assert not (spoilable / LEDGER_FILE).exists(), "a question makes no ledger"
    read = answer("log", "type", spoilable, LINE)
    assert read["ready"]
    assert (read["draft"]["barriers"], read["draft"]["state"]) == (["bunny-street"], "moved")
    assert {part["read_as"] for part in read["parts"]} == {"time", "kind", "state", "place", "source"}


def test_a_typed_line_is_saved_word_for_word_and_changes_the_board(spoilable: Path) -> None:
    saved = answer("log", "type", spoilable, LINE, "--save", "--now", "2022-02-22T06:00")
    assert saved["new"]
    assert (saved["entry"]["what"], saved["entry"]["state"]) == (LINE, "moved")
    assert answer("log", "list", spoilable)["entries"][-1]["id"] == saved["entry"]["id"] == "control-157"
    picture = answer("picture", spoilable, "--at", "2022-02-22T04:13")
    assert next(one for one in picture["barriers"] if one["id"] == "bunny-street")["holds"] == "no"


def test_a_line_in_doubt_is_not_saved_but_can_be_kept_as_a_note(spoilable: Path) -> None:
    assert ringfence("log", "type", spoilable, UNSOURCED).returncode == 1
    refused = ringfence("log", "type", spoilable, UNSOURCED, "--save")
    assert refused.returncode == 2
    assert "no-source" in refused.stderr
    assert "--as-note" in refused.stderr
    assert len(answer("log", "list", spoilable)["entries"]) == 156
    kept = answer("log", "type", spoilable, UNSOURCED, "--save", "--as-note")["entry"]
    assert (kept["kind"], kept["what"], kept["source"]["by"]) == ("note", UNSOURCED, "duty officer")
    assert kept["barriers"] == []


@pytest.mark.parametrize(
    ("line", "code"), [("", "empty-line"), ("x" * 4001, "line-too-long"), ("barrier \u202edevom", "bad-text")]
)
def test_a_line_that_no_entry_can_hold_is_told_so(spoilable: Path, line: str, code: str) -> None:
    for options in ((), ("--save",), ("--as-note",)):
        done = ringfence("log", "type", spoilable, line, *options)
        assert done.returncode == 2
        assert code in done.stderr
        assert "\u202e" not in done.stderr
    assert len(answer("log", "list", spoilable)["entries"]) == 156
    kept = ringfence("log", "type", spoilable, line, "--save", "--as-note", "--json")
    assert kept.returncode == (0 if line else 2)
    assert code in kept.stdout or json.loads(kept.stdout)["entry"]["what"].startswith(line.split(maxsplit=1)[0][:3000])


def test_a_line_from_standard_input_however_long(spoilable: Path) -> None:
    command = [sys.executable, "-m", "ringfence.cli.main", "log", "type", str(spoilable), "-"]
    for data, status, words in (
        (LINE.encode() + b"\n", 0, "This would be logged"),
        (LINE.encode() + b"\r\n0413 gate staffed Hill Street, reported by gate 2\n", 2, "several-lines"),
        (b"x" * 10_000_000, 2, "line-too-long"),
        (b"barrier \xff moved", 2, "bad-text"),
    ):
        done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=300)
        assert done.returncode == status, done.stderr
        assert words in (done.stdout + done.stderr).decode()


def test_several_lines_from_standard_input_are_one_note(spoilable: Path) -> None:
    refused = ringfence("log", "type", spoilable, "-", "--save", typed="one line\nand another\n")
    assert "keep all as a note: the same command with --save --as-note" in refused.stderr
    kept = ringfence("log", "type", spoilable, "-", "--save", "--as-note", "--json", typed="one line\nand another\n")
    assert json.loads(kept.stdout)["entry"]["what"] == "one line\nand another"
