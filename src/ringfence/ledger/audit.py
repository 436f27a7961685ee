"""The whole ledger looked at: every line that was changed, cut out, reordered or renumbered, and every text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from ringfence.base.errors import BadInput, Fault
from ringfence.ledger.chain import Chains, Head, Verification, cut_off
from ringfence.ledger.lines import LedgerLine, canonical
from ringfence.ledger.rows import arrival_of, erased_entry, line_of, row_of
from ringfence.ledger.store import Damaged, Row, Store, StoredText
from ringfence.ledger.texts import RevealedText, commitment, commitments

_AT_ONCE = 1_000
_GET_WHOLE = "Compare with an export or a backup."


def audit(store: Store, expect: Mapping[str, Head]) -> Verification:
    """Everything that doesn't hold in a store: `Ledger.verify` says what that is."""
    walk = _Walk(store.operation, store.first_arrival)
    try:
        with store.reading():
            faults = list(store.faults())
        # A part at a time, so that nobody who writes or erases waits for the end. Lines never change, and the last
        # look is at the end as it is then: an erasure that came meanwhile is among the lines, like what it took.
        is_at_end = False
        while not is_at_end:
            with store.reading():
                rows = list(store.rows(walk.position, _AT_ONCE))
                if is_at_end := not rows:
                    walk.look_at_erasures(store.find_entry)
                    standing = {desk: store.find_seq(desk, seq) for desk, (seq, _) in expect.items()}
            for row in rows:
                walk.look_at(row)
    except BadInput as error:
        return replace(walk.result(), faults=(*walk.faults, *error.faults))
    found = {desk: None if row is None else row.hash for desk, row in standing.items()}
    return replace(walk.result(), faults=(*faults, *walk.faults, *cut_off(expect, found)))


def audit_lines(
    lines: Sequence[LedgerLine],
    *,
    operation: str | None = None,
    expect: Mapping[str, Head] | None = None,
) -> Verification:
    """Everything that doesn't hold in lines that were handed on, whichever of their texts were withheld.

    Needs no ledger: whoever gets an export or a disclosure can prove it whole.

    Parameters
    ----------
    lines : sequence of LedgerLine
        All of them, in the order of the file.
    operation : str, optional
        Whose log it must be. Without it, lines of another operation pass, if they are all of that one.
    expect : Mapping of str to (int, str), optional
        Desk to number and hash of a line that must be there; as in `Ledger.verify`.
    """
    walk = _Walk(operation, "")
    arrival, by_entry, standing = "", dict[str, Row](), dict[tuple[str, int], str]()
    faults: list[Fault] = []
    for position, line in enumerate(lines, start=1):
        row = row_of(line, position, arrival, _texts_of(line))
        walk.look_at(row)
        arrival = row.arrival
        standing.setdefault((line.desk, line.seq), line.hash)
        if by_entry.setdefault(line.entry.id, row) is not row:
            where = f"position {position} (desk {line.desk} line {line.seq})"
            faults.append(Fault("id-twice", where, "an entry id that stands once", line.entry.id, _GET_WHOLE))
    walk.look_at_erasures(by_entry.get)
    found = {desk: standing.get((desk, seq)) for desk, (seq, _) in (expect or {}).items()}
    return replace(walk.result(), faults=(*walk.faults, *faults, *cut_off(expect or {}, found)))


def audit_revealed(lines: Iterable[LedgerLine], revealed: Iterable[RevealedText]) -> tuple[Fault, ...]:
    """Texts that were handed over beside the lines, and are not what these commit to."""
    by_entry = {line.entry.id: line for line in lines}
    return tuple(fault for text in revealed for fault in _not_revealed(text, by_entry.get(text.entry)))


def _texts_of(line: LedgerLine) -> tuple[StoredText, ...]:
    """A line's texts as the file has them: null is erased, and what is not named is withheld."""
    found = []
    for field in commitments(line.written):
        kept = line.texts.get(field)
        if kept is not None:
            found.append(StoredText(field, "kept", kept.salt, kept.text))
        else:
            found.append(StoredText(field, "erased" if field in line.texts else "withheld"))
    return tuple(found)


