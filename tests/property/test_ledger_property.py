"""Whatever desks say, import and exchange, a ledger made from an export is the same one; and no flipped byte passes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ringfence.base.errors import BadInput, Conflict
from ringfence.ledger import Ledger, LedgerLine, read_lines, write_line
from ringfence.ledger.lines import canonical
from ringfence.model.entries import Entry, EntryDraft
from ringfence.model.record import is_blank
from ringfence.model.spans import Span
from tests.crash.server import Server

TIMES = 10 if os.environ.get("RINGFENCE_LONG") else 1
"""How many times as many examples `make long` draws."""
BARRIERS = ("north", "south", "gate")
START = datetime(2022, 2, 21, tzinfo=UTC)
UNKNOWN = Span(precision="unknown")

words = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30).filter(
    lambda text: (
        not is_blank(text)
        and not any("\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069" for letter in text)
    )
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


near = st.integers(0, 48).map(lambda hours: START + timedelta(hours=hours))
near_spans = (
    st.just(UNKNOWN)
    | near.map(lambda moment: Span(precision="exact", from_=moment, to=moment))
    | near.map(lambda moment: Span(precision="between", from_=moment, to=moment + timedelta(hours=5)))
)


def changed(record: type[Any], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What changes a picture, as `record`: the state of a barrier, or the staff of a gate, within two days."""
    what: dict[str, Any] = {
        "what": words,
        "place": st.none() | words,
        "source": st.fixed_dictionaries({"by": words}),
        "certainty": st.sampled_from(["confirmed", "observed", "claimed"]),
        "so": near_spans,
        **more,
    }
    names = st.sampled_from(BARRIERS).map(lambda name: (name,))
    states = st.sampled_from(["installed", "moved", "removed", "reinstalled", "unstaffed"])
    of_barrier = st.builds(record, kind=st.just("barrier"), barriers=names, state=states, **what)
    return of_barrier | st.builds(record, kind=st.just("staffing"), gates=names, staffed=st.booleans(), **what)


changes: st.SearchStrategy[EntryDraft] = changed(EntryDraft, reported=st.none() | spans)
drafts: st.SearchStrategy[EntryDraft] = said(EntryDraft, reported=st.none() | spans) | changes
entries: st.SearchStrategy[Entry] = said(Entry, id=ids, reported=spans, recorded=spans) | changed(
    Entry, id=ids, reported=spans, recorded=near_spans
)

actions = st.lists(
    st.tuples(st.just("add"), st.sampled_from("ab"), drafts, keys)
    | st.tuples(st.just("log"), st.sampled_from("ab"), st.lists(entries, max_size=3))
    | st.tuples(st.just("exchange"), st.sampled_from("ab")),
    max_size=8,
)


def examples(number: int) -> settings:
    """Each example writes files, so that how long it takes says nothing."""
    return settings(max_examples=number * TIMES, suppress_health_check=[HealthCheck.too_slow], deadline=None)


Desks = Callable[..., AbstractContextManager[dict[str, Ledger]]]


class Clock:
    """Steps an odd while, now and then backwards."""

    def __init__(self) -> None:
        self.step = 0

    def __call__(self) -> datetime:
        self.step += 1
        odd = timedelta(seconds=self.step * (-1) ** self.step, microseconds=self.step * 1001)
        return START + odd


