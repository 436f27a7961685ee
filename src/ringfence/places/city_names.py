"""What the names of a whole city stand for: streets by all their names, sites, house numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ringfence.base.errors import Fault
from ringfence.model.operation import Site
from ringfence.network import NAMELESS
from ringfence.network.city import DEGREE_E7, NONE_IX, City
from ringfence.network.texts import Texts
from ringfence.places.gazetteer import LEFT_OUT_DOUBT, SUGGESTIONS_MAX, Gazetteer, Mention
from ringfence.places.house_numbers import holds_number, measure_number, nearest_numbers, number_key
from ringfence.places.names import COMMA, Token, name_keys, without_particles

Positions = NDArray[np.int64]
OTHER_NAMES_SHOWN = 3
UNDECIDED_MAX = 12
"""Of more streets than this that the words may mean, the rest of the words is not asked which."""


class CitySites(Sequence[Site]):
    """The sites of a city as records, each made only when it is asked for."""

    def __init__(self, city: City) -> None:
        self._id, self._name, self._e7 = city.site_id, city.site_name, city.site_e7
        self._kind_ix, self._kind = city.site_kind_ix, city.site_kind

    def __len__(self) -> int:
        return len(self._id)

    @overload
    def __getitem__(self, ix: int) -> Site: ...
    @overload
    def __getitem__(self, ix: slice) -> tuple[Site, ...]: ...
    def __getitem__(self, ix: int | slice) -> Site | tuple[Site, ...]:
        if isinstance(ix, slice):
            return tuple(self[at] for at in range(len(self))[ix])
        lon, lat = (self._e7[ix] / DEGREE_E7).tolist()
        kind = self._kind[int(self._kind_ix[ix])]
        return _as_site(self._id[ix], self._name[ix], kind, lon, lat)


def _as_site(site_id: str, name: str, kind: str, lon: float, lat: float) -> Site:
    # Not checked: a map may hold what an operation's own files may not, and this record goes nowhere.
    return Site.model_construct(id=site_id, name=name, kind=kind, lon=lon, lat=lat, aliases=())


class CityNames(Gazetteer):
    """The gazetteer of a city.

    It keeps columns, never the `City`, so that what is remembered about a city goes when the city goes. Segments of a
    name are looked up by a pass over a column: under a millisecond for a million, and nothing to build beforehand.
    """

    def __init__(self, city: City) -> None:
        names = city.name[:]
        self._position = {name: ix for ix, name in enumerate(names)}
        self._names: Texts = city.name
        self._name_ix = city.segment_name_ix
        self._alias_segment_ix, self._alias_name_ix = city.alias_segment_ix, city.alias_name_ix
        self._address_street_ix, self._address_number = city.address_street_ix, city.address_number
        self._address_e7 = city.address_e7
        # One more at the end, where NONE_IX falls.
        used = np.zeros(len(names) + 1, dtype=bool)
        for column in (self._name_ix, self._alias_name_ix, self._address_street_ix):
            used[column] = True
        used[NONE_IX] = False
        streets = [names[ix] for ix in np.flatnonzero(used).tolist()]
        super().__init__(streets, CitySites(city), [(name,) for name in city.site_name])

    def segments(self, streets: Sequence[str], *, wide: bool = False) -> Positions:
        """The segments that bear one of some names, ascending; as a further name, if none bears it as its own.

        With `wide` those too that bear it besides where others bear it as their own, or bear it with other particles.
        """
        alike = sorted({ix for street in streets for ix in self._alike(street)})
        if wide:
            alike = sorted({*alike, *(self._position[name] for street in streets for name in self.loosely(street))})
        own = np.flatnonzero(_any_of(self._name_ix, alike))
        if len(own) and not wide:
            return own
        further = self._alias_segment_ix[_any_of(self._alias_name_ix, alike)]
        return np.union1d(own, further).astype(np.int64)

    def _alike(self, street: str) -> list[int]:
        """The positions of all names that are spelt like this one in all but case, accents and abbreviations."""
        names = {name for key in name_keys(street) for name in self._streets.get(key, ())}
        return sorted(self._position[name] for name in names)

    def loosely(self, street: str) -> list[str]:
        """The names that differ from this one in particles at most ("Rua Formosa", "Rua da Formosa")."""
        forms = dict.fromkeys(form for key in name_keys(street) for form in (key, without_particles(key)))
        keys = dict.fromkeys(
            key
            for form in forms
            for key in (form, *self._loose.get(form, ()))
            if without_particles(key) == without_particles(form)
        )
        return list(dict.fromkeys(name for key in keys for name in self._streets.get(key, ())))

    def _undecided(self, written: str, meant: Sequence[str], where: str) -> Mention | Fault:
        """Streets among which the rest of the words may decide."""
        streets = [name for name in meant if name in self._position]
        if len(streets) > UNDECIDED_MAX or not streets:
            return super()._undecided(written, meant, where)
        return Mention(written, street=streets[0], others=tuple(streets[1:]), doubt=LEFT_OUT_DOUBT)

    def measure_name(self, tokens: Sequence[Token], start: int) -> int:
        """As `Gazetteer.measure_name`; a house number beside a street belongs to its name."""
        length = super().measure_name(tokens, start)
        if length:
            after = start + length
            after += after < len(tokens) and tokens[after].text == COMMA
            for number in measure_number(tokens, after):
                # "Main Street, 31 de Janeiro" names two streets.
                if not super().measure_name(tokens, after):
                    return after + number - start
            return length
        for number in measure_number(tokens, start):
            name_at = start + number
            name_at += name_at < len(tokens) and tokens[name_at].text == COMMA
            following = super().measure_name(tokens, name_at) if name_at < len(tokens) else 0
            if following:
                return name_at + following - start
        return 0

    def find(self, tokens: Sequence[Token], *, site_first: bool, where: str) -> Mention | Fault:
        """As `Gazetteer.find`; a street with a house number has the addresses of that number as its sites."""
        words = [token for token in tokens if token.text != COMMA]
        if super().measure_name(words, 0) < len(words):
            for number, street in _number_apart(words):
                found = super().find(street, site_first=False, where=where)
                if isinstance(found, Mention) and found.street is not None:
                    return self._at_number(found, number, " ".join(token.raw for token in words), where)
        return super().find(words, site_first=site_first, where=where)

    def _at_number(self, found: Mention, number: Sequence[Token], written: str, where: str) -> Mention | Fault:
        street, key = found.shown, number_key([token.text for token in number])
        alike = {*self._alike(street), *self._name_ix[self.segments([street])].tolist()} - {NONE_IX}
        there = np.flatnonzero(_any_of(self._address_street_ix, sorted(alike)))
        numbers = self._address_number.take(there)
        lonlat = (self._address_e7[there] / DEGREE_E7).tolist()
        sites = tuple(
            _as_site(f"address-{ix}", written, "address", lon, lat)
            for ix, has, (lon, lat) in zip(there.tolist(), numbers, lonlat, strict=True)
            if holds_number(has, key)
        )
        if sites:
            return replace(found, written=written, sites=sites, number=key)
        near = nearest_numbers(numbers, key, SUGGESTIONS_MAX)
        do = f"The nearest that are known: {', '.join(near)}." if near else (
            f"No house numbers are known there: write {street} near a street or a site."
        )  # fmt: skip
        return Fault("unknown-place", where, f"a house number that is known on {street}", repr(key), do)

    def called_there(self, mention: Mention, segments: Positions) -> Mention:
        """A mention as the map calls its street on some of its segments, best first; a note says where that differs."""
        street = mention.street
        called = [ix for ix in dict.fromkeys(self._name_ix[segments].tolist()) if ix != NONE_IX]
        if street is None:
            return mention
        alike = self._alike(street)
        exact = next((ix for ix in called if ix in alike), None)
        if exact is not None and not mention.others:
            return replace(mention, street=self._names[exact])
        names = [self._names[ix] for ix in called]
        meant = next((name for name in names if name in (street, *mention.others, *self.loosely(street))), None)
        if meant is not None:
            note = f"{mention.written} is read as {meant}."
            return replace(mention, street=meant, others=(), note=note, doubt=max(mention.doubt, LEFT_OUT_DOUBT))
        more = len(names) - OTHER_NAMES_SHOWN
        shown = ", ".join(names[:OTHER_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
        note = f"{street} is another name of {shown or NAMELESS}."
        return replace(mention, others=(), note=" ".join(filter(None, (mention.note, note))))


def _any_of(column: NDArray[np.int32], values: Sequence[int]) -> NDArray[np.bool_]:
    """Where a column has one of a few values."""
    hit = np.zeros(len(column), dtype=bool)
    for value in values:
        hit |= column == value
    return hit


def _number_apart(words: Sequence[Token]) -> list[tuple[Sequence[Token], Sequence[Token]]]:
    """The ways to take a house number off the front or the end of a run of words: number, rest."""
    ways = [(words[:length], words[length:]) for length in measure_number(words, 0)[::-1]]
    for start in range(max(len(words) - 4, 1), len(words)):
        if start + max(measure_number(words, start), default=0) == len(words):
            ways.append((words[start:], words[:start]))
    return [(number, rest) for number, rest in ways if rest]
