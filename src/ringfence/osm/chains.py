"""Chains of segments from one way to another, by a junction or along further ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain as one_behind_the_other
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np

from ringfence.osm.extract import IntArray
from ringfence.osm.segments import Segments

_CHAINS_MAX = 64
"""With more readings than this a restriction is not worth reading."""


class Chain(NamedTuple):
    """Segments in the order they are driven, and the junctions between them (one fewer)."""

    segments: tuple[int, ...]
    junctions: tuple[int, ...]


class StreetChains:
    """The segments as a graph in which restrictions are looked up.

    Parameters
    ----------
    way_id : (W,) int64
        Sorted ids of the ways that were cut into `segments`.
    forward, backward : (S,) int64
        Class masks of the segments.
    """

    def __init__(self, segments: Segments, way_id: IntArray, forward: IntArray, backward: IntArray) -> None:
        self._node_id = segments.junction_node_id
        self._from, self._to = segments.from_ix, segments.to_ix
        self._segment_way_id = way_id[segments.way_ix]
        self._masks = forward, backward
        both = np.concatenate([self._from, self._to])
        self._by_junction = np.argsort(both, kind="stable")
        self._junction_start = np.searchsorted(both[self._by_junction], np.arange(len(self._node_id) + 1))

    def has_way(self, way: int) -> bool:
        """Whether a way has a segment."""
        return bool(self._segments_of(way))

    def has_node(self, node: int) -> bool:
        """Whether a node is a junction."""
        return self._junction_of(node) is not None

    def segments_at(self, junction: int) -> list[int]:
        """Segments that begin or end at a junction, in order, each once."""
        ends = self._by_junction[self._junction_start[junction] : self._junction_start[junction + 1]]
        return sorted(set((ends % len(self._from)).tolist()))

    def only_chain(self, start: int, via_node: int | None, via_ways: list[int], end: int, mask: int) -> Chain | None:
        """The one chain from way `start` to way `end` by a node or along ways; None if there is none, or a choice.

        Where a way passes through, both its segments could be meant: then only what a class of `mask` may drive counts.
        """
        chains = self._chains(start, via_node, via_ways, end)
        if len(chains) > 1:
            chains = [chain for chain in chains if self._may_be_driven(chain, mask)]
        return chains[0] if len(chains) == 1 else None

    def _chains(self, start: int, via_node: int | None, via_ways: list[int], end: int) -> list[Chain]:
        """All chains; none at all where there are very many."""
        if via_node is not None:
            junction = self._junction_of(via_node)
            meetings = [set() if junction is None else {junction}]
        else:
            ways = [start, *via_ways, end]
            meetings = [self._ends_of(one) & self._ends_of(other) for one, other in pairwise(ways)]
        partial = [
            Chain((segment,), (junction,))
            for junction in sorted(meetings[0])
            for segment in self._segments_of(start)
            if junction in self._ends(segment)
        ]
        for way, targets in zip(via_ways, meetings[1:], strict=False):
            if len(partial) > _CHAINS_MAX:
                return []
            partial = [longer for chain in partial for longer in self._along(way, chain, targets)]
        if len(partial) > _CHAINS_MAX:
            return []
        return [
            Chain((*chain.segments, segment), chain.junctions)
            for chain in partial
            for segment in self._segments_of(end)
            if chain.junctions[-1] in self._ends(segment)
        ]

    def _along(self, way: int, chain: Chain, targets: set[int]) -> Iterator[Chain]:
        """`chain` carried on along a way, either way round, to the first junction of `targets`."""
        along = list(self._segments_of(way))
        against = along[::-1]
        at = chain.junctions[-1]
        for order, near, far in ((along, self._from, self._to), (against, self._to, self._from)):
            for place, segment in enumerate(order):
                if near[segment] == at:
                    # Round the end of a closed way, too.
                    onward = one_behind_the_other(islice(order, place, None), islice(order, place))
                    walk = self._walk(onward, near, far, targets)
                    if walk is not None:
                        yield Chain((*chain.segments, *walk.segments), (*chain.junctions, *walk.junctions))

    @staticmethod
    def _walk(order: Iterable[int], near: IntArray, far: IntArray, targets: set[int]) -> Chain | None:
        """The segments up to the first junction of `targets`, as long as each begins where the last one ended."""
        segments: list[int] = []
        junctions: list[int] = []
        for segment in order:
            if junctions and near[segment] != junctions[-1]:
                return None
            segments.append(segment)
            junctions.append(int(far[segment]))
            if junctions[-1] in targets:
                return Chain(tuple(segments), tuple(junctions))
        return None

    def _may_be_driven(self, chain: Chain, mask: int) -> bool:
        """Whether a class of `mask` may drive the whole chain."""
        tails = (None, *chain.junctions)
        heads = (*chain.junctions, None)
        for segment, tail, head in zip(chain.segments, tails, heads, strict=True):
            usable = 0
            for near, far, masks in ((self._from, self._to, self._masks[0]), (self._to, self._from, self._masks[1])):
                if tail in (None, near[segment]) and head in (None, far[segment]):
                    usable |= int(masks[segment])
            mask &= usable
        return mask != 0

    def _segments_of(self, way: int) -> range:
        low = np.searchsorted(self._segment_way_id, way, side="left")
        high = np.searchsorted(self._segment_way_id, way, side="right")
        return range(int(low), int(high))

    def _ends(self, segment: int) -> tuple[int, int]:
        return int(self._from[segment]), int(self._to[segment])

    def _ends_of(self, way: int) -> set[int]:
        return {junction for segment in self._segments_of(way) for junction in self._ends(segment)}

    def _junction_of(self, node: int) -> int | None:
        ix = int(np.searchsorted(self._node_id, node))
        return ix if ix < len(self._node_id) and self._node_id[ix] == node else None
