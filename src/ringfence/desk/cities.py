"""Whole cities: read from whatever holds streets, told about, written in other forms."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ringfence.base.errors import BadInput, Fault
from ringfence.base.files import is_folder, refuse_unwritable
from ringfence.network import City, read_network_file, write_network_file

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ringfence.network.survey import Survey

Progress = Callable[[str, float], None]
"""Gets what is being done, in words, and how much of it is done (0 to 1)."""

Edge = tuple[float, float, float, float]
ExchangeForm = Literal["gmns", "geojson"]

OSM_ENDINGS = (".pbf", ".osm", ".osm.gz", ".osm.bz2")
GEOJSON_ENDINGS = (".geojson", ".json")


def open_city(path: Path, *, progress: Progress | None = None, edge: Edge | None = None) -> City:
    """A city from a network file, an OpenStreetMap extract, a GeoJSON file or a GMNS folder, told by its name.

    Parameters
    ----------
    edge : tuple of float or None
        West, south, east, north, beyond which an OpenStreetMap extract knows nothing; None: as the file says.

    Raises
    ------
    BadInput
        If it can't be read, holds no streets, or has an edge of its own (``edge-without-extract``).
    """
    name = path.name.lower()
    if not name.endswith(OSM_ENDINGS):
        _refuse_edge(edge, path)
    if name.endswith(".rfn"):
        return read_network_file(path)
    if name.endswith(GEOJSON_ENDINGS):
        from ringfence.exchange import read_geojson

        return read_geojson(path)
    if name.endswith(OSM_ENDINGS):
        from ringfence.osm import read_osm

        return read_osm(path, progress=progress, edge=edge)
    if is_folder(path):
        from ringfence.exchange import read_gmns

        return read_gmns(path)
    if not os.path.lexists(path):
        found, do = "nothing of that name", "Check the path."
        raise BadInput([Fault("no-file", str(path), "a file or folder of streets", found, do)])
    expected = "a network file (.rfn), an OpenStreetMap extract (.osm.pbf, .osm), a GeoJSON file or a GMNS folder"
    do = "Give the file the ending of what it is."
    raise BadInput([Fault("unknown-streets", path.name, expected, "another ending", do)])


def import_city(source: Path, target: Path, *, progress: Progress | None = None, edge: Edge | None = None) -> City:
    """Read a city and keep it as a network file, in place of one that is there.

    Raises
    ------
    BadInput
        As `open_city`; or because the target has another ending or can't be written.
    """
    if target.suffix != ".rfn":
        found, do = repr(target.name), "Change the ending."
        raise BadInput([Fault("bad-ending", "-o", "a file ending in .rfn", found, do)])
    refuse_unwritable(target, replace=True)
    city = open_city(source, progress=progress, edge=edge)
    if progress is not None:
        progress("writing", 1.0)
    return write_network_file(city, target)


def export_city(city: City, target: Path, form: ExchangeForm) -> None:
    """Write a city as a GMNS folder or a GeoJSON file.

    Raises
    ------
    BadInput
        If something is there already, or it can't be written.
    """
    from ringfence.exchange import write_geojson, write_gmns

    (write_gmns if form == "gmns" else write_geojson)(city, target)


def _refuse_edge(edge: Edge | None, path: Path) -> None:
    """Raise where an edge is given for what already has one."""
    if edge is not None:
        expected = "an OpenStreetMap extract, where an edge is given"
        do = "Leave it out, or give it where the extract is imported."
        raise BadInput([Fault("edge-without-extract", "--edge", expected, repr(path.name), do)])


def survey_board(found: Survey) -> RenderableType:
    """A survey for a terminal."""
    from ringfence.report.survey_table import survey_table

    return survey_table(found)


def survey_city(city: City) -> Survey:
    """What is in a city, and what is wrong with it."""
    from ringfence.network.survey import survey

    return survey(city)
