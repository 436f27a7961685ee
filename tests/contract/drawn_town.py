"""A town drawn as an OpenStreetMap file: a grid of named streets and a school. And files of it, spoilt in every way."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import osmium

TREES = (
    *("Alder", "Ash", "Beech", "Birch", "Cedar", "Cherry", "Chestnut", "Cypress", "Elder", "Elm", "Fig", "Hazel"),
    *("Holly", "Juniper", "Larch", "Linden", "Maple", "Myrtle", "Oak", "Olive", "Pine", "Plum", "Poplar", "Willow"),
)
"""The names of the streets, west to east, and of the avenues, south to north."""
WEST, SOUTH, STEP = -8.6, 41.1, 0.001
EAST, NORTH = WEST + STEP * (len(TREES) - 1), SOUTH + STEP * (len(TREES) - 1)

member = '<nd ref="{}"/>'.format


def drawn(beyond: float) -> str:
    """The grid as OSM XML, its box so many degrees wider than the streets."""
    count = len(TREES)
    nodes = [
        f'<node id="{1 + row * count + column}" version="1" lon="{WEST + STEP * column:.7f}" '
        f'lat="{SOUTH + STEP * row:.7f}"/>'
        for row in range(count)
        for column in range(count)
    ]
    streets = [(f"{tree} Street", [1 + ix + row * count for row in range(count)]) for ix, tree in enumerate(TREES)]
    avenues = [(f"{tree} Avenue", [1 + ix * count + col for col in range(count)]) for ix, tree in enumerate(TREES)]
    ways = [
        f'<way id="{number}" version="1">{"".join(map(member, along))}'
        f'<tag k="highway" v="residential"/><tag k="name" v="{name}"/></way>'
        for number, (name, along) in enumerate([*streets, *avenues], start=1)
    ]
    south_west = f'minlon="{WEST - beyond}" minlat="{SOUTH - beyond}"'
    north_east = f'maxlon="{EAST + beyond}" maxlat="{NORTH + beyond}"'
    school = (
        f'<node id="9001" version="1" lon="{WEST + 12.4 * STEP}" lat="{SOUTH + 12.4 * STEP}">'
        '<tag k="amenity" v="school"/><tag k="name" v="Holly School"/></node>'
    )
    return f'<osm version="0.6"><bounds {south_west} {north_east}/>{"".join(nodes)}{school}{"".join(ways)}</osm>'


def draw_town(folder: Path) -> None:
    """Write the town, and what is no town, into a folder."""
    (folder / "city.osm").write_text(drawn(0.0), encoding="utf-8")
    (folder / "island.osm").write_text(drawn(0.1), encoding="utf-8")
    with osmium.SimpleWriter(str(folder / "city.osm.pbf")) as writer:
        for item in osmium.FileProcessor(str(folder / "city.osm")):
            writer.add(item)
    whole = (folder / "city.osm.pbf").read_bytes()
    (folder / "cut.osm.pbf").write_bytes(whole[: len(whole) * 3 // 5])
    with ZipFile(folder / "zip.osm.pbf", "w") as zipped:
        zipped.write(folder / "city.osm", "city.osm")
    (folder / "roadless.osm").write_text('<osm version="0.6"><node id="1" version="1" lon="1" lat="1"/></osm>')
    (folder / "words.osm").write_text("no streets here")
    for name in ("empty.osm", "empty.osm.pbf", "empty.rfn", "empty.geojson", "empty"):
        (folder / name).touch()
    for name in ("folder.osm.pbf", "folder.rfn"):
        (folder / name).mkdir()
    (folder / "loop.rfn").symlink_to("loop.rfn")
    (folder / "loop.osm").symlink_to("loop.osm")


def spoil_network_file(folder: Path) -> None:
    """Write spoilt copies of the town's network file, and what is none, beside it."""
    whole = (folder / "city.rfn").read_bytes()
    (folder / "cut.rfn").write_bytes(whole[: len(whole) // 2])
    middle = len(whole) * 2 // 3
    (folder / "flipped.rfn").write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    (folder / "words.rfn").write_text("no streets here")
    (folder / "zip.rfn").write_bytes((folder / "zip.osm.pbf").read_bytes())
    format_1, format_2 = (rb"\"format\": %d" % number for number in (2, 3))
    assert whole.count(format_1) == 1
    (folder / "later.rfn").write_bytes(whole.replace(format_1, format_2))
