"""Alarms over a day: raised, acknowledged by a role, worse, over, broken anew; and what would mend them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ringfence.base.errors import BadInput, Conflict
from ringfence.desk.alarms import alarm_events, alarms_of
from ringfence.desk.desk import Desk
from ringfence.desk.live import LiveDesk
from ringfence.model.alarms import Alarm, Alarms
from ringfence.model.entries import Entry, EntryDraft
from ringfence.promises import Checker

FIRST = datetime(2022, 2, 22, 8, 0, tzinfo=UTC)
"""21:00 in Wellington: every barrier stands again, so that all promises but `contained` are kept."""
SEAL = "sealed-determined"


class Day:
    """A watched operation whose clock goes on by an hour with each thing that happens."""

    def __init__(self, folder: Path) -> None:
        self.now = FIRST
        self.live = LiveDesk.open(folder, clock=lambda: self.now)

    def happens(self, hours: float = 0.5, **effect: Any) -> Alarms:
        so = {"precision": "exact", "from": self.now.isoformat(), "to": self.now.isoformat()}
        said = {"kind": "note", "what": "w", "source": {"by": "gate 6"}, "certainty": "observed", "so": so}
        self.live.add(EntryDraft.model_validate({**said, **effect}), key=None)
        return self.passes(hours)

    def passes(self, hours: float) -> Alarms:
        self.now += timedelta(hours=hours)
        return self.live.alarms()

    def knows(self, promise: str, key: str | None = None) -> Alarms:
        self.live.acknowledge(promise, by="duty officer", why="a crew is on its way", key=key)
        return self.passes(0.1)


@pytest.fixture
def day(spoilable: Path) -> Day:
    return Day(spoilable)


def alarm(alarms: Alarms, promise: str = SEAL) -> Alarm | None:
    return next((one for one in alarms.alarms if one.answer.id == promise), None)


def is_known(alarms: Alarms) -> bool:
    """Whether the seal's alarm, which there is, has been acknowledged."""
    found = alarm(alarms)
    assert found is not None
    return found.acknowledged is not None


def lift(day: Day, **changes: Any) -> Alarms:
    return day.happens(barriers=["hill-street"], **{"state": "removed", **changes})


def test_an_alarm_has_witness_since_and_what_would_mend_it(day: Day) -> None:
    assert alarm(day.live.alarms()) is None
    raised_at = day.now
    found = alarm(lift(day))
    assert found is not None
    assert (found.answer.answer, found.answer.certain, found.answer.since) == ("broken", True, raised_at)
    assert found.answer.witness["leaks"][0]["path"]["streets"]
    assert any("Hill Street" in step for step in found.mend)
    assert found.acknowledged is None
    assert day.live.alarms().alarms[0].answer.since == raised_at, "the newest stands first"
    assert not day.live.alarms().all_acknowledged


def test_since_when_it_is_certain_is_told_apart_from_since_when_it_may_have_been(day: Day) -> None:
    latest = day.now
    earliest = latest - timedelta(hours=1)
    span = {"precision": "between", "from": earliest.isoformat(), "to": latest.isoformat()}
    lift(day, so=span)
    found = alarm(day.passes(0.5))
    assert found is not None
    assert found.answer.certain
    assert (found.answer.since, found.answer.certain_since) == (earliest, latest)
    checked = Checker(day.live.desk.operation).answers(latest - timedelta(minutes=30))
    before = next(one for one in checked if one.id == SEAL)
    assert (before.answer, before.certain, before.since, before.certain_since) == ("broken", False, earliest, None)


def test_an_acknowledged_alarm_stays_with_role_and_reason_until_it_is_over(day: Day) -> None:
    lift(day)
    found = alarm(day.knows(SEAL))
    assert found is not None
    assert found.acknowledged is not None
    assert (found.acknowledged.source.by, found.acknowledged.why) == ("duty officer", "a crew is on its way")
    assert alarm(day.happens(kind="sweep", swept="perimeter")) == found, "other entries don't touch it"
    assert alarm(lift(day, state="reinstalled")) is None


def test_a_new_break_after_it_was_kept_is_a_new_alarm(day: Day) -> None:
    lift(day)
    day.knows(SEAL)
    lift(day, state="reinstalled")
    found = alarm(lift(day))
    assert found is not None
    assert found.acknowledged is None


