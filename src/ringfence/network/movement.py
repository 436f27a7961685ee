"""The movement graph: directed arcs with class masks, joined by allowed turns, split at polygons and barriers.

One graph serves plan, check and access. A *piece* is a stretch of one segment that lies wholly inside the protected
area, wholly beyond the limit, or in the ring between; each piece has two arcs, `2 * piece` along the segment and
`2 * piece + 1` against it. A *stop* is a point where a barrier stands or could stand; it splits its segment, and the
only turn through it is straight on, so that rooms can close it by dropping that turn. Turns join *states*: an arc, or
an arc with the memory of a forbidden chain of movements that has been begun.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import shapely
from shapely.ops import substring

from ringfence.base.traffic import PHYSICAL, Driver
from ringfence.network.area import Area
from ringfence.network.projection import FloatArray
from ringfence.network.streets import BoolArray, IntArray, Network
from ringfence.network.turns import Turns, interleave, join_by_turns

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

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
    stop_node: IntArray
    stop_pieces: IntArray

    def __post_init__(self) -> None:
        _freeze(self)

    @cached_property
    def turns(self) -> Turns:
        """The turns, worked out when they are first asked for: a cut without turn bans does not need them."""
        return _freeze(join_by_turns(self.network, self.piece_segment_ix, self.piece_from_node, self.piece_to_node))

    @property
    def state_arc(self) -> IntArray:
        """(A,) the arc of each state. The first 2 P states are the arcs themselves; behind them stand those with a
        memory, which only drivers enter whom turn restrictions can bind.
        """
        return self.turns.state_arc

    @property
    def turn_from(self) -> IntArray:
        """(T,) the state that a turn leaves. U-turns at junctions are turns; at split points it is only straight on."""
        return self.turns.from_state

    @property
    def turn_to(self) -> IntArray:
        """(T,) the state that a turn enters."""
        return self.turns.to_state

    @property
    def turn_mask(self) -> IntArray:
        """(T,) class bits, and `PHYSICAL`, of those who may or can take the turn where their arcs are open to them."""
        return self.turns.mask

    @property
    def turn_ban(self) -> IntArray:
        """(T,) classes whom a turn restriction keeps from it."""
        return self.turns.ban

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
        memory = self.state_arc[2 * self.piece_count :]
        if not len(memory):
            return arcs
        on = np.zeros(2 * self.piece_count, dtype=bool)
        on[arcs] = True
        return np.concatenate([arcs, 2 * self.piece_count + np.flatnonzero(on[memory])])

    def nodes_for(self, driver: Driver) -> tuple[IntArray, IntArray]:
        """(2 P,) tail and head of each arc; a junction that stops this driver falls apart into its segments' ends."""
        tail, head = self.arc_tail.copy(), self.arc_head.copy()
        blocked = self.network.junction_blocked
        # Junctions without a street can be numbered higher than any node that an arc touches.
        first = max(len(blocked), int(tail.max()) + 1)
        stops_him = np.zeros(first, dtype=bool)
        stops_him[: len(blocked)] = (blocked & driver.bit) != 0
        # An end of a piece is one node, named by the arc that begins there: in front of a bollard one can turn round.
        begin, end = np.flatnonzero(stops_him[tail]), np.flatnonzero(stops_him[head])
        tail[begin], head[end] = first + begin, first + (end ^ 1)
        return tail, head

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
    def worked_out(self) -> dict[Hashable, Any]:
        """What rooms above have found out about these streets, kept for as long as they are: they never change."""
        return {}

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
    outlines = [_Outline(polygon, network) for polygon in area.in_metres(network.projection)]
    splits = _outline_splits(network, outlines) if without_stops is None else _splits_of(without_stops)
    if stops:
        splits = splits.joined([stop.segment_ix for stop in stops], [stop.offset_m for stop in stops])
        off = (splits.offset_m <= 0) | (splits.offset_m >= network.length_m[splits.segment_ix])
        for number in splits.stop[off]:
            message = f"stop {number} at {stops[number].offset_m} m is off its segment"
            raise ValueError(message)
    count, first = len(splits.stop), len(network.junction_ids)
    # Behind every split a piece begins; before it stand as many pieces as there are segments and splits before.
    behind = splits.segment_ix + np.arange(count) + 1
    whole = np.arange(len(network.segment_ids)) + np.searchsorted(
        splits.segment_ix, np.arange(len(network.segment_ids))
    )
    pieces = len(network.segment_ids) + count
    segment_ix, starts = np.empty(pieces, dtype=np.int64), np.zeros(pieces)
    segment_ix[whole], segment_ix[behind] = np.arange(len(network.segment_ids)), splits.segment_ix
    starts[behind] = splits.offset_m
    ends = network.length_m[segment_ix]
    ends[behind - 1] = splits.offset_m
    from_node, to_node = network.from_ix[segment_ix], network.to_ix[segment_ix]
    from_node[behind] = to_node[behind - 1] = first + np.arange(count)
    physical = np.where(network.physical[segment_ix], PHYSICAL, 0)
    at = np.flatnonzero(splits.stop >= 0)
    at = at[np.argsort(splits.stop[at])]
    return MovementGraph(
        network=network,
        area=area,
        piece_segment_ix=segment_ix,
        piece_start_m=starts,
        piece_end_m=ends,
        piece_from_node=from_node,
        piece_to_node=to_node,
        piece_region=_regions(outlines, segment_ix, starts, ends),
        arc_mask=interleave(network.forward_mask[segment_ix] | physical, network.backward_mask[segment_ix] | physical),
        stop_node=first + at,
        stop_pieces=np.column_stack([behind[at] - 1, behind[at]]),
    )


