"""From a problem to a plan: solve, name the places, attach the certificate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from ringfence.base.traffic import Driver
from ringfence.model.answers import Certificate, Demands, DrivenPath, PathStep, Plan, PlannedBarrier, WitnessPath
from ringfence.network import NAMELESS, Area, Network
from ringfence.planner.covering import count_sites, cover_ways_in, plan_cost
from ringfence.planner.minimum_cut import minimum_cut
from ringfence.planner.motion import Motion
from ringfence.planner.problem import Problem


def make_plan(network: Network, area: Area, driver: Driver, demands: Demands | None = None) -> Plan:
    """The fewest arms that seal the area within its limit against a driver, with the certificate.

    Ties are broken by street enclosed, then by arm ids. Exact: by max-flow where nothing couples the arms, by an
    integer program under turn bans, site charges and couplings. "No plan exists" is an answer with a way in that
    can't be closed, not an error.

    Parameters
    ----------
    network, area : Network, Area
    driver : Driver
        Whom the cordon must keep out: threat level and vehicle class.
    demands : Demands or None
        Arms to close or to leave open in any case, couplings, site charges.

    Raises
    ------
    BadInput
        If the demands name unknown arms or contradict each other.
    """
    problem = Problem(network, area, driver, demands)
    motion = Motion(problem)
    kind: Literal["disjoint_paths", "covering_paths"] = "disjoint_paths"
    if problem.has_turn_bans or problem.demands.coupled:
        covering = cover_ways_in(problem, motion)
        kind = "covering_paths"
        arms, lower_bound = covering.arms, covering.lower_bound
        paths = [_witness(problem, way.arcs, way.turned_back) for way in covering.ways_in]
    else:
        cut = minimum_cut(problem)
        arms = cut.arms
        lower_bound = len(problem.must) + len(cut.paths)
        paths = [_witness(problem, arcs, ()) for arcs in cut.paths]
    if arms is None:
        return _impossible(problem, motion)
    inside = motion.enclosed_pieces(arms)
    barriers = tuple(
        _planned_barrier(problem, arm, motion.half_of_stop[arm][0] in inside)
        for arm in sorted(arms, key=lambda arm: problem.arms[arm].id)
    )
    certificate = _certificate(problem, kind, [barrier.id for barrier in barriers], lower_bound, paths)
    return Plan(
        threat=driver.threat,
        vehicle_class=driver.vehicle_class,
        possible=True,
        arms=len(arms),
        sites=count_sites(problem, arms),
        optimal=lower_bound == plan_cost(problem, arms),
        enclosed_street_m=round(motion.enclosed_dm(arms) / 10, 1),
        barriers=barriers,
        certificate=certificate,
        witness=None,
    )


def _certificate(
    problem: Problem,
    kind: Literal["disjoint_paths", "covering_paths"],
    cut: Sequence[str],
    lower_bound: int,
    paths: Sequence[WitnessPath],
) -> Certificate:
    """The proof, bound to this network, area, driver and demands."""
    demands = problem.demands
    return Certificate(
        kind=kind,
        network=problem.network.hash,
        area=problem.area.hash,
        limit=problem.area.limit_hash,
        threat=problem.driver.threat,
        vehicle_class=problem.driver.vehicle_class,
        closable=problem.closable_hash,
        must=tuple(sorted(demands.must)),
        must_not=tuple(sorted(demands.must_not)),
        together=tuple(sorted(demands.together)),
        site_charge=demands.site_charge,
        cut=tuple(cut),
        lower_bound=lower_bound,
        paths=tuple(paths),
    )


def _impossible(problem: Problem, motion: Motion) -> Plan:
    allowed = set(range(len(problem.arms))) - problem.never_closed
    way = motion.find_way_in(allowed)
    return Plan(
        threat=problem.driver.threat,
        vehicle_class=problem.driver.vehicle_class,
        possible=False,
        arms=0,
        sites=0,
        optimal=False,
        enclosed_street_m=0.0,
        barriers=(),
        certificate=None,
        witness=_driven(problem, way.arcs) if way else None,
    )


def _steps(problem: Problem, arcs: Sequence[int]) -> tuple[PathStep, ...]:
    graph = problem.graph
    steps = []
    for arc in arcs:
        piece = arc // 2
        ends = round(float(graph.piece_start_m[piece]), 3), round(float(graph.piece_end_m[piece]), 3)
        start, end = ends if arc % 2 == 0 else ends[::-1]
        steps.append(
            PathStep(segment=graph.network.segment_ids[graph.piece_segment_ix[piece]], start_m=start, end_m=end)
        )
    return tuple(steps)


def _witness(problem: Problem, arcs: Sequence[int], turned_back: Collection[int]) -> WitnessPath:
    return WitnessPath(
        steps=_steps(problem, arcs), turned_back_at=tuple(sorted(problem.arms[arm].id for arm in turned_back))
    )


def _driven(problem: Problem, arcs: Sequence[int]) -> DrivenPath:
    graph = problem.graph
    names: list[str] = []
    points: list[tuple[float, float]] = []
    for arc in arcs:
        name = graph.network.segment_names[graph.piece_segment_ix[arc // 2]] or NAMELESS
        if not names or names[-1] != name:
            names.append(name)
        points += [(round(float(lon), 6), round(float(lat), 6)) for lon, lat in graph.arc_lonlat(arc)]
    length = sum(float(graph.piece_length_m[arc // 2]) for arc in arcs)
    return DrivenPath(
        streets=tuple(names), length_m=round(length, 1), coordinates=tuple(points), steps=_steps(problem, arcs)
    )


def _planned_barrier(problem: Problem, arm_ix: int, inside_at_from: bool) -> PlannedBarrier:
    arm, network = problem.arms[arm_ix], problem.network
    lon, lat = network.point_at(arm.segment_ix, arm.middle_m)
    name = network.segment_names[arm.segment_ix] or NAMELESS
    ends = (int(network.from_ix[arm.segment_ix]), int(network.to_ix[arm.segment_ix]))
    place = _place_words(name, [set(network.streets_at[end]) - {name} for end in ends])
    return PlannedBarrier(
        id=arm.id,
        place=place,
        lon=round(lon, 6),
        lat=round(lat, 6),
        segment=network.segment_ids[arm.segment_ix],
        offset_m=round(arm.middle_m, 2),
        inside="from" if inside_at_from else "to",
        streets=tuple(sorted({name, *(street for end in ends for street in network.streets_at[end])})),
        inferred=bool(network.inferred[arm.segment_ix]),
    )


def _place_words(name: str, crossing: Sequence[set[str]]) -> str:
    """The street and the streets that it crosses at the ends of the arm, those first that are not at both."""
    first, last = (sorted(streets - other) or sorted(streets) for streets, other in (crossing, crossing[::-1]))
    if first and last and first[0] != last[0]:
        return f"{name} between {first[0]} and {last[0]}"
    return f"{name} near {(first or last)[0]}" if first or last else name
