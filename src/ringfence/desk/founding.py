"""Founding an operation: from a city, a place and a radius to a folder that every other command can work with."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from shapely.geometry import mapping

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.files import new_folder, refuse_unwritable
from ringfence.base.times import find_zone
from ringfence.model.answers import PlaceReading
from ringfence.network import Area, City, LocalMetres, Network, window, write_network_file
from ringfence.network.city import DEGREE_E7
from ringfence.operation import open_operation
from ringfence.operation.ground import SITE_DISTANCE_M_MAX

RADIUS_M_MIN, RADIUS_M_MAX = 20.0, 20_000.0
RING_SHARE = 0.5
"""How wide the ring between area and limit is, as a share of the radius, where nobody says."""
RING_M_MIN = 200.0
OUTLINE_POINTS = 64
DAYS = 1
TITLE_LENGTH_MAX = 200
TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Classes of characters that turn the direction of what follows."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to cordon off.

    Attributes
    ----------
    around : str
        A place in words, or ``lon,lat``.
    radius_m, limit_m : float
        How far from there the protected area and the limit reach; the limit None: half as far again.
    title, timezone : str or None
        None: named after the place; looked up from where it lies.
    starts : datetime
    """

    around: str
    radius_m: float
    starts: datetime
    limit_m: float | None = None
    title: str | None = None
    timezone: str | None = None

    @property
    def outer_m(self) -> float:
        """How far the limit reaches."""
        if self.limit_m is not None:
            return self.limit_m
        return self.radius_m + max(self.radius_m * RING_SHARE, RING_M_MIN)


def refuse_bad_wish(folder: Path, wish: Wish) -> None:
    """Refuse, before a city is read, what no city could make good.

    Raises
    ------
    BadInput
        ``bad-radius``, ``bad-limit``, ``bad-title``, ``unknown-zone``; ``already-there``, ``cannot-write``.
    """
    refuse_unwritable(folder)
    refuse_if([*_bad_distances(wish), *_bad_words(wish)])


def found_operation(folder: Path, city: City, wish: Wish) -> PlaceReading:
    """Make an operation folder around a place; it appears whole or not at all.

    Returns
    -------
    PlaceReading
        Where the place was found.

    Raises
    ------
    BadInput
        If the place is unknown or ambiguous, the radius makes no sense or swallows the data, there is something at
        `folder` already, or it can't be written.
    """
    refuse_bad_wish(folder, wish)
    place = find_centre(city, wish.around)
    area = Area(_circle(place, wish.radius_m), _circle(place, wish.outer_m), f"around {wish.around.strip()}")
    network = window(city, area.limit)
    _refuse_clipped(network, area, place, wish)
    with new_folder(folder) as new:
        _write_folder(new, folder.name, city, place, wish, area, network)
        open_operation(new)
    return place


def find_centre(city: City, words: str) -> PlaceReading:
    """The best reading of a place in a city."""
    from ringfence.places import find_in_city

    return find_in_city(city, words)[0]


def _bad_distances(wish: Wish) -> list[Fault]:
    if not RADIUS_M_MIN <= wish.radius_m <= RADIUS_M_MAX:
        expected = f"a radius from {RADIUS_M_MIN:g} to {RADIUS_M_MAX:g} m"
        return [Fault("bad-radius", "--radius", expected, f"{wish.radius_m:g} m", "Correct it.")]
    if not wish.radius_m < wish.outer_m <= 2 * RADIUS_M_MAX:
        expected = f"a limit beyond the radius of {wish.radius_m:g} m, and at most {2 * RADIUS_M_MAX:g} m"
        return [Fault("bad-limit", "--limit", expected, f"{wish.outer_m:g} m", "Correct it.")]
    return []


def _bad_words(wish: Wish) -> list[Fault]:
    faults = []
    if wish.title is not None and (not wish.title or _one_line(wish.title) != wish.title):
        expected = f"a line of 1 to {TITLE_LENGTH_MAX} characters, none of which steers a screen"
        faults.append(Fault("bad-title", "--title", expected, repr(wish.title[:60]), "Type it again."))
    if wish.timezone is not None and find_zone(wish.timezone) is None:
        expected = "an IANA time zone, such as Europe/Lisbon"
        faults.append(Fault("unknown-zone", "--timezone", expected, repr(wish.timezone[:60]), "Correct the name."))
    return faults


