"""Flags of log entries: those that an entry shows by itself, and places that are on no map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ringfence.desk.part_words import perhaps_people
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
        """Everything odd about an entry; see `picture.flags`. ``part-may-name-somebody``: people were counted, and a
        part of them is called by no word that the desk knows for one. ``unknown-place``: words that no map knows, where
        the map is where one looks for them. `log` has what it may correct, by id.
        """
        corrected = [log[one] for one in entry.relates_to if one in log] if log is not None else ()
        return (
            *flags(entry, corrected),
            *_of_parts(entry),
            *(self._of_place(entry.place) if entry.kind in AT_A_SPOT else ()),
        )

    def flagged(self, entries: Sequence[Entry]) -> dict[str, tuple[Flag, ...]]:
        """The entries that have any flags, by id."""
        log = corrected_in((*self._operation.entries, *entries), entries)
        return {entry.id: found for entry in entries if (found := self.flags(entry, log))}

    @cached_property
    def _names(self) -> NamesKnown:
        from ringfence.places import NamesKnown

        operation = self._operation
        wordings = [words for one in operation.barriers for words in (one.id, one.name, *one.places)]
        return NamesKnown(operation.network, operation.sites, wordings, operation.city)

    def _of_place(self, place: str | None) -> tuple[Flag, ...]:
        if place is None or place in NOT_READABLE:
            return ()
        return tuple(
            Flag(code="unknown-place", about="place", says=f"No map here has {fault.found}. {fault.do}")
            for fault in self._names.unknown(place)
        )


def _of_parts(entry: Entry) -> tuple[Flag, ...]:
    found = perhaps_people(entry.breakdown, entry.unit)
    if not found:
        return ()
    says = (
        f"The parts of a count are for categories, and can't be erased. If {_listed(found)} names a person, log what"
        " was counted anew without the name, and tell whoever answers for privacy."
    )
    return (Flag(code="part-may-name-somebody", about="breakdown", says=says),)


def _listed(parts: Sequence[str]) -> str:
    told = [part if len(part) <= 60 else f"{part[:59]}…" for part in parts[:3]]
    return " or ".join(told) + (f" or one of {len(parts) - 3} more" if len(parts) > 3 else "")


def corrected_in(log: Sequence[Entry], entries: Sequence[Entry]) -> dict[str, Entry]:
    """What some entries correct, by id; `log` is gone through only if there are corrections among them."""
    named = {one for entry in entries if entry.kind == "correction" for one in entry.relates_to}
    return {entry.id: entry for entry in log if entry.id in named} if named else {}
