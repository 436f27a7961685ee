"""The declared filter: a `City` seen as OSMnx sees a drive network, so that the two can be compared.

What it keeps
    Segments of the `highway` kinds in `DRIVE_KINDS`, in each direction in which cars may use them. These are the kinds
    of docs/osm-tags.md that OSMnx's drive filter lets through: no service roads, no tracks, nothing for people on foot.
    But where cars may drive and neither heavy nor emergency vehicles may, the tags say `motor_vehicle=no` and exempt
    cars; OSMnx's filter drops every way with `motor_vehicle=no`, so this one does too.
What it leaves aside
    All that OSMnx does not read: barriers, turn bans, bridges, and the edge of the data.
What it does next
    OSMnx's simplification, written anew: a node is contracted unless it is a dead end, a fork, a place where a one-way
    begins, or its own neighbour. OSMnx looks at all nodes of the data, a city at junctions, which may be none any more
    once the footways are gone. The points of a segment's shape are nodes of the data, so the points next to a junction
    are its neighbours in OSMnx's sense, and the contraction is the same.

It is a yardstick for counting, no reading of the tags: that is judged by the micro-maps. A city knows whether cars may,
not the tag that says so; what follows from that is told in docs/osmnx-agreement.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ringfence.base.traffic import mask_of
from ringfence.network.city import City

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

CAR = mask_of("car")
CARS_ALONE = mask_of("car,heavy,emergency")
"""Of these, only cars may: somebody shut the way to motor vehicles and let cars in again."""

_WAY = re.compile(r"w(-?[0-9]+)-")

FORWARD, BACKWARD, BOTH = 1, 2, 3

DRIVE_KINDS = frozenset({
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link",
    "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "road", "busway",
})  # fmt: skip


@dataclass(frozen=True)
class DriveGraph:
    """A simplified drive network by OpenStreetMap's node ids.

    Attributes
    ----------
    junctions : frozenset of int
    streets : Counter of (int, int)
        Directed segments by their ends; parallel ones count each.
    core : frozenset of int
        Junctions of the largest strongly connected component.
    """

    junctions: frozenset[int]
    streets: Counter[tuple[int, int]]
    core: frozenset[int]


@dataclass(frozen=True)
class _Arcs:
    """Directed segments: the junctions at both ends, and the points next to these (the other end of a straight one)."""

    tail: IntArray
    head: IntArray
    behind_tail: IntArray
    before_head: IntArray

    @classmethod
    def of(cls, city: City, without: Collection[int]) -> _Arcs:
        """The directions of the city's segments that the filter keeps."""
        kept = ~np.isin(_ways(city), list(without))
        start, end = (city.segment_from_ix.astype(np.int64), city.segment_to_ix.astype(np.int64))
        first, last = city.shape_start[:-1], city.shape_start[1:] - 1
        straight = last - first == 1
        # Points in between are numbered behind the junctions, so that all nodes have numbers of their own.
        behind_start = np.where(straight, end, city.junction_count + first + 1)
        before_end = np.where(straight, start, city.junction_count + last - 1)
        on, back = (
            np.flatnonzero(kept & _driven(city, mask)) for mask in (city.segment_forward, city.segment_backward)
        )
        return cls(
            tail=np.concatenate([start[on], end[back]]),
            head=np.concatenate([end[on], start[back]]),
            behind_tail=np.concatenate([behind_start[on], before_end[back]]),
            before_head=np.concatenate([before_end[on], behind_start[back]]),
        )


def drive_graph(city: City, *, without: Collection[int] = ()) -> DriveGraph:
    """The city through the declared filter, perhaps without some ways, simplified. O(n log n) in the segments."""
    arcs = _Arcs.of(city, without)
    stays = _endpoints(arcs, city.junction_count)
    node = np.array([int(name[1:]) for name in city.junction_id], dtype=np.int64)
    tail, head = _contracted(arcs, stays)
    return DriveGraph(
        junctions=frozenset(node[stays].tolist()),
        streets=Counter(zip(node[tail].tolist(), node[head].tolist(), strict=True)),
        core=frozenset(node[_core(arcs, stays)].tolist()),
    )


