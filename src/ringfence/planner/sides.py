"""Which end of an arm the protected area lies behind: where the barrier's arrow points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from ringfence.network import Region
from ringfence.network.projection import FloatArray
from ringfence.network.streets import BoolArray, IntArray
from ringfence.planner.ring import Ring

FIRST_END, LAST_END = 0, 1


def inner_ends(ring: Ring, arms: Sequence[int], inside: BoolArray) -> list[int]:
    """For each of some arms the end that leads to the area: 0 for its first, 1 for its last.

    Where the line crosses an arm, the end that it is crossed towards. Who stands at the end where he came from may be
    inside as well: by another street, that a ban forbids to those who would have come along the arm. An arm that is
    closed and crossed nowhere holds nothing: its end is the one from which the area is reached past the barriers. If
    both are or neither is, it is the one nearer to the area in metres of street, whoever may drive there.

    Parameters
    ----------
    inside : (N,) bool
        The nodes from which the area can be reached past the barriers.
    """
    towards = ring.crossed_towards(inside)
    stands = inside[ring.half_node[list(arms)]]
    ends: list[int] = []
    far: FloatArray | None = None
    for arm, at in zip(arms, stands.tolist(), strict=True):
        first, last = towards[arm].tolist()
        if first != last:
            ends.append(FIRST_END if first else LAST_END)
        elif first or at[0] != at[1]:  # crossed both ways, or nowhere
            ends.append(FIRST_END if at[0] else LAST_END)
        else:
            far = _metres_to_area(ring) if far is None else far
            first_m, last_m = far[_ends_of(ring, arm)]
            ends.append(FIRST_END if first_m < last_m else LAST_END)
    return ends


def _ends_of(ring: Ring, arm: int) -> IntArray:
    piece, graph = ring.problem.arms.piece[arm], ring.problem.graph
    return np.array([graph.piece_from_node[piece], graph.piece_to_node[piece]])


def _metres_to_area(ring: Ring) -> FloatArray:
    """For each node of the movement graph how far the protected area is along the streets, one-ways or not."""
    graph = ring.problem.graph
    tail, head = graph.piece_from_node, graph.piece_to_node
    count = int(max(tail.max(initial=0), head.max(initial=0))) + 2
    inner = graph.piece_region == Region.PROTECTED
    ends = np.unique(np.concatenate([tail[inner], head[inner]]))
    # Of parallel streets the shortest counts; a node more stands for the area.
    area = np.full(len(ends), count - 1)
    tails, heads = np.concatenate([tail, ends]), np.concatenate([head, area])
    metres = np.concatenate([graph.piece_length_m, np.full(len(ends), 1e-9)])
    order = np.lexsort([metres, heads, tails])
    tails, heads, metres = tails[order], heads[order], np.maximum(metres[order], 1e-9)
    shortest = np.ones(len(order), dtype=bool)
    shortest[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    streets = csr_matrix((metres[shortest], (tails[shortest], heads[shortest])), shape=(count, count))
    far: FloatArray = dijkstra(streets, directed=False, indices=count - 1)
    return far
