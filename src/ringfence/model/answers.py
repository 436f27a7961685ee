"""What questions about an operation answer: paths, promise answers, plans, certificates, places."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat

from ringfence.base.traffic import Threat, VehicleClass
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
    """Kept, broken or unknown, since when, in a sentence, with the witness that proves it."""

    id: str
    kind: str
    text: str
    answer: AnswerWord
    certain: bool
    since: datetime | None
    says: str
    witness: dict[str, Any]


class PlannedBarrier(Record):
    """One arm of a plan: where the barrier stands, and between which junctions."""

    id: str
    place: str
    lon: float
    lat: float
    segment: str
    offset_m: float
    inside: Literal["from", "to"]
    streets: tuple[str, ...]
    inferred: bool


class Demands(Record):
    """What a plan must respect beyond sealing the area.

    Attributes
    ----------
    must, must_not : frozenset of str
        Arm ids that the plan closes in any case, or never.
    together : frozenset of (str, str)
        Pairs of arms that are closed both or not at all.
    site_charge : int
        What a site (a junction with arms) costs on top, counted in arms.
    """

    must: frozenset[str] = frozenset()
    must_not: frozenset[str] = frozenset()
    together: frozenset[tuple[str, str]] = frozenset()
    site_charge: Annotated[int, Field(ge=0)] = 0

    @property
    def coupled(self) -> bool:
        """Whether a plain cut can't express them."""
        return bool(self.together or self.site_charge)


class Certificate(Record):
    """Proof that no smaller plan exists, bound to one network, area, limit, threat and set of demands (hashes).

    `kind` is ``disjoint_paths`` (as many paths as arms, no closable segment on two of them) or ``covering_paths``
    (every plan must stop each of these paths, and that takes `lower_bound`).
    """

    version: Literal[1] = 1
    kind: Literal["disjoint_paths", "covering_paths"]
    network: str
    area: str
    limit: str
    threat: Threat
    vehicle_class: VehicleClass
    closable: str
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    site_charge: Annotated[int, Field(ge=0)] = 0
    cut: tuple[str, ...]
    lower_bound: int
    paths: tuple[WitnessPath, ...]


class WitnessPath(Record):
    """A path from outside to the protected area.

    `steps` are the pieces driven; `turned_back_at` are arms whose barrier the driver turned round at, so the path
    exists only while they are closed.
    """

    steps: tuple[PathStep, ...]
    turned_back_at: tuple[str, ...] = ()


class Plan(Record):
    """The fewest barriers that seal the area against a threat, with the certificate that no fewer do."""

    threat: Threat
    vehicle_class: VehicleClass
    possible: bool
    arms: int
    sites: int
    optimal: bool
    enclosed_street_m: float
    barriers: tuple[PlannedBarrier, ...]
    certificate: Certificate | None
    witness: DrivenPath | None = Field(default=None, description="a way in that can't be closed, where none exists")


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
