"""Passes of osmium over a file: what its C++ filters let through comes back as lines of OPL, osmium's line format.

Every attribute of an osmium object costs Python microseconds, every line a fraction of one. So osmium reads, filters
and writes lines to a temporary file, and Python only looks at what is left. It does so in a process of its own
(`decode`): a hostile file can end osmium by a signal (a zero byte in a tag is enough), but not a control room.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from ringfence.base.errors import BadInput, Fault

FORMATS = {".pbf": "pbf", ".osm": "osm", ".osm.gz": "osm.gz", ".osm.bz2": "osm.bz2"}
"""Formats by how a file's name ends."""

BLOCK_BYTES = 8_000_000

_DECODER = Path(__file__).with_name("decode.py")

_PLACE_KEYS = (
    "addr:housenumber", "amenity", "emergency", "social_facility", "railway", "public_transport", "government",
    "tourism", "historic", "leisure", "place",
)  # fmt: skip

_PASSES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "relations": ("r", [{"tags": [("type", "restriction"), ("type", "multipolygon")]}]),
    "named_buildings": ("w", [{"keys": ["building"]}, {"keys": ["name"]}]),
    "ways": ("w", [{"keys": ["highway", *_PLACE_KEYS]}]),
    "tagged_nodes": ("n", [{"keys": ["barrier", "building", *_PLACE_KEYS]}]),
    "nodes": ("n", []),
}
"""What is read, in the order in which it is asked for: entities and filters, all of which must let an object pass."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. `edge`: west, south, east, north in degrees, or None."""

    edge: tuple[float, float, float, float] | None
    timestamp: str


class OsmFile:
    """An OpenStreetMap file, open for reading in passes; each may be asked for once. Use it in a `with` block.

    While one pass's lines are looked at, osmium is at the next.

    Raises
    ------
    BadInput
        From every method: ``not-osm`` if osmium can't make sense of the file, ``no-space`` if the disk fills.
    """

    def __init__(self, path: Path) -> None:
        name = path.name.lower()
        self._format = next((form for ending, form in FORMATS.items() if name.endswith(ending)), "")
        if not self._format:
            raise _not_osm(path, "a name that ends otherwise")
        self._path = path
        self._open = ExitStack()

    def __enter__(self) -> Self:
        try:
            folder = TemporaryDirectory(prefix="ringfence-", ignore_cleanup_errors=True)
        except OSError as error:
            raise _no_space(f"{type(error).__name__}: {error}") from error
        self._folder = Path(self._open.enter_context(folder))
        self._decoder = self._start(_PASSES)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def header(self) -> Header:
        """What the file says of itself: to be asked for first."""
        said = self._next_word(self._decoder)
        edge = tuple(said["edge"]) if said["edge"] else None
        return Header(edge if edge and edge[0] < edge[2] and edge[1] < edge[3] else None, said["timestamp"])

    def relations(self) -> Iterator[str]:
        """Turn restrictions and multipolygons."""
        return self._lines("relations", self._decoder)

    def ways_by_id(self, wanted: frozenset[int]) -> Iterator[str]:
        """The ways with some ids."""
        if wanted:
            decoder = self._start({"ways_by_id": ("w", [{"ids": sorted(wanted)}])})
            self._next_word(decoder)
            yield from self._lines("ways_by_id", decoder)

    def named_buildings(self) -> Iterator[str]:
        """Buildings (ways) that have a name."""
        return self._lines("named_buildings", self._decoder)

    def ways(self) -> Iterator[str]:
        """Streets, and what may be an address or a site."""
        return self._lines("ways", self._decoder)

    def tagged_nodes(self) -> Iterator[str]:
        """Nodes that may be a barrier, an address or a site."""
        return self._lines("tagged_nodes", self._decoder)

    def node_blocks(self) -> Iterator[bytes]:
        """The lines of all nodes, in blocks of whole lines."""
        path = self._written("nodes", self._decoder)
        with path.open("rb") as lines:
            while block := lines.read(BLOCK_BYTES):
                yield block + lines.readline()
        path.unlink()

    def _lines(self, name: str, decoder: subprocess.Popen[str]) -> Iterator[str]:
        path = self._written(name, decoder)
        with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            for line in lines:
                yield line.rstrip("\n")
        path.unlink()

    def _written(self, name: str, decoder: subprocess.Popen[str]) -> Path:
        """The file of a pass, once it is done."""
        while self._next_word(decoder)["done"] != name:
            pass
        return self._out(name)

    def _out(self, name: str) -> Path:
        return self._folder / f"{name}.opl"

    def _start(self, passes: dict[str, tuple[str, list[dict[str, Any]]]]) -> subprocess.Popen[str]:
        # -P: no neighbour of the script is taken for a module of Python's own.
        decoder = subprocess.Popen(
            [sys.executable, "-P", str(_DECODER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="ascii",
        )
        self._open.enter_context(decoder)
        self._open.callback(decoder.kill)
        described = [
            {"name": name, "entities": entities, "filters": filters, "out": str(self._out(name))}
            for name, (entities, filters) in passes.items()
        ]
        # An absolute path: osmium would take "http:..." for an address and fetch it.
        work = {"file": str(self._path.absolute()), "format": self._format, "passes": described}
        assert decoder.stdin is not None
        with suppress(BrokenPipeError), decoder.stdin as stdin:  # one that has died says so when it is asked
            stdin.write(json.dumps(work))
        return decoder

    def _next_word(self, decoder: subprocess.Popen[str]) -> dict[str, Any]:
        """What the decoder says next."""
        assert decoder.stdout is not None
        line = decoder.stdout.readline()
        if not line:
            raise _not_osm(self._path, f"something that ends the reader at once ({decoder.wait()})")
        said: dict[str, Any] = json.loads(line)
        if "error" not in said:
            return said
        raise _no_space(said["error"]) if "Write failed" in said["error"] else _not_osm(self._path, said["error"])


def _not_osm(path: Path, found: str) -> BadInput:
    expected = f"an OpenStreetMap extract ({', '.join(FORMATS)})"
    return BadInput([Fault("not-osm", path.name, expected, found, "Download it again, or export it as .osm.pbf.")])


def _no_space(found: str) -> BadInput:
    where = "the folder for temporary files"
    return BadInput([Fault("no-space", where, "room for some lines", found, "Make room, or set TMPDIR.")])
