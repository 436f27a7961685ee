"""Opening an operation: a sound one opens, a spoilt one is refused with every fault at once, and nothing is written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ringfence.base.errors import BadInput
from ringfence.operation import Operation, open_operation
from tests.conftest import EXAMPLE


def test_the_example_opens(wellington: Operation) -> None:
    assert len(wellington.barriers) == 8
    assert len(wellington.entries) > 140
    assert open_operation(EXAMPLE).network.hash == wellington.network.hash


def edit(name: str, pattern: str, replacement: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        changed = re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE)
        assert changed != text, f"{pattern!r} was not found in {name}"
        path.write_text(changed, encoding="utf-8")

    return spoil


def drop_source(folder: Path) -> None:
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    entry = json.loads(lines[4])
    del entry["source"]
    lines[4] = json.dumps(entry)
    (folder / "log.jsonl").write_text("\n".join(lines), encoding="utf-8")


def widen_limit(folder: Path) -> None:
    area = json.loads((folder / "area.geojson").read_text(encoding="utf-8"))
    limit = next(one for one in area["features"] if one["properties"]["role"] == "limit")
    limit["geometry"]["coordinates"] = [
        [[174.7, -41.3], [174.8, -41.3], [174.8, -41.2], [174.7, -41.2], [174.7, -41.3]]
    ]
    (folder / "area.geojson").write_text(json.dumps(area), encoding="utf-8")


def cross_area(folder: Path) -> None:
    area = json.loads((folder / "area.geojson").read_text(encoding="utf-8"))
    protected = next(one for one in area["features"] if one["properties"]["role"] == "protected")
    protected["geometry"]["coordinates"] = [
        [[174.776, -41.279], [174.778, -41.277], [174.778, -41.279], [174.776, -41.277], [174.776, -41.279]]
    ]
    (folder / "area.geojson").write_text(json.dumps(area), encoding="utf-8")


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing file": (lambda folder: (folder / "sites.tsv").unlink(), "missing-file"),
    "unknown zone": (edit("operation.toml", "Pacific/Auckland", "Pacific/Atlantis"), "unknown-zone"),
    "barrier off the segment": (edit("barriers.toml", "offset_m = 8.0", "offset_m = 8000.0"), "barrier-off-network"),
    "barrier on no segment": (edit("barriers.toml", '"hill-street-4"', '"hill-street-99"'), "barrier-off-network"),
    "rule naming an unknown category": (
        edit("access.toml", r'categories = \["emergency"\]', 'categories = ["wizard"]'),
        "unknown-category",
    ),
    "entry without a source": (drop_source, "bad-field"),
    "limit reaching the clipped edge": (widen_limit, "limit-at-clipped-edge"),
    "self-crossing area": (cross_area, "bad-polygon"),
    "a file outside the folder": (edit("operation.toml", '"sites.tsv"', '"../sites.tsv"'), "outside-folder"),
    "promise about an unknown site": (edit("promises.toml", '"railway-station"', '"airport"'), "unknown-site"),
    "segment to nowhere": (
        edit("network/segments.tsv", "\taitken-guthrie\t", "\tnowhere\t"),
        "unknown-junction",
    ),
    "unknown vehicle class": (edit("network/segments.tsv", "\tall\tall\t", "\tall\tspaceship\t"), "unknown-class"),
    "misspelt field": (edit("promises.toml", 'threat = "lawful"', 'thread = "lawful"'), "bad-field"),
    "entry that follows none": (edit("log.jsonl", '"follows": \\["W085"\\]', '"follows": ["W999"]'), "unknown-entry"),
    "state without barriers": (edit("log.jsonl", '"state": "installed"', '"state": null'), "half-effect"),
    "barrier turned inside out": (edit("barriers.toml", 'inside = "to"', 'inside = "from"'), "wrong-inside"),
    "mistyped coordinate": (edit("network/junctions.tsv", "-41\\.2", "-14.2"), "segment-too-long"),
    "site off the map": (edit("sites.tsv", "174\\.7806\t-41\\.2790", "10.0\t50.0"), "site-off-network"),
    "bad id": (edit("network/segments.tsv", "^aitken-street-1\t", "aitken street\t"), "bad-id"),
    "entries that follow each other": (
        edit("log.jsonl", '"state": "installed"', '"state": "installed", "follows": ["W086"]'),
        "follows-circle",
    ),
    "a rule for a barrier that is no gate": (
        edit("access.toml", 'id = "no-return"', 'id = "no-return"\ngates = ["nowhere"]'),
        "unknown-gate",
    ),
    "a year that nobody lives to see": (edit("operation.toml", "ends = 2022", "ends = 9999"), "bad-field"),
    "a name with a null byte": (edit("operation.toml", '"sites.tsv"', '"a\\\\u0000b"'), "bad-field"),
    "a claimed retraction": (
        edit("log.jsonl", '"certainty": "claimed"', '"certainty": "claimed", "retracts": ["W001"]'),
        "unsure-retraction",
    ),
    "a number without end": (edit("log.jsonl", '"number": 8', '"number": ' + "9" * 400), "bad-field"),
    "a position without end": (edit("area.geojson", "174\\.77585", "1" * 400), "bad-polygon"),
    "a digit string where text belongs": (edit("access.toml", '"residents"', "0x1" + "0" * 5000), "bad-field"),
    "future format": (edit("operation.toml", "format = 1", "format = 2"), "bad-field"),
}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", FAULTS)
def test_a_spoilt_operation_is_refused_with_a_fault_that_says_what_to_do(name: str, spoilable: Path) -> None:
    spoil, code = FAULTS[name]
    spoil(spoilable)
    before = files(spoilable)
    with pytest.raises(BadInput) as refused:
        open_operation(spoilable)
    assert code in {fault.code for fault in refused.value.faults}
    assert all(fault.where and fault.expected and fault.found and fault.do for fault in refused.value.faults)
    assert files(spoilable) == before


def test_a_limit_that_swallows_the_network_is_refused_because_anything_would_be_sealed(spoilable: Path) -> None:
    """Nothing outside means no leak, whatever stands: the seal would be faked by the edge of the data."""
    widen_limit(spoilable)
    junctions = spoilable / "network/junctions.tsv"
    junctions.write_text(junctions.read_text(encoding="utf-8").replace("\tyes\t", "\t\t"), encoding="utf-8")
    portals = spoilable / "portals.tsv"
    portals.write_text(portals.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        open_operation(spoilable)
    assert "no-outside" in {fault.code for fault in refused.value.faults}


def test_every_fault_is_listed_at_once(spoilable: Path) -> None:
    together = [
        "missing file",
        "unknown zone",
        "barrier off the segment",
        "rule naming an unknown category",
        "entry without a source",
        "limit reaching the clipped edge",
        "misspelt field",
    ]
    for name in together:
        FAULTS[name][0](spoilable)
    with pytest.raises(BadInput) as refused:
        open_operation(spoilable)
    found = {fault.code for fault in refused.value.faults}
    assert {FAULTS[name][1] for name in together} <= found


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no-folder"):
        open_operation(tmp_path / "nowhere")
