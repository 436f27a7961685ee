"""An index of a growing log: its picture at any moment, without going through the log. Equal to `fold`, only sooner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, Self, TypeVar

import numpy as np

from ringfence.model.entries import Entry
from ringfence.model.operation import Barrier, Site
from ringfence.picture.claims import BarrierWordings, Rivals, first_pair
from ringfence.picture.clusters import joined
from ringfence.picture.counts import Count, told
from ringfence.picture.effects import Thing
from ringfence.picture.fold import Besides, Picture, picture_of
from ringfence.picture.index import SWEEP, Index, Kept, Recent, Tie
from ringfence.picture.timeline import Change, Readings, read
from ringfence.picture.zones import ALWAYS, NEVER, UNTIED, Changes, Mask, Numbers, Row, moment, us

ValueT = TypeVar("ValueT")


class Chronicle:
    """The index of a log as it was when it had so many entries. It never changes; `grown` gives that of a longer log.

    Chronicles that grew from each other share what they hold: each sees its own part.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        index = Index()
        self._begin(index, index.add(entries))

    def _begin(self, index: Index, count: int) -> None:
        self._index, self._count = index, count
        self._last_known = _Known(index, count, ALWAYS)

    def grown(self, log: Sequence[Entry]) -> Chronicle:
        """The chronicle of a log that begins with this one's."""
        with self._index.lock:
            if self._index.count == self._count:
                longer = Chronicle.__new__(Chronicle)
                longer._begin(self._index, self._index.add(log[self._count :]))
                return longer
        return Chronicle(log)  # another one has grown from here meanwhile

    def picture(
        self, barriers: Sequence[Barrier], sites: Sequence[Site], *, at: datetime, known_at: datetime | None = None
    ) -> Picture:
        """What `fold` gives of these entries."""
        known = self._as_known(known_at)
        return picture_of(barriers, sites, known, known.besides(at), at=at, known_at=known_at)

    def counts(self, *, at: datetime, known_at: datetime | None = None) -> tuple[Count, ...]:
        """What `counts` gives of these entries."""
        return told(self._index.tallies.seen(self._index.log, self._count, at, known_at), at)

    def rivals(self, *, at: datetime, known_at: datetime | None = None) -> tuple[Rivals, ...]:
        """What `rivals` gives of these entries."""
        return self._as_known(known_at).rivals(us(at))

    def wordings(self, *, at: datetime, known_at: datetime | None = None) -> tuple[BarrierWordings, ...]:
        """What `wordings` gives of these entries."""
        return self._as_known(known_at).wordings(us(at))

    def _as_known(self, known_at: datetime | None) -> _Known:
        until = ALWAYS if known_at is None else us(known_at)
        last = self._last_known
        known = last.again() if last.until == until else _Known(self._index, self._count, until)
        self._last_known = known
        return known


