"""The oracle for planner and checker: every set of arms is tried, by code that shares nothing with either.

It reads the plain fields of a `Network` and the outlines of an `Area`, cuts the streets itself (plane geometry in pure
Python), keeps its own states (a half of an arm, driven one way), and knows nothing of `MovementGraph`, flows, clauses
or solvers. Slow and short on purpose: what it says is meant to be checked by reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from math import hypot

import numpy as np
from shapely import MultiPolygon, Polygon

from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.model.answers import Certificate, PathStep, WitnessPath
from ringfence.network import Area, Network

OUTSIDE, RING, PROTECTED = "outside", "ring", "protected"
SAME_OFFSET_M = 0.002

Point = tuple[float, float]
Outline = list[list[Point]]


@dataclass(frozen=True)
class Stretch:
    """A stretch of one segment that lies in one region; `from_junction` is None where it begins at an outline."""

    segment: int
    start_m: float
    end_m: float
    region: str
    from_junction: int | None
    to_junction: int | None


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


@dataclass(frozen=True)
class Best:
    """The best plan: its cost, its arms in order of id, what it encloses, and at how few junctions its arms lie."""

    cost: int
    arms: tuple[str, ...]
    enclosed_dm: int
    sites: int


class Streets:
    """One network cut at one area's outlines, as one driver finds it."""

    def __init__(self, network: Network, area: Area, driver: Driver) -> None:
        self.network = network
        self.driver = driver
        self.forward, self.backward = network.forward_mask.tolist(), network.backward_mask.tolist()
        self.bans = set() if self._ignores_bans else {(int(a), int(j), int(b)) for a, j, b in network.restrictions}
        outlines = [_outline(network, polygon) for polygon in (area.protected, area.limit)]
        self.stretches = [
            stretch for segment in range(len(network.segment_ids)) for stretch in _cut(network, segment, *outlines)
        ]
        named = sorted(
            (name, number) for name, number in self._names() if self._forward(number) or self._backward(number)
        )
        self.arms = [name for name, _ in named]
        self.arm_stretches = [self.stretches[number] for _, number in named]
        self.drives = list(self._drives({number: arm for arm, (_, number) in enumerate(named)}))

    @property
    def _ignores_bans(self) -> bool:
        return self.driver.threat is Threat.DETERMINED or self.driver.vehicle_class is VehicleClass.FOOT

    def _names(self) -> Iterator[tuple[str, int]]:
        for segment, segment_id in enumerate(self.network.segment_ids):
            ring = [n for n, s in enumerate(self.stretches) if s.segment == segment and s.region == RING]
            for number, stretch in enumerate(ring, start=1):
                yield (segment_id if len(ring) == 1 else f"{segment_id}#{number}"), stretch

    def _may(self, number: int, masks: list[int]) -> bool:
        segment = self.stretches[number].segment
        if self.driver.threat is Threat.DETERMINED and self.driver.vehicle_class is not VehicleClass.FOOT:
            return bool(self.network.physical[segment])
        return bool(masks[segment] >> list(VehicleClass).index(self.driver.vehicle_class) & 1)

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

    def region(self, drive: int) -> str:
        """Where a drive takes place."""
        return self.stretches[self.drives[drive].stretch].region

    def _segment(self, drive: Drive) -> int:
        return self.stretches[drive.stretch].segment

    @cached_property
    def onward(self) -> list[list[int]]:
        """For each drive, those that may follow whatever is closed: turns at a junction, straight on at an outline."""
        leaving: dict[int, list[int]] = {}
        starting: dict[tuple[int, float, bool], int] = {}
        for ix, drive in enumerate(self.drives):
            if drive.leaves is not None:
                leaving.setdefault(drive.leaves, []).append(ix)
            starting[self._segment(drive), drive.start_m, drive.end_m > drive.start_m] = ix
        found: list[list[int]] = []
        for drive in self.drives:
            if drive.arrives is not None:
                found.append(
                    [
                        ix
                        for ix in leaving.get(drive.arrives, ())
                        if (self._segment(drive), drive.arrives, self._segment(self.drives[ix])) not in self.bans
                    ]
                )
            elif drive.arm is not None and drive.towards_middle:
                found.append([])  # what follows depends on the barrier
            else:
                ahead = starting.get((self._segment(drive), drive.end_m, drive.end_m > drive.start_m))
                found.append([] if ahead is None else [ahead])
        return found

    @cached_property
    def at_middle(self) -> list[tuple[int, int] | None]:
        """For each drive up to a barrier's place: the drive straight on and the drive back (-1: none)."""
        place = {(d.stretch, d.start_m, d.end_m): ix for ix, d in enumerate(self.drives)}
        found: list[tuple[int, int] | None] = []
        for drive in self.drives:
            if drive.arm is None or not drive.towards_middle:
                found.append(None)
                continue
            stretch = self.stretches[drive.stretch]
            far_end = stretch.end_m if drive.start_m == stretch.start_m else stretch.start_m
            ahead = place[drive.stretch, drive.end_m, far_end]
            found.append((ahead, place.get((drive.stretch, drive.end_m, drive.start_m), -1)))
        return found

    def follow(self, drive: int, closed: Collection[int]) -> list[int]:
        """The drives that may follow one while these arms are closed."""
        choice = self.at_middle[drive]
        if choice is None:
            return self.onward[drive]
        ahead, back = choice
        if self.drives[drive].arm not in closed:
            return [ahead]
        return [back] if back >= 0 else []

    def leaks(self, closed: Collection[int]) -> bool:
        """Whether somebody from beyond the limit gets into the area."""
        seen = {ix for ix in range(len(self.drives)) if self.region(ix) == OUTSIDE}
        todo = list(seen)
        while todo:
            for following in self.follow(todo.pop(), closed):
                if following not in seen:
                    if self.region(following) == PROTECTED:
                        return True
                    seen.add(following)
                    todo.append(following)
        return False

    def enclosed_dm(self, closed: Collection[int]) -> int:
        """Street of the ring from which the area can be reached past the closed arms, in whole decimetres."""
        good = {ix for ix in range(len(self.drives)) if self.region(ix) == PROTECTED}
        before = -1
        while before != len(good):
            before = len(good)
            good |= {ix for ix in range(len(self.drives)) if not good.isdisjoint(self.follow(ix, closed))}
        driven = [self.drives[ix] for ix in good if self.region(ix) == RING]
        parts = {(drive.stretch, *sorted((drive.start_m, drive.end_m))) for drive in driven}
        return sum(round((end - start) * 10) for _, start, end in parts)

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


