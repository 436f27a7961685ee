"""What a way's tags make of it: a street with class masks, or nothing, and why (docs/osm-tags.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ringfence.base.traffic import mask_of
from ringfence.network.city import Form
from ringfence.osm.access import (
    ALL_ACCESS_KEYS,
    BICYCLE,
    BITS,
    BUS_LANE_KEYS,
    CONTRAFLOW_BICYCLE_KEYS,
    CONTRAFLOW_BUS_KEYS,
    CYCLEWAY_ONE_WAY_KEYS,
    FOOT,
    ONE_WAY_KEYS,
    Way,
    access_of,
    directions_of,
    unread_access,
)
from ringfence.osm.measures import WIDTH_KEYS, bounded, speed_kmh, whole, width_m
from ringfence.osm.text import CONDITION_LENGTH_MAX, clean

_FOR_ALL = (
    "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link",
    "unclassified", "residential", "living_street", "service", "road", "track",
)  # fmt: skip

_DEFAULTS: dict[str, tuple[int, bool]] = {
    **dict.fromkeys(("motorway", "motorway_link"), (mask_of("car,heavy,bus,emergency"), True)),
    **dict.fromkeys(_FOR_ALL, (mask_of("all"), True)),
    "busway": (mask_of("bus,emergency"), True),
    "bus_guideway": (mask_of("bus"), False),
    "pedestrian": (mask_of("foot,emergency"), True),
    "footway": (mask_of("foot"), True),
    **dict.fromkeys(("path", "cycleway"), (mask_of("foot,bicycle"), True)),
    "bridleway": (mask_of("foot"), True),
    **dict.fromkeys(("steps", "corridor", "platform"), (mask_of("foot"), False)),
}
"""Who may use a kind of street where nothing else is said, and whether a vehicle could."""

_NOT_A_STREET = frozenset({
    "proposed", "construction", "abandoned", "planned", "razed", "disused", "raceway", "elevator", "rest_area",
    "services", "bus_stop", "no", "via_ferrata",
})  # fmt: skip

_MAY_BE_BESIDE_A_STREET = frozenset({"footway", "path", "cycleway"})
"""Kinds whose own key (`footway` on a footway) tells whether they belong to the street beside them."""

_BESIDE_THE_STREET = frozenset({"sidewalk", "traffic_island", "access_aisle"})
"""Not crossings and links: paths hang on them, and where a vehicle gets to, it can cross."""

_MAY_BE_STEEP = frozenset({"path", "footway", "bridleway", "track"})
_FOR_HIKERS = frozenset({
    "mountain_hiking", "demanding_mountain_hiking", "alpine_hiking", "demanding_alpine_hiking",
    "difficult_alpine_hiking",
})  # fmt: skip
_MAY_BE_NARROW = frozenset({"footway", "path", "cycleway", "bridleway", "pedestrian", "track", "service"})
DRIVABLE_WIDTH_M = 1.6

CONDITIONAL = ":conditional"
_CONDITIONAL_OF = frozenset({*ALL_ACCESS_KEYS, "oneway", "maxspeed", "restriction"})

_TELLING_KEYS = frozenset({
    "highway", "footway", "path", "motorroad", "service", "indoor", "conveying", "sac_scale", "smoothness", *WIDTH_KEYS,
    "oneway", "junction", "bridge", "tunnel", "layer", "lanes", "maxspeed",
    *(f"{key}{side}" for key in ALL_ACCESS_KEYS for side in ("", ":forward", ":backward")),
    *(key for keys in ONE_WAY_KEYS.values() for key in keys),
    *CONTRAFLOW_BICYCLE_KEYS, *CYCLEWAY_ONE_WAY_KEYS, *CONTRAFLOW_BUS_KEYS, *BUS_LANE_KEYS,
})  # fmt: skip
"""Keys that this module looks at: ways that differ in no other share one reading."""


@dataclass(frozen=True, slots=True)
class Street:
    """How a way may be used. Fields are as in `City`."""

    kind: str
    forward: int
    backward: int
    physical: bool
    limited: int
    form: int
    layer: int
    lanes: int
    maxspeed_kmh: int
    width_dm: int
    conditions: tuple[str, ...]
    unread: bool
    """Whether an access tag was not understood."""


@dataclass(frozen=True, slots=True)
class NoStreet:
    """Why a way makes no street."""

    reason: str


def street_of(tags: dict[str, str]) -> Street | NoStreet:
    """What the tags of a way with `highway` make of it."""
    telling = tuple(sorted(item for item in tags.items() if item[0] in _TELLING_KEYS))
    return _street_of(telling, conditions_of(tags))


def conditions_of(tags: dict[str, str]) -> tuple[str, ...]:
    """Tags that hold only at times, as ``key=value``, sorted."""
    conditional = (key for key in tags if key.endswith(CONDITIONAL) and key.split(":", 1)[0] in _CONDITIONAL_OF)
    return tuple(sorted(clean(f"{key}={tags[key]}", CONDITION_LENGTH_MAX) for key in conditional))


def plain(tags: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Tags with their values in small letters and without surrounding space, as they are compared."""
    return {key: value.strip().lower() for key, value in tags}


