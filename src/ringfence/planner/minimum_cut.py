"""The cheapest cut by max-flow, and the flow as paths: exact where no coupling ties the arms together.

Under turn bans a max-flow may err, since it charges an arm for each direction. But where the paths found share no arm
beyond its price, they prove the cut all the same. Where they do, cases are looked into: the arm is closed, or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from ortools.graph.python import max_flow

from ringfence.network.streets import BoolArray, IntArray
from ringfence.planner.ring import FREE, Ring
from ringfence.planner.ways_on import AREA, OUTSIDE

CASES_MAX = 40
"""How many flows are tried in cases before an integer program is asked."""
SHARED_MAX = 40
"""How many arms that flows share both ways are parted at most, before an integer program is asked."""

UNLIMITED = 1 << 50
"""What an edge carries that no plan can cut: to add up the prices takes as long as to set them."""

_NONE = np.zeros(0, dtype=np.int64)
_NO_CHARGES = (_NONE, _NONE)


class Prices(NamedTuple):
    """What is to be as cheap as possible: a price for each arm closed, and for each node enclosed.

    Attributes
    ----------
    arm : (K,) int
        At least 0; arms that are closed anyway cost nothing here.
    node : (N,) int or None
        At least 0; None: enclosing costs nothing.
    """

    arm: IntArray
    node: IntArray | None = None

    @property
    def charges(self) -> tuple[IntArray, IntArray]:
        """The nodes of the ring that cost something to enclose, and what."""
        if self.node is None:
            return _NO_CHARGES
        charged = np.flatnonzero(self.node)
        charged = charged[charged > AREA]
        return charged, self.node[charged]

    @property
    def total(self) -> int:
        """What all of it costs together."""
        return int(self.arm.sum()) + int(self.charges[1].sum())


@dataclass(frozen=True, slots=True)
class Flow:
    """Part of a flow: edges in order, from the outside or from a node that would have to be enclosed, to the area."""

    edges: tuple[int, ...]
    starts_at: int
    carries: int


class Cut(NamedTuple):
    """Closed arms, the nodes inside, their price, and the flows that prove it.

    `proven` says that no plan is cheaper: the flows carry what the cut costs, and over no arm more than its price.
    `turns` says that some of them turn round at arms that are closed anyway. Where it is not proven, every plan costs
    `bound` at least, and `doubt` is an arm that spoils the proof.
    """

    closed: BoolArray
    inside: BoolArray
    price: int
    flows: tuple[Flow, ...]
    proven: bool
    turns: bool = False
    bound: int = 0
    doubt: int = FREE


def cheapest_cut(
    ring: Ring, prices: Prices, *, must_enclose: Sequence[int] = (), must_exclude: int = -1, with_flows: bool = True
) -> Cut | None:
    """The cheapest cut of the ring, and of all cheapest cuts the innermost; None where no plan exists.

    Cheapest cuts form a lattice (Picard and Queyranne 1980): its innermost element is contained in the inside of every
    other, so it encloses the least and is unique. One max-flow, then paths. Deterministic.

    Parameters
    ----------
    must_enclose : sequence of int
        Nodes that must lie inside, all of them.
    must_exclude : int
        A node that must lie outside; -1: none.
    with_flows : bool
        Whether the paths are wanted where the cut is proven without looking at them.
    """
    if ring.direct is not None:
        return None
    asked = _asked(ring, prices, must_enclose, must_exclude, UNLIMITED)
    solved = asked.solved(ring)
    if solved is None:  # no plan, or prices beyond what was taken for unlimited
        asked = _asked(ring, prices, must_enclose, must_exclude, prices.total + 1)
        solved = asked.solved(ring)
    if solved is None:
        return None
    closed = ring.crossing(solved.inside)
    if ring.problem.closes_anyway:
        closed |= ring.problem.closed_anyway
    if not ring.is_plain:
        return _under_bans(ring, asked, solved, closed)
    flows = asked.as_paths(asked.network, solved.flow()) if with_flows else ()
    return Cut(closed, solved.inside, solved.value, flows, proven=True, bound=solved.value)


def _asked(ring: Ring, prices: Prices, must_enclose: Sequence[int], must_exclude: int, unlimited: int) -> _Asked:
    """The network whose cuts are the plans, at these prices; what no plan can cut costs `unlimited`."""
    problem = ring.problem
    anyway = problem.closes_anyway
    arm_price = np.where(problem.closed_anyway, 0, prices.arm) if anyway else prices.arm
    charged, charge = prices.charges
    price = np.empty(len(arm_price) + 1, dtype=np.int64)
    price[:FREE] = arm_price
    price[FREE] = unlimited  # the last stands for no arm
    price[:FREE][problem.never_closed] = unlimited
    network = _Edges(ring.tail, ring.head, price.take(ring.arm))
    if len(charged):
        network = network.with_more(np.zeros_like(charged), charged, charge)
    for node in must_enclose:
        network = network.with_more([node], [AREA], [unlimited])
    if must_exclude >= 0:
        network = network.with_more([OUTSIDE], [must_exclude], [unlimited])
    real_edges = len(network.tail)
    if anyway:  # what is closed in any case can be turned round at
        turning = np.flatnonzero(problem.closed_anyway[ring.back_arm])
        network = network.with_more(ring.back_tail[turning], ring.back_head[turning], np.full(len(turning), unlimited))
    kept = tuple(must_enclose), must_exclude
    return _Asked(network, len(ring.tail), real_edges, arm_price, charged, charge, unlimited, *kept)


def _under_bans(ring: Ring, asked: _Asked, solved: _Solved, closed: BoolArray) -> Cut:
    """The cut under turn bans, with what its flows prove: that it is the cheapest, or else a bound.

    It is no proof where more gets in past the closed arms than the flow saw (who turns round at one of them), into the
    area or to where it must not, or where the flows carry more over an arm, both ways together, than it costs.
    """
    flows = asked.as_paths(asked.network, solved.flow())
    inside = ring.inside(closed, asked.must_enclose)
    price = int(asked.arm_price[closed].sum()) + int(asked.charge[inside[asked.charged]].sum())
    leaks = bool(inside[OUTSIDE]) or (asked.must_exclude >= 0 and bool(inside[asked.must_exclude]))
    another = price != solved.value or leaks
    if not another:
        flows = _share_no_arm(ring, asked, flows, solved.value)
    over = _over(ring, flows, asked.arm_price)
    spoilt = np.flatnonzero(over)
    doubt = FREE
    if another:
        doubt = _doubtful(ring, solved.inside, closed)
    elif len(spoilt):
        doubt = int(spoilt[0])
    proven = not another and doubt == FREE
    turns = _use(flows, asked.real_edges)
    return Cut(closed, inside, price, flows, proven, turns=turns, bound=solved.value - int(over.sum()), doubt=doubt)


def _use(flows: tuple[Flow, ...], first: int) -> bool:
    """Whether any flow runs over that edge or one behind it."""
    return any(edge >= first for flow in flows for edge in flow.edges)


def cheapest_by_cases(
    ring: Ring, prices: Prices, *, must_enclose: Sequence[int] = (), must_exclude: int = -1
) -> Cut | None:
    """The cheapest cut under turn bans too, proven by cases: an arm that spoils a proof is closed, or it is not.

    In either case it spoils nothing any more. The case that may be cheapest is looked into first; it ends when that one
    is proven. Exact where it returns a proven cut; None where no plan exists. A cut that is not proven says that
    `CASES_MAX` flows did not do. Deterministic.
    """

    def solve(case: Ring) -> Cut | None:
        return cheapest_cut(case, prices, must_enclose=must_enclose, must_exclude=must_exclude, with_flows=False)

    cut = solve(ring)
    if cut is None or cut.proven:
        return cut
    todo = [(cut.bound, 0, ring, 0, cut)]  # bound, number (so that nothing behind it is compared), case, paid, its cut
    for number in range(1, CASES_MAX, 2):
        if not todo:
            return None
        _, _, case, paid, cut = heappop(todo)
        if cut.proven:
            return cut._replace(price=paid + cut.price)
        if cut.doubt == FREE:
            break
        asked, arm, price = case.problem.asked, ring.problem.arms.ids[cut.doubt], int(prices.arm[cut.doubt])
        closed = case.asking(asked.model_copy(update={"must": asked.must | {arm}}))
        left_open = case.asking(asked.model_copy(update={"must_not": asked.must_not | {arm}}))
        for place, (half, cost) in enumerate(((closed, paid + price), (left_open, paid))):
            further = solve(half)
            if further is not None:
                heappush(todo, (cost + further.bound, number + place, half, cost, further))
    return cut._replace(proven=False)


def _doubtful(ring: Ring, inside: BoolArray, closed: BoolArray) -> int:
    """An arm of a cut that is crossed both ways, or that drivers turn round at to get inside; `FREE` if none is."""
    free = np.append(~ring.problem.closed_anyway & closed, False)
    crossed = ring.arm[~inside[ring.tail] & inside[ring.head]]
    arms, times = np.unique(crossed[free[crossed]], return_counts=True)
    both_ways = arms[times > 1]
    turned = ring.back_arm[~inside[ring.back_tail] & inside[ring.back_head]]
    found = np.concatenate([both_ways, turned[free[turned]]])
    return int(found[0]) if len(found) else FREE


class _Solved(NamedTuple):
    """The flow's value, the nodes inside, and the flow over each edge for those who want the paths."""

    value: int
    inside: BoolArray
    solver: max_flow.SimpleMaxFlow
    edges: IntArray

    def flow(self) -> IntArray:
        flow: IntArray = self.solver.flows(self.edges)
        return flow


