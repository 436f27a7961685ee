"""The planner on whole cities: a proven plan from a city in memory, beside solvers of minimum cuts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.ground import city_of, disc, forget_places, just_opened, planning_window, without_bans
from benchmarks.harness import Clock, Timed, interleaved_laps
from benchmarks.peers import (
    DETERMINED,
    Edges,
    igraph_cut,
    networkx_cut,
    ortools_cut,
    ring_edges,
    whole_city_edges,
    window_edges,
)
from ringfence.base.measures import Burden
from ringfence.base.traffic import Driver
from ringfence.model.plans import Demands, Front, Plan
from ringfence.network import Area, City, Network
from ringfence.planner import Problem, Ring, find_best, make_front, make_plan
from ringfence.planner.best import flow_proof
from ringfence.planner.minimum_cut import Prices, cheapest_cut
from ringfence.planner.plan import certify, describe
from ringfence.promises import verify_certificate

CITIES = (250_000, 1_000_000)
RADII_M = (400.0, 800.0)
RING_M = 400.0
"""So far beyond the protected disc lies the limit."""
RUNS, WHOLE_RUNS, RING_RUNS, FRONT_RUNS = 15, 7, 100, 3
NETWORKX_RUNS = {10_000: 3, 250_000: 1, 1_000_000: 1}
"""Junctions of whole cities that NetworkX is asked about, and how often."""
LAWFUL = Driver()
DRIVERS = {"determined": DETERMINED, "lawful": LAWFUL}
NO_DEMANDS, SITE_CHARGE = Demands(), Demands(site_charge=1)
BURDENS = (Burden.STREET, Burden.ADDRESSES)

Work = Callable[[Clock], object]
Solver = Callable[[Edges, Clock], int]


@dataclass(frozen=True)
class Place:
    """A disc around the middle of a city."""

    city: City
    area: Area
    radius_m: float

    @property
    def words(self) -> str:
        """The city and the size of the disc."""
        return f"{self.city.junction_count:,} junctions, radius {self.radius_m:.0f} m"


@dataclass(frozen=True)
class FrontTimes:
    """One front: its supported choices, then all of them."""

    supported: Timed
    whole: Timed
    supported_points: int
    front: Front


@dataclass(frozen=True)
class Measured:
    """What was measured at one place.

    Attributes
    ----------
    plans, whole, ring : dict of str to Timed
        Our plans; all on the whole city; all on the ring.
    answers : dict of str to Plan
        By driver.
    charged : dict of str to Timed
        By driver: a plan in which every junction that is put up at costs one more.
    arms, bans : int
        In the ring, and in the window.
    """

    place: Place
    plans: dict[str, Timed]
    whole: dict[str, Timed]
    ring: dict[str, Timed]
    fronts: dict[tuple[str, Burden], FrontTimes]
    answers: dict[str, Plan]
    charged: dict[str, Timed]
    arms: int
    bans: int


def measure() -> Iterator[Measured]:
    """Place by place; fronts in the largest city only."""
    for junctions in CITIES:
        city = city_of(junctions)
        bare = without_bans(city)
        for radius_m in RADII_M:
            place = Place(city, disc(city, radius_m, limit_m=radius_m + RING_M), radius_m)
            yield _measure(place, Place(bare, place.area, radius_m), fronts=junctions == CITIES[-1])


def _measure(place: Place, bare: Place, *, fronts: bool) -> Measured:
    network = planning_window(place.city, place.area)
    ring = Ring(Problem(network, place.area, DETERMINED))
    return Measured(
        place,
        interleaved_laps(_plan_works(place, bare), runs=RUNS, agree=False),
        interleaved_laps(_whole_works(place), runs=WHOLE_RUNS),
        interleaved_laps(_ring_works(place, ring), runs=RING_RUNS),
        {(driver, burden): _front(place, driver, burden) for driver in DRIVERS for burden in BURDENS if fronts},
        {name: make_plan(network, place.area, driver) for name, driver in DRIVERS.items()},
        interleaved_laps(_charged_works(place), runs=FRONT_RUNS, agree=False),
        len(ring.problem.arms),
        len(network.restrictions) + len(network.chains),
    )


def _plan_works(place: Place, bare: Place) -> dict[str, Work]:
    works: dict[str, Work] = {
        "determined": partial(certified, place.city, place.area, DETERMINED),
        "again": partial(certified, place.city, place.area, DETERMINED, again=True),
        "first": partial(_first, place, DETERMINED),
        "without bans": partial(certified, bare.city, place.area, LAWFUL),
        "lawful": partial(certified, place.city, place.area, LAWFUL),
    }
    network = planning_window(place.city, place.area)
    for name, driver in DRIVERS.items():
        works[f"{name}, in parts"] = partial(_in_parts, place, driver)
        works[f"{name}, checked"] = _check(network, place.area, driver)
    return works


def _charged_works(place: Place) -> dict[str, Work]:
    return {
        name: partial(certified, place.city, place.area, driver, demands=SITE_CHARGE)
        for name, driver in DRIVERS.items()
    }


def certified(
    city: City, area: Area, driver: Driver, clock: Clock, *, again: bool = False, demands: Demands = NO_DEMANDS
) -> int:
    """A plan with its certificate from a whole city in memory; `again`: at a place looked at before."""
    if not again:
        forget_places(city)
    clock.start()
    network = planning_window(city, area)
    clock.lap("window")
    plan = make_plan(network, area, driver, demands)
    clock.lap("plan")
    assert plan.optimal
    return plan.cost


def _first(place: Place, driver: Driver, clock: Clock) -> int:
    """The first plan after the city was opened, which has no indexes yet."""
    return certified(just_opened(place.city), place.area, driver, clock)


def _in_parts(place: Place, driver: Driver, clock: Clock) -> int:
    """The same as `certified`, lap by lap."""
    forget_places(place.city)
    clock.start()
    network = planning_window(place.city, place.area)
    clock.lap("window")
    problem = Problem(network, place.area, driver)
    clock.lap("streets cut, arms")
    ring = Ring(problem)
    clock.lap("ring")
    best = find_best(ring)
    clock.lap("minimum, ties")
    assert best is not None
    plan = describe(ring, best.closed, best.proof, least_cost=best.proof.lower_bound)
    clock.lap("places, certificate")
    return plan.cost


def _check(network: Network, area: Area, driver: Driver) -> Work:
    """The checker's verdict on a certificate; where a gap is left, that it says so."""
    plan = make_plan(network, area, driver)
    certificate = plan.certificate
    assert certificate is not None

    def work(clock: Clock) -> int:
        verdict = verify_certificate(network, area, certificate, driver=driver, demands=certificate.demands)
        clock.lap("check")
        assert not verdict.faults
        assert verdict.proves_fewest == plan.optimal
        return verdict.cost

    return work