@contextmanager
def desks_in_files(*names: str) -> Iterator[dict[str, Ledger]]:
    """A ledger for each desk, each in a file."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        clock = Clock()
        ledgers = {}
        for name in names:
            ledger = Ledger.create(Path(folder) / f"{name}.db", operation="op", desk=name, clock=clock)
            ledgers[name] = stack.enter_context(closing(ledger))
        yield ledgers


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def desks(request: pytest.FixtureRequest) -> Desks:
    """Makes a ledger for each desk: in files, or in databases of a server that know nothing of each other."""
    if request.param == "sqlite":
        return desks_in_files
    server: Server = request.getfixturevalue("postgres")

    @contextmanager
    def desks_on_server(*names: str) -> Iterator[dict[str, Ledger]]:
        with ExitStack() as stack:
            stack.callback(server.clear)
            clock = Clock()
            ledgers = {}
            for name in names:
                ledger = Ledger.create(server.place(name), operation="op", desk=name, clock=clock)
                ledgers[name] = stack.enter_context(closing(ledger))
            yield ledgers

    return desks_on_server


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


@examples(10)
@given(steps=actions)
def test_a_ledger_made_from_an_export_is_the_same_one(desks: Desks, steps: list[tuple[Any, ...]]) -> None:
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


FIELDS = ("what", "place", "source.by", "source.via", "ref")

days = st.lists(
    st.tuples(st.just("add"), st.sampled_from("abc"), drafts)
    | st.tuples(st.just("exchange"), st.sampled_from(["ab", "ba", "bc", "ca"]), st.sets(st.sampled_from(FIELDS)))
    | st.tuples(st.just("erase"), st.sampled_from("abc"), st.integers(0, 9), st.sampled_from(FIELDS)),
    min_size=3,
    max_size=12,
)
"""What three desks say, hand each other (some of it with texts withheld) and erase."""


def live(ledgers: dict[str, Ledger], day: list[tuple[Any, ...]]) -> None:
    for kind, who, *what in day:
        if kind == "add":
            ledgers[who].add(what[0])
        elif kind == "exchange":
            ledgers[who[1]].import_lines([line.withholding(what[0]) for line in plain(ledgers[who[0]])])
        elif held := plain(ledgers[who]):
            line = held[what[0] % len(held)]
            has = line.written.keys() | {f"source.{name}" for name in line.written["source"]}
            if what[1] in has and line.entry.kind != "erasure":
                ledgers[who].erase(line.entry.id, [what[1]], by="Privacy officer", power="An act")


@examples(6)
@given(day=days)
def test_a_merge_is_commutative_associative_and_idempotent(desks: Desks, day: list[tuple[Any, ...]]) -> None:
    """Also of lines with texts withheld or erased: a text is held if anybody has it and nobody erased it."""
    with desks_in_files("a", "b", "c") as ledgers:
        live(ledgers, day)
        a, b, c = (plain(ledgers[name]) for name in "abc")
    with desks("ab", "ba", "bc", "ab-c", "a-bc") as merged:

        def merge(name: str, *parts: list[LedgerLine]) -> set[str]:
            for part in parts:
                merged[name].import_lines(part)
            before = merged[name].lines()
            assert [merged[name].import_lines(part) for part in parts] == [0] * len(parts)
            assert merged[name].lines() == before, "a merge repeated changes nothing"
            assert merged[name].verify().faults == ()
            return {write_line(line) for line in plain(merged[name])}

        assert merge("ab", a, b) == merge("ba", b, a)
        merge("bc", b, c)
        assert merge("ab-c", plain(merged["ab"]), c) == merge("a-bc", a, plain(merged["bc"]))
        hashes = {line.hash for part in (a, b, c) for line in part}
        assert {line.hash for line in plain(merged["ab-c"])} == hashes, "a merge is the union"


@examples(60)
@given(
    said_so=st.lists(drafts, min_size=1, max_size=2), part=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255)
)
@example(
    said_so=[EntryDraft(kind="note", what="7 arrests", source={"by": "P"}, certainty="claimed", number=7.5)],
    part=0.5,
    flip=1,
)
def test_no_flipped_byte_of_an_export_passes(said_so: list[EntryDraft], part: float, flip: int) -> None:
    with desks_in_files("a", "c") as ledgers:
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


names = st.text(st.characters(codec="utf-8"), max_size=5)
documents = st.recursive(
    st.none()
    | st.booleans()
    | names
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(names, parts, max_size=4),
    max_leaves=12,
)


@examples(200)
@given(document=documents)
@example(document={"\ufb33": 1, "\U0001f600": 2, '\x7f\u2028"\\/\b\x1f': '\x7f\u2028"\\/\b\x1f', "n": 1e21})
def test_canonical_json_is_that_of_the_standard(document: Any) -> None:
    assert canonical(document).encode() == rfc8785.dumps(document)


def test_every_bit_of_a_line_counts() -> None:
    with desks_in_files("a", "c") as ledgers:
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
