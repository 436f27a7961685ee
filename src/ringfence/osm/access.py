"""Who may use a street, and which way: access tags and one-ways (docs/osm-tags.md), as functions of tags alone."""

from __future__ import annotations

from enum import IntFlag
from functools import lru_cache
from typing import NamedTuple

from ringfence.base.traffic import VehicleClass
from ringfence.osm.measures import whole

CAR, HEAVY, BUS, EMERGENCY, BICYCLE, FOOT = VehicleClass

ACCESS_KEYS: dict[VehicleClass, tuple[str, ...]] = {
    CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
    HEAVY: ("hgv", "motor_vehicle", "vehicle", "access"),
    BUS: ("bus", "psv", "motor_vehicle", "vehicle", "access"),
    EMERGENCY: ("emergency", "motor_vehicle", "vehicle", "access"),
    BICYCLE: ("bicycle", "vehicle", "access"),
    FOOT: ("foot", "access"),
}
"""Which keys speak for a class, the most specific first."""

BITS = {vehicle: vehicle.bit for vehicle in VehicleClass}
"""The bit of each class, looked up often."""

OWN_KEYS = {
    vehicle: tuple(key for key in keys if key not in {"vehicle", "access"}) for vehicle, keys in ACCESS_KEYS.items()
}
"""Keys telling enough to open a one-way against its direction."""

ALL_ACCESS_KEYS = tuple(sorted({key for keys in ACCESS_KEYS.values() for key in keys}))

ONE_WAY_KEYS: dict[VehicleClass, tuple[str, ...]] = {
    CAR: ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle"),
    HEAVY: ("oneway:hgv", "oneway:motor_vehicle", "oneway:vehicle"),
    BUS: ("oneway:bus", "oneway:psv", "oneway:motor_vehicle", "oneway:vehicle"),
    EMERGENCY: ("oneway:emergency", "oneway:motor_vehicle", "oneway:vehicle"),
    BICYCLE: ("oneway:bicycle", "oneway:vehicle"),
    FOOT: ("oneway:foot",),
}
"""Which keys exempt a class from a one-way, or bind it to one, the most specific first."""

CONTRAFLOW_BICYCLE_KEYS = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
CYCLEWAY_ONE_WAY_KEYS = ("cycleway:left:oneway", "cycleway:right:oneway", "cycleway:both:oneway")
CONTRAFLOW_BUS_KEYS = ("busway", "busway:left", "busway:right", "busway:both")
BUS_LANE_KEYS = ("lanes:psv:forward", "lanes:psv:backward", "lanes:bus:forward", "lanes:bus:backward")

_MAY = frozenset({"yes", "permissive", "designated", "official", "public", "discouraged"})
_WITH_REASON = frozenset({"destination", "customers", "delivery"})
_PRIVATE = frozenset({"private", "permit", "residents"})
_MAY_NOT = frozenset({"no", "agricultural", "forestry", "use_sidepath", "dismount", "military"})
_ONLY = {"emergency": EMERGENCY, "psv": BUS, "bus": BUS}
_OPPOSITE_CYCLEWAY = frozenset({"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"})
_OPPOSITE_BUSWAY = frozenset({"opposite", "opposite_lane"})


class Verdict(NamedTuple):
    """What an access tag says: whether a class may, and whether only with a reason."""

    may: bool
    limited: bool = False


class Way(IntFlag):
    """Directions in which a street may be driven."""

    FORWARD, BACKWARD = 1, 2
    BOTH = 3


_ONE_WAY_VALUES = {
    "yes": Way.FORWARD, "true": Way.FORWARD, "1": Way.FORWARD,
    "-1": Way.BACKWARD, "reverse": Way.BACKWARD,
    "no": Way.BOTH, "false": Way.BOTH, "0": Way.BOTH, "reversible": Way.BOTH, "alternating": Way.BOTH,
}  # fmt: skip


