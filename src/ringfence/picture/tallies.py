"""The figures of a growing log, so that what was counted is told without going through all of it.

`counts.told` is the definition. It is handed the figures found here, less those of which the moments alone say that it
would pick none of them, whatever the rest: they are only named (`docs/decisions/0018-chronicle.md`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ringfence.model.entries import Entry
from ringfence.model.spans import BEGINNING, END
from ringfence.picture.counts import Rest
from ringfence.picture.effects import SURE, is_count
from ringfence.picture.figures import Figured, Group, Weight, figures_of, group_of
from ringfence.picture.zones import ALWAYS, NEVER, Columns, Mask, Numbers, us

MEMBERS_MAX = 64
"""Of entries tied to more others than these, the figures are worked out by whoever asks."""
FEW = 16
"""So many figures of a kind are handed over as they are."""
FRONT = 8
"""So many of those that were reported last are held against the others."""

Live = list[tuple[Columns, int]]
"""Rows that hold for the newest log, and in which columns they are."""


class Roll:
    """The ids of a group's figures, by number in order of arrival; one thread writes, as with `Strand`."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._by_id: tuple[Numbers, npt.NDArray[Any]] = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.object_)

    def append(self, name: str) -> int:
        """Add an id; its number."""
        self._names.append(name)
        return len(self._names) - 1

    def ids(self, numbers: Numbers) -> npt.NDArray[Any]:
        """(n,) the ids of some numbers, in order."""
        self.sort(beyond=0)
        order, names = self._by_id
        wanted = np.zeros(len(order), dtype=np.bool_)
        wanted[numbers] = True
        found: npt.NDArray[Any] = names[wanted[order]]
        return found

    def sort(self, *, beyond: int) -> None:
        """Put the ids in order, if more than so many came since they were."""
        order, names = self._by_id
        count = len(self._names)
        if count - len(order) <= beyond:
            return
        added = sorted((self._names[number], number) for number in range(len(order), count))
        places = np.searchsorted(names, np.array([name for name, _ in added], dtype=np.object_))
        order = np.insert(order, places, [number for _, number in added])
        self._by_id = order, np.insert(names, places, [name for name, _ in added])


class Strand:
    """The figures of one group that weigh the same, by the word of one source.

    One thread writes, others read meanwhile, of entries that were there before. A row is never altered but for the
    length of log from which on it holds no more, which is longer than any that is read meanwhile.
    """

    def __init__(self, roll: Roll) -> None:
        self.rows = Columns(len(_Row._fields))
        self.figures: list[Figured] = []
        self.roll = roll

    def append(self, figure: Figured, since: int, known: int, begun: int) -> int:
        """Add a figure of the logs of at least `since` entries, from when it is known and has begun (µs); its row."""
        entry = figure.entry
        self.figures.append(figure)  # first: who sees the row finds it
        moments = figure.earliest, figure.latest, entry.reported.earliest, entry.reported.latest
        order = entry.reported.to or BEGINNING, entry.recorded.latest
        self.rows.append(since, ALWAYS, known, begun, *map(us, (*moments, *order)), self.roll.append(entry.id))
        return self.rows.count - 1

    def held(self, count: int, known: int, at: int) -> Numbers:
        """(n,) the rows that hold in a log of so many entries, as known at a moment, and have begun by another (µs)."""
        rows = _Row(*self.rows.columns())
        holds = (rows.since <= count) & (rows.until > count) & (rows.known <= known) & (rows.begun <= at)
        return np.flatnonzero(holds)

    def of(self, rows: Numbers) -> list[Figured]:
        """The figures of some rows."""
        return [self.figures[row] for row in rows.tolist()]


