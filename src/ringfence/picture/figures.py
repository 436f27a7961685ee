"""The figures of a log: what was counted, corrections worked in, and what each is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from graphlib import TopologicalSorter
from typing import NamedTuple

from ringfence.model.entries import Entry, Figure
from ringfence.model.record import Record
from ringfence.model.reviews import Said
from ringfence.model.spans import BEGINNING
from ringfence.picture.effects import SURE, is_count, named_alike, states_figure, worded_alike
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


Group = tuple[str | None, str | None, str | None]
"""Unit, place and basis, without what does not change their meaning."""


def group_of(entry: Entry) -> Group:
    """What the figure of an entry belongs to."""
    return worded_alike(entry.unit), named_alike(entry.place, entry), worded_alike(entry.basis)


class Weight(NamedTuple):
    """What decides whether one figure of a group may stand in another's place: who says so, and how surely."""

    by: str | None
    says_how_many: bool
    is_sure: bool
    is_overruled: bool
    is_denied: bool


@dataclass(frozen=True)
class Figured:
    """A count, with what corrections put in it, what it is worth, and when it can have been so."""

    entry: Entry
    sure: bool
    overruled: bool = False
    denied_by: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()
    corrected_by: tuple[str, ...] = ()

    @cached_property
    def earliest(self) -> datetime:
        """The first moment that it can be of."""
        return self.entry.so.earliest

    @cached_property
    def latest(self) -> datetime:
        """A count that was reported counts what had been by then; before its time has come, a report is a forecast."""
        reported = self.entry.reported.latest
        return min(self.entry.so.latest, reported) if reported > self.earliest else self.entry.so.latest

    @cached_property
    def says_how_many(self) -> bool:
        """Whether it is more than a vague word."""
        return states_figure(self.entry)

    @cached_property
    def weight(self) -> Weight:
        """What decides whether it may stand in another's place."""
        entry = self.entry
        by, is_denied = named_alike(entry.source.by, entry), entry.certainty == "denied"
        return Weight(by, self.says_how_many, self.sure, self.overruled, is_denied)

    @cached_property
    def figure(self) -> tuple[object, ...]:
        """Number and parts."""
        return self.entry.number, *sorted(self.entry.breakdown.items())

    @cached_property
    def order(self) -> tuple[datetime, datetime, datetime, str]:
        """From old to new, where nothing better tells them apart."""
        entry = self.entry
        return entry.reported.to or BEGINNING, entry.so.earliest, entry.recorded.latest, entry.id

    def shown(self, at: datetime) -> CountSaid:
        """As it is told at a moment."""
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


def figures_of(known: Iterable[Entry], at: datetime, *, replaced_too: bool = False) -> list[Figured]:
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
        Figured(
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


def unaccounted(number: Figure | None, breakdown: Mapping[str, Figure]) -> Figure | None:
    """A number less the sum of its parts; None where either is missing."""
    if number is None or not breakdown:
        return None
    rest = number - sum(breakdown.values())
    if isinstance(rest, float):  # parts of 0.1 and 0.2 do add up to 0.3
        size = max(abs(number), *(abs(part) for part in breakdown.values()))
        rest = 0 if abs(rest) <= 1e-9 * size else rest
    return rest
