"""Plans: what was demanded, the barriers, the proof, the trade-off front, and what a plan is worth beside another."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_serializer

from ringfence.base.measures import Burden, Measure
from ringfence.base.traffic import CAR_PASSES_M, Threat, VehicleClass
from ringfence.model.answers import DrivenPath, PathStep
from ringfence.model.record import Id, Moment, Record, Text

COST_MAX = 10_000
"""What one arm may cost at most: sums of a city's arms then stay far below what a max-flow can count."""
Cost = Annotated[int, Field(ge=1, le=COST_MAX)]


Names = Annotated[tuple[Text, ...], Field(max_length=1000)]


class Placing(Record):
    """Where a barrier may stand, and what it takes. Each figure is a default; `docs/placing.md` names the sources.

    Attributes
    ----------
    on_ramps, in_tunnels, on_rail_crossings : bool
        Whether a barrier may stand there.
    rail_clear_m : float
        How far from the middle of a rail crossing a barrier stands at least.
    clear_m : float
        What stays open for wheelchairs at each barrier; less than lets a car through.
    turn_back_m : float
        How far in front of a barrier the last place to turn may lie, before a sign must stand there.
    block_m, lane_m : float
        Length of a block; width of a lane where a street's width is not known.
    staff_per_arm : int
    """

    on_ramps: bool = False
    in_tunnels: bool = False
    on_rail_crossings: bool = False
    rail_clear_m: Annotated[float, Field(ge=0, le=100)] = 6.0
    clear_m: Annotated[float, Field(ge=0, lt=CAR_PASSES_M)] = 1.5
    turn_back_m: Annotated[float, Field(gt=0, le=1000)] = 45.0
    block_m: Annotated[float, Field(ge=0.2, le=20)] = 2.0
    lane_m: Annotated[float, Field(ge=0.5, le=10)] = 3.25
    staff_per_arm: Annotated[int, Field(ge=1, le=100)] = 2


class Demands(Record):
    """What a plan must respect beyond sealing the area.

    Attributes
    ----------
    must, must_not : frozenset of str
        Arm ids that the plan closes in any case, or never.
    fixed : frozenset of str
        Arms that something closes already, free of charge.
    together : frozenset of (str, str)
        Pairs of arms that are closed both or not at all.
    site_charge : int
        What a site (a junction with arms) costs on top.
    costs : dict of str to int
        What closing an arm costs, where it is not 1.
    """

    must: frozenset[str] = frozenset()
    must_not: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    together: frozenset[tuple[str, str]] = frozenset()
    site_charge: Annotated[int, Field(ge=0, le=COST_MAX)] = 0
    costs: dict[str, Cost] = Field(default_factory=dict)

    @field_serializer("must", "must_not", "fixed", "together")
    def _in_order(self, names: frozenset[Any]) -> list[Any]:
        """Always in the same order, so that equal plans are equal byte for byte."""
        return sorted(names)

    @field_serializer("costs")
    def _by_arm(self, costs: dict[str, int]) -> dict[str, int]:
        return dict(sorted(costs.items()))

    @property
    def coupled(self) -> bool:
        """Whether a plain cut can't express them."""
        return bool(self.together or self.site_charge)


class PlannedBarrier(Record):
    """One arm of a plan: where the barrier stands, between which junctions, and what it takes.

    `fixed` says that something closes the arm already. `width_m` is what the street's own width or lanes say, or
    None; `blocks` then rests on the usual width of such a street. `through` is the importance of the street for
    through traffic. `notes` say what to mind when it is put up.
    """

    id: str
    place: str
    lon: float
    lat: float
    segment: str
    offset_m: float
    inside: Literal["from", "to"]
    streets: tuple[str, ...]
    inferred: bool
    fixed: bool = False
    blocks: int = 1
    staff: int = 0
    width_m: float | None = None
    through: int = 0
    notes: tuple[str, ...] = ()


class WitnessPath(Record):
    """A path from outside to the protected area; or from the ends of arms whose halves are enclosed while it is open.

    `steps` are the pieces driven; `turned_back_at` are arms whose barrier the driver turned round at, so the path
    exists only while they are closed. `carries` is how much of each arm's price it uses up in a proof by disjoint
    paths. `encloses` names the halves, by arm and end, at whose end the path begins: a plan that does not stop the path
    encloses them.
    """

    steps: tuple[PathStep, ...]
    turned_back_at: tuple[str, ...] = ()
    carries: Annotated[int, Field(ge=1)] = 1
    encloses: tuple[tuple[str, Literal["from", "to"]], ...] = ()


