"""Where a phrase may point: spots with a score and reasons, for each way of naming a place by streets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ringfence.network.projection import FloatArray
from ringfence.places.ground import SETBACK_M, Ground, Point, Way

NEAR_STREET_M = 100.0
TOUCH_M = 1.0
TOO_FAR_M = 500.0
SHORT_STREET_M = 250.0
DETOUR_M = 50.0
STRAIGHT_COS = float(np.cos(np.radians(45)))

SCORE_MEET = 0.9
SCORE_SIDE_STREET = 0.01
SCORE_NEAR = 0.8
SCORE_APART = 0.6
SCORE_BARE = 0.7


@dataclass(frozen=True, slots=True)
class Spot:
    """One candidate: the point, the segments that a barrier there closes, the streets named, the reasons.

    `whole` marks a reading of a street as a whole, which may lie far from the next; `known` one that stands at a place
    which the operation knows.
    """

    point: Point
    arms: tuple[int, ...]
    streets: tuple[str, ...]
    score: float
    reasons: tuple[str, ...]
    flagged: bool = False
    whole: bool = False
    known: bool = False

    def because(self, reason: str, *, score: float = 0.0, flagged: bool = False) -> Spot:
        """The same spot with one more reason."""
        return replace(
            self,
            reasons=(*self.reasons, reason),
            score=self.score + score,
            flagged=self.flagged or flagged,
        )


class TooFarError(Exception):
    """Two things named together lie too far apart to name one place; carries the sentence that says so."""


def metres(distance_m: float) -> str:
    """A distance as people read it."""
    return f"{distance_m:,.0f} m" if np.isfinite(distance_m) else "far off the map"


def one_per_opening(spots: Sequence[Spot]) -> list[Spot]:
    """One spot for each set of arms; the better, then the earlier, stays."""
    kept: dict[tuple[tuple[int, ...], int | None], Spot] = {}
    for spot in spots:
        key = (spot.arms, spot.point.segment_ix if spot.whole else None)
        if key not in kept or spot.score > kept[key].score:
            kept[key] = spot
    return list(kept.values())


def at_crossing(ground: Ground, one: str, other: str) -> list[Spot]:
    """ "A / B": every approach of both streets to each of their crossings; where they never meet, the nearest."""
    crossings = ground.crossings(one, other)
    if not crossings:
        return _never_meeting(ground, one, other)
    spots = []
    for crossing in crossings:
        for street, cross in ((one, other), (other, one)):
            sides = _approach_spots(ground, street, (one, other), crossing, SCORE_MEET, _meeting(ground, one, other))
            if len(sides) == 1:
                sides = [sides[0].because(f"{street} ends at {cross}.", score=SCORE_SIDE_STREET)]
            spots += sides
    return one_per_opening(spots)


def near_crossing(ground: Ground, street: str, other: str) -> list[Spot]:
    """ "A near B": on A only, a short setback from where it meets B; else where A comes nearest to B."""
    spots = []
    for crossing in ground.crossings(street, other):
        reason = _meeting(ground, street, other)
        spots += _approach_spots(ground, street, (street, other), crossing, SCORE_MEET, reason)
    if spots:
        return one_per_opening(spots)
    gap = _gap(ground, street, other)
    point = ground.nearest_to_street(street, other)
    reason = _without_junction(street, other) if gap < TOUCH_M else (
        f"{street} never meets {other} on this map; this is where it comes nearest, {metres(gap)} away."
    )  # fmt: skip
    flagged = gap > NEAR_STREET_M
    score = SCORE_APART if flagged else SCORE_NEAR
    return [Spot(point, ground.arms_at(point), (street, other), score - gap / 2000, (reason,), flagged)]


def _meeting(ground: Ground, one: str, other: str) -> str:
    if ground.junctions(one) & ground.junctions(other):
        return f"{one} meets {other} here; {metres(SETBACK_M)} back from the junction, less on a short segment."
    return f"{one} and {other} meet here across a short link."


def _without_junction(one: str, other: str) -> str:
    return f"{one} and {other} cross here without a junction, as at a bridge or tunnel."


def _approach_spots(
    ground: Ground, street: str, streets: tuple[str, ...], crossing: frozenset[int], score: float, reason: str
) -> list[Spot]:
    spots = [
        Spot(point, ground.arms_at(point), streets, score, (reason,)) for point in ground.approaches(street, crossing)
    ]
    return one_per_opening(spots)


def _gap(ground: Ground, one: str, other: str) -> float:
    gap = ground.gap_m(one, other)
    if gap > TOO_FAR_M:
        message = f"{one} and {other}, which are {metres(gap)} apart at the nearest"
        raise TooFarError(message)
    return gap


def _never_meeting(ground: Ground, one: str, other: str) -> list[Spot]:
    """The nearest approach of two streets that never meet, flagged.

    Often the writer carried a street's name on past the corner where it changes. So the way between the two is
    searched, and where one of them runs straight on into it, or the way bears a kindred name, the place is taken to be
    at the other street's end of the way.
    """
    gap = _gap(ground, one, other)
    apart = f"{one} and {other} never meet on this map; they come within {metres(gap)} of each other."
    apart = _without_junction(one, other) if gap < TOUCH_M else apart
    way = ground.find_way(ground.junctions(one), ground.junctions(other), 2 * gap + DETOUR_M)
    if way is None or not way.segments:
        spots = []
        for street, cross in ((one, other), (other, one)):
            point = ground.nearest_to_street(street, cross)
            spots.append(Spot(point, ground.arms_at(point), (one, other), SCORE_APART, (apart,), flagged=True))
        return one_per_opening(spots)
    back = Way(way.junctions[::-1], way.segments[::-1], way.length_m)
    ours, theirs = _runs_on(ground, one, way), _runs_on(ground, other, back)
    spots = []
    for street, cross, path, goes_on, comes_on in ((one, other, way, ours, theirs), (other, one, back, theirs, ours)):
        less = 0.0 if goes_on or not comes_on else 0.2
        spots += _at_end_of_way(ground, (street, cross), path, SCORE_APART - less - gap / 2000, apart, goes_on)
    return one_per_opening(spots)


def _runs_on(ground: Ground, street: str, way: Way) -> bool:
    """Whether a street goes straight on into the way, or the way's name shares its first word."""
    if _kindred(street, ground.network.segment_names[way.segments[0]]):
        return True
    junction = way.junctions[0]
    onward = ground.heading(way.segments[0], junction)
    return any(
        float(-ground.heading(ix, junction) @ onward) >= STRAIGHT_COS
        for ix in ground.segments[street]
        if junction in ground.ends(ix)
    )


