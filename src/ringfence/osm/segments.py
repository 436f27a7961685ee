"""Ways cut into segments at the junctions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringfence.network.ranges import ranges
from ringfence.osm.extract import LAT_E7_MAX, IntArray

BoolArray = NDArray[np.bool_]

MOVES_MAX = 8
"""How many nodes in a row may lie at one place and still be told apart."""


@dataclass(frozen=True)
class Segments:
    """Segments (S) by way and position along it, junctions (J) by node id, and the shapes (P) of the segments.

    Attributes
    ----------
    junction_node_id, junction_e7 : (J,), (J, 2) int64
    junction_cut_off : (J,) bool
        Whether a way goes on from there to a node that the file lacks.
    way_ix : (S,) int64
        Into the ways that were cut.
    number : (S,) int64
        1, or 2, 3 ... where the way has begun a segment at the same junction before.
    from_ix, to_ix : (S,) int64
    shape_start, shape_e7 : (S + 1,), (P, 2) int64
    rail_crossing_point : (R,) int64
        Points of the shapes at which rails cross the street, ascending.
    dropped : int
        Runs left out because all their points coincide.
    """

    junction_node_id: IntArray
    junction_e7: IntArray
    junction_cut_off: BoolArray
    way_ix: IntArray
    number: IntArray
    from_ix: IntArray
    to_ix: IntArray
    shape_start: IntArray
    shape_e7: IntArray
    rail_crossing_point: IntArray
    dropped: int


def cut(
    way_start: IntArray,
    ref_node_ix: IntArray,
    node_id: IntArray,
    node_e7: IntArray,
    is_barrier: BoolArray,
    is_rail_crossing: BoolArray,
) -> Segments:
    """Cut ways at the nodes where ways end or meet and where a barrier stands. O(R log R).

    Parameters
    ----------
    way_start : (W + 1,) int64
        Where each way's nodes begin in `ref_node_ix`.
    ref_node_ix : (R,) int64
        Into the nodes, -1 where the node is unknown: the way is broken there.
    node_id, node_e7, is_barrier, is_rail_crossing : (N,), (N, 2), (N,), (N,)
    """
    way, node, broken = _points(way_start, ref_node_ix)
    joined = np.zeros(len(node) + 1, dtype=bool)
    joined[1:-1] = (way[1:] == way[:-1]) & ~broken[1:]
    is_junction = is_barrier | (np.bincount(node, minlength=len(node_id)) > 1)
    is_junction[node[~joined[:-1]]] = True
    is_junction[node[~joined[1:]]] = True

    stops = np.flatnonzero(is_junction[node])
    run = np.cumsum(~joined[:-1])
    same_run = run[stops[:-1]] == run[stops[1:]]
    first, last = stops[:-1][same_run], stops[1:][same_run]
    node_e7, long = _apart(node_e7, node, first, last)
    e7 = node_e7[node]
    dropped = int(len(first) - np.count_nonzero(long))
    first, last = first[long], last[long]

    ends = np.concatenate([node[first], node[last]])
    junction_node, end_ix = np.unique(ends, return_inverse=True)
    counts = last - first + 1
    points = ranges(first, counts)
    return Segments(
        junction_node_id=node_id[junction_node],
        junction_e7=node_e7[junction_node],
        junction_cut_off=_cut_off(way_start, ref_node_ix, len(node_id))[junction_node],
        way_ix=way[first],
        number=_numbers(way[first], node[first]),
        from_ix=end_ix[: len(first)],
        to_ix=end_ix[len(first) :],
        shape_start=np.concatenate([[0], np.cumsum(counts)]),
        shape_e7=e7[points],
        rail_crossing_point=np.flatnonzero(is_rail_crossing[node[points]]),
        dropped=dropped,
    )


def _apart(node_e7: IntArray, node: IntArray, first: IntArray, last: IntArray) -> tuple[IntArray, BoolArray]:
    """Positions, a node joined to another at its place moved a centimetre; and which runs have a length."""
    # To the north, but not over the pole.
    step_e7 = np.where(node_e7[:, 1] > LAT_E7_MAX - MOVES_MAX, -1, 1)
    for last_try in (*[False] * MOVES_MAX, True):
        e7 = node_e7[node]
        moves = np.zeros(len(node), dtype=np.int64)
        np.cumsum((e7[1:] != e7[:-1]).any(axis=1), out=moves[1:])
        long = moves[first] != moves[last]
        cut_apart = ~long & (node[first] != node[last])
        if last_try or not cut_apart.any():
            break
        node_e7 = node_e7.copy()
        moved = np.unique(node[last[cut_apart]])
        node_e7[moved, 1] += step_e7[moved]
    return node_e7, long


def _points(way_start: IntArray, ref_node_ix: IntArray) -> tuple[IntArray, IntArray, BoolArray]:
    """Way and node of each known point, repeats in a row once; and whether unknown nodes lie before it."""
    way = np.repeat(np.arange(len(way_start) - 1), np.diff(way_start))
    known = ref_node_ix >= 0
    unknown_before = np.cumsum(~known)[known]
    way, node = way[known], ref_node_ix[known]
    broken = np.zeros(len(node), dtype=bool)
    broken[1:] = unknown_before[1:] != unknown_before[:-1]
    fresh = np.ones(len(node), dtype=bool)
    fresh[1:] = (node[1:] != node[:-1]) | (way[1:] != way[:-1]) | broken[1:]
    return way[fresh], node[fresh], broken[fresh]


def _cut_off(way_start: IntArray, ref_node_ix: IntArray, node_count: int) -> BoolArray:
    """(N,) whether the next or the last node along some way is unknown."""
    way = np.repeat(np.arange(len(way_start) - 1), np.diff(way_start))
    same_way = way[1:] == way[:-1]
    before, behind = ref_node_ix[:-1], ref_node_ix[1:]
    found = np.zeros(node_count, dtype=bool)
    found[before[same_way & (before >= 0) & (behind < 0)]] = True
    found[behind[same_way & (behind >= 0) & (before < 0)]] = True
    return found


def _numbers(way: IntArray, node: IntArray) -> IntArray:
    """How many segments of the same way have begun at the same node, this one included."""
    order = np.lexsort([np.arange(len(way)), node, way])
    again = np.zeros(len(way), dtype=bool)
    again[1:] = (way[order][1:] == way[order][:-1]) & (node[order][1:] == node[order][:-1])
    place = np.arange(len(way))
    run_start = np.maximum.accumulate(np.where(again, 0, place)) if len(way) else place
    numbers = np.empty(len(way), dtype=np.int64)
    numbers[order] = place - run_start + 1
    return numbers
