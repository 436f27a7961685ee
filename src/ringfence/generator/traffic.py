"""Who may use the streets, which way, how fast: and one-ways mended where nobody could get in or out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringfence.base.traffic import ALL_CLASSES, VehicleClass, mask_of
from ringfence.generator.draft import Flags, Kind
from ringfence.generator.ground import to_metres
from ringfence.generator.streets import Streets
from ringfence.generator.tidy import hub_of, reached
from ringfence.network.city import Form

Masks = NDArray[np.uint8]

CAR, HEAVY, FOOT, BICYCLE, BUS = (
    one.bit for one in (VehicleClass.CAR, VehicleClass.HEAVY, VehicleClass.FOOT, VehicleClass.BICYCLE, VehicleClass.BUS)
)
MOTOR = mask_of("car,heavy,bus,emergency")
LEFT_TRAPPED = 0.02
"""Share of the one-way streets that nobody could leave or reach which stay so, as in real data."""

DRIVEN = np.array([kind <= Kind.SERVICE for kind in Kind])
"""Whether cars use a kind of street."""

_BASE = {
    Kind.MOTORWAY: MOTOR,
    Kind.MOTORWAY_LINK: MOTOR,
    Kind.PEDESTRIAN: mask_of("emergency,foot"),
    Kind.FOOTWAY: FOOT,
    Kind.PATH: FOOT | BICYCLE,
    Kind.STEPS: FOOT,
}
_SPEED_KMH = {
    Kind.MOTORWAY: (90, 110, 110),
    Kind.MOTORWAY_LINK: (60, 60, 0),
    Kind.PRIMARY: (50, 50, 70),
    Kind.SECONDARY: (50, 50, 60),
    Kind.TERTIARY: (50, 50, 0),
    Kind.UNCLASSIFIED: (50, 30, 0),
    Kind.RESIDENTIAL: (30, 30, 0),
    Kind.LIVING_STREET: (20, 20, 0),
}
_LANES = {
    Kind.MOTORWAY: (2, 3, 3),
    Kind.MOTORWAY_LINK: (1, 1, 0),
    Kind.PRIMARY: (4, 4, 3),
    Kind.SECONDARY: (2, 2, 3),
    Kind.TERTIARY: (2, 2, 0),
    Kind.UNCLASSIFIED: (2, 0, 0),
    Kind.RESIDENTIAL: (2, 0, 0),
}


@dataclass(frozen=True)
class Traffic:
    """Columns of `City`, without their prefix `segment_`."""

    forward: Masks
    backward: Masks
    physical: Flags
    limited: Masks
    lanes: Masks
    maxspeed_kmh: NDArray[np.uint16]
    width_dm: NDArray[np.uint16]


def set_traffic(streets: Streets, rng: np.random.Generator) -> Traffic:
    """Access by class, speeds, lanes and widths of all segments."""
    kind = streets.kind
    base = np.array([_BASE.get(one, ALL_CLASSES) for one in Kind], dtype=np.uint8)[kind]
    base, limited = _local_rules(streets, base, rng)
    one_way = streets.one_way & ~_to_mend(streets, rng)
    backward = np.where(one_way, base & FOOT, base).astype(np.uint8)
    contraflow = one_way & (streets.form == 0)
    cycled = contraflow & (kind >= Kind.TERTIARY) & (rng.random(len(kind)) < 0.3)
    bussed = contraflow & (kind == Kind.SECONDARY) & (rng.random(len(kind)) < 0.04)
    backward[cycled] |= base[cycled] & BICYCLE
    backward[bussed] |= base[bussed] & BUS

    way_draw = rng.integers(0, 3, int(streets.way.max()) + 1)[streets.way]
    lanes = np.array([_LANES.get(one, (0, 0, 0)) for one in Kind], dtype=np.uint8)[kind, way_draw]
    lanes[one_way & (kind >= Kind.PRIMARY) & (lanes > 0)] = 2
    lanes[one_way & (kind >= Kind.TERTIARY) & (lanes > 0)] = 1
    narrow = (kind >= Kind.SERVICE) & (kind != Kind.PEDESTRIAN) & (rng.random(len(kind)) < 0.2)
    # Some paths are too narrow for any car, so nothing physical can use them.
    width_dm = np.where(narrow, rng.integers(12, 46, len(kind)), 0).astype(np.uint16)
    physical = (kind != Kind.STEPS) & ~((width_dm > 0) & (width_dm < 16))
    speed = np.array([_SPEED_KMH.get(one, (0, 0, 0)) for one in Kind], dtype=np.uint16)[kind, way_draw]
    return Traffic(base, backward, physical, limited, lanes, speed, width_dm)


def _local_rules(streets: Streets, base: Masks, rng: np.random.Generator) -> tuple[Masks, Masks]:
    """Access narrowed on some quiet streets, by way; and the classes that need a reason to be there."""
    kind = streets.kind
    draw = rng.random(int(streets.way.max()) + 1)[streets.way]
    base, limited = base.copy(), np.zeros(len(kind), dtype=np.uint8)
    degree = np.bincount(np.concatenate([streets.start, streets.end]), minlength=len(streets.junction_e7))
    dead_end = (degree[streets.start] == 1) | (degree[streets.end] == 1)
    drive = (kind == Kind.SERVICE) & dead_end & (draw < 0.35)
    base[drive] &= mask_of("emergency,bicycle,foot")
    limited[drive] = VehicleClass.EMERGENCY.bit
    residents = (kind == Kind.LIVING_STREET) & (draw < 0.12)
    limited[residents] = MOTOR
    no_lorries = (kind == Kind.RESIDENTIAL) & (draw < 0.04)
    base[no_lorries] &= ~np.uint8(HEAVY)
    lorries_with_reason = (kind == Kind.RESIDENTIAL) & (draw > 0.97)
    limited[lorries_with_reason] = HEAVY
    return base, limited


def _to_mend(streets: Streets, rng: np.random.Generator) -> Flags:
    """One-way streets that must become two-way so that cars can get from everywhere to everywhere.

    Segments that leave the map are left alone: the street goes on. Motorways and their ramps are, too.
    """
    driven = DRIVEN[streets.kind]
    count = len(streets.junction_e7)
    start, end = streets.start[driven], streets.end[driven]
    both = ~streets.one_way[driven]
    tail, head = np.concatenate([start, end[both]]), np.concatenate([end, start[both]])
    shut = streets.junction_blocked & CAR != 0
    hub = hub_of(to_metres(streets.junction_e7), tail)
    joined = reached(tail, head, hub, count, shut) & reached(head, tail, hub, count, shut)
    lost = ~(joined[streets.start] & joined[streets.end])
    clipped = streets.junction_clipped[streets.start] | streets.junction_clipped[streets.end]
    fit = driven & (streets.kind > Kind.MOTORWAY_LINK) & (streets.form & Form.ROUNDABOUT == 0)
    return np.asarray(streets.one_way & lost & fit & ~clipped & (rng.random(len(lost)) >= LEFT_TRAPPED))
