"""Columns that grow at the end, and the bounds of each block of them: what is far from a moment is never looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ringfence.model.spans import BEGINNING

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

BLOCK = 1024
"""Rows that share one set of bounds."""

WIDE = 7 * 86_400 * 1_000_000
"""Changes of which the moment is not known to within a week (µs): one of them would spoil the bounds of its block."""

UNTIED = 0
"""In place of the number of a cluster."""

NEVER = int(np.iinfo(np.int64).min)
"""Before every moment."""
ALWAYS = int(np.iinfo(np.int64).max)
"""After every moment."""
_MICROSECOND = timedelta(microseconds=1)


class Columns:
    """Whole numbers in columns, in order of arrival.

    Who reads while another writes may not see the newest rows, nor what is set in place meanwhile.
    """

    def __init__(self, width: int) -> None:
        self._data: Numbers = np.empty((width, 16), dtype=np.int64)
        self.count = 0

    def append(self, *numbers: int) -> None:
        """Add a row."""
        if self.count == self._data.shape[1]:
            grown = np.empty((len(self._data), 2 * self.count), dtype=np.int64)
            grown[:, : self.count] = self._data
            self._data = grown
        self._data[:, self.count] = numbers
        self.count += 1

    def columns(self, first: int = 0, last: int | None = None) -> Numbers:
        """(width, rows) the rows from `first` up to `last` (None: all)."""
        return self._data[:, first : self.count if last is None else last]


class Changes:
    """The changes of one thing, in order of arrival.

    A change is linked if its entry is tied to others, which may say more of their order than their moments do, or take
    it back: it then has the number of their cluster (`clusters.py`). It rules if it is firm (confirmed or observed) and
    not linked: what must have been before it is over.

    One thread writes, others read meanwhile, of entries that were there before. What is written comes in an order in
    which none of them misses a row of theirs, or takes one for linked here and for unlinked there.
    """

    def __init__(self) -> None:
        self.values: list[Any] = []
        """What changes were to, each value once."""
        self._rows = Columns(len(Row._fields))
        self._bounds = Columns(len(_Bounds._fields))
        # Rows that are read wherever their block lies, wide ones and those linked: the number of each, and a copy, so
        # that they lie side by side.
        self._apart = Columns(1 + len(Row._fields))
        self._copies: dict[int, int] = {}  # where in these columns a row is
        self._has_links = False

    def append(self, value: Any, earliest: int, latest: int, recorded: int, entry: int, *, firm: bool) -> None:
        """Add a change; moments in µs, and which entry it is of, by number."""
        if value not in self.values:
            self.values.append(value)
        row = Row(earliest, latest, recorded, entry, firm, UNTIED, self.values.index(value))
        self._bound(row)
        self._rows.append(*row)
        if latest - earliest > WIDE:
            self._set_apart(self._rows.count - 1, row)

    def link(self, entry: int, cluster: int) -> None:
        """From now on the change by that entry is linked, and of that cluster."""
        self._has_links = True
        rows = self._rows.columns()
        number = int(np.searchsorted(rows[_ENTRY], entry))
        if number in self._copies:
            self._apart.columns()[1 + _CLUSTER, self._copies[number]] = cluster
        else:
            self._set_apart(number, Row(*rows[:, number].tolist())._replace(cluster=cluster))
        rows[_CLUSTER, number] = cluster  # last: who sees it here, and so lets it end nothing, must find it there, too

    def _set_apart(self, number: int, row: Row) -> None:
        self._copies[number] = self._apart.count
        self._apart.append(number, *row)

    @property
    def count(self) -> int:
        """How many changes there are."""
        return self._rows.count

    def is_plain(self, entries: int) -> bool:
        """Whether they are few, none is linked, and all are of entries of lower numbers than `entries`."""
        rows = self._rows.columns()
        count = rows.shape[1]
        return not self._has_links and 0 < count < BLOCK and int(rows[_ENTRY, count - 1]) < entries

    def unaltered_around(self, at: int) -> tuple[int, int]:
        """From which moment (µs) to right before which one the same changes may be the last as at this one."""
        moments = self._rows.columns()[:2]  # what may have begun by then, and what must be over by then
        by_then = moments <= at
        return int(moments[by_then].max(initial=NEVER)), int(moments[~by_then].min(initial=ALWAYS))

    def over_before(self, at: int, known: int, entries: int) -> int:
        """Changes that must have happened before this moment (µs) are over by `at`: a ruling one came after them.

        `known` is when a change must have been recorded by, in µs; only entries of lower numbers than `entries` count.
        """
        over = NEVER
        bounds, table = _Bounds(*self._bounds.columns()), self._rows.columns()
        ended = np.flatnonzero((bounds.recorded <= known) & (bounds.ruling_ends <= at))
        for block in ended[np.argsort(-bounds.ruling_begins[ended])].tolist():
            if bounds.ruling_begins[block] <= over:
                break
            rows = table[:, block * BLOCK : (block + 1) * BLOCK]
            over = max(over, self._last_ruling(rows, at, known, entries))
        return over

    def near(self, at: int, over: int, known: int, entries: int, clusters: Columns) -> Numbers:
        """(7, rows) the changes that may have happened by a moment and are not over before `over`.

        In no order. A linked one is near if any of its cluster may be: `clusters` has the first and the last moment of
        each. The other parameters are as in `over_before`. The columns are those of `Row`.
        """
        apart = self._apart.columns()  # first, so that the others have all of its rows, whoever appends meanwhile
        bounds = _Bounds(*self._bounds.columns())
        table = self._rows.columns()
        looked_at = (bounds.earliest <= at) & (bounds.latest >= over) & (bounds.recorded <= known)
        blocks = looked_at.nonzero()[0].tolist()
        parts = [table[:, begin * BLOCK : end * BLOCK] for begin, end in _runs(blocks)]
        chosen = [self._is_near(part, at, over, clusters) for part in (*parts, apart[1:])]
        chosen[-1] &= ~looked_at[apart[0] // BLOCK]
        parts.append(apart[1:])
        if known < ALWAYS or not table.shape[1] or table[_ENTRY, -1] >= entries:
            chosen = [near & self._is_known(part, known, entries) for part, near in zip(parts, chosen, strict=True)]
        found = [part[:, here.nonzero()[0]] for part, here in zip(parts, chosen, strict=True)]
        return np.concatenate(found, axis=1)

    def linked(self, known: int, entries: int) -> Numbers:
        """(7, rows) all linked changes, in no order."""
        apart = self._apart.columns()[1:]
        found: Numbers = apart[:, (apart[_CLUSTER] != UNTIED) & self._is_known(apart, known, entries)]
        return found

    @staticmethod
    def _is_near(table: Numbers, at: int, over: int, clusters: Columns) -> Mask:
        """Which of some rows `near` means."""
        rows = Row(*table)
        near: Mask = (rows.earliest <= at) & (rows.latest >= over)
        linked = rows.cluster.nonzero()[0]
        if len(linked):
            cluster = rows.cluster[linked]
            first, last = clusters.columns()[:, cluster]  # read after the rows: it has every cluster that they name
            near[linked] = (first <= at) & (last >= over)
        return near

    @staticmethod
    def _is_known(table: Numbers, known: int, entries: int) -> Mask:
        rows = Row(*table)
        is_known: Mask = (rows.recorded <= known) & (rows.entry < entries)
        return is_known

    def value_of(self, entry: int) -> Any:
        """What the change by that entry was to; there must be one."""
        rows = self._rows.columns()
        return self.values[int(rows[_VALUE, int(np.searchsorted(rows[_ENTRY], entry))])]

    def firm_values(self, known: int, entries: int) -> set[Any]:
        """The values of all firm changes that are not linked."""
        rows = Row(*self._rows.columns())
        firm = (rows.firm == 1) & (rows.recorded <= known) & (rows.entry < entries) & (rows.cluster == UNTIED)
        return {self.values[code] for code in np.unique(rows.value[firm]).tolist()}

    @staticmethod
    def _last_ruling(table: Numbers, at: int, known: int, entries: int) -> int:
        """The latest earliest moment of the ruling changes among some rows that have happened by then."""
        rows = Row(*table)
        ruling = (rows.firm == 1) & (rows.cluster == UNTIED) & (rows.latest <= at) & (rows.entry < entries)
        if known < ALWAYS:
            ruling &= rows.recorded <= known
        return int(rows.earliest[ruling].max(initial=NEVER))

    def _bound(self, row: Row) -> None:
        """Take one more row into the bounds of the last block. They stay where a firm row is linked later, and so rules
        no more: too wide, which costs a look."""
        if self._rows.count % BLOCK == 0:
            self._bounds.append(ALWAYS, NEVER, ALWAYS, NEVER, ALWAYS)
        last = self._bounds.columns()[:, -1]
        known = _Bounds(*last.tolist())
        narrow = row.latest - row.earliest <= WIDE
        last[:] = _Bounds(
            earliest=min(known.earliest, row.earliest) if narrow else known.earliest,
            latest=max(known.latest, row.latest) if narrow else known.latest,
            recorded=min(known.recorded, row.recorded),
            ruling_begins=max(known.ruling_begins, row.earliest) if row.firm else known.ruling_begins,
            ruling_ends=min(known.ruling_ends, row.latest) if row.firm else known.ruling_ends,
        )


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The stretches of ascending numbers that follow each other: where each begins, and where it is over."""
    for _, run in groupby(enumerate(numbers), key=lambda counted: counted[1] - counted[0]):
        (_, first), *rest = run
        yield first, first + 1 + len(rest)


class Row(NamedTuple):
    """The columns of a change: earliest and latest moment and when recorded, in µs; its entry's number; whether it is
    firm; the number of its cluster, `UNTIED` if it is of none; the number of its value."""

    earliest: Any
    latest: Any
    recorded: Any
    entry: Any
    firm: Any
    cluster: Any
    value: Any


_ENTRY, _CLUSTER, _VALUE = map(Row._fields.index, ("entry", "cluster", "value"))


class _Bounds(NamedTuple):
    """Of a block: its earliest and latest moment, wide changes left out; when its first change was recorded, when its
    last firm change begins, and when its first ends."""

    earliest: Any
    latest: Any
    recorded: Any
    ruling_begins: Any
    ruling_ends: Any


@lru_cache(16)  # a picture asks for every barrier of it, and is of one moment
def us(moment: datetime) -> int:
    """A moment as whole microseconds."""
    return (moment - BEGINNING) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """The moment that `us` gives so many of."""
    return BEGINNING + microseconds * _MICROSECOND
