"""All that adds lines, and takes texts out. Each call belongs inside one write transaction, which is the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count

from ringfence.base.errors import Conflict, Fault, refuse_if
from ringfence.ledger.chain import Chains, Head, changed
from ringfence.ledger.lines import LedgerLine, entry_of, genesis, seal
from ringfence.ledger.rows import erased_entry, line_of, row_of
from ringfence.ledger.store import Row, Store, StoredText
from ringfence.ledger.texts import Salts, commitments, named
from ringfence.model.entries import Entry, EntryDraft

_BEGAN_APART = (
    "If two desks began with the same log, each by itself, let one begin anew: move its ledger away, import the "
    "other's export, and add what only it has as a plain log."
)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a draft.

    Attributes
    ----------
    position : int
        Where its line stands in the order of arrival at this ledger.
    line : LedgerLine
    was_new : bool
        False if the same draft had been stored under the same key before.
    """

    position: int
    line: LedgerLine
    was_new: bool


class Growth:
    """Adds lines at the end of a store, to the chain of its own desk or of those that other desks exported."""

    def __init__(self, store: Store, salts: Salts) -> None:
        self._store, self._salts = store, salts
        self._genesis = genesis(store.operation, store.desk)

    def find_sent(self, draft: EntryDraft, key: str) -> Added | None:
        """What was stored under `key`, if anything was; Conflict if it came from another draft."""
        row = self._store.find_key(self._store.desk, key)
        if row is None:
            return None
        line = line_of(row)
        # What was sent is compared through the entry that it makes: this needs nothing stored beside the line, where
        # no hash would guard it and no export would carry it.
        if not line.says(entry_of(draft, line.entry.id, line.stored_at)):
            expected = f"the draft that became entry {line.entry.id}"
            raise Conflict([Fault("key-reused", f"key {key}", expected, "another draft", "Choose another key.")])
        return Added(row.position, line, was_new=False)

    def add_draft(self, draft: EntryDraft, key: str | None, now: datetime) -> Added:
        """Take a draft into the own chain."""
        head = self._head()
        return self._append(entry_of(draft, self._free_id(head[0] + 1), now), now, key, head)

    def add_entries(self, entries: Sequence[Entry], now: datetime) -> int:
        """Take ready entries into the own chain; how many were not held yet."""
        conflicts: list[Fault] = []
        added = 0
        for entry in entries:
            held = self._store.find_entry(entry.id)
            if held is None and entry.kind == "erasure":
                conflicts.append(by_hand(f"entry {entry.id}"))
            elif held is None:
                self._append(entry, now, None, self._head())
                added += 1
            elif not line_of(held).says(entry):
                conflicts.append(_id_taken(held, f"entry {entry.id}"))
        if conflicts:
            raise Conflict(conflicts)
        return added

    def add_lines(self, lines: Sequence[LedgerLine]) -> int:
        """Take lines as they are into the chains of their desks; how many were not held yet."""
        chains = Chains(self._store.operation, self._store.heads())
        conflicts: list[Fault] = []
        forked: set[str] = set()
        added = 0
        for line in lines:
            where = f"desk {line.desk} line {line.seq}"
            if line.desk in forked:
                continue  # all that comes behind the fork differs, too
            held = self._store.find_seq(line.desk, line.seq)
            if held is None:
                faults = chains.follow(line, where) or self._taken(line, where)
            else:
                faults = changed(line, where)
                if held.hash != line.hash:
                    faults.append(_forked(held.hash, line.hash, where))
                    forked.add(line.desk)
            conflicts += faults
            if conflicts:
                continue
            if held is None:
                self._put(line)
                added += 1
            else:
                self._fill_in(held, line)
        if conflicts:
            raise Conflict(conflicts)
        return added

    def erase(self, entry_id: str, fields: Sequence[str], said: EntryDraft, now: datetime) -> Added:
        """Take texts out of an entry, with an entry that says so: `said`, completed."""
        row = self._store.find_entry(entry_id)
        held = None if row is None else line_of(row)
        refuse_if(_erase_faults(entry_id, fields, held))
        assert row is not None
        assert held is not None
        self._store.scrub()
        wanted = named(fields, held.written)
        gone = {text.field for text in row.texts if text.state == "erased"}
        still = [field for field in wanted if field not in gone]
        if not still:
            said_before = [(row.position, line_of(row)) for row in self._store.erasures(entry_id)]
            position, line = next(one for one in reversed(said_before) if {*wanted} & {*one[1].entry.erases})
            return Added(position, line, was_new=False)
        what = f"Erased from {entry_id}: {', '.join(still)}."
        whole = said.model_copy(update={"what": what, "relates_to": (entry_id,), "erases": tuple(still)})
        return self.add_draft(whole, None, now)

    def _append(self, entry: Entry, now: datetime, key: str | None, head: Head) -> Added:
        seq, prev = head
        line = seal(
            desk=self._store.desk, seq=seq + 1, stored_at=now, key=key, prev=prev, entry=entry, salts=self._salts
        )
        return self._put(line)

    def _put(self, line: LedgerLine) -> Added:
        """Add a line; what was erased from its entry before it came is not kept, and what it erases goes."""
        position, arrival = self._store.last()
        gone = set() if line.entry.kind == "erasure" else self._erased(line.entry.id)
        texts = tuple(_stored(line, field, gone) for field in commitments(line.written))
        row = row_of(line, position + 1, arrival, texts)
        self._store.put(row)
        if (target := erased_entry(line)) and (held := self._store.find_entry(target)):
            self._erase(held, set(line.entry.erases))
        return Added(row.position, line_of(row) if gone else line, was_new=True)

    def _erased(self, entry_id: str) -> set[str]:
        return {field for row in self._store.erasures(entry_id) for field in line_of(row).entry.erases}

    def _erase(self, held: Row, fields: set[str]) -> None:
        if line_of(held).entry.kind == "erasure":
            return  # why texts went is never erased
        self._store.scrub()
        for text in held.texts:
            if text.field in fields and text.state != "erased":
                self._store.settle_text(held.position, StoredText(text.field, "erased"))

    def _fill_in(self, held: Row, line: LedgerLine) -> None:
        """Keep the texts that a line was held without, and that now came."""
        for text in held.texts:
            kept = line.texts.get(text.field)
            if text.state == "withheld" and kept is not None:
                self._store.settle_text(held.position, StoredText(text.field, "kept", kept.salt, kept.text))

    def _head(self) -> Head:
        return self._store.head(self._store.desk) or (0, self._genesis)

    def _free_id(self, seq: int) -> str:
        # What follows the last hyphen is the number, so no two desks ever choose the same id.
        plain = f"{self._store.desk}-{seq}"
        names = chain([plain], (f"{plain}.{attempt}" for attempt in count(2)))
        return next(name for name in names if self._store.find_entry(name) is None)

    def _taken(self, line: LedgerLine, where: str) -> list[Fault]:
        """Faults if a line that would be new has the entry id, or its desk's key, of another line."""
        faults = []
        if held := self._store.find_entry(line.entry.id):
            faults.append(_id_taken(held, where))
        if line.key is not None and self._store.find_key(line.desk, line.key):
            expected, do = "a key that its desk used once", "Get an export from the desk itself."
            faults.append(Fault("key-reused", where, expected, line.key, do))
        return faults