def _kindred(street: str, name: str) -> bool:
    first, other = street.casefold().split()[:1], name.casefold().split()[:1]
    return first == other


def _at_end_of_way(
    ground: Ground, pair: tuple[str, str], way: Way, score: float, apart: str, goes_on: bool
) -> list[Spot]:
    """Spots at the far end of a way from `street` to `cross`: on `cross`, and on the way's last segment."""
    street, cross = pair
    junction, last = way.junctions[-1], way.segments[-1]
    name = ground.network.segment_names[last]
    shown = name or "a nameless street"
    streets = (street, cross, name) if name else (street, cross)
    onward = f"{street} runs on as {shown}" if goes_on else f"From {street} the way leads by {shown}"
    reasons = (apart, f"{onward}, {metres(way.length_m)} to {cross}.")
    spots = [
        Spot(point, ground.arms_at(point), streets, score, reasons, flagged=True)
        for point in ground.approaches(cross, {junction})
    ]
    point = ground.set_back(last, junction)
    less = 0.0 if _kindred(street, name) else 0.1
    spots.append(Spot(point, ground.arms_at(point), streets, score - less, reasons, flagged=True))
    return spots


def between(ground: Ground, street: str, first: str, second: str) -> list[Spot]:
    """ "A between B and C": the stretch of A from one to the other, best at its middle."""
    starts, goals = (_anchor(ground, street, other) for other in (first, second))
    streets = (street, first, second)
    missing = [other for other, (_, meets) in ((first, starts), (second, goals)) if not meets]
    notes = tuple(f"{street} does not meet {other} on this map; its nearest junction is taken." for other in missing)
    way = ground.find_way(starts[0], goals[0], np.inf, street)
    if way is None or not way.segments:
        says = f"{first} and {second} come to {street} at the same junction." if way else (
            f"{street} has a gap between {first} and {second}."
        )  # fmt: skip
        return [spot.because(says, score=-0.2, flagged=True) for spot in near_crossing(ground, street, first)]
    reason = f"The stretch of {street} between {first} and {second} is {metres(way.length_m)} long."
    score = (SCORE_APART if missing else SCORE_MEET) - 0.1
    spots, reach = [], 0.0
    for junction, ix in zip(way.junctions, way.segments, strict=False):
        length = float(ground.network.length_m[ix])
        into = way.length_m / 2 - reach
        middle = 0 <= into < length
        along = into if middle else length / 2
        offset = along if ground.ends(ix)[0] == junction else length - along
        point = Point(ix, ground.held(ix, offset))
        best = 0.1 if middle else 0.0
        spots.append(Spot(point, ground.arms_at(point), streets, score + best, (reason, *notes), bool(missing), True))
        reach += length
    return one_per_opening(spots)


def _anchor(ground: Ground, street: str, other: str) -> tuple[set[int], bool]:
    """The junctions of a street at its crossings with another, and whether they meet; else the nearest junction."""
    own = ground.junctions(street)
    shared = {junction for crossing in ground.crossings(street, other) for junction in crossing} & own
    if shared:
        return shared, True
    _gap(ground, street, other)
    xy = ground.network.junction_xy
    return {min(sorted(own), key=lambda junction: ground.distance_m(other, xy[junction]))}, False


def whole_street(ground: Ground, street: str) -> list[Spot]:
    """A short street, or one of a single segment: the middle of each segment, the longest first. Else nothing."""
    segments, extent = ground.segments[street], ground.extent_m(street)
    if extent > SHORT_STREET_M and len(segments) > 1:
        return []
    reason = f"{street} is named alone; all of it lies within {metres(extent)}."
    spots = []
    ranked = sorted(segments, key=lambda ix: (-float(ground.network.length_m[ix]), ground.network.segment_ids[ix]))
    for rank, ix in enumerate(ranked):
        point = Point(ix, float(ground.network.length_m[ix]) / 2)
        score = SCORE_BARE - 0.05 * min(rank, 4)
        spots.append(Spot(point, ground.arms_at(point), (street,), score, (reason,), whole=True))
    return spots


def street_ends(ground: Ground, street: str) -> list[Spot]:
    """ "The bottom of A": each end of A, for the map has no heights to tell them apart."""
    reason = f"{street} ends here; the map has no heights to tell its top from its bottom."
    spots = [
        Spot(point, ground.arms_at(point), (street,), SCORE_BARE, (reason,))
        for junction in ground.end_junctions(street)
        for point in ground.approaches(street, {junction})
    ]
    return one_per_opening(spots)


def position(ground: Ground, spot: Spot) -> FloatArray:
    """What distances to other names are measured from: the junction where there is one, else the point."""
    junction = spot.point.junction_ix
    return ground.xy(spot.point) if junction is None else ground.network.junction_xy[junction]
