"""Whatever is typed: never a crash, a word lost or a time that nobody stated; and what is ready is never refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ringfence.base.errors import BadInput
from ringfence.desk.part_words import category, known_parts
from ringfence.desk.typed_line import as_note, read_typed_line
from ringfence.model.entries import Entry, EntryDraft
from ringfence.model.spans import Span
from ringfence.model.typed import LINE_LETTERS_MAX, TypedLine
from ringfence.operation import Operation

PATIENT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)

FRAGMENTS = (
    "0412", "04:12", "4.12am", "2460", "9999", "about", "before", "after", "between", "0400-0430", "22 Feb",
    "31 Feb", "2022", "22 Feb 2022", "yesterday", "now", "noon", "Monday", "since 0600", "2022-02-22T04:12+13:00",
    "2022-13-45", "at", "on", "barrier", "barriers", "blocks", "gate", "gates", "all gates", "3 blocks", "moved",
    "put back", "pushed aside", "up", "down", "taken away", "blocked by people", "nobody at the", "staffed",
    "unstaffed", "occupied", "cleared", "open", "closed", "planned", "perimeter swept", "sweep of the perimeter",
    "not", "may be", "if", "?", "Bunny/Featherston", "Hill Street", "Lambton Quay", "Kate Sheppard Place",
    "bunny-street", "railway station", "Nowhere Street", "Bunny/Featherston and Lambton Quay/Mulgrave Street",
    "reported by", "says", "gate 6", "NZ Police", "per", "from", "by", "via", "by radio", "a caller", "confirmed",
    "denied", "claimed", "understood", "seen", "alleged", "8 arrests", "7 obstruction", "+", "1 assault", "2 held",
    "cars leaving 12", "total", "today", "about 20 cars", "999999999999999999999 cars", "decided", "because",
    "correction", "confirms", "denies", "takes back", "follows", "re", "W045", "W123", "W999", "control-1", ":",
    ",", ";", ".", "(", ")", "/", "=", "-", "\n", "\t", "note:", "claim:",
    "4.12", "13:00am", "0412 pm", "half past four", "this afternoon", "0430-0400", "since 0230", "1 200 people",
    "10-15 cars", "eight arrests", "12k people", "all 8 barriers", "except", "false alarm", "drill", "not reached",
    "06:00+99:99", "since 0600+24:00", "since 6am", "hasnt been", "none of the", "4 of the", "0", "un-", "4-5pm",
    "8 barriers", "10 - 15 cars", "May", " " * 70,
    "2022-2-21", "2022/02/21", "21-22 Feb", "21/2", "20220221", "Feb 21", "by Monday", "until", "as of", "23 Feb",
    "since Monday", "not before",
    "1 John Smith", "2 others", "under section 35 of the", "Summary Offences Act 1981", "so that",
)  # fmt: skip

typed = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=14).map(" ".join).filter(str.strip)
plain = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=300).filter(
    lambda text: not re.search("[\u202a-\u202e\u2066-\u2069]", text) and bool(text.strip())
)
moments = st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
WITH_TIME = re.compile(
    r"[0-9]|now|noon|midnight|today|yesterday|(mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE
)


def taken(operation: Operation, draft: EntryDraft) -> Operation:
    """The operation with the draft as an entry; refused with `BadInput` if the desk would refuse it."""
    moment = datetime(2022, 2, 22, tzinfo=UTC)
    now = Span(precision="exact", from_=moment, to=moment)
    content = {name: getattr(draft, name) for name in EntryDraft.model_fields}
    return operation.with_added(
        [Entry(**{**content, "id": "typed", "reported": draft.reported or now, "recorded": now})]
    )


def holds(operation: Operation, text: str, now: datetime) -> TypedLine:
    """What holds of every line that an entry can hold."""
    line = read_typed_line(operation, text, now)
    assert line == read_typed_line(operation, text, now), "the same line is read alike"
    assert line.text == line.draft.what == line.note.what == as_note(text).what == text
    end = 0
    for part in line.parts:
        assert part.start >= end, "no word is read twice"
        assert part.text == text[part.start : part.end] != ""
        end = part.end
    assert line.ready == (not any(doubt.matters for doubt in line.doubts))
    known = known_parts(operation)
    assert all(category(name, known) == name for name in line.draft.breakdown), "a part is a category"
    assert not line.note.has_effect
    assert not line.note.retracts
    taken(operation, line.note)
    if line.ready:
        taken(operation, line.draft)
        latest = now + timedelta(minutes=15)
        assert line.draft.so.precision == "day" or (line.draft.so.to or latest) <= latest
    if not WITH_TIME.search(text):
        assert line.draft.so.precision == "unknown", "nobody stated a time"
    return line


@PATIENT
@given(text=typed, now=moments)
@example(text="22 Feb 2022 0412 barrier moved Hill Street , reported by gate 6", now=datetime(2022, 2, 22, tzinfo=UTC))
@example(text="now now , gate 6 : barrier moved Hill Street", now=datetime(2022, 2, 22, tzinfo=UTC))
def test_lines_of_the_trades_words(wellington: Operation, text: str, now: datetime) -> None:
    holds(wellington, text, now)


@PATIENT
@given(text=plain, now=moments)
def test_any_words_at_all(wellington: Operation, text: str, now: datetime) -> None:
    holds(wellington, text, now)


@PATIENT
@given(
    text=st.text(st.characters(codec=None), max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))
)
@example(text="barrier \ud800 moved")
def test_what_no_entry_holds_is_refused_and_nothing_else(wellington: Operation, text: str) -> None:
    now = datetime(2022, 2, 22, tzinfo=UTC)
    try:
        holds(wellington, text, now)
    except BadInput as error:
        (fault,) = error.faults
        assert fault.code in {"empty-line", "bad-text"}
        assert fault.code == "empty-line" or re.search(r"U\+[0-9A-F]{4}", fault.found)
        assert str(error).isprintable()


@settings(PATIENT, max_examples=30)
@given(text=st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map(lambda words: " ".join(words) + " "))
def test_the_longest_lines(wellington: Operation, text: str) -> None:
    longest = (text * LINE_LETTERS_MAX)[:LINE_LETTERS_MAX]
    if longest.strip():
        holds(wellington, longest, datetime(2022, 2, 22, tzinfo=UTC))
