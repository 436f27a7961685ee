"""What doors show that no single room holds: the operation at a glance, the log with its cross-links, a replay."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from ringfence.base.traffic import VehicleClass
from ringfence.model.answers import AnswerWord, PlaceReading, PromiseAnswer
from ringfence.model.entries import Entry
from ringfence.model.operation import Category, KeyMoment, Site
from ringfence.model.record import Id, Moment, Record
from ringfence.picture import (
    BarrierPicture,
    BarrierWordings,
    Count,
    Flag,
    Picture,
    Rivals,
    RulePicture,
    SegmentPicture,
    SitePicture,
)

Knowledge = Literal["all", "then"]
"""As it was so, with all that is known by now (`all`), or as it was known at each moment (`then`)."""


class ArmView(Record):
    """An arm on the map; `bearing_deg` is the street's direction there, clockwise from north."""

    segment: str
    offset_m: float
    inside: Literal["from", "to"]
    lon: float
    lat: float
    bearing_deg: float


class BarrierView(Record):
    """A barrier as it is planned; its state is in the picture."""

    id: str
    name: str
    places: tuple[str, ...]
    gate: bool
    foot_gap: bool
    note: str
    arms: tuple[ArmView, ...]


class PortalView(Record):
    """A place off the map, at the junction through which it is reached."""

    id: str
    name: str
    stands_for: str
    lon: float
    lat: float
    extra_min: float
    extra_min_uncertainty: float


class PromiseView(Record):
    """A promise in words."""

    id: str
    kind: str
    text: str


class RuleView(Record):
    """An access rule in words; a logged one holds only while the log has put it in force."""

    id: str
    says: str
    logged: bool


class OperationView(Record):
    """What stays the same over the days of an operation. `now` is the present, held to those days."""

    id: str
    title: str
    timezone: str
    starts: datetime
    ends: datetime
    now: datetime
    vehicle_class: VehicleClass
    credits: tuple[str, ...]
    moments: tuple[KeyMoment, ...]
    barriers: tuple[BarrierView, ...]
    sites: tuple[Site, ...]
    portals: tuple[PortalView, ...]
    promises: tuple[PromiseView, ...]
    categories: tuple[Category, ...]
    rules: tuple[RuleView, ...]
    desk: str | None = Field(description="the desk that new entries are written at; null where nothing can be written")
    digest: str = Field(description="sha256 over everything but the log: another value means another operation")
    version: str = Field(description="of Ringfence")


class StreetProperties(Record):
    """A segment's facts: who may go along it (`forward`) and against it (`backward`), and what could (`physical`)."""

    id: str
    name: str
    highway: str
    forward: tuple[VehicleClass, ...]
    backward: tuple[VehicleClass, ...]
    physical: bool
    inferred: bool
    length_m: float


class LineString(Record):
    """A GeoJSON geometry: lon, lat."""

    type: Literal["LineString"] = "LineString"
    coordinates: tuple[tuple[float, float], ...]


class StreetFeature(Record):
    """A GeoJSON feature: one segment."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: LineString
    properties: StreetProperties


class StreetMap(Record):
    """The network as a GeoJSON feature collection, in the network's order."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: tuple[StreetFeature, ...]


class AreaProperties(Record):
    """Which outline it is."""

    outline: Literal["protected", "limit"]
    name: str


class AreaGeometry(Record):
    """A GeoJSON polygon or multipolygon."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: tuple[Any, ...]


class AreaFeature(Record):
    """A GeoJSON feature: one outline."""

    type: Literal["Feature"] = "Feature"
    geometry: AreaGeometry
    properties: AreaProperties


class AreaMap(Record):
    """The protected area and the limit as a GeoJSON feature collection."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: tuple[AreaFeature, ...]


class LogItem(Record):
    """An entry with its place in the ledger and its cross-links, worked out from the whole log.

    `rivals` say otherwise and stand beside it; `retracted_by` took it back; `corrected_by` put it right. `flags` are
    what is odd about it; it stands all the same.
    """

    position: int
    desk: str | None
    stored_at: datetime | None
    hash: str | None
    entry: Entry
    rivals: tuple[str, ...]
    retracted_by: tuple[str, ...]
    corrected_by: tuple[str, ...]
    flags: tuple[Flag, ...]


