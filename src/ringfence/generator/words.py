"""The words that names are made of, from `words.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

_LISTS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
_STREETS: dict[str, list[str]] = _LISTS["streets"]


def _roots() -> tuple[str, ...]:
    """People, places, and names after the land: each beginning with a third of the ends."""
    land = [start + end for number, start in enumerate(_STREETS["land"]) for end in _STREETS["ends"][number % 3 :: 3]]
    return tuple(dict.fromkeys([*_STREETS["people"], *_STREETS["places"], *land]))


ROOTS = _roots()
"""First parts of street names."""

TYPES: dict[str, list[str]] = _LISTS["types"]
"""Second parts, by the kind of street that they suit."""

EVERGREENS = tuple(_STREETS["evergreens"])
"""Names that every quarter has."""

SITES: dict[str, list[str]] = _LISTS["sites"]
"""Kinds of sites, and how they are called."""
