"""Values that nobody expects, and ways to spoil bytes and JSON."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

WHOLE = (
    0, 1, -1, 2, 127, 128, 255, 256, -129, 32767, 65535, 65536, 2**31 - 1, 2**31, -(2**31), 2**32, 2**32 + 1, 2**53 - 1,
    2**53, 2**53 + 1, -(2**53), 2**62, 2**63 - 1, -(2**63) + 1, -(2**63),
)  # fmt: skip
"""Numbers on both sides of what types and formats can hold; all fit in 64 bits."""

FIGURES = (
    "0", "-0", "1", "-1", "+1", "1.0", "1.5", ".5", "5.", "1e3", "1e308", "1e999", "-1e999", "nan", "NaN", "inf",
    "-inf", "0x10", "1_000", "١٢", "²", "½", "1,5", "1;2", "99999999999999999999", "9" * 400, "0." + "0" * 400 + "1",
    "2.5 m", "2.5m", "6'7\"", "6'", "7\"", "30 mph", "50 km/h", "signals", "none", "walk", " 5 ", "--5", "5-", "1e-400",
    "214.7483647", "-214.7483648", "180", "180.0000001", "-180", "90", "-90", "90.0000001",
)  # fmt: skip
"""Numbers as text, and what looks like one."""

TEXTS = (
    "", " ", "  ", "\t", "\n", "\r\n", "\x00", "\x01", "\x1b[31m", "\x7f", "\x85", "\u00a0", "\u00ad", "\u200b",
    "\u200f", "\u202e", "\u2028", "\u2066", "\ufeff", "\ufffd", "\uffff", "\ud800", "\udfff", "\U0010ffff",
    "\U000e0001", "\u00e9", "e\u0301", "ß", "İ", "ı", "ﬁ", "あ", "𝄞", "👩‍🚒", "=", ",", "@", "%", "%20%", "%%",
    "%zz%", ";", ";;", ":", "/", "\\", "'", '"', "<", "&amp;",
    "../../etc/passwd", "http://localhost/", "file:///dev/zero", "{}", "[]", "null", "True", "a" * 255, "a" * 5000,
    "ä" * 300, "; " * 200, "\u0301" * 300, "\u202e" * 300,
)  # fmt: skip
"""Empty, invisible, half, steering, escaping, and long."""

SPLICES = (
    b"\x00", b"\xff", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", "\u202e".encode(),
    b"\t", b"\n", b"\r", b",", b'"', b"'", b"<", b">", b"&", b"&#0;", b"&#x202e;", b"nan", b"inf", b"-1e308", b"1e999",
    b"-1", b"99999999999999999999", b"9" * 5000, b"[" * 3000, b"{" * 3000, b"(" * 300, b"null", b"true",
    b"LINESTRING ()", b"LINESTRING (0 0, 0 0)", b"\x80" * 12, b"\xff" * 12, b"\x00" * 600, b"a" * 70_000,
)  # fmt: skip
"""Bytes that end, open, escape, overflow, or belong to another encoding."""


def odd_text(random_: random.Random) -> str:
    """A text that nobody expects."""
    kind = random_.randrange(4)
    if kind == 0:
        return random_.choice(FIGURES)
    if kind == 1:
        return random_.choice(TEXTS)
    if kind == 2:
        return random_.choice(TEXTS) + random_.choice(FIGURES) + random_.choice(TEXTS)
    top = random_.choice((0x80, 0x250, 0x3000, 0x110000))
    return "".join(chr(random_.randrange(top)) for _ in range(random_.randrange(12)))


def whole_number(random_: random.Random) -> int:
    """A whole number of 64 bits, most often near a limit."""
    if random_.random() < 0.2:
        return random_.getrandbits(64) - 2**63
    return min(max(random_.choice(WHOLE) + random_.choice((-1, 0, 0, 0, 1)), -(2**63)), 2**63 - 1)


def spoil_bytes(data: bytes, random_: random.Random, times_max: int = 4) -> bytes:
    """Flip, set, cut, double, swap, splice: a few times over."""
    changed = bytearray(data)
    for _ in range(random_.randint(1, times_max)):
        start = random_.randrange(len(changed) + 1)
        end = min(len(changed), start + random_.choice((1, 1, 4, 8, 40, 400)))
        kind = random_.randrange(8)
        if kind <= 1 and start < len(changed):
            changed[start] ^= 1 << random_.randrange(8)
        elif kind == 2 and start < len(changed):
            changed[start] = random_.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif kind == 3:
            del changed[start:end]
        elif kind == 4:
            changed[start:start] = changed[start:end]
        elif kind == 5:
            changed[start:end] = random_.choice(SPLICES)
        elif kind == 6:
            other = random_.randrange(len(changed) + 1)
            changed[start:end], changed[other : other + end - start] = (
                changed[other : other + end - start],
                changed[start:end],
            )
        elif random_.random() < 0.3:
            del changed[start:]
    return bytes(changed)


def odd_json(random_: random.Random) -> Any:
    """A value of any kind that JSON (as Python reads it) can hold."""
    return random_.choice(_ODD_JSON)(random_)


_ODD_JSON: tuple[Callable[[random.Random], Any], ...] = (
    odd_text,
    odd_text,
    whole_number,
    lambda random_: random_.choice(
        (0.0, -0.0, 0.5, 1e-320, 1e308, -1e308, 1e15, 180.0, 90.1, 10**30, -(10**400), math.inf)
    ),
    lambda random_: random_.choice((None, True, False)),
    lambda random_: [odd_json(random_) for _ in range(random_.randrange(4))],
    lambda random_: {odd_text(random_): odd_json(random_) for _ in range(random_.randrange(3))},
    lambda random_: random_.choice(([], {}, [[]], [[0, 0]], [[0, 0], [1, 1]], [None], [0, 0])),
)


def spoil_json(value: Any, random_: random.Random) -> Any:
    """The value with one thing somewhere in it replaced, dropped, doubled or moved; it is changed in place."""
    while isinstance(value, dict | list) and len(value) and random_.random() < 0.97:
        key: Any = random_.choice(list(value)) if isinstance(value, dict) else random_.randrange(len(value))
        inner = value[key]
        if isinstance(inner, dict | list) and len(inner) and random_.random() < 0.85:
            value = inner
            continue
        kind = random_.randrange(6)
        if kind <= 2:
            value[key] = odd_json(random_)
        elif kind == 3:
            del value[key]
        elif kind == 4:
            other: Any = random_.choice(list(value)) if isinstance(value, dict) else random_.randrange(len(value))
            value[key], value[other] = value[other], value[key]
        elif isinstance(value, list):
            value.insert(random_.randrange(len(value) + 1), inner)
        else:
            value[odd_text(random_)] = inner
        return value
    return value
