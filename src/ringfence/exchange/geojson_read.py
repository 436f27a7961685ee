"""Reading a GeoJSON file: one of our own, or any that holds streets as lines."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from ringfence.exchange.assembly import city_of
from ringfence.exchange.geojson_lines import place_of, points_of
from ringfence.exchange.geojson_write import FORMAT, SIDES
from ringfence.exchange.plain_streets import read_streets
from ringfence.exchange.properties import Properties
from ringfence.exchange.report import Report, quoted
from ringfence.exchange.rows import AddressRow, BanRow, CityRows, JunctionRow, SegmentRow, SiteRow
from ringfence.exchange.words import find_classes, find_form, find_limited, find_stopped
from ringfence.network.city import City

ROLES = ("junction", "segment", "ban", "address", "site")
OFFSET_M_MAX = 1e7
CLASSES = "all, none, or a comma list of classes"


class Feature(NamedTuple):
    """One feature of a collection, as far as it is one."""

    where: str
    id: Any
    geometry: Any
    properties: Properties
    role: object


def read_geojson(path: Path) -> City:
    """The city in a GeoJSON file.

    Reads back what `write_geojson` wrote. Of any other file, every LineString and MultiLineString is a street, with
    junctions where ends share a place to 1e-7 degrees, and the defaults that `docs/network-exchange.md` lists; it then
    guesses at the edge of the data, and rather takes too many junctions for clipped than too few.
    Takes time in proportion to the file, which is held in memory.

    Raises
    ------
    BadInput
        With every fault, by line where the JSON itself is broken, else by feature (the first fifty, then a count).
    """
    report = Report(str(path))
    data = _bytes(path, report)
    document = _document(data, path.name, report)
    rows = CityRows(source=path.name)
    features = _features(document, path.name, report)
    about = document.get("ringfence")
    rows.licence = _licence(document, path.name, report)
    if about is None and not any(feature.role in ROLES for feature in features if isinstance(feature.role, str)):
        rows.source_hash = hashlib.sha256(data).hexdigest()
        read_streets([(one.where, one.id, one.geometry, one.properties) for one in features], rows, report)
        return city_of(rows, report)
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        found = "no such member" if about is None else quoted(about.get("format") if isinstance(about, dict) else about)
        do = "Export the city again; some programs drop what they don't know when they save."
        report.add("unknown-format", path.name, f"a member ringfence with format {FORMAT}", found, do)
        report.refuse()
    _own(features, Properties(dict(about or {}), f"{path.name}, ringfence", report), rows, report)
    return city_of(rows, report)


def _bytes(path: Path, report: Report) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        do = "Check the path and the rights on it."
        report.add("cannot-read", str(path), "a file that can be read", error.strerror or str(error), do)
        report.refuse()
        raise


def _document(data: bytes, name: str, report: Report) -> dict[str, Any]:
    where, found = name, ""
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        empty = not data.strip()
        where, found = (name, "an empty file") if empty else (f"{name} line {error.lineno}", error.msg)
    except UnicodeDecodeError as error:
        found = f"a stray byte at position {error.start}"
    except RecursionError:
        found = "lists in lists without end"
    except ValueError as error:
        found = str(error)[:100]
    else:
        if isinstance(document, dict):
            return document
        found = quoted(document)
    report.add("bad-json", where, "one JSON object in UTF-8", found, "Export the file again.")
    report.refuse()
    return {}


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name}, which is no JSON number"
    raise ValueError(message)


def _features(document: dict[str, Any], name: str, report: Report) -> list[Feature]:
    listed = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(listed, list):
        do = "Export the streets as a FeatureCollection."
        found = quoted(document.get("type"))
        report.add("no-features", name, "a FeatureCollection with a list of features", found, do)
        report.refuse()
        return []
    features = []
    for number, one in enumerate(listed, start=1):
        where = f"{name} feature {number}"
        members = one.get("properties") or {} if isinstance(one, dict) else None
        if not isinstance(members, dict) or one.get("type") != "Feature":
            report.add("bad-feature", where, "a Feature with properties", quoted(one), "Correct or delete it.")
            continue
        properties = Properties(members, where, report)
        features.append(Feature(where, one.get("id"), one.get("geometry"), properties, members.get("ringfence")))
    return features


def _licence(document: dict[str, Any], name: str, report: Report) -> str:
    """What the file says of its licence, under the names that such a member goes by."""
    head = Properties(document, name, report)
    return next(filter(None, map(head.text, ("licence", "license", "attribution", "copyright"))), "")


def _own(features: list[Feature], about: Properties, rows: CityRows, report: Report) -> None:
    by_role: dict[str, list[Feature]] = {role: [] for role in ROLES}
    for one in features:
        if isinstance(one.role, str) and one.role in by_role:
            by_role[one.role].append(one)
        else:
            do = "Delete the feature, or read it as a file of its own."
            report.add("bad-property", f"{one.where}, ringfence", f"one of {', '.join(ROLES)}", quoted(one.role), do)
    rows.junctions = [_junction(one, report) for one in by_role["junction"]]
    junctions = report.once([one.id for one in rows.junctions], [one.where for one in rows.junctions])
    rows.segments = [_segment(one, junctions, report) for one in by_role["segment"]]
    segments = report.once([one.id for one in rows.segments], [one.where for one in rows.segments])
    for ix, one in enumerate(by_role["segment"]):
        rows.aliases += [(ix, alias) for alias in one.properties.texts("aliases")]
    rows.bans = [ban for one in by_role["ban"] if (ban := _ban(one, junctions, segments, report))]
    rows.addresses = [_address(one, segments, report) for one in by_role["address"]]
    rows.sites = [_site(one, report) for one in by_role["site"]]
    report.once([one.id for one in rows.sites], [one.where for one in rows.sites])
    _about(about, segments, rows)


def _about(about: Properties, segments: dict[str, int], rows: CityRows) -> None:
    rows.source = about.text("source")
    rows.source_hash = about.text("source_hash")
    rows.timestamp = about.text("timestamp")
    rows.edge_stated = about.truth("edge_stated", False)
    if (edge := about.member("edge")) is not None:
        west, south, east, north = (edge.number(side, -360, 360) for side in SIDES)
        rows.edge = (west, south, east, north)
    for one in about.objects("left_out"):
        reason = one.text("reason", None)
        rows.left_out[reason] = rows.left_out.get(reason, 0) + one.whole("count", 0, 10**15)
    rows.kinds, rows.site_kinds = about.texts("kinds"), about.texts("site_kinds")
    rows.conditions = [
        (one.id_in("segment", segments, "segment", blank=-1), one.text("text", None))
        for one in about.objects("conditions")
    ]


def _id(feature: Feature, report: Report) -> str:
    if isinstance(feature.id, str):
        return report.id(feature.id, f"{feature.where}, id")
    report.add("bad-id", f"{feature.where}, id", "an id", quoted(feature.id), "Give the feature an id.")
    return ""


def _junction(feature: Feature, report: Report) -> JunctionRow:
    said = feature.properties
    stopped = said.words("blocked", find_stopped, f"{CLASSES}, and physical")
    place = place_of(feature.geometry, feature.where, report)
    return JunctionRow(_id(feature, report), *place, said.truth("clipped", True), stopped, feature.where)


def _segment(feature: Feature, junctions: dict[str, int], report: Report) -> SegmentRow:
    said = feature.properties
    return SegmentRow(
        id=_id(feature, report),
        name=said.text("name"),
        kind=said.text("highway", None),
        from_ix=said.id_in("from", junctions, "junction"),
        to_ix=said.id_in("to", junctions, "junction"),
        forward=said.words("forward", find_classes, CLASSES),
        backward=said.words("backward", find_classes, CLASSES),
        physical=said.truth("physical", True),
        limited=said.words("limited", find_limited, CLASSES),
        form=said.words("form", find_form, "a comma list of bridge, tunnel, roundabout, ramp"),
        layer=said.whole("layer", -128, 127),
        lanes=said.whole("lanes", 0, 255),
        maxspeed_kmh=said.whole("maxspeed_kmh", 0, 65_535),
        width_dm=round(10 * said.number("width_m", 0, 6553.5)),
        points=_line(feature, report),
        where=feature.where,
    )


def _line(feature: Feature, report: Report) -> list[float]:
    geometry = feature.geometry if isinstance(feature.geometry, dict) else {}
    found = geometry.get("coordinates") if geometry.get("type") == "LineString" else None
    return points_of(found, feature.where, report)


def _ban(feature: Feature, junctions: dict[str, int], segments: dict[str, int], report: Report) -> BanRow | None:
    said = feature.properties
    which = [said.find(one, "segments", segments, "segment") for one in said.texts("segments")]
    between = [said.find(one, "junctions", junctions, "junction") for one in said.texts("junctions")]
    if len(which) < 2 or len(between) != len(which) - 1:
        expected = "two or more segments, and the junctions between them"
        found = f"{len(which)} segments and {len(between)} junctions"
        report.add("bad-movement", feature.where, expected, found, "Correct or delete the feature.")
        return None
    return BanRow(which, between, said.words("classes", find_classes, CLASSES), feature.where)


def _address(feature: Feature, segments: dict[str, int], report: Report) -> AddressRow:
    said = feature.properties
    return AddressRow(
        said.text("number"),
        said.text("street"),
        *place_of(feature.geometry, feature.where, report),
        said.id_in("segment", segments, "segment", blank=-1),
        said.number("offset_m", 0, OFFSET_M_MAX),
    )


def _site(feature: Feature, report: Report) -> SiteRow:
    said = feature.properties
    place = place_of(feature.geometry, feature.where, report)
    return SiteRow(_id(feature, report), said.text("name"), said.text("kind", None), *place, feature.where)
