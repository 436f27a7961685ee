"""All that adds lines to a file. Each call belongs inside one write transaction, which is the caller's."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count

from ringfence.base.errors import Conflict, Fault
from ringfence.ledger.chain import Chains, Head, changed
from ringfence.ledger.lines import LedgerLine, entry_of, genesis, seal
from ringfence.ledger.rows import find_line, hash_at, heads_of, put_line
from ringfence.model.entries import Entry, EntryDraft


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a draft.

    Attributes
    ----------
    position : int
        Where its line stands in the order of arrival at this file.
    line : LedgerLine
    was_new : bool
        False if the same draft had been stored under the same key before.
    """

    position: int
    line: LedgerLine
    was_new: bool


class Growth:
    """Adds lines at the end of a file, to the chain of its own desk or of those that other desks exported."""

    def __init__(self, db: sqlite3.Connection, operation: str, desk: str) -> None:
        self._db, self._operation, self._desk = db, operation, desk
        self._genesis = genesis(operation, desk)

    def find_sent(self, draft: EntryDraft, key: str) -> Added | None:
        """What was stored under `key`, if anything was; Conflict if it came from another draft."""
        held = find_line(self._db, "desk = ? AND key = ?", (self._desk, key))
        if held is None:
            return None
        position, line = held
        # What was sent is compared through the entry that it makes: this needs nothing stored beside the line, where
        # no hash would guard it and no export would carry it.
        if line.entry != entry_of(draft, line.entry.id, line.stored_at):
            expected = f"the draft that became entry {line.entry.id}"
            raise Conflict([Fault("key-reused", f"key {key}", expected, "another draft", "Choose another key.")])
        return Added(position, line, was_new=False)

    def add_draft(self, draft: EntryDraft, key: str | None, now: datetime) -> Added:
        """Take a draft into the own chain."""
        return self._append(entry_of(draft, self._free_id(), now), now, key)

    def add_entries(self, entries: Sequence[Entry], now: datetime) -> int:
        """Take ready entries into the own chain; how many were not held yet."""
        conflicts: list[Fault] = []
        added = 0
        for entry in entries:
            held = find_line(self._db, "entry_id = ?", (entry.id,))
            if held is None:
                self._append(entry, now, None)
                added += 1
            elif held[1].entry != entry:
                conflicts.append(_id_taken(held[1], f"entry {entry.id}"))
        if conflicts:
            raise Conflict(conflicts)
        return added

    def add_lines(self, lines: Sequence[LedgerLine]) -> int:
        """Take lines as they are into the chains of their desks; how many were not held yet."""
        chains = Chains(self._operation, heads_of(self._db))
        conflicts: list[Fault] = []
        added = 0
        for line in lines:
            where = f"desk {line.desk} line {line.seq}"
            held = hash_at(self._db, line.desk, line.seq)
            if held is None:
                faults = chains.follow(line, where) or self._taken(line, where)
            else:
                faults = changed(line, where)
                if held != line.hash:
                    faults.append(_forked(held, line.hash, where))
            conflicts += faults
            if held is None and not conflicts:
                put_line(self._db, line, self._genesis)
                added += 1
        if conflicts:
            raise Conflict(conflicts)
        return added

    def _append(self, entry: Entry, now: datetime, key: str | None) -> Added:
        seq, prev = self._head()
        line = seal(desk=self._desk, seq=seq + 1, stored_at=now, key=key, prev=prev, entry=entry)
        return Added(put_line(self._db, line, self._genesis), line, was_new=True)

    def _head(self) -> Head:
        query = "SELECT seq, hash FROM lines WHERE desk = ? ORDER BY seq DESC LIMIT 1"
        return self._db.execute(query, (self._desk,)).fetchone() or (0, self._genesis)

    def _free_id(self) -> str:
        # What follows the last hyphen is the number, so no two desks ever choose the same id.
        plain = f"{self._desk}-{self._head()[0] + 1}"
        names = chain([plain], (f"{plain}.{attempt}" for attempt in count(2)))
        return next(name for name in names if find_line(self._db, "entry_id = ?", (name,)) is None)

    def _taken(self, line: LedgerLine, where: str) -> list[Fault]:
        """Faults if a line that would be new has the entry id, or its desk's key, of another line."""
        faults = []
        if held := find_line(self._db, "entry_id = ?", (line.entry.id,)):
            faults.append(_id_taken(held[1], where))
        if line.key is not None and find_line(self._db, "desk = ? AND key = ?", (line.desk, line.key)):
            expected, do = "a key that its desk used once", "Get an export from the desk itself."
            faults.append(Fault("key-reused", where, expected, line.key, do))
        return faults


def _id_taken(held: LedgerLine, where: str) -> Fault:
    expected = f"an id of its own, or the entry that is held (desk {held.desk} line {held.seq})"
    found = f"{held.entry.id} with other content, or from another desk"
    return Fault("id-taken", where, expected, found, "Give it another id, or take one of the two only.")


def _forked(held: str, found: str, where: str) -> Fault:
    do = "Find out which of the two files is the desk's own."
    return Fault("chain-forked", where, f"{held[:16]}..., as held here", f"{found[:16]}...", do)
