"""Flags from an entry alone, and what was typed as a note: for whatever an entry or a text can be."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.base.errors import BadInput
from ringfence.desk.flags import Flagger
from ringfence.desk.notes import note_of
from ringfence.model.entries import Entry
from ringfence.model.record import is_blank
from ringfence.operation import Operation
from ringfence.picture.flags import TOLERANCE, flags
from tests.property.test_ledger_property import entries, figures

NOW = datetime(2022, 2, 22, 12, 0, tzinfo=UTC)


def exact(moment: datetime) -> dict[str, Any]:
    return {"precision": "exact", "from": moment, "to": moment}


def entry(**changes: Any) -> Entry:
    told: dict[str, Any] = {"id": "E1", "kind": "observation", "what": "x", "source": {"by": "gate 6"}}
    told |= {"certainty": "observed", "so": exact(NOW), "reported": exact(NOW), "recorded": exact(NOW)}
    return Entry.model_validate(told | changes)


def codes(**changes: Any) -> list[str]:
    return [flag.code for flag in flags(entry(**changes))]


PLANNED = {"barriers": ["hill-street"], "state": "planned"}
LATER, LATE = NOW + TOLERANCE, NOW + TOLERANCE + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"so": exact(LATER), "reported": exact(LATER)}, []),
        ({"so": exact(LATE)}, ["so-in-future"]),
        ({"so": exact(LATE), "certainty": "confirmed"}, ["so-in-future"]),
        ({"so": exact(LATE), "certainty": "claimed"}, ["so-in-future"]),
        ({"so": exact(LATE), "certainty": "understood"}, ["so-in-future"]),
        ({"so": exact(LATE), "certainty": "denied"}, ["so-in-future"]),
        ({"so": exact(LATE), "certainty": "claimed", "kind": "claim"}, ["so-in-future"]),
        ({"so": exact(LATE), "certainty": "claimed", "kind": "statement"}, []),
        ({"so": exact(LATE), "certainty": "understood", "kind": "barrier", **PLANNED}, []),
        ({"so": {"precision": "day", "from": LATE, "to": LATE}, "certainty": "claimed"}, ["so-in-future"]),
        ({"so": exact(LATE), "certainty": "confirmed", "kind": "decision"}, []),
        ({"so": exact(LATE), "certainty": "confirmed", "kind": "barrier", **PLANNED}, []),
        ({"so": exact(LATE), "certainty": "observed", "kind": "decision"}, ["so-in-future"]),
        ({"so": exact(LATE), "certainty": "confirmed", "kind": "advisory"}, []),
        ({"so": exact(LATE), "certainty": "observed", "kind": "advisory"}, ["so-in-future"]),
        ({"so": exact(LATE), "certainty": "confirmed", "kind": "standoff"}, ["so-in-future"]),
        ({"so": {"precision": "about", "from": LATE, "to": LATE}}, []),
        ({"so": {"precision": "before", "to": LATE}}, []),
        ({"so": {"precision": "after", "from": LATE}}, ["so-in-future"]),
        ({"so": {"precision": "between", "from": NOW, "to": LATE}}, []),
        ({"so": {"precision": "unknown"}, "reported": {"precision": "unknown"}}, []),
        ({"so": exact(LATE), "recorded": {"precision": "unknown"}}, ["so-after-report"]),
        ({"so": exact(LATE), "recorded": {"precision": "between", "from": NOW, "to": LATE}}, ["so-after-report"]),
        ({"so": exact(LATE), "recorded": exact(LATE), "reported": exact(LATE)}, []),
        ({"so": exact(LATE), "recorded": exact(LATE), "reported": {"precision": "unknown"}}, []),
        ({"so": exact(LATE), "recorded": exact(LATE), "certainty": "claimed"}, ["so-after-report"]),
        ({"reported": exact(LATE)}, ["reported-in-future"]),
        ({"reported": exact(LATE), "certainty": "claimed"}, ["reported-in-future"]),
        ({"number": 8, "breakdown": {"a": 7, "b": 1}}, []),
        ({"number": 0.3, "breakdown": {"a": 0.1, "b": 0.2}}, []),
        ({"number": 8, "breakdown": {}}, []),
        ({"breakdown": {"a": 7}}, []),
        ({"number": 8, "breakdown": {"a": 9}}, ["parts-do-not-add-up"]),
    ],
)
def test_flags(changes: dict[str, Any], found: list[str]) -> None:
    assert codes(**changes) == found


def test_what_a_flag_says() -> None:
    (late,) = flags(entry(so=exact(NOW + timedelta(days=1, hours=2, minutes=5))))
    assert late.says.startswith("It says that it was so 1 d 2 h after this desk recorded it.")
    (parts,) = flags(entry(number=8, breakdown={"a": 9.5}))
    assert parts.says.startswith("The parts come to 9.5, the number is 8: 1.5 too many.")


@settings(max_examples=200, deadline=None)
@given(one=entries, number=st.none() | figures, breakdown=st.dictionaries(st.just("part"), figures, max_size=1))
def test_whatever_an_entry_holds_it_can_be_flagged(one: Entry, number: Any, breakdown: Any) -> None:
    told = one.model_copy(update={"certainty": "observed", "number": number, "breakdown": breakdown})
    assert {flag.about for flag in flags(told)} <= {
        "so", "reported", "breakdown", "number",
        "relates_to", "retracts", "barriers", "rules", "occupied", "site", "swept",
    }  # fmt: skip


DENIED = {"kind": "denial", "certainty": "denied"}
IN_WORDS = {"relates_to": ["E0"]}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"kind": "sweep"}, ["swept"]),
        ({"kind": "sweep", **IN_WORDS}, ["swept"]),
        ({"kind": "sweep", "swept": "perimeter"}, []),
        ({"kind": "barrier"}, ["barriers"]),
        ({"kind": "barrier", "barriers": ["b"], "state": "moved"}, []),
        ({"kind": "barrier", **IN_WORDS}, []),
        ({"kind": "gate_rule"}, ["rules"]),
        ({"kind": "street"}, ["occupied"]),
        ({"kind": "street", "cleared": ["s"]}, []),
        ({"kind": "site_notice"}, ["site"]),
        ({"kind": "count"}, ["number"]),
        ({"kind": "count", "unit": "people arrested"}, []),
        (DENIED, ["relates_to"]),
        ({**DENIED, **IN_WORDS}, []),
        ({**DENIED, "disputes": ["E0"]}, []),
        ({"kind": "confirmation"}, ["relates_to"]),
        ({"kind": "correction"}, ["relates_to"]),
        ({"kind": "retraction"}, ["retracts"]),
        ({"kind": "retraction", **IN_WORDS}, ["retracts"]),
        ({"kind": "retraction", "retracts": ["E0"]}, []),
        ({"kind": "statement"}, []),
        ({"kind": "advisory"}, []),
        ({"kind": "standoff"}, []),
        ({"kind": "note"}, []),
    ],
)
def test_what_is_there_to_change_something_and_does_not_is_flagged(changes: dict[str, Any], found: list[str]) -> None:
    assert [flag.about for flag in flags(entry(**changes)) if flag.code == "changes-nothing"] == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"number": -8}, ["number"]),
        ({"number": 1.5}, ["number"]),
        ({"number": 1.5, "unit": "people arrested"}, ["number"]),
        ({"number": 1.5, "unit": "km of queue"}, []),
        ({"number": 2.0}, []),
        ({"number": 0}, []),
        ({"breakdown": {"men": -1, "women": 1.5}}, ["breakdown"]),
    ],
)
def test_a_count_of_less_than_none_or_of_a_part_of_one_is_flagged(changes: dict[str, Any], found: list[str]) -> None:
    assert [flag.about for flag in flags(entry(kind="count", **changes)) if flag.code == "odd-count"] == found


def test_no_entry_of_the_two_days_is_said_to_change_nothing_or_to_count_oddly(wellington: Operation) -> None:
    flagged = Flagger(wellington).flagged(wellington.entries)
    assert not {flag.code for found in flagged.values() for flag in found} & {"changes-nothing", "odd-count"}


def test_places_that_no_map_has_are_flagged_where_the_map_is_where_one_looks(wellington: Operation) -> None:
    flagger = Flagger(wellington)
    for place, kind, found in (
        ("Hill Street near Guildford Terrace", "note", []),
        (wellington.barriers[0].name, "note", []),
        ("Nowhere Road", "note", ["unknown-place"]),
        ("Nowhere Road near Noplace Terrace", "observation", ["unknown-place"] * 2),
        ("Nowhere Road", "standoff", ["unknown-place"]),
        ("Nowhere Road", "advisory", []),
        ("New Zealand", "count", []),
        ("[erased]", "note", []),
        ("x" * 4000, "note", []),
        ("\u0645\u0631\u062d\u0628\u0627", "note", ["unknown-place"]),
    ):
        codes_found = [flag.code for flag in flagger.flags(entry(place=place, kind=kind, number=1))]
        assert codes_found == found, place


@pytest.mark.parametrize(
    ("unit", "parts", "found"),
    [
        ("people arrested", {"John Smith": 1, "others": 2}, ["part-may-name-somebody"]),
        (None, {"john smith": 1, "others": 2}, ["part-may-name-somebody"]),
        ("people arrested", {"disorderly behaviour": 2, "refused details": 1}, []),
        ("community cases", {"Hawke's Bay": 1}, []),
        ("people in hospital", {"Auckland": 3, "Lakes": 1}, []),
    ],
)
def test_parts_that_may_be_people_are_flagged_where_people_were_counted(
    wellington: Operation, unit: str | None, parts: dict[str, int], found: list[str]
) -> None:
    flagger = Flagger(wellington)
    flagged = flagger.flags(entry(kind="count", unit=unit, number=sum(parts.values()), breakdown=parts))
    assert [flag.code for flag in flagged] == found


def test_no_part_of_the_two_days_is_flagged_as_a_person(wellington: Operation) -> None:
    flagged = Flagger(wellington).flagged(wellington.entries)
    assert not [flag for found in flagged.values() for flag in found if flag.code == "part-may-name-somebody"]


texts = st.text(st.characters(), max_size=60)
typed = texts | st.dictionaries(
    st.sampled_from(["what", "by", "so", "source"]),
    texts | st.none() | st.integers() | st.lists(texts, max_size=2) | st.fixed_dictionaries({"by": texts}),
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(typed=typed)
def test_a_note_loses_nothing_that_can_be_read_and_shows_what_cannot(typed: Any) -> None:
    try:
        note = note_of(typed)
    except BadInput as error:
        assert [fault.code for fault in error.faults] == ["empty-note"]
        assert isinstance(typed, str) or typed.keys() <= {"what"}
        assert is_blank(typed if isinstance(typed, str) else typed.get("what", ""))
        return
    assert (note.kind, note.certainty, note.so.precision) == ("note", "claimed", "unknown")
    words = typed if isinstance(typed, str) else typed.get("what")
    if isinstance(words, str):
        for letter in words.strip():
            steers = letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
            if steers or (unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t"):
                assert f"[U+{ord(letter):04X}]" in note.what
                assert letter not in note.what
            else:
                assert letter in note.what
