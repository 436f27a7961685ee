"""Entries as people send them, before the ledger has taken them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ringfence.base.errors import Fault, refuse_if
from ringfence.base.strict_json import parse_json
from ringfence.base.tables import decode_text
from ringfence.ledger import entry_of
from ringfence.model.entries import Entry, EntryDraft
from ringfence.operation import validate

DRAFT_BYTES_MAX = 256 * 1024


def read_draft(data: bytes, where: str) -> EntryDraft:
    """A draft from a JSON object.

    Raises
    ------
    BadInput
        With every fault of it.
    """
    faults: list[Fault] = []
    if len(data) > DRAFT_BYTES_MAX:
        faults.append(
            Fault(
                "entry-too-large",
                where,
                f"at most {DRAFT_BYTES_MAX} bytes",
                str(len(data)),
                "Keep it as a file, and name that under ref.",
            )
        )
    refuse_if(faults)
    text = decode_text(data, where, faults) or ""
    refuse_if(faults)
    try:
        document = parse_json(text)
    except (ValueError, RecursionError) as error:
        refuse_if([Fault("bad-json", where, "one JSON object", str(error)[:100], "Correct it.")])
    draft = validate(document, where, EntryDraft, faults)
    refuse_if(faults)
    assert draft is not None
    return draft


def as_entry(draft: EntryDraft, now: datetime, *, taken: Callable[[str], object]) -> Entry:
    """The draft as an entry, to hold it against the operation before it is stored; under an id that is not `taken`."""
    name = "draft"
    while taken(name):
        name += "-"
    return entry_of(draft, name, now)
