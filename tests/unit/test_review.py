"""Looking back: what was known then beside now, how long a promise was kept, hindsight, and the day played again."""

from __future__ import annotations

import io
import json
import math
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from ringfence.base.errors import BadInput
from ringfence.cli.review import play
from ringfence.desk import Desk
from ringfence.desk.live import LiveDesk
from ringfence.desk.playing import events, line, paced, parse_speed
from ringfence.desk.review import Hindsight, board, hindsight, history, review
from ringfence.model.answers import PromiseAnswer
from ringfence.model.entries import EntryDraft
from ringfence.model.reviews import PlayAnswer, PlayBegin, PlayEnd, PlayEntry
from ringfence.promises import check_promises
from tests.command_line import answer, ringfence
from tests.conftest import EXAMPLE

NOON = "2022-02-22T12:00+13:00"


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk.open(EXAMPLE)


@pytest.fixture(scope="module")
def looked_back(desk: Desk) -> Hindsight:
    return hindsight(desk)


def brief(found: PromiseAnswer) -> tuple[str, bool]:
    return found.answer, found.certain


def minute(desk: Desk, number: int) -> datetime:
    return desk.operation.file.starts + timedelta(minutes=number)


@settings(max_examples=25, deadline=None)
@given(number=st.integers(0, 2 * 24 * 60 - 1))
def test_hindsight_covers_a_minute_if_and_only_if_a_check_then_and_a_check_now_differ(
    desk: Desk, looked_back: Hindsight, number: int
) -> None:
    at = minute(desk, number)
    then, now = check_promises(desk.operation, at=at, known_at=at), check_promises(desk.operation, at=at)
    covering = {one.promise: one for one in looked_back.stretches if one.since <= at < one.until}
    assert {one.id for one, other in zip(then, now, strict=True) if brief(one) != brief(other)} == set(covering)
    for one, other in zip(then, now, strict=True):
        if one.id in covering:
            told = covering[one.id]
            assert (told.believed, told.believed_certain) == brief(one)
            assert (told.turned_out, told.turned_out_certain) == brief(other)


def test_hindsight_never_tells_of_one_minute_twice(looked_back: Hindsight) -> None:
    for one in looked_back.stretches:
        for other in looked_back.stretches:
            if one is not other and one.promise == other.promise:
                assert one.until <= other.since or other.until <= one.since


def test_without_the_entries_that_changed_it_the_answer_is_another(desk: Desk, looked_back: Hindsight) -> None:
    """The cause is what is claimed of it: later than the belief, and by leaving it out the answer of now is lost."""
    assert looked_back.stretches
    for stretch in looked_back.stretches:
        assert stretch.changed_by
        names = {said.entry for said in stretch.changed_by}
        assert all(said.recorded.latest > stretch.since for said in stretch.changed_by)
        for name in names:
            left = [
                entry.model_copy(update={"follows": tuple(link for link in entry.follows if link != name)})
                for entry in desk.operation.entries
                if entry.id != name
            ]
            kept = {entry.id for entry in left}
            clean = [
                entry.model_copy(
                    update={
                        field: tuple(link for link in getattr(entry, field) if link in kept)
                        for field in ("relates_to", "disputes", "follows")
                    }
                )
                for entry in left
            ]
            # as known when the cause was recorded: what was recorded afterwards may say the same once more
            known_at = max(said.recorded.latest for said in stretch.changed_by)
            answers = check_promises(desk.operation.with_entries(clean), at=stretch.since, known_at=known_at)
            found = next(one for one in answers if one.id == stretch.promise)
            assert brief(found) != (stretch.turned_out, stretch.turned_out_certain), (stretch.promise, name)


@settings(max_examples=6, deadline=None)
@given(number=st.integers(0, 2 * 24 * 60 - 1), known=st.none() | st.integers(0, 2 * 24 * 60))
def test_a_history_says_at_any_minute_what_a_check_says(desk: Desk, number: int, known: int | None) -> None:
    at, known_at = minute(desk, number), None if known is None else minute(desk, known)
    told = history(desk, known_at=known_at)
    for promise, found in zip(told.promises, check_promises(desk.operation, at=at, known_at=known_at), strict=True):
        [stretch] = [one for one in promise.stretches if one.since <= at < one.until]
        assert (promise.promise, stretch.answer, stretch.certain) == (found.id, *brief(found))
        assert promise.stretches[0].since == desk.operation.file.starts
        assert promise.stretches[-1].until == desk.operation.file.ends


