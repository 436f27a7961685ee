"""The command line as a person and as a program meets it: exit status, JSON shapes, help, and errors."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ringfence.base.traffic import Driver
from ringfence.operation import Operation
from ringfence.planner import Problem
from tests.command_line import answer, ringfence, ringfence_alone, started
from tests.conftest import EXAMPLE

COMMANDS = [
    *("init", "check", "plan", "picture", "place", "map", "demo", "serve", "review", "replay"),
    *("alarms", "acknowledge", "watch"),
    *("network import", "network info", "network export"),
    *("log list", "log add", "log type", "log import", "log export", "log verify", "log backup"),
    *("log erase", "log disclose", "log reveal", "log schema"),
]


def test_check_answers_every_promise_with_a_witness() -> None:
    report = answer("check", EXAMPLE, "--at", "2022-02-22T12:00+13:00", status=1)
    assert report["operation"] == "wellington-2022"
    assert report["at"].startswith("2022-02-22T12:00:00")
    for promise in report["promises"]:
        assert {"id", "kind", "answer", "since", "says", "witness"} <= promise.keys()
        assert promise["answer"] in {"kept", "broken", "unknown"}
    sealed = [promise for promise in report["promises"] if promise["kind"] == "sealed"]
    assert sealed
    for promise in sealed:
        for leak in promise["witness"]["leaks"]:
            assert leak["through"]
            assert leak["path"]["streets"]
            assert len(leak["path"]["coordinates"]) >= 2


def test_local_time_and_an_instant_with_a_zone_are_the_same_question() -> None:
    assert ringfence_alone("check", EXAMPLE, "--at", "2022-02-21T07:36").returncode == 1
    local = answer("check", EXAMPLE, "--at", "2022-02-21T07:36", status=1)
    zoned = answer("check", EXAMPLE, "--at", "2022-02-20T18:36Z", status=1)
    assert local == zoned


def test_plan_has_the_promised_shape() -> None:
    plan = answer("plan", EXAMPLE, "--threat", "determined")
    promised = {"threat", "measure", "cost", "lower_bound", "arms", "sites", "blocks", "staff", "optimal", "barriers"}
    assert promised | {"enclosed_street_m", "enclosed_addresses", "through", "certificate"} <= plan.keys()
    barrier = {"id", "place", "lon", "lat", "streets", "fixed", "blocks", "staff", "width_m", "through", "notes"}
    assert all(barrier <= one.keys() for one in plan["barriers"])
    certificate = {"kind", "network", "area", "limit", "closable", "threat", "demands", "cut", "lower_bound", "paths"}
    assert certificate <= plan["certificate"].keys()
    demands = {"must", "must_not", "fixed", "together", "site_charge", "costs"}
    assert demands == plan["certificate"]["demands"].keys()
    assert all({"steps", "turned_back_at", "carries"} <= path.keys() for path in plan["certificate"]["paths"])


def test_a_plan_that_is_impossible_is_a_checked_no_with_a_way_in(wellington: Operation) -> None:
    arms = Problem(wellington.network, wellington.area, Driver()).arms.ids
    plan = answer("plan", EXAMPLE, *(word for arm in arms for word in ("--must-not", arm)), status=1)
    assert not plan["possible"]
    assert plan["witness"]["streets"]
    assert plan["cannot_close"]
    assert {one["why"] for one in plan["cannot_close"]} == {"it must not be closed"}


def test_picture_place_and_log() -> None:
    picture = answer("picture", EXAMPLE, "--at", "2022-02-22T12:00")
    assert {barrier["id"] for barrier in picture["barriers"] if barrier["holds"] == "no"} == {
        "bunny-street",
        "lambton-quay-whitmore",
    }
    assert {"counts", "rivals", "wordings"} <= picture.keys()
    place = answer("place", EXAMPLE, "Molesworth Street near Pipitea Street")
    assert place["readings"][0]["segment"].startswith("molesworth-street")
    log = answer("log", "list", EXAMPLE, "--kind", "barrier")
    assert {entry["kind"] for entry in log["entries"]} == {"barrier"}
    told = answer("log", "list", EXAMPLE, "--kind", "advisory", "--kind", "standoff")["entries"]
    assert Counter(entry["kind"] for entry in told) == {"advisory": 7, "standoff": 7}


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_map_is_written(ending: str, tmp_path: Path) -> None:
    target = tmp_path / f"noon.{ending}"
    answer("map", EXAMPLE, "--at", "2022-02-22T12:00", "-o", target)
    assert target.read_bytes()[:5] in {b"<?xml", b"\x89PNG\r"[:5]}
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_bad_input_is_refused_with_status_2_and_what_to_do(tmp_path: Path) -> None:
    cases: list[list[str | Path]] = [
        ["check", tmp_path / "nowhere"],
        ["check", EXAMPLE, "--at", "yesterday"],
        ["check", EXAMPLE, "--at", "2021-09-26T02:30"],  # the clocks skip it
        ["check", EXAMPLE, "--at", "2022-04-03T02:30"],  # and pass this one twice
        ["place", EXAMPLE, "Nowhere Boulevard"],
        ["place", EXAMPLE, "\u202e" * 50],
        ["map", EXAMPLE, "-o", tmp_path / "map.pdf"],
        ["map", EXAMPLE, "-o", tmp_path / "file.txt" / "map.svg"],
        ["plan", EXAMPLE, "--must", "no-such-arm"],
        ["plan", EXAMPLE, "--threat", "polite"],
        ["log", "list", EXAMPLE, "--kind", "barriers"],
        ["check", EXAMPLE, "--known-at", ""],
        ["check", "a" * 300],
        ["demo", EXAMPLE, "-o", tmp_path],
    ]
    (tmp_path / "file.txt").write_text("in the way")
    for arguments in cases:
        done = ringfence(*arguments)
        assert done.returncode == 2, (arguments, done.stderr)
        assert "Traceback" not in done.stderr
        assert done.stderr.strip()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.txt"]


def test_hostile_names_reach_no_terminal(spoilable: Path) -> None:
    """Escape sequences and direction overrides are refused; markup in a title, a name and a file name stays words."""
    written_in = (("operation.toml", "Wellington, Parliament, 21"), ("barriers.toml", "Hill Street near Guildford"))

    def write(evil: str) -> None:
        for name, old in written_in:
            text = (EXAMPLE / name).read_text(encoding="utf-8")
            (spoilable / name).write_text(text.replace(old, evil), encoding="utf-8")

    for evil in ("Evil \\u001b[2J", "Evil \\u202e", "Evil \\u009b"):
        write(evil)
        refused = ringfence("check", spoilable)
        assert refused.returncode == 2
        assert "bad-field" in refused.stderr
        assert not {"\x1b", "\u202e", "\x9b"} & set(refused.stdout + refused.stderr)
    write("Evil [/] [red]")
    commands: list[list[str | Path]] = [
        ["check", spoilable, "--at", "2022-02-21T02:00"],
        ["check", spoilable, "--at", "2022-02-21T02:00", "--json"],
        ["picture", spoilable, "--at", "2022-02-22T12:00"],
        ["log", "list", spoilable],
        ["place", spoilable, "Hill Street near Guildford Terrace [/]"],
        ["map", spoilable, "-o", spoilable / "a[red]b.svg"],
        ["plan", spoilable],
    ]
    for arguments in commands:
        done = ringfence(*arguments)
        assert done.returncode in {0, 1, 2}, (arguments, done.stderr)
        for text in (done.stdout, done.stderr):
            assert not {"\x1b", "\u202e", "\x9b"} & set(text), arguments
    assert "a[red]b.svg" in ringfence("map", spoilable, "-o", spoilable / "a[red]b.svg").stdout.replace("\n", "")


def test_a_moment_outside_the_operation_is_answered_with_a_warning() -> None:
    assert answer("check", EXAMPLE, "--at", "2025-01-01T00:00", status=1)["outside_operation"]
    assert "outside the days" in ringfence("check", EXAMPLE, "--at", "2025-01-01T00:00").stdout


def test_wrong_usage_is_status_2_in_words_and_in_json() -> None:
    assert ringfence_alone().returncode == ringfence().returncode == 2
    assert ringfence_alone("check").returncode == ringfence("check").returncode == 2
    assert "error" in answer("plan", EXAMPLE, "--threat", "polite", status=2)
    assert ringfence("--version").stdout.startswith("ringfence 0.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("plan", EXAMPLE, "--measure", "armss"),
            "is not one of 'arms', 'blocks', 'staff', 'importance'. Did you mean 'arms'?",
        ),
        (("plan", EXAMPLE, "--threat", "x"), "Invalid value for '--threat': 'x' is not one of 'lawful', 'determined'."),
        (("plan", EXAMPLE, "--crews", "two"), "Invalid value for '--crews': expected a whole number."),
        (
            ("serve", EXAMPLE, "--port", "99999999"),
            "Invalid value for '--port': it should be less than or equal to 65535",
        ),
        (("plan", EXAMPLE, "--cost", "some-street=dear"), "expected a whole number; found 'dear'"),
        (("plan", EXAMPLE, "--must", ""), "expected at least one character; found ''"),
    ],
)
def test_a_mistyped_option_is_refused_in_plain_words(arguments: tuple[str | Path, ...], said: str) -> None:
    refused = ringfence(*arguments)
    assert refused.returncode == 2
    told = " ".join(refused.stderr.split())
    assert said in told and "Value error" not in told and "parse string" not in told
    assert said in " ".join(json.loads(ringfence(*arguments, "--json").stdout)["error"].split())


def test_errors_are_json_too() -> None:
    document = answer("check", EXAMPLE, "--at", "noonish", status=2)
    assert document["faults"][0]["code"] == "bad-time"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(command: str) -> None:
    done = ringfence(*command.split(), "--help")
    assert done.returncode == 0
    assert "Example: ringfence" in done.stdout
    assert "--json" in done.stdout


def test_help_enters_no_heavy_room() -> None:
    """So that it answers in a blink: what it imports is looked at, not the clock."""
    code = (
        "import sys; from ringfence.cli import main\n"
        "try: main.app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'shapely', 'pyproj', 'ortools', 'highspy', 'matplotlib', 'rustworkx', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("plan", EXAMPLE, "--export", "new.toml", "--export=x.geojson"), ["--export: 'new.toml' and 'x.geojson'"]),
        (("plan", EXAMPLE, "--measure", "arms", "--measure", "blocks"), ["--measure: 'arms' and 'blocks'"]),
        (
            ("front", EXAMPLE, "--threat", "lawful", "--site-charge", "1", "--threat=determined", "--site-charge", "2"),
            ["--threat: 'lawful' and 'determined'", "--site-charge: '1' and '2'"],
        ),
        (("map", EXAMPLE, "-o", "a.svg", "--output", "b.svg"), ["-o: 'a.svg' and 'b.svg'"]),
        (("log", "export", EXAMPLE, "-o", "a.jsonl", "-o", "b.jsonl"), ["-o: 'a.jsonl' and 'b.jsonl'"]),
        (("check", EXAMPLE, "--desk", "north", "--desk", "south"), ["--desk: 'north' and 'south'"]),
    ],
)
def test_an_option_that_takes_one_value_is_refused_with_two(
    arguments: tuple[str | Path, ...], told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a command that is not refused writes its files
    refused = answer(*arguments, status=2)
    assert [f"{fault['where']}: {fault['found']}" for fault in refused["faults"]] == told
    assert {fault["code"] for fault in refused["faults"]} == {"said-twice"}


def test_an_option_said_twice_alike_or_one_that_takes_many_is_no_slip() -> None:
    once = answer("plan", EXAMPLE, "--measure", "blocks", "--must", "hill-street-4", "--must", "hill-street-4")
    again = ("--measure", "blocks", "--measure=blocks", "--must", "hill-street-4", "--json")
    assert answer("plan", EXAMPLE, *again)["cost"] == once["cost"]


def test_a_demo_that_is_told_to_end_leaves_no_server_behind(tmp_path: Path) -> None:
    with started("demo", "-o", tmp_path / "demo.html", "--serve", "--port", "0", "--json") as (process, said):
        address = urlsplit(json.loads(said.readline())["url"])
        where = (address.hostname, address.port)
        socket.create_connection(where, timeout=5).close()
        process.terminate()
        assert process.wait(timeout=30) == 128 + signal.SIGTERM
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(where, timeout=5)
