"""What a city's data holds and what is amiss in it, in figures: for a person to judge it by before trusting it."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from ringfence.base.traffic import PHYSICAL, VehicleClass
from ringfence.network.city import DEGREE_E7, City
from ringfence.network.connectivity import Web
from ringfence.network.projection import FloatArray, metres_per_degree
from ringfence.network.streets import BoolArray, IntArray
from ringfence.network.survey_records import (
    EXAMPLES_MAX,
    AddressAccess,
    Addresses,
    Condition,
    Conditions,
    DeadOneWay,
    DeadOneWays,
    Ending,
    Island,
    Islands,
    Street,
    StreetKind,
    Survey,
    Traveller,
)
from ringfence.network.texts import Texts

__all__ = ["Survey", "segment_lengths_m", "survey"]

_ENDINGS: tuple[Ending, ...] = ("no way out", "no way in", "neither")


def survey(city: City) -> Survey:
    """Count what a city's data holds, and find the streets and addresses that nothing reaches.

    What leads where is told by junctions, directions, classes and blocked junctions alone: turn restrictions are left
    aside, and a street that may be used only with a reason counts as open. So what is called cut off is cut off; what
    is not may still be, by a turn ban. Whether the edge of the data explains a finding is told beside it.

    Parameters
    ----------
    city : City
        Any; one without segments gives zeros.

    Returns
    -------
    Survey
        The same for the same city. Lengths are of the WGS 84 ellipsoid, to the metre. Close to linear in the size of
        the city: a few seconds for a million junctions.
    """
    length_m = segment_lengths_m(city)
    car, foot = (Web.of(city, vehicle.bit) for vehicle in (VehicleClass.CAR, VehicleClass.FOOT))
    webs = {VehicleClass.CAR.value: car, VehicleClass.FOOT.value: foot}
    bits = {vehicle.value: vehicle.bit for vehicle in VehicleClass} | {"determined": PHYSICAL}
    nameless = city.segment_name_ix < 0
    return Survey(
        origin=city.origin,
        content_hash=city.content_hash,
        junctions=city.junction_count,
        clipped_junctions=int(np.count_nonzero(city.junction_clipped)),
        segments=city.segment_count,
        km=_km(length_m),
        names=len(city.name),
        nameless_segments=int(np.count_nonzero(nameless)),
        nameless_km=_km(length_m[nameless]),
        travellers=tuple(
            _traveller(city, who, bit, webs.get(who) or Web.of(city, bit), length_m) for who, bit in bits.items()
        ),
        islands=tuple(_islands(city, who, web, length_m) for who, web in webs.items()),
        dead_one_ways=_dead_one_ways(city, car, length_m),
        addresses=_addresses(city, webs),
        rail_crossed_segments=len(np.unique(city.rail_crossing_segment_ix)),
        bans_by_length=_bans_by_length(city),
        conditions=_conditions(city, length_m),
        kinds=_kinds(city, length_m),
        sites=_by_count(city.site_kind, city.site_kind_ix),
    )


def segment_lengths_m(city: City) -> FloatArray:
    """Length of each segment in metres, (S,): of its shape, on the WGS 84 ellipsoid at its own latitude."""
    lon, lat = (city.shape_e7 / DEGREE_E7).T
    across, along = metres_per_degree((lat[1:] + lat[:-1]) / 2)
    steps = np.append(np.hypot(np.diff(lon) * across, np.diff(lat) * along), 0.0)
    steps[city.shape_start[1:] - 1] = 0.0  # from the end of one shape to the beginning of the next
    return np.add.reduceat(steps, city.shape_start[:-1]) if city.segment_count else np.zeros(0)


def _km(length_m: FloatArray | float) -> float:
    """Kilometres to the metre, so that a sum's order does not show."""
    return round(float(np.sum(length_m)) / 1000, 3)


def _traveller(city: City, who: str, bit: int, web: Web, length_m: FloatArray) -> Traveller:
    segments = len(web.segment_ix)
    junctions, core_junctions = web.junction_count(), web.junction_count(web.core)
    one_way = int(np.count_nonzero(web.forward != web.backward))
    return Traveller(
        who=who,
        segments=segments,
        km=_km(length_m[web.segment_ix]),
        oneway_share=round(one_way / segments, 4) if segments else 0.0,
        junctions=junctions,
        core_junctions=core_junctions,
        outside_core=junctions - core_junctions,
        blocked_junctions=int(np.count_nonzero(city.junction_blocked & bit)),
        bans=int(np.count_nonzero(city.ban_mask & bit)),
    )


def _islands(city: City, who: str, web: Web, length_m: FloatArray) -> Islands:
    """The weakly connected parts beside the one that holds the core."""
    stranded = ~web.on_mainland
    numbers, island = np.unique(web.piece[web.tail[stranded]], return_inverse=True)
    segment_ix = web.segment_ix[stranded]
    segments = np.bincount(island, minlength=len(numbers))
    metres: FloatArray = np.bincount(island, weights=length_m[segment_ix], minlength=len(numbers)).astype(np.float64)
    at_edge = np.isin(numbers, web.piece[city.junction_clipped[web.junction_ix]])
    first = np.full(len(numbers), city.segment_count)
    np.minimum.at(first, island, segment_ix)
    biggest = []
    for number in np.lexsort([first, -metres])[:EXAMPLES_MAX].tolist():
        members = segment_ix[island == number]
        best = members[np.lexsort([-length_m[members], city.segment_name_ix[members] < 0])[0]]
        street = _street(city, best, length_m)
        biggest.append(Island(street, int(segments[number]), _km(metres[number]), bool(at_edge[number])))
    return Islands(
        who=who,
        count=len(numbers),
        segments=len(segment_ix),
        km=_km(metres),
        at_edge=int(np.count_nonzero(at_edge)),
        biggest=tuple(biggest),
    )


