"""The command line as its entry point runs it, in this process or in one of its own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from ringfence.cli.main import run


@dataclass(frozen=True)
class Done:
    """What became of a command."""

    returncode: int
    stdout: str
    stderr: str


def ringfence(*arguments: str | Path, typed: str | None = None) -> Done:
    """Run a command in this process: what a process of its own costs is only imports. `typed`: standard input."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr("sys.argv", ["ringfence", *map(str, arguments)])
        if typed is not None:
            patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8"))
        with pytest.raises(SystemExit) as ended:
            run()
    said, complained = (stream.buffer.getvalue().decode() for stream in (out, err))
    return Done(int(ended.value.code or 0), said, complained)


def ringfence_alone(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as a shell does."""
    command = [sys.executable, "-m", "ringfence.cli.main", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@contextmanager
def started(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """A command that goes on in a process of its own, and what it prints; it does not outlive its test."""
    command = [sys.executable, "-m", "ringfence.cli.main", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout
        finally:
            process.kill()


def answer(*arguments: str | Path, status: int = 0) -> dict[str, Any]:
    """What a command answers with --json."""
    done = ringfence(*arguments, "--json")
    assert done.returncode == status, done.stdout + done.stderr
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    return document
