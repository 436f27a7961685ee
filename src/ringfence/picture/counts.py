"""What was counted: each basis for itself, the newest on it, its parts, and how far those who counted differ."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ringfence.model.entries import Entry, Figure
from ringfence.model.record import Record
from ringfence.model.spans import END
from ringfence.picture.effects import named_alike
from ringfence.picture.figures import CountSaid, Figured, Group, Weight, figures_of, group_of
from ringfence.picture.fold import recorded_by

_ORDER = attrgetter("order")


class Spread(Record):
    """The lowest and the highest that those who count on one basis say, each by the newest word of theirs.

    `of_one_moment` is false where the figures are certain to be of different moments, so that they need not differ at
    all. `low_by` and `high_by` name the entries.
    """

    low: Figure
    low_by: tuple[str, ...]
    high: Figure
    high_by: tuple[str, ...]
    of_one_moment: bool


class BasisCount(Record):
    """What is said on one basis ("total", "since 06:00"); `basis` is None where nobody stated any.

    `stands` is the newest that was confirmed or observed; where there is none, the newest claim. None if all that was
    said is a denial, or was settled against.
    `newest_certain` is false where the log does not tell which of several figures is the newest.
    `by_source` has the newest of each source, however sure; `others` are the entries besides.
    """

    basis: str | None
    stands: CountSaid | None
    newest_certain: bool
    by_source: tuple[CountSaid, ...]
    spread: Spread | None
    others: tuple[str, ...]
    denials: tuple[CountSaid, ...]


class Count(Record):
    """What was counted, and where, as somebody worded it; its bases are never summed or compared."""

    unit: str | None
    place: str | None
    bases: tuple[BasisCount, ...]


class CountHistory(Record):
    """All figures on one basis, in order of report, whatever has become of them since."""

    unit: str | None
    place: str | None
    basis: str | None
    said: tuple[CountSaid, ...]


def counts(entries: Iterable[Entry], *, at: datetime, known_at: datetime | None = None) -> tuple[Count, ...]:
    """Every count that may have begun by a moment, as known at a moment.

    A count is an entry of kind ``count``, or any that gives a unit with a number or parts. Counts belong together if
    unit and place are worded alike, capital letters and spaces aside; a place that can't be read is like no other. What
    is retracted does not count. A sure correction that states a figure stands in place of the one count that it relates
    to, and takes over unit, place and basis where it is silent; one in words changes no figure. A denial never stands,
    nor does what was settled against; a claim that was confirmed counts as sure (`standing.py`). Of two figures one is
    newer if it says so (`follows`), if it is of a later moment, or if both may be of one moment and it was reported
    later. The order of arrival changes nothing.

    Parameters
    ----------
    entries : iterable of Entry
        The log, in any order.
    at, known_at : datetime
        When it was so; as known when (None: with all that the log holds).
    """
    groups: dict[Group, list[Figured]] = {}
    for figure in figures_of(recorded_by(entries, known_at), at):
        groups.setdefault(group_of(figure.entry), []).append(figure)
    return told({group: (figures, ()) for group, figures in groups.items()}, at)


def count_history(entries: Iterable[Entry], *, known_at: datetime | None = None) -> tuple[CountHistory, ...]:
    """Every figure of the log, as known at a moment: by unit, place and basis, in order of report."""
    groups: dict[Group, list[Figured]] = {}
    for figure in figures_of(recorded_by(entries, known_at), END, replaced_too=True):
        groups.setdefault(group_of(figure.entry), []).append(figure)
    found = []
    for key in sorted(groups, key=lambda key: _sortable(*key)):
        figures = sorted(groups[key], key=_ORDER)
        entry = figures[0].entry
        said = tuple(figure.shown(END) for figure in figures)
        found.append(CountHistory(unit=entry.unit, place=entry.place, basis=entry.basis, said=said))
    return tuple(found)


class Rest(NamedTuple):
    """Figures of one weight that rule out nothing that others don't, and are not the last in order, by number.

    `ids` gives the ids of some numbers of the group, in order. If `are_newest`, no figure is newer than any of them,
    and one that was handed over stands for all. Else one that was handed over is newer than each.
    """

    weight: Weight
    numbers: npt.NDArray[np.int64]
    ids: Callable[[npt.NDArray[np.int64]], npt.NDArray[Any]]
    figures: Callable[[], Iterable[Figured]]
    are_newest: bool


def told(groups: Mapping[Group, tuple[Sequence[Figured], Sequence[Rest]]], at: datetime) -> tuple[Count, ...]:
    """What `counts` gives of some figures by group, of which there is at least one, and of the rest."""
    places: dict[tuple[str | None, str | None], list[Group]] = {}
    for group in groups:
        places.setdefault(group[:2], []).append(group)
    found = []
    for _, bases in sorted(places.items(), key=lambda place: _sortable(*place[0])):
        first = min((figure for group in bases for figure in groups[group][0]), key=_ORDER)
        together = [_basis(*groups[group], at) for group in sorted(bases, key=lambda group: _sortable(group[2]))]
        found.append(Count(unit=first.entry.unit, place=first.entry.place, bases=tuple(together)))
    return tuple(found)


def _basis(figures: Sequence[Figured], rest: Sequence[Rest], at: datetime) -> BasisCount:
    denials = [figure for figure in figures if figure.entry.certainty == "denied"]
    said = [figure for figure in figures if figure.entry.certainty != "denied"]
    by_source: dict[str | None, list[Figured]] = {}
    for figure in said:
        by_source.setdefault(named_alike(figure.entry.source.by, figure.entry), []).append(figure)
    newest = sorted((_last(_figured(own), at) for own in by_source.values()), key=_ORDER)
    standing = _weightiest([figure for figure in said if not figure.overruled])
    last = _newest(standing, at)
    besides: list[Rest] = []
    if standing:  # where none is left the log contradicts itself: any of these may be the newest
        weight, contradicts = standing[0].weight[1:], not last
        besides = [one for one in rest if one.weight[1:] == weight and (contradicts or one.are_newest)]
        last = last or standing
    stands = max(last, key=_ORDER) if last else None
    figure_of = {one.figure for one in last}
    if len(figure_of) == 1:
        figure_of |= {one.figure for more in besides for one in more.figures()}
    kept = {one.entry.id for one in (*newest, *last, *denials)}
    others = [one.entry.id for one in figures if one.entry.id not in kept]
    return BasisCount.model_construct(  # of a long log it names thousands, which need no check
        basis=max(figures, key=_ORDER).entry.basis,
        stands=stands.shown(at) if stands else None,
        newest_certain=stands is not None and len(figure_of) == 1 and stands.latest <= at,
        by_source=tuple(one.shown(at) for one in newest),
        spread=_spread(newest),
        others=_in_order(others, [one for one in rest if all(one is not other for other in besides)]),
        denials=tuple(one.shown(at) for one in sorted(denials, key=_ORDER)),
    )


def _in_order(ids: Sequence[str], rest: Sequence[Rest]) -> tuple[str, ...]:
    """Ids, and those of the rest, in order: these are, and the few others are put among them."""
    few = sorted(ids)
    if not rest:
        return tuple(few)
    most = rest[0].ids(np.concatenate([one.numbers for one in rest]))
    return tuple(np.insert(most, np.searchsorted(most, np.array(few, dtype=np.object_)), few).tolist())


def _figured(figures: Sequence[Figured]) -> Sequence[Figured]:
    """Any figure counts before a word without one."""
    return [one for one in figures if one.says_how_many] or figures


def _weightiest(figures: Sequence[Figured]) -> Sequence[Figured]:
    """Of these, a sure one counts before a claimed one."""
    figured = _figured(figures)
    return [one for one in figured if one.sure] or figured


def _last(figures: Sequence[Figured], at: datetime) -> Figured:
    """The newest; where several may be, or the log contradicts itself, the last in order."""
    return max(_newest(figures, at) or figures, key=_ORDER)


def _newest(figures: Sequence[Figured], at: datetime) -> Sequence[Figured]:
    """Those that may be the newest; none, where the log contradicts itself.

    Who follows nothing can only be older than the figure of the latest moment, than one reported later, or than
    one that follows it: no more than these are compared.
    """
    sure_by_then = sorted((one for one in figures if one.latest <= at), key=lambda one: one.entry.reported.earliest)
    if not sure_by_then:
        return figures
    reports = [one.entry.reported.earliest for one in sure_by_then]
    latest = max(sure_by_then, key=lambda one: (one.earliest, one.latest))
    followers: dict[str, list[Figured]] = {}
    for figure in sure_by_then:
        for followed in figure.entry.follows:
            followers.setdefault(followed, []).append(figure)

    def is_older(one: Figured) -> bool:
        if one.entry.follows:
            return any(_is_newer(other, one, at) for other in sure_by_then)
        if _is_newer(latest, one, at) or _is_newer(sure_by_then[-1], one, at):
            return True
        later = sure_by_then[bisect_right(reports, one.entry.reported.latest) :]
        return any(_is_newer(other, one, at) for other in (*followers.get(one.entry.id, ()), *later))

    return [one for one in figures if not is_older(one)]


def _is_newer(later: Figured, earlier: Figured, at: datetime) -> bool:
    """Whether `later` is certain to be so by `at` and to be newer than `earlier`."""
    if later is earlier or later.latest > at:
        return False
    if earlier.entry.id in later.entry.follows:
        return True
    if later.entry.id in earlier.entry.follows:
        return False
    if _is_before(earlier, later):
        return True
    return not _is_before(later, earlier) and earlier.entry.reported.latest < later.entry.reported.earliest


def _is_before(one: Figured, other: Figured) -> bool:
    """Whether `one` is certain to be of an earlier moment."""
    return one.latest <= other.earliest and (one.earliest, one.latest) != (other.earliest, other.latest)


def _spread(newest: Sequence[Figured]) -> Spread | None:
    """From lowest to highest, where at least two sources give a number."""
    numbered = [(one.entry.number, one) for one in newest if one.entry.number is not None]
    if len(numbered) < 2:
        return None
    low, high = min(number for number, _ in numbered), max(number for number, _ in numbered)
    low_by = [one for number, one in numbered if number == low]
    high_by = [one for number, one in numbered if number == high]
    apart = all(_is_before(one, other) or _is_before(other, one) for one in low_by for other in high_by)
    return Spread(
        low=low,
        low_by=tuple(sorted(one.entry.id for one in low_by)),
        high=high,
        high_by=tuple(sorted(one.entry.id for one in high_by)),
        of_one_moment=low == high or not apart,
    )


def _sortable(*keys: str | None) -> tuple[tuple[bool, str], ...]:
    """What nobody stated comes last."""
    return tuple((key is None, key or "") for key in keys)
