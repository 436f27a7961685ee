"""PBF taken apart into its blocks and put together again, lengths and all: just enough of protobuf for that."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import NamedTuple

_LENGTH_DELIMITED = 2


class Block(NamedTuple):
    """One block of a PBF file: `OSMHeader` or `OSMData`, its content out of any compression."""

    kind: bytes
    content: bytes


def blocks_of(data: bytes) -> list[Block]:
    """The blocks of a whole PBF file."""
    blocks = []
    at = 0
    while at < len(data):
        head_end = at + 4 + int.from_bytes(data[at : at + 4], "big")
        head = dict(_fields(data[at + 4 : head_end]))
        size = head[3]
        assert isinstance(size, int)
        blob = dict(_fields(data[head_end : head_end + size]))
        raw, packed, kind = blob.get(1), blob.get(3), head[1]
        assert isinstance(kind, bytes)
        blocks.append(Block(kind, raw if isinstance(raw, bytes) else zlib.decompress(packed)))  # type: ignore[arg-type]
        at = head_end + size
    return blocks


def written(block: Block, *, packed: bool, raw_size: int | None = None) -> bytes:
    """A block as it stands in a file; `raw_size` is what it says of its size, if not the truth."""
    size = _varint(2, len(block.content) if raw_size is None else raw_size)
    blob = size + _bytes(3, zlib.compress(block.content, 1)) if packed else _bytes(1, block.content)
    head = _bytes(1, block.kind) + _varint(3, len(blob))
    return len(head).to_bytes(4, "big") + head + blob


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field numbers and values of a message that holds numbers and bytes only."""
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        value, at = _read_varint(data, at)
        if key & 7 == _LENGTH_DELIMITED:
            yield key >> 3, data[at : at + value]
            at += value
        else:
            yield key >> 3, value


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _varint(field: int, value: int) -> bytes:
    return bytes([field << 3]) + _plain_varint(value % 2**64)


def _bytes(field: int, value: bytes) -> bytes:
    return bytes([field << 3 | _LENGTH_DELIMITED]) + _plain_varint(len(value)) + value


def _plain_varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
