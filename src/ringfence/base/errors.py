"""The one family of errors: each names what was expected, what was found, where, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input.

    Attributes
    ----------
    code : str
        Permanent, machine-readable name, such as ``barrier-off-network``.
    where : str
        File and line, entry or field.
    expected, found, do : str
        What should stand there, what stands there, and the next step for a person.
    """

    code: str
    where: str
    expected: str
    found: str
    do: str

    def __post_init__(self) -> None:
        # What was found may be hostile: it is shown short, and without what could steer a terminal or a reader's eye.
        for name in ("where", "expected", "found", "do"):
            object.__setattr__(self, name, shown(getattr(self, name)))

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}; found {self.found}. {self.do} [{self.code}]"


def shown(text: str, length_max: int = 400) -> str:
    """Text fit to be shown: control and direction characters replaced, cut to `length_max` characters."""
    safe = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:length_max])
    return safe if len(text) <= length_max else safe[: length_max - 3] + "..."


class RingfenceError(Exception):
    """Root of all errors that Ringfence raises on purpose."""

    exit_code = 3


class BadInput(RingfenceError):
    """What came in can't be used. Carries every fault that was found, never only the first."""

    exit_code = 2

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Unsupported(BadInput):
    """The request is clear, but this version does not do it."""


class Conflict(RingfenceError):
    """The request is sound but contradicts what is held. Carries every fault that was found."""

    exit_code = 2

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class OurFault(RingfenceError):
    """Something inside Ringfence broke its own promise; please report it."""


def refuse_if(faults: list[Fault]) -> None:
    """Raise `BadInput` with all `faults`, if there are any."""
    if faults:
        raise BadInput(faults)


@contextmanager
def gathering(faults: list[Fault]) -> Iterator[None]:
    """Add what is wrong within to `faults`, and go on: for `refuse_if` to tell it with the rest."""
    try:
        yield
    except BadInput as error:
        faults += error.faults
