"""What was counted: each basis for itself, the newest on it, its parts, and how far those who counted differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ringfence.model.entries import Entry, Figure
from ringfence.model.record import Record
from ringfence.model.reviews import Said
from ringfence.model.spans import BEGINNING, END
from ringfence.picture.fold import known_entries
from ringfence.picture.timeline import SURE

_CONTENT = ("unit", "place", "basis", "number", "breakdown")


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
    said is a denial. `newest_certain` is false where the log does not tell which of several figures is the newest.
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
    unit and place are worded alike, capital letters and spaces aside. What is retracted does not count. A sure
    correction stands in place of the one count that it relates to, and takes over what it does not restate. A denial
    never stands. Of two figures one is newer if it says so (`follows`), if it is of a later moment, or if both may be
    of one moment and it was reported later. The order of arrival changes nothing.

    Parameters
    ----------
    entries : iterable of Entry
        The log, in any order.
    at, known_at : datetime
        When it was so; as known when (None: with all that the log holds).
    """
    groups: dict[tuple[str | None, str | None], dict[str | None, list[_Figure]]] = {}
    for figure in _figures(known_entries(entries, known_at), at):
        bases = groups.setdefault((_worded(figure.entry.unit), _worded(figure.entry.place)), {})
        bases.setdefault(_worded(figure.entry.basis), []).append(figure)
    found = []
    for _, bases in sorted(groups.items(), key=lambda group: _sortable(*group[0])):
        first = min((figure for figures in bases.values() for figure in figures), key=_Figure.order)
        together = [_basis(bases[basis], at) for basis in sorted(bases, key=_sortable)]
        found.append(Count(unit=first.entry.unit, place=first.entry.place, bases=tuple(together)))
    return tuple(found)


def count_history(entries: Iterable[Entry], *, known_at: datetime | None = None) -> tuple[CountHistory, ...]:
    """Every figure of the log, as known at a moment: by unit, place and basis, in order of report."""
    groups: dict[tuple[str | None, str | None, str | None], list[_Figure]] = {}
    for figure in _figures(known_entries(entries, known_at), END, replaced_too=True):
        entry = figure.entry
        groups.setdefault((_worded(entry.unit), _worded(entry.place), _worded(entry.basis)), []).append(figure)
    found = []
    for key in sorted(groups, key=lambda key: _sortable(*key)):
        figures = sorted(groups[key], key=_Figure.order)
        entry = figures[0].entry
        said = tuple(figure.shown(END) for figure in figures)
        found.append(CountHistory(unit=entry.unit, place=entry.place, basis=entry.basis, said=said))
    return tuple(found)


@dataclass(frozen=True)
class _Figure:
    """A count, with what corrections put in it, and when it can have been so."""

    entry: Entry
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
    def sure(self) -> bool:
        return self.entry.certainty in SURE

    @property
    def says_how_many(self) -> bool:
        return self.entry.number is not None or bool(self.entry.breakdown)

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
            unaccounted=_unaccounted(entry.number, entry.breakdown),
            perhaps=self.latest > at,
            denied_by=self.denied_by,
            corrects=self.corrects,
            corrected_by=self.corrected_by,
        )


def _figures(known: Sequence[Entry], at: datetime, *, replaced_too: bool = False) -> list[_Figure]:
    """The counts that may have begun by `at`, corrections worked in; replaced ones only if asked for."""
    merged = {entry.id: entry for entry in known}
    corrections = _corrections(known, at)
    put_right: dict[str, list[str]] = {}
    replaced: set[str] = set()
    for correction_id, targets in corrections:
        for target in targets:
            put_right.setdefault(target, []).append(correction_id)
        if len(targets) == 1 and _restates(merged[correction_id]) and _is_count(merged[targets[0]]):
            merged[correction_id] = _in_place_of(merged[correction_id], merged[targets[0]])
            replaced.add(targets[0])
    denials: dict[str, list[str]] = {}
    for entry in known:
        if entry.certainty == "denied" and entry.so.earliest <= at:
            for target in {*entry.relates_to, *entry.disputes}:
                denials.setdefault(target, []).append(entry.id)
    corrects = dict(corrections)
    return [
        _Figure(
            entry=entry,
            denied_by=tuple(sorted(denials.get(entry.id, ()))),
            corrects=tuple(target for target in corrects.get(entry.id, ()) if target in replaced),
            corrected_by=tuple(sorted(put_right.get(entry.id, ()))),
        )
        for entry in merged.values()
        if _is_count(entry) and entry.so.earliest <= at and (replaced_too or entry.id not in replaced)
    ]


