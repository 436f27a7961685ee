"""The checker's reachability against networkx, on random maps, with stops closed and passed over by chance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random

import networkx as nx
import numpy as np
import pytest

from ringfence.base.traffic import Driver
from ringfence.model.answers import DrivenPath
from ringfence.network import MovementGraph, Region, Stop, build_movement_graph
from ringfence.network.streets import BoolArray, IntArray
from ringfence.promises.reach import Reach, Searching, driven_path
from tests.property.rules_of_the_road import Legs, Rules
from tests.property.strategies import ROWS, Instance, draw_instance

CHUNK = 20
ALONE = 3
"""Arcs of each map from which trips begin that have no other beginning: that search is one of its own."""

Closed = list[tuple[int, bool]]


def _with_stops(instance: Instance, rng: Random) -> MovementGraph:
    """The map with up to six stops anywhere, several on one segment too, also inside and outside."""
    lengths = instance.network.length_m.tolist()
    stops = []
    for _ in range(rng.randint(0, 6)):
        segment = rng.randrange(len(lengths))
        stops.append(Stop(segment, lengths[segment] * rng.uniform(0.05, 0.95)))
    return build_movement_graph(instance.network, instance.area, stops)


@dataclass(frozen=True)
class Barriers:
    """What stands or does not stand where, by stop and direction."""

    closed: Closed
    avoided: Closed
    turn_backs: Closed


def _second_opinion(graph: MovementGraph, driver: Driver, barriers: Barriers, without: set[int]) -> nx.DiGraph:
    """Who can drive on from which arc, spelt out arc by arc; edges weigh the metres of the arc driven into.

    A node is an arc and the legs before it that still matter; (arc, ()) is where a trip can begin.
    """
    rules = Rules(graph.network, driver)
    usable = {
        arc for arc in range(2 * graph.piece_count) if int(graph.arc_mask[arc]) & rules.bit and arc not in without
    }
    stop_at = {int(node): stop for stop, node in enumerate(graph.stop_node)}
    segment = graph.piece_segment_ix.tolist()
    digraph = nx.DiGraph()
    todo: list[tuple[int, Legs]] = [(arc, ()) for arc in usable]
    digraph.add_nodes_from(todo)

    def onto(a: int, legs: Legs, b: int) -> Legs | None:
        """What is remembered on `b` behind `a`, or None where nobody can or may turn into it."""
        node, passage = int(graph.arc_head[a]), (stop_at.get(int(graph.arc_head[a]), -1), a % 2 == 0)
        back = b == a ^ 1
        if node >= len(graph.network.junction_ids):
            if back:
                return () if passage in barriers.turn_backs else None
            return None if passage in [*barriers.closed, *barriers.avoided] else legs
        driven = (*legs, (segment[a // 2], node))
        if (node in rules.blocked and not back) or not rules.may_turn_into(segment[b // 2], driven):
            return None
        return rules.remembered(driven)

    while todo:
        a, legs = todo.pop()
        for b in usable:
            remembered = onto(a, legs, b) if int(graph.arc_tail[b]) == int(graph.arc_head[a]) else None
            if remembered is None:
                continue
            if (b, remembered) not in digraph:
                todo.append((b, remembered))
            digraph.add_edge((a, legs), (b, remembered), metres=float(graph.piece_length_m[b // 2]))
    return digraph


def _reached(digraph: nx.DiGraph, begin: list[int]) -> set[int]:
    """Arcs that trips come over which begin on some arcs."""
    starts: set[tuple[int, Legs]] = {(arc, ()) for arc in begin}
    return {arc for arc, _ in starts.union(*(nx.descendants(digraph, node) for node in starts))}


def _reaching(digraph: nx.DiGraph, end: list[int]) -> set[int]:
    """Arcs from which a trip that begins there comes to some arcs."""
    ends = {node for node in digraph if node[0] in end}
    return {arc for arc, legs in ends.union(*(nx.ancestors(digraph, node) for node in ends)) if not legs}


@pytest.mark.parametrize(("first_seed", "search"), [(0, "waves"), (CHUNK, "scipy")])
@pytest.mark.parametrize("row", ROWS)
def test_reach_agrees_with_networkx(row: str, first_seed: int, search: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By both ways to search: that of a process that asks once, and that of a process that watches."""
    monkeypatch.setattr(Searching, "scipy", None)
    if search == "scipy":
        Searching.again_and_again()
    for seed in range(first_seed, first_seed + CHUNK):
        instance, rng = draw_instance(seed, row), Random(seed)
        where = f"draw_instance({seed}, {row!r})"
        graph = _with_stops(instance, rng)
        passages = [(stop, forward) for stop in range(len(graph.stop_node)) for forward in (True, False)]
        closed = [passage for passage in passages if rng.random() < 0.5]
        avoided = [passage for passage in passages if rng.random() < 0.2]
        arcs = 2 * graph.piece_count
        turn_backs = None if rng.random() < 0.7 else [passage for passage in passages if rng.random() < 0.5]
        without = {arc for arc in range(arcs) if rng.random() < rng.choice((0, 0, 0.1))}
        mask = np.isin(np.arange(arcs), list(without)) if without or rng.random() < 0.5 else None
        reach = Reach(graph, instance.driver, closed, avoided, mask, turn_backs=turn_backs)
        barriers = Barriers(closed, avoided, closed if turn_backs is None else turn_backs)
        digraph = _second_opinion(graph, instance.driver, barriers, without)

        sources = np.flatnonzero(graph.arc_region == Region.OUTSIDE)
        targets = np.flatnonzero(graph.arc_region == Region.PROTECTED)
        begin = [arc for arc in sources.tolist() if (arc, ()) in digraph]
        end = [arc for arc in targets.tolist() if (arc, ()) in digraph]
        assert set(np.flatnonzero(reach.from_arcs(sources)).tolist()) == _reached(digraph, begin), where
        assert set(np.flatnonzero(reach.to_arcs(targets)).tolist()) == _reaching(digraph, end), where

        absorbing = np.isin(np.arange(arcs), [arc for arc in range(arcs) if rng.random() < 0.1])
        stopping = digraph.copy()
        stopping.remove_edges_from([(a, b) for a, b in digraph.edges if absorbing[a[0]]])
        found = set(np.flatnonzero(reach.from_arcs(sources, absorbing=absorbing)).tolist())
        assert found == _reached(stopping, begin), where

        _check_shortest(graph, digraph, begin, end, reach.shortest(sources, targets), where)
        _check_shortest(graph, stopping, begin, end, reach.shortest(sources, targets, absorbing=absorbing), where)

        alone = rng.sample(range(arcs), min(ALONE, arcs))
        ends = targets if rng.random() < 0.5 else np.array(rng.sample(range(arcs), min(3, arcs)))
        for source in [*alone, *rng.sample(begin, min(1, len(begin)))]:
            _check_from_one(reach, source, ends, None, digraph, where)
            _check_from_one(reach, source, ends, absorbing, stopping, where)


