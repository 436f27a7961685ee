"""Access rules: the first that fits answers, and a rule whose force is not certain leaves every answer open."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any, Literal

from ringfence.access import Decision, decide
from ringfence.base.traffic import VehicleClass
from ringfence.model.operation import AccessFile, AccessRule, Category

NOON = datetime(2022, 2, 21, 12, tzinfo=UTC)


def rule(name: str, answer: str, **more: Any) -> AccessRule:
    return AccessRule.model_validate({"id": name, "answer": answer, "direction": "in", "says": name, **more})


def asked(*rules: AccessRule, way: Literal["in", "out"] = "in", **more: Any) -> tuple[Decision, ...]:
    access = AccessFile(category=(Category(id="resident", name="residents"),), rule=rules)
    return decide(access, gate="g", category="resident", vehicle_class=VehicleClass.CAR, direction=way, at=NOON, **more)


def test_what_no_rule_names_is_refused_inbound_and_admitted_outbound() -> None:
    assert [one.admitted for one in (*asked(), *asked(way="out"))] == [False, True]


def test_the_first_rule_that_fits_answers_with_its_reason() -> None:
    answer = asked(
        rule("other-gate", "refuse", gates=["h"]),
        rule("other-class", "refuse", classes=["bus"]),
        rule("too-early", "refuse", until="2022-02-21T12:00:00Z"),
        rule("fits", "admit"),
        rule("too-late-in-line", "refuse"),
    )
    assert [(one.admitted, one.rule, one.says) for one in answer] == [(True, "fits", "fits")]


def test_every_answer_that_some_set_of_rules_in_force_gives_is_possible_and_no_other() -> None:
    """Brute force: three logged rules, each in force, not in force, or perhaps; compare with all definite cases."""
    readings = [(True,), (False,), (False, True)]
    answers = ("admit", "refuse")
    for kinds, states in product(product(answers, repeat=3), product(readings, repeat=3)):
        rules = [rule(f"r{ix}", kind, logged=True) for ix, kind in enumerate(kinds)]
        found = {one.admitted for one in asked(*rules, in_force={f"r{ix}": one for ix, one in enumerate(states)})}
        definite = {
            asked(*rules, in_force={f"r{ix}": (one,) for ix, one in enumerate(case)})[0].admitted
            for case in product(*states)
        }
        assert found == definite
