"""The minimum cut as somebody would get it without Ringfence: igraph, OR-Tools, NetworkX.

Each is given plain arrays of edges, so that nothing of its time is ours. Value and cut come out, as the edges to close:
no proof, no names of places, no ties broken.
"""

from __future__ import annotations

from dataclasses import dataclass

import igraph
import networkx as nx
import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow

from benchmarks.harness import Clock
from ringfence.base.traffic import Driver, Threat
from ringfence.network import Area, City, Form, Network, Region, build_movement_graph, cut_out
from ringfence.network.city import DEGREE_E7
from ringfence.network.streets import BoolArray, IntArray
from ringfence.planner.ring import Ring
from ringfence.planner.ways_on import AREA, OUTSIDE

DETERMINED = Driver(Threat.DETERMINED)
UNLIMITED = 1_000_000
"""More than any cut here costs, and small enough for every peer's type of number."""


@dataclass(frozen=True)
class Edges:
    """A graph as arrays: edges with what crossing each costs, and the two nodes to part."""

    tail: IntArray
    head: IntArray
    capacity: IntArray
    nodes: int
    source: int
    sink: int
    directed: bool

    def both_ways(self) -> tuple[IntArray, IntArray, IntArray]:
        """Every edge as arcs, one for each direction that it has."""
        if self.directed:
            return self.tail, self.head, self.capacity
        ends = np.concatenate([self.tail, self.head]), np.concatenate([self.head, self.tail])
        return *ends, np.concatenate([self.capacity, self.capacity])

    def crossing(self, inside: BoolArray) -> IntArray:
        """The edges that lead to the inside; without directions, those with one end there."""
        tail, head = inside[self.tail], inside[self.head]
        return np.flatnonzero(~tail & head if self.directed else tail != head)


def igraph_cut(edges: Edges, clock: Clock) -> int:
    """`Graph.mincut`. Of the ways to hand edges over, a list of pairs was the quickest."""
    pairs = list(zip(edges.tail.tolist(), edges.head.tolist(), strict=True))
    graph = igraph.Graph(n=edges.nodes, edges=pairs, directed=edges.directed)
    clock.lap("graph")
    cut = graph.mincut(edges.source, edges.sink, edges.capacity.tolist())
    closed = np.array(cut.cut)
    clock.lap("solve")
    assert edges.capacity[closed].sum() == cut.value
    return int(cut.value)


def ortools_cut(edges: Edges, clock: Clock, *, backwards: bool = False) -> int:
    """`SimpleMaxFlow`, its arcs added as arrays; `backwards`: from the sink, as ours asks it."""
    solver = max_flow.SimpleMaxFlow()
    tail, head, capacity = edges.both_ways()
    solver.add_arcs_with_capacity(*((head, tail) if backwards else (tail, head)), capacity)
    clock.lap("graph")
    inside = np.zeros(edges.nodes, dtype=bool)
    if backwards:
        status = solver.solve(edges.sink, edges.source)
        inside[solver.get_source_side_min_cut()] = True
    else:
        status = solver.solve(edges.source, edges.sink)
        inside[solver.get_sink_side_min_cut()] = True
    closed = edges.crossing(inside)
    clock.lap("solve")
    assert status == solver.OPTIMAL
    assert edges.capacity[closed].sum() == solver.optimal_flow()
    return int(solver.optimal_flow())


