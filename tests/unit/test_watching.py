"""What one entry makes the checker look into again, and nothing else."""

from __future__ import annotations

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
