"""Lines as rows of the SQLite file: read, found, put."""

from __future__ import annotations

import hashlib
import json
import sqlite3

from ringfence.base.errors import BadInput, Fault
from ringfence.ledger.chain import Head
from ringfence.ledger.lines import ENTRY_LENGTH_MAX, LedgerLine, canonical

LINE_COLUMNS = "position, desk, seq, stored_at, key, prev, hash, entry"

Row = tuple[int, str, int, str, str | None, str, str, str]
"""A row's `LINE_COLUMNS`."""


def line_of(row: Row) -> LedgerLine:
    """The line in a row.

    Raises
    ------
    sqlite3.DatabaseError
        If it doesn't read as a line: the file is damaged, as it would be if SQLite couldn't read it.
    """
    position, *values, text = row
    try:
        fields = dict(zip(("desk", "seq", "stored_at", "key", "prev", "hash"), values, strict=True))
        return LedgerLine.model_validate(fields | {"entry": json.loads(text)})
    except (ValueError, RecursionError) as error:
        message = f"position {position} holds no line ({type(error).__name__})"
        raise sqlite3.DatabaseError(message) from error


def find_line(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> tuple[int, LedgerLine] | None:
    """The one line for which the SQL condition `where` holds, with its position, or None."""
    row: Row | None = db.execute(f"SELECT {LINE_COLUMNS} FROM lines WHERE {where}", values).fetchone()
    return None if row is None else (row[0], line_of(row))


def hash_at(db: sqlite3.Connection, desk: str, seq: int) -> str | None:
    """The hash of a desk's line, or None if there is no such line."""
    row = db.execute("SELECT hash FROM lines WHERE desk = ? AND seq = ?", (desk, seq)).fetchone()
    return None if row is None else str(row[0])


def heads_of(db: sqlite3.Connection) -> dict[str, Head]:
    """Each desk's last line: its number and hash."""
    # SQLite promises that a bare column beside MAX comes from the row that has the maximum.
    return {
        desk: (seq, hash_) for desk, seq, hash_ in db.execute("SELECT desk, MAX(seq), hash FROM lines GROUP BY desk")
    }


def put_line(db: sqlite3.Connection, line: LedgerLine, first_arrival: str) -> int:
    """Add `line` at the end of the file; the position it has there. BadInput if its entry is too long."""
    last = db.execute("SELECT position, arrival FROM lines ORDER BY position DESC LIMIT 1").fetchone()
    position, before = (0, first_arrival) if last is None else last
    document = line.model_dump(mode="json")
    text = canonical(document["entry"])
    if len(text) > ENTRY_LENGTH_MAX:
        where, expected = f"entry {line.entry.id}", f"at most {ENTRY_LENGTH_MAX} characters"
        raise BadInput([Fault("entry-too-long", where, expected, str(len(text)), "Shorten it.")])
    db.execute(
        f"INSERT INTO lines ({LINE_COLUMNS}, entry_id, arrival) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            position + 1,
            line.desk,
            line.seq,
            document["stored_at"],
            line.key,
            line.prev,
            line.hash,
            text,
            line.entry.id,
            arrival_of(before, line.hash),
        ),
    )
    return int(position) + 1


def arrival_of(before: str, hash_: str) -> str:
    """What ties a line to the one that arrived before it, of whichever desk."""
    return hashlib.sha256(f"{before}{hash_}".encode()).hexdigest()
