"""Writing a city as a folder of GMNS tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ringfence.base.files import new_folder
from ringfence.base.traffic import ALL_CLASSES, VehicleClass
from ringfence.exchange.city_view import Ban, bans_of, degrees, lines_of, texts_at
from ringfence.exchange.csv_tables import csv_lines
from ringfence.exchange.words import CLASS_WORDS, FORM_WORDS
from ringfence.network.city import DEGREE_E7, City

VERSION = "0.96"
BACK = "~back"
"""Ends the link id of a segment's second row, for the way back. No id of ours holds a tilde."""

CONFIG = ("dataset_name", "short_length", "long_length", "speed", "crs", "geometry_field_format")
NODE = ("node_id", "x_coord", "y_coord", "rf_clipped", "rf_blocked")
LINK = (
    *("link_id", "name", "from_node_id", "to_node_id", "directed", "geometry", "dir_flag", "facility_type"),
    *("free_speed", "lanes", "allowed_uses", "rf_segment", "rf_direction", "rf_physical", "rf_limited"),
    *("rf_form", "rf_layer", "rf_lanes", "rf_width_m"),
)
MOVEMENT = ("mvmt_id", "node_id", "ib_link_id", "ob_link_id", "type", "allowed_uses")
USES = {
    "car": (1.5, 1, "private light vehicles"),
    "heavy": (1, 2, "goods vehicles"),
    "bus": (20, 2, "buses"),
    "emergency": (2, 1, "ambulance, fire, police"),
    "bicycle": (1, 0.2, "bicycles"),
    "foot": (1, 0, "people walking"),
    "none": (0, 0, "nobody: stands alone where no use is allowed"),
}


def write_gmns(city: City, folder: Path) -> None:
    """Write `city` as GMNS 0.96 tables into a new folder (columns: `docs/network-exchange.md`).

    `read_gmns` gives the same city back. The same city makes the same bytes. Takes time in proportion to the city.

    Parameters
    ----------
    city : City
    folder : Path
        Must not be there yet; the folder that holds it must.

    Raises
    ------
    BadInput
        ``already-there`` if something has that name; ``cannot-write`` if the disk is full or the place can't be
        written to. Nothing is left behind in either case.
    """
    with new_folder(folder) as new:
        for name, lines in _tables(city).items():
            with (new / name).open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines)


def _tables(city: City) -> dict[str, Iterable[str]]:
    """The lines of each file, by its name."""
    links = _Links(city)
    return {
        "config.csv": csv_lines(
            (*CONFIG, "version_number", "id_type"),
            [(city.origin.source, "m", "km", "kph", "EPSG:4326", "WKT", VERSION, "string")],
        ),
        "use_definition.csv": csv_lines(
            ("use", "persons_per_vehicle", "pce", "description"), [(use, *rest) for use, rest in USES.items()]
        ),
        "use_group.csv": csv_lines(("use_group", "uses", "description"), [("all", ",".join(VehicleClass), "everyone")]),
        "node.csv": csv_lines(NODE, _nodes(city)),
        "link.csv": csv_lines(LINK, links.rows()),
        "movement.csv": csv_lines(MOVEMENT, links.movements()),
        "rf_ban.csv": csv_lines(("ban", "seq", "segment", "node_id", "classes"), links.chains()),
        "rf_alias.csv": csv_lines(("segment", "name"), links.named(city.alias_segment_ix.tolist(), _aliases(city))),
        "rf_condition.csv": csv_lines(
            ("segment", "condition"), links.named(city.condition_segment_ix.tolist(), list(city.condition))
        ),
        "rf_address.csv": csv_lines(
            ("number", "street", "x_coord", "y_coord", "segment", "offset_m"), links.addresses()
        ),
        "rf_site.csv": csv_lines(("site_id", "name", "kind", "x_coord", "y_coord"), _sites(city)),
        "rf_city.csv": csv_lines(("key", "text", "number"), _about(city)),
    }


