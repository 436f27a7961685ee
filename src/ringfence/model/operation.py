"""What an operation folder holds beside its log: barriers, access rules, promises, sites, portals."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ringfence.base.traffic import Threat, VehicleClass
from ringfence.model.record import Id, Moment, Record, Text

EVERYWHERE: Literal["*"] = "*"


class Inputs(Record):
    """The files of an operation, relative to its folder. The streets are one network file, or three tables.

    `disclosure` may be left out: then no source is said to be public.
    """

    network: Text | None = None
    junctions: Text | None = None
    segments: Text | None = None
    turn_restrictions: Text | None = None
    area: Text
    barriers: Text
    access: Text
    promises: Text
    sites: Text
    portals: Text
    log: Text
    disclosure: Text | None = None

    @model_validator(mode="after")
    def _check_streets(self) -> Self:
        tables = (self.junctions, self.segments, self.turn_restrictions)
        if (self.network is None) == (None in tables) or (self.network is not None and any(tables)):
            message = "either network, or all of junctions, segments and turn_restrictions, are expected"
            raise ValueError(message)
        return self


class KeyMoment(Record):
    """A moment of the operation worth looking at, with its caption."""

    label: Text
    at: Moment


class OperationFile(Record):
    """`operation.toml`: what the operation is called, where its clock is, and which files it consists of."""

    format: Literal[1]
    id: Id
    title: Text
    timezone: Text
    starts: Moment
    ends: Moment
    vehicle_class: VehicleClass = VehicleClass.CAR
    credits: tuple[Text, ...] = ()
    moment: tuple[KeyMoment, ...] = ()
    inputs: Inputs


class ArmPlace(Record):
    """Where one arm of a barrier stands: metres along a segment, and towards which end the inside lies."""

    segment: Id
    offset_m: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    inside: Literal["from", "to"]


class Barrier(Record):
    """Something put across a street at a place; it needs one arm for each segment that it crosses.

    A gate is a staffed barrier that lets some through. `foot_gap` says that people on foot pass beside it.
    """

    id: Id
    name: Text
    places: tuple[Text, ...] = ()
    gate: bool = False
    foot_gap: bool = True
    arms: Annotated[tuple[ArmPlace, ...], Field(min_length=1)]
    note: str = ""


class BarriersFile(Record):
    """`barriers.toml`."""

    barrier: tuple[Barrier, ...] = ()


class Category(Record):
    """A kind of traveller that rules speak of. Never a person, never a number plate."""

    id: Id
    name: Text


class AccessRule(Record):
    """Who may pass which gates, which way, when. The first rule that fits answers.

    A `logged` rule holds only while an entry of the log has put it in force.
    """

    id: Id
    gates: Annotated[tuple[str, ...], Field(min_length=1)] = (EVERYWHERE,)
    categories: Annotated[tuple[str, ...], Field(min_length=1)] = (EVERYWHERE,)
    classes: Annotated[tuple[VehicleClass, ...], Field(min_length=1)] = tuple(VehicleClass)
    direction: Literal["in", "out"]
    answer: Literal["admit", "refuse"]
    since: Moment | None = None
    until: Moment | None = None
    logged: bool = False
    says: Text


class AccessFile(Record):
    """`access.toml`: categories, and rules in order of precedence. What no rule admits inbound is refused."""

    category: Annotated[tuple[Category, ...], Field(min_length=1)]
    rule: tuple[AccessRule, ...] = ()


class SealedPromise(Record):
    """No path from outside to the protected area for this driver and category."""

    id: Id
    kind: Literal["sealed"]
    text: Text
    threat: Threat
    vehicle_class: VehicleClass = VehicleClass.CAR
    category: Id


class ExitOpenPromise(Record):
    """From every protected street that the class may use, each of the categories reaches the outside."""

    id: Id
    kind: Literal["exit_open"]
    text: Text
    categories: Annotated[tuple[Id, ...], Field(min_length=1)]
    vehicle_class: VehicleClass = VehicleClass.CAR


class FootOpenPromise(Record):
    """People on foot come in from outside to every protected street, and out again."""

    id: Id
    kind: Literal["foot_open"]
    text: Text


class AccessPromise(Record):
    """One category, in one vehicle class, gets from outside (or a portal) to the area (or a site)."""

    id: Id
    kind: Literal["access"]
    text: Text
    category: Id
    vehicle_class: VehicleClass = VehicleClass.CAR
    origin: str = Field(default="outside", alias="from")
    destination: str = Field(default="area", alias="to")


class SiteOpenPromise(Record):
    """A site stays open, and the class reaches it from outside."""

    id: Id
    kind: Literal["site_open"]
    text: Text
    site: Id
    vehicle_class: VehicleClass = VehicleClass.FOOT
    category: Id


class ContainedPromise(Record):
    """Nothing occupied outside the area; a sweep of the perimeter proves it for `shelf_life_h` hours."""

    id: Id
    kind: Literal["contained"]
    text: Text
    shelf_life_h: Annotated[float, Field(gt=0, le=168)]


Promise = Annotated[
    SealedPromise | ExitOpenPromise | FootOpenPromise | AccessPromise | SiteOpenPromise | ContainedPromise,
    Field(discriminator="kind"),
]


class PromisesFile(Record):
    """`promises.toml`."""

    promise: Annotated[tuple[Promise, ...], Field(min_length=1)]


class Site(Record):
    """A place on the network that people name or that a promise is about."""

    id: Id
    name: Text
    kind: Text
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    aliases: tuple[Text, ...] = ()
    inferred: bool = True


class Portal(Record):
    """A place off the map, reached through a clipped junction with a stated extra time and its uncertainty."""

    id: Id
    name: Text
    junction: Id
    stands_for: Text
    extra_min: Annotated[float, Field(ge=0, le=600)]
    extra_min_uncertainty: Annotated[float, Field(ge=0, le=600)]