@settings(max_examples=6, deadline=None)
@given(number=st.integers(0, 2 * 24 * 60), known=st.integers(0, 2 * 24 * 60))
def test_a_review_is_the_check_and_the_picture_of_then_beside_those_of_now(desk: Desk, number: int, known: int) -> None:
    at, known_at = minute(desk, number), minute(desk, known)
    found = review(desk, at=at, known_at=known_at)
    assert found.then.promises == check_promises(desk.operation, at=at, known_at=known_at)
    assert found.now.promises == check_promises(desk.operation, at=at)
    assert found.then.picture == desk.picture(at=at, known_at=known_at)
    assert found.now.picture == desk.picture(at=at)
    differing = {
        one.id for one, other in zip(found.then.promises, found.now.promises, strict=True) if brief(one) != brief(other)
    }
    assert {one.promise for one in found.promises} == differing
    assert all(one.changed_by for one in found.promises)
    assert found.then.picture.entries_left_out >= len(found.entries_later)


@pytest.fixture
def live(spoilable: Path) -> Any:
    at = [datetime(2022, 2, 21, 9, 0, tzinfo=UTC)]  # Monday 22:00 in Wellington
    desk = LiveDesk.open(spoilable, clock=lambda: at[0])
    yield desk, at
    desk.close()


def say(live: Any, clock_time: str, **fields: Any) -> str:
    desk, at = live
    at[0] = datetime.fromisoformat(clock_time)
    basis = {"kind": "note", "what": "w", "source": {"by": "gate 6"}, "certainty": "observed"}
    item, _ = desk.add(EntryDraft.model_validate({**basis, **fields}), key=None)
    return str(item.entry.id)


def test_a_break_that_is_heard_of_late_is_hindsight_until_it_was_heard_of(live: Any) -> None:
    """Gone at 09:00, heard of at 11:00, back at 12:00: believed sealed for two hours, known to be open for three."""
    gone = {"kind": "barrier", "barriers": ["kate-sheppard-place"], "state": "removed"}
    back = {"kind": "barrier", "barriers": ["kate-sheppard-place"], "state": "reinstalled"}

    def exactly(text: str) -> dict[str, str]:
        return {"precision": "exact", "from": text, "to": text}

    first = say(live, "2022-02-21T11:00+13:00", so=exactly("2022-02-21T09:00+13:00"), **gone)
    second = say(live, "2022-02-21T12:00+13:00", so=exactly("2022-02-21T12:00+13:00"), **back)
    desk = live[0].desk
    [stretch] = [
        one
        for one in hindsight(desk, promise_id="sealed-determined").stretches
        if f"{one.since:%d %H:%M}" == "21 09:00"
    ]
    assert f"{stretch.until:%d %H:%M}" == "21 11:00"
    assert (stretch.believed, stretch.turned_out, stretch.turned_out_certain) == ("kept", "broken", True)
    assert [(one.entry, one.source.by) for one in stretch.changed_by] == [(first, "gate 6")]
    [told] = history(desk, promise_id="sealed-determined").promises
    shown = {f"{one.since:%d %H:%M}": (one.answer, [said.entry for said in one.by]) for one in told.stretches}
    assert shown["21 09:00"] == ("broken", [first])
    assert shown["21 12:00"] == ("kept", [second])
    [as_known] = history(desk, promise_id="sealed-determined", known_at=desk.moment("2022-02-21T10:00")).promises
    assert "21 09:00" not in {f"{one.since:%d %H:%M}" for one in as_known.stretches}


