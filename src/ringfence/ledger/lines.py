"""One line of the ledger: what it holds, and what is hashed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
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
from ringfence.ledger.texts import Salts, Texts, blank, broken, commit, commitments, fill, named
from ringfence.model.entries import Entry, EntryDraft
from ringfence.model.record import AS_STORED, Moment, Record
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
    version adds to `Entry` change neither. Written, it has commitments where `entry` has texts (see `texts`).

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
        SHA-256 over the canonical JSON (RFC 8785) of the line without `hash` and `texts`, the entry as written.
    entry : Entry
        As people read it: ``[erased]`` or ``[withheld]`` where a text is not here.
    texts : dict of str to KeptText or None
        The free texts by field, each with its salt. None: it was erased. Not named: it was withheld.
    """

    desk: DeskName
    seq: Seq
    stored_at: Moment
    key: Annotated[str, Field(pattern=KEY_PATTERN)] | None
    prev: Sha256
    hash: Sha256
    entry: Entry
    texts: Texts

    _written: dict[str, Any] = PrivateAttr()
    _made_of: tuple[Entry, Texts] = PrivateAttr()

    @model_validator(mode="wrap")
    @classmethod
    def _keep_as_written(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        given = data.get("entry") if isinstance(data, dict) else None
        if not isinstance(given, dict):
            return handler(data)
        texts = data.get("texts")
        line = handler(data | {"entry": fill(given, texts if isinstance(texts, dict) else {})})
        found = commitments(given)
        for field in (*(name for name, hash_ in found.items() if hash_ is None), *(line.texts.keys() - found)):
            message = f"a commitment to {field} is expected in the entry"
            raise ValueError(message)
        # A copy, so that a frozen line doesn't change with the caller's dictionary.
        line._written = json.loads(json.dumps(given))
        line._made_of = line.entry, line.texts
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
        """Whether `hash` is the hash of what it is made over, and `entry` reads as what is written."""
        hashed = {"desk": self.desk, "seq": self.seq, "stored_at": self.stamp, "key": self.key, "prev": self.prev}
        entry, texts = self._made_of
        is_as_made = self.entry is entry and self.texts is texts  # else somebody copied it with other parts
        return self.hash == _sha256(hashed | {"entry": self._written}) and (
            is_as_made or self.entry == Entry.model_validate(fill(self._written, self.texts), context=AS_STORED)
        )

    @property
    def stamp(self) -> str:
        """`stored_at` as it is written and hashed."""
        return _stamp(self.stored_at)

    @property
    def changed_texts(self) -> list[str]:
        """Fields whose text, or salt, is not what the line commits to."""
        return broken(self._written, self.texts)

    @property
    def written(self) -> dict[str, Any]:
        """The entry as it is written and hashed, with commitments where texts stand."""
        return self._written

    @property
    def texts_committed(self) -> int:
        """How many texts it commits to, whether they are here or not."""
        return len(commitments(self._written))

    def says(self, entry: Entry) -> bool:
        """Whether it holds this entry, as far as can be told: what was erased or withheld is not compared."""
        if all(self.texts.get(field) for field in commitments(self._written)):
            return self.entry == entry
        return Entry.model_validate(blank(_dumped(entry), self.texts), context=AS_STORED) == self.entry

    def withholding(self, fields: Iterable[str]) -> Self:
        """The same line without some of its texts: its hash holds, and whoever reads it sees that they are withheld.

        Fields are ``what``, ``why``, ``place``, ``source.by``, ``source.via`` and ``ref`` (all of them) or ``ref.0``.
        """
        left_out = set(named(fields, self._written))
        document = self.model_dump(mode="json")
        document["texts"] = {field: kept for field, kept in document["texts"].items() if field not in left_out}
        return type(self).model_validate(document, context=AS_STORED)


def canonical(document: Any) -> str:
    """Canonical JSON (RFC 8785): the same document has the same text on every machine."""
    if _is_simple(document):
        # What Python writes is the same then, at a tenth of the time: the ways part at fractions and at the order of
        # names beyond ASCII.
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return rfc8785.dumps(document).decode("utf-8")


def _is_simple(value: Any) -> bool:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is dict:
        return all(type(name) is str and name.isascii() and _is_simple(part) for name, part in value.items())
    if kind is list:
        return all(map(_is_simple, value))
    return kind is int and -(2**53) < value < 2**53


def genesis(operation: str, desk: str) -> str:
    """What the first line of a desk's chain points back to; no two operations or desks share it."""
    return _sha256({"operation": operation, "desk": desk})


def seal(
    *, desk: str, seq: int, stored_at: datetime, key: str | None, prev: str, entry: Entry, salts: Salts
) -> LedgerLine:
    """The line that holds `entry`, with its hash, each text committed to with a salt of its own."""
    written, texts = commit(_dumped(entry), salts)
    document = {"desk": desk, "seq": seq, "stored_at": _stamp(stored_at), "key": key, "prev": prev, "entry": written}
    sealed = LedgerLine.model_validate(document | {"hash": _sha256(document), "texts": texts}, context=AS_STORED)
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


def _sha256(document: Any) -> str:
    return hashlib.sha256(canonical(document).encode()).hexdigest()
