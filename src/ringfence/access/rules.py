"""Deciding who may pass a gate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from ringfence.base.traffic import VehicleClass
from ringfence.model.operation import EVERYWHERE, AccessFile, AccessRule
from ringfence.model.record import Record


class Decision(Record):
    """Whether a gate admits, by which rule, and the reason in words."""

    admitted: bool
    rule: str | None
    says: str


def decide(
    access: AccessFile,
    *,
    gate: str,
    category: str,
    vehicle_class: VehicleClass,
    direction: Literal["in", "out"],
    at: datetime,
    in_force: Mapping[str, Collection[bool]] = MappingProxyType({}),
) -> tuple[Decision, ...]:
    """What staff are told to do: the answer of the first rule that fits.

    What no rule names is refused inbound and admitted outbound. Whether anybody is there to do it is the picture's
    business.

    Parameters
    ----------
    in_force : mapping of rule id to what is possible
        For `logged` rules: whether the log has put them in force at this moment. A rule that is not named is not.

    Returns
    -------
    tuple of Decision
        One, unless a logged rule that fits may or may not be in force: then each decision that is possible.
    """
    decisions = []
    for rule in access.rule:
        if not _fits(rule, gate, category, vehicle_class, direction, at):
            continue
        possible = set(in_force.get(rule.id, (False,))) if rule.logged else {True}
        if True in possible:
            decisions.append(Decision(admitted=rule.answer == "admit", rule=rule.id, says=rule.says))
        if False not in possible:
            return tuple(decisions)
    says = "no rule forbids leaving" if direction == "out" else "no rule admits this category here"
    return (*decisions, Decision(admitted=direction == "out", rule=None, says=says))


def _fits(
    rule: AccessRule, gate: str, category: str, vehicle_class: VehicleClass, direction: str, at: datetime
) -> bool:
    return (
        rule.direction == direction
        and (EVERYWHERE in rule.gates or gate in rule.gates)
        and (EVERYWHERE in rule.categories or category in rule.categories)
        and vehicle_class in rule.classes
        and (rule.since is None or rule.since <= at)
        and (rule.until is None or at < rule.until)
    )
