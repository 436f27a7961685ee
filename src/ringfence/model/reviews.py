"""What a look back answers: who said what, how long a promise was kept, what was believed and what turned out so."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from ringfence.model.answers import AnswerWord
from ringfence.model.entries import Certainty, Entry, EntryKind, Source
from ringfence.model.record import Record
from ringfence.model.spans import Span


class Said(Record):
    """An entry as somebody's word: what, who says so, how certain, and its three times."""

    entry: str
    kind: EntryKind
    what: str
    place: str | None
    source: Source
    certainty: Certainty
    so: Span
    reported: Span
    recorded: Span
    ref: tuple[str, ...]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The word that stands in an entry."""
        shared = {name: getattr(entry, name) for name in cls.model_fields if name != "entry"}
        return cls(entry=entry.id, **shared)


class AnswerStretch(Record):
    """One promise had one answer from `since` up to `until`.

    `by` are the entries whose stated times begin or end at `since` and without which the answer there would be
    another: none at the start of the operation, or where an access rule or a shelf life turned it. `disputed_by` are
    entries that contradict them and were known too.
    """

    since: datetime
    until: datetime
    answer: AnswerWord
    certain: bool
    ways_in: int | None
    says: str
    by: tuple[Said, ...]
    disputed_by: tuple[Said, ...]


class PromiseHistory(Record):
    """Every answer of one promise in order of time, as known at `known_at` (None: with all that is known now)."""

    promise: str
    text: str
    known_at: datetime | None
    stretches: tuple[AnswerStretch, ...]


class HindsightStretch(Record):
    """From `since` up to `until` one thing was believed of a promise, and another is known of that time now.

    `changed_by` are the entries, recorded later, that made the answer what it is now: without them it would be
    another. Where several were recorded at one moment, only those that it takes.
    """

    promise: str
    text: str
    since: datetime
    until: datetime
    believed: AnswerWord
    believed_certain: bool
    believed_says: str
    turned_out: AnswerWord
    turned_out_certain: bool
    turned_out_says: str
    changed_by: tuple[Said, ...]


class StandingAnswer(Record):
    """A promise's answer, without its witness."""

    promise: str
    text: str
    answer: AnswerWord
    certain: bool


class PlayBegin(Record):
    """A replay begins: what was known and answered at that moment."""

    event: Literal["begin"] = "begin"
    at: datetime
    entries_known: int
    answers: tuple[StandingAnswer, ...]


class PlayEntry(Record):
    """An entry became known: certain to have been recorded by `at`."""

    event: Literal["entry"] = "entry"
    at: datetime
    said: Said


class PlayAnswer(Record):
    """A promise's answer changed, by an entry that became known or because time went on."""

    event: Literal["promise"] = "promise"
    at: datetime
    promise: str
    text: str
    before: AnswerWord
    after: AnswerWord
    certain: bool
    says: str


class PlayEnd(Record):
    """A replay ends; `entries_later` are those that nobody can show to have been recorded by then."""

    event: Literal["end"] = "end"
    at: datetime
    entries_known: int
    entries_later: int


PlayEvent = PlayBegin | PlayEntry | PlayAnswer | PlayEnd