@pytest.mark.parametrize("row", ROWS)
def test_driven_path_is_continuous(row: str) -> None:
    for seed in range(CHUNK):
        instance = draw_instance(seed, row)
        graph = _with_stops(instance, Random(seed))
        sources, targets = (np.flatnonzero(graph.arc_region == region) for region in (Region.OUTSIDE, Region.PROTECTED))
        path = Reach(graph, instance.driver).shortest(sources, targets)
        if path is not None:
            _check_driven(graph, path, driven_path(graph, path), f"draw_instance({seed}, {row!r})")


def _check_shortest(
    graph: MovementGraph, digraph: nx.DiGraph, begin: list[int], end: list[int], path: list[int] | None, where: str
) -> None:
    """It can be driven, from a source to a target, and behind its first arc no path is shorter."""
    starts = {(arc, ()) for arc in begin}
    best = nx.multi_source_dijkstra_path_length(digraph, starts, weight="metres") if starts else {}
    lengths = [metres for (arc, _), metres in best.items() if arc in end]
    assert (path is None) == (not lengths), where
    if path is None:
        return
    assert path[0] in begin, where
    assert path[-1] in end, where
    node: tuple[int, Legs] = (path[0], ())
    for arc in path[1:]:
        following = [other for other in digraph.successors(node) if other[0] == arc]
        assert len(following) == 1, where
        node = following[0]
    assert sum(float(graph.piece_length_m[arc // 2]) for arc in path[1:]) == pytest.approx(min(lengths)), where


def _check_from_one(
    reach: Reach, source: int, targets: IntArray, absorbing: BoolArray | None, digraph: nx.DiGraph, where: str
) -> None:
    """The search from a single arc finds a shortest path, and of several the one that the search from many finds."""
    one = np.array([source])
    path = reach.shortest(one, targets, absorbing=absorbing)
    here = f"{where}, from arc {source}"
    begin, end = ([arc for arc in arcs.tolist() if (arc, ()) in digraph] for arcs in (one, targets))
    _check_shortest(reach.graph, digraph, begin, end, path, here)
    assert path == reach.trips(one, absorbing=absorbing).nearest(targets), here
    assert path == reach.shortest(one, targets[::-1], absorbing=absorbing), here


def _check_driven(graph: MovementGraph, arcs: list[int], driven: DrivenPath, where: str) -> None:
    """Each step begins where the last one ended, and the steps cover the metres of the path."""
    network = graph.network

    def junction(segment: str, offset_m: float) -> int | None:
        ix = network.segment_ids.index(segment)
        if offset_m == 0:
            return int(network.from_ix[ix])
        return int(network.to_ix[ix]) if offset_m == round(float(network.length_m[ix]), 3) else None

    for step, following in pairwise(driven.steps):
        ended, begins = junction(step.segment, step.end_m), junction(following.segment, following.start_m)
        if ended is None:
            assert (step.segment, step.end_m) == (following.segment, following.start_m), where
            one_way = (step.end_m > step.start_m) == (following.end_m > following.start_m)
            assert not one_way, f"{where}: {step} and {following} are one step"
        else:
            assert ended == begins, f"{where}: {step}, {following}"
    metres = sum(float(graph.piece_length_m[arc // 2]) for arc in arcs)
    assert driven.length_m == pytest.approx(metres, abs=0.06), where
    assert sum(abs(step.end_m - step.start_m) for step in driven.steps) == pytest.approx(metres, abs=0.05), where
    names = [network.segment_names[graph.piece_segment_ix[arc // 2]] for arc in arcs]
    assert list(driven.streets) == [name for ix, name in enumerate(names) if ix == 0 or names[ix - 1] != name], where
    xy = network.projection.to_metres(np.array(driven.coordinates))
    assert float(np.hypot(*np.diff(xy, axis=0).T).sum()) == pytest.approx(metres, abs=0.3 * len(xy)), where
    start = graph.arc_lonlat(arcs[0])[0]
    assert driven.coordinates[0] == pytest.approx(tuple(start), abs=1e-6), where
