"""Which changes can be the last one by a given moment, when their times are only known as intervals.

Each change lies somewhere in ``[earliest, latest]``. Some are known to follow others. At a moment, a change can be the
last one so far if it may have happened, and no other change is bound to have happened after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from ringfence.model.operation import Entry
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
        return max(self.entry.reported.latest, self.entry.so.earliest) if self.entry.reported.to else END

    @property
    def sure(self) -> bool:
        """Whether it was confirmed or observed, not merely claimed."""
        return self.entry.certainty in SURE


def possible_last(changes: Sequence[Change[ValueT]], at: datetime) -> tuple[list[Change[ValueT]], bool]:
    """The changes that may be the last one at a moment, and whether it may be that none has happened yet.

    Exact for intervals without links; a link ("follows") is honoured pair by pair. O(n²) in the changes of one thing.
    """
    sure = [change for change in changes if change.sure]
    none_yet = all(change.latest > at for change in sure)
    return [
        change
        for change in changes
        if change.earliest <= at and not any(_must_follow(other, change, at) for other in sure if other is not change)
    ], none_yet


def _must_follow(later: Change[ValueT], earlier: Change[ValueT], at: datetime) -> bool:
    """Whether `later` is bound to have happened after `earlier` and by `at`."""
    if later.latest > at:
        return False
    if earlier.entry.id in later.entry.follows:
        return True
    if later.entry.id in earlier.entry.follows:
        return False
    return later.earliest > min(earlier.latest, at)


def changes_of(valued: Iterable[tuple[ValueT, Entry]], known: Mapping[str, Entry]) -> list[Change[ValueT]]:
    """Changes with their earliest moments tightened along the links: nothing happens before what it follows."""
    return [Change(value, entry, _not_before(entry, known, frozenset())) for value, entry in valued]


def _not_before(entry: Entry, known: Mapping[str, Entry], seen: frozenset[str]) -> datetime:
    moments = [
        max(known[link].so.earliest, _not_before(known[link], known, seen | {entry.id}))
        for link in entry.follows
        if link in known and link not in seen
    ]
    return max(moments, default=BEGINNING)


def turning_points(changes: Iterable[Change[ValueT]]) -> set[datetime]:
    """The moments at which what is possible can alter."""
    ends = {end for change in changes for end in (change.earliest, change.latest)}
    return ends - {BEGINNING, END}
