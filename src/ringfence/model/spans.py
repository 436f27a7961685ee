"""When something was so, reported or recorded, as exactly as somebody stated it and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from ringfence.model.record import Moment, Record

Precision = Literal["exact", "about", "between", "after", "before", "day", "unknown"]

BEGINNING = datetime.min.replace(tzinfo=UTC)
"""Stands for "nobody said since when"."""
END = datetime.max.replace(tzinfo=UTC)
"""Stands for "nobody said until when"."""

ABOUT = timedelta(minutes=15)
"""How far "about 19:00" reaches either way: a house reading, since nobody who says "about" says how much."""

_ENDS: dict[Precision, tuple[bool, bool]] = {
    "exact": (True, True),
    "about": (True, True),
    "between": (True, True),
    "day": (True, True),
    "after": (True, False),
    "before": (False, True),
    "unknown": (False, False),
}


class Span(Record):
    """An instant, an interval in which an instant lies, or an open end.

    `exact` and `about` have equal ends; `between` and `day` say that the instant lies somewhere from `from_` to `to`;
    `after` and `before` state one end; `unknown` none.
    """

    precision: Precision
    from_: Moment | None = Field(default=None, alias="from")
    to: Moment | None = None

    @model_validator(mode="after")
    def _check_ends(self) -> Self:
        wanted = _ENDS[self.precision]
        if (self.from_ is not None, self.to is not None) != wanted:
            ends = " and ".join(name for name, needed in zip(("from", "to"), wanted, strict=True) if needed) or "no end"
            message = f"precision {self.precision} takes {ends}"
            raise ValueError(message)
        if self.from_ and self.to and self.from_ > self.to:
            message = "an end (to) no earlier than the start (from)"
            raise ValueError(message)
        if self.precision in {"exact", "about"} and self.from_ != self.to:
            message = f"precision {self.precision} takes equal ends"
            raise ValueError(message)
        return self

    @property
    def earliest(self) -> datetime:
        """The first moment it can have been."""
        if self.from_ is None:
            return BEGINNING
        return self.from_ - ABOUT if self.precision == "about" else self.from_

    @property
    def latest(self) -> datetime:
        """The last moment it can have been."""
        if self.to is None:
            return END
        return self.to + ABOUT if self.precision == "about" else self.to
