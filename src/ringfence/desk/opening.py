"""Opening an operation folder together with its ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self
from uuid import uuid4

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.ledger import Ledger, LedgerLine
from ringfence.model.entries import Entry
from ringfence.operation import Operation, open_operation

LEDGER_FILE = "ledger.sqlite"
"""The ledger's name inside an operation folder."""
DESK = "control"
"""The desk whose chain grows here until an operation has several."""

Clock = Callable[[], datetime]


class Stored(NamedTuple):
    """Where and when a ledger took an entry: all that is kept of its line, since the entry itself is in the log.

    An entry that is only in a log file has nothing but its position there.
    """

    position: int
    desk: str | None = None
    at: datetime | None = None
    hash: str | None = None

    @classmethod
    def of(cls, position: int, line: LedgerLine) -> Self:
        """What is kept of a line."""
        return cls(position, line.desk, line.stored_at, line.hash)


def system_clock() -> datetime:
    """This machine's clock."""
    return datetime.now(UTC)


def open_folder(folder: Path) -> tuple[Operation, tuple[Stored, ...]]:
    """The operation with the log that counts: its ledger's, or its log file's while there is no ledger.

    Nothing is written.

    Raises
    ------
    BadInput
        With every fault of the folder; or because the ledger lacks entries of the log file.
    """
    operation = open_operation(folder)
    path = folder / LEDGER_FILE
    if not path.exists():
        return operation, ()
    ledger = Ledger.open(path, operation=operation.file.id, clock=system_clock)
    try:
        return with_ledger(operation, ledger)
    finally:
        ledger.close()


def with_ledger(operation: Operation, ledger: Ledger) -> tuple[Operation, tuple[Stored, ...]]:
    """The operation with its ledger's log; the log file's entries must all be in it, unchanged."""
    lines = ledger.lines()
    _refuse_if_behind(operation.file.inputs.log, operation.entries, [line for _, line in lines])
    stored = tuple(Stored.of(position, line) for position, line in lines)
    return operation.with_entries(tuple(line.entry for _, line in lines)), stored


def open_for_writing(folder: Path, *, clock: Clock = system_clock) -> tuple[Operation, Ledger]:
    """The operation as its files describe it, and its ledger; a new ledger begins with the log file's entries.

    Raises
    ------
    BadInput
        With every fault of the folder, or because no ledger can be written there.
    """
    operation = open_operation(folder)
    path = folder / LEDGER_FILE
    if not path.exists():
        begin_ledger(folder, operation, lambda ledger: ledger.import_entries(operation.entries), clock=clock)
    return operation, Ledger.open(path, operation=operation.file.id, clock=clock)


def begin_ledger(
    folder: Path, operation: Operation, fill: Callable[[Ledger], int], *, clock: Clock = system_clock
) -> int:
    """Make a folder's ledger with what `fill` puts into it; nobody sees it before it is whole, or at all if that fails.

    Returns
    -------
    int
        What `fill` says; 0 if somebody else made the ledger meanwhile.
    """
    path = folder / LEDGER_FILE
    part = folder / f"{LEDGER_FILE}.part-{uuid4().hex}"
    try:
        ledger = Ledger.create(part, operation=operation.file.id, desk=DESK, clock=clock)
        try:
            filled = fill(ledger)
            with_ledger(operation, ledger)
        finally:
            ledger.close()  # settles the write-ahead log, so that the file is all there is
        try:
            os.link(part, path)  # unlike a renaming, it never takes the place of a ledger that is there
        except FileExistsError:
            return 0
        except OSError:  # a file system without links
            part.rename(path)
    finally:
        for left in folder.glob(f"{part.name}*"):
            left.unlink(missing_ok=True)
    return filled


def _refuse_if_behind(log_file: str, entries: Sequence[Entry], in_ledger: Sequence[LedgerLine]) -> None:
    held = {line.entry.id: line for line in in_ledger}
    faults = []
    for entry in entries:
        if entry.id not in held:
            found, do = "it is not there", "Import the file: ringfence log import OP."
        elif not held[entry.id].says(entry):
            found = "another entry of that id"
            do = "Take the change back, and log a correction: entries are never edited."
        else:
            continue
        where = f"{log_file}, entry {entry.id}"
        faults.append(Fault("log-not-in-ledger", where, "the entry to stand in the ledger", found, do))
    refuse_if(faults)


def is_read_only(error: BadInput) -> bool:
    """Whether opening failed only because nothing may be written there."""
    return any(fault.code == "cannot-write" for fault in error.faults)
