"""Names to choose from while somebody types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from ringfence.model.operation import Site
from ringfence.network import Network
from ringfence.places.names import split_words

RESEMBLES = 75.0
"""How alike (0 to 100) a name must be to what was typed, if it does not hold it."""


class Name(NamedTuple):
    """A name that is known; `detail` tells it from others."""

    name: str
    kind: Literal["street", "site", "barrier"]
    detail: str


def suggest_names(
    network: Network, sites: Sequence[Site], barriers: Mapping[str, str], starts: str, *, limit: int
) -> tuple[Name, ...]:
    """Known names, best first: those that begin with what was typed, then hold it, then resemble it.

    Parameters
    ----------
    network, sites
    barriers : Mapping of str to str
        Barrier names to ids.
    starts : str
        What was typed so far; nothing typed gives all names alike.
    limit : int
        At most so many.
    """
    typed = _folded(starts)
    ranked = [(rank, name) for name in _all(network, sites, barriers) if (rank := _rank(_folded(name.name), typed))]
    ranked.sort(key=lambda pair: (-pair[0], pair[1].name, pair[1].detail))
    return tuple(name for _, name in ranked[:limit])


def _all(network: Network, sites: Sequence[Site], barriers: Mapping[str, str]) -> Iterator[Name]:
    for name, barrier_id in barriers.items():
        yield Name(name, "barrier", barrier_id)
    for site in sites:
        yield Name(site.name, "site", site.kind.replace("_", " "))
        for alias in site.aliases:
            yield Name(alias, "site", site.name)
    for street in sorted({name for name in network.segment_names if name}):
        yield Name(street, "street", "")


def _folded(text: str) -> str:
    return " ".join(token.text for token in split_words(text[:200]))


def _rank(name: str, typed: str) -> float:
    if not typed:
        return 1.0
    if name.startswith(typed):
        return 300.0
    if f" {typed}" in f" {name}":
        return 200.0
    score = fuzz.partial_ratio(typed, name) if len(typed) > 2 else 0.0
    return score if score >= RESEMBLES else 0.0
