"""Texts of the data made fit to be kept: nothing that steers a reader's eye, and no longer than a name is."""

from __future__ import annotations

import re
import unicodedata

NAME_LENGTH_MAX = 200
CONDITION_LENGTH_MAX = 400

_STEERING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FURTHER_NAMES = ("alt_name", "old_name", "official_name", "loc_name", "short_name")
_SIDE_OR_LANGUAGE = re.compile(r"name:(left|right|[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*)")


def clean(text: str, length_max: int = NAME_LENGTH_MAX) -> str:
    """`text` without control and direction characters, cut to `length_max` characters."""
    if not text.isprintable():
        text = "".join(
            letter
            for letter in text[: 4 * length_max]
            if letter not in _STEERING and unicodedata.category(letter) not in {"Cc", "Cs"}
        )
    return text.strip()[:length_max].rstrip()


def names_of(tags: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """What a street is called (`name`, else `ref`, else nothing), and what else it is called, each once."""
    name = clean(tags.get("name", "")) or clean(tags.get("ref", ""))
    keys = [key for key in _FURTHER_NAMES if key in tags]
    keys += sorted(key for key in tags if key.startswith("name:") and _SIDE_OR_LANGUAGE.fullmatch(key))
    further = {clean(part): None for key in keys for part in tags[key].split(";")}
    return name, tuple(one for one in further if one and one != name)
