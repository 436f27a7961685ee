"""A log played as it became known: entries and changes of promises, paced by a speed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.desk.desk import Desk
from ringfence.desk.replay import Replayer
from ringfence.desk.views import Replay
from ringfence.model.reviews import PlayAnswer, PlayBegin, PlayEnd, PlayEntry, PlayEvent, Said, StandingAnswer
from ringfence.promises import Memo

if TYPE_CHECKING:
    from rich.console import RenderableType

EventT = TypeVar("EventT", PlayBegin, PlayEntry, PlayAnswer, PlayEnd, PlayEvent)

SPEED_MAX = 1_000_000
"""Eleven days in a second; whoever wants it faster means `max`."""


def events(desk: Desk, *, since: datetime | None = None, until: datetime | None = None) -> tuple[PlayEvent, ...]:
    """What became known from one moment to another, in order: entries first, then the promises that they changed.

    An entry is played when it is certain to have been recorded. What nobody can show to have been recorded by `until`
    is counted at the end, not played.

    Parameters
    ----------
    since, until : datetime or None
        None: the start, the end of the operation.

    Raises
    ------
    BadInput
        If `until` lies before `since`.
    """
    operation = desk.operation
    zone = operation.zone
    first, last = (since or operation.file.starts).astimezone(zone), (until or operation.file.ends).astimezone(zone)
    expected = f"a time not before {first.isoformat()}"
    refuse_if([Fault("ends-before-start", "--to", expected, last.isoformat(), "Swap the times.")] * (last < first))
    replay = Replayer(Memo()).replay(operation, "then", last_position=desk.last_position)
    recorded = [(entry.recorded.latest, entry) for entry in operation.entries]
    entries: list[PlayEvent] = [
        PlayEntry(at=at.astimezone(zone), said=Said.of(entry)) for at, entry in recorded if first < at <= last
    ]
    answers: list[PlayEvent] = [one for one in _changes(replay) if first < one.at <= last]
    known = sum(at <= last for at, _ in recorded)
    return (
        PlayBegin(at=first, entries_known=sum(at <= first for at, _ in recorded), answers=_standing(replay, first)),
        *sorted([*entries, *answers], key=lambda event: event.at),  # stable: entries before the answers of that moment
        PlayEnd(at=last, entries_known=known, entries_later=len(recorded) - known),
    )


def _changes(replay: Replay) -> Iterator[PlayAnswer]:
    number_of = {replay.findings[one.finding].id: number for number, one in enumerate(replay.frames[0].answers)}
    frame_at = {frame.at: frame for frame in replay.frames}
    for change in replay.changes:
        found = replay.findings[frame_at[change.at].answers[number_of[change.promise]].finding]
        yield PlayAnswer(
            at=change.at,
            promise=change.promise,
            text=found.text,
            before=change.before,
            after=change.after,
            certain=change.certain,
            says=found.says,
        )


def _standing(replay: Replay, at: datetime) -> tuple[StandingAnswer, ...]:
    """The answers at a moment; before the operation began, those of its start."""
    frame = [frame for frame in replay.frames if frame.at <= max(at, replay.starts)][-1]
    found = [replay.findings[one.finding] for one in frame.answers]
    return tuple(StandingAnswer(promise=one.id, text=one.text, answer=one.answer, certain=one.certain) for one in found)


def parse_speed(text: str) -> float:
    """How many times as fast as the day: ``60x`` plays an hour in a minute; ``max`` does not wait (infinity).

    Raises
    ------
    BadInput
        If it is no speed.
    """
    words = text.strip().casefold()
    if words == "max":
        return math.inf
    speed = float(words.removesuffix("x")) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?x?", words) else 0.0
    if not 0 < speed <= SPEED_MAX:
        expected = f"such as 60x, at most {SPEED_MAX}x, or max"
        raise BadInput([Fault("bad-speed", "--speed", expected, repr(text[:60]), "Correct the speed.")])
    return speed


def paced(
    played: Iterable[EventT], speed: float, *, clock: Callable[[], float], sleep: Callable[[float], None]
) -> Iterator[EventT]:
    """Events, each when its time has come; time lost on one is made good on the next.

    Parameters
    ----------
    played : iterable of events
        In order of time.
    speed : float
        As `parse_speed` gives it.
    clock, sleep : callable
        Seconds that only go forward, and waiting for some.
    """
    begun: tuple[datetime, float] | None = None
    for event in played:
        if begun is None:
            begun = event.at, clock()
        elif speed < math.inf:
            due = begun[1] + (event.at - begun[0]).total_seconds() / speed
            wait = due - clock()
            if wait > 0:
                sleep(wait)
        yield event


def line(desk: Desk, event: PlayEvent) -> RenderableType:
    """One event of a replay for a terminal."""
    from ringfence.report.review_board import play_line

    return play_line(desk.operation, event)
