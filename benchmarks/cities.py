"""Whole cities: an import beside OSMnx and pyrosm, the first answer on cities of growing size, a place found."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path

import numpy as np
import osmium

from benchmarks.harness import ROOT, Line, Unit, cold_costs, interleaved
from ringfence.base.errors import BadInput
from ringfence.desk.founding import Wish, found_operation
from ringfence.generator import generate_city
from ringfence.network import City, read_network_file
from ringfence.places import find_in_city

EXTRACT = ROOT.parent / "shared" / "data" / "osm" / "porto.osm.pbf"
IMPORT_RUNS = 3
CHECK_RUNS = 5
PYROSM = "pyrosm==0.25.0"
PEERS = {
    "osmnx": f"OSMnx {metadata.version('osmnx')}, from the same as XML, which is what it reads",
    "pyrosm": f"{PYROSM}, tables and no graph",
}
RADII_M = {1_000: 400.0, 10_000: 800.0, 100_000: 800.0, 1_000_000: 800.0}
"""Junctions of the generated cities, and the radius cordoned off: the smallest has no room for 800 m."""
SEED = 1
CORNERS = 40


def import_lines() -> list[Line]:
    """Porto, from the start of a process to its end: imports of modules, reading, and for us the file written."""
    with tempfile.TemporaryDirectory() as scratch:
        xml = Path(scratch) / "porto.osm"
        _convert(EXTRACT, xml)
        work = {"ringfence": (sys.executable, EXTRACT), "osmnx": (sys.executable, xml)}
        python = _python_with_pyrosm(Path(scratch))
        if python is not None:
            work["pyrosm"] = (str(python), EXTRACT)
        script = str(Path(__file__).with_name("importing.py"))
        commands = [[interpreter, script, tool, str(file)] for tool, (interpreter, file) in work.items()]
        costs = dict(zip(work, cold_costs(commands, runs=IMPORT_RUNS), strict=True))
    ours, what = costs.pop("ringfence"), f"import of {EXTRACT.name}"
    lines = []
    for tool, theirs in costs.items():
        lines.append(Line(f"{what}, seconds", ours.seconds, PEERS[tool], theirs.seconds, Unit.SECONDS))
        lines.append(Line(f"{what}, peak memory", ours.peak_bytes, PEERS[tool], theirs.peak_bytes, Unit.MEGABYTES))
    if python is None:
        lines.append(
            Line(f"{what}, seconds", ours.seconds, f"{PYROSM}: could not be installed here", unit=Unit.SECONDS)
        )
    return lines


def _convert(extract: Path, target: Path) -> None:
    """As it is: of Porto's 51,458 ways 51,349 are streets, so that there is next to nothing to sift."""
    with osmium.SimpleWriter(str(target)) as writer, osmium.io.Reader(str(extract)) as reader:
        osmium.apply(reader, writer)


def _python_with_pyrosm(scratch: Path) -> Path | None:
    """An interpreter of an environment of its own with pyrosm in it; None where it can't be installed."""
    uv = os.environ.get("UV") or shutil.which("uv")
    python = scratch / "pyrosm" / "bin" / "python"
    if uv is None:
        return None
    make = [uv, "venv", "--quiet", "--python", sys.executable, str(scratch / "pyrosm")]
    install = [uv, "pip", "install", "--quiet", "--python", str(python), PYROSM]
    made = all(subprocess.run(command, check=False).returncode == 0 for command in (make, install))
    return python if made else None


def city_lines() -> list[Line]:
    """Generated cities: the first answer of a cold process at each size, and places in the largest."""
    with tempfile.TemporaryDirectory() as scratch:
        checks = {}
        for junctions, radius_m in RADII_M.items():
            city = generate_city(junctions, seed=SEED)
            folder = Path(scratch) / f"op-{junctions}"
            west, south, east, north = city.origin.edge
            middle = f"{(west + east) / 2:.6f},{(south + north) / 2:.6f}"
            found_operation(folder, city, Wish(middle, radius_m, datetime(2026, 1, 1, 12, tzinfo=UTC)))
            command = [sys.executable, "-m", "ringfence.cli.main", "check", str(folder), "--json"]
            what = f"cold process: ringfence check, {junctions:,} junctions, {radius_m:.0f} m around the middle"
            checks[what] = partial(_answer, command)
        times = interleaved(*checks.values(), runs=CHECK_RUNS)
        lines = [Line(what, seconds, unit=Unit.SECONDS) for what, seconds in zip(checks, times, strict=True)]
        # Read anew, as a process finds it: of the city made above, the names are known already.
        return lines + place_lines(read_network_file(folder / "network.rfn"))


def _answer(command: list[str]) -> None:
    """Run a check; no barriers stand yet, so a checked no is the right answer."""
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr


def place_lines(city: City) -> list[Line]:
    """Corners of the largest city named in words, each asked once; the first question files all names."""
    corners = _corners(city)
    times = []
    for words in corners:
        begun = time.perf_counter()
        try:
            find_in_city(city, words)
        except BadInput as error:  # names that meet in two places are an answer too
            assert {fault.code for fault in error.faults} == {"ambiguous-place"}, error
        times.append(time.perf_counter() - begun)
    where = f"{city.junction_count:,} junctions"
    return [
        Line(f"first place asked for in a process, {where}", times[0], unit=Unit.SECONDS),
        Line(f"a place in a warm process, {where}: median of {CORNERS} corners", statistics.median(times[1:])),
        Line("the slowest of these", max(times[1:])),
    ]


def _corners(city: City) -> list[str]:
    """Two streets that meet, in words; one more than are counted."""
    rng = np.random.default_rng(SEED)
    name_at: dict[int, int] = {}
    found: dict[tuple[int, int], str] = {}
    for segment in rng.permutation(city.segment_count).tolist():
        name = int(city.segment_name_ix[segment])
        for end in (int(city.segment_from_ix[segment]), int(city.segment_to_ix[segment])):
            other = name_at.setdefault(end, name)
            if name >= 0 and other >= 0 and name != other:
                found[min(name, other), max(name, other)] = f"{city.name[name]} and {city.name[other]}"
        if len(found) > CORNERS:
            break
    return list(found.values())[: CORNERS + 1]
