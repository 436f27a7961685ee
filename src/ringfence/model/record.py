"""The base of all records: frozen, strict about unknown fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from ringfence.base.tables import ID_PATTERN
from ringfence.base.times import YEAR_MAX, YEAR_MIN


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


_A_NUMBER = re.compile(r"\s*[+-]?[0-9]+(?:\.[0-9]*)?\s*")


_IN_WORDS: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


def _no_number(given: object) -> object:
    """20220221 would be taken for seconds since 1970: a day in 1970 that nobody meant.

    A text is read here, for behind this a strict reader would no longer know that it stood in JSON.
    """
    if isinstance(given, int | float) or (isinstance(given, str) and _A_NUMBER.fullmatch(given)):
        raise PydanticCustomError("moment_number", "a time in words, no number")
    return _IN_WORDS.validate_python(given) if isinstance(given, str) else given


Moment = Annotated[AwareDatetime, AfterValidator(_bounded), BeforeValidator(_no_number)]
"""An instant with a zone, in years that a cordon can lie in, so that no sum of times overflows; never a bare number."""

_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows, so that a line reads otherwise than it is stored."""


AS_STORED = {"as_stored": True}
"""The context in which a stored line is read: a ledger that took a blank text, once, must stay readable."""
_BLANK = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Categories of characters that leave no mark: blanks, line ends, and those of no width."""
_BLANK_LETTERS = frozenset("\u2800\u3164\u115f\u1160\uffa0\u034f")
"""Letters, symbols and marks by their category, of which nothing is seen."""


def is_blank(text: str) -> bool:
    """Whether there is nothing to read in a text."""
    if text[:1].isalnum() and text[0] not in _BLANK_LETTERS:  # as nearly all texts begin
        return False
    return all(one in _BLANK_LETTERS or unicodedata.category(one) in _BLANK for one in text)


def _plain(text: str, info: ValidationInfo) -> str:
    if is_blank(text) and info.context != AS_STORED:
        raise PydanticCustomError("blank_text", "words, not only blanks")
    if text.isprintable():  # then it has none of these; so it is with nearly all texts
        return text
    for letter in text:
        if letter in _STEERING or (unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t"):
            expected = "text without control or direction characters, such as {found}"
            raise PydanticCustomError("steering_text", expected, {"found": f"U+{ord(letter):04X}"})
    return text


Id = Annotated[str, Field(pattern=ID_PATTERN)]
"""A stable id."""

_NAME_SHOWN_MAX = 80
TEXT_LENGTH_MAX = 4000
"""Characters of a person's words."""

Text = Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH_MAX), AfterValidator(_plain)]
"""Words of a person. Letters of any script, but nothing that steers a terminal or turns a line round."""


class Record(BaseModel):
    """A frozen record. Unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, json_schema_serialization_defaults_required=True
    )


_AS_MOMENT = "a time with a zone, such as 2022-02-21T07:36:00+13:00"
EXPECTED = {
    "timezone_aware": _AS_MOMENT,
    "datetime_parsing": _AS_MOMENT,
    "datetime_from_date_parsing": _AS_MOMENT,
    "moment_number": _AS_MOMENT,
    "float_parsing": "a number",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_too_short": "at least one character",  # no text has to be longer
}
"""What the commonest faults of a value mean, in plain words, by pydantic's name for them."""
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}
"""What a number is held against, by pydantic's name for the fault: where it is, and in words."""
_DATE = re.compile(r"\s*(?:[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}|(?:19|20|21)[0-9]{2}[01][0-9][0-3][0-9])\s*")
_WHOLE, _ANY_NUMBER = "constrained-int", "constrained-float"


def more_told(problem: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Of a text too long, and of a date alone where a time is due: expected, found, what to do; None for another fault.

    How a long text begins is not told: whoever sent it knows, and nobody else has to.
    """
    given = problem.get("input")
    is_time = problem["type"].startswith(("timezone_", "datetime_", "moment_"))
    if is_time and isinstance(given, str) and _DATE.fullmatch(given):
        do = "Of a whole day write precision day, from its midnight to the next one, both with the zone."
        return _AS_MOMENT, f"{given!r}, which is a whole day", do
    if problem["type"] == "moment_number":
        do = "Write year-month-day, T, hour:minute, and the offset or Z; an instant is no count of seconds."
        return _AS_MOMENT, repr(given), do
    if problem["type"] != "string_too_long":
        return None
    length_max = problem["ctx"]["max_length"]
    do = "Shorten it, or keep it as a file that the words name." if length_max == TEXT_LENGTH_MAX else "Shorten it."
    return f"at most {length_max:,} characters", f"{len(problem['input']):,}", do


def bound_told(problem: Mapping[str, Any]) -> str | None:
    """Of a number that is too small or too large, what was expected; None for another fault."""
    if problem["type"] not in _BOUNDS:
        return None
    name, words = _BOUNDS[problem["type"]]
    return f"{words} {problem['ctx'][name]:,.10g}"


def field_in(loc: Iterable[str | int]) -> str:
    """Where a validator found something, such as ``so.from``; of a name in the data that is too long, how it begins."""
    return ".".join(part if len(part) <= _NAME_SHOWN_MAX else f"{part[:20]}..." for part in map(str, loc))


def told_once(problems: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a validator found, with one finding for a number that is neither a whole one nor any, at its field."""
    found = [dict(problem) for problem in problems]
    numbers = {tuple(one["loc"][:-1]) for one in found if one["loc"] and one["loc"][-1] == _ANY_NUMBER}
    told = []
    for one in found:
        loc = tuple(one["loc"])
        if loc and loc[:-1] in numbers and loc[-1] in {_WHOLE, _ANY_NUMBER}:
            if loc[-1] == _WHOLE:
                continue
            one["loc"] = loc[:-1]
        told.append(one)
    return told
