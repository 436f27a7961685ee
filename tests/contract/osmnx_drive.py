"""OSMnx's side of the comparison: its drive network of an extract, from a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import networkx
import osmium
import osmnx
from osmium.osm import NODE, WAY, Node, Way, mutable

from tests.contract.osmnx_filter import BACKWARD, BOTH, FORWARD, DriveGraph

_CLAUSE = re.compile(r'\["(?P<key>[^"]+)"(?:(?P<sign>!~)"(?P<pattern>[^"]*)")?\]')


def passes(overpass_filter: str, tags: Mapping[str, str]) -> bool:
    """Whether a way passes a filter of the Overpass language made of `["key"]` and `["key"!~"pattern"]`."""
    assert not _CLAUSE.sub("", overpass_filter), "a clause of another kind"
    return all(
        clause["key"] in tags
        if clause["sign"] is None
        else not re.search(clause["pattern"], tags.get(clause["key"], ""))
        for clause in _CLAUSE.finditer(overpass_filter)
    )


@cache
def drive_filter() -> str:
    """What OSMnx asks the Overpass server for when it is asked for a drive network."""
    return str(osmnx._overpass._get_network_filter("drive"))


def write_drive_ways(extract: Path, target: Path, *, without: Collection[int]) -> None:
    """The ways of an extract that OSMnx would have got from the server, with their nodes, as XML.

    OSMnx applies its filter in the server only; a file it takes as it comes. So the ways are sifted here, by the very
    filter it would send. Nodes that the file lacks are taken out of the ways: OSMnx can't do without their position.
    """
    place = {node.id: node.location for node in osmium.FileProcessor(str(extract), NODE) if isinstance(node, Node)}
    ways = [
        (number, tags, [node for node in nodes if node in place])
        for number, tags, nodes in highways(extract)
        if passes(drive_filter(), tags) and number not in without
    ]
    with osmium.SimpleWriter(str(target)) as writer:
        for number in sorted({node for _, _, nodes in ways for node in nodes}):
            writer.add_node(mutable.Node(id=number, version=1, location=place[number]))
        for number, tags, nodes in ways:
            writer.add_way(mutable.Way(id=number, version=1, tags=tags, nodes=nodes))


def highways(extract: Path) -> Iterator[tuple[int, dict[str, str], list[int]]]:
    """Ways with `highway`: number, tags, nodes."""
    for way in osmium.FileProcessor(str(extract), WAY).with_filter(osmium.filter.KeyFilter("highway")):
        if isinstance(way, Way):
            yield way.id, dict(way.tags), [node.ref for node in way.nodes]


def osmnx_directions(tags: Mapping[str, str]) -> int:
    """The directions in which OSMnx lets a way of its drive network be driven; 0 where it is not of the network."""
    if not passes(drive_filter(), tags):
        return 0
    if tags.get("oneway") in {"-1", "reverse", "T"}:
        return BACKWARD
    one_way = tags.get("oneway") in {"yes", "true", "1", "F"} or tags.get("junction") == "roundabout"
    return FORWARD if one_way else BOTH


def osmnx_drive_graph(extract: Path, scratch: Path, *, without: Collection[int] = ()) -> DriveGraph:
    """OSMnx's simplified drive network of an extract, perhaps without some ways. `scratch`: a folder for the XML."""
    xml = scratch / "drive.osm"
    write_drive_ways(extract, xml, without=without)
    graph = osmnx.graph_from_xml(xml, bidirectional=False, simplify=True, retain_all=True)
    core = max(networkx.strongly_connected_components(graph), key=len)
    return DriveGraph(
        junctions=frozenset(graph.nodes),
        streets=Counter((tail, head) for tail, head, _ in graph.edges),
        core=frozenset(core),
    )
