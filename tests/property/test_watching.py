"""What is remembered of one picture is right for another; a checker that grows says what a new one says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ringfence.picture import fold
from ringfence.promises import Checker, Memo
from tests.property.drawn_logs import DAY, draw_entries, draw_full_operation

ROWS = ("determined", "lawful with bans", "chains, class masks and bollards")
INSTANCES = 3
HOURS = (2, 7, 13, 21)


@pytest.mark.parametrize("row", ROWS)
def test_findings_rest_on_nothing_but_what_they_are_remembered_by(row: str) -> None:
    """One memory for many logs about the same streets, beside a new one for each picture: the same findings."""
    looks = asked = 0
    for seed in range(INSTANCES):
        operation, rng = draw_full_operation(seed, row)
        memo = Memo()
        shared = Checker(operation, memo=memo)
        for _ in range(8):
            entries = draw_entries(rng, operation, rng.randint(1, 14), links=False)
            for hour in HOURS:
                picture = fold(operation.barriers, operation.sites, entries, at=DAY + timedelta(hours=hour))
                afresh = Checker(operation)
                for promise in operation.promises:
                    where = f"draw_full_operation({seed}, {row!r}), {promise.id} at {hour} h"
                    assert shared.finding_in(promise, picture) == afresh.finding_in(promise, picture), where
                    asked += 1
        looks += memo.looks
    assert looks < asked * 0.8, "hardly anything was remembered: this proves little"


@pytest.mark.parametrize("links", [False, True])
@pytest.mark.parametrize("row", ROWS[:2])
def test_a_checker_that_grows_says_what_a_new_one_says(row: str, links: bool) -> None:
    """Entry by entry, told in any order of time: the answers, their witnesses and since when, now and earlier."""
    sinces = set()
    for seed in range(INSTANCES):
        operation, rng = draw_full_operation(seed, row)
        log = draw_entries(rng, operation, 16, links=links)
        grown = Checker(operation)
        done = 0
        while done < len(log):
            done += rng.randint(1, 2)
            operation = operation.with_entries(log[:done])
            grown = grown.grown(operation)
            for hour in (21, rng.choice(HOURS)):
                at = DAY + timedelta(hours=hour)
                answers = grown.answers(at)
                where = f"draw_full_operation({seed}, {row!r}), {done} entries, {hour} h"
                assert answers == Checker(operation).answers(at), where
                sinces |= {answer.since for answer in answers}
    assert len(sinces) > 5, "hardly any answer changed: this proves little"