def _is_count(entry: Entry) -> bool:
    stated = entry.number is not None or bool(entry.breakdown)
    return (entry.kind == "count" and (stated or bool(entry.unit))) or (stated and entry.unit is not None)


def _restates(entry: Entry) -> bool:
    return any(getattr(entry, name) for name in _CONTENT) or entry.number is not None


def _corrections(known: Sequence[Entry], at: datetime) -> list[tuple[str, tuple[str, ...]]]:
    """Sure corrections that may be so by `at`, with what they relate to; those that correct corrections last."""
    ids = {entry.id for entry in known}
    found = {
        entry.id: tuple(sorted(target for target in {*entry.relates_to} if target in ids and target != entry.id))
        for entry in known
        if entry.kind == "correction" and entry.certainty in SURE and entry.so.earliest <= at
    }
    try:
        order = list(TopologicalSorter(found).static_order())
    except CycleError:  # they correct each other: neither can be said to be the last word
        return []
    return [(one, found[one]) for one in order if found.get(one)]


def _in_place_of(correction: Entry, target: Entry) -> Entry:
    """A correction as the count that it makes: what it does not restate is as it was."""
    taken: dict[str, Any] = {
        name: getattr(target, name) for name in ("unit", "place", "basis") if getattr(correction, name) is None
    }
    if correction.number is None and not correction.breakdown:
        taken |= {"number": target.number, "breakdown": target.breakdown}
    elif correction.number is None:
        taken["number"] = target.number  # new parts of the same number; parts of another number are not kept
    if correction.so.precision == "unknown":
        taken["so"] = target.so
    return correction.model_copy(update=taken)


def _basis(figures: Sequence[_Figure], at: datetime) -> BasisCount:
    denials = [figure for figure in figures if figure.entry.certainty == "denied"]
    said = [figure for figure in figures if figure.entry.certainty != "denied"]
    by_source: dict[str | None, list[_Figure]] = {}
    for figure in said:
        by_source.setdefault(_worded(figure.entry.source.by), []).append(figure)
    newest = sorted((_newest(_figured(own), at)[-1] for own in by_source.values()), key=_Figure.order)
    last = _newest(_weightiest(said), at) if said else []
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

    The figure of the latest moment and the one of the latest report rule out nearly all others, each in one pass.
    """
    sure_by_then = [one for one in figures if one.latest <= at]
    left = figures
    if sure_by_then:
        for ruling in (
            max(sure_by_then, key=lambda one: one.earliest),
            max(sure_by_then, key=lambda one: one.entry.reported.earliest),
        ):
            left = [one for one in left if not _is_newer(ruling, one, at)]
    last = [one for one in left if not any(_is_newer(other, one, at) for other in sure_by_then)]
    return sorted(last or figures, key=_Figure.order)


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


def _unaccounted(number: Figure | None, breakdown: Mapping[str, Figure]) -> Figure | None:
    if number is None or not breakdown:
        return None
    rest = number - sum(breakdown.values())
    if isinstance(rest, float):  # parts of 0.1 and 0.2 do add up to 0.3
        size = max(abs(number), *(abs(part) for part in breakdown.values()))
        rest = 0 if abs(rest) <= 1e-9 * size else rest
    return rest


def _worded(words: str | None) -> str | None:
    """Words without what does not change their meaning: capital letters and spaces."""
    return None if words is None else " ".join(words.split()).casefold()


def _sortable(*keys: str | None) -> tuple[tuple[bool, str], ...]:
    """What nobody stated comes last."""
    return tuple((key is None, key or "") for key in keys)
