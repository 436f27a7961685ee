"""Rules drawn by chance onto a map: bans for some classes only, chains of streets forbidden as a whole, bollards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from ringfence.base.traffic import ALL_CLASSES, PHYSICAL, VehicleClass
from ringfence.network.streets import BINDABLE
from tests.property.street_maps import ForbiddenChain, Segment, StreetMap

CAR, FOOT = VehicleClass.CAR.bit, VehicleClass.FOOT.bit
WHEELS = ALL_CLASSES & ~FOOT
BOUND = (BINDABLE, BINDABLE, BINDABLE & ~VehicleClass.BUS.bit, CAR, VehicleClass.HEAVY.bit | VehicleClass.BUS.bit)
STOPPED = (
    WHEELS & ~VehicleClass.BICYCLE.bit | PHYSICAL,  # a bollard
    ALL_CLASSES | PHYSICAL,  # a wall
    CAR,  # a bus gate
    PHYSICAL,
    FOOT | CAR,
)
SEGMENTS_MAX = 5
CHAINS_MAX = 12
CORNERS = ((1.5, 0.4), (1.4, 1.5), (0.3, 1.7), (-1.5, 1.4), (-1.7, -0.3), (-1.3, -1.5), (0.4, -1.4))  # in the ring

Legs = list[tuple[str, str]]  # segment, and the junction where it is left
Walk = tuple[Legs, str]  # and the last segment
Meeting = dict[str, list[Segment]]


def with_class_masks(rng: Random, street_map: StreetMap) -> StreetMap:
    """Some bans bind only some classes."""
    masks = {ban: rng.choice(BOUND) for ban in street_map.bans if rng.random() < 0.5}
    return replace(street_map, ban_masks=masks)


def with_bollards(rng: Random, street_map: StreetMap, often: float) -> StreetMap:
    """At some junctions some or all can't pass from one street into another."""
    blocked = {name: rng.choice(STOPPED) for name in street_map.junctions if rng.random() < often}
    return replace(street_map, blocked=blocked)


def with_doglegs(rng: Random, street_map: StreetMap) -> StreetMap:
    """One or two ways in over three streets that must not be driven as a whole, meeting at a fork of their own.

    Often the only ways round the chains lead over a place to turn: the other prong, or a barrier put across it.
    """
    outer, inner, ring = (
        sorted(name for name in street_map.junctions if name.startswith(kind)) for kind in ("out", "in", "ring")
    )
    corners = dict(zip(("fork", "bend0", "bend1"), rng.sample(CORNERS, 3), strict=True))
    shy, free = rng.choice(inner), rng.choice([*inner, *inner, *ring])
    streets = [Segment("shy", "fork", shy)] + [Segment("open", "fork", free)] * rng.choice((0, 1, 1))
    bans, chains = {(end.id, end.end, end.id) for end in streets}, []
    for ix in range(rng.choice((1, 2, 2))):
        first, via = f"d{ix}", f"v{ix}"
        streets += [Segment(first, rng.choice(outer), f"bend{ix}"), Segment(via, f"bend{ix}", "fork")]
        bans |= {(via, "fork", via), (via, f"bend{ix}", via)}
        chains.append(ForbiddenChain((first, via, "shy"), (f"bend{ix}", "fork"), rng.choice(BOUND)))
    used = {end for street in streets for end in (street.start, street.end)}
    return replace(
        street_map,
        junctions=street_map.junctions | {name: at for name, at in corners.items() if name in used},
        segments=(*street_map.segments, *streets),
        bans=(*street_map.bans, *sorted(bans)),
        chains=(*street_map.chains, *chains),
    )


def with_chains(rng: Random, street_map: StreetMap) -> StreetMap:
    """Many ways into the area must not be driven as a whole, nor some walks anywhere.

    They share beginnings, begin within each other, lead over loops. Ways in over two streets become bans.
    """
    meeting: dict[str, list[Segment]] = {}
    for segment in street_map.segments:
        for end in {segment.start, segment.end}:
            meeting.setdefault(end, []).append(segment)
    often = rng.choice((0.0, 0.5, 0.9, 1.0))
    ways_in = [walk for walk in _ways_in(street_map, meeting) if rng.random() < often]
    drawn = rng.sample(ways_in, min(len(ways_in), CHAINS_MAX))
    for _ in range(rng.choice((0, 1, 2, 4))):
        drawn += _walks(rng, street_map.segments, meeting, drawn)
    bans, masks, chains = set(street_map.bans), dict(street_map.ban_masks), set(street_map.chains)
    for legs, end in drawn:
        mask = rng.choice(BOUND) if rng.random() < 0.5 else BINDABLE
        if len(legs) == 1:
            bans.add((*legs[0], end))
            masks[(*legs[0], end)] = mask
        else:
            chains.add(ForbiddenChain((*(segment for segment, _ in legs), end), tuple(at for _, at in legs), mask))
    return replace(
        street_map,
        bans=tuple(sorted(bans)),
        ban_masks=masks,
        chains=tuple(sorted(chains, key=lambda one: (one.segments, one.junctions, one.mask))),
    )


def _ways_in(street_map: StreetMap, meeting: Meeting) -> list[Walk]:
    """All ways from an outer junction to an inner one over two to four streets, none of them twice."""
    found: list[Walk] = []
    starts = [one for one in street_map.segments if "out" in one.start + one.end]
    todo: list[Legs] = [[(one.id, end)] for one in starts for end in sorted({one.start, one.end})]
    while todo:
        legs = todo.pop()
        at = legs[-1][1]
        for segment in meeting[at]:
            other = segment.end if segment.start == at else segment.start
            if segment.id in (name for name, _ in legs):
                continue
            if other.startswith("in"):
                found.append((legs, segment.id))
            if len(legs) < SEGMENTS_MAX - 2:
                todo.append([*legs, (segment.id, other)])
    return found


def _walks(rng: Random, segments: Sequence[Segment], meeting: Meeting, drawn: Sequence[Walk]) -> list[Walk]:
    """A walk by chance, and some that end elsewhere."""
    legs = _begun(rng, segments, drawn)
    while len(legs) < 2 or (len(legs) < SEGMENTS_MAX - 1 and rng.random() < 0.3):
        legs.append(_next_leg(rng, meeting[legs[-1][1]], legs[-1]))
    ends = [segment.id for segment in meeting[legs[-1][1]]]
    rng.shuffle(ends)
    return [(legs, end) for end in ends[: rng.choice((1, 1, 2, len(ends)))]]


def _begun(rng: Random, segments: Sequence[Segment], drawn: Sequence[Walk]) -> Legs:
    """The first leg or legs of a new chain: often those of an old one, or some out of its middle."""
    if drawn and rng.random() < 0.6:
        legs, _ = rng.choice(drawn)
        first = rng.randrange(len(legs))
        return legs[first : first + rng.randint(1, 2)]
    # Chains into the area are those that matter: they start where others come from.
    segment = rng.choice([one for one in segments if one.start.startswith("out")] or list(segments))
    return [(segment.id, rng.choice((segment.end, segment.end, segment.start)))]


def _next_leg(rng: Random, choices: Sequence[Segment], last: tuple[str, str]) -> tuple[str, str]:
    """A street that leads on from where the last one was left; seldom back."""
    onward = [one for one in choices if one.id != last[0]]
    segment = rng.choice(onward if onward and rng.random() < 0.9 else list(choices))
    return segment.id, segment.end if segment.start == last[1] else segment.start
