"""`ringfence init` and `ringfence network` as a person meets them: what is refused, what is written, what it credits.

The city is a grid of streets (`drawn_town`). Every refusal is asked for twice, in words and with
--json, and must leave the folder that it would have written into as it was.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ringfence.desk import Desk
from ringfence.desk.geography import operation_view
from ringfence.network import read_network_file
from tests.command_line import answer, ringfence
from tests.contract.drawn_town import draw_town, spoil_network_file
from tests.property.cities import differences

CREDIT = "© OpenStreetMap contributors, ODbL 1.0"
CENTRE = "Holly Street & Holly Avenue"
TINY_BYTES = 40_000
"""Less than the network file of this city, more than any other file of an operation."""

LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); "


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the city, whole and spoilt in every way."""
    folder = tmp_path_factory.mktemp("town")
    draw_town(folder)
    answer("network", "import", folder / "city.osm", "-o", folder / "city.rfn")
    spoil_network_file(folder)
    answer("init", folder / "op", "--osm", folder / "city.rfn", "--around", CENTRE, "--radius", "200m")
    return folder


def start(*arguments: str | Path, limit_bytes: int | None = None, **environment: str) -> subprocess.Popen[str]:
    """A command on its way; no file that it writes may grow beyond `limit_bytes`."""
    limited = LIMITED.format(limit_bytes) if limit_bytes is not None else ""
    return subprocess.Popen(
        [sys.executable, "-c", f"{limited}from ringfence.cli.main import run; run()", *map(str, arguments)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refused(
    code: str, *arguments: str | Path, limit_bytes: int | None = None, in_turn: bool = False, **environment: str
) -> dict[str, str]:
    """The one fault for which a command is refused, in words and in JSON alike; both at once, or `in_turn`."""
    spoken = start(*arguments, limit_bytes=limit_bytes, **environment)
    if in_turn:
        spoken.wait(timeout=120)  # its few lines wait in the pipe
    written = start(*arguments, "--json", limit_bytes=limit_bytes, **environment)
    (said, complained), (document, silent) = (process.communicate(timeout=120) for process in (spoken, written))
    assert (spoken.returncode, written.returncode) == (2, 2), said + complained + document + silent
    return the_fault(code, said, complained, document, silent)


def refused_here(code: str, *arguments: str | Path) -> dict[str, str]:
    """The same without processes of their own, for what those would add nothing to."""
    spoken, written = ringfence(*arguments), ringfence(*arguments, "--json")
    assert (spoken.returncode, written.returncode) == (2, 2), (spoken, written)
    return the_fault(code, spoken.stdout, spoken.stderr, written.stdout, written.stderr)


def the_fault(code: str, said: str, complained: str, document: str, silent: str) -> dict[str, str]:
    """The one fault told, the same in words as in JSON, with all of its parts."""
    assert (said, silent) == ("", "")
    fault: dict[str, str]
    (fault,) = json.loads(document)["faults"]
    assert fault["code"] == code
    assert all(fault[part].strip() for part in ("where", "expected", "found", "do"))
    sentence = f"expected {fault['expected']}; found {fault['found']}. {fault['do']} [{code}]"
    assert complained == f"Refused. {fault['where']}: {sentence}\n"
    assert complained.rstrip("\n").isprintable()
    return fault


@dataclass(frozen=True)
class Case:
    """A source that can't be used: its name in the town, the fault's code, and words of what was found."""

    name: str
    code: str
    found: str
    arguments: tuple[str, ...] = ()


SPOILT = (
    Case("cut.osm.pbf", "not-osm", ""),
    Case("zip.osm.pbf", "not-osm", ""),
    Case("roadless.osm", "no-roads", "none that anybody may or can use"),
    Case("flipped.rfn", "network-file-damaged", "checksum"),
    Case("later.rfn", "network-file-newer", "format 3"),
)
SOURCES = (
    Case("empty.osm.pbf", "not-osm", ""),
    Case("empty.osm", "not-osm", ""),
    Case("words.osm", "not-osm", ""),
    Case("folder.osm.pbf", "no-file", ""),
    Case("missing.osm.pbf", "no-file", "nothing of that name"),
    Case("loop.osm", "no-file", ""),
    Case("cut.rfn", "network-file-damaged", "checksum"),
    Case("words.rfn", "not-a-network-file", ""),
    Case("zip.rfn", "not-a-network-file", ""),
    Case("empty.rfn", "not-a-network-file", "an empty file"),
    Case("folder.rfn", "no-file", "directory"),
    Case("missing.rfn", "no-file", ""),
    Case("loop.rfn", "no-file", "symbolic links"),
    Case("empty", "unknown-streets", "another ending"),
    Case("missing", "no-file", "nothing of that name"),
    Case("x" * 300, "no-file", "nothing of that name"),
    Case("x" * 300 + ".rfn", "no-file", "too long"),
    Case("city.rfn", "edge-without-extract", "city.rfn", ("--edge", "-8.7,41,-8.5,41.2")),
    Case("city.osm", "bad-edge", "'1,2,3'", ("--edge", "1,2,3")),
    Case("city.osm", "bad-edge", "'west,south,east,north'", ("--edge", "west,south,east,north")),
    Case("city.osm", "bad-edge", "'-8.5,41,-8.7,41.2'", ("--edge", "-8.5,41,-8.7,41.2")),
    Case("city.osm", "bad-edge", "'nan,nan,nan,nan'", ("--edge", "nan,nan,nan,nan")),
    Case("city.osm", "bad-edge", "''", ("--edge", "")),
)


@pytest.mark.parametrize("case", SPOILT, ids=lambda case: case.name)
def test_a_spoilt_source_is_refused_and_nothing_is_written(case: Case, town: Path, tmp_path: Path) -> None:
    fault = refused_here(case.code, "network", "import", town / case.name, "-o", tmp_path / "city.rfn")
    assert case.found in fault["found"]
    wish = ("--osm", town / case.name, "--around", CENTRE, "--radius", "200m")
    assert refused_here(case.code, "init", tmp_path / "op", *wish) == fault
    assert refused_here(case.code, "network", "info", town / case.name) == fault
    assert refused_here(case.code, "network", "export", town / case.name, "-o", tmp_path / "tables") == fault
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("case", SOURCES, ids=lambda case: f"{case.name[:20]} {' '.join(case.arguments)}".strip())
def test_a_source_that_cannot_be_used_is_refused_and_nothing_is_written(case: Case, town: Path, tmp_path: Path) -> None:
    target = tmp_path / "city.rfn"
    fault = refused_here(case.code, "network", "import", town / case.name, "-o", target, *case.arguments)
    assert case.found in fault["found"]
    assert list(tmp_path.iterdir()) == []


def test_an_unreadable_file_is_refused(town: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("SKIPPED ALOUD: root reads every file")
    closed = tmp_path / "closed.rfn"
    shutil.copy(town / "city.rfn", closed)
    closed.chmod(0)
    assert "Permission denied" in refused("no-file", "network", "info", closed)["found"]


WISHES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("--around", "Baobab Street"), "unknown-place"),
    (("--around", "Holly Street & Baobab Avenue"), "unknown-place"),
    (("--around", "Holly"), "ambiguous-place"),
    (("--around", "2.35,48.85"), "place-outside"),
    (("--around", "41.112,-8.588"), "place-outside"),
    (("--around", "999,999"), "bad-place"),
    (("--around", ""), "bad-place"),
    (("--around", "\x1b[2J\u202e"), "bad-place"),
    (("--around", "x" * 5000), "bad-place"),
    (("--radius", "0"), "bad-radius"),
    (("--radius", "19m"), "bad-radius"),
    (("--radius", "20001"), "bad-radius"),
    (("--radius", "-5"), "bad-distance"),
    (("--radius", "far"), "bad-distance"),
    (("--radius", "1e3"), "bad-distance"),
    (("--radius", "nan"), "bad-distance"),
    (("--radius", ""), "bad-distance"),
    (("--radius", "1.5km"), "limit-at-clipped-edge"),
    (("--limit", "1.5km"), "limit-at-clipped-edge"),
    (("--limit", "200m"), "bad-limit"),
    (("--limit", "0"), "bad-limit"),
    (("--limit", "50km"), "bad-limit"),
    (("--limit", "wide"), "bad-distance"),
    (("--timezone", "Mars/Olympus"), "unknown-zone"),
    (("--timezone", "../../etc/passwd"), "unknown-zone"),
    (("--title", ""), "bad-title"),
    (("--title", "two\nlines"), "bad-title"),
    (("--title", "turned \u202e round"), "bad-title"),
    (("--title", "x" * 201), "bad-title"),
    (("--osm", "island.osm", "--radius", "3km"), "no-outside"),
)


@pytest.mark.parametrize(("change", "code"), WISHES, ids=lambda value: repr(value)[:40])
def test_a_wish_that_cannot_be_granted_is_refused_and_nothing_is_written(
    change: tuple[str, ...], code: str, town: Path, tmp_path: Path
) -> None:
    wish = {"--osm": "city.rfn", "--around": CENTRE, "--radius": "200m", **dict(zip(*[iter(change)] * 2, strict=True))}
    wish["--osm"] = str(town / wish["--osm"])
    refused_here(code, "init", tmp_path / "op", *(f"{option}={value}" for option, value in wish.items()))
    assert list(tmp_path.iterdir()) == []


def test_how_far_the_limit_may_go_is_said_and_true(town: Path, tmp_path: Path) -> None:
    wish = ("--osm", town / "city.rfn", "--around", CENTRE, "--radius", "500m")
    fault = refused("limit-at-clipped-edge", "init", tmp_path / "op", *wish, "--limit", "3km")
    room = int(fault["do"].removeprefix("Take a --limit below ").split("m", 1)[0])
    answer("init", tmp_path / "op", *wish, "--limit", f"{room - 1}m")


WRITERS: dict[str, Callable[[Path, Path], tuple[str | Path, ...]]] = {
    "import": lambda town, to: ("network", "import", town / "city.rfn", "-o", to.with_suffix(".rfn")),
    "gmns": lambda town, to: ("network", "export", town / "city.rfn", "-o", to),
    "geojson": lambda town, to: ("network", "export", town / "city.rfn", "--form", "geojson", "-o", to),
    "init": lambda town, to: ("init", to, "--osm", town / "city.rfn", "--around", CENTRE, "--radius", "200m"),
}


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own that is soon full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={TINY_BYTES}", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("SKIPPED ALOUD: a small file system can't be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("command", WRITERS.values(), ids=WRITERS)
def test_a_disk_that_fills_leaves_nothing_half_written(
    command: Callable[[Path, Path], tuple[str | Path, ...]], town: Path, tiny_disk: Path
) -> None:
    fault = refused("cannot-write", *command(town, tiny_disk / "new"))
    assert "No space left on device" in fault["found"] or "os error 28" in fault["found"]
    assert list(tiny_disk.iterdir()) == []


@pytest.mark.parametrize("command", WRITERS.values(), ids=WRITERS)
def test_a_file_that_may_not_grow_leaves_nothing_half_written(
    command: Callable[[Path, Path], tuple[str | Path, ...]], town: Path, tmp_path: Path
) -> None:
    refused("cannot-write", *command(town, tmp_path / "new"), limit_bytes=TINY_BYTES)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_while_an_extract_is_read(town: Path, tmp_path: Path, tiny_disk: Path) -> None:
    (tiny_disk / "ballast").write_bytes(bytes(TINY_BYTES // 4096 * 4096 - 8192))
    target = tmp_path / "city.rfn"
    # In turn: one that finds the folder full before it has begun would take another folder for temporary files.
    refused("no-space", "network", "import", town / "city.osm", "-o", target, in_turn=True, TMPDIR=str(tiny_disk))
    assert [path.name for path in tiny_disk.iterdir()] == ["ballast"]
    assert not target.exists()


def test_a_network_file_that_is_there_outlives_a_failed_import(town: Path, tmp_path: Path) -> None:
    target = tmp_path / "city.rfn"
    shutil.copy(town / "city.rfn", target)
    before = target.read_bytes()
    refused("cannot-write", "network", "import", town / "island.osm", "-o", target, limit_bytes=TINY_BYTES)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("command", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize(
    ("name", "code"), [("missing/new", "cannot-write"), ("x" * 300, "cannot-write"), ("there", "already-there")]
)
def test_a_target_that_cannot_be_is_refused(
    command: Callable[[Path, Path], tuple[str | Path, ...]], name: str, code: str, town: Path, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there.rfn").mkdir()
    refused_here(code, *command(town, tmp_path / name))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there", "there.rfn"]
    assert list((tmp_path / "there").iterdir()) == []


def test_an_operation_that_is_there_stays_as_it_is(town: Path) -> None:
    before = {path.name: path.read_bytes() for path in (town / "op").iterdir()}
    fault = refused("already-there", *WRITERS["init"](town, town / "op"))
    assert fault["found"] == "a folder"
    assert {path.name: path.read_bytes() for path in (town / "op").iterdir()} == before


@pytest.mark.parametrize("name", ["it's [red]", "-dash", "new\x1b[2J", "\udcff", "...."])
def test_odd_names_of_folders_work_and_steer_no_terminal(name: str, town: Path, tmp_path: Path) -> None:
    folder = tmp_path / name
    process = start("init", "--osm", town / "city.rfn", "--around", CENTRE, "--radius", "200m", "--", folder)
    said, complained = process.communicate(timeout=60)
    assert process.returncode == 0, complained
    assert "\x1b" not in said
    assert answer("plan", folder)["possible"]


def test_the_next_command_can_be_copied_from_the_screen(town: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ringfence.cli.main", *map(str, WRITERS["init"](town, Path("it's mine")))]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "ringfence plan 'it'\"'\"'s mine' " in said


def test_the_same_extract_gives_the_same_bytes_wherever_it_is_written(town: Path, tmp_path: Path) -> None:
    answer("network", "import", town / "city.osm", "-o", tmp_path / "again.rfn")
    assert (tmp_path / "again.rfn").read_bytes() == (town / "city.rfn").read_bytes()


def test_a_network_file_can_be_read_by_whoever_may_read_a_new_file(town: Path) -> None:
    rights = {path.stat().st_mode & 0o777 for path in (town / "city.rfn", town / "op" / "network.rfn")}
    assert rights == {(town / "op" / "operation.toml").stat().st_mode & 0o777}


def test_gmns_tables_give_the_streets_back_and_the_same_plan(town: Path, tmp_path: Path) -> None:
    """The columns are the same; the source is another, and with it the hash."""
    answer("network", "export", town / "city.rfn", "-o", tmp_path / "tables")
    answer("network", "import", tmp_path / "tables", "-o", tmp_path / "back.rfn")
    before, after = read_network_file(town / "city.rfn"), read_network_file(tmp_path / "back.rfn")
    assert differences(before, after, but=("content_hash", "origin")) == []
    assert after.origin.licence == before.origin.licence == CREDIT
    plans = []
    for source in ("city.rfn", "city.osm"):
        folder = tmp_path / f"from-{source}"
        answer("init", folder, "--osm", town / source, "--around", CENTRE, "--radius", "200m")
        plans.append(answer("plan", folder, "--threat", "determined"))
    assert plans[0] == plans[1] == answer("plan", town / "op", "--threat", "determined")


def test_a_site_of_the_city_is_one_of_the_operation(town: Path) -> None:
    (reading, *_) = answer("place", town / "op", "Holly School")["readings"]
    assert "Holly School" in " ".join(reading["reasons"])


def test_every_export_names_the_licence(town: Path, tmp_path: Path) -> None:
    answer("network", "export", town / "city.rfn", "-o", tmp_path / "tables")
    answer("network", "export", town / "city.rfn", "--form", "geojson", "-o", tmp_path / "city.geojson")
    tables = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "tables").iterdir())
    assert CREDIT in tables
    assert CREDIT in (tmp_path / "city.geojson").read_text(encoding="utf-8")
    assert CREDIT.encode() in (town / "city.rfn").read_bytes()[:4000]
    assert answer("network", "info", town / "city.rfn")["origin"]["licence"] == CREDIT


def test_every_map_and_page_of_a_founded_operation_names_the_licence(town: Path, tmp_path: Path) -> None:
    answer("map", town / "op", "-o", tmp_path / "map.svg", "--threat", "lawful")
    answer("demo", town / "op", "-o", tmp_path / "page.html")
    assert CREDIT in (tmp_path / "page.html").read_text(encoding="utf-8")
    desk = Desk.open(town / "op")
    assert operation_view(desk.operation, now=desk.now_in_operation(), desk=None).credits == (CREDIT,)
    bare = shutil.copytree(town / "op", tmp_path / "bare")
    file = (bare / "operation.toml").read_text(encoding="utf-8")
    (bare / "operation.toml").write_text(file.replace(f'"{CREDIT}"', ""), encoding="utf-8")
    answer("map", bare, "-o", tmp_path / "bare.svg", "--threat", "lawful")
    sizes = [re.search(r'viewBox="[^"]*"', (tmp_path / name).read_text()) for name in ("map.svg", "bare.svg")]
    assert sizes[0] and sizes[1] and sizes[0][0] != sizes[1][0], "letters are drawn, so the room they take is looked at"


@pytest.mark.parametrize("command", ["init", "network import", "network info", "network export"])
def test_help_teaches(command: str) -> None:
    done = ringfence(*command.split(), "--help")
    assert done.returncode == 0
    assert "Example: ringfence" in done.stdout
    assert "--json" in done.stdout
