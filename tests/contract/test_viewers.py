"""Two hundred viewers on the live events, each dropping its connection now and then, while entries come in."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.conftest import ROOT

VIEWERS = 200
GROWTH_MB_MAX = 25
"""Entries and replays are kept; a screen that came back and left something behind would show a thousandfold."""


def test_none_of_two_hundred_viewers_misses_an_entry() -> None:
    load = ["--viewers", str(VIEWERS), "--rate", "10", "--seconds", "4", "--stays", "0.3", "2"]
    command = [sys.executable, "-m", "benchmarks.viewers", *load]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "missed an entry, or saw one twice or out of order: 0" in done.stdout
    said = re.search(r"reconnections with Last-Event-ID: (\d+)", done.stdout)
    assert said is not None
    assert int(said[1]) >= VIEWERS, "each comes back at least once on average"
    memory_mb = [int(mb) for mb in re.findall(r"\d+: (\d+)", done.stdout.partition("memory of the server")[2])]
    assert memory_mb[-1] - memory_mb[0] <= GROWTH_MB_MAX, memory_mb
