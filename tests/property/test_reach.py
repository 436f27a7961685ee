"""The checker's reachability against networkx, on the random maps, with stops closed and passed over by chance."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import networkx as nx
import numpy as np
import pytest

from ringfence.base.traffic import Driver
from ringfence.model.answers import DrivenPath
from ringfence.network import MovementGraph, Region, Stop, build_movement_graph
from ringfence.promises.reach import Reach, driven_path
from tests.property.strategies import ROWS, Instance, draw_instance

INSTANCES = 120
CHUNK = 60

Closed = list[tuple[int, bool]]


def _with_stops(instance: Instance, rng: Random) -> MovementGraph:
    """The map with up to six stops anywhere, several on one segment too, also inside and outside."""
    lengths = instance.network.length_m.tolist()
    stops = []
    for _ in range(rng.randint(0, 6)):
        segment = rng.randrange(len(lengths))
        stops.append(Stop(segment, lengths[segment] * rng.uniform(0.05, 0.95)))
    return build_movement_graph(instance.network, instance.area, stops)


def _second_opinion(
    graph: MovementGraph, driver: Driver, closed: Closed, avoided: Closed, without: set[int]
) -> nx.DiGraph:
    """Who can drive on from which arc, spelt out arc by arc; edges weigh the metres of the arc driven into."""
    digraph = nx.DiGraph()
    bit = driver.bit
    usable = {arc for arc in range(2 * graph.piece_count) if int(graph.arc_mask[arc]) & bit and arc not in without}
    digraph.add_nodes_from(usable)
    stop_at = {int(node): stop for stop, node in enumerate(graph.stop_node)}
    bans = {(int(a), int(j), int(b)) for a, j, b in graph.network.restrictions}
    segment = graph.piece_segment_ix.tolist()
    for a in usable:
        node = int(graph.arc_head[a])
        forward = a % 2 == 0
        for b in usable:
            if int(graph.arc_tail[b]) != node:
                continue
            if node < len(graph.network.junction_ids):
                allowed = not (driver.obeys_turn_bans and (segment[a // 2], node, segment[b // 2]) in bans)
            elif b == a ^ 1:
                allowed = node in stop_at and (stop_at[node], forward) in closed
            else:
                allowed = node not in stop_at or (stop_at[node], forward) not in [*closed, *avoided]
            if allowed:
                digraph.add_edge(a, b, metres=float(graph.piece_length_m[b // 2]))
    return digraph


@pytest.mark.parametrize("first_seed", range(0, INSTANCES, CHUNK))
@pytest.mark.parametrize("row", ROWS)
def test_reach_agrees_with_networkx(row: str, first_seed: int) -> None:
    for seed in range(first_seed, first_seed + CHUNK):
        instance, rng = draw_instance(seed, row), Random(seed)
        where = f"draw_instance({seed}, {row!r})"
        graph = _with_stops(instance, rng)
        passages = [(stop, forward) for stop in range(len(graph.stop_node)) for forward in (True, False)]
        closed = [passage for passage in passages if rng.random() < 0.5]
        avoided = [passage for passage in passages if rng.random() < 0.2]
        arcs = 2 * graph.piece_count
        without = {arc for arc in range(arcs) if rng.random() < rng.choice((0, 0, 0.1))}
        mask = np.isin(np.arange(arcs), list(without)) if without or rng.random() < 0.5 else None
        reach = Reach(graph, instance.driver, closed, avoided, mask)
        digraph = _second_opinion(graph, instance.driver, closed, avoided, without)

        sources = np.flatnonzero(graph.arc_region == Region.OUTSIDE)
        targets = np.flatnonzero(graph.arc_region == Region.PROTECTED)
        begin = [arc for arc in sources.tolist() if arc in digraph]
        end = [arc for arc in targets.tolist() if arc in digraph]
        expected = set(begin).union(*(nx.descendants(digraph, arc) for arc in begin))
        assert set(np.flatnonzero(reach.from_arcs(sources)).tolist()) == expected, where
        expected = set(end).union(*(nx.ancestors(digraph, arc) for arc in end))
        assert set(np.flatnonzero(reach.to_arcs(targets)).tolist()) == expected, where

        absorbing = np.isin(np.arange(arcs), [arc for arc in range(arcs) if rng.random() < 0.1])
        stopping = digraph.copy()
        stopping.remove_edges_from([(a, b) for a, b in digraph.edges if absorbing[a]])
        expected = set(begin).union(*(nx.descendants(stopping, arc) for arc in begin))
        assert set(np.flatnonzero(reach.from_arcs(sources, absorbing=absorbing)).tolist()) == expected, where

        _check_shortest(graph, digraph, begin, end, reach.shortest(sources, targets), where)
        _check_shortest(graph, stopping, begin, end, reach.shortest(sources, targets, absorbing=absorbing), where)


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
    best = nx.multi_source_dijkstra_path_length(digraph, set(begin), weight="metres") if begin else {}
    lengths = [best[arc] for arc in end if arc in best]
    assert (path is None) == (not lengths), where
    if path is None:
        return
    assert path[0] in begin, where
    assert path[-1] in end, where
    assert all(digraph.has_edge(a, b) for a, b in pairwise(path)), where
    assert sum(float(graph.piece_length_m[arc // 2]) for arc in path[1:]) == pytest.approx(min(lengths)), where


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
