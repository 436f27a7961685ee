"""What an entry changes, when at the latest that had happened, and what it says of other entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from ringfence.model.entries import NOT_READABLE, Entry
from ringfence.model.spans import END

SURE = frozenset({"confirmed", "observed"})
"""Certainties that change the picture; the others only cast doubt on it."""


class Thing(NamedTuple):
    """What a log changes: a barrier's state, a gate's staffing, a site, a rule, whether a street is free, a sweep."""

    kind: Literal["state", "staffing", "site", "rule", "street", "sweep"]
    name: str


def changes_by(entry: Entry) -> Iterator[tuple[Thing, Any]]:
    """Each thing that an entry changes, and to what; sweeps apart, which change nothing."""
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


Ids = tuple[str, ...]


class Word(NamedTuple):
    """What the rule asks of an entry. `changes` are what it says of things; of a denial, what it denies. `by` is who
    says so, as `named_alike`."""

    id: str
    kind: str
    is_sure: bool
    is_denied: bool
    recorded: datetime
    is_timeless: bool
    is_count: bool
    changes: Mapping[Thing, Any]
    by: str | None = None
    relates_to: Ids = ()
    disputes: Ids = ()
    retracts: Ids = ()

    @classmethod
    def of(cls, entry: Entry) -> Word:
        """An entry's."""
        return cls(
            id=entry.id,
            kind=entry.kind,
            is_sure=entry.certainty in SURE,
            is_denied=entry.certainty == "denied",
            recorded=entry.recorded.latest,
            is_timeless=entry.so.precision == "unknown",
            is_count=is_count(entry),
            changes=changes_and_sweep(entry),
            by=named_alike(entry.source.by, entry),
            relates_to=entry.relates_to,
            disputes=entry.disputes,
            retracts=entry.retracts,
        )

    @property
    def effect(self) -> Mapping[Thing, Any]:
        """What it changes; a denial changes nothing."""
        return {} if self.is_denied else self.changes

    @property
    def meant(self) -> Ids:
        """What it confirms or corrects: what it relates to and does not contradict."""
        return tuple(one for one in dict.fromkeys(self.relates_to) if one not in self.disputes and one != self.id)

    @property
    def acted_on(self) -> Ids:
        """The entries whose worth it can alter; see `standing.acted_on`."""
        about = self.kind in {"confirmation", "correction"} or self.is_denied
        return (*self.retracts, *self.disputes, *(self.relates_to if about else ()))

    @property
    def contradicted(self) -> Ids:
        """What it contradicts, in so many words or by denying it."""
        return (*self.disputes, *(self.relates_to if self.is_denied else ()))


def worded_alike(words: str | None) -> str | None:
    """Words without what does not change their meaning: capital letters and spaces."""
    return None if words is None else " ".join(words.split()).casefold()


def named_alike(words: str | None, entry: Entry) -> str | None:
    """Words that are the same for who or where they name; what can't be read is like no other, and the entry's own."""
    return f"{words} {entry.id}" if words in NOT_READABLE else worded_alike(words)


def states_figure(entry: Entry) -> bool:
    """Whether an entry gives a number, or the parts of one."""
    return entry.number is not None or bool(entry.breakdown)


def is_count(entry: Entry) -> bool:
    """Whether an entry counts something, be it with a vague word."""
    stated = states_figure(entry)
    return (entry.kind == "count" and (stated or bool(entry.unit))) or (stated and entry.unit is not None)


def changes_and_sweep(entry: Entry) -> dict[Thing, Any]:
    """All that an entry says of things, sweeps included."""
    swept = {Thing("sweep", entry.swept): True} if entry.swept else {}
    return {**dict(changes_by(entry)), **swept}
