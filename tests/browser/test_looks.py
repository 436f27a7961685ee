"""How the console looks and reads: in every theme, on a phone and on a wall, to axe-core and to a person."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import NOON, OpenPage
from tests.browser.screen import (
    DETERMINED,
    LAWFUL,
    promise,
    see_the_map,
    tool,
    violations,
)

CUT_OFF = """() => {
    const { top, left, right } = document.querySelector(".map").getBoundingClientRect();
    const bottom = document.querySelector(".map-credits").getBoundingClientRect().top;
    return [...document.querySelectorAll(".map-leak-words, .map-arm")].filter(one => {
        const box = one.getBoundingClientRect();
        return box.width && (box.top < top || box.left < left || box.right > right || box.bottom > bottom);
    }).map(one => one.ariaLabel ?? one.textContent);
}"""


def test_axe_finds_nothing_in_any_state_of_the_desk_and_any_theme(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + NOON, theme="night")
    see_the_map(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    promise(page, LAWFUL).click()
    page.get_by_role("button", name="Verify").press("Enter")
    page.get_by_text("Heads, to write down elsewhere").press("Enter")
    assert violations(page, whole_log=True) == [], "a witness is open, the whole log, and that its ledger holds"
    tool(page, "Plan").click()
    expect(page.locator("body")).to_contain_text("2 arms")
    assert violations(page) == [], "the fewest barriers are shown"
    tool(page, "Plan").click()
    expect(promise(page, LAWFUL)).to_have_attribute("aria-pressed", "true")
    tool(page, "New entry").click()
    page.get_by_text("It changes something").click()
    tool(page, "What if").click()
    page.locator("[data-barrier='hill-street']").first.press("Enter")
    expect(promise(page, DETERMINED)).not_to_contain_text("BROKEN?")
    expect(promise(page, LAWFUL)).to_contain_text("BROKEN?")
    expect(page.locator(".promise").first).to_contain_text(DETERMINED)  # what is certain stands before what is not
    assert violations(page) == [], "an entry is written, and a barrier supposed away"
    page.get_by_role("button", name="Help and shortcuts").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == [], "the help is open"


def test_axe_finds_nothing_on_a_phone_in_any_theme(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + NOON, width=390, height=844, has_touch=True, is_mobile=True)
    promise(page, LAWFUL).tap()
    tabs = {name: page.get_by_role("tab", name=name) for name in ("Board", "Map", "Log")}
    ways = {**tabs, "Map": page.get_by_role("button", name="Show on the map")}  # from the promise to its ways in
    for name, way in ways.items():
        way.tap()
        expect(tabs[name]).to_have_attribute("aria-selected", "true")
        for word in ("What if", "Plan", "Review", "New entry"):
            expect(tool(page, word).get_by_text(word)).to_be_visible()
        assert violations(page) == [], name
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"


def test_no_size_of_screen_scrolls_sideways_or_hides_the_count(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + NOON, width=320, height=640)
    for width, height in ((320, 640), (390, 844), (768, 1024), (1280, 720), (3840, 2160), (720, 450)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_text("BROKEN?").first).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), width
        room = page.locator("#panel-board").bounding_box()
        assert room is not None
        assert room["height"] >= 200, f"{width} x {height}: head and time leave the board no room"
    page.get_by_role("tab", name="Map").click()  # a desk at twice its letters: 1440 x 900 at 200 %
    page.get_by_role("button", name="Whole operation").click()  # which waits until nothing covers it
    page.set_viewport_size({"width": 3840, "height": 2160})
    promise(page, DETERMINED).click()
    see_the_map(page)
    assert page.evaluate(CUT_OFF) == [], "of a leak's words, or of a barrier, something lies outside of the map"
