"""Whom a node with `barrier` stops (docs/osm-tags.md)."""

from __future__ import annotations

from ringfence.base.traffic import CAR_PASSES_M, PHYSICAL, VehicleClass, mask_of
from ringfence.osm.access import access_of
from ringfence.osm.measures import CLEAR_WIDTH_KEYS, width_m
from ringfence.osm.ways import plain

_MOTOR = mask_of("car,heavy,bus,emergency")
_WHEELS = _MOTOR | mask_of("bicycle")

_BOLLARDS = frozenset({
    "bollard", "planter", "block", "jersey_barrier", "log", "debris", "boulder", "tank_trap", "cycle_barrier",
    "motorcycle_barrier",
})  # fmt: skip
_FOR_WALKERS = (
    "kissing_gate", "stile", "turnstile", "full-height_turnstile", "wicket_gate", "horse_stile",
    "fence", "wall", "retaining_wall", "city_wall", "hedge", "ditch", "guard_rail", "cable_barrier",
)  # fmt: skip
_OPEN = (
    "cattle_grid", "toll_booth", "border_control", "kerb", "entrance", "sally_port", "bump_gate", "coupure", "no",
)  # fmt: skip

_STOPPED: dict[str, int] = {
    **dict.fromkeys(_OPEN, 0),
    "height_restrictor": mask_of("heavy,bus,emergency"),
    **dict.fromkeys(("chain", "rope", "bar"), _MOTOR),
    **dict.fromkeys(("bus_trap", "sump_buster"), mask_of("car")),
    **dict.fromkeys(_BOLLARDS, _MOTOR | PHYSICAL),
    **dict.fromkeys(_FOR_WALKERS, _WHEELS | PHYSICAL),
}
"""Who is stopped by a kind of barrier. What is not named here is a gate, which stops nobody unless it is locked."""

_LOCKED_GATE = mask_of("car,heavy,bus,bicycle,foot")
_YIELDING_BOLLARDS = frozenset({"removable", "foldable", "flexible"})
ALL_PASS_M = 2.5


def stopped_by(tags: dict[str, str]) -> int:
    """Class bits, and `PHYSICAL`, of what can't pass a node with these tags (0 without `barrier`)."""
    tags = plain(tags.items())
    kind = tags.get("barrier")
    if kind is None:
        return 0
    if kind in _BOLLARDS:
        stopped = _bollard(tags)
    elif kind in _STOPPED:
        stopped = _STOPPED[kind]
    else:
        stopped = _LOCKED_GATE if tags.get("locked") == "yes" else 0
    for vehicle in VehicleClass:
        said = access_of(tags, vehicle)
        if said is not None:
            stopped = stopped & ~vehicle.bit if said.may else stopped | vehicle.bit
    return stopped


def _bollard(tags: dict[str, str]) -> int:
    stopped = _STOPPED[tags["barrier"]]
    if tags["barrier"] == "bollard" and tags.get("bollard") in _YIELDING_BOLLARDS:
        stopped &= ~PHYSICAL
    clear_m = width_m(tags, CLEAR_WIDTH_KEYS) or 0.0
    if clear_m >= CAR_PASSES_M:
        stopped &= ~(VehicleClass.CAR.bit | PHYSICAL)
    return stopped & ~_MOTOR if clear_m >= ALL_PASS_M else stopped
