"""What was counted: each basis for itself, the newest on it, its parts, and how far those who counted differ."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from graphlib import TopologicalSorter

from ringfence.model.entries import Entry, Figure
from ringfence.model.record import Record
from ringfence.model.reviews import Said
from ringfence.model.spans import BEGINNING, END
from ringfence.picture.effects import SURE, is_count, named_alike, states_figure, worded_alike
from ringfence.picture.fold import recorded_by
from ringfence.picture.standing import Worth, acted_on, acts, in_place, worth_of


class CountSaid(Record):
    """One figure, by one word.

    `number` is None where only a vague word or the parts were given. `unaccounted` is the number less the sum of its
    parts: 0 where they add up, None where number or parts are missing. `perhaps` is true where it may not have been so
    yet. `corrects` names entries in whose place it stands, `corrected_by` those that put it right.
    """

    said: Said
    number: Figure | None
    breakdown: dict[str, Figure]
    unaccounted: Figure | None
    perhaps: bool
    denied_by: tuple[str, ...]
    corrects: tuple[str, ...]
    corrected_by: tuple[str, ...]


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
    groups: dict[tuple[str | None, str | None], dict[str | None, list[_Figure]]] = {}
    for figure in _figures(recorded_by(entries, known_at), at):
        bases = groups.setdefault((worded_alike(figure.entry.unit), named_alike(figure.entry.place, figure.entry)), {})
        bases.setdefault(worded_alike(figure.entry.basis), []).append(figure)
    found = []
    for _, bases in sorted(groups.items(), key=lambda group: _sortable(*group[0])):
        first = min((figure for figures in bases.values() for figure in figures), key=_Figure.order)
        together = [_basis(bases[basis], at) for basis in sorted(bases, key=_sortable)]
        found.append(Count(unit=first.entry.unit, place=first.entry.place, bases=tuple(together)))
    return tuple(found)


def count_history(entries: Iterable[Entry], *, known_at: datetime | None = None) -> tuple[CountHistory, ...]:
    """Every figure of the log, as known at a moment: by unit, place and basis, in order of report."""
    groups: dict[tuple[str | None, str | None, str | None], list[_Figure]] = {}
    for figure in _figures(recorded_by(entries, known_at), END, replaced_too=True):
        entry = figure.entry
        groups.setdefault(
            (worded_alike(entry.unit), named_alike(entry.place, entry), worded_alike(entry.basis)), []
        ).append(figure)
    found = []
    for key in sorted(groups, key=lambda key: _sortable(*key)):
        figures = sorted(groups[key], key=_Figure.order)
        entry = figures[0].entry
        said = tuple(figure.shown(END) for figure in figures)
        found.append(CountHistory(unit=entry.unit, place=entry.place, basis=entry.basis, said=said))
    return tuple(found)


@dataclass(frozen=True)
class _Figure:
    """A count, with what corrections put in it, what it is worth, and when it can have been so."""

    entry: Entry
    sure: bool
    overruled: bool
    denied_by: tuple[str, ...]
    corrects: tuple[str, ...]
    corrected_by: tuple[str, ...]

    @cached_property
    def earliest(self) -> datetime:
        return self.entry.so.earliest

    @cached_property
    def latest(self) -> datetime:
        """A count that was reported counts what had been by then; before its time has come, a report is a forecast."""
        reported = self.entry.reported.latest
        return min(self.entry.so.latest, reported) if reported > self.earliest else self.entry.so.latest

    @property
    def says_how_many(self) -> bool:
        return states_figure(self.entry)

    def order(self) -> tuple[datetime, datetime, datetime, str]:
        """From old to new, where nothing better tells them apart."""
        entry = self.entry
        return entry.reported.to or BEGINNING, entry.so.earliest, entry.recorded.latest, entry.id

    def shown(self, at: datetime) -> CountSaid:
        entry = self.entry
        return CountSaid(
            said=Said.of(entry),
            number=entry.number,
            breakdown=dict(entry.breakdown),
            unaccounted=unaccounted(entry.number, entry.breakdown),
            perhaps=self.latest > at,
            denied_by=self.denied_by,
            corrects=self.corrects,
            corrected_by=self.corrected_by,
        )


def _figures(known: Iterable[Entry], at: datetime, *, replaced_too: bool = False) -> list[_Figure]:
    """The counts that may have begun by `at`, corrections worked in; replaced ones only if asked for."""
    everything = sorted(_bearing(known), key=lambda entry: entry.id)
    worth = worth_of(everything)
    merged = {entry.id: entry for entry in everything if entry.id not in worth.gone}
    begun = {name for name, entry in merged.items() if entry.so.earliest <= at}
    replaced_by = _replaced(merged, {one: meant for one, meant in worth.corrections.items() if one in begun})
    place = _turned(replaced_by)
    for correction in _last_to_first(place):
        merged[correction] = _in_place_of(merged[correction], merged[place[correction]], worth)
    beside = _turned(_replaced(merged, {one: meant for one, meant in worth.failed_corrections.items() if one in begun}))
    for correction in _last_to_first(beside):  # claimed or contested: of the same thing, but in nobody's place
        merged[correction] = _of_the_same(merged[correction], merged[beside[correction]])
    denials: dict[str, list[str]] = {}
    for entry in merged.values():
        if entry.certainty == "denied" and entry.so.earliest <= at:
            for target in {*entry.relates_to, *entry.disputes}:
                denials.setdefault(target, []).append(entry.id)
    return [
        _Figure(
            entry=entry,
            sure=worth.is_sure(entry.id, said=entry.certainty in SURE),
            overruled=worth.is_overruled_count(entry.id),
            denied_by=tuple(sorted(denials.get(entry.id, ()))),
            corrects=(place[entry.id],) if entry.id in place else (),
            corrected_by=tuple(by for by in worth.corrected_by.get(entry.id, ()) if by in begun),
        )
        for entry in merged.values()
        if is_count(entry) and entry.so.earliest <= at and (replaced_too or entry.id not in replaced_by)
    ]


def _bearing(known: Iterable[Entry]) -> list[Entry]:
    """The entries that count something, that speak about others, or that others speak about: of a long log, few."""
    everything = list(known)
    acting = {entry.id: entry for entry in everything if acts(entry)}
    meant = {one for entry in acting.values() for one in acted_on(entry)}
    return [entry for entry in everything if entry.id in acting or entry.id in meant or is_count(entry)]


def _replaced(merged: Mapping[str, Entry], corrections: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """In the place of which count which corrections stand.

    A correction that does not name the unit is a count once it is known what it corrects, so the first are found first.
    """
    counted = {name for name, entry in merged.items() if is_count(entry)}
    while True:
        replaced_by = in_place(corrections, lambda one: states_figure(merged[one]), counted.__contains__)
        new = {by for corrected in replaced_by.values() for by in corrected} - counted
        if not new:
            return replaced_by
        counted |= new


def _turned(replaced_by: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """For each correction in whose place it stands."""
    return {by: target for target, corrections in replaced_by.items() for by in corrections}


def _last_to_first(place: Mapping[str, str]) -> list[str]:
    """The corrections, each after what it corrects."""
    order = TopologicalSorter({by: [target] for by, target in place.items()}).static_order()
    return [one for one in order if one in place]


def _in_place_of(correction: Entry, target: Entry, worth: Worth) -> Entry:
    """A correction as the count that it makes.

    New parts are parts of the same number, if that was as sure: a number that was claimed is not confirmed by copying.
    """
    made = _of_the_same(correction, target)
    is_same = correction.number is None and worth.is_sure(target.id, said=target.certainty in SURE)
    return made.model_copy(update={"number": target.number}) if is_same else made


def _of_the_same(correction: Entry, target: Entry) -> Entry:
    """A correction with unit, place, basis and moment of what it corrects, where it is silent."""
    names = [name for name in ("unit", "place", "basis") if getattr(correction, name) is None]
    names += ["so"] if correction.so.precision == "unknown" else []
    return correction.model_copy(update={name: getattr(target, name) for name in names})


def _basis(figures: Sequence[_Figure], at: datetime) -> BasisCount:
    denials = [figure for figure in figures if figure.entry.certainty == "denied"]
    said = [figure for figure in figures if figure.entry.certainty != "denied"]
    by_source: dict[str | None, list[_Figure]] = {}
    for figure in said:
        by_source.setdefault(named_alike(figure.entry.source.by, figure.entry), []).append(figure)
    newest = sorted((_newest(_figured(own), at)[-1] for own in by_source.values()), key=_Figure.order)
    standing = [figure for figure in said if not figure.overruled]
    last = _newest(_weightiest(standing), at) if standing else []
    stands = last[-1] if last else None
    figure_of = {(one.entry.number, *sorted(one.entry.breakdown.items())) for one in last}
    kept = {one.entry.id for one in (*newest, *last, *denials)}
    return BasisCount(
        basis=max(figures, key=_Figure.order).entry.basis,
        stands=stands.shown(at) if stands else None,
        newest_certain=stands is not None and len(figure_of) == 1 and stands.latest <= at,
        by_source=tuple(one.shown(at) for one in newest),
        spread=_spread(newest),
        others=tuple(sorted(one.entry.id for one in figures if one.entry.id not in kept)),
        denials=tuple(one.shown(at) for one in sorted(denials, key=_Figure.order)),
    )


def _figured(figures: Sequence[_Figure]) -> Sequence[_Figure]:
    """Any figure counts before a word without one."""
    return [one for one in figures if one.says_how_many] or figures


def _weightiest(figures: Sequence[_Figure]) -> Sequence[_Figure]:
    """Of these, a sure one counts before a claimed one."""
    figured = _figured(figures)
    return [one for one in figured if one.sure] or figured


def _newest(figures: Sequence[_Figure], at: datetime) -> list[_Figure]:
    """Those that may be the newest, in their order; all, where the log contradicts itself.

    Who follows nothing can only be older than the figure of the latest moment, than one reported later, or than
    one that follows it: no more than these are compared.
    """
    sure_by_then = sorted((one for one in figures if one.latest <= at), key=lambda one: one.entry.reported.earliest)
    if not sure_by_then:
        return sorted(figures, key=_Figure.order)
    reports = [one.entry.reported.earliest for one in sure_by_then]
    latest = max(sure_by_then, key=lambda one: (one.earliest, one.latest))
    followers: dict[str, list[_Figure]] = {}
    for figure in sure_by_then:
        for followed in figure.entry.follows:
            followers.setdefault(followed, []).append(figure)

    def is_older(one: _Figure) -> bool:
        if one.entry.follows:
            return any(_is_newer(other, one, at) for other in sure_by_then)
        if _is_newer(latest, one, at) or _is_newer(sure_by_then[-1], one, at):
            return True
        later = sure_by_then[bisect_right(reports, one.entry.reported.latest) :]
        return any(_is_newer(other, one, at) for other in (*followers.get(one.entry.id, ()), *later))

    return sorted([one for one in figures if not is_older(one)] or figures, key=_Figure.order)


def _is_newer(later: _Figure, earlier: _Figure, at: datetime) -> bool:
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


def _is_before(one: _Figure, other: _Figure) -> bool:
    """Whether `one` is certain to be of an earlier moment."""
    return one.latest <= other.earliest and (one.earliest, one.latest) != (other.earliest, other.latest)


def _spread(newest: Sequence[_Figure]) -> Spread | None:
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


def unaccounted(number: Figure | None, breakdown: Mapping[str, Figure]) -> Figure | None:
    """A number less the sum of its parts; None where either is missing."""
    if number is None or not breakdown:
        return None
    rest = number - sum(breakdown.values())
    if isinstance(rest, float):  # parts of 0.1 and 0.2 do add up to 0.3
        size = max(abs(number), *(abs(part) for part in breakdown.values()))
        rest = 0 if abs(rest) <= 1e-9 * size else rest
    return rest


def _sortable(*keys: str | None) -> tuple[tuple[bool, str], ...]:
    """What nobody stated comes last."""
    return tuple((key is None, key or "") for key in keys)
