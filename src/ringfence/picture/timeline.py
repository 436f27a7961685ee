"""Which changes can be the last one by a given moment, when their times are only known as intervals.

Each change lies somewhere in ``[earliest, latest]``. Some are known to follow others. At a moment, a change can be the
last one so far if it may have happened, and no other change is bound to have happened after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from itertools import takewhile
from typing import Any, Generic, Protocol, TypeVar

from ringfence.model.entries import Entry
from ringfence.model.spans import BEGINNING, END
from ringfence.picture.effects import SURE, Thing, changes_by, latest_moment
from ringfence.picture.standing import Doubt, Worth, worth_of

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Change(Generic[ValueT]):
    """One change of one thing: to `value`, somewhere from `earliest` to `latest`, by the word of an entry.

    `follows` names entries that it is known to come after; `earliest` is not before any of them. `sure` is what was
    confirmed or observed, not merely claimed. `doubt` is how much the word weighs that says otherwise, if any does:
    the change may never have been.
    """

    value: ValueT
    entry: str
    follows: tuple[str, ...]
    earliest: datetime
    latest: datetime
    sure: bool
    doubt: Doubt | None = None


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


class Crowd(Protocol[ValueT]):
    """Changes of one thing that are tied to no other and in no doubt: so many that only their moments are looked at."""

    @property
    def newest(self) -> datetime | None:
        """The latest beginning among the sure ones that are over by the moment asked about, None where none is."""

    def last(self, newest: datetime) -> Readings[ValueT]:
        """Those that may be the last one, where one that began at `newest` is over; the values of the sure, and all."""


@dataclass(frozen=True)
class _Last(Generic[ValueT]):
    """The changes listed and those of the crowd that can be the last one so far, or that nothing has happened yet."""

    listed: Sequence[Change[ValueT]]
    crowd: Readings[ValueT]
    nothing_yet: frozenset[ValueT]

    @property
    def sure(self) -> frozenset[ValueT]:
        return self.crowd.sure | {change.value for change in self.listed if change.sure} | self.nothing_yet

    @property
    def possible(self) -> frozenset[ValueT]:
        return self.crowd.possible | {change.value for change in self.listed} | self.nothing_yet

    @property
    def entries(self) -> tuple[str, ...]:
        listed = sorted({change.entry for change in self.listed})
        if not listed:
            return self.crowd.entries
        return tuple(sorted(dict.fromkeys((*self.crowd.entries, *listed))))  # two in order: no more than a merge


_NOBODY: Readings[Any] = Readings(frozenset(), frozenset(), ())


def read(
    changes: Sequence[Change[ValueT]],
    at: datetime,
    *,
    before: ValueT,
    crowd: Crowd[ValueT] | None = None,
    sure_ever: Callable[[], Iterable[ValueT]] | None = None,
) -> Readings[ValueT]:
    """What a thing may be at a moment; `before` is its value while nothing has happened yet.

    Exact for intervals without links; a link ("follows") is honoured pair by pair. Those tied to nothing can stand in a
    `crowd`, and changes that others are bound to come after can be left out; `sure_ever` then gives the values of all
    sure ones. A sure change in doubt ends nothing that was before: not among what is sure if a sure word stands against
    it, else only among what is possible.
    """
    firm = [change for change in changes if change.sure]
    last = _last(changes, [change for change in firm if change.doubt != "sure"], at, before, crowd)
    sure = last.sure
    if not sure:  # the links contradict the times: nothing can be ruled out
        sure = frozenset(sure_ever() if sure_ever else (change.value for change in firm))
    if any(change.doubt for change in firm):
        last = _last(changes, [change for change in firm if change.doubt is None], at, before, crowd)
    return Readings(sure, sure | last.possible, last.entries)


def _last(
    changes: Sequence[Change[ValueT]],
    ruling: Sequence[Change[ValueT]],
    at: datetime,
    before: ValueT,
    crowd: Crowd[ValueT] | None,
) -> _Last[ValueT]:
    """The changes that can be the last one so far, if only those that rule can end what was before."""
    over = [change for change in ruling if change.latest <= at]
    begun = [change.earliest for change in over]
    ended = crowd.newest if crowd else None
    if ended is not None:
        begun.append(ended)
    newest = max(begun, default=BEGINNING)
    tied = {one for change in changes if change.follows for one in (change.entry, *change.follows)}
    latest_first = sorted(over, key=lambda change: change.earliest, reverse=True) if tied else []
    followers: dict[str, list[Change[ValueT]]] = {}
    for change in over:
        for one in change.follows:
            followers.setdefault(one, []).append(change)

    def is_followed(change: Change[ValueT]) -> bool:
        """Whether one that is over is bound to have happened after it."""
        by_then = min(change.latest, at)
        if change.entry not in tied:
            return newest > by_then
        if (ended is not None and ended > by_then) or any(one != change for one in followers.get(change.entry, ())):
            return True
        later = takewhile(lambda other: other.earliest > by_then, latest_first)
        return any(other.entry not in change.follows and other != change for other in later)

    return _Last(
        [change for change in changes if change.earliest <= at and not is_followed(change)],
        crowd.last(newest) if crowd else _NOBODY,
        frozenset() if begun else frozenset({before}),
    )


class Timelines(Protocol):
    """The changes of every thing in a log, as known at some moment."""

    def named(self, kind: str) -> Sequence[str]:
        """Names of the things of a kind that the log changes, or denies to have changed, in order."""

    def readings(self, things: Sequence[Thing], at: datetime, *, before: ValueT) -> Readings[ValueT]:
        """What a thing may be at a moment, by the changes of all that stand for it; see `read`."""


class Timeline:
    """The timelines of a log, from the entries that are known and not taken back, and what these are worth."""

    def __init__(self, known: Sequence[Entry], worth: Worth | None = None) -> None:
        self._worth = worth_of(known) if worth is None else worth
        self._links = self._worth.links({entry.id: entry.follows for entry in known if entry.follows})
        self._moments = dict(self._of_another_moment(known))
        self._not_before = not_before({one.id: (self._moment(one).so.earliest, self._follows(one)) for one in known})
        self._named: set[Thing] = set()
        self._changes: dict[Thing, list[Change[Any]]] = {}
        for entry in known:
            for thing, value in changes_by(entry):
                self._named.add(thing)
                if entry.certainty != "denied" and self._worth.counts(entry.id, thing):
                    change = self._change(value, entry, self._worth.doubt(entry.id, thing))
                    self._changes.setdefault(thing, []).append(change)

    def named(self, kind: str) -> list[str]:
        """See `Timelines`."""
        return sorted(thing.name for thing in self._named if thing.kind == kind)

    def readings(self, things: Sequence[Thing], at: datetime, *, before: ValueT) -> Readings[ValueT]:
        """See `Timelines`."""
        changes = [change for thing in things for change in self._changes.get(thing, ())]
        return read(changes, at, before=before)

    def last_sweep(self, known: Iterable[Entry], at: datetime) -> datetime | None:
        """The newest sweep of the perimeter that is certain to have happened, at its earliest."""
        sure = [
            moment.so
            for entry in known
            if entry.swept and entry.certainty != "denied" and _is_certain(self._worth, entry)
            for moment in (self._moment(entry),)
            if moment.swept  # of the moment of something else, nobody said when it was
        ]
        return max((so.earliest for so in sure if so.from_ and so.latest <= at), default=None)

    def turning_points(self, entries: Iterable[Entry]) -> set[datetime]:
        """The moments at which what is possible can alter."""
        changes = [self._change(None, entry, None) for entry in entries if entry.certainty != "denied"]
        return {end for change in changes for end in (change.earliest, change.latest)} - {BEGINNING, END}

    def _of_another_moment(self, known: Sequence[Entry]) -> Iterator[tuple[str, Entry]]:
        moments = self._worth.of_another_moment
        by_id = {entry.id: entry for entry in known} if moments else {}
        yield from ((name, by_id[of]) for name, of in moments.items() if of in by_id)

    def _moment(self, entry: Entry) -> Entry:
        """The entry whose moment an entry is of."""
        return self._moments.get(entry.id, entry)

    def _follows(self, entry: Entry) -> tuple[str, ...]:
        return tuple(self._links.get(entry.id, ()))

    def _change(self, value: ValueT, entry: Entry, doubt: Doubt | None) -> Change[ValueT]:
        moment = self._moment(entry)
        return Change(
            value,
            entry.id,
            self._follows(entry),
            max(moment.so.earliest, self._not_before[entry.id]),
            latest_moment(moment),
            self._worth.is_sure(entry.id, said=entry.certainty in SURE),
            doubt,
        )


def _is_certain(worth: Worth, entry: Entry) -> bool:
    thing = Thing("sweep", "perimeter")
    is_sure = worth.is_sure(entry.id, said=entry.certainty in SURE)
    return is_sure and worth.counts(entry.id, thing) and worth.doubt(entry.id, thing) is None


def not_before(known: Mapping[str, tuple[datetime, Sequence[str]]]) -> Mapping[str, datetime]:
    """For each entry, the latest of the earliest moments of all that it follows, directly or not.

    `known` has the earliest moment of each entry, and what it follows.
    """
    try:
        order = list(TopologicalSorter({one: follows for one, (_, follows) in known.items()}).static_order())
    except CycleError:  # refused when a folder is opened; a part of a log can't have one that the whole has not
        order = []
    found = dict.fromkeys(known, BEGINNING)
    for entry_id in order:
        if entry_id in known:
            links = [link for link in known[entry_id][1] if link in known]
            found[entry_id] = max((max(known[link][0], found[link]) for link in links), default=BEGINNING)
    return found
