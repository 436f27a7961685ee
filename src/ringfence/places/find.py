"""From words to readings: the one way in to this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ringfence.base.errors import BadInput, Fault
from ringfence.model.answers import PlaceReading
from ringfence.model.operation import Site
from ringfence.network import Network
from ringfence.network.projection import FloatArray
from ringfence.places.gazetteer import SUGGESTIONS_MAX, Gazetteer, Mention
from ringfence.places.ground import Ground
from ringfence.places.site_spots import Known, at_site, near_site, on_known, prefer_known, site_xy, weigh
from ringfence.places.spots import (
    Spot,
    TooFarError,
    at_crossing,
    between,
    near_crossing,
    street_ends,
    whole_street,
)
from ringfence.places.wording import Phrase, Role, name_words, place_fault, read_phrase

FAR_APART_M = 120.0
EQUAL_SCORE = 0.02

Others = list[tuple[Role, Mention]]


def find_places(
    network: Network, sites: Sequence[Site], words: str, *, among: Sequence[tuple[str, str, float]] = ()
) -> tuple[PlaceReading, ...]:
    """The points of a network that words such as "Molesworth Street near Pipitea Street" may mean, best first.

    Parameters
    ----------
    network : Network
    sites : sequence of Site
        The places people name that are not streets.
    words : str
        At most 200 characters of plain text.
    among : sequence of (str, str, float), optional
        Places that the operation knows already, such as its barriers' arms: id, segment id, offset in metres. A reading
        within 60 m of one, on a segment it would close, is moved to it and preferred; a long street named alone is
        read as the known place on it. What is off this network is left out.

    Returns
    -------
    tuple of PlaceReading
        At least one; score descending, then segment id, then offset. `flagged` where the words are not literally
        true of the map.

    Raises
    ------
    BadInput
        ``bad-place`` (no text that can name a place), ``unknown-place`` (one fault per name that is not known, or names
        too far apart to name one place) or ``ambiguous-place`` (several places far apart, none better).

    Notes
    -----
    A heuristic, and deterministic: the same input gives the same answer, whatever the order of `sites` and `among`.
    O(segments + names) to file the names, then O(segments of the streets named).
    """
    ground = Ground(network)
    phrase = read_phrase(words, Gazetteer(ground.segments, sorted(sites, key=lambda site: site.id)))
    return read_on_ground(ground, phrase, words, known=_known(network, among))


def read_on_ground(
    ground: Ground, phrase: Phrase, words: str, *, known: Sequence[Known] = (), towards: FloatArray | None = None
) -> tuple[PlaceReading, ...]:
    """The readings of a phrase on a network, as `find_places` gives them.

    `towards` (projected metres) settles which of several places of equal standing is meant: the nearest.
    """
    try:
        spots = _read(ground, phrase, known, words)
    except TooFarError as error:
        raise BadInput([too_far(words, str(error))]) from None
    if any(mention.street is not None for _, mention in phrase.names):
        # A site alone is where it is: no barrier draws it away.
        spots = prefer_known(ground, spots, known)
    return rank_spots(ground, phrase, spots, words, towards=towards)


def rank_spots(
    ground: Ground, phrase: Phrase, spots: Sequence[Spot], words: str, *, towards: FloatArray | None = None
) -> tuple[PlaceReading, ...]:
    """The readings of a phrase's spots, best first; refused where the best are several places."""
    notes = tuple(dict.fromkeys(mention.note for _, mention in phrase.names if mention.note))
    doubt = sum(mention.doubt for _, mention in phrase.names)
    spots = [replace(spot, reasons=(*notes, *spot.reasons), score=spot.score - doubt) for spot in spots]
    ranked = sorted(spots, key=lambda spot: _rank(ground.network, spot))
    if towards is not None:
        ranked = _nearest_of_equals(ground, ranked, towards)
    _refuse_ambiguous(ground, ranked, words)
    return tuple(_reading(ground.network, spot) for spot in ranked)


def too_far(words: str, found: str) -> Fault:
    """The fault of names that lie too far apart to name one place."""
    do = "Name a street or site that is nearer, or look for a wrong name."
    return Fault("unknown-place", name_words(words), "names that lie near each other", found, do)


