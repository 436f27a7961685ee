"""The names of one network and its sites, and finding them again from what people write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from ringfence.base.errors import Fault
from ringfence.model.operation import Site
from ringfence.places.names import COMMA, STREET_TYPES, Token, loose_keys, name_keys, spell_keys, without_particles

SUGGESTIONS_MAX = 5
NAME_TOKENS_MAX = 16
LEFT_OUT_DOUBT = 0.05
"""What it takes off the score that a part of a name was left out."""
COMPARED_MAX = 2000
"""How many names are compared by the slow measure of likeness, for suggestions."""
OWN_ALIKE = 65
"""How alike (of 100) two names must be beside the word street, which nearly all have."""
# A word of fewer than 5 letters must be right, one of fewer than 8 may have one slip, a longer one two.
_SLIPS_ALLOWED = ((5, 0), (8, 1), (1000, 2))


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the words, found: a street by its name on the map, or else the sites that bear the name.

    Where a street and a site bear the same name, both stand here and the street goes first.

    `note` says how the spelling was read where it differs; `doubt` is what that takes off the score. With a house
    `number` the sites are the addresses that have it. `others` are streets that the words may mean as well, where what
    else is named can decide.
    """

    written: str
    street: str | None = None
    sites: tuple[Site, ...] = ()
    note: str | None = None
    doubt: float = 0.0
    number: str | None = None
    others: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name as the map has it."""
        return self.street if self.street is not None else self.sites[0].name


class Gazetteer:
    """Every street and site by its keys. Looser keys and misspellings are only gone into where no name fits exactly.

    Parameters
    ----------
    streets : iterable of str
        Each name once.
    sites : sequence of Site
    site_names : sequence of tuple of str, optional
        All names of each site, for sequences that make their sites only when asked for one.
    """

    def __init__(
        self, streets: Iterable[str], sites: Sequence[Site], site_names: Iterable[Sequence[str]] | None = None
    ) -> None:
        self._streets: dict[str, list[str]] = {}
        self._site_ix: dict[str, list[int]] = {}
        self._sites = sites
        for street in streets:
            for key in name_keys(street):
                self._streets.setdefault(key, []).append(street)
        for ix, names in enumerate(site_names or ((site.name, *site.aliases) for site in sites)):
            for key in dict.fromkeys(key for name in names for key in name_keys(name)):
                self._site_ix.setdefault(key, []).append(ix)
        self._exact_keys = list(dict.fromkeys((*self._streets, *self._site_ix)))
        longest = max((key.count(" ") + 1 for key in self._exact_keys), default=0)
        # A few more, for the commas and brackets inside a name.
        self._tokens_max = min(longest + 4, NAME_TOKENS_MAX)

    @cached_property
    def _loose(self) -> dict[str, list[str]]:
        """Keys by what people leave of them."""
        loose: dict[str, list[str]] = {}
        for key in self._exact_keys:
            for form in loose_keys(key) if key in self._streets else (without_particles(key),):
                loose.setdefault(form, []).append(key)
        return loose

    @cached_property
    def _keys(self) -> list[str]:
        return list(dict.fromkeys((*self._exact_keys, *self._loose)))

    def measure_name(self, tokens: Sequence[Token], start: int) -> int:
        """How many tokens from `start` on make up the longest name that is known exactly; 0 if none."""
        if tokens[start].text == COMMA:
            return 0
        for end in range(min(len(tokens), start + self._tokens_max), start, -1):
            part = tokens[start:end]
            if part[-1].text == COMMA:
                continue
            words = tuple(token.text for token in part if token.text != COMMA)
            if any(key in self._streets or key in self._site_ix for key in spell_keys(words)):
                return end - start
        return 0

    def find(self, tokens: Sequence[Token], *, site_first: bool, where: str) -> Mention | Fault:
        """The street or sites a run of words names, or the fault that says why not and what was perhaps meant.

        Exact names come first, then a name without its type or particles ("Molesworth"), then one clear misspelling.
        """
        written = " ".join(token.raw for token in tokens if token.text != COMMA)
        keys = spell_keys(tuple(token.text for token in tokens if token.text != COMMA))
        exact = self._exact(keys, written, site_first)
        if exact:
            return exact
        found = self._shortened(keys, written, site_first, where)
        if found:
            return found
        slips = self._misspelt(keys)
        if slips:
            meant = self._exact(slips, written, site_first) or self._exact(self._loose[slips[0]], written, site_first)
            if meant:
                return replace(meant, note=f"There is no {written} here; it is read as {meant.shown}.", doubt=0.1)
        return self._fault("unknown-place", where, repr(written), self._suggest(keys))

    def _exact(self, keys: Iterable[str], written: str, site_first: bool) -> Mention | None:
        streets = list(dict.fromkeys(street for key in keys for street in self._streets.get(key, ())))
        sites = tuple(self._sites[ix] for ix in dict.fromkeys(ix for key in keys for ix in self._site_ix.get(key, ())))
        if sites and (site_first or not streets):
            return Mention(written, sites=sites)
        return Mention(written, street=streets[0], sites=sites) if streets else None

    def _shortened(self, keys: Sequence[str], written: str, site_first: bool, where: str) -> Mention | Fault | None:
        """The one name that the words are what people leave of; a fault if they may be several."""
        forms = dict.fromkeys((*keys, *map(without_particles, keys)))
        full = list(dict.fromkeys(key for form in forms for key in (form, *self._loose.get(form, ()))))
        found = self._exact(full, written, site_first)
        if found is None:
            return None
        meant = list(dict.fromkeys(self._shown(key) for key in full if key in self._streets or key in self._site_ix))
        if len(meant) == 1:
            return replace(found, note=f"{written} is read as {found.shown}.", doubt=LEFT_OUT_DOUBT)
        return self._undecided(written, meant, where)

    def _undecided(self, written: str, meant: Sequence[str], where: str) -> Mention | Fault:
        """The answer to words that are what people leave of several names."""
        return self._fault("ambiguous-place", where, f"{written!r}, which may be {_either(meant)}", meant)

    def _misspelt(self, keys: Iterable[str]) -> list[str]:
        """The key with the fewest slips, none if that stands for several names."""
        slips: dict[str, int] = {}
        for written in keys:
            for key, _, _ in process.extract(written, self._keys, scorer=fuzz.ratio, limit=8, score_cutoff=70):
                count = _count_slips(written, key)
                if count is not None:
                    slips[key] = min(count, slips.get(key, count))
        best = [key for key in slips if slips[key] == min(slips.values())]
        meant = {name for key in best for name in self._all_shown(key)}
        return best[:1] if len(meant) == 1 else []

    def _shown(self, key: str) -> str:
        """A name that an exact key stands for, as the map has it."""
        return self._streets[key][0] if key in self._streets else self._sites[self._site_ix[key][0]].name

    def _all_shown(self, key: str) -> list[str]:
        """The names that an exact or loose key stands for."""
        if key in self._streets or key in self._site_ix:
            return [self._shown(key)]
        return [self._shown(full) for full in self._loose[key]]

    def _suggest(self, keys: Iterable[str]) -> list[str]:
        """Names that look alike as a whole, then names that share a part."""
        near = [
            (rank, -score, self._all_shown(key)[0])
            for written in keys
            for rank, (scorer, cutoff, alike, among) in enumerate(
                (
                    (fuzz.ratio, 65, fuzz.ratio, self._keys),
                    (fuzz.WRatio, 85, fuzz.token_set_ratio, self._sharing(written)),
                )
            )
            for key, score, _ in process.extract(
                written, among, scorer=scorer, limit=4 * SUGGESTIONS_MAX, score_cutoff=cutoff
            )
            if alike(_own(written), _own(key)) >= OWN_ALIKE
        ]
        return list(dict.fromkeys(name for _, _, name in sorted(near)))

    def _sharing(self, written: str) -> list[str]:
        """The keys worth a slow comparison: all of them, or where they are many, those that hold its longest word."""
        if len(self._keys) <= COMPARED_MAX:
            return self._keys
        longest = max((word for word in written.split() if word not in STREET_TYPES), key=len, default=written)
        return [key for key in self._keys if longest in key][:COMPARED_MAX]

    def _fault(self, code: str, where: str, found: str, suggestions: Sequence[str]) -> Fault:
        do = f"Did you mean {_either(suggestions)}?" if suggestions else "Name a street or site that the network has."
        return Fault(code, where, "the name of a street or site of this network", found, do)


def _own(key: str) -> str:
    """What is a name's own: Cuba of Cuba Street, all of The Terrace."""
    return " ".join(word for word in key.split() if word not in STREET_TYPES) or key


def _either(names: Sequence[str]) -> str:
    *rest, last = names[:SUGGESTIONS_MAX]
    return f"{', '.join(rest)} or {last}" if rest else last


def _count_slips(written: str, key: str) -> int | None:
    """Letters wrong in all, or None where the words differ by more than slips of the hand or ear."""
    ours, theirs = written.split(), key.split()
    if len(ours) != len(theirs):
        return None
    total = 0
    for our, their in zip(ours, theirs, strict=True):
        count = OSA.distance(our, their)
        length = min(len(our), len(their))
        allowed = next(slips for below, slips in _SLIPS_ALLOWED if length < below)
        if count > allowed or (count and any(char.isdigit() for char in our + their)):
            return None
        total += count
    return total
