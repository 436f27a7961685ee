"""One line of the ledger: what it holds, and what is hashed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Self

import rfc8785
from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidatorFunctionWrapHandler,
    field_serializer,
    field_validator,
    model_validator,
)

from ringfence.base.errors import OurFault
from ringfence.base.tables import ID_PATTERN
from ringfence.model.entries import Entry, EntryDraft
from ringfence.model.record import Moment, Record
from ringfence.model.spans import Span

ENTRY_LENGTH_MAX = 64 * 1024
"""Characters of an entry in canonical JSON. Nothing longer is taken, so that whatever is held can be read back."""
KEY_PATTERN = r"^[ -~]{1,200}$"
"""What an idempotency key looks like: 1 to 200 printable ASCII characters."""

DESK_LENGTH_MAX = 60
"""Characters of a desk's id: short enough for the ids of its entries, ``<desk>-<seq>``."""

DeskName = Annotated[str, Field(pattern=ID_PATTERN, max_length=DESK_LENGTH_MAX)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Seq = Annotated[int, Field(ge=1, le=2**53 - 1, strict=True)]


class LedgerLine(Record):
    """One line of one desk's chain, as stored and as exported.

    The entry is kept as it was written, and dumped and hashed as it was written: fields and defaults that a later
    version adds to `Entry` change neither.

    Attributes
    ----------
    desk : str
        The desk whose chain it is.
    seq : int
        1, 2, 3 ... within the desk, without gaps. Order is by `seq`, never by time.
    stored_at : datetime
        When this desk's clock took it, in UTC. It is what the clock said, also where the clock ran backwards.
    key : str or None
        The idempotency key it was sent with.
    prev : str
        `hash` of the desk's line before; of the first line, `genesis`.
    hash : str
        SHA-256 over the canonical JSON (RFC 8785) of everything else in the line.
    entry : Entry
    """

    desk: DeskName
    seq: Seq
    stored_at: Moment
    key: Annotated[str, Field(pattern=KEY_PATTERN)] | None
    prev: Sha256
    hash: Sha256
    entry: Entry

    _written: dict[str, Any] = PrivateAttr()

    @model_validator(mode="wrap")
    @classmethod
    def _keep_as_written(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        line = handler(data)
        given = data.get("entry") if isinstance(data, dict) else None
        try:
            # A copy, so that a frozen line doesn't change with the caller's dictionary.
            line._written = json.loads(json.dumps(given)) if isinstance(given, dict) else _dumped(line.entry)
        except (TypeError, ValueError):  # Python objects, such as times: this entry was never written as JSON
            line._written = _dumped(line.entry)
        return line

    @field_serializer("entry")
    def _entry_as_written(self, _entry: Entry) -> dict[str, Any]:
        return self._written

    @field_validator("stored_at", mode="wrap")
    @classmethod
    def _refuse_other_forms(cls, given: Any, handler: ValidatorFunctionWrapHandler) -> datetime:
        moment: datetime = handler(given)
        if isinstance(given, str) and given != _stamp(moment):
            # What is hashed is written in one way only, so that nothing written otherwise passes for it.
            message = f"a time written as {_stamp(moment)} is expected"
            raise ValueError(message)
        return moment

    @field_serializer("stored_at", when_used="json")
    def _in_one_form(self, moment: datetime) -> str:
        return _stamp(moment)

    @property
    def is_unchanged(self) -> bool:
        """Whether `hash` is the hash of the rest, and `entry` reads as what was hashed."""
        document = self.model_dump(mode="json")
        return self.hash == _hash_of(document) and Entry.model_validate(self._written) == self.entry


def canonical(document: Any) -> str:
    """Canonical JSON (RFC 8785): the same document has the same text on every machine."""
    return rfc8785.dumps(document).decode("utf-8")


def genesis(operation: str, desk: str) -> str:
    """What the first line of a desk's chain points back to; no two operations or desks share it."""
    return _sha256({"operation": operation, "desk": desk})


def seal(*, desk: str, seq: int, stored_at: datetime, key: str | None, prev: str, entry: Entry) -> LedgerLine:
    """The line that holds `entry`, with its hash."""
    line = LedgerLine(desk=desk, seq=seq, stored_at=stored_at, key=key, prev=prev, hash="0" * 64, entry=entry)
    document = line.model_dump(mode="json")
    sealed = LedgerLine.model_validate(document | {"hash": _hash_of(document)})
    if sealed.entry != entry:
        # Such as a zone whose offset has seconds: JSON can't say it, and a ledger must not store another time.
        message = f"entry {entry.id} does not survive being written as JSON"
        raise OurFault(message)
    return sealed


def entry_of(draft: EntryDraft, entry_id: str, now: datetime) -> Entry:
    """The entry that `draft` becomes when a desk takes it at `now`."""
    exactly_now = Span(precision="exact", from_=now, to=now)
    told = dict(draft) | {"id": entry_id, "reported": draft.reported or exactly_now, "recorded": exactly_now}
    return Entry(**told)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _dumped(entry: Entry) -> dict[str, Any]:
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _hash_of(document: Mapping[str, Any]) -> str:
    return _sha256({name: value for name, value in document.items() if name != "hash"})


def _sha256(document: Any) -> str:
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()
