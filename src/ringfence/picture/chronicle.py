"""An index of a growing log: its picture at any moment, without going through the log. Equal to `fold`, only sooner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from threading import Lock
from typing import TypeVar

import numpy as np

from ringfence.model.entries import Entry
from ringfence.model.operation import Barrier, Site
from ringfence.model.spans import BEGINNING
from ringfence.picture.fold import Besides, Picture, contradicted_by, picture_of, taken_back
from ringfence.picture.timeline import SURE, Change, Readings, Thing, changes_by, latest_moment, not_before, read
from ringfence.picture.zones import ALWAYS, NEVER, Changes, Columns, Mask, Numbers, Row

ValueT = TypeVar("ValueT")

_MICROSECOND = timedelta(microseconds=1)
_Tally = tuple[str | None, str | None, str | None]


class Chronicle:
    """The index of a log as it was when it had so many entries. It never changes; `grown` gives that of a longer log.

    Chronicles that grew from each other share what they hold: each sees its own part.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._index = _Index()
        self._count = self._index.add(entries)

    def grown(self, log: Sequence[Entry]) -> Chronicle:
        """The chronicle of a log that begins with this one's."""
        with self._index.lock:
            if self._index.count == self._count:
                longer = Chronicle.__new__(Chronicle)
                longer._index, longer._count = self._index, self._index.add(log[self._count :])
                return longer
        return Chronicle(log)  # another one has grown from here meanwhile

    def picture(
        self, barriers: Sequence[Barrier], sites: Sequence[Site], *, at: datetime, known_at: datetime | None = None
    ) -> Picture:
        """What `fold` gives of these entries."""
        known = self._as_known(known_at)
        return picture_of(barriers, sites, known, known.besides(at), at=at, known_at=known_at)

    def _as_known(self, known_at: datetime | None) -> _Known:
        return _Known(self._index, self._count, ALWAYS if known_at is None else _us(known_at))