class _Edges(NamedTuple):
    tail: IntArray
    head: IntArray
    capacity: IntArray

    def with_more(self, tail: ArrayLike, head: ArrayLike, capacity: ArrayLike) -> _Edges:
        """With further edges behind these."""
        return _Edges(np.append(self.tail, tail), np.append(self.head, head), np.append(self.capacity, capacity))

    def max_flow(self, node_count: int) -> _Solved | None:
        # Backwards, from the area: it touches fewer streets than the outside, so that less is pushed in vain.
        solver = max_flow.SimpleMaxFlow()
        edges = solver.add_arcs_with_capacity(self.head, self.tail, self.capacity)
        if solver.solve(AREA, OUTSIDE) != solver.OPTIMAL:
            return None
        inside = bytearray(node_count)  # of a short list filled sooner than an array is indexed by it
        for node in solver.get_source_side_min_cut():
            inside[node] = True
        return _Solved(solver.optimal_flow(), np.frombuffer(inside, dtype=bool), solver, edges)


class _Asked(NamedTuple):
    """A cheapest cut as a network: the ring's edges, then charges for enclosing, then what must be, then turns.

    `ring_edges` is where the charges begin, `real_edges` where the turns at arms that are closed anyway do. What may
    not be cut can carry `unlimited`.
    """

    network: _Edges
    ring_edges: int
    real_edges: int
    arm_price: IntArray
    charged: IntArray
    charge: IntArray
    unlimited: int
    must_enclose: tuple[int, ...]
    must_exclude: int

    def solved(self, ring: Ring) -> _Solved | None:
        """The cheapest cut; None where each costs more than anything that can be cut."""
        solved = self.network.max_flow(ring.node_count)
        return solved if solved is not None and solved.value < self.unlimited else None

    def as_paths(self, network: _Edges, flow: IntArray) -> tuple[Flow, ...]:
        """A flow through this network, or one like it with less capacity, as paths."""
        return _as_paths(network, flow, ring_edges=self.ring_edges, charges=len(self.charged))


