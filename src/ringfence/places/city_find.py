"""From words to readings on a whole city: choose the part that they are about, and read them there."""

from __future__ import annotations

import re
from dataclasses import replace

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.model.answers import PlaceReading
from ringfence.network.city import City
from ringfence.places.choose import Choice
from ringfence.places.find import main_streets, qualifiers
from ringfence.places.gazetteer import Mention
from ringfence.places.land import Land
from ringfence.places.windows import read_at, read_position, read_street_alone
from ringfence.places.wording import WORDS_MAX, Phrase, Role, name_words, read_phrase

_NUMBER = r"([-+\N{MINUS SIGN}]?[0-9]{1,9}(?:\.[0-9]{1,20})?)"
_LONLAT = re.compile(rf"\s*{_NUMBER}\s*,\s*{_NUMBER}\s*")


def find_in_city(city: City, words: str, *, near: tuple[float, float] | None = None) -> tuple[PlaceReading, ...]:
    """The points of a city that words such as "Main Street near Oak Avenue" or "-8.611,41.146" may mean, best first.

    Streets are known by all their names, those of other languages and former times too; a reading says which was used.
    Where streets share a name, those are meant that fit the other names in the words.

    Parameters
    ----------
    city : City
    words : str
        At most 200 characters of plain text: streets, junctions, sites, house numbers, or longitude, latitude.
    near : (float, float), optional
        Longitude, latitude: of several places that fit, the nearest to it is meant; and of a long street named alone,
        the point nearest to it.

    Returns
    -------
    tuple of PlaceReading
        At least one; score descending, then segment id, then offset. `flagged` where the words are not literally
        true of the map.

    Raises
    ------
    BadInput
        ``bad-place`` (no text that can name a place, or no such position), ``unknown-place`` (one fault per name that
        is not known, or names too far apart to name one place), ``ambiguous-place`` (several places that fit, with
        words that tell them apart) or ``place-outside`` (a position more than 500 m from every street).

    Notes
    -----
    A heuristic, and deterministic. The first question about a city files its names, O(names + segments); what is worked
    out is kept as long as the `City` object is. Then O(segments) in a few passes over a column, and a small network
    around the place.
    """
    land = Land(city)
    towards = None if near is None else land.xy_of(*_checked(near, "near", "Write longitude, then latitude."))
    position = _LONLAT.fullmatch(words) if len(words) <= WORDS_MAX else None
    if position is not None:
        lon, lat = (float(number.replace("\N{MINUS SIGN}", "-")) for number in position.groups())
        checked = _checked((lon, lat), name_words(words), "Write longitude, then latitude.")
        return read_position(land, *checked, words)
    found = read_phrase(words, land.index.names)
    phrase = _with_addresses(found, Choice(land, found, words))
    choice = Choice(land, phrase, words)
    _refuse_addresses_only(choice)
    if len(main_streets(phrase)) == 1 and not qualifiers(phrase) and not phrase.with_role(Role.BETWEEN):
        return read_street_alone(choice, towards)
    try:
        return read_at(choice, choice.choose(towards), towards)
    except BadInput as error:
        # Perhaps a street is meant that bears the name only besides, or not quite.
        wider = Choice(land, phrase, words, wide=True)
        same = all(len(wider.segments[street]) == len(segments) for street, segments in choice.segments.items())
        if same or {fault.code for fault in error.faults} != {"unknown-place"}:
            raise
        return read_at(wider, wider.choose(towards), towards)


def _checked(position: tuple[float, float], where: str, do: str) -> tuple[float, float]:
    """A longitude and latitude that exist, or the fault that says what is wrong with them."""
    lon, lat = position
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        found = f"{lon:.10g},{lat:.10g}"
        raise BadInput(
            [Fault("bad-place", where, "a longitude within 180 and a latitude within 90 degrees", found, do)]
        )
    return lon, lat


def _with_addresses(phrase: Phrase, choice: Choice) -> Phrase:
    """The phrase with each house number as a site of its own, on or near its street."""
    names: list[tuple[Role, Mention]] = []
    for role, mention in phrase.names:
        street = replace(mention, sites=(), number=None)
        if mention.number is None:
            names.append((role, mention))
        elif role is Role.BETWEEN:
            names.append((role, street))
        elif role in (Role.MAIN, Role.END) and mention.street is not None and len(choice.segments[mention.street]):
            names += [(role, street), (Role.NEAR, replace(mention, street=None, note=None, doubt=0.0))]
        else:
            names.append((role, replace(mention, street=None)))
    return Phrase(tuple(names))


def _refuse_addresses_only(choice: Choice) -> None:
    """Raise where a name is known only from addresses: nothing says where along it is meant."""
    do = "Add a house number, or name the street that it is on."
    refuse_if(
        [
            Fault("unknown-place", name_words(choice.words), "a street on the map", f"{street}, only in addresses", do)
            for street, segments in choice.segments.items()
            if not len(segments)
        ]
    )
