"""Readers of the operation's own files: TOML records, site and portal tables, the log."""

from __future__ import annotations

import tomllib
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ringfence.base.errors import Fault
from ringfence.base.strict_json import parse_json
from ringfence.base.tables import decode_text, read_number, read_table
from ringfence.model.entries import Entry
from ringfence.model.operation import Portal, Site
from ringfence.model.record import EXPECTED, bound_told, field_in, more_told, told_once

ENTRY_BYTES_MAX = 64 * 1024

RecordT = TypeVar("RecordT", bound=BaseModel)


def read_toml(data: bytes | None, where: str, record: type[RecordT], faults: list[Fault]) -> RecordT | None:
    """A record from TOML bytes; every fault is added, None if there was any (or no data)."""
    if data is None:
        return None
    text = decode_text(data, where, faults)
    if text is None:
        return None
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        faults.append(Fault("bad-toml", where, "TOML", str(error)[:120], "Correct the line that it names."))
        return None
    return validate(document, where, record, faults)


def validate(document: Any, where: str, record: type[RecordT], faults: list[Fault]) -> RecordT | None:
    """A record from plain data; every fault is added with its field."""
    try:
        return record.model_validate(document)
    except ValidationError as error:
        faults += [_fault_of(problem, where) for problem in told_once(error.errors(include_url=False))]
        return None


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # an integer of thousands of digits
        return f"a huge {type(value).__name__}"


_EXPECTED = EXPECTED | {
    "missing": "this field",
    "extra_forbidden": "no field of this name",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_pattern_mismatch": "an id of letters, digits, dot, underscore and hyphen",
    "too_short": "at least one",
}
"""What the commonest faults mean, in plain words; the others come with a sentence of their own."""


def _fault_of(problem: Any, where: str) -> Fault:
    field = field_in(problem["loc"])
    message = problem["msg"][:1].lower() + problem["msg"][1:]
    told = message.removeprefix("value error, ").removeprefix("input should be ")
    expected = _EXPECTED.get(problem["type"]) or bound_told(problem) or told
    found, do = _shown(problem.get("input")), "Correct the field."
    if problem["type"] == "missing":
        found, do = "nothing", "Add it."
    elif more := more_told(problem):
        expected, found, do = more
    shown = found if len(found) <= 80 else found[:77] + "..."
    return Fault("bad-field", f"{where}, {field}" if field else where, expected, shown, do)


def read_log(data: bytes | None, where: str, faults: list[Fault]) -> tuple[Entry, ...]:
    """Entries of a JSON Lines log; every fault of every line is added."""
    if data is None:
        return ()
    text = decode_text(data, where, faults)
    if text is None:
        return ()
    entries = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{where} line {number}"
        if len(line) > ENTRY_BYTES_MAX:
            faults.append(
                Fault("entry-too-large", place, f"at most {ENTRY_BYTES_MAX} characters", str(len(line)), "Shorten it.")
            )
            continue
        try:
            document = parse_json(line)
        except (ValueError, RecursionError) as error:
            faults.append(Fault("bad-json", place, "one JSON object", str(error)[:100], "Correct the line."))
            continue
        entry = validate(document, place, Entry, faults)
        if entry is not None:
            entries.append(entry)
    return tuple(entries)


def read_sites(data: bytes | None, where: str, faults: list[Fault]) -> tuple[Site, ...]:
    """Sites of a TSV table."""
    if data is None:
        return ()
    sites = []
    for row in read_table(data, where, ("id", "name", "kind", "lon", "lat", "aliases", "evidence"), faults):
        document = {
            "id": row["id"],
            "name": row["name"],
            "kind": row["kind"],
            "lon": read_number(row, "lon", -180, 180, faults),
            "lat": read_number(row, "lat", -90, 90, faults),
            "aliases": [alias.strip() for alias in row["aliases"].split(";") if alias.strip()],
            "inferred": row["evidence"] != "surveyed",
        }
        site = validate(document, row.where, Site, faults)
        if site is not None:
            sites.append(site)
    return tuple(sites)


def read_portals(data: bytes | None, where: str, faults: list[Fault]) -> tuple[Portal, ...]:
    """Portals of a TSV table."""
    if data is None:
        return ()
    columns = ("id", "name", "junction", "stands_for", "extra_min", "extra_min_uncertainty")
    portals = []
    for row in read_table(data, where, columns, faults):
        portal = validate({column: row[column] for column in columns}, row.where, Portal, faults)
        if portal is not None:
            portals.append(portal)
    return tuple(portals)
