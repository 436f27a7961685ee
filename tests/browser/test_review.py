"""Looking back in Chromium: promises, barriers, claims, counts; texts erased; a refused entry kept as a note."""

from __future__ import annotations

import re
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NOON, OpenPage
from tests.browser.screen import LAWFUL, log_line, promise, tab_to, tool, violations

TURNED = "\u202e"
"""Turns the direction of what follows: no text of the log may hold it."""


def review(page: Page) -> Locator:
    """What stands in the place of the board."""
    return page.get_by_role("region", name="Review")


def moment(page: Page) -> Locator:
    return page.get_by_role("slider", name="Moment looked at")


def newest(url: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{url}api/v1/log?limit=1").json()["items"][0]["entry"]
    return found


def test_a_promise_is_looked_back_on_by_keyboard(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + NOON, webgl=False)
    promise(page, LAWFUL).press("Enter")
    page.keyboard.press("r")
    back = review(page)
    expect(tool(page, "Review")).to_have_attribute("aria-pressed", "true")
    expect(back.get_by_role("heading", name="Review", exact=True)).to_be_focused()  # its promise is gone
    intervals = back.get_by_role("listitem").filter(has=page.get_by_role("button", name=re.compile("^BROKEN")))
    told = httpx.get(f"{reading_url}api/v1/history?promise=sealed-lawful").json()["promises"][0]["stretches"]
    assert {one["answer"] for one in told} == {"kept", "broken"}
    expect(back.locator(".review-promise .interval")).to_have_count(len(told))
    gap = intervals.filter(has_text="from Tue 22 Feb 00:00 until 16:50")
    expect(gap).to_contain_text("BROKEN? for 16 h 50 min")
    expect(gap).to_contain_text(re.compile("By the word of *W135"))
    expect(gap.get_by_role("button", name="BROKEN?")).to_have_attribute("aria-current", "time")  # it is noon
    belief = back.locator(".misbelief").filter(has_text="from Tue 22 Feb 00:00 until 16:50")
    expect(belief).to_contain_text("Believed at the time: kept")
    expect(belief).to_contain_text("Turned out so: BROKEN?")
    expect(belief).to_contain_text("Known for certain since Tue 22 Feb 21:30, 21 h 30 min after it began")
    expect(belief).to_contain_text(re.compile("Changed by *W135"))
    assert violations(page) == [], "a promise is reviewed"

    first = back.locator(".review-promise .interval").first.get_by_role("button").first
    back.get_by_label("Promise", exact=True).focus()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(moment(page)).to_have_attribute("aria-valuetext", "Monday 21 February 00:00")
    tab_to(page, "Believed at the time: kept")
    page.keyboard.press("Enter")
    expect(moment(page)).to_have_attribute("aria-valuetext", "Tuesday 22 February 00:00")
    expect(page.get_by_role("radio", name="As it was known")).to_be_checked()
    expect(belief.get_by_role("button", name="Believed")).to_have_attribute("aria-current", "time")
    expect(gap.get_by_role("button", name="BROKEN?")).not_to_have_attribute("aria-current", "time")
    page.keyboard.press("Escape")  # picks nothing
    expect(back).to_be_visible()
    page.keyboard.press("Escape")  # leaves
    expect(promise(page, LAWFUL)).to_contain_text("kept")  # as it was believed
    page.keyboard.press("k")
    expect(promise(page, LAWFUL)).to_contain_text("BROKEN?")


def test_counts_stand_by_basis_with_what_is_odd_about_them(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(f"{reading_url}{NOON}&review=counts", webgl=False)
    back = review(page)
    cases = back.locator(".count").filter(has_text="community cases, New Zealand")
    today = cases.get_by_role("listitem").filter(has_text="Basis: today")
    expect(today.locator(".figure-number").first).to_have_text("2,846")
    expect(today).to_contain_text("The parts are 3 short of the number.")
    expect(today).to_contain_text("From 2,365 to 2,846")
    expect(today).to_contain_text("of different moments")
    arrests = back.locator(".count").filter(has_text="people arrested, Parliament")
    bases = arrests.locator(".basis > .fact-name")
    expect(bases.filter(has_text=re.compile("^Basis: (total|today)$"))).to_have_count(2)
    assert violations(page) == [], "counts are shown"
    page.keyboard.press("k")  # W145 is not known to have been there by then
    expect(back).not_to_contain_text("2,846")
    page.keyboard.press("k")
    look_at_barriers_and_claims(page, back)
    back.get_by_label("Counts").check()
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_role("tab", name="Review").click()
    expect(arrests).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"


def look_at_barriers_and_claims(page: Page, back: Locator) -> None:
    """What was known of each barrier beside what is known now, its wordings, and who says otherwise."""
    back.get_by_label("Barriers").check()
    bunny = back.locator(".then-now[data-barrier='bunny-street']")
    sides = bunny.locator(".then-now-side")
    expect(sides.first).to_contain_text("Known thenin place, gate staffed")
    expect(sides.last).to_contain_text("Known nowmoved, not certain")
    expect(sides.last).to_contain_text(re.compile("W135 *confirmed, NZ Police"))
    expect(back).to_contain_text("The other 6 were known then as they are known now.")
    worded = back.locator(".wordings[data-barrier='aitken-street']")
    worded.locator("summary").first.press("Enter")
    expect(worded).to_contain_text(
        re.compile("Murphy Street / Aitken Street *W112 *confirmed, NZ Police, Mon 21 Feb 07:36")
    )
    expect(worded).to_contain_text(
        re.compile("Mulgrave Street / Aitken Street *W088 *confirmed, NZ Police, Mon 21 Feb 13:48")
    )
    assert violations(page) == [], "barriers are shown"
    back.get_by_label("Claims").check()
    trucks = back.locator("[data-rivals='W063']")
    expect(trucks.get_by_role("heading")).to_have_text("Open: nobody has settled it, not known so then")
    expect(trucks.locator(".rival-side")).to_have_count(2)
    expect(trucks.locator(".rival-side").last).to_contain_text(re.compile("W101 *claimed, .*against *W063"))
    assert violations(page) == [], "claims are shown"


def test_texts_are_erased_by_a_role_under_a_power(open_page: OpenPage, writing_url: str) -> None:
    page = open_page(writing_url + NOON, webgl=False)
    page.get_by_role("searchbox", name="Find in the log").fill("W140")
    entry = page.locator(".entry[data-entry='W140']")
    entry.get_by_role("button", name="W140").press("Enter")
    entry.get_by_role("button", name="Erase texts").press("Enter")
    dialog = page.get_by_role("dialog", name="Erase texts of W140")
    expect(dialog).to_contain_text("This can't be undone.")
    expect(dialog).to_contain_text("Out of reach of any erasure")
    dialog.get_by_label("Your role").fill("privacy officer")
    dialog.get_by_label("Under which power").fill(f"Privacy Act{TURNED}")
    dialog.get_by_label("I know that the words").press("Space")
    dialog.get_by_label("Your role").press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("Choose at least one of the texts")
    dialog.get_by_label("What happened").press("Space")
    dialog.get_by_label("Your role").press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("Not done")
    expect(dialog.get_by_role("alert")).to_contain_text("Under which power: ")
    assert newest(writing_url)["id"] == "W156", "a refusal erases nothing"
    assert violations(page) == [], "an erasure is refused"
    dialog.get_by_label("Under which power").fill("Privacy Act 2020")
    dialog.get_by_label("Why").fill("asked by the person named")
    dialog.get_by_label("Your role").press("Enter")
    done = page.get_by_role("dialog", name="Erased from W140")
    expect(done).to_contain_text("log.jsonl")
    expect(done).to_contain_text("exports and disclosures")
    page.keyboard.press("Escape")
    expect(done).to_have_count(0)
    expect(entry.locator(".entry-what")).to_have_text("[erased]")
    said = newest(writing_url)
    assert (said["kind"], said["erases"], said["power"]) == ("erasure", ["what"], "Privacy Act 2020")
    assert (said["source"]["by"], said["why"]) == ("privacy officer", "asked by the person named")


def test_an_entry_that_is_refused_is_kept_as_a_note(open_page: OpenPage, writing_url: str) -> None:
    page = open_page(writing_url + NOON, webgl=False)
    tool(page, "New entry").click()
    log_line(page, f"Blocks pushed aside {TURNED}at Bunny Street", by="gate 6")
    keep = page.get_by_role("button", name="Keep as a note")
    expect(keep).to_have_count(0)
    page.get_by_role("button", name="Log it").press("Enter")
    expect(page.get_by_role("alert").filter(has_text="It was not logged")).to_be_focused()
    expect(keep).to_be_visible()
    page.get_by_label("Who says so").fill("gate 7")
    expect(keep).to_have_count(0)  # that would be another entry than the one that was refused
    page.get_by_label("Who says so").fill("gate 6")
    keep.press("Enter")
    expect(page.locator(".entry").filter(has_text="Blocks pushed aside")).to_be_visible()
    stored = newest(writing_url)
    assert (stored["kind"], stored["certainty"], stored["source"]["by"]) == ("note", "claimed", "gate 6")
    assert stored["what"].startswith("Blocks pushed aside [U+202E]at Bunny Street")


def test_an_entry_that_is_too_long_to_be_sent_is_kept_as_a_note(open_page: OpenPage, writing_url: str) -> None:
    page = open_page(writing_url + NOON, webgl=False)
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    too_long = httpx.post(f"{writing_url}api/v1/log", content=b" " * 300_000, headers=headers)
    assert too_long.status_code == 413
    body, kind = too_long.text, too_long.headers["content-type"]
    page.route("**/api/v1/log", lambda route: route.fulfill(status=413, body=body, content_type=kind))
    tool(page, "New entry").click()
    log_line(page, "Blocks pushed aside", by="gate 6")
    page.get_by_role("button", name="Log it").press("Enter")
    told = page.get_by_role("alert").filter(has_text="It was not logged")
    expect(told).to_contain_text("found more. Send less at once.")
    expect(told).not_to_contain_text("POST")
    page.get_by_role("button", name="Keep as a note").press("Enter")
    expect(page.locator(".entry").filter(has_text="Blocks pushed aside")).to_be_visible()
    stored = newest(writing_url)
    assert (stored["kind"], stored["source"]["by"]) == ("note", "gate 6")
