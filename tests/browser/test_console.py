"""The console in Chromium: what a duty officer does with it, by mouse, by keyboard and in two tabs at once."""

from __future__ import annotations

import json
import re
import statistics
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import expect

from ringfence.desk.live import LiveDesk
from ringfence.model.entries import EntryDraft
from tests.browser.conftest import NOON, PICTURES, OpenPage, served
from tests.browser.screen import (
    DETERMINED,
    LAWFUL,
    drawn_leaks,
    go_to_tuesday_noon,
    log_line,
    middle_once_still,
    promise,
    see_the_map,
    tool,
)

TOGGLES = 50


def test_one_replays_to_tuesday_noon_and_follows_the_leak(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url)
    expect(promise(page, LAWFUL)).to_contain_text("kept")
    assert drawn_leaks(page) == []
    go_to_tuesday_noon(page)
    expect(promise(page, LAWFUL)).to_contain_text("BROKEN?")
    count = re.compile(r"2\s*BROKEN\?\s*1\s*unknown\s*6\s*kept")
    expect(page.get_by_role("region", name="Promises")).to_contain_text(count)
    promise(page, LAWFUL).click()
    expect(promise(page, LAWFUL)).to_have_attribute("aria-pressed", "true")
    board = page.get_by_role("region", name="Promises")
    expect(board).to_contain_text("Lambton Quay at Whitmore Street")
    witness = leak_of(reading_url, "sealed-lawful")
    expect(board).to_contain_text(" → ".join(witness["streets"]))
    expect(board).to_contain_text(re.compile("mend", re.IGNORECASE))
    see_the_map(page)
    drawn = {(round(lon, 3), round(lat, 3)) for line in drawn_leaks(page) for lon, lat in line}
    end = witness["coordinates"][-1]
    assert (round(end[0], 3), round(end[1], 3)) in drawn, "the leak is drawn to where it ends"


def leak_of(url: str, promise_id: str) -> dict[str, Any]:
    report = httpx.get(f"{url}api/v1/promises?at=2022-02-22T12:00").json()
    answer = next(one for one in report["promises"] if one["id"] == promise_id)
    path: dict[str, Any] = answer["witness"]["leaks"][0]["path"]
    return path


def test_what_was_known_at_noon_is_another_story(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + NOON, webgl=False)
    expect(promise(page, LAWFUL)).to_contain_text("BROKEN?")
    page.get_by_role("radio", name="As it was known").check()
    expect(promise(page, LAWFUL)).to_contain_text("kept")
    expect(page).to_have_url(re.compile("known=then"))


def test_play_moves_the_clock_and_the_next_change_says_what_changed(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + "#at=2022-02-21T23:55:00%2B13:00", webgl=False)
    expect(promise(page, LAWFUL)).to_contain_text("kept")
    page.get_by_role("combobox", name="Speed of play").select_option("600")
    page.get_by_role("button", name="Play").click()
    expect(promise(page, LAWFUL)).to_contain_text("BROKEN?", timeout=20_000)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Next change").click()
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "Tuesday 22 February 16:50")
    expect(promise(page, LAWFUL)).to_contain_text("kept")


def test_what_if_answers_at_once_and_leaves_the_log_alone(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + "#at=2022-02-21T12:00:00%2B13:00", width=1024, height=600)
    see_the_map(page)
    before = httpx.get(f"{reading_url}api/v1/log?limit=1").json()["last_position"]
    expect(promise(page, DETERMINED)).to_contain_text("kept")
    tool(page, "What if").click()
    barriers = page.locator("[data-barrier][data-arm='0']")
    names = [barriers.nth(number).get_attribute("data-barrier") for number in range(barriers.count())]
    assert len(names) == 8
    needed = {"hill-street", "bunny-street"}
    names.sort(key=lambda name: name not in needed)
    asked = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/what-if") else None)
    lifted: set[str | None] = set()
    for number in range(1, TOGGLES + 1):
        # A Gray code: each toggle leads to barriers that were not lifted together before, so that each asks the server.
        name = names[(number & -number).bit_length() - 1]
        lifted ^= {name}
        count = page.evaluate("() => performance.getEntriesByName('what-if').length")
        page.locator(f"[data-barrier='{name}'][data-arm='0']").first.press("Enter")
        page.wait_for_function(f"() => performance.getEntriesByName('what-if').length > {count}")
        if lifted & needed:
            expect(promise(page, DETERMINED)).to_contain_text("BROKEN")
    assert len(asked) == TOGGLES
    page.get_by_role("button", name="Reset").click()
    expect(promise(page, DETERMINED)).to_contain_text("kept")
    took = page.evaluate("() => performance.getEntriesByName('what-if').map(one => one.duration)")
    assert len(took) in {TOGGLES, TOGGLES + 1}  # and taking all back, which asks nobody
    took = took[:TOGGLES]
    assert httpx.get(f"{reading_url}api/v1/log?limit=1").json()["last_position"] == before
    PICTURES.mkdir(parents=True, exist_ok=True)
    figures = {"toggles": len(took), "median_ms": statistics.median(took), "worst_ms": max(took)}
    (PICTURES / "what-if.json").write_text(json.dumps(figures), encoding="utf-8")


