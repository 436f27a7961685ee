"""The links of a GMNS folder as segments: one segment for each piece of street, whichever ways its links go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ringfence.base.traffic import ALL_CLASSES
from ringfence.exchange.csv_tables import Table
from ringfence.exchange.defaults import KIND, MOTOR, by_kind
from ringfence.exchange.gmns_uses import Uses
from ringfence.exchange.report import Report, quoted
from ringfence.exchange.rows import CityRows, SegmentRow
from ringfence.exchange.words import Stated, find_form, find_limited, find_stated
from ringfence.network.city import DEGREE_E7

LANES_MAX = 255
SPEED_KMH_MAX = WIDTH_DM_MAX = 65_535
_LINESTRING = re.compile(r"\s*LINESTRING\s*(?:Z\s*)?\(([^()]*)\)\s*", re.IGNORECASE)
"""A line of points with two or three numbers each."""


class Cells(NamedTuple):
    """Where the shape of a link may stand."""

    links: Table
    geometry: Table


def read_links(
    cells: Cells, nodes: dict[str, int], uses: Uses, speed_kmh: float, rows: CityRows, report: Report
) -> dict[str, int]:
    """Add the segments to `rows`; which segment each link belongs to.

    Two directed links that are the two ways of one street become one segment, which one barrier closes: rows of the
    same `rf_segment`, or, where that column is missing, links between the same nodes along the same line with the same
    name.
    """
    table = cells.links
    link_ids = [report.text(cell.strip(), table.where(ix, "link_id")) for ix, cell in enumerate(table["link_id"])]
    report.once(link_ids, table.wheres())
    stated = "rf_segment" in table
    partner: dict[object, int] = {}
    link_segment: dict[str, int] = {}
    found = _segments(cells, nodes, uses, speed_kmh, rows, report)
    for link, one in zip(link_ids, found, strict=True):
        ix = partner.pop(one.id if stated else _line_back(one), None)
        if ix is None:
            ix = len(rows.segments)
            rows.segments.append(one)
            if stated or one.forward == 0 or one.backward == 0:
                partner[one.id if stated else _line(one)] = ix
        elif stated:
            rows.segments[ix] = _joined(rows.segments[ix], one, report)
        else:
            rows.segments[ix] = _both_ways(rows.segments[ix], one)
        link_segment.setdefault(link, ix)
    report.once([one.id for one in rows.segments], [one.where for one in rows.segments])
    return link_segment


def _line(one: SegmentRow) -> object:
    points = tuple(round(degree * DEGREE_E7) for degree in one.points)
    return (one.from_ix, one.to_ix, one.name, one.kind, points)


def _line_back(one: SegmentRow) -> object:
    if one.forward and one.backward:
        return None
    return _line(one._replace(from_ix=one.to_ix, to_ix=one.from_ix, points=_reversed(one.points)))


def _joined(first: SegmentRow, second: SegmentRow, report: Report) -> SegmentRow:
    """The two rows of one segment, which may differ in who goes which way, and in nothing else."""
    # `second` with what may differ taken from `first`.
    alike = second._replace(forward=first.forward, backward=first.backward, where=first.where)
    if alike != first or first.forward & second.forward or first.backward & second.backward:
        expected = f"the other way of the same segment as {first.where}, with the same line, name and so on"
        report.add(
            "sides-disagree", second.where, expected, "another", "Correct one of the two, or give it its own id."
        )
    return first._replace(forward=first.forward | second.forward, backward=first.backward | second.backward)


def _both_ways(first: SegmentRow, second: SegmentRow) -> SegmentRow:
    """Two directed links of other make as one segment, along the first."""
    return first._replace(
        backward=second.forward,
        physical=first.physical or second.physical,
        lanes=min(first.lanes + second.lanes, LANES_MAX),
        maxspeed_kmh=max(first.maxspeed_kmh, second.maxspeed_kmh),
    )


def _segments(
    cells: Cells, nodes: dict[str, int], uses: Uses, speed_kmh: float, rows: CityRows, report: Report
) -> Iterator[SegmentRow]:
    """Each row by itself, turned so that it runs along its segment."""
    table = cells.links
    origins, targets = (table.positions(end, nodes, "node") for end in ("from_node_id", "to_node_id"))
    lines = _lines(cells, report)
    kinds = [kind or KIND for kind in table.texts("facility_type")]
    masks = table.words("allowed_uses", uses.find, "a comma list of uses", ALL_CLASSES)
    said = table["allowed_uses"]
    physical = table.words("rf_physical", find_stated, "true or false", Stated.NOT)
    directions = _directions(table, report)
    ids = _segment_ids(table, report)
    speeds = table.numbers("free_speed", 0, SPEED_KMH_MAX / speed_kmh, blank=0.0)
    columns = zip(
        table.words("rf_limited", find_limited, "a comma list of classes", 0),
        table.words("rf_form", find_form, "a comma list of bridge, tunnel, roundabout, ramp", 0),
        map(int, table.numbers("rf_layer", -128, 127, blank=0.0)),
        _lanes(table, directions),
        (round(speed * speed_kmh) for speed in speeds),
        (round(10 * width) for width in table.numbers("rf_width_m", 0, WIDTH_DM_MAX / 10, blank=0.0)),
        strict=True,
    )
    names = table.texts("name")
    for ix, (limited, form, layer, lanes, speed, width) in enumerate(columns):
        kind, a, b = kinds[ix], origins[ix], targets[ix]
        usual, driveable = by_kind(kind)
        mask = masks[ix] if said[ix].strip() else usual
        points = lines[ix] or _straight(rows, a, b)
        drawn = physical[ix]
        can = (driveable or bool(mask & MOTOR)) if drawn is Stated.NOT else drawn is Stated.TRUE
        back = directions[ix] == "backward"
        if back:
            a, b, points = b, a, _reversed(points)
        there, again = (0, mask) if back else (mask, mask if directions[ix] == "both" else 0)
        more = (limited, form, layer, lanes, speed, width, points, table.where(ix))
        yield SegmentRow(ids[ix], names[ix], kind, a, b, there, again, can, *more)


def _segment_ids(table: Table, report: Report) -> list[str]:
    if "rf_segment" not in table:
        return table.ids("link_id")
    pairs = zip(table["rf_segment"], table["link_id"], strict=True)
    return [report.id((one or link).strip(), table.where(ix, "rf_segment")) for ix, (one, link) in enumerate(pairs)]


def _directions(table: Table, report: Report) -> list[str]:
    """``both``, ``forward`` or ``backward`` along the segment."""
    directed = table.words("directed", find_stated, "true or false", Stated.NOT)
    given = table.words("rf_direction", _find_direction, "both, forward or backward", "")
    directions = []
    for ix, (one_way, direction) in enumerate(zip(directed, given, strict=True)):
        if one_way is Stated.NOT or (direction and (direction == "both") == (one_way is Stated.TRUE)):
            expected = "true for a link of one direction, false for one of both"
            report.add(
                "bad-choice", table.where(ix, "directed"), expected, quoted(table["directed"][ix]), "Correct it."
            )
        directions.append(direction or ("forward" if one_way is Stated.TRUE else "both"))
    return directions


def _find_direction(text: str) -> str | None:
    word = text.strip().lower()
    return word if word in ("", "both", "forward", "backward") else None


def _lanes(table: Table, directions: list[str]) -> list[int]:
    """Of both directions together; GMNS counts those of one."""
    total = table.numbers("rf_lanes", 0, LANES_MAX, blank=-1.0 if "rf_lanes" not in table else 0.0)
    each = table.numbers("lanes", 0, LANES_MAX // 2, blank=0.0) if "rf_lanes" not in table else total
    return [
        int(count) if count >= 0 else int(one) * (2 if direction == "both" else 1)
        for count, one, direction in zip(total, each, directions, strict=True)
    ]


def _straight(rows: CityRows, a: int, b: int) -> Sequence[float]:
    """The line of a link without geometry."""
    if min(a, b) < 0:
        return ()
    first, last = rows.junctions[a], rows.junctions[b]
    return (first.lon, first.lat, last.lon, last.lat)


def _reversed(points: Sequence[float]) -> Sequence[float]:
    flat = list(points)
    flat[0::2], flat[1::2] = flat[-2::-2], flat[::-2]
    return flat


def _lines(cells: Cells, report: Report) -> list[Sequence[float]]:
    """The drawn line of each link along its travel; empty where there is none."""
    shared = dict(zip(cells.geometry["geometry_id"], range(len(cells.geometry)), strict=True))
    table = cells.links
    against = table.numbers("dir_flag", -1, 1, blank=1.0)
    lines: list[Sequence[float]] = []
    for ix, (text, other, flag) in enumerate(zip(table["geometry"], table["geometry_id"], against, strict=True)):
        where_of, row = (table, ix)
        if not text and other:
            if other not in shared:
                do = "Add it to geometry.csv, or leave the cell empty."
                report.add("unknown-geometry", table.where(ix), "the id of a geometry", quoted(other), do)
            else:
                where_of, row = cells.geometry, shared[other]
        line = _read_line(where_of["geometry"][row], where_of, row, report)
        lines.append(_reversed(line) if flag < 0 and line else line)
    return lines


def _read_line(text: str, table: Table, row: int, report: Report) -> Sequence[float]:
    """Longitude, latitude, longitude ... of a WKT line; empty if there is none, or it is faulty."""
    if not text or text == "NaN":
        return ()
    points: list[float] = []
    body = _LINESTRING.fullmatch(text)
    try:
        for point in body[1].split(",") if body else ():
            lon, lat, *_height = map(float, point.split())
            if len(_height) > 1 or not (-180 <= lon <= 180 and -90 <= lat <= 90):
                points.clear()
                break
            points += (lon, lat)
    except ValueError:
        points.clear()
    if len(points) < 4:
        expected = "LINESTRING (lon lat, lon lat, ...) in degrees"
        report.add("bad-line", table.where(row, "geometry"), expected, quoted(text), "Correct the line.")
        return ()
    return points
