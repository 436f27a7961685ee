"""Which entries made an answer what it is: found by leaving entries out, never by guessing from their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from ringfence.model.answers import AnswerWord, PromiseAnswer
from ringfence.model.entries import Entry
from ringfence.model.operation import Promise
from ringfence.model.reviews import Said
from ringfence.model.spans import END
from ringfence.operation import Operation
from ringfence.picture import Picture, acted_on, acts, bearing_entries, fold
from ringfence.promises import Checker, Finding, Memo


@dataclass
class Causes:
    """Answers of one operation's promises at any moment, as known at any moment, with entries left out on trial."""

    operation: Operation
    memo: Memo = field(default_factory=Memo)

    def __post_init__(self) -> None:
        self._checker = Checker(self.operation, memo=self.memo)
        self.bearing = bearing_entries(self.operation.entries)
        self._named = {link for entry in self.bearing for link in entry.follows}
        self._named |= {link for entry in self.bearing if acts(entry) for link in acted_on(entry)}
        self._pictures: dict[tuple[datetime, datetime | None, frozenset[str]], Picture] = {}

    def finding(
        self, promise: Promise, at: datetime, known_at: datetime | None, without: frozenset[str] = frozenset()
    ) -> Finding:
        """One promise; those entries left out that `without` names."""
        key = (at, known_at, without)
        if key not in self._pictures:
            entries = [entry for entry in self.bearing if entry.id not in without]
            self._pictures[key] = fold(self.operation.barriers, self.operation.sites, entries, at=at, known_at=known_at)
        return self._checker.finding_in(promise, self._pictures[key])

    def needed(
        self, promise: Promise, at: datetime, known_at: datetime | None, candidates: Iterable[Entry]
    ) -> tuple[Entry, ...]:
        """Those of some entries without which a promise's answer would be another, given the rest.

        One is left out after the other, for good if the answer stays. Of several that say the same, one that itself
        names the moment is kept before one that is only known to follow, and then the first recorded.
        """
        full = told(self.finding(promise, at, known_at))
        ordered = sorted(
            candidates,
            key=lambda one: (at not in {one.so.earliest, one.so.latest}, one.recorded.latest, one.id),
        )
        dropped: frozenset[str] = frozenset()
        for entry in reversed(ordered):
            without = dropped | {entry.id}
            if told(self.finding(promise, at, known_at, without)) == full:
                dropped = without
        return tuple(entry for entry in ordered if entry.id not in dropped)

    def changed_by(self, promise: Promise, at: datetime, known_at: datetime) -> tuple[Said, ...]:
        """The entries, recorded after `known_at`, that gave a promise the answer that it has now.

        Looks back from now to the last moment of recording at which the answer became what it is. Costs a fold for
        each moment of recording looked at; entries that are certain to be of a later moment than `at` are not.
        """
        touching = [
            entry
            for entry in self.bearing
            if entry.so.earliest <= at or acts(entry) or entry.id in self._named  # nothing else reaches back
        ]
        cuts = sorted({entry.recorded.latest for entry in touching if entry.recorded.latest > known_at})
        final = brief(self.finding(promise, at, None))
        for before, cut in reversed(list(pairwise([known_at, *cuts]))):
            if brief(self.finding(promise, at, before)) != final:
                known = None if cut == END else cut
                batch = [entry for entry in touching if entry.recorded.latest == cut]
                return tuple(Said.of(entry) for entry in self._turned(promise, at, known, batch))
        return ()

    def _turned(self, promise: Promise, at: datetime, known_at: datetime | None, batch: Sequence[Entry]) -> list[Entry]:
        """Those of the entries recorded at one moment that it takes to turn the answer."""
        kept = self.needed(promise, at, known_at, batch)
        final = brief(self.finding(promise, at, known_at))
        turning = [
            entry for entry in kept if brief(self.finding(promise, at, known_at, frozenset({entry.id}))) != final
        ]
        return turning or list(kept)


def brief(answer: PromiseAnswer | Finding) -> tuple[AnswerWord, bool]:
    """The word, and whether it is certain."""
    return answer.answer, answer.certain


def told(answer: Finding) -> tuple[Any, ...]:
    """What a person would call another answer: the word, its certainty, or the ways in."""
    leaks = [(leak["barriers"], leak["certain"]) for leak in answer.witness.get("leaks", ())]
    return (answer.answer, answer.certain, leaks)
