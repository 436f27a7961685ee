"""What each desk's chain must go on from, and where a row of lines breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ringfence.base.errors import Fault
from ringfence.ledger.lines import LedgerLine, genesis

Head = tuple[int, str]
"""Number and hash of a desk's last line."""


def heads_as_told(heads: Mapping[str, Head]) -> dict[str, dict[str, str | int]]:
    """Heads as they stand in JSON: by desk, number and hash by name."""
    return {desk: {"seq": seq, "hash": digest} for desk, (seq, digest) in heads.items()}


_GET_WHOLE = "Compare with an export or a backup, and bring in the lines as their desk holds them."


@dataclass(frozen=True, slots=True)
class Verification:
    """What `Ledger.verify` found.

    Attributes
    ----------
    lines : int
        How many lines were looked at.
    heads : Mapping of str to (int, str)
        Each desk's last line: its number and hash. Written down elsewhere, they show later that no line was cut off.
    faults : tuple of Fault
        Empty if everything holds.
    withheld, erased : int
        How many texts are not here: because they were never handed on, or because they were erased.
    """

    lines: int
    heads: Mapping[str, Head]
    faults: tuple[Fault, ...]
    withheld: int = 0
    erased: int = 0


class Chains:
    """Walks lines in order and says where one doesn't go on from the line before it in its desk's chain.

    After a break it goes on from the line as it stands, so that one break is named once. Without an operation, what
    the first line of a desk goes on from is not looked at.
    """

    def __init__(self, operation: str | None, heads: Mapping[str, Head] | None = None) -> None:
        self._operation = operation
        self.heads = dict(heads or {})

    def follow(self, line: LedgerLine, where: str) -> list[Fault]:
        """Everything that is wrong with `line`, coming after the lines so far."""
        faults = changed(line, where)
        first = line.prev if self._operation is None else genesis(self._operation, line.desk)
        seq, before = self.heads.get(line.desk, (0, first))
        if line.seq != seq + 1:
            code = "line-missing" if line.seq > seq + 1 else "line-out-of-order"
            faults.append(Fault(code, where, f"line {seq + 1} of desk {line.desk}", f"line {line.seq}", _GET_WHOLE))
        elif line.prev != before:
            ends = f"a line after {before[:16]}..."
            if seq == 0:
                ends = f"the first line of desk {line.desk} of operation {self._operation} (after {before[:16]}...)"
            faults.append(Fault("chain-broken", where, ends, f"one after {line.prev[:16]}...", _GET_WHOLE))
        self.heads[line.desk] = (line.seq, line.hash)
        return faults


def changed(line: LedgerLine, where: str) -> list[Fault]:
    """Faults if the line doesn't hold what was hashed, or a text is not what it commits to."""
    faults = [
        Fault("text-changed", where, f"the text and salt of {field} that it commits to", "others", _GET_WHOLE)
        for field in line.changed_texts
    ]
    if not line.is_unchanged:
        found = f"line {line.seq} of desk {line.desk} with other content"
        faults.append(Fault("line-changed", where, f"what {line.hash[:16]}... was made over", found, _GET_WHOLE))
    return faults


def cut_off(expect: Mapping[str, Head], found: Mapping[str, str | None]) -> list[Fault]:
    """Faults where a head that somebody wrote down is not held; `found` has the hash that stands there, by desk."""
    return [
        Fault(
            "tail-cut" if found[desk] is None else "head-differs",
            f"desk {desk} line {seq}",
            f"{known[:16]}..., as it was written down",
            "no such line" if found[desk] is None else f"{found[desk]}"[:16] + "...",
            _GET_WHOLE,
        )
        for desk, (seq, known) in expect.items()
        if found[desk] != known
    ]
