"""Where an operation is: its folder, and where its log is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LEDGER_VARIABLE, DESK_VARIABLE = "RINGFENCE_LEDGER", "RINGFENCE_DESK"
"""What a machine's environment may say, so that nobody has to type it."""


@dataclass(frozen=True, slots=True)
class OperationPlace:
    """An operation's folder, which is the same at every desk, and what is this desk's own.

    Attributes
    ----------
    folder : Path
    server : str or None
        The address of the PostgreSQL server that holds the log. None: a file in the folder does.
    desk : str or None
        The desk whose chain grows here. None: the one that the file says, or ``control``.
    """

    folder: Path
    server: str | None = None
    desk: str | None = None


Where = Path | OperationPlace
"""A folder alone means: its log is the file in it."""


def place_of(where: Where) -> OperationPlace:
    """The place that is meant."""
    return where if isinstance(where, OperationPlace) else OperationPlace(where)
