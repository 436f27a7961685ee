"""Entries of other desks that name what this desk's folder lacks: their words are taken in, their effect is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    was said.
    """
    try:
        return operation.with_added(entries), {}
    except BadInput as error:
        unfit = operation.unfit(entries)
        if not unfit:  # each fits by itself: they follow, or take back, each other in a circle
            unfit = {entry.id: error.faults for entry in entries if entry.follows or entry.retracts}
        if not unfit:
            raise
    grown, others = take_in(operation, [bare(entry) if entry.id in unfit else entry for entry in entries])
    return grown, {**unfit, **others}


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
        says = f"No answer of this desk counts this entry: {named}. {DO}"
        return (Flag(code="effect-left-out", about="entry", says=says), *super().flags(entry, log))


DO = "Start this desk again with the folder of the desk that wrote it."


def left_out_in_words(left_out: LeftOut) -> str:
    """What every screen says while the effect of entries is left out."""
    last = list(left_out)[-1]
    which = last if len(left_out) == 1 else f"{len(left_out)} entries, the last one {last}"
    return f"Answers here do not count {which}: this desk's folder lacks what is named there. {DO}"