class LogPage(Record):
    """Part of the log, newest in the ledger first; `next_before` asks for the page behind it."""

    items: tuple[LogItem, ...]
    matching: int
    next_before: int | None
    last_position: int


class PlaceAnswer(Record):
    """Readings of a place as people word it, best first."""

    words: str
    readings: tuple[PlaceReading, ...]


class PlaceName(Record):
    """A name under which a place is known; `detail` tells it from others of that name."""

    name: str
    kind: Literal["street", "site", "barrier"]
    detail: str


class PlaceNames(Record):
    """Names that begin with, hold, or resemble what was typed, best first."""

    names: tuple[PlaceName, ...]


class FramePicture(Record):
    """The part of a picture that a map shows."""

    barriers: tuple[BarrierPicture, ...]
    sites: tuple[SitePicture, ...]
    rules: tuple[RulePicture, ...]
    occupied: tuple[SegmentPicture, ...]
    last_sweep: datetime | None


class FrameAnswer(Record):
    """One promise in one frame: `finding` counts into `Replay.findings`."""

    finding: int
    since: datetime | None
    certain_since: datetime | None


class Frame(Record):
    """What holds from `at` up to the next frame. Answers stand in the order of the operation's promises."""

    at: datetime
    picture: int
    answers: tuple[FrameAnswer, ...]


class AnswerChange(Record):
    """A promise's answer changed."""

    at: datetime
    promise: str
    before: AnswerWord
    after: AnswerWord
    certain: bool


class Replay(Record):
    """The whole operation, frame by frame. Exact: between two frames nothing changes that a promise rests on.

    Pictures and findings stand once each; frames count into them. Since when a finding has been so is in the frame.
    """

    knowledge: Knowledge
    starts: datetime
    ends: datetime
    last_position: int
    frames: tuple[Frame, ...]
    pictures: tuple[FramePicture, ...]
    findings: tuple[PromiseAnswer, ...]
    changes: tuple[AnswerChange, ...]


class Told(Record):
    """What was counted, what is disputed, and how barriers were worded, at a moment and as known at a moment."""

    counts: tuple[Count, ...]
    rivals: tuple[Rivals, ...]
    wordings: tuple[BarrierWordings, ...]


class WholePicture(Told, Picture):
    """The state folded from the log, with what was counted, what is disputed, and how barriers were worded."""


class StandBarrier(Record):
    """Suppose that a barrier stands, staffed if it is a gate."""

    do: Literal["stand"]
    barrier: Id


class LiftBarrier(Record):
    """Suppose that a barrier is gone."""

    do: Literal["lift"]
    barrier: Id


Offset = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]


class ShiftArm(Record):
    """Suppose that one arm of a barrier stands elsewhere."""

    do: Literal["shift"]
    barrier: Id
    arm: Annotated[int, Field(ge=0, le=10_000)]
    segment: Id
    offset_m: Offset


class PutBarrier(Record):
    """Suppose a further barrier of solid blocks, with room for people on foot, across one street."""

    do: Literal["put"]
    segment: Id
    offset_m: Offset


Supposition = Annotated[StandBarrier | LiftBarrier | ShiftArm | PutBarrier, Field(discriminator="do")]


class WhatIf(Record):
    """A question that leaves the log alone: what would the promises answer, were these things so?"""

    at: Moment
    knowledge: Knowledge = "all"
    changes: Annotated[tuple[Supposition, ...], Field(max_length=100)]


class SupposedBarrier(Record):
    """A barrier as supposed. One that was put up by the question has an id of its own."""

    barrier: BarrierView
    stands: bool


class WhatIfAnswer(Record):
    """The promises under the supposition; `changed` names those whose answer is another than without it."""

    promises: tuple[PromiseAnswer, ...]
    changed: tuple[str, ...]
    barriers: tuple[SupposedBarrier, ...]
