"""The base of all records: frozen, strict about unknown fields."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

YEAR_MIN, YEAR_MAX = 1900, 2200


def _within_reason(moment: datetime) -> datetime:
    if not YEAR_MIN <= moment.astimezone(UTC).year <= YEAR_MAX:
        message = f"a time between the years {YEAR_MIN} and {YEAR_MAX} is expected"
        raise ValueError(message)
    return moment


def _bounded(moment: datetime) -> datetime:
    try:
        return _within_reason(moment)
    except OverflowError:
        return _within_reason(moment.replace(tzinfo=UTC))


Moment = Annotated[AwareDatetime, AfterValidator(_bounded)]
"""An instant with a zone, in years that a cordon can lie in, so that no sum of times overflows."""


class Record(BaseModel):
    """A frozen record. Unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
