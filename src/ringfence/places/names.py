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
_LEADING_TYPES = frozenset((
    "rua", "avenida", "praca", "travessa", "largo", "alameda", "estrada", "calcada", "beco", "viela", "calle", "plaza",
    "paseo", "carrer", "placa", "passeig", "rue", "avenue", "boulevard", "place", "allee", "chemin", "quai", "impasse",
    "route", "via", "viale", "piazza", "corso", "strada", "ulica", "plac", "aleja",
))  # fmt: skip
_PARTICLES = frozenset((
    "de", "da", "do", "das", "dos", "d", "del", "la", "las", "los", "el", "di", "della", "delle", "dei", "du", "des",
    "le", "les", "l",
))  # fmt: skip
_ABBREVIATIONS = {
    "str": "street", "rd": "road", "tce": "terrace", "tc": "terrace", "ter": "terrace", "terr": "terrace",
    "qy": "quay", "pl": "place", "ave": "avenue", "av": "avenue", "cres": "crescent", "cr": "crescent",
    "hwy": "highway", "ln": "lane", "dr": "drive", "gr": "grove", "gve": "grove", "pde": "parade", "sq": "square",
    "blvd": "boulevard", "bvd": "boulevard", "ct": "court", "cl": "close",
    "sta": "santa", "sto": "santo",
}  # fmt: skip
# Some stand for one word or another by language, or for themselves ("R Street"), so a name may have several keys.
_LEADING_ABBREVIATIONS = {
    "r": ("rua", "rue"), "av": ("avenida", "avenue"), "avda": ("avenida",), "ave": ("avenue", "avenida"),
    "pca": ("praca",), "pc": ("praca",), "pza": ("plaza", "piazza"), "pl": ("place", "plaza"), "tv": ("travessa",),
    "trav": ("travessa",), "lg": ("largo",), "c": ("calle", "carrer"), "bd": ("boulevard",), "blvd": ("boulevard",),
    "bvd": ("boulevard",), "ul": ("ulica",), "al": ("alameda", "aleja"), "ch": ("chemin",), "imp": ("impasse",),
    "sta": ("santa",), "sto": ("santo",),
}  # fmt: skip
_DIRECTIONS = {
    "n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest", "se": "southeast",
    "sw": "southwest",
}  # fmt: skip
SINGULAR = {kind + "s": kind for kind in STREET_TYPES} | {"sts": "street", "rds": "road", "aves": "avenue"}
_STATE_HIGHWAY = re.compile(r"sh(\d+)")
_SPELT_OTHERWISE = frozenset(("st", "hwy", *_ABBREVIATIONS, *_LEADING_ABBREVIATIONS, *_DIRECTIONS))
_SPELT_OTHERWISE_WITHIN = re.compile(r"\bsh\d+\b|[a-z]{2}str\b")


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


class _Folds(dict[int, str]):
    """Each character's folded form, worked out once: what `str.translate` needs to fold whole names quickly."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = "" if char in _APOSTROPHES else "".join(_as_word(part) for part in _fold(char))
        self[code] = folded
        return folded


def _as_word(part: str) -> str:
    if unicodedata.category(part)[0] in "LNM":
        return part
    word = _SEPARATORS.get(part, " ")
    return " " if word in (SLASH, COMMA) else f" {word} "


_FOLDS = _Folds()


def fold_words(text: str) -> tuple[str, ...]:
    """The words of `split_words` without its separators, much faster."""
    return tuple(word for word in text.translate(_FOLDS).split() if word != "the")


@lru_cache(maxsize=16384)
def spell_keys(words: tuple[str, ...]) -> tuple[str, ...]:
    """The keys under which folded words are filed: abbreviations written out.

    "St" is Street at the end, Saint at the start; in the middle it may be either, so there are two keys.
    """
    plain = " ".join(words)
    if _SPELT_OTHERWISE.isdisjoint(words) and not _SPELT_OTHERWISE_WITHIN.search(plain):
        return (plain,)
    spellings: list[tuple[str, ...]] = [()]
    last = len(words) - 1
    for position, word in enumerate(words):
        choices = _spellings(word, first=position == 0, last=position == last)
        # A row of a hundred "st" is no name; two readings of each of the first few are enough.
        choices = choices if len(spellings) < 8 else choices[:1]
        spellings = [(*spelling, choice) for spelling in spellings for choice in choices]
    return tuple(dict.fromkeys(" ".join(spelling) for spelling in spellings))


def _spellings(word: str, *, first: bool, last: bool) -> tuple[str, ...]:
    """What a word of a name may stand for, by where it stands."""
    highway = _STATE_HIGHWAY.fullmatch(word)
    if highway:
        return (f"state highway {highway[1]}",)
    if word == "st":
        return ("street",) if last else ("saint",) if first else ("saint", "street")
    if len(word) > 4 and word.endswith("str"):
        return (f"{word}asse",)
    if word in _DIRECTIONS and first != last:
        return (word, _DIRECTIONS[word])
    if first and word != "hwy":
        # Alone it is no type: "Ave" is then all of the name, or the start of something else.
        return (word,) if last else (word, *_LEADING_ABBREVIATIONS.get(word, ()))
    return (_ABBREVIATIONS.get(word, word),)


@lru_cache(maxsize=16384)
def name_keys(name: str) -> tuple[str, ...]:
    """The keys of a name of the map: separators count as spaces."""
    words = fold_words(name)
    return spell_keys(words) if words else ()


def loose_keys(key: str) -> tuple[str, ...]:
    """What people leave of a name: its type gone ("molesworth"), its particles or its direction."""
    words = key.split()
    forms = [without_particles(key)]
    if len(words) > 1 and words[-1] in STREET_TYPES:
        forms.append(" ".join(words[:-1]))
    if len(words) > 1 and words[0] in _LEADING_TYPES:
        forms.append(without_particles(" ".join(words[1:])))
    if len(words) > 1 and words[0] in _DIRECTIONS.values() and words[1] not in STREET_TYPES:
        rest = " ".join(words[1:])
        forms += [rest, *loose_keys(rest)]
    return tuple(form for form in dict.fromkeys(forms) if form and form != key)


def without_particles(key: str) -> str:
    """ "rua santa catarina" of "rua de santa catarina"."""
    return " ".join(word for word in key.split() if word not in _PARTICLES)
