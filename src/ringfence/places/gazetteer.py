"""The names of one network and its sites, and finding them again from what people write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from ringfence.base.errors import Fault
from ringfence.model.operation import Site
from ringfence.places.names import COMMA, Token, name_keys, spell_keys, stem_of

SUGGESTIONS_MAX = 5
NAME_TOKENS_MAX = 16
# A word of fewer than 5 letters must be right, one of fewer than 8 may have one slip, a longer one two.
_SLIPS_ALLOWED = ((5, 0), (8, 1), (1000, 2))


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the words, found: a street by its name on the map, or else the sites that bear the name.

    Where a street and a site bear the same name, both stand here and the street goes first.

    `note` says how the spelling was read where it differs; `doubt` is what that takes off the score.
    """

    written: str
    street: str | None = None
    sites: tuple[Site, ...] = ()
    note: str | None = None
    doubt: float = 0.0

    @property
    def shown(self) -> str:
        """The name as the map has it."""
        return self.street if self.street is not None else self.sites[0].name


class Gazetteer:
    """Every street and site by its keys. Built afresh per question; keys of names are remembered."""

    def __init__(self, streets: Iterable[str], sites: Sequence[Site]) -> None:
        self._streets: dict[str, list[str]] = {}
        self._sites: dict[str, list[Site]] = {}
        self._stems: dict[str, list[str]] = {}
        for street in streets:
            for key in name_keys(street):
                self._streets.setdefault(key, []).append(street)
                stem = stem_of(key)
                if stem:
                    self._stems.setdefault(stem, []).append(street)
        for site in sites:
            for key in dict.fromkeys(key for name in (site.name, *site.aliases) for key in name_keys(name)):
                self._sites.setdefault(key, []).append(site)
        self._keys = list(dict.fromkeys((*self._streets, *self._sites, *self._stems)))
        longest = max((key.count(" ") + 1 for key in self._keys), default=0)
        # A few more, for the commas and brackets inside a name.
        self._tokens_max = min(longest + 4, NAME_TOKENS_MAX)

    def measure_name(self, tokens: Sequence[Token], start: int) -> int:
        """How many tokens from `start` on make up the longest name that is known exactly; 0 if none."""
        if tokens[start].text == COMMA:
            return 0
        for end in range(min(len(tokens), start + self._tokens_max), start, -1):
            part = tokens[start:end]
            if part[-1].text == COMMA:
                continue
            words = tuple(token.text for token in part if token.text != COMMA)
            if any(key in self._streets or key in self._sites for key in spell_keys(words)):
                return end - start
        return 0

    def find(self, tokens: Sequence[Token], *, site_first: bool, where: str) -> Mention | Fault:
        """The street or sites a run of words names, or the fault that says why not and what was perhaps meant.

        Exact names come first, then a street without its type ("Molesworth"), then one clear misspelling.
        """
        written = " ".join(token.raw for token in tokens if token.text != COMMA)
        keys = spell_keys(tuple(token.text for token in tokens if token.text != COMMA))
        exact = self._exact(keys, written, site_first)
        if exact:
            return exact
        stems = list(dict.fromkeys(street for key in keys for street in self._stems.get(key, ())))
        if len(stems) == 1:
            return Mention(written, street=stems[0], note=f"{written} is read as {stems[0]}.", doubt=0.05)
        if stems:
            return self._fault("ambiguous-place", where, f"{written!r}, which may be {_either(stems)}", stems)
        slips = self._misspelt(keys)
        if len(slips) == 1:
            found = self._exact(tuple(slips), written, site_first)
            name = found.shown if found else self._stems[slips[0]][0]
            note = f"There is no {written} here; it is read as {name}."
            return Mention(written, found.street if found else name, found.sites if found else (), note, 0.1)
        return self._fault("unknown-place", where, repr(written), self._suggest(keys))

    def _exact(self, keys: Iterable[str], written: str, site_first: bool) -> Mention | None:
        streets = list(dict.fromkeys(street for key in keys for street in self._streets.get(key, ())))
        sites = list({site.id: site for key in keys for site in self._sites.get(key, ())}.values())
        if sites and (site_first or not streets):
            return Mention(written, sites=tuple(sites))
        return Mention(written, street=streets[0], sites=tuple(sites)) if streets else None

    def _misspelt(self, keys: Iterable[str]) -> list[str]:
        """The keys with the fewest slips; more than one, if they stand for different names, is no answer."""
        slips: dict[str, int] = {}
        for written in keys:
            for key, _, _ in process.extract(written, self._keys, scorer=fuzz.ratio, limit=8, score_cutoff=70):
                count = _count_slips(written, key)
                if count is not None:
                    slips[key] = min(count, slips.get(key, count))
        best = [key for key in slips if slips[key] == min(slips.values())]
        meant = {self._shown(key) for key in best}
        one_street = all(len(self._stems.get(key, ())) <= 1 for key in best)
        return best[:1] if len(meant) == 1 and one_street else []

    def _shown(self, key: str) -> str:
        if key in self._streets:
            return self._streets[key][0]
        return self._sites[key][0].name if key in self._sites else self._stems[key][0]

    def _suggest(self, keys: Iterable[str]) -> list[str]:
        """Names that look alike as a whole, then names that share a part."""
        near = [
            (rank, -score, self._shown(key))
            for rank, (scorer, cutoff) in enumerate(((fuzz.ratio, 65), (fuzz.WRatio, 85)))
            for written in keys
            for key, score, _ in process.extract(
                written, self._keys, scorer=scorer, limit=4 * SUGGESTIONS_MAX, score_cutoff=cutoff
            )
        ]
        return list(dict.fromkeys(name for _, _, name in sorted(near)))

    def _fault(self, code: str, where: str, found: str, suggestions: Sequence[str]) -> Fault:
        do = f"Did you mean {_either(suggestions)}?" if suggestions else "Name a street or site of this operation."
        return Fault(code, where, "the name of a street or site of this network", found, do)


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
