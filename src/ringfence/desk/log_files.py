"""Taking a log out of an operation and into it, and proving it whole."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ringfence.base.errors import Fault, refuse_if
from ringfence.desk.opening import LEDGER_FILE, begin_ledger, open_folder, open_for_writing, system_clock
from ringfence.ledger import Ledger, read_lines, write_line
from ringfence.operation import open_operation, read_log


def import_log(folder: Path, data: bytes | None, where: str) -> int:
    """Bring plain entries, or lines of an export, into a folder's ledger; None: the folder's own log file.

    A folder without a ledger takes an export as its ledger, hashes and all; its log file must be part of it.

    Returns
    -------
    int
        How many entries were added; those of the folder's log file count, if the ledger is new.

    Raises
    ------
    BadInput, Conflict
        Nothing is added then.
    """
    if data is not None and not (folder / LEDGER_FILE).exists() and _is_export(data):
        lines = read_lines(data, where)
        return begin_ledger(folder, open_operation(folder), lambda ledger: ledger.import_lines(lines))
    is_new = not (folder / LEDGER_FILE).exists()
    operation, ledger = open_for_writing(folder)
    try:
        begun_with = len(operation.entries) if is_new else 0
        if data is None:
            return begun_with + ledger.import_entries(operation.entries)
        held = [line.entry for _, line in ledger.lines()]
        ids = {entry.id for entry in held}
        if _is_export(data):
            lines = read_lines(data, where)
            operation.with_entries([*held, *(line.entry for line in lines if line.entry.id not in ids)])
            return begun_with + ledger.import_lines(lines)
        faults: list[Fault] = []
        entries = read_log(data, where, faults)
        refuse_if(faults)
        operation.with_entries([*held, *(entry for entry in entries if entry.id not in ids)])
        return begun_with + ledger.import_entries(entries)
    finally:
        ledger.close()


def _is_export(data: bytes) -> bool:
    """Whether the first line has a ledger's wrapping around the entry."""
    first = next((line for line in data.splitlines() if line.strip()), b"")
    return b'"entry"' in first and b'"prev"' in first


def export_log(folder: Path) -> str:
    """A folder's ledger as JSON Lines, one for each entry, with the hashes that chain them."""
    _refuse_without_ledger(folder)
    operation, _ = open_folder(folder)
    with closing(Ledger.open(folder / LEDGER_FILE, operation=operation.file.id, clock=system_clock)) as ledger:
        lines = ledger.lines()
    return "".join(write_line(line) + "\n" for _, line in lines)


def verify_log(folder: Path, heads: Iterable[str] = ()) -> dict[str, Any]:
    """Look at every line of a folder's ledger; `heads` are ``desk:line:hash`` that must be there."""
    expect: dict[str, tuple[int, str]] = {}
    for head in heads:
        desk, _, rest = head.partition(":")
        number, _, digest = rest.partition(":")
        if not (number.isdecimal() and len(number) < 16 and digest):
            fault = Fault("bad-head", "--expect", "desk:line:hash", repr(head[:100]), "Copy it as verify printed it.")
            refuse_if([fault])
        expect[desk] = (int(number), digest)
    _refuse_without_ledger(folder)
    with closing(Ledger.open(folder / LEDGER_FILE, clock=system_clock)) as ledger:
        found = ledger.verify(expect=expect)
    return {
        "lines": found.lines,
        "heads": {desk: {"seq": seq, "hash": digest} for desk, (seq, digest) in found.heads.items()},
        "faults": [asdict(fault) for fault in found.faults],
    }


def _refuse_without_ledger(folder: Path) -> None:
    path = folder / LEDGER_FILE
    if not folder.is_dir():
        open_operation(folder)  # which says what is wrong with it
    if not path.exists():
        refuse_if([Fault("no-ledger", str(path), "a ledger", "none yet", "Make one first: ringfence log import OP.")])