def cheapest_plan(
    streets: Streets,
    *,
    must: Collection[str] = (),
    must_not: Collection[str] = (),
    together: Collection[tuple[str, str]] = (),
    site_charge: int = 0,
) -> Best | None:
    """The best of all plans, by cost, then street enclosed, then arm ids; None where no set of arms will do."""
    number = {arm: ix for ix, arm in enumerate(streets.arms)}
    fixed = {number[arm] for arm in must}
    free = [ix for arm, ix in number.items() if arm not in must and arm not in must_not]
    leaks = _FastLeaks(streets)
    cheapest: int | None = None
    plans: list[tuple[int, ...]] = []
    for count in range(len(free) + 1):
        arms_least = len(fixed) + count
        if cheapest is not None and arms_least + site_charge * (arms_least > 0) > cheapest:
            break
        for chosen in combinations(free, count):
            closed = fixed.union(chosen)
            if any((number[a] in closed) != (number[b] in closed) for a, b in together):
                continue
            cost = len(closed) + (site_charge * streets.sites(closed) if site_charge else 0)
            if (cheapest is not None and cost > cheapest) or leaks(closed):
                continue
            if cheapest is None or cost < cheapest:
                cheapest, plans = cost, []
            plans.append(tuple(sorted(closed)))
    if cheapest is None:
        return None
    dm, arms = min((streets.enclosed_dm(plan), tuple(sorted(streets.arms[ix] for ix in plan))) for plan in plans)
    return Best(cheapest, arms, dm, streets.sites([number[arm] for arm in arms]))


class _FastLeaks:
    """`Streets.leaks` over the drives in the ring only, as bits: the same answer for many sets of arms."""

    def __init__(self, streets: Streets) -> None:
        ring = [ix for ix in range(len(streets.drives)) if streets.region(ix) == RING]
        place = {ix: bit for bit, ix in enumerate(ring)}
        outside = [ix for ix in range(len(streets.drives)) if streets.region(ix) == OUTSIDE]
        first = [following for ix in outside for following in streets.onward[ix]]
        self.always = any(streets.region(ix) == PROTECTED for ix in first)
        self.entered = sorted({place[ix] for ix in first if ix in place})
        self.enters = [any(streets.region(f) == PROTECTED for f in streets.onward[ix]) for ix in ring]
        self.onward = [[place[f] for f in streets.onward[ix] if f in place] for ix in ring]
        self.arm = [streets.drives[ix].arm for ix in ring]
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
    named = {*certificate.cut, *certificate.must, *certificate.must_not, *sum(certificate.together, ())}
    if not named <= number.keys() or len(set(certificate.cut)) < len(certificate.cut):
        return False
    cut = {number[arm] for arm in certificate.cut}
    cost = len(cut) + certificate.site_charge * streets.sites(cut)
    if cost != certificate.lower_bound or not _allowed(certificate, set(certificate.cut)) or streets.leaks(cut):
        return False
    ways = [_witnessed(streets, path) for path in certificate.paths]
    driven = [way for way in ways if way is not None]
    if len(driven) < len(ways):
        return False
    bounds = {"disjoint_paths": _disjoint, "covering_paths": _covering}
    return bounds[certificate.kind](streets, certificate, driven)


