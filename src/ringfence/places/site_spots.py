"""Where a phrase that names a site may point, and what further names do to the standing of a spot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from ringfence.model.operation import Site
from ringfence.network import NAMELESS
from ringfence.network.projection import FloatArray
from ringfence.places.gazetteer import Mention
from ringfence.places.ground import CROSSING_SPAN_M, Ground, Point
from ringfence.places.spots import (
    NEAR_STREET_M,
    SCORE_BARE,
    SCORE_NEAR,
    TOO_FAR_M,
    Spot,
    TooFarError,
    metres,
    one_per_opening,
    position,
)
from ringfence.places.wording import Role

NEAR_SITE_M = 150.0
KNOWN_M = 60.0
SCORE_KNOWN = 0.05


@dataclass(frozen=True, slots=True)
class Known:
    """One arm of a place that the operation knows already."""

    id: str
    segment_ix: int
    offset_m: float


def site_xy(ground: Ground, site: Site) -> FloatArray:
    """Projected metres of a site."""
    xy: FloatArray = ground.network.projection.to_metres(np.array([[site.lon, site.lat]]))[0]
    return xy


def near_site(ground: Ground, street: str, sites: Sequence[Site], role: Role, known: Sequence[Known]) -> list[Spot]:
    """ "A near P": where A comes nearest to P, and stretches of A hardly further; known places among them first.

    Of several sites of one name, those near the street are meant.
    """
    gaps = {site.id: _finite(ground.distance_m(street, site_xy(ground, site))) for site in sites}
    least = min(gaps.values())
    if least > TOO_FAR_M:
        message = f"{street} and {sites[0].name}, which are {metres(least)} apart at the nearest"
        raise TooFarError(message)
    spots = []
    for site in sites:
        if gaps[site.id] <= max(least, NEAR_SITE_M):
            spots += _near_one_site(ground, street, site, role, known)
    return one_per_opening(sorted(spots, key=lambda spot: -spot.score))


def _near_one_site(ground: Ground, street: str, site: Site, role: Role, known: Sequence[Known]) -> list[Spot]:
    xy = site_xy(ground, site)
    points = [ground.nearest_on(ix, xy) for ix in ground.segments[street]]
    nearest = min(_apart(ground, point, xy) for point in points)
    spots = []
    for arm in known:
        point = Point(arm.segment_ix, arm.offset_m)
        near_enough = _apart(ground, point, xy) <= 1.25 * nearest + 40
        if near_enough and ground.network.segment_names[arm.segment_ix] == street:
            spot = _site_spot(ground, point, street, site, nearest)
            spot = spot.because(f"The operation knows this place as {arm.id}.", score=2 * SCORE_KNOWN)
            spots.append(replace(spot, arms=_all_arms(known, arm.id), known=True))
    spots += [
        _site_spot(ground, point, street, site, nearest)
        for point in points
        if _apart(ground, point, xy) <= 1.25 * nearest + 25
    ]
    if role is Role.REAR:
        behind = f"The map does not say which side of {site.name} is its rear."
        spots = [spot.because(behind) for spot in spots]
    return spots


def _site_spot(ground: Ground, point: Point, street: str, site: Site, nearest_m: float) -> Spot:
    apart = _apart(ground, point, site_xy(ground, site))
    at_nearest = apart <= nearest_m + 0.5
    reason = f"{street} comes nearest to {site.name} here, {metres(apart)} away." if at_nearest else (
        f"{site.name} is {metres(apart)} from here, at the nearest {metres(nearest_m)} from {street}."
    )  # fmt: skip
    flagged = nearest_m > NEAR_SITE_M
    score = SCORE_NEAR - (0.2 if flagged else 0.0) - min((apart - nearest_m) / 500, 0.2)
    spot = Spot(point, ground.arms_at(point), (street,), score, (reason,))
    return spot.because(f"That is far for {street} near {site.name}.", flagged=True) if flagged else spot


def at_site(ground: Ground, site: Site, among: Sequence[int] | None = None) -> list[Spot]:
    """A site alone: the nearest point of the streets around it, or of some segments."""
    network, xy = ground.network, site_xy(ground, site)
    if among is None:
        among = [ix for ix, name in enumerate(network.segment_names) if name.strip() and network.physical[ix]]
    if not among:
        return []
    distance = shapely.distance(network.lines[list(among)], shapely.Point(xy))
    nearest = _finite(float(np.min(distance)))
    if nearest > TOO_FAR_M:
        message = f"{site.name}, which is {metres(nearest)} from the nearest street"
        raise TooFarError(message)
    spots = []
    for ix in np.array(among)[distance <= 1.25 * nearest + 25]:
        point = ground.nearest_on(int(ix), xy)
        street, apart = network.segment_names[ix] or NAMELESS, _apart(ground, point, xy)
        reason = f"{site.name} is {metres(apart)} from {street} here."
        score = SCORE_BARE - min(max(apart - nearest, 0.0) / 200, 0.4)
        spot = Spot(point, ground.arms_at(point), (street,), score, (reason,))
        far = nearest > NEAR_SITE_M
        spots.append(spot.because("No street comes nearer.", score=-0.2, flagged=True) if far else spot)
    return one_per_opening(sorted(spots, key=lambda spot: -spot.score))


def _apart(ground: Ground, point: Point, xy: FloatArray) -> float:
    return float(np.hypot(*(ground.xy(point) - xy)))


def _finite(distance_m: float) -> float:
    return distance_m if np.isfinite(distance_m) else float("inf")


def on_known(ground: Ground, street: str, known: Sequence[Known]) -> list[Spot]:
    """A street named alone, on which the operation knows a place: that place."""
    places: dict[str, list[Known]] = {}
    for arm in known:
        if ground.network.segment_names[arm.segment_ix] == street:
            places.setdefault(arm.id, []).append(arm)
    length = f"{street} alone is {metres(ground.extent_m(street))} long"
    return [
        Spot(
            Point(arms[0].segment_ix, arms[0].offset_m),
            _all_arms(known, place),
            (street,),
            SCORE_BARE + 2 * SCORE_KNOWN,
            (f"{length}; the operation knows a place on it, {place}.",),
            known=True,
        )
        for place, arms in sorted(places.items())
    ]


def prefer_known(ground: Ground, spots: Sequence[Spot], known: Sequence[Known]) -> list[Spot]:
    """Spots with a known place on one of their arms, within 60 m, moved to it and put first."""
    moved = []
    for spot in spots:
        here = ground.xy(spot.point)
        near = sorted(
            (arm.segment_ix != spot.point.segment_ix, apart, arm.id, arm.segment_ix, arm.offset_m)
            for arm in known
            if arm.segment_ix in spot.arms
            and (apart := _apart(ground, Point(arm.segment_ix, arm.offset_m), here)) <= KNOWN_M
        )
        if spot.known or not near:
            moved.append(spot)
            continue
        _, apart, place, segment_ix, offset_m = near[0]
        says = f"The operation knows this place as {place}"
        says += f", {metres(apart)} away; that point is taken." if apart >= 0.5 else "."
        point = Point(segment_ix, offset_m, spot.point.junction_ix)
        there = replace(spot, point=point, arms=_all_arms(known, place), known=True)
        moved.append(there.because(says, score=SCORE_KNOWN))
    return one_per_opening(sorted(moved, key=lambda spot: -spot.score))


def _all_arms(known: Sequence[Known], place: str) -> tuple[int, ...]:
    return tuple(sorted({arm.segment_ix for arm in known if arm.id == place}))


def weigh(ground: Ground, spots: Sequence[Spot], role: Role, mention: Mention) -> list[Spot]:
    """What a further name says about each spot: it agrees, or it is far off and the spot is flagged."""
    weighed = []
    for spot in spots:
        xy = position(ground, spot)
        if mention.street is None:
            apart = min(_finite(float(np.hypot(*(site_xy(ground, site) - xy)))) for site in mention.sites)
            limit, says = NEAR_SITE_M, f"{mention.shown} is {metres(apart)} away."
        else:
            apart, limit = ground.distance_m(mention.street, xy), NEAR_STREET_M
            says = f"{mention.street} is {metres(apart)} away." if apart >= 1 else f"{mention.street} passes here."
            if role is Role.END:
                limit, ends = CROSSING_SPAN_M, ground.network.junction_xy[ground.end_junctions(mention.street)]
                to_end = min((float(np.hypot(*(end - xy))) for end in ends), default=np.inf)
                if to_end <= limit:
                    says = f"{mention.street} ends {metres(to_end)} away." if to_end >= 1 else (
                        f"{mention.street} ends here."
                    )  # fmt: skip
                elif apart <= limit:
                    says = f"{mention.street} passes {metres(apart)} away; its ends are further off."
        agrees = apart <= limit
        less = min(apart, 1000.0) / 4000 + (0.0 if agrees else 0.1)
        weighed.append(spot.because(says, score=-less, flagged=not agrees))
    return weighed