def _over(ring: Ring, flows: tuple[Flow, ...], arm_price: IntArray) -> IntArray:
    """(K,) what flows carry over each arm beyond its price. What is left without that is still a proof of a bound.

    What no plan can close carries as much as anybody likes.
    """
    carried = np.zeros(len(arm_price) + 1, dtype=np.int64)  # the last stands for no arm
    for flow in flows:
        over_arms = [edge for edge in flow.edges if edge < len(ring.tail)]
        np.add.at(carried, ring.arm[over_arms], flow.carries)
    over: IntArray = np.maximum(carried[:FREE] - arm_price, 0)
    over[ring.problem.never_closed] = 0
    return over


def _share_no_arm(ring: Ring, asked: _Asked, flows: tuple[Flow, ...], value: int) -> tuple[Flow, ...]:
    """Flows that carry over no arm more than its price in both directions together, if they are found.

    An arm that is used both ways is closed one way, then the other, as long as as much flows without.
    """
    network = asked.network
    for _ in range(SHARED_MAX):
        over = np.flatnonzero(_over(ring, flows, asked.arm_price))
        if not len(over):
            break
        used = [edge for flow in flows for edge in flow.edges if edge < len(ring.tail) and ring.arm[edge] == over[0]]
        for edge in dict.fromkeys(used):
            capacity = network.capacity.copy()
            capacity[edge] = 0
            fewer = _Edges(network.tail, network.head, capacity)
            solved = fewer.max_flow(ring.node_count)
            if solved is not None and solved.value == value:
                network = fewer
                flows = asked.as_paths(fewer, solved.flow())
                break
        else:
            break
    return flows


