"""Looking back: what was known at a minute beside what is known now, a promise's history, and hindsight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ringfence.base.errors import BadInput, Fault
from ringfence.desk.causes import Causes, brief
from ringfence.desk.desk import Desk
from ringfence.desk.replay import Replayer
from ringfence.desk.views import Replay, Told
from ringfence.model.answers import AnswerWord, PromiseAnswer
from ringfence.model.entries import Entry
from ringfence.model.operation import ContainedPromise, Promise
from ringfence.model.record import Record
from ringfence.model.reviews import AnswerStretch, HindsightStretch, PromiseHistory, Said
from ringfence.operation import Operation
from ringfence.picture import (
    BarrierWordings,
    Count,
    CountHistory,
    Picture,
    Rivals,
    count_history,
    known_entries,
    rival_claims,
    turning_entries,
)
from ringfence.promises import Memo, promise_history

if TYPE_CHECKING:
    from rich.console import RenderableType


class Look(Told):
    """Everything about one moment, as known at one moment (None: all that the log holds now)."""

    known_at: datetime | None
    promises: tuple[PromiseAnswer, ...]
    picture: Picture


class AnswerDifference(Record):
    """A promise whose answer was thought another, and the entries recorded since that made it what it is now."""

    promise: str
    text: str
    then: AnswerWord
    then_certain: bool
    now: AnswerWord
    now_certain: bool
    changed_by: tuple[Said, ...]


class Review(Record):
    """A moment as it was known at `known_at`, beside the same moment with all that is known now.

    `barriers` names those whose picture differs; `counts` and `rivals` hold those of now that were not so then;
    `entries_later` are the entries of now that were not known then.
    """

    operation: str
    at: datetime
    known_at: datetime
    outside_operation: bool
    then: Look
    now: Look
    promises: tuple[AnswerDifference, ...]
    barriers: tuple[str, ...]
    counts: tuple[Count, ...]
    rivals: tuple[Rivals, ...]
    entries_later: tuple[str, ...]


class History(Record):
    """The answers of promises in order of time; all that was counted, disputed and worded; as known at one moment."""

    operation: str
    known_at: datetime | None
    starts: datetime
    ends: datetime
    promises: tuple[PromiseHistory, ...]
    counts: tuple[CountHistory, ...]
    rivals: tuple[Rivals, ...]
    wordings: tuple[BarrierWordings, ...]


class Hindsight(Record):
    """What was believed against what turned out so: every stretch of time in which the two differ."""

    operation: str
    starts: datetime
    ends: datetime
    stretches: tuple[HindsightStretch, ...]


def review(desk: Desk, *, at: datetime, known_at: datetime, memo: Memo | None = None) -> Review:
    """A moment as it was known then, beside what is known of it now; `memo` may hold what was found before."""
    operation = desk.operation
    causes = Causes(operation, memo or Memo())
    then, now = _look(desk, at, known_at, causes.memo), _look(desk, at, None, causes.memo)
    differences = [
        AnswerDifference(
            promise=before.id,
            text=before.text,
            then=before.answer,
            then_certain=before.certain,
            now=after.answer,
            now_certain=after.certain,
            changed_by=causes.changed_by(promise, at, known_at),
        )
        for promise, before, after in zip(operation.promises, then.promises, now.promises, strict=True)
        if (before.answer, before.certain) != (after.answer, after.certain)
    ]
    known = {entry.id for entry in known_entries(operation.entries, known_at)}
    return Review(
        operation=operation.file.id,
        at=at,
        known_at=known_at,
        outside_operation=not operation.file.starts <= at <= operation.file.ends,
        then=then,
        now=now,
        promises=tuple(differences),
        barriers=tuple(
            before.id
            for before, after in zip(then.picture.barriers, now.picture.barriers, strict=True)
            if _shown(before) != _shown(after)
        ),
        counts=tuple(one for one in now.counts if one not in then.counts),
        rivals=tuple(one for one in now.rivals if one not in then.rivals),
        entries_later=tuple(
            entry.id
            for entry in known_entries(operation.entries, None)
            if entry.id not in known and entry.so.earliest <= at
        ),
    )


def history(
    desk: Desk, *, promise_id: str | None = None, known_at: datetime | None = None, memo: Memo | None = None
) -> History:
    """What each promise answered, from when to when, and by which entries; one promise or all.

    Raises
    ------
    BadInput
        If the operation has no promise of that id.
    """
    operation = desk.operation
    causes = Causes(operation, memo or Memo())
    chosen = _promises(operation, promise_id)
    ends = operation.file.ends
    return History(
        operation=operation.file.id,
        known_at=known_at,
        starts=operation.file.starts.astimezone(operation.zone),
        ends=ends.astimezone(operation.zone),
        promises=tuple(_history_of(causes, promise, known_at) for _, promise in chosen),
        counts=count_history(operation.entries, known_at=known_at) if promise_id is None else (),
        rivals=desk.chronicle.rivals(at=ends, known_at=known_at) if promise_id is None else (),
        wordings=desk.chronicle.wordings(at=ends, known_at=known_at) if promise_id is None else (),
    )


def hindsight(
    desk: Desk,
    *,
    promise_id: str | None = None,
    memo: Memo | None = None,
    replays: tuple[Replay, Replay] | None = None,
) -> Hindsight:
    """Every stretch in which a promise's answer, as known then, is another than the one known now.

    Exact: it compares the replay as it was known with the replay as it was so, frame by frame. "Another" means another
    word, or the same word with or without certainty. `replays` may be handed in: as known then, and with all.
    """
    operation = desk.operation
    causes = Causes(operation, memo or Memo())
    then, now = replays or _replays(desk, causes.memo)
    stretches = [
        stretch
        for number, promise in _promises(operation, promise_id)
        for stretch in _hindsight_of(causes, number, promise, then, now)
    ]
    return Hindsight(
        operation=operation.file.id,
        starts=then.starts,
        ends=then.ends,
        stretches=tuple(sorted(stretches, key=lambda one: one.since)),
    )


def _replays(desk: Desk, memo: Memo) -> tuple[Replay, Replay]:
    replayer, position = Replayer(memo), desk.last_position
    return (
        replayer.replay(desk.operation, "then", last_position=position),
        replayer.replay(desk.operation, "all", last_position=position),
    )


def _look(desk: Desk, at: datetime, known_at: datetime | None, memo: Memo) -> Look:
    told = desk.told(at=at, known_at=known_at)
    return Look(
        known_at=known_at,
        promises=desk.check(at=at, known_at=known_at, memo=memo).promises,
        picture=desk.picture(at=at, known_at=known_at),
        counts=told.counts,
        rivals=told.rivals,
        wordings=told.wordings,
    )


def _promises(operation: Operation, promise_id: str | None) -> list[tuple[int, Promise]]:
    chosen = [(number, one) for number, one in enumerate(operation.promises) if promise_id in {None, one.id}]
    if promise_id is not None and not chosen:
        known = ", ".join(one.id for one in operation.promises)
        raise BadInput([Fault("unknown-promise", "PROMISE", f"one of {known}", repr(promise_id), "Correct the id.")])
    return chosen


def _history_of(causes: Causes, promise: Promise, known_at: datetime | None) -> PromiseHistory:
    operation = causes.operation
    ends = operation.file.ends
    known = known_entries(causes.bearing, known_at)
    links = rival_claims(known_entries(operation.entries, known_at))
    stretches: list[AnswerStretch] = []
    for stretch in promise_history(operation, promise.id, until=ends, known_at=known_at):
        candidates = [*turning_entries(known, stretch.since), *_gone_stale(known, promise, stretch.since)]
        by = causes.needed(promise, stretch.since, known_at, candidates) if stretches else ()
        leaks = stretch.finding.witness.get("leaks")
        stretches.append(
            AnswerStretch(
                since=stretch.since.astimezone(operation.zone),
                until=(stretch.until or ends).astimezone(operation.zone),
                answer=stretch.finding.answer,
                certain=stretch.finding.certain,
                ways_in=None if leaks is None else len(leaks),
                says=stretch.finding.says,
                by=tuple(Said.of(entry) for entry in by),
                disputed_by=tuple(Said.of(entry) for entry in _rivals_of(by, links, operation.entries)),
            )
        )
    return PromiseHistory(promise=promise.id, text=promise.text, known_at=known_at, stretches=tuple(stretches))


def _gone_stale(known: Sequence[Entry], promise: Promise, at: datetime) -> list[Entry]:
    """Sweeps whose shelf life ends at a moment."""
    if not isinstance(promise, ContainedPromise):
        return []
    shelf_life = timedelta(hours=promise.shelf_life_h)
    return [entry for entry in known if entry.swept and entry.so.from_ and entry.so.earliest + shelf_life == at]


def _rivals_of(by: Sequence[Entry], links: Iterable[tuple[str, str]], entries: Iterable[Entry]) -> list[Entry]:
    meant = {entry.id for entry in by}
    found = {other for pair in links for one, other in (pair, pair[::-1]) if one in meant}
    return [entry for entry in entries if entry.id in found - meant]


def _hindsight_of(
    causes: Causes, number: int, promise: Promise, then: Replay, now: Replay
) -> Iterator[HindsightStretch]:
    """The stretches of one promise; neighbours that say the same, by the same entries, are one."""
    moments = sorted({frame.at for replay in (then, now) for frame in replay.frames})
    found: list[HindsightStretch] = []
    for since, until in pairwise([*moments, now.ends]):
        believed, turned_out = _in_frame(then, number, since), _in_frame(now, number, since)
        if brief(believed) == brief(turned_out) or since == until:
            continue
        stretch = HindsightStretch(
            promise=believed.id,
            text=believed.text,
            since=since,
            until=until,
            believed=believed.answer,
            believed_certain=believed.certain,
            believed_says=believed.says,
            turned_out=turned_out.answer,
            turned_out_certain=turned_out.certain,
            turned_out_says=turned_out.says,
            changed_by=causes.changed_by(promise, since, since),
        )
        if found and found[-1].until == since and _alike(found[-1]) == _alike(stretch):
            found[-1] = found[-1].model_copy(update={"until": until})
        else:
            found.append(stretch)
    yield from found


def _alike(stretch: HindsightStretch) -> tuple[Any, ...]:
    return (
        stretch.believed,
        stretch.believed_certain,
        stretch.turned_out,
        stretch.turned_out_certain,
        stretch.changed_by,
    )


def _in_frame(replay: Replay, number: int, at: datetime) -> PromiseAnswer:
    frame = [frame for frame in replay.frames if frame.at <= at][-1]
    return replay.findings[frame.answers[number].finding]


def _shown(barrier: Any) -> dict[str, Any]:
    return dict(barrier.model_dump(exclude={"entries"}))


def board(desk: Desk, answer: Review | History | Hindsight) -> RenderableType:
    """A look back for a terminal."""
    from ringfence.report.review_board import hindsight_board, history_board, review_board, told_board

    operation = desk.operation
    if isinstance(answer, Hindsight):
        return hindsight_board(operation, answer.stretches)
    if isinstance(answer, History):
        return history_board(
            operation,
            known_at=answer.known_at,
            promises=answer.promises,
            counts=answer.counts,
            rivals=answer.rivals,
            wordings=answer.wordings,
        )
    then, now = answer.then, answer.now
    changed = {one.promise: one.changed_by for one in answer.promises}
    return review_board(
        operation,
        at=answer.at,
        known_at=answer.known_at,
        promises=[
            (before, after, changed.get(before.id, ()))
            for before, after in zip(then.promises, now.promises, strict=True)
        ],
        pictures=(then.picture, now.picture),
        told=told_board(
            operation,
            counts=then.counts,
            rivals=then.rivals,
            wordings=now.wordings,
            new_counts=answer.counts,
            new_rivals=answer.rivals,
        ),
        entries_later=len(answer.entries_later),
    )
