"""The console says whether the ledger is as it was written."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import NOON, OpenPage
from tests.browser.screen import tab_to
from tests.serving import running


def test_the_ledger_is_verified_by_keyboard_and_what_was_altered_is_told(open_page: OpenPage, spoilable: Path) -> None:
    with running(spoilable) as url:
        page = open_page(f"{url}/{NOON}", webgl=False, width=320, height=900)
        page.get_by_role("tab", name="Log").click()
        log = page.get_by_role("region", name="Log")
        tab_to(page, "Verify")
        page.keyboard.press("Enter")
        holds = log.get_by_role("region", name="All 156 lines are as they were written.")
        expect(holds).to_contain_text("Texts that are not here: none.")
        expect(page.locator("[aria-live=polite]").first).to_have_text("All 156 lines are as they were written.")
        holds.get_by_text("Heads, to write down elsewhere").press("Enter")
        [(desk, head)] = httpx.get(f"{url}/api/v1/log/verify").json()["heads"].items()
        expect(holds.locator("code")).to_have_text(f"{desk}:{head['seq']}:{head['hash']}")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        alter(spoilable / "ledger.sqlite", "W140", "Nobody was arrested.")
        log.get_by_role("button", name="Verify").press("Enter")
        altered = log.get_by_role("region", name="The ledger is not as it was written: 1 fault in 156 lines.")
        expect(altered.get_by_role("listitem")).to_have_text(
            re.compile(r"^position 140 \(desk control line 140\): expected the text .*; found others\.")
        )
        expect(holds).to_have_count(0)
        altered.get_by_role("button", name="Put the result away").press("Enter")
        expect(altered).to_have_count(0)
        expect(log.get_by_role("heading", name="Log")).to_be_focused()


def alter(ledger: Path, entry: str, words: str) -> None:
    """As somebody would who can write to the disk: past what guards the tables, which is put back."""
    with closing(sqlite3.connect(ledger)) as db, db:
        guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        position = "(SELECT position FROM lines WHERE entry_id = ?)"
        changed = db.execute(
            f"UPDATE texts SET text = ? WHERE field = 'what' AND position = {position}", (words, entry)
        )
        assert changed.rowcount == 1
        for _, guard in guards:
            db.execute(guard)
