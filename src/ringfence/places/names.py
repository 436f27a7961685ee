"""The spelling of names: folding, abbreviations, and the keys under which a name is known. Pure text, no map."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

SLASH, COMMA = "/", ","
_SEPARATORS = {
    "/": SLASH, "\\": SLASH, "|": SLASH, ",": COMMA, ";": COMMA, ":": COMMA, "(": COMMA, ")": COMMA,
    "&": "and", "+": "and", "@": "at",
}  # fmt: skip
# Letters that Unicode does not take apart, and that people type without their stroke.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
_APOSTROPHES = "'`´‘’ʻʼʹ′＇"

STREET_TYPES = frozenset((
    "street", "road", "terrace", "quay", "place", "avenue", "crescent", "highway", "lane", "drive", "grove", "parade",
    "square", "boulevard", "court", "close", "way",
))  # fmt: skip
_ABBREVIATIONS = {
    "str": "street", "rd": "road", "tce": "terrace", "tc": "terrace", "ter": "terrace", "terr": "terrace",
    "qy": "quay", "pl": "place", "ave": "avenue", "av": "avenue", "cres": "crescent", "cr": "crescent",
    "hwy": "highway", "ln": "lane", "dr": "drive", "gr": "grove", "gve": "grove", "pde": "parade", "sq": "square",
    "blvd": "boulevard", "bvd": "boulevard", "ct": "court", "cl": "close",
}  # fmt: skip
SINGULAR = {kind + "s": kind for kind in STREET_TYPES} | {"sts": "street", "rds": "road", "aves": "avenue"}
_STATE_HIGHWAY = re.compile(r"sh(\d+)")


class Token(NamedTuple):
    """One word of the text: folded, and as it was written. Separators are ``/`` and ``,``."""

    text: str
    raw: str


def split_words(text: str) -> list[Token]:
    """Folded words and separators: case, accents, macrons and apostrophes gone; the article "the" left out."""
    tokens: list[Token] = []
    folded, raw = "", ""
    for char in (*text, " "):
        if char in _APOSTROPHES:
            raw += char
            continue
        for part in _fold(char):
            if unicodedata.category(part)[0] in "LNM":
                folded += part
                continue
            if folded:
                tokens.append(Token(folded, raw))
            folded, raw = "", ""
            if part in _SEPARATORS:
                tokens.append(Token(_SEPARATORS[part], char))
        if folded:
            raw += char
    return [token for token in tokens if token.text != "the"]


def _fold(char: str) -> Iterator[str]:
    for part in unicodedata.normalize("NFKD", char):
        if not unicodedata.combining(part):
            yield from part.casefold().translate(_PLAIN)


@lru_cache(maxsize=16384)
def spell_keys(words: tuple[str, ...]) -> tuple[str, ...]:
    """The keys under which folded words are filed: abbreviations written out.

    "St" is Street at the end, Saint at the start; in the middle it may be either, so there are two keys.
    """
    spellings: list[list[str]] = [[]]
    last = len(words) - 1
    for position, word in enumerate(words):
        highway = _STATE_HIGHWAY.fullmatch(word)
        if highway:
            choices = [["state", "highway", highway[1]]]
        elif word == "st":
            choices = [["street"]] if position == last else [["saint"]] if position == 0 else [["saint"], ["street"]]
        elif position > 0 or word == "hwy":
            choices = [[_ABBREVIATIONS.get(word, word)]]
        else:
            choices = [[word]]
        # A row of a hundred "st" is no name; two readings of each of the first few are enough.
        choices = choices if len(spellings) < 8 else choices[:1]
        spellings = [spelling + choice for spelling in spellings for choice in choices]
    return tuple(dict.fromkeys(" ".join(spelling) for spelling in spellings))


@lru_cache(maxsize=16384)
def name_keys(name: str) -> tuple[str, ...]:
    """The keys of a name of the map: separators count as spaces."""
    words = tuple(token.text for token in split_words(name) if token.text not in (SLASH, COMMA))
    return tuple(key for key in spell_keys(words) if key)


def stem_of(key: str) -> str | None:
    """ "molesworth" of "molesworth street"; None where there is no street type to leave out."""
    stem, _, kind = key.rpartition(" ")
    return stem if stem and kind in STREET_TYPES else None
