"""Fronts around five named places of Porto and of Portland: surveyed, checked, and told in docs/ with maps.

`python -m benchmarks.fronts` makes docs/fronts-porto-portland.md and docs/maps/fronts/ anew, from the extracts beside
this checkout. It writes nothing if the checker is not convinced of every plan.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import shapely

from benchmarks.harness import ROOT
from ringfence.base.measures import Burden
from ringfence.base.traffic import Driver, Threat
from ringfence.desk.cities import open_city
from ringfence.desk.founding import Wish, found_operation
from ringfence.desk.planning import Planning
from ringfence.model.answers import PlaceReading
from ringfence.model.plans import Certificate, Front, FrontPoint, Plan, PlannedBarrier, PlanQuestion, Weights
from ringfence.network import City, Network, Stop, build_movement_graph
from ringfence.operation import Operation, open_operation
from ringfence.planner import Problem
from ringfence.promises import find_leaks, verify_certificate, verify_impossible

EXTRACTS = ROOT.parent / "shared" / "data" / "osm"
RADIUS_M, LIMIT_M = 300.0, 600.0
"""How far from a place the protected area and the barriers reach, where a cordon then exists."""
STARTS = datetime(2026, 1, 1, 12, tzinfo=UTC)
APART = 10**9
"""Cost times this and burden are one number from which both can be read."""


@dataclass(frozen=True)
class Place:
    """Something to put a cordon around: what people call it, and the words by which the extract knows where it is."""

    name: str
    words: str
    radius_m: float = RADIUS_M
    limit_m: float = LIMIT_M

    @property
    def as_usual(self) -> Place:
        """The same with the usual radius and limit."""
        return Place(self.name, self.words)


@dataclass(frozen=True)
class Town:
    """A city, its extract, and the places in it."""

    name: str
    extract: str
    places: tuple[Place, ...]


TOWNS = (
    Town(
        "Porto",
        "porto.osm.pbf",
        (
            Place("Avenida dos Aliados", "Avenida dos Aliados near Praça da Liberdade", radius_m=200, limit_m=500),
            Place("Estádio do Dragão", "Alameda das Antas near Via Futebol Clube do Porto"),
            Place("Casa da Música", "Rotunda da Boavista"),
            Place("Palácio de Cristal", "Rua de Dom Manuel II near Rua de Júlio Dinis"),
            Place("Campanhã station", "Rua da Estação near Largo da Estação"),
        ),
    ),
    Town(
        "Portland",
        "portland.osm.pbf",
        (
            Place("Pioneer Courthouse Square", "SW Morrison & SW 6th"),
            Place("City Hall", "SW 4th & SW Madison"),
            Place("Moda Center", "North Center Court Street and North Ramsay Way", limit_m=800),
            Place("Chinatown Gateway", "NW 4th & W Burnside"),
            Place("Convention Center", "Oregon Convention Center Plaza", radius_m=250, limit_m=550),
        ),
    ),
)
WITH_ADDRESSES = Place("Rua Brito Camacho", "Rua Brito Camacho", radius_m=100, limit_m=400)
"""Of Porto's extract the one neighbourhood that has house numbers."""


@dataclass(frozen=True)
class Bans:
    """Turns that are forbidden to cars at junctions of the ring; `binding` are those that one-ways would allow."""

    forbidden: int
    binding: int


@dataclass(frozen=True)
class Answer:
    """The front for one driver against one burden, beside the plan that is proven the fewest.

    `seconds` is what the front took, from streets in memory to points whose proofs the desk has had verified;
    `faults` is what the checker has against any of it.
    """

    fewest: Plan
    front: Front
    seconds: float
    faults: tuple[str, ...]

    @property
    def points(self) -> tuple[FrontPoint, ...]:
        return self.front.points


