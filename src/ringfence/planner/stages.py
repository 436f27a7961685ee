"""From one cordon to another in steps, each of which keeps the area sealed."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from ringfence.model.plans import Stage, StageOrder, Stages
from ringfence.network.streets import BoolArray
from ringfence.planner.plan import describe
from ringfence.planner.ring import Ring


def plan_stages(ring: Ring, first: BoolArray, second: BoolArray) -> Stages:
    """The steps from a sealed cordon to another of the same ring.

    The streets that only one of the two encloses fall into parts that do not touch; each part is a step of its own:
    what is won is closed off before anything is given up. Parts that save barriers come first. Where under turn bans
    the area would leak in between, a step says in which other order it does not, or that none is safe.

    Parameters
    ----------
    first, second : (K,) bool
        Arms closed. Both must seal.
    """
    before, target = ring.inside(first), ring.inside(second)
    closed, inside = first, before
    steps: list[tuple[BoolArray, BoolArray]] = []
    parts = [(part, True) for part in _parts(ring, target & ~before)]
    parts += [(part, False) for part in _parts(ring, before & ~target)]
    while parts:
        options = [_after(ring, closed, inside, part, grow) for part, grow in parts]
        order = [(_count(ring, after) - _count(ring, closed), place) for place, (after, _) in enumerate(options)]
        _, place = min(order)
        after, inside = options[place]
        parts.pop(place)
        if not parts:
            after = second  # whatever else the second cordon closes
        if ring.seals(after) and ring.seals(after | closed):
            steps.append((closed, after))
            closed = after
    if (closed != second).any():
        steps.append((closed, second))
    moved = tuple(_step(ring, one, other) for one, other in steps if (one != other).any())
    most = max([_count(ring, first), *(_most(ring, one, other) for one, other in steps)])
    either = describe(ring, first | second, None, least_cost=0, all_arms=True)
    named = {arm for step in moved for arm in (*step.put_up, *step.take_away)}
    places = {barrier.id: barrier.place for barrier in either.barriers if barrier.id in named}
    return Stages(steps=moved, most_at_once=most, places=places)


def _after(
    ring: Ring, closed: BoolArray, inside: BoolArray, part: BoolArray, grow: bool
) -> tuple[BoolArray, BoolArray]:
    """The cordon once a part is inside, or no longer is. Arms that hold nothing on either side stay as they are."""
    later = inside | part if grow else inside & ~part
    idle = closed & ~ring.crossing(inside)
    return ring.crossing(later) | idle | ring.problem.closed_anyway, later


def _parts(ring: Ring, nodes: BoolArray) -> list[BoolArray]:
    """Nodes that hang together by streets of the ring, part by part."""
    both = nodes[ring.tail] & nodes[ring.head]
    edges = csr_matrix(
        (np.ones(int(both.sum()), dtype=np.int8), (ring.tail[both], ring.head[both])), shape=(ring.node_count,) * 2
    )
    _, label = connected_components(edges, directed=False)
    return [nodes & (label == part) for part in np.unique(label[nodes]).tolist()]


def _count(ring: Ring, closed: BoolArray) -> int:
    """Barriers that have to be there: what stands already for other reasons is not counted."""
    return int(closed.sum()) - sum(bool(closed[arm]) for arm in ring.problem.fixed)


def _order(ring: Ring, closed: BoolArray, after: BoolArray) -> StageOrder:
    """The order in which the area stays sealed while a step is made."""
    if ring.seals(closed | after):
        return "put up first"
    return "take away first" if ring.seals(closed & after) else "all at once"


def _most(ring: Ring, closed: BoolArray, after: BoolArray) -> int:
    """Barriers that are needed while a step is made."""
    if _order(ring, closed, after) == "put up first":
        return _count(ring, closed | after)
    return max(_count(ring, closed), _count(ring, after))


def _step(ring: Ring, closed: BoolArray, after: BoolArray) -> Stage:
    inside = ring.inside(after)
    ids = ring.problem.arms.ids
    known = ring.problem.network.facts.addresses_known
    return Stage(
        order=_order(ring, closed, after),
        put_up=tuple(ids[arm] for arm in np.flatnonzero(after & ~closed).tolist()),
        take_away=tuple(ids[arm] for arm in np.flatnonzero(closed & ~after).tolist()),
        stand=_count(ring, after),
        enclosed_street_m=round(ring.enclosed(ring.half_dm, inside) / 10, 1),
        enclosed_addresses=ring.enclosed(ring.half_addresses, inside) if known else None,
    )
