"""The streets of an extract: which ways they are, how they may be used, and the segments they are cut into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ringfence.network.ranges import ranges
from ringfence.osm.barriers import stopped_by
from ringfence.osm.extract import Extract, IntArray, TaggedNode
from ringfence.osm.rails import is_level_crossing
from ringfence.osm.segments import BoolArray, Segments, cut
from ringfence.osm.text import names_of
from ringfence.osm.ways import NoStreet, Street, conditions_of, street_of

UNREAD = "access tag with a value that says nothing"
ON_JUNCTION = "barrier on a junction of several streets"
NO_LENGTH = "piece of street without length"


@dataclass(frozen=True)
class Streets:
    """Segments (S) and junctions (J), and what holds for them.

    Attributes
    ----------
    segments : Segments
    way_id : (W,) int64
        Of the ways that were cut.
    usage : list of Street
    usage_ix : (S,) int64
        Into `usage` and `names`: segments that are tagged alike share an entry.
    names : list of (str, tuple of str)
        What each is called, and what else.
    blocked : (J,) int64
        Class bits, and `PHYSICAL`, of what can't pass there.
    node_conditions : list of (int, str)
        Junctions with a barrier that holds only at times, with the tag.
    left_out : Counter
    """

    segments: Segments
    way_id: IntArray
    usage: list[Street]
    usage_ix: IntArray
    names: list[tuple[str, tuple[str, ...]]]
    blocked: IntArray
    node_conditions: list[tuple[int, str]]
    left_out: Counter[str]

    def per_segment(self, value: Callable[[Street], int | bool]) -> IntArray:
        """(S,) a value of each segment's usage."""
        return np.array([value(one) for one in self.usage], dtype=np.int64)[self.usage_ix]


def make_streets(extract: Extract) -> Streets:
    """Read the tags of ways and barriers, and cut the ways that make streets."""
    left_out: Counter[str] = Counter()
    ways, reading_ix, readings = _street_ways(extract, left_out)
    counts = np.diff(extract.ways.start)[ways]
    refs = extract.ref_node_ix[ranges(extract.ways.start[:-1][ways], counts)]
    barriers, is_barrier = _on_ways(extract, lambda tags: "barrier" in tags)
    _, is_rail_crossing = _on_ways(extract, is_level_crossing)
    way_start = np.concatenate([[0], np.cumsum(counts)])
    segments = cut(way_start, refs, extract.node_id, extract.node_e7, is_barrier, is_rail_crossing)
    if segments.dropped:
        left_out[NO_LENGTH] += segments.dropped
    used, usage_ix = np.unique(reading_ix[segments.way_ix], return_inverse=True)
    blocked, conditions = _blocked(barriers, segments, left_out)
    return Streets(
        segments=segments,
        way_id=extract.ways.id[ways],
        usage=[readings[ix] for ix in used.tolist()],
        usage_ix=usage_ix,
        names=[names_of(extract.ways.tags[ix]) for ix in used.tolist()],
        blocked=blocked,
        node_conditions=conditions,
        left_out=left_out,
    )


def _street_ways(extract: Extract, left_out: Counter[str]) -> tuple[IntArray, IntArray, dict[int, Street]]:
    """Positions of the ways that make streets, for each its reading, and the readings by position of their tags."""
    ways = extract.ways
    uses = np.bincount(ways.tags_ix, minlength=len(ways.tags)).tolist()
    readings: dict[int, Street] = {}
    for ix, tags in enumerate(ways.tags):
        reading = street_of(tags) if "highway" in tags else None
        if isinstance(reading, Street):
            readings[ix] = reading
            if reading.unread:
                left_out[UNREAD] += uses[ix]
        elif isinstance(reading, NoStreet):
            left_out[reading.reason] += uses[ix]
    is_street = np.zeros(len(ways.tags) + 1, dtype=bool)
    is_street[list(readings)] = True
    kept = np.flatnonzero(is_street[ways.tags_ix] & (np.diff(ways.start) > 1))
    return kept, ways.tags_ix[kept], readings


def _on_ways(extract: Extract, is_one: Callable[[dict[str, str]], bool]) -> tuple[list[TaggedNode], BoolArray]:
    """The nodes of a kind that lie on some way; and for each of all nodes, whether it is one."""
    at, nodes = _known([node for node in extract.tagged_nodes if is_one(node.tags)], extract.node_id)
    of_kind = np.zeros(len(extract.node_id), dtype=bool)
    of_kind[at] = True
    return nodes, of_kind


def _known(nodes: Sequence[TaggedNode], node_id: IntArray) -> tuple[IntArray, list[TaggedNode]]:
    """The nodes that lie on some way, with their positions in `node_id`."""
    place = {node: ix for ix, node in enumerate(node_id[np.isin(node_id, [one.id for one in nodes])].tolist())}
    known = [node for node in nodes if node.id in place]
    return np.searchsorted(node_id, np.array([node.id for node in known], dtype=np.int64)), known


def _blocked(
    barriers: list[TaggedNode], segments: Segments, left_out: Counter[str]
) -> tuple[IntArray, list[tuple[int, str]]]:
    """What can't pass at each junction; and what holds there only at times."""
    at, barriers = _known(barriers, segments.junction_node_id)
    blocked = np.zeros(len(segments.junction_node_id), dtype=np.int64)
    conditions = []
    for junction, node in zip(at.tolist(), barriers, strict=True):
        blocked[junction] = stopped_by(node.tags)
        conditions += [(junction, condition) for condition in conditions_of(node.tags)]
    # Nobody can tell which of several streets it stands in: it must not shut them all.
    ends = np.bincount(np.concatenate([segments.from_ix, segments.to_ix]), minlength=len(blocked))
    misplaced = (ends > 2) & (blocked != 0)
    if misplaced.any():
        left_out[ON_JUNCTION] += int(np.count_nonzero(misplaced))
    blocked[misplaced] = 0
    return blocked, conditions


def is_named(streets: Streets) -> BoolArray:
    """(S,) whether a segment has a name."""
    return np.array([bool(name) for name, _ in streets.names], dtype=bool)[streets.usage_ix]
