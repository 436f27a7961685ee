"""The fewest arms by max-flow: exact where no turn ban and no coupling ties the arms together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import max_flow

from ringfence.network import Region
from ringfence.network.streets import IntArray
from ringfence.planner.problem import Problem


@dataclass(frozen=True, slots=True)
class Cut:
    """Arms that seal the area, and as many paths as arms, no two over the same closable arm.

    `paths` hold arcs of the problem's graph. `arms` is None where every barrier allowed would not do.
    """

    arms: frozenset[int] | None
    paths: tuple[tuple[int, ...], ...]


def minimum_cut(problem: Problem) -> Cut:
    """A minimum cut, and of all minimum cuts the one that encloses the least street.

    That one is the cut nearest to the protected area: minimum cuts form a lattice (Picard and Queyranne 1980), its
    innermost element is contained in the inside of every other, so it encloses the fewest metres and is unique.
    Exact and deterministic; one max-flow.
    """
    graph, driver = problem.graph, problem.driver
    usable = graph.usable_arcs(driver)
    region = graph.arc_region
    ends = graph.nodes_for(driver)
    source, sink, forbidden = _terminals(problem, usable, ends)
    crossing = _crossing_arm(problem)
    ring = np.flatnonzero(usable & (region == Region.RING))
    unlimited = len(problem.arms) + 1
    capacity = np.full(len(ring), unlimited, dtype=np.int64)
    arm = crossing[ring]
    chargeable = arm >= 0
    capacity[chargeable] = 1
    capacity[chargeable & np.isin(arm, list(problem.must_not))] = unlimited
    capacity[chargeable & np.isin(arm, list(problem.must))] = 0
    node = np.arange(forbidden + 1)
    node[source], node[sink] = forbidden + 1, forbidden + 2
    if np.intersect1d(source, sink).size:
        return Cut(None, ())
    solver = max_flow.SimpleMaxFlow()
    tails, heads = node[ends[0][ring]], node[ends[1][ring]]
    edges = solver.add_arcs_with_capacity(tails, heads, capacity)
    if solver.solve(forbidden + 1, forbidden + 2) != solver.OPTIMAL or solver.optimal_flow() >= unlimited:
        return Cut(None, ())
    inside = np.zeros(forbidden + 3, dtype=bool)
    inside[solver.get_sink_side_min_cut()] = True
    cut = chargeable & ~inside[tails] & inside[heads]
    flow = np.zeros(2 * graph.piece_count, dtype=np.int64)
    flow[ring] = solver.flows(edges)
    return Cut(
        frozenset(arm[cut].tolist()) | problem.must,
        tuple(_paths(problem, ends, flow, (set(source.tolist()), set(sink.tolist())), solver.optimal_flow())),
    )


def _terminals(problem: Problem, usable: np.ndarray, ends: tuple[IntArray, IntArray]) -> tuple[IntArray, IntArray, int]:
    """Nodes that are entered from outside, nodes from which the area is entered, and the highest node number."""
    region = problem.graph.arc_region
    tail, head = ends
    source = np.unique(head[usable & (region == Region.OUTSIDE)])
    sink = np.unique(tail[usable & (region == Region.PROTECTED)])
    return source, sink, int(max(tail.max(), head.max()))


def _crossing_arm(problem: Problem) -> IntArray:
    """For each arc that leads away from an arm's middle, the arm; -1 elsewhere. So an arm is charged once a way."""
    arm = np.full(2 * problem.graph.piece_count, -1, dtype=np.int64)
    for stop, (before, behind) in enumerate(problem.graph.stop_pieces.tolist()):
        arm[2 * behind] = arm[2 * before + 1] = stop
    return arm


def _paths(
    problem: Problem, ends: tuple[IntArray, IntArray], flow: IntArray, terminals: tuple[set[int], set[int]], count: int
) -> list[tuple[int, ...]]:
    """Unit flows as paths of arcs, from an arc outside to an arc of the area. Opposite flows on a piece cancel."""
    graph = problem.graph
    tail, head = ends
    source, sink = terminals
    both = np.minimum(flow[0::2], flow[1::2])
    flow = flow - np.repeat(both, 2)
    usable = graph.usable_arcs(problem.driver)
    leaving: dict[int, list[int]] = {}
    for arc in np.flatnonzero(flow).tolist():
        leaving.setdefault(int(tail[arc]), []).extend([arc] * int(flow[arc]))
    starts = sorted(node for node in leaving if node in source)
    paths = []
    for _ in range(count):
        node = next(node for node in starts if leaving.get(node))
        arcs: list[int] = []
        while node not in sink:
            arc = leaving[node].pop()
            arcs.append(arc)
            node = int(head[arc])
            if node in source:  # the unit passed along the outside: only what follows is a way in
                arcs.clear()
            elif any(int(tail[other]) == node for other in arcs):
                arcs = _without_loop(tail, arcs, node)
        paths.append(arcs)
    entering, into = usable & (graph.arc_region == Region.OUTSIDE), usable & (graph.arc_region == Region.PROTECTED)
    return [
        (
            int(np.flatnonzero(entering & (head == tail[arcs[0]]))[0]),
            *arcs,
            int(np.flatnonzero(into & (tail == head[arcs[-1]]))[0]),
        )
        for arcs in paths
    ]


def _without_loop(tail: IntArray, arcs: list[int], node: int) -> list[int]:
    return arcs[: next(ix for ix, arc in enumerate(arcs) if int(tail[arc]) == node)]
