"""Taking texts out of the log, as the law may demand: what goes, and what is out of reach."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ringfence.base.errors import Fault, refuse_if
from ringfence.desk.views import LogItem
from ringfence.model.entries import ERASED, Entry, TextField
from ringfence.model.record import Record, Text
from ringfence.operation import read_log, validate

if TYPE_CHECKING:
    from ringfence.desk.live import LiveDesk

_FIELD = r"^(what|why|place|source\.by|source\.via|ref(\.[0-9]{1,2})?)$"
FieldName = Annotated[str, Field(pattern=_FIELD)]
"""A free text of an entry; ``ref`` means each of its references."""


class ErasureQuestion(Record):
    """Which texts of an entry are to go, by which role, and under which power. `power` stays readable for good."""

    fields: Annotated[tuple[FieldName, ...], Field(min_length=1, max_length=60)]
    by: Annotated[Text, Field(description="the role or office that erases")]
    power: Annotated[Text, Field(description="what allows it, such as a section of an act")]
    why: Text | None = None
    via: Text | None = None


class Erased(Record):
    """What was erased from an entry, by which entry of the log, and which copies no erasure reaches."""

    entry: str
    gone: tuple[TextField, ...]
    erasure: LogItem
    out_of_reach: tuple[str, ...]


ELSEWHERE = (
    "exports and disclosures that were handed on",
    "backups, and other copies of the ledger's file, until the erasure's line is imported there",
    "prints, screens, and whoever has read it",
)
"""Copies that nothing here can find."""


def erasure_question(fields: Sequence[str], **told: object) -> ErasureQuestion:
    """The question from what somebody typed.

    Raises
    ------
    BadInput
        With everything that doesn't fit.
    """
    expected, do = "what, why, place, source.by, source.via, ref or ref.0", "Name the text as the log does."
    faults = [
        Fault("no-such-text", "--field", expected, repr(field), do)
        for field in fields
        if not re.fullmatch(_FIELD, field)
    ]
    refuse_if(faults)
    question = validate({"fields": fields, **told}, "erasure", ErasureQuestion, faults)
    refuse_if(faults)
    assert question is not None
    return question


def erase(live: LiveDesk, entry_id: str, asked: ErasureQuestion) -> tuple[Erased, bool]:
    """Erase texts of an entry, and whether anything was left to erase (False: the erasure is an earlier one).

    When this returns, no answer, event or replay of `live` holds them any more.

    Raises
    ------
    BadInput
        ``no-such-entry``, ``no-such-text``, ``erasure-stays``; ``read-only`` where nothing can be written;
        ``erasure-unsettled`` if it is stored, but the file could not be rid of the bytes: erase again.
    """
    item, was_new = live.erase(entry_id, asked.fields, by=asked.by, power=asked.power, why=asked.why, via=asked.via)
    found = live.find_item(entry_id)
    gone = item.entry.erases if was_new or found is None else _meant(asked.fields, found.entry)
    copies = (*_in_log_file(live, entry_id, gone), *ELSEWHERE)
    return Erased(entry=entry_id, gone=gone, erasure=item, out_of_reach=copies), was_new


def _meant(fields: Sequence[str], entry: Entry) -> tuple[str, ...]:
    references = [f"ref.{number}" for number in range(len(entry.ref))]
    return tuple(dict.fromkeys(one for field in fields for one in (references if field == "ref" else [field])))


def _in_log_file(live: LiveDesk, entry_id: str, gone: Sequence[str]) -> list[str]:
    """The folder's own log file, if it still has one of the texts: only a person can take it out there."""
    name = live.desk.operation.file.inputs.log
    try:
        data = (Path(live.folder) / name).read_bytes()
    except OSError:
        return []
    for entry in read_log(data, name, []):
        said = {"what": entry.what, "why": entry.why, "place": entry.place}
        said |= {"source.by": entry.source.by, "source.via": entry.source.via}
        said |= {f"ref.{number}": text for number, text in enumerate(entry.ref)}
        if entry.id == entry_id and any(said.get(field) not in {None, ERASED} for field in gone):
            return [f"{name} in the operation's folder: write [erased] in their place there; the folder still opens"]
    return []


def erased_in_words(told: Erased, *, was_new: bool) -> str:
    """What a person is told after an erasure."""
    head = f"Erased from {told.entry}" if was_new else f"Was erased before from {told.entry}"
    says = f"{told.erasure.entry.id}, line {told.erasure.position} of the ledger, says so"
    copies = [f"  - {one}" for one in told.out_of_reach]
    return "\n".join([f"{head}: {', '.join(told.gone)}. {says}.", "Out of reach:", *copies])
