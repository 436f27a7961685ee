"""Which changes can be the last one by a given moment, when their times are only known as intervals.

Each change lies somewhere in ``[earliest, latest]``. Some are known to follow others. At a moment, a change can be the
last one so far if it may have happened, and no other change is bound to have happened after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError
from typing import Generic, TypeVar

from ringfence.model.entries import Entry, follow_order
from ringfence.model.spans import BEGINNING, END

ValueT = TypeVar("ValueT")

SURE = frozenset({"confirmed", "observed"})
"""Certainties that change the picture; the others only cast doubt on it."""


@dataclass(frozen=True, slots=True)
class Change(Generic[ValueT]):
    """One change of one thing: to `value`, somewhere in its interval, by the word of `entry`."""

    value: ValueT
    entry: Entry
    not_before: datetime = BEGINNING

    @property
    def earliest(self) -> datetime:
        """The first moment it can have happened: as stated, and not before what it is known to follow."""
        return max(self.entry.so.earliest, self.not_before)

    @property
    def latest(self) -> datetime:
        """The last moment it can have happened; what nobody bounds above had happened when it was reported."""
        if self.entry.so.to is not None:
            return self.entry.so.latest
        reported = self.entry.reported.latest
        return reported if reported > self.entry.so.earliest else END  # what is announced has not happened yet

    @property
    def sure(self) -> bool:
        """Whether it was confirmed or observed, not merely claimed."""
        return self.entry.certainty in SURE


@dataclass(frozen=True, slots=True)
class Readings(Generic[ValueT]):
    """What one thing may be at a moment.

    Attributes
    ----------
    sure : frozenset
        Every value that some way of filling in the unstated times gives, from confirmed and observed changes alone.
    possible : frozenset
        The same with mere claims taken into account; holds at least `sure`.
    entries : tuple of str
        Entries of the changes that may be the last one.
    """

    sure: frozenset[ValueT]
    possible: frozenset[ValueT]
    entries: tuple[str, ...]


class Timeline:
    """The known entries of a log, with their links worked out once."""

    def __init__(self, known: Sequence[Entry]) -> None:
        self.known = known
        self._not_before = _not_before(known)

    def changes(self, valued: Iterable[tuple[ValueT, Entry]]) -> list[Change[ValueT]]:
        """Changes with their earliest moments tightened along the links: nothing happens before what it follows."""
        return [
            Change(value, entry, self._not_before[entry.id]) for value, entry in valued if entry.certainty != "denied"
        ]

    def readings(self, valued: Iterable[tuple[ValueT, Entry]], at: datetime, *, before: ValueT) -> Readings[ValueT]:
        """What a thing may be at a moment; `before` is its value while nothing has happened yet.

        Exact for intervals without links; a link ("follows") is honoured pair by pair. O(n²) in the changes.
        """
        changes = self.changes(valued)
        firm = [change for change in changes if change.sure]
        last = [
            change
            for change in changes
            if change.earliest <= at and not any(_must_follow(other, change, at) for other in firm if other != change)
        ]
        nothing_yet = {before} if all(change.latest > at for change in firm) else set()
        sure = {change.value for change in last if change.sure} | nothing_yet
        if not sure:  # the links contradict the times: nothing can be ruled out
            sure = {change.value for change in firm}
        possible = sure | {change.value for change in last}
        return Readings(frozenset(sure), frozenset(possible), tuple(sorted({change.entry.id for change in last})))

    def turning_points(self, entries: Iterable[Entry]) -> set[datetime]:
        """The moments at which what is possible can alter."""
        ends = {
            end for change in self.changes((None, one) for one in entries) for end in (change.earliest, change.latest)
        }
        return ends - {BEGINNING, END}


def _must_follow(later: Change[ValueT], earlier: Change[ValueT], at: datetime) -> bool:
    """Whether `later` is bound to have happened after `earlier` and by `at`."""
    if later.latest > at:
        return False
    if earlier.entry.id in later.entry.follows:
        return True
    if later.entry.id in earlier.entry.follows:
        return False
    return later.earliest > min(earlier.latest, at)


def _not_before(known: Sequence[Entry]) -> Mapping[str, datetime]:
    """For each entry, the latest of the earliest moments of all that it follows, directly or not."""
    by_id = {entry.id: entry for entry in known}
    try:
        order = follow_order(known)
    except CycleError:  # refused when a folder is opened; a part of a log can't have one that the whole has not
        order = []
    found = dict.fromkeys(by_id, BEGINNING)
    for entry_id in order:
        if entry_id in by_id:
            links = [link for link in by_id[entry_id].follows if link in by_id]
            found[entry_id] = max((max(by_id[link].so.earliest, found[link]) for link in links), default=BEGINNING)
    return found
