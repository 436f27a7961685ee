"""How a driver moves once some arms are closed: the planner's own search, kept apart from the checker's."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from ringfence.network import Region
from ringfence.planner.problem import Problem

RING, PROTECTED = int(Region.RING), int(Region.PROTECTED)  # plain numbers: the searches compare them often


@dataclass(frozen=True, slots=True)
class WayIn:
    """Arcs from outside to the protected area; the arms crossed, and those whose barrier the driver turned back at."""

    arcs: tuple[int, ...]
    crossed: frozenset[int]
    turned_back: frozenset[int]


class Motion:
    """Successors of every state for one problem's driver, with the arm that a move crosses or turns back at."""

    def __init__(self, problem: Problem) -> None:
        graph = problem.graph
        self.state_arc: list[int] = graph.state_arc.tolist()
        self.region: list[int] = graph.arc_region[graph.state_arc].tolist()
        usable = graph.usable_arcs(problem.driver)
        self.sources = np.flatnonzero(usable & (graph.arc_region == Region.OUTSIDE)).tolist()
        self.targets = graph.states_on(np.flatnonzero(usable & (graph.arc_region == Region.PROTECTED))).tolist()
        stop_at = np.full(int(graph.arc_head.max()) + 1, -1)
        stop_at[graph.stop_node] = np.arange(len(graph.stop_node))
        turns = graph.usable_turns(problem.driver)
        tails, heads = graph.turn_from[turns], graph.turn_to[turns]
        arms = stop_at[graph.arc_head[graph.state_arc[tails]]]
        self.moves: list[tuple[int, int, int]] = list(  # from, to, arm crossed or -1
            zip(tails.tolist(), heads.tolist(), arms.tolist(), strict=True)
        )
        states_on: list[list[int]] = [[] for _ in usable]
        for state, arc in enumerate(self.state_arc):
            states_on[arc].append(state)
        self.turn_backs: list[tuple[int, int, int]] = []  # from, to, arm at whose barrier the driver turns
        for stop, (before, behind) in enumerate(graph.stop_pieces.tolist()):
            for arc in (2 * before, 2 * behind + 1):
                if usable[arc] and usable[arc ^ 1]:
                    self.turn_backs += [(state, arc ^ 1, stop) for state in states_on[arc]]
        self.half_of_stop = {stop: (before, behind) for stop, (before, behind) in enumerate(graph.stop_pieces.tolist())}
        self.piece_dm = np.rint(graph.piece_length_m * 10).astype(int).tolist()
        self._ahead = _adjacency(self.moves, self.turn_backs, len(self.state_arc), backward=False)
        self._back = _adjacency(self.moves, self.turn_backs, len(self.state_arc), backward=True)

    def find_way_in(self, closed: Collection[int]) -> WayIn | None:
        """A path into the area past the closed arms with few arms on it, or None if they seal it. 0-1 BFS."""
        shut = frozenset(closed)
        came: dict[int, tuple[int, int, bool]] = {}
        cost = dict.fromkeys(self.sources, 0)
        queue = deque(self.sources)
        done: set[int] = set()
        while queue:
            arc = queue.popleft()
            if arc in done:
                continue
            done.add(arc)
            if self.region[arc] == PROTECTED:
                return self._trace(arc, came)
            for head, arm, turned in self._ahead[arc]:
                if (arm in shut) != turned:
                    continue
                step = 1 if arm >= 0 else 0
                if cost[arc] + step < cost.get(head, 1 << 30):
                    cost[head] = cost[arc] + step
                    came[head] = (arc, arm, turned)
                    (queue.append if step else queue.appendleft)(head)
        return None

    def enclosed_pieces(self, closed: Collection[int]) -> set[int]:
        """Ring pieces (halves of arms) from which the area can still be reached without passing a closed arm."""
        shut = frozenset(closed)
        reached = set(self.targets)
        stack = list(self.targets)
        while stack:
            arc = stack.pop()
            for tail, arm, turned in self._back[arc]:
                if (arm in shut) == turned and tail not in reached and self.region[tail] == RING:
                    reached.add(tail)
                    stack.append(tail)
        return {self.state_arc[state] // 2 for state in reached if self.region[state] == RING}

    def enclosed_dm(self, closed: Collection[int]) -> int:
        """Length of the enclosed streets between area and cordon, in whole decimetres."""
        return sum(self.piece_dm[piece] for piece in self.enclosed_pieces(closed))

    def _trace(self, state: int, came: dict[int, tuple[int, int, bool]]) -> WayIn:
        arcs = [self.state_arc[state]]
        crossed: set[int] = set()
        turned_back: set[int] = set()
        while state in came:
            state, arm, turned = came[state]
            arcs.append(self.state_arc[state])
            if arm >= 0:
                (turned_back if turned else crossed).add(arm)
        return WayIn(tuple(reversed(arcs)), frozenset(crossed), frozenset(turned_back))


def _adjacency(
    moves: list[tuple[int, int, int]], turn_backs: list[tuple[int, int, int]], states: int, *, backward: bool
) -> list[list[tuple[int, int, bool]]]:
    beside: list[list[tuple[int, int, bool]]] = [[] for _ in range(states)]
    for edges, turned in ((moves, False), (turn_backs, True)):
        for tail, head, arm in edges:
            start, end = (head, tail) if backward else (tail, head)
            beside[start].append((end, arm, turned))
    return beside
