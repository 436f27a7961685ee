"""`ringfence init` and `ringfence network`: from an extract of a city to an operation."""

from __future__ import annotations

import re
import shlex
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringfence.base.errors import BadInput, Fault, shown
from ringfence.cli.output import AsJson, progress_bar, show
from ringfence.cli.repeated import Commands

if TYPE_CHECKING:
    from ringfence.desk.cities import Edge, Progress
    from ringfence.model.answers import PlaceReading
    from ringfence.network import City

network_app = Commands(
    help="""Street networks of whole cities: import, look at, export.

    NETWORK is a network file (.rfn), an OpenStreetMap extract (.osm.pbf, .osm, .osm.gz, .osm.bz2), a GeoJSON file or a
    GMNS folder.""",
    no_args_is_help=True,
)


class Form(StrEnum):
    """What a network can be exported as."""

    GMNS = "gmns"
    GEOJSON = "geojson"


Network = Annotated[
    Path, typer.Argument(metavar="NETWORK", help="Where the streets are.", show_default=False, readable=False)
]
"""Whether it can be read is found out where it is read, and said like any other fault."""
EdgeOption = Annotated[
    str | None,
    typer.Option("--edge", metavar="W,S,E,N", help="Beyond it the extract knows nothing. Default: as the file says."),
]


@network_app.command("import", epilog="Example: ringfence network import porto.osm.pbf -o porto.rfn")
def import_(
    source: Network,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.rfn", help="The network file to write.")],
    edge: EdgeOption = None,
    as_json: AsJson = False,
) -> None:
    """Read streets, addresses and sites, and keep them as one network file, which opens at once."""
    from ringfence.desk.cities import import_city

    with progress_bar(on=not as_json) as progress:
        city = import_city(source, output, progress=progress, edge=read_edge(edge))
    show(summary(city, output) if as_json else told(city, output))


@network_app.command(epilog="Example: ringfence network info porto.rfn")
def info(network: Network, edge: EdgeOption = None, as_json: AsJson = False) -> None:
    """What is in a network, and what is wrong with it: by class, cut-off parts, dead one-ways, rules not applied."""
    from ringfence.desk.cities import survey_board, survey_city

    with progress_bar(on=not as_json) as progress:
        found = survey_city(open_with_progress(network, progress, edge))
    show(asdict(found) if as_json else survey_board(found))


@network_app.command(epilog="Example: ringfence network export porto.rfn --form gmns -o porto-gmns")
def export(
    network: Network,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="PATH", help="The file or folder to write.")],
    form: Annotated[Form, typer.Option("--form", help="GMNS tables (a folder), or one GeoJSON file.")] = Form.GMNS,
    as_json: AsJson = False,
) -> None:
    """Write a network for other programs."""
    from ringfence.base.files import refuse_unwritable
    from ringfence.desk.cities import export_city

    refuse_unwritable(output)
    with progress_bar(on=not as_json) as progress:
        city = open_with_progress(network, progress, None)
    export_city(city, output, form.value)
    show(summary(city, output) if as_json else told(city, output))


def init(  # noqa: PLR0917 -- typer passes by name
    folder: Annotated[Path, typer.Argument(metavar="OP", help="The folder to make.", show_default=False)],
    osm: Annotated[
        Path,
        typer.Option(
            "--osm", "--network", metavar="NETWORK", help="An extract, or a network file (.rfn).", readable=False
        ),
    ],
    around: Annotated[str, typer.Option(metavar="PLACE", help='A place in words, or "lon,lat".')],
    radius: Annotated[str, typer.Option(metavar="METRES", help="How far the protected area reaches: 800m, 1.2km.")],
    limit: Annotated[
        str | None, typer.Option(metavar="METRES", help="How far out the cordon may reach. Default: half as far again.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Default: after the place.")] = None,
    timezone: Annotated[str | None, typer.Option(metavar="ZONE", help="Default: where the place lies.")] = None,
    edge: EdgeOption = None,
    as_json: AsJson = False,
) -> None:
    """Make an operation anywhere: streets from OpenStreetMap, an area around a place, the usual promises."""
    from ringfence.desk.founding import Wish, found_operation, refuse_bad_wish

    wish = Wish(
        around=around,
        radius_m=read_metres(radius, "--radius"),
        limit_m=None if limit is None else read_metres(limit, "--limit"),
        starts=datetime.now(UTC),
        title=title,
        timezone=timezone,
    )
    refuse_bad_wish(folder, wish)
    with progress_bar(on=not as_json) as progress:
        city = open_with_progress(osm, progress, edge)
        place = found_operation(folder, city, wish)
    if as_json:
        show({"operation": str(folder), "place": place.model_dump(mode="json"), "licence": city.origin.licence})
    else:
        show(welcome(folder, place, city))