def test_a_worse_answer_is_a_new_alarm_and_a_better_one_is_not(day: Day) -> None:
    claimed = alarm(lift(day, certainty="claimed"))
    assert claimed is not None
    assert claimed.answer.answer == "unknown"
    before = day.knows(SEAL)
    assert is_known(before)
    worse = lift(day)
    assert [(one.happened, one.promise) for one in alarm_events(before, worse) if one.promise == SEAL] == [
        ("raised", SEAL)
    ]
    known = day.knows(SEAL)
    assert is_known(known)
    day.happens(barriers=["hill-street"], state="reinstalled")
    better = lift(day, certainty="claimed")
    assert not is_known(better), "it was kept in between"


def test_what_turns_out_worse_than_it_was_known_to_be_is_a_new_alarm(day: Day) -> None:
    """The officer knew of a claim; later it is confirmed for the very moment that was acknowledged."""
    then = day.now.isoformat()
    lift(day, certainty="claimed")
    day.knows(SEAL)
    found = alarm(lift(day, so={"precision": "exact", "from": then, "to": then}))
    assert found is not None
    assert found.acknowledged is None


def test_a_sweep_that_goes_stale_raises_an_alarm_without_any_entry(day: Day) -> None:
    promise = next(one for one in day.live.desk.operation.promises if one.kind == "contained")
    swept = day.now = day.live.desk.operation.file.ends - timedelta(hours=promise.shelf_life_h + 1)
    before = day.happens(0.0, swept="perimeter", kind="sweep")
    assert alarm(before, "contained") is None
    nearly = day.passes(promise.shelf_life_h - 0.02)
    assert alarm(nearly, "contained") is None
    stale = day.passes(0.04)
    found = alarm(stale, "contained")
    assert found is not None
    assert found.answer.since == swept + timedelta(hours=promise.shelf_life_h)
    assert found.mend == ("sweep the perimeter, and log the sweep",)
    assert [(one.happened, one.promise) for one in alarm_events(nearly, stale)] == [("raised", "contained")]


def test_a_kept_promise_has_nothing_to_acknowledge_but_what_is_sent_again_is_answered(day: Day) -> None:
    with pytest.raises(Conflict, match="promise-kept"):
        day.knows(SEAL)
    with pytest.raises(BadInput, match="unknown-promise"):
        day.knows("no-such-promise")
    lift(day)
    day.knows(SEAL, key="k1")
    lift(day, state="reinstalled")
    position = day.live.version
    _, was_new = day.live.acknowledge(SEAL, by="duty officer", why="a crew is on its way", key="k1")
    assert not was_new
    assert day.live.version == position


@pytest.mark.parametrize(("by", "why"), [("", "a reason"), ("duty officer", "")])
def test_role_and_reason_are_required(day: Day, by: str, why: str) -> None:
    lift(day)
    with pytest.raises(BadInput):
        day.live.acknowledge(SEAL, by=by, why=why, key=None)


@pytest.mark.parametrize(
    "half",
    [{"kind": "acknowledgement", "why": "w"}, {"promise": SEAL}, {"kind": "acknowledgement", "promise": SEAL}],
)
def test_half_an_acknowledgement_is_refused(day: Day, half: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="half-acknowledgement"):
        day.happens(**half)


def test_an_acknowledgement_taken_back_is_none_and_none_counts_before_it_was_given(day: Day) -> None:
    lift(day)
    early = (day.now - timedelta(minutes=1)).isoformat()
    assert is_known(day.knows(SEAL))
    assert not is_known(day.live.alarms(at=early))
    taken = day.live.desk.log[-1].entry.id
    found = alarm(day.happens(retracts=[taken]))
    assert found is not None
    assert found.acknowledged is None


def test_a_desk_that_is_opened_says_what_the_watched_one_says(day: Day, spoilable: Path) -> None:
    lift(day)
    watched = day.knows(SEAL)
    desk = Desk.open(spoilable)
    assert alarms_of(desk, at=watched.at) == watched


def test_entries_without_a_promise_are_written_as_before(day: Day) -> None:
    entry = day.live.desk.log[0].entry
    assert "promise" not in entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert Entry.model_validate(entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)) == entry
