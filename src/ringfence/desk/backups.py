"""A backup of an operation's log, taken while desks write to it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.files import new_file
from ringfence.base.where import Where, place_of
from ringfence.desk.log_files import open_ledger
from ringfence.desk.opening import LEDGER_FILE
from ringfence.desk.own_files import refuse_own_file
from ringfence.ledger import Backup


def back_up(where: Where, path: Path, *, instead: bool = False) -> Backup:
    """Write all that an operation's ledger holds at one moment to a file: whole and verified, or not at all.

    Parameters
    ----------
    where : Path or OperationPlace
    path : Path
        A SQLite ledger then, of the operation and of the desk that asked.
    instead : bool
        Whether it may take the place of an earlier backup.

    Raises
    ------
    BadInput
        ``no-ledger``; ``already-there``; ``own-ledger``; ``cannot-write``; or every fault that the copy has.
    """
    refuse_if(_target_faults(place_of(where).folder, path))
    with closing(open_ledger(where)) as ledger, new_file(path, replace=instead) as new:
        try:
            return ledger.back_up(new)
        except BadInput as error:  # what is wrong with it is known by the name that it would have had
            faults = [replace(fault, where=fault.where.replace(str(new), str(path))) for fault in error.faults]
            raise BadInput(faults) from error


def _target_faults(folder: Path, path: Path) -> list[Fault]:
    own = folder / LEDGER_FILE
    if path.resolve() == own.resolve():
        do = "Name another file."
        return [Fault("own-ledger", str(path), "a file beside the ledger", "the ledger itself", do)]
    refuse_own_file(path, "FILE")
    if not path.name:
        return []  # a folder: it is refused as one that is there
    left = [other for ending in ("-wal", "-journal") if (other := path.with_name(path.name + ending)).exists()]
    do = "Name another file: SQLite would take it for a part of the backup."
    return [Fault("ledger-left-over", str(path), "nothing of a ledger", other.name, do) for other in left]
