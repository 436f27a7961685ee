"""What questions about an operation answer: paths, promise answers, places."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import FiniteFloat

from ringfence.model.record import Record


class PathStep(Record):
    """A stretch of one segment, driven from `start_m` to `end_m` (smaller `end_m`: against its direction)."""

    segment: str
    start_m: FiniteFloat
    end_m: FiniteFloat


class DrivenPath(Record):
    """A path that can be driven (or walked): street names in order, its line, and the steps that prove it."""

    streets: tuple[str, ...]
    length_m: float
    coordinates: tuple[tuple[float, float], ...]
    steps: tuple[PathStep, ...]


class Leak(Record):
    """One way in.

    `through` names the opening: the barriers passed that do not close, or the street where nothing stands.
    `certain` is false where the opening rests on a claim or on a time that nobody stated; `claimed` is true where it
    rests on a mere claim.
    """

    through: str
    barriers: tuple[str, ...]
    certain: bool
    claimed: bool
    mend: str
    path: DrivenPath


AnswerWord = Literal["kept", "broken", "unknown"]


class PromiseAnswer(Record):
    """Kept, broken or unknown, since when, in a sentence, with the witness that proves it.

    Attributes
    ----------
    certain : bool
        Whether every reading of the log agrees.
    since : datetime or None
        Since when the answer has been this one, be it for certain or not; None before the operation.
    certain_since : datetime or None
        Since when it has been so for certain; None where it is not.
    """

    id: str
    kind: str
    text: str
    answer: AnswerWord
    certain: bool
    since: datetime | None
    certain_since: datetime | None = None
    says: str
    witness: dict[str, Any]


class PlaceReading(Record):
    """One way to read the words: a point on a segment, the arms that a barrier there would close, and why."""

    segment: str
    offset_m: float
    lon: float
    lat: float
    streets: tuple[str, ...]
    arms: tuple[str, ...]
    junction: str | None
    reasons: tuple[str, ...]
    flagged: bool
    score: float
