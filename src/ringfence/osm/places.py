"""Addresses and sites of an extract, with their positions."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ringfence.osm.addresses import Address, address_of
from ringfence.osm.extract import Extract, IntArray, Member, Relation
from ringfence.osm.sites import Site, site_of

_Box = tuple[int, int, int, int]


def read_places(extract: Extract) -> tuple[list[Address], list[Site]]:
    """Addresses and sites of nodes, of ways, then of relations; each by id."""
    boxes = _Boxes(extract)
    addresses: list[Address | None] = []
    sites: list[Site | None] = []
    for node in extract.tagged_nodes:
        addresses.append(address_of(node.tags, node.e7))
        sites.append(site_of("n", node.id, node.tags, node.e7))
    ways = extract.ways
    promising = np.array([_is_promising(tags) for tags in ways.tags], dtype=bool)
    for ix in np.flatnonzero(promising[ways.tags_ix]).tolist():
        tags, number, middle = ways.tags[ways.tags_ix[ix]], int(ways.id[ix]), _middle([boxes.of_way(ix)])
        addresses.append(address_of(tags, middle))
        sites.append(site_of("w", number, tags, middle))
    for relation in extract.relations:
        middle = _middle(boxes.of_way_id(member.id) for member in outer_ways(relation))
        addresses.append(address_of(relation.tags, middle))
        sites.append(site_of("r", relation.id, relation.tags, middle))
    return [one for one in addresses if one is not None], [one for one in sites if one is not None]


def outer_ways(relation: Relation) -> list[Member]:
    """The ways that bound a multipolygon that may be an address or a site; none of other relations."""
    if relation.tags.get("type") != "multipolygon" or not _is_promising(relation.tags):
        return []
    return [member for member in relation.members if member.kind == "w" and member.role in {"outer", ""}]


def _is_promising(tags: dict[str, str]) -> bool:
    return "addr:housenumber" in tags or site_of("", 0, tags, (0, 0)) is not None


class _Boxes:
    """Bounding boxes of ways."""

    def __init__(self, extract: Extract) -> None:
        self._extract = extract

    def of_way(self, way_ix: int) -> _Box | None:
        ways = self._extract.ways
        nodes = self._extract.ref_node_ix[ways.start[way_ix] : ways.start[way_ix + 1]]
        e7 = self._extract.node_e7[nodes[nodes >= 0]]
        if not len(e7):
            return None
        (west, south), (east, north) = e7.min(axis=0).tolist(), e7.max(axis=0).tolist()
        return west, south, east, north

    def of_way_id(self, way: int) -> _Box | None:
        ids: IntArray = self._extract.ways.id
        ix = int(np.searchsorted(ids, way))
        return self.of_way(ix) if ix < len(ids) and ids[ix] == way else None


def _middle(boxes: Iterable[_Box | None]) -> tuple[int, int] | None:
    """The middle of the box around some boxes, None if there are none."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    west, south, east, north = zip(*known, strict=True)
    return (min(west) + max(east)) // 2, (min(south) + max(north)) // 2