def test_a_retraction_shows_in_hindsight_as_what_changed_the_answer(live: Any) -> None:
    so = {"precision": "exact", "from": "2022-02-21T14:00+13:00", "to": "2022-02-21T14:00+13:00"}
    wrong = say(live, "2022-02-21T14:00+13:00", kind="barrier", barriers=["hill-street"], state="removed", so=so)
    taken = say(live, "2022-02-21T15:00+13:00", kind="retraction", retracts=[wrong])
    found = review(live[0].desk, at=live[0].desk.moment("2022-02-21T14:30"), known_at=live[0].desk.moment(
        "2022-02-21T14:30"))  # fmt: skip
    changed = next(one for one in found.promises if one.promise == "sealed-determined")
    assert (changed.then, changed.now, [one.entry for one in changed.changed_by]) == ("broken", "kept", [taken])


def test_a_sweep_that_grows_old_turns_the_answer_and_is_named(live: Any) -> None:
    so = {"precision": "exact", "from": "2022-02-21T08:00+13:00", "to": "2022-02-21T08:00+13:00"}
    sweep = say(live, "2022-02-21T08:00+13:00", kind="sweep", swept="perimeter", so=so)
    [told] = history(live[0].desk, promise_id="contained").promises
    shown = [(f"{one.since:%H:%M}", one.answer, [said.entry for said in one.by]) for one in told.stretches]
    assert shown == [("00:00", "unknown", []), ("08:00", "kept", [sweep]), ("12:00", "unknown", [])]


# -- replay


def test_a_replay_tells_what_became_known_in_order_and_what_did_not(desk: Desk) -> None:
    told = events(desk)
    assert isinstance(told[0], PlayBegin)
    assert isinstance(told[-1], PlayEnd)
    assert [one.at for one in told] == sorted(one.at for one in told)
    entries = [one for one in told if isinstance(one, PlayEntry)]
    recorded = {entry.id: entry.recorded.latest for entry in desk.operation.entries}
    ends = desk.operation.file.ends
    assert {one.said.entry for one in entries} == {name for name, at in recorded.items() if at <= ends}
    assert all(one.at == recorded[one.said.entry] for one in entries)
    assert told[-1].entries_later == sum(at > ends for at in recorded.values())
    standing = {one.promise: one.answer for one in told[0].answers}
    for one in told:
        if isinstance(one, PlayAnswer):
            assert standing[one.promise] == one.before
            standing[one.promise] = one.after
    final = {one.id: one.answer for one in check_promises(desk.operation, at=ends, known_at=ends)}
    assert standing == final


def test_a_part_of_a_replay_begins_with_what_was_known_before_it(desk: Desk) -> None:
    since, until = desk.moment("2022-02-21T07:36"), desk.moment("2022-02-21T13:48")
    told = events(desk, since=since, until=until)
    assert isinstance(told[0], PlayBegin)
    assert told[0].entries_known == 11
    assert {one.promise: one.answer for one in told[0].answers}["sealed-lawful"] == "kept"
    assert {one.at for one in told[1:-1]} == {
        desk.moment("2022-02-21T07:44"), desk.moment("2022-02-21T13:30"), until
    }  # fmt: skip
    with pytest.raises(BadInput, match="ends-before-start"):
        events(desk, since=until, until=since)


@pytest.mark.parametrize(("text", "speed"), [("60x", 60), ("1.5", 1.5), (" 600X ", 600), ("max", math.inf)])
def test_a_speed_is_read(text: str, speed: float) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["0x", "-3x", "fast", "", "1e9x", "60 x", "9999999x", "x", "nan", "inf", "٣x"])
def test_what_is_no_speed_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="bad-speed"):
        parse_speed(text)


def test_a_replay_waits_as_the_speed_says_and_makes_good_what_was_lost(desk: Desk) -> None:
    """An hour at 60x is a minute. Showing an event takes time; the next one is not late by it."""
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    since = desk.moment("2022-02-21T07:00")
    shown = []
    for event in paced(events(desk, since=since), 60.0, clock=lambda: now[0], sleep=sleep):
        shown.append((now[0] - 100.0, (event.at - since).total_seconds() / 60))
        now[0] += 5.0
    late = [shown_at - due for shown_at, due in shown]
    assert min(late) == pytest.approx(0)
    assert late[-1] == pytest.approx(0), "the lull before the end makes good"
    assert all(seconds > 0 for seconds in slept)
    assert sum(slept) == pytest.approx(now[0] - 100.0 - 5.0 * len(shown))