def _regions(outlines: Sequence[_Outline], segment_ix: IntArray, starts: FloatArray, ends: FloatArray) -> IntArray:
    """(P,) where each piece lies, by the outlines of the protected area and of the limit."""
    protected, within = (outline.contains(segment_ix, starts, ends) for outline in outlines)
    region = np.where(protected, int(Region.PROTECTED), np.where(within, int(Region.RING), int(Region.OUTSIDE)))
    return region.astype(np.int64)


Frozen = TypeVar("Frozen", bound="DataclassInstance")


def _freeze(held: Frozen) -> Frozen:
    """What was handed in, its arrays read-only from now on."""
    for value in (getattr(held, field.name) for field in fields(held)):
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return held


@dataclass(frozen=True)
class _Splits:
    """Where segments are cut, in order along them; `stop` is -1 where an outline cuts."""

    segment_ix: IntArray
    offset_m: FloatArray
    stop: IntArray

    def joined(self, segments: Sequence[int], offsets: Sequence[float]) -> _Splits:
        """With stops, numbered in the order given."""
        segment_ix = np.concatenate([self.segment_ix, np.array(segments, dtype=np.int64)])
        offset_m = np.concatenate([self.offset_m, np.array(offsets, dtype=np.float64)])
        stop = np.concatenate([self.stop, np.arange(len(segments))])
        order = np.lexsort([stop, offset_m, segment_ix])
        return _Splits(segment_ix[order], offset_m[order], stop[order])


