"""A date in a typed line is that date in whatever form, or is asked about: never a clock time, and never dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from ringfence.operation import Operation
from tests.unit.test_typed_line import GATE, codes, part, read

MOVED = "barrier moved Bunny/Featherston"
POLICE = ", reported by NZ Police"


@pytest.mark.parametrize(
    ("line", "precision", "start", "end"),
    [
        (f"2022-2-21 {MOVED}", "day", "21T00:00", "22T00:00"),
        (f"2022/02/21 {MOVED}", "day", "21T00:00", "22T00:00"),
        (f"2022.2.21 {MOVED}", "day", "21T00:00", "22T00:00"),
        (f"at 2022-2-21 {MOVED}", "day", "21T00:00", "22T00:00"),
        (f"{MOVED} on 2022/2/21", "day", "21T00:00", "22T00:00"),
        (f"Feb 21 {MOVED}", "day", "21T00:00", "22T00:00"),
        (f"{MOVED} on Feb 21", "day", "21T00:00", "22T00:00"),
        (f"today {MOVED}", "day", "22T00:00", "23T00:00"),
        (f"{MOVED} today", "day", "22T00:00", "23T00:00"),
        (f"2022-02-21T4:12 {MOVED}", "exact", "21T04:12", "21T04:12"),
        (f"2022/2/21 4:12 {MOVED}", "exact", "21T04:12", "21T04:12"),
        (f"2022-02-21 at 0412 {MOVED}", "exact", "21T04:12", "21T04:12"),
        (f"{MOVED} 2022-02-21 at 0412", "exact", "21T04:12", "21T04:12"),
        (f"{MOVED} on 21 Feb at 0412", "exact", "21T04:12", "21T04:12"),
        (f"0412 on 2022-02-21 {MOVED}", "exact", "21T04:12", "21T04:12"),
        (f"2022-02-21 4am {MOVED}", "exact", "21T04:00", "21T04:00"),
        (f"{MOVED} 2022-02-21 4:12 pm", "exact", "21T16:12", "21T16:12"),
        (f"0412 Feb 21 {MOVED}", "exact", "21T04:12", "21T04:12"),
        (f"2022-02-20T10:12-05:00 {MOVED}", "exact", "21T04:12", "21T04:12"),
        (f"2022-02-21 0400-0430 {MOVED}", "between", "21T04:00", "21T04:30"),
        (f"before 2022-02-21 at 0412 {MOVED}", "before", None, "21T04:12"),
        (f"as of 0412 {MOVED}", "exact", "22T04:12", "22T04:12"),
        (f"0400 until 0430 {MOVED}", "between", "22T04:00", "22T04:30"),
        (f"{MOVED} from 0400 until 0430", "between", "22T04:00", "22T04:30"),
        (f"0412 {MOVED} today", "exact", "22T04:12", "22T04:12"),
        (f"2315 {MOVED} yesterday", "exact", "21T23:15", "21T23:15"),
    ],
)
def test_a_date_is_that_date_in_whatever_form(
    wellington: Operation, line: str, precision: str, start: str | None, end: str | None
) -> None:
    typed = read(wellington, line + GATE)
    assert typed.ready, typed.doubts
    so = typed.draft.so
    assert so.precision == precision
    wanted = [one and datetime.fromisoformat(f"2022-02-{one}:00+13:00") for one in (start, end)]
    assert [so.from_, so.to] == wanted
    assert typed.draft.barriers == ("bunny-street",)


@pytest.mark.parametrize(
    "words",
    ["21-22 Feb", "21 to 22 Feb", "21/22 Feb", "Feb 21-22", "21/2", "21/2/22", "21-02-2022", "21.02.2022", "20220221",
     "20220221T0412", "22-Feb-2022", "2022-Feb-21", "21Feb", "21-Feb", "2022-02", "2022-W08", "2022-2-21-22",
     "the 21st,", "21st of February", "0400/0430", "0412.5", "0412-2"],
)  # fmt: skip
@pytest.mark.parametrize("line", ["{} " + MOVED, MOVED + " on {}"])
def test_a_date_that_is_not_read_is_asked_about(wellington: Operation, words: str, line: str) -> None:
    typed = read(wellington, line.format(words) + GATE)
    assert "unclear-time" in codes(typed)
    assert typed.draft.so.precision == typed.note.so.precision == "unknown"
    assert words.removeprefix("the ").rstrip(",") in {doubt.found for doubt in typed.doubts}


@pytest.mark.parametrize(
    "line",
    ["2022 Feb 21 " + MOVED, MOVED + " 20220221", MOVED + " 21/2", "21 Feb-22 Feb " + MOVED, "Monday-Tuesday " + MOVED,
     "Mon 22 Feb 0412 " + MOVED],
)  # fmt: skip
def test_what_may_be_another_day_is_asked_about_anywhere(wellington: Operation, line: str) -> None:
    assert codes(read(wellington, line + GATE)) & {"unclear-time", "year-or-time"}


@pytest.mark.parametrize(
    "line",
    ["0512 gate staffed 24/7 at Hill Street", "0512 12/34 seats taken", "0512 9/10 done", "0512 tel 0800-123-456",
     "0512 10-15 cars at Hill Street", "0512 file 1234/56", "0512 officers march 12 abreast", "gate 2 may be next"],
)  # fmt: skip
def test_other_figures_are_no_dates(wellington: Operation, line: str) -> None:
    typed = read(wellington, line + GATE)
    assert not codes(typed) & {"unclear-time", "stray-number"}
    assert typed.draft.so.precision != "day"


@pytest.mark.parametrize(
    ("words", "code"),
    [("by Monday", "bad-time"), ("from Monday", "bad-time"), ("by Mon", "bad-time"), ("as of Monday", "bad-time"),
     ("as of 21 Feb", "bad-time"), ("since today", "bad-time"), ("before Feb 21", "bad-time"),
     ("until 21 Feb", "unclear-time"),
     ("till Monday", "unclear-time"), ("until 04:12", "unclear-time"), ("up to Monday", "unclear-time"),
     ("no later than 04:12", "unclear-time"), ("not before 0412", "unclear-time")],
)  # fmt: skip
@pytest.mark.parametrize("line", ["{} " + MOVED, MOVED + " {}"])
def test_a_side_of_a_time_is_kept_or_asked_about(wellington: Operation, words: str, code: str, line: str) -> None:
    typed = read(wellington, line.format(words) + GATE)
    assert codes(typed) == {code}
    assert typed.draft.so.precision == typed.note.so.precision == "unknown"


def test_a_source_that_is_called_as_a_day_is_a_source_where_the_log_knows_it(wellington: Operation) -> None:
    line = f"0412 {MOVED}, reported by Monday"
    assert codes(read(wellington, line)) >= {"bad-time", "no-source"}
    entry = wellington.entries[0]
    known = replace(
        wellington, entries=(entry.model_copy(update={"source": entry.source.model_copy(update={"by": "Monday"})}),)
    )
    typed = read(known, line)
    assert (typed.ready, typed.draft.source.by, typed.draft.reported) == (True, "Monday", None)


@pytest.mark.parametrize("words", ["23 Feb 0030", "23 Feb", "Feb 23", "1 March 0412", "22 Mar 0412", "on 23 Feb"])
def test_a_coming_date_is_not_the_one_of_last_year(wellington: Operation, words: str) -> None:
    typed = read(wellington, f"{words} {MOVED}{GATE}")
    assert codes(typed) == {"unclear-time"}
    assert "2021" in typed.doubts[0].found
    dated = read(wellington, f"2021-02-23 {MOVED}{GATE}")
    assert dated.ready, "with its year it is the one that is meant"
    assert next(one.says for one in dated.parts if one.read_as == "time") == "Tue 23 Feb 2021"


def test_the_part_shown_has_the_year_where_it_is_not_the_present_one(wellington: Operation) -> None:
    typed = read(wellington, f"5 Nov 0412 {MOVED}{GATE}")
    assert typed.ready
    assert part(typed, "time") == "5 Nov 0412"
    assert next(one.says for one in typed.parts if one.read_as == "time") == "Fri 5 Nov 2021 04:12"
    assert next(one.found for one in read(wellington, f"2199-01-01 {MOVED}{GATE}").doubts) == "Tue 1 Jan 2199"


@pytest.mark.parametrize(
    ("since", "basis"),
    [
        ("2022-02-21", "2022-02-21"),
        ("2022-2-21", "2022-02-21"),
        ("21 Feb", "2022-02-21"),
        ("Feb 21", "2022-02-21"),
        ("Monday", "2022-02-21"),
        ("yesterday", "2022-02-21"),
        ("21 Feb 0600", "2022-02-21T06:00+13:00"),
        ("Monday 6am", "2022-02-21T06:00+13:00"),
        ("0600 on 21 Feb", "2022-02-21T06:00+13:00"),
    ],
)
def test_counted_since_a_day_is_a_basis_however_the_day_is_written(
    wellington: Operation, since: str, basis: str
) -> None:
    for line in (f"8 arrests since {since}{POLICE}", f"0512 8 arrests since {since}{POLICE}"):
        typed = read(wellington, line)
        assert (typed.ready, typed.draft.number, typed.draft.basis) == (True, 8, f"since {basis}"), typed.doubts
    assert typed.draft.so.from_ == datetime.fromisoformat("2022-02-22T05:12:00+13:00")


@pytest.mark.parametrize(("since", "code"), [("23 Feb", "unclear-time"), ("31 Feb", "bad-time")])
def test_counted_since_a_day_that_there_is_not_is_asked_about(wellington: Operation, since: str, code: str) -> None:
    assert codes(read(wellington, f"8 arrests since {since}{POLICE}")) == {code}
