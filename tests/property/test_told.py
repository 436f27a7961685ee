"""Counts, rival claims and wordings from the index of a log against those of the whole log: the same, to the byte."""

from __future__ import annotations

import os
import sys
from random import Random
from types import FrameType
from typing import Any

import pytest
from benchmarks.logs import drawn_entries
from pydantic import TypeAdapter

from ringfence.model.entries import Entry
from ringfence.picture import (
    BarrierWordings,
    Chronicle,
    Count,
    Rivals,
    clusters,
    counts,
    index,
    rivals,
    tallies,
    wordings,
    zones,
)
from tests.property.test_chronicle import asked, drawn_log, exactly, moment, span

LOGS = 150 if os.environ.get("RINGFENCE_LONG") else 50
"""Drawn for each of the limits; `make long` takes three times as many."""
TOLD: tuple[tuple[Any, Any, TypeAdapter[Any]], ...] = (
    (counts, Chronicle.counts, TypeAdapter(tuple[Count, ...])),
    (rivals, Chronicle.rivals, TypeAdapter(tuple[Rivals, ...])),
    (wordings, Chronicle.wordings, TypeAdapter(tuple[BarrierWordings, ...])),
)


def told_log(rng: Random, length: int, **often: Any) -> list[Entry]:
    """A log in which most entries count something, some of the same; a few are at moments that contradict others."""
    log = drawn_log(rng, length, **often)
    counted, known_to = rng.choice([0.3, 0.9]), rng.choice([0.0, 0.5])
    units, places = rng.choice([["people"], ["people", "People ", "arrests"]]), [None, "square", "[erased]"]
    found = []
    for number, entry in enumerate(log):
        said: dict[str, Any] = entry.model_dump(by_alias=True, mode="json")
        said["source"] = {"by": rng.choice(["x", "y", "[withheld]"] if rng.random() < 0.3 else ["x"])}
        if said["barriers"]:
            said["place"] = rng.choice([None, "corner"])
        if rng.random() < counted:
            said |= {"unit": rng.choice(units), "number": rng.choice([None, 1, 2.0, number, number])}
            said["place"] = rng.choice(places) if rng.random() < 0.2 else None
            said["basis"] = rng.choice(["total", "Total", None]) if rng.random() < 0.2 else "total"
            if rng.random() < 0.2:
                said["breakdown"] = {"a": number, "b": 1}
            said["kind"] = said["kind"] if said["kind"] != "note" else "count"
        if rng.random() < known_to:
            said |= {"so": exactly(number * 5), "reported": span(rng, number * 5)}
        elif rng.random() < 0.3:
            said["reported"] = {"precision": "unknown"}
        found.append(Entry.model_validate(said))
    return found


def same(chronicle: Chronicle, log: list[Entry], rng: Random, why: object) -> None:
    at, known_at = asked(rng, len(log))
    for whole, indexed, adapter in TOLD:
        expected, found = whole(log, at=at, known_at=known_at), indexed(chronicle, at=at, known_at=known_at)
        assert found == expected, (why, whole.__name__, at, known_at)
        assert adapter.dump_json(found) == adapter.dump_json(expected)


@pytest.mark.parametrize("limits", [(0, 1, 64), (0, 8, 4), (3, 2, 64), (16, 8, 64)])
def test_what_the_index_tells_is_what_the_whole_log_tells(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int, int]
) -> None:
    for name, limit in zip(("FEW", "FRONT", "MEMBERS_MAX"), limits, strict=True):
        monkeypatch.setattr(tallies, name, limit)
    for seed in range(LOGS):
        rng = Random(f"told {limits} {seed}")
        log = told_log(rng, rng.choice([1, 5, 20, 60, 120]))
        chronicle = Chronicle(log)
        for _ in range(4):
            same(chronicle, log, rng, seed)


def test_an_index_that_grew_tells_what_the_longer_log_tells_and_the_one_before_what_the_shorter_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tallies, "FEW", 1)
    for seed in range(LOGS // 2):
        rng = Random(f"grown {seed}")
        monkeypatch.setattr(tallies, "MEMBERS_MAX", rng.choice([3, 64]))
        log = told_log(rng, 50)
        chronicles = [Chronicle(log[:10])]
        while (done := chronicles[-1]._count) < len(log):
            same(chronicles[-1], log[:done], rng, seed)
            chronicles.append(chronicles[-1].grown(log[: done + rng.choice([1, 1, 9])]))
        for chronicle in rng.sample(chronicles, 5):
            same(chronicle, log[: chronicle._count], rng, seed)


def test_whoever_asks_while_another_thread_adds_entries_is_told_of_the_log_before_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Asked at lines drawn by chance of all that the writer runs."""
    monkeypatch.setattr(tallies, "FEW", 1)
    files = {module.__file__ for module in (tallies, index, clusters, zones)}
    looks = 0
    for seed in range(LOGS // 10):
        rng = Random(f"meanwhile {seed}")
        monkeypatch.setattr(tallies, "MEMBERS_MAX", rng.choice([4, 64]))
        log = told_log(rng, 40, tied=(0.2,), about=(0.6,))
        chronicle = Chronicle(log[:25])

        longer = chronicle

        def at_each_line(
            frame: FrameType, _event: str, _arg: object, asks: Any = (chronicle, log[:25], rng, seed)
        ) -> Any:
            nonlocal looks
            if frame.f_code.co_filename not in files:
                return None
            if asks[2].random() < 0.02:
                sys.settrace(None)
                same(*asks)
                looks += 1
                sys.settrace(at_each_line)
            return at_each_line

        for count in range(26, len(log) + 1, 2):
            sys.settrace(at_each_line)
            longer = longer.grown(log[:count])
            sys.settrace(None)
        same(longer, log[: longer._count], rng, seed)
    assert looks > LOGS // 2


def test_of_a_long_log_most_figures_are_only_named(monkeypatch: pytest.MonkeyPatch) -> None:
    log = list(drawn_entries(3_000))
    chronicle, handed = Chronicle(log), []
    picked = tallies._picked

    def watched(held: Any, at: int, apart: Any) -> Any:
        figures, rest = picked(held, at, apart)
        handed.append((len(figures), sum(len(one.numbers) for one in rest)))
        return figures, rest

    monkeypatch.setattr(tallies, "_picked", watched)
    for step in range(100, 3_000, 300):
        at = log[step].recorded.latest
        for known_at in (at, None):
            assert chronicle.counts(at=at, known_at=known_at) == counts(log, at=at, known_at=known_at)
    assert sum(figures for figures, _ in handed) < sum(rest for _, rest in handed)


def test_where_figures_contradict_each_other_all_of_them_may_be_the_newest() -> None:
    """One of the latest moment, one that may be of any moment and was reported later, and one reported after that."""
    said = {"kind": "count", "what": "-", "source": {"by": "x"}, "certainty": "observed", "unit": "people"}
    so: list[dict[str, Any]] = [exactly(number) for number in range(40)]
    so += [exactly(60), {"precision": "unknown"}, exactly(50)]
    reported = [*range(40), 70, 80, 90]
    for numbers in ([1] * 43, [1] * 42 + [2], range(43)):
        log = [
            Entry.model_validate(
                {**said, "id": f"e{one}", "number": number, "so": so[one]}
                | {"reported": exactly(reported[one]), "recorded": exactly(reported[one])}
            )
            for one, number in enumerate(numbers)
        ]
        at = moment(100)
        found = Chronicle(log).counts(at=at)
        assert found == counts(log, at=at)
        assert found[0].bases[0].newest_certain == (set(numbers) == {1})
        assert found[0].bases[0].others == ()
