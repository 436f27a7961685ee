"""Who said something is erased: what nobody can know any more, at any moment as known at any, and on every screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ringfence.desk.live import LiveDesk
from ringfence.model.entries import EntryDraft
from tests.unit.test_growing import assert_as_reopened

START = datetime(2022, 2, 21, 4, 0, tzinfo=UTC)
SEVEN = "2022-02-21T07:00:00Z"
"""Three hours after `START`."""


class Hours:
    """A clock that stands still until it is put on by an hour."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def on(self) -> None:
        self.now += timedelta(hours=1)


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def live(spoilable: Path, hours: Hours) -> Iterator[LiveDesk]:
    with closing(LiveDesk.open(spoilable, clock=hours)) as live:
        yield live


def say(live: LiveDesk, hours: Hours, by: str, certainty: str = "observed", **changes: Any) -> str:
    content = {"kind": "barrier", "what": "w", "source": {"by": by}, "certainty": certainty, **changes}
    hours.on()
    return live.add(EntryDraft.model_validate(content), key=None)[0].entry.id


def erase_source(live: LiveDesk, entry_id: str) -> None:
    live.erase(entry_id, ["source.by"], by="privacy officer", power="an act", why=None, via=None)


def told(live: LiveDesk) -> tuple[str, str, bool]:
    """What Hill Street's barrier may be, and whether the cordon is sealed, at seven as known at seven."""
    barrier = next(one for one in live.picture(at=SEVEN, known_at=SEVEN).barriers if one.id == "hill-street")
    sealed = live.promises(at=SEVEN, known_at=SEVEN).promises[1]
    assert sealed.id == "sealed-determined"
    return "/".join(barrier.states), sealed.answer, sealed.certain


@pytest.fixture
def taken_back(live: LiveDesk, hours: Hours) -> tuple[str, str, str]:
    """A claim, the confirmation of Sgt S, and that Sgt S took it back; all known at seven."""
    so = {"precision": "exact", "from": START.isoformat(), "to": START.isoformat()}
    claim = say(live, hours, "a resident", "claimed", barriers=["hill-street"], state="moved", so=so)
    confirmation = say(live, hours, "Sgt S", "confirmed", kind="confirmation", relates_to=[claim])
    retraction = say(live, hours, "sgt  s", "confirmed", kind="retraction", retracts=[claim])
    return claim, confirmation, retraction


def links(live: LiveDesk, entry_id: str) -> tuple[str, ...]:
    item = live.find_item(entry_id)
    assert item is not None
    return item.retracted_by


def test_once_nobody_can_know_that_two_words_came_from_one_mouth_both_stand_at_every_known_at(
    live: LiveDesk, hours: Hours, taken_back: tuple[str, str, str]
) -> None:
    claim, confirmation, retraction = taken_back
    hours.on()
    assert told(live) == ("installed", "kept", True)
    assert links(live, claim) == (retraction,)
    erase_source(live, confirmation)
    assert told(live) == ("installed/moved", "broken", False), "the cautious reading, and not a certain one"
    assert links(live, claim) == ()


@pytest.mark.parametrize("which", [0, 1, 2])
def test_who_watched_the_erasure_sees_what_they_see_who_start_afterwards(
    live: LiveDesk, hours: Hours, taken_back: tuple[str, str, str], which: int
) -> None:
    assert_as_reopened(live, known_at=SEVEN)  # all that a screen shows was worked out before
    hours.on()
    erase_source(live, taken_back[which])
    assert_as_reopened(live, known_at=SEVEN)


def test_an_alarm_that_was_acknowledged_is_judged_by_what_the_log_says_after_the_erasure(
    live: LiveDesk, hours: Hours
) -> None:
    """A claim gave the alarm; what was known when it was acknowledged is read anew, as a desk that starts reads it."""
    say(live, hours, "a resident", "claimed", barriers=["kate-sheppard-place"], state="moved")
    so = {"precision": "exact", "from": START.isoformat(), "to": START.isoformat()}
    claim = say(live, hours, "a resident", "claimed", barriers=["hill-street"], state="moved", so=so)
    confirmation = say(live, hours, "Sgt S", "confirmed", kind="confirmation", relates_to=[claim])
    say(live, hours, "Sgt S", "confirmed", kind="retraction", retracts=[claim])
    live.acknowledge("sealed-determined", by="duty officer", why="somebody looks", key="k")
    hours.on()
    before = next(one for one in live.alarms().alarms if one.answer.id == "sealed-determined")
    assert (before.answer.answer, before.acknowledged is not None) == ("unknown", True)
    erase_source(live, confirmation)
    after = next(one for one in live.alarms().alarms if one.answer.id == "sealed-determined")
    assert (after.answer.answer, after.acknowledged is not None) == ("broken", True)
    assert_as_reopened(live)


@pytest.mark.parametrize(("field", "sources"), [("source.by", [2]), ("place", [1, 1]), ("what", [1])])
def test_two_counts_of_one_source_and_place_are_those_of_two_once_either_is_erased_at_every_known_at(
    live: LiveDesk, hours: Hours, field: str, sources: list[int]
) -> None:
    about = {"kind": "count", "unit": "tents", "basis": "seen", "place": "Bunny Street"}
    first = say(live, hours, "Sgt S", number=8, **about)
    say(live, hours, "Sgt S", number=9, **about)

    def found() -> list[int]:
        told = (one for one in live.picture(at=SEVEN, known_at=SEVEN).counts if one.unit == "tents")
        return [len(one.bases[0].by_source) for one in told]

    hours.on()
    assert found() == [1]
    live.erase(first, [field], by="privacy officer", power="an act", why=None, via=None)
    assert found() == sources


def test_an_erasure_of_words_alters_no_answer(live: LiveDesk, hours: Hours, taken_back: tuple[str, str, str]) -> None:
    hours.on()
    before = told(live), links(live, taken_back[0])
    for entry_id in taken_back:
        live.erase(entry_id, ["what"], by="privacy officer", power="an act", why=None, via=None)
    assert (told(live), links(live, taken_back[0])) == before