class Tallies:
    """The figures of a log, by group and weight. Entries are known by number, in order of arrival.

    What a figure is worth hangs on the entries that its own is tied to (`clusters.py`). So each cluster has a version,
    which ends when another entry joins it; whoever knows only a part of it, or asks for a moment before all of it had
    begun, works out the figures of that cluster alone.
    """

    def __init__(self) -> None:
        self.groups: dict[Group, dict[tuple[Weight, bool], Strand]] = {}
        self._rolls: dict[Group, Roll] = {}
        self._versions = Columns(len(_Version._fields))
        self._members: list[list[tuple[int, int]]] = []  # of each version, and since how many entries each is one
        self._loose: dict[int, int] = {}  # the version of each cluster that has too many
        self._live: dict[int, Live] = {}  # by entry
        self._current: dict[int, Live] = {}  # by cluster

    def add(self, entry: Entry, number: int) -> None:
        """Take in an entry that is tied to no other."""
        if is_count(entry):
            figure = Figured(entry, entry.certainty in SURE)
            known, begun = us(entry.recorded.latest), us(entry.so.earliest)
            self._live[number] = [self._append(figure, number + 1, known, begun, linked=False)]

    def tie(self, cluster: int, numbers: Sequence[int], number: int) -> None:
        """Some entries are of a cluster from the arrival of entry `number` on; see `settle`."""
        for one in numbers:
            _end(self._live.pop(one, ()), number + 1)
        if cluster in self._loose:
            version = self._loose[cluster]
            self._members[version] += [(one, number + 1) for one in numbers]
            self._live |= {one: [(self._versions, version)] for one in numbers}
        else:
            _end(self._current.pop(cluster, ()), number + 1)

    def is_loose(self, cluster: int) -> bool:
        """Whether the figures of a cluster are worked out by whoever asks."""
        return cluster in self._loose

    def settle(self, cluster: int, numbers: Sequence[int], log: Sequence[Entry]) -> None:
        """All of a cluster that has arrived by now are these entries of a log."""
        if cluster in self._loose or cluster in self._current:
            return
        since, version = len(log), self._versions.count
        live: Live = [(self._versions, version)]
        if len(numbers) > MEMBERS_MAX:
            self._loose[cluster] = version
            bounds = _Version(since, ALWAYS, NEVER, ALWAYS, NEVER, ALWAYS)
        else:
            entries = [log[one] for one in numbers]
            if not any(map(is_count, entries)):
                return
            known = [us(entry.recorded.latest) for entry in entries]
            begun = [us(entry.so.earliest) for entry in entries]
            bounds = _Version(since, ALWAYS, min(known), max(known), min(begun), max(begun))
            figures = figures_of(entries, END)
            followed = {one for figure in figures for one in figure.entry.follows}
            for figure in figures:
                linked = bool(figure.entry.follows) or figure.entry.id in followed
                live.append(self._append(figure, since, max(known), max(begun), linked=linked))
        self._members.append([(one, since) for one in numbers])
        self._versions.append(*bounds)
        self._current[cluster] = live
        self._live |= dict.fromkeys(numbers, live)

    def sort(self, *, beyond: int) -> None:
        """Put the ids of all groups in order that have more than so many new ones."""
        for roll in self._rolls.values():
            roll.sort(beyond=beyond)

    def seen(
        self, log: Sequence[Entry], count: int, at: datetime, known_at: datetime | None
    ) -> dict[Group, tuple[list[Figured], list[Rest]]]:
        """What `counts.told` is to be handed of a log of so many entries: of each group the figures, and the rest."""
        until = ALWAYS if known_at is None else us(known_at)
        apart: defaultdict[Group, list[Figured]] = defaultdict(list)
        for figure in self._apart(log, count, at, known_at):
            apart[group_of(figure.entry)].append(figure)
        found = {}
        for group, strands in tuple(self.groups.items()):
            held = {key: (strand, strand.held(count, until, us(at))) for key, strand in tuple(strands.items())}
            figures, rest = _picked(held, us(at), apart.pop(group, []))
            if figures:
                found[group] = figures, rest
        return {**found, **{group: (figures, []) for group, figures in apart.items()}}

    def _apart(self, log: Sequence[Entry], count: int, at: datetime, known_at: datetime | None) -> Iterator[Figured]:
        """The figures of clusters of which not all was known, or had begun, and of those that have too many."""
        until = ALWAYS if known_at is None else us(known_at)
        rows = _Version(*self._versions.columns())
        holds = (rows.since <= count) & (rows.until > count)
        holds &= (rows.known_first <= until) & (rows.begun_first <= us(at))
        for version in np.flatnonzero(holds & ((rows.known_last > until) | (rows.begun_last > us(at)))).tolist():
            members = [log[one] for one, since in tuple(self._members[version]) if since <= count]
            known = [one for one in members if known_at is None or one.recorded.latest <= known_at]
            if any(map(is_count, known)):
                yield from figures_of(known, at)

    def _append(self, figure: Figured, since: int, known: int, begun: int, *, linked: bool) -> tuple[Columns, int]:
        key, group = (figure.weight, linked), group_of(figure.entry)
        roll = self._rolls.setdefault(group, Roll())
        strand = self.groups.setdefault(group, {}).setdefault(key, Strand(roll))
        return strand.rows, strand.append(figure, since, known, begun)