def _known(network: Network, among: Sequence[tuple[str, str, float]]) -> list[Known]:
    known = []
    for place, segment, offset_m in sorted(set(among)):
        ix = network.find_segment(segment)
        if ix is not None and 0 < offset_m < network.length_m[ix]:
            known.append(Known(place, ix, float(offset_m)))
    return known


def _read(ground: Ground, phrase: Phrase, known: Sequence[Known], words: str) -> list[Spot]:
    """The spots of a phrase, by the kind of phrase that its roles make it."""
    mains, streets = phrase.with_role(Role.MAIN), main_streets(phrase)
    others = qualifiers(phrase)
    if phrase.with_role(Role.BETWEEN):
        return _weigh_all(ground, between(ground, *stretch(phrase, words)), others)
    spots: list[Spot]
    if len(streets) >= 2:
        spots = at_crossing(ground, streets[0], streets[1])
        others = [*((Role.NEAR, Mention(street, street)) for street in streets[2:]), *others]
    elif streets:
        spots, others = _read_one_street(ground, streets[0], phrase, others, known, words)
    else:
        first, others = mains[0], [other for other in others if other[1] is not mains[0]]
        spots = _read_site(ground, first.sites, words)
    return _weigh_all(ground, spots, others)


def main_streets(phrase: Phrase) -> list[str]:
    """The streets that the place is on."""
    return list(dict.fromkeys(one.street for one in phrase.with_role(Role.MAIN) if one.street is not None))


def qualifiers(phrase: Phrase) -> Others:
    """The names that qualify: those with a role of their own, and sites joined to streets."""
    streets = main_streets(phrase)
    return [
        (Role.NEAR if role is Role.MAIN else role, mention)
        for role, mention in phrase.names
        if (mention.street is None or mention.street not in streets) and role is not Role.BETWEEN
    ]


def in_order_of_use(others: Others) -> Others:
    """A house number says most exactly where on a street it is, then another street, then a site."""
    return sorted(others, key=lambda other: (other[1].number is None, other[1].street is None))


def stretch(phrase: Phrase, words: str) -> tuple[str, str, str]:
    """The street and the two others that a stretch of it lies between; refused if the words name no such three."""
    streets, ends = main_streets(phrase), phrase.with_role(Role.BETWEEN)
    bounds = list(dict.fromkeys(mention.street for mention in ends if mention.street is not None))
    if len(streets) != 1 or len(bounds) != 2 or len(ends) != 2 or streets[0] in bounds:
        found = ", ".join(dict.fromkeys((*streets, *(mention.shown for mention in ends))))
        do = "Write it as: A between B and C, each the name of a street."
        raise BadInput([place_fault(words, "one street between two other streets", found, do)])
    return streets[0], bounds[0], bounds[1]


def _read_one_street(
    ground: Ground, street: str, phrase: Phrase, others: Others, known: Sequence[Known], words: str
) -> tuple[list[Spot], Others]:
    if not others:
        if any(mention.street == street for mention in phrase.with_role(Role.END)):
            spots = street_ends(ground, street) or whole_street(ground, street)
        else:
            spots = on_known(ground, street, known) or whole_street(ground, street)
        namesakes = [site for mention in phrase.with_role(Role.MAIN) for site in mention.sites]
        if not spots and namesakes:
            spots = _read_site(ground, namesakes, words)
        if not spots:
            raise BadInput([_long_street(ground, street, words)])
        return spots, []
    (role, first), *rest = others = in_order_of_use(others)
    if first.street is not None:
        spots = near_crossing(ground, street, first.street)
        return spots, others if role is Role.END else rest
    return near_site(ground, street, first.sites, role, known), rest


def _read_site(ground: Ground, sites: Sequence[Site], words: str) -> list[Spot]:
    spots = at_site(ground, sites[0])
    if not spots:
        raise BadInput([place_fault(words, "a network with named streets", "none", "Draw or import a network.")])
    apart = [float(np.hypot(*(site_xy(ground, site) - site_xy(ground, sites[0])))) for site in sites]
    if max(apart) > FAR_APART_M:
        do = "Add a street: " + " or ".join(f"{spot.streets[0]} near {sites[0].name}" for spot in spots[:1]) + "."
        found = f"{len(sites)} sites far apart: {', '.join(site.id for site in sites[:SUGGESTIONS_MAX])}"
        raise BadInput([Fault("ambiguous-place", name_words(words), "the name of one site", found, do)])
    return spots


