"""From records to the columns of a city, checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringfence.exchange.defaults import clipped_at, edge_of
from ringfence.exchange.report import Report
from ringfence.exchange.rows import AddressRow, BanRow, CityRows, JunctionRow, SiteRow
from ringfence.exchange.shapes import Shapes, shapes_of
from ringfence.network.city import DEGREE_E7, NONE_IX, City, Origin
from ringfence.network.texts import Texts

KINDS_MAX = 256


def city_of(rows: CityRows, report: Report) -> City:
    """The city, checked as a whole.

    Raises
    ------
    BadInput
        With every fault in `report` and those found here: no segments, no length, lines that start far from their
        junction, ids twice, forbidden movements whose segments don't meet.
    """
    if not rows.segments:
        report.add("no-segments", rows.source, "at least one street segment", "none", "Check what was exported.")
    junction_e7 = _e7(rows.junctions)
    shapes = shapes_of(rows.segments, junction_e7, report)
    _check_bans(rows, report)
    kind_ix, kinds = _numbered(rows.kinds, [one.kind for one in rows.segments], "kind", rows.source, report)
    site_kind_ix, site_kinds = _numbered(
        rows.site_kinds, [one.kind for one in rows.sites], "site kind", rows.source, report
    )
    report.refuse()
    aliases = [(ix, name) for ix, name in rows.aliases if name]  # an empty one names nothing
    names = sorted(
        {one.name for one in rows.segments}.union((name for _, name in aliases), (a.street for a in rows.addresses))
        - {""}
    )
    name_ix = {"": NONE_IX, **{name: ix for ix, name in enumerate(names)}}
    edge = rows.edge or edge_of(junction_e7)
    return City(
        **_junction_columns(rows, junction_e7, edge),
        **_segment_columns(rows, name_ix, kind_ix, shapes),
        kind=Texts.of(kinds),
        name=Texts.of(names),
        alias_segment_ix=_column((ix for ix, _ in aliases), np.int32),
        alias_name_ix=_column((name_ix[name] for _, name in aliases), np.int32),
        **_ban_columns(rows.bans),
        condition_segment_ix=_column((ix for ix, _ in rows.conditions), np.int32),
        condition=Texts.of(text for _, text in rows.conditions),
        address_number=Texts.of(one.number for one in rows.addresses),
        address_street_ix=_column((name_ix[one.street] for one in rows.addresses), np.int32),
        address_e7=_e7(rows.addresses).astype(np.int32),
        address_segment_ix=_column((one.segment_ix for one in rows.addresses), np.int32),
        address_offset_m=_column((one.offset_m for one in rows.addresses), np.float32),
        site_id=Texts.of(one.id for one in rows.sites),
        site_name=Texts.of(one.name for one in rows.sites),
        site_kind_ix=_column((site_kind_ix[one.kind] for one in rows.sites), np.uint8),
        site_e7=_e7(rows.sites).astype(np.int32),
        site_kind=Texts.of(site_kinds),
        origin=_origin(rows, edge),
    )


def _e7(rows: Sequence[JunctionRow | AddressRow | SiteRow]) -> NDArray[np.int64]:
    degrees = np.array([(one.lon, one.lat) for one in rows], dtype=np.float64).reshape(-1, 2)
    return np.rint(degrees * DEGREE_E7).astype(np.int64)


def _column(values: Iterable[float], dtype: type[np.generic]) -> NDArray[Any]:
    return np.array(list(values), dtype=dtype)


def _numbered(
    stated: list[str], used: list[str], what: str, where: str, report: Report
) -> tuple[dict[str, int], list[str]]:
    """Position of each kind, and the kinds: those that the file lists first, then the others, sorted."""
    kinds = list(dict.fromkeys(chain(stated, sorted(set(used)))))
    if len(kinds) > KINDS_MAX:
        do = "Check that the column holds kinds, not names."
        report.add("too-many-kinds", where, f"at most {KINDS_MAX} different values of {what}", str(len(kinds)), do)
    return {kind: ix for ix, kind in enumerate(kinds)}, kinds


def _junction_columns(
    rows: CityRows, junction_e7: NDArray[np.int64], edge: tuple[float, float, float, float]
) -> dict[str, Any]:
    stated = [one.clipped for one in rows.junctions]
    ends = np.array([(one.from_ix, one.to_ix) for one in rows.segments], dtype=np.int64)
    degree = np.bincount(ends.ravel(), minlength=len(stated))
    assumed = clipped_at(junction_e7, degree, edge) if None in stated else np.zeros(len(stated), dtype=bool)
    return {
        "junction_id": Texts.of(one.id for one in rows.junctions),
        "junction_e7": junction_e7.astype(np.int32),
        "junction_clipped": np.array(
            [default if said is None else said for said, default in zip(stated, assumed, strict=True)], dtype=bool
        ),
        "junction_blocked": _column((one.blocked for one in rows.junctions), np.uint8),
    }


def _segment_columns(
    rows: CityRows, name_ix: dict[str, int], kind_ix: dict[str, int], shapes: Shapes
) -> dict[str, Any]:
    segments = rows.segments
    return {
        "segment_id": Texts.of(one.id for one in segments),
        "segment_name_ix": _column((name_ix[one.name] for one in segments), np.int32),
        "segment_kind_ix": _column((kind_ix[one.kind] for one in segments), np.uint8),
        "segment_from_ix": _column((one.from_ix for one in segments), np.int32),
        "segment_to_ix": _column((one.to_ix for one in segments), np.int32),
        "segment_forward": _column((one.forward for one in segments), np.uint8),
        "segment_backward": _column((one.backward for one in segments), np.uint8),
        "segment_physical": _column((one.physical for one in segments), np.bool_),
        "segment_limited": _column((one.limited for one in segments), np.uint8),
        "segment_form": _column((one.form for one in segments), np.uint8),
        "segment_layer": _column((one.layer for one in segments), np.int8),
        "segment_lanes": _column((one.lanes for one in segments), np.uint8),
        "segment_maxspeed_kmh": _column((one.maxspeed_kmh for one in segments), np.uint16),
        "segment_width_dm": _column((one.width_dm for one in segments), np.uint16),
        "segment_box_e7": shapes.boxes().astype(np.int32),
        "shape_start": shapes.start,
        "shape_e7": shapes.points_e7.astype(np.int32),
    }


def _ban_columns(bans: list[BanRow]) -> dict[str, Any]:
    return {
        "ban_start": np.array([0, *accumulate(len(ban.segments) for ban in bans)], dtype=np.int64),
        "ban_segment_ix": _column(chain.from_iterable(ban.segments for ban in bans), np.int32),
        "ban_junction_ix": _column(chain.from_iterable((*ban.junctions, NONE_IX) for ban in bans), np.int32),
        "ban_mask": _column((ban.mask for ban in bans), np.uint8),
    }


def _check_bans(rows: CityRows, report: Report) -> None:
    """Each forbidden movement runs through segments that meet where it says. What is unknown was reported before."""
    ends = [(one.from_ix, one.to_ix) for one in rows.segments]
    for ban in rows.bans:
        if min(*ban.segments, *ban.junctions) < 0:
            continue
        steps = zip(ban.segments, ban.junctions, ban.segments[1:], strict=False)
        for segment, junction, next_segment in steps:
            if junction not in ends[segment] or junction not in ends[next_segment]:
                first, then = rows.segments[segment].id, rows.segments[next_segment].id
                found = f"{first!r} and {then!r} at {rows.junctions[junction].id!r}"
                do = "Correct the ids, or delete the movement."
                report.add("bad-movement", ban.where, "segments that meet at the junction between them", found, do)


def _origin(rows: CityRows, edge: tuple[float, float, float, float]) -> Origin:
    return Origin(
        source=rows.source,
        source_hash=rows.source_hash,
        timestamp=rows.timestamp,
        licence=rows.licence,
        edge=edge,
        edge_stated=rows.edge_stated,
        left_out=tuple(rows.left_out.items()),
    )