class _Links:
    """Everything that speaks of segments."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._nodes = list(city.junction_id)
        self._ids = list(city.segment_id)
        self._from, self._to = city.segment_from_ix.tolist(), city.segment_to_ix.tolist()
        self._forward, self._backward = city.segment_forward.tolist(), city.segment_backward.tolist()

    def rows(self) -> Iterator[Sequence[object]]:
        """One row a segment; two where the two directions are not open to the same classes."""
        city, points = self._city, degrees(self._city.shape_e7, " ")
        starts = city.shape_start.tolist()
        lines = lines_of(city, points, ", ")
        names, kinds = texts_at(city.name, city.segment_name_ix), texts_at(city.kind, city.segment_kind_ix)
        speeds, lanes = (_known(column.tolist()) for column in (city.segment_maxspeed_kmh, city.segment_lanes))
        widths = ["" if dm == 0 else f"{dm / 10:.1f}" for dm in city.segment_width_dm.tolist()]
        forms, layers = city.segment_form.tolist(), city.segment_layer.tolist()
        physical, limited = city.segment_physical.tolist(), city.segment_limited.tolist()
        for ix, (one, there, back) in enumerate(zip(self._ids, self._forward, self._backward, strict=True)):
            a, b = self._nodes[self._from[ix]], self._nodes[self._to[ix]]
            same = (
                *(_truth(physical[ix]), CLASS_WORDS[limited[ix]] if limited[ix] else "", FORM_WORDS[forms[ix]]),
                *(layers[ix], lanes[ix], widths[ix]),
            )
            if there == back:
                line = f"LINESTRING ({lines[ix]})"
                yield (
                    one,
                    names[ix],
                    a,
                    b,
                    "false",
                    line,
                    0,
                    kinds[ix],
                    speeds[ix],
                    "",
                    CLASS_WORDS[there],
                    one,
                    "both",
                    *same,
                )
                continue
            # Lanes count in the direction of travel, so they are known only where vehicles go one way.
            shared = bool(there & ~_ON_FOOT and back & ~_ON_FOOT)
            if there:
                line = f"LINESTRING ({lines[ix]})"
                count = lanes[ix] if there & ~_ON_FOOT and not shared else ""
                yield (
                    *(one, names[ix], a, b, "true", line, 1, kinds[ix], speeds[ix], count),
                    *(CLASS_WORDS[there], one, "forward", *same),
                )
            if back:
                line = f"LINESTRING ({', '.join(points[starts[ix] : starts[ix + 1]][::-1])})"
                count = lanes[ix] if back & ~_ON_FOOT and not shared else ""
                link = one + BACK if there else one
                yield (
                    *(link, names[ix], b, a, "true", line, 1, kinds[ix], speeds[ix], count),
                    *(CLASS_WORDS[back], one, "backward", *same),
                )

    def movements(self) -> Iterator[Sequence[object]]:
        """Forbidden movements over one junction, each with the uses that may still make it."""
        for number, ban in enumerate(bans_of(self._city), start=1):
            if len(ban.segments) == 2:
                a, b = ban.segments
                via = ban.junctions[0]
                turn = _turn(self._city, a, via, b)
                allowed = CLASS_WORDS[ALL_CLASSES & ~ban.mask]
                yield number, self._nodes[via], self._link(a, via, inbound=True), self._link(b, via), turn, allowed

    def chains(self) -> Iterator[Sequence[object]]:
        """Forbidden movements by way of further segments, a row a segment."""
        for number, ban in enumerate(bans_of(self._city), start=1):
            if len(ban.segments) > 2:
                for seq, (segment, node) in enumerate(zip(ban.segments, self._junctions(ban), strict=True), start=1):
                    yield number, seq, self._ids[segment], node, CLASS_WORDS[ban.mask]

    def named(self, which: list[int], texts: list[str]) -> Iterator[Sequence[object]]:
        """Texts, each with its segment's id."""
        for ix, text in zip(which, texts, strict=True):
            yield self._ids[ix] if ix >= 0 else "", text

    def addresses(self) -> Iterator[Sequence[object]]:
        """A row an address."""
        city = self._city
        segments = [self._ids[ix] if ix >= 0 else "" for ix in city.address_segment_ix.tolist()]
        places = [place.split() for place in degrees(city.address_e7, " ")]
        streets = texts_at(city.name, city.address_street_ix)
        offsets = map(str, city.address_offset_m)
        for number, street, place, segment, offset in zip(
            city.address_number, streets, places, segments, offsets, strict=True
        ):
            yield number, street, *place, segment, offset

    def _junctions(self, ban: Ban) -> list[str]:
        return [*(self._nodes[ix] for ix in ban.junctions), ""]

    def _link(self, segment: int, node: int, *, inbound: bool = False) -> str:
        """The link by which one comes to `node` on `segment`, or leaves it."""
        there, back = self._forward[segment], self._backward[segment]
        along = (self._to if inbound else self._from)[segment] == node
        two_rows = there != back and there and back
        return self._ids[segment] + (BACK if two_rows and not along else "")


