"""The columns of a city, put together from what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringfence.base.traffic import mask_of
from ringfence.network.city import NONE_IX, City, Origin
from ringfence.network.ranges import ranges
from ringfence.network.texts import Texts
from ringfence.osm.addresses import Address, NamedStreets, bind
from ringfence.osm.chains import StreetChains
from ringfence.osm.edge import Box, clipped
from ringfence.osm.extract import Extract, IntArray
from ringfence.osm.rails import rail_crossings
from ringfence.osm.restrictions import Bans, read_bans
from ringfence.osm.sites import Site
from ringfence.osm.streets import Streets, is_named

_WALK_OR_DRIVE = mask_of("car,foot")

Columns = dict[str, Any]
"""Fields of `City` by name."""


@dataclass(frozen=True, slots=True)
class Names:
    """Every name once, sorted, with its position; and for each the number of the name without regard to capitals."""

    ix: dict[str, int]
    folded: IntArray

    @classmethod
    def of(cls, streets: Streets, addresses: Sequence[Address]) -> Names:
        """All names of streets and of addresses' streets."""
        called = {one for name, further in streets.names for one in (name, *further)}
        ix = {name: ix for ix, name in enumerate(sorted((called | {one.street for one in addresses}) - {""}))}
        folded = {fold: number for number, fold in enumerate(sorted({name.casefold() for name in ix}))}
        return cls(ix, np.array([folded[name.casefold()] for name in ix], dtype=np.int64))


def make_city(
    extract: Extract,
    streets: Streets,
    addresses: Sequence[Address],
    sites: Sequence[Site],
    origin: Origin,
) -> City:
    """Put the columns together; what was left out is added to `origin`."""
    names = Names.of(streets, addresses)
    forward, backward = (streets.per_segment(lambda one: one.forward), streets.per_segment(lambda one: one.backward))
    bans = read_bans(extract.relations, StreetChains(streets.segments, streets.way_id, forward, backward))
    columns: Columns = {
        **_junction_columns(streets, origin.edge),
        **_segment_columns(streets, names, forward, backward),
        **_name_columns(streets, names),
        **_ban_columns(bans),
        **_condition_columns(streets, bans),
        **_address_columns(streets, addresses, names, forward | backward),
        **_site_columns(sites),
        **_rail_crossing_columns(streets),
    }
    left_out = tuple(sorted((streets.left_out + bans.left_out).items()))
    return City(**columns, origin=replace(origin, left_out=left_out))


def _junction_columns(streets: Streets, edge: Box) -> Columns:
    segments = streets.segments
    return {
        "junction_id": Texts.of(f"n{node}" for node in segments.junction_node_id.tolist()),
        "junction_e7": segments.junction_e7.astype(np.int32),
        "junction_clipped": clipped(segments, edge),
        "junction_blocked": streets.blocked.astype(np.uint8),
    }


def _segment_columns(streets: Streets, names: Names, forward: IntArray, backward: IntArray) -> Columns:
    segments = streets.segments
    kinds = sorted({one.kind for one in streets.usage})
    name_ix = np.array([names.ix.get(name, NONE_IX) for name, _ in streets.names], dtype=np.int32)
    shape = segments.shape_e7.astype(np.int32)
    starts = segments.shape_start[:-1]
    return {
        "segment_id": Texts.of(_segment_ids(streets)),
        "segment_name_ix": name_ix[streets.usage_ix],
        "segment_kind_ix": streets.per_segment(lambda one: kinds.index(one.kind)).astype(np.uint8),
        "segment_from_ix": segments.from_ix.astype(np.int32),
        "segment_to_ix": segments.to_ix.astype(np.int32),
        "segment_forward": forward.astype(np.uint8),
        "segment_backward": backward.astype(np.uint8),
        "segment_physical": streets.per_segment(lambda one: one.physical).astype(bool),
        "segment_limited": streets.per_segment(lambda one: one.limited).astype(np.uint8),
        "segment_form": streets.per_segment(lambda one: one.form).astype(np.uint8),
        "segment_layer": streets.per_segment(lambda one: one.layer).astype(np.int8),
        "segment_lanes": streets.per_segment(lambda one: one.lanes).astype(np.uint8),
        "segment_maxspeed_kmh": streets.per_segment(lambda one: one.maxspeed_kmh).astype(np.uint16),
        "segment_width_dm": streets.per_segment(lambda one: one.width_dm).astype(np.uint16),
        "segment_box_e7": np.hstack([np.minimum.reduceat(shape, starts), np.maximum.reduceat(shape, starts)]),
        "shape_start": segments.shape_start,
        "shape_e7": shape,
        "kind": Texts.of(kinds),
    }


def _segment_ids(streets: Streets) -> list[str]:
    segments = streets.segments
    ways = streets.way_id[segments.way_ix].tolist()
    nodes = segments.junction_node_id[segments.from_ix].tolist()
    ids = [f"w{way}-{node}" for way, node in zip(ways, nodes, strict=True)]
    for ix in np.flatnonzero(segments.number > 1).tolist():
        ids[ix] += f".{segments.number[ix]}"
    return ids


