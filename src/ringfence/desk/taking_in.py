"""A desk after more of its ledger: further lines, and texts of older ones that went or came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ringfence.desk.desk import Desk
from ringfence.desk.left_out import bare, take_in
from ringfence.desk.log_view import extended_log, reworded_log
from ringfence.desk.opening import Stored, refuse_if_behind
from ringfence.ledger import Ledger, LedgerLine
from ringfence.operation import Operation


def desk_over(operation: Operation, ledger: Ledger, folder: Path) -> Desk:
    """The desk over a ledger that others write to, too; what they name and the folder lacks is `Desk.left_out`.

    Raises
    ------
    BadInput
        If it can't be read, or lacks entries of the log file.
    """
    lines = ledger.lines()
    refuse_if_behind(operation, [line for _, line in lines])
    return with_lines(Desk(operation.with_entries(()), folder=folder), lines)


def with_lines(desk: Desk, lines: Sequence[tuple[int, LedgerLine]]) -> Desk:
    """The desk after further lines of its ledger; what is already worked out is kept.

    They are in the ledger, so none is refused: one that names what the operation does not have is `Desk.left_out`. None
    that was left out before may be `awaiting` one of these: that is `with_lines_awaited`.
    """
    stored = (*desk.stored, *(Stored.of(position, line) for position, line in lines))
    operation, left_out = take_in(desk.operation, [line.entry for _, line in lines])
    grown = Desk(operation, stored, desk.folder, {**desk.left_out, **left_out}, desk.edition)
    known = desk.__dict__
    found = grown.__dict__
    found["flagger"] = desk.flagger.knowing(grown.left_out)
    if "chronicle" in known:
        found["chronicle"] = desk.chronicle.grown(operation.entries)
    if "planning" in known:
        found["planning"] = desk.planning.of(operation)
    if "log" in known:
        found["log"] = extended_log(desk.log, operation.entries, stored, len(lines), grown.flagger)
    return grown


def with_lines_awaited(
    desk: Desk, lines: Sequence[tuple[int, LedgerLine]], waited: Sequence[tuple[int, LedgerLine]]
) -> Desk:
    """The desk after further lines that those in `waited`, left out so far, name: it is as if it were opened anew.

    An older entry now says more than it did, so that nothing that was worked out of the log holds.
    """
    stored = (*desk.stored, *(Stored.of(position, line) for position, line in lines))
    again = {line.entry.id: line.entry for _, line in waited}
    entries = [again.get(entry.id, entry) for entry in (*desk.operation.entries, *(line.entry for _, line in lines))]
    operation, found = take_in(desk.operation.with_entries(()), entries)
    unfit = {**{name: faults for name, faults in desk.left_out.items() if name not in again}, **found}
    left_out = {entry.id: unfit[entry.id] for entry in entries if entry.id in unfit}
    other = Desk(operation, stored, desk.folder, left_out, desk.edition + 1)
    other.__dict__["flagger"] = desk.flagger.knowing(left_out)
    if "planning" in desk.__dict__:
        other.__dict__["planning"] = desk.planning.of(operation)
    return other


def with_texts(desk: Desk, lines: Sequence[tuple[int, LedgerLine]]) -> Desk:
    """The desk with the texts that lines which it has hold now: some were erased, or have come. Else they are the same.

    Where all are as the desk has them, it is the desk itself.
    """
    held = {line.entry.id: line.entry for _, line in lines}
    held |= {name: bare(held[name]) for name in desk.left_out if name in held}
    entries = tuple(held.get(entry.id, entry) for entry in desk.operation.entries)
    if entries == desk.operation.entries:
        return desk
    other = Desk(desk.operation.with_texts(entries), desk.stored, desk.folder, desk.left_out, desk.edition + 1)
    other.__dict__["flagger"] = desk.flagger
    if "planning" in desk.__dict__:
        other.__dict__["planning"] = desk.planning.of(other.operation)
    if "log" in desk.__dict__:
        other.__dict__["log"] = reworded_log(desk.log, entries, held, desk.flagger)
    return other
