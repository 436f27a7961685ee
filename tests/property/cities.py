"""Small random cities with every column filled in, for tests of whatever takes a `City`.

`draw_city` makes one of any size from a seed, in numpy, so that a hundred thousand junctions take a second or so;
`cities()` is the hypothesis strategy over it. `differences` names the columns in which two cities differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from ringfence.base.traffic import ALL_CLASSES, PHYSICAL
from ringfence.network.city import City, Origin
from ringfence.network.texts import Texts

KINDS = ("footway", "motorway", "residential", "service", "steps")
SITE_KINDS = ("fire_station", "hospital", "school")
NAMES = (
    "Molesworth Street",
    "Rua do Almada",
    "Kärntner Straße",
    "東大通り",
    "رصيف",
    'The "Parade", lower; end',
    " blank at both ends ",
    "line\nfeed and\ttab",
    "carriage\r\nreturn",
    "=1+1",
    "NaN",
    "null",
    "{'a': 1}",
    "O\N{RIGHT SINGLE QUOTATION MARK}Connell \U0001f6a7",
)
SPREAD_E7 = 2_000_000


def draw_city(
    seed: int,
    junctions: int,
    segments: int,
    *,
    bans: int = 0,
    addresses: int = 0,
    sites: int = 0,
    names: Sequence[str] = NAMES,
) -> City:
    """A valid city of that seed: parallel segments, loops, one-ways, streets for nobody, via-way bans and all."""
    rng = np.random.default_rng(seed)
    places = _places(rng, junctions)
    ends = rng.integers(0, junctions, (segments, 2)).astype(np.int32)
    shape_start, shape = _shapes(rng, places, ends)
    forward = rng.choice([0, 32, 15, ALL_CLASSES, 1, 63], segments).astype(np.uint8)
    backward = np.where(rng.random(segments) < 0.5, forward, rng.choice([0, 16, 63, 47], segments)).astype(np.uint8)
    street_ix = rng.integers(-1, len(names), segments)
    alias_segment = np.sort(rng.integers(0, segments, segments // 2 if names else 0))
    alias_ix = rng.integers(0, max(len(names), 1), len(alias_segment))
    address_street_ix = rng.integers(-1, len(names), addresses)
    table, new_ix = _used(names, street_ix, alias_ix, address_street_ix)
    served = rng.integers(-1, segments, addresses)
    return City(
        junction_id=Texts.of(f"n{number}" for number in np.cumsum(rng.integers(1, 9, junctions))),
        junction_e7=places,
        junction_clipped=rng.random(junctions) < 0.2,
        junction_blocked=np.where(rng.random(junctions) < 0.3, rng.integers(0, 2 * PHYSICAL, junctions), 0).astype(
            np.uint8
        ),
        segment_id=Texts.of(f"w{1 + ix // 3}-{ix}{'.2' if ix % 7 == 3 else ''}" for ix in range(segments)),
        segment_name_ix=new_ix[street_ix].astype(np.int32),
        segment_kind_ix=rng.integers(0, len(KINDS), segments).astype(np.uint8),
        segment_from_ix=ends[:, 0].copy(),
        segment_to_ix=ends[:, 1].copy(),
        segment_forward=forward,
        segment_backward=backward,
        segment_physical=rng.random(segments) < 0.9,
        segment_limited=rng.choice([0, 0, 0, 1, 8, 63], segments).astype(np.uint8),
        segment_form=rng.choice([0, 0, 1, 2, 5, 8, 15], segments).astype(np.uint8),
        segment_layer=rng.choice([0, 0, -128, -1, 1, 127], segments).astype(np.int8),
        segment_lanes=rng.choice([0, 1, 2, 3, 255], segments).astype(np.uint8),
        segment_maxspeed_kmh=rng.choice([0, 30, 48, 50, 65_535], segments).astype(np.uint16),
        segment_width_dm=rng.choice([0, 1, 16, 73, 65_535], segments).astype(np.uint16),
        segment_box_e7=_boxes(shape_start, shape),
        shape_start=shape_start,
        shape_e7=shape,
        kind=Texts.of(KINDS),
        name=Texts.of(table),
        alias_segment_ix=alias_segment.astype(np.int32),
        alias_name_ix=new_ix[alias_ix].astype(np.int32),
        **_bans(rng, ends, bans),
        condition_segment_ix=rng.integers(-1, segments, segments // 3).astype(np.int32),
        condition=Texts.of(f"access:conditional=no @ ({ix}:00-09:30)" for ix in range(segments // 3)),
        address_number=Texts.of(f"{number}{'a' if number % 5 == 0 else ''}" for number in range(addresses)),
        address_street_ix=new_ix[address_street_ix].astype(np.int32),
        address_e7=_near(rng, places, addresses),
        address_segment_ix=served.astype(np.int32),
        address_offset_m=np.where(served < 0, 0, rng.random(addresses) * 300).astype(np.float32),
        site_id=Texts.of(f"w{number}" for number in range(sites)),
        site_name=Texts.of(names[ix] if ix >= 0 and names else "" for ix in rng.integers(-1, len(names), sites)),
        site_kind_ix=rng.integers(0, len(SITE_KINDS), sites).astype(np.uint8),
        site_e7=_near(rng, places, sites),
        site_kind=Texts.of(SITE_KINDS),
        origin=_origin(rng, places),
    )


@st.composite
def cities(draw: st.DrawFn, junctions_max: int = 8, segments_max: int = 12) -> City:
    """Small valid cities with every column filled in; names are any text that UTF-8 can write."""
    text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
    names = draw(st.lists(st.sampled_from(NAMES) | text, max_size=6, unique=True))
    return draw_city(
        draw(st.integers(0, 2**32 - 1)),
        draw(st.integers(1, junctions_max)),
        draw(st.integers(1, segments_max)),
        bans=draw(st.integers(0, 4)),
        addresses=draw(st.integers(0, 4)),
        sites=draw(st.integers(0, 3)),
        names=names,
    )


def differences(one: City, other: City, but: Sequence[str] = ("content_hash",)) -> list[str]:
    """Names of the columns in which two cities differ, types included; empty if they are the same."""
    return [
        field.name
        for field in fields(City)
        if field.name not in but and not _same(getattr(one, field.name), getattr(other, field.name))
    ]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Texts):
        return list(one) == list(other)
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype and np.array_equal(one, other))
    return bool(one == other)


def _places(rng: np.random.Generator, count: int) -> NDArray[np.int32]:
    """Distinct places, somewhere on the globe."""
    centre = np.array([rng.integers(-1_790_000_000, 1_790_000_000), rng.integers(-800_000_000, 800_000_000)])
    cells = rng.permutation(count)  # a place in each cell of a grid, so that no two are the same
    side = int(np.ceil(np.sqrt(count)))
    step = max(SPREAD_E7 // side, 2)
    places = np.column_stack([cells // side, cells % side]) * step + rng.integers(0, step - 1, (count, 2)) + centre
    whole: NDArray[np.int32] = places.astype(np.int32)
    return whole


def _shapes(
    rng: np.random.Generator, places: NDArray[np.int32], ends: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    loops = ends[:, 0] == ends[:, 1]
    counts = 2 + np.maximum(rng.integers(0, 4, len(ends)), 2 * loops)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    owner = np.repeat(np.arange(len(ends)), counts)
    shape = places[ends[owner, 0]] + rng.integers(1, 9_999, (len(owner), 2))  # a loop's own points are off its junction
    shape[start[:-1]], shape[start[1:] - 1] = places[ends[:, 0]], places[ends[:, 1]]
    return start, shape.astype(np.int32)


def _boxes(start: NDArray[np.int64], shape: NDArray[np.int32]) -> NDArray[np.int32]:
    low, high = np.minimum.reduceat(shape, start[:-1], axis=0), np.maximum.reduceat(shape, start[:-1], axis=0)
    boxes: NDArray[np.int32] = np.concatenate([low, high], axis=1)
    return boxes


def _near(rng: np.random.Generator, places: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    near = places[rng.integers(0, len(places), count)] + rng.integers(-9_999, 9_999, (count, 2))
    return near.astype(np.int32)


def _used(names: Sequence[str], *columns: NDArray[np.int64]) -> tuple[list[str], NDArray[np.int64]]:
    """Names in use, sorted, and the place of each old position among them (the last one, -1, stays)."""
    used = {int(ix) for column in columns for ix in np.unique(column)} - {-1}
    table = sorted(names[ix] for ix in used)
    place = {name: ix for ix, name in enumerate(table)}
    return table, np.array([*(place.get(name, -1) for name in names), -1], dtype=np.int64)


def _bans(rng: np.random.Generator, ends: NDArray[np.int32], count: int) -> dict[str, Any]:
    """Walks of two to four segments through the junctions where they meet."""
    at: dict[int, list[int]] = {}
    for ix, pair in enumerate(ends.tolist()):
        for junction in set(pair):
            at.setdefault(junction, []).append(ix)
    start, segments, junctions = [0], [], []
    for _ in range(count):
        segment, via = int(rng.integers(len(ends))), 0
        for _ in range(int(rng.integers(1, 4))):
            via = int(rng.choice(ends[segment]))
            segments.append(segment)
            junctions.append(via)
            segment = int(rng.choice(at[via]))
        segments.append(segment)
        junctions.append(-1)
        start.append(len(segments))
    return {
        "ban_start": np.array(start, dtype=np.int64),
        "ban_segment_ix": np.array(segments, dtype=np.int32),
        "ban_junction_ix": np.array(junctions, dtype=np.int32),
        "ban_mask": rng.integers(1, ALL_CLASSES + 1, count).astype(np.uint8),
    }


def _origin(rng: np.random.Generator, places: NDArray[np.int32]) -> Origin:
    west, south = (places.min(axis=0) / 1e7).tolist()
    east, north = (places.max(axis=0) / 1e7 + rng.random()).tolist()
    return Origin(
        source="city.osm.pbf",
        source_hash=f"{rng.integers(2**62):064x}",
        timestamp="2026-02-21T03:30:00Z",
        licence="© OpenStreetMap contributors, ODbL 1.0",
        edge=(west, south, east, north),
        edge_stated=bool(rng.random() < 0.5),
        left_out=(("turn restriction without a member", 3), ("conditional access", 12)),
    )
