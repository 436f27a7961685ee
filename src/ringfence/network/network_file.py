"""The network file (`*.rfn`): a city's columns in a safetensors container, memory-mapped, with a checksum over all.

docs/network-file.md describes it. The container is an eight-byte length, a JSON header and the columns' bytes; it is
written by the safetensors library and mapped here, so that opening a city reads no more than is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from ringfence.base.errors import BadInput, Fault
from ringfence.base.files import new_file
from ringfence.network.city import City, Origin
from ringfence.network.city_check import check_city
from ringfence.network.texts import Texts

FORMAT = 2
_ADDED = {2: frozenset({"rail_crossing_segment_ix", "rail_crossing_offset_m"})}
"""Columns that a format added. A file of an earlier one lacks them; its city has them empty."""
SUFFIX = ".rfn"
HEADER_BYTES_MAX = 1 << 20
ORIGIN_CHARACTERS_MAX = 100_000
"""However these are written down, the header stays below its limit."""

Columns = dict[str, NDArray[Any]]

_DTYPES = {
    "BOOL": np.dtype(np.bool_),
    "U8": np.dtype(np.uint8),
    "I8": np.dtype(np.int8),
    "U16": np.dtype("<u2"),
    "I32": np.dtype("<i4"),
    "F32": np.dtype("<f4"),
    "I64": np.dtype("<i8"),
}
_HINTS = get_type_hints(City)
_TEXTS = frozenset(field.name for field in fields(City) if _HINTS[field.name] is Texts)
_ARRAYS = frozenset(field.name for field in fields(City)) - _TEXTS - {"origin", "content_hash"}
_TYPES = {
    **{name: np.dtype(get_args(get_args(_HINTS[name])[1])[0]) for name in _ARRAYS},
    **{f"{name}.data": np.dtype(np.uint8) for name in _TEXTS},
    **{f"{name}.starts": np.dtype(np.int64) for name in _TEXTS},
}
"""Every column of the file, with its type."""


def write_network_file(city: City, path: Path) -> City:
    """Write a city to a network file; the same city gives the same bytes.

    Returns
    -------
    City
        With its content hash.

    Raises
    ------
    BadInput
        ``cannot-write``, ``origin-too-long``; nothing is left half-written.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    blank = "0" * 64
    about = _about(city, blank)
    if len(about) > ORIGIN_CHARACTERS_MAX:
        found = f"{len(about):,} characters of it"
        do = "Shorten its licence or its list of what was left out."
        raise _refused("origin-too-long", path, f"an origin of at most {ORIGIN_CHARACTERS_MAX:,} characters", found, do)
    with new_file(path, replace=True, fails_with=SafetensorError) as new:
        # The library decides where each column lies, so the checksum is put in its place once that is written.
        save_file(_columns(city), new, metadata={"ringfence": about})
        content = _content_hash(*_open(new))
        _patch(new, blank, content)
    return replace(city, content_hash=content)


def read_network_file(path: Path) -> City:
    """Open a network file. Its columns stay on disk until they are looked at; the checksum is verified now.

    Raises
    ------
    BadInput
        ``no-file``, ``not-a-network-file``, ``network-file-newer`` (made by a later version),
        ``network-file-damaged`` (cut short or altered).
    """
    try:
        data, header = _open(path)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise _refused("no-file", path, "a network file that can be read", found, "Correct the name.") from error
    except ValueError as error:
        do = f"Import the streets first: ringfence network import FILE -o NAME{SUFFIX}"
        raise _refused("not-a-network-file", path, "a network file", str(error), do) from error
    about = json.loads(header["__metadata__"]["ringfence"])
    try:
        if _content_hash(data, header) != about["content"]:
            raise _damaged(path, "columns that do not match their checksum")
        city = _city(data, header, about)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from error
    faults = check_city(city, path.name)
    if faults:
        raise BadInput(faults)
    return city


def _columns(city: City) -> Columns:
    columns: Columns = {name: np.ascontiguousarray(getattr(city, name)) for name in _ARRAYS}
    for name in _TEXTS:
        texts: Texts = getattr(city, name)
        columns[f"{name}.data"], columns[f"{name}.starts"] = texts.data, texts.starts
    return columns


def _about(city: City, content: str) -> str:
    origin = asdict(city.origin)
    return json.dumps({"content": content, "format": FORMAT, "origin": origin}, sort_keys=True, ensure_ascii=False)


