"""What the rules of the ledger need of a database: rows that are found, added and, of texts, erased."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Literal, NamedTuple, Protocol

from ringfence.base.errors import Fault
from ringfence.ledger.chain import Head

TextState = Literal["kept", "withheld", "erased"]


class StoredText(NamedTuple):
    """One text of a line; `salt` and `text` are there if its state is "kept"."""

    field: str
    state: TextState
    salt: str | None = None
    text: str | None = None


class Row(NamedTuple):
    """A line as a store holds it.

    `arrival` ties the line to the one that arrived before it. `erases` is the id of the entry out of which it takes
    texts, if it is an erasure. `entry` is the entry as written, in canonical JSON.
    """

    position: int
    desk: str
    seq: int
    stored_at: str
    key: str | None
    prev: str
    hash: str
    entry: str
    entry_id: str
    erases: str | None
    arrival: str
    texts: tuple[StoredText, ...] = ()


class Damaged(Exception):
    """What a store holds is not what it was given."""


def refuse_unless_rising(rows: Sequence[Row], after: int) -> None:
    """Refuse rows that are not in order of position, as a damaged file may give them: again and again, without end.

    Raises
    ------
    Damaged
        Saying where.
    """
    for row in rows:
        if not isinstance(row.position, int) or row.position <= after:
            message = f"position {row.position!r} comes after position {after}"
            raise Damaged(message)
        after = row.position


def stray_text(position: int) -> Fault:
    """The fault of texts whose line is not there."""
    do = "Compare with an export or a backup."
    return Fault("text-without-line", f"position {position}", "a line that the text belongs to", "none", do)


def damaged(where: str, found: str) -> Fault:
    """The fault of a ledger that no longer holds what it should."""
    return Fault("ledger-damaged", where, "a ledger as it was written", found, "Verify it, and get the backup.")


class Store(Protocol):
    """A database with the lines of one operation.

    Everything but `close`, `reading` and `writing` is called inside one of these two. All methods raise `BadInput`
    or `Damaged`, never an error of the database.
    """

    operation: str
    desk: str
    where: str
    """What it is called in faults; no password stands in it."""
    first_arrival: str
    """What the first row's `arrival` goes on from."""

    @property
    def is_writable(self) -> bool:
        """Whether lines can be added here."""

    @property
    def is_snapshot(self) -> bool:
        """Whether this is a copy as of the time when it was opened."""

    def close(self) -> None:
        """Let go of the database."""

    def apart(self) -> Store | None:
        """Another connection to the same lines, for a long read that holds nobody up; None where there can be none."""

    def reading(self) -> AbstractContextManager[None]:
        """Everything read inside is as of one moment, while others write."""

    def writing(self) -> AbstractContextManager[None]:
        """One transaction of the only writer: what is read inside still holds when it is committed.

        What was committed is on the disk when this is left; after an exception nothing is.
        """

    def changes_by_others(self) -> object:
        """Something that is another thing once anybody else has written."""

    def last(self) -> tuple[int, str]:
        """Position and arrival of the last row; 0 and `first_arrival` if there is none."""

    def head(self, desk: str) -> Head | None:
        """Number and hash of a desk's last line."""

    def heads(self) -> dict[str, Head]:
        """Number and hash of each desk's last line."""

    def find_seq(self, desk: str, seq: int) -> Row | None:
        """A desk's line by its number."""

    def find_key(self, desk: str, key: str) -> Row | None:
        """A desk's line by its key."""

    def find_entry(self, entry_id: str) -> Row | None:
        """The line with an entry."""

    def withheld(self) -> frozenset[tuple[str, str]]:
        """Which texts are withheld: id of the entry, and field."""

    def erasures(self, entry_id: str) -> list[Row]:
        """The lines that take texts out of an entry, in order of position."""

    def rows(self, after: int, limit: int | None) -> Iterator[Row]:
        """Rows in order of position, from the one after a position."""

    def put(self, row: Row) -> None:
        """Add a row at the end, with its texts."""

    def settle_text(self, position: int, text: StoredText) -> None:
        """Erase a text, or keep one that was withheld; the store refuses anything else."""

    def scrub(self) -> None:
        """Once this transaction is committed, see to it that nothing is left of texts erased in it or before."""

    def faults(self) -> Iterator[Fault]:
        """What the database finds wrong with its own pages, and texts that belong to no line."""
