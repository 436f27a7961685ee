"""A copy of a whole ledger while others write to it: always a SQLite file, whichever store it comes from."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.errors import BadInput
from ringfence.ledger.audit import audit
from ringfence.ledger.chain import Head
from ringfence.ledger.growth import Growth
from ringfence.ledger.rows import line_of
from ringfence.ledger.sqlite_file import create_file, plain_errors
from ringfence.ledger.sqlite_store import SqliteStore
from ringfence.ledger.store import Store
from ringfence.ledger.texts import fresh_salt


@dataclass(frozen=True, slots=True)
class Backup:
    """What a copy holds.

    Attributes
    ----------
    operation, desk : str
        Whose log it is, and which desk's chain would grow in it.
    position : int
        Of its last line; positions are those of the ledger itself.
    heads : Mapping of str to (int, str)
        Each desk's last line in it: its number and hash.
    """

    operation: str
    desk: str
    position: int
    heads: Mapping[str, Head]


def back_up(store: Store, path: Path) -> Backup:
    """Write all that a store holds at one moment to a new file at `path`, and look at every line of it there.

    Raises
    ------
    BadInput
        With everything that does not hold in the copy; or because one of the two can't be read or written.
    """
    if isinstance(store, SqliteStore):
        _copy_pages(store, path)
    else:
        _copy_lines(store, path)
    with closing(SqliteStore(path)) as copy:
        found = audit(copy, {})
        if found.faults:
            raise BadInput(found.faults)
        with copy.reading():
            position, _ = copy.last()
    return Backup(store.operation, store.desk, position, found.heads)


def _copy_pages(store: SqliteStore, path: Path) -> None:
    with store.connection() as db, plain_errors(path, "cannot-write"), closing(sqlite3.connect(path)) as copy:
        db.backup(copy)  # in one step: in WAL mode, whoever writes meanwhile is neither held up nor half seen
        copy.execute("PRAGMA journal_mode = WAL")  # a copy of a copy in memory would lack it


def _copy_lines(store: Store, path: Path) -> None:
    with store.reading():
        lines = [line_of(row) for row in store.rows(0, None)]
    create_file(path, store.operation, store.desk)
    with closing(SqliteStore(path)) as copy, copy.writing():
        Growth(copy, fresh_salt).add_lines(lines)
