"""From one cordon to another in steps, each of which keeps the area sealed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from ringfence.model.plans import Stage, StageOrder, Stages
from ringfence.network.streets import BoolArray
from ringfence.planner.plan import describe
from ringfence.planner.ring import Ring

STANDS_MAX = 2_000
"""How many sets of standing barriers are looked at for the order of one step, before it is given up."""


def plan_stages(ring: Ring, first: BoolArray, second: BoolArray) -> Stages:
    """The steps from a sealed cordon to another of the same ring.

    The streets that only one of the two encloses fall into parts that do not touch; each part is a step of its own:
    what is won is closed off before anything is given up. Parts that save barriers come first. The area is sealed
    after each single barrier, in the order in which a step lists them. Where under turn bans no such order is found,
    a step says that taking away first does it, or that neither does.

    Parameters
    ----------
    first, second : (K,) bool
        Arms closed. Both must seal.
    """
    before, target = ring.inside(first), ring.inside(second)
    closed, inside = first, before
    steps: list[tuple[BoolArray, BoolArray, _Moves]] = []
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
        moves = _moves(ring, closed, after)
        if moves.order == "put up first":
            steps.append((closed, after, moves))
            closed = after
    if (closed != second).any():
        steps.append((closed, second, _moves(ring, closed, second)))
    moved = tuple(_stage(ring, other, moves) for one, other, moves in steps if (one != other).any())
    most = max([_count(ring, first), *(_most(ring, one, other, moves.order) for one, other, moves in steps)])
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


@dataclass(frozen=True, slots=True)
class _Moves:
    """How a step is made: what goes up and what comes away, each one by one as listed."""

    order: StageOrder
    put_up: tuple[int, ...]
    take_away: tuple[int, ...]


def _moves(ring: Ring, closed: BoolArray, after: BoolArray) -> _Moves:
    """How a step can be made so that the area is sealed after each single barrier, or that neither order does it."""
    put_up, take_away = _moved(closed, after)
    up, down = _one_by_one(ring, closed, put_up), _one_by_one(ring, closed | after, take_away)
    if up is not None and down is not None:
        return _Moves("put up first", up, down)
    up, down = _one_by_one(ring, closed & after, put_up), _one_by_one(ring, closed, take_away)
    if up is not None and down is not None:
        return _Moves("take away first", up, down)
    return _Moves("all at once", put_up, take_away)


def _moved(closed: BoolArray, after: BoolArray) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Arms to close, and arms to open."""
    return tuple(np.flatnonzero(after & ~closed).tolist()), tuple(np.flatnonzero(closed & ~after).tolist())


def _one_by_one(ring: Ring, closed: BoolArray, arms: tuple[int, ...]) -> tuple[int, ...] | None:
    """An order in which to move these barriers one by one, so that the area is sealed all along; None: none is found.

    In order of id where that will do. Under turn bans barriers can depend on each other: then others are tried, depth
    first, as many as `STANDS_MAX` allows.
    """
    tried = {frozenset[int]()}
    order: list[int] = []
    untried = [iter(arms)]
    if not ring.seals(closed):
        return None
    while len(order) < len(arms):
        arm = next(untried[-1], None)
        if arm is None:
            untried.pop()
            if not order:
                return None
            order.pop()
            continue
        done = frozenset((*order, arm))
        if arm in order or done in tried:
            continue
        if len(tried) == STANDS_MAX:
            return None
        tried.add(done)
        stand = closed.copy()
        stand[list(done)] ^= True
        if ring.seals(stand):
            order.append(arm)
            untried.append(iter(arms))
    return tuple(order)


def _most(ring: Ring, closed: BoolArray, after: BoolArray, order: StageOrder) -> int:
    """Barriers that are needed while a step is made."""
    if order == "put up first":
        return _count(ring, closed | after)
    return max(_count(ring, closed), _count(ring, after))


def _stage(ring: Ring, after: BoolArray, moves: _Moves) -> Stage:
    inside = ring.inside(after)
    ids = ring.problem.arms.ids
    known = ring.problem.network.facts.addresses_known
    return Stage(
        order=moves.order,
        put_up=tuple(ids[arm] for arm in moves.put_up),
        take_away=tuple(ids[arm] for arm in moves.take_away),
        stand=_count(ring, after),
        enclosed_street_m=round(ring.enclosed(ring.half_dm, inside) / 10, 1),
        enclosed_addresses=ring.enclosed(ring.half_addresses, inside) if known else None,
    )
