"""Who may read which words of the log, when it is handed on: `disclosure.toml`."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ringfence.model.entries import EntryKind
from ringfence.model.record import Id, Record, Text

TextName = Literal["what", "why", "place", "source.by", "source.via", "ref"]
"""A free text of an entry; `ref` is each of its references."""

ALL: Literal["*"] = "*"
"""Stands for anything, and inside a wording for any letters."""

NAMES: tuple[TextName, ...] = ("what", "why", "place", "source.by", "source.via", "ref")


def is_worded(words: str | None, wanted: str) -> bool:
    """Whether words are as `wanted` says, capital letters and spaces aside; ``*`` in it is any letters, or none.

    Words that are not here (None) are only what ``*`` alone asks for.
    """
    if wanted == ALL or words is None:
        return wanted == ALL
    letters = ".*".join(re.escape(_plain(part)) for part in wanted.split(ALL))
    return re.fullmatch(letters, _plain(words), re.DOTALL) is not None


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words).casefold()


class PublicSource(Record):
    """Who is quoted in public, or through which channel: such as ``via = "*police website*"``."""

    by: Text = ALL
    via: Text = ALL

    @model_validator(mode="after")
    def _check_stated(self) -> Self:
        if self.by == self.via == ALL:
            message = "by or via is expected, other than *"
            raise ValueError(message)
        return self

    def is_of(self, by: str | None, via: str | None) -> bool:
        """Whether an entry's source is this one."""
        return is_worded(by, self.by) and is_worded(via, self.via)


class Readable(Record):
    """Texts that a role reads: those of these names, in entries of these kinds, from these sources."""

    texts: Annotated[tuple[TextName, ...], Field(min_length=1)] = NAMES
    kinds: tuple[EntryKind, ...] = Field(default=(), description="none stated: all kinds")
    sources: Literal["all", "public"] = "all"
    by: Annotated[tuple[Text, ...], Field(min_length=1)] = (ALL,)


class DisclosureRole(Record):
    """Whom the log is handed to, and what they read. Without `reads`: no text at all."""

    id: Id
    says: Text | None = None
    reads: tuple[Readable, ...] = ()


class DisclosureFile(Record):
    """`disclosure.toml`: which sources are public, and what further roles read."""

    public_source: tuple[PublicSource, ...] = ()
    role: tuple[DisclosureRole, ...] = ()

    @property
    def roles(self) -> dict[str, DisclosureRole]:
        """Every role by its id: the two that are always there, unless the file has its own of that name."""
        return {role.id: role for role in (*BUILT_IN, *self.role)}

    def is_public(self, by: str | None, via: str | None) -> bool:
        """Whether a source is public: nothing in an entry says so, only this file does."""
        return any(source.is_of(by, via) for source in self.public_source)

    def may_read(self, role: DisclosureRole, name: TextName, kind: EntryKind, by: str | None, via: str | None) -> bool:
        """Whether a role reads a text of an entry; `by` and `via` are None where they are not here to be looked at."""
        return any(
            name in part.texts
            and (not part.kinds or kind in part.kinds)
            and any(is_worded(by, wanted) for wanted in part.by)
            and (part.sources == "all" or self.is_public(by, via))
            for part in role.reads
        )


BUILT_IN = (
    DisclosureRole(id="public", says="Anybody: what public sources said.", reads=(Readable(sources="public"),)),
    DisclosureRole(id="court", says="A court, or an inquiry: all that is held.", reads=(Readable(),)),
)
"""Roles of every operation. Where no source is said to be public, `public` reads no text."""

NOTHING_PUBLIC = DisclosureFile()
"""The rules of an operation that states none."""
