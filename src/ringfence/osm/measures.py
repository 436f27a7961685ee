"""Numbers in tags: widths, speeds, lanes, layers. What can't be read counts as not there; what is too big is cut."""

from __future__ import annotations

import math
import re

_METRES = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+) ?m?")
_FEET = re.compile(r"([0-9]+(?:\.[0-9]+)?)'(?: ?([0-9]+(?:\.[0-9]+)?)\")?")
_SPEED = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(km/h|kmh|kph|mph|knots)?")
_WHOLE = re.compile(r"[+-]?[0-9]+(?:\.0+)?")

FOOT_M, INCH_M = 0.3048, 0.0254
_KMH_PER = {"mph": 1.609344, "knots": 1.852}

CLEAR_WIDTH_KEYS = ("maxwidth:physical", "maxwidth", "width")
"""How wide something may be that passes, the most telling first."""

WIDTH_KEYS = (*CLEAR_WIDTH_KEYS, "est_width")


def length_m(value: str) -> float | None:
    """Metres of ``2``, ``2.5 m``, ``6'7"`` or ``6'``; None for anything else."""
    if match := _METRES.fullmatch(value):
        return float(match[1])
    if match := _FEET.fullmatch(value):
        return float(match[1]) * FOOT_M + float(match[2] or 0) * INCH_M
    return None


def width_m(tags: dict[str, str], keys: tuple[str, ...] = WIDTH_KEYS) -> float | None:
    """The first width of `keys` that can be read."""
    return next((width for key in keys if key in tags and (width := length_m(tags[key])) is not None), None)


def speed_kmh(value: str) -> int:
    """Whole km/h of ``50``, ``50 km/h``, ``30 mph``; 0 for anything else."""
    match = _SPEED.fullmatch(value)
    return bounded(float(match[1]) * _KMH_PER.get(match[2] or "", 1.0), 0, 65535) if match else 0


def whole(value: str, low: int, high: int) -> int:
    """A whole number, cut to `low` and `high`; 0 for anything else."""
    return bounded(float(value), low, high) if _WHOLE.fullmatch(value) else 0


def bounded(number: float, low: int, high: int) -> int:
    """The nearest whole number from `low` to `high`."""
    if math.isinf(number):
        return high if number > 0 else low
    return int(min(max(round(number), low), high))
