"""Pictures of the console for a person to look at, in `out/browser`; one is the README's. See `make pictures`."""

from __future__ import annotations

import os
import shutil
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NOON, PICTURES, OpenPage
from tests.browser.screen import (
    DETERMINED,
    THEMES,
    choices,
    enter_planning,
    keep_picture,
    next_theme,
    plan_item,
    promise,
    see_the_map,
    summary,
    tool,
)
from tests.browser.test_planning import card, corners, press_molesworth
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not os.environ.get("RINGFENCE_PICTURES"), reason="make pictures makes them")
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


@pytest.fixture
def sharp(open_page: OpenPage) -> OpenPage:
    """Opens pages as a person sees them."""
    return partial(open_page, device_scale_factor=1)


def test_the_desk_in_every_theme_and_on_a_wall(sharp: OpenPage, reading_url: str) -> None:
    page = sharp(reading_url + NOON, theme="night")
    see_the_map(page)
    promise(page, DETERMINED).click()
    for theme in THEMES:
        assert next_theme(page) == theme
        keep_picture(page, PICTURES, f"desk-{theme}")
    shutil.copy(PICTURES / "desk-light.png", ROOT / "docs" / "console.png")
    page.set_viewport_size({"width": 3840, "height": 2160})
    page.reload()
    promise(page, DETERMINED).click()
    keep_picture(page, PICTURES, "wall")


def test_the_desk_on_a_phone(sharp: OpenPage, reading_url: str) -> None:
    phone = sharp(reading_url + NOON, theme="light", **PHONE)
    for name in ("Board", "Map", "Log"):
        phone.get_by_role("tab", name=name).click()
        keep_picture(phone, PICTURES, f"phone-{name.lower()}")


def test_planning_in_every_theme_and_on_a_wall(sharp: OpenPage, reading_url: str) -> None:
    page = sharp(reading_url, theme="night")
    enter_planning(page)
    page.get_by_role("radio", name="who don't").check()
    expect(summary(page)).to_contain_text("9 arms at 7 sites")
    press_molesworth(page)
    card(page).get_by_role("button", name="Pin").click()
    expect(summary(page)).to_contain_text("10 arms")
    page.get_by_role("button", name="Close", exact=True).click()
    plan_item(page, "Kate Sheppard Place near").get_by_role("button", name="Forbid").click()
    expect(page.locator("[data-forbidden]")).to_have_count(1)
    expect(page.locator(".summary")).to_have_attribute("data-working", "false")
    page.locator(".plan-place").nth(1).click()
    for theme in THEMES:
        assert next_theme(page) == theme
        keep_picture(page, PICTURES, f"planning-desk-{theme}")
    page.set_viewport_size({"width": 1920, "height": 1080})
    keep_picture(page, PICTURES, "planning-wall")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Change the protected area").click()
    expect(corners(page)).to_have_count(11)
    keep_picture(page, PICTURES, "planning-corners-night")


def test_planning_a_city(sharp: OpenPage, city_url: str) -> None:
    page = sharp(city_url)
    enter_planning(page)
    choices(page, "19 arms").press("End")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("table")).to_be_attached()
    keep_picture(page, PICTURES, "planning-city")


def test_planning_on_a_phone(sharp: OpenPage, reading_url: str) -> None:
    phone = sharp(reading_url, **PHONE)
    see_the_map(phone)
    tool(phone, "Plan").tap()
    expect(phone.get_by_role("region", name="Plan at a glance")).to_contain_text("2 arms at 2 sites")
    phone.locator("[data-plan]").first.tap()
    for name in ("Map", "Question", "Plan"):
        phone.get_by_role("tab", name=name).tap()
        keep_picture(phone, PICTURES, f"planning-phone-{name.lower()}")