@lru_cache(maxsize=4096)
def _verdict(value: str, vehicle: VehicleClass) -> Verdict | None:
    """What a value says of a class; None if no part of it can be read."""
    said = [one for part in value.split(";") if (one := _part_verdict(part.strip(), vehicle)) is not None]
    if not said:
        return None
    allowing = [one for one in said if one.may]
    return Verdict(bool(allowing), bool(allowing) and all(one.limited for one in allowing))


def _part_verdict(part: str, vehicle: VehicleClass) -> Verdict | None:
    if part in _MAY:
        return Verdict(may=True)
    if part in _WITH_REASON:
        return Verdict(may=True, limited=True)
    if part in _PRIVATE:
        return Verdict(may=vehicle is EMERGENCY, limited=vehicle is EMERGENCY)
    if part in _ONLY:
        return Verdict(may=vehicle is _ONLY[part])
    return Verdict(may=False) if part in _MAY_NOT else None


def access_of(
    tags: dict[str, str], vehicle: VehicleClass, direction: str = "", *, by_default: bool = True
) -> Verdict | None:
    """What the tags say of a class in a direction (``forward``, ``backward`` or neither); None if nothing.

    `by_default` is whether the class may use such a street where no tag speaks of it: `access` opens nothing to others.
    """
    for key in ACCESS_KEYS[vehicle]:
        for name in (f"{key}:{direction}", key) if direction else (key,):
            if name in tags and (verdict := _verdict(tags[name], vehicle)) is not None:
                return verdict if by_default or key != "access" or not verdict.may else None
    return None


def unread_access(tags: dict[str, str]) -> bool:
    """Whether an access tag has a value that says nothing to anybody."""
    return any(
        _verdict(tags[name], CAR) is None
        for key in ALL_ACCESS_KEYS
        for name in (key, f"{key}:forward", f"{key}:backward")
        if name in tags
    )


def directions_of(tags: dict[str, str], vehicle: VehicleClass) -> Way:
    """The directions that one-ways leave open to a class."""
    for key in ONE_WAY_KEYS[vehicle]:
        if (stated := _ONE_WAY_VALUES.get(tags.get(key, ""))) is not None:
            return stated
    if vehicle is FOOT:
        return Way.BOTH
    street = _street_directions(tags)
    return Way.BOTH if street is not Way.BOTH and _may_go_against(tags, vehicle, street) else street


def _street_directions(tags: dict[str, str]) -> Way:
    stated = _ONE_WAY_VALUES.get(tags.get("oneway", ""))
    if stated is not None:
        return stated
    implied = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
    return Way.FORWARD if implied else Way.BOTH


def _may_go_against(tags: dict[str, str], vehicle: VehicleClass, street: Way) -> bool:
    """Whether a one-way `street` is open to a class against its direction, by a sign or a lane of its own."""
    against = "backward" if street is Way.FORWARD else "forward"
    for key in OWN_KEYS[vehicle]:
        verdict = _verdict(tags.get(f"{key}:{against}", ""), vehicle)
        if verdict is not None and verdict.may:
            return True
    if vehicle is BICYCLE:
        return _cycleway_goes_against(tags, street)
    return vehicle is BUS and _bus_lane_goes_against(tags, against)


def _cycleway_goes_against(tags: dict[str, str], street: Way) -> bool:
    # Like any `oneway`, a cycleway's own -1 is told along the way: on a street that is -1 itself it goes with the rest.
    against = {"no", "-1"} if street is Way.FORWARD else {"no"}
    return any(tags.get(key) in _OPPOSITE_CYCLEWAY for key in CONTRAFLOW_BICYCLE_KEYS) or any(
        tags.get(key) in against for key in CYCLEWAY_ONE_WAY_KEYS
    )


def _bus_lane_goes_against(tags: dict[str, str], against: str) -> bool:
    if any(tags.get(key) in _OPPOSITE_BUSWAY for key in CONTRAFLOW_BUS_KEYS):
        return True
    return any(whole(tags.get(f"lanes:{group}:{against}", ""), 0, 255) >= 1 for group in ("psv", "bus"))