def networkx_cut(edges: Edges, clock: Clock) -> int:
    """`minimum_cut`. NetworkX knows no parallel edges there, so they are merged into one."""
    tail, head, capacity = edges.tail, edges.head, edges.capacity
    if not edges.directed:
        tail, head = np.minimum(tail, head), np.maximum(tail, head)
    ends, which = np.unique(tail * np.int64(edges.nodes) + head, return_inverse=True)
    merged = np.bincount(which, weights=capacity)
    graph = nx.DiGraph() if edges.directed else nx.Graph()
    between = zip((ends // edges.nodes).tolist(), (ends % edges.nodes).tolist(), merged.tolist(), strict=True)
    graph.add_weighted_edges_from(between, weight="capacity")
    clock.lap("graph")
    value, (_, at_sink) = nx.minimum_cut(graph, edges.source, edges.sink)
    inside = np.zeros(edges.nodes, dtype=bool)
    inside[list(at_sink)] = True
    closed = edges.crossing(inside)
    clock.lap("solve")
    assert edges.capacity[closed].sum() == value
    return int(value)


def ring_edges(ring: Ring) -> Edges:
    """What our own max-flow gets: the ring with the outside as one node and the area as another."""
    price = np.append(np.where(ring.problem.never_closed, UNLIMITED, ring.problem.cost), UNLIMITED)
    return Edges(ring.tail, ring.head, price[ring.arm], ring.node_count, OUTSIDE, AREA, directed=True)


def window_edges(network: Network, area: Area, clock: Clock) -> Edges:
    """The ring from a window, as a user of a solver would make it: streets cut at the outlines, then contracted."""
    pieces = _pieces(network, area)
    clock.lap("streets")
    edges = _contracted(pieces, pieces.node_count)
    clock.lap("arrays")
    return edges


def whole_city_edges(city: City, area: Area, clock: Clock, *, contract: bool) -> Edges:
    """Every street of a city that can be driven. Streets in the ring cost 1, all others can't be cut.

    Parameters
    ----------
    contract : bool
        Make one node of all that lies beyond the limit, and one of the area; otherwise the graph stays as it is, a
        source is joined to the nodes right beyond the limit, and the nodes of the area to a sink.
    """
    west, south, east, north = np.array(area.limit.bounds) * DEGREE_E7
    box = city.segment_box_e7
    meets = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
    near = np.flatnonzero(meets)
    pieces = _pieces(cut_out(city, near), area)
    clock.lap("streets")
    far = np.flatnonzero(city.segment_physical & ~meets)
    # Nodes are the city's junctions, and behind them the places where an outline or a bollard cuts a street.
    ends = np.column_stack([city.segment_from_ix[near], city.segment_to_ix[near]])
    junction_ix = np.unique(ends).astype(np.int64)
    more = max(pieces.node_count - len(junction_ix), 0)
    number = np.concatenate([junction_ix, city.junction_count + np.arange(more)])
    whole = _Pieces(
        tail=np.concatenate([number[pieces.tail], city.segment_from_ix[far]]),
        head=np.concatenate([number[pieces.head], city.segment_to_ix[far]]),
        region=np.concatenate([pieces.region, np.full(len(far), int(Region.OUTSIDE))]),
        can_close=np.concatenate([pieces.can_close, np.zeros(len(far), dtype=bool)]),
        node_count=city.junction_count + more,
    )
    edges = _contracted(whole, whole.node_count) if contract else _as_it_is(whole, near_count=len(pieces.tail))
    clock.lap("arrays")
    return edges


@dataclass(frozen=True)
class _Pieces:
    """Stretches of street that a determined driver can use, each wholly inside, in the ring or outside."""

    tail: IntArray
    head: IntArray
    region: IntArray
    can_close: BoolArray
    node_count: int

    @property
    def capacity(self) -> NDArray[np.int64]:
        return np.where(self.can_close, 1, UNLIMITED)

    def nodes_in(self, region: Region, among: slice = slice(None)) -> IntArray:
        """Ends of the pieces in a region, each once."""
        within = self.region[among] == region
        touched = np.zeros(self.node_count, dtype=bool)
        touched[self.tail[among][within]] = touched[self.head[among][within]] = True
        return np.flatnonzero(touched)


def _pieces(network: Network, area: Area) -> _Pieces:
    """Streets cut at the outlines; the polygon work is the same as ours, done by the same code."""
    graph = build_movement_graph(network, area)
    usable = np.flatnonzero(graph.usable_arcs(DETERMINED)[::2])  # physical: both ways or none
    tail, head = (nodes[2 * usable] for nodes in graph.nodes_for(DETERMINED))
    region = graph.piece_region[usable]
    # Where our placing rules let no barrier stand, theirs may not stand either.
    barred = (network.facts.form[graph.piece_segment_ix[usable]] & (Form.RAMP | Form.TUNNEL)) != 0
    count = int(max(tail.max(), head.max())) + 1
    return _Pieces(tail, head, region, (region == Region.RING) & ~barred, count)


def _as_it_is(pieces: _Pieces, *, near_count: int) -> Edges:
    near = slice(0, near_count)
    outside, inside = pieces.nodes_in(Region.OUTSIDE, near), pieces.nodes_in(Region.PROTECTED, near)
    source, sink = pieces.node_count, pieces.node_count + 1
    free = np.full(len(outside) + len(inside), UNLIMITED)
    return Edges(
        tail=np.concatenate([pieces.tail, np.full(len(outside), source), inside]),
        head=np.concatenate([pieces.head, outside, np.full(len(inside), sink)]),
        capacity=np.concatenate([pieces.capacity, free]),
        nodes=pieces.node_count + 2,
        source=source,
        sink=sink,
        directed=False,
    )


def _contracted(pieces: _Pieces, nodes: int) -> Edges:
    """One node of the outside, one of the area; streets within either are left out."""
    kept = np.ones(nodes, dtype=bool)
    outside, inside = pieces.nodes_in(Region.OUTSIDE), pieces.nodes_in(Region.PROTECTED)
    kept[outside] = kept[inside] = False
    number = 1 + np.cumsum(kept)
    number[inside], number[outside] = 1, 0
    tail, head = number[pieces.tail], number[pieces.head]
    across = tail != head
    count = int(number.max()) + 1
    return Edges(tail[across], head[across], pieces.capacity[across], count, 0, 1, directed=False)
