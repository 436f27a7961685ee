"""Tiny OpenStreetMap maps, drawn at random; as osmium's lines (OPL), and as XML."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from tests.fuzz.osm_words import RESTRICTIONS, VALUES, draw_tags

_NOT_AS_IT_IS = re.compile("[^!-$&-+\\--<>?A-~\u00a1-\u00ac\u00ae-\u05ff]")
"""Whatever osmium's writer of OPL escapes."""

PLACE_KEYS = frozenset({
    "addr:housenumber", "amenity", "emergency", "social_facility", "railway", "public_transport", "government",
    "tourism", "historic", "leisure", "place",
})  # fmt: skip
STEP_E7 = 10_000
"""About 111 m between neighbouring nodes."""

STREETS = ("residential", "residential", "primary", "service", "footway", "motorway_link", "pedestrian")

CORNERS = ((0, 0), (-86_000_000, 411_500_000), (1_799_970_000, -900_000_000), (74_000_000, 899_970_000))
"""South-west corners of maps: off Africa, in a city, where the date line meets a pole, and at the other pole."""


class Node(NamedTuple):
    """`e7` is None where it has no position."""

    id: int
    tags: dict[str, str]
    e7: tuple[int, int] | None


class Way(NamedTuple):
    """A way with its nodes."""

    id: int
    tags: dict[str, str]
    refs: list[int]


class Relation(NamedTuple):
    """A relation; of each member n, w or r, a number and a role."""

    id: int
    tags: dict[str, str]
    members: list[tuple[str, int, str]]


@dataclass
class Drawing:
    """A map."""

    nodes: list[Node] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)


class Lines(NamedTuple):
    """A drawing as the importer gets it from osmium: lines of what passes the filters."""

    drawing: Drawing

    def relations(self) -> Iterator[str]:
        for one in self.drawing.relations:
            if one.tags.get("type") in {"restriction", "multipolygon"}:
                members = ",".join(f"{kind}{ref}@{_opl(role)}" for kind, ref, role in one.members)
                yield f"r{one.id} T{_opl_tags(one.tags)} M{members}"

    def ways(self) -> Iterator[str]:
        for one in self.drawing.ways:
            if "highway" in one.tags or not PLACE_KEYS.isdisjoint(one.tags):
                yield _way_line(one)

    def named_buildings(self) -> Iterator[str]:
        return (_way_line(one) for one in self.drawing.ways if "building" in one.tags and "name" in one.tags)

    def ways_by_id(self, wanted: frozenset[int]) -> Iterator[str]:
        return (_way_line(one) for one in self.drawing.ways if one.id in wanted)

    def tagged_nodes(self) -> Iterator[str]:
        for one in self.drawing.nodes:
            if "barrier" in one.tags or "building" in one.tags or not PLACE_KEYS.isdisjoint(one.tags):
                yield _node_line(one)

    def node_blocks(self) -> Iterator[bytes]:
        lines = [f"{_node_line(one)}\n".encode() for one in self.drawing.nodes]
        half = len(lines) // 2
        return (block for block in (b"".join(lines[:half]), b"".join(lines[half:])) if block)


def _node_line(one: Node) -> str:
    lon, lat = map(_degrees, one.e7) if one.e7 is not None else ("", "")
    return f"n{one.id} T{_opl_tags(one.tags)} x{lon} y{lat}"


def _way_line(one: Way) -> str:
    return f"w{one.id} T{_opl_tags(one.tags)} N{','.join(f'n{ref}' for ref in one.refs)}"


def _opl_tags(tags: dict[str, str]) -> str:
    return ",".join(f"{_opl(key)}={_opl(value)}" for key, value in tags.items())


def _opl(text: str) -> str:
    return _NOT_AS_IT_IS.sub(lambda match: f"%{ord(match[0]):02x}%", text)


def _degrees(e7: int) -> str:
    whole, part = divmod(abs(e7), 10_000_000)
    return f"{'-' if e7 < 0 else ''}{whole}.{part:07}".rstrip("0").rstrip(".")


