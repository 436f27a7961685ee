"""How the console looks and reads: in every theme, on a phone and on a wall, to axe-core and to a person."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import expect

from tests.browser.conftest import NOON, PICTURES, OpenPage
from tests.browser.screen import (
    DETERMINED,
    LAWFUL,
    THEMES,
    keep_picture,
    next_theme,
    promise,
    see_the_map,
    tool,
    violations,
)
from tests.conftest import ROOT


def test_axe_finds_nothing_in_any_state_of_the_desk_and_any_theme(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + NOON, theme="night")
    see_the_map(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    promise(page, LAWFUL).click()
    assert violations(page) == [], "a witness is open, and the whole log"
    page.get_by_role("searchbox", name="Find in the log").fill("Bunny")  # axe takes seconds over the whole
    tool(page, "Plan").click()
    expect(page.locator("body")).to_contain_text("2 arms")
    assert violations(page) == [], "the fewest barriers are shown"
    tool(page, "Plan").click()
    expect(promise(page, LAWFUL)).to_have_attribute("aria-pressed", "true")
    tool(page, "New entry").click()
    page.get_by_text("It changes something").click()
    tool(page, "What if").click()
    page.locator("[data-barrier='hill-street']").first.press("Enter")
    expect(promise(page, DETERMINED)).to_contain_text("BROKEN")
    assert violations(page) == [], "an entry is written, and a barrier supposed away"
    page.get_by_role("button", name="Help and shortcuts").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == [], "the help is open"


def test_axe_finds_nothing_on_a_phone_in_any_theme(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + NOON, width=390, height=844, has_touch=True, is_mobile=True)
    for name in ("Board", "Map", "Log"):
        page.get_by_role("tab", name=name).click()
        if name == "Log":
            page.get_by_role("searchbox", name="Find in the log").fill("Bunny")
        assert violations(page) == [], name
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"


def test_no_size_of_screen_scrolls_sideways_or_hides_the_count(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + NOON, width=320, height=640)
    for width, height in ((320, 640), (390, 844), (768, 1024), (1280, 720), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_text("BROKEN?").first).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), width


def test_pictures_to_be_looked_at(open_page: OpenPage, reading_url: str) -> None:
    """The desk in three themes, the phone's three panels, the wall; the first is the README's."""
    page = open_page(reading_url + NOON, theme="night")
    see_the_map(page)
    promise(page, DETERMINED).click()
    for theme in THEMES:
        assert next_theme(page) == theme
        kept = keep_picture(page, PICTURES, f"desk-{theme}")
        assert kept.stat().st_size > 50_000
    page.set_viewport_size({"width": 3840, "height": 2160})
    page.reload()
    promise(page, DETERMINED).click()
    keep_picture(page, PICTURES, "wall")
    page.close()  # what is open goes on drawing, without a graphics card
    phone = open_page(reading_url + NOON, width=390, height=844, theme="light", has_touch=True, is_mobile=True)
    for name in ("Board", "Map", "Log"):
        phone.get_by_role("tab", name=name).click()
        phone.wait_for_timeout(300)
        phone.screenshot(path=PICTURES / f"phone-{name.lower()}.png")
    if os.environ.get("RINGFENCE_README_PICTURE"):
        shutil.copy(PICTURES / "desk-light.png", ROOT / "docs" / "console.png")
