"""The fewest arms under turn bans, site charges and couplings: an integer program, with paths as its proof.

A plan seals the area if and only if it stops every way in. A way in is stopped by closing an arm that it crosses, or
by opening an arm at whose barrier the driver turned round (under turn bans, a new barrier can make a new turning
place, and so a new way in). So the plans are the solutions of one clause per way in. The ways in are too many to list;
they are found as they are needed: solve over the clauses so far, look for a way in past that solution, add it, repeat.
When none is left the solution is a plan, and the clauses so far prove that nothing cheaper is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ringfence.base.errors import Fault, Unsupported
from ringfence.network import Region
from ringfence.planner.integer_program import IntegerProgram
from ringfence.planner.minimum_cut import minimum_cut
from ringfence.planner.motion import PROTECTED, RING, Motion, WayIn
from ringfence.planner.problem import Problem

ROUNDS_MAX = 5000
ARMS_AT_ONCE = 10
"""How many arms one solution can settle: their weights stay far below what a solver tells apart."""
CHOSEN = 0.5
OUTSIDE = int(Region.OUTSIDE)


@dataclass(frozen=True, slots=True)
class Covering:
    """The cheapest arms that stop every way in; `ways_in` prove the cost. `arms` is None where none would do."""

    arms: frozenset[int] | None
    lower_bound: int
    ways_in: tuple[WayIn, ...]


def cover_ways_in(problem: Problem, motion: Motion) -> Covering:
    """The fewest arms (plus site charges), ties broken by street enclosed, then by arm ids. Exact, deterministic.

    Raises
    ------
    Unsupported
        If a problem with site charges or couplings is not finished after `ROUNDS_MAX` rounds. Without them the plan
        that ignores turn bans is returned then, with the bound reached.
    """
    ways_in: list[WayIn] = []
    lower_bound = 0
    for _ in range(ROUNDS_MAX):
        master = _Master(problem)
        for way in ways_in:
            master.stop(way)
        closed = master.cheapest()
        if closed is None:
            return Covering(None, 0, tuple(ways_in))
        lower_bound = plan_cost(problem, closed)
        fresh = _ways_past(problem, motion, closed)
        if not fresh:
            return Covering(_least_enclosed(problem, motion, lower_bound), lower_bound, tuple(ways_in))
        ways_in += fresh
    # A seal that ignores turn bans is a seal: bans only take ways in away, and without them no barrier makes a new one.
    if problem.demands.coupled:
        found = f"no proven answer after {ROUNDS_MAX} rounds"
        do = "Ask without site charges and couplings, or draw the limit closer."
        raise Unsupported([Fault("plan-too-hard", "plan", "a problem that this version can finish", found, do)])
    return Covering(minimum_cut(problem).arms, lower_bound, tuple(ways_in))


def plan_cost(problem: Problem, closed: Collection[int]) -> int:
    """Arms, plus the charge for the fewest junctions that between them have all the arms."""
    charge = problem.demands.site_charge
    return len(closed) + (charge * count_sites(problem, closed) if charge else 0)


def count_sites(problem: Problem, closed: Collection[int]) -> int:
    """The fewest junctions such that every arm ends at one of them; an arm without a junction is its own site."""
    program = IntegerProgram()
    sites: dict[int, int] = {}
    alone = 0
    for arm in sorted(closed):
        ends = problem.arms[arm].ends
        if not ends:
            alone += 1
            continue
        columns = [sites.setdefault(end, -1) for end in ends]
        for place, end in enumerate(ends):
            if columns[place] < 0:
                columns[place] = sites[end] = program.column(cost=1.0)
        program.row(dict.fromkeys(columns, 1.0), low=1.0)
    solution = program.solve()
    assert solution is not None
    return alone + sum(value > CHOSEN for value in solution)


def _ways_past(problem: Problem, motion: Motion, closed: frozenset[int]) -> list[WayIn]:
    """Ways in past a solution, each over arms that the ones before do not cross: several clauses a round."""
    found: list[WayIn] = []
    shut = set(closed)
    while (way := motion.find_way_in(shut)) is not None:
        found.append(way)
        fresh = way.crossed - problem.must_not
        if not fresh:
            break
        shut |= fresh
    return found


class _Master:
    """The integer program over the clauses found so far."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.program = IntegerProgram()
        charge = problem.demands.site_charge
        self.closed = [
            self.program.column(cost=1.0, lower=float(ix in problem.must), upper=float(ix not in problem.must_not))
            for ix in range(len(problem.arms))
        ]
        if charge:
            sites: dict[tuple[str, int], int] = {}
            for ix, arm in enumerate(problem.arms):
                keys = [("junction", end) for end in arm.ends] or [("arm", ix)]
                for key in keys:
                    if key not in sites:
                        sites[key] = self.program.column(cost=float(charge))
                row = dict.fromkeys((sites[key] for key in keys), 1.0)
                self.program.row({**row, self.closed[ix]: -1.0}, low=0.0)
        for first, second in sorted(problem.demands.together):
            a, b = problem.arm_ix[first], problem.arm_ix[second]
            if a != b:
                self.program.row({self.closed[a]: 1.0, self.closed[b]: -1.0}, low=0.0, high=0.0)

    def stop(self, way: WayIn) -> None:
        row: dict[int, float] = {}
        for arm in way.crossed:
            row[self.closed[arm]] = row.get(self.closed[arm], 0.0) + 1.0
        for arm in way.turned_back:
            row[self.closed[arm]] = row.get(self.closed[arm], 0.0) - 1.0
        self.program.row(row, low=1.0 - len(way.turned_back))

    def cheapest(self) -> frozenset[int] | None:
        solution = self.program.solve()
        return None if solution is None else self.chosen(solution)

    def chosen(self, solution: list[float]) -> frozenset[int]:
        return frozenset(ix for ix, column in enumerate(self.closed) if solution[column] > CHOSEN)


