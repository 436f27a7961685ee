"""An entry typed in one line, by keyboard: seen before it is saved, mended where it is not clear, kept as a note."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import httpx
import pytest
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
    correct_its_state(page, writing_url)
    count_and_correct_it(page, writing_url)
    decide_and_change_a_rule(page, writing_url)
    take_it_back(page, writing_url)


def fill_in(page: Page, words: str, kind: str, by: str) -> None:
    """The fields that every entry has, in the form below the line."""
    page.keyboard.press("n")
    page.get_by_label("What happened").fill(words)
    page.get_by_label("Kind").select_option(kind)
    page.get_by_label("Who says so").fill(by)


def log_it(page: Page, words: str) -> None:
    page.get_by_role("button", name="Log it").press("Enter")
    expect(page.locator(".entry[data-picked]").filter(has_text=words)).to_be_visible()


def correct_its_state(page: Page, url: str) -> None:
    """A correction of what changed something begins with what the entry said, and when it was so."""
    page.get_by_role("button", name="Correct", exact=True).press("Enter")
    expect(page.get_by_role("checkbox", name="Bunny Street at Featherston Street")).to_be_checked()
    state = page.get_by_role("combobox", name="The barriers are now")
    expect(state).to_have_value("moved")
    expect(page.get_by_role("radio", name="observed")).to_be_checked()
    page.get_by_label("What happened").fill("Only surrounded by people.")
    said = page.locator(".will-change")  # words alone would contradict what was taken over from the entry
    expect(said).to_be_in_viewport(ratio=1)
    expect(said).to_contain_text(re.compile("^This stands in the place of what .* changed:Bunny Street .*: moved$"))
    page.set_viewport_size({"width": 390, "height": 664})
    expect(said).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1440, "height": 900})
    state.select_option("obstructed")
    expect(said).to_contain_text(": obstructed")
    page.get_by_label("Who says so").fill("gate 6")
    log_it(page, "Only surrounded by people.")
    right, wrong = entries(url)[:2]
    assert (right["kind"], right["relates_to"]) == ("correction", [wrong["id"]])
    expect(page.locator(".entry[data-picked]")).to_contain_text(f"corrects {wrong['id']}")
    assert (right["barriers"], right["state"], right["so"]) == (["bunny-street"], "obstructed", wrong["so"])


def count_and_correct_it(page: Page, url: str) -> None:
    """A count has a basis and parts by category; its correction restates it, no surer than it was said."""
    keys = page.keyboard
    fill_in(page, "Eight arrests so far.", "count", "NZ Police")
    page.get_by_label("Number", exact=True).fill("8")
    page.get_by_label("Of what").fill("people arrested")
    page.get_by_label("Basis").fill("since 06:00")
    for category, number in (("obstruction", "5"), ("assault", "1")):
        page.get_by_role("button", name="Add a part").press("Enter")
        expect(page.get_by_label(re.compile("^Part [0-9], category")).last).to_be_focused()
        keys.type(category)
        keys.press("Tab")
        keys.type(number)
    expect(page.get_by_role("status").filter(has_text="2 of the number is in no part")).to_be_visible()
    page.get_by_label("Part 1, number").fill("7")
    page.get_by_label("claimed").check()
    page.get_by_text("More when it was reported").press("Enter")
    page.get_by_label("How exactly the time of the report is known").select_option("about")
    page.get_by_label("References").fill("radio log 12\n\nfile 3")
    page.get_by_label("Known to come after").fill("w135")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "the form scrolls sideways"
    assert violations(page) == [], "a count is written on a phone"
    page.set_viewport_size({"width": 1440, "height": 900})
    log_it(page, "Eight arrests so far.")
    said = entries(url)[0]
    assert (said["number"], said["unit"], said["basis"]) == (8, "people arrested", "since 06:00")
    assert said["breakdown"] == {"obstruction": 7, "assault": 1}
    assert (said["ref"], said["follows"]) == (["radio log 12", "file 3"], ["W135"])
    assert said["reported"]["precision"] == "about"

    page.get_by_role("button", name="Correct", exact=True).press("Enter")
    expect(page.get_by_text("It said: Eight arrests so far.")).to_be_visible()
    expect(page.get_by_label("Number", exact=True)).to_have_value("8")
    expect(page.get_by_label("claimed")).to_be_checked()
    expect(page.locator(".will-change")).to_contain_text(f"{said['id']} stands as it was said")
    page.get_by_label("What happened").fill("It was nine.")
    page.get_by_label("Who says so").fill("NZ Police")
    page.get_by_label("confirmed").check()
    page.get_by_label("Number", exact=True).fill("9")
    expect(page.locator(".will-change")).to_contain_text(f"in the place of what {said['id']} counted:9 people arrested")
    page.get_by_label("Part 1, number").fill("2")  # the ledger puts parts in the order of their names
    log_it(page, "It was nine.")
    right = entries(url)[0]
    assert (right["kind"], right["relates_to"], right["number"]) == ("correction", [said["id"]], 9)
    assert (right["basis"], right["breakdown"], right["so"]) == (
        "since 06:00",
        {"obstruction": 7, "assault": 2},
        said["so"],
    )


def decide_and_change_a_rule(page: Page, url: str) -> None:
    """A decision has a reason and a power; a gate rule says which rules hold from then on."""
    fill_in(page, "Hill Street is held.", "decision", "forward commander")
    expect(page.get_by_label("Basis")).to_have_count(0)  # a decision counts nothing, and changes nothing yet
    expect(page.get_by_text("It changes something")).to_have_count(0)
    page.get_by_label("Why").fill("ambulances cannot pass")
    page.get_by_label("Under which power").fill("Summary Offences Act 1981, section 35")
    log_it(page, "Hill Street is held.")
    decided = entries(url)[0]
    assert (decided["why"], decided["power"]) == ("ambulances cannot pass", "Summary Offences Act 1981, section 35")
    expect(page.locator(".entry[data-picked]")).to_contain_text("ambulances cannot pass")

    fill_in(page, "Sanitary vehicles are kept out.", "gate_rule", "forward commander")
    page.get_by_label("vehicles that clean the portable toilets").press("Space")
    page.get_by_role("button", name="Log it").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Say whether the rules are now in force")
    page.get_by_label("They are now").select_option("no longer in force")
    log_it(page, "Sanitary vehicles are kept out.")
    rule = entries(url)[0]
    assert (rule["rules"], rule["in_force"]) == (["sanitary-in"], False)


def take_it_back(page: Page, url: str) -> None:
    """The card of a retraction leads to what it takes back."""
    page.get_by_role("button", name="Take back", exact=True).press("Enter")
    page.get_by_label("What happened").fill("Said of another rule.")
    page.get_by_label("Who says so").fill("forward commander")
    log_it(page, "Said of another rule.")
    gone = entries(url)[1]["id"]
    card = page.locator(".entry[data-picked]")
    expect(card).to_contain_text(f"takes back {gone}")
    card.get_by_role("button", name=gone).press("Enter")
    expect(page.locator(".entry[data-picked]")).to_have_attribute("data-entry", gone)


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

    keys.press("n")
    keys.type("3 arrests total: 1 John Smith + 2 others, reported by gate 6")
    keys.press("Enter")
    expect(doubts).to_contain_text("John Smith. The parts stay in the words alone")
    expect(page.locator(".typed .preview")).to_contain_text("3 arrests (total)")
    keys.press("Escape")
    page.get_by_role("textbox", name="One line").fill(
        "decided: hold Hill Street because of the crowd, under common law, by control"
    )
    keys.press("Enter")
    expect(page.locator(".typed .preview")).to_contain_text("Why: the crowd")
    assert ("power", "under common law") in chips(page)
    keys.press("Enter")
    expect(page.locator(".entry[data-picked]").filter(has_text="hold Hill Street")).to_be_visible()
    decided = entries(writing_url)[0]
    assert (decided["kind"], decided["why"], decided["power"]) == ("decision", "the crowd", "common law")


PASTE = """(field, [letter, count]) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", letter.repeat(count));
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.mark.parametrize("where", ["One line", "What happened"])
def test_what_is_pasted_and_no_entry_holds_is_kept_as_a_note_with_the_hash_of_all(
    open_page: OpenPage, writing_url: str, where: str
) -> None:
    page = open_page(writing_url + NOON, webgl=False)
    expect(promise(page, LAWFUL)).to_be_visible()
    page.keyboard.press("n")
    field = page.get_by_role("textbox", name=where)
    field.fill("From gate 6: ")
    field.press("End")
    field.evaluate(PASTE, ["x", 10_000_000])
    told = page.get_by_role("alert").filter(has_text="It was not pasted")
    expect(told).to_contain_text("It has 10,000,013 letters, and an entry holds 4,000.")
    expect(told).to_contain_text("SHA-256 of all")
    assert violations(page) == []
    told.get_by_role("button", name="Keep as a note").press("Enter")
    expect(told).to_have_count(0, timeout=30_000)
    stored = entries(writing_url)[0]
    whole = sha256(b"From gate 6: " + b"x" * 10_000_000).hexdigest()
    assert (stored["kind"], stored["what"].startswith("From gate 6: xxx")) == ("note", True)
    assert f"of 10,000,013 characters; SHA-256 of all, in UTF-8: {whole}" in stored["what"]


def test_a_line_that_cannot_be_read_is_kept_as_a_note(open_page: OpenPage, writing_url: str) -> None:
    page = open_page(writing_url + NOON, webgl=False)
    expect(promise(page, LAWFUL)).to_be_visible()
    page.keyboard.press("n")
    field = page.get_by_role("textbox", name="One line")
    field.fill("barrier \u202edevom")
    field.press("Enter")
    told = page.get_by_role("alert").filter(has_text="It was not read")
    expect(told).to_be_visible()
    expect(page.locator(".typed-refused")).not_to_contain_text("POST")
    field.fill("barrier \u202edevom again")
    expect(told).to_have_count(0)  # other words
    field.press("Enter")
    told.get_by_role("button", name="Keep as a note").press("Enter")
    expect(told).to_have_count(0)
    assert entries(writing_url)[0]["what"] == "barrier [U+202E]devom again"
