"""A typed line: what is understood of it, what is left in doubt, and what is never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from ringfence.base.errors import BadInput
from ringfence.base.times import parse_time
from ringfence.desk import Desk
from ringfence.desk.notes import DUTY_OFFICER
from ringfence.desk.typed_line import as_note, read_typed_line, refuse_while_in_doubt
from ringfence.model.entries import BarrierState
from ringfence.model.operation import OperationFile
from ringfence.model.typed import TypedLine
from ringfence.operation import Operation

SIX = "2022-02-22T06:00"
GATE = ", reported by gate 6"


def read(operation: Operation, text: str, now: str = SIX) -> TypedLine:
    return read_typed_line(operation, text, parse_time(now, operation.zone))


def in_zone(operation: Operation, zone: str, starts: str, ends: str) -> Operation:
    """The operation, moved to other days and another clock."""
    file = OperationFile.model_validate(
        {**operation.file.model_dump(by_alias=True), "timezone": zone, "starts": starts, "ends": ends}
    )
    return replace(operation, file=file, zone=ZoneInfo(zone))


def utc(moment: datetime | None) -> datetime | None:
    """In UTC: within an hour that comes twice, other zones never compare as equal."""
    return moment and moment.astimezone(UTC)


def codes(line: TypedLine, *, matters: bool = True) -> set[str]:
    return {doubt.code for doubt in line.doubts if doubt.matters == matters}


def part(line: TypedLine, read_as: str) -> str:
    return next(one.text for one in line.parts if one.read_as == read_as)


def test_the_line_of_the_issue_becomes_the_entry_that_is_meant(wellington: Operation) -> None:
    line = read(wellington, "0412 barrier moved Bunny/Featherston, reported by gate 6")
    assert line.ready, line.doubts
    draft = line.draft
    assert draft.what == line.text == "0412 barrier moved Bunny/Featherston, reported by gate 6"
    assert (draft.kind, draft.barriers, draft.state) == ("barrier", ("bunny-street",), "moved")
    assert (draft.place, draft.source.by, draft.certainty) == ("Bunny/Featherston", "gate 6", "observed")
    assert draft.so.from_ == draft.so.to == datetime.fromisoformat("2022-02-22T04:12:00+13:00")
    assert draft.reported is None, "the ledger says when it was reported"
    assert [(one.read_as, one.text) for one in line.parts] == [
        ("time", "0412"),
        ("kind", "barrier"),
        ("state", "moved"),
        ("place", "Bunny/Featherston"),
        ("source", "reported by gate 6"),
    ]
    assert all(line.text[one.start : one.end] == one.text for one in line.parts)


@pytest.mark.parametrize(
    ("words", "precision", "start", "end"),
    [
        ("0412", "exact", "22T04:12", "22T04:12"),
        ("04:12", "exact", "22T04:12", "22T04:12"),
        ("4:12", "exact", "22T04:12", "22T04:12"),
        ("4.12am", "exact", "22T04:12", "22T04:12"),
        ("4:12 a.m.", "exact", "22T04:12", "22T04:12"),
        ("11.15pm", "exact", "21T23:15", "21T23:15"),
        ("0412 hrs", "exact", "22T04:12", "22T04:12"),
        ("at 0412", "exact", "22T04:12", "22T04:12"),
        ("noon", "exact", "21T12:00", "21T12:00"),
        ("about 0412", "about", "22T04:12", "22T04:12"),
        ("~0412", "about", "22T04:12", "22T04:12"),
        ("c. 0412", "about", "22T04:12", "22T04:12"),
        ("before 0412", "before", None, "22T04:12"),
        ("by 0412", "before", None, "22T04:12"),
        ("shortly after 0412", "after", "22T04:12", None),
        ("after 0412 before 0500", "between", "22T04:12", "22T05:00"),
        ("0400-0430", "between", "22T04:00", "22T04:30"),
        ("04:00 to 04:30", "between", "22T04:00", "22T04:30"),
        ("between 0400 and 0430", "between", "22T04:00", "22T04:30"),
        ("2345-0015", "between", "21T23:45", "22T00:15"),
        ("22 Feb 0412", "exact", "22T04:12", "22T04:12"),
        ("21 February 2022 0412", "exact", "21T04:12", "21T04:12"),
        ("Feb 21 04:12", "exact", "21T04:12", "21T04:12"),
        ("04:12 on 21 Feb", "exact", "21T04:12", "21T04:12"),
        ("Monday 0412", "exact", "21T04:12", "21T04:12"),
        ("Tue 0712", "exact", "15T07:12", "15T07:12"),
        ("yesterday 2315", "exact", "21T23:15", "21T23:15"),
        ("yesterday", "day", "21T00:00", "22T00:00"),
        ("21 Feb", "day", "21T00:00", "22T00:00"),
        ("on 21 Feb", "day", "21T00:00", "22T00:00"),
        ("2022-02-21", "day", "21T00:00", "22T00:00"),
        ("on 2022-02-22", "day", "22T00:00", "23T00:00"),
        ("now", "exact", "22T06:00", "22T06:00"),
        ("just now", "about", "22T06:00", "22T06:00"),
        ("2022-02-21T04:12", "exact", "21T04:12", "21T04:12"),
        ("2022-02-20T15:12Z", "exact", "21T04:12", "21T04:12"),
        ("0412+13:00", "exact", "22T04:12", "22T04:12"),
        ("0615", "exact", "22T06:15", "22T06:15"),
        ("0616", "exact", "21T06:16", "21T06:16"),
        ("", "unknown", None, None),
    ],
)
def test_a_time_is_read_as_it_is_said_and_no_more_exactly(
    wellington: Operation, words: str, precision: str, start: str | None, end: str | None
) -> None:
    line = read(wellington, f"{words} barrier moved Bunny/Featherston{GATE}".strip())
    assert line.ready, line.doubts
    assert line.draft.so.precision == precision
    for moment, wanted in ((line.draft.so.from_, start), (line.draft.so.to, end)):
        assert moment == (wanted and datetime.fromisoformat(f"2022-02-{wanted}:00+13:00"))
    assert line.draft.barriers == ("bunny-street",), "the time took nothing away from the place"


@pytest.mark.parametrize("line", ["barrier moved at 0412 Bunny/Featherston", "barrier moved Bunny/Featherston at 0412"])
def test_a_time_stands_after_at_as_well(wellington: Operation, line: str) -> None:
    assert read(wellington, line + GATE).draft.so.from_ == datetime.fromisoformat("2022-02-22T04:12:00+13:00")


def test_when_it_was_reported_is_not_when_it_was_so(wellington: Operation) -> None:
    for text in (
        "barrier moved Bunny/Featherston, reported by gate 6 at 0415",
        "reported at 0415 by gate 6: barrier moved",
    ):
        line = read(wellington, text)
        assert line.draft.so.precision == "unknown"
        assert line.draft.reported is not None
        assert line.draft.reported.from_ == datetime.fromisoformat("2022-02-22T04:15:00+13:00")
        assert line.draft.source.by == "gate 6"
    for told in ("reported 21 Feb by gate 6", "reported Monday by gate 6", "reported by gate 6 on 21 Feb"):
        line = read(wellington, f"barrier moved Bunny/Featherston, {told}")
        assert line.draft.so.precision == "unknown"
        assert line.draft.reported is not None
        assert (line.draft.reported.precision, line.draft.source.by) == ("day", "gate 6")
        assert line.draft.reported.from_ == datetime.fromisoformat("2022-02-21T00:00:00+13:00")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("22 Feb 0712", "future-time"),
        ("2022-02-23", "future-time"),
        ("after 21 Feb", "bad-time"),
        ("by 21 Feb", "bad-time"),
        ("before Monday", "bad-time"),
        ("since yesterday", "bad-time"),
        ("about 2022-02-21", "bad-time"),
        ("2022-02-20 to 2022-02-21", "bad-time"),
        ("31 Feb 0412", "bad-time"),
        ("22 Feb 2022", "year-or-time"),
        ("0412 at 0500", "two-times"),
        ("2022-02-31", "bad-time"),
        ("2561", "no-such-time"),
        ("1275", "no-such-time"),
        ("24:30", "no-such-time"),
    ],
)
def test_a_time_that_is_not_clear_is_a_doubt(wellington: Operation, words: str, code: str) -> None:
    line = read(wellington, f"{words} barrier moved Bunny/Featherston{GATE}")
    assert code in codes(line)
    assert not line.ready
    assert line.note.so.precision == "unknown", "a note does not state a time that is in doubt"


def test_a_number_at_the_start_that_counts_something_is_no_mistyped_time(wellington: Operation) -> None:
    line = read(wellington, "2561 people at Hill Street, total" + GATE)
    assert (line.draft.kind, line.draft.number, line.ready) == ("count", 2561, True)


def test_four_digits_elsewhere_are_no_time_and_not_passed_over(wellington: Operation) -> None:
    line = read(wellington, "barrier moved Bunny/Featherston 0412" + GATE)
    assert codes(line) == {"stray-number"}
    assert line.draft.so.precision == "unknown"
    assert line.draft.barriers == ("bunny-street",)
    second = read(wellington, "0412 barrier moved Bunny/Featherston 0430" + GATE)
    assert codes(second) == {"stray-number"}


def test_an_hour_that_the_clocks_pass_twice_is_a_doubt_that_says_which_offsets_to_write(wellington: Operation) -> None:
    autumn = in_zone(wellington, "Pacific/Auckland", "2022-04-02T00:00:00+13:00", "2022-04-05T00:00:00+12:00")
    line = read(autumn, "0230 barrier moved Bunny/Featherston" + GATE, "2022-04-03T09:00")
    assert codes(line) == {"clock-change"}
    (doubt,) = (one for one in line.doubts if one.matters)
    offered = [word.rstrip(".") for word in doubt.do.split() if word.startswith("2022-")]
    assert sorted(offered) == ["2022-04-03T02:30:00+12:00", "2022-04-03T02:30:00+13:00"]
    for written in offered:
        settled = read(autumn, f"{written} barrier moved Bunny/Featherston{GATE}", "2022-04-03T09:00")
        assert settled.ready, settled.doubts
        assert utc(settled.draft.so.from_) == utc(datetime.fromisoformat(written))
    shorter = read(autumn, "0230+13:00 barrier moved Bunny/Featherston" + GATE, "2022-04-03T09:00")
    assert utc(shorter.draft.so.from_) == utc(datetime.fromisoformat("2022-04-03T02:30:00+13:00"))


def test_between_the_two_passes_of_an_hour_the_first_is_not_taken_for_yesterday(wellington: Operation) -> None:
    autumn = in_zone(wellington, "Pacific/Auckland", "2022-04-02T00:00:00+13:00", "2022-04-05T00:00:00+12:00")
    line = read(autumn, "0250 barrier moved Bunny/Featherston" + GATE, "2022-04-03T02:05:00+12:00")
    assert codes(line) == {"clock-change"}


def test_a_day_of_a_clock_change_is_as_long_as_it_is(wellington: Operation) -> None:
    spring = in_zone(wellington, "Europe/London", "2022-03-26T00:00:00+00:00", "2022-03-29T00:00:00+01:00")
    for words in ("2022-03-27", "27 March", "yesterday"):
        line = read(spring, f"{words} barrier moved Bunny/Featherston{GATE}", "2022-03-28T09:00")
        assert line.ready, line.doubts
        ends = [utc(one) for one in (line.draft.so.from_, line.draft.so.to)]
        assert ends == [datetime(2022, 3, 27, 0, tzinfo=UTC), datetime(2022, 3, 27, 23, tzinfo=UTC)]


def test_counted_since_a_day_is_a_basis(wellington: Operation) -> None:
    line = read(wellington, "12 arrests since 2022-02-21" + GATE)
    assert (line.ready, line.draft.basis) == (True, "since 2022-02-21")


def test_an_hour_that_the_clocks_skip_is_a_doubt(wellington: Operation) -> None:
    spring = in_zone(wellington, "Europe/London", "2022-03-26T00:00:00+00:00", "2022-03-29T00:00:00+01:00")
    assert codes(read(spring, "0130 barrier moved Bunny/Featherston" + GATE, "2022-03-27T09:00")) == {"clock-change"}


def test_of_an_operation_long_over_now_is_its_end(wellington: Operation) -> None:
    now = Desk(wellington).now_of_entries(datetime(2026, 11, 22, 9, tzinfo=UTC))
    line = read_typed_line(wellington, "0412 barrier moved Bunny/Featherston" + GATE, now)
    assert line.draft is not None
    assert line.draft.so.from_ == datetime.fromisoformat("2022-02-22T04:12:00+13:00")


STATES = {
    "planned": ["planned"],
    "part-placed": ["part-placed", "partly placed", "half up", "being set down", "going up"],
    "installed": ["installed", "in place", "put up", "set down", "up", "standing"],
    "unstaffed": ["unstaffed", "unmanned", "unattended"],
    "obstructed": ["obstructed", "blocked by people", "blocked by protesters", "surrounded", "climbed on", "blocked"],
    "moved": ["moved", "pushed aside", "shifted", "dragged away", "shoved aside", "rolled away"],
    "reinstalled": [
        "put back",
        "reinstalled",
        "re-installed",
        "back in place",
        "put back in place",
        "restored",
        "back up",
    ],
    "removed": ["removed", "taken away", "carried off", "dismantled", "down", "gone", "torn down"],
}


@pytest.mark.parametrize(("state", "words"), [(state, one) for state, forms in STATES.items() for one in forms])
def test_a_barriers_state_is_read_from_everyday_words(wellington: Operation, state: str, words: str) -> None:
    line = read(wellington, f"0412 barrier {words} Bunny/Featherston{GATE}")
    assert line.ready, line.doubts
    assert (line.draft.barriers, line.draft.state) == (("bunny-street",), state)


def test_every_state_of_a_barrier_has_words() -> None:
    assert set(STATES) == set(get_args(BarrierState))


@pytest.mark.parametrize(
    "words",
    [
        "barrier not moved",
        "barrier may be moved",
        "they will move; barrier about to be moved",
        "protesters trying to get the barrier moved",
        "if the barrier is moved",
        "barrier moved?",
        "no barrier moved",
        "is it so that barrier moved?",
        "barrier to be moved",
        "barrier being moved",
        "barrier needs to be moved",
        "barrier hasn't been moved",
    ],
)
def test_what_is_not_so_or_not_yet_changes_nothing_and_is_said(wellington: Operation, words: str) -> None:
    line = read(wellington, f"0412 {words} Bunny/Featherston{GATE}")
    assert not line.draft.has_effect
    assert "not-so" in codes(line)


@pytest.mark.parametrize(
    "words", ["barrier moved back", "barrier pushed back", "blocks down", "gate open", "barrier closed"]
)
def test_words_with_two_meanings_are_asked_about(wellington: Operation, words: str) -> None:
    line = read(wellington, f"0412 {words} Bunny/Featherston{GATE}")
    assert not line.draft.has_effect
    assert "unclear-state" in codes(line)


def test_a_line_that_asks_states_nothing(wellington: Operation) -> None:
    line = read(wellington, "0412 barrier moved Bunny/Featherston, per NZ Police?")
    assert codes(line) == {"not-so"}
    assert line.draft.source.by == "NZ Police"


def test_two_states_in_one_line_are_not_chosen_from(wellington: Operation) -> None:
    assert "two-states" in codes(read(wellington, f"0412 barrier moved and put back Bunny/Featherston{GATE}"))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("nobody at the gate Bunny/Featherston", {"kind": "staffing", "gates": ("bunny-street",), "staffed": False}),
        ("gate staffed Hill Street", {"kind": "staffing", "gates": ("hill-street",), "staffed": True}),
        ("all gates staffed", {"kind": "staffing", "gates": ("*",), "staffed": True}),
        ("perimeter swept", {"kind": "sweep", "swept": "perimeter"}),
        ("sweep of the perimeter done", {"kind": "sweep", "swept": "perimeter"}),
        ("railway station closed", {"kind": "site_notice", "site": "railway-station", "site_state": "closed"}),
        ("the Beehive reopened", {"kind": "site_notice", "site": "beehive", "site_state": "open"}),
        (
            "Featherston Street between Bunny Street and Whitmore Street occupied",
            {"kind": "street", "occupied": ("featherston-street-9",)},
        ),
        (
            "Kate Sheppard Place cleared",
            {"kind": "street", "cleared": ("kate-sheppard-place-1", "kate-sheppard-place-2")},
        ),
        (
            "barriers installed Bunny/Featherston and Lambton Quay/Mulgrave Street",
            {"barriers": ("bunny-street", "lambton-quay-mulgrave"), "state": "installed"},
        ),
        (
            "3 blocks moved bunny-street",
            {"barriers": ("bunny-street",), "state": "moved", "number": 3, "unit": "blocks"},
        ),
        (
            "crowd singing on Lambton Quay near Whitmore Street",
            {"kind": "note", "place": "Lambton Quay near Whitmore Street"},
        ),
        ("observation: smoke near the railway station", {"kind": "observation", "place": "near the railway station"}),
        (
            "standoff: Kate Sheppard Place occupied",
            {"kind": "standoff", "occupied": ("kate-sheppard-place-1", "kate-sheppard-place-2"), "cleared": ()},
        ),
        (
            "Stand-off: Kate Sheppard Place cleared",
            {"kind": "standoff", "occupied": (), "cleared": ("kate-sheppard-place-1", "kate-sheppard-place-2")},
        ),
        (
            "advisory: look for another way near the railway station",
            {"kind": "advisory", "place": "near the railway station", "occupied": (), "site_state": None},
        ),
    ],
)
def test_kinds_and_what_they_change(wellington: Operation, text: str, fields: dict[str, Any]) -> None:
    line = read(wellington, f"0412 {text}{GATE}")
    assert line.ready, line.doubts
    assert {name: getattr(line.draft, name) for name in fields} == fields


def test_a_sweep_that_has_only_begun_or_covers_a_part_is_none(wellington: Operation) -> None:
    assert "not-so" in codes(read(wellington, "0500 sweep of the perimeter started" + GATE))
    assert "part-sweep" in codes(read(wellington, "0500 perimeter swept Hill Street side" + GATE))


def test_a_count_with_its_parts_and_its_basis(wellington: Operation) -> None:
    line = read(wellington, "0500 8 arrests: 7 obstruction + 1 assault, 2 held, reported by NZ Police")
    draft = line.draft
    assert (draft.kind, draft.number, draft.unit) == ("count", 8, "arrests")
    assert draft.breakdown == {"obstruction": 7, "assault": 1}, "those held are no part of the sum"
    assert codes(line, matters=False) == {"another-count", "no-basis"}
    assert line.ready
    with_commas = read(wellington, "8 arrests in total: 7 obstruction, 1 assault, 2 held, NZ Police say")
    assert with_commas.draft.breakdown == draft.breakdown


@pytest.mark.parametrize(
    ("text", "number", "unit", "basis"),
    [
        ("cars leaving 12 since 0600", 12, "cars leaving", "since 06:00"),
        ("12 cars leaving since 06:00", 12, "cars leaving", "since 06:00"),
        ("about 20 cars left today", 20, "cars left", "about, today"),
        ("2,365 community cases today", 2365, "community cases", "today"),
        ("2 held", 2, "held", "in custody now"),
        ("7 officers injured in total", 7, "officers injured", "total"),
        ("arrests: 8 so far", 8, "arrests", "total"),
    ],
)
def test_a_basis_says_what_a_number_is_counted_on(
    wellington: Operation, text: str, number: int, unit: str, basis: str
) -> None:
    draft = read(wellington, f"0700 {text}, reported by NZ Police").draft
    assert (draft.kind, draft.number, draft.unit, draft.basis) == ("count", number, unit, basis)
    assert draft.so.from_ == datetime.fromisoformat("2022-02-21T07:00:00+13:00"), "a basis is not when it was so"


def test_parts_that_do_not_add_up_are_flagged_and_kept_as_stated(wellington: Operation) -> None:
    line = read(wellington, "9 arrests: 7 obstruction + 1 assault, reported by NZ Police")
    assert "parts-do-not-add-up" in codes(line, matters=False)
    assert (line.draft.number, line.draft.breakdown) == (9, {"obstruction": 7, "assault": 1})
    assert line.ready


@pytest.mark.parametrize(
    ("parts", "unknown"),
    [
        ("1 John Smith + 2 others", "John Smith"),
        ("1 john smith, 2 others", "john smith"),
        ("2 others and 1 Smith", "Smith"),
        ("1 Driver Jones + 2 officers", "Driver Jones"),
        ("1 for obstruction of Smith + 2 others", "obstruction of Smith"),
    ],
)
def test_a_name_is_no_part_of_a_count_and_stays_in_the_words_alone(
    wellington: Operation, parts: str, unknown: str
) -> None:
    line = read(wellington, f"0500 3 arrests total: {parts}, reported by gate 6")
    assert line.ready
    (doubt,) = line.doubts
    assert (doubt.code, doubt.found) == ("unknown-part", unknown)
    assert (line.draft.number, line.draft.breakdown) == (3, {})
    in_the_line = line.draft.model_dump_json(exclude={"what", "why", "place", "source", "ref"})
    assert "smith" not in in_the_line.casefold(), "what no erasure reaches"


def test_parts_are_categories_of_the_trade_or_of_what_was_counted_before(wellington: Operation) -> None:
    line = read(wellington, "0500 9 ARRESTS: 7 Disorderly Behaviour + 2 obstructing police, reported by NZ Police")
    assert line.draft.breakdown == {"disorderly behaviour": 7, "obstructing police": 2}, "written small"
    line = read(wellington, "0500 12 community cases today: 7 auckland + 5 Bay of Plenty, reported by NZ Police")
    assert line.draft.breakdown == {"Auckland": 7, "Bay of Plenty": 5}, "as it was written before"
    named = wellington.entries[0].model_copy(
        update={"id": "n", "kind": "count", "unit": "arrests", "breakdown": {"John Smith": 1}}
    )
    line = read(replace(wellington, entries=(*wellington.entries, named)), f"3 arrests: 1 John Smith + 2 others{GATE}")
    assert line.draft.breakdown == {}, "a name that somebody logged is not a category by that"


def test_four_digits_before_a_thing_that_is_counted_may_be_either(wellington: Operation) -> None:
    assert "time-or-number" in codes(read(wellington, "1200 cars leaving, gate 2 reports"))
    assert read(wellington, "0412 cars leaving, gate 2 reports").draft.number is None


@pytest.mark.parametrize(
    ("text", "by", "via", "certainty"),
    [
        ("barrier moved Hill Street, reported by gate 6", "gate 6", None, "observed"),
        ("gate 6 reports barrier moved Hill Street", "gate 6", None, "observed"),
        ("gate 6: barrier moved Hill Street", "gate 6", None, "observed"),
        ("barrier moved Hill Street, says gate 6", "gate 6", None, "claimed"),
        ("barrier moved Hill Street, per NZ Police", "NZ Police", None, "claimed"),
        ("barrier moved Hill Street, NZ Police", "NZ Police", None, "claimed"),
        ("barrier moved Hill Street, from the patrol 2 by radio", "patrol 2", "radio", "observed"),
        ("barrier moved Hill Street, a caller says by phone", "a caller", "phone", "claimed"),
        (
            "barrier moved Hill Street, via police website, reported by NZ Police",
            "NZ Police",
            "police website",
            "claimed",
        ),
        ("barrier moved Hill Street, confirmed by NZ Police", "NZ Police", None, "confirmed"),
        ("barrier moved Hill Street, seen by a resident", "a resident", None, "observed"),
        ("unconfirmed: barrier moved Hill Street, reported by gate 6", "gate 6", None, "claimed"),
        ("understood that barrier moved Hill Street, reported by NZ Police", "NZ Police", None, "understood"),
        ("allegedly barrier moved Hill Street, reported by gate 6", "gate 6", None, "claimed"),
        ("protesters deny that barrier moved Hill Street", "protesters", None, "denied"),
    ],
)
def test_who_says_so_and_how_sure(wellington: Operation, text: str, by: str, via: str | None, certainty: str) -> None:
    line = read(wellington, f"0412 {text}")
    assert line.ready, line.doubts
    draft = line.draft
    assert (draft.source.by, draft.source.via, draft.certainty) == (by, via, certainty)
    assert draft.barriers == ("hill-street",)


def test_without_a_source_it_is_only_a_note_of_the_duty_officer(wellington: Operation) -> None:
    line = read(wellington, "0412 barrier moved Bunny/Featherston")
    assert codes(line) == {"no-source"}
    with pytest.raises(BadInput, match="--as-note") as refused:
        refuse_while_in_doubt(line)
    assert [fault.code for fault in refused.value.faults] == ["no-source"]
    note = line.note
    assert (note.kind, note.what, note.source.by, note.certainty) == ("note", line.text, DUTY_OFFICER, "claimed")
    assert not note.has_effect
    assert note.so.from_ == datetime.fromisoformat("2022-02-22T04:12:00+13:00")


@pytest.mark.parametrize(
    "text",
    [
        "0412 barrier moved Hill Street, gate 2 reports, police confirm",
        "0412 gate 2 reports residents claim that barrier moved Hill Street",
        "0412 barrier moved Hill Street, reported by gate 2, confirmed by NZ Police",
    ],
)
def test_what_one_says_is_not_put_into_anothers_mouth(wellington: Operation, text: str) -> None:
    assert "two-sources" in codes(read(wellington, text))


def test_a_source_that_runs_into_the_sentence_is_asked_about(wellington: Operation) -> None:
    line = read(wellington, "0412 barrier moved at Bunny Street police say")
    assert {"unclear-source", "no-source"} <= codes(line)


@pytest.mark.parametrize(
    ("text", "kind", "fields"),
    [
        ("correction W123: 2 arrests, NZ Police say", "correction", {"relates_to": ("W123",), "number": 2}),
        ("0412 gate 6 confirms W045", "confirmation", {"relates_to": ("W045",), "certainty": "confirmed"}),
        ("NZ Police deny w045 and W046", "denial", {"disputes": ("W045", "W046"), "certainty": "denied"}),
        ("NZ Police takes back W080", "retraction", {"retracts": ("W080",), "certainty": "confirmed"}),
        (
            "0412 barrier moved Bunny/Featherston, follows W090, reported by gate 6",
            "barrier",
            {"follows": ("W090",), "state": "moved"},
        ),
    ],
)
def test_links_to_other_entries(wellington: Operation, text: str, kind: str, fields: dict[str, Any]) -> None:
    line = read(wellington, text)
    assert line.ready, line.doubts
    assert line.draft.kind == kind
    assert {name: getattr(line.draft, name) for name in fields} == fields


def test_an_entry_that_is_not_there_and_a_retraction_by_another(wellington: Operation) -> None:
    assert codes(read(wellington, "gate 6 confirms W999")) == {"unknown-entry"}
    assert codes(read(wellington, "a resident takes back W080")) == {"unsure-retraction"}


def test_a_decision_changes_nothing_yet(wellington: Operation) -> None:
    line = read(
        wellington, "0545 decided: barrier removed Bunny Street because ambulances cannot pass, by forward commander"
    )
    assert line.ready, line.doubts
    assert (line.draft.kind, line.draft.certainty, line.draft.source.by) == (
        "decision",
        "confirmed",
        "forward commander",
    )
    assert not line.draft.has_effect
    assert part(line, "reason") == "because ambulances cannot pass"
    assert (line.draft.why, line.draft.power) == ("ambulances cannot pass", None)


@pytest.mark.parametrize(
    ("text", "why", "power"),
    [
        (
            "0545 decided: hold Hill Street because 3 ambulances waited at 0500, under section 35(1) of the Summary"
            " Offences Act 1981, by forward commander",
            "3 ambulances waited at 0500",
            "section 35(1) of the Summary Offences Act 1981",
        ),
        (
            "decision under the Civil Defence Emergency Management Act 2002, s 91: hold Hill Street so that buses run,"
            " by forward commander",
            "so that buses run",
            "Civil Defence Emergency Management Act 2002, s 91",
        ),
        (
            "forward commander decided to hold Hill Street due to the crowd under common law",
            "the crowd",
            "common law",
        ),
        ("decided: hold Hill Street under pressure because of Smith, by forward commander", "Smith", None),
    ],
)
def test_why_it_was_decided_and_under_which_power_are_read(
    wellington: Operation, text: str, why: str, power: str | None
) -> None:
    line = read(wellington, text)
    assert line.ready, line.doubts
    assert (line.draft.kind, line.draft.source.by) == ("decision", "forward commander")
    assert (line.draft.why, line.draft.power, line.draft.number) == (why, power, None)
    assert [one.says for one in line.parts if one.read_as == "power"] == ([power] if power else [])


def test_only_law_is_read_as_a_power_since_nothing_erases_it(wellington: Operation) -> None:
    line = read(wellington, "decided: hold Hill Street under the authority of John Smith, because of the crowd")
    assert line.draft.power is None
    assert "unclear-power" in codes(line, matters=False)
    assert "no-reason" in codes(read(wellington, "decided: hold Hill Street, by control"), matters=False)


def test_a_correction_says_how_sure_it_is_or_is_asked(wellington: Operation) -> None:
    unit = next(entry.unit for entry in wellington.entries if entry.id == "W080")
    line = read(wellington, "correction W080: 9 people arrested total, reported by NZ Police")
    assert codes(line) == {"unsure-correction"}
    claimed = read(wellington, "correction W080: 9 people arrested total, claimed by NZ Police")
    assert claimed.ready
    assert "unsure-correction" in codes(claimed, matters=False), "it is told that nothing is put right by it"
    for text, certainty in (
        ("correction W080: 9 arrests, reported by control", "observed"),
        ("correction W080: 9 arrests, confirmed by NZ Police", "confirmed"),
    ):
        sure = read(wellington, text)
        assert (sure.ready, sure.draft.certainty, sure.draft.number) == (True, certainty, 9)
        assert codes(sure, matters=False) == {"another-unit"}, f"W080 counts {unit}, and has the basis"


def test_a_street_with_several_barriers_and_a_place_with_none_are_asked_about(wellington: Operation) -> None:
    several = read(wellington, "0412 barrier moved Lambton Quay" + GATE)
    assert codes(several) == {"several-barriers"}
    assert "lambton-quay-mulgrave" in next(one.do for one in several.doubts if one.matters)
    unknown = read(wellington, "0412 barrier moved Nowhere Street" + GATE)
    (doubt,) = (one for one in unknown.doubts if one.matters)
    assert (doubt.code, unknown.draft.place) == ("unknown-place", "Nowhere Street")
    assert "Moore Street" in doubt.do + " ".join(doubt.choices)
    nothing = read(wellington, "0412 barrier moved Guildford Terrace" + GATE)
    assert codes(nothing) == {"no-barrier-there"}
    assert not any(line.draft.has_effect for line in (several, unknown, nothing))
    assert codes(read(wellington, "0412 barrier moved" + GATE)) == {"no-place"}
    assert codes(read(wellington, "0412 Hill Street occupied" + GATE)) == {"ambiguous-place"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-line"),
        (" \t\n", "empty-line"),
        ("x" * 4001, "line-too-long"),
        ("x" * 10_000_000, "line-too-long"),
        ("barrier\x00moved", "bad-text"),
        ("barrier\x1b[31m moved", "bad-text"),
        ("barrier \u202edevom", "bad-text"),
        ("barrier \ud800", "bad-text"),
    ],
)
def test_what_no_entry_can_hold_is_a_plain_error(wellington: Operation, text: str, code: str) -> None:
    for attempt in (lambda: read(wellington, text), lambda: as_note(text)):
        with pytest.raises(BadInput) as refused:
            attempt()
        assert [fault.code for fault in refused.value.faults] == [code]
        assert len(str(refused.value)) < 1000


@pytest.mark.parametrize(
    "text", ["12345", "6", "///", "障害物が動いた", "שלום עולם", "🚧🚧", "-" * 4000, "0412 " * 800]
)
def test_odd_lines_are_kept_as_they_are(wellington: Operation, text: str) -> None:
    line = read(wellington, text)
    assert line.draft.what == text
    assert not line.draft.has_effect
    assert not line.ready
    assert as_note(text).what == text