def _dead_one_ways(city: City, web: Web, length_m: FloatArray) -> DeadOneWays:
    """The streets of the mainland that are not of the core."""
    dead = web.on_mainland & ~web.in_core
    # None is both: what is entered from the core and leads back to it is of the core.
    ending = np.where(web.entered, 0, np.where(web.left, 1, 2))
    counts = np.bincount(ending[dead], minlength=3).tolist()
    explained = dead & web.beyond_edge(city)
    which = np.flatnonzero(dead)
    segment_ix = web.segment_ix[which]
    nameless = city.segment_name_ix[segment_ix] < 0
    order = np.lexsort([-length_m[segment_ix], nameless, explained[which]])
    examples = tuple(
        DeadOneWay(_street(city, web.segment_ix[ix], length_m), _ENDINGS[ending[ix]])
        for ix in which[order][_first_of_each(city.segment_name_ix[segment_ix[order]])].tolist()
    )
    return DeadOneWays(
        segments=len(segment_ix),
        km=_km(length_m[segment_ix]),
        no_way_out=counts[0],
        no_way_in=counts[1],
        neither=counts[2],
        beyond_edge=int(np.count_nonzero(explained)),
        examples=examples,
    )


def _first_of_each(name_ix: NDArray[np.int32]) -> IntArray:
    """Positions of the first few names that have not come before; the nameless count as different."""
    _, first = np.unique(name_ix, return_index=True)
    return np.union1d(first, np.flatnonzero(name_ix < 0))[:EXAMPLES_MAX].astype(np.int64)


def _addresses(city: City, webs: dict[str, Web]) -> Addresses:
    served = city.address_segment_ix >= 0
    return Addresses(
        count=len(served),
        unserved=int(np.count_nonzero(~served)),
        unserved_examples=_address_examples(city, ~served),
        access=tuple(_address_access(city, who, web, served) for who, web in webs.items()),
    )


def _address_access(city: City, who: str, web: Web, served: BoolArray) -> AddressAccess:
    is_open, is_entered, is_explained = (np.zeros(city.segment_count + 1, dtype=bool) for _ in range(3))
    is_open[web.segment_ix] = True
    is_entered[web.segment_ix] = web.entered
    is_explained[web.segment_ix] = web.entered_beyond_edge(city)
    cut_off = served & (is_open & ~is_entered)[city.address_segment_ix]
    explained = cut_off & is_explained[city.address_segment_ix]
    return AddressAccess(
        who=who,
        closed=int(np.count_nonzero(served & ~is_open[city.address_segment_ix])),
        cut_off=int(np.count_nonzero(cut_off)),
        beyond_edge=int(np.count_nonzero(explained)),
        examples=_address_examples(city, cut_off & ~explained),
    )


def _address_examples(city: City, which: BoolArray) -> tuple[str, ...]:
    """The first few, as number and street."""
    shown = []
    for ix in np.flatnonzero(which)[:EXAMPLES_MAX].tolist():
        street_ix = int(city.address_street_ix[ix])
        street = city.name[street_ix] if street_ix >= 0 else ""
        shown.append(f"{city.address_number[ix]} {street}".strip())
    return tuple(shown)


def _bans_by_length(city: City) -> tuple[tuple[int, int], ...]:
    lengths, counts = np.unique(np.diff(city.ban_start), return_counts=True)
    return tuple(zip(lengths.tolist(), counts.tolist(), strict=True))


def _conditions(city: City, length_m: FloatArray) -> Conditions:
    tags = list(city.condition)
    counts = Counter(tags)
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:EXAMPLES_MAX]
    bearers = dict.fromkeys((tag for tag, _ in most), -1)
    for tag, segment_ix in zip(tags, city.condition_segment_ix.tolist(), strict=True):
        if bearers.get(tag) == -1:
            bearers[tag] = segment_ix
    return Conditions(
        count=len(tags),
        different=len(counts),
        most=tuple(
            Condition(tag, count, _street(city, bearers[tag], length_m) if bearers[tag] >= 0 else None)
            for tag, count in most
        ),
    )


def _kinds(city: City, length_m: FloatArray) -> tuple[StreetKind, ...]:
    segments = np.bincount(city.segment_kind_ix, minlength=len(city.kind)).tolist()
    metres = np.bincount(city.segment_kind_ix, weights=length_m, minlength=len(city.kind)).tolist()
    rows = [StreetKind(*row) for row in zip(city.kind, segments, map(_km, metres), strict=True)]
    return tuple(sorted((row for row in rows if row.segments), key=lambda row: (-row.km, row.kind)))


def _by_count(kinds: Texts, kind_ix: NDArray[np.uint8]) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(kind_ix, minlength=len(kinds)).tolist()
    pairs = [(kind, count) for kind, count in zip(kinds, counts, strict=True) if count]
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _street(city: City, segment_ix: int, length_m: FloatArray) -> Street:
    name_ix = int(city.segment_name_ix[segment_ix])
    return Street(
        segment=city.segment_id[segment_ix],
        name=city.name[name_ix] if name_ix >= 0 else "",
        kind=city.kind[int(city.segment_kind_ix[segment_ix])],
        km=_km(length_m[segment_ix]),
    )
