"""Two hundred viewers on the live events, each dropping its connection now and then, while entries come in."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def test_none_of_two_hundred_viewers_misses_an_entry() -> None:
    command = [sys.executable, "-m", "benchmarks.viewers", "--viewers", "200", "--rate", "10", "--seconds", "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "missed an entry, or saw one twice or out of order: 0" in done.stdout
