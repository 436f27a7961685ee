"""Answering promises: kept, broken or unknown, since when, with the witness that proves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import Any

from ringfence.base.errors import BadInput, Fault
from ringfence.model.answers import PromiseAnswer
from ringfence.model.operation import ContainedPromise, Promise
from ringfence.operation import Operation
from ringfence.picture import Chronicle, Picture
from ringfence.promises.findings import Finding, is_stale, look_into


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
        since = moment.astimezone(operation.zone)
        if stretches:
            stretches[-1] = HistoryStretch(stretches[-1].since, since, stretches[-1].finding)
        stretches.append(HistoryStretch(since, None, finding))
    return tuple(stretches)


def _same(one: Finding, other: Finding) -> bool:
    leaks = [
        [(leak["barriers"], leak["certain"]) for leak in finding.witness.get("leaks", ())] for finding in (one, other)
    ]
    return (one.answer, one.certain, leaks[0]) == (other.answer, other.certain, leaks[1])


class Memo:
    """Findings by all that they rest on. Bounded: the oldest go first. Safe to share between threads."""

    def __init__(self, size_max: int = 4096) -> None:
        self._size_max = size_max
        self._found: dict[tuple[Any, ...], Finding] = {}
        self._lock = Lock()

    def get(self, key: tuple[Any, ...], look: Callable[[], Finding]) -> Finding:
        """The finding of that key; looked into if it is not held."""
        found = self._found.get(key)
        if found is None:
            found = look()
            with self._lock:
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

    def moments(self, promises: Iterable[Promise], until: datetime) -> list[datetime]:
        """Moments up to `until` at which an answer can change, the start of the operation first."""
        start = self.operation.file.starts
        turning = set(self.turning_points)
        for promise in promises:
            if isinstance(promise, ContainedPromise):
                turning |= {sweep + timedelta(hours=promise.shelf_life_h) for sweep in self._chronicle.sweeps()}
        for rule in self.operation.access.rule:
            turning |= {moment for moment in (rule.since, rule.until) if moment}
        return sorted(moment for moment in {start, *turning} if start <= moment <= until)

    @cached_property
    def turning_points(self) -> list[datetime]:
        """The moments at which what the log says of barriers, gates, rules, sites, streets or sweeps can alter."""
        return self._chronicle.turning_points(known_at=self.known_at)

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
        return tuple(_shown(promise, self._look(promise, picture)) for promise in self.operation.promises)

    def finding(self, promise: Promise, at: datetime) -> Finding:
        """One promise at a moment."""
        return self.finding_in(promise, self.picture(at))

    def finding_in(self, promise: Promise, picture: Picture) -> Finding:
        """One promise in a picture that need not come from the log."""
        return self._look(promise, picture)

    @cached_property
    def _chronicle(self) -> Chronicle:
        return self._given or Chronicle(self.operation.entries)

    def _answer(self, promise: Promise, at: datetime, *, with_since: bool) -> PromiseAnswer:
        finding = self.finding(promise, at)
        since = None
        for moment in reversed(self.moments([promise], at)) if with_since else ():
            if self.finding(promise, moment).answer != finding.answer:
                break
            since = moment
        return _shown(promise, finding, since.astimezone(self.operation.zone) if since else None)

    def _look(self, promise: Promise, picture: Picture) -> Finding:
        rules = tuple(
            (rule.since is None or rule.since <= picture.at) and (rule.until is None or picture.at < rule.until)
            for rule in self.operation.access.rule
        )
        stale = isinstance(promise, ContainedPromise) and is_stale(promise, picture)
        barriers = tuple(one.model_copy(update={"entries": ()}) for one in picture.barriers)
        key = (promise.id, barriers, picture.sites, picture.rules, picture.last_sweep, picture.occupied, rules, stale)
        return self._memo.get(key, lambda: look_into(self.operation, promise, picture))


def _shown(promise: Promise, finding: Finding, since: datetime | None = None) -> PromiseAnswer:
    return PromiseAnswer(
        id=promise.id,
        kind=promise.kind,
        text=promise.text,
        answer=finding.answer,
        certain=finding.certain,
        since=since,
        says=finding.says,
        witness=finding.witness,
    )