class _Outline:
    """A polygon laid over a network: which segments its rim touches, and what lies inside."""

    def __init__(self, polygon: shapely.Geometry, network: Network) -> None:
        self.polygon = polygon
        self.boundary = shapely.boundary(polygon)
        shapely.prepare([self.polygon, self.boundary])
        corners, part = shapely.get_coordinates(shapely.get_parts(self.boundary), return_index=True)
        self._sides = shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1)[part[:-1] == part[1:]])
        self._met, self._at_side = shapely.STRtree(self._sides).query(network.lines, predicate="intersects")
        self.touches = np.zeros(len(network.lines), dtype=bool)
        self.touches[self._met] = True
        self._network = network

    def contains(self, segment_ix: IntArray, starts: FloatArray, ends: FloatArray) -> BoolArray:
        """Whether stretches of segments that the rim does not cut lie inside."""
        inside = self._starts_inside[segment_ix]  # what the rim does not touch lies all on one side
        touched = np.flatnonzero(self.touches[segment_ix])
        inside[touched] = self.contains_touched(segment_ix[touched], starts[touched], ends[touched])
        return inside

    def contains_touched(self, segment_ix: IntArray, starts: FloatArray, ends: FloatArray) -> BoolArray:
        """The same of segments that the rim touches: by their middle, or mostly, where that is on the rim."""
        lines = self._network.lines[segment_ix]
        middles = shapely.line_interpolate_point(lines, (starts + ends) / 2)
        inside = np.asarray(shapely.contains(self.polygon, middles))
        for ix in np.flatnonzero(shapely.dwithin(self.boundary, middles, OFFSET_RESOLUTION_M)).tolist():
            part = substring(lines[ix], float(starts[ix]), float(ends[ix]))
            inside[ix] = part.intersection(self.polygon).length * 2 > part.length
        return inside

    def met_at(self) -> tuple[FloatArray, IntArray]:
        """(n, 2) where segments meet the rim, and which they are; side by side, since all of the rim costs more."""
        shared = shapely.intersection(self._network.lines[self._met], self._sides[self._at_side])
        met, pair = shapely.get_coordinates(shapely.extract_unique_points(shared), return_index=True)
        return met, self._met[pair]

    @cached_property
    def _starts_inside(self) -> BoolArray:
        """(S,) whether each segment begins inside."""
        return np.asarray(shapely.contains_xy(self.polygon, self._network.shapes.first))


def _outline_splits(network: Network, outlines: Sequence[_Outline]) -> _Splits:
    """Offsets at which segments change region, for every segment that an outline touches."""
    segments: list[IntArray] = []
    offsets: list[FloatArray] = []
    for outline in outlines:
        met, segment = outline.met_at()
        offset = np.round(shapely.line_locate_point(network.lines[segment], shapely.points(met)), 2)
        within = (offset > 0) & (offset < network.length_m[segment])
        segment, offset = _in_order(segment[within], offset[within])
        # Stretches between the places met, the last of each segment with a start of its own.
        first, last = _ends_of_runs(segment)
        start = np.where(first, 0.0, np.roll(offset, 1))
        before = outline.contains_touched(segment, start, offset)
        end = np.where(last, network.length_m[segment], np.roll(offset, -1))
        behind = outline.contains_touched(segment, offset, end)
        # A street that only touches the outline is not cut there.
        segments.append(segment[before != behind])
        offsets.append(offset[before != behind])
    segment, offset = _in_order(np.concatenate(segments), np.concatenate(offsets))
    keep = _apart(segment, offset, network.length_m)
    return _Splits(segment[keep], offset[keep], np.full(int(keep.sum()), -1, dtype=np.int64))


def _in_order(segment: IntArray, offset: FloatArray) -> tuple[IntArray, FloatArray]:
    """Places along segments, in order and each once."""
    order = np.lexsort([offset, segment])
    segment, offset = segment[order], offset[order]
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (segment[1:] == segment[:-1]) & (offset[1:] == offset[:-1])
    return segment[~again], offset[~again]


def _ends_of_runs(segment: IntArray) -> tuple[BoolArray, BoolArray]:
    """Which entries are the first, and which the last of their segment."""
    first = np.ones(len(segment), dtype=bool)
    first[1:] = segment[1:] != segment[:-1]
    return first, np.roll(first, -1)


def _splits_of(graph: MovementGraph) -> _Splits:
    """The outline splits of a graph that was built without stops."""
    split = np.flatnonzero(graph.piece_start_m > 0)
    return _Splits(graph.piece_segment_ix[split], graph.piece_start_m[split], np.full(len(split), -1, dtype=np.int64))


def _apart(segment: IntArray, offset_m: FloatArray, length_m: FloatArray) -> BoolArray:
    """Which places to keep: none closer than the resolution to the one kept before it, or to an end."""
    keep = (offset_m > OFFSET_RESOLUTION_M) & (length_m[segment] - offset_m > OFFSET_RESOLUTION_M)
    kept_segment, kept_m = -1, 0.0
    for ix in np.flatnonzero(keep).tolist():
        if segment[ix] == kept_segment and offset_m[ix] - kept_m <= OFFSET_RESOLUTION_M:
            keep[ix] = False
        else:
            kept_segment, kept_m = int(segment[ix]), float(offset_m[ix])
    return keep
