"""Every door where a file comes in: whatever the bytes, the reader answers or refuses with faults; it never crashes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringfence.base.errors import BadInput, Fault
from ringfence.model.operation import AccessFile, BarriersFile, OperationFile, PromisesFile
from ringfence.network import read_area, read_network
from ringfence.operation import open_operation
from ringfence.operation.readers import read_log, read_portals, read_sites, read_toml
from ringfence.promises import check_promises
from tests.conftest import EXAMPLE

INPUTS = [
    "operation.toml",
    "network/junctions.tsv",
    "network/segments.tsv",
    "network/turn_restrictions.tsv",
    "area.geojson",
    "barriers.toml",
    "access.toml",
    "promises.toml",
    "sites.tsv",
    "portals.tsv",
    "log.jsonl",
]
ROUNDS = 30  # `make fuzz` takes a million inputs
SPLICES = [
    b"\x00",
    b"\xff\xfe",
    b"\t",
    b"\n",
    b"nan",
    b"inf",
    b"-1e308",
    b"1e999",
    b'"',
    b"[" * 3000,
    b"{" * 3000,
    "\u202e".encode(),
    b"null",
    b"99999999999999999999",
    b"0000-00-00T00:00:00Z",
    b"9999-12-31T23:59:59.999999-23:59",
    b"../../etc/passwd",
]


def mutate(data: bytes, random_: random.Random) -> bytes:
    """Flip, cut, double, splice: a few times over."""
    changed = bytearray(data)
    for _ in range(random_.randint(1, 4)):
        start = random_.randrange(len(changed) + 1)
        end = min(len(changed), start + random_.randint(0, 40))
        kind = random_.randrange(5)
        if kind == 0 and start < len(changed):
            changed[start] ^= 1 << random_.randrange(8)
        elif kind == 1:
            del changed[start:end]
        elif kind == 2:
            changed[start:start] = changed[start:end]
        elif kind == 3:
            changed[start:end] = random_.choice(SPLICES)
        else:
            del changed[start:]
    return bytes(changed)


@pytest.mark.parametrize("name", INPUTS)
def test_a_mutated_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    """Seeded by the file's name: a failure names the round, and the round reproduces."""
    folder = tmp_path / "operation"
    shutil.copytree(EXAMPLE, folder)
    original = (folder / name).read_bytes()
    refused = 0
    for round_ in range(ROUNDS):
        (folder / name).write_bytes(mutate(original, random.Random(f"{name} {round_}")))
        try:
            operation = open_operation(folder)
        except BadInput as error:
            refused += 1
            assert error.faults, f"round {round_}"
            assert all(len(fault.found) < 500 for fault in error.faults), f"round {round_}"
        else:
            at = operation.file.starts + (operation.file.ends - operation.file.starts) * random.Random(round_).random()
            check_promises(operation, at=at, with_since=round_ % 10 == 0)
    assert refused > ROUNDS // 6, "the mutations hardly spoil anything: this fuzz proves nothing"


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    faults: list[Fault] = []
    read_network(data, data, data, faults)
    read_area(data, "area", faults)
    read_log(data, "log", faults)
    read_sites(data, "sites", faults)
    read_portals(data, "portals", faults)
    for record in (OperationFile, BarriersFile, AccessFile, PromisesFile):
        read_toml(data, "toml", record, faults)
    assert faults
