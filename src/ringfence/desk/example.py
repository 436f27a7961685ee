"""The example operation, and a copy of it that may be written to."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from ringfence.base.errors import BadInput, Fault
from ringfence.desk.geography import digest
from ringfence.desk.opening import LEDGER_FILE, open_folder
from ringfence.operation import open_operation

EXAMPLE = "wellington-2022"


def example_folder() -> Path:
    """The Wellington example: in the checkout, or inside the installed package.

    Raises
    ------
    BadInput
        If neither is there.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "examples" / EXAMPLE, package.parents[1] / "examples" / EXAMPLE):
        if (folder / "operation.toml").is_file():
            return folder
    raise BadInput(
        [Fault("no-example", "demo", "the Wellington example", "none installed", "Name an operation folder.")]
    )


def copy_to_play_with(source: Path, target: Path, *, now: datetime) -> Path:
    """A copy of an operation folder without its ledger; an earlier copy that is still the same goes on.

    An earlier copy of something else is set aside under another name: what was typed there is not lost.

    Raises
    ------
    BadInput
        If nothing can be written there.
    """
    try:
        if target.exists() and not _goes_on(source, target):
            target.rename(target.with_name(f"{target.name}.until-{now:%Y%m%dT%H%M%S}"))
        if not target.exists():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(f"{LEDGER_FILE}*"))
    except OSError as error:
        found = f"{target}: {error.strerror or error}"
        raise BadInput(
            [Fault("cannot-write", "demo", "a folder that can be written", found, "Name another.")]
        ) from None
    return target


def _goes_on(source: Path, target: Path) -> bool:
    """Whether the copy is of the same operation with the same log file."""
    try:
        open_folder(target)
        ours, theirs = open_operation(source), open_operation(target)
    except BadInput:
        return False
    return digest(ours) == digest(theirs) and ours.entries == theirs.entries
