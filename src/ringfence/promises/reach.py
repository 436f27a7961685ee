"""Where a driver can get to, and by which path: reachability over the arcs of the movement graph."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import rustworkx as rx

from ringfence.base.traffic import Driver
from ringfence.model.answers import DrivenPath, PathStep
from ringfence.network import NAMELESS, MovementGraph
from ringfence.network.streets import BoolArray, IntArray


class Reach:
    """One driver on one graph, with some stops closed.

    Parameters
    ----------
    graph : MovementGraph
    driver : Driver
    closed : iterable of (stop, forward)
        Directions in which stops can't be passed; `forward` is along the segment. A driver turned away may turn
        round in front of a closed stop, if the street may be driven back.
    avoided : iterable of (stop, forward)
        Stops that stand open, but that the path is not to pass that way.
    without : (2 P,) bool or None
        Arcs that are not to be used at all.
    turn_backs : iterable of (stop, forward) or None
        Stops in front of which a driver may turn round; None: the closed ones. Where it is not certain whether a
        stop is closed, the most that can be reached takes it as open and as a place to turn, the least as neither.
    """

    def __init__(
        self,
        graph: MovementGraph,
        driver: Driver,
        closed: Iterable[tuple[int, bool]] = (),
        avoided: Iterable[tuple[int, bool]] = (),
        without: BoolArray | None = None,
        *,
        turn_backs: Iterable[tuple[int, bool]] | None = None,
    ) -> None:
        self.graph = graph
        self.usable = graph.usable_arcs(driver) if without is None else graph.usable_arcs(driver) & ~without
        turns = graph.usable_turns(driver)
        if without is not None:
            turns = turns & self.usable[graph.turn_from] & self.usable[graph.turn_to]
        shut = list(closed)
        width = 2 * graph.piece_count
        keys = graph.turn_from * width + graph.turn_to
        turns = turns & ~np.isin(keys, [a * width + b for a, b in (self.through(*stop) for stop in (*shut, *avoided))])
        turning = shut if turn_backs is None else turn_backs
        arrive = np.array([self.through(*stop)[0] for stop in turning], dtype=np.int64)
        back = arrive[self.usable[arrive] & self.usable[arrive ^ 1]]
        self.turn_from = np.concatenate([graph.turn_from[turns], back])
        self.turn_to = np.concatenate([graph.turn_to[turns], back ^ 1])

    def through(self, stop: int, forward: bool) -> tuple[int, int]:
        """The arcs before and behind a stop, in that direction."""
        before, behind = (int(piece) for piece in self.graph.stop_pieces[stop])
        return (2 * before, 2 * behind) if forward else (2 * behind + 1, 2 * before + 1)

    def from_arcs(self, sources: IntArray, *, absorbing: BoolArray | None = None) -> BoolArray:
        """(2 P,) arcs that can be reached from `sources`, themselves included. Nobody drives on from absorbing arcs."""
        return self._spread(sources, self.turn_from, self.turn_to, absorbing)

    def to_arcs(self, targets: IntArray) -> BoolArray:
        """(2 P,) arcs from which one of `targets` can be reached, themselves included."""
        return self._spread(targets, self.turn_to, self.turn_from, None)

    def _spread(self, starts: IntArray, tails: IntArray, heads: IntArray, absorbing: BoolArray | None) -> BoolArray:
        arcs = 2 * self.graph.piece_count
        starts = starts[self.usable[starts]]
        keep = slice(None) if absorbing is None else ~absorbing[tails]
        network = rx.PyDiGraph(multigraph=False)
        network.add_nodes_from(range(arcs + 1))
        network.extend_from_edge_list(list(zip(tails[keep].tolist(), heads[keep].tolist(), strict=True)))
        network.extend_from_edge_list([(arcs, int(start)) for start in starts])
        reached = np.zeros(arcs, dtype=bool)
        reached[[arc for arc in rx.descendants(network, arcs) if arc < arcs]] = True
        return reached

    def shortest(self, sources: IntArray, targets: IntArray, *, absorbing: BoolArray | None = None) -> list[int] | None:
        """Arcs of a shortest path (metres) from one of `sources` to one of `targets`, or None. Deterministic."""
        arcs = 2 * self.graph.piece_count
        sources, targets = sources[self.usable[sources]], targets[self.usable[targets]]
        keep = slice(None) if absorbing is None else ~absorbing[self.turn_from]
        length = np.repeat(self.graph.piece_length_m, 2)
        tails, heads = self.turn_from[keep], self.turn_to[keep]
        network = rx.PyDiGraph(multigraph=False)
        network.add_nodes_from(range(arcs + 2))
        network.extend_from_weighted_edge_list(
            list(zip(tails.tolist(), heads.tolist(), length[heads].tolist(), strict=True))
        )
        network.extend_from_weighted_edge_list([(arcs, int(source), 0.0) for source in sources])
        network.extend_from_weighted_edge_list([(int(target), arcs + 1, 0.0) for target in targets])
        found = rx.dijkstra_shortest_paths(network, arcs, target=arcs + 1, weight_fn=float)
        return [arc for arc in found[arcs + 1] if arc < arcs] if arcs + 1 in found else None


def driven_path(graph: MovementGraph, arcs: list[int]) -> DrivenPath:
    """The path along `arcs`, in street names, coordinates and steps."""
    network = graph.network
    stretches: list[tuple[str, float, float]] = []
    for arc in arcs:
        piece = arc // 2
        segment = network.segment_ids[graph.piece_segment_ix[piece]]
        ends = (float(graph.piece_start_m[piece]), float(graph.piece_end_m[piece]))
        start, end = ends if arc % 2 == 0 else ends[::-1]
        before = stretches[-1] if stretches else ("", 0.0, 0.0)
        if before[0] == segment and before[2] == start and (before[2] > before[1]) == (end > start):
            stretches[-1] = (segment, before[1], end)
        else:
            stretches.append((segment, start, end))
    steps = [PathStep(segment=name, start_m=round(start, 3), end_m=round(end, 3)) for name, start, end in stretches]
    line = np.vstack([graph.arc_lonlat(arc) for arc in arcs])
    points = [(round(float(lon), 6), round(float(lat), 6)) for lon, lat in line]
    return DrivenPath(
        streets=street_names(graph, arcs),
        length_m=round(float(graph.piece_length_m[np.array(arcs) // 2].sum()), 1),
        coordinates=tuple(point for ix, point in enumerate(points) if ix == 0 or point != points[ix - 1]),
        steps=tuple(steps),
    )


def street_names(graph: MovementGraph, arcs: Iterable[int]) -> tuple[str, ...]:
    """Names of the streets driven, in order, each change once."""
    names: list[str] = []
    for arc in arcs:
        name = graph.network.segment_names[graph.piece_segment_ix[arc // 2]] or NAMELESS
        if not names or names[-1] != name:
            names.append(name)
    return tuple(names)
