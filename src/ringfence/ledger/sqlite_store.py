"""The embedded store: one SQLite file for one operation, in which one desk's chain grows."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ringfence.base.errors import BadInput, Fault
from ringfence.ledger.chain import Head
from ringfence.ledger.lines import genesis
from ringfence.ledger.sqlite_file import Connect, open_file, plain_errors, signature, sync_log
from ringfence.ledger.store import Damaged, Row, StoredText, damaged, refuse_unless_rising, stray_text

_COLUMNS = "position, desk, seq, stored_at, key, prev, hash, entry, entry_id, erases, arrival"
_INTEGER_MAX = 2**63 - 1  # SQLite's
_AT_ONCE = 1_000


class SqliteStore:
    """See `Store`. Several of them, in several processes, may have the same file open.

    Tests hand in `connect` and `sync`, to put something between this and the disk.
    """

    def __init__(self, path: Path, connect: Connect | None = None, sync: Callable[[Path], None] = sync_log) -> None:
        self._path, self._is_lent, self._sync = path, connect is not None, sync
        self._db, self._is_snapshot, self.operation, self.desk = open_file(path, connect)
        self.where = str(path)
        self.first_arrival = genesis(self.operation, self.desk)
        self._to_scrub = False

    @property
    def is_writable(self) -> bool:
        if self._is_snapshot:
            return False
        return os.access(self._path, os.W_OK) and os.access(self._path.parent, os.W_OK)

    @property
    def is_snapshot(self) -> bool:
        return self._is_snapshot

    def close(self) -> None:
        self._db.close()

    def apart(self) -> SqliteStore | None:
        # A connection that was lent is the only one: what lies between it and the disk may know of no other.
        return None if self._is_snapshot or self._is_lent else SqliteStore(self._path)

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """The connection itself, outside any transaction."""
        with self._plain("cannot-read"):
            yield self._db

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._plain("cannot-read"):
            self._db.execute("BEGIN")
            try:
                yield
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._to_scrub = False
        with self._plain("cannot-write"):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
            if self._to_scrub:
                self._empty_the_log()

    def changes_by_others(self) -> object:
        if self._is_snapshot:
            return signature(self._path), signature(self._path.with_name(self._path.name + "-wal"))
        return self._db.execute("PRAGMA data_version").fetchone()

    def last(self) -> tuple[int, str]:
        found = self._db.execute("SELECT position, arrival FROM lines ORDER BY position DESC LIMIT 1").fetchone()
        return found or (0, self.first_arrival)

    def head(self, desk: str) -> Head | None:
        query = "SELECT seq, hash FROM lines WHERE desk = ? ORDER BY seq DESC LIMIT 1"
        found: Head | None = self._db.execute(query, (desk,)).fetchone()
        return found

    def heads(self) -> dict[str, Head]:
        # SQLite promises that a bare column beside MAX comes from the row that has the maximum.
        found = self._db.execute("SELECT desk, MAX(seq), hash FROM lines GROUP BY desk")
        return {desk: (seq, hash_) for desk, seq, hash_ in found}

    def find_seq(self, desk: str, seq: int) -> Row | None:
        return self._find("desk = ? AND seq = ?", desk, seq)

    def find_key(self, desk: str, key: str) -> Row | None:
        return self._find("desk = ? AND key = ?", desk, key)

    def find_entry(self, entry_id: str) -> Row | None:
        return self._find("entry_id = ?", entry_id)

    def withheld(self) -> frozenset[tuple[str, str]]:
        query = "SELECT entry_id, field FROM lines JOIN texts USING (position) WHERE state = 'withheld'"
        return frozenset((name, field) for name, field in self._db.execute(query))

    def erasures(self, entry_id: str) -> list[Row]:
        return self._rows("erases = ? ORDER BY position", entry_id)

    def rows(self, after: int, limit: int | None) -> Iterator[Row]:
        left = _INTEGER_MAX if limit is None else max(limit, 0)
        after = min(after, _INTEGER_MAX)
        while left:
            found = self._rows("position > ? ORDER BY position LIMIT ?", after, min(left, _AT_ONCE))
            if not found:
                return
            refuse_unless_rising(found, after)
            yield from found
            after, left = found[-1].position, left - len(found)

    def put(self, row: Row) -> None:
        self._db.execute(f"INSERT INTO lines ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row[:-1])
        if row.texts:
            places = ", ".join(["(?, ?, ?, ?, ?)"] * len(row.texts))
            values = [value for text in row.texts for value in (row.position, *text)]
            self._db.execute(f"INSERT INTO texts (position, field, state, salt, text) VALUES {places}", values)

    def settle_text(self, position: int, text: StoredText) -> None:
        query = "UPDATE texts SET state = ?, salt = ?, text = ? WHERE position = ? AND field = ?"
        self._db.execute(query, (*text[1:], position, text.field))

    def scrub(self) -> None:
        self._to_scrub = True

    def faults(self) -> Iterator[Fault]:
        for (message,) in self._db.execute("PRAGMA integrity_check(20)").fetchall():
            if message != "ok":
                yield damaged(self.where, message)
        query = "SELECT DISTINCT position FROM texts WHERE position NOT IN (SELECT position FROM lines)"
        for (position,) in self._db.execute(query).fetchall():
            yield stray_text(position)

    def _find(self, where: str, *values: object) -> Row | None:
        found = self._rows(where, *values)
        return found[0] if found else None

    def _rows(self, where: str, *values: object) -> list[Row]:
        """The lines for which a condition holds, with their texts."""
        found = self._db.execute(f"SELECT {_COLUMNS} FROM lines WHERE {where}", values).fetchall()
        texts = self._texts([row[0] for row in found])
        return [Row._make((*row, tuple(texts.get(row[0], ())))) for row in found]

    def _texts(self, positions: Sequence[int]) -> dict[int, list[StoredText]]:
        texts: dict[int, list[StoredText]] = {}
        if positions:
            # Lines that are asked for at once stand side by side, or are few.
            query = "SELECT position, field, state, salt, text FROM texts WHERE position BETWEEN ? AND ?"
            together = positions[-1] - positions[0] < 2 * len(positions)
            spans = [(positions[0], positions[-1])] if together else [(one, one) for one in positions]
            for span in spans:
                for position, *text in self._db.execute(query, span):
                    texts.setdefault(position, []).append(StoredText(*text))
        return texts

    def _empty_the_log(self) -> None:
        """Bring the write-ahead log into the file and cut it to nothing: erased texts still stand in it."""
        busy, *_ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            expected, found = "that nobody holds on to what was erased", "a reader of an earlier state"
            do = "The erasure is stored. Erase again once others have let go: then the bytes go from the disk, too."
            raise BadInput([Fault("erasure-unsettled", self.where, expected, found, do)])
        self._sync(self._path)  # SQLite itself does not: after a power cut, the old log might be back

    @contextmanager
    def _plain(self, code: str) -> Iterator[None]:
        with plain_errors(self._path, code):
            try:
                yield
            except Damaged as error:
                raise BadInput([damaged(self.where, str(error))]) from error
