"""From a problem to a plan: solve, name the places, attach the certificate."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import TypeAdapter

from ringfence.base.measures import Measure
from ringfence.base.traffic import Driver
from ringfence.model.answers import DrivenPath, PathStep
from ringfence.model.plans import CannotClose, Certificate, Demands, Placing, Plan, PlannedBarrier, WitnessPath
from ringfence.network import NAMELESS, Area, Network
from ringfence.network.streets import BoolArray
from ringfence.planner.best import Proof, find_best
from ringfence.planner.covering import plan_cost
from ringfence.planner.problem import Problem
from ringfence.planner.ring import Ring, WayIn
from ringfence.planner.sides import inner_ends
from ringfence.planner.sites import count_sites

ENDS: tuple[Literal["from"], Literal["to"]] = ("from", "to")
MAKES_A_TURN = "closed, it is a place to turn round at, and so a way in; left open, it leaves others"
"""Why closing an arm does not help that drivers turn round at."""

_STEPS = TypeAdapter(tuple[PathStep, ...])


def make_plan(
    network: Network,
    area: Area,
    driver: Driver,
    demands: Demands | None = None,
    *,
    measure: Measure = Measure.ARMS,
    placing: Placing | None = None,
) -> Plan:
    """The cheapest barriers that seal the area within its limit against a driver, with the certificate.

    Ties are broken by addresses enclosed, blocks, metres of street, ids (where no address lies in the ring: metres,
    blocks, ids); in very large rings under turn bans they can be left (`ties_settled`).
    Exact: by max-flow where its paths prove the cut, by an integer program under turn bans that they can't express,
    site charges and couplings. "No plan exists" is an answer with a way in that can't be closed, not an error.

    Parameters
    ----------
    network, area : Network, Area
    driver : Driver
        Whom the cordon must keep out: threat level and vehicle class.
    demands : Demands or None
        Arms to close or to leave open in any case, obstacles there already, costs, couplings, site charges.
    measure : Measure
        What is counted where no demand gives a cost: arms, blocks, staff, or the importance of the streets closed (at
        least 1 for each barrier, so that the cost can be more than `through`).
    placing : Placing or None
        Where barriers may stand, and what they take; None: the defaults.

    Raises
    ------
    BadInput
        If the demands name unknown arms or contradict each other.
    """
    return plan_of(Ring(Problem(network, area, driver, demands, measure=measure, placing=placing)))


def plan_of(ring: Ring) -> Plan:
    """The cheapest plan of a ring."""
    best = find_best(ring)
    if best is None:
        return impossible(ring)
    plan = describe(ring, best.closed, best.proof, least_cost=best.proof.lower_bound)
    return plan if best.settled else plan.model_copy(update={"ties_settled": False})


def describe(ring: Ring, closed: BoolArray, proof: Proof | None, *, least_cost: int, all_arms: bool = False) -> Plan:
    """A plan as its reader sees it. Arms that are closed already are named where they hold something.

    Parameters
    ----------
    least_cost : int
        What every plan costs at least, as far as anybody has proven it.
    all_arms : bool
        Name those that are closed already wherever they stand.
    """
    problem = ring.problem
    inside = ring.inside(closed)
    crossing = ring.crossing(inside)
    chosen = [arm for arm in np.flatnonzero(closed).tolist() if arm not in problem.fixed]
    shown = [arm for arm in np.flatnonzero(closed).tolist() if all_arms or arm not in problem.fixed or crossing[arm]]
    cost = plan_cost(ring, closed)
    needs = problem.needs
    return Plan(
        threat=problem.driver.threat,
        vehicle_class=problem.driver.vehicle_class,
        possible=True,
        measure=problem.measure,
        cost=cost,
        lower_bound=least_cost,
        optimal=proof is not None and least_cost == cost,
        arms=len(chosen),
        sites=count_sites(problem, chosen),
        blocks=int(needs.blocks[chosen].sum()),
        staff=int(needs.staff[chosen].sum()),
        enclosed_street_m=round(ring.enclosed(ring.half_dm, inside) / 10, 1),
        enclosed_addresses=(
            ring.enclosed(ring.half_addresses, inside) if problem.network.facts.addresses_known else None
        ),
        through=int(needs.through[chosen].sum()),
        barriers=_planned_barriers(ring, shown, inside),
        certificate=None if proof is None else certify(ring, closed, proof),
    )


def impossible(ring: Ring) -> Plan:
    """The answer where no plan exists: a way in over streets that can't be closed.

    Such a way turns round at no barriers but those that stand in any case. Under turn bans there may be none: then it
    is one past all barriers together, and those that it turns round at are named with the rest.
    """
    problem = ring.problem
    closable = ~problem.never_closed
    way = ring.find_way_in(closable, problem.closed_anyway) or ring.find_way_in(closable)
    why = {} if way is None else {arm: problem.why_not(arm) for arm in way.crossed}
    if way is not None:
        why |= {arm: MAKES_A_TURN for arm in way.turned_back if not problem.closed_anyway[arm]}
    names, arms = problem.network.segment_names, problem.arms
    return Plan(
        threat=problem.driver.threat,
        vehicle_class=problem.driver.vehicle_class,
        possible=False,
        measure=problem.measure,
        cost=0,
        lower_bound=0,
        optimal=False,
        arms=0,
        sites=0,
        blocks=0,
        staff=0,
        enclosed_street_m=0.0,
        enclosed_addresses=None,
        through=0,
        barriers=(),
        certificate=None,
        witness=_driven(problem, way) if way else None,
        cannot_close=tuple(
            CannotClose(arm=arms.ids[arm], street=names[arms.segment_ix[arm]] or NAMELESS, why=why[arm])
            for arm in sorted(why)
        ),
    )


def certify(ring: Ring, closed: BoolArray, proof: Proof) -> Certificate:
    """The proof, bound to this network, area, driver and demands."""
    problem = ring.problem
    carried = proof.carried or (1,) * len(proof.ways_in)
    return Certificate(
        kind="covering_paths" if proof.carried is None else "disjoint_paths",
        network=problem.network.hash,
        area=problem.area.hash,
        limit=problem.area.limit_hash,
        threat=problem.driver.threat,
        vehicle_class=problem.driver.vehicle_class,
        closable=problem.closable_hash,
        demands=problem.demands,
        weights=proof.weights,
        cut=tuple(problem.arms.ids[arm] for arm in np.flatnonzero(closed).tolist()),
        lower_bound=proof.lower_bound,
        paths=tuple(
            _witness(problem, way, steps, carries)
            for way, steps, carries in zip(proof.ways_in, _steps(problem, proof.ways_in), carried, strict=True)
        ),
    )


def _witness(problem: Problem, way: WayIn, steps: tuple[PathStep, ...], carries: int) -> WitnessPath:
    turned_back = tuple(problem.arms.ids[arm] for arm in sorted(way.turned_back))
    encloses = tuple((problem.arms.ids[arm], ENDS[end]) for arm, end in way.encloses)
    return WitnessPath(steps=steps, turned_back_at=turned_back, carries=carries, encloses=encloses)


def _steps(problem: Problem, ways: Sequence[WayIn]) -> list[tuple[PathStep, ...]]:
    """Stretches driven on each way; an arm is driven in halves, since its barrier stands between them."""
    graph, names = problem.graph, problem.network.segment_ids
    pieces = np.array([arc // 2 for way in ways for arc in way.arcs], dtype=np.int64)
    starts, ends = graph.piece_start_m[pieces], graph.piece_end_m[pieces]
    points_m = np.round(np.column_stack([starts, (starts + ends) / 2, ends]), 3).tolist()
    segments = graph.piece_segment_ix[pieces].tolist()
    is_arm = (problem.arm_of_piece[pieces] >= 0).tolist()
    stretches = zip(segments, points_m, is_arm, strict=True)
    steps: list[dict[str, str | float]] = []
    ends_at = [0]
    for way in ways:
        for place, arc in enumerate(way.arcs):
            segment, (start, middle, end), halved = next(stretches)
            points = [start, middle, end] if halved else [start, end]
            points = points if arc % 2 == 0 else points[::-1]
            if place in way.turned_at:
                points = points[:2]
            elif place - 1 in way.turned_at:
                points = points[1:]
            steps += [{"segment": names[segment], "start_m": a, "end_m": b} for a, b in pairwise(points)]
        ends_at.append(len(steps))
    made = _STEPS.validate_python(steps)  # all at once: a step each by itself takes several times as long
    return [made[first:last] for first, last in pairwise(ends_at)]


def _driven(problem: Problem, way: WayIn) -> DrivenPath:
    graph = problem.graph
    names: list[str] = []
    points: list[tuple[float, float]] = []
    for arc in way.arcs:
        name = graph.network.segment_names[graph.piece_segment_ix[arc // 2]] or NAMELESS
        if not names or names[-1] != name:
            names.append(name)
        points += [(round(float(lon), 6), round(float(lat), 6)) for lon, lat in graph.arc_lonlat(arc)]
    length = sum(float(graph.piece_length_m[arc // 2]) for arc in way.arcs)
    return DrivenPath(
        streets=tuple(names), length_m=round(length, 1), coordinates=tuple(points), steps=_steps(problem, [way])[0]
    )


def _planned_barriers(ring: Ring, arms: Sequence[int], inside: BoolArray) -> tuple[PlannedBarrier, ...]:
    problem = ring.problem
    network, segments = problem.network, problem.arms.segment_ix[arms]
    lonlat = network.points_at(segments, problem.arms.middle_m[arms]).round(6).tolist()
    ends = np.column_stack([network.from_ix[segments], network.to_ix[segments]])
    names = network.names_at(ends.ravel())
    sides = inner_ends(ring, arms, inside)
    return tuple(
        _planned_barrier(ring, arm, ENDS[side], at, [names[first], names[last]])
        for arm, side, at, (first, last) in zip(arms, sides, lonlat, ends.tolist(), strict=True)
    )


def _planned_barrier(
    ring: Ring, arm: int, inside: Literal["from", "to"], lonlat: Sequence[float], meeting: Sequence[set[str]]
) -> PlannedBarrier:
    """One barrier. `meeting` are the streets at the two ends of its segment."""
    problem = ring.problem
    network, arms, needs = problem.network, problem.arms, problem.needs
    segment = int(arms.segment_ix[arm])
    name = network.segment_names[segment] or NAMELESS
    return PlannedBarrier(
        id=arms.ids[arm],
        place=_place_words(name, [streets - {name} for streets in meeting]),
        lon=lonlat[0],
        lat=lonlat[1],
        segment=network.segment_ids[segment],
        offset_m=round(float(arms.middle_m[arm]), 2),
        inside=inside,
        streets=tuple(sorted({name, *meeting[0], *meeting[1]})),
        inferred=bool(network.inferred[segment]),
        fixed=arm in problem.fixed,
        blocks=int(needs.blocks[arm]),
        staff=int(needs.staff[arm]),
        width_m=round(float(needs.width_m[arm]), 2) if needs.width_known[arm] else None,
        through=int(needs.through[arm]),
        notes=tuple(problem.notes(arm)),
    )


def _place_words(name: str, crossing: Sequence[set[str]]) -> str:
    """The street and the streets that it crosses at the ends of the arm, those first that are not at both."""
    first, last = (sorted(streets - other) or sorted(streets) for streets, other in (crossing, crossing[::-1]))
    if first and last and first[0] != last[0]:
        return f"{name} between {first[0]} and {last[0]}"
    return f"{name} near {(first or last)[0]}" if first or last else name
