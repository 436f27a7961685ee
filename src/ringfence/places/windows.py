"""Reading a phrase in the part of a city that was chosen for it, on a small network cut out there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from ringfence.base.errors import BadInput, Fault
from ringfence.model.answers import PlaceReading
from ringfence.model.operation import Site
from ringfence.network.city import NONE_IX
from ringfence.network.projection import FloatArray
from ringfence.network.window import cut_out
from ringfence.places.choose import COMPARED_MAX, Choice, Place
from ringfence.places.city_names import Positions
from ringfence.places.find import main_streets, rank_spots, read_on_ground
from ringfence.places.gazetteer import SUGGESTIONS_MAX
from ringfence.places.ground import CARRIAGEWAY_M, Ground
from ringfence.places.land import Land
from ringfence.places.site_spots import at_site
from ringfence.places.spots import SCORE_BARE, SHORT_STREET_M, TOO_FAR_M, Spot, metres
from ringfence.places.wording import Phrase, Role, name_words

STREET_M_MAX = 1000.0
"""A street named alone is read as its middle up to this length; a longer one is no place."""


def read_at(choice: Choice, place: Place, towards: FloatArray | None) -> tuple[PlaceReading, ...]:
    """The readings of a phrase at the place chosen for it."""
    window = np.union1d(choice.land.around(place.xy, place.reach_m), place.segments)
    ground, phrase = _ground(choice, choice.narrowed(place), window, place)
    return read_on_ground(ground, phrase, choice.words, towards=_on(ground, choice.land, towards))


def read_street_alone(choice: Choice, towards: FloatArray | None) -> tuple[PlaceReading, ...]:
    """A street named alone: all of a short one, the middle of a longer one, the point nearest to a position given."""
    land, (street,) = choice.land, main_streets(choice.phrase)
    segments = choice.segments[street]
    parts = land.parts(segments)
    if towards is not None:
        nearest = land.by_distance(segments, towards)[0]
        parts = [part for part in parts if nearest in part]
    if len(parts) > 1:
        raise BadInput([_namesakes(choice, parts)])
    ground, phrase = _ground(choice, choice.phrase, parts[0], _place_of(land, parts[0]))
    (street,) = main_streets(phrase)
    extent, here = ground.extent_m(street), _on(ground, land, towards)
    if extent <= SHORT_STREET_M or len(parts[0]) == 1 or phrase.with_role(Role.END):
        return read_on_ground(ground, phrase, choice.words, towards=here)
    if here is not None:
        reason = f"{street} alone is {metres(extent)} long; it comes nearest to the position given here."
        return rank_spots(ground, phrase, [_spot_nearest(ground, street, here, reason)], choice.words)
    sites = [site for mention in phrase.with_role(Role.MAIN) for site in mention.sites]
    if sites:
        alone = Phrase(((Role.MAIN, replace(phrase.names[0][1], street=None, sites=tuple(sites))),))
        site_choice = Choice(land, alone, choice.words)
        return read_at(site_choice, site_choice.choose(None), None)
    if extent > STREET_M_MAX:
        raise BadInput([_long(choice, street, parts[0], extent)])
    middle = shapely.get_coordinates(shapely.centroid(shapely.multilinestrings(ground.lines(street))))[0]
    reason = f"{street} is named alone and {metres(extent)} long; its middle is taken."
    spot = replace(_spot_nearest(ground, street, middle, reason), flagged=True)
    return rank_spots(ground, phrase, [spot], choice.words)


def read_position(land: Land, lon: float, lat: float, words: str) -> tuple[PlaceReading, ...]:
    """The nearest point on a street with a name, or if none is within reach, on one without."""
    xy = land.xy_of(lon, lat)
    named = True
    gap = land.to_street_m(xy, named=True)
    if not np.isfinite(gap):
        named, gap = False, land.to_street_m(xy, named=False)
    if not np.isfinite(gap):
        raise BadInput([_outside(land, lon, lat, words)])
    window = land.around(xy, 1.25 * gap + 2 * CARRIAGEWAY_M)
    ground = Ground(cut_out(land.city, window))
    fits = land.city.segment_physical[window] & ((land.city.segment_name_ix[window] != NONE_IX) | (not named))
    at = Site.model_construct(
        id="position", name=f"{lon:.10g},{lat:.10g}", kind="position", lon=lon, lat=lat, aliases=()
    )
    return rank_spots(ground, Phrase(()), at_site(ground, at, np.flatnonzero(fits).tolist()), words)


def _ground(choice: Choice, phrase: Phrase, window: Positions, place: Place) -> tuple[Ground, Phrase]:
    """The ground of some segments, and the phrase as the map calls its streets there.

    On the ground every street named has all its segments, whatever the map calls them.
    """
    land, bearing, names = choice.land, {}, []
    for role, mention in phrase.names:
        called = mention
        if mention.street is not None:
            there = np.intersect1d(choice.segments[mention.street], window)
            called = land.index.names.called_there(mention, land.by_distance(there, place.middle))
            bearing[called.street or mention.street] = np.searchsorted(window, there).tolist()
        names.append((role, called))
    return Ground(cut_out(land.city, window), bearing), Phrase(tuple(names))


def _on(ground: Ground, land: Land, xy: FloatArray | None) -> FloatArray | None:
    """A position of the land in the metres of a ground."""
    return None if xy is None else ground.network.projection.to_metres(np.array([land.lonlat(xy[0])]))[0]


def _spot_nearest(ground: Ground, street: str, xy: FloatArray, reason: str) -> Spot:
    nearest = int(np.argmin(shapely.distance(ground.lines(street), shapely.Point(xy))))
    point = ground.nearest_on(ground.segments[street][nearest], xy)
    return Spot(point, ground.arms_at(point), (street,), SCORE_BARE, (reason,))


def _place_of(land: Land, part: Positions) -> Place:
    """A street as a place: its junctions."""
    return Place(land.xy(land.city.junction_e7[np.unique(land.ends(part))]))


def _namesakes(choice: Choice, parts: list[Positions]) -> Fault:
    land, mention = choice.land, choice.phrase.names[0][1]
    extent = metres(land.extent_m(np.concatenate(parts)))
    found = f"{len(parts)} streets that may be called {mention.written}, over {extent}"
    compared = parts[:COMPARED_MAX]
    called = None
    if mention.others:
        meant = (mention.street, *mention.others)
        called = [next((name for name in land.names_of(part) if name in meant), mention.written) for part in compared]
    places = [_place_of(land, part) for part in compared]
    return choice.several(places, found, [land.names_across(part) for part in compared], called)


def _long(choice: Choice, street: str, part: Positions, extent_m: float) -> Fault:
    names = choice.land.names_across(part)
    spread = names[:: max(len(names) // SUGGESTIONS_MAX, 1)][:SUGGESTIONS_MAX]
    do = f"Say where on it: {', '.join(f'{street} near {name}' for name in spread)}." if spread else (
        "Say near which site it is."
    )  # fmt: skip
    found = f"{street}, which is {metres(extent_m)} long"
    return Fault("ambiguous-place", name_words(choice.words), "one place on a street", found, do)


def _outside(land: Land, lon: float, lat: float, words: str) -> Fault:
    apart = land.to_any_segment_m(land.xy_of(lon, lat))
    west, south, east, north = land.city.origin.edge
    do = f"The data covers longitude {west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}."
    if west <= lat <= east and south <= lon <= north:
        do += f" Longitude goes first: {lat:.10g},{lon:.10g}."
    found = f"{lon:.10g},{lat:.10g}, " + (
        f"{metres(apart)} from the nearest" if np.isfinite(apart) else "and a city without streets"
    )
    expected = f"a position within {metres(TOO_FAR_M)} of a street"
    return Fault("place-outside", name_words(words), expected, found, do)
