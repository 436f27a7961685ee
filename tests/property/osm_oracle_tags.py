"""What OpenStreetMap tags allow, read from docs/osm-tags.md once more, for the oracle: with none of the product's code.

Everything here is plain text and sets: a class is its name, and `PHYSICAL` stands beside them for what could be driven.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

Tags = Mapping[str, str]
Classes = frozenset[str]

CAR, HEAVY, BUS, EMERGENCY, BICYCLE, FOOT = "car", "heavy", "bus", "emergency", "bicycle", "foot"
PHYSICAL = "physical"
CLASSES = (CAR, HEAVY, BUS, EMERGENCY, BICYCLE, FOOT)
NOBODY: Classes = frozenset()
EVERYBODY: Classes = frozenset(CLASSES)
MOTOR: Classes = frozenset({CAR, HEAVY, BUS, EMERGENCY})
WHEELS: Classes = MOTOR | {BICYCLE}


# --- ways -----------------------------------------------------------------------------------------------------------

_ROADS = ("trunk", "primary", "secondary", "tertiary")
BY_DEFAULT: dict[str, Classes] = {
    **dict.fromkeys(("motorway", "motorway_link"), MOTOR),
    **dict.fromkeys((*_ROADS, *(f"{road}_link" for road in _ROADS)), EVERYBODY),
    **dict.fromkeys(("unclassified", "residential", "living_street", "service", "road", "track"), EVERYBODY),
    **dict.fromkeys(("busway",), frozenset({BUS, EMERGENCY})),
    **dict.fromkeys(("bus_guideway",), frozenset({BUS})),
    **dict.fromkeys(("pedestrian",), frozenset({FOOT, EMERGENCY})),
    **dict.fromkeys(("path", "cycleway"), frozenset({FOOT, BICYCLE})),
    **dict.fromkeys(("footway", "bridleway", "steps", "corridor", "platform"), frozenset({FOOT})),
}
NEVER_DRIVEN = {"bus_guideway", "steps", "corridor", "platform"}
PART_OF_THE_STREET_BESIDE = {
    (kind, kind, value)
    for kind in ("footway", "path", "cycleway")
    for value in ("sidewalk", "traffic_island", "access_aisle")
}
"""Highway, key, value."""
MAY_BE_STEEP = {"path", "footway", "bridleway", "track"}
STEEP = {f"{much}_hiking" for much in ("mountain", "demanding_mountain", "alpine", "demanding_alpine")}
STEEP |= {"difficult_alpine_hiking"}
MAY_BE_NARROW = {"footway", "path", "cycleway", "bridleway", "pedestrian", "track", "service"}
NARROWEST_DRIVEN_M = 1.6

ACCESS_KEYS = {
    CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
    HEAVY: ("hgv", "motor_vehicle", "vehicle", "access"),
    BUS: ("bus", "psv", "motor_vehicle", "vehicle", "access"),
    EMERGENCY: ("emergency", "motor_vehicle", "vehicle", "access"),
    BICYCLE: ("bicycle", "vehicle", "access"),
    FOOT: ("foot", "access"),
}
MAY = {"yes", "permissive", "designated", "official", "public", "discouraged", "destination", "customers", "delivery"}
MAY_ONLY_EMERGENCY = {"private", "permit", "residents"}
MAY_NOT = {"no", "agricultural", "forestry", "use_sidepath", "dismount", "military", "emergency", "psv", "bus"}
RESERVED = {"emergency": EMERGENCY, "psv": BUS, "bus": BUS}

ONEWAY_KEYS = {
    CAR: ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle"),
    HEAVY: ("oneway:hgv", "oneway:motor_vehicle", "oneway:vehicle"),
    BUS: ("oneway:bus", "oneway:psv", "oneway:motor_vehicle", "oneway:vehicle"),
    EMERGENCY: ("oneway:emergency", "oneway:motor_vehicle", "oneway:vehicle"),
    BICYCLE: ("oneway:bicycle", "oneway:vehicle"),
    FOOT: ("oneway:foot",),
}
FORWARD, BACKWARD, BOTH = "forward", "backward", "both"
ONEWAY_VALUES = {
    **dict.fromkeys(("yes", "true", "1"), FORWARD),
    **dict.fromkeys(("-1", "reverse"), BACKWARD),
    **dict.fromkeys(("no", "false", "0", "reversible", "alternating"), BOTH),
}
CONTRAFLOW_CYCLEWAYS = {"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"}
CONTRAFLOW_BUSWAYS = {"opposite", "opposite_lane"}
SIDES = ("", ":left", ":right", ":both")
READ = {
    *(key for keys in ACCESS_KEYS.values() for key in keys),
    *("highway", "motorroad", "service", "footway", "path", "indoor", "conveying", "sac_scale", "smoothness"),
    *("width", "est_width", "maxwidth", "oneway", "junction", "cycleway", "busway", "lanes"),
}
"""What keys may begin with that say who uses a way."""


def value_of(tags: Tags, key: str) -> str:
    """A tag's value as it is compared; empty where there is none."""
    return tags.get(key, "").strip().lower()


