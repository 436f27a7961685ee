"""`python -m tests.fuzz --inputs 1000000 --seed 1 --jobs 2`: exit code 1 if anything was found."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from contextlib import closing

from tests.fuzz.doors import DOORS
from tests.fuzz.running import Tally, by_kind, run, table

NUMBERS_SHOWN = 5
LOUD_EVERY_S = 10.0


def main() -> int:
    """Try the inputs that the arguments name, tell how far it is, and what came of it."""
    wish = _arguments().parse_args()
    numbers = range(wish.only, wish.only + 1) if wish.only is not None else range(wish.first, wish.first + wish.inputs)
    print(f"seed {wish.seed}: inputs {numbers.start:,} to {numbers.stop - 1:,}", file=sys.stderr)
    whole, begun, loud = Tally(), time.monotonic(), 0.0
    with closing(run(wish.seed, numbers, jobs=wish.jobs, doors=tuple(wish.door))) as running:
        for tally in running:
            whole.add(tally)
            for one in tally.findings:
                print(f"found at {one.door}, input {one.number}: {one.kind}", file=sys.stderr)
            spent = time.monotonic() - begun
            if spent - loud > LOUD_EVERY_S:
                loud = spent
                print(f"{whole.total:,} tried in {spent:.0f} s, {len(whole.findings)} found", file=sys.stderr)
            if wish.minutes is not None and spent > 60 * wish.minutes:
                break
    _tell_findings(whole, wish.seed)
    print(table(whole))
    print(f"seed {wish.seed}, {time.monotonic() - begun:.0f} s, {len(whole.findings)} found")
    return 1 if whole.findings else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Readers under a million strange inputs.")
    parser.add_argument("--inputs", type=int, default=100_000, help="how many (default: 100000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="default: another one every time")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once (default: 1)")
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default: 0)")
    parser.add_argument("--only", type=int, help="try this one input: a finding again")
    parser.add_argument("--minutes", type=float, help="stop after so long")
    names = [door.name for door in DOORS]
    parser.add_argument(
        "--door", action="append", default=[], choices=names, help="only inputs of this door; repeatable"
    )
    return parser


def _tell_findings(tally: Tally, seed: int) -> None:
    for (door, kind), alike in by_kind(tally.findings).items():
        numbers = ", ".join(str(one.number) for one in alike[:NUMBERS_SHOWN])
        print(f"FOUND at {door}, {len(alike)} times: {kind}\n{alike[0].told}")
        print(f"inputs {numbers}: python -m tests.fuzz --seed {seed} --only {alike[0].number}\n")


if __name__ == "__main__":
    sys.exit(main())
