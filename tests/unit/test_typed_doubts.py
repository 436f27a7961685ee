"""A typed line never says the opposite of what was meant: what takes something back, or could, is asked about."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter

import pytest
from rich.console import Console

from ringfence.base.errors import BadInput
from ringfence.desk.flags import Flagger
from ringfence.desk.typed_line import read_typed_line, typed_board
from ringfence.desk.typed_places import Ground
from ringfence.model.entries import Entry
from ringfence.model.spans import Span
from ringfence.operation import Operation
from tests.unit.test_typed_line import GATE, codes, in_zone, read

PATROL = ", reported by patrol 2"


@pytest.mark.parametrize(
    "text",
    [
        "2000 perimeter swept, camp found on Featherston St" + PATROL,
        "perimeter swept except Bunny St" + PATROL,
        "perimeter swept apart from Bunny St" + PATROL,
        "perimeter swept, Bunny St not reached" + PATROL,
        "some of the perimeter swept" + PATROL,
        "perimeter sweep on hold" + PATROL,
        "perimeter swept, 2 tents" + PATROL,
        "perimeter swept, barrier moved Bunny/Featherston" + PATROL,
        "perimeter swept, reported by patrol 2 except Bunny St",
        "perimeter swept, confirmed by patrol 2 with a camp found on Featherston St",
        "perimeter swept, confirmed by patrol 2 but Bunny St not reached",
        "perimeter swept by team not complete" + PATROL,
    ],
)
def test_a_sweep_with_anything_beside_it_is_no_sweep_of_the_whole_perimeter(wellington: Operation, text: str) -> None:
    line = read(wellington, text)
    assert "part-sweep" in codes(line)
    assert not line.draft.has_effect, "nor is the draft one, whoever sends it on"


@pytest.mark.parametrize(
    "text",
    [
        "0500 perimeter swept" + PATROL,
        "0500 the whole perimeter was swept, all clear" + PATROL,
        "0500 perimeter swept by patrol 2, reported by control",
        "perimeter swept at 0500, confirmed by NZ Police by radio",
        "0500 sweep of the perimeter done, follows W090" + PATROL,
        "perimeter swept between 0430 and 0500, seen by patrol 2",
        "0500 perimeter swept, all ok" + PATROL,
        "0500 perimeter swept, nil find" + PATROL,
        "0500 perimeter swept, no issues" + PATROL,
        "0500 perimeter swept by team alpha" + PATROL,
    ],
)
def test_a_bare_sweep_is_one(wellington: Operation, text: str) -> None:
    line = read(wellington, text)
    assert (line.ready, line.draft.kind, line.draft.swept) == (True, "sweep", "perimeter"), line.doubts
    assert not line.doubts


@pytest.mark.parametrize(
    "text",
    ["all barriers in place, Bunny St excepted", "barriers moved Bunny/Featherston except Hill Street",
     "gate staffed Hill Street, other than at night"],
)  # fmt: skip
def test_an_exception_is_asked_about_whatever_the_state(wellington: Operation, text: str) -> None:
    assert "exception" in codes(read(wellington, f"0412 {text}{GATE}"))


@pytest.mark.parametrize(
    ("time", "code"),
    [
        ("13:00am", "no-such-time"),
        ("16:00 am", "no-such-time"),
        ("1600 am", "no-such-time"),
        ("16pm", "no-such-time"),
        ("0:30 pm", "no-such-time"),
        ("4 12", "no-such-time"),
        ("4.12", "unclear-time"),
        ("04.12", "unclear-time"),
        ("at 4.12", "unclear-time"),
        ("about 4.12", "unclear-time"),
        ("16h05", "unclear-time"),
        ("412am", "unclear-time"),
        ("quarter to 5", "unclear-time"),
        ("half past four", "unclear-time"),
        ("ten past 4", "unclear-time"),
        ("half four", "unclear-time"),
        ("five o'clock", "unclear-time"),
        ("four thirty", "unclear-time"),
        ("04:12 this afternoon", "unclear-time"),
        ("04:12-04:30pm", "unclear-time"),
        ("4-5pm", "unclear-time"),
        ("4 to 5pm", "unclear-time"),
        ("between 4 and 5pm", "unclear-time"),
        ("half one", "unclear-time"),
        ("at four thirty", "unclear-time"),
        ("four hundred hours", "unclear-time"),
        ("06:00+99:99", "bad-time"),
        ("at 0600+24:00", "bad-time"),
        ("06:00-07:00+99:99", "bad-time"),
        ("at 5", "unclear-number"),
        ("5", "unclear-number"),
        ("between 0430 and 0400", "end-before-start"),
        ("0430-0400", "end-before-start"),
        ("21 Feb 0430-0400", "end-before-start"),
        ("2022-02-21T04:30 - 2022-02-21T04:00", "end-before-start"),
    ],
)
def test_a_slip_in_a_time_is_never_another_time_nor_a_number(wellington: Operation, time: str, code: str) -> None:
    line = read(wellington, f"{time} barrier moved Bunny St{GATE}")
    assert code in codes(line)
    assert line.draft.number is None
    assert line.note.so.precision == "unknown"


@pytest.mark.parametrize(
    ("time", "start", "end"),
    [
        ("0412 pm", "21T16:12", "21T16:12"),
        ("12:30 am", "22T00:30", "22T00:30"),
        ("last night at 2315", "21T23:15", "21T23:15"),
        ("04:12 this morning", "22T04:12", "22T04:12"),
        ("2200-0500", "21T22:00", "22T05:00"),
        ("between 0600 and 1900", "21T06:00", "21T19:00"),
        ("20 Feb 2200 to 21 Feb 1900", "20T22:00", "21T19:00"),
        ("4:12pm-4:30pm", "21T16:12", "21T16:30"),
        ("4pm-5pm", "21T16:00", "21T17:00"),
    ],
)
def test_a_time_that_is_clear_stays_so(wellington: Operation, time: str, start: str, end: str) -> None:
    line = read(wellington, f"{time} barrier moved Bunny St{GATE}")
    assert line.ready, line.doubts
    found = (line.draft.so.from_, line.draft.so.to)
    assert found == tuple(datetime.fromisoformat(f"2022-02-{one}:00+13:00") for one in (start, end))


def test_this_afternoon_is_not_after_noon(wellington: Operation) -> None:
    line = read(wellington, "this afternoon barrier moved Bunny St" + GATE)
    assert (line.draft.so.precision, codes(line, matters=False)) == ("unknown", {"vague-time"})


def test_a_basis_is_held_to_the_clock_as_a_time_is(wellington: Operation) -> None:
    autumn = in_zone(wellington, "Pacific/Auckland", "2022-04-02T00:00:00+13:00", "2022-04-05T00:00:00+12:00")
    now = "2022-04-03T05:00+12:00"
    assert codes(read(autumn, "since 0230 8 arrests, reported by NZ Police", now)) == {"clock-change"}
    settled = read(autumn, "since 2022-04-03T02:30:00+12:00 8 arrests, reported by NZ Police", now)
    assert (settled.ready, settled.draft.basis) == (True, "since 2022-04-03T02:30:00+12:00")
    assert read(wellington, "8 arrests since 0430 pm, reported by NZ Police").draft.basis is None
    assert codes(read(wellington, "8 arrests since 06:00+99:99, reported by NZ Police")) == {"bad-time"}
    for since in ("6am", "6.00 am", "0600hrs", "06:00 hours"):
        line = read(wellington, f"0612 8 arrests since {since}, reported by NZ Police")
        assert (line.ready, line.draft.basis) == (True, "since 06:00")


@pytest.mark.parametrize(
    "text",
    [
        "false alarm: barrier moved Bunny St" + GATE,
        "barrier moved Bunny St, false report" + GATE,
        "barrier moved Bunny St, reported by gate 6 as a false alarm",
        "barrier moved Bunny St, reported by gate 6 false alarm",
        "hoax: barrier moved Bunny St" + GATE,
        "drill: barrier moved Bunny St" + GATE,
        "exercise, barrier moved Bunny St" + GATE,
        "this is a test: barrier moved Bunny St" + GATE,
        "training: perimeter swept" + GATE,
        "barrier moved Bunny St, did not happen" + GATE,
        "disregard: all gates staffed" + GATE,
        "8 arrests in the exercise, NZ Police say",
        "there were not 8 arrests, NZ Police say",
        "expected 200 people at Hill Street, NZ Police say",
        "expected today: 8 arrests, NZ Police say",
        "there may be 8 arrests today, NZ Police say",
        "there arent 8 arrests today, NZ Police say",
        "8 arrests, logged in error, NZ Police say",
        "correction W080: 8 arrests were wrong, confirmed, reported by police",
        "barrier hasnt been moved Bunny/Featherston" + GATE,
        "barrier wasnt moved Bunny/Featherston" + GATE,
        "barriers havent been moved Bunny/Featherston" + GATE,
        "barrier didnt get moved Bunny/Featherston" + GATE,
        "barrier cant be moved Bunny/Featherston" + GATE,
        "barrier hasn`t been moved Bunny/Featherston" + GATE,
        "none of the barriers moved Bunny/Featherston" + GATE,
        "none of the 8 concrete barriers have been moved Bunny/Featherston" + GATE,
        "neither barrier moved Bunny/Featherston" + GATE,
        "zero barriers moved Bunny/Featherston" + GATE,
        "barrier un-moved Bunny/Featherston" + GATE,
        "barriers moved: none, Bunny/Featherston" + GATE,
        "barrier not" + " " * 64 + "moved Bunny/Featherston" + GATE,
        "gate isnt staffed Hill Street" + GATE,
        "barrier moved Bunny/Featherston, not so" + GATE,
        "fire drill, barrier moved Bunny/Featherston" + GATE,
        "EXERCISE EXERCISE barrier moved Bunny/Featherston" + GATE,
        "test barrier moved Bunny/Featherston" + GATE,
        "training scenario: 8 arrests today" + GATE,
        "barrier moved Bunny/Featherston, false" + GATE,
    ],
)
def test_what_is_not_true_or_only_played_changes_and_counts_nothing(wellington: Operation, text: str) -> None:
    line = read(wellington, f"0412 {text}")
    assert "not-so" in codes(line)
    assert not line.draft.has_effect
    assert line.draft.number is None


def test_names_that_hold_such_words_are_names(wellington: Operation) -> None:
    assert read(wellington, "0412 barrier moved Bunny St, NZ Police Training College reports").ready
    assert read(wellington, "0412 12 positive tests today, NZ Police say").draft.number == 12
    assert read(wellington, "0412 rumour: barrier moved Bunny St" + GATE).draft.certainty == "claimed"


def test_none_of_them_is_no_state(wellington: Operation) -> None:
    line = read(wellington, "0412 0 barriers moved Bunny/Featherston" + GATE)
    assert (codes(line), line.draft.has_effect) == ({"not-so"}, False)


@pytest.mark.parametrize(
    ("text", "state", "number"),
    [
        ("0512 crowd would not disperse: 8 arrests today", None, 8),
        ("0512 not more than 12 cars at Hill Street", None, 12), ("21 February 8 arrests today", None, 8),
        ("0512 May Street 8 arrests today", None, 8), ("0512 crowd two hundred metres from gate 6", None, None),
        ("about three hundred on the lawn", None, None), ("four hundred marching", None, None),
        ("five to ten trucks at Hill Street", None, None), ("0512 staff down from ten to five", None, None),
        ("two ten tonne trucks at Hill Street", None, None), ("one twenty foot container at Hill Street", None, None),
        ("0512 half one barrier at Hill Street", None, None), ("0512 march to the port planned tonight", None, None),
        ("1400 decided: gate 6 closed tonight", None, None),
        ("0910 40 tents put up last night still there", None, 40), ("0512 8 drivers failed breath test", None, 8),
        ("0512 8 people on the wrong side of the cordon", None, 8),
        ("0512 car drove the wrong way, barrier moved Bunny/Featherston", "moved", None),
        ("0512 8 cars with false plates", None, 8), ("0512 exercise powers under section 35, 8 arrests", None, 8),
        ("0512 training officer hurt, 3 officers injured", None, 3),
        ("0512 barrier moved by mistake Bunny/Featherston", "moved", None),
        ("0512 not so many cars now, barrier moved Bunny/Featherston", "moved", None),
        ("correction W080: 9 arrests, the 8 were wrong, confirmed", None, 9),
        ("0512 gate 6 barrier moved Bunny/Featherston", "moved", None),
        ("sector 3 barrier moved Bunny/Featherston", "moved", None),
        ("gate 2 barriers moved Bunny/Featherston", "moved", None), ("0512 truck 2.40 wide", None, None),
        ("0512 talks lasted 2h30", None, None), ("0512 rule 4.12 in force", None, None),
        ("Gate 6 - 8 arrests today", None, 8), ("Level 3 - 8 arrests today", None, 8),
        ("2022-02-21 - 8 arrests today", None, 8), ("Feb 21 - 8 arrests today", None, 8),
        ("0512 gate 6 - 8 arrests since 0400", None, 8), ("0512 bus 6 - 8 arrests since 0400", None, 8),
        ("0512 8 to 10 arrests since 0400", None, None),
    ],
)  # fmt: skip
def test_common_lines_are_not_blocked(wellington: Operation, text: str, state: str | None, number: int | None) -> None:
    line = read(wellington, text + GATE)
    assert line.ready, line.doubts
    assert (line.draft.state, line.draft.number) == (state, number)


def test_the_month_of_may_is_no_doubt(wellington: Operation) -> None:
    now = "2022-05-23T06:00"
    for text in ("4 May 2022 04:12 8 arrests since 0600", "22 May 8 arrests today"):
        assert read(wellington, f"{text}, reported by police", now).draft.number == 8
    assert read(wellington, "0412 not more than 12 cars" + GATE).draft.basis == "not more than"


@pytest.mark.parametrize(
    "text",
    ["4 of the 8 barriers moved", "4 of 8 barriers moved", "half of the 8 barriers moved", "4 of the 8 arrests today"],
)
def test_a_part_of_a_number_is_asked_about(wellington: Operation, text: str) -> None:
    line = read(wellington, f"0412 {text} Bunny/Featherston{GATE}")
    assert "unclear-number" in codes(line)
    assert line.draft.number is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1348 eight arrests: seven disorderly behaviour, one obstruction, total, reported by police", "eight arrests"),
        ("no arrests today, reported by police", "no arrests"),
        ("half a dozen arrests, reported by police", "half a dozen arrests"),
        ("10-15 cars at Hill Street, reported by gate 6", "10-15 cars"),
        ("8 to 10 arrests today, reported by police", "8 to 10 arrests"),
        ("between 10 and 15 cars at Hill Street, reported by gate 6", "between 10 and 15 cars"),
        ("from 10 to 15 cars at Hill Street, reported by gate 6", "10 to 15 cars"),
        ("0412 gate 6 - 8 to 10 arrests, reported by police", "8 to 10 arrests"),
        ("0412 cars leaving 10 - 15, reported by gate 6", "cars leaving 10 - 15"),
        ("12k people, reported by police", "12k people"),
        ("-3 cars leaving, reported by gate 6", "-3 cars leaving"),
        ("twenty-five people at Hill Street, reported by gate 6", "twenty-five people"),
    ],
)
def test_a_number_that_is_not_read_is_told(wellington: Operation, text: str, found: str) -> None:
    line = read(wellington, text)
    assert ("number-not-read", found) in {(doubt.code, doubt.found) for doubt in line.doubts}
    assert (line.draft.kind, line.draft.number) == ("note", None)


def test_a_range_beside_what_is_read_is_told(wellington: Operation) -> None:
    for text in ("barrier moved Bunny/Featherston, 10-15 cars leaving", "8 arrests today, 10-15 cars leaving"):
        assert "number-not-read" in codes(read(wellington, f"0412 {text}{GATE}"), matters=False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 200 people on Molesworth St, reported by police", "unclear-number"),
        ("1000 - 1200 people on Molesworth St, reported by police", "time-or-number"),
    ],
)
def test_a_number_that_is_perhaps_two_is_asked_about(wellington: Operation, text: str, code: str) -> None:
    line = read(wellington, text)
    assert codes(line) == {code}
    assert line.draft.number is None
    assert read(wellington, "0412 200 people on Molesworth St, reported by police").draft.number == 200


def test_a_correction_in_words_says_before_it_is_logged_that_it_corrects_nothing(wellington: Operation) -> None:
    line = read(wellington, "correction W080: nine arrests, confirmed, reported by police")
    assert codes(line, matters=False) == {"number-not-read", "corrects-nothing"}
    figure = read(wellington, "correction W080: 9 people arrested, confirmed, reported by police")
    assert "corrects-nothing" not in codes(figure, matters=False)


def test_an_entry_that_is_only_named_is_no_link_and_that_is_told(wellington: Operation) -> None:
    line = read(wellington, "W101 is wrong, reported by gate 6")
    (doubt,) = line.doubts
    assert (doubt.code, line.draft.disputes, line.draft.kind) == ("not-linked", (), "note")
    assert "denies W101" in doubt.do
    assert codes(read(wellington, "gate 6 denies W101"), matters=False) == set()


def test_all_of_them_may_be_said_with_their_number(wellington: Operation) -> None:
    there = len(wellington.barriers)
    line = read(wellington, f"0412 all {there} barriers in place, reported by control")
    assert line.ready, line.doubts
    assert len(line.draft.barriers) == there
    (doubt,) = read(wellington, f"0412 all {there - 1} barriers in place, reported by control").doubts
    assert (doubt.code, doubt.matters, doubt.found) == ("all-or-some", True, f"all {there - 1}")


def test_a_place_whose_words_are_torn_apart_is_put_together(wellington: Operation) -> None:
    line = read(wellington, "0412 Featherston St occupied between Bunny and Whitmore" + GATE)
    (doubt,) = (one for one in line.doubts if one.matters)
    assert (doubt.code, doubt.do) == ("torn-place", "Write them together: Featherston St between Bunny and Whitmore.")
    assert read(wellington, "0412 occupied Featherston St between Bunny and Whitmore" + GATE).ready


def test_a_barrier_named_by_its_id_is_a_place_that_is_known(wellington: Operation) -> None:
    draft = read(wellington, "1900 barrier moved lambton-quay-whitmore, protesters say").draft
    at = Span(precision="exact", from_=datetime(2022, 2, 22, tzinfo=UTC), to=datetime(2022, 2, 22, tzinfo=UTC))
    content = {name: getattr(draft, name) for name in type(draft).model_fields}
    entry = Entry(**{**content, "id": "typed", "reported": at, "recorded": at})
    assert Flagger(wellington).flags(entry) == ()


def test_a_line_without_any_mark_is_empty(wellington: Operation) -> None:
    with pytest.raises(BadInput, match="empty-line"):
        read(wellington, "\u200b\u200b")


def test_the_year_is_told_where_it_is_not_the_present_one(wellington: Operation) -> None:
    now = datetime(2022, 2, 22, 6, tzinfo=wellington.zone)
    line = read_typed_line(wellington, "0412 barrier moved Bunny St" + GATE, now)
    for year, told in ((2022, "Tue 22 Feb 04:12"), (2026, "Tue 22 Feb 2022 04:12")):
        console = Console(width=120)
        with console.capture() as shown:
            console.print(typed_board(wellington, line, now.replace(year=year)))
        assert f"│ when      │ {told} " in shown.get()


def test_all_of_more_barriers_than_an_entry_holds_is_asked_about(
    wellington: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ground, "barrier_ids", lambda _: tuple(f"b{number}" for number in range(250)))
    line = read(wellington, "0412 all 250 barriers in place" + GATE)
    assert codes(line) == {"too-many-barriers"}


@pytest.mark.parametrize("before", ["no", "8", "since", "", "0412 barrier not"])
def test_a_long_gap_is_asked_about_and_read_at_once(wellington: Operation, before: str) -> None:
    started = perf_counter()
    line = read(wellington, f"{before}{' ' * 3970}moved")
    assert "gap" in codes(line)
    assert perf_counter() - started < 5


def test_a_count_of_many_parts_is_read_at_once(wellington: Operation) -> None:
    parts = " + ".join(["1 theft"] * 160)
    line = read(wellington, f"0412 160 arrests: {parts} (police){GATE}")
    assert line.draft.number == 160
    assert read(wellington, f"0412 160 arrests: {parts}{GATE}").draft.breakdown == {"theft": 160}


@pytest.mark.parametrize(
    "again", ["to1", "1-", "a ", "no ", "twenty ", "1 or ", "half past ", "1 200 ", "x1 ", "except "]
)
def test_a_long_line_of_what_nearly_is_a_number_is_read_to_its_end(wellington: Operation, again: str) -> None:
    """A pattern that tries every way to cut it up would be at it for hours."""
    assert read(wellington, ("0412 1" + again * 4000)[:3990] + " x").draft.kind