class Weights(Record):
    """What a plan is weighed by on the front: `cost` for each unit of cost, `burden` for each unit of burden."""

    cost: Annotated[int, Field(ge=0)]
    burden: Annotated[int, Field(ge=0)]
    against: Burden


class Certificate(Record):
    """Proof that no cheaper plan exists, bound to one network, area, limit, threat and set of demands.

    `kind` is ``disjoint_paths`` (paths that together carry `lower_bound`, and over no arm more than it costs) or
    ``covering_paths`` (every plan must stop each of these paths, and that costs `lower_bound`). With `weights` it is
    not the cost alone that no plan gets below the bound with, but cost and burden weighed together.
    """

    version: Literal[2] = 2
    kind: Literal["disjoint_paths", "covering_paths"]
    network: str
    area: str
    limit: str
    threat: Threat
    vehicle_class: VehicleClass
    closable: str
    demands: Demands
    weights: Weights | None = None
    cut: tuple[str, ...]
    lower_bound: int
    paths: tuple[WitnessPath, ...]


class CannotClose(Record):
    """An arm on a way in that no plan may close, and why."""

    arm: str
    street: str
    why: str


class Plan(Record):
    """Barriers that seal the area against a threat, what they cost and enclose, with the certificate.

    `cost` counts what `measure` says (with site charges); `optimal` says that the certificate proves that nothing
    costs less, otherwise `lower_bound` says how much is proven: by the certificate of this plan, or of the cheapest one
    beside which it is shown, or else by the solver alone. Where ties are not settled, another plan of the same
    cost may enclose less. `through` adds up the importance of the streets closed as it is; by that measure `cost`
    counts no barrier less than 1, so it is more by one for each street of importance 0. `enclosed_addresses` is None
    where the network knows none. Where no plan exists, `witness` is a way in over `cannot_close`.
    """

    threat: Threat
    vehicle_class: VehicleClass
    possible: bool
    measure: Measure
    cost: int
    lower_bound: int
    optimal: bool
    ties_settled: bool = True
    arms: int
    sites: int
    blocks: int
    staff: int
    enclosed_street_m: float
    enclosed_addresses: int | None
    through: int
    barriers: tuple[PlannedBarrier, ...]
    certificate: Certificate | None
    witness: DrivenPath | None = Field(default=None, description="a way in that can't be closed, where none exists")
    cannot_close: tuple[CannotClose, ...] = ()


class PlanQuestion(Record):
    """What a planner asks for. Arms are named by their id, or all of a barrier's arms by the barrier's.

    `protected` and `limit` are GeoJSON geometries (Polygon or MultiPolygon) in place of the operation's own.
    """

    threat: Threat = Threat.LAWFUL
    measure: Measure = Measure.ARMS
    must: Names = ()
    must_not: Names = ()
    fixed: Names = ()
    together: Annotated[tuple[tuple[Text, Text], ...], Field(max_length=200)] = ()
    site_charge: Annotated[int, Field(ge=0, le=COST_MAX)] = 0
    costs: Annotated[dict[Text, Cost], Field(max_length=10_000)] = Field(default_factory=dict)
    placing: Placing = Placing()
    protected: dict[str, Any] | None = None
    limit: dict[str, Any] | None = None


class SavedPlan(Record):
    """A plan kept in an operation's folder: its question, the version that made it, and what it was made for.

    `network`, `area` and `limit` are the hashes of the streets and outlines: once one of them is another, the plan
    holds no longer. `area` and `limit` are empty in a file of format 1 whose plan has no certificate: nobody knows.
    """

    format: Literal[2] = 2
    name: Id
    title: Text
    made_by: Text
    network: str
    area: str
    limit: str
    question: PlanQuestion
    plan: Plan


class FrontPoint(Record):
    """One choice on the front: nothing costs as little or less and burdens the city less.

    `supported` says that some weight of the burden makes it the best. `gap` is how much less the burden might be at
    this cost, 0 where that is excluded: by the plan's certificate where it weighs the burden, else by the solver alone.
    A certificate without weights proves only what every plan costs at least.
    """

    cost: int
    burden: int
    supported: bool
    gap: int
    plan: Plan

    @property
    def is_proven(self) -> bool:
        """Whether the plan's certificate proves that no plan as cheap burdens less."""
        return self.plan.certificate is not None and self.plan.certificate.weights is not None


