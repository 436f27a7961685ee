"""The schema of an entry, version 1: it takes what the model takes, and refuses what it can say is no entry."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from ringfence.model.entries import Entry
from ringfence.model.entry_schema import entry_schema
from tests.command_line import ringfence
from tests.conftest import EXAMPLE, ROOT
from tests.property.test_ledger_property import entries

VALIDATOR = jsonschema_rs.validator_for(entry_schema(), validate_formats=True)
NOON = "2022-02-21T12:00:00+13:00"


def entry(**changes: Any) -> dict[str, Any]:
    exact = {"precision": "exact", "from": NOON, "to": NOON}
    told = {"kind": "note", "what": "A note.", "source": {"by": "gate 6"}, "certainty": "observed"}
    return {"id": "E1", **told, "so": exact, "reported": exact, "recorded": exact, **changes}


def without(name: str) -> dict[str, Any]:
    return {field: value for field, value in entry().items() if field != name}


def is_entry(document: Any) -> bool:
    try:
        Entry.model_validate_json(json.dumps(document))
    except ValidationError:
        return False
    return True


def test_the_schema_in_docs_is_the_one_that_the_command_prints() -> None:
    stored = (ROOT / "docs" / "entry.schema.json").read_text(encoding="utf-8")
    done = ringfence("log", "schema")
    assert done.returncode == 0
    assert done.stdout == stored, "run: ringfence log schema > docs/entry.schema.json"
    document = json.loads(stored)
    assert jsonschema_rs.meta.is_valid(document)
    assert document["$id"] == "urn:ringfence:entry:1"


def test_every_entry_of_the_example_is_one() -> None:
    lines = (EXAMPLE / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 156
    for line in lines:
        assert [error.message for error in VALIDATOR.iter_errors(json.loads(line))] == []


@settings(max_examples=200, deadline=None)
@given(one=entries)
def test_every_entry_that_can_be_is_one_however_it_is_written(one: Entry) -> None:
    for short in (True, False):
        document = one.model_dump(mode="json", by_alias=True, exclude_defaults=short)
        assert [error.message for error in VALIDATOR.iter_errors(document)] == []


@pytest.mark.parametrize(
    "document",
    [
        *(without(name) for name in ("id", "kind", "what", "source", "certainty", "so", "reported", "recorded")),
        entry(extra=1),
        entry(kind="rumour"),
        entry(certainty="sure"),
        entry(id="two words"),
        entry(what=""),
        entry(what="x" * 4001),
        entry(what="bell \u0007"),
        entry(what="turned \u202e round"),
        entry(source={"by": "turned \u2066 round"}),
        entry(source={"via": "radio"}),
        entry(ref=["x"] * 51),
        entry(barriers=["x"] * 201),
        entry(state="gone"),
        entry(number=1e16),
        entry(breakdown={"": 1}),
        entry(breakdown={"men\u0000": 1}),
        entry(so={"precision": "exact", "from": NOON}),
        entry(so={"precision": "after", "to": NOON}),
        entry(so={"precision": "before", "from": NOON, "to": NOON}),
        entry(so={"precision": "unknown", "from": NOON}),
        entry(so={"precision": "exact", "from": "noon", "to": "noon"}),
        entry(so={"precision": "soon"}),
        [],
        None,
    ],
    ids=lambda document: json.dumps(document)[-60:],
)
def test_what_is_no_entry_is_refused_by_both(document: Any) -> None:
    assert not is_entry(document)
    assert not VALIDATOR.is_valid(document)


def test_the_entry_that_the_bad_ones_are_made_of_is_good() -> None:
    assert is_entry(entry())
    assert VALIDATOR.is_valid(entry())
    assert VALIDATOR.is_valid(entry(what="two\nlines\tand \u0645\u0631\u062d\u0628\u0627", why=None))
