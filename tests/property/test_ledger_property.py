"""Whatever desks say, import and exchange, a ledger made from an export is the same one; and no flipped byte passes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ringfence.base.errors import BadInput, Conflict
from ringfence.ledger import Ledger, LedgerLine, read_lines, write_line
from ringfence.model.entries import Entry, EntryDraft
from ringfence.model.spans import Span

UNKNOWN = Span(precision="unknown")

words = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30).filter(
    lambda text: not any("\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069" for letter in text)
)
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
figures = st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15)
moments = st.datetimes(
    datetime(1901, 1, 1),
    datetime(2199, 1, 1),
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
spans = st.just(UNKNOWN) | moments.map(lambda moment: Span(precision="exact", from_=moment, to=moment))
keys = st.none() | st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=9)


def said(record: type[Any], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What people say, as `record`."""
    return st.builds(
        record,
        kind=st.sampled_from(["note", "count"]),
        what=words,
        place=st.none() | words,
        source=st.fixed_dictionaries({"by": words}, optional={"via": words}),
        ref=st.lists(words, max_size=2).map(tuple),
        certainty=st.just("claimed"),
        number=st.none() | figures,
        breakdown=st.dictionaries(words, figures, max_size=2),
        relates_to=st.lists(ids, max_size=2).map(tuple),
        staffed=st.none() | st.booleans(),
        so=spans,
        **more,
    )


drafts: st.SearchStrategy[EntryDraft] = said(EntryDraft, reported=st.none() | spans)
entries: st.SearchStrategy[Entry] = said(Entry, id=ids, reported=spans, recorded=spans)

actions = st.lists(
    st.tuples(st.just("add"), st.sampled_from("ab"), drafts, keys)
    | st.tuples(st.just("log"), st.sampled_from("ab"), st.lists(entries, max_size=3))
    | st.tuples(st.just("exchange"), st.sampled_from("ab")),
    max_size=8,
)


def examples(number: int) -> settings:
    """Each example writes files, so that how long it takes says nothing."""
    return settings(max_examples=number, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@contextmanager
def desks(*names: str) -> Iterator[dict[str, Ledger]]:
    """A ledger for each desk; the clock steps an odd while, now and then backwards."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        steps = iter(range(10**6))

        def clock() -> datetime:
            step = next(steps)
            return datetime(2022, 2, 21, tzinfo=UTC) + timedelta(seconds=step * (-1) ** step, microseconds=step * 1001)

        ledgers = {}
        for name in names:
            ledger = Ledger.create(Path(folder) / f"{name}.db", operation="op", desk=name, clock=clock)
            ledgers[name] = stack.enter_context(closing(ledger))
        yield ledgers


def plain(ledger: Ledger) -> list[LedgerLine]:
    return [line for _, line in ledger.lines()]


def do(ledgers: dict[str, Ledger], held: list[Entry], action: tuple[Any, ...]) -> None:
    """One action at one desk; `held` gathers what must then be there. What conflicts must change nothing."""
    kind, name, *what = action
    ledger, other = ledgers[name], ledgers["b" if name == "a" else "a"]
    before = ledger.lines()
    try:
        if kind == "add":
            added = ledger.add(what[0], key=what[1])
            sent = {field: value for field, value in dict(what[0]).items() if field != "reported"}
            assert {field: getattr(added.line.entry, field) for field in sent} == sent
            if added.was_new:
                held.append(added.line.entry)
        elif kind == "log":
            ledger.import_entries(what[0])
            held += [entry for entry in what[0] if entry not in held]
        else:
            ledger.import_lines(plain(other))
    except Conflict:
        assert ledger.lines() == before


@examples(50)
@given(actions)
def test_a_ledger_made_from_an_export_is_the_same_one(steps: list[tuple[Any, ...]]) -> None:
    with desks("a", "b", "c") as ledgers:
        held: list[Entry] = []
        for step in steps:
            do(ledgers, held, step)
        for name in "ab":
            ledger = ledgers[name]
            export = "\n".join(write_line(line) for line in plain(ledger)).encode()
            lines = read_lines(export, "export")
            assert list(lines) == plain(ledger)
            assert ledger.verify().faults == ()
            assert all(line.entry in held for line in lines)
            if name == "a":
                assert ledgers["c"].import_lines(lines) == len(lines)
                assert ledgers["c"].lines() == ledger.lines()
                assert ledgers["c"].verify(expect=ledger.heads()).faults == ()
        gathered = [line.entry for name in "ab" for line in plain(ledgers[name])]
        assert all(entry in gathered for entry in held)


@examples(120)
@given(st.lists(drafts, min_size=1, max_size=2), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
@example([EntryDraft(kind="note", what="7 arrests", source={"by": "P"}, certainty="claimed", number=7.5)], 0.5, 1)
def test_no_flipped_byte_of_an_export_passes(said_so: list[EntryDraft], part: float, flip: int) -> None:
    with desks("a", "c") as ledgers:
        for one in said_so:
            ledgers["a"].add(one, key=None)
        lines = tuple(plain(ledgers["a"]))
        export = bytearray("\n".join(write_line(line) for line in lines).encode())
        export[int(part * len(export))] ^= flip
        try:
            read = read_lines(bytes(export), "export")
            ledgers["c"].import_lines(read)
        except (BadInput, Conflict):
            assert ledgers["c"].last_position() == 0
        else:
            assert read == lines, "only what lies between the lines may change, such as an empty line"


def test_every_bit_of_a_line_counts() -> None:
    with desks("a", "c") as ledgers:
        ledgers["a"].add(
            EntryDraft.model_validate(
                {"kind": "count", "what": "8 arrests", "source": {"by": "P"}, "certainty": "claimed", "number": 8.25}
            ),
            key="k",
        )
        (line,) = plain(ledgers["a"])
        text = write_line(line).encode()
        assert json.loads(text)["entry"]["number"] == 8.25
        for place in range(len(text)):
            for bit in range(8):
                flipped = bytearray(text)
                flipped[place] ^= 1 << bit
                try:
                    ledgers["c"].import_lines(read_lines(bytes(flipped), "export"))
                except (BadInput, Conflict):
                    continue
                pytest.fail(f"byte {place} of {flipped!r} passed")
        assert ledgers["c"].import_lines([line]) == 1
