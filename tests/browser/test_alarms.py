"""An alarm in Chromium: unmistakable while nobody knows of it, acknowledged by keyboard, quieter ever after."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx
from playwright.sync_api import expect

from ringfence.desk.opening import LEDGER_FILE, system_clock
from ringfence.ledger import Ledger
from tests.browser.conftest import NOON, OpenPage
from tests.browser.screen import promise, violations
from tests.unit.test_growing import STRANGE, said

WHY = "No staff to sweep before the morning"


def test_an_alarm_is_acknowledged_by_a_role_and_says_so_in_every_tab(
    open_page: OpenPage, writing_url: str, spoilable: Path
) -> None:
    ends = httpx.get(f"{writing_url}api/v1/operation").json()["ends"]
    alarm = httpx.get(f"{writing_url}api/v1/alarms").json()["alarms"][0]["answer"]
    here, there = (open_page(f"{writing_url}#at={quote(ends)}", webgl=False) for _ in range(2))
    for page in (here, there):
        expect(promise(page, alarm["text"])).to_contain_text("Alarm: nobody has acknowledged it")
    asked: list[str] = []
    there.on("request", lambda request: asked.append(request.url))
    promise(here, alarm["text"]).press("Enter")
    form = here.get_by_role("form", name="Acknowledge the alarm")
    expect(form).to_be_visible()
    expect(here.get_by_role("region", name="Promises")).to_contain_text("What would mend it")
    assert violations(here) == [], "an alarm can be acknowledged"
    form.get_by_label("Your role").press("Tab")
    here.keyboard.type(WHY)
    here.keyboard.press("Enter")
    assert form.get_by_label("Your role").evaluate("one => one.validity.valueMissing"), "a reason without a role"
    form.get_by_label("Your role").fill("duty officer")
    here.keyboard.press("Enter")
    for page in (here, there):
        expect(promise(page, alarm["text"])).to_contain_text("Acknowledged by duty officer")
    expect(here.get_by_role("region", name="Promises")).to_contain_text(f"duty officer: {WHY}")
    expect(form).to_have_count(0)
    stored = httpx.get(f"{writing_url}api/v1/log?limit=1").json()["items"][0]["entry"]
    assert (stored["kind"], stored["promise"], stored["why"]) == ("acknowledgement", alarm["id"], WHY)
    assert violations(here) == [], "an alarm is acknowledged"
    with closing(Ledger.open(spoilable / LEDGER_FILE, clock=system_clock)) as other:
        strange = other.add(said("a bridge is closed", relates_to=["W001"], **STRANGE)).line.entry.id
    for page in (here, there):
        expect(page.get_by_role("alert").filter(has_text=strange)).to_contain_text("do not count")
    other_log = there.get_by_role("region", name="Log")
    expect(other_log).to_contain_text("a bridge is closed")
    assert not [url for url in asked if "/log?" in url], "the whole log is fetched once"


def test_of_the_past_nothing_can_be_acknowledged(open_page: OpenPage, reading_url: str) -> None:
    page = open_page(reading_url + NOON, webgl=False)
    broken = promise(page, "driven lawfully")
    expect(broken).to_contain_text("Alarm: nobody has acknowledged it")
    broken.press("Enter")
    expect(broken).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("form", name="Acknowledge the alarm")).to_have_count(0)