def _whole_works(place: Place) -> dict[str, Work]:
    works: dict[str, Work] = {
        "ours": partial(certified, place.city, place.area, DETERMINED),
        "minimum": partial(_minimum, place),
    }
    for name, solver in {"igraph": igraph_cut, "OR-Tools": ortools_cut}.items():
        works[name] = partial(_whole_cut, place, solver, contract=False)
        works[f"{name}, contracted"] = partial(_whole_cut, place, solver, contract=True)
    return works


def _minimum(place: Place, clock: Clock) -> int:
    """From the whole city in memory: a cheapest cut and its certificate; no ties broken, no places named."""
    forget_places(place.city)
    clock.start()
    ring = Ring(Problem(planning_window(place.city, place.area), place.area, DETERMINED))
    cut = cheapest_cut(ring, Prices(ring.problem.cost))
    assert cut is not None
    certificate = certify(ring, cut.closed, flow_proof(ring, cut))
    clock.lap("minimum")
    return certificate.lower_bound


def _whole_cut(place: Place, solver: Solver, clock: Clock, *, contract: bool) -> int:
    forget_places(place.city)
    clock.start()
    edges = whole_city_edges(place.city, place.area, clock, contract=contract)
    return solver(edges, clock)


def _ring_works(place: Place, ring: Ring) -> dict[str, Work]:
    network = ring.problem.network

    def theirs(clock: Clock, *, solver: Solver) -> int:
        edges = ring_edges(ring)
        clock.lap("prices")
        return solver(edges, clock)

    def ours(clock: Clock, *, with_flows: bool) -> int:
        cut = cheapest_cut(ring, Prices(ring.problem.cost), with_flows=with_flows)
        clock.lap("solve")
        assert cut is not None
        return cut.price

    def plan(clock: Clock) -> int:
        found = make_plan(network, place.area, DETERMINED)
        clock.lap("plan")
        return found.cost

    def cut_from_window(clock: Clock) -> int:
        own = Ring(Problem(network, place.area, DETERMINED))
        clock.lap("ring")
        cut = cheapest_cut(own, Prices(own.problem.cost), with_flows=False)
        clock.lap("solve")
        assert cut is not None
        return cut.price

    def theirs_from_window(clock: Clock, *, solver: Solver) -> int:
        return solver(window_edges(network, place.area, clock), clock)

    return {
        "ours": partial(ours, with_flows=True),
        "cut only": partial(ours, with_flows=False),
        "OR-Tools": partial(theirs, solver=ortools_cut),
        "OR-Tools, backwards": partial(theirs, solver=partial(ortools_cut, backwards=True)),
        "igraph": partial(theirs, solver=igraph_cut),
        "NetworkX": partial(theirs, solver=networkx_cut),
        "plan": plan,
        "cut from the window": cut_from_window,
        "OR-Tools from the window": partial(theirs_from_window, solver=ortools_cut),
        "igraph from the window": partial(theirs_from_window, solver=igraph_cut),
    }


def _front(place: Place, driver: str, burden: Burden) -> FrontTimes:
    """The front from a whole city in memory, its plans described as their reader sees them."""
    kept: dict[bool, Front] = {}

    def work(clock: Clock, *, only_supported: bool) -> None:
        forget_places(place.city)
        clock.start()
        ring = Ring(Problem(planning_window(place.city, place.area), place.area, DRIVERS[driver]))
        kept[only_supported] = make_front(ring, burden, only_supported=only_supported)
        clock.lap("front")

    times = interleaved_laps(
        {"supported": partial(work, only_supported=True), "whole": partial(work, only_supported=False)},
        runs=FRONT_RUNS,
        warm=False,
    )
    whole = kept[False]
    supported = sum(point.supported for point in whole.points)
    assert supported == len(kept[True].points)
    return FrontTimes(times["supported"], times["whole"], supported, whole)


def networkx_on_whole_cities() -> dict[Place, dict[str, Timed]]:
    """NetworkX beside us, in cities where it comes to an end soon enough."""
    found = {}
    for junctions, runs in NETWORKX_RUNS.items():
        city = city_of(junctions)
        place = Place(city, disc(city, RADII_M[0], limit_m=RADII_M[0] + RING_M), RADII_M[0])
        works: dict[str, Work] = {
            "ours": partial(certified, city, place.area, DETERMINED),
            "NetworkX": partial(_whole_cut, place, networkx_cut, contract=False),
        }
        found[place] = interleaved_laps(works, runs=runs, warm=runs > 1)
    return found
