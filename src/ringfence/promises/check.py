"""Answering promises: kept, broken or unknown, since when, with the witness that proves it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

from ringfence.base.errors import BadInput, Fault
from ringfence.model.answers import AnswerWord, PromiseAnswer
from ringfence.model.operation import ContainedPromise, Promise
from ringfence.operation import Operation
from ringfence.picture import Chronicle, Picture
from ringfence.promises.bearing import Bearing, in_order
from ringfence.promises.findings import Finding, look_into
from ringfence.promises.passage import Passages, Told
from ringfence.promises.rests_on import rests_on


@dataclass(frozen=True)
class HistoryStretch:
    """A promise had one answer from `since` up to `until` (None: to the end of what was looked at)."""

    since: datetime
    until: datetime | None
    finding: Finding


def check_promises(
    operation: Operation, *, at: datetime, known_at: datetime | None = None, with_since: bool = True
) -> tuple[PromiseAnswer, ...]:
    """Answer every promise of an operation at a moment, as known at a moment.

    Exact on the movement graph: `kept` is proven by exhausting the streets that can be reached, `broken` by a path
    or a place. Where the log allows several readings, the worst for each promise counts, and `certain` says whether
    the best agrees. Pure and deterministic.

    Parameters
    ----------
    at, known_at : datetime
        When it was so; as known when (None: with all that the log holds).
    with_since : bool
        Whether to look back for the moment since when the answer has been this one; it costs a check for each
        change of the log. Nothing before the operation's start is looked at.
    """
    return Checker(operation, known_at).answers(at, with_since=with_since)


def promise_history(
    operation: Operation, promise_id: str, *, until: datetime, known_at: datetime | None = None
) -> tuple[HistoryStretch, ...]:
    """All answers of one promise in order of time, from the operation's start up to a moment.

    Parameters
    ----------
    promise_id : str
    until, known_at : datetime
        How far to look; as known when (None: with all that the log holds).

    Raises
    ------
    BadInput
        If the operation has no promise of that id.
    """
    checker = Checker(operation, known_at)
    promise = next((promise for promise in operation.promises if promise.id == promise_id), None)
    if promise is None:
        known = ", ".join(one.id for one in operation.promises)
        raise BadInput([Fault("unknown-promise", "history", f"one of {known}", repr(promise_id), "Correct the id.")])
    stretches: list[HistoryStretch] = []
    for moment in checker.moments([promise], until):
        finding = checker.finding(promise, moment)
        if stretches and _same(stretches[-1].finding, finding):
            continue
        if stretches:
            stretches[-1] = HistoryStretch(stretches[-1].since, moment, stretches[-1].finding)
        stretches.append(HistoryStretch(moment, None, finding))
    return tuple(stretches)


def _same(one: Finding, other: Finding) -> bool:
    leaks = [
        [(leak["barriers"], leak["certain"]) for leak in finding.witness.get("leaks", ())] for finding in (one, other)
    ]
    return (one.answer, one.certain, leaks[0]) == (other.answer, other.certain, leaks[1])


class Memo:
    """Findings by all that they rest on. Bounded: the oldest go first. Safe to share between threads.

    Attributes
    ----------
    told : Told
        Which barriers stop whom, by all that this rests on.
    looks : int
        How many findings were looked into, because none was held that rests on the same.
    """

    def __init__(self, size_max: int = 4096) -> None:
        self._size_max = size_max
        self._found: dict[tuple[Any, ...], Finding] = {}
        self._lock = Lock()
        self.told = Told()
        self.looks = 0

    def get(self, key: tuple[Any, ...], look: Callable[[], Finding]) -> Finding:
        """The finding of that key; looked into if it is not held."""
        found = self._found.get(key)
        if found is None:
            found = look()
            with self._lock:
                self.looks += 1
                self._found[key] = found
                while len(self._found) > self._size_max:
                    del self._found[next(iter(self._found))]
        return found


class Checker:
    """Answers the promises of one operation as known at one moment; equal pictures are looked into once.

    Parameters
    ----------
    operation : Operation
    known_at : datetime or None
        As known when; None: with all that the log holds.
    memo : Memo or None
        Findings to share with checkers of the same streets, barriers, rules and promises; the log may differ.
    chronicle : Chronicle or None
        The index of the operation's log; None: it is made when it is needed.
    """

    def __init__(
        self,
        operation: Operation,
        known_at: datetime | None = None,
        *,
        memo: Memo | None = None,
        chronicle: Chronicle | None = None,
    ) -> None:
        self.operation = operation
        self.known_at = known_at
        self._given = chronicle
        self._memo = Memo() if memo is None else memo
        self._pictures: dict[datetime, Picture] = {}
        self._passages: dict[datetime, Passages] = {}
        self._findings: dict[datetime, dict[str, Finding]] = {}
        self._runs: dict[tuple[str, bool], _Run] = {}

    def grown(self, operation: Operation, *, chronicle: Chronicle | None = None) -> Checker:
        """The checker of the same operation with more in its log; what the new entries can't touch is not redone.

        Gives what a new checker gives, only sooner: findings of moments before any of the new entries can have been so
        are handed on, so that "since when" looks no farther back than they reach.
        """
        other = Checker(operation, self.known_at, memo=self._memo, chronicle=chronicle)
        grown = self._log.grown(operation.entries) if self.known_at is None else None
        if grown is not None:
            log, since = grown
            other.__dict__["_log"] = log
            # Of copies, each made at once: another thread may be asking this checker meanwhile.
            other._findings = {at: found for at, found in self._findings.copy().items() if at < since}
            other._runs = {name: run for name, run in self._runs.copy().items() if run.until < since}
        return other

    @property
    def pictures_made(self) -> int:
        """How many pictures had to be folded so far."""
        return len(self._pictures)

    @cached_property
    def _chronicle(self) -> Chronicle:
        return self._given or Chronicle(self.operation.entries)

    @cached_property
    def _log(self) -> Bearing:
        return Bearing.of(self.operation.entries, self.known_at)

    @cached_property
    def _turning(self) -> list[datetime]:
        """Moments at which an answer can change, but for sweeps that go stale; the start of the operation first."""
        start = self.operation.file.starts
        rules = (moment for rule in self.operation.access.rule for moment in (rule.since, rule.until) if moment)
        points = self._log.turning_points
        later = in_order(points[bisect_right(points, start) :], (at for at in rules if at > start))
        return [start, *later]

    def moments(self, promises: Iterable[Promise], until: datetime) -> list[datetime]:
        """Moments up to `until` at which an answer can change, the start of the operation first."""
        hours = frozenset(promise.shelf_life_h for promise in promises if isinstance(promise, ContainedPromise))
        if hours not in self._stale_after:
            stale = (sweep + timedelta(hours=one) for one in hours for sweep in self._sweeps)
            self._stale_after[hours] = in_order(self._turning, (at for at in stale if at >= self._turning[0]))
        turning = self._stale_after[hours]
        return turning[: bisect_right(turning, until)]

    @cached_property
    def _stale_after(self) -> dict[frozenset[float], list[datetime]]:
        """Moments at which an answer can change, by for how many hours sweeps are good."""
        return {}

    @cached_property
    def _sweeps(self) -> list[datetime]:
        return [entry.so.earliest for entry in self._log.entries if entry.swept and entry.so.from_]

    def picture(self, at: datetime) -> Picture:
        """The picture at a moment."""
        if at not in self._pictures:
            operation, known_at = self.operation, self.known_at
            found = self._chronicle.picture(operation.barriers, operation.sites, at=at, known_at=known_at)
            self._pictures[at] = found
        return self._pictures[at]

    def answers(self, at: datetime, *, with_since: bool = True) -> tuple[PromiseAnswer, ...]:
        """Every promise at a moment."""
        return tuple(self._answer(promise, at, with_since=with_since) for promise in self.operation.promises)

    def answers_in(self, picture: Picture) -> tuple[PromiseAnswer, ...]:
        """Every promise in a picture that need not come from the log; without "since when"."""
        passages = self._before(picture)
        return tuple(_shown(promise, self._look(promise, passages)) for promise in self.operation.promises)

    def finding(self, promise: Promise, at: datetime) -> Finding:
        """One promise at a moment."""
        found = self._findings.setdefault(at, {})
        if promise.id not in found:
            if at not in self._passages:
                self._passages[at] = self._before(self.picture(at))
            found[promise.id] = self._look(promise, self._passages[at])
        return found[promise.id]

    def finding_in(self, promise: Promise, picture: Picture) -> Finding:
        """One promise in a picture that need not come from the log."""
        return self._look(promise, self._before(picture))

    def _before(self, picture: Picture) -> Passages:
        return Passages(self.operation, picture, self._memo.told)

    def _answer(self, promise: Promise, at: datetime, *, with_since: bool) -> PromiseAnswer:
        finding = self.finding(promise, at)
        if not with_since:
            return _shown(promise, finding)
        since = self._since(promise, at, finding.answer)
        certain_since = self._since(promise, at, finding.answer, certain=True) if finding.certain else None
        return _shown(promise, finding, since, certain_since)

    def _since(self, promise: Promise, at: datetime, answer: AnswerWord, *, certain: bool = False) -> datetime | None:
        """Since when the answer has been this one, or has been so for certain; None before the operation."""
        run = self._runs.get((promise.id, certain))
        moments = self.moments([promise], at)
        since = None
        for moment in reversed(moments):
            finding = self.finding(promise, moment)
            if finding.answer != answer or (certain and not finding.certain):
                break
            since = moment
            if run is not None and run.until == moment and run.answer == answer:
                since = run.since
                break
        if since is not None:
            self._runs[promise.id, certain] = _Run(answer, since, moments[-1])
        return since.astimezone(self.operation.zone) if since else None

    def _look(self, promise: Promise, passages: Passages) -> Finding:
        key = (promise.id, *rests_on(promise, passages))
        return self._memo.get(key, lambda: look_into(promise, passages))


class _Run(NamedTuple):
    """A promise had one answer, or had it for certain, from `since` to `until`: moments at which answers can change."""

    answer: AnswerWord
    since: datetime
    until: datetime


def _shown(
    promise: Promise, finding: Finding, since: datetime | None = None, certain_since: datetime | None = None
) -> PromiseAnswer:
    return PromiseAnswer(
        id=promise.id,
        kind=promise.kind,
        text=promise.text,
        answer=finding.answer,
        certain=finding.certain,
        since=since,
        certain_since=certain_since,
        says=finding.says,
        witness=finding.witness,
    )