def _patch(path: Path, blank: str, content: str) -> None:
    """Put the checksum where its place was kept."""
    with path.open("rb+") as file:
        head = file.read(HEADER_BYTES_MAX)
        file.seek(head.index(blank.encode()))
        file.write(content.encode())


def _open(path: Path) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """The bytes behind the header, mapped, and the header.

    Raises
    ------
    OSError, ValueError
        If it can't be read, or is no network file.
    """
    size = path.stat().st_size
    if size < 8:
        message = f"{size} bytes" if size else "an empty file"
        raise ValueError(message)
    whole = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))  # a plain array: memmap's own views are slow
    length = int.from_bytes(whole[:8].tobytes(), "little")
    if not 2 <= length <= min(size - 8, HEADER_BYTES_MAX):
        message = "something else, by its first bytes"
        raise ValueError(message)
    try:
        header = json.loads(whole[8 : 8 + length].tobytes())
        about = json.loads(header["__metadata__"]["ringfence"])
        number = about["format"]
        content = about["content"]
    except (ValueError, KeyError, TypeError, RecursionError):
        message = "something else, by its header"
        raise ValueError(message) from None
    if not isinstance(number, int) or not isinstance(content, str):
        message = "a header without format and checksum"
        raise ValueError(message)
    if number > FORMAT:
        do = "Update Ringfence, or import the streets again with this version."
        raise _refused("network-file-newer", path, f"format {FORMAT} or older", f"format {number}", do)
    return whole[8 + length :], header


def _content_hash(data: NDArray[np.uint8], header: Mapping[str, Any]) -> str:
    """BLAKE3 over the columns' names, shapes and bytes, and the origin."""
    about = json.loads(header["__metadata__"]["ringfence"])
    described = {name: column for name, column in header.items() if name != "__metadata__"}
    text = json.dumps([described, about["format"], about.get("origin")], sort_keys=True, ensure_ascii=False)
    hasher = blake3(text.encode(), max_threads=blake3.AUTO)
    hasher.update(memoryview(data))  # type: ignore[arg-type]
    return hasher.hexdigest()


def _city(data: NDArray[np.uint8], header: Mapping[str, Any], about: Mapping[str, Any]) -> City:
    def column(name: str) -> NDArray[Any]:
        held = header[name]
        start, end = held["data_offsets"]
        if _DTYPES.get(held["dtype"]) != _TYPES[name]:
            message = f"{name} of type {held['dtype']}"
            raise ValueError(message)
        values: NDArray[Any] = data[start:end].view(_TYPES[name]).reshape(held["shape"])
        return values

    later = frozenset[str]().union(*(names for number, names in _ADDED.items() if about["format"] < number))
    missing = _TYPES.keys() - header.keys() - later
    if missing:
        message = f"no column {min(missing)}"
        raise KeyError(message)
    texts = {name: Texts(column(f"{name}.data"), column(f"{name}.starts")) for name in _TEXTS}
    columns: dict[str, Any] = {**{name: column(name) for name in _ARRAYS - later}, **texts}
    return City(**columns, origin=_origin(about["origin"]), content_hash=about["content"])


def _origin(held: Mapping[str, Any]) -> Origin:
    """The origin; KeyError, TypeError, ValueError or OverflowError if it does not hold what it should."""
    west, south, east, north = map(float, held["edge"])
    left_out = tuple((str(reason), int(count)) for reason, count in held["left_out"])
    origin = Origin(**{**held, "edge": (west, south, east, north), "left_out": left_out})
    told = (origin.source, origin.source_hash, origin.timestamp, origin.licence)
    if not all(isinstance(one, str) for one in told) or not isinstance(origin.edge_stated, bool):
        message = "an origin that does not say what it should"
        raise TypeError(message)
    if not np.isfinite(origin.edge).all():
        message = "an edge that lies nowhere"
        raise ValueError(message)
    return origin


def _refused(code: str, path: Path, expected: str, found: str, do: str) -> BadInput:
    return BadInput([Fault(code, path.name, expected, found, do)])


def _damaged(path: Path, found: str) -> BadInput:
    do = "Copy it again from where it came, or import the streets again."
    return _refused("network-file-damaged", path, "a whole network file", found, do)
