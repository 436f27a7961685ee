"""Times as people write them: an instant, a whole day, or a fault that says what to write."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ringfence.base.errors import BadInput
from ringfence.base.times import find_day, parse_time
from ringfence.cli.entry_options import document

LONDON = ZoneInfo("Europe/London")


def utc_ends(day: str, zone: str) -> list[str]:
    bounds = find_day(day, ZoneInfo(zone))
    assert bounds is not None
    return [one.astimezone(ZoneInfo("UTC")).isoformat(timespec="minutes") for one in bounds]


@pytest.mark.parametrize(
    ("day", "zone", "begins", "hours"),
    [
        ("2022-02-21", "Pacific/Auckland", "2022-02-20T11:00+00:00", 24),
        (" 20220221 ", "Pacific/Auckland", "2022-02-20T11:00+00:00", 24),
        ("2022-03-27", "Europe/London", "2022-03-27T00:00+00:00", 23),
        ("2022-10-30", "Europe/London", "2022-10-29T23:00+00:00", 25),
        # The clocks go on at midnight: the day begins at one; and back at one, so that midnight comes twice.
        ("2022-03-13", "America/Havana", "2022-03-13T05:00+00:00", 23),
        ("2022-11-06", "America/Havana", "2022-11-06T04:00+00:00", 25),
    ],
)
def test_a_date_alone_is_its_local_day_however_long_it_is(day: str, zone: str, begins: str, hours: int) -> None:
    first, last = utc_ends(day, zone)
    assert first == begins
    bounds = find_day(day, ZoneInfo(zone))
    assert bounds is not None
    assert bounds[1].astimezone(ZoneInfo("UTC")) - bounds[0].astimezone(ZoneInfo("UTC")) == timedelta(hours=hours)
    assert last > first


@pytest.mark.parametrize("text", ["2022-02-21T00:00", "2022-02-30", "noon", "", "2022-02"])
def test_what_has_an_hour_or_is_no_date_is_no_day(text: str) -> None:
    assert find_day(text, LONDON) is None


@pytest.mark.parametrize(("day", "zone"), [("2011-12-30", "Pacific/Apia"), ("9999-12-31", "UTC")])
def test_a_day_that_there_is_not_is_refused(day: str, zone: str) -> None:
    with pytest.raises(BadInput) as refused:
        find_day(day, ZoneInfo(zone))
    assert [fault.code for fault in refused.value.faults] == ["bad-time"]


def test_a_date_alone_is_no_instant_and_the_fault_gives_both_ends_of_the_day() -> None:
    with pytest.raises(BadInput) as refused:
        parse_time("2022-03-27", LONDON)
    (fault,) = refused.value.faults
    assert (fault.code, fault.found) == ("bad-time", "'2022-03-27', which is a whole day")
    offered = [word.rstrip(".") for word in fault.do.split() if word.startswith("2022-")]
    assert offered == ["2022-03-27T00:00+00:00", "2022-03-28T00:00+01:00"]
    for one in offered:
        assert parse_time(one, LONDON).isoformat(timespec="minutes") == one


def made(**typed: Any) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(document(typed, LONDON))
    return entry


def test_by_command_a_date_alone_is_some_time_on_that_day() -> None:
    day = {"precision": "day", "from": "2022-03-27T00:00:00+00:00", "to": "2022-03-28T00:00:00+01:00"}
    entry = made(so="2022-03-27", reported="2022-03-27")
    assert (entry["so"], entry["reported"]) == (day, day)


@pytest.mark.parametrize(
    ("option", "do"),
    [
        ("about", "Write --so 2022-03-27 for some time on that day, or add the hour."),
        ("after", "Add the hour you mean: that day begins at 2022-03-27T00:00+00:00"),
        ("before", "and ends at 2022-03-28T00:00+01:00."),
    ],
)
def test_by_command_a_day_is_no_end_of_a_time_and_not_about_one(option: str, do: str) -> None:
    with pytest.raises(BadInput) as refused:
        made(**{option: "2022-03-27"})
    (fault,) = refused.value.faults
    assert fault.code == "bad-time"
    assert do in fault.do


@pytest.mark.parametrize("option", ["so", "about", "after", "before", "reported"])
@pytest.mark.parametrize("text", ["", " "])
def test_by_command_a_time_without_a_word_is_refused_and_not_kept_as_unknown(option: str, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        made(**{option: text})
    assert [fault.code for fault in refused.value.faults] == ["bad-time"]


@pytest.mark.parametrize("option", ["so", "about", "after", "before", "reported"])
@pytest.mark.parametrize("text", ["1850-01-01T10:00", "2201-01-01T10:00"])
def test_by_command_a_year_in_which_no_cordon_lies_is_refused_as_that(option: str, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        made(**{option: text})
    (fault,) = refused.value.faults
    assert (fault.code, fault.expected) == ("bad-time", "a year from 1900 to 2200")
    assert fault.found == text[:10]


def test_by_command_an_offset_with_seconds_is_kept_in_utc() -> None:
    entry = json.loads(document({"so": "1905-07-01T12:00"}, ZoneInfo("Asia/Kolkata")))
    assert entry["so"]["from"] == entry["so"]["to"] == "1905-07-01T06:38:50+00:00"
