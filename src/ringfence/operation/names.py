"""Collecting faults about names that lead nowhere or stand twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Protocol

from ringfence.base.errors import Fault

SHOWN_MAX = 12
"""More names than these are not a list that somebody reads."""


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


class Names:
    """Adds a fault for each name that is not known, or not unique."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def unique(self, where: str, records: Sequence[_HasId]) -> set[str]:
        """The ids; a fault for each that stands twice."""
        seen: set[str] = set()
        for record in records:
            if record.id in seen:
                self.faults.append(
                    Fault("id-twice", where, "ids that stand once", repr(record.id), "Rename or delete one.")
                )
            seen.add(record.id)
        return seen

    def known(self, where: str, what: str, names: Iterable[str], known: Iterable[str]) -> None:
        """A fault for each of `names` that is not `known`; `what` says what they name."""
        allowed = known if isinstance(known, Set) else set(known)
        for name in names:
            if name not in allowed:
                shown = _listed(allowed) or "none is declared"
                self.faults.append(
                    Fault(f"unknown-{what}", where, f"a known {what} ({shown})", repr(name), "Correct the name.")
                )


def _listed(allowed: Set[str]) -> str:
    words = ", ".join(sorted(allowed)[:SHOWN_MAX])
    return f"such as {words}" if len(allowed) > SHOWN_MAX else words
