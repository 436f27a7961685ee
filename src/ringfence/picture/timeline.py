"""Which changes can be the last one by a given moment, when their times are only known as intervals.

Each change lies somewhere in ``[earliest, latest]``. Some are known to follow others. At a moment, a change can be the
last one so far if it may have happened, and no other change is bound to have happened after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from ringfence.model.entries import Entry
from ringfence.model.spans import BEGINNING, END

ValueT = TypeVar("ValueT")

SURE = frozenset({"confirmed", "observed"})
"""Certainties that change the picture; the others only cast doubt on it."""


class Thing(NamedTuple):
    """What a log changes: a barrier's state, a gate's staffing, a site, a rule, or whether a street is free."""

    kind: Literal["state", "staffing", "site", "rule", "street"]
    name: str


def changes_by(entry: Entry) -> Iterator[tuple[Thing, Any]]:
    """Each thing that an entry changes, and to what."""
    if entry.state:
        yield from ((Thing("state", barrier), entry.state) for barrier in dict.fromkeys(entry.barriers))
    if entry.staffed is not None:
        yield from ((Thing("staffing", gate), entry.staffed) for gate in dict.fromkeys(entry.gates))
    if entry.site and entry.site_state:
        yield Thing("site", entry.site), entry.site_state
    yield from ((Thing("rule", rule), bool(entry.in_force)) for rule in dict.fromkeys(entry.rules))
    streets = dict.fromkeys((*entry.occupied, *entry.cleared))
    yield from ((Thing("street", street), street in entry.occupied) for street in streets)


def latest_moment(entry: Entry) -> datetime:
    """The last moment its change can have happened; what nobody bounds above had happened when it was reported."""
    if entry.so.to is not None:
        return entry.so.latest
    reported = entry.reported.latest
    return reported if reported > entry.so.earliest else END  # what is announced has not happened yet


@dataclass(frozen=True, slots=True)
class Change(Generic[ValueT]):
    """One change of one thing: to `value`, somewhere from `earliest` to `latest`, by the word of an entry.

    `follows` names entries that it is known to come after; `earliest` is not before any of them. `sure` is what was
    confirmed or observed, not merely claimed.
    """

    value: ValueT
    entry: str
    follows: tuple[str, ...]
    earliest: datetime
    latest: datetime
    sure: bool


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


def read(
    changes: Sequence[Change[ValueT]],
    at: datetime,
    *,
    before: ValueT,
    sure_ever: Callable[[], Iterable[ValueT]] | None = None,
) -> Readings[ValueT]:
    """What a thing may be at a moment; `before` is its value while nothing has happened yet.

    Exact for intervals without links; a link ("follows") is honoured pair by pair. Changes that others are bound to
    come after can be left out; `sure_ever` then gives the values of all sure ones.
    """
    firm = [change for change in changes if change.sure]
    over = [change for change in firm if change.latest <= at]
    newest = max((change.earliest for change in over), default=BEGINNING)
    tied = {one for change in changes if change.follows for one in (change.entry, *change.follows)}

    def is_followed(change: Change[ValueT]) -> bool:
        if change.entry not in tied:
            return newest > min(change.latest, at)
        return any(_must_follow(other, change, at) for other in over if other != change)

    last = [change for change in changes if change.earliest <= at and not is_followed(change)]
    nothing_yet = {before} if all(change.latest > at for change in firm) else set()
    sure = {change.value for change in last if change.sure} | nothing_yet
    if not sure:  # the links contradict the times: nothing can be ruled out
        sure = set(sure_ever()) if sure_ever else {change.value for change in firm}
    possible = sure | {change.value for change in last}
    return Readings(frozenset(sure), frozenset(possible), tuple(sorted({change.entry for change in last})))


class Timelines(Protocol):
    """The changes of every thing in a log, as known at some moment."""

    def named(self, kind: str) -> Sequence[str]:
        """Names of the things of a kind that the log changes, or denies to have changed, in order."""

    def readings(self, things: Sequence[Thing], at: datetime, *, before: ValueT) -> Readings[ValueT]:
        """What a thing may be at a moment, by the changes of all that stand for it; see `read`."""


class Timeline:
    """The timelines of a log, from the entries that are known."""

    def __init__(self, known: Sequence[Entry]) -> None:
        self._not_before = not_before({entry.id: (entry.so.earliest, entry.follows) for entry in known})
        self._named: set[Thing] = set()
        self._changes: dict[Thing, list[Change[Any]]] = {}
        for entry in known:
            for thing, value in changes_by(entry):
                self._named.add(thing)
                if entry.certainty != "denied":
                    self._changes.setdefault(thing, []).append(self._change(value, entry))

    def named(self, kind: str) -> list[str]:
        """See `Timelines`."""
        return sorted(thing.name for thing in self._named if thing.kind == kind)

    def readings(self, things: Sequence[Thing], at: datetime, *, before: ValueT) -> Readings[ValueT]:
        """See `Timelines`."""
        changes = [change for thing in things for change in self._changes.get(thing, ())]
        return read(changes, at, before=before)

    def turning_points(self, entries: Iterable[Entry]) -> set[datetime]:
        """The moments at which what is possible can alter."""
        changes = [self._change(None, entry) for entry in entries if entry.certainty != "denied"]
        return {end for change in changes for end in (change.earliest, change.latest)} - {BEGINNING, END}

    def _change(self, value: ValueT, entry: Entry) -> Change[ValueT]:
        earliest = max(entry.so.earliest, self._not_before[entry.id])
        return Change(value, entry.id, entry.follows, earliest, latest_moment(entry), entry.certainty in SURE)


def _must_follow(later: Change[ValueT], earlier: Change[ValueT], at: datetime) -> bool:
    """Whether `later` is bound to have happened after `earlier` and by `at`."""
    if later.latest > at:
        return False
    if earlier.entry in later.follows:
        return True
    if later.entry in earlier.follows:
        return False
    return later.earliest > min(earlier.latest, at)


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
