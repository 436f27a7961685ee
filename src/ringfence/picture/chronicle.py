"""An index of a growing log: its picture at any moment, without going through the log. Equal to `fold`, only sooner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from itertools import chain
from operator import itemgetter
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ringfence.model.entries import Entry
from ringfence.model.operation import Barrier, Site
from ringfence.model.spans import BEGINNING
from ringfence.picture.effects import SURE, Thing, Word, changes_by, is_count, latest_moment
from ringfence.picture.fold import Besides, Picture, contradicted_by, picture_of, tally_of
from ringfence.picture.standing import Worth, acted_on, acts, weighed
from ringfence.picture.timeline import Change, Readings, not_before, read
from ringfence.picture.zones import ALWAYS, NEVER, Changes, Columns, Mask, Numbers, Row

ValueT = TypeVar("ValueT")

_MICROSECOND = timedelta(microseconds=1)
_SWEEP = Thing("sweep", "perimeter")


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
        self.entries = Columns(3)  # so at the earliest, recorded, so at the latest if it has an effect
        self.things: dict[Thing, Changes] = {}
        self.rules_named: defaultdict[str, list[int]] = defaultdict(list)
        self.follows: dict[int, tuple[str, ...]] = {}
        self.acting: dict[int, Entry] = {}
        self.counted: set[int] = set()  # those with an effect that count something besides
        self.linked: set[str] = set()
        self.sweeps = Columns(3)  # entry, so at the latest, whether it is sure
        self.sweep_moments: list[datetime] = []
        self.sweeps_sometime: set[int] = set()
        self.tallies: defaultdict[tuple[str | None, ...], Columns] = defaultdict(lambda: Columns(2))  # entry, reported
        self.rivals = Columns(2)  # entry, entry
        self._awaited: defaultdict[str, list[int]] = defaultdict(list)
        self.changed: list[tuple[Thing, ...]] = []
        self.recent: dict[tuple[Thing, ...], _Recent] = {}
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
        earliest, recorded, latest = _us(entry.so.earliest), _us(entry.recorded.latest), NEVER
        if entry.has_effect:
            latest = _us(latest_moment(entry))
            self._add_changes(entry, number, earliest, latest, recorded)
        self.changed.append(self._share(entry) if entry.has_effect else ())
        if entry.swept and entry.certainty != "denied":
            if entry.so.from_:
                self.sweeps.append(number, _us(entry.so.latest), entry.certainty in SURE)
                self.sweep_moments.append(entry.so.earliest)
            else:
                self.sweeps_sometime.add(number)
        if entry.number is not None and entry.kind == "count":
            self.tallies[tally_of(entry)].append(number, _us(entry.reported.to or BEGINNING))
        self.entries.append(earliest, recorded, latest)
        self.ids.append(entry.id)
        self.numbers[entry.id] = number
        self._add_rivals(entry, number)
        if entry.follows:
            self.follows[number] = entry.follows
            self._link((entry.id, *entry.follows))
        if acts(entry):
            self.acting[number] = entry
            self._link((entry.id, *acted_on(entry)))
        elif entry.id in self.linked:  # by one that arrived before it
            self._link((entry.id,))

    def _add_changes(self, entry: Entry, number: int, earliest: int, latest: int, recorded: int) -> None:
        if is_count(entry):
            self.counted.add(number)
        for rule in dict.fromkeys(entry.rules):
            self.rules_named[rule].append(number)
        if entry.certainty == "denied":
            return
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
                for thing in self.changed[number]:
                    self.things[thing].link(number)


class _Recent(NamedTuple):
    """What some things were found to be from `since` until right before `until` (µs), when each had so many changes."""

    stamp: tuple[int, ...]
    since: int
    until: int
    readings: Readings[Any]


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
        held = [(thing, changes) for thing in things if (changes := self._index.things.get(thing))]
        # Counted first: what another thread adds meanwhile, for a longer log, then has a stamp of its own.
        stamp = tuple(changes.count for _, changes in held)
        if self._until < ALWAYS or not all(changes.is_plain(self._count) for _, changes in held):
            return self._read(held, at, before)
        # With nothing linked, and all of it known, moments alone say what a thing is: the same until the next of them.
        recent = self._index.recent.get(key := tuple(things))
        moment = _us(at)
        if recent is None or recent.stamp != stamp or not recent.since <= moment < recent.until:
            bounds = [changes.unaltered_around(moment) for _, changes in held]
            since = max((begins for begins, _ in bounds), default=NEVER)
            until = min((ends for _, ends in bounds), default=ALWAYS)
            recent = self._index.recent[key] = _Recent(stamp, since, until, self._read(held, at, before))
        return recent.readings

    def _read(self, held: Sequence[tuple[Thing, Changes]], at: datetime, before: ValueT) -> Readings[ValueT]:
        seen = (_us(at), self._until, self._count)
        over = max((changes.over_before(*seen) for _, changes in held), default=NEVER)
        near = [(changes.values, Row(*changes.near(seen[0], over, *seen[1:]))) for _, changes in held]
        if not any(rows.linked.any() for _, rows in near):
            return self._unlinked(near, None if over > NEVER else before)
        found = [
            self._change(values[row.value], row, thing)
            for (thing, _), (values, rows) in zip(held, near, strict=True)
            for row in map(Row._make, zip(*(column.tolist() for column in rows), strict=True))
            if self._worth.counts(self._index.ids[row.entry], thing)
        ]

        def sure_ever() -> Iterator[ValueT]:
            far = (
                changes.firm_values(self._until, self._count, rows.entry)
                for (_, changes), (_, rows) in zip(held, near, strict=True)
            )
            return chain(chain.from_iterable(far), (one.value for one in found if one.sure))

        return read(found, at, before=before, sure_ever=sure_ever)

    def _unlinked(self, near: Sequence[tuple[Sequence[ValueT], Row]], before: ValueT | None) -> Readings[ValueT]:
        """What `read` gives where nothing is linked: every change that is near may be the last one."""
        sure, possible = ({before}, {before}) if before is not None else (set(), set())
        for values, rows in near:
            sure |= {values[code] for code in set(rows.value[rows.firm == 1].tolist())}
            possible |= {values[code] for code in set(rows.value.tolist())}
        # In order of arrival first: most desks number their entries, and what is nearly in order is sorted soon.
        entries = sorted({entry for _, rows in near for entry in rows.entry.tolist()})
        ids = itemgetter(*entries)(self._index.ids) if len(entries) > 1 else [self._index.ids[one] for one in entries]
        return Readings(frozenset(sure), frozenset(possible), tuple(sorted(ids)))

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
        counted[sorted(self._index.numbers[entry_id] for entry_id in self._worth.gone)] = False
        return counted

    @cached_property
    def _worth(self) -> Worth:
        """What entries were worth by then."""
        acting = [
            (number, entry) for number, entry in tuple(self._index.acting.items()) if self._is(self._known, number)
        ]
        if not acting:
            return Worth()
        words = {entry.id: Word.of(entry) for _, entry in acting}
        for target in {one for _, entry in acting for one in acted_on(entry)} - words.keys():
            number = self._index.numbers.get(target)
            if number is not None and self._is(self._known, number):
                words[target] = self._word(target, number)
        return weighed(words)

    def _word(self, entry_id: str, number: int) -> Word:
        """What the rule asks of an entry that does not act itself."""
        index = self._index
        changes = {thing: index.things[thing].value_of(number) for thing in index.changed[number]}
        is_swept = number in index.sweeps_sometime or self._sweep_row(number) is not None
        swept = {_SWEEP: True} if is_swept else {}
        return Word(
            id=entry_id,
            kind="",
            is_sure=False,
            is_denied=False,
            recorded=_moment(int(index.entries.columns(number, number + 1)[1, 0])),
            is_timeless=False,
            is_count=number in index.counted,
            changes={**changes, **swept},
        )

    def _sweep_row(self, number: int | None) -> int | None:
        entries = self._within(self._index.sweeps.columns())[0]
        row = int(np.searchsorted(entries, number)) if number is not None else len(entries)
        return row if row < len(entries) and entries[row] == number else None

    @cached_property
    def _links(self) -> Mapping[str, Sequence[str]]:
        """What entries follow, as far as they follow any."""
        index = self._index
        follows = tuple(index.follows.items())
        return self._worth.links({index.ids[one]: links for one, links in follows if self._is(self._counted, one)})

    @cached_property
    def _not_before(self) -> Mapping[str, datetime]:
        """For each entry that follows another or is followed, before what it can't have been."""
        known: dict[str, tuple[datetime, Sequence[str]]] = {}
        for entry_id, links in self._links.items():
            for one in (entry_id, *links):
                if self._is(self._counted, self._index.numbers.get(one)):
                    known[one] = (_moment(self._span(one)[0]), self._links.get(one, ()))
        return not_before(known)

    def _span(self, entry_id: str) -> tuple[int, int]:
        """The first and the last moment (µs) that a change by an entry can be of, whatever it follows."""
        number = self._index.numbers[self._worth.moment_of(entry_id)]
        earliest, _, latest = self._index.entries.columns(number, number + 1)[:, 0].tolist()
        return earliest, latest

    def _is(self, which: Mask, number: int | None) -> bool:
        return number is not None and number < self._count and bool(which[number])

    def _within(self, columns: Numbers) -> Numbers:
        """Those rows, in order of their entries, whose entry the log has."""
        within: Numbers = columns[:, : int(np.searchsorted(columns[0], self._count))]
        return within

    def _change(self, value: ValueT, row: Row, thing: Thing) -> Change[ValueT]:
        entry_id, worth = self._index.ids[row.entry], self._worth
        earliest, latest = self._span(entry_id)
        return Change(
            value,
            entry_id,
            tuple(self._links.get(entry_id, ())),
            max(_moment(earliest), self._not_before.get(entry_id, BEGINNING)),
            _moment(latest),
            worth.is_sure(entry_id, said=bool(row.firm)),
            worth.doubt(entry_id, thing),
        )

    def _last_sweep(self, at: int) -> datetime | None:
        entry, latest, sure = self._within(self._index.sweeps.columns())
        index, worth, moments = self._index, self._worth, self._index.sweep_moments
        here = (latest <= at) & self._counted[entry]
        plain = np.flatnonzero(here & (sure == 1) & ~np.isin(entry, self._linked_sweeps))
        earliest = index.entries.columns()[0][entry[plain]]
        found = [moments[plain[int(earliest.argmax())]]] if len(plain) else []
        for number in self._linked_sweeps:
            entry_id, row = index.ids[number], self._sweep_row(index.numbers[worth.moment_of(index.ids[number])])
            own, acting = self._sweep_row(number), index.acting.get(number)
            said = bool(sure[own]) if own is not None else acting is not None and acting.certainty in SURE
            if (
                row is not None
                and latest[row] <= at
                and worth.is_sure(entry_id, said=said)
                and worth.counts(entry_id, _SWEEP)
                and worth.doubt(entry_id, _SWEEP) is None
            ):
                found.append(moments[row])
        return max(found, default=None)

    @cached_property
    def _linked_sweeps(self) -> list[int]:
        """The sweeps among the entries that are known and whose worth others may alter."""
        found = []
        for entry_id in tuple(self._index.linked):
            number = self._index.numbers.get(entry_id)
            if number is None or not self._is(self._counted, number):
                continue
            acting = self._index.acting.get(number)
            if self._sweep_row(number) is not None or (acting and acting.swept and acting.certainty != "denied"):
                found.append(number)
        return found

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


@lru_cache(16)  # a picture asks for every barrier of it, and is of one moment
def _us(moment: datetime) -> int:
    """A moment as whole microseconds."""
    return (moment - BEGINNING) // _MICROSECOND


def _moment(us: int) -> datetime:
    return BEGINNING + us * _MICROSECOND
