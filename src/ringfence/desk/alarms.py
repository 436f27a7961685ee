"""Alarms, from nothing but the answers and the log: what is not kept, and which of it a role has acknowledged."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from ringfence.base.errors import BadInput, Fault
from ringfence.desk.drafts import read_draft
from ringfence.model.alarms import Acknowledgement, Alarm, AlarmEvent, Alarms, Happened
from ringfence.model.answers import AnswerWord, PromiseAnswer
from ringfence.model.entries import Entry, EntryDraft
from ringfence.model.operation import Promise
from ringfence.operation import Operation
from ringfence.picture import SURE, known_entries
from ringfence.promises import Checker, Finding, Memo, mending

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ringfence.desk.desk import Desk
    from ringfence.desk.views import LogItem

KEPT, BROKEN_FOR_SURE = 0, 3
TEXT_LENGTH_MAX = 4000


@dataclass
class Bell:
    """Tells the alarms of one operation whose log grows. What it remembers is a function of the log."""

    memo: Memo = field(default_factory=Memo)
    _seen: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def alarms(self, checker: Checker, at: datetime, *, last_position: int, edition: int = 0) -> Alarms:
        """Every promise that is not kept at a moment, the one that has been as it is, and as certain, shortest first.

        An acknowledgement counts from when the desk took it. It covers its promise for as long as the answer is no
        worse than it was known to be then, and is never kept in between; the newest one decides. `edition` is another
        one once older entries are (`Desk.edition`).
        """
        operation = checker.operation
        said = _newest_acknowledgements(checker, at)
        alarms = []
        for promise, answer in zip(operation.promises, checker.answers(at), strict=True):
            if answer.answer == "kept":
                continue
            entry = said.get(promise.id)
            is_covered = entry is not None and self._covers(checker, promise, entry, at, edition)
            word = _acknowledgement(checker, entry) if entry is not None and is_covered else None
            alarms.append(Alarm(answer=answer, mend=mending(answer), acknowledged=word))
        start = operation.file.starts
        alarms.sort(key=lambda alarm: alarm.answer.certain_since or alarm.answer.since or start, reverse=True)
        return Alarms(
            operation=operation.file.id,
            at=at,
            known_at=checker.known_at,
            last_position=last_position,
            alarms=tuple(alarms),
        )

    def _covers(self, checker: Checker, promise: Promise, entry: Entry, at: datetime, edition: int) -> bool:
        given = _given(checker, entry)
        bound = self._known_badness(checker, promise, entry, given, edition)
        since = [moment for moment in checker.moments([promise], at) if moment > given]
        moments = dict.fromkeys([given, *since, at])
        return all(KEPT < _badness(checker.finding(promise, moment)) <= bound for moment in moments)

    def _known_badness(self, checker: Checker, promise: Promise, entry: Entry, given: datetime, edition: int) -> int:
        """How bad the answer was, as the desk knew when the entry was recorded."""
        operation, then = checker.operation, entry.recorded.latest
        key = (entry.id, edition, sum(one.recorded.latest <= then for one in operation.entries))
        if key not in self._seen:
            self._seen[key] = _badness(Checker(operation, then, memo=self.memo).finding(promise, given))
        return self._seen[key]


def alarms_of(desk: Desk, *, at: datetime, known_at: datetime | None = None) -> Alarms:
    """The alarms of an opened operation at a moment, as known at a moment."""
    return Bell().alarms(Checker(desk.operation, known_at), at, last_position=desk.last_position)


def alarms_board(desk: Desk, found: Alarms) -> RenderableType:
    """Alarms for a terminal."""
    from ringfence.report.alarm_board import alarms_board

    return alarms_board(desk.operation, found)


def alarm_events(before: Alarms, after: Alarms) -> tuple[AlarmEvent, ...]:
    """What happened to alarms from one moment, or one state of the log, to another."""
    old, new = ({one.answer.id: one for one in alarms.alarms} for alarms in (before, after))
    found = []
    for name in dict.fromkeys([*new, *old]):
        happened = _happened(old.get(name), new.get(name))
        if happened is not None:
            alarm, position = new.get(name), after.last_position
            found.append(AlarmEvent(happened=happened, promise=name, alarm=alarm, at=after.at, last_position=position))
    return tuple(found)


def as_read_now(event: AlarmEvent, find_item: Callable[[str], LogItem | None]) -> AlarmEvent:
    """The event with the texts of its acknowledgement as the log holds them now: they may have been erased since."""
    alarm = event.alarm
    said = alarm.acknowledged if alarm is not None else None
    item = find_item(said.entry) if said is not None else None
    if alarm is None or said is None or item is None:
        return event
    now = said.model_copy(update={"source": item.entry.source, "why": item.entry.why or ""})
    return event.model_copy(update={"alarm": alarm.model_copy(update={"acknowledged": now})})


def acknowledgement_draft(operation: Operation, promise: str, *, by: str, why: str) -> EntryDraft:
    """What is logged when a role acknowledges an alarm.

    Raises
    ------
    BadInput
        If the operation has no such promise, or role or reason are missing or too long.
    """
    texts = {one.id: one.text for one in operation.promises}
    if promise not in texts:
        expected = f"one of {', '.join(texts)}"
        raise BadInput([Fault("unknown-promise", "promise", expected, repr(promise[:80]), "Correct the id.")])
    said = {"what": f"Alarm acknowledged: {texts[promise]}"[:TEXT_LENGTH_MAX], "why": why, "source": {"by": by}}
    rest = {"kind": "acknowledgement", "certainty": "confirmed", "promise": promise}
    return read_draft(json.dumps({**said, **rest}).encode(), "acknowledgement")


def _happened(was: Alarm | None, now: Alarm | None) -> Happened | None:
    if now is None:
        return "over"
    if now.acknowledged is not None:
        # By its entry: one of which a text was erased is the same as before.
        before = was.acknowledged if was is not None else None
        return None if before is not None and before.entry == now.acknowledged.entry else "acknowledged"
    is_new = was is None or was.acknowledged is not None or _badness(was.answer) < _badness(now.answer)
    return "raised" if is_new else None


def _newest_acknowledgements(checker: Checker, at: datetime) -> dict[str, Entry]:
    """Of each promise the newest that the desk had taken by then and that nobody took back."""
    entries = checker.operation.entries
    if not any(entry.promise for entry in entries):
        return {}
    said = [one for one in known_entries(entries, checker.known_at) if one.certainty in SURE]
    said.sort(key=lambda one: (one.recorded.latest, one.id))
    return {one.promise: one for one in said if one.promise and _given(checker, one) <= at}


def _given(checker: Checker, entry: Entry) -> datetime:
    """When an acknowledgement begins to count: when it was recorded, held to the days of the operation."""
    file = checker.operation.file
    return min(max(entry.recorded.latest, file.starts), file.ends)


def _acknowledgement(checker: Checker, entry: Entry) -> Acknowledgement:
    at = entry.recorded.latest.astimezone(checker.operation.zone)
    return Acknowledgement(entry=entry.id, source=entry.source, why=entry.why or "", at=at)


def _badness(answer: Finding | PromiseAnswer) -> int:
    """Kept, unknown, perhaps broken, broken for sure."""
    words: dict[AnswerWord, int] = {"kept": KEPT, "unknown": 1, "broken": 2}
    return BROKEN_FOR_SURE if answer.answer == "broken" and answer.certain else words[answer.answer]
