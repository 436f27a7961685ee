"""The oracle for planner and checker: every set of arms is tried, by code that shares nothing with either.

It reads the plain fields of a `Network` and the outlines of an `Area`, cuts the streets itself (`plane`), keeps its own
states (a half of an arm, driven one way, by somebody who knows which streets he came by), and knows nothing of
`MovementGraph`, flows, clauses or solvers. Slow and short on purpose: what it says is meant to be checked by reading.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from ringfence.base.measures import Measure
from ringfence.base.traffic import Driver
from ringfence.model.answers import PathStep
from ringfence.model.plans import Certificate, Demands, WitnessPath
from ringfence.network import Area, Network
from tests.property.plane import OUTSIDE, PROTECTED, RING, Stretch, cut_segment, outline_of
from tests.property.rules_of_the_road import PHYSICAL_BIT, Legs, Rules

MEANS_TO_TRAFFIC = {
    "motorway": 32,
    "primary": 16,
    "secondary": 8,
    "tertiary": 4,
    "unclassified": 2,
    "street": 2,
    "residential": 1,
    "living_street": 1,
    "service": 0,
}
"""Twice as much from class to class; nothing where nobody drives through."""
ONE_LANE = {"living_street", "service"}
SAME_OFFSET_M = 0.012
"""Two ways to cut a street at an outline may round to neighbouring centimetres."""


@dataclass(frozen=True)
class Drive:
    """A stretch (or half of one, split at the barrier's place) driven one way."""

    stretch: int
    start_m: float
    end_m: float
    leaves: int | None  # junction where it begins
    arrives: int | None  # junction where it ends
    arm: int | None  # number of the arm, if it lies in the ring
    towards_middle: bool

    @property
    def half(self) -> tuple[int, float, float]:
        """Stretch and ends, whichever way it is driven."""
        return self.stretch, min(self.start_m, self.end_m), max(self.start_m, self.end_m)


State = tuple[int, Legs]  # the drive, and the legs before it that still matter


@dataclass(frozen=True)
class Best:
    """The best plan: its cost, the arms put up in order of id, what it encloses, and at how few junctions they lie."""

    cost: int
    arms: tuple[str, ...]
    enclosed_dm: int
    addresses: int
    sites: int


class Streets:
    """One network cut at one area's outlines, as one driver finds it."""

    def __init__(self, network: Network, area: Area, driver: Driver) -> None:
        self.network = network
        self.driver = driver
        self.forward, self.backward = network.forward_mask.tolist(), network.backward_mask.tolist()
        self.physical: list[bool] = network.physical.tolist()
        self.rules = Rules(network, driver)
        outlines = [outline_of(network, polygon) for polygon in (area.protected, area.limit)]
        self.stretches = [
            stretch
            for segment in range(len(network.segment_ids))
            for stretch in cut_segment(network, segment, *outlines)
        ]
        named = sorted(
            (name, number) for name, number in self._names() if self._forward(number) or self._backward(number)
        )
        self.arms = [name for name, _ in named]
        self.arm_stretches = [self.stretches[number] for _, number in named]
        self.drives = list(self._drives({number: arm for arm, (_, number) in enumerate(named)}))

    def _names(self) -> Iterator[tuple[str, int]]:
        for segment, segment_id in enumerate(self.network.segment_ids):
            ring = [n for n, s in enumerate(self.stretches) if s.segment == segment and s.region == RING]
            for number, stretch in enumerate(ring, start=1):
                yield (segment_id if len(ring) == 1 else f"{segment_id}#{number}"), stretch

    def _may(self, number: int, masks: list[int]) -> bool:
        segment = self.stretches[number].segment
        return self.physical[segment] if self.rules.bit == PHYSICAL_BIT else masks[segment] & self.rules.bit != 0

    def _forward(self, number: int) -> bool:
        return self._may(number, self.forward)

    def _backward(self, number: int) -> bool:
        return self._may(number, self.backward)

    def _drives(self, arm_of: dict[int, int]) -> Iterator[Drive]:
        for number, s in enumerate(self.stretches):
            arm, middle = arm_of.get(number), (s.start_m + s.end_m) / 2
            if arm is None:
                parts = [(s.start_m, s.end_m, s.from_junction, s.to_junction)]
            else:
                parts = [(s.start_m, middle, s.from_junction, None), (middle, s.end_m, None, s.to_junction)]
            for part, (start, end, first, last) in enumerate(parts):
                if self._forward(number):
                    yield Drive(number, start, end, first, last, arm, towards_middle=part == 0)
                if self._backward(number):
                    yield Drive(number, end, start, last, first, arm, towards_middle=part == 1)

    def region(self, state: int) -> str:
        """Where a state's drive takes place."""
        return self.stretches[self.drives[self.states[state][0]].stretch].region

    def arm(self, state: int) -> int | None:
        """The arm on which a state's drive takes place."""
        return self.drives[self.states[state][0]].arm

    def _segment(self, drive: Drive) -> int:
        return self.stretches[drive.stretch].segment

    @cached_property
    def _motion(self) -> tuple[list[State], list[list[int]], list[tuple[int, int] | None]]:
        """All states, and for each what may follow it (see `onward` and `at_middle`)."""
        states: list[State] = [(drive, ()) for drive in range(len(self.drives))]
        number = {state: ix for ix, state in enumerate(states)}

        def known(state: State) -> int:
            if state not in number:
                number[state] = len(states)
                states.append(state)
            return number[state]

        onward: list[list[int]] = []
        at_middle: list[tuple[int, int] | None] = []
        for drive, legs in states:  # which grow meanwhile
            choice = self._middle_of(drive)
            if choice is None:
                at_middle.append(None)
                onward.append([known(state) for state in self._moves(drive, legs)])
                continue
            ahead, back = choice
            at_middle.append((known((ahead, legs)), -1 if back is None else known((back, ()))))
            onward.append([])  # what follows depends on the barrier
        return states, onward, at_middle

    @property
    def states(self) -> list[State]:
        """The drives with nothing remembered, in their order; then those with legs that still matter."""
        return self._motion[0]

    @property
    def onward(self) -> list[list[int]]:
        """For each state, those that may follow whatever is closed: turns at a junction, straight on at an outline."""
        return self._motion[1]

    @property
    def at_middle(self) -> list[tuple[int, int] | None]:
        """For each state up to a barrier's place: the state straight on and the state back (-1: none)."""
        return self._motion[2]

    def _moves(self, drive_ix: int, legs: Legs) -> Iterator[State]:
        """At a junction all streets that may be entered there; elsewhere straight on."""
        drive = self.drives[drive_ix]
        if drive.arrives is None:
            ahead = self._starting.get((self._segment(drive), drive.end_m, drive.end_m > drive.start_m))
            if ahead is not None:
                yield ahead, legs
            return
        driven = (*legs, (self._segment(drive), drive.arrives))
        for following in self._leaving.get(drive.arrives, ()):
            entered = self.drives[following]
            back = (entered.stretch, entered.start_m, entered.end_m) == (drive.stretch, drive.end_m, drive.start_m)
            if drive.arrives in self.rules.blocked and not back:
                continue
            if self.rules.may_turn_into(self._segment(entered), driven):
                yield following, self.rules.remembered(driven)

    @cached_property
    def _leaving(self) -> dict[int, list[int]]:
        leaving: dict[int, list[int]] = {}
        for ix, drive in enumerate(self.drives):
            if drive.leaves is not None:
                leaving.setdefault(drive.leaves, []).append(ix)
        return leaving

    @cached_property
    def _starting(self) -> dict[tuple[int, float, bool], int]:
        return {(self._segment(d), d.start_m, d.end_m > d.start_m): ix for ix, d in enumerate(self.drives)}

    def _middle_of(self, drive_ix: int) -> tuple[int, int | None] | None:
        """For a drive up to a barrier's place: the drive straight on, and the drive back."""
        drive = self.drives[drive_ix]
        if drive.arm is None or not drive.towards_middle:
            return None
        along, segment = drive.end_m > drive.start_m, self._segment(drive)
        return self._starting[segment, drive.end_m, along], self._starting.get((segment, drive.end_m, not along))

    def follow(self, state: int, closed: Collection[int]) -> list[int]:
        """The states that may follow one while these arms are closed."""
        choice = self.at_middle[state]
        if choice is None:
            return self.onward[state]
        ahead, back = choice
        if self.arm(state) not in closed:
            return [ahead]
        return [back] if back >= 0 else []

    def leaks(self, closed: Collection[int]) -> bool:
        """Whether somebody from beyond the limit gets into the area."""
        seen = {ix for ix in range(len(self.states)) if self.region(ix) == OUTSIDE}
        todo = list(seen)
        while todo:
            for following in self.follow(todo.pop(), closed):
                if following not in seen:
                    if self.region(following) == PROTECTED:
                        return True
                    seen.add(following)
                    todo.append(following)
        return False

    def enclosed_halves(self, closed: Collection[int]) -> set[tuple[int, float, float]]:
        """Halves of arms (stretch, from, to) at whose end somebody stands who can get into the area.

        He has come along the half, or, where that is forbidden or can't be, simply stands there.
        """
        good = {ix for ix in range(len(self.states)) if self.region(ix) == PROTECTED}
        todo = list(good)
        while todo:
            for before, arm, when_closed in self._preceding[todo.pop()]:
                if before not in good and (arm is None or (arm in closed) == when_closed):
                    good.add(before)
                    todo.append(before)
        arriving = {
            drive.half: ix for ix, drive in enumerate(self.drives) if drive.arm is not None and not drive.towards_middle
        }
        enclosed = {half for half, ix in arriving.items() if ix in good}
        for ix, drive in enumerate(self.drives):
            half = drive.half
            if drive.arm is not None and drive.towards_middle and half not in arriving:
                alone = drive.leaves is None or drive.leaves in self.rules.blocked
                onward = [ix] if drive.leaves is None or alone else self._leaving[drive.leaves]
                if not good.isdisjoint(onward):
                    enclosed.add(half)
        return enclosed

    @cached_property
    def _preceding(self) -> list[list[tuple[int, int | None, bool]]]:
        """For each state those that it may follow; over which arm, and whether that takes it closed or open."""
        preceding: list[list[tuple[int, int | None, bool]]] = [[] for _ in self.states]
        for ix in range(len(self.states)):
            choice = self.at_middle[ix]
            if choice is None:
                for following in self.onward[ix]:
                    preceding[following].append((ix, None, False))
                continue
            ahead, back = choice
            preceding[ahead].append((ix, self.arm(ix), False))
            if back >= 0:
                preceding[back].append((ix, self.arm(ix), True))
        return preceding

    def addresses_along(self, stretch: Stretch) -> int:
        """Addresses along a stretch."""
        facts = self.network.facts
        served = zip(facts.address_segment_ix.tolist(), facts.address_offset_m.tolist(), strict=True)
        return sum(seg == stretch.segment and stretch.start_m <= at <= stretch.end_m for seg, at in served)

    def enclosed_dm(self, closed: Collection[int]) -> int:
        """Street of the ring enclosed, in whole decimetres."""
        return sum(round((end - start) * 10) for _, start, end in self.enclosed_halves(closed))

    def enclosed_addresses(self, closed: Collection[int]) -> int:
        """Addresses along the halves enclosed; one right at a barrier's place counts to what lies behind it."""
        facts, count = self.network.facts, 0
        served = list(zip(facts.address_segment_ix.tolist(), facts.address_offset_m.tolist(), strict=True))
        for stretch, start, end in self.enclosed_halves(closed):
            whole = self.stretches[stretch]
            for segment, offset in served:
                last = end == whole.end_m and offset == end
                count += segment == whole.segment and (start <= offset < end or last)
        return count

    def blocks(self, arm: int) -> int:
        """Blocks of 2 m across an arm, but for 1.5 m: by its width, else its lanes of 3.25 m, else those usual."""
        segment, facts = self.arm_stretches[arm].segment, self.network.facts
        lanes = int(facts.lanes[segment]) or (1 if self.network.highways[segment] in ONE_LANE else 2)
        return max(1, math.ceil(((float(facts.width_m[segment]) or lanes * 3.25) - 1.5) / 2))

    def through(self, arm: int) -> int:
        """What closing an arm means to through traffic."""
        return MEANS_TO_TRAFFIC[self.network.highways[self.arm_stretches[arm].segment]]

    def prices(self, measure: Measure) -> dict[str, int]:
        """What each arm costs by a measure; a street that means nothing to traffic still counts one."""
        price: dict[Measure, Callable[[int], int]] = {
            Measure.ARMS: lambda _: 1,
            Measure.BLOCKS: self.blocks,
            Measure.STAFF: lambda _: 2,
            Measure.IMPORTANCE: lambda arm: max(1, self.through(arm)),
        }
        return {arm: price[measure](ix) for ix, arm in enumerate(self.arms)}

    def sites(self, closed: Collection[int]) -> int:
        """The fewest junctions that touch all these arms; an arm that touches none counts for itself."""
        touched = []
        for arm in closed:
            stretch = self.arm_stretches[arm]
            ends = {end for end in (stretch.from_junction, stretch.to_junction) if end is not None}
            touched.append(ends or {-1 - arm})
        every = sorted(set().union(*touched))
        for count in range(len(every) + 1):
            for chosen in combinations(every, count):
                if all(not ends.isdisjoint(chosen) for ends in touched):
                    return count
        raise AssertionError


def reach(streets: Streets, closed: Collection[int], starts: Iterable[int]) -> set[int]:
    """The states that can be reached from some while these arms are closed, themselves included."""
    seen = set(starts)
    todo = list(seen)
    while todo:
        for following in streets.follow(todo.pop(), closed):
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return seen


def list_plans(streets: Streets, demands: Demands, cost_of: Mapping[str, int]) -> Iterator[tuple[int, frozenset[int]]]:
    """Every set of arms that seals under the demands, with what it costs, the cheapest arms first."""
    number = {arm: ix for ix, arm in enumerate(streets.arms)}
    fixed = frozenset(number[arm] for arm in demands.fixed)
    closed_anyway = fixed | {number[arm] for arm in demands.must}
    free = [ix for arm, ix in number.items() if ix not in closed_anyway and arm not in demands.must_not]
    price = [0 if ix in fixed else cost_of[arm] for arm, ix in number.items()]
    sets = [closed_anyway.union(chosen) for count in range(len(free) + 1) for chosen in combinations(free, count)]
    leaks = _FastLeaks(streets)
    for closed in sorted(sets, key=lambda closed: sum(price[arm] for arm in closed)):
        if all((number[a] in closed) == (number[b] in closed) for a, b in demands.together) and not leaks(closed):
            charge = demands.site_charge * streets.sites(closed - fixed) if demands.site_charge else 0
            yield sum(price[arm] for arm in closed) + charge, closed


def cheapest_plan(streets: Streets, demands: Demands, measure: Measure = Measure.ARMS) -> Best | None:
    """The best of all plans: by cost, then addresses enclosed, blocks, street enclosed (street, then blocks, where no
    address is known), then arm ids; None where no set of arms will do.
    """
    blocks = streets.prices(Measure.BLOCKS)
    cost_of = streets.prices(measure) | demands.costs
    fixed = {ix for ix, arm in enumerate(streets.arms) if arm in demands.fixed}
    cheapest: int | None = None
    plans: list[frozenset[int]] = []
    for cost, closed in list_plans(streets, demands, cost_of):
        arms_cost = sum(cost_of[streets.arms[arm]] for arm in closed - fixed)
        if cheapest is not None and arms_cost + demands.site_charge * bool(closed - fixed) > cheapest:
            break
        if cheapest is None or cost < cheapest:
            cheapest, plans = cost, []
        if cost == cheapest:
            plans.append(closed)
    if cheapest is None:
        return None
    known = any(streets.addresses_along(stretch) for stretch in streets.arm_stretches)

    def worth(closed: frozenset[int]) -> tuple[int, int, int, tuple[str, ...]]:
        put_up = tuple(sorted(streets.arms[arm] for arm in closed - fixed))
        dm, of_blocks = streets.enclosed_dm(closed), sum(blocks[arm] for arm in put_up)
        return (streets.enclosed_addresses(closed), of_blocks, dm, put_up) if known else (0, dm, of_blocks, put_up)

    best = min(plans, key=worth)
    put_up, addresses = worth(best)[-1], streets.enclosed_addresses(best) if known else 0
    return Best(cheapest, put_up, streets.enclosed_dm(best), addresses, streets.sites(best - fixed))


class _FastLeaks:
    """`Streets.leaks` over the states in the ring only, as bits: the same answer for many sets of arms."""

    def __init__(self, streets: Streets) -> None:
        ring = [ix for ix in range(len(streets.states)) if streets.region(ix) == RING]
        place = {ix: bit for bit, ix in enumerate(ring)}
        outside = [ix for ix in range(len(streets.states)) if streets.region(ix) == OUTSIDE]
        first = [following for ix in outside for following in streets.onward[ix]]
        self.always = any(streets.region(ix) == PROTECTED for ix in first)
        self.entered = sorted({place[ix] for ix in first if ix in place})
        self.enters = [any(streets.region(f) == PROTECTED for f in streets.onward[ix]) for ix in ring]
        self.onward = [[place[f] for f in streets.onward[ix] if f in place] for ix in ring]
        self.arm = [streets.arm(ix) for ix in ring]
        self.middle: list[tuple[int, int] | None] = []
        for ix in ring:
            choice = streets.at_middle[ix]
            self.middle.append(None if choice is None else (place[choice[0]], place.get(choice[1], -1)))

    def __call__(self, closed: Collection[int]) -> bool:
        if self.always:
            return True
        seen, todo = set(self.entered), list(self.entered)
        while todo:
            ix = todo.pop()
            if self.enters[ix]:
                return True
            choice = self.middle[ix]
            if choice is None:
                following = self.onward[ix]
            else:
                ahead, back = choice
                following = [ahead] if self.arm[ix] not in closed else [back] if back >= 0 else []
            for f in following:
                if f not in seen:
                    seen.add(f)
                    todo.append(f)
        return False


def is_proof(network: Network, area: Area, certificate: Certificate) -> bool:
    """Whether cut, bound and paths of a certificate are a proof of what it claims (hashes aside)."""
    streets = Streets(network, area, Driver(certificate.threat, certificate.vehicle_class))
    number = {arm: ix for ix, arm in enumerate(streets.arms)}
    demands = certificate.demands
    named = {*certificate.cut, *demands.must, *demands.must_not, *demands.fixed, *demands.costs}
    named |= {arm for pair in demands.together for arm in pair}
    if not named <= number.keys() or len(set(certificate.cut)) < len(certificate.cut):
        return False
    cut = {number[arm] for arm in certificate.cut}
    cost = _cost(streets, demands, cut)
    if cost != certificate.lower_bound or not _allowed(demands, set(certificate.cut)) or streets.leaks(cut):
        return False
    ways = [_witnessed(streets, path) for path in certificate.paths]
    driven = [way for way in ways if way is not None]
    if len(driven) < len(ways):
        return False
    bounds = {"disjoint_paths": _disjoint, "covering_paths": _covering}
    return bounds[certificate.kind](streets, certificate, driven)


Way = tuple[set[int], set[int]]  # arms crossed, arms turned back at


def _price(demands: Demands, arm: str) -> int:
    return 0 if arm in demands.fixed else demands.costs.get(arm, 1)


def _cost(streets: Streets, demands: Demands, closed: Collection[int]) -> int:
    put_up = [arm for arm in closed if streets.arms[arm] not in demands.fixed]
    charge = demands.site_charge * streets.sites(put_up) if demands.site_charge else 0
    return sum(_price(demands, streets.arms[arm]) for arm in put_up) + charge


def _disjoint(streets: Streets, certificate: Certificate, ways: list[Way]) -> bool:
    """Whether every plan must pay for each path what it carries, beside the arms closed in any case."""
    demands = certificate.demands
    carried = dict.fromkeys(streets.arms, 0)
    for path, (crossed, _) in zip(certificate.paths, ways, strict=True):
        for arm in crossed:
            carried[streets.arms[arm]] += path.carries
    within = all(carried[arm] <= _price(demands, arm) for arm in streets.arms if arm not in demands.must_not)
    apart = all(carried[arm] == 0 for arm in demands.must | demands.fixed)
    paid = sum(_price(demands, arm) for arm in demands.must) + sum(path.carries for path in certificate.paths)
    return within and apart and paid >= certificate.lower_bound and not any(back for _, back in ways)


def _covering(streets: Streets, certificate: Certificate, ways: list[Way]) -> bool:
    """Whether every allowed set of arms that stops all the paths costs the bound or more: all sets are tried."""
    everything = range(len(streets.arms))
    counts = range(len(streets.arms) + 1)
    for closed in (set(chosen) for count in counts for chosen in combinations(everything, count)):
        stops = all(crossed & closed or back - closed for crossed, back in ways)
        allowed = stops and _allowed(certificate.demands, {streets.arms[arm] for arm in closed})
        if allowed and _cost(streets, certificate.demands, closed) < certificate.lower_bound:
            return False
    return True


def _allowed(demands: Demands, closed: set[str]) -> bool:
    return (
        closed >= demands.must | demands.fixed
        and closed.isdisjoint(demands.must_not)
        and all((a in closed) == (b in closed) for a, b in demands.together)
    )


def _witnessed(streets: Streets, path: WitnessPath) -> Way | None:
    """A path of a certificate, if it can be driven and turns back just where it says."""
    way = drive_along(streets, path.steps)
    return way if way and {streets.arms[arm] for arm in way[1]} == set(path.turned_back_at) else None


def drive_along(streets: Streets, steps: Iterable[PathStep]) -> Way | None:
    """The arms that a way from outside into the area crosses, and those it turns back at; None if none can drive it."""
    drives = []
    for step in steps:
        here = [
            ix
            for ix, drive in enumerate(streets.drives)
            if streets.network.segment_ids[streets.stretches[drive.stretch].segment] == step.segment
            and abs(drive.start_m - step.start_m) < SAME_OFFSET_M
            and abs(drive.end_m - step.end_m) < SAME_OFFSET_M
        ]
        if not here:
            return None
        drives.append(here[0])
    if len(drives) < 2 or streets.region(drives[0]) != OUTSIDE or streets.region(drives[-1]) != PROTECTED:
        return None
    crossed: set[int] = set()
    back: set[int] = set()
    state = drives[0]
    for following in drives[1:]:
        choice, arm = streets.at_middle[state], streets.arm(state)
        reached = streets.onward[state] if choice is None else [ix for ix in choice if ix >= 0]
        entered = next((ix for ix in reached if streets.states[ix][0] == following), None)
        if entered is None:
            return None
        if choice is not None and arm is not None:
            (crossed if entered == choice[0] else back).add(arm)
        state = entered
    return crossed, back
