"""Small random street maps, each with an area, a driver and demands; the one place where tests draw maps by chance.

Everything comes from `random.Random(seed)`, so a failure names the seed that brings it back. The maps are multigraphs
on purpose: parallel streets, loops, dead ends, one-ways, turn bans (U-turn bans too), chains of three and more streets
that must not be driven as a whole, bollards, streets that nobody can drive, several ways in from outside, and outlines
through the middle of streets.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from random import Random

import networkx
from shapely import MultiPolygon, Polygon, box

from ringfence.base.measures import Measure
from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.model.plans import COST_MAX, Demands
from ringfence.network import Area, Network
from tests.property.brute_force import Streets
from tests.property.drawn_rules import with_bollards, with_chains, with_class_masks, with_doglegs
from tests.property.street_maps import Ban, Segment, StreetMap

ARMS_MAX = 10
GRAZE_M = 0.05
"""Where an outline cuts off less of a street, rounding decides on which side that lies; such maps are not drawn."""
BLOCK_DEG = 0.001
CENTRES = ((0.0, 0.0), (174.776, -41.278))
LAWFUL_CLASSES = (*[VehicleClass.CAR] * 5, VehicleClass.BUS, VehicleClass.HEAVY, VehicleClass.EMERGENCY)

KINDS = ("motorway", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "service")

INNER_SPOTS = ((0.0, 0.0), (0.4, 0.3), (-0.4, 0.2))
NEAR_SPOTS = ((1.6, 0.0), (1.6, 1.6), (0.0, 1.6), (-1.6, 1.6), (-1.6, 0.0), (-1.6, -1.6), (0.0, -1.6), (1.6, -1.6))
FAR_SPOTS = tuple((x * 1.75, y * 1.75) for x, y in NEAR_SPOTS)
OUTER_SPOTS = ((5.0, 0.0), (0.0, 5.0), (-5.0, 0.0), (0.0, -5.0), (5.0, 5.0), (-5.0, -5.0))


@dataclass(frozen=True)
class Instance:
    """One question to the planner."""

    seed: int
    row: str
    map: StreetMap
    area: Area
    driver: Driver
    demands: Demands
    streets: Streets  # the map as the oracle sees it
    measure: Measure = Measure.ARMS

    @property
    def network(self) -> Network:
        """The map, read."""
        return self.map.network


ROWS = (
    "determined",
    "lawful without bans",
    "lawful with bans",
    "determined, must and must not",
    "lawful without bans, must and must not",
    "lawful with bans, must and must not",
    "site charges and couplings",
    "bollards, must and must not",
    "chains, class masks and bollards",
    "costs",
    "fixed, must and must not",
    "several areas",
    "addresses and blocks",
    "site charges, costs and fixed",
    "site charges, costs of any size",
)


MIXED = ROWS[9:]
"""Rows about demands and facts, asked of all kinds of drivers."""
MEASURED = ("costs", "fixed, must and must not", "several areas")
"""Rows in which two of three are asked by importance or by staff. (Blocks: where streets have widths.)"""


def draw_instance(seed: int, row: str) -> Instance:
    """The instance of that seed in one row of the table of `domain.md`."""
    rng = Random(f"{row} {seed}")
    while True:
        doglegs = "chains" in row and rng.random() < 0.9
        street_map, area = (
            _draw_map(rng, streets_max=3 if doglegs else 8),
            draw_area(rng, several=row == "several areas"),
        )
        if doglegs:
            street_map = with_doglegs(rng, street_map)
        centre = rng.choice(CENTRES)
        street_map, area = _moved(street_map, area, centre)
        driver = _draw_driver(rng, row)
        mixed = row in {"site charges and couplings", *MIXED}
        banned = "with bans" in row or (mixed and rng.random() < 0.5)
        if banned or "chains" in row or not driver.obeys_turn_bans:
            street_map = _with_bans(rng, street_map, rarely="chains" in row)
        if "chains" in row or ("bollards" in row and not driver.obeys_turn_bans):
            street_map = with_chains(rng, with_class_masks(rng, street_map))
        if "bollards" in row:
            street_map = with_bollards(rng, street_map, 0.08 if "chains" in row else rng.choice((0.15, 0.3, 0.5)))
        if row.startswith("addresses"):
            street_map = _with_widths(seed, _with_facts(rng, street_map))
        street_map = _with_kinds(f"{row} {seed}", street_map)
        streets = Streets(street_map.network, area, driver)
        grazed = any(stretch.end_m - stretch.start_m < GRAZE_M for stretch in streets.stretches)
        if len(streets.arms) <= ARMS_MAX and not grazed:
            measure = _draw_measure(rng, row, seed)
            demands = _draw_demands(rng, row, streets.arms)
            return Instance(seed, row, street_map, area, driver, demands, streets, measure)


def _draw_measure(rng: Random, row: str, seed: int) -> Measure:
    """Blocks where streets have widths; staff and importance in rows with other prices, and with none."""
    if row.startswith("addresses"):
        return Measure.BLOCKS if rng.random() < 0.4 else Measure.ARMS
    if row in MEASURED:
        return Random(f"{row} {seed} measure").choice((Measure.ARMS, Measure.IMPORTANCE, Measure.STAFF))
    return Measure.ARMS


def draw_area(rng: Random, *, several: bool = False) -> Area:
    """A square around the middle (sometimes two, or one with a hole) in a bigger one, in blocks."""
    half = rng.choice((0.7, 0.85, 1.1))
    protected: Polygon | MultiPolygon = box(-half, -half * 0.95, half * 1.05, half)
    shape = rng.random()
    if several:
        spots = rng.sample(NEAR_SPOTS, rng.randint(1, 2))
        others = [box(x - 0.35, y - 0.3, x + 0.4, y + 0.3) for x, y in spots]
        protected = MultiPolygon([box(-0.5, -0.55, 0.5, 0.5), *others])
    elif shape < 0.08:
        protected = MultiPolygon([box(-half, -half, half, half), box(1.3, 1.25, 2.1, 2.05)])
    elif shape < 0.16:
        hole = [(-0.5, -0.45), (0.5, -0.45), (0.5, 0.55), (-0.5, 0.55)]
        protected = Polygon(box(-1.15, -1.15, 1.15, 1.1).exterior.coords, [hole])
    limit = rng.choice((2.3, 3.4, 3.9))
    return Area(protected, box(-limit, -limit * 1.02, limit * 0.98, limit), "the square")


def _moved(street_map: StreetMap, area: Area, centre: tuple[float, float]) -> tuple[StreetMap, Area]:
    """From blocks around 0, 0 to degrees around a place on the globe."""

    def place(point: Sequence[float]) -> tuple[float, float]:
        return centre[0] + point[0] * BLOCK_DEG, centre[1] + point[1] * BLOCK_DEG

    def moved(polygon: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
        if isinstance(polygon, MultiPolygon):
            return MultiPolygon([moved(part) for part in polygon.geoms])
        rings = [[place(point) for point in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]
        return Polygon(rings[0], rings[1:])

    junctions = {name: place(point) for name, point in street_map.junctions.items()}
    segments = tuple(
        Segment(s.id, s.start, s.end, s.forward, s.backward, s.physical, tuple(place(point) for point in s.path))
        for s in street_map.segments
    )
    return replace(street_map, junctions=junctions, segments=segments), Area(
        moved(area.protected), moved(area.limit), area.name
    )


def _draw_map(rng: Random, *, streets_max: int = 8) -> StreetMap:
    jitter = rng.choice((0.0, 0.12))
    spots: dict[str, tuple[float, float]] = {}

    def add(kind: str, choices: Sequence[tuple[float, float]], count: int) -> list[str]:
        names: list[str] = []
        for x, y in rng.sample(choices, count):
            name = f"{kind}{len(names)}"
            spots[name] = (x + rng.uniform(-jitter, jitter), y + rng.uniform(-jitter, jitter))
            names.append(name)
        return names

    inner = add("in", INNER_SPOTS, rng.randint(1, 2))
    ring = add("ring", NEAR_SPOTS + FAR_SPOTS, rng.randint(1, 5))
    outer = add("out", OUTER_SPOTS, rng.randint(1, 3))
    groups = {"in": inner, "ring": ring, "out": outer}
    kinds = [("out", "ring")] * 6 + [("ring", "in")] * 6 + [("ring", "ring")] * 6
    kinds += [("out", "in"), ("in", "in"), ("out", "out")] + [("loop", "loop"), ("twin", "twin")] * 2
    segments: list[Segment] = []
    planned = [("out", "ring"), ("ring", "in"), ("out", "out")] if rng.random() < 0.9 else []
    planned += [rng.choice(kinds) for _ in range(rng.randint(min(2, streets_max - 2), streets_max))]
    for kind, other in planned:
        name = f"s{len(segments)}" if rng.random() < 0.8 else f"{rng.choice('abxyz')}{len(segments)}"
        if kind == "twin":
            if not segments:
                continue
            model = rng.choice(segments)
            start, end, path = model.start, model.end, model.path
            if rng.random() < 0.5:
                start, end, path = end, start, path[::-1]
        elif kind == "loop" or not (set(groups[other]) - set(groups[kind][:1])):
            start = end = rng.choice((ring * 4 + inner + outer) or outer)
            x, y = spots[start]
            out = rng.choice((0.3, 1.3))
            path = ((x + out, y - out / 3), (x + out * 0.9, y + out / 2))
        else:
            start = rng.choice(groups[kind])
            end = rng.choice([spot for spot in groups[other] if spot != start])
            if rng.random() < 0.5:
                start, end = end, start
            path = ()
            if rng.random() < 0.2:
                path = ((rng.uniform(-2.6, 2.6), rng.uniform(-2.6, 2.6)),)
            elif rng.random() < 0.05:
                path = ((rng.uniform(-5, 5), rng.uniform(-5, 5)), (rng.uniform(-2, 2), rng.uniform(-2, 2)))
        forward, backward = _draw_masks(rng)
        segments.append(Segment(name, start, end, forward, backward, rng.random() < 0.94, path))
    if not segments:
        segments = [Segment("only", outer[0], inner[0])]
    return StreetMap(spots, tuple(segments))


def _draw_masks(rng: Random) -> tuple[str, str]:
    masks = (("all", "all"), ("all", "none"), ("none", "all"), ("all", "foot,bus"), ("foot", "foot"), ("bus", "all"))
    return rng.choices(masks, (60, 14, 12, 5, 4, 5))[0]


def _with_bans(rng: Random, street_map: StreetMap, *, rarely: bool = False) -> StreetMap:
    segments = street_map.segments
    often = rng.choice((0.0, 0.05, 0.1) if rarely else (0.1, 0.3, 0.5))
    u_turns = rng.choice((often, 1.0, 1.0))
    bans = {
        (a.id, via, b.id)
        for a in segments
        for via in sorted({a.start, a.end})
        for b in segments
        if via in (b.start, b.end) and rng.random() < (u_turns if a is b else often)
    }
    bans |= set(street_map.bans)
    if rng.random() < 0.3 and not street_map.chains:
        fork, fork_bans, fork_free = _draw_fork(rng, street_map)
        segments = (*segments, *fork)
        bans = (bans | fork_bans) - fork_free
    return replace(street_map, segments=segments, bans=tuple(sorted(bans)))


def _draw_fork(rng: Random, street_map: StreetMap) -> tuple[list[Segment], set[Ban], set[Ban]]:
    """Two approaches to a fork where one prong is banned, unless one turns round in front of a barrier on the other."""
    inner = sorted(name for name in street_map.junctions if name.startswith("in"))
    outer = sorted(name for name in street_map.junctions if name.startswith("out"))
    fork = rng.choice(sorted(name for name in street_map.junctions if name.startswith("ring")))
    open_end, banned_end = rng.choice(inner), rng.choice(inner)
    approaches = [Segment(f"f{ix}", rng.choice(outer), fork) for ix in range(rng.choice((1, 2, 2)))]
    prongs = [Segment("open", fork, open_end), Segment("shy", banned_end, fork)]
    bans = {(approach.id, fork, "shy") for approach in approaches} | {("open", open_end, "open")}
    free = {(approach.id, fork, "open") for approach in approaches} | {("open", fork, "shy")}
    return [*approaches, *prongs], bans, free


def _with_facts(rng: Random, street_map: StreetMap) -> StreetMap:
    """With lanes on some streets and addresses along some."""
    names = [segment.id for segment in street_map.segments]
    lanes = {name: rng.randint(1, 6) for name in names if rng.random() < 0.6}
    addresses = [(rng.choice(names), rng.uniform(0.01, 0.99)) for _ in range(rng.randint(1, 14))]
    return replace(street_map, lanes=lanes, addresses=tuple(addresses))


def _with_widths(seed: int, street_map: StreetMap) -> StreetMap:
    """With a width in metres on some streets, which tells more than lanes do. Seeds keep what else they draw."""
    rng = Random(f"widths {seed}")
    names = [segment.id for segment in street_map.segments]
    return replace(street_map, widths_m={name: rng.randint(20, 240) / 10 for name in names if rng.random() < 0.3})


def _with_kinds(drawn_as: str, street_map: StreetMap) -> StreetMap:
    """With streets of all classes, some of which mean nothing to through traffic. Seeds keep what else they draw."""
    rng = Random(f"kinds {drawn_as}")
    names = [segment.id for segment in street_map.segments]
    return replace(street_map, kinds={name: rng.choice(KINDS) for name in names if rng.random() < 0.7})


def _draw_driver(rng: Random, row: str) -> Driver:
    if row in MIXED and rng.random() < 0.4:
        row = "determined"
    if row.startswith("bollards") and rng.random() < 0.5:
        row = "determined"
    if row.startswith("determined"):
        foot = rng.random() < 0.1
        return Driver(Threat.DETERMINED, VehicleClass.FOOT if foot else rng.choice(LAWFUL_CLASSES))
    if row.startswith(("lawful without bans", "bollards")) and rng.random() < 0.2:
        return Driver(Threat.LAWFUL, VehicleClass.FOOT)
    if row.startswith("site charges") and rng.random() < 0.4:
        return Driver(Threat.DETERMINED)
    return Driver(Threat.LAWFUL, rng.choice(LAWFUL_CLASSES))


def _draw_cost(rng: Random, *, any_size: bool) -> int:
    """Up to five; or of any size that may be asked for, the largest among them."""
    return rng.choice((1, rng.randint(1, COST_MAX), COST_MAX - rng.randint(0, 3))) if any_size else rng.randint(1, 5)


def _draw_demands(rng: Random, row: str, arms: Collection[str]) -> Demands:
    left = list(arms)
    rng.shuffle(left)
    must: frozenset[str] = frozenset()
    must_not: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    coupled = row.startswith("site charges") or (row.startswith("chains") and rng.random() < 0.2)
    if "must" in row or ((coupled or row.startswith("chains")) and rng.random() < 0.4):
        must = frozenset(left[: rng.choice((0, 1, 1, 2))])
        must_not = frozenset(left[2:][: rng.choice((0, 1, 2, 3))])
    if "fixed" in row:
        fixed = frozenset(left[5:][: rng.choice((1, 2, 3))])
    any_size = "any size" in row
    costs = {arm: _draw_cost(rng, any_size=any_size) for arm in left if rng.random() < 0.7} if "costs" in row else {}
    pairs: frozenset[tuple[str, str]] = frozenset()
    charge = 0
    if coupled and arms and rng.random() < 0.6:
        names = sorted(arms)
        drawn = [(rng.choice(names), rng.choice(names)) for _ in range(rng.randint(1, 3))]
        kept: list[tuple[str, str]] = []
        for pair in drawn:  # demands that contradict each other are refused, and tested elsewhere
            groups = networkx.Graph([*kept, pair])
            closed = must | fixed
            parted = any(closed & group and must_not & group for group in networkx.connected_components(groups))
            if pair[0] != pair[1] and not parted:
                kept.append(pair)
        pairs = frozenset(kept)
    if coupled:
        charge = rng.choice((0, 1, 2, 3)) if pairs else rng.choice((1, 1, 2, 3))
        if any_size and charge:
            charge = _draw_cost(rng, any_size=True)
    return Demands(must=must, must_not=must_not, fixed=fixed, together=pairs, site_charge=charge, costs=costs)