Way = tuple[set[int], set[int]]  # arms crossed, arms turned back at


def _disjoint(streets: Streets, certificate: Certificate, ways: list[Way]) -> bool:
    """Whether every plan needs an arm of its own for each path, beside those closed in any case."""
    arms = [streets.arms[arm] for crossed, _ in ways for arm in crossed]
    used = [arm for arm in arms if arm not in certificate.must_not]
    apart = len(set(used)) == len(used) and not set(used) & set(certificate.must)
    enough = len(set(certificate.must)) + len(ways) >= certificate.lower_bound
    return apart and enough and not any(back for _, back in ways)


def _covering(streets: Streets, certificate: Certificate, ways: list[Way]) -> bool:
    """Whether every allowed set of arms that stops all the paths costs the bound or more: all sets are tried."""
    everything = range(len(streets.arms))
    counts = range(len(streets.arms) + 1)
    for closed in (set(chosen) for count in counts for chosen in combinations(everything, count)):
        stops = all(crossed & closed or back - closed for crossed, back in ways)
        if stops and _allowed(certificate, {streets.arms[arm] for arm in closed}):
            charge = certificate.site_charge
            if len(closed) + (charge * streets.sites(closed) if charge else 0) < certificate.lower_bound:
                return False
    return True


def _allowed(certificate: Certificate, closed: set[str]) -> bool:
    return (
        closed >= set(certificate.must)
        and closed.isdisjoint(certificate.must_not)
        and all((a in closed) == (b in closed) for a, b in certificate.together)
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
    for drive, following in pairwise(drives):
        choice, arm = streets.at_middle[drive], streets.drives[drive].arm
        if choice is None:
            if following not in streets.onward[drive]:
                return None
        elif arm is None or following not in choice:
            return None
        else:
            (crossed if following == choice[0] else back).add(arm)
    return crossed, back


def _outline(network: Network, polygon: Polygon | MultiPolygon) -> Outline:
    """Rings in metres. Edges are straight in degrees, so points are put on them every 0.0004 degrees."""
    parts = polygon.geoms if isinstance(polygon, MultiPolygon) else [polygon]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return [
        [(float(x), float(y)) for x, y in network.projection.to_metres(np.array(_dense(list(ring.coords))))]
        for ring in rings
    ]


def _dense(ring: list[tuple[float, ...]]) -> list[Point]:
    points: list[Point] = []
    for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
        steps = int(hypot(x2 - x1, y2 - y1) / 0.0004) + 1
        points += [(x1 + (x2 - x1) * k / steps, y1 + (y2 - y1) * k / steps) for k in range(steps)]
    return [*points, points[0]]


def _cut(network: Network, segment: int, protected: Outline, limit: Outline) -> Iterator[Stretch]:
    shape = [(float(x), float(y)) for x, y in network.shapes[segment]]
    length = float(network.length_m[segment])
    places = {round(at, 2) for outline in (protected, limit) for at in _crossings(shape, outline)}
    offsets = [0.0, *sorted(at for at in places if 0.01 < at < length - 0.01), length]
    regions = []
    for start, end in pairwise(offsets):
        within = _point_at(shape, start + 0.3719 * (end - start))  # anywhere but where a touching point is likely
        regions.append(PROTECTED if _inside(within, protected) else RING if _inside(within, limit) else OUTSIDE)
    first = 0
    for ix, region in enumerate(regions):
        if ix + 1 == len(regions) or regions[ix + 1] != region:
            yield Stretch(
                segment,
                offsets[first],
                offsets[ix + 1],
                region,
                int(network.from_ix[segment]) if first == 0 else None,
                int(network.to_ix[segment]) if ix + 1 == len(regions) else None,
            )
            first = ix + 1


def _crossings(shape: list[Point], outline: Outline) -> Iterator[float]:
    driven = 0.0
    for (px, py), (qx, qy) in pairwise(shape):
        step = hypot(qx - px, qy - py)
        for ring in outline:
            for (ax, ay), (bx, by) in pairwise(ring):
                across = (qx - px) * (by - ay) - (qy - py) * (bx - ax)
                if across == 0:
                    continue
                t = ((ax - px) * (by - ay) - (ay - py) * (bx - ax)) / across
                u = ((ax - px) * (qy - py) - (ay - py) * (qx - px)) / across
                if 0 <= t <= 1 and 0 <= u <= 1:
                    yield driven + t * step
        driven += step


def _inside(point: Point, outline: Outline) -> bool:
    x, y = point
    odd = False
    for ring in outline:
        for (ax, ay), (bx, by) in pairwise(ring):
            if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                odd = not odd
    return odd


def _point_at(shape: list[Point], offset_m: float) -> Point:
    for (px, py), (qx, qy) in pairwise(shape):
        step = hypot(qx - px, qy - py)
        if offset_m <= step:
            t = offset_m / step
            return px + t * (qx - px), py + t * (qy - py)
        offset_m -= step
    return shape[-1]