def played(*, as_json: bool, slept: list[float]) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        play(EXAMPLE, "max", None, None, as_json=as_json, clock=lambda: 0.0, sleep=slept.append)
    return out.getvalue()


def test_at_full_speed_nothing_waits_and_json_lines_hold_every_event(desk: Desk) -> None:
    slept: list[float] = []
    lines = [json.loads(one) for one in played(as_json=True, slept=slept).splitlines()]
    assert slept == []
    assert [one["event"] for one in lines] == [one.event for one in events(desk)]
    assert lines[-1] == {
        "event": "end", "at": "2022-02-23T00:00:00+13:00", "entries_known": 50, "entries_later": 106
    }  # fmt: skip
    changes = {(one["promise"], one["after"]) for one in lines if one["event"] == "promise"}
    assert ("sealed-determined", "kept") in changes


def test_ctrl_c_ends_a_replay_without_a_complaint() -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    out = io.StringIO()
    with redirect_stdout(out):
        play(EXAMPLE, "60x", None, None, as_json=True, clock=lambda: 0.0, sleep=interrupted)
    assert [json.loads(one)["event"] for one in out.getvalue().splitlines()] == ["begin"]


# -- boards and the command line


def shown(renderable: Any, *, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, errors="replace")
    Console(file=file, width=400, markup=False, force_terminal=False).print(renderable)
    file.flush()
    return raw.getvalue().decode(encoding)


def test_every_board_names_its_sources_and_shows_in_ascii_too(desk: Desk, looked_back: Hindsight) -> None:
    found = review(desk, at=desk.moment(NOON), known_at=desk.moment(NOON))
    for told in (found, history(desk), looked_back):
        for encoding in ("utf-8", "ascii"):
            text = shown(board(desk, told), encoding=encoding)
            assert "W135" in text
            assert "NZ Police" in text
            assert ("✖" in text) == (encoding == "utf-8")
    assert "2026" in shown(board(desk, found)), "a year that is not the operation's is named"
    lines = [shown(line(desk, event)) for event in events(desk)]
    assert any("was broken" in one for one in lines)


def test_the_command_line_gives_each_look_back_as_json() -> None:
    told = answer("review", EXAMPLE, "--at", NOON)
    assert told["known_at"].startswith("2022-02-22T12:00"), "as known at that very moment"
    assert {"then", "now", "promises", "barriers", "counts", "rivals", "entries_later"} <= told.keys()
    assert {one["promise"] for one in told["promises"]} >= {"sealed-lawful", "sealed-determined"}
    assert told["promises"][0]["changed_by"][0]["recorded"]["from"].startswith("2022-02-22T21:30")
    told = answer("review", EXAMPLE, "sealed-lawful", "--history", "--known-at", NOON)
    assert [one["promise"] for one in told["promises"]] == ["sealed-lawful"]
    told = answer("review", EXAMPLE, "--hindsight", "sealed-lawful")
    assert {one["promise"] for one in told["stretches"]} == {"sealed-lawful"}
    done = ringfence("replay", EXAMPLE, "--speed", "max", "--from", "2022-02-22T21:00", "--json")
    assert done.returncode == 0
    assert [json.loads(one)["event"] for one in done.stdout.splitlines()] == ["begin", *["entry"] * 5, "end"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["review", EXAMPLE, "--hindsight", "--history"], "two-questions"),
        (["review", EXAMPLE, "--hindsight", "--at", NOON], "two-questions"),
        (["review", EXAMPLE, "--hindsight", "--known-at", NOON], "two-questions"),
        (["review", EXAMPLE, "sealed-lawful"], "no-question"),
        (["review", EXAMPLE, "no-such", "--history"], "unknown-promise"),
        (["review", EXAMPLE, "--at", "noonish"], "bad-time"),
        (["replay", EXAMPLE, "--speed", "fast"], "bad-speed"),
        (["replay", EXAMPLE, "--from", NOON, "--to", "2022-02-21T12:00"], "ends-before-start"),
    ],
)
def test_a_question_that_is_none_is_refused(words: list[Any], code: str) -> None:
    assert code in {one["code"] for one in answer(*words, status=2)["faults"]}
