"""Fixtures that many tests share: the example operation, and a copy of it to spoil."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ringfence.operation import Operation, open_operation
from tests.crash.server import Server

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "wellington-2022"
SHARED = ROOT.parent / "shared"


def pytest_configure() -> None:
    """Whoever runs tests in the background has interrupts ignored, by whatever the tests start, too: not here."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of the tests' own. Missing, it is missed aloud."""
    server = Server()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL server that a test may kill."""
    own = Server()
    yield own
    own.remove()


@pytest.fixture(params=["sqlite", "postgres"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Path | str]]:
    """Places for ledgers, by name, that know nothing of each other: files, or databases of a server."""
    if request.param == "sqlite":
        yield lambda name: tmp_path / f"{name}.db"
        return
    server: Server = request.getfixturevalue("postgres")
    yield server.place
    server.clear()
