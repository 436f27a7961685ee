"""Measure and write docs/benchmarks.md: medians of interleaved runs, peers in the same run.

`python -m benchmarks.run planning` measures one part anew (or several) and leaves the others on the page as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
from collections.abc import Collection, Sequence
from pathlib import Path

from benchmarks.cities import CHECK_RUNS, EXTRACT, IMPORT_RUNS, SEED, city_lines, import_lines
from benchmarks.example import example_lines
from benchmarks.harness import EXAMPLE, ROOT, RUNS, Line, table
from benchmarks.logs import BATCH, LOG, log_lines, picture_verdicts, pictures_measured
from benchmarks.planning import planning_text
from benchmarks.watching import watching_text

APART = "\n## Measured apart\n"
"""Behind this line the page holds figures that this program does not make; they are kept."""

NO_EXTRACT = f"Not measured: {EXTRACT.name} is not beside this checkout.\n"


def main(parts: Collection[str] | None = None) -> None:
    """Print the page and write it to docs/benchmarks.md.

    Parts that are not measured now (None: all are) stay as the page has them.
    """
    page = ROOT / "docs" / "benchmarks.md"
    known, mark, apart = page.read_text(encoding="utf-8").partition(APART)
    before = {section.partition("\n")[0]: section for section in known.split(f"\n{SECTION}")[1:]}
    sections = {
        title: make().removeprefix(SECTION) if parts is None or name in parts else before.get(title)
        for name, (title, make) in PARTS.items()
    }
    written = "\n".join([_head(), *(SECTION + section for section in sections.values() if section is not None)])
    page.write_text(written + mark + apart, encoding="utf-8")
    print(written)


def _head() -> str:
    data = {"example": sorted(EXAMPLE.rglob("*.*")), EXTRACT.name: [EXTRACT] if EXTRACT.exists() else []}
    hashes = ", ".join(f"{name} {_hash(paths)}" for name, paths in data.items() if paths)
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    return (
        "# Benchmarks\n\n`make bench` writes this page. Medians of interleaved runs; ratio = peer / ours.\n\n"
        f"{machine}; data: {hashes}.\n"
    )


def _hash(paths: Sequence[Path]) -> str:
    """The beginning of the SHA-256 of some files' bytes."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]


def _example() -> str:
    told = (
        f"{RUNS} runs after one warm-up. *Nothing remembered*: no answer, no picture and no index of the log; the\n"
        "movement graph is there. *Never asked before*: no answer and no picture of a barrier; that index is there,\n"
        "with what it last found."
    )
    return _section("The example", told, example_lines())


def _imports() -> str:
    told = (
        f"{IMPORT_RUNS} runs, each a process of its own, from its start to its end. We also write the network file;\n"
        "peers only hold what they read in memory. The conversion to XML is not counted. Memory: the process at its\n"
        "peak, and on top of it the largest process that it started. pyrosm is installed for this run, by uv, into an\n"
        "environment of its own."
    )
    return _section("Import", told, import_lines() if EXTRACT.exists() else [])


def _cities() -> str:
    told = (
        f"Generated cities, seed {SEED}. Checks: {CHECK_RUNS} runs after one warm-up; each verifies the whole city's "
        'checksum.\nPlaces: corners such as "X Street and Y Road", each asked once.'
    )
    return _section("Whole cities", told, city_lines())


def _planning() -> str:
    return f"## Planning\n{planning_text()}"


def _logs() -> str:
    told = (
        f"A ledger is filled beside two others, {BATCH:,} entries at a time in turn; all sync before they answer.\n"
        "Ours also chains each entry by hashes, commits to each text with a salt, and knows ids and keys again.\n"
        "eventsourcing: an aggregate for each entry, saved by an application on its SQLite module. Medians."
    )
    return _section("A long log", told, log_lines())


def _pictures() -> str:
    told = "Each of another moment, or of an index made anew outside the clock, so that none was seen before."
    measured = pictures_measured()
    verdicts = picture_verdicts(LOG, measured.slowest)
    return _section("Any moment of a long log", told, measured.lines) + f"\n### Targets\n\n{verdicts}"


def _watching() -> str:
    return f"## Watching\n{watching_text()}"


def _section(title: str, told: str, lines: Sequence[Line]) -> str:
    return f"## {title}\n{told}\n\n{table(lines) if lines else NO_EXTRACT}"


SECTION = "## "
PARTS = {
    "example": ("The example", _example),
    "import": ("Import", _imports),
    "cities": ("Whole cities", _cities),
    "planning": ("Planning", _planning),
    "log": ("A long log", _logs),
    "pictures": ("Any moment of a long log", _pictures),
    "watching": ("Watching", _watching),
}
"""What can be measured, with its title on the page."""


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("part", nargs="*", help=f"measure only these ({', '.join(PARTS)}); none named: all")
    named = options.parse_args().part
    if not PARTS.keys() >= set(named):
        options.error(f"there is {', '.join(PARTS)}")
    main(named or None)
