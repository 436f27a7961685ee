"""The words and shapes that board, map and page share, so that they never say a thing in two ways."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from ringfence.base.measures import Measure
from ringfence.base.times import show_time
from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.model.answers import AnswerWord, DrivenPath, Leak, PromiseAnswer
from ringfence.model.entries import BarrierState
from ringfence.model.operation import Barrier
from ringfence.model.plans import Certificate, Plan, PlannedBarrier
from ringfence.picture import BarrierPicture

SHAPES: dict[AnswerWord, str] = {"kept": "✔", "broken": "✖", "unknown": "?"}
"""One shape for each answer, so that no answer rests on colour."""
NOT_CERTAIN = "not certain"
NOTHING_BETWEEN = (
    "Nothing of this way lies between area and limit: the area reaches its limit there, and no barrier has room. "
    "Draw the limit farther out, or the area smaller."
)
"""Why no cordon exists where the way in crosses no street that could be closed."""
NAMELESS = "a nameless lane"
OUTSIDE_ITS_DAYS = "This moment lies outside the days of the operation."

_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_STATE_WORDS: dict[BarrierState, str] = {
    "planned": "not yet placed",
    "part-placed": "part placed",
    "installed": "in place",
    "unstaffed": "in place, gate not staffed",
    "obstructed": "in place, obstructed",
    "moved": "moved",
    "reinstalled": "in place again",
    "removed": "removed",
}

SymbolKind = Literal["neutral", "stands", "unstaffed", "part", "doubtful", "gone", "planned", "plan"]


def clean(text: str) -> str:
    """Text on one line, without control characters that could steer a terminal, break XML or turn the reading order."""
    spaced = " ".join(text.split())
    return "".join(
        "\ufffd" if unicodedata.category(sign) in {"Cc", "Cs", "Cn"} or sign in _STEERING else sign for sign in spaced
    )


def answer_shown(answer: PromiseAnswer) -> str:
    """Shape and word, such as ``✔ KEPT`` or, where the log leaves it open, ``✖ BROKEN?``."""
    doubt = "?" if is_doubted(answer) else ""
    return f"{SHAPES[answer.answer]} {answer.answer.upper()}{doubt}"


def is_doubted(answer: PromiseAnswer) -> bool:
    """Whether the answer needs "not certain" beside it; `unknown` says so by itself."""
    return not answer.certain and answer.answer != "unknown"


def tally(answers: Sequence[PromiseAnswer]) -> list[tuple[AnswerWord, int]]:
    """How many answers of each word, worst first, without those that did not occur."""
    order: tuple[AnswerWord, ...] = ("broken", "unknown", "kept")
    counts = [(word, sum(answer.answer == word for answer in answers)) for word in order]
    return [(word, count) for word, count in counts if count]


def moment_shown(at: datetime, zone: ZoneInfo) -> str:
    """Full local form: weekday, date, time and zone."""
    local = at.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M} {local:%Z}"


def knowledge_shown(known_at: datetime | None, zone: ZoneInfo) -> str:
    """Which entries of the log the answers rest on."""
    if known_at is None:
        return "with all that the log holds now"
    return f"as known on {moment_shown(known_at, zone)}"


def duration_shown(length: timedelta) -> str:
    """``18 min``, ``4 h 05 min`` or ``2 d 03 h``."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours:02d} h"
    return f"{hours} h {minutes % 60:02d} min" if hours else f"{minutes} min"


