"""Sites: schools, hospitals, stations and other places that an operation must know or that people point at."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.osm.text import clean

_ALWAYS: tuple[tuple[str, frozenset[str]], ...] = (
    ("amenity", frozenset({
        "school", "kindergarten", "university", "college", "hospital", "clinic", "fire_station", "police", "courthouse",
        "nursing_home", "bus_station", "ferry_terminal", "townhall", "prison",
    })),
    ("emergency", frozenset({"ambulance_station"})),
    ("social_facility", frozenset({"nursing_home", "assisted_living", "group_home"})),
    ("railway", frozenset({"station", "halt", "tram_stop"})),
    ("public_transport", frozenset({"station"})),
    ("government", frozenset({"parliament"})),
)  # fmt: skip
"""Keys and values of sites, named or not; the first that fits is the kind."""

_IF_NAMED: tuple[tuple[str, frozenset[str]], ...] = (
    ("tourism", frozenset({"attraction", "museum"})),
    ("historic", frozenset({"castle", "monument", "memorial"})),
    ("amenity", frozenset({"place_of_worship", "theatre", "marketplace", "library", "casino"})),
    ("leisure", frozenset({"park", "stadium", "garden"})),
    ("place", frozenset({"square"})),
)


@dataclass(frozen=True, slots=True)
class Site:
    """A site; `id` is n, w or r and the object's number."""

    id: str
    kind: str
    name: str
    e7: tuple[int, int]


def site_of(prefix: str, number: int, tags: dict[str, str], e7: tuple[int, int] | None) -> Site | None:
    """The site that tags describe, if they describe one and it has a position."""
    if e7 is None:
        return None
    name = clean(tags.get("name", ""))
    kind = _kind(tags, _ALWAYS)
    if kind is None and name:
        kind = _kind(tags, _IF_NAMED)
        if kind is None and tags.get("building", "no").strip().lower() != "no":
            kind = "building"
    return None if kind is None else Site(f"{prefix}{number}", kind, name, e7)


def _kind(tags: dict[str, str], table: tuple[tuple[str, frozenset[str]], ...]) -> str | None:
    for key, kinds in table:
        if key in tags:
            for value in tags[key].lower().split(";"):
                if value.strip() in kinds:
                    return value.strip()
    return None
