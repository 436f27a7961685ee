"""Opening an operation folder together with its ledger: the file in it, or the one on a server that desks share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self
from uuid import uuid4

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.files import appears
from ringfence.base.where import DESK_VARIABLE, LEDGER_VARIABLE, OperationPlace, Where, place_of
from ringfence.ledger import Ledger, LedgerLine, refuse_address
from ringfence.operation import Operation, open_operation

LEDGER_FILE = "ledger.sqlite"
"""The ledger's name inside an operation folder."""
DESK = "control"
"""The desk whose chain grows in a new file, unless another is named."""

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


def open_folder(where: Where) -> tuple[Operation, tuple[Stored, ...]]:
    """The operation with the log that counts: its ledger's, or its log file's while there is no ledger.

    Nothing is written.

    Raises
    ------
    BadInput
        With every fault of the folder; or because the ledger lacks entries of the log file, or can't be read.
    """
    operation = open_operation(place_of(where).folder)
    ledger = find_ledger(where, operation)
    if ledger is None:
        return operation, ()
    try:
        return with_ledger(operation, ledger)
    finally:
        ledger.close()


def find_ledger(where: Where, operation: Operation, *, clock: Clock = system_clock) -> Ledger | None:
    """The operation's ledger; None while there is none.

    One on a server is none until it has a line: whoever made its tables is about to put the log file in.

    Raises
    ------
    BadInput
        If it can't be read; ``two-ledgers``, ``bad-address``, ``password-in-address``.
    """
    place = place_of(where)
    at = ledger_at(place)
    if isinstance(at, Path) and not at.exists():
        return None
    try:
        ledger = Ledger.open(at, operation=operation.file.id, desk=place.desk, clock=clock)
    except BadInput as error:
        if place.server is not None and _is_missing(error):
            return None
        raise
    try:
        is_begun = place.server is None or ledger.last_position() > 0
    except BaseException:
        ledger.close()
        raise
    if is_begun:
        return ledger
    ledger.close()
    return None


def with_ledger(operation: Operation, ledger: Ledger) -> tuple[Operation, tuple[Stored, ...]]:
    """The operation with its ledger's log; the log file's entries must all be in it, unchanged."""
    lines = ledger.lines()
    refuse_if_behind(operation, [line for _, line in lines])
    stored = tuple(Stored.of(position, line) for position, line in lines)
    return operation.with_entries(tuple(line.entry for _, line in lines)), stored


def open_for_writing(where: Where, *, clock: Clock = system_clock) -> tuple[Operation, Ledger]:
    """The operation as its files describe it, and its ledger; a new ledger begins with the log file's entries.

    Raises
    ------
    BadInput
        With every fault of the folder, or because no ledger can be written there; ``desk-missing`` where several
        desks share a ledger and nobody said which one this is.
    """
    place = place_of(where)
    operation = open_operation(place.folder)
    at = ledger_at(place)
    if isinstance(at, str):
        return operation, _join(at, operation, _desk_of(place), clock)
    if not at.exists():
        begin_ledger(place, operation, lambda ledger: ledger.import_entries(operation.entries), clock=clock)
    return operation, Ledger.open(at, operation=operation.file.id, desk=place.desk, clock=clock)


def begin_ledger(
    where: Where, operation: Operation, fill: Callable[[Ledger], int], *, clock: Clock = system_clock
) -> int:
    """Make a folder's ledger with what `fill` puts into it; nobody sees it before it is whole, or at all if that fails.

    Returns
    -------
    int
        What `fill` says; 0 if somebody else made the ledger meanwhile.
    """
    place = place_of(where)
    path = place.folder / LEDGER_FILE
    part = place.folder / f"{LEDGER_FILE}.part-{uuid4().hex}"
    try:
        ledger = Ledger.create(part, operation=operation.file.id, desk=place.desk or DESK, clock=clock)
        try:
            filled = fill(ledger)
            with_ledger(operation, ledger)
        finally:
            ledger.close()  # settles the write-ahead log, so that the file is all there is
        try:
            if not appears(part, path):  # never in the place of a ledger that is there: it may have acknowledged
                return 0
        except OSError as error:
            found, do = error.strerror or type(error).__name__, "Check the folder and its rights, and try again."
            raise BadInput([Fault("cannot-write", str(path), "a usable file and folder", found, do)]) from error
    finally:
        for left in place.folder.glob(f"{part.name}*"):
            left.unlink(missing_ok=True)
    return filled


def begin_with_lines(where: Where, operation: Operation, lines: Sequence[LedgerLine]) -> int:
    """Make an operation's ledger of lines that another ledger held; the log file must be part of them."""
    place = place_of(where)
    at = ledger_at(place)
    if isinstance(at, Path):
        return begin_ledger(place, operation, lambda ledger: ledger.import_lines(lines))
    refuse_if_behind(operation, lines)
    operation.with_entries(tuple(line.entry for line in lines))
    ledger = Ledger.create(at, operation=operation.file.id, desk=_desk_of(place), clock=system_clock)
    try:
        return ledger.import_lines(lines)
    finally:
        ledger.close()


def ledger_at(place: OperationPlace) -> Path | str:
    """The ledger's file, or its address on a server.

    Raises
    ------
    BadInput
        ``bad-address``; ``password-in-address``; ``two-ledgers`` if the folder has a ledger of its own, too.
    """
    path = place.folder / LEDGER_FILE
    if place.server is None:
        return path
    refuse_address(place.server)
    if path.exists():
        expected, found = f"one ledger: the server that --ledger or {LEDGER_VARIABLE} names", "a file beside it"
        do = (
            "Export the file (ringfence log export, with no server named), move it away, "
            "and import the export on the server: two logs would be two truths."
        )
        refuse_if([Fault("two-ledgers", str(path), expected, found, do)])
    return place.server


def refuse_if_behind(operation: Operation, in_ledger: Sequence[LedgerLine]) -> None:
    """Refuse lines that lack an entry of the log file, or hold another one of its id."""
    held = {line.entry.id: line for line in in_ledger}
    faults = []
    for entry in operation.entries:
        if entry.id not in held:
            found, do = "it is not there", "Import the file: ringfence log import OP."
        elif not held[entry.id].says(entry):
            found = "another entry of that id"
            do = "Take the change back, and log a correction: entries are never edited."
        else:
            continue
        where = f"{operation.file.inputs.log}, entry {entry.id}"
        faults.append(Fault("log-not-in-ledger", where, "the entry to stand in the ledger", found, do))
    refuse_if(faults)


def is_read_only(error: BadInput) -> bool:
    """Whether opening failed only because nothing may be written there."""
    return any(fault.code == "cannot-write" for fault in error.faults)


def _join(address: str, operation: Operation, desk: str, clock: Clock) -> Ledger:
    """The ledger on a server. Whichever desk comes first puts the log file in, whole and once; the others find it."""
    try:
        ledger = Ledger.open(address, operation=operation.file.id, desk=desk, clock=clock)
    except BadInput as error:
        if not _is_missing(error):
            raise
        ledger = Ledger.create(address, operation=operation.file.id, desk=desk, clock=clock)
    try:
        if ledger.is_writable and not ledger.last_position():
            ledger.import_entries(operation.entries)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _desk_of(place: OperationPlace) -> str:
    if place.desk is None:
        expected = f"the name of the desk that writes here (--desk or {DESK_VARIABLE})"
        do = "Give each desk a name of its own: its lines are one chain."
        refuse_if([Fault("desk-missing", "desk", expected, "none", do)])
    return place.desk or DESK


def _is_missing(error: BadInput) -> bool:
    return any(fault.code == "no-ledger" for fault in error.faults)
