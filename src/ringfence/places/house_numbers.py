"""House numbers in the words ("12 Main Street", "Rua Formosa, n.º 12a") and in a city's addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ringfence.places.names import Token, fold_words

_NUMBER = re.compile(r"\d{1,5}[a-z]?")
# "x" joins the names of streets: "Main Street 12 x Oak Avenue".
_SECOND = re.compile(r"\d{1,5}[a-z]?|[a-wyz]")
# "No.", "n.º" and "nº" all fold to some of these.
_MARKERS = frozenset(("no", "nr", "n", "o", "number", "num", "nro"))
_MARKERS_MAX = 2


def measure_number(tokens: Sequence[Token], start: int) -> tuple[int, ...]:
    """How many tokens from `start` on may make up a house number, the longest first; empty if none."""
    end = start
    while end < min(len(tokens), start + _MARKERS_MAX) and tokens[end].text in _MARKERS:
        end += 1
    if end >= len(tokens) or not _NUMBER.fullmatch(tokens[end].text):
        return ()
    length = end + 1 - start
    if end + 1 < len(tokens) and _SECOND.fullmatch(tokens[end + 1].text):
        return length + 1, length
    return (length,)


def number_key(words: Sequence[str]) -> str:
    """One spelling of a house number: "12a" for "12 A", "12 14" for "12-14"."""
    key = ""
    for word in words:
        if word in _MARKERS and not key:
            continue
        apart = bool(key) and not (key[-1].isdigit() and len(word) == 1 and word.isalpha())
        key += f" {word}" if apart else word
    return key


def holds_number(number: str, key: str) -> bool:
    """Whether an address's number, as the map has it, is the one of a key, or holds it ("12-14" holds 12)."""
    own = number_key(fold_words(number))
    return own == key or key in own.split()


def nearest_numbers(numbers: Sequence[str], key: str, count: int) -> tuple[str, ...]:
    """The numbers next to one that is not there, nearest first."""
    wanted = _leading(key)
    ranked = sorted({number for number in numbers if _leading(number) >= 0}, key=lambda number: (
        abs(_leading(number) - wanted), _leading(number), number))  # fmt: skip
    return tuple(ranked[:count])


def _leading(number: str) -> int:
    digits = re.match(r"[0-9]{1,9}", number)
    return int(digits[0]) if digits else -1
