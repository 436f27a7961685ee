"""How masks and forms are written in both forms of a city, and read back."""

from __future__ import annotations

from enum import Enum

from ringfence.base.traffic import ALL_CLASSES, PHYSICAL, VehicleClass
from ringfence.network.city import Form

PHYSICAL_WORD = "physical"
FORM_BITS = {"bridge": Form.BRIDGE, "tunnel": Form.TUNNEL, "roundabout": Form.ROUNDABOUT, "ramp": Form.RAMP}
CLASS_BITS = {one.value: one.bit for one in VehicleClass}


def _classes(mask: int) -> str:
    lawful = mask & ALL_CLASSES
    words = ["all"] if lawful == ALL_CLASSES else [name for name, bit in CLASS_BITS.items() if lawful & bit]
    if mask & PHYSICAL:
        words.append(PHYSICAL_WORD)
    return ",".join(words) or "none"


CLASS_WORDS = tuple(_classes(mask) for mask in range(2 * PHYSICAL))
"""Each mask in words: ``all``, ``none``, or a comma list; ``physical`` for the physical bit."""

FORM_WORDS = tuple(",".join(name for name, bit in FORM_BITS.items() if form & bit) for form in range(16))

_CLASS_WORD_BITS = {**CLASS_BITS, "all": ALL_CLASSES, "none": 0}


def find_classes(text: str) -> int | None:
    """The class mask of ``all``, ``none`` or a comma list, without the physical bit; None if a word is unknown."""
    return _sum(text, _CLASS_WORD_BITS)


def find_stopped(text: str) -> int | None:
    """As `find_classes`, but ``physical`` may stand there too; nothing means nobody."""
    return _sum(text, {**_CLASS_WORD_BITS, PHYSICAL_WORD: PHYSICAL}) if text else 0


def find_limited(text: str) -> int | None:
    """As `find_classes`, but nothing means nobody."""
    return _sum(text, _CLASS_WORD_BITS) if text else 0


def find_form(text: str) -> int | None:
    """The form bits of a comma list; None if a word is unknown."""
    return _sum(text, FORM_BITS) if text else 0


def _sum(text: str, bits: dict[str, int]) -> int | None:
    total = 0
    for word in text[:200].split(","):
        bit = bits.get(word.strip())
        if bit is None:
            return None
        total |= bit
    return total


class Stated(Enum):
    """What a cell says, if it says anything."""

    TRUE, FALSE, NOT = "true", "false", ""


def find_stated(text: str) -> Stated | None:
    """True, false or nothing stated; None for anything else."""
    words = {"true": Stated.TRUE, "1": Stated.TRUE, "false": Stated.FALSE, "0": Stated.FALSE, "": Stated.NOT}
    return words.get(text[:40].strip().lower())