def test_a_barrier_dragged_away_breaks_the_seal_and_the_fewest_are_shown_beside(
    open_page: OpenPage, reading_url: str
) -> None:
    page = open_page(reading_url + "#at=2022-02-21T12:00:00%2B13:00")
    see_the_map(page)
    tool(page, "What if").click()
    expect(page.get_by_text("the log is not touched", exact=False).first).to_be_visible()
    see_the_map(page)
    mark = page.locator("[data-barrier='hill-street'][data-arm='0']").first
    expect(mark).to_have_attribute("data-movable", "yes")
    x, y = middle_once_still(mark)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(x - 8 * step, y)
        page.wait_for_timeout(40)  # a hand, not a jump
    page.mouse.up()
    page.wait_for_function("() => performance.getEntriesByName('what-if').length > 0")
    expect(mark).to_have_attribute("data-supposed", re.compile("."))
    tool(page, "What if").click()
    expect(promise(page, DETERMINED)).to_contain_text("kept")
    tool(page, "Plan").click()
    expect(page.locator("body")).to_contain_text("2 arms")
    expect(page.locator("[data-barrier]").first).to_be_attached()
    expect(page.locator("[data-plan]")).to_have_count(2)


def test_an_entry_in_one_tab_is_seen_in_another_and_changes_its_board(open_page: OpenPage, writing_url: str) -> None:
    moment = "#at=2022-02-21T12:00:00%2B13:00"
    here, there = open_page(writing_url + moment, webgl=False), open_page(writing_url + moment, webgl=False)
    for page in (here, there):
        expect(promise(page, DETERMINED)).to_contain_text("kept")
    tool(here, "New entry").click()
    log_line(here, "Blocks dragged off Bunny Street")
    here.get_by_label("Kind", exact=True).select_option(label="Barrier")
    here.get_by_text("It changes something").click()
    here.get_by_role("checkbox", name="Bunny Street at Featherston Street").check()
    here.get_by_role("combobox", name="The barriers are now").select_option("moved")
    here.get_by_role("button", name="Log it").click()
    for page in (here, there):
        expect(page.get_by_text("Blocks dragged off Bunny Street").first).to_be_visible()
        expect(promise(page, DETERMINED)).to_contain_text("BROKEN")
    stored = httpx.get(f"{writing_url}api/v1/log?limit=1").json()["items"][0]["entry"]
    assert (stored["barriers"], stored["state"], stored["source"]["by"]) == (["bunny-street"], "moved", "gate 6")
    assert stored["so"]["from"] == "2022-02-21T12:00:00+13:00"


def test_a_screen_that_lost_the_server_misses_nothing(open_page: OpenPage, spoilable: Path) -> None:
    with served(spoilable) as url:
        page = open_page(url)
        expect(page.get_by_text("live", exact=True)).to_be_visible()
        see_the_map(page)  # all of the page is here, the map's workers too
        page.evaluate("() => { window.stillHere = true }")
    expect(page.get_by_text("reconnecting").first).to_be_visible()
    away = LiveDesk.open(spoilable)
    draft = {"kind": "note", "what": "Said while away", "source": {"by": "gate 6"}, "certainty": "observed"}
    away.add(EntryDraft.model_validate(draft), key=None)
    away.close()
    with served(spoilable, port=urlsplit(url).port or 0):
        expect(page.get_by_text("Said while away").first).to_be_visible(timeout=60_000)
        expect(page.get_by_text("live", exact=True)).to_be_visible()
        assert page.evaluate("() => window.stillHere"), "without loading the page again"


def test_what_was_corrected_or_taken_back_is_struck_through_with_the_entry_that_did_it_beside(
    open_page: OpenPage, writing_url: str
) -> None:
    def said(what: str, kind: str = "note", **links: list[str]) -> str:
        draft = {"kind": kind, "what": what, "source": {"by": "gate 6"}, "certainty": "observed", **links}
        answer = httpx.post(f"{writing_url}api/v1/log", json=draft, headers={"Idempotency-Key": what})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["entry"]["id"])

    wrong, mistaken = said("A truck at gate 5"), said("A crowd at gate 6")
    page = open_page(writing_url + NOON, webgl=False)
    page.get_by_role("searchbox", name="Find in the log").fill("at gate")
    expect(page.locator(".entry")).to_have_count(2)
    expect(page.locator("s")).to_have_count(0)
    right = said("A truck at gate 4", "correction", relates_to=[wrong])  # seen as it comes, without a new look
    back = said("No crowd at gate 6", "retraction", retracts=[mistaken])
    for entry_id, words, what, by in (
        (wrong, "corrected", "A truck at gate 5", right),
        (mistaken, "taken back", "A crowd at gate 6", back),
    ):
        struck = page.locator(f".entry[data-entry='{entry_id}']")
        expect(struck.locator("s")).to_have_text(what)
        expect(struck.locator("s")).to_have_css("text-decoration-line", "line-through")
        expect(struck.get_by_role("button").first).to_have_accessible_description(f"{words}: {what}")
        expect(struck).to_contain_text(f"{words} by {by}")
        struck.get_by_role("button", name=by, exact=True).press("Enter")
        beside = page.locator(f".entry[data-entry='{by}']")
        expect(beside.get_by_role("button").first).to_be_focused()
        expect(beside.locator("s")).to_have_count(0)
        expect(beside.get_by_role("button", name=entry_id, exact=True)).to_be_visible()