def drive_directions(city: City) -> dict[int, int]:
    """For each way of which the filter keeps anything: the directions that it keeps."""
    forward, backward = (_driven(city, mask) for mask in (city.segment_forward, city.segment_backward))
    directions: dict[int, int] = {}
    for way, on, back in zip(_ways(city), forward.tolist(), backward.tolist(), strict=True):
        if on or back:
            directions[way] = directions.get(way, 0) | FORWARD * on | BACKWARD * back
    return directions


def _ways(city: City) -> list[int]:
    """(S,) the number of each segment's way, which its id begins with."""
    return [int(way[1]) for way in map(_WAY.match, city.segment_id) if way is not None]


def _driven(city: City, mask: NDArray[np.uint8]) -> BoolArray:
    """(S,) whether the filter keeps each segment in the direction that a class mask is of."""
    kinds = np.array([kind in DRIVE_KINDS for kind in city.kind], dtype=bool)[city.segment_kind_ix]
    return np.asarray(kinds & (mask & CAR != 0) & (mask & CARS_ALONE != CAR))


def _endpoints(arcs: _Arcs, count: int) -> BoolArray:
    """(J,) whether a junction stays: OSMnx's rules 1 to 3."""
    ways_out = np.bincount(arcs.tail, minlength=count)
    ways_in = np.bincount(arcs.head, minlength=count)
    ends = np.concatenate([arcs.tail, arcs.head])
    pairs = np.unique(np.column_stack([ends, np.concatenate([arcs.behind_tail, arcs.before_head])]), axis=0)
    neighbours = np.bincount(pairs[:, 0], minlength=count)
    own_neighbour = np.zeros(count, dtype=bool)
    own_neighbour[pairs[pairs[:, 0] == pairs[:, 1], 0]] = True
    degree = ways_out + ways_in
    passing = (neighbours == 2) & np.isin(degree, (2, 4)) & (ways_out > 0) & (ways_in > 0) & ~own_neighbour
    return np.asarray((degree > 0) & ~passing)


def _contracted(arcs: _Arcs, stays: BoolArray) -> tuple[IntArray, IntArray]:
    """Both ends of every street from a junction that stays to the next; one along twofold arcs into one that goes."""
    follower = _followers(arcs, stays)
    begun = np.flatnonzero(stays[arcs.tail])
    twofold = ~stays[arcs.behind_tail.clip(max=len(stays) - 1)] & (arcs.behind_tail == arcs.head)
    single = begun[~twofold[begun]]
    folded = begun[twofold[begun]]
    _, once = np.unique(np.column_stack([arcs.tail, arcs.head])[folded], axis=0, return_index=True)
    first = np.concatenate([single, folded[once]])
    last = first.copy()
    while (going := ~stays[arcs.head[last]] & (follower[last] >= 0)).any():
        last[going] = follower[last[going]]
    return arcs.tail[first], arcs.head[last]


def _followers(arcs: _Arcs, stays: BoolArray) -> IntArray:
    """For each arc into a junction that goes, the arc that leaves it again without turning back; else -1."""
    follower = np.full(len(arcs.tail), -1, dtype=np.int64)
    leaving: dict[int, list[int]] = {}
    for arc in np.flatnonzero(~stays[arcs.tail]).tolist():
        leaving.setdefault(int(arcs.tail[arc]), []).append(arc)
    for arc in np.flatnonzero(~stays[arcs.head]).tolist():
        onward = (one for one in leaving[int(arcs.head[arc])] if arcs.behind_tail[one] != arcs.before_head[arc])
        follower[arc] = next(onward, -1)
    return follower


def _core(arcs: _Arcs, stays: BoolArray) -> IntArray:
    """The junctions that stay of the strongly connected component with the most of them."""
    matrix = coo_array((np.ones(len(arcs.tail)), (arcs.tail, arcs.head)), shape=(len(stays), len(stays)))
    _, label = connected_components(matrix.tocsr(), directed=True, connection="strong")
    largest = np.bincount(label[stays]).argmax()
    return np.flatnonzero(stays & (label == largest))
