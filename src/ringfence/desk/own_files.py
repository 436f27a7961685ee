"""What an operation is made of: files that nothing else is ever written over."""

from __future__ import annotations

import tomllib
from pathlib import Path

from ringfence.base.errors import Fault, refuse_if
from ringfence.desk.opening import LEDGER_FILE
from ringfence.operation.folder import OPERATION_FILE
from ringfence.operation.plans import PLANS_FOLDER


def refuse_own_file(path: Path, option: str) -> None:
    """Refuse a target that an operation is made of, in whichever folder above it that operation is.

    Raises
    ------
    BadInput
        ``own-file``; `option` is where the target was named.
    """
    try:
        if not path.is_file():
            return
    except OSError:  # a name that no system can hold: writing says so
        return
    target = path.resolve()
    for folder in target.parents:
        if (folder / OPERATION_FILE).is_file() and target in _files_of(folder):
            expected, do = "a file that no operation is made of", "Name another file."
            refuse_if([Fault("own-file", option, expected, str(path), do)])


def _files_of(folder: Path) -> set[Path]:
    ledger = (f"{LEDGER_FILE}{ending}" for ending in ("", "-wal", "-shm", "-journal"))
    plans = (folder / PLANS_FOLDER).glob("*.json")
    return {*(folder / name for name in (OPERATION_FILE, *ledger, *_inputs(folder))), *plans}


def _inputs(folder: Path) -> list[str]:
    try:
        named = tomllib.loads((folder / OPERATION_FILE).read_text(encoding="utf-8")).get("inputs", {})
    except (OSError, ValueError):
        return []  # no operation can be opened there, as long as its file is like this
    return [name for name in named.values() if isinstance(name, str)] if isinstance(named, dict) else []
