"""An OpenStreetMap extract read into a city."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Protocol

from ringfence.base.errors import BadInput, Fault
from ringfence.network.city import City, Origin
from ringfence.osm.columns import make_city
from ringfence.osm.edge import Box, estimate_edge
from ringfence.osm.extract import Extract, locate_nodes, read_relations, read_tagged_nodes, read_ways
from ringfence.osm.passes import OsmFile
from ringfence.osm.places import outer_ways, read_places
from ringfence.osm.streets import make_streets
from ringfence.osm.text import clean

LICENCE = "© OpenStreetMap contributors, ODbL 1.0"

Progress = Callable[[str, float], None]
"""Told what is being done, and how much of the whole is done (0 to 1)."""


NO_EDGE: Box = (-180.0, -90.0, 180.0, 90.0)
"""Stands in where no edge is stated, until one is estimated."""


class Source(Protocol):
    """Where OPL lines come from: a file, or whatever a test makes up."""

    def relations(self) -> Iterator[str]:
        """Turn restrictions and multipolygons."""

    def ways(self) -> Iterator[str]:
        """Streets, and what may be an address or a site."""

    def named_buildings(self) -> Iterator[str]:
        """Buildings (ways) that have a name."""

    def ways_by_id(self, wanted: frozenset[int]) -> Iterator[str]:
        """The ways with some ids."""

    def tagged_nodes(self) -> Iterator[str]:
        """Nodes that may be a barrier, an address or a site."""

    def node_blocks(self) -> Iterator[bytes]:
        """The lines of all nodes, in blocks of whole lines."""


def read_osm(path: Path, *, progress: Progress | None = None, edge: Box | None = None) -> City:
    """The streets, addresses and sites of an OpenStreetMap extract.

    Deterministic: the same file gives the same city, byte for byte. Tags are read as `docs/osm-tags.md` says. Time and
    memory grow with the number of nodes; temporary files of about a hundred bytes per node are written meanwhile.

    Parameters
    ----------
    path : Path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``; objects in any order.
    progress : callable or None
        Called now and then with what is being done and the part of the whole that is done (0 to 1).
    edge : tuple of float or None
        West, south, east, north in degrees, beyond which nothing is known. Without it the file's own box counts, or
        where it has none, an estimate.

    Raises
    ------
    BadInput
        ``no-file``; ``not-osm`` if it is damaged or of another kind; ``no-roads`` if it holds no streets; ``no-space``
        if the disk fills.
    """
    tell = progress or _tell_nobody
    tell("reading the file", 0.0)
    source_hash = _hash_of(path)
    with OsmFile(path) as file:
        header = file.header()
        extract = read_extract(file, tell)
    origin = Origin(
        source=clean(path.name),
        source_hash=source_hash,
        timestamp=clean(header.timestamp),
        licence=LICENCE,
        edge=edge or header.edge or NO_EDGE,
        edge_stated=(edge or header.edge) is not None,
    )
    city = city_of(extract, origin, tell)
    tell("done", 1.0)
    return city


def city_of(extract: Extract, origin: Origin, tell: Progress) -> City:
    """The city that an extract describes; what was left out is told in its origin, and so is an edge not stated before.

    Raises
    ------
    BadInput
        ``no-roads``.
    """
    tell("cutting streets at junctions", 0.6)
    streets = make_streets(extract)
    if not len(streets.segments.way_ix):
        raise BadInput([_no_roads(origin.source)])
    tell("reading addresses and sites", 0.7)
    addresses, sites = read_places(extract)
    if not origin.edge_stated:
        origin = replace(origin, edge=estimate_edge(streets.segments.junction_e7))
    tell("binding addresses and turn restrictions", 0.8)
    return make_city(extract, streets, addresses, sites, origin)


def read_extract(source: Source, tell: Progress) -> Extract:
    """The objects that matter, from several passes over the source."""
    tell("reading relations", 0.05)
    relations = read_relations(source.relations())
    tell("reading ways", 0.1)
    outer = frozenset(member.id for relation in relations for member in outer_ways(relation))
    # Of several ways with one id the last counts: those that are read for one purpose only go before.
    ways = read_ways(chain(source.ways_by_id(outer), source.named_buildings(), source.ways()))
    tell("reading nodes", 0.3)
    tagged = read_tagged_nodes(source.tagged_nodes())
    node_id, node_e7, ref_node_ix = locate_nodes(ways, source.node_blocks())
    return Extract(ways, node_id, node_e7, ref_node_ix, tagged, relations)


def _tell_nobody(_doing: str, _done: float) -> None:
    """Progress that nobody asked for."""


def _hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        found = "nothing of that name" if not path.exists() else "something that is no file"
    except (OSError, ValueError) as error:
        found = f"{type(error).__name__}: {error}"
    raise BadInput([Fault("no-file", path.name, "an OpenStreetMap extract", found, "Check the path.")])


def _no_roads(source: str) -> Fault:
    return Fault(
        "no-roads",
        source,
        "ways with the tag highway whose nodes are in the file",
        "none that anybody may or can use",
        "Export the area again with streets and their nodes.",
    )