class Front(Record):
    """The honest choice: plans from the cheapest to the least burdensome; of equal ones, one.

    `burden` of the points is in addresses, decimetres of street, or points of importance. `complete` says that no
    choice between them is missing; otherwise `open_between` lists pairs of costs between which some may be.
    """

    threat: Threat
    vehicle_class: VehicleClass
    measure: Measure
    against: Burden
    points: tuple[FrontPoint, ...]
    complete: bool
    open_between: tuple[tuple[int, int], ...] = ()

    def without_paths(self) -> Front:
        """The same front with the paths of its certificates left out, which are long."""
        points = []
        for point in self.points:
            proof = point.plan.certificate
            short = None if proof is None else proof.model_copy(update={"paths": ()})
            points.append(point.model_copy(update={"plan": point.plan.model_copy(update={"certificate": short})}))
        return self.model_copy(update={"points": tuple(points)})


class Alternative(Record):
    """Another plan, and how many arms of the first it does without.

    Its certificate proves what every plan costs at least, which is not to say: every plan that differs so much.
    `gap` is how much less one might cost that differs so much, 0 where the solver excludes it. `may_be_more` says of
    the last one that further ones may exist: the solver came to no end.
    """

    plan: Plan
    differs: int
    gap: int = 0
    may_be_more: bool = False


Moved = Literal["in", "out"]
"""Which way the line is moved by a street: nearer to the area, or farther from it."""


class ArmReason(Record):
    """Why a barrier of a plan stands where it does.

    `holds_m` metres of protected street open if it alone is missing, by the streets `opens`. `further_in` and
    `further_out` are what the cheapest plan costs more than this one if the line runs one street nearer to the area
    there, or farther from it (less than 0: it costs less; this one is not the cheapest); None where no plan does.
    `unproven` are the ways for which the solver came to no end: there it may be less, and None says nothing. `barred`
    are those on which the line would need a street that may not be closed; else None says that it would cut the
    protected area, or leave the limit.
    """

    arm: str
    place: str
    holds_m: float
    opens: tuple[str, ...]
    further_in: int | None
    further_out: int | None
    unproven: tuple[Moved, ...] = ()
    barred: tuple[Moved, ...] = ()
    says: str


StageOrder = Literal["put up first", "take away first", "all at once"]
"""How a step keeps the area sealed, barrier by barrier: under turn bans a further one can make a place to turn."""


class Stage(Record):
    """A step from one cordon to another; the area is sealed before it and after it.

    In between it is sealed too, after each single barrier, in the order in which they are listed: first all that are
    put up, or first all that are taken away. Not if it has to be done `all at once`: no such order was found.
    """

    order: StageOrder = "put up first"
    put_up: tuple[str, ...]
    take_away: tuple[str, ...]
    stand: int
    enclosed_street_m: float
    enclosed_addresses: int | None


class Stages(Record):
    """The steps from one cordon to another; `most_at_once` barriers are needed while they last.

    `fixed` are the arms that something closes already: they stay, and are in neither count. `places` names every arm
    that moves. `asked` is what `fewest` was asked with, where one of the cordons is that.
    """

    steps: tuple[Stage, ...]
    most_at_once: int
    fixed: tuple[str, ...] = ()
    places: dict[str, str]
    asked: PlanQuestion | None = None


class Side(Record):
    """One cordon of a comparison. `leaks` says by which streets somebody still gets in; none where it seals.

    `elsewhere` are barriers that stand on no street of the ring that this driver uses. `fixed` are those of its arms
    that something closes already: they hold the line, and count in none of the figures of what has to be put up.
    """

    name: str
    arms: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    elsewhere: tuple[str, ...]
    seals: bool
    leaks: tuple[str, ...]
    sites: int
    blocks: int
    staff: int
    enclosed_street_m: float
    enclosed_addresses: int | None
    through: int


class Comparison(Record):
    """Two cordons beside each other. `places` names every arm of either.

    `at` is the moment for which `installed` was looked at, where one of them is that; `asked` is what `fewest` was
    asked with, likewise.
    """

    threat: Threat
    vehicle_class: VehicleClass
    at: Moment | None = None
    asked: PlanQuestion | None = None
    first: Side
    second: Side
    common: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    places: dict[str, str]
