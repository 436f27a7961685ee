"""A line that somebody typed, and what was understood of it: shown before anything is saved."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ringfence.model.entries import EntryDraft
from ringfence.model.record import Moment, Record, Text

LINE_LETTERS_MAX = 4000
"""As many as an entry's `what` holds."""

ReadAs = Literal[
    "time", "kind", "state", "place", "source", "channel", "certainty", "number", "link", "reason", "power"
]  # fmt: skip
"""What a stretch of a line was read as. Unit, parts and basis of a count are read as part of its number."""


class TypedPart(Record):
    """A stretch of the line, from `start` up to `end` (in characters), and what it was read as, in words."""

    start: int
    end: int
    text: str
    read_as: ReadAs
    says: str


class Doubt(Record):
    """What is not clear about a line.

    `matters` is false where the entry can be saved as it stands. `choices` are words that would settle it.
    """

    code: str
    about: str
    expected: str
    found: str
    do: str
    matters: bool
    choices: tuple[str, ...] = ()


class TypedLine(Record):
    """A line as it was understood: the entry it makes, the parts it was read from, and what is not clear.

    `ready` is false while a doubt matters: such a line can be kept as `note`, which claims nothing more than its words.
    """

    text: str
    draft: EntryDraft
    parts: tuple[TypedPart, ...]
    doubts: tuple[Doubt, ...]
    ready: bool
    note: EntryDraft


class TypedQuestion(Record):
    """A line to be understood; times in it are read as somebody means them at `now`.

    Left out, that is the present; of an operation that is more than a week away, its start or its end.
    """

    text: Annotated[Text, Field(description="one line, as a duty officer types it")]
    now: Moment | None = None
