"""What one entry makes the checker look into again, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from ringfence.base.times import parse_time
from ringfence.operation import Operation
from ringfence.promises import Checker, Memo
from tests.unit.test_promises import EVENING, entry, span


@pytest.mark.parametrize(
    ("effect", "looked_into"),
    [
        ({}, 0),
        ({"kind": "sweep", "swept": "perimeter"}, 1),
        ({"occupied": ["featherston-street-1"]}, 1),
        ({"site": "railway-station", "site_state": "closed"}, 1),
        ({"barriers": ["hill-street"], "state": "removed"}, None),
    ],
)
def test_an_entry_makes_only_those_promises_be_looked_into_that_it_can_touch(
    wellington: Operation, effect: dict[str, Any], looked_into: int | None
) -> None:
    at = parse_time(EVENING, wellington.zone)
    memo = Memo()
    checker = Checker(wellington, memo=memo)
    checker.answers(at)
    before = memo.looks
    after = checker.grown(wellington.with_added([entry("X1", span("19"), **effect)]))
    changed = sum(one != two for one, two in zip(checker.answers(at), after.answers(at), strict=True))
    looks = memo.looks - before
    if looked_into is None:  # it takes away what four promises are about: two seals, and what gets in and out there
        assert 2 <= changed <= looks <= 5
    else:
        assert looks == looked_into
        assert changed <= looks


def test_a_longer_log_is_not_folded_again_for_the_past(wellington: Operation) -> None:
    at = parse_time(EVENING, wellington.zone)
    checker = Checker(wellington)
    checker.answers(at)
    longer = wellington.with_added([entry("X1", span("19"), swept="perimeter")])
    grown, fresh = checker.grown(longer), Checker(longer)
    assert grown.answers(at) == fresh.answers(at)
    assert grown.pictures_made <= 3 < fresh.pictures_made


def test_a_checker_that_is_asked_while_its_log_grows_hands_on_what_it_has(wellington: Operation) -> None:
    checker = Checker(wellington)
    promise = wellington.promises[0]
    later = (parse_time(EVENING, wellington.zone) + timedelta(minutes=minute) for minute in count(1))

    class Asked(datetime):
        """A moment that has another thread's question answered whenever it is compared."""

        def __lt__(self, other: object) -> bool:
            checker.finding(promise, next(later))
            return super().__lt__(other)  # type: ignore[operator]

    at = Asked.fromisoformat("2022-02-21T12:00:00+13:00")
    for moment in (at, parse_time(EVENING, wellington.zone)):
        checker.finding(promise, moment)
    grown = checker.grown(wellington.with_added([entry("X1", span("19"))]))
    assert grown.finding(promise, at) == checker.finding(promise, at)