def _not_revealed(text: RevealedText, line: LedgerLine | None) -> list[Fault]:
    where = f"{text.field} of entry {text.entry}"
    committed = None if line is None else commitments(line.written).get(text.field)
    if committed is None:
        found = "no such entry" if line is None else "an entry without it"
        return [Fault("no-such-text", where, "a text that a line commits to", found, "Check entry and field.")]
    if commitment(text.salt, text.text) != committed:
        do = "It is not what was said then: ask whoever handed it over."
        return [Fault("not-that-text", where, f"the text and salt behind {committed[:16]}...", "others", do)]
    return []


class _Walk:
    """Looks at row after row as it stands, and gathers what is wrong."""

    def __init__(self, operation: str | None, first_arrival: str) -> None:
        self._chains = Chains(operation)
        self._arrival = first_arrival
        self.position = 0
        self.faults: list[Fault] = []
        self._lines = 0
        self._withheld = 0
        # By entry: where it stands, and which of its texts are erased; and which ones erasures say are.
        self._erased: dict[str, tuple[str, set[str]]] = {}
        self._to_erase: dict[str, set[str]] = {}
        self._erasures: set[str] = set()

    def look_at(self, row: Row) -> None:
        where = f"position {row.position} (desk {row.desk} line {row.seq})"
        self._lines += 1
        if row.position != self.position + 1:
            self._note("position-missing", where, f"position {self.position + 1}", f"position {row.position}")
        elif row.arrival != arrival_of(self._arrival, row.hash):
            self._note("arrival-broken", where, "the line that arrived here", "another one")
        self.position, self._arrival = row.position, row.arrival
        try:
            line = line_of(row)
        except Damaged as error:
            self._note("line-unreadable", where, "a line of a ledger", str(error))
            self._chains.heads[row.desk] = (row.seq, row.hash)
            return
        # Another text with the same meaning has the same hash, but two readers might see two things in it.
        if canonical(line.written) != row.entry or line.entry.id != row.entry_id or erased_entry(line) != row.erases:
            self._note("line-changed", where, "the entry as this ledger writes it", "other text, or another id")
        self.faults += self._chains.follow(line, where)
        self._look_at_texts(row, line, where)

    def look_at_erasures(self, find_entry: Callable[[str], Row | None]) -> None:
        """Texts that went without an erasure, and texts that an erasure did not take."""
        for entry_id, (where, gone) in self._erased.items():
            for field in sorted(gone - self._to_erase.get(entry_id, set())):
                self._note("erased-unsaid", where, f"an erasure that names {field}", "none")
        for entry_id, due in self._to_erase.items():
            row = find_entry(entry_id)
            for text in () if row is None or entry_id in self._erasures else row.texts:
                if text.field in due and text.state != "erased":
                    self._note("not-erased", f"entry {entry_id}", f"{text.field} erased", f"it is {text.state}")

    def _look_at_texts(self, row: Row, line: LedgerLine, where: str) -> None:
        fields = {text.field for text in row.texts}
        for field in sorted(fields ^ commitments(line.written).keys()):
            self._note("text-missing", where, f"{field}, or that it was erased or withheld", "neither")
        self._withheld += sum(text.state == "withheld" for text in row.texts)
        if gone := {text.field for text in row.texts if text.state == "erased"}:
            self._erased[line.entry.id] = (where, gone)
        if line.entry.kind == "erasure":
            self._erasures.add(line.entry.id)
        if target := erased_entry(line):
            self._to_erase.setdefault(target, set()).update(line.entry.erases)

    def result(self) -> Verification:
        erased = sum(len(gone) for _, gone in self._erased.values())
        return Verification(self._lines, dict(self._chains.heads), tuple(self.faults), self._withheld, erased)

    def _note(self, code: str, where: str, expected: str, found: str) -> None:
        self.faults.append(Fault(code, where, expected, found, _GET_WHOLE))
