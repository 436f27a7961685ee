"""An entry as a JSON Schema, so that other programs can write a log without Ringfence."""

from __future__ import annotations

from typing import Any

from ringfence.model.entries import Entry

VERSION = 1
"""Of the shape of an entry: raised where a document that was an entry would be none any more."""

_PLAIN = r"^[^\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*$"
"""Neither control characters but line ends and tabs, nor what turns the direction of a line."""

_SAYS = f"""One line of a log, version {VERSION}: what, where, when it was so, reported and recorded, who says so, how \
certain, and what it changes. Not said here, and refused all the same: names that lead nowhere, effects half stated, \
entries that follow or take each other back in a circle, erasures (they come from erasing alone), ends before starts, \
unequal ends of what is exact or about, texts of blanks, times without a zone, before 1900 or after 2200, and more \
than 65536 characters in all."""

_MOMENT = {"type": "string", "format": "date-time"}
_NONE = {"type": "null"}


def entry_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a line of a plain log."""
    document = Entry.model_json_schema(by_alias=True)
    definitions = document.pop("$defs")
    span = definitions["Span"]
    span["allOf"] = [
        _ends(["exact", "about", "between", "day"], start=True, end=True),
        _ends(["after"], start=True, end=False),
        _ends(["before"], start=False, end=True),
        _ends(["unknown"], start=False, end=False),
    ]
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:ringfence:entry:{VERSION}",
        **document,
        "title": "Entry",
        "description": _SAYS,
        "$defs": definitions,
    }
    _mark_texts(whole)
    return whole


def _ends(precisions: list[str], *, start: bool, end: bool) -> dict[str, Any]:
    """Which ends a span states, by how exactly it is stated."""
    stated = [name for name, there in (("from", start), ("to", end)) if there]
    return {
        "if": {"properties": {"precision": {"enum": precisions}}},
        "then": {
            "properties": {name: _MOMENT if name in stated else _NONE for name in ("from", "to")},
            "required": stated,
        },
    }


def _mark_texts(schema: Any) -> None:
    """Say of every text what the model checks in code: also of the names of a breakdown's parts."""
    if isinstance(schema, dict):
        if schema.get("maxLength") == 4000 and "minLength" in schema:
            schema["pattern"] = _PLAIN
        for part in schema.values():
            _mark_texts(part)
    elif isinstance(schema, list):
        for part in schema:
            _mark_texts(part)