def as_xml(drawing: Drawing, header: str = "") -> str:
    """The map as an `.osm` file; `header` stands before its objects."""
    parts = ["<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6'>", header]
    for node in drawing.nodes:
        at = "" if node.e7 is None else f" lon='{_degrees(node.e7[0])}' lat='{_degrees(node.e7[1])}'"
        parts.append(f"<node id='{node.id}'{at}>{_xml_tags(node.tags)}</node>")
    for way in drawing.ways:
        refs = "".join(f"<nd ref='{ref}'/>" for ref in way.refs)
        parts.append(f"<way id='{way.id}'>{refs}{_xml_tags(way.tags)}</way>")
    kinds = {"n": "node", "w": "way", "r": "relation"}
    for one in drawing.relations:
        members = "".join(
            f"<member type='{kinds[kind]}' ref='{ref}' role={quoteattr(role)}/>" for kind, ref, role in one.members
        )
        parts.append(f"<relation id='{one.id}'>{members}{_xml_tags(one.tags)}</relation>")
    return "\n".join([*parts, "</osm>"])


def _xml_tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def draw_map(random_: random.Random) -> Drawing:
    """Three to a dozen objects that fit together: streets that meet; perhaps a barrier, a rule, an address, a site."""
    count = random_.randint(3, 6)
    lon, lat = random_.choice(CORNERS)
    nodes = [
        Node(ix + 1, {}, (lon + STEP_E7 * (cell // 4), lat + STEP_E7 * (cell % 4)))
        for ix, cell in enumerate(random_.sample(range(16), count))
    ]
    walks = _in_a_row(random_, count) if random_.random() < 0.7 else _anyhow(random_, count)
    ways = [Way(ix + 1, _street_tags(random_), walk) for ix, walk in enumerate(walks)]
    relations = [_restriction(random_, ways)] if random_.random() < 0.6 else []
    if random_.random() < 0.5:
        at = random_.randrange(count)
        nodes[at] = nodes[at]._replace(tags=draw_tags(random_, 3, random_.choice(("barrier", "barrier", "amenity"))))
    if random_.random() < 0.3:
        near = (lon + random_.randrange(3 * STEP_E7), lat + random_.randrange(3 * STEP_E7))
        nodes.append(Node(count + 1, {"addr:housenumber": "7", **draw_tags(random_, 2, "addr:street")}, near))
    if random_.random() < 0.1:
        ways.append(Way(len(ways) + 1, draw_tags(random_, 2), _walk(random_, count)))
        tags = {"type": "multipolygon", **draw_tags(random_, 2, "amenity")}
        relations.append(Relation(2, tags, [("w", len(ways), "outer")]))
    return Drawing(nodes, ways, relations)


def _street_tags(random_: random.Random) -> dict[str, str]:
    tags = draw_tags(random_, 4, "highway")
    if random_.random() < 0.8:
        tags["highway"] = random_.choice(STREETS)
    if random_.random() < 0.4:
        tags["name"] = random_.choice(VALUES["addr:street"])
    return tags


def _in_a_row(random_: random.Random, count: int) -> list[list[int]]:
    """Walks of which each begins where the last one ended; some the other way round."""
    nodes = random_.sample(range(1, count + 1), count)
    walks, at = [], 0
    while at < count - 1:
        end = min(at + random_.choice((1, 1, 2)), count - 1)
        walks.append(nodes[at : end + 1][:: random_.choice((-1, 1))])
        at = end
    return walks


def _anyhow(random_: random.Random, count: int) -> list[list[int]]:
    return [_walk(random_, count) for _ in range(random_.randint(1, 4))]


def _walk(random_: random.Random, count: int) -> list[int]:
    """Along nodes that are all different; sometimes back to one of them."""
    walk = random_.sample(range(1, count + 1), random_.randint(2, min(count, 4)))
    return [*walk, random_.choice(walk)] if random_.random() < 0.2 else walk


def _restriction(random_: random.Random, ways: list[Way]) -> Relation:
    """From one way to the next, over a node that they share, or to the one behind that, along the way between."""
    start, way_round = random_.randrange(len(ways)), random_.choice((-1, 1))
    row = [ways[(start + way_round * step) % len(ways)] for step in range(3)]
    if len(ways) > 2 and random_.random() < 0.4:
        via, last = ("w", row[1].id), row[2]
    else:
        shared = [ref for ref in row[0].refs if ref in row[1].refs] or row[0].refs
        via, last = ("n", random_.choice(shared)), row[1]
    members = [("w", row[0].id, "from"), (*via, "via"), ("w", last.id, "to")]
    tags = {"type": "restriction", "restriction": random_.choice(RESTRICTIONS)}
    return Relation(1, {**tags, **(draw_tags(random_, 2) if random_.random() < 0.5 else {})}, members)
