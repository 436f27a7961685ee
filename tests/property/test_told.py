"""Counts, rival claims and wordings from the index of a log against those of the whole log: the same, to the byte."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from pydantic import TypeAdapter

from ringfence.model.entries import Entry
from ringfence.picture import BarrierWordings, Chronicle, Count, Rivals, counts, rivals, tallies, wordings
from tests.property.test_chronicle import asked, drawn_log, exactly, span

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
    for seed in range(150):
        rng = Random(f"told {limits} {seed}")
        log = told_log(rng, rng.choice([1, 5, 20, 60, 120]))
        chronicle = Chronicle(log)
        for _ in range(4):
            same(chronicle, log, rng, seed)
