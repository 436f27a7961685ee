"""Why a way is driven otherwise in OSMnx's drive network than through the declared filter, as its tags tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ringfence.network.city import City
from tests.contract.osmnx_drive import highways, osmnx_directions
from tests.contract.osmnx_filter import DRIVE_KINDS, drive_directions

Tags = Mapping[str, str]

UNEXPLAINED = "unexplained"

_SERVICE = frozenset({"alley", "driveway", "emergency_access", "parking", "parking_aisle", "private"})
_SHUT = frozenset({"no", "private"})

# Each with what the tags look like and the directions (ours, OSMnx's); the first that fits counts.
_REASONS: dict[str, Callable[[Tags, int, int], bool]] = {
    "`highway` of no known kind: OSMnx takes it for a street": (
        lambda tags, ours, _theirs: not ours and tags["highway"] not in DRIVE_KINDS
    ),
    "`access=no`, with or without exceptions for others: OSMnx drops `private` only": (
        lambda tags, ours, _theirs: not ours and tags.get("access") == "no"
    ),
    "`motor_vehicle=private`: OSMnx drops `no` only": (
        lambda tags, ours, _theirs: not ours and tags.get("motor_vehicle") == "private"
    ),
    "`access=private` with `motor_vehicle=yes`: OSMnx drops it": (
        lambda tags, _ours, theirs: (
            not theirs and tags.get("access") in _SHUT and tags.get("motor_vehicle") not in {None, *_SHUT}
        )
    ),
    "`service=alley`, `driveway` or the like on a street of a higher kind: OSMnx drops it": (
        lambda tags, _ours, theirs: not theirs and tags.get("service") in _SERVICE
    ),
    "`area=yes`: OSMnx drops it, we keep the outline": lambda tags, _ours, theirs: (
        not theirs and tags.get("area") == "yes"
    ),
    "`motorway` without `oneway`: one-way for us": (
        lambda tags, ours, theirs: (ours, theirs) == (1, 3) and tags["highway"] == "motorway" and "oneway" not in tags
    ),
    "`junction=roundabout` with `oneway=no`: one-way for OSMnx": (
        lambda tags, ours, theirs: (
            (ours, theirs) == (3, 1) and tags.get("junction") == "roundabout" and tags.get("oneway") == "no"
        )
    ),
}


def differing_ways(city: City, extract: Path) -> dict[int, str]:
    """The ways of an extract that the two let be driven otherwise, each with the reason."""
    ours = drive_directions(city)
    found: dict[int, str] = {}
    for number, tags, nodes in highways(extract):
        pair = ours.get(number, 0), osmnx_directions(tags) if len(nodes) > 1 else 0
        if pair[0] != pair[1]:
            found[number] = next((reason for reason, holds in _REASONS.items() if holds(tags, *pair)), UNEXPLAINED)
    return found