@dataclass(frozen=True)
class Survey:
    """What was found around a place.

    `without_bans` is the front for lawful drivers if no turn were forbidden; `relying` are the costs of the choices on
    the true front that a driver gets past who minds everything but turn bans. `impossible` are answers under the usual
    radius and limit: no cordon exists.
    """

    place: Place
    reading: PlaceReading
    operation: Operation
    bans: Bans
    without_bans: Answer
    relying: tuple[int, ...]
    addresses: int | None
    street: dict[Threat, Answer]
    by_addresses: dict[Threat, Answer] = field(default_factory=dict)
    impossible: tuple[tuple[Operation, Plan], ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        answers = [*self.street.values(), *self.by_addresses.values(), self.without_bans]
        return tuple(f"{self.place.name}: {fault}" for answer in answers for fault in answer.faults)


def survey(city: City, place: Place, folder: Path) -> Survey:
    """Found an operation around a place, and ask it for every front."""
    reading, operation = found(city, place, folder / "asked")
    facts = operation.network.facts
    addresses = len(facts.address_segment_ix) if facts.addresses_known else None
    street = {threat: ask(operation, threat, Burden.STREET) for threat in Threat}
    lenient = replace(operation, network=_without_bans(operation.network))
    return Survey(
        place=place,
        reading=reading,
        operation=operation,
        bans=count_bans(operation),
        without_bans=ask(lenient, Threat.LAWFUL, Burden.STREET),
        relying=tuple(point.cost for point in street[Threat.LAWFUL].points if _leaks(lenient, point.plan)),
        addresses=addresses,
        street=street,
        by_addresses={threat: ask(operation, threat, Burden.ADDRESSES) for threat in Threat} if addresses else {},
        impossible=() if place == place.as_usual else _impossible(city, place.as_usual, folder / "as-usual"),
    )


def found(city: City, place: Place, folder: Path) -> tuple[PlaceReading, Operation]:
    """An operation around a place, and where the place was found."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    reading = found_operation(folder, city, Wish(place.words, place.radius_m, STARTS, limit_m=place.limit_m))
    return reading, open_operation(folder)


def ask(operation: Operation, threat: Threat, against: Burden) -> Answer:
    """A front and the fewest barriers, each held up to the checker."""
    question = PlanQuestion(threat=threat)
    planning = Planning(operation)
    begun = time.perf_counter()
    front = planning.front(question, against)
    seconds = time.perf_counter() - begun
    fewest = planning.plan(question)
    problem = planning.ring(question).problem
    faults = check(problem, front, fewest) if fewest.possible else check_impossible(problem, fewest)
    return Answer(fewest, front, seconds, tuple(f"{threat.value}, {against.value}: {fault}" for fault in faults))


def check(problem: Problem, front: Front, fewest: Plan) -> list[str]:
    """What the checker has against a front: none if every plan seals, every figure is right and every proof holds."""
    faults = [
        f"{point.cost} barriers: {fault}"
        for point in front.points
        for fault in _check_point(problem, point, front, fewest.cost)
    ]
    if not _proves(problem, fewest, None, fewest.cost):
        faults.append("the fewest barriers are not proven to be the fewest")
    if front.points[0].cost != fewest.cost:
        faults.append(f"the front begins at {front.points[0].cost}, the fewest barriers are {fewest.cost}")
    for before, point in zip(front.points, front.points[1:], strict=False):
        if before.cost >= point.cost or before.burden <= point.burden:
            faults.append(f"{point.cost} barriers are no better than {before.cost}")
    return faults


def _check_point(problem: Problem, point: FrontPoint, front: Front, least: int) -> list[str]:
    network, plan, proof = problem.network, point.plan, point.plan.certificate
    faults = []
    stops = [_stop(network, barrier) for barrier in plan.barriers]
    if find_leaks(network, problem.area, problem.driver, stops):
        faults.append("one can drive in")
    weights = Weights(cost=APART, burden=1, against=front.against)
    counted = verify_certificate(
        network,
        problem.area,
        _claim(problem, plan, weights),
        driver=problem.driver,
        demands=problem.demands,
        weights=weights,
    )
    faults += counted.faults
    shown = round(plan.enclosed_street_m * 10) if front.against is Burden.STREET else plan.enclosed_addresses
    if counted.cost != APART * point.cost + point.burden or shown != point.burden or len(stops) != point.cost:
        faults.append("the checker counts other figures")
    if point.gap and not point.is_proven:
        faults.append(f"a gap of {point.gap}")
    if proof is None:
        return [*faults, "it has no certificate"]
    weighed = proof.weights
    if weighed is None:  # of what every plan costs at least
        return faults if _bounds(problem, plan, proof, least) else [*faults, "its ways in do not prove the least cost"]
    if weighed.against is not front.against or not (weighed.cost > 0 and weighed.burden > 0):
        return [*faults, "its proof does not weigh both"]
    worth = weighed.cost * point.cost + weighed.burden * point.burden
    return faults if _proves(problem, plan, weighed, worth) else [*faults, "its paths do not prove it"]


def _claim(problem: Problem, plan: Plan, weights: Weights) -> Certificate:
    """A plan as a certificate that proves nothing: the checker says whether it leaks, what it costs and encloses."""
    return Certificate(
        kind="disjoint_paths",
        network=problem.network.hash,
        area=problem.area.hash,
        limit=problem.area.limit_hash,
        threat=problem.driver.threat,
        vehicle_class=problem.driver.vehicle_class,
        closable=problem.closable_hash,
        demands=problem.demands,
        weights=weights,
        cut=tuple(barrier.id for barrier in plan.barriers),
        lower_bound=0,
        paths=(),
    )


def _proves(problem: Problem, plan: Plan, weights: Weights | None, worth: int) -> bool:
    """Whether a plan's certificate is about its barriers, and proves that nothing is worth less than `worth`."""
    proof = plan.certificate
    if proof is None or set(proof.cut) != {barrier.id for barrier in plan.barriers}:
        return False
    verdict = verify_certificate(
        problem.network, problem.area, proof, driver=problem.driver, demands=problem.demands, weights=weights
    )
    return verdict.proves_fewest and verdict.cost == worth


def _bounds(problem: Problem, plan: Plan, proof: Certificate, least: int) -> bool:
    """Whether a certificate is about a plan's barriers, and proves that every plan costs at least so much."""
    verdict = verify_certificate(problem.network, problem.area, proof, driver=problem.driver, demands=problem.demands)
    about_it = set(proof.cut) == {barrier.id for barrier in plan.barriers}
    return (
        about_it
        and verdict.finished
        and not verdict.faults
        and (verdict.cost, verdict.lower_bound) == (plan.cost, least)
    )


def check_impossible(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """What the checker has against the answer that no cordon exists."""
    refusal = verify_impossible(
        problem.network, problem.area, plan.witness, driver=problem.driver, demands=problem.demands
    )
    return refusal.faults if refusal.finished else ("the checker came to no end",)


def _leaks(operation: Operation, plan: Plan) -> bool:
    """Whether a lawful driver gets past a plan's barriers."""
    stops = [_stop(operation.network, barrier) for barrier in plan.barriers]
    return bool(find_leaks(operation.network, operation.area, Driver(Threat.LAWFUL), stops))


def _stop(network: Network, barrier: PlannedBarrier) -> Stop:
    segment = network.find_segment(barrier.segment)
    assert segment is not None  # the plan is of this network
    return Stop(segment, barrier.offset_m)


def _impossible(city: City, place: Place, folder: Path) -> tuple[tuple[Operation, Plan], ...]:
    """The answers that no cordon exists, each held up to the checker."""
    _, operation = found(city, place, folder)
    planning = Planning(operation)
    questions = [PlanQuestion(threat=threat) for threat in Threat]
    plans = [(question, planning.plan(question)) for question in questions]
    none = [(question, plan) for question, plan in plans if not plan.possible]
    for question, plan in none:
        assert not check_impossible(planning.ring(question).problem, plan)
    return tuple((operation, plan) for _, plan in none)


def count_bans(operation: Operation) -> Bans:
    """Turns that a car must not take at the junctions between the protected area and the limit."""
    network, area, car = operation.network, operation.area, Driver(Threat.LAWFUL)
    at = network.junction_lonlat
    in_ring = shapely.contains_xy(area.limit, at) & ~shapely.contains_xy(area.protected, at)
    bans = network.restrictions[(network.restriction_mask & car.bit) != 0]
    graph = build_movement_graph(network, area)
    ban = np.flatnonzero((graph.turn_ban & car.bit) != 0)
    arriving, leaving = graph.state_arc[graph.turn_from[ban]], graph.state_arc[graph.turn_to[ban]]
    usable = graph.usable_arcs(car)
    open_else = usable[arriving] & usable[leaving] & in_ring[graph.arc_head[arriving]]
    chains = sum(bool(chain.mask & car.bit) and bool(in_ring[list(chain.junctions)].all()) for chain in network.chains)
    return Bans(int(in_ring[bans[:, 1]].sum()) + chains, int(open_else.sum()) + chains)


def _without_bans(network: Network) -> Network:
    """The same streets as if no turn were forbidden."""
    no_bans, no_masks = network.restrictions[:0], network.restriction_mask[:0]
    return replace(network, restrictions=no_bans, restriction_mask=no_masks, chains=())


def survey_all() -> tuple[list[tuple[Town, City, list[Survey]]], Survey, float]:
    """Every place of both cities, the neighbourhood with addresses, and the seconds that it all took.

    Raises
    ------
    SystemExit
        If the checker is not convinced of something.
    """
    begun = time.perf_counter()
    towns: list[tuple[Town, City, list[Survey]]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for town in TOWNS:
            city = open_city(EXTRACTS / town.extract)
            surveys = []
            for number, place in enumerate(town.places):
                surveys.append(survey(city, place, Path(scratch) / f"{town.name}-{number}"))
                print(f"{town.name}, {place.name}: {time.perf_counter() - begun:.0f} s", flush=True)
            towns.append((town, city, surveys))
        hamlet = survey(towns[0][1], WITH_ADDRESSES, Path(scratch) / "addresses")
    refuse_faults([*(one for _, _, surveys in towns for one in surveys), hamlet])
    return towns, hamlet, time.perf_counter() - begun


def refuse_faults(surveys: Sequence[Survey]) -> None:
    """End here, and write nothing, if the checker has found a fault."""
    faults = [fault for one in surveys for fault in one.faults]
    if faults:
        raise SystemExit("\n".join(faults))


def main() -> None:
    """Survey both cities, then write the page with its maps and charts."""
    from benchmarks.fronts_page import write_page

    write_page(*survey_all())


if __name__ == "__main__":
    main()