class _Index:
    """What is kept of each entry. Entries are known by number, in order of arrival."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.ids: list[str] = []
        self.numbers: dict[str, int] = {}
        self.entries = Columns(2)  # so at the earliest, recorded
        self.things: dict[Thing, Changes] = {}
        self.rules_named: defaultdict[str, list[int]] = defaultdict(list)
        self.follows: dict[int, tuple[str, ...]] = {}
        self.takes_back: dict[int, tuple[str, ...]] = {}
        self.linked: set[str] = set()
        self.sweeps = Columns(2)  # entry, so at the latest
        self.sweep_moments: list[datetime] = []
        self.tallies: defaultdict[_Tally, Columns] = defaultdict(lambda: Columns(2))  # entry, reported
        self.rivals = Columns(2)  # entry, entry
        self._awaited: defaultdict[str, list[int]] = defaultdict(list)
        self._changed: list[tuple[Thing, ...]] = []
        self._shared: dict[tuple[Thing, ...], tuple[Thing, ...]] = {}

    @property
    def count(self) -> int:
        return len(self.ids)

    def add(self, entries: Iterable[Entry]) -> int:
        """Take in further entries; how many there are then."""
        for entry in entries:
            self._add(entry)
        return self.count

    def _add(self, entry: Entry) -> None:
        number = self.count
        earliest, recorded = _us(entry.so.earliest), _us(entry.recorded.latest)
        if entry.has_effect:
            self._add_changes(entry, number, earliest, recorded)
        self._changed.append(self._share(entry) if entry.has_effect else ())
        if entry.swept and entry.certainty in SURE and entry.so.from_:
            self.sweeps.append(number, _us(entry.so.latest))
            self.sweep_moments.append(entry.so.earliest)
        if entry.number is not None and entry.kind == "count":
            self.tallies[entry.unit, entry.place, entry.basis].append(number, _us(entry.reported.to or BEGINNING))
        self.entries.append(earliest, recorded)
        self.ids.append(entry.id)
        self.numbers[entry.id] = number
        self._add_rivals(entry, number)
        if entry.follows:
            self.follows[number] = entry.follows
            self._link((entry.id, *entry.follows))
        if entry.retracts and entry.certainty in SURE:
            self.takes_back[number] = entry.retracts
            self._link((entry.id, *entry.retracts))
        if entry.id in self.linked:  # by one that arrived before it
            self._link((entry.id,))

    def _add_changes(self, entry: Entry, number: int, earliest: int, recorded: int) -> None:
        for rule in dict.fromkeys(entry.rules):
            self.rules_named[rule].append(number)
        if entry.certainty == "denied":
            return
        latest = _us(latest_moment(entry))
        for thing, value in changes_by(entry):
            changes = self.things.setdefault(thing, Changes())
            changes.append(value, earliest, latest, recorded, number, firm=entry.certainty in SURE)

    def _add_rivals(self, entry: Entry, number: int) -> None:
        for other in contradicted_by(entry):
            if other in self.numbers:
                self.rivals.append(number, self.numbers[other])
            else:
                self._awaited[other].append(number)
        for earlier in self._awaited.pop(entry.id, ()):  # that arrived before what it contradicts
            self.rivals.append(earlier, number)

    def _share(self, entry: Entry) -> tuple[Thing, ...]:
        """Its things; equal ones of other entries are the same object, so that a long log does not hold many."""
        things = tuple(thing for thing, _ in changes_by(entry)) if entry.certainty != "denied" else ()
        return self._shared.setdefault(things, things)

    def _link(self, entries: Iterable[str]) -> None:
        for entry_id in entries:
            self.linked.add(entry_id)
            number = self.numbers.get(entry_id)
            if number is not None:
                for thing in self._changed[number]:
                    self.things[thing].link(number)


class _Known:
    """The index as far as it was known at a moment."""

    def __init__(self, index: _Index, count: int, until: int) -> None:
        self._index, self._count, self._until = index, count, until

    def named(self, kind: str) -> list[str]:
        """See `Timelines`; a street may be left out that nobody calls blocked."""
        if kind == "rule":
            named = tuple(self._index.rules_named.items())
            return sorted(rule for rule, entries in named if any(self._is(self._counted, one) for one in entries))
        return sorted(thing.name for thing in tuple(self._index.things) if thing.kind == kind)

    def readings(self, things: Sequence[Thing], at: datetime, *, before: ValueT) -> Readings[ValueT]:
        """See `Timelines`."""
        held = [changes for thing in things if (changes := self._index.things.get(thing))]
        seen = (_us(at), self._until, self._count)
        over = max((changes.over_before(*seen) for changes in held), default=NEVER)
        near = [(changes.values, Row(*changes.near(seen[0], over, *seen[1:]))) for changes in held]
        if not any(rows.linked.any() for _, rows in near):
            return self._unlinked(near, None if over > NEVER else before)
        found = [
            self._change(values[row.value], row)
            for values, rows in near
            for row in map(Row._make, zip(*(column.tolist() for column in rows), strict=True))
            if row.entry not in self._gone
        ]

        def sure_ever() -> Iterator[ValueT]:
            return chain.from_iterable(one.firm_values(self._until, self._count, self._gone) for one in held)

        return read(found, at, before=before, sure_ever=sure_ever)

    def _unlinked(self, near: Sequence[tuple[Sequence[ValueT], Row]], before: ValueT | None) -> Readings[ValueT]:
        """What `read` gives where nothing is linked: every change that is near may be the last one."""
        sure, possible = ({before}, {before}) if before is not None else (set(), set())
        for values, rows in near:
            sure |= {values[code] for code in set(rows.value[rows.firm == 1].tolist())}
            possible |= {values[code] for code in set(rows.value.tolist())}
        entries = {self._index.ids[entry] for _, rows in near for entry in rows.entry.tolist()}
        return Readings(frozenset(sure), frozenset(possible), tuple(sorted(entries)))

    def besides(self, at: datetime) -> Besides:
        """What a picture has besides the readings of things."""
        moment = _us(at)
        begun = self._counted & (self._index.entries.columns(0, self._count)[0] <= moment)
        known_count = int(self._counted.sum())
        newest = (self._newest(tally, begun) for tally in tuple(self._index.tallies.values()))
        return Besides(
            last_sweep=self._last_sweep(moment),
            entries_known=known_count,
            entries_left_out=self._count - known_count,
            latest_counts=tuple(sorted(self._index.ids[entry] for entry in newest if entry is not None)),
            disputed=self._disputed(begun),
        )

    @cached_property
    def _known(self) -> Mask:
        """(entries,) which were recorded by then."""
        known: Mask = self._index.entries.columns(0, self._count)[1] <= self._until
        return known

    @cached_property
    def _counted(self) -> Mask:
        """(entries,) which count: recorded by then, and not taken back."""
        counted = self._known.copy()
        counted[sorted(self._gone)] = False
        return counted

    @cached_property
    def _gone(self) -> set[int]:
        """Entries that were taken back by then."""
        index = self._index
        takers: dict[str, list[str]] = {}
        for taker, taken in tuple(index.takes_back.items()):
            if self._is(self._known, taker):
                takers.setdefault(index.ids[taker], [])
                for target in taken:
                    if self._is(self._known, index.numbers.get(target)):
                        takers.setdefault(target, []).append(index.ids[taker])
        return {index.numbers[entry_id] for entry_id in taken_back(takers)}

    @cached_property
    def _not_before(self) -> Mapping[str, datetime]:
        """For each entry that follows another or is followed, before what it can't have been."""
        index = self._index
        known: dict[str, tuple[datetime, Sequence[str]]] = {}
        for number, follows in tuple(index.follows.items()):
            for one in (number, *map(index.numbers.get, follows)):
                if one is not None and self._is(self._counted, one):
                    earliest = int(index.entries.columns(one, one + 1)[0, 0])
                    known[index.ids[one]] = (_moment(earliest), index.follows.get(one, ()))
        return not_before(known)

    def _is(self, which: Mask, number: int | None) -> bool:
        return number is not None and number < self._count and bool(which[number])

    def _within(self, columns: Numbers) -> Numbers:
        """Those rows, in order of their entries, whose entry the log has."""
        within: Numbers = columns[:, : int(np.searchsorted(columns[0], self._count))]
        return within

    def _change(self, value: ValueT, row: Row) -> Change[ValueT]:
        entry_id = self._index.ids[row.entry]
        begins = max(_moment(row.earliest), self._not_before.get(entry_id, BEGINNING))
        follows = self._index.follows.get(row.entry, ())
        return Change(value, entry_id, follows, begins, _moment(row.latest), bool(row.firm))

    def _last_sweep(self, at: int) -> datetime | None:
        entry, latest = self._within(self._index.sweeps.columns())
        swept = np.flatnonzero((latest <= at) & self._counted[entry]).tolist()
        return max((self._index.sweep_moments[row] for row in swept), default=None)

    def _newest(self, tally: Columns, begun: Mask) -> int | None:
        """The last reported of some counts that had begun; of several, the last that began."""
        entry, reported = self._within(tally.columns())
        rows = np.flatnonzero(begun[entry])
        for order in (reported, self._index.entries.columns()[0][entry]):
            rows = rows[order[rows] == order[rows].max(initial=NEVER)]
        numbers: list[int] = entry[rows].tolist()
        return max(numbers, key=self._index.ids.__getitem__, default=None)

    def _disputed(self, begun: Mask) -> tuple[tuple[str, str], ...]:
        one, other = self._index.rivals.columns()
        here = (one < self._count) & (other < self._count) & (one != other)
        one, other = one[here], other[here]
        both = begun[one] & begun[other]
        ids = self._index.ids
        pairs = zip(one[both].tolist(), other[both].tolist(), strict=True)
        return tuple(sorted({(min(ids[a], ids[b]), max(ids[a], ids[b])) for a, b in pairs}))


def _us(moment: datetime) -> int:
    """A moment as whole microseconds."""
    return (moment - BEGINNING) // _MICROSECOND


def _moment(us: int) -> datetime:
    return BEGINNING + us * _MICROSECOND
