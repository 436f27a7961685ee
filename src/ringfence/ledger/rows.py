"""Lines as rows of a store: read, and made."""

from __future__ import annotations

import hashlib
import json

from ringfence.base.errors import BadInput, Fault
from ringfence.ledger.lines import ENTRY_LENGTH_MAX, LedgerLine, canonical
from ringfence.ledger.store import Damaged, Row, StoredText
from ringfence.model.record import AS_STORED

_COMMITMENT_LENGTH = len('{"sha256":""}') + 64
_ESCAPED_LENGTH = len("\\u0000")


def line_of(row: Row) -> LedgerLine:
    """The line in a row.

    Raises
    ------
    Damaged
        If it doesn't read as a line.
    """
    texts = {
        text.field: {"salt": text.salt, "text": text.text} if text.state == "kept" else None
        for text in row.texts
        if text.state != "withheld"
    }
    try:
        return LedgerLine.model_validate(
            {
                "desk": row.desk,
                "seq": row.seq,
                "stored_at": row.stored_at,
                "key": row.key,
                "prev": row.prev,
                "hash": row.hash,
                "entry": json.loads(row.entry),
                "texts": texts,
            },
            context=AS_STORED,
        )
    except (ValueError, TypeError, RecursionError) as error:  # a damaged file may have nothing where text must stand
        message = f"position {row.position} holds no line ({type(error).__name__})"
        raise Damaged(message) from error


def row_of(line: LedgerLine, position: int, arrival_before: str, texts: tuple[StoredText, ...]) -> Row:
    """The row of a line that arrives at `position`. BadInput if its entry is too long."""
    written = canonical(line.written)
    kept = [text.text for text in line.texts.values() if text is not None]
    length = len(written) + sum(_ESCAPED_LENGTH * len(text) for text in kept)  # at most; spares writing most texts out
    if length > ENTRY_LENGTH_MAX:
        length = len(written) + sum(len(canonical(text)) - _COMMITMENT_LENGTH for text in kept)
    if length > ENTRY_LENGTH_MAX:
        where, expected = f"entry {line.entry.id}", f"at most {ENTRY_LENGTH_MAX} characters"
        raise BadInput([Fault("entry-too-long", where, expected, str(length), "Shorten it.")])
    return Row(
        position,
        line.desk,
        line.seq,
        line.stamp,
        line.key,
        line.prev,
        line.hash,
        written,
        line.entry.id,
        erased_entry(line),
        arrival_of(arrival_before, line.hash),
        texts,
    )


def erased_entry(line: LedgerLine) -> str | None:
    """The id of the entry out of which the line takes texts, if it is an erasure."""
    entry = line.entry
    return entry.relates_to[0] if entry.kind == "erasure" and len(entry.relates_to) == 1 else None


def arrival_of(before: str, hash_: str) -> str:
    """What ties a line to the one that arrived before it, of whichever desk."""
    return hashlib.sha256(f"{before}{hash_}".encode()).hexdigest()
