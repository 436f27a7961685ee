"""Taking a log out of an operation and into it, and proving it whole."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.where import OperationPlace, Where, place_of
from ringfence.desk.opening import (
    begin_with_lines,
    find_ledger,
    ledger_at,
    open_folder,
    open_for_writing,
    system_clock,
)
from ringfence.ledger import Ledger, LedgerLine, read_lines, write_line
from ringfence.operation import Operation, open_operation, read_log

SQLITE_MARK = b"SQLite format 3\0"
"""What a backup's file begins with."""


def import_log(where: Where, data: bytes | None, source: str) -> int:
    """Bring plain entries, or lines of an export or a backup, into a ledger; None: the folder's own log file.

    Where there is no ledger yet, an export or a backup becomes it, hashes and all; the log file must be part of it.

    Parameters
    ----------
    where : Path or OperationPlace
    data : bytes or None
        What stands in a file.
    source : str
        That file's path: a backup is read from it, not from `data`.

    Returns
    -------
    int
        How many entries were added; those of the folder's log file count, if the ledger is new.

    Raises
    ------
    BadInput, Conflict
        Nothing is added then.
    """
    place = place_of(where)
    operation = open_operation(place.folder)
    is_new = _is_new(place, operation)
    lines = None
    if data is not None and data.startswith(SQLITE_MARK):
        lines, desk = _backup(Path(source), operation.file.id)
        place = replace(place, desk=place.desk or desk) if is_new else place
    elif data is not None and _is_export(data):
        lines = read_lines(data, source)
    if lines is not None and is_new:
        return begin_with_lines(place, operation, lines)
    operation, ledger = open_for_writing(place)
    try:
        begun_with = len(operation.entries) if is_new else 0
        if data is None:
            return begun_with + ledger.import_entries(operation.entries)
        held = [line.entry for _, line in ledger.lines()]
        ids = {entry.id for entry in held}
        if lines is not None:
            operation.with_entries([*held, *(line.entry for line in lines if line.entry.id not in ids)])
            return begun_with + ledger.import_lines(lines)
        faults: list[Fault] = []
        entries = read_log(data, source, faults)
        refuse_if(faults)
        operation.with_entries([*held, *(entry for entry in entries if entry.id not in ids)])
        return begun_with + ledger.import_entries(entries)
    finally:
        ledger.close()


def _is_new(place: OperationPlace, operation: Operation) -> bool:
    """Whether there is no ledger yet."""
    ledger = find_ledger(place, operation)
    if ledger is not None:
        ledger.close()
    return ledger is None


def _backup(path: Path, operation: str) -> tuple[tuple[LedgerLine, ...], str]:
    """The lines of a backup, and the desk that it is of."""
    with closing(Ledger.open(path, operation=operation, clock=system_clock)) as ledger:
        return tuple(line for _, line in ledger.lines()), ledger.desk


def _is_export(data: bytes) -> bool:
    """Whether the first line has a ledger's wrapping around the entry."""
    first = next((line for line in data.splitlines() if line.strip()), b"")
    return b'"entry"' in first and b'"prev"' in first


def export_log(where: Where) -> str:
    """An operation's ledger as JSON Lines, one for each entry, with the hashes that chain them."""
    open_folder(where)  # which says what is wrong with it
    with closing(open_ledger(where)) as ledger:
        lines = ledger.lines()
    return "".join(write_line(line) + "\n" for _, line in lines)


def verify_log(where: Where, heads: Iterable[str] = ()) -> dict[str, Any]:
    """Look at every line of an operation's ledger; `heads` are ``desk:line:hash`` that must be there."""
    expect: dict[str, tuple[int, str]] = {}
    for head in heads:
        desk, _, rest = head.partition(":")
        number, _, digest = rest.partition(":")
        if not (number.isdecimal() and len(number) < 16 and digest):
            fault = Fault("bad-head", "--expect", "desk:line:hash", repr(head[:100]), "Copy it as verify printed it.")
            refuse_if([fault])
        expect[desk] = (int(number), digest)
    with closing(open_ledger(where)) as ledger:
        found = ledger.verify(expect=expect)
    return {
        "lines": found.lines,
        "heads": {desk: {"seq": seq, "hash": digest} for desk, (seq, digest) in found.heads.items()},
        "faults": [asdict(fault) for fault in found.faults],
    }


def open_ledger(where: Where) -> Ledger:
    """An operation's ledger, which must be there. The folder of one that is a file may be unsound: its log is not.

    Raises
    ------
    BadInput
        ``no-ledger``, or because it can't be read.
    """
    place = place_of(where)
    at = ledger_at(place)
    if isinstance(at, Path):
        if not at.parent.is_dir():
            open_operation(at.parent)  # which says what is wrong with it
        if at.exists():
            return Ledger.open(at, desk=place.desk, clock=system_clock)
    elif (ledger := find_ledger(place, open_operation(place.folder))) is not None:
        return ledger
    where_found = str(at) if isinstance(at, Path) else "ledger on the server"
    raise BadInput(
        [Fault("no-ledger", where_found, "a ledger", "none yet", "Make one first: ringfence log import OP.")]
    )