class _Known:
    """The index as far as it was known at a moment."""

    def __init__(self, index: Index, count: int, until: int) -> None:
        self._index, self._count, self.until = index, count, until
        self._ties: dict[int, Tie] = {}

    def again(self) -> Self:
        """The same for another question: which entries are known, and count, stays; clusters grow meanwhile."""
        other = copy(self)
        other._ties = {}
        return other

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
        if self.until < ALWAYS or not all(changes.is_plain(self._count) for _, changes in held):
            return self._read(held, at, before)
        # With nothing linked, and all of it known, moments alone say what a thing is: the same until the next of them.
        recent = self._index.recent.get(key := tuple(things))
        asked = us(at)
        if recent is None or recent.stamp != stamp or not recent.since <= asked < recent.until:
            bounds = [changes.unaltered_around(asked) for _, changes in held]
            since = max((begins for begins, _ in bounds), default=NEVER)
            until = min((ends for _, ends in bounds), default=ALWAYS)
            recent = self._index.recent[key] = Recent(stamp, since, until, self._read(held, at, before))
        return recent.readings

    def _read(self, held: Sequence[tuple[Thing, Changes]], at: datetime, before: ValueT) -> Readings[ValueT]:
        """Changes that are linked are read one by one; of the others, which are most, only the moments."""
        seen = (us(at), self.until, self._count)
        over = max((changes.over_before(*seen) for _, changes in held), default=NEVER)
        near = [
            (thing, changes, changes.near(seen[0], over, *seen[1:], self._index.clusters.bounds))
            for thing, changes in held
        ]
        listed = [change for thing, _, rows in near for change in self._listed(thing, rows)]
        untied = [(changes.values, _untied(rows)) for _, changes, rows in near]
        crowd: _Crowd[ValueT] = _Crowd(self._index.ids, untied, seen[0], over)

        def sure_ever() -> Iterator[ValueT]:
            for thing, changes in held:
                yield from changes.firm_values(*seen[1:])
                every = self._listed(thing, changes.linked(*seen[1:]))
                yield from (change.value for change in every if change.sure)

        return read(listed, at, before=before, crowd=crowd, sure_ever=sure_ever)

    def _listed(self, thing: Thing, table: Numbers) -> Iterator[Change[Any]]:
        """The linked changes among some rows, as far as they count."""
        rows = Row(*table)
        linked = rows.cluster.nonzero()[0]
        columns = (column[linked].tolist() for column in (rows.entry, rows.cluster, rows.firm))
        for number, cluster, firm in zip(*columns, strict=True):
            tie = self._tie(cluster)
            if (number, thing) not in tie.changes:
                tie.changes[number, thing] = self._index.change(tie, number, thing, firm=bool(firm))
            change = tie.changes[number, thing]
            if change is not None:
                yield change

    def besides(self, at: datetime) -> Besides:
        """What a picture has besides the readings of things."""
        known_count = int(np.count_nonzero(self._counted))
        return Besides(
            last_sweep=self._last_sweep(us(at)),
            entries_known=known_count,
            entries_left_out=self._count - known_count,
            disputed=self._disputed(us(at)),
        )

    @cached_property
    def _known(self) -> Mask:
        """(entries,) which were recorded by then."""
        known: Mask = Kept(*self._index.entries.columns(0, self._count)).recorded <= self.until
        return known

    @cached_property
    def _counted(self) -> Mask:
        """(entries,) which count: recorded by then, and not taken back."""
        counted, index = self._known.copy(), self._index
        retracting = self._within(index.retracting.columns())[0]
        clusters = set(index.clusters_of(retracting[self._known[retracting]]).tolist())
        counted[[index.numbers[one] for cluster in clusters for one in self._tie(cluster).worth.gone]] = False
        return counted

    def _tie(self, cluster: int) -> Tie:
        """What the entries of a cluster were worth by then."""
        settled = self._index.settled(cluster)
        if settled.newest < self._count and settled.recorded <= self.until:
            return settled.tie
        tie = self._ties.get(cluster)
        if tie is None:
            numbers = map(self._index.numbers.get, self._index.clusters.members(cluster))
            known = sorted(one for one in numbers if one is not None and self._is(self._known, one))
            tie = self._ties[cluster] = self._index.tie(tuple(known))
        return tie

    def _is(self, which: Mask, number: int) -> bool:
        return number < self._count and bool(which[number])

    def _within(self, columns: Numbers) -> Numbers:
        """Those rows, in order of their entries, whose entry the log has."""
        within: Numbers = columns[:, : int(np.searchsorted(columns[0], self._count))]
        return within

    def _last_sweep(self, at: int) -> datetime | None:
        index = self._index
        entry, latest, sure = self._within(index.sweeps.columns())
        plain = np.flatnonzero((latest <= at) & (sure == 1))
        plain = plain[self._counted[entry[plain]]]
        plain = plain[index.clusters_of(entry[plain]) == UNTIED]
        found: list[datetime] = []
        newest = NEVER
        if len(plain):
            last = int(plain[index.earliest_of(entry[plain]).argmax()])
            found, newest = [index.sweep_moments[last]], int(index.earliest_of(entry[last]))
        sometime = self._within(index.sweeps_sometime.columns())[0]
        for number in self._reaching(np.concatenate([entry, sometime]), newest, at):
            found += self._certain_sweep(number, at)
        return max(found, default=None)

    def _reaching(self, entries: Numbers, after: int, at: int) -> list[int]:
        """Those of some entries that are tied to others, and may be of a moment between these."""
        clusters = self._index.clusters_of(entries)
        tied = np.flatnonzero(clusters != UNTIED)
        tied = tied[self._counted[entries[tied]]]
        first, last = self._index.clusters.bounds.columns()[:, clusters[tied]]
        numbers: list[int] = entries[tied[(first <= at) & (last >= after)]].tolist()
        return numbers

    def _certain_sweep(self, number: int, at: int) -> list[datetime]:
        """The moment of a sweep that is tied to other entries, if it is certain by then."""
        index = self._index
        entry_id, worth = index.ids[number], self._tie(index.kept(number).cluster).worth
        row, own, acting = (
            index.sweep_row(index.numbers[worth.moment_of(entry_id)]),
            index.sweep_row(number),
            index.acting(number),
        )
        _, latest, sure = index.sweeps.columns()
        said = bool(sure[own]) if own is not None else acting is not None and acting.is_sure
        is_certain = (
            row is not None
            and latest[row] <= at
            and worth.is_sure(entry_id, said=said)
            and worth.counts(entry_id, SWEEP)
            and worth.doubt(entry_id, SWEEP) is None
        )
        return [index.sweep_moments[row]] if is_certain and row is not None else []

    def rivals(self, at: int) -> tuple[Rivals, ...]:
        """See `claims.rivals`."""
        index = self._index
        pairs = index.rivals.columns()
        both = np.flatnonzero((pairs < self._count).all(axis=0) & (pairs[0] != pairs[1]))
        for side in pairs:
            both = both[self._known[side[both]] & (index.earliest_of(side[both]) <= at)]
        clusters = index.clusters_of(pairs[0, both]).tolist()
        cluster_of = dict(zip(both.tolist(), clusters, strict=True))
        sets = [index.rivals_of(self._tie(cluster_of[rows[0]]), rows) for rows in joined(both.tolist(), pairs[:, both])]
        return tuple(sorted(sets, key=first_pair))

    def wordings(self, at: int) -> tuple[BarrierWordings, ...]:
        """See `claims.wordings`."""
        found = []
        for barrier, every in sorted(self._index.wordings.items()):
            words = [one for one in tuple(every) if one.number < self._count]
            numbers = np.array([one.number for one in words], dtype=np.int64)
            holds = self._counted[numbers] & (self._index.earliest_of(numbers) <= at)
            said = tuple(one.said for one, is_so in zip(words, holds.tolist(), strict=True) if is_so)
            if said:
                found.append(BarrierWordings(barrier=barrier, wordings=said))
        return tuple(found)

    def _disputed(self, at: int) -> tuple[tuple[str, str], ...]:
        one, other = self._index.rivals.columns()
        both = np.flatnonzero((one < self._count) & (other < self._count) & (one != other))
        for side in (one, other):
            both = both[self._counted[side[both]] & (self._index.earliest_of(side[both]) <= at)]
        return tuple(sorted(set(map(self._index.rival_ids.__getitem__, both.tolist()))))