@lru_cache(maxsize=20_000)
def _street_of(telling: tuple[tuple[str, str], ...], conditions: tuple[str, ...]) -> Street | NoStreet:
    tags = plain(telling)
    kind = tags["highway"]
    if kind not in _DEFAULTS:
        return NoStreet(f"highway={kind}" if kind in _NOT_A_STREET else "highway of a kind not in the table")
    forward, backward, limited = _masks(tags, _default_mask(tags))
    physical = _is_physical(tags)
    if not (forward or backward or physical):
        return NoStreet("street that nobody may or can use")
    return Street(
        kind=kind,
        forward=forward,
        backward=backward,
        physical=physical,
        limited=limited,
        form=_form(tags),
        layer=whole(tags.get("layer", ""), -128, 127),
        lanes=whole(tags.get("lanes", ""), 0, 255),
        maxspeed_kmh=speed_kmh(tags.get("maxspeed", "")),
        width_dm=bounded(10 * (width_m(tags) or 0.0), 0, 65535),
        conditions=conditions,
        unread=unread_access(tags),
    )


def _default_mask(tags: dict[str, str]) -> int:
    if tags.get("service") == "emergency_access":
        return mask_of("emergency,foot")
    mask, _ = _DEFAULTS[tags["highway"]]
    return mask & ~(BICYCLE.bit | FOOT.bit) if tags.get("motorroad") == "yes" else mask


def _masks(tags: dict[str, str], default: int) -> tuple[int, int, int]:
    """Class masks forward, backward, and of those who need a reason."""
    masks = {Way.FORWARD: 0, Way.BACKWARD: 0}
    limited = 0
    for vehicle, bit in BITS.items():
        open_ways = directions_of(tags, vehicle)
        for way, direction in ((Way.FORWARD, "forward"), (Way.BACKWARD, "backward")):
            if way not in open_ways:
                continue
            said = access_of(tags, vehicle, direction, by_default=bool(default & bit))
            if said.may if said is not None else default & bit:
                masks[way] |= bit
                limited |= bit if said is not None and said.limited else 0
    return masks[Way.FORWARD], masks[Way.BACKWARD], limited


def _is_physical(tags: dict[str, str]) -> bool:
    """Whether a vehicle could be driven along it, lawful or not."""
    kind = tags["highway"]
    if not _DEFAULTS[kind][1] or (kind in _MAY_BE_BESIDE_A_STREET and tags.get(kind) in _BESIDE_THE_STREET):
        return False
    if tags.get("indoor") == "yes" or tags.get("conveying", "no") != "no":
        return False
    if tags.get("smoothness") == "impassable" or (kind in _MAY_BE_STEEP and tags.get("sac_scale") in _FOR_HIKERS):
        return False
    width = width_m(tags)
    return width is None or width >= DRIVABLE_WIDTH_M or kind not in _MAY_BE_NARROW


def _form(tags: dict[str, str]) -> int:
    form = Form.BRIDGE if tags.get("bridge", "no") != "no" else 0
    form |= Form.TUNNEL if tags.get("tunnel", "no") != "no" else 0
    form |= Form.ROUNDABOUT if tags.get("junction") in {"roundabout", "circular"} else 0
    return form | (Form.RAMP if tags["highway"].endswith("_link") else 0)
