"""Same seed, same plan, byte for byte: in processes whose sets and dictionaries of words have other orders."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from ringfence.planner import make_plan
from tests.property.strategies import ROWS, draw_instance

INSTANCES = int(os.environ.get("RINGFENCE_INSTANCES", "10"))
"""For each row; `make long` takes 2,000."""
CHUNK = 250
ROOT = Path(__file__).resolve().parents[2]


def digests(first_seed: int, last_seed: int) -> str:
    """A line for each row and seed: the SHA-256 of the plan with its certificate."""
    lines = []
    for row in ROWS:
        for seed in range(first_seed, last_seed):
            one = draw_instance(seed, row)
            plan = make_plan(one.network, one.area, one.driver, one.demands, measure=one.measure)
            lines.append(f"{row} {seed} {sha256(plan.model_dump_json().encode()).hexdigest()}")
    return "\n".join(lines)


@pytest.mark.parametrize("first_seed", range(0, INSTANCES, CHUNK))
def test_every_process_comes_to_the_same_plan(first_seed: int) -> None:
    last_seed = min(first_seed + CHUNK, INSTANCES)
    command = [sys.executable, "-m", __name__, str(first_seed), str(last_seed)]
    running = [
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": order}, stdout=subprocess.PIPE)
        for order in ("1", "2")
    ]
    one, other = (process.communicate()[0].decode().splitlines() for process in running)
    assert len(one) == len(ROWS) * (last_seed - first_seed)
    assert one == other


if __name__ == "__main__":
    print(digests(*map(int, sys.argv[1:])))