def _per_segment_lists(streets: Streets, lists: Sequence[Sequence[int]]) -> tuple[IntArray, IntArray]:
    """Segments and members of lists that stand at their usages, by segment and in order."""
    lengths = np.array([len(one) for one in lists], dtype=np.int64)
    flat = np.array([member for one in lists for member in one], dtype=np.int64)
    counts = lengths[streets.usage_ix]
    which = ranges((np.cumsum(lengths) - lengths)[streets.usage_ix], counts)
    return np.repeat(np.arange(len(counts)), counts), flat[which]


def _further_names(streets: Streets, names: Names) -> tuple[IntArray, IntArray]:
    return _per_segment_lists(streets, [[names.ix[one] for one in further] for _, further in streets.names])


def _name_columns(streets: Streets, names: Names) -> Columns:
    segment, name = _further_names(streets, names)
    return {
        "name": Texts.of(names.ix),
        "alias_segment_ix": segment.astype(np.int32),
        "alias_name_ix": name.astype(np.int32),
    }


def _ban_columns(bans: Bans) -> Columns:
    chains = list(bans.mask_of_chain)
    lengths = [len(chain.segments) for chain in chains]
    return {
        "ban_start": np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64),
        "ban_segment_ix": np.array([ix for chain in chains for ix in chain.segments], dtype=np.int32),
        "ban_junction_ix": np.array([ix for chain in chains for ix in (*chain.junctions, -1)], dtype=np.int32),
        "ban_mask": np.array(list(bans.mask_of_chain.values()), dtype=np.uint8),
    }


def _condition_columns(streets: Streets, bans: Bans) -> Columns:
    """Of segments in order, then of barriers (at the first segment that ends there), then of relations."""
    texts = sorted({condition for one in streets.usage for condition in one.conditions})
    place = {text: ix for ix, text in enumerate(texts)}
    lists = [[place[condition] for condition in one.conditions] for one in streets.usage]
    segment, text = _per_segment_lists(streets, lists)
    junctions = np.array([junction for junction, _ in streets.node_conditions], dtype=np.int64)
    barriers = _first_segments(streets)[junctions]
    return {
        "condition_segment_ix": np.concatenate([segment, barriers, [-1] * len(bans.conditions)]).astype(np.int32),
        "condition": Texts.of(
            [
                *(texts[ix] for ix in text.tolist()),
                *(condition for _, condition in streets.node_conditions),
                *bans.conditions,
            ]
        ),
    }


def _first_segments(streets: Streets) -> IntArray:
    """(J,) the first segment that begins or ends at each junction."""
    ends = np.column_stack([streets.segments.from_ix, streets.segments.to_ix]).ravel()
    _, first_end = np.unique(ends, return_index=True)
    return first_end // 2


def _address_columns(streets: Streets, addresses: Sequence[Address], names: Names, mask: IntArray) -> Columns:
    e7 = np.array([one.e7 for one in addresses], dtype=np.int64).reshape(-1, 2)
    street_ix = np.array([names.ix.get(one.street, NONE_IX) for one in addresses], dtype=np.int64)
    folded = np.concatenate([names.folded, [NONE_IX]])
    segment, offset_m = bind(e7, folded[street_ix], _named_streets(streets, names, mask))
    return {
        "address_number": Texts.of(one.number for one in addresses),
        "address_street_ix": street_ix.astype(np.int32),
        "address_e7": e7.astype(np.int32),
        "address_segment_ix": segment.astype(np.int32),
        "address_offset_m": offset_m.astype(np.float32),
    }


def _named_streets(streets: Streets, names: Names, mask: IntArray) -> NamedStreets:
    folded = np.concatenate([names.folded, [NONE_IX]])
    own = np.array([names.ix.get(name, NONE_IX) for name, _ in streets.names], dtype=np.int64)[streets.usage_ix]
    segment, further = _further_names(streets, names)
    called = np.column_stack(
        [
            np.concatenate([np.arange(len(own)), segment]),
            np.concatenate([folded[own], folded[further]]),
        ]
    )
    may_serve: NDArray[np.bool_] = is_named(streets) & ((mask & _WALK_OR_DRIVE) != 0)
    shape = streets.segments
    return NamedStreets(shape.shape_start, shape.shape_e7, called[called[:, 1] >= 0], may_serve)


def _site_columns(sites: Sequence[Site]) -> Columns:
    kinds = sorted({one.kind for one in sites})
    return {
        "site_id": Texts.of(one.id for one in sites),
        "site_name": Texts.of(one.name for one in sites),
        "site_kind_ix": np.array([kinds.index(one.kind) for one in sites], dtype=np.uint8),
        "site_e7": np.array([one.e7 for one in sites], dtype=np.int32).reshape(-1, 2),
        "site_kind": Texts.of(kinds),
    }


def _rail_crossing_columns(streets: Streets) -> Columns:
    segment, offset_m = rail_crossings(streets.segments)
    return {
        "rail_crossing_segment_ix": segment.astype(np.int32),
        "rail_crossing_offset_m": offset_m.astype(np.float32),
    }
