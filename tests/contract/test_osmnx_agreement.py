"""Every extract, through the declared filter, against OSMnx's drive network; docs/osmnx-agreement.md tells the same."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from ringfence.osm import read_osm
from tests.conftest import ROOT
from tests.contract.osmnx_differences import UNEXPLAINED, differing_ways
from tests.contract.osmnx_drive import osmnx_drive_graph
from tests.contract.osmnx_filter import DriveGraph, drive_graph

PAGE = ROOT / "docs" / "osmnx-agreement.md"
SMALL = (
    "monaco.osm.gz", "andorra.osm.pbf", "liechtenstein-latest.osm.pbf", "baltimore.osm.pbf", "portland.osm.pbf",
)  # fmt: skip
PATIENT = bool(os.environ.get("RINGFENCE_LONG"))
"""`make long` has the patience for all: OSMnx takes a minute over Porto alone."""
QUICK = ("monaco.osm.gz",)
LARGE = ("porto.osm.pbf",)
AGREED = 0.02


@pytest.mark.parametrize("name", SMALL + LARGE if PATIENT else QUICK)
def test_agrees_with_osmnx_and_the_page_says_how_far(name: str, shared_data: Path, tmp_path: Path) -> None:
    extract = shared_data / "data" / "osm" / name
    city = read_osm(extract)
    ours, theirs = drive_graph(city), osmnx_drive_graph(extract, tmp_path)
    for one, other in _counts(ours, theirs):
        assert abs(one - other) <= AGREED * other
    # Equal counts may hide what is missing here and too much there: the very junctions and streets must be the same.
    for apart, whole in zip(_apart(ours, theirs), _counts(ours, theirs), strict=True):
        assert sum(apart) <= AGREED * whole[1]

    reasons = Counter(differing_ways(city, extract).values())
    assert UNEXPLAINED not in reasons
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [_row(name, ours, theirs), *(f"| {name} | {reason} | {count} |" for reason, count in reasons.items())]
    missing = [row for row in rows if row not in lines]
    assert not missing, "docs/osmnx-agreement.md lacks:\n" + "\n".join(missing)
    told = [line for line in lines if line.startswith(f"| {name} |")]
    assert len(told) == len(rows), "docs/osmnx-agreement.md tells of something that is no longer so"


@pytest.mark.parametrize("name", SMALL if PATIENT else QUICK)
def test_is_the_same_network_but_for_the_ways_that_the_page_explains(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    extract = shared_data / "data" / "osm" / name
    city = read_osm(extract)
    apart = differing_ways(city, extract)
    assert drive_graph(city, without=apart) == osmnx_drive_graph(extract, tmp_path, without=apart)


def _counts(ours: DriveGraph, theirs: DriveGraph) -> list[tuple[int, int]]:
    """Junctions, directed segments and the junctions of the core: ours, theirs."""
    return [
        (len(ours.junctions), len(theirs.junctions)),
        (ours.streets.total(), theirs.streets.total()),
        (len(ours.core), len(theirs.core)),
    ]


def _apart(ours: DriveGraph, theirs: DriveGraph) -> list[tuple[int, int]]:
    """Of the same, how many only we have and only they."""
    return [
        (len(ours.junctions - theirs.junctions), len(theirs.junctions - ours.junctions)),
        ((ours.streets - theirs.streets).total(), (theirs.streets - ours.streets).total()),
        (len(ours.core - theirs.core), len(theirs.core - ours.core)),
    ]


def _row(name: str, ours: DriveGraph, theirs: DriveGraph) -> str:
    """The extract's row of the table."""
    cells = [
        f"{one:,} | {other:,} | {100 * (one - other) / other:+.2f} % | {here} / {there}"
        for (one, other), (here, there) in zip(_counts(ours, theirs), _apart(ours, theirs), strict=True)
    ]
    return f"| {name} | " + " | ".join(cells) + " |"