def _weigh_all(ground: Ground, spots: list[Spot], others: Others) -> list[Spot]:
    for role, mention in others:
        spots = weigh(ground, spots, role, mention)
    return spots


def _long_street(ground: Ground, street: str, words: str) -> Fault:
    crossing = [f"{street} near {other}" for other in ground.cross_streets(street)[:SUGGESTIONS_MAX]]
    do = f"Say where on it: {', '.join(crossing)}." if crossing else "Say near which site it is."
    found = f"{street}, which is {ground.extent_m(street):,.0f} m long"
    return Fault("ambiguous-place", name_words(words), "one place on a street", found, do)


def _refuse_ambiguous(ground: Ground, ranked: Sequence[Spot], words: str) -> None:
    """Raise if readings of equal standing lie far apart: a wrong guess costs more than a question."""
    best = _equals(ranked)
    positions = np.array([ground.xy(spot.point) for spot in best]).reshape(-1, 2)
    apart = np.hypot(*(positions[:, None, :] - positions[None, :, :]).transpose(2, 0, 1))
    if not apart.size or float(apart.max()) <= FAR_APART_M:
        return
    choices = list(dict.fromkeys(_describe(ground, spot) for spot in best))[:SUGGESTIONS_MAX]
    found = f"{len(best)} readings of equal standing, up to {float(apart.max()):,.0f} m apart"
    raise BadInput(
        [Fault("ambiguous-place", name_words(words), "one place", found, f"Say which: {'; '.join(choices)}.")]
    )


def _equals(ranked: Sequence[Spot]) -> list[Spot]:
    """The best spots, between which nothing decides."""
    return [spot for spot in ranked if spot.score >= ranked[0].score - EQUAL_SCORE and not spot.whole]


def _nearest_of_equals(ground: Ground, ranked: Sequence[Spot], towards: FloatArray) -> list[Spot]:
    """Of the best spots those around the one nearest to a position, then all others."""
    best = _equals(ranked)
    if not best:
        return list(ranked)
    nearest = ground.xy(min(best, key=lambda spot: float(np.hypot(*(ground.xy(spot.point) - towards)))).point)
    # Half as far on either side of it, so that no two of those kept are too far apart.
    left_out = [spot for spot in best if float(np.hypot(*(ground.xy(spot.point) - nearest))) > FAR_APART_M / 2]
    return [spot for spot in ranked if spot not in left_out]


def _describe(ground: Ground, spot: Spot) -> str:
    """A spot by its street and the street it is nearest to, as someone could write it."""
    network = ground.network
    street = network.segment_names[spot.point.segment_ix] or spot.streets[0]
    xy = ground.xy(spot.point)
    ends = sorted(ground.ends(spot.point.segment_ix), key=lambda end: float(np.hypot(*(network.junction_xy[end] - xy))))
    crossing = [name for end in ends for name in network.streets_at[end] if name != street]
    return f"{street} near {crossing[0]}" if crossing else street


def _rank(network: Network, spot: Spot) -> tuple[float, str, float]:
    return -_shown_score(spot), network.segment_ids[spot.point.segment_ix], spot.point.offset_m


def _shown_score(spot: Spot) -> float:
    return round(min(max(spot.score, 0.0), 1.0), 3)


def _reading(network: Network, spot: Spot) -> PlaceReading:
    lon, lat = network.point_at(spot.point.segment_ix, spot.point.offset_m)
    junction = spot.point.junction_ix
    return PlaceReading(
        segment=network.segment_ids[spot.point.segment_ix],
        offset_m=round(spot.point.offset_m, 2),
        lon=round(lon, 6),
        lat=round(lat, 6),
        streets=spot.streets,
        arms=tuple(sorted(network.segment_ids[ix] for ix in spot.arms)),
        junction=None if junction is None else network.junction_ids[junction],
        reasons=spot.reasons,
        flagged=spot.flagged,
        score=_shown_score(spot),
    )