_ON_FOOT = VehicleClass.FOOT.bit | VehicleClass.BICYCLE.bit


def _nodes(city: City) -> Iterator[Sequence[object]]:
    places = (place.split() for place in degrees(city.junction_e7, " "))
    clipped, blocked = city.junction_clipped.tolist(), city.junction_blocked.tolist()
    for one, place, cut, stopped in zip(city.junction_id, places, clipped, blocked, strict=True):
        yield one, *place, _truth(cut), CLASS_WORDS[stopped] if stopped else ""


def _sites(city: City) -> Iterator[Sequence[object]]:
    places = (place.split() for place in degrees(city.site_e7, " "))
    kinds = texts_at(city.site_kind, city.site_kind_ix)
    for one, name, kind, place in zip(city.site_id, city.site_name, kinds, places, strict=True):
        yield one, name, kind, *place


def _about(city: City) -> Iterator[Sequence[object]]:
    origin = city.origin
    for key in ("licence", "source", "source_hash", "timestamp"):
        yield key, getattr(origin, key), ""
    yield "edge_stated", _truth(origin.edge_stated), ""
    for side, degree in zip(("west", "south", "east", "north"), origin.edge, strict=True):
        yield "edge", side, repr(float(degree))
    for reason, count in origin.left_out:
        yield "left_out", reason, count
    for key, texts in (("kind", city.kind), ("site_kind", city.site_kind)):
        for text in texts:
            yield key, text, ""


def _aliases(city: City) -> list[str]:
    return texts_at(city.name, city.alias_name_ix)


def _known(numbers: list[int]) -> list[str]:
    return [str(number) if number else "" for number in numbers]


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _turn(city: City, a: int, via: int, b: int) -> str:
    """Left, right, thru or uturn, by the bend at the junction."""
    if a == b and city.segment_from_ix[a] != city.segment_to_ix[a]:
        return "uturn"
    middle = city.junction_e7[via] / DEGREE_E7
    narrowing = math.cos(math.radians(middle[1]))
    (x, y), (u, v) = middle - _next_point(city, a, via), _next_point(city, b, via) - middle
    x, u = x * narrowing, u * narrowing
    straight, leftward = x * u + y * v, x * v - y * u
    if straight > abs(leftward):
        return "thru"
    return "left" if leftward > 0 else "right"


def _next_point(city: City, segment: int, junction: int) -> tuple[float, float]:
    """The point of the segment's line next to that end."""
    start, end = city.shape_start[segment], city.shape_start[segment + 1]
    ix = start + 1 if city.segment_from_ix[segment] == junction else end - 2
    lon, lat = (city.shape_e7[ix] / DEGREE_E7).tolist()
    return lon, lat