def welcome(folder: Path, place: PlaceReading, city: City) -> str:
    """What was made, how the place was read, and what to do next."""
    streets = " / ".join(place.streets) or "a street without a name"
    doubt = "Look whether that is meant: " if place.flagged else ""
    op = typed(folder)
    return (
        f"Made {shown(str(folder))}, around {shown(streets)} ({place.lon:.5f}, {place.lat:.5f}).\n"
        f"{doubt}{shown(' '.join(place.reasons))}\n"
        f"Streets: {shown(city.origin.licence)}.\n\n"
        f"Next: ringfence plan {op}      the fewest barriers that seal it\n"
        f"      ringfence check {op}     what its promises say now\n"
        f"      ringfence serve {op}     the console"
    )


def typed(path: Path) -> str:
    """A path as it is typed into a shell."""
    words = str(path)
    return shlex.quote(shown(f"./{words}" if words.startswith("-") else words))


def open_with_progress(path: Path, progress: Progress | None, edge: str | None) -> City:
    """The city at a path, with a bar while it is read."""
    from ringfence.desk.cities import open_city

    return open_city(path, progress=progress, edge=read_edge(edge))


def read_metres(words: str, option: str) -> float:
    """Metres from ``800``, ``800m`` or ``1.2km``.

    Raises
    ------
    BadInput
        ``bad-distance``.
    """
    found = re.fullmatch(r"\s*(\d{1,7}(?:\.\d{1,3})?)\s*(m|km)?\s*", words)
    if found is None:
        do = "Write a number of metres."
        raise BadInput([Fault("bad-distance", option, "a distance such as 800m or 1.2km", repr(words[:40]), do)])
    return float(found[1]) * (1000 if found[2] == "km" else 1)


def read_edge(words: str | None) -> Edge | None:
    """West, south, east, north in degrees from ``W,S,E,N``.

    Raises
    ------
    BadInput
        ``bad-edge``.
    """
    if words is None:
        return None
    try:
        west, south, east, north = (float(part) for part in words.split(","))
    except ValueError:
        west, south, east, north = 0.0, 0.0, 0.0, 0.0
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        expected = "west,south,east,north in degrees"
        do = "Correct it, such as -8.70,41.10,-8.50,41.20."
        raise BadInput([Fault("bad-edge", "--edge", expected, repr(words[:60]), do)])
    return west, south, east, north


def summary(city: City, path: Path) -> dict[str, Any]:
    """What was written, for machines."""
    return {
        "written": str(path),
        "junctions": city.junction_count,
        "segments": city.segment_count,
        "addresses": len(city.address_e7),
        "sites": len(city.site_e7),
        "hash": city.content_hash,
        "licence": city.origin.licence,
        "left_out": dict(city.origin.left_out),
    }


def told(city: City, path: Path) -> str:
    """What was written, for people."""
    left_out = sum(count for _, count in city.origin.left_out)
    do = f"ringfence network info {typed(path)}"
    more = f"\n{left_out:,} things were left out or not applied: {do}" if left_out else ""
    return (
        f"{shown(str(path))}: {city.junction_count:,} junctions, {city.segment_count:,} segments, "
        f"{len(city.address_e7):,} addresses, {len(city.site_e7):,} sites.\n{shown(city.origin.licence)}{more}"
    )
