"""The objects of an extract that matter, as arrays: ways with their nodes, nodes with tags, relations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ringfence.network.city import DEGREE_E7
from ringfence.network.ranges import ranges

IntArray = NDArray[np.int64]
Number = TypeVar("Number", np.int64, np.float64)

LON_E7_MAX, LAT_E7_MAX = 180 * DEGREE_E7, 90 * DEGREE_E7
ID_MAX = 2**53
"""Nodes with larger ids count as missing: they would not fit in a double. Real ones are a millionth of it."""

_ESCAPED = re.compile(r"%([0-9a-f]{1,8})%")
_NODE_TAGS = re.compile(rb" T[^ \n]*")
_NODE_SIGNS = bytes.maketrans(b"nxy\n", b"    ")
_REF_SIGNS = bytes.maketrans(b"n,", b"  ")
_WAYS_AT_ONCE = 20_000


class Member(NamedTuple):
    """A member of a relation; `kind` is n, w or r."""

    kind: str
    id: int
    role: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation with its tags and members in order."""

    id: int
    tags: dict[str, str]
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class TaggedNode:
    """A node with tags; `e7` (longitude, latitude) is None where it has no place on the globe."""

    id: int
    tags: dict[str, str]
    e7: tuple[int, int] | None


@dataclass(frozen=True)
class Ways:
    """Ways (W), sorted by id, and the nodes (N) they refer to (R).

    Attributes
    ----------
    id : (W,) int64
    tags_ix : (W,) int64
        Into `tags`: ways that are tagged alike share an entry.
    tags : list of dict
    start : (W + 1,) int64
        Where each way's nodes begin in `ref`.
    ref : (R,) int64
        Node ids along the ways.
    """

    id: IntArray
    tags_ix: IntArray
    tags: list[dict[str, str]]
    start: IntArray
    ref: IntArray


@dataclass(frozen=True)
class Extract:
    """What was read. `ref_node_ix` (R,) is -1 where the file lacks the node; `node_id` (N,) is sorted."""

    ways: Ways
    node_id: IntArray
    node_e7: IntArray
    ref_node_ix: IntArray
    tagged_nodes: list[TaggedNode]
    relations: list[Relation]


def read_relations(lines: Iterable[str]) -> list[Relation]:
    """Relations of OPL lines by id; of several with one id, the last."""
    found: dict[int, Relation] = {}
    for line in lines:
        head, _, rest = line.partition(" T")
        tags, _, members = rest.partition(" M")
        number = int(head[1:])
        found[number] = Relation(number, parse_tags(tags), tuple(_members(members)))
    return [found[number] for number in sorted(found)]


def read_tagged_nodes(lines: Iterable[str]) -> list[TaggedNode]:
    """Nodes of OPL lines by id; of several with one id, the last."""
    found: dict[int, TaggedNode] = {}
    for line in lines:
        head, tags, lon, lat = line.split(" ")
        number = int(head[1:])
        found[number] = TaggedNode(number, parse_tags(tags[1:]), _position(lon[1:], lat[1:]))
    return [found[number] for number in sorted(found)]


def read_ways(lines: Iterable[str]) -> Ways:
    """Ways of OPL lines by id; of several with one id, the last."""
    ids: list[int] = []
    tags_ix: list[int] = []
    counts: list[int] = []
    texts: dict[str, int] = {}
    refs: list[IntArray] = []
    waiting: list[str] = []
    for line in lines:
        head, _, rest = line.partition(" T")
        tags, _, nodes = rest.partition(" N")
        ids.append(int(head[1:]))
        tags_ix.append(texts.setdefault(tags, len(texts)))
        counts.append(nodes.count("n"))
        waiting.append(nodes)
        if len(waiting) == _WAYS_AT_ONCE:
            refs.append(_parse_refs(waiting))
            waiting.clear()
    refs.append(_parse_refs(waiting))
    return _sorted_ways(
        np.array(ids, dtype=np.int64),
        np.array(tags_ix, dtype=np.int64),
        [parse_tags(text) for text in texts],
        np.array(counts, dtype=np.int64),
        np.concatenate(refs),
    )


def locate_nodes(ways: Ways, blocks: Iterable[bytes]) -> tuple[IntArray, IntArray, IntArray]:
    """Ids and positions of the nodes that `ways` refer to, and for each reference its node, or -1."""
    wanted, ref_ix = np.unique(ways.ref, return_inverse=True)
    e7 = np.full((len(wanted), 2), LON_E7_MAX + 1, dtype=np.int64)
    for block in blocks:
        # A node without a position, "x y", is put off the globe.
        text = _NODE_TAGS.sub(b"", block).replace(b"x ", b"x999 ").replace(b"y\n", b"y999\n")
        rows = _numbers(text.translate(_NODE_SIGNS), np.float64).reshape(-1, 3)
        rows = rows[np.abs(rows[:, 0]) < ID_MAX]
        ids = rows[:, 0].astype(np.int64)
        at = np.searchsorted(wanted, ids)
        hit = (at < len(wanted)) & (np.take(wanted, at, mode="clip") == ids) if len(wanted) else at < 0
        e7[at[hit]] = np.rint(rows[hit, 1:] * DEGREE_E7)
    known = (np.abs(e7) <= (LON_E7_MAX, LAT_E7_MAX)).all(axis=1) & (np.abs(wanted) < ID_MAX)
    new_ix = np.where(known, np.cumsum(known) - 1, -1)
    return wanted[known], e7[known], new_ix[ref_ix]


def parse_tags(text: str) -> dict[str, str]:
    """Tags of OPL's ``key=value,key=value``."""
    if not text:
        return {}
    pairs = (pair.partition("=") for pair in text.split(","))
    if "%" not in text:
        return {key: value for key, _, value in pairs}
    return {_unescape(key): _unescape(value) for key, _, value in pairs}


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: _letter(int(match[1], 16)), text) if "%" in text else text


def _letter(number: int) -> str:
    return chr(number) if number <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"


def _members(text: str) -> Iterator[Member]:
    for part in text.split(",") if text else ():
        head, _, role = part.partition("@")
        yield Member(head[0], int(head[1:]), _unescape(role))


def _position(lon: str, lat: str) -> tuple[int, int] | None:
    if not lon or not lat:
        return None
    e7 = round(float(lon) * DEGREE_E7), round(float(lat) * DEGREE_E7)
    return e7 if abs(e7[0]) <= LON_E7_MAX and abs(e7[1]) <= LAT_E7_MAX else None


def _parse_refs(texts: list[str]) -> IntArray:
    return _numbers(" ".join(texts).encode().translate(_REF_SIGNS), np.int64)


def _numbers(text: bytes, kind: type[Number]) -> NDArray[Number]:
    """The numbers of a text with spaces between them. (numpy alone would read one where there are only spaces.)"""
    return np.fromstring(text, dtype=kind, sep=" ") if text.strip() else np.empty(0, dtype=kind)


def _sorted_ways(
    ids: IntArray, tags_ix: IntArray, tags: list[dict[str, str]], counts: IntArray, refs: IntArray
) -> Ways:
    order = np.argsort(ids, kind="stable")
    last = np.ones(len(ids), dtype=bool)
    last[:-1] = ids[order][1:] != ids[order][:-1]
    order = order[last]
    starts = np.cumsum(counts) - counts
    new_start = np.zeros(len(order) + 1, dtype=np.int64)
    np.cumsum(counts[order], out=new_start[1:])
    return Ways(ids[order], tags_ix[order], tags, new_start, refs[ranges(starts[order], counts[order])])
