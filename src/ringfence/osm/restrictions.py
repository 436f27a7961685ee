"""Turn restrictions: what a relation says, and which chains of segments it forbids (docs/osm-tags.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ringfence.base.traffic import mask_of
from ringfence.osm.chains import Chain, StreetChains
from ringfence.osm.extract import Member, Relation
from ringfence.osm.text import CONDITION_LENGTH_MAX, clean
from ringfence.osm.ways import CONDITIONAL, conditions_of, plain

_MODES = {
    "motorcar": mask_of("car"),
    "hgv": mask_of("heavy"),
    "bus": mask_of("bus"),
    "psv": mask_of("bus"),
    "emergency": mask_of("emergency"),
    "bicycle": mask_of("bicycle"),
    "motor_vehicle": mask_of("car,heavy,bus,emergency"),
    "vehicle": mask_of("car,heavy,bus,emergency,bicycle"),
}
_BOUND = _MODES["vehicle"]

_TURNS = ("left_turn", "right_turn", "straight_on", "u_turn")
_VALUES = frozenset({"no_entry", "no_exit", *(f"{word}_{turn}" for word in ("no", "only") for turn in _TURNS)})
_MANY = 20
_ARMS_MAX = 64
"""More ways in one role, or more arms at a junction, are no crossing that anybody built."""

_TIME_KEYS = ("day_on", "day_off", "hour_on", "hour_off", "date_on", "date_off")

AT_TIMES = "restriction that holds only at times"
NO_VALUE = "restriction without a value that is known"
NO_MEMBERS = "restriction whose members are missing or no streets"
NO_READING = "restriction that can be read in no way or in several"
OTHERS_ONLY = "restriction that binds no class of vehicle here"


@dataclass(frozen=True, slots=True)
class Rule:
    """One value of a restriction and the classes it binds."""

    value: str
    mask: int


@dataclass(frozen=True, slots=True)
class _Parts:
    """The members of a restriction by role."""

    from_ways: list[int]
    to_ways: list[int]
    via_node: int | None
    via_ways: list[int]


@dataclass
class Bans:
    """Forbidden chains with the classes bound, in order; what was kept only as words; what was left out."""

    mask_of_chain: dict[Chain, int] = field(default_factory=dict)
    conditions: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def forbid(self, chain: Chain, mask: int) -> None:
        """Forbid a chain to the classes of `mask`, beside those to whom it is forbidden already."""
        self.mask_of_chain[chain] = self.mask_of_chain.get(chain, 0) | mask


def read_bans(relations: Iterable[Relation], streets: StreetChains) -> Bans:
    """All chains that the restrictions among `relations` forbid."""
    bans = Bans()
    for relation in relations:
        if plain(relation.tags.items()).get("type") == "restriction":
            _read_relation(relation, streets, bans)
    return bans


def _read_relation(relation: Relation, streets: StreetChains, bans: Bans) -> None:
    bans.conditions += conditions_of(relation.tags)
    tags = plain(relation.tags.items())
    timed = [key for key in _TIME_KEYS if key in tags]
    if timed:
        bans.conditions += [clean(f"{key}={relation.tags[key]}", CONDITION_LENGTH_MAX) for key in timed]
        bans.left_out[AT_TIMES] += 1
        return
    rules = rules_of(tags)
    if isinstance(rules, str):
        bans.left_out[rules] += 1
        return
    for rule in rules:
        found = _chains_of(rule, relation.members, streets)
        if isinstance(found, str):
            bans.left_out[found] += 1
            continue
        for chain in found:
            for forbidden in _forbidden(rule, chain, streets):
                bans.forbid(forbidden, rule.mask)


def rules_of(tags: dict[str, str]) -> list[Rule] | str:
    """What a restriction's tags say, or why nothing can be made of them."""
    spared = sum_of(_MODES.get(mode.strip(), 0) for mode in tags.get("except", "").split(";"))
    said = {key: value for key, value in tags.items() if key == "restriction" or key.startswith("restriction:")}
    lasting = {key: value for key, value in said.items() if not key.endswith(CONDITIONAL)}
    if not lasting:
        return AT_TIMES if said else NO_VALUE
    known = {key: value for key, value in lasting.items() if value in _VALUES}
    if not known:
        return NO_VALUE
    bound = {key: _mask_of_key(key) & ~spared for key in known}
    rules = [Rule(known[key], bound[key]) for key in sorted(known) if bound[key]]
    return rules or OTHERS_ONLY


def sum_of(masks: Iterable[int]) -> int:
    """All bits of some masks."""
    total = 0
    for mask in masks:
        total |= mask
    return total


def _mask_of_key(key: str) -> int:
    return _BOUND if key == "restriction" else _MODES.get(key.removeprefix("restriction:"), 0)


def _chains_of(rule: Rule, members: tuple[Member, ...], streets: StreetChains) -> list[Chain] | str:
    """The chains from each from way to each to way that the members mean, or why there are none."""
    parts = _parts_of(rule.value, members)
    if parts is None:
        return NO_MEMBERS
    ways = [*parts.from_ways, *parts.via_ways, *parts.to_ways]
    if not all(streets.has_way(way) for way in ways):
        return NO_MEMBERS
    if parts.via_node is not None and not streets.has_node(parts.via_node):
        return NO_MEMBERS
    chains = [
        streets.only_chain(start, parts.via_node, parts.via_ways, end, rule.mask)
        for start in parts.from_ways
        for end in parts.to_ways
    ]
    sure = [chain for chain in chains if chain is not None and _is_crossing(chain, streets)]
    return sure if len(sure) == len(chains) else NO_READING


def _is_crossing(chain: Chain, streets: StreetChains) -> bool:
    return all(len(streets.segments_at(junction)) <= _ARMS_MAX for junction in chain.junctions)


def _parts_of(value: str, members: tuple[Member, ...]) -> _Parts | None:
    """The members by role, a member named twice once; None unless they are of the kinds and numbers they should be."""
    by_role: dict[str, list[Member]] = {"from": [], "to": [], "via": []}
    for member in dict.fromkeys(members):
        by_role.setdefault(member.role.strip(), []).append(member)
    ends = [*by_role["from"], *by_role["to"]]
    starts, targets, via = len(by_role["from"]), len(by_role["to"]), by_role["via"]
    if any(member.kind != "w" for member in ends) or not via:
        return None
    if not 1 <= starts <= (_MANY if value == "no_entry" else 1):
        return None
    if not 1 <= targets <= (_MANY if value == "no_exit" else 1):
        return None
    if len(via) == 1 and via[0].kind == "n":
        node, ways = via[0].id, []
    elif all(member.kind == "w" for member in via) and len(via) <= _MANY:
        node, ways = None, [member.id for member in via]
    else:
        return None
    return _Parts([one.id for one in by_role["from"]], [one.id for one in by_role["to"]], node, ways)


def _forbidden(rule: Rule, chain: Chain, streets: StreetChains) -> list[Chain]:
    """The chain itself; of an `only_`, every way to leave it before its end, U-turns too."""
    if rule.value.startswith("no_"):
        return [chain]
    return [
        Chain((*chain.segments[: step + 1], other), chain.junctions[: step + 1])
        for step, junction in enumerate(chain.junctions)
        for other in streets.segments_at(junction)
        if other != chain.segments[step + 1]
    ]
