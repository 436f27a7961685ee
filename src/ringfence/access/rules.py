"""Deciding who may pass a gate."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
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
    in_force: Collection[str] = (),
) -> Decision:
    """The answer of the first rule that fits. What no rule names is refused inbound and admitted outbound.

    This is what staff are told to do; whether anybody is there to do it is the picture's business.

    Parameters
    ----------
    in_force : collection of str
        Ids of the `logged` rules that the log has put in force at this moment.
    """
    for rule in access.rule:
        if (not rule.logged or rule.id in in_force) and _fits(rule, gate, category, vehicle_class, direction, at):
            return Decision(admitted=rule.answer == "admit", rule=rule.id, says=rule.says)
    if direction == "out":
        return Decision(admitted=True, rule=None, says="no rule forbids leaving")
    return Decision(admitted=False, rule=None, says="no rule admits this category here")


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
