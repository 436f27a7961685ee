"""The movement graph: directed arcs with class masks, joined by allowed turns, split at polygons and barriers.

One graph serves plan, check and access. A *piece* is a stretch of one segment that lies wholly inside the protected
area, wholly beyond the limit, or in the ring between; each piece has two arcs, `2 * piece` along the segment and
`2 * piece + 1` against it. A *stop* is a point where a barrier stands or could stand; it splits its segment, and the
only turn through it is straight on, so that rooms can close it by dropping that turn. Turns join *states*: an arc, or
an arc with the memory of a forbidden chain of movements that has been begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import shapely
from shapely.ops import substring

from ringfence.base.traffic import PHYSICAL, Driver
from ringfence.network.area import Area
from ringfence.network.projection import FloatArray
from ringfence.network.streets import BoolArray, IntArray, Network
from ringfence.network.turns import interleave, join_by_turns

OFFSET_RESOLUTION_M = 0.01


class Region(IntEnum):
    """Where a piece lies."""

    OUTSIDE = 0
    RING = 1
    PROTECTED = 2


@dataclass(frozen=True, slots=True)
class Stop:
    """A point on a segment, `offset_m` metres from its first junction (`0 < offset_m < length`)."""

    segment_ix: int
    offset_m: float


@dataclass(frozen=True)
class MovementGraph:
    """Frozen arrays of pieces (P), nodes (N), states (A) and turns (T). Nodes are the junctions, then the split points.

    Attributes
    ----------
    piece_segment_ix, piece_from_node, piece_to_node, piece_region : (P,) int
    piece_start_m, piece_end_m : (P,) float
        Offsets along the segment.
    arc_mask : (2 P,) int
        Class bits, and `PHYSICAL`.
    state_arc : (A,) int
        The arc of each state. The first 2 P states are the arcs themselves; behind them stand those with a memory,
        which only drivers enter whom turn restrictions can bind.
    turn_from, turn_to : (T,) int
        States joined by a turn. U-turns at junctions are turns; at split points there is only straight on.
    turn_mask : (T,) int
        Class bits, and `PHYSICAL`, of those who may or can take the turn where their arcs are open to them.
    turn_ban : (T,) int
        Classes whom a turn restriction keeps from it.
    stop_node : (K,) int
        The node of each stop, in the order given.
    stop_pieces : (K, 2) int
        The pieces before and behind each stop, along its segment.
    """

    network: Network
    area: Area
    piece_segment_ix: IntArray
    piece_start_m: FloatArray
    piece_end_m: FloatArray
    piece_from_node: IntArray
    piece_to_node: IntArray
    piece_region: IntArray
    arc_mask: IntArray
    state_arc: IntArray
    turn_from: IntArray
    turn_to: IntArray
    turn_mask: IntArray
    turn_ban: IntArray
    stop_node: IntArray
    stop_pieces: IntArray

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def piece_count(self) -> int:
        """Number of pieces; there are twice as many arcs."""
        return len(self.piece_segment_ix)

    @cached_property
    def piece_length_m(self) -> FloatArray:
        """(P,) metres."""
        return self.piece_end_m - self.piece_start_m

    @cached_property
    def arc_tail(self) -> IntArray:
        """(2 P,) node where each arc begins."""
        return interleave(self.piece_from_node, self.piece_to_node)

    @cached_property
    def arc_head(self) -> IntArray:
        """(2 P,) node where each arc ends."""
        return interleave(self.piece_to_node, self.piece_from_node)

    @cached_property
    def arc_region(self) -> IntArray:
        """(2 P,) region of each arc's piece."""
        return np.repeat(self.piece_region, 2)

    def pieces_of(self, segment_ix: int) -> IntArray:
        """Pieces of a segment, in order along it."""
        return np.flatnonzero(self.piece_segment_ix == segment_ix)

    def usable_arcs(self, driver: Driver) -> BoolArray:
        """(2 P,) whether this driver may (lawful) or can (determined) use each arc."""
        return np.asarray((self.arc_mask & driver.bit) != 0)

    def usable_turns(self, driver: Driver) -> BoolArray:
        """(T,) whether this driver may take each turn, both arcs usable."""
        states = self.usable_arcs(driver)[self.state_arc]
        return np.asarray(states[self.turn_from] & states[self.turn_to] & ((self.turn_mask & driver.bit) != 0))

    def states_on(self, arcs: IntArray) -> IntArray:
        """States on some arcs: the arcs themselves, and those with a memory."""
        memory = 2 * self.piece_count
        return np.concatenate([arcs, memory + np.flatnonzero(np.isin(self.state_arc[memory:], arcs))])

    def nodes_for(self, driver: Driver) -> tuple[IntArray, IntArray]:
        """(2 P,) tail and head of each arc; a junction that stops this driver falls apart into its segments' ends."""
        tail, head = self.arc_tail.copy(), self.arc_head.copy()
        blocked = self.network.junction_blocked
        # Junctions without a street can be numbered higher than any node that an arc touches.
        stops_him = np.zeros(max(len(blocked), int(tail.max()) + 1, int(head.max()) + 1), dtype=bool)
        stops_him[: len(blocked)] = (blocked & driver.bit) != 0
        first = len(stops_him)
        arc = np.arange(len(tail))
        # The end of a piece keeps one node for both its arcs: in front of a bollard one can turn round.
        from_end, to_end = first + arc // 2 * 2, first + arc // 2 * 2 + 1
        along = arc % 2 == 0
        tail_end, head_end = np.where(along, from_end, to_end), np.where(along, to_end, from_end)
        return np.where(stops_him[tail], tail_end, tail), np.where(stops_him[head], head_end, head)

    def arc_lonlat(self, arc: int) -> FloatArray:
        """(n, 2) lon, lat along an arc, in its direction."""
        piece = arc // 2
        if piece not in self._lonlat_of_pieces:
            ends = float(self.piece_start_m[piece]), float(self.piece_end_m[piece])
            part = substring(self.network.lines[self.piece_segment_ix[piece]], *ends)
            self._lonlat_of_pieces[piece] = self.network.projection.to_lonlat(shapely.get_coordinates(part))
        lonlat = self._lonlat_of_pieces[piece]
        return lonlat if arc % 2 == 0 else lonlat[::-1]

    @cached_property
    def _lonlat_of_pieces(self) -> dict[int, FloatArray]:
        """Lines of the pieces drawn so far: the same streets turn up in path after path."""
        return {}


