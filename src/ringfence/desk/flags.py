"""Flags of log entries: those that an entry shows by itself, and places that are on no map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ringfence.model.entries import NOT_READABLE, Entry, EntryKind
from ringfence.operation import Operation
from ringfence.picture import Flag, flags

if TYPE_CHECKING:
    from ringfence.places import NamesKnown

AT_A_SPOT: frozenset[EntryKind] = frozenset(
    ("barrier", "street", "gate_rule", "staffing", "site_notice", "sweep", "observation", "standoff", "claim", "note")
)
"""Kinds of which somebody looks for the place on the map; a figure for a whole country has none there."""


class Flagger:
    """Flags the entries of one operation, whatever log it has; each wording of a place is looked up once."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation

    def flags(self, entry: Entry, log: Mapping[str, Entry] | None = None) -> tuple[Flag, ...]:
        """Everything odd about an entry; see `picture.flags`. ``unknown-place``: words that no map knows, where
        the map is where one looks for them. `log` has what it may correct, by id.
        """
        corrected = [log[one] for one in entry.relates_to if one in log] if log is not None else ()
        return (*flags(entry, corrected), *(self._of_place(entry.place) if entry.kind in AT_A_SPOT else ()))

    def flagged(self, entries: Sequence[Entry]) -> dict[str, tuple[Flag, ...]]:
        """The entries that have any flags, by id."""
        log = corrected_in((*self._operation.entries, *entries), entries)
        return {entry.id: found for entry in entries if (found := self.flags(entry, log))}

    @cached_property
    def _names(self) -> NamesKnown:
        from ringfence.places import NamesKnown

        operation = self._operation
        wordings = [words for one in operation.barriers for words in (one.name, *one.places)]
        return NamesKnown(operation.network, operation.sites, wordings, operation.city)

    def _of_place(self, place: str | None) -> tuple[Flag, ...]:
        if place is None or place in NOT_READABLE:
            return ()
        return tuple(
            Flag(code="unknown-place", about="place", says=f"No map here has {fault.found}. {fault.do}")
            for fault in self._names.unknown(place)
        )


def corrected_in(log: Sequence[Entry], entries: Sequence[Entry]) -> dict[str, Entry]:
    """What some entries correct, by id; `log` is gone through only if there are corrections among them."""
    named = {one for entry in entries if entry.kind == "correction" for one in entry.relates_to}
    return {entry.id: entry for entry in log if entry.id in named} if named else {}