def _as_paths(network: _Edges, flow: IntArray, *, ring_edges: int, charges: int) -> tuple[Flow, ...]:
    """A flow taken apart into paths without circles; opposite flows cancel on the way.

    So many `charges` behind the first `ring_edges` stand for the price of enclosing a node: a path over one begins at
    that node.
    """
    tail, head = network.tail, network.head
    left = _without_opposites(tail, head, flow)
    leaving: dict[int, list[int]] = {}
    for edge in np.flatnonzero(left)[::-1].tolist():
        leaving.setdefault(int(tail[edge]), []).append(edge)
    ahead, remaining = head.tolist(), left.tolist()
    paths: list[Flow] = []

    def onward(node: int) -> int | None:
        edges = leaving.get(node, [])
        while edges and not remaining[edges[-1]]:
            edges.pop()
        return edges[-1] if edges else None

    while onward(OUTSIDE) is not None:
        path: list[int] = []
        came: dict[int, int] = {OUTSIDE: 0}
        node = OUTSIDE
        while node != AREA:
            edge = onward(node)
            assert edge is not None  # what flows into a node flows out of it
            path.append(edge)
            node = ahead[edge]
            if node in came:  # a circle carries nothing from outside: take it out
                circle = path[came[node] :]
                amount = min(remaining[one] for one in circle)
                for one in circle:
                    remaining[one] -= amount
                path = path[: came[node]]
                came = {at: place for at, place in came.items() if place <= came[node]}
            else:
                came[node] = len(path)
        amount = min(remaining[one] for one in path)
        for one in path:
            remaining[one] -= amount
        charged = tail[path[0]] == OUTSIDE and ring_edges <= path[0] < ring_edges + charges
        paths.append(Flow(tuple(path[charged:]), ahead[path[0]] if charged else OUTSIDE, amount))
    return tuple(paths)


def _without_opposites(tail: IntArray, head: IntArray, flow: IntArray) -> IntArray:
    """The flow, with what runs to and fro between two nodes taken off both ways, over whichever edges it runs."""
    used = np.flatnonzero(flow)
    between: dict[tuple[int, int], list[int]] = {}
    for edge, ends in zip(used.tolist(), zip(tail[used].tolist(), head[used].tolist(), strict=True), strict=True):
        between.setdefault(ends, []).append(edge)
    left = flow.astype(np.int64)
    for (start, end), there in between.items():
        back = between.get((end, start), ()) if start < end else ()
        pairs = ((one, other) for one in there for other in back)
        for one, other in pairs:
            both = min(left[one], left[other])
            left[one] -= both
            left[other] -= both
    return left