def build_movement_graph(
    network: Network, area: Area, stops: Sequence[Stop] = (), *, without_stops: MovementGraph | None = None
) -> MovementGraph:
    """Split a network at an area's polygons and at `stops`, and join it by turns.

    Deterministic: the same input gives the same arrays. O((segments + turns) log) plus the polygon work on the
    segments that cross an outline.

    Parameters
    ----------
    stops : sequence of Stop
        Where barriers stand or could stand.
    without_stops : MovementGraph or None
        The graph of the same network and area built without stops, if there is one: its cuts are taken over.

    Raises
    ------
    ValueError
        If a stop does not lie strictly inside its segment (callers check this with a fault of their own).
    """
    protected, limit = area.in_metres(network.projection)
    shapely.prepare([protected, limit])
    splits = _outline_splits(network, protected, limit) if without_stops is None else _splits_of(without_stops)
    for number, stop in enumerate(stops):
        if not 0 < stop.offset_m < network.length_m[stop.segment_ix]:
            message = f"stop {number} at {stop.offset_m} m is off its segment"
            raise ValueError(message)
        splits.setdefault(stop.segment_ix, []).append((stop.offset_m, number))
    pieces = _Pieces(network, splits, len(stops))
    segment_ix = np.array(pieces.segment, dtype=np.int64)
    starts, ends = np.array(pieces.start), np.array(pieces.end)
    within = [_inside(network, polygon, segment_ix, starts, ends) for polygon in (protected, limit)]
    region = np.where(within[0], int(Region.PROTECTED), np.where(within[1], int(Region.RING), int(Region.OUTSIDE)))
    physical = np.where(network.physical[segment_ix], PHYSICAL, 0)
    arc_mask = interleave(network.forward_mask[segment_ix] | physical, network.backward_mask[segment_ix] | physical)
    from_node, to_node = np.array(pieces.from_node, dtype=np.int64), np.array(pieces.to_node, dtype=np.int64)
    turns = join_by_turns(network, segment_ix, from_node, to_node)
    return MovementGraph(
        network=network,
        area=area,
        piece_segment_ix=segment_ix,
        piece_start_m=np.array(pieces.start),
        piece_end_m=np.array(pieces.end),
        piece_from_node=from_node,
        piece_to_node=to_node,
        piece_region=region.astype(np.int64),
        arc_mask=arc_mask,
        state_arc=turns.state_arc,
        turn_from=turns.from_state,
        turn_to=turns.to_state,
        turn_mask=turns.mask,
        turn_ban=turns.ban,
        stop_node=np.array(pieces.stop_node, dtype=np.int64),
        stop_pieces=np.array(pieces.stop_pieces, dtype=np.int64).reshape(-1, 2),
    )


