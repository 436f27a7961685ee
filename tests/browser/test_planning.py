"""Planning in Chromium: what a traffic planner does with it, by mouse, by touch and by keyboard."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import NOON, OpenPage
from tests.browser.screen import (
    LAWFUL,
    choices,
    drag,
    enter_planning,
    pixel_of,
    plan_item,
    promise,
    see_the_map,
    summary,
    tab_to,
    tool,
    violations,
)

MOLESWORTH = (174.7778, -41.2758)
"""On Molesworth Street between Aitken Street and Pipitea Street: in the ring, and in no cheapest plan."""
ACROSS = (174.7792, -41.2781)
"""The first corner of the area, moved there, makes its outline cross itself."""
LAMBTON = "Lambton Quay between Bowen Street and Bunny Street"


def card(page: Page) -> Locator:
    """What the map says of the street that was pressed."""
    return page.get_by_role("region", name="The chosen street")


def corners(page: Page) -> Locator:
    return page.locator("[data-corner]")


def press_molesworth(page: Page) -> None:
    page.mouse.click(*pixel_of(page, *MOLESWORTH))
    expect(card(page)).to_contain_text("Molesworth Street")


def is_as_in_the_operation(page: Page) -> None:
    expect(summary(page)).to_contain_text("2 arms at 2 sites")
    expect(page.locator("[data-plan]")).to_have_count(2)


def test_the_mode_shows_the_fewest_barriers_with_their_proof_and_leads_back(
    open_page: OpenPage, reading_url: str
) -> None:
    page = open_page(reading_url + NOON)
    promise(page, LAWFUL).click()
    enter_planning(page)
    is_as_in_the_operation(page)
    proven = "Proven: nothing cheaper seals the area against drivers who"
    expect(summary(page)).to_contain_text(f"{proven} keep to the law")
    expect(summary(page)).to_contain_text("The operation itself has 11 arms at 8 places")
    expect(page.locator(".plan-barrier")).to_have_count(2)
    plan = httpx.post(f"{reading_url}api/v1/plan", json={}).json()
    for barrier in plan["barriers"]:
        expect(plan_item(page, barrier["place"])).to_be_visible()
    page.get_by_role("radio", name="who don't").check()
    expect(summary(page)).to_contain_text("9 arms at 7 sites")
    expect(summary(page)).to_contain_text(f"{proven} don't keep to the law")
    page.get_by_role("radio", name="importance").check()
    expect(summary(page)).to_contain_text("58 points of importance")
    expect(summary(page)).to_contain_text("1 barrier on a street of importance 0 costs 1 all the same")
    tool(page, "Plan").click()
    expect(promise(page, LAWFUL)).to_have_attribute("aria-pressed", "true")


def test_a_street_pinned_by_a_press_is_in_the_plan_and_one_forbidden_is_not_and_undo_brings_all_back(
    open_page: OpenPage, reading_url: str
) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    press_molesworth(page)
    expect(card(page)).to_contain_text("Not in the plan")
    card(page).get_by_role("button", name="Pin").click()
    expect(summary(page)).to_contain_text("3 arms at 3 sites")
    expect(plan_item(page, "Molesworth Street between")).to_contain_text("pinned")
    expect(page.locator("[data-demand='must']")).to_have_accessible_name(re.compile("Molesworth.*pinned"))
    plan_item(page, LAMBTON).get_by_role("button", name="Forbid").click()
    expect(summary(page)).not_to_contain_text("3 arms")
    expect(plan_item(page, LAMBTON)).to_have_count(0)
    expect(page.locator("[data-forbidden]").first).to_have_accessible_name(f"Forbidden: no barrier on {LAMBTON}")
    demands = page.get_by_role("region", name="Pinned and forbidden")
    expect(demands.get_by_role("listitem")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(plan_item(page, LAMBTON)).to_have_count(1)
    page.keyboard.press("Control+z")
    is_as_in_the_operation(page)
    page.keyboard.press("Control+Shift+z")
    expect(summary(page)).to_contain_text("3 arms at 3 sites")
    demands.get_by_role("button", name="Release").click()
    is_as_in_the_operation(page)


def test_the_choice_that_was_looked_at_outlives_a_change_and_its_undoing(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    choices(page, "2 arms").press("End")
    expect(summary(page)).to_contain_text("3 arms at 3 sites")
    wide = plan_item(page, "").all_inner_texts()
    page.get_by_role("button", name="Change the protected area").click()
    x, y = pixel_of(page, 174.7779, -41.2783)
    drag(page, page.locator("[data-corner='0']"), (x, y))
    expect(summary(page)).not_to_contain_text("3 arms at 3 sites")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(summary(page)).to_contain_text("3 arms at 3 sites")
    assert plan_item(page, "").all_inner_texts() == wide


def test_a_press_inside_the_area_says_why_nothing_can_be_pinned_there(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    page.mouse.click(*pixel_of(page, 174.77775, -41.27735))
    expect(card(page)).to_contain_text("inside the protected area")
    expect(card(page).get_by_role("button", name="Pin")).to_have_count(0)


def test_a_corner_that_is_dragged_asks_for_another_plan(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    page.get_by_role("button", name="Change the protected area").click()
    expect(corners(page)).to_have_count(11)
    x, y = pixel_of(page, 174.7779, -41.2783)
    drag(page, page.locator("[data-corner='0']"), (x, y))  # Ballantrae Place is left out
    expect(summary(page)).to_contain_text("1 arm at 1 site")
    expect(page.locator("[data-plan]")).to_have_count(1)
    page.get_by_role("button", name="Undo", exact=True).click()
    is_as_in_the_operation(page)


def test_the_limit_is_drawn_closer_and_undone(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    press_molesworth(page)
    expect(card(page)).to_contain_text("Not in the plan")
    page.get_by_role("button", name="Change the limit").click()
    expect(corners(page)).to_have_count(4)
    there = pytest.approx((174.7799, -41.2772), abs=2e-5)

    def asks_for_it(request: Request) -> bool:
        asked = request.post_data_json if request.url.endswith("/api/v1/plan") else None
        if not isinstance(asked, dict) or not asked["limit"]:
            return False
        return bool(asked["limit"]["coordinates"][0][2] == there)

    with page.expect_request(asks_for_it):  # others are sent on the way
        drag(page, page.locator("[data-corner='2']"), pixel_of(page, 174.7799, -41.2772))
    limit = page.get_by_role("listitem").filter(has_text="Limit")
    expect(limit).to_contain_text("changed")
    is_as_in_the_operation(page)  # its barriers stand closer in than that
    page.get_by_role("button", name="Done with the limit").click()
    press_molesworth(page)
    expect(card(page)).to_contain_text("This lies beyond the limit")
    page.keyboard.press("Control+z")
    expect(limit).to_contain_text("as in the operation")
    press_molesworth(page)
    expect(card(page)).to_contain_text("Not in the plan")


def test_a_limit_that_cuts_the_area_is_refused_in_place_and_the_plan_before_stays(
    open_page: OpenPage, reading_url: str
) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    page.get_by_role("button", name="Change the limit").click()
    drag(page, page.locator("[data-corner='2']"), pixel_of(page, 174.7775, -41.2785), steps=1)
    fault = page.get_by_role("alert").filter(has_text="This can't be planned")
    expect(fault).to_contain_text("inside the limit")
    expect(summary(page)).to_contain_text("Of the question before")
    fault.get_by_role("button", name="Undo the change").click()
    expect(fault).to_have_count(0)
    is_as_in_the_operation(page)


def test_a_middle_becomes_a_corner_and_delete_takes_it_away(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    page.get_by_role("button", name="Change the protected area").click()
    x, y = pixel_of(page, 174.7768, -41.2774)
    drag(page, page.locator("[data-middle='2']"), (x, y))
    expect(corners(page)).to_have_count(12)
    page.locator("[data-corner='3']").press("Delete")
    expect(corners(page)).to_have_count(11)


def test_an_area_that_crosses_itself_is_refused_in_place_and_the_plan_before_stays(
    open_page: OpenPage, reading_url: str
) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    page.get_by_role("button", name="Change the protected area").click()
    drag(page, page.locator("[data-corner='0']"), pixel_of(page, *ACROSS), steps=1)
    fault = page.get_by_role("alert").filter(has_text="This can't be planned")
    expect(fault).to_contain_text("an outline that crosses itself")
    expect(summary(page)).to_contain_text("2 arms at 2 sites")
    expect(summary(page)).to_contain_text("Of the question before")
    fault.get_by_role("button", name="Undo the change").click()
    expect(fault).to_have_count(0)
    expect(summary(page)).not_to_contain_text("Of the question before")


def test_an_area_is_drawn_from_nothing_and_a_further_one_beside_it(open_page: OpenPage, city_url: str) -> None:
    page = open_page(city_url)
    enter_planning(page)
    before = summary(page).text_content()
    page.get_by_role("button", name="Change the protected area").click()
    page.get_by_role("button", name="Draw anew").click()
    west, south = -8.6016, 41.1463
    square = [(west, south), (west + 0.001, south), (west + 0.001, south + 0.001), (west, south + 0.001)]
    for place in square:
        page.mouse.click(*pixel_of(page, *place))
        page.wait_for_timeout(350)  # else two presses would be a double one
    page.mouse.click(*pixel_of(page, *square[0]))  # on the first again: closed
    expect(corners(page)).to_have_count(4)
    expect(summary(page)).not_to_have_text(before or "")
    page.get_by_role("button", name="Further area").click()
    for lon, lat in square[:3]:
        page.mouse.click(*pixel_of(page, lon + 0.0024, lat))
        page.wait_for_timeout(350)
    page.get_by_role("button", name="Finish").click()
    expect(corners(page)).to_have_count(7)
    expect(page.get_by_role("button", name="Remove part 2")).to_be_visible()


def test_sliding_along_the_front_by_keyboard_changes_list_and_map_at_once(open_page: OpenPage, city_url: str) -> None:
    page = open_page(city_url)
    enter_planning(page)
    front = httpx.post(f"{city_url}api/v1/plan/front", json={"against": "addresses"}).json()
    assert len(front["points"]) > 1, "the river makes a choice"
    page.get_by_role("radio", name="Addresses enclosed").check()
    slider = choices(page, "19 arms, 5 addresses")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/plan" in request.url else None)
    for number, point in enumerate(front["points"]):
        slider.press("Home" if number == 0 else "ArrowRight")
        valued = re.compile(f"Choice {number + 1} of {len(front['points'])}: {point['cost']} arms, {point['burden']} ")
        expect(slider).to_have_attribute("aria-valuetext", valued)
        expect(page.locator(".plan-barrier")).to_have_count(len(point["plan"]["barriers"]))
        wanted = {barrier["id"] for barrier in point["plan"]["barriers"]}
        listed = page.locator(".plan-barrier").evaluate_all("all => all.map(one => one.dataset.arm)")
        drawn = page.locator("[data-plan]").evaluate_all("all => all.map(one => one.dataset.plan)")
        assert set(listed) == wanted == set(drawn)
    assert asked == [], "the front holds the plans: no request for each step"
    expect(page.get_by_role("region", name="Choices")).to_contain_text("Complete: no choice is missing")


def test_a_choice_is_saved_opened_again_exported_and_compared(open_page: OpenPage, writing_url: str) -> None:
    page = open_page(writing_url)
    enter_planning(page)
    press_molesworth(page)
    card(page).get_by_role("button", name="Pin").click()
    expect(summary(page)).to_contain_text("3 arms at 3 sites")
    choices(page, "3 arms").press("End")
    expect(summary(page)).to_contain_text("4 arms at 4 sites")
    page.get_by_label("Title").fill("Night shift, wide")
    page.get_by_role("button", name="Save the plan").click()
    saved = page.locator(".saved-plan").filter(has_text="Night shift, wide")
    expect(saved).to_contain_text("4 arms")
    kept = httpx.get(f"{writing_url}api/v1/plans/night-shift-wide").json()
    assert kept["plan"]["cost"] == 4
    assert len(kept["question"]["must"]) == 1

    page.reload()
    enter_planning(page)
    is_as_in_the_operation(page)
    page.get_by_role("button", name="Open: Night shift, wide").click()
    expect(page.get_by_role("region", name="Pinned and forbidden").get_by_role("listitem")).to_have_count(1)
    expect(summary(page)).to_contain_text("4 arms at 4 sites")
    expect(plan_item(page, "Molesworth Street between")).to_contain_text("pinned")

    page.get_by_role("radio", name="Through traffic").check()
    expect(page.get_by_role("region", name="Choices")).to_have_attribute("aria-busy", "false")
    expect(page.get_by_role("region", name="Choices")).to_contain_text("The saved plan is none of these choices")
    expect(summary(page)).to_contain_text("4 arms at 4 sites")

    page.get_by_label("Exports for").fill("3")
    with page.expect_download() as download:
        saved.get_by_role("link", name="PDF of").click()
    assert download.value.suggested_filename == "night-shift-wide.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    for form, holds in (("GeoJSON", b"FeatureCollection"), ("CSV", b"Molesworth Street")):
        with page.expect_download() as download:
            saved.get_by_role("link", name=f"{form} of").click()
        assert holds in Path(download.value.path()).read_bytes()
    table = Path(download.value.path()).read_text(encoding="utf-8-sig")
    crews = {row["crew"] for row in csv.DictReader(table.splitlines())}
    assert crews == {"1", "2", "3"}, "list and sheets are for as many crews"

    page.get_by_role("combobox", name="This").select_option(label="Night shift, wide")
    page.get_by_role("button", name="Compare").click()
    beside = page.get_by_role("table", name="Night shift, wide beside Installed")
    expect(beside).to_contain_text("In both")
    expect(beside).to_contain_text("Only in Night shift, wide")
    answer = httpx.post(
        f"{writing_url}api/v1/plan/compare",
        json={"question": kept["question"], "first": "night-shift-wide", "second": "installed"},
    ).json()
    expect(beside.get_by_role("row").filter(has_text="Only in Installed")).to_contain_text(
        f"({len(answer['only_second'])})"
    )


def test_a_barrier_says_why_it_stands_there(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    page.get_by_role("radio", name="who don't").check()
    expect(summary(page)).to_contain_text("9 arms at 7 sites")
    item = plan_item(page, "Kate Sheppard Place near Molesworth Street")
    item.get_by_role("button", name="Kate Sheppard Place near").first.click()
    expect(item).to_contain_text(re.compile("Alone it holds .* of protected street"))
    expect(item).to_contain_text(re.compile("One street nearer .* one street farther"))
    mark = page.locator("[data-plan][aria-pressed='true']")
    expect(mark).to_have_accessible_name(re.compile("Kate Sheppard Place near Molesworth Street"))


def test_where_no_barrier_may_stand_the_way_in_is_told(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    for _ in range(40):
        forbid = page.locator(".plan-barriers").get_by_role("button", name="Forbid").first
        if not forbid.is_visible():
            break
        with page.expect_response(lambda answer: answer.url.endswith("/api/v1/plan")):
            forbid.click()
        expect(page.locator(".summary")).to_have_attribute("data-working", "false")
    expect(summary(page)).to_contain_text("No barriers can seal the area")
    expect(summary(page)).to_contain_text("it must not be closed")


def test_the_whole_tour_by_keyboard_alone(open_page: OpenPage, writing_url: str) -> None:
    page = open_page(writing_url)
    expect(promise(page, LAWFUL)).to_contain_text("kept")
    see_the_map(page)
    keys = page.keyboard
    keys.press("f")
    expect(summary(page)).to_contain_text("2 arms at 2 sites")
    keys.press("b")  # to the question
    tab_to(page, "Change the protected area")
    keys.press("Enter")
    expect(corners(page)).to_have_count(11)
    keys.press("m")
    page.wait_for_function("() => document.activeElement.matches('#panel-map canvas')")
    keys.press("Tab")
    page.wait_for_function("() => document.activeElement.dataset.corner !== undefined")
    for _ in range(11):
        if page.evaluate("() => document.activeElement.dataset.corner") == "0":
            break
        keys.press("ArrowLeft")
        if page.evaluate("() => document.activeElement.dataset.corner") != "0":
            keys.press("ArrowDown")
    page.locator("[data-corner='0']").focus()
    keys.press("Enter")
    expect(page.locator("[data-corner='0']")).to_have_attribute("aria-pressed", "true")
    for arrow in ("Right", "Right", "Right", "Right", "Right", "Right", "Right", "Up"):
        keys.press(f"Shift+Arrow{arrow}")  # 25 m each, past the end of Ballantrae Place
    expect(summary(page)).to_contain_text("1 arm at 1 site")
    keys.press("Enter")
    expect(page.locator("[data-corner='0']")).to_have_attribute("aria-pressed", "false")
    keys.press("Control+z")
    is_as_in_the_operation(page)
    keys.press("Delete")
    expect(corners(page)).to_have_count(10)
    assert page.evaluate("() => document.activeElement.dataset.corner") == "0", "the focus stays at the outline"
    keys.press("Control+z")
    keys.press("Escape")
    keys.press("m")
    page.evaluate("([lon, lat]) => window.ringfenceMap.jumpTo({ center: [lon, lat] })", list(MOLESWORTH))
    see_the_map(page)
    keys.press("Enter")  # the street under the cross
    expect(card(page)).to_contain_text("Molesworth Street")
    tab_to(page, "Pin: Molesworth", presses=4)
    keys.press("Enter")
    expect(summary(page)).to_contain_text("3 arms at 3 sites")
    keys.press("Escape")
    expect(card(page)).to_have_count(0)
    keys.press("l")  # to the plan
    choices(page, "3 arms")
    for _ in range(12):
        if page.evaluate("() => document.activeElement.type") == "range":
            break
        keys.press("Tab")
    keys.press("ArrowRight")
    expect(summary(page)).to_contain_text("4 arms at 4 sites")
    keys.press("b")
    tab_to(page, "Title")
    for _ in range(40):
        if page.evaluate("() => document.activeElement.labels?.[0]?.textContent ?? ''").startswith("Title"):
            break
        keys.press("Tab")
    keys.type("By keyboard: f b m l")
    keys.press("Enter")
    expect(page.locator(".saved-plan")).to_contain_text("By keyboard: f b m l")
    keys.press("f")
    keys.press("Escape")


def test_touch_moves_a_corner_on_a_phone(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url, width=390, height=844, has_touch=True, is_mobile=True)
    see_the_map(page)
    tool(page, "Plan").tap()
    expect(page.get_by_role("region", name="Plan at a glance")).to_contain_text("2 arms at 2 sites")
    page.get_by_role("tab", name="Question").tap()
    page.get_by_role("button", name="Change the protected area").tap()
    page.get_by_role("tab", name="Map").tap()
    box = page.locator("[data-corner='0']").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    to_x, to_y = pixel_of(page, 174.7779, -41.2783)
    finger = page.context.new_cdp_session(page)
    touch = [("touchStart", x, y)]
    touch += [("touchMove", x + (to_x - x) * step / 8, y + (to_y - y) * step / 8) for step in range(1, 9)]
    for kind, at_x, at_y in touch:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at_x, "y": at_y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_role("region", name="Plan at a glance")).to_contain_text("1 arm at 1 site")


def test_axe_finds_nothing_in_any_state_of_planning_and_any_theme(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url)
    enter_planning(page)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("table")).to_be_visible()
    press_molesworth(page)
    card(page).get_by_role("button", name="Pin").click()
    expect(summary(page)).to_contain_text("3 arms")
    plan_item(page, LAMBTON).get_by_role("button", name="Forbid").click()
    expect(plan_item(page, LAMBTON)).to_have_count(0)
    page.get_by_label("Title").fill("Not saved")
    assert violations(page) == [], "pinned, forbidden, compared, a title typed"
    page.get_by_role("button", name="Change the protected area").click()
    drag(page, page.locator("[data-corner='0']"), pixel_of(page, *ACROSS), steps=1)
    expect(page.get_by_role("alert")).to_contain_text("crosses itself")
    assert violations(page) == [], "corners are shown, and a fault"
    page.get_by_role("button", name="Draw anew").click()
    assert violations(page) == [], "an outline is drawn"


def test_axe_finds_nothing_on_a_phone_in_any_theme(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url, width=390, height=844, has_touch=True, is_mobile=True)
    see_the_map(page)
    tool(page, "Plan").tap()
    glance = page.get_by_role("region", name="Plan at a glance")
    expect(glance).to_contain_text(re.compile("^2 arms at 2 sites.* against drivers who keep to the law"))
    page.locator("[data-plan]").first.tap()
    for name in ("Map", "Question", "Plan"):
        page.get_by_role("tab", name=name).tap()
        assert violations(page) == [], name
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"


def test_no_size_of_screen_scrolls_sideways(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url, width=1280, height=720)
    see_the_map(page)
    tool(page, "Plan").click()
    expect(page.get_by_text("2 arms at 2 sites").first).to_be_attached()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("table")).to_be_attached()
    for width, height in ((1280, 720), (3840, 2160), (768, 1024), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        if width < 720:
            page.get_by_role("tab", name="Question").click()
            expect(page.get_by_role("table")).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), width
