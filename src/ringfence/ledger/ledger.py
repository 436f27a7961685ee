"""The ledger: an append-only log, chained by hashes, one chain for each desk."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from ringfence.base.errors import BadInput, Fault
from ringfence.ledger.audit import audit
from ringfence.ledger.backup import Backup, back_up
from ringfence.ledger.chain import Head, Verification
from ringfence.ledger.export import faults_of
from ringfence.ledger.growth import Added, Growth, by_hand
from ringfence.ledger.lines import KEY_PATTERN, LedgerLine
from ringfence.ledger.places import Place, create_store, open_store
from ringfence.ledger.rows import line_of
from ringfence.ledger.store import Damaged, Row, Store, damaged
from ringfence.ledger.texts import Salts, fresh_salt
from ringfence.model.entries import Entry, EntryDraft, Source
from ringfence.model.record import Moment

Clock = Callable[[], datetime]

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


class Ledger:
    """An operation's log. Lines are only ever added; no method changes or deletes one. Texts in them can be erased.

    One ledger may be used by several threads, and one file by several ledgers and processes at once. What a method
    returned as stored is on the disk. Every method that touches the store raises `BadInput` if it can't:
    ``cannot-read`` or ``cannot-write`` (locked, full, read-only ...), ``ledger-damaged``; nothing is then half done.

    Attributes
    ----------
    operation, desk : str
        Whose log it is, and which desk's chain grows here.
    """

    def __init__(self, store: Store, *, clock: Clock, salts: Salts = fresh_salt) -> None:
        self._store, self._clock, self._lock = store, clock, threading.RLock()
        self.operation, self.desk = store.operation, store.desk
        self._growth = Growth(store, salts)
        try:
            with self._reading():
                self._seen = store.changes_by_others()
        except BaseException:
            store.close()
            raise

    @classmethod
    def create(
        cls, place: Place, *, operation: str, desk: str = "control", clock: Clock, salts: Salts = fresh_salt
    ) -> Self:
        """Open the ledger at `place`, made first if there is none: whole, or not at all.

        Parameters
        ----------
        place : Path or str
            A file, whose folder must be there; or ``postgresql://user@host/database``, in which each operation has a
            schema of its own, and all its desks write.
        operation, desk : str
            Ids; a desk's has at most 60 characters. Two files with the same operation and desk must not both grow.
        clock : callable
            Gives the time, with a zone. Nothing else does.
        salts : callable
            Gives salts that nobody can foresee.

        Raises
        ------
        BadInput
            If the ids are none, it can't be made, or what is there is no ledger of this operation and desk.
        """
        return cls(create_store(place, operation, desk), clock=clock, salts=salts)

    @classmethod
    def open(
        cls,
        place: Place,
        *,
        operation: str | None = None,
        desk: str | None = None,
        clock: Clock,
        salts: Salts = fresh_salt,
    ) -> Self:
        """Open the ledger at `place`, of `operation` and `desk` if they are given; on a server, the first one must be.

        A file or folder that may only be read is opened all the same, for reading. If the folder can't be written and
        nobody has the ledger open, it is a copy in memory as of now: `changed_by_others` says once it is out of date.

        Raises
        ------
        BadInput
            ``no-ledger``, ``not-a-ledger``, ``older-ledger``, ``newer-ledger``, ``other-operation``, ``other-desk``,
            ``cannot-read``; of a server also ``bad-address``, ``operation-missing``, and ``not-durable`` where it may
            forget what it acknowledged.
        """
        return cls(open_store(place, operation, desk), clock=clock, salts=salts)

    @property
    def is_writable(self) -> bool:
        """Whether lines can be added here: neither a copy in memory nor a file that may only be read."""
        return self._store.is_writable

    @property
    def is_snapshot(self) -> bool:
        """Whether this is a copy in memory, which sees no later line: open it again for those."""
        return self._store.is_snapshot

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._store.close()

    def add(self, draft: EntryDraft, *, key: str | None = None) -> Added:
        """Store what somebody says. It is on the disk when this returns.

        The entry's id is ``<desk>-<seq>``; if an imported entry has taken it, ``<desk>-<seq>.2``, ``.3`` and so on.
        It is recorded at the clock's time, and reported then too unless the draft says otherwise. What `draft` refers
        to is not checked here.

        Parameters
        ----------
        draft : EntryDraft
        key : str, optional
            1 to 200 printable ASCII characters. Sent again with the same draft, it gives the line that is stored. A
            draft is the same if it would have made the same entry: that holds across versions, and after a ledger was
            brought back from an export.

        Raises
        ------
        BadInput
            ``bad-key``, ``entry-too-long``, ``bad-clock``; ``erasure-by-hand`` (see `erase`).
        Conflict
            ``key-reused``: another draft was stored under this key. Texts that were erased since are not compared.
        """
        if key is not None and not re.fullmatch(KEY_PATTERN, key):
            expected = "1 to 200 printable ASCII characters"
            raise BadInput([Fault("bad-key", "key", expected, repr(key[:80]), "Choose another key.")])
        if draft.kind == "erasure":
            raise BadInput([by_hand("entry")])
        with self._writing():
            stored = self._growth.find_sent(draft, key) if key is not None else None
            return stored or self._growth.add_draft(draft, key, self._now())

    def import_entries(self, entries: Sequence[Entry]) -> int:
        """Add the entries of a plain log to this desk's chain, with their own ids and times; all of them or none.

        An entry that is held with equal content is passed over. If several desks shall have a plain log, one imports
        it and the others import that desk's lines: an id can be held once only.

        Returns
        -------
        int
            How many were added.

        Raises
        ------
        BadInput
            ``entry-too-long``, ``bad-clock``.
        Conflict
            ``id-taken``, for every entry whose id is held with other content; ``erasure-by-hand``.
        """
        with self._writing():
            return self._growth.add_entries(entries, self._now())

    def import_lines(self, lines: Sequence[LedgerLine]) -> int:
        """Add lines that a ledger of the same operation exported, with their hashes; all of them or none.

        Each desk's lines must come in order, start at most one after those held here, and be the same where they
        overlap. They may be this desk's own, from a backup. Texts that were withheld before are filled in. An erasure
        among them erases here, too, and what was erased here does not come back.

        Returns
        -------
        int
            How many were added.

        Raises
        ------
        BadInput
            ``entry-too-long``.
        Conflict
            Everything that doesn't fit, with desk and line: ``line-changed``, ``text-changed``, ``line-missing``,
            ``line-out-of-order``, ``chain-broken`` (also: another operation), ``chain-forked``, ``id-taken``,
            ``key-reused``.
        """
        with self._writing():
            return self._growth.add_lines(lines)

    def erase(
        self,
        entry_id: str,
        fields: Sequence[str],
        *,
        by: str,
        power: str,
        why: str | None = None,
        via: str | None = None,
    ) -> Added:
        """Take texts out of an entry for good, with an entry that says so, in one step; the chain holds as before.

        Text and salt go, also from the file itself; the commitment stays, and ``[erased]`` is read in its place. What
        was handed on before (exports, backups) is out of reach, except where the erasure's own line is imported.

        Parameters
        ----------
        entry_id : str
        fields : sequence of str
            ``what``, ``why``, ``place``, ``source.by``, ``source.via``, ``ref`` (all of them) or ``ref.0`` and so on.
        by : str
            The role or office that erases.
        power : str
            What allows it, such as a section of an act. It stays readable.
        why, via : str, optional

        Returns
        -------
        Added
            The erasure's line; an earlier one of any of these, not new, if all of them were erased before.

        Raises
        ------
        BadInput
            ``no-such-entry``, ``no-such-text``; ``erasure-stays`` for the entry of an erasure; ``bad-field``;
            ``erasure-unsettled`` if it is stored, but others keep the file from being rid of it: erase again.
        """
        try:
            said = EntryDraft(
                kind="erasure", what="-", why=why, power=power, source=Source(by=by, via=via), certainty="confirmed"
            )
        except ValidationError as error:
            raise BadInput(faults_of(error, "erasure")) from None
        with self._writing():
            return self._growth.erase(entry_id, fields, said, self._now())

    def lines(self, *, after: int = 0, limit: int | None = None) -> tuple[tuple[int, LedgerLine], ...]:
        """Lines with their positions, in order of arrival at this ledger, from the one after position `after`."""
        if after > 0 or limit is not None:
            with self._reading() as store:
                rows = list(store.rows(after, limit))
        else:
            with self._apart() as store, store.reading():
                rows = list(store.rows(0, None))
        return self._read(rows)  # which takes longest, and holds nobody up

    def find(self, entry_ids: Iterable[str]) -> tuple[tuple[int, LedgerLine], ...]:
        """The lines with these entries, as far as they are held, with their positions."""
        with self._reading() as store:
            rows = [row for entry_id in entry_ids if (row := store.find_entry(entry_id)) is not None]
        return self._read(rows)

    def has_key(self, key: str) -> bool:
        """Whether this desk's chain holds a line of that key."""
        with self._reading() as store:
            return store.find_key(self.desk, key) is not None

    def withheld(self) -> frozenset[tuple[str, str]]:
        """Which texts are withheld, and may still come: id of the entry, and field."""
        with self._reading() as store:
            return store.withheld()

    def _read(self, rows: Iterable[Row]) -> tuple[tuple[int, LedgerLine], ...]:
        try:
            return tuple((row.position, line_of(row)) for row in rows)
        except Damaged as error:
            raise BadInput([damaged(self._store.where, str(error))]) from error

    def last_position(self) -> int:
        """The position of the line that arrived last; 0 if there is none. Positions have no gaps."""
        with self._reading():
            return self._store.last()[0]

    def changed_by_others(self) -> bool:
        """Whether anybody else, in this process or another one, has written to the file since this was last asked.

        For a copy in memory (see `open`): whether the file has been written to; open it again to see what came.
        """
        with self._reading():
            before, self._seen = self._seen, self._store.changes_by_others()
        return before != self._seen

    def heads(self) -> Mapping[str, Head]:
        """Each desk's last line: its number and hash. Written down elsewhere, they let `verify` find a cut-off tail."""
        with self._reading():
            return self._store.heads()

    def verify(self, *, expect: Mapping[str, Head] | None = None) -> Verification:
        """Look at every line, and name each one that was changed, cut out, reordered or renumbered; and each text.

        Lines cut off at the end leave a sound, shorter ledger. So do lines that were all written anew with new hashes.
        Both are found only with `expect`: what `heads` gave, written down elsewhere.

        Parameters
        ----------
        expect : Mapping of str to (int, str), optional
            Desk to number and hash of a line that must be there.

        Lines that come meanwhile are looked at, too. Others write on: what they hold is read a few lines at a time.

        Returns
        -------
        Verification
            Faults don't raise: they are the result.
        """
        with self._apart() as store:
            return audit(store, expect or {})

    def back_up(self, path: Path) -> Backup:
        """Copy all that it holds at one moment, while others write, to a new SQLite ledger at `path`; verified there.

        Texts that were erased are not in the copy. It is of the same operation and desk, and may grow only where the
        ledger itself no longer does.

        Raises
        ------
        BadInput
            ``cannot-write``; or, with every fault, because the copy does not verify. What was written is left then.
        """
        with self._lock:
            return back_up(self._store, path)

    @contextmanager
    def _reading(self) -> Iterator[Store]:
        with self._lock, self._store.reading():
            yield self._store

    @contextmanager
    def _apart(self) -> Iterator[Store]:
        """A connection of its own for what takes long, so that writers go on; where there is none, they wait."""
        try:
            apart = self._store.apart()
        except BadInput:
            apart = None  # what is wrong with the ledger is found, and told, on the one that is open
        if apart is None:
            with self._lock:
                yield self._store
        else:
            with closing(apart):
                yield apart

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction: what is read in it is still so when it is committed."""
        with self._lock, self._store.writing():
            yield

    def _now(self) -> datetime:
        now = self._clock()
        try:
            return _MOMENT.validate_python(now).astimezone(UTC)
        except ValidationError:
            do = "Set the clock of this machine."
            raise BadInput([Fault("bad-clock", "clock", "a time of our days, with a zone", repr(now), do)]) from None
