"""Names of streets: mostly new in their neighbourhood, some the same in many quarters, some with a second name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from ringfence.generator.draft import UNNAMED, Ints, Kind
from ringfence.generator.streets import Streets
from ringfence.generator.words import EVERGREENS, ROOTS, TYPES
from ringfence.network.city import NONE_IX, Form
from ringfence.network.texts import Texts

EVERGREEN_SHARE, NAMELESS_SHARE, ALIAS_SHARE = 0.04, 0.03, 0.06

NAMED = np.array([kind.name.lower() in TYPES for kind in Kind])
"""Whether streets of a kind bear such names."""


@dataclass(frozen=True)
class Naming:
    """Columns of `City`."""

    name: Texts
    segment_name_ix: NDArray[np.int32]
    alias_segment_ix: NDArray[np.int32]
    alias_name_ix: NDArray[np.int32]


def name_streets(streets: Streets, rng: np.random.Generator) -> Naming:
    """Names and further names of all segments."""
    named = (streets.street != UNNAMED) & (NAMED[streets.kind] | (streets.kind == Kind.MOTORWAY))
    named &= streets.form & Form.ROUNDABOUT == 0
    rows = np.flatnonzero(named)
    # Rows of a street stand together, for a street is a way.
    way, first, street_ix = np.unique(streets.way[rows], return_index=True, return_inverse=True)
    names = _names(streets.kind[rows[first]].astype(np.int64), rng)
    aliased = [one for one in np.flatnonzero(rng.random(len(way)) < ALIAS_SHARE).tolist() if names[one]]
    draws = rng.integers(0, 900, len(aliased)).tolist()
    aliases = {one: _alias(names[one], draw) for one, draw in zip(aliased, draws, strict=True)}

    every = sorted({*names, *aliases.values()} - {""})
    place = {text: ix for ix, text in enumerate(every)} | {"": NONE_IX}
    segment_name_ix = np.full(len(streets.way), NONE_IX, dtype=np.int32)
    segment_name_ix[rows] = np.array([place[text] for text in names], dtype=np.int32)[street_ix]
    alias_of = np.full(len(way), NONE_IX, dtype=np.int32)
    for one, text in aliases.items():
        alias_of[one] = place[text]
    with_alias = alias_of[street_ix] != NONE_IX
    return Naming(Texts.of(every), segment_name_ix, rows[with_alias].astype(np.int32), alias_of[street_ix][with_alias])


def _names(kind: Ints, rng: np.random.Generator) -> list[str]:
    """A name for each street, by its kind; empty for a few."""
    roots = rng.permutation(len(ROOTS))[np.arange(len(kind)) % len(ROOTS)]
    draw = rng.random((3, len(kind)))
    types_for = [TYPES.get(one.name.lower(), []) for one in Kind]
    motorway = count(1)
    names = []
    for one, root, second, third, fourth in zip(kind.tolist(), roots.tolist(), *draw.tolist(), strict=True):
        if one == Kind.MOTORWAY:
            name = f"M{next(motorway)}"
        elif third < EVERGREEN_SHARE:
            name = EVERGREENS[int(second * len(EVERGREENS))]
        elif fourth < NAMELESS_SHARE:
            name = ""
        else:
            types = types_for[one]
            name = f"{ROOTS[root]} {types[int(second * len(types))]}"
        names.append(name)
    return names


def _alias(name: str, draw: int) -> str:
    """Another name for a street: an older one, or its number."""
    if draw % 3 == 0:
        return f"B{draw + 100}"
    if draw % 3 == 1:
        return f"Old {name}"
    types = TYPES["residential"]
    return f"{ROOTS[draw % len(ROOTS)]} {types[draw % len(types)]}"
