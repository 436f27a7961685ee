"""Positions of a GeoJSON geometry (RFC 7946, section 3.1.1), whatever stands there."""

from __future__ import annotations

from ringfence.exchange.report import Report, quoted

_NUMBERS = (int, float)


def place_of(geometry: object, where: str, report: Report) -> tuple[float, float]:
    """Longitude and latitude of a Point."""
    members = geometry if isinstance(geometry, dict) else {}
    points = _points([members.get("coordinates")]) if members.get("type") == "Point" else None
    if points is None:
        report.add("bad-geometry", where, "a Point in degrees", quoted(members.get("type")), "Correct the geometry.")
        return (0.0, 0.0)
    return points[0], points[1]


def points_of(coordinates: object, where: str, report: Report) -> list[float]:
    """Longitude, latitude, longitude ... of a line's positions; empty if they are faulty."""
    points = _points(coordinates) if isinstance(coordinates, list) else None
    if points is None or len(points) < 4:
        expected = "a line of two or more positions in degrees"
        report.add("bad-geometry", where, expected, quoted(coordinates), "Correct the geometry.")
        return []
    return points


def _points(coordinates: list[object]) -> list[float] | None:
    points: list[float] = []
    for position in coordinates:
        if not isinstance(position, list) or not 2 <= len(position) <= 4:
            return None
        lon, lat = position[0], position[1]
        # By type, because True counts as a number elsewhere. NaN is in no range.
        if type(lon) not in _NUMBERS or type(lat) not in _NUMBERS or not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return None
        points += (lon, lat)
    return points