def _least_enclosed(problem: Problem, motion: Motion, cost: int) -> frozenset[int]:
    """Of all plans of that cost, the one that encloses the least street, then has the first arm ids."""
    master = _Master(problem)
    program = master.program
    program.row({ix: value for ix, value in enumerate(program.cost) if value}, high=float(cost))
    enclosed = _reach_columns(motion, master)
    first = program.solve(cost=enclosed)
    assert first is not None
    best = master.chosen(first)
    metres = motion.enclosed_dm(best)
    program.row(enclosed, high=metres + CHOSEN)
    return _first_by_id(problem, master, best)


def _first_by_id(problem: Problem, master: _Master, best: frozenset[int]) -> frozenset[int]:
    """Of all solutions, the one that has the first arms in order of id. `best` is one of them."""
    program = master.program
    candidates = _in_some_solution(problem, master, best)
    for first in range(0, len(candidates), ARMS_AT_ONCE):
        batch = candidates[first : first + ARMS_AT_ONCE]
        # Each arm outweighs all that come behind it, so that one solution settles the whole batch.
        weights = {master.closed[ix]: -float(1 << (len(batch) - place)) for place, ix in enumerate(batch)}
        solution = program.solve(cost=weights)
        assert solution is not None
        best = master.chosen(solution)
        for ix in batch:
            program.lower[master.closed[ix]] = program.upper[master.closed[ix]] = float(ix in best)
    return best


def _in_some_solution(problem: Problem, master: _Master, best: frozenset[int]) -> list[int]:
    """Arms that stand in at least one solution, in order of id: look for others until there are none."""
    found = set(best)
    while True:
        others = {master.closed[ix]: -1.0 for ix in range(len(problem.arms)) if ix not in found}
        solution = master.program.solve(cost=others)
        assert solution is not None
        fresh = master.chosen(solution) - found
        if not fresh:
            return sorted(found)
        found |= fresh


def _reach_columns(motion: Motion, master: _Master) -> dict[int, float]:
    """Columns that say from which states the area can be reached, and the lengths that their pieces enclose (dm)."""
    program = master.program
    reaches: dict[int, int | float] = {}
    for state in sorted({state for tail, head, _ in [*motion.moves, *motion.turn_backs] for state in (tail, head)}):
        region = motion.region[state]
        fixed = {OUTSIDE: 0.0, PROTECTED: 1.0}.get(region)
        reaches[state] = program.column(lower=fixed or 0.0, upper=1.0 if fixed is None else fixed)
    for moves, turned in ((motion.moves, False), (motion.turn_backs, True)):
        for tail, head, arm in moves:
            if motion.region[tail] == PROTECTED or motion.region[head] == OUTSIDE:
                continue
            row = {int(reaches[tail]): 1.0, int(reaches[head]): -1.0}
            if arm >= 0:
                row[master.closed[arm]] = -1.0 if turned else 1.0
            program.row(row, low=-1.0 if turned else 0.0)
    enclosed: dict[int, float] = {}
    pieces: dict[int, int] = {}
    for state, column in reaches.items():
        if motion.region[state] != RING:
            continue
        piece = motion.state_arc[state] // 2
        if piece not in pieces:
            pieces[piece] = program.column()
            enclosed[pieces[piece]] = float(motion.piece_dm[piece])
        program.row({pieces[piece]: 1.0, int(column): -1.0}, low=0.0)
    return enclosed
