"""Same seed, same plans, byte for byte: in processes whose sets and dictionaries of words have other orders."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from ringfence.base.measures import Burden
from ringfence.model.record import Record
from ringfence.planner import (
    Problem,
    Ring,
    find_best,
    list_alternatives,
    make_front,
    make_plan,
    one_street_further,
    plan_stages,
)
from tests.property.strategies import ROWS, Instance, draw_instance

INSTANCES = int(os.environ.get("RINGFENCE_INSTANCES", "10"))
"""For each row; `make long` takes 2,000."""
EACH = 5
"""Each fifth is asked for fronts, alternatives and stages too: these take most of the time."""
BURDENS = (Burden.STREET, Burden.THROUGH, Burden.ADDRESSES)
CHUNK = 250
ROOT = Path(__file__).resolve().parents[2]


def digests(first_seed: int, last_seed: int) -> str:
    """For each row and seed the SHA-256 of the plan with its certificate, and of what else there is to choose."""
    lines = []
    for row in ROWS:
        for seed in range(first_seed, last_seed):
            one = draw_instance(seed, row)
            plan = make_plan(one.network, one.area, one.driver, one.demands, measure=one.measure)
            answers: dict[str, list[Record | str]] = {"plan": [plan]}
            if seed % EACH == 0:
                answers |= _choices(one, BURDENS[seed // EACH % len(BURDENS)])
            for name, told in answers.items():
                text = "\n".join(part if isinstance(part, str) else part.model_dump_json() for part in told)
                lines.append(f"{row} {seed} {name} {sha256(text.encode()).hexdigest()}")
    return "\n".join(lines)


def _choices(one: Instance, against: Burden) -> dict[str, list[Record | str]]:
    """The front; plans nearly as good, the way to the last of them in stages, and what moving the line costs."""
    ring = Ring(Problem(one.network, one.area, one.driver, one.demands, measure=one.measure))
    answers: dict[str, list[Record | str]] = {"front": [make_front(ring, against)]}
    best = find_best(ring)
    if best is None:
        return answers
    others = list(islice(list_alternatives(ring, best, differ=1), 3))
    answers["alternatives"] = list(others)
    answers["further"] = [repr(moved) for moved in one_street_further(ring, best.closed)]
    if others:
        last = frozenset(barrier.id for barrier in others[-1].plan.barriers) | one.demands.fixed
        closed = np.array([arm in last for arm in ring.problem.arms.ids])
        answers["stages"] = [plan_stages(ring, best.closed, closed)]
    return answers


@pytest.mark.parametrize("first_seed", range(0, INSTANCES, CHUNK))
def test_every_process_comes_to_the_same_plan(first_seed: int) -> None:
    last_seed = min(first_seed + CHUNK, INSTANCES)
    command = [sys.executable, "-m", __name__, str(first_seed), str(last_seed)]
    running = [
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": order}, stdout=subprocess.PIPE)
        for order in ("1", "2")
    ]
    one, other = (process.communicate()[0].decode().splitlines() for process in running)
    told = Counter(line.split(" ")[-2] for line in one)
    assert told["plan"] == len(ROWS) * (last_seed - first_seed)
    assert told["front"] == len(ROWS) * len(range(first_seed, last_seed, EACH))
    assert min(told["alternatives"], told["further"]) >= told["front"] // 2, told
    assert told["stages"] >= told["front"] // 5, told
    assert one == other


if __name__ == "__main__":
    print(digests(*map(int, sys.argv[1:])))
