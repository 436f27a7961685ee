"""The network file: its bytes, its header, and what the checksum cannot keep out because it was made anew."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from blake3 import blake3

from ringfence.network import City, read_network_file, write_network_file
from tests.fuzz.city_use import use_city
from tests.fuzz.door import Outcome, Trial, answer
from tests.fuzz.spoiling import odd_json, odd_text, spoil_bytes, spoil_json, whole_number
from tests.property.cities import draw_city

LOOKED_AT_CLOSELY = 0.1
DTYPES = ("BOOL", "U8", "I8", "U16", "I16", "F16", "BF16", "I32", "U32", "F32", "I64", "U64", "F64", "", "|O", "S8")
DEEP = "very deep"
_DEEP = re.compile(rf'\\?"{DEEP}\\?"')
"""Where it stands in a header, or in the JSON inside it."""


class Parts(NamedTuple):
    """A network file taken apart. `about` is the JSON inside the header's JSON."""

    header: dict[str, Any]
    about: dict[str, Any]
    data: bytes


def open_network_files(folder: Path) -> Trial:
    """Files of small cities, spoiled as a disk would, and as somebody would who knows the format."""
    whole = [_written(draw_city(seed, 6, 8, bans=4, addresses=4, sites=3), folder) for seed in range(6)]
    path = folder / "fuzz.rfn"

    def trial(random_: random.Random) -> Outcome:
        data = random_.choice(whole)
        spoiled = spoil_bytes(data, random_) if random_.random() < 0.2 else _spoiled_parts(data, random_)
        path.unlink(missing_ok=True)  # not written over: an older city may still be mapped to it
        path.write_bytes(spoiled)
        return answer(lambda: use_city(read_network_file(path), random_, often=LOOKED_AT_CLOSELY))

    return trial


def _written(city: City, folder: Path) -> bytes:
    path = folder / "whole.rfn"
    write_network_file(city, path)
    return path.read_bytes()


def _spoiled_parts(data: bytes, random_: random.Random) -> bytes:
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    parts = Parts(header, json.loads(header["__metadata__"].pop("ringfence")), data[8 + length :])
    for _ in range(random_.choice((1, 1, 1, 2, 3))):
        parts = random_.choice(_WAYS_TO_SPOIL)(parts, random_)
    return _put_together(parts, random_)


def _put_together(parts: Parts, random_: random.Random) -> bytes:
    header, about = parts.header, parts.about
    if random_.random() < 0.95:
        about["content"] = _checksum(parts)
    if isinstance(header.get("__metadata__"), dict):
        header["__metadata__"]["ringfence"] = json.dumps(about)
    depth = random_.choice((50, 400, 900, 960, 990, 5_000))
    # Put in as text, because what writes JSON would run out of stack, too.
    encoded = _DEEP.sub("[" * depth + "]" * depth, json.dumps(header)).encode()
    length = len(encoded) if random_.random() < 0.97 else whole_number(random_) % 2**64
    return length.to_bytes(8, "little") + encoded + parts.data


def _checksum(parts: Parts) -> str:
    """As the format has it: over columns, format and origin as JSON, then over the columns' bytes."""
    columns = {name: column for name, column in parts.header.items() if name != "__metadata__"}
    text = json.dumps(
        [columns, parts.about.get("format"), parts.about.get("origin")], sort_keys=True, ensure_ascii=False
    )
    return blake3(text.encode(errors="surrogatepass") + parts.data).hexdigest()


def _column(parts: Parts, random_: random.Random) -> dict[str, Any]:
    names = [name for name, one in parts.header.items() if name != "__metadata__" and isinstance(one, dict)]
    column: dict[str, Any] = parts.header[random_.choice(names)] if names else {}
    return column


def _type(parts: Parts, random_: random.Random) -> Parts:
    _column(parts, random_)["dtype"] = random_.choice((*DTYPES, odd_json(random_)))
    return parts


def _shape(parts: Parts, random_: random.Random) -> Parts:
    column = _column(parts, random_)
    size = random_.choice((whole_number(random_), -1, 0, 1, 2, 10**30))
    column["shape"] = random_.choice(
        ([size], [size, 2], [2, size], [size, size, size], [], [1] * 70, [-1, 2], [True], odd_json(random_))
    )
    return parts


def _offsets(parts: Parts, random_: random.Random) -> Parts:
    """Beyond the end, backwards, over another column, or of no length."""
    column = _column(parts, random_)
    held = [one["data_offsets"] for one in (column, _column(parts, random_)) if _is_pair(one.get("data_offsets"))]
    start, end = random_.choice(held or [[0, 8]])
    column["data_offsets"] = random_.choice(
        (
            [start, end],
            [end, start],
            [start, start],
            [start + random_.choice((-8, -1, 1, 4, 8)), end],
            [start, end + random_.choice((-8, -1, 1, 4, 8))],
            [whole_number(random_), whole_number(random_)],
            [0, whole_number(random_)],
            [-8, -4],
            [0, 10**30],
            odd_json(random_),
        )
    )
    return parts


def _is_pair(offsets: object) -> bool:
    """Not if an earlier change has put something else there."""
    return isinstance(offsets, list) and len(offsets) == 2 and all(isinstance(one, int) for one in offsets)


def _bytes(parts: Parts, random_: random.Random) -> Parts:
    """The columns' bytes, in place: positions that lead nowhere, texts that are none."""
    data = bytearray(parts.data)
    for _ in range(random_.randint(1, 4)):
        if data:
            start = random_.randrange(len(data))
            size = random_.choice((1, 2, 4, 8))
            value = whole_number(random_).to_bytes(8, "little", signed=True)[:size]
            data[start : start + size] = value[: len(data) - start]
    return parts._replace(data=bytes(data))


def _length(parts: Parts, random_: random.Random) -> Parts:
    return parts._replace(
        data=random_.choice((parts.data[: random_.randrange(len(parts.data) + 1)], parts.data * 2, b""))
    )


def _origin(parts: Parts, random_: random.Random) -> Parts:
    spoil_json(parts.about, random_)
    return parts


def _header(parts: Parts, random_: random.Random) -> Parts:
    spoil_json(parts.header, random_)
    return parts


def _names(parts: Parts, random_: random.Random) -> Parts:
    """A column of another name, or two columns in each other's place."""
    names = list(parts.header)
    if names:
        name, other = random_.choice(names), random_.choice((*names, odd_text(random_)))
        parts.header[other], held = parts.header.pop(name), parts.header.get(other)
        if held is not None:
            parts.header[name] = held
    return parts


def _deep(parts: Parts, random_: random.Random) -> Parts:
    """JSON so deep that a reader which follows it may run out of stack."""
    place: dict[str, Any] = random_.choice((parts.header, parts.about, _column(parts, random_)))
    place[random_.choice(("shape", "origin", "format", "further"))] = DEEP
    return parts


_WAYS_TO_SPOIL: tuple[Callable[[Parts, random.Random], Parts], ...] = (
    _type, _shape, _offsets, _bytes, _bytes, _bytes, _bytes, _length, _origin, _origin, _header, _names, _deep,
)  # fmt: skip