HOSTILE = '<img src=x onerror="window.caught=1"><script>window.caught=1</script>{{7*7}}<b>bold</b>'


def test_markup_in_an_entry_is_shown_as_text_and_a_turned_line_is_refused(
    open_page: OpenPage, writing_url: str
) -> None:
    page = open_page(writing_url + NOON, webgl=False)
    tool(page, "New entry").click()
    log_line(page, HOSTILE, by=HOSTILE)
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert page.evaluate("() => window.caught") is None
    assert page.locator("img[src='x']").count() == 0
    turned = {"kind": "note", "what": "gate 5 \u202e6 etag", "source": {"by": "x"}, "certainty": "observed"}
    refused = httpx.post(f"{writing_url}api/v1/log", json=turned, headers={"Idempotency-Key": "turned"})
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


def test_an_entry_that_says_nothing_is_not_sent_and_the_field_says_so(open_page: OpenPage, writing_url: str) -> None:
    page = open_page(writing_url + NOON, webgl=False)
    tool(page, "New entry").click()
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_label("What happened")).to_have_attribute("aria-invalid", "true")
    assert httpx.get(f"{writing_url}api/v1/log?limit=1").json()["last_position"] == 156


def test_the_whole_tour_by_keyboard_alone(open_page: OpenPage, writing_url: str) -> None:
    page = open_page(writing_url)
    expect(promise(page, LAWFUL)).to_contain_text("kept")
    keys = page.keyboard
    keys.press("]")  # the next change: Tuesday, when the blocks were moved
    expect(promise(page, LAWFUL)).to_contain_text("BROKEN?")
    keys.press("b")
    keys.press("Tab")
    for _ in range(12):
        if page.evaluate("() => document.activeElement.textContent").find(LAWFUL) >= 0:
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(promise(page, LAWFUL)).to_have_attribute("aria-pressed", "true")
    assert drawn_leaks(page) != []
    keys.press("k")
    expect(promise(page, LAWFUL)).to_contain_text("kept")
    keys.press("k")
    keys.press("[")
    keys.press("w")
    keys.press("m")
    page.wait_for_function("() => document.activeElement.matches('#panel-map canvas')")
    keys.press("Tab")
    assert page.evaluate("() => document.activeElement.dataset.barrier"), "the next stop after the map is a barrier"
    keys.press("Enter")
    expect(page.get_by_text("the log is not touched", exact=False).first).to_be_visible()
    page.wait_for_function("() => performance.getEntriesByName('what-if').length > 0")
    first = page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    keys.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") != first
    time = page.get_by_role("region", name="Time")
    expect(time).to_contain_text("As the log has it, without what if: No protest vehicle comes in, driven lawfully")
    keys.press("Escape")  # picks nothing
    expect(tool(page, "What if")).to_have_attribute("aria-pressed", "true")
    keys.press("Escape")
    expect(tool(page, "What if")).to_have_attribute("aria-pressed", "false")
    expect(time).not_to_contain_text("As the log has it")
    keys.press("f")
    expect(page.locator("body")).to_contain_text("2 arms")
    keys.press("Escape")
    expect(tool(page, "Plan")).to_have_attribute("aria-pressed", "false")
    keys.press("n")
    expect(page.get_by_role("textbox", name="One line")).to_be_focused()
    keys.press("Tab")
    expect(page.get_by_label("What happened")).to_be_focused()
    keys.type("Seen from gate 6, by keyboard: w f k t")
    for _ in range(20):
        if page.evaluate("() => document.activeElement.labels?.[0]?.textContent ?? ''").startswith("Who says so"):
            break
        keys.press("Tab")
    keys.type("gate 6")
    for _ in range(30):
        if page.evaluate("() => document.activeElement.textContent") == "Log it":
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("Seen from gate 6, by keyboard: w f k t").first).to_be_visible()
    keys.press("Escape")
    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    keys.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", re.compile("dark|night"))


def test_a_key_right_after_the_help_closes_is_not_lost(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url, theme="light", webgl=False)
    expect(promise(page, LAWFUL)).to_contain_text("kept")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate(  # as Escape does, with the next key before the browser has told that the dialog is closed
        """() => {
            document.querySelector("dialog").requestClose();
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "t", bubbles: true }));
        }"""
    )
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
