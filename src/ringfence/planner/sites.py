"""Sites: the junctions at which a plan's arms lie. One site can need several arms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from ringfence.planner.integer_program import IntegerProgram
from ringfence.planner.problem import Problem

SiteKey = tuple[str, int]


def site_keys(problem: Problem, arm: int) -> list[SiteKey]:
    """The junctions that an arm reaches; an arm between two outlines is a site of its own."""
    graph, piece = problem.graph, problem.arms.piece[arm]
    ends = {int(graph.piece_from_node[piece]), int(graph.piece_to_node[piece])}
    junctions = sorted(end for end in ends if end < len(problem.network.junction_ids))
    return [("junction", end) for end in junctions] or [("arm", arm)]


def choose_sites(problem: Problem, arms: Iterable[int]) -> dict[int, SiteKey]:
    """A site for each arm, such that there are as few sites as can be. Exact, by an integer program."""
    program = IntegerProgram()
    keys = {arm: site_keys(problem, arm) for arm in sorted(arms)}
    numbered = {key: ix for ix, key in enumerate(sorted({key for of_arm in keys.values() for key in of_arm}))}
    sites = program.columns(len(numbered))
    for of_arm in keys.values():
        program.row({int(sites[numbered[key]]): 1.0 for key in of_arm}, low=1.0)
    solution = program.solve(np.ones(len(numbered), dtype=np.int64))
    assert solution is not None
    return {arm: next(key for key in of_arm if solution.chosen[sites[numbered[key]]]) for arm, of_arm in keys.items()}


def count_sites(problem: Problem, arms: Iterable[int]) -> int:
    """The fewest junctions such that every arm ends at one of them."""
    keys = {arm: site_keys(problem, arm) for arm in arms}
    times = Counter(key for of_arm in keys.values() for key in of_arm)
    # Who shares no junction with another is a site alone; only the rest leaves a choice.
    sharing = [arm for arm, of_arm in keys.items() if any(times[key] > 1 for key in of_arm)]
    return len(keys) - len(sharing) + (len(set(choose_sites(problem, sharing).values())) if sharing else 0)