def _refuse_clipped(network: Network, area: Area, place: PlaceReading, wish: Wish) -> None:
    """Raise where the limit comes to where the data ends, and say how far it may go."""
    clipped = area.clipped_within_limit(network)
    if not clipped:
        return
    at = network.junction_lonlat[[network.junction_ids.index(name) for name in clipped]]
    near = LocalMetres(place.lon, place.lat).to_metres(at)
    room = int(np.hypot(near[:, 0], near[:, 1]).min())
    expected = "a limit that stays inside the data: beyond its edge a seal can't be proven"
    found = f"a limit {wish.outer_m:.0f} m out, and a street that the data cuts off {room} m from the place"
    do = "Take a larger extract, or a place further inside."
    if room > wish.radius_m:
        do = f"Take a --limit below {room}m, or a larger extract."
    elif room > RADIUS_M_MIN:
        do = f"Take a --limit below {room}m and a smaller --radius, or a larger extract."
    where = "--radius" if wish.limit_m is None else "--limit"
    raise BadInput([Fault("limit-at-clipped-edge", where, expected, found, do)])


def _circle(place: PlaceReading, radius_m: float) -> shapely.Polygon:
    around = LocalMetres(place.lon, place.lat)
    turns = np.linspace(0, 2 * np.pi, OUTLINE_POINTS, endpoint=False)
    outline = around.to_lonlat(radius_m * np.column_stack([np.cos(turns), np.sin(turns)]))
    return shapely.Polygon(np.round(outline, 7))


def _write_folder(
    folder: Path, name: str, city: City, place: PlaceReading, wish: Wish, area: Area, network: Network
) -> None:
    write_network_file(city, folder / "network.rfn")
    features = [
        {"type": "Feature", "properties": {"role": role, "name": area.name}, "geometry": mapping(polygon)}
        for role, polygon in (("protected", area.protected), ("limit", area.limit))
    ]
    _write(folder / "area.geojson", json.dumps({"type": "FeatureCollection", "features": features}, indent=1) + "\n")
    template = resources.files("ringfence.desk") / "templates"
    for file in ("access.toml", "promises.toml", "barriers.toml"):
        _write(folder / file, (template / file).read_text(encoding="utf-8"))
    sites = ["id\tname\tkind\tlon\tlat\taliases\tevidence", *_sites(city, area, network)]
    _write(folder / "sites.tsv", "\n".join([*sites, ""]))
    _write(folder / "portals.tsv", "id\tname\tjunction\tstands_for\textra_min\textra_min_uncertainty\n")
    _write(folder / "log.jsonl", "")
    _write(folder / "operation.toml", _operation_file(name, city, place, wish))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _sites(city: City, area: Area, network: Network) -> list[str]:
    """Rows of the sites within the limit and near a street, in the city's order."""
    within = np.flatnonzero(shapely.contains_xy(area.limit, city.site_e7 / DEGREE_E7))
    at = shapely.points(network.projection.to_metres(city.site_e7[within] / DEGREE_E7))
    by_street = shapely.STRtree(network.lines).query(at, "dwithin", SITE_DISTANCE_M_MAX)[0]
    rows = []
    for ix in within[np.unique(by_street)].tolist():
        lon, lat = city.site_e7[ix] / DEGREE_E7
        kind = city.site_kind[int(city.site_kind_ix[ix])]
        name = _one_line(city.site_name[ix]) or f"a {kind.replace('_', ' ')} without a name"
        rows.append(f"{city.site_id[ix]}\t{name}\t{kind}\t{lon:.7f}\t{lat:.7f}\t\tsurveyed")
    return rows


def _one_line(text: str) -> str:
    """Text fit for a title or a table's cell, whatever a network of other make holds."""
    kept = (
        letter
        for letter in " ".join(text.split())
        if unicodedata.category(letter) not in {"Cc", "Cs"} and unicodedata.bidirectional(letter) not in TURNING
    )
    return "".join(kept)[:TITLE_LENGTH_MAX].strip()


def _operation_file(name: str, city: City, place: PlaceReading, wish: Wish) -> str:
    zone = (find_zone(wish.timezone) if wish.timezone is not None else _zone_at(place)) or ZoneInfo("UTC")
    starts = wish.starts.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    ends = starts + timedelta(days=DAYS)
    title = wish.title if wish.title is not None else f"{wish.around.strip()}, {wish.radius_m:g} m around"
    template = resources.files("ringfence.desk") / "templates" / "operation.toml"
    return template.read_text(encoding="utf-8").format(
        id=json.dumps(_id_of(name)),
        title=json.dumps(title, ensure_ascii=False),
        timezone=json.dumps(zone.key),
        starts=starts.isoformat(),
        ends=ends.isoformat(),
        credit=json.dumps(city.origin.licence, ensure_ascii=False),
    )


def _zone_at(place: PlaceReading) -> ZoneInfo | None:
    """The time zone in which a place lies, if this system knows it."""
    from tzfpy import get_tz

    return find_zone(get_tz(place.lon, place.lat))


def _id_of(name: str) -> str:
    kept = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in name)
    return kept.strip("-._")[:60] or "operation"