class _Pieces:
    """Cuts segments into pieces and numbers the split points as nodes behind the junctions."""

    def __init__(self, network: Network, splits: dict[int, list[tuple[float, int]]], stop_count: int) -> None:
        self.segment: list[int] = []
        self.start: list[float] = []
        self.end: list[float] = []
        self.from_node: list[int] = []
        self.to_node: list[int] = []
        self.stop_node = [0] * stop_count
        self.stop_pieces = [(0, 0)] * stop_count
        next_node = len(network.junction_ids)
        for ix in range(len(network.segment_ids)):
            node, offset = int(network.from_ix[ix]), 0.0
            for split_m, stop in sorted(splits.get(ix, ())):
                self._add(ix, offset, split_m, node, next_node)
                if stop >= 0:
                    self.stop_node[stop] = next_node
                    self.stop_pieces[stop] = (len(self.segment) - 1, len(self.segment))
                node, offset = next_node, split_m
                next_node += 1
            self._add(ix, offset, float(network.length_m[ix]), node, int(network.to_ix[ix]))

    def _add(self, segment: int, start: float, end: float, from_node: int, to_node: int) -> None:
        self.segment.append(segment)
        self.start.append(start)
        self.end.append(end)
        self.from_node.append(from_node)
        self.to_node.append(to_node)


def _outline_splits(
    network: Network, protected: shapely.Geometry, limit: shapely.Geometry
) -> dict[int, list[tuple[float, int]]]:
    """Offsets at which segments change region, marked -1 (no stop), for every segment that an outline touches."""
    found: dict[int, set[float]] = {}
    for polygon in (protected, limit):
        outline = shapely.boundary(polygon)
        for ix in np.flatnonzero(shapely.intersects(outline, network.lines)).tolist():
            line, length = network.lines[ix], float(network.length_m[ix])
            met = shapely.get_coordinates(shapely.extract_unique_points(shapely.intersection(line, outline)))
            offsets = sorted({round(float(shapely.line_locate_point(line, shapely.Point(xy))), 2) for xy in met})
            edges = np.array([0.0, *(one for one in offsets if 0 < one < length), length])
            count = len(edges) - 1
            inside = _inside(network, polygon, np.full(count, ix), edges[:-1], edges[1:])
            # A street that only touches the outline is not cut there.
            found.setdefault(ix, set()).update(edges[k + 1] for k in range(count - 1) if inside[k] != inside[k + 1])
    return {
        ix: [(offset, -1) for offset in _apart(offsets, float(network.length_m[ix]))] for ix, offsets in found.items()
    }


def _splits_of(graph: MovementGraph) -> dict[int, list[tuple[float, int]]]:
    """The outline splits of a graph that was built without stops."""
    splits: dict[int, list[tuple[float, int]]] = {}
    for piece in np.flatnonzero(graph.piece_start_m > 0).tolist():
        splits.setdefault(int(graph.piece_segment_ix[piece]), []).append((float(graph.piece_start_m[piece]), -1))
    return splits


def _apart(offsets: set[float], length_m: float) -> list[float]:
    """Offsets in order, without those closer than the resolution to another or to an end."""
    kept = [0.0]
    for offset in sorted(offsets):
        if offset - kept[-1] > OFFSET_RESOLUTION_M and length_m - offset > OFFSET_RESOLUTION_M:
            kept.append(offset)
    return kept[1:]


def _inside(
    network: Network, polygon: shapely.Geometry, segment_ix: IntArray, starts: FloatArray, ends: FloatArray
) -> BoolArray:
    """Whether stretches that no outline cuts lie inside: by their middle, or mostly, where that is on the rim."""
    middles = shapely.line_interpolate_point(network.lines[segment_ix], (starts + ends) / 2)
    inside = np.asarray(shapely.contains(polygon, middles))
    for ix in np.flatnonzero(shapely.dwithin(shapely.boundary(polygon), middles, OFFSET_RESOLUTION_M)).tolist():
        part = substring(network.lines[segment_ix[ix]], float(starts[ix]), float(ends[ix]))
        inside[ix] = part.intersection(polygon).length * 2 > part.length
    return inside
