"""What keeps an outline from enclosing anything definite, in a planner's words, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from shapely import (
    LinearRing,
    MultiPolygon,
    Polygon,
    STRtree,
    get_coordinates,
    is_simple,
    is_valid_reason,
)
from shapely.geometry.base import BaseGeometry

TOLD_MAX = 4
"""Of more than so many slips in one drawing the first are told: whoever sees these draws it anew."""


def what_is_wrong(drawn: Polygon | MultiPolygon) -> str:
    """All that keeps a drawing that is not valid from being an area, in a planner's words.

    Holes, and the parts of a drawing of several, are numbered as they were drawn where there is more than one.
    """
    if drawn.convex_hull.area == 0:
        return "one that encloses nothing: its corners lie in one place, or on one line"
    parts = list(drawn.geoms) if isinstance(drawn, MultiPolygon) else [drawn]
    wrong = []
    for number, part in enumerate(parts, start=1):
        of = f" of part {number}" if len(parts) > 1 else ""
        wrong += [said.format(of=of) for said in ([] if part.is_valid else _wrong_in(part))]
    return "; ".join([*wrong[:TOLD_MAX], *["and more"] * (len(wrong) > TOLD_MAX)])


def _wrong_in(part: Polygon) -> list[str]:
    """What is wrong with one polygon; ``{of}`` stands where its number belongs."""
    if part.exterior.convex_hull.area == 0:
        return ["an outline{of} that encloses nothing: its corners lie in one place, or on one line"]
    if not is_simple(part.exterior):  # what holes are to such an outline, nobody can say
        return ["an outline{of} that crosses itself" + _where_it_meets_itself(part.exterior)]
    names = [f"hole {at + 1}" if len(part.interiors) > 1 else "a hole" for at in range(len(part.interiors))]
    wrong: list[str] = []
    sound: list[tuple[str, Polygon]] = []
    for name, hole in zip(names, part.interiors, strict=True):
        if hole.convex_hull.area == 0:
            wrong.append(name + "{of} that encloses nothing")
        elif not is_simple(hole):
            wrong.append(name + "{of} that crosses itself" + _where_it_meets_itself(hole))
        else:
            sound.append((name, Polygon(hole)))
    outline = Polygon(part.exterior)
    wrong += [name + said for name, hole in sound if (said := _beside_outline(outline, hole))]
    wrong += islice(_between_holes(sound), TOLD_MAX + 1)
    return wrong or [_parted(part)]


def _between_holes(holes: Sequence[tuple[str, Polygon]]) -> Iterator[str]:
    """Of each two holes that are in each other's way, how."""
    nearby = STRtree([hole for _, hole in holes])
    for at, (name, hole) in enumerate(holes):
        for beside in sorted(nearby.query(hole, predicate="intersects").tolist()):
            if beside > at and (said := _beside_each_other(hole, holes[beside][1], holes[beside][0])):
                yield name + said


def _beside_outline(outline: Polygon, hole: Polygon) -> str | None:
    """How a hole is not within its outline."""
    if hole.covers(outline):
        return "{of} that leaves nothing of the outline"
    if outline.disjoint(hole) or outline.touches(hole):
        return f"{{of}} that lies outside the outline{_at(hole.representative_point())}"
    if not outline.covers(hole):
        return f"{{of}} that crosses the outline{_at(_meeting(outline, hole))}"
    shared = outline.exterior.intersection(hole.exterior)
    if shared.length > 0:
        return f"{{of}} that runs along the outline{_at(shared)}"
    return None


def _beside_each_other(one: Polygon, other: Polygon, name: str) -> str | None:
    """How two holes are in each other's way."""
    if one.equals(other):
        return f"{{of}} that is the same as {name}"
    for inner, outer, words in ((one, other, "lies in"), (other, one, "holds")):
        if outer.covers(inner):
            return f"{{of}} that {words} {name}{_at(inner.representative_point())}"
    if one.intersection(other).area > 0:
        return f"{{of}} that crosses {name}{_at(_meeting(one, other))}"
    shared = one.exterior.intersection(other.exterior)
    return f"{{of}} that runs along {name}{_at(shared)}" if shared.length > 0 else None


def _meeting(one: Polygon, other: Polygon) -> BaseGeometry:
    return one.exterior.intersection(other.exterior)


def _where_it_meets_itself(ring: LinearRing) -> str:
    return _place_in(is_valid_reason(Polygon(ring)))


def _parted(part: Polygon) -> str:
    """What is left: holes that touch the outline, or each other, so often that they part the inside."""
    reason = is_valid_reason(part)
    said = "holes{of} that part its inside in two" if "disconnected" in reason else reason.partition("[")[0].lower()
    return said + _place_in(reason)


def _place_in(reason: str) -> str:
    """The place that the geometry library names, if it does."""
    figures = reason.partition("[")[2].rstrip("]").split()
    return f" at {float(figures[0]):.5f}, {float(figures[1]):.5f}" if len(figures) >= 2 else ""


def _at(place: BaseGeometry) -> str:
    """The first corner of a place, where there is one."""
    corners = get_coordinates(place)
    return f" at {corners[0][0]:.5f}, {corners[0][1]:.5f}" if len(corners) else ""
