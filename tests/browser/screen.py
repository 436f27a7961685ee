"""What a person finds on the console, by the words they would look for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from playwright.sync_api import Locator, Page, expect

from tests.conftest import ROOT

AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
LAWFUL, DETERMINED = (
    "No protest vehicle comes in, driven lawfully",
    "No protest vehicle comes in, even against one-ways",
)
TUESDAY_NOON = re.compile("^Tue 22 Feb 12:00")
THEMES = ["light", "dark", "night"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
A_LONG_LOG = ".entry:nth-child(n+13):not([data-picked])"
ASK_AXE = """async ([exclude, runOnly]) => {
    const { violations, passes } = await axe.run({ exclude }, { runOnly, resultTypes: ["violations"] });
    const told = (one, node) => `${one.id}: ${one.help}: ${node.html.slice(0, 160)}`;
    return { wrong: violations.flatMap(one => one.nodes.map(node => told(one, node))), passes: passes.length };
}"""
DRAWN = "() => window.ringfenceMap?.loaded() && !window.ringfenceMap.isMoving()"


def promise(page: Page, text: str) -> Locator:
    """A promise's line on the board."""
    return page.get_by_role("region", name="Promises").get_by_role("button").filter(has_text=text)


def tool(page: Page, name: str) -> Locator:
    """A button of the header."""
    return page.get_by_role("navigation", name="Views and tools").get_by_role("button", name=name)


def see_the_map(page: Page) -> None:
    """Wait until the map is drawn."""
    page.wait_for_function(DRAWN)


def drawn_leaks(page: Page) -> list[list[list[float]]]:
    """The lines that the map draws as leaks, as lon, lat."""
    see_the_map(page)
    lines = page.evaluate(
        """() => window.ringfenceMap.queryRenderedFeatures()
            .filter(one => one.layer.type === 'line' && one.properties.kind === 'leak').map(one => one.geometry)
            .flatMap(one => one.type === 'LineString' ? [one.coordinates] : one.coordinates)"""
    )
    return cast("list[list[list[float]]]", lines)


def next_theme(page: Page) -> str:
    """Press the header's button, wherever the focus is; gives the theme that it leads to."""
    page.evaluate("() => document.querySelector('[aria-label^=\"Theme:\"]').click()")
    theme: str = page.evaluate("() => document.documentElement.dataset.theme")
    return theme


def violations(page: Page, *, whole_log: bool = False) -> list[str]:
    """What axe-core finds wrong in any theme, in words. The page keeps the theme that it had.

    A theme is nothing but colours: every rule is asked in the page's own, those about colours in the others too.
    axe takes seconds over a log of hundreds of lines that are all built alike: by default it sees the newest.
    """
    if page.evaluate("() => window.axe === undefined"):
        page.evaluate(AXE.read_text(encoding="utf-8"))  # by the debugger: the page's policy forbids foreign scripts
    exclude = [] if whole_log else [A_LONG_LOG]
    looked = {}
    for rules in ({"type": "rule", "values": COLOUR_RULES},) * (len(THEMES) - 1) + ({"type": "tag", "values": RULES},):
        looked[next_theme(page)] = page.evaluate(ASK_AXE, [exclude, rules])
    assert sorted(looked) == sorted(THEMES)
    assert all(answer["passes"] for answer in looked.values()), "axe looked at nothing"
    return [f"{theme}: {wrong}" for theme, answer in looked.items() for wrong in answer["wrong"]]


def log_line(page: Page, words: str, *, by: str = "gate 6") -> None:
    """Fill the composer that is open."""
    page.get_by_label("What happened").fill(words)
    page.get_by_label("Who says so").fill(by)


def go_to_tuesday_noon(page: Page) -> None:
    """By the key moment in the time bar."""
    page.get_by_role("button", name=TUESDAY_NOON).click()
    expect(page.get_by_role("slider", name="Moment looked at")).to_have_attribute(
        "aria-valuetext", "Tuesday 22 February 12:00"
    )


def keep_picture(page: Page, folder: Path, name: str) -> Path:
    """A picture of what is on the screen."""
    folder.mkdir(parents=True, exist_ok=True)
    see_the_map(page)
    path = folder / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    return path


def middle_once_still(mark: Locator) -> tuple[float, float]:
    """The middle of a mark on the map, once it no longer moves with the map under it."""
    before, box = None, mark.bounding_box()
    while box is None or box != before:
        mark.page.wait_for_timeout(400)
        before, box = box, mark.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def enter_planning(page: Page) -> None:
    """Into the mode, until its first plan is there."""
    see_the_map(page)
    tool(page, "Plan").click()
    expect(summary(page)).to_contain_text("Proven")


def summary(page: Page) -> Locator:
    """The plan in words."""
    return page.get_by_role("region", name="Plan", exact=True)


def choices(page: Page, starts: str) -> Locator:
    """The slider along the front, once that is of the present question and its first choice says so."""
    slider = page.get_by_role("slider", name="Choice, from the cheapest")
    ready = slider.and_(page.locator("[aria-disabled='false']"))
    waits = page.get_by_role("button", name="Work the choices out")  # where the last front took too long
    expect(ready.or_(waits)).to_be_visible()
    if waits.is_visible():
        waits.click()
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^Choice 1 of [0-9]+: {starts}"))
    return slider


def plan_item(page: Page, place: str) -> Locator:
    """A barrier of the plan's list."""
    return page.locator(".plan-barrier").filter(has_text=place)


def pixel_of(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where a place of the map is on the screen, once the map is still."""
    see_the_map(page)
    x, y = page.evaluate(
        """([lon, lat]) => {
            const box = window.ringfenceMap.getCanvas().getBoundingClientRect();
            const { x, y } = window.ringfenceMap.project([lon, lat]);
            return [box.left + x, box.top + y];
        }""",
        [lon, lat],
    )
    return x, y


def drag(page: Page, mark: Locator, to: tuple[float, float], *, steps: int = 10) -> None:
    """Drag a mark of the map as a hand does; in one step, it rests nowhere on the way."""
    x, y = middle_once_still(mark)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*to, steps=steps)
    page.mouse.up()


def tab_to(page: Page, words: str, *, presses: int = 60) -> None:
    """Press Tab until the focus is on something of these words."""
    name = "() => (document.activeElement.getAttribute('aria-label') ?? '') + document.activeElement.textContent"
    for _ in range(presses):
        if words in page.evaluate(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key leads to nothing that says {words!r}")