class _Crowd(NamedTuple, Generic[ValueT]):
    """See `timeline.Crowd`: rows near the moment (µs), by the values of their thing; `over` is when the newest one that
    rules begins."""

    ids: Sequence[str]
    near: Sequence[tuple[Sequence[ValueT], Row]]
    at: int
    over: int

    @property
    def newest(self) -> datetime | None:
        return moment(self.over) if self.over > NEVER else None

    def last(self, newest: datetime) -> Readings[ValueT]:
        sure: set[ValueT] = set()
        possible: set[ValueT] = set()
        numbers = []
        for values, rows in self.near:
            left = rows  # which are those that nothing of the crowd itself has ended
            if us(newest) > self.over:
                left = Row(*np.array(rows)[:, np.minimum(rows.latest, self.at) >= us(newest)])
            sure |= {values[code] for code in _different(left.value[left.firm == 1])}
            possible |= {values[code] for code in _different(left.value)}
            numbers.append(left.entry)
        # In order of arrival first: most desks number their entries, and what is nearly in order is sorted soon.
        entries = np.unique(np.concatenate(numbers)).tolist() if numbers else []
        return Readings(frozenset(sure), frozenset(possible), tuple(sorted(map(self.ids.__getitem__, entries))))


def _different(codes: Numbers) -> list[int]:
    """Which numbers there are among some small ones."""
    found: list[int] = np.bincount(codes).nonzero()[0].tolist()
    return found


def _untied(table: Numbers) -> Row:
    """Those of some rows that are not linked."""
    rows = Row(*table)
    return Row(*table[:, rows.cluster == UNTIED]) if rows.cluster.any() else rows
