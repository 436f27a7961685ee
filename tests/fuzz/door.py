"""What a door is: a place where something from outside comes in, and one trial of it."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from ringfence.base.errors import BadInput, Fault

SECONDS_MAX = 5.0
"""An input that takes longer hangs."""

FAULT_LENGTH_MAX = 2_000
"""Characters of one fault: its four parts are cut to 400 each, whatever was found."""


class Outcome(Enum):
    """The two ends that an input may come to."""

    ANSWERED = "answered"
    REFUSED = "refused"


Trial = Callable[[random.Random], Outcome]
"""Draws an input and puts it to a reader. Whatever it raises is a finding."""


class Door(NamedTuple):
    """A reader that is tried.

    Attributes
    ----------
    share : int
        Of a thousand inputs, how many come to this door.
    decoded : bool
        Whether its inputs are altered behind the container and its compression, so that they reach the tags.
    open : callable
        Gets a folder of its own for files, and makes the trial; what is slow to make is made here, once.
    """

    name: str
    share: int
    decoded: bool
    open: Callable[[Path], Trial]


class TooSlow(BaseException):
    """Raised in the middle of an input that takes too long. No reader that catches every `Exception` swallows it."""


def answer(read: Callable[[], object]) -> Outcome:
    """Whether `read` answers or refuses; a refusal must say why in words that can be shown."""
    try:
        read()
    except BadInput as refusal:
        check_refusal(refusal)
        return Outcome.REFUSED
    return Outcome.ANSWERED


def check_refusal(refusal: BadInput) -> None:
    """A refusal has at least one fault, and each fits on a screen."""
    assert refusal.faults, "a refusal without a fault"
    for fault in refusal.faults:
        assert isinstance(fault, Fault), "a fault of another kind"
        shown = str(fault)
        assert shown.isprintable(), f"a fault that can't be shown: {shown!r}"
        assert 0 < len(shown) <= FAULT_LENGTH_MAX, f"a fault of {len(shown)} characters"
        assert fault.code, "a fault without a code"
        shown.encode()  # half a surrogate pair would fail here


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TooSlow` in what runs within, once `seconds` have passed."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
