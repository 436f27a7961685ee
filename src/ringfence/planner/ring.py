"""The ring between protected area and limit as a small graph: what every method of the planner works on.

A *node* is a choice of ways on: two drivers who arrive somewhere and have the same ways on stand at the same node.
Where no turn ban binds the driver that is simply the junction. Where one does, those whom it binds stand at a node of
their own, so that the plain graph says exactly who can drive where. Node 0 is all of the outside, node 1 all of the
area: their size, and that of the city, no longer matter. An *edge* leads from node to node over one arm, one way.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, dijkstra

from ringfence.model.plans import Demands
from ringfence.network.streets import BoolArray, IntArray
from ringfence.planner.problem import Problem
from ringfence.planner.ways_on import AREA, OUTSIDE, WaysOn

FREE = -1
ARM_WEIGHT, FREE_WEIGHT = 1000.0, 1.0
"""A way in over few arms is looked for, and of those one over few edges."""
WAVES_MAX = 32
"""How many edges deep the inside is looked for wave by wave, each over all edges."""


@dataclass(frozen=True, slots=True)
class WayIn:
    """Arcs from outside to the protected area; the arms crossed, and those whose barrier the driver turned back at.

    `turned_at` are the places in `arcs` behind which he turned at a barrier, and not at the end of the street. A way
    that begins in the ring has `encloses`, the halves of arms (arm, end) at whose end it begins, and no arc outside.
    """

    arcs: tuple[int, ...]
    crossed: frozenset[int]
    turned_back: frozenset[int]
    turned_at: frozenset[int] = frozenset()
    encloses: tuple[tuple[int, int], ...] = ()


class Ring:
    """One problem's ring.

    Attributes
    ----------
    node_count : int
    tail, head, arm, state : (E,) int
        Edges; `arm` is `FREE` where nothing has to be crossed, and `state` then too.
    back_tail, back_head, back_arm, back_state : (B,) int
        Where a driver ends up who turns round at a closed arm, where that is not where he came from.
    half_node : (K, 2) int
        Where somebody stands who has come along an arm to its first and to its last end: a half of an arm is enclosed
        if from there the area can be reached.
    direct : tuple of int or None
        Arcs of a way in that crosses no arm at all.
    is_plain : bool
        Whether nodes are junctions: then ways that meet can be exchanged, and turning back leads nowhere new.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        ways_on = WaysOn(problem)
        self.direct = ways_on.direct
        states = ways_on.ring_states
        arcs = ways_on.state_arc[states]
        tail, head = ways_on.tail[states], ways_on.arrival[states]
        arm = problem.arm_of_piece[arcs // 2]
        free_tail, free_head = ways_on.free
        # Where nodes are junctions, who turns round is where he came from.
        back_head = tail if ways_on.is_plain else np.where(ways_on.usable[arcs ^ 1], ways_on.arrival[arcs ^ 1], tail)
        # Number the nodes that are left without gaps, outside and area first.
        parts = (tail, head, free_tail, free_head, back_head, ways_on.half_nodes(problem.arms.piece))
        used = np.zeros(ways_on.node_count, dtype=bool)
        used[[OUTSIDE, AREA]] = True
        for nodes in parts:
            used[nodes] = True
        number = np.cumsum(used) - 1
        self.node_count = int(number[-1]) + 1
        tail, head, free_tail, free_head, back_head, self.half_node = (number[nodes] for nodes in parts)
        keep = (tail != AREA) & (head != OUTSIDE) & (tail != head)
        none = np.full(len(free_tail), FREE, dtype=np.int64)
        self.tail = np.concatenate([tail[keep], free_tail])
        self.head = np.concatenate([head[keep], free_head])
        self.arm = np.concatenate([arm[keep], none])
        self.state = np.concatenate([states[keep], none])
        turns = (back_head != tail) & (tail != AREA) & (back_head != OUTSIDE)
        self.back_tail, self.back_head = tail[turns], back_head[turns]
        self.back_arm, self.back_state = arm[turns], states[turns]
        self.is_plain = ways_on.is_plain
        self._ways_on = ways_on

    def asking(self, demands: Demands) -> Ring:
        """The same streets under other demands; nothing is worked out again."""
        other = copy(self)
        other.problem = self.problem.asking(demands)
        return other

    def inside(self, closed: BoolArray, also: Sequence[int] = ()) -> BoolArray:
        """(N,) the nodes from which the area, or another of these nodes, can be reached past the closed arms (K,)."""
        tail, head = self._open_edges(closed)
        inside = np.zeros(self.node_count, dtype=bool)
        reached: IntArray = np.array([AREA, *also])
        for _ in range(WAVES_MAX):  # most rings are few edges wide: no graph is built for a search by then
            inside[reached] = True
            reached = tail[inside[head] & ~inside[tail]]
            if not len(reached):
                return inside
        back = csr_matrix((np.ones(len(tail), dtype=np.int8), (head, tail)), shape=(self.node_count,) * 2)
        for node in (AREA, *also):
            inside[breadth_first_order(back, node, return_predecessors=False)] = True
        return inside

    def seals(self, closed: BoolArray) -> bool:
        """Whether nobody gets in past the closed arms."""
        return self.direct is None and not self.inside(closed)[OUTSIDE]

    def crossing(self, inside: BoolArray) -> BoolArray:
        """(K,) the arms that lead from a node that is not inside to one that is."""
        crossing = np.zeros(len(self.problem.arms) + 1, dtype=bool)  # the last stands for no arm
        crossing[self.arm[self._crossed(inside)]] = True
        return crossing[:-1]

    def crossed_towards(self, inside: BoolArray) -> BoolArray:
        """(K, 2) whether a line around these nodes crosses an arm towards its first end, and towards its last."""
        edges = self._crossed(inside)
        edges = edges[self.arm[edges] != FREE]
        towards = np.zeros((len(self.problem.arms), 2), dtype=bool)
        towards[self.arm[edges], self.led_to(edges)] = True
        return towards

    def entered_from(self, arm: int, end: int, inside: BoolArray) -> tuple[int, ...]:
        """The nodes from which the line is crossed over an arm towards that end of it. Where bans bind, several."""
        edges = self._crossed(inside)
        edges = edges[self.arm[edges] == arm]
        return tuple(np.unique(self.tail[edges[self.led_to(edges) == end]]).tolist())

    def led_to(self, edges: IntArray) -> IntArray:
        """Which end of its arm each of these edges leads to: 0 the first, 1 the last. None of them may be free."""
        towards: IntArray = 1 - self._ways_on.state_arc[self.state[edges]] % 2
        return towards

    def _crossed(self, inside: BoolArray) -> IntArray:
        """Edges from a node that is not inside to one that is."""
        crossed: IntArray = (inside.take(self.head) > inside.take(self.tail)).nonzero()[0]
        return crossed

    def find_way_in(self, closed: BoolArray, turning: BoolArray | None = None) -> WayIn | None:
        """A way into the area past the closed arms with few arms on it, or None if they seal it. Deterministic.

        Parameters
        ----------
        turning : (K,) bool or None
            Closed arms in front of which drivers may turn round; None: all that are closed.
        """
        if self.direct is not None:
            return WayIn(self.direct, frozenset(), frozenset())
        turning = closed if turning is None else turning
        shut = np.append(closed, False)  # the last stands for no arm
        straight, turned = np.flatnonzero(~shut[self.arm]), np.flatnonzero(turning[self.back_arm])
        edge = np.concatenate([straight, len(self.tail) + turned])
        tail = np.concatenate([self.tail[straight], self.back_tail[turned]])
        head = np.concatenate([self.head[straight], self.back_head[turned]])
        arm = np.concatenate([self.arm[straight], self.back_arm[turned]])
        weight = np.where(arm >= 0, ARM_WEIGHT, FREE_WEIGHT)
        order = np.lexsort([edge, weight, head, tail])  # of parallel edges the lightest comes first
        tail, head, weight, edge = tail[order], head[order], weight[order], edge[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        tail, head, weight, edge = tail[first], head[first], weight[first], edge[first]
        graph = csr_matrix((weight, (tail, head)), shape=(self.node_count,) * 2)
        far, before = dijkstra(graph, indices=OUTSIDE, return_predecessors=True)
        if not np.isfinite(far[AREA]):
            return None
        keys = tail * self.node_count + head
        edges: list[int] = []
        node = AREA
        while node != OUTSIDE:
            previous = int(before[node])
            edges.append(int(edge[np.searchsorted(keys, previous * self.node_count + node)]))
            node = previous
        return self.way_along(edges[::-1])

    def way_along(self, edges: Sequence[int], starts_at: int = OUTSIDE) -> WayIn:
        """The way in along edges in order, the first of which leaves the outside, or another node."""
        states: list[int] = []
        crossed: set[int] = set()
        turned: set[int] = set()
        turned_at: set[int] = set()
        for edge in edges:
            if edge >= len(self.tail):
                back = edge - len(self.tail)
                states += [int(self.back_state[back]), int(self._ways_on.state_arc[self.back_state[back]]) ^ 1]
                turned.add(int(self.back_arm[back]))
                turned_at.add(len(states) - 1)  # one arc comes before the states
            elif (arm := int(self.arm[edge])) >= 0:
                states.append(int(self.state[edge]))
                crossed.add(arm)
        arcs = self._ways_on.arcs_with_ends(states, from_outside=starts_at == OUTSIDE)
        if starts_at == OUTSIDE:
            return WayIn(arcs, frozenset(crossed), frozenset(turned), frozenset(turned_at))
        halves = [(int(arm), int(end)) for arm, end in np.argwhere(self.half_node == starts_at)]
        return WayIn(arcs, frozenset(crossed), frozenset(turned), encloses=tuple(halves))

    def _open_edges(self, closed: BoolArray) -> tuple[IntArray, IntArray]:
        open_to = ~np.append(closed, False)[self.arm]
        turned = closed[self.back_arm]
        return (
            np.concatenate([self.tail[open_to], self.back_tail[turned]]),
            np.concatenate([self.head[open_to], self.back_head[turned]]),
        )

    @cached_property
    def half_dm(self) -> IntArray:
        """(K, 2) length of each half of an arm, in whole decimetres."""
        arms = self.problem.arms
        halves = np.column_stack([arms.middle_m - arms.start_m, arms.end_m - arms.middle_m])
        return np.rint(halves * 10).astype(np.int64)

    @cached_property
    def half_addresses(self) -> IntArray:
        """(K, 2) addresses along each half of an arm."""
        arms, facts = self.problem.arms, self.problem.network.facts
        # Addresses and places compare as one number: the segment, then how far along it.
        far = float(self.problem.network.length_m.max()) + 1.0
        served = facts.address_segment_ix * far + facts.address_offset_m
        edges = np.column_stack([arms.start_m, arms.middle_m, arms.end_m]) + arms.segment_ix[:, None] * far
        at = np.searchsorted(served, edges)
        at[:, 2] = np.searchsorted(served, edges[:, 2], side="right")
        return np.diff(at, axis=1).astype(np.int64)

    def enclosed(self, halves: IntArray, inside: BoolArray) -> int:
        """The sum over all halves (K, 2) from which the area can be reached."""
        return int(halves[inside[self.half_node]].sum())

    def at_nodes(self, halves: IntArray) -> IntArray:
        """(N,) what each node adds to the enclosed, of what lies on the halves (K, 2). Nothing at node 0."""
        sums = np.bincount(self.half_node.ravel(), weights=halves.ravel(), minlength=self.node_count)
        sums[OUTSIDE] = 0
        return np.rint(sums).astype(np.int64)
