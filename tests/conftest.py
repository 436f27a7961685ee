"""Fixtures that many tests share: the example operation, and a copy of it to spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ringfence.operation import Operation, open_operation

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "wellington-2022"
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def wellington() -> Operation:
    return open_operation(EXAMPLE)


@pytest.fixture
def spoilable(tmp_path: Path) -> Path:
    """A copy of the example's folder that a test may spoil."""
    folder = tmp_path / "operation"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("ledger.sqlite*"))
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip("SKIPPED ALOUD: the shared data folder is not beside this checkout")
    return SHARED
