"""PostgreSQL's programs are found wherever they are, and those from PyPI keep a ledger just as well."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.crash import programs
from tests.crash.server import Server
from tests.unit.test_ledger import assert_gapless, create, draft


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test finds holds for that test."""
    programs.folder_of_programs.cache_clear()
    yield
    programs.folder_of_programs.cache_clear()


def put_programs(folder: Path, told: str) -> Path:
    folder.mkdir(parents=True)
    for name in programs.PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\necho '{told}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_off_the_path_the_newest_installation_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in (9, 14, 15, 17):
        put_programs(tmp_path / "postgresql" / str(version) / "bin", f"postgres (PostgreSQL) {version}.3")
    (tmp_path / "postgresql" / "18" / "bin").mkdir(parents=True)  # a client's, without a server
    monkeypatch.setattr(programs, "_readable", lambda folder: folder)  # a test's folder is closed to other accounts
    monkeypatch.delenv(programs.WISH, raising=False)
    monkeypatch.setenv("PATH", os.pathsep.join(["/nowhere", *_without_postgres()]))
    monkeypatch.setattr(programs.installed, "__defaults__", ((f"{tmp_path}/postgresql/*/bin",),))
    assert programs.folder_of_programs() == tmp_path / "postgresql" / "17" / "bin"


def test_one_that_is_too_old_is_passed_by_and_none_at_all_fails_aloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = put_programs(tmp_path / "bin", "postgres (PostgreSQL) 14.9 (Debian 14.9-1)")
    monkeypatch.setenv(programs.WISH, str(old))
    assert programs.version_of(old) == 14
    with pytest.raises(pytest.fail.Exception, match="15 or newer"):
        programs.folder_of_programs()


@pytest.mark.skipif(find_spec("pgserver") is None, reason="SKIPPED ALOUD: no wheel of pgserver for this machine")
def test_the_programs_from_pypi_do_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(programs.WISH, "pgserver")
    assert "pgserver" in str(programs.folder_of_programs())
    server = Server()
    try:
        with closing(create(server.place("from pypi"))) as ledger:
            ledger.add(draft())
            server.kill()
            server.start()
            ledger.add(draft())
            assert_gapless(ledger, 2)
    finally:
        server.remove()


def _without_postgres() -> list[str]:
    folders = os.environ["PATH"].split(os.pathsep)
    return [folder for folder in folders if not (Path(folder) / "postgres").exists()]
