"""The whole file looked at: every line that was changed, cut out, reordered or renumbered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ringfence.base.errors import Fault
from ringfence.ledger.chain import Chains, Head, Verification, cut_off
from ringfence.ledger.lines import canonical, genesis
from ringfence.ledger.rows import LINE_COLUMNS, Row, arrival_of, hash_at, line_of
from ringfence.ledger.store import damage


def audit(db: sqlite3.Connection, path: Path, operation: str, desk: str, expect: Mapping[str, Head]) -> Verification:
    """Everything that doesn't hold in the file: `Ledger.verify` says what that is."""
    walk = _Walk(operation, genesis(operation, desk))
    try:
        db.execute("BEGIN")  # all of it as of one moment, while others write
        try:
            faults = list(_broken_pages(db, path))
            for row in db.execute(f"SELECT entry_id, arrival, {LINE_COLUMNS} FROM lines ORDER BY position"):
                walk.look_at(row[0], row[1], row[2:])
            found = {desk: hash_at(db, desk, seq) for desk, (seq, _) in expect.items()}
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        return replace(walk.result(), faults=(*walk.faults, damage(path, str(error))))
    return replace(walk.result(), faults=(*faults, *walk.faults, *cut_off(expect, found)))


class _Walk:
    """Looks at row after row as it stands, and gathers what is wrong."""

    def __init__(self, operation: str, first_arrival: str) -> None:
        self._chains = Chains(operation)
        self._arrival = first_arrival
        self._position = 0
        self.faults: list[Fault] = []
        self._lines = 0

    def look_at(self, entry_id: str, arrival: str, row: Row) -> None:
        position, desk, seq, _, _, _, hash_, text = row
        where = f"position {position} (desk {desk} line {seq})"
        self._lines += 1
        if position != self._position + 1:
            self._note("position-missing", where, f"position {self._position + 1}", f"position {position}")
        elif arrival != arrival_of(self._arrival, hash_):
            self._note("arrival-broken", where, "the line that arrived here", "another one")
        self._position, self._arrival = position, arrival
        try:
            line = line_of(row)
        except sqlite3.DatabaseError as error:
            self._note("line-unreadable", where, "a line of a ledger", str(error))
            self._chains.heads[desk] = (seq, hash_)
            return
        # Another text with the same meaning has the same hash, but two readers might see two things in it.
        if canonical(line.model_dump(mode="json")["entry"]) != text or line.entry.id != entry_id:
            self._note("line-changed", where, "the entry as this ledger writes it", "other text, or another id")
        self.faults += self._chains.follow(line, where)

    def result(self) -> Verification:
        return Verification(self._lines, dict(self._chains.heads), tuple(self.faults))

    def _note(self, code: str, where: str, expected: str, found: str) -> None:
        self.faults.append(Fault(code, where, expected, found, "Compare with an export or a backup."))


def _broken_pages(db: sqlite3.Connection, path: Path) -> Iterator[Fault]:
    for (message,) in db.execute("PRAGMA integrity_check(20)"):
        if message != "ok":
            yield damage(path, message)
