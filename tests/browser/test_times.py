"""The times of the entry form: a corrected one stays as it was, an hour that the clocks skip or pass twice is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NOON, OpenPage
from tests.browser.screen import LAWFUL, promise, violations
from tests.browser.test_typing import entries, fill_in, log_it
from tests.serving import running

AUTUMN = "#at=2022-04-03T12:00:00%2B12:00"
"""On this day Wellington's clocks go back from 03:00 to 02:00; on 25 September they go on from 02:00 to 03:00."""


@pytest.fixture
def long_url(spoilable: Path) -> Iterator[str]:
    """The example with an end far off, so that clock changes lie within its days."""
    file = spoilable / "operation.toml"
    told = file.read_text(encoding="utf-8")
    (ends,) = [line for line in told.splitlines() if line.startswith("ends = ")]
    file.write_text(told.replace(ends, "ends = 2022-09-28T00:00:00+13:00"), encoding="utf-8")
    with running(spoilable) as url:
        yield f"{url}/"


def post(url: str, **changes: Any) -> dict[str, Any]:
    """An entry of another program, with times of its own making."""
    told = {"kind": "note", "what": "As it was.", "source": {"by": "a sensor"}, "certainty": "observed", **changes}
    answer = httpx.post(f"{url}api/v1/log", json=told, headers={"Idempotency-Key": repr(changes)})
    assert answer.status_code == 201, answer.text
    stored: dict[str, Any] = answer.json()["entry"]
    return stored


def correct(page: Page, entry: dict[str, Any]) -> None:
    card = page.locator(f".entry[data-entry='{entry['id']}']")
    card.locator(".entry-head").click()
    card.get_by_role("button", name="Correct", exact=True).press("Enter")
    page.get_by_label("What happened").fill(f"Other words for {entry['id']}.")
    page.get_by_label("Who says so").fill("gate 6")


STATED = (
    {"precision": "exact", "from": "2022-02-22T04:12:34+13:00", "to": "2022-02-22T04:12:34+13:00"},
    {"precision": "about", "from": "2022-02-21T15:12:34.250000Z", "to": "2022-02-21T15:12:34.250000Z"},
    {"precision": "between", "from": "2022-02-22T04:12:34+13:00", "to": "2022-02-22T05:00:01+13:00"},
    {"precision": "day", "from": "2022-02-19T00:00:00+13:00", "to": "2022-02-22T00:00:00+13:00"},
    {"precision": "unknown", "from": None, "to": None},
)


def test_a_corrected_entry_keeps_its_times_to_the_letter_unless_they_are_touched(
    open_page: OpenPage, writing_url: str
) -> None:
    page = open_page(writing_url + NOON, webgl=False)
    expect(promise(page, LAWFUL)).to_be_visible()
    for stated in STATED:
        wrong = post(writing_url, so=stated)
        correct(page, wrong)
        log_it(page, f"Other words for {wrong['id']}.")
        right = entries(writing_url)[0]
        assert (right["relates_to"], right["so"]) == ([wrong["id"]], wrong["so"])

    wrong = post(writing_url, so=STATED[2], what="Once more.")
    correct(page, wrong)
    start, end = (page.get_by_label(f"{name}, hour and minute") for name in ("From", "To"))
    expect(start).to_have_value("04:12:34")
    expect(end).to_have_value("05:00:01")
    start.fill("3.15.20")
    end.focus()
    expect(start).to_have_value("03:15:20")
    log_it(page, f"Other words for {wrong['id']}.")
    right = entries(writing_url)[0]["so"]
    assert right == wrong["so"] | {"from": "2022-02-22T03:15:20+13:00"}, "the end that nobody touched is as it was"


def test_an_hour_that_comes_twice_is_chosen_and_one_that_is_skipped_is_told(open_page: OpenPage, long_url: str) -> None:
    page = open_page(long_url + AUTUMN, webgl=False)
    expect(promise(page, LAWFUL)).to_be_visible()
    fill_in(page, "Blocks seen.", "observation", "gate 6")
    time = page.get_by_label("Time, hour and minute")
    time.fill("0230")
    page.get_by_label("What happened").focus()
    told = page.locator("#draft-when-from-told")
    expect(told).to_have_text(
        "On Sun 3 Apr the clocks go back from 03:00 to 02:00, so 02:30 comes twice: choose which one is meant."
    )
    expect(time).to_have_attribute("aria-invalid", "true")
    expect(time).to_have_attribute("aria-describedby", "draft-when-from-told")
    assert violations(page) == []
    page.get_by_role("button", name="Log it").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose which 02:30 is meant, the first or the second.")
    assert entries(long_url)[0]["id"] == "W156", "nothing is picked in silence"
    which = page.get_by_label("Time, which of the two")
    which.select_option("+12:00")
    expect(time).to_have_attribute("aria-invalid", "false")
    log_it(page, "Blocks seen.")
    second = entries(long_url)[0]
    assert second["so"] == {
        "precision": "exact",
        "from": "2022-04-03T02:30:00+12:00",
        "to": "2022-04-03T02:30:00+12:00",
    }
    page.get_by_role("button", name="Correct", exact=True).press("Enter")
    expect(which).to_have_value("+12:00")
    which.select_option("+13:00")
    page.get_by_label("What happened").fill("The first.")
    page.get_by_label("Who says so").fill("gate 6")
    log_it(page, "The first.")
    assert entries(long_url)[0]["so"]["from"] == "2022-04-03T02:30:00+13:00"

    fill_in(page, "Blocks gone.", "observation", "gate 6")
    page.get_by_label("Time, day").select_option("2022-09-25")
    time.fill("0230")
    page.get_by_label("What happened").focus()
    skipped = "the clocks go on from 02:00 to 03:00, so there is no 02:30: give a time before or after"
    expect(told).to_have_text(re.compile(f"^On Sun 25 Sept? {skipped}.$"))
    expect(time).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Log it").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The clocks skip 02:30 on that day: give another time.")
    assert entries(long_url)[0]["what"] == "The first."
    page.get_by_label("How exactly the time is known").select_option("day")
    log_it(page, "Blocks gone.")
    day = entries(long_url)[0]["so"]
    assert (day["from"], day["to"]) == ("2022-09-25T00:00:00+12:00", "2022-09-26T00:00:00+13:00"), "of 23 hours"
