"""What of a log bears on promises, when it can turn one, and how far back the entries that come to it can reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ringfence.model.entries import Entry, follow_order
from ringfence.model.spans import BEGINNING, END
from ringfence.picture import acted_on, acts, bearing_entries, change_times, retracted_entries


@dataclass(frozen=True)
class Bearing:
    """The part of a log that bears on promises, in a form to which entries can be added.

    Attributes
    ----------
    log : tuple of Entry
        All of it.
    entries : tuple of Entry
        Those that bear on promises.
    turning_points : tuple of datetime
        Moments, in order, at which a picture can alter.
    """

    log: tuple[Entry, ...]
    entries: tuple[Entry, ...]
    turning_points: tuple[datetime, ...]

    @classmethod
    def of(cls, log: tuple[Entry, ...], known_at: datetime | None) -> Bearing:
        """Of a log as known at a moment (None: all of it)."""
        entries = bearing_entries(log)
        return cls(log, entries, tuple(change_times(entries, known_at=known_at)))

    @cached_property
    def _links(self) -> _Links:
        gone = retracted_entries(self.log)
        standing = {entry.id: entry for entry in self.log if entry.id not in gone}
        return _Links.of(self.entries, standing, {})

    @cached_property
    def _awaited(self) -> frozenset[str]:
        """Entries that others are about, whether they have arrived or not."""
        return frozenset(link for entry in self.entries if acts(entry) for link in acted_on(entry))

    def grown(self, log: tuple[Entry, ...]) -> tuple[Bearing, datetime] | None:
        """The same with more entries, and the moment before which no picture is another for them.

        An entry changes nothing before the earliest moment at which it can have been so. Two things make that untrue,
        and give None: an entry that takes another back, corrects, confirms or contradicts it, or that one which arrived
        earlier is about; and links that contradict the times, which leave everything open that was ever said.
        """
        count = len(self.log)
        if len(log) < count or any(one is not two for one, two in zip(self.log, log, strict=False)):
            return None
        added = log[count:]
        if not self._links.sound or any(acts(entry) or entry.id in self._awaited for entry in added):
            return None
        standing = {**self._links.standing, **{entry.id: entry for entry in added}}
        held = {entry.id for entry in self.entries}
        named = [standing[link] for entry in added for link in entry.follows if link in standing and link not in held]
        new = {entry.id: entry for entry in (*named, *(one for one in added if one.has_effect or one.follows))}
        links = _Links.of(new.values(), standing, self._links.not_before)
        if not links.sound:
            return None
        effective = [entry for entry in new.values() if entry.has_effect]
        points = {moment for entry in effective for moment in (*_own_points(entry), links.not_before[entry.id])}
        turning = tuple(in_order(self.turning_points, points - {BEGINNING, END}))
        grown = Bearing(log, (*self.entries, *new.values()), turning)
        grown.__dict__["_links"], grown.__dict__["_awaited"] = links, self._awaited
        return grown, min((entry.so.earliest for entry in effective), default=END)


@dataclass(frozen=True)
class _Links:
    """Entries that have not been taken back; what they follow lies at `not_before` at the earliest.

    `sound` says that none is bound to have happened after the end of its own time.
    """

    standing: Mapping[str, Entry]
    not_before: Mapping[str, datetime]
    sound: bool

    @classmethod
    def of(cls, entries: Iterable[Entry], standing: Mapping[str, Entry], known: Mapping[str, datetime]) -> _Links:
        """Of some entries, on top of what is known of those that they follow."""
        by_id = {entry.id: entry for entry in entries}
        found = dict(known)
        for name in _in_order(list(by_id.values())):
            if name in by_id:
                links = [standing[link] for link in by_id[name].follows if link in standing]
                before = (max(one.so.earliest, found.get(one.id, BEGINNING)) for one in links)
                found[name] = max(before, default=BEGINNING)
        return cls(standing, found, all(_is_sound(entry, found) for entry in by_id.values()))


def _in_order(entries: Sequence[Entry]) -> Iterable[str]:
    """Ids of entries, each after those that it follows; where none has links, as they stand."""
    return follow_order(entries) if any(entry.follows for entry in entries) else (entry.id for entry in entries)


def _is_sound(entry: Entry, not_before: Mapping[str, datetime]) -> bool:
    """Whether an entry can have happened after all that it follows and still by the end of its time."""
    return not entry.follows or not_before[entry.id] <= max(_own_points(entry), default=END)


def in_order(moments: Sequence[datetime], more: Iterable[datetime]) -> list[datetime]:
    """Moments that are in order, and others, each once: hardly more work than to copy those in order."""
    return list(dict.fromkeys(sorted([*moments, *more])))


def _own_points(entry: Entry) -> list[datetime]:
    """The beginning and the end of an entry's time, where it has them, whatever it follows."""
    return change_times([entry.model_copy(update={"follows": ()})])
