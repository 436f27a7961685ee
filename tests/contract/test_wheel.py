"""The wheel alone, in a bare environment without Node: it serves the example with its console."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT

BARE = {name: value for name, value in os.environ.items() if name in {"HOME", "LANG", "TMPDIR", "UV_CACHE_DIR"}}


def uv() -> str:
    found = ROOT / ".tools" / "bin" / "uv"
    return str(found) if found.exists() else shutil.which("uv") or pytest.fail("no uv: run make test")


def run(*command: str | Path, **options: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(uv(), "build", "--wheel", "--out-dir", folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_console_and_the_example_and_no_ledger(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "ringfence/server/console/index.html" in names
    assert any(name.startswith("ringfence/server/console/assets/") and name.endswith(".js") for name in names)
    assert any(name.endswith(".woff2") for name in names)
    assert "ringfence/examples/wellington-2022/operation.toml" in names
    assert not any("ledger.sqlite" in name for name in names)


def test_in_a_bare_environment_it_serves_the_example(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    pinned = tmp_path / "pinned.txt"
    run(uv(), "export", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "--output-file", pinned)
    run(uv(), "venv", "--python", sys.executable, venv)
    run(uv(), "pip", "install", "--python", venv / "bin" / "python", "--constraint", pinned, wheel)
    command: list[str | Path] = [
        venv / "bin" / "ringfence",
        "demo",
        "--serve",
        "--port",
        "0",
        "--json",
        "-o",
        tmp_path / "out" / "demo.html",
    ]
    environment = BARE | {"PATH": str(venv / "bin")}
    assert shutil.which("node", path=environment["PATH"]) is None
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment, start_new_session=True
    ) as demo:
        try:
            assert demo.stdout is not None
            url = json.loads(demo.stdout.readline())["url"]
            page = httpx.get(url)
            assert page.status_code == 200
            assert "<script" in page.text
            assert httpx.get(f"{url}api/v1/operation").json()["id"] == "wellington-2022"
            assert httpx.get(f"{url}api/v1/log?limit=1").json()["last_position"] == 156
        finally:
            os.killpg(demo.pid, 15)