def metres(text: str) -> float | None:
    """A width: ``2``, ``2.5 m``, ``6'``, ``6'7"``."""
    if number := re.fullmatch(r"(\d+(?:\.\d+)?) ?m?", text):
        return float(number[1])
    if feet := re.fullmatch(r"(\d+)'(?:(\d+)\")?", text):
        return int(feet[1]) * 0.3048 + int(feet[2] or 0) * 0.0254
    return None


def first_width(tags: Tags, keys: Iterable[str]) -> float | None:
    """The first of these keys that can be read."""
    return next((width for key in keys if (width := metres(value_of(tags, key))) is not None), None)


def access_says(tags: Tags, who: str, keys: Iterable[str]) -> bool | None:
    """What the first of these keys that can be read says about a class; None if none can."""
    for key in keys:
        verdicts = [_value_says(one.strip(), who) for one in value_of(tags, key).split(";")]
        if any(verdict is not None for verdict in verdicts):
            return any(verdicts)
    return None


def _value_says(value: str, who: str) -> bool | None:
    if value in MAY:
        return True
    if value in MAY_ONLY_EMERGENCY:
        return who == EMERGENCY
    if value in MAY_NOT:
        return RESERVED.get(value) == who
    return None


def open_to(tags: Tags, who: str, direction: str) -> bool:
    """Whether access (not the one-way) lets a class use a way in a direction, ``forward`` or ``backward``."""
    own = [key for name in ACCESS_KEYS[who] if name != "access" for key in (f"{name}:{direction}", name)]
    said = access_says(tags, who, own)
    if said is not None:
        return said
    for_all = access_says(tags, who, (f"access:{direction}", "access"))
    return for_all is not False and who in _default_classes(tags)


def _default_classes(tags: Tags) -> Classes:
    classes = BY_DEFAULT[value_of(tags, "highway")]
    if value_of(tags, "motorroad") == "yes":
        classes -= {BICYCLE, FOOT}
    if value_of(tags, "service") == "emergency_access":
        classes = frozenset({EMERGENCY, FOOT})
    return classes


def ways_round(tags: Tags, who: str) -> str:
    """In which directions the one-way rules let a class go: FORWARD, BACKWARD or BOTH."""
    for key in ONEWAY_KEYS[who]:
        if value_of(tags, key) in ONEWAY_VALUES:
            return ONEWAY_VALUES[value_of(tags, key)]
    if who == FOOT:
        return BOTH
    signed = ONEWAY_VALUES.get(value_of(tags, "oneway"))
    implied = value_of(tags, "junction") in {"roundabout", "circular"} or value_of(tags, "highway") == "motorway"
    direction = signed or (FORWARD if implied else BOTH)
    return BOTH if direction != BOTH and _contraflow(tags, who, direction) else direction


def _contraflow(tags: Tags, who: str, direction: str) -> bool:
    """Whether a class has a sign or a lane of its own against the one-way."""
    against = BACKWARD if direction == FORWARD else FORWARD
    signs = [f"{key}:{against}" for key in ACCESS_KEYS[who] if key not in {"vehicle", "access"}]
    if any(access_says(tags, who, (sign,)) for sign in signs):
        return True
    if who == BICYCLE:
        tracks = {value_of(tags, f"cycleway{side}:oneway") for side in SIDES if side}
        if "no" in tracks or (direction == FORWARD and "-1" in tracks):
            return True
        return any(value_of(tags, f"cycleway{side}") in CONTRAFLOW_CYCLEWAYS for side in SIDES)
    if who == BUS:
        lanes = [value_of(tags, f"lanes:{kind}:{against}") for kind in ("psv", "bus")]
        return any(value_of(tags, f"busway{side}") in CONTRAFLOW_BUSWAYS for side in SIDES) or any(
            lane.isdigit() and int(lane) >= 1 for lane in lanes
        )
    return False


def can_be_driven(tags: Tags) -> bool:
    """Whether a vehicle could physically be driven along a way."""
    highway = value_of(tags, "highway")
    beside = {(highway, key, value_of(tags, key)) for key in ("footway", "path", "cycleway")}
    if highway in NEVER_DRIVEN or beside & PART_OF_THE_STREET_BESIDE:
        return False
    if value_of(tags, "indoor") == "yes" or value_of(tags, "conveying") not in {"", "no"}:
        return False
    if value_of(tags, "smoothness") == "impassable":
        return False
    if highway in MAY_BE_STEEP and value_of(tags, "sac_scale") in STEEP:
        return False
    width = first_width(tags, ("maxwidth:physical", "maxwidth", "width", "est_width"))
    return not (highway in MAY_BE_NARROW and width is not None and width < NARROWEST_DRIVEN_M)


