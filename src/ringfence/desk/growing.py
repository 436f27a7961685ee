"""An operation whose log grows: entries that this desk stores, and what others have written meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Self

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.where import Where, place_of
from ringfence.desk.desk import Desk
from ringfence.desk.drafts import as_entry
from ringfence.desk.left_out import awaiting
from ringfence.desk.log_view import log_items
from ringfence.desk.opening import (
    LEDGER_FILE,
    Clock,
    Stored,
    is_read_only,
    open_folder,
    open_for_writing,
    system_clock,
)
from ringfence.desk.taking_in import desk_over, with_lines, with_lines_awaited, with_texts
from ringfence.desk.views import LogItem
from ringfence.ledger import Ledger, LedgerLine
from ringfence.model.entries import EntryDraft

if TYPE_CHECKING:
    from ringfence.ledger import Added


@dataclass
class GrowingDesk:
    """One operation and its ledger, for as long as it is open. May be used by several threads.

    Attributes
    ----------
    folder : Path
    ledger : Ledger or None
        None where the folder has none and can't be written.
    writable : bool
        Whether entries can be added here.
    """

    folder: Path
    ledger: Ledger | None
    writable: bool
    clock: Clock
    _desk: Desk
    _lock: RLock = field(default_factory=RLock, repr=False)
    _behind: bool = False
    _withheld: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def open(cls, where: Where, *, clock: Clock = system_clock) -> Self:
        """Open an operation and its ledger; a folder without one gets one, begun with its log file.

        A folder that can't be written is opened for reading; so is a server's ledger that others have begun. What
        other desks wrote and the folder does not know is `Desk.left_out`: it stops nobody from logging.

        Raises
        ------
        BadInput
            With every fault of the folder, or because the ledger can't be read.
        """
        place = place_of(where)
        folder = place.folder
        try:
            operation, ledger = open_for_writing(place, clock=clock)
        except BadInput as error:
            if place.server is not None or not is_read_only(error):
                raise
            return cls(folder, None, writable=False, clock=clock, _desk=Desk(*open_folder(folder), folder))
        desk = desk_over(operation, ledger, folder)
        if operation.city is not None:
            operation.city.make_ready()  # whoever draws areas should not wait for it
        withheld = ledger.withheld()
        return cls(folder, ledger, writable=ledger.is_writable, clock=clock, _desk=desk, _withheld=withheld)

    def close(self) -> None:
        """Let go of the ledger."""
        if self.ledger is not None:
            self.ledger.close()

    @property
    def desk(self) -> Desk:
        """The snapshot that holds now."""
        return self._desk

    @property
    def version(self) -> int:
        """The position of the last entry."""
        return self._desk.last_position

    @property
    def state(self) -> tuple[int, int]:
        """What is another once anything in the log is: the last entry's position, and the edition of the texts."""
        desk = self._desk
        return desk.last_position, desk.edition

    def add(self, draft: EntryDraft, *, key: str | None) -> tuple[LogItem, bool]:
        """Write an entry to the ledger, and whether it was new (False: the key had been used for the same draft).

        It is on the disk when this returns, and part of every answer.

        Raises
        ------
        BadInput
            If it names what the operation does not have; ``read-only`` where nothing can be written.
        Conflict
            If the key was used for another draft.
        """
        with self._lock:
            ledger = self._writable()
            self.refresh()
            self._desk.operation.with_added([as_entry(draft, self.clock(), taken=self._desk.item)])
            added = ledger.add(draft, key=key)
            with suppress(BadInput):  # it is stored, and must not be answered as if it were not; the watch tells this
                self.refresh(own=True)
            return self._item_of(added), added.was_new

    def erase(
        self, entry_id: str, fields: Sequence[str], *, by: str, power: str, why: str | None, via: str | None
    ) -> tuple[LogItem, bool]:
        """Take texts out of an entry: the erasure's entry, and whether it is a new one.

        Raises
        ------
        BadInput
            As `Ledger.erase`; ``read-only`` where nothing can be written.
        """
        with self._lock:
            ledger = self._writable()
            self.refresh()
            try:
                added = ledger.erase(entry_id, fields, by=by, power=power, why=why, via=via)
            finally:
                self.refresh(own=True)  # also where the bytes could not be settled: the erasure is stored then
            return self._item_of(added), added.was_new

    def _writable(self) -> Ledger:
        if self.ledger is None or not self.writable:
            do = "Serve a copy of the folder that can be written; on a server, use an account that may write."
            raise BadInput([Fault("read-only", str(self.folder), "a log that can be written", "none", do)])
        return self.ledger

    def _item_of(self, added: Added) -> LogItem:
        """What is told of a line that is stored, also where it could not be taken in yet."""
        line = added.line
        found = self._desk.item(line.entry.id)
        return found or log_items([line.entry], [Stored.of(added.position, line)], self._desk.flagger)[0]

    def refresh(self, *, own: bool = False) -> bool:
        """Take in what was written to the ledger since, by another process if not `own`; whether there was anything.

        Raises
        ------
        BadInput
            If the ledger can't be read; never for what somebody wrote.
        """
        with self._lock:
            if self.ledger is None:
                return False
            self._behind = self._behind or own or self.ledger.changed_by_others()
            if not self._behind:
                return False
            if self.ledger.is_snapshot:
                fresh = Ledger.open(self.folder / LEDGER_FILE, operation=self.ledger.operation, clock=self.clock)
                self.ledger.close()
                self.ledger = fresh
            before, lines = self.state, self.ledger.lines(after=self._desk.last_position)
            desk = self._grown(self.ledger, lines) if lines else self._desk
            changed, withheld = self._texts_changed(self.ledger, lines)
            self._desk, self._withheld = with_texts(desk, changed) if changed else desk, withheld
            self._behind = False  # only now: what could not be taken in is tried, and told, again
            return self.state != before

    def _grown(self, ledger: Ledger, lines: Sequence[tuple[int, LedgerLine]]) -> Desk:
        waiting = awaiting(self._desk.left_out, (line.entry.id for _, line in lines))
        if waiting:
            return with_lines_awaited(self._desk, lines, ledger.find(waiting))
        return with_lines(self._desk, lines)

    def _texts_changed(
        self, ledger: Ledger, new: Sequence[tuple[int, LedgerLine]]
    ) -> tuple[tuple[tuple[int, LedgerLine], ...], frozenset[tuple[str, str]]]:
        """Older lines of which texts went with new lines, or came with an import; and whose texts are still missing."""
        touched = {name for _, line in new if line.entry.kind == "erasure" for name in line.entry.relates_to}
        withheld = self._withheld
        if withheld or any(line.texts_committed > len(line.texts) for _, line in new):
            withheld = ledger.withheld()
            touched |= {name for name, _ in self._withheld - withheld}
        return ledger.find(sorted(touched)) if touched else (), withheld

    def ledger_there(self) -> Ledger:
        """The ledger; BadInput if there is none."""
        if self.ledger is None:
            path = self.folder / LEDGER_FILE
            refuse_if([Fault("no-ledger", str(path), "a ledger", "none", "Serve a folder that can be written.")])
        assert self.ledger is not None
        return self.ledger
