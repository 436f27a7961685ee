"""Alarms: promises that are not kept, and who has acknowledged that."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from ringfence.model.answers import PromiseAnswer
from ringfence.model.entries import Source
from ringfence.model.record import Record, Text


class Acknowledgement(Record):
    """A role knows of an alarm, and says why it stands: the entry that says so, and when the desk took it."""

    entry: str
    source: Source
    why: str
    at: datetime


class Alarm(Record):
    """A promise that is not kept: its answer with witness and since when, what would mend it, who knows of it.

    It is raised again, unacknowledged, when the answer gets worse, or breaks anew after it was kept.
    """

    answer: PromiseAnswer
    mend: tuple[str, ...] = Field(description="what would mend it, step by step; a person has to judge it")
    acknowledged: Acknowledgement | None


class Alarms(Record):
    """All alarms at a moment, the newest first, as known at a moment (null: with all that is known)."""

    operation: str
    at: datetime
    known_at: datetime | None
    last_position: int
    alarms: tuple[Alarm, ...]

    @property
    def all_acknowledged(self) -> bool:
        """Whether a role knows of each."""
        return all(alarm.acknowledged for alarm in self.alarms)


Happened = Literal["raised", "acknowledged", "over"]


class AlarmEvent(Record):
    """One alarm was raised (for the first time, worse, or no longer acknowledged), acknowledged, or is over."""

    happened: Happened
    promise: str
    alarm: Alarm | None = Field(description="as it is now; null where it is over")
    at: datetime
    last_position: int


class AcknowledgementDraft(Record):
    """A role acknowledges an alarm, with the reason why it stands."""

    by: Annotated[Text, Field(description="the role, never a person's name")]
    why: Text
