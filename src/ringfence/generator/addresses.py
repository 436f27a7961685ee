"""Addresses along the streets, and the sites that people name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringfence.generator.draft import Flags, Floats, Ints, Kind
from ringfence.generator.ground import to_e7, to_metres
from ringfence.generator.naming import NAMED
from ringfence.generator.numerals import numerals
from ringfence.generator.streets import Streets
from ringfence.generator.words import ROOTS, SITES
from ringfence.network.city import NONE_IX
from ringfence.network.texts import Texts

ADDRESS_EVERY_M = 46.0
FRONT_M = (7.0, 14.0)
"""How far houses stand from the middle of the street."""

NUMBER_EVERY_M = 11.0

_JUNCTIONS_PER_SITE = {
    "school": 160,
    "kindergarten": 260,
    "hospital": 2_600,
    "clinic": 600,
    "fire_station": 1_500,
    "police": 1_700,
    "ambulance_station": 2_500,
    "nursing_home": 700,
    "station": 900,
    "bus_station": 4_000,
    "university": 9_000,
    "courthouse": 12_000,
    "townhall": 9_000,
    "library": 1_500,
    "place_of_worship": 350,
    "park": 500,
}


@dataclass(frozen=True)
class Addresses:
    """Columns of `City`, without their prefix `address_`."""

    number: Texts
    street_ix: NDArray[np.int32]
    e7: NDArray[np.int32]
    segment_ix: NDArray[np.int32]
    offset_m: NDArray[np.float32]


@dataclass(frozen=True)
class Sites:
    """Columns of `City`, without their prefix `site_`."""

    id: Texts
    name: Texts
    kind_ix: NDArray[np.uint8]
    e7: NDArray[np.int32]
    kind: Texts


def place_addresses(streets: Streets, segment_name_ix: NDArray[np.int32], rng: np.random.Generator) -> Addresses:
    """Houses on both hands of named streets: odd numbers on the left, even ones on the right, growing along it."""
    length_m = streets.length_m
    built = _built_on(streets, segment_name_ix)
    count = np.where(built, np.floor(length_m / ADDRESS_EVERY_M + rng.random(len(length_m))), 0).astype(np.int64)
    segment = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    share = (within + rng.uniform(0.2, 0.8, len(segment))) / count[segment]
    offset_m = share * length_m[segment]
    right = rng.random(len(segment)) < 0.5

    before = np.cumsum(length_m) - length_m
    first = np.searchsorted(streets.way, streets.way)
    house = ((before - before[first])[segment] + offset_m) // NUMBER_EVERY_M
    number = (2 * house + 1 + right).astype(np.int64)
    # No number twice on one street.
    key = streets.way[segment] * (int(number.max(initial=0)) + 1) + number
    kept = np.sort(np.unique(key, return_index=True)[1])
    segment, offset_m, right, number = segment[kept], offset_m[kept], right[kept], number[kept]
    aside_m = rng.uniform(*FRONT_M, len(segment)) * np.where(right, 1, -1)
    e7 = to_e7(_beside(streets, segment, offset_m, aside_m))
    return Addresses(
        numerals("", number), segment_name_ix[segment], e7, segment.astype(np.int32), offset_m.astype(np.float32)
    )


def _built_on(streets: Streets, segment_name_ix: NDArray[np.int32]) -> Flags:
    inside = ~(streets.junction_clipped[streets.start] | streets.junction_clipped[streets.end])
    return np.asarray((segment_name_ix != NONE_IX) & NAMED[streets.kind] & (streets.form == 0) & inside)


def _beside(streets: Streets, segment: Ints, offset_m: Floats, aside_m: Floats) -> Floats:
    """Metres east and north of points along segments, so far to the right of them."""
    # One long line of all shapes, so that one search finds the points before all offsets.
    total = streets.along_m + np.repeat(
        np.cumsum(streets.length_m + 1) - streets.length_m, np.diff(streets.shape_start)
    )
    wanted = total[streets.shape_start[segment]] + offset_m
    before = np.searchsorted(total, wanted, side="right") - 1
    before = np.clip(before, streets.shape_start[segment], streets.shape_start[segment + 1] - 2)
    near, far = to_metres(streets.shape_e7[before]), to_metres(streets.shape_e7[before + 1])
    run = far - near
    length = np.maximum(np.hypot(run[:, 0], run[:, 1]), 0.01)[:, None]
    right = np.column_stack([run[:, 1], -run[:, 0]]) / length
    return near + run / length * (wanted - total[before])[:, None] + right * aside_m[:, None]


def place_sites(streets: Streets, first_id: int, rng: np.random.Generator) -> Sites:
    """Schools, hospitals, stations and the like, beside streets; at least one of each kind that a town of 1,000 has."""
    spots = np.flatnonzero((streets.kind >= Kind.TERTIARY) & (streets.kind <= Kind.LIVING_STREET) & (streets.form == 0))
    kinds = sorted(SITES)
    counts = [max(1, round(len(streets.junction_e7) / _JUNCTIONS_PER_SITE[kind])) for kind in kinds]
    kind_ix = np.repeat(np.arange(len(kinds)), counts)
    segment = rng.choice(spots, len(kind_ix))
    offset_m = rng.random(len(kind_ix)) * streets.length_m[segment]
    aside_m = rng.uniform(15, 35, len(kind_ix)) * rng.choice([-1, 1], len(kind_ix))
    roots, forms = rng.integers(0, len(ROOTS), len(kind_ix)), rng.random(len(kind_ix))
    names = []
    for kind, root, form in zip(kind_ix.tolist(), roots.tolist(), forms.tolist(), strict=True):
        patterns = SITES[kinds[kind]]
        names.append(patterns[int(form * len(patterns))].format(ROOTS[root]))
    e7 = to_e7(_beside(streets, segment, offset_m, aside_m))
    ids = numerals("n", first_id + np.arange(len(kind_ix)))
    return Sites(ids, Texts.of(names), kind_ix.astype(np.uint8), e7, Texts.of(kinds))
