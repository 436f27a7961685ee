"""Whether a city's columns fit together: every index leads somewhere, every column is as long as its table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ringfence.base.errors import Fault
from ringfence.base.traffic import ALL_CLASSES, PHYSICAL
from ringfence.network.city import DEGREE_E7, NONE_IX, City
from ringfence.network.texts import Texts

_TABLES = {
    "junction_e7": ("junction_id", "junction_clipped", "junction_blocked"),
    "segment_from_ix": (
        "segment_id",
        "segment_name_ix",
        "segment_kind_ix",
        "segment_to_ix",
        "segment_forward",
        "segment_backward",
        "segment_physical",
        "segment_limited",
        "segment_form",
        "segment_layer",
        "segment_lanes",
        "segment_maxspeed_kmh",
        "segment_width_dm",
        "segment_box_e7",
    ),
    "alias_segment_ix": ("alias_name_ix",),
    "ban_segment_ix": ("ban_junction_ix",),
    "condition_segment_ix": ("condition",),
    "address_e7": ("address_number", "address_street_ix", "address_segment_ix", "address_offset_m"),
    "site_e7": ("site_id", "site_name", "site_kind_ix"),
    "rail_crossing_segment_ix": ("rail_crossing_offset_m",),
}
"""For each table one column that gives its length, and the others."""

_INDEXES = {
    "segment_name_ix": ("name", -1),
    "segment_kind_ix": ("kind", 0),
    "segment_from_ix": ("junction_id", 0),
    "segment_to_ix": ("junction_id", 0),
    "alias_segment_ix": ("segment_id", 0),
    "alias_name_ix": ("name", 0),
    "ban_segment_ix": ("segment_id", 0),
    "ban_junction_ix": ("junction_id", -1),
    "condition_segment_ix": ("segment_id", -1),
    "address_street_ix": ("name", -1),
    "address_segment_ix": ("segment_id", -1),
    "site_kind_ix": ("site_kind", 0),
    "rail_crossing_segment_ix": ("segment_id", 0),
}
"""Columns of positions, the table that they lead to, and the lowest value allowed."""

_BITS = {
    "junction_blocked": ALL_CLASSES | PHYSICAL,
    **dict.fromkeys(("segment_forward", "segment_backward", "segment_limited", "ban_mask"), ALL_CLASSES),
}
"""Columns of class bits, and the bits that stand for something."""

_WIDE = {"junction_e7": 2, "segment_box_e7": 4, "shape_e7": 2, "address_e7": 2, "site_e7": 2}


def check_city(city: City, where: str) -> list[Fault]:
    """Every way in which a city's columns do not fit together, as faults. A few passes over the columns."""
    return [
        Fault("bad-columns", where, "columns that fit together", found, "Import the streets again.")
        for found in _misfits(city)
    ]


def _misfits(city: City) -> Iterator[str]:
    lengths = list(_wrong_shapes(city)) or list(_wrong_lengths(city))
    yield from lengths
    if not lengths:  # else the values can't be told apart
        yield from _wrong_values(city)
        yield from _wrong_texts(city)


def _wrong_shapes(city: City) -> Iterator[str]:
    for name, value in vars(city).items():
        width = (_WIDE[name],) if name in _WIDE else ()
        for column in (value.data, value.starts) if isinstance(value, Texts) else (value,):
            if isinstance(column, np.ndarray) and (column.ndim == 0 or column.shape[1:] != width):
                yield f"{name} of shape {column.shape}"


def _wrong_lengths(city: City) -> Iterator[str]:
    for first, others in _TABLES.items():
        length = len(getattr(city, first))
        for name in others:
            if len(getattr(city, name)) != length:
                yield f"{name} of length {len(getattr(city, name))} beside {first} of length {length}"
    for name, value in vars(city).items():
        if isinstance(value, Texts):
            yield from _bad_starts(f"{name}.starts", value.starts, len(value.data), shortest=0)
    yield from _bad_starts("shape_start", city.shape_start, len(city.shape_e7), shortest=2)
    yield from _bad_starts("ban_start", city.ban_start, len(city.ban_segment_ix), shortest=2)
    for name, count in (("shape_start", city.segment_count), ("ban_start", len(city.ban_mask))):
        if len(getattr(city, name)) != count + 1:
            yield f"{name} of length {len(getattr(city, name))} for {count} rows"


def _wrong_values(city: City) -> Iterator[str]:
    for name, (table, lowest) in _INDEXES.items():
        column = getattr(city, name)
        if len(column) and not (lowest <= int(column.min()) and int(column.max()) < len(getattr(city, table))):
            yield f"{name} from {column.min()} to {column.max()}, of {len(getattr(city, table))} in {table}"
    for name, bits in _BITS.items():
        if (getattr(city, name) & ~np.uint8(bits)).any():
            yield f"{name} with bits that stand for nothing"
    behind_last = np.zeros(len(city.ban_junction_ix), dtype=bool)
    behind_last[city.ban_start[1:] - 1] = True
    if ((city.ban_junction_ix == NONE_IX) != behind_last).any():
        yield f"ban_junction_ix that is not {NONE_IX} behind each last segment and nowhere else"
    if len(city.address_offset_m) and not np.isfinite([city.address_offset_m.min(), city.address_offset_m.max()]).all():
        yield "address_offset_m that is no number"
    segment_ix, offset_m = city.rail_crossing_segment_ix, city.rail_crossing_offset_m
    if not (np.isfinite(offset_m) & (offset_m >= 0)).all():
        yield "rail_crossing_offset_m that lies on no street"
    elif not np.array_equal(np.lexsort([offset_m, segment_ix]), np.arange(len(offset_m))):
        yield "rail_crossing_segment_ix and rail_crossing_offset_m that are not in order"
    for name in ("junction_e7", "shape_e7", "address_e7", "site_e7"):
        if _off_the_globe(getattr(city, name)):
            yield f"{name} off the globe"


def _wrong_texts(city: City) -> Iterator[str]:
    for name, value in vars(city).items():
        if isinstance(value, Texts):
            starts = value.starts[:-1][np.diff(value.starts) > 0]
            try:
                value.data.tobytes().decode()
            except UnicodeDecodeError:
                yield f"{name} that is not UTF-8"
            else:
                if ((value.data[starts] & 0xC0) == 0x80).any():
                    yield f"{name} that begins within a letter"


def _bad_starts(name: str, starts: NDArray[np.int64], end: int, *, shortest: int) -> Iterator[str]:
    if not len(starts) or starts[0] != 0 or starts[-1] != end or (np.diff(starts) < shortest).any():
        yield f"{name} that do not run from 0 to {end} in steps of at least {shortest}"


def _off_the_globe(e7: NDArray[np.int32]) -> bool:
    # By column: numpy is slow at rows of two.
    ends = ((e7[:, axis].min(), e7[:, axis].max(), end) for axis, end in enumerate((180, 90)))
    return bool(len(e7)) and any(low < -end * DEGREE_E7 or high > end * DEGREE_E7 for low, high, end in ends)
