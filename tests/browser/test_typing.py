"""An entry typed in one line, by keyboard: seen before it is saved, mended where it is not clear, kept as a note."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import NOON, OpenPage
from tests.browser.screen import DETERMINED, LAWFUL, promise, violations

LINE = "0412 barrier moved Bunny/Featherston, reported by gate 6"


def entries(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{url}api/v1/log?limit=3").json()["items"]
    return [item["entry"] for item in found]


def chips(page: Page) -> list[tuple[str, str]]:
    """Each chip: the word that says what it is, and the stretch of the line."""
    parts = page.get_by_role("list", name="What was understood").get_by_role("listitem")
    expect(parts.first).to_be_visible()
    assert parts.locator("svg").count() == parts.count(), "each has its shape"
    return [(one.locator(".typed-as").inner_text(), one.locator(".typed-words").inner_text()) for one in parts.all()]


def test_a_line_is_typed_seen_and_saved_by_keyboard(open_page: OpenPage, writing_url: str) -> None:
    page = open_page(writing_url + NOON, webgl=False)
    expect(promise(page, LAWFUL)).to_be_visible()
    keys = page.keyboard
    keys.press("n")
    field = page.get_by_role("textbox", name="One line")
    expect(field).to_be_focused()
    keys.type(LINE)
    keys.press("Enter")
    assert chips(page) == [
        ("time", "0412"),
        ("kind", "barrier"),
        ("state", "moved"),
        ("place", "Bunny/Featherston"),
        ("source", "reported by gate 6"),
    ]
    understood = page.get_by_role("form", name="Entry in one line")
    expect(understood).to_contain_text("This will be logged")
    expect(understood).to_contain_text("Tue 22 Feb 04:12")
    expect(understood).to_contain_text("observed by gate 6")
    assert violations(page) == []
    assert entries(writing_url)[0]["id"] == "W156", "what is only shown is not logged"
    keys.press("Escape")
    expect(page.get_by_role("list", name="What was understood")).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_have_value(LINE)
    keys.press("Enter")
    expect(page.get_by_role("button", name="Save")).to_be_enabled()
    keys.press("Enter")
    expect(page.locator(".entry").filter(has_text=LINE)).to_be_visible()  # the form shows it before
    stored = entries(writing_url)[0]
    assert (stored["what"], stored["barriers"], stored["state"]) == (LINE, ["bunny-street"], "moved")
    assert stored["so"]["from"] == "2022-02-22T04:12:00+13:00"
    expect(promise(page, DETERMINED)).to_contain_text("BROKEN")


def test_what_is_not_clear_is_asked_back_and_can_be_mended_or_kept_as_a_note(
    open_page: OpenPage, writing_url: str
) -> None:
    page = open_page(writing_url + NOON, webgl=False)
    expect(promise(page, LAWFUL)).to_be_visible()
    keys = page.keyboard
    keys.press("n")
    expect(page.get_by_role("textbox", name="One line")).to_be_focused()
    keys.type("0412 barrier moved Lambton Quay")
    keys.press("Enter")
    doubts = page.get_by_role("list", name="What is not clear")
    expect(doubts).to_contain_text("Lambton Quay at Mulgrave Street")
    expect(doubts).to_contain_text("who says so")
    assert violations(page) == []
    keys.press("Enter")
    keys.press("Enter")
    assert entries(writing_url)[0]["id"] == "W156", "Enter does not log what is not clear"
    keys.type(" / Mulgrave Street, per NZ Police")  # other words: what was understood is gone
    expect(doubts).to_have_count(0)
    keys.press("Enter")
    expect(page.get_by_role("button", name="Save")).to_be_enabled()
    keys.type(" <b>?")
    keys.press("Enter")
    expect(doubts).to_be_visible()
    page.get_by_role("button", name="Keep as a note").press("Enter")
    expect(page.locator(".entry").filter(has_text="<b>?")).to_be_visible()
    stored = entries(writing_url)[0]
    assert stored["kind"] == "note"
    assert stored["what"] == "0412 barrier moved Lambton Quay / Mulgrave Street, per NZ Police <b>?"
    assert (stored["source"]["by"], stored["barriers"]) == ("NZ Police <b>", [])