def who_uses(tags: Tags) -> tuple[Classes, Classes]:
    """Who may use a way forward, and who backward; `PHYSICAL` is in both if it can be driven. No street: nobody."""
    if value_of(tags, "highway") not in BY_DEFAULT:
        return NOBODY, NOBODY
    return _who_uses(frozenset((key, value) for key, value in tags.items() if key.split(":")[0] in READ))


@cache  # streets are many, but most are tagged alike
def _who_uses(items: frozenset[tuple[str, str]]) -> tuple[Classes, Classes]:
    tags = dict(items)
    physical = {PHYSICAL} if can_be_driven(tags) else set()
    forward, backward = (
        frozenset(who for who in CLASSES if open_to(tags, who, way) and ways_round(tags, who) in {way, BOTH})
        for way in (FORWARD, BACKWARD)
    )
    return forward | physical, backward | physical


# --- nodes ----------------------------------------------------------------------------------------------------------

_STOPS_MOTOR = [
    "bollard",
    "planter",
    "block",
    "jersey_barrier",
    "log",
    "debris",
    "boulder",
    "tank_trap",
    "cycle_barrier",
    "motorcycle_barrier",
]
_STOPS_WHEELS = [
    "kissing_gate",
    "stile",
    "turnstile",
    "full-height_turnstile",
    "wicket_gate",
    "horse_stile",
    "fence",
    "wall",
    "retaining_wall",
    "city_wall",
    "hedge",
    "ditch",
    "guard_rail",
    "cable_barrier",
]
STOPPED_BY: dict[str, Classes] = {
    **dict.fromkeys(["cattle_grid", "toll_booth", "border_control", "kerb", "entrance", "sally_port"], NOBODY),
    **dict.fromkeys(["bump_gate", "coupure", "no"], NOBODY),
    "height_restrictor": frozenset({HEAVY, BUS, EMERGENCY}),
    **dict.fromkeys(["chain", "rope", "bar"], MOTOR),
    **dict.fromkeys(["bus_trap", "sump_buster"], frozenset({CAR})),
    **dict.fromkeys(_STOPS_MOTOR, MOTOR | {PHYSICAL}),
    **dict.fromkeys(_STOPS_WHEELS, WHEELS | {PHYSICAL}),
}


def who_is_stopped(tags: Tags) -> Classes:
    """Who can't pass a node with `barrier`, `PHYSICAL` among them."""
    barrier = value_of(tags, "barrier")
    if barrier in STOPPED_BY:
        stopped = STOPPED_BY[barrier]
    else:  # a gate, or what nobody has named
        stopped = frozenset({CAR, HEAVY, BUS, BICYCLE, FOOT}) if value_of(tags, "locked") == "yes" else NOBODY
    if barrier == "bollard" and value_of(tags, "bollard") in {"removable", "foldable", "flexible"}:
        stopped -= {PHYSICAL}
    opening = first_width(tags, ("maxwidth:physical", "maxwidth", "width"))
    if barrier in _STOPS_MOTOR and opening is not None:
        stopped -= {CAR, PHYSICAL} if opening >= 1.8 else set()
        stopped -= MOTOR if opening >= 2.5 else set()
    for who in CLASSES:
        said = access_says(tags, who, ACCESS_KEYS[who])
        if said is not None:
            stopped = stopped - {who} if said else stopped | {who}
    return stopped


# --- turn restrictions ----------------------------------------------------------------------------------------------

_MODES: dict[str, Classes] = {
    "motorcar": frozenset({CAR}),
    "hgv": frozenset({HEAVY}),
    "bus": frozenset({BUS}),
    "psv": frozenset({BUS}),
    "emergency": frozenset({EMERGENCY}),
    "bicycle": frozenset({BICYCLE}),
    "motor_vehicle": MOTOR,
    "vehicle": WHEELS,
}
FORBIDDING = {"no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit"}
COMMANDING = {"only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn"}
TIMED = ("day_on", "day_off", "hour_on", "hour_off")


def who_is_bound(tags: Tags) -> list[tuple[str, Classes]]:
    """The restrictions of a relation that are always in force: each with its value and whom it binds."""
    if value_of(tags, "type") != "restriction" or any(key in tags for key in TIMED):
        return []
    exempt = [_MODES.get(mode.strip(), NOBODY) for mode in value_of(tags, "except").split(";")]
    bound = {"restriction": WHEELS.difference(*exempt)}
    bound |= {f"restriction:{mode}": classes for mode, classes in _MODES.items()}
    found = [(value_of(tags, key), classes) for key, classes in bound.items()]
    return [(value, classes) for value, classes in found if value in FORBIDDING | COMMANDING]
