"""The whole operation frame by frame, so that a person can drag through it without waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple, TypeVar

from ringfence.desk.views import AnswerChange, Frame, FrameAnswer, FramePicture, Knowledge, Replay
from ringfence.model.answers import PromiseAnswer
from ringfence.operation import Operation
from ringfence.picture import Chronicle, Picture, bearing_entries
from ringfence.promises import Checker, Memo

TIMELESS = {"since": None, "certain_since": None}
"""Of a finding that several frames share: since when is said in each."""

RecordT = TypeVar("RecordT", FramePicture, PromiseAnswer)


class _Stretch(NamedTuple):
    """From one moment up to another, the entries that are known and bear on a promise stay the same."""

    since: datetime
    until: datetime
    known_at: datetime | None
    relevant: frozenset[str]


class _Still(NamedTuple):
    """What one frame shows, before equal things are shared."""

    at: datetime
    picture: FramePicture
    answers: tuple[PromiseAnswer, ...]


@dataclass
class Replayer:
    """Makes replays of one operation whose log grows; what new entries can't have changed is not worked out again."""

    memo: Memo
    _stills: dict[_Stretch, tuple[_Still, ...]] = field(default_factory=dict)
    _edition: int = 0

    def replay(
        self,
        operation: Operation,
        knowledge: Knowledge,
        *,
        last_position: int,
        chronicle: Chronicle | None = None,
        edition: int = 0,
    ) -> Replay:
        """Every frame from the operation's start to its end. Exact; pure but for what it remembers.

        `edition` is another one once older entries are (`Desk.edition`): then nothing that is remembered holds.
        """
        chronicle = chronicle or Chronicle(operation.entries)
        if edition != self._edition:
            self._stills, self._edition = {}, edition
        stretches = list(_stretches(operation, knowledge))
        if knowledge == "then":  # an entry added today changes nothing of what was known before
            self._stills = {one: self._stills.get(one) or self._look(operation, chronicle, one) for one in stretches}
            stills = [still for one in stretches for still in self._stills[one]]
        else:
            stills = [still for one in stretches for still in self._look(operation, chronicle, one)]
        return _assemble(operation, knowledge, stills, last_position)

    def _look(self, operation: Operation, chronicle: Chronicle, stretch: _Stretch) -> tuple[_Still, ...]:
        checker = Checker(operation, stretch.known_at, memo=self.memo, chronicle=chronicle)
        last = stretch.until == operation.file.ends
        moments = [
            moment
            for moment in checker.moments(operation.promises, stretch.until)
            if stretch.since < moment < stretch.until or (last and moment == stretch.until)
        ]
        return tuple(
            _Still(moment, _frame_picture(checker.picture(moment)), checker.answers(moment))
            for moment in (stretch.since, *moments)
        )


def _stretches(operation: Operation, knowledge: Knowledge) -> Iterator[_Stretch]:
    starts, ends = operation.file.starts, operation.file.ends
    if knowledge == "all":
        yield _Stretch(starts, ends, None, frozenset())
        return
    bearing = bearing_entries(operation.entries)
    cuts = sorted({starts, *(entry.recorded.latest for entry in bearing if starts < entry.recorded.latest <= ends)})
    for cut, following in zip(cuts, [*cuts[1:], ends], strict=True):
        known = frozenset(entry.id for entry in bearing if entry.recorded.latest <= cut)
        yield _Stretch(cut, following, cut, known)


def _frame_picture(picture: Picture) -> FramePicture:
    return FramePicture(
        barriers=picture.barriers,
        sites=picture.sites,
        rules=picture.rules,
        occupied=picture.occupied,
        last_sweep=picture.last_sweep,
    )


def _assemble(operation: Operation, knowledge: Knowledge, stills: list[_Still], last_position: int) -> Replay:
    pictures: dict[str, int] = {}
    findings: dict[str, int] = {}
    kept_pictures: list[FramePicture] = []
    kept_findings: list[PromiseAnswer] = []
    frames: list[Frame] = []
    for still in stills:
        picture = _place(pictures, kept_pictures, still.picture)
        answers = tuple(
            FrameAnswer(
                finding=_place(findings, kept_findings, answer.model_copy(update=TIMELESS)),
                since=answer.since,
                certain_since=answer.certain_since,
            )
            for answer in still.answers
        )
        if not frames or (frames[-1].picture, frames[-1].answers) != (picture, answers):
            at = still.at.astimezone(operation.zone)
            frames.append(Frame(at=at, picture=picture, answers=answers))
    return Replay(
        knowledge=knowledge,
        starts=operation.file.starts.astimezone(operation.zone),
        ends=operation.file.ends.astimezone(operation.zone),
        last_position=last_position,
        frames=tuple(frames),
        pictures=tuple(kept_pictures),
        findings=tuple(kept_findings),
        changes=tuple(_changes(frames, kept_findings)),
    )


def _place(places: dict[str, int], kept: list[RecordT], record: RecordT) -> int:
    """Where a record stands among those kept; a new one is added."""
    key = record.model_dump_json()
    if key not in places:
        places[key] = len(kept)
        kept.append(record)
    return places[key]


def _changes(frames: list[Frame], findings: list[PromiseAnswer]) -> Iterator[AnswerChange]:
    for before, after in pairwise(frames):
        for old, new in zip(before.answers, after.answers, strict=True):
            was, now = findings[old.finding], findings[new.finding]
            if (was.answer, was.certain) != (now.answer, now.certain):
                yield AnswerChange(
                    at=after.at, promise=now.id, before=was.answer, after=now.answer, certain=now.certain
                )