def _end(rows: Iterable[tuple[Columns, int]], count: int) -> None:
    """Some rows do not hold in logs of `count` entries and more."""
    for columns, row in rows:
        until = columns.columns()[_UNTIL]
        until[row] = min(int(until[row]), count)


def _picked(
    held: Mapping[tuple[Weight, bool], tuple[Strand, Numbers]], at: int, apart: Sequence[Figured]
) -> tuple[list[Figured], list[Rest]]:
    """The figures of a group that may be picked or rule others out, and those that are neither.

    Left out is what a figure that is linked to none is certain to be newer than, if it rules out nothing that others
    don't. One that follows another rules that out whatever the moments: it is left out if the other one is anyway. And
    so are those not certain to be so yet, which rule out nothing, if nothing is newer: the last in order stands for
    all.
    """
    figures, rest = list(apart), []
    waiting: list[tuple[Weight, Strand, Numbers]] = []
    linked_out: list[tuple[Weight, Strand, Numbers]] = []
    for weight in dict.fromkeys(weight for weight, _ in held):
        strand, rows = held.get((weight, False), (_EMPTY, _NONE))
        linked, linked_rows = held.get((weight, True), (_EMPTY, _NONE))
        if weight.is_denied or len(rows) <= FEW:
            figures += strand.of(rows) + linked.of(linked_rows)
            continue
        out, waits, out_linked = _ruled_out(strand, rows, linked, linked_rows, at)
        figures += strand.of(rows[~(out | waits)]) + linked.of(linked_rows[~out_linked])
        if out.any():
            rest.append(_rest(weight, strand, rows[out]))
        waiting.append((weight, strand, rows[waits]))
        linked_out.append((weight, linked, linked_rows[out_linked]))
    left = {figure.entry.id for figure in figures}
    for weight, strand, rows in linked_out:
        is_out = np.array([left.isdisjoint(figure.entry.follows) for figure in strand.of(rows)], dtype=np.bool_)
        figures += strand.of(rows[~is_out])
        if is_out.any():
            rest.append(_rest(weight, strand, rows[is_out]))
    newest = [(weight, strand, rows, _none_is_newer(strand, rows, figures, at)) for weight, strand, rows in waiting]
    for weight, strand, rows, are_newest in newest:
        figures += strand.of(rows[~are_newest])
        alike = rows[are_newest]
        if len(alike):
            last = _ends(strand, _Row(*strand.rows.columns()[:, alike]), alike)[1]
            figures.append(strand.figures[int(alike[last])])
            rest.append(_rest(weight, strand, np.delete(alike, last), are_newest=True))
    return figures, rest


def _rest(weight: Weight, strand: Strand, rows: Numbers, *, are_newest: bool = False) -> Rest:
    numbers = _Row(*strand.rows.columns()).number[rows]
    return Rest(weight, numbers, strand.roll.ids, partial(strand.of, rows), are_newest)


def _none_is_newer(strand: Strand, rows: Numbers, figures: Iterable[Figured], at: int) -> Mask:
    """Which of some rows, linked to none and not certain to be so yet, no figure is certain to be newer than."""
    own = _Row(*strand.rows.columns()[:, rows])
    moments = ((us(one.entry.reported.earliest), us(one.latest)) for one in figures)
    over = sorted((reported, latest) for reported, latest in moments if latest <= at)
    reported = np.array([one for one, _ in over], dtype=np.int64)
    reached = np.maximum.accumulate(np.array([one for _, one in over] + [NEVER], dtype=np.int64)[::-1])[::-1]
    none_is: Mask = reached[np.searchsorted(reported, own.reported_latest, side="right")] <= own.earliest
    return none_is


