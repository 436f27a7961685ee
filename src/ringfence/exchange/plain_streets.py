"""Any file of street lines as a network: junctions where the lines' ends share a place."""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.exchange.defaults import FOOT, KIND, by_kind
from ringfence.exchange.geojson_lines import points_of
from ringfence.exchange.properties import Properties
from ringfence.exchange.report import Report, quoted
from ringfence.exchange.rows import CityRows, JunctionRow, SegmentRow
from ringfence.network.city import DEGREE_E7

ONE_WAY = {
    **dict.fromkeys(("yes", "true", "1"), 1),
    **dict.fromkeys(("-1", "reverse"), -1),
    **dict.fromkeys(("no", "false", "0", "", "reversible", "alternating"), 0),
}
ONE_WAY_KINDS = ("motorway", "motorway_link")

PlainFeature = tuple[str, object, object, Properties]
"""Where it stands, its id, its geometry, its properties."""


def read_streets(features: Iterable[PlainFeature], rows: CityRows, report: Report) -> None:
    """Add a segment for every line, and a junction for every place where one ends.

    Lines that only cross are not joined: one may run over the other. Junctions are numbered in order of appearance
    (``j1``, ``j2`` ...); a segment without an id of its own is called after its feature (``s1``, ``s2`` ...), and
    further lines of the same feature end in ``.2``, ``.3`` ... What is no line is counted and left out.
    """
    junctions: dict[tuple[int, int], int] = {}
    for number, (where, feature_id, geometry, properties) in enumerate(features, start=1):
        lines = _lines(geometry)
        if lines is None:
            rows.leave_out("feature that is no line")
            continue
        base = _id(feature_id, number, where, report)
        for part, line in enumerate(lines, start=1):
            points = points_of(line, where, report)
            if points:
                ends = [_junction(junctions, points[at], points[at + 1], where, rows) for at in (0, -2)]
                segment_id = base if part == 1 else f"{base}.{part}"
                rows.segments.append(_segment(segment_id, ends, points, properties, rows))
    report.once([one.id for one in rows.segments], [one.where for one in rows.segments])


def _lines(geometry: object) -> list[object] | None:
    if not isinstance(geometry, dict):
        return None
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "LineString":
        return [coordinates]
    if geometry.get("type") == "MultiLineString":
        return coordinates if isinstance(coordinates, list) else [coordinates]
    return None


def _id(feature_id: object, number: int, where: str, report: Report) -> str:
    if feature_id is None:
        return f"s{number}"
    if isinstance(feature_id, bool) or not isinstance(feature_id, str | int | float):
        report.add("bad-id", f"{where}, id", "a text or a number", quoted(feature_id), "Correct the id.")
        return ""
    return report.id(feature_id if isinstance(feature_id, str) else quoted(feature_id), f"{where}, id")


def _junction(junctions: dict[tuple[int, int], int], lon: float, lat: float, where: str, rows: CityRows) -> int:
    place = (round(lon * DEGREE_E7), round(lat * DEGREE_E7))
    ix = junctions.setdefault(place, len(junctions))
    if ix == len(rows.junctions):
        rows.junctions.append(JunctionRow(f"j{ix + 1}", lon, lat, None, 0, where))
    return ix


def _segment(
    segment_id: str, ends: list[int], points: list[float], properties: Properties, rows: CityRows
) -> SegmentRow:
    kind = _plain(properties, "highway").strip().lower() or KIND
    mask, physical = by_kind(kind)
    one_way = _one_way(properties, kind, rows)
    return SegmentRow(
        id=segment_id,
        name=_plain(properties, "name"),
        kind=kind,
        from_ix=ends[0],
        to_ix=ends[1],
        forward=mask if one_way >= 0 else mask & FOOT,
        backward=mask if one_way <= 0 else mask & FOOT,
        physical=physical,
        limited=0,
        form=0,
        layer=0,
        lanes=0,
        maxspeed_kmh=0,
        width_dm=0,
        points=points,
        where=properties.where,
    )


def _plain(properties: Properties, key: str) -> str:
    """A text; a list of them (as some exports have where streets were merged) gives its first."""
    value = properties.value(key)
    if isinstance(value, list):
        return next(iter(properties.texts(key)), "")
    return properties.text(key)


def _one_way(properties: Properties, kind: str, rows: CityRows) -> int:
    """1 along the line, -1 against it, 0 both. It binds everyone but people on foot."""
    value = properties.value("oneway")
    if value is None:
        return 1 if kind in ONE_WAY_KINDS else 0
    known = ONE_WAY.get(quoted(value).strip("'").lower()) if isinstance(value, str | int | float) else None
    if known is None:
        rows.leave_out("oneway with an unknown value")
    return known or 0
