"""Which part of a city a phrase is about: where all its names come together, and the streets to look at there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from ringfence.base.errors import BadInput, Fault
from ringfence.model.operation import Site
from ringfence.network.city import DEGREE_E7, NONE_IX
from ringfence.network.projection import FloatArray
from ringfence.places.city_names import Positions
from ringfence.places.find import FAR_APART_M, Others, in_order_of_use, main_streets, qualifiers, stretch, too_far
from ringfence.places.gazetteer import SUGGESTIONS_MAX, Mention
from ringfence.places.land import Land, Meeting, cluster
from ringfence.places.site_spots import NEAR_SITE_M
from ringfence.places.spots import DETOUR_M, NEAR_STREET_M, TOO_FAR_M, metres
from ringfence.places.wording import WORDS_MAX, Phrase, Role, name_words

AROUND_M = 100.0
"""How far around a place its streets are looked at, beyond the distance of what is named."""
FURTHER_M = 200.0
TELLS_APART_M = 300.0
"""A street this near to a place may tell it from others."""
COMPARED_MAX = 12
"""How many places are looked at for names that only one of them has."""


def _none() -> Positions:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Place:
    """A place that a phrase may mean: where its names come together, how far around to look, and segments besides."""

    xy: FloatArray
    reach_m: float = AROUND_M
    segments: Positions = field(default_factory=_none)

    @property
    def middle(self) -> FloatArray:
        """(1, 2) metres."""
        return np.asarray(self.xy.mean(axis=0, keepdims=True))


class Choice:
    """The choosing of a place for one phrase.

    `wide` counts in the streets that bear a name only as a further one, or with other particles, where others bear it
    as their own.
    """

    def __init__(self, land: Land, phrase: Phrase, words: str, *, wide: bool = False) -> None:
        self.land, self.phrase, self.words = land, phrase, words
        self.segments: dict[str, Positions] = {
            mention.street: land.index.names.segments((mention.street, *mention.others), wide=wide)
            for _, mention in phrase.names
            if mention.street is not None
        }

    def choose(self, towards: FloatArray | None) -> Place:
        """The one place that the phrase means.

        Raises
        ------
        BadInput
            ``ambiguous-place`` where there are several far apart and no position to prefer the nearest to;
            ``unknown-place`` where the names lie too far apart.
        """
        places, others = self._candidates()
        places = self._agreeing(places, others)
        if towards is not None:
            places = [min(places, key=lambda place: float(np.hypot(*(place.xy - towards).T).min()))]
        if len(places) > 1:
            raise BadInput([self._several(places)])
        place = places[0] if main_streets(self.phrase) else self._by_street(places[0])
        return replace(place, segments=np.union1d(place.segments, self._further(place, others)))

    def _candidates(self) -> tuple[list[Place], Others]:
        """All places where the names that place the phrase come together, and the names that are left to choose by."""
        streets, others = main_streets(self.phrase), qualifiers(self.phrase)
        if self.phrase.with_role(Role.BETWEEN):
            return self._between(*stretch(self.phrase, self.words)), others
        if len(streets) >= 2:
            others += [(Role.NEAR, Mention(street, street)) for street in streets[2:]]
            return self._crossing(streets[0], streets[1]), others
        if streets:
            (role, first), *rest = others = in_order_of_use(others)
            if first.street is not None:
                return self._crossing(streets[0], first.street), others if role is Role.END else rest
            return self._near_sites(streets[0], first.sites), rest
        main = self.phrase.with_role(Role.MAIN)[0]
        places = [Place(xy) for xy in _clusters(self.site_xy(main.sites))]
        return places, [other for other in others if other[1] is not main]

    def _crossing(self, one: str, other: str) -> list[Place]:
        meeting = self.land.crossings(self.segments[one], self.segments[other])
        self._refuse_far(one, other, meeting)
        reach = AROUND_M + (2 * meeting.gap_m + DETOUR_M if meeting.gap_m else 0.0)
        # Streets that run side by side come near each other all along: that is one place.
        return [Place(xy, reach) for xy in _clusters(meeting.xy, FAR_APART_M + 2 * meeting.gap_m)]

    def _near_sites(self, street: str, sites: Sequence[Site]) -> list[Place]:
        meeting = self.land.nearest_to(self.segments[street], self.site_xy(sites))
        self._refuse_far(street, sites[0].name, meeting)
        # From the middle between street and site.
        reach = AROUND_M + max(meeting.gap_m, NEAR_SITE_M)
        return [Place(xy, reach) for xy in _clusters(meeting.xy)]

    def _by_street(self, place: Place) -> Place:
        """The place of a site, with the reach to its nearest street."""
        gap = self.land.to_street_m(place.xy[:1], named=True)
        if not np.isfinite(gap):
            name = self.phrase.with_role(Role.MAIN)[0].shown
            found = f"{name}, which is more than {metres(TOO_FAR_M)} from every street with a name"
            raise BadInput([too_far(self.words, found)])
        return replace(place, reach_m=1.25 * gap + AROUND_M)

    def _between(self, street: str, first: str, second: str) -> list[Place]:
        places = []
        for part in self.land.parts(self.segments[street]):
            ends = [self.land.crossings(part, self.segments[bound]) for bound in (first, second)]
            gap = max(meeting.gap_m for meeting in ends)
            if gap <= TOO_FAR_M:
                place = Place(np.concatenate([meeting.xy for meeting in ends]), AROUND_M + gap, part)
                places.append((sum(meeting.gap_m for meeting in ends), place))
        if not places:
            found = f"no {street} that comes within {metres(TOO_FAR_M)} of both {first} and {second}"
            raise BadInput([too_far(self.words, found)])
        least = min(gap for gap, _ in places)
        return [place for gap, place in places if gap <= least + NEAR_STREET_M]

    def _refuse_far(self, one: str, other: str, meeting: Meeting) -> None:
        if meeting.gap_m > TOO_FAR_M:
            apart = f"{one} and {other}, which are {metres(meeting.gap_m)} apart at the nearest"
            raise BadInput([too_far(self.words, apart)])

    def _agreeing(self, places: list[Place], others: Others) -> list[Place]:
        """The places that lie near everything else that is named; where none does, those that lie nearest to it."""
        if len(places) == 1 or not others:
            return places
        middles = np.concatenate([place.middle for place in places])
        off = np.zeros(len(places))
        for _, mention in others:
            limit = NEAR_SITE_M if mention.street is None else NEAR_STREET_M
            off += np.maximum(self._to_name_m(mention, middles) - limit, 0)
        return [place for place, far in zip(places, off, strict=True) if far <= off.min() + DETOUR_M]

    def _to_name_m(self, mention: Mention, xy: FloatArray) -> FloatArray:
        if mention.street is not None:
            return self.land.distance_m(self.segments[mention.street], xy)
        apart = self.site_xy(mention.sites)[None, :, :] - xy[:, None, :]
        return np.asarray(np.hypot(apart[..., 0], apart[..., 1]).min(axis=1))

    def _further(self, place: Place, others: Others) -> Positions:
        """Segments of the other streets named that say how far off these are, or where they end."""
        found = [_none()]
        point = shapely.Point(place.middle[0])
        for role, mention in others:
            if mention.street is not None:
                segments = self.segments[mention.street]
                apart = shapely.distance(self.land.lines(segments), point)
                near = segments[apart <= apart.min() + FURTHER_M]
                # An end is an end only where none of the street is cut off.
                parts = self.land.parts(segments) if role is Role.END else [near]
                found += [part for part in parts if len(np.intersect1d(part, near))]
        return np.concatenate(found)

    def narrowed(self, place: Place) -> Phrase:
        """The phrase with only those sites of each name that lie around the place, or else the nearest."""
        names = []
        for role, mention in self.phrase.names:
            one = mention
            if mention.street is None:
                apart = _apart(self.site_xy(mention.sites), place.xy)
                limit = max(FAR_APART_M if role is Role.MAIN else place.reach_m, float(apart.min()))
                kept = [site for site, far in zip(mention.sites, apart.tolist(), strict=True) if far <= limit]
                one = replace(mention, sites=tuple(kept))
            names.append((role, one))
        return Phrase(tuple(names))

    def site_xy(self, sites: Sequence[Site]) -> FloatArray:
        """Metres of some sites."""
        return self.land.xy(np.array([(site.lon, site.lat) for site in sites]) * DEGREE_E7)

    def _several(self, places: Sequence[Place]) -> Fault:
        middles = np.concatenate([place.middle for place in places])
        apart = metres(float(np.hypot(*np.ptp(middles, axis=0))))
        found = f"{len(places)} places that fit, up to {apart} apart"
        return self.several(places, found, [self._names_around(place) for place in places[:COMPARED_MAX]])

    def several(
        self, places: Sequence[Place], found: str, names: Sequence[Sequence[str]], called: Sequence[str] | None = None
    ) -> Fault:
        """The fault that tells several places apart, each in words that can be read in turn.

        Those are what a place is called if no other is called so, else the name of a street that only it has near by,
        else its position. `names` are the streets at each place, best first; `called` is what each place is called, if
        that is more than the words.
        """
        shared, alike = Counter(name for at in names for name in set(at)), Counter(called)
        choices = []
        for ix, place in enumerate(places[:SUGGESTIONS_MAX]):
            words = self.words.strip() if called is None else called[ix]
            if called is None or alike[words] > 1:
                name = next((name for name in names[ix] if shared[name] == 1 and name not in self.segments), None)
                words = f"{words} near {name}" if name else ""
            lon, lat = self.land.lonlat(place.xy[0])
            choices.append(words if 0 < len(words) <= WORDS_MAX else f"{lon:.5f},{lat:.5f}")
        return Fault("ambiguous-place", name_words(self.words), "one place", found, f"Say which: {'; '.join(choices)}.")

    def _names_around(self, place: Place) -> list[str]:
        """The names of streets around a place, nearest first."""
        near = self.land.around(place.middle, TELLS_APART_M)
        near = near[self.land.city.segment_name_ix[near] != NONE_IX]
        return self.land.names_of(self.land.by_distance(near, place.middle))


def _clusters(xy: FloatArray, span_m: float = FAR_APART_M) -> list[FloatArray]:
    label = cluster(xy, span_m)
    return [xy[label == one] for one in range(int(label.max()) + 1)]


def _apart(ours: FloatArray, theirs: FloatArray) -> NDArray[np.float64]:
    """From each of our positions to the nearest of theirs."""
    between = ours[:, None, :] - theirs[None, :, :]
    return np.asarray(np.hypot(between[..., 0], between[..., 1]).min(axis=1))