def _stored(line: LedgerLine, field: str, gone: set[str]) -> StoredText:
    if field in gone:
        return StoredText(field, "erased")
    # A text that the line says was erased, by no erasure that is held here, is taken as withheld: it may still come.
    kept = line.texts.get(field)
    return StoredText(field, "withheld") if kept is None else StoredText(field, "kept", kept.salt, kept.text)


def by_hand(where: str) -> Fault:
    """The fault of an erasure that somebody wrote as an entry."""
    expected, do = "an entry that says something", "Erase with what erases: it writes the entry itself."
    return Fault("erasure-by-hand", where, expected, "an erasure", do)


def _erase_faults(entry_id: str, fields: Sequence[str], held: LedgerLine | None) -> list[Fault]:
    where = f"entry {entry_id}"
    if held is None:
        return [Fault("no-such-entry", where, "an entry of this ledger", "none", "Check the id.")]
    if held.entry.kind == "erasure":
        return [Fault("erasure-stays", where, "another entry", "an erasure", "Why texts went is kept.")]
    there = commitments(held.written)
    do = f"Choose of: {', '.join(there)}."
    wanted = named(fields, held.written)
    faults = [Fault("no-such-text", where, "texts that it has", field, do) for field in wanted if field not in there]
    return faults if wanted else [Fault("no-such-text", where, "at least one text", "none", do)]


def _id_taken(held: Row, where: str) -> Fault:
    expected = f"an id of its own, or the entry that is held (desk {held.desk} line {held.seq})"
    found = f"{held.entry_id} with other content, or from another desk"
    return Fault("id-taken", where, expected, found, f"Give it another id, or take one of the two only. {_BEGAN_APART}")


def _forked(held: str, found: str, where: str) -> Fault:
    do = f"Two chains of one desk: find out which is its own. {_BEGAN_APART}"
    return Fault("chain-forked", where, f"{held[:16]}..., as held here", f"{found[:16]}...", do)
