"""The part that runs in a process of its own: osmium reads a file and writes what passes some filters as lines.

Started as a script, it imports nothing of Ringfence. The work comes as JSON on standard input: `file`, `format` and
`passes`, each with its `name`, `entities` (n, w or r), `filters` and the file `out`. One line of JSON goes out when the
header is read, and one behind every pass; or one with an `error`, and the exit code 2.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import osmium
from osmium.osm import NODE, NOTHING, RELATION, WAY

ENTITIES = {"n": NODE, "w": WAY, "r": RELATION}

OSMIUM_ERRORS = (
    RuntimeError, ValueError, ArithmeticError, LookupError, OSError, MemoryError, osmium.InvalidLocationError,
)  # fmt: skip
"""What osmium's C++ exceptions become in Python."""


class WithIds:
    """A filter that lets the ways with some ids through. (osmium's own takes megabytes for every few ids.)"""

    def __init__(self, ids: list[int]) -> None:
        self._ids = frozenset(ids)

    def way(self, way: osmium.osm.Way) -> bool:
        """Whether to drop it."""
        return way.id not in self._ids


def main() -> int:
    """Do the work that standard input describes."""
    work = json.load(sys.stdin)
    try:
        file = osmium.io.File(work["file"], work["format"])
        _say(**_header(file))
        for one in work["passes"]:
            _write(file, one)
            _say(done=one["name"])
    except OSMIUM_ERRORS as error:
        _say(error=f"{type(error).__name__}: {error}")
        return 2
    return 0


def _header(file: osmium.io.File) -> dict[str, Any]:
    with osmium.io.Reader(file, NOTHING) as reader:
        header = reader.header()
        box = header.box()
        stamp = header.get("osmosis_replication_timestamp", "") or header.get("timestamp", "")
        if not box.valid():
            return {"edge": None, "timestamp": stamp}
        low, high = box.bottom_left, box.top_right
        return {"edge": [low.lon, low.lat, high.lon, high.lat], "timestamp": stamp}


def _write(file: osmium.io.File, one: dict[str, Any]) -> None:
    writer = osmium.SimpleWriter(osmium.io.File(one["out"], "opl,add_metadata=false"))
    entities = ENTITIES[one["entities"]]
    with osmium.io.Reader(file, entities) as reader:
        osmium.apply(reader, *map(_filter, one["filters"]), writer)
    writer.close()


def _filter(described: dict[str, Any]) -> object:
    if "keys" in described:
        return osmium.filter.KeyFilter(*described["keys"])
    if "tags" in described:
        return osmium.filter.TagFilter(*map(tuple, described["tags"]))
    return WithIds(described["ids"])


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # Not by way of the interpreter's end: a writer that could not write would turn its own destruction into an abort.
    os._exit(main())
