"""Sites: the junctions at which a plan's arms lie. One site can need several arms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from ringfence.network.streets import IntArray
from ringfence.planner.integer_program import IntegerProgram
from ringfence.planner.problem import Problem
from ringfence.planner.ring import WayIn

SiteKey = tuple[str, int]
NO_SITE = -1


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


class SiteColumns:
    """Columns for the junctions of which each arm that is put up needs one. None where sites cost nothing.

    Attributes
    ----------
    columns : (S,) int
    at_end : (K, 2) int
        The column of the junction at each arm's first and last end; `NO_SITE` where an outline ends it.
    of_arm : list of list of int
        The columns of which an arm needs one; none of an arm that stands there already.
    """

    def __init__(self, program: IntegerProgram, problem: Problem, closed: IntArray) -> None:
        charged = range(len(problem.arms)) if problem.demands.site_charge else range(0)
        keys = [site_keys(problem, arm) for arm in charged]
        number = {key: ix for ix, key in enumerate(sorted({key for of_arm in keys for key in of_arm}))}
        self.columns = program.columns(len(number))
        column = dict(zip(number, self.columns.tolist(), strict=True))
        graph, piece = problem.graph, problem.arms.piece
        ends = np.column_stack([graph.piece_from_node[piece], graph.piece_to_node[piece]])[: len(keys)]
        self.at_end = np.array([[column.get(("junction", end), NO_SITE) for end in pair] for pair in ends.tolist()])
        self.of_arm = [
            [] if arm in problem.fixed else [column[key] for key in of_arm] for arm, of_arm in enumerate(keys)
        ]
        for arm, of_arm in enumerate(self.of_arm):
            if of_arm:
                program.row({**dict.fromkeys(of_arm, 1.0), int(closed[arm]): -1.0}, low=0.0)

    def stopping(self, way: WayIn) -> set[int]:
        """The columns of which a way in needs one, if one of its arms is to be closed. None where none is charged."""
        arms = [self.of_arm[arm] for arm in way.crossed] if self.of_arm else []
        return {column for of_arm in arms for column in of_arm} if all(arms) else set()