def since_shown(answer: PromiseAnswer, at: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Since when the answer stands and for how long at `at`; `perhaps` where the log leaves it open.

    Where it may have been so before it was so for certain, both are told.
    """
    if answer.since is None:
        return "not stated", ""
    sure = answer.certain_since
    if sure is not None and answer.since < sure <= at:
        held = f"for {duration_shown(at - sure)}, perhaps {duration_shown(at - answer.since)}"
        return f"{show_time(sure, zone)}, perhaps {show_time(answer.since, zone)}", held
    perhaps = "perhaps " if is_doubted(answer) else ""
    if answer.since > at:
        return f"{perhaps}{show_time(answer.since, zone)}", ""
    up_to = "up to" if is_doubted(answer) else "for"
    return f"{perhaps}{show_time(answer.since, zone)}", f"{up_to} {duration_shown(at - answer.since)}"


def leaks_of(answer: PromiseAnswer) -> tuple[Leak, ...]:
    """The leaks in the witness of a sealed promise; none for other promises."""
    return tuple(Leak.model_validate(leak) for leak in answer.witness.get("leaks", ()))


def all_leaks(answers: Iterable[PromiseAnswer]) -> tuple[Leak, ...]:
    """Every leak of several answers, each path once."""
    leaks = {leak.path.coordinates: leak for answer in answers for leak in leaks_of(answer)}
    return tuple(leaks.values())


def streets_shown(path: DrivenPath, arrow: str = "→") -> str:
    """The streets of a path in order, with its length."""
    streets = f" {arrow} ".join(clean(street) or NAMELESS for street in path.streets)
    return f"{streets} ({path.length_m:,.0f} m)"


def barrier_state_shown(barrier: Barrier, picture: BarrierPicture) -> str:
    """The state of a barrier in words; says so where the log leaves it open."""
    if picture.holds == "doubtful":
        return "claimed to stand open, not certain"
    again_or_still = picture.state == "reinstalled" and "installed" in picture.states
    words = _STATE_WORDS["installed" if again_or_still else picture.state]
    if barrier.gate and picture.holds == "yes" and not picture.staffed and picture.state != "unstaffed":
        words += ", gate not known to be staffed"
    return words if picture.certain else f"{words}, not certain"


def barrier_symbol(barrier: Barrier, picture: BarrierPicture | None) -> SymbolKind:
    """Which map symbol a barrier takes; `neutral` if no picture is asked for."""
    if picture is None:
        return "neutral"
    if picture.holds == "doubtful":
        return "doubtful"
    if picture.holds == "no":
        kinds: dict[BarrierState, SymbolKind] = {"planned": "planned", "part-placed": "part"}
        return kinds.get(picture.state, "gone")
    return "unstaffed" if barrier.gate and (not picture.staffed or picture.state == "unstaffed") else "stands"


_PLACING = {
    "it is a ramp": ("on_ramps", "on ramps"),
    "it runs through a tunnel": ("in_tunnels", "in tunnels"),
    "a railway crosses it where the barrier would stand": ("on_rail_crossings", "on rail crossings"),
}
"""The rule behind each reason for which a barrier may not stand on an arm, and what it allows."""


def letter(position: int) -> str:
    """A, B … Z, AA, AB …: how planned barriers are named on the map, beside the numbers of the operation's own."""
    if position < len(string.ascii_uppercase):
        return string.ascii_uppercase[position]
    return letter(position // 26 - 1) + letter(position % 26)


def driver_shown(threat: Threat, vehicle_class: VehicleClass) -> str:
    """Whom a plan stops, in words."""
    if Driver(threat, vehicle_class).vehicle_class is VehicleClass.FOOT:
        return "people on foot"
    if threat is Threat.DETERMINED:
        return "a driver who goes against one-ways and signs"
    return f"a driver who keeps to the law ({vehicle_class})"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 place``, ``2 places``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def planned_place_shown(barrier: PlannedBarrier) -> str:
    """Where a planned barrier stands; says so where something closes the street already."""
    return clean(barrier.place) + (" (closed already)" if barrier.fixed else "")


def enclosed_shown(plan: Plan) -> str:
    """``172 m of street``, and ``41 addresses`` where the network knows any."""
    street = f"{plan.enclosed_street_m:,.0f} m of street"
    if plan.enclosed_addresses is None:
        return street
    return f"{street} and {counted(plan.enclosed_addresses, 'address', 'addresses')}"


def allowed_by(plan: Plan) -> list[str]:
    """Which placing rules would let a barrier stand on the way in that none may close, where it is they that bar it."""
    barring = {one.why for one in plan.cannot_close}
    rules = [(f"`--placing {rule}=true`", places) for why, (rule, places) in _PLACING.items() if why in barring]
    if not rules:
        return []
    lets = " and ".join(f"{option} lets barriers stand {places}" for option, places in rules)
    return [f"The rules of placing can be changed: {lets}. docs/placing.md says why they do not stand there as a rule."]


def is_count(plan: Plan) -> bool:
    """Whether the cost is just what the measure counts: no prices that somebody gave, no charge for sites."""
    importance = sum(max(one.through, 1) for one in plan.barriers if not one.fixed)
    counts = {"arms": plan.arms, "blocks": plan.blocks, "staff": plan.staff, "importance": importance}
    return plan.cost == counts[plan.measure]


def why_dearer(plan: Plan) -> str:
    """Why a cost in importance is not what the streets closed carry, if it is not: both are shown."""
    if plan.measure is not Measure.IMPORTANCE or not plan.possible or plan.cost == plan.through:
        return ""
    priced = plan.certificate.demands.costs if plan.certificate is not None else {}
    bare = sum(one.through == 0 for one in plan.barriers if not one.fixed and one.id not in priced)
    where = "on a street of importance 0 costs" if bare == 1 else "on streets of importance 0 cost"
    parts = [f"{counted(bare, 'barrier')} {where} 1 all the same"] if bare else []
    if not is_count(plan):
        parts.append("prices count in the cost instead, charges for sites on top")
    return "; ".join([f"The streets closed carry {plan.through:,}", *parts]) + "."


def least_shown(plan: Plan) -> str:
    """What the plan is among all plans, so far as that is so: ``the fewest barriers``, or only ``barriers``."""
    if plan.possible and not plan.optimal:
        return "barriers"
    if plan.possible and not is_count(plan):
        return "the cheapest barriers"
    return "the fewest barriers" if plan.measure is Measure.ARMS else least_of(plan.measure)


def least_of(measure: Measure) -> str:
    """What is asked for by a measure: ``the fewest blocks``."""
    return f"the {'least' if measure is Measure.IMPORTANCE else 'fewest'} {measure}"


def proof_mark(plan: Plan) -> tuple[bool, str]:
    """Whether what the plan is is proven, and in a few words what is."""
    if plan.certificate is None:
        return False, "without certificate"
    if plan.certificate.weights is not None:
        return True, "proven, a choice of the front"
    return (True, "proven") if plan.optimal else (False, "not proven cheapest")


def proof_shown(plan: Plan) -> str:
    """What the certificate of a plan proves, in one or two plain sentences."""
    certificate = plan.certificate
    if certificate is None:
        return "No certificate came with it: that it is as cheap as can be rests on the solver alone."
    if certificate.weights is not None:
        return (
            f"{_ways_stand(certificate)}, each with what it uses up of the barriers' cost or of what would lie inside. "
            "Together they prove that no plan costs as little or less and burdens the city less."
        )
    bound = _bound_shown(certificate, plan.measure)
    if plan.optimal:
        ties = (
            ""
            if plan.ties_settled
            else " Another one as cheap may enclose less: the ring is too large to try them all."
        )
        return f"{bound} The plan needs no more than that, so no {_cheaper(plan)} one exists.{ties}"
    return f"{bound} This plan needs more: there is a {_cheaper(plan)} one, or none has been ruled out."


def _cheaper(plan: Plan) -> str:
    return "smaller" if plan.measure is Measure.ARMS and is_count(plan) else "cheaper"


def _ways_stand(certificate: Certificate) -> str:
    ways = len(certificate.paths)
    return f"{counted(ways, 'way')} in {'stands' if ways == 1 else 'stand'} in the certificate"


def _bound_shown(certificate: Certificate, measure: Measure) -> str:
    ways, demands = len(certificate.paths), certificate.demands
    priced = bool(demands.site_charge or demands.costs)
    least = _least_shown(certificate.lower_bound, measure, priced=priced)
    beside = f", beside {counted(len(demands.must), 'arm')} that had to be closed" if demands.must else ""
    if not ways:
        must = f"the {counted(len(demands.must), 'arm')} that had to be closed" if demands.must else ""
        past = " or ".join(["what is closed already"] * bool(demands.fixed) + [must] * bool(must))
        return f"Nobody gets in{' past ' * bool(past)}{past}: at least {least}."
    stand, each, needs = _ways_stand(certificate), "each of them", "Each needs"
    if ways == 1:
        each, needs = "it", "It needs"
    if certificate.kind == "covering_paths":
        return f"{stand}, and every plan has to stop {each}. Covering them all takes at least {least}."
    if priced:
        return (
            f"{stand}, each with its part of the cost of its streets; no street's parts exceed its cost{beside}. "
            f"Every plan has to stop {each}: at least {least}."
        )
    apart = ", no two of which share a stretch where a barrier may stand" if ways > 1 else ""
    return f"{stand}{apart}{beside}. {needs} an arm of its own: at least {least}."


def _least_shown(bound: int, measure: Measure, *, priced: bool) -> str:
    if measure is Measure.ARMS:
        return f"a cost of {bound:,}" if priced else counted(bound, "arm")
    return f"a cost of {bound:,}, counted in {measure}"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A barrier with the number that board, map and page give it."""

    number: str
    barrier: Barrier


def numbered(barriers: Sequence[Barrier]) -> tuple[Numbered, ...]:
    """Barriers numbered from 1 in the order of the operation."""
    return tuple(Numbered(str(position), barrier) for position, barrier in enumerate(barriers, start=1))
