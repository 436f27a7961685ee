"""Entries of other desks that name what this desk's folder lacks: their words are taken in, their effect is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ringfence.base.errors import BadInput, Fault
from ringfence.desk.flags import Flagger
from ringfence.model.entries import Entry
from ringfence.operation import Operation
from ringfence.picture import Flag

LeftOut = Mapping[str, tuple[Fault, ...]]
"""By the id of an entry, what keeps its effect out of the picture."""


def take_in(operation: Operation, entries: Sequence[Entry]) -> tuple[Operation, LeftOut]:
    """The operation after entries that are in the ledger already, whether they fit its folder or not.

    What doesn't fit stands as `bare`: a desk whose folder is older than another's must go on logging, and show what
    was said. Which those are does not hang on what comes together with what: see `awaiting`.
    """
    left_out: dict[str, tuple[Fault, ...]] = {}
    taken = list(entries)
    while True:
        try:
            grown = operation.with_added(taken)
        except BadInput:
            unfit = operation.unfit(taken)
            if not unfit:
                raise
            left_out |= unfit
            taken = [bare(entry) if entry.id in unfit else entry for entry in taken]
        else:
            return grown, {entry.id: left_out[entry.id] for entry in entries if entry.id in left_out}


def awaiting(left_out: LeftOut, come: Iterable[str]) -> list[str]:
    """Which of those left out name entries that have come: they have to be taken in again."""
    named = {repr(entry_id) for entry_id in come}
    return [
        one for one, faults in left_out.items() if any(_is_awaited(fault) and fault.found in named for fault in faults)
    ]


def _is_awaited(fault: Fault) -> bool:
    return fault.code == "unknown-entry"


def bare(entry: Entry) -> Entry:
    """The entry as a note: its words, source and times, and nothing that it would change or that it names."""
    return Entry(
        id=entry.id,
        kind="note",
        what=entry.what,
        why=entry.why,
        power=entry.power,
        place=entry.place,
        source=entry.source,
        ref=entry.ref,
        certainty=entry.certainty,
        so=entry.so,
        reported=entry.reported,
        recorded=entry.recorded,
    )


class LogFlagger(Flagger):
    """Flags besides what was left out of entries."""

    def __init__(self, operation: Operation, left_out: LeftOut) -> None:
        super().__init__(operation)
        self._left_out = left_out

    def knowing(self, left_out: LeftOut) -> LogFlagger:
        """The same with more left out; wordings that were looked up are not looked up again."""
        if left_out == self._left_out:
            return self
        other = LogFlagger(self._operation, left_out)
        other.__dict__.update({name: held for name, held in self.__dict__.items() if name not in other.__dict__})
        return other

    def flags(self, entry: Entry, log: Mapping[str, Entry] | None = None) -> tuple[Flag, ...]:
        """See `Flagger.flags`. ``effect-left-out``: it names what the folder here does not have."""
        faults = self._left_out.get(entry.id)
        if faults is None:
            return super().flags(entry, log)
        named = ", ".join(f"{fault.code.replace('-', ' ')} {fault.found}" for fault in faults)
        says = f"No answer of this desk counts this entry: {named}. {_do([faults])}"
        return (Flag(code="effect-left-out", about="entry", says=says), *super().flags(entry, log))


def _do(left_out: Iterable[Sequence[Fault]]) -> str:
    codes = {fault.code for faults in left_out for fault in faults}
    if codes == {"unknown-entry"}:
        return "It counts as soon as that entry is here: import the log of the desk that wrote it."
    return "Start this desk again with the folder of the desk that wrote it."


def left_out_in_words(left_out: LeftOut) -> str:
    """What every screen says while the effect of entries is left out."""
    last = list(left_out)[-1]
    which = last if len(left_out) == 1 else f"{len(left_out)} entries, the last one {last}"
    lacks = "this log" if all(map(_is_awaited, chain(*left_out.values()))) else "this desk's folder"
    return f"Answers here do not count {which}: {lacks} lacks what is named there. {_do(left_out.values())}"
