"""The time of a proven plan in cities and rings of growing size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from benchmarks.ground import city_of, disc, forget_places, just_opened, planning_window
from benchmarks.harness import Clock, Timed, interleaved_laps
from benchmarks.peers import DETERMINED, igraph_cut, ortools_cut, whole_city_edges
from benchmarks.planning_times import LAWFUL, Solver, Work, certified
from ringfence.base.errors import BadInput
from ringfence.base.traffic import Driver
from ringfence.network import Area, City
from ringfence.planner import Problem, Ring
from ringfence.planner.covering import cover_ways_in
from ringfence.planner.minimum_cut import Prices, cheapest_cut

CITIES = (1_000, 10_000, 100_000, 1_000_000)
RADIUS_M, RING_M = 250.0, 150.0
"""The disc in cities of every size, and how far beyond it the limit lies: the smallest has no room for more."""
ASIDE_M = (-600.0, -300.0, 0.0, 300.0, 600.0)
PLACES = 5
"""So many discs in each city, the nearest to its middle that can be sealed."""
RUNS, PEER_RUNS = 7, 3

RADII_M = (100.0, 150.0, 200.0, 300.0, 400.0, 600.0, 800.0, 1100.0, 1500.0, 2000.0, 3000.0)
RING_SHARE, RING_M_MIN = 0.5, 200.0
"""How wide a ring the desk proposes: half the radius, and at least so many metres."""
LONG_S = 2.0
"""What takes longer is run only once."""

DETERMINED_PLAN, LAWFUL_PLAN = "determined", "lawful"
DETERMINED_MINIMUM, LAWFUL_MINIMUM = "determined, minimum only", "lawful, minimum only"
FIRST, IGRAPH, ORTOOLS = "determined, first after opening", "igraph, whole city", "OR-Tools, whole city"


@dataclass(frozen=True)
class CityPoint:
    """A city's size, the arms in a ring there, and seconds: medians over its places; peers at one of them."""

    junctions: int
    arms: float
    seconds: dict[str, float]


@dataclass(frozen=True)
class RingPoint:
    """A ring in the largest city, and seconds of each kind of answer.

    `by_paths` says whether disjoint paths prove the lawful minimum, or an integer program had to; `gap` is how far its
    bound lies below its cost.
    """

    radius_m: float
    arms: int
    bans: int
    seconds: dict[str, float]
    cost: dict[str, int]
    by_paths: bool
    gap: int


def city_points() -> Iterator[CityPoint]:
    """The same area in cities of growing size, all of them in turn."""
    cities = [city_of(junctions) for junctions in CITIES]
    areas = [list(_areas(city)) for city in cities]
    works: dict[tuple[str, int, int], Work] = {}
    for number, city in enumerate(cities):
        assert len(areas[number]) == PLACES
        for place, area in enumerate(areas[number]):
            works[DETERMINED_PLAN, number, place] = partial(certified, city, area, DETERMINED)
            works[LAWFUL_PLAN, number, place] = partial(certified, city, area, LAWFUL)
            works[FIRST, number, place] = partial(_first, city, area)
    times = interleaved_laps(works, runs=RUNS, agree=False)
    for number, city in enumerate(cities):
        seconds = {
            kind: float(np.median([times[kind, number, place].seconds for place in range(PLACES)]))
            for kind in (DETERMINED_PLAN, LAWFUL_PLAN, FIRST)
        }
        seconds |= _peers(city, areas[number][0])
        arms = [len(Problem(planning_window(city, area), area, DETERMINED).arms) for area in areas[number]]
        yield CityPoint(city.junction_count, float(np.median(arms)), seconds)


def _areas(city: City) -> Iterator[Area]:
    """The discs nearest to the city's middle that can be sealed."""
    found = 0
    for aside_m in sorted(product(ASIDE_M, ASIDE_M), key=lambda at: (np.hypot(*at), at)):
        area = disc(city, RADIUS_M, limit_m=RADIUS_M + RING_M, aside_m=aside_m)
        if found < PLACES and all(_can_be_sealed(city, area, driver) for driver in (DETERMINED, LAWFUL)):
            found += 1
            yield area


def _can_be_sealed(city: City, area: Area, driver: Driver) -> bool:
    try:
        ring = Ring(Problem(planning_window(city, area), area, driver))
    except BadInput:  # the limit comes to the edge of the data
        return False
    return cheapest_cut(ring, Prices(ring.problem.cost)) is not None


def _first(city: City, area: Area, clock: Clock) -> int:
    return certified(just_opened(city), area, DETERMINED, clock)


def _peers(city: City, area: Area) -> dict[str, float]:
    """Seconds that solvers take on the whole city as it is; they must come to the same minimum as our plan."""

    def cut(solver: Solver, clock: Clock) -> int:
        return solver(whole_city_edges(city, area, clock, contract=False), clock)

    works: dict[str, Work] = {
        DETERMINED_PLAN: partial(certified, city, area, DETERMINED),
        IGRAPH: partial(cut, igraph_cut),
        ORTOOLS: partial(cut, ortools_cut),
    }
    times = interleaved_laps(works, runs=PEER_RUNS)
    return {name: times[name].seconds for name in (IGRAPH, ORTOOLS)}


def ring_points() -> Iterator[RingPoint]:
    """Rings of growing size around the middle of the largest city."""
    city = city_of(CITIES[-1])
    for radius_m in RADII_M:
        area = disc(city, radius_m, limit_m=radius_m + max(RING_SHARE * radius_m, RING_M_MIN))
        works: dict[str, Work] = {
            DETERMINED_PLAN: partial(certified, city, area, DETERMINED),
            LAWFUL_PLAN: partial(certified, city, area, LAWFUL),
            DETERMINED_MINIMUM: partial(_minimum, city, area, DETERMINED),
            LAWFUL_MINIMUM: partial(_minimum, city, area, LAWFUL),
        }
        times = {name: _once_if_long(name, work) for name, work in works.items()}
        network = planning_window(city, area)
        ring = Ring(Problem(network, area, LAWFUL))
        cut = cheapest_cut(ring, Prices(ring.problem.cost))
        assert cut is not None
        yield RingPoint(
            radius_m=radius_m,
            arms=len(Problem(network, area, DETERMINED).arms),
            bans=len(network.restrictions) + len(network.chains),
            seconds={name: timed.seconds for name, (timed, _) in times.items()},
            cost={name: answer for name, (_, answer) in times.items()},
            by_paths=cut.proven,
            gap=times[LAWFUL_PLAN][1] - times[LAWFUL_MINIMUM][1],
        )


def _once_if_long(name: str, work: Work) -> tuple[Timed, int]:
    """The median of several runs, or the only run; and the answer."""
    answers: list[int] = []

    def kept(clock: Clock) -> None:
        answer = work(clock)
        assert isinstance(answer, int)
        answers.append(answer)

    alone = interleaved_laps({name: kept}, runs=1, warm=False)[name]
    if alone.seconds <= LONG_S:
        alone = interleaved_laps({name: kept}, runs=RUNS, warm=False)[name]
    return alone, answers[0]


def _minimum(city: City, area: Area, driver: Driver, clock: Clock) -> int:
    """What every plan costs at least, proven, with no ties broken and nothing described."""
    forget_places(city)
    clock.start()
    ring = Ring(Problem(planning_window(city, area), area, driver))
    cut = cheapest_cut(ring, Prices(ring.problem.cost))
    assert cut is not None
    least = cut.price
    if not cut.proven:
        least = cover_ways_in(ring, [ring.way_along(flow.edges) for flow in cut.flows]).lower_bound
    clock.lap("minimum")
    return least