def _ruled_out(strand: Strand, rows: Numbers, linked: Strand, linked_rows: Numbers, at: int) -> tuple[Mask, Mask, Mask]:
    """Which of some rows that are linked to none can be left out, which of the rest wait for their moment, and which of
    some linked ones can be left out; see `_picked`.

    The one of the latest moment stands for all in what it rules out by its moment; by when they were reported, those
    do that were reported last of all that reach as far.
    """
    own, other = _Row(*strand.rows.columns()[:, rows]), _Row(*linked.rows.columns()[:, linked_rows])
    out, out_linked = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(linked_rows), dtype=np.bool_)
    waits: Mask = own.latest > at
    over = np.flatnonzero(~waits)
    if len(over):
        newest = int(_greatest(over, own.earliest, own.latest)[0])
        front: list[int] = []
        while len(over) and len(front) < FRONT:
            front.append(int(_greatest(over, own.reported, own.latest, own.earliest)[0]))
            over = over[~_reaches(own, front[-1], own.earliest[over], own.latest[over])]
        strongest = [newest, *front]
        out, out_linked = (_is_older(table, own, strongest) for table in (own, other))
        out[[*strongest, *over.tolist()]] = False
        begin, end = own.earliest[newest], own.latest[newest]
        reached = (other.earliest < begin) | ((other.earliest == begin) & (other.latest <= end))
        also = [
            (other.reported <= own.reported[one]) & _reaches(own, one, other.earliest, other.latest) for one in front
        ]
        out_linked &= (reached & np.logical_or.reduce(also)) | (other.latest > at)
    ends = _ends(strand, own, rows)
    out[ends] = waits[ends] = False
    out_linked[_ends(linked, other, linked_rows)] = False
    return out, waits & ~out, out_linked


def _reaches(rows: _Row, one: int, earliest: Numbers, latest: Numbers) -> Mask:
    """Whether a row lasts as long as others; if it ends with them, whether it begins no earlier."""
    end, begin = rows.latest[one], rows.earliest[one]
    longer: Mask = (latest < end) | ((latest == end) & (earliest <= begin))
    return longer


def _is_older(rows: _Row, others: _Row, strongest: Iterable[int]) -> Mask:
    """Which rows some others are certain to be newer than, as `counts` has it of those that are not linked."""
    older = np.zeros(len(rows.since), dtype=np.bool_)
    left, of_earliest, of_latest, of_reported = np.arange(len(older)), rows.earliest, rows.latest, rows.reported_latest
    for one in dict.fromkeys(strongest):
        earliest, latest, reported = others.earliest[one], others.latest[one], others.reported[one]
        differs = (of_earliest != earliest) | (of_latest != latest)
        is_older = (of_latest <= earliest) & differs
        is_older |= ~((latest <= of_earliest) & differs) & (of_reported < reported)
        older[left[is_older]] = True
        still = np.flatnonzero(~is_older)
        left, of_earliest, of_latest, of_reported = (c[still] for c in (left, of_earliest, of_latest, of_reported))
    return older


def _ends(strand: Strand, rows: _Row, numbers: Numbers) -> list[int]:
    """Which rows are the first and the last in the order of figures."""
    if not len(numbers):
        return []
    everything = np.arange(len(numbers))
    columns = rows.order, rows.earliest, rows.recorded
    found = []
    for way, choose in ((-1, min), (1, max)):
        alike = _greatest(everything, *columns, way=way).tolist()
        found.append(choose(alike, key=lambda one: strand.figures[numbers[one]].entry.id))
    return found


def _greatest(among: Numbers, *columns: Numbers, way: int = 1) -> Numbers:
    """Those with the most in the first column, of these in the next, and so on; with the least, the other way."""
    for column in columns:
        values = column[among]
        among = among[values == (values.max() if way > 0 else values.min())]
    return among


class _Row(NamedTuple):
    """Of a figure: in logs of how many entries it holds; from when it is known and has begun; its moments; when it and
    its entry were reported and recorded, as figures are put in order; the number of its id. All moments in µs."""

    since: Any
    until: Any
    known: Any
    begun: Any
    earliest: Any
    latest: Any
    reported: Any
    reported_latest: Any
    order: Any
    recorded: Any
    number: Any


class _Version(NamedTuple):
    """Of what a cluster is: in logs of how many entries it holds; when the first and the last of its entries was known,
    and had begun (µs)."""

    since: Any
    until: Any
    known_first: Any
    known_last: Any
    begun_first: Any
    begun_last: Any


_UNTIL = _Row._fields.index("until")
_NONE: Numbers = np.empty(0, dtype=np.int64)
_NO: Mask = np.empty(0, dtype=np.bool_)
_EMPTY = Strand(Roll())
