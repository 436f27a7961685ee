"""`ringfence log backup`: a copy of the whole log, while desks write to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ringfence.cli.output import AsJson, Operation, Replace, show


def backup(
    op: Operation,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.", show_default=False)],
    instead: Replace = False,
    as_json: AsJson = False,
) -> None:
    """All that the ledger holds at one moment, in a file, while desks write on: whole and verified, or not there.

    ringfence log import brings it back: into a folder or a server without a log, or into one that lags behind.
    """
    from ringfence.desk.backups import back_up
    from ringfence.ledger import heads_as_told

    made = back_up(op, file, instead=instead)
    heads = heads_as_told(made.heads)
    if as_json:
        show(
            {
                "file": str(file),
                "operation": made.operation,
                "desk": made.desk,
                "position": made.position,
                "heads": heads,
            }
        )
    else:
        lines = [f"  {desk}:{head['seq']}:{head['hash']}" for desk, head in heads.items()]
        words = f"{made.position} lines of {made.operation}, verified, in {file}. Heads, to write down elsewhere:"
        show("\n".join([words, *lines]))
