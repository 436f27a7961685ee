"""Demands that contradict each other or the map are refused; a problem that takes too long says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ringfence.base.errors import BadInput, Unsupported
from ringfence.base.traffic import Driver, Threat
from ringfence.model.answers import Demands
from ringfence.operation import Operation
from ringfence.planner import covering, make_plan

BALLANTRAE, LAMBTON, KATE = "ballantrae-place-2", "lambton-quay-19", "kate-sheppard-place-1"


@pytest.mark.parametrize(
    ("demands", "code"),
    [
        (Demands(must=frozenset({"nowhere"})), "unknown-arm"),
        (Demands(must=frozenset({LAMBTON}), must_not=frozenset({LAMBTON})), "must-and-must-not"),
        (
            Demands(must=frozenset({LAMBTON}), must_not=frozenset({KATE}), together=frozenset({(KATE, LAMBTON)})),
            "parted-pair",
        ),
        (
            Demands(
                must=frozenset({LAMBTON}),
                must_not=frozenset({KATE}),
                together=frozenset({(KATE, BALLANTRAE), (BALLANTRAE, LAMBTON)}),
            ),
            "parted-pair",
        ),
    ],
)
def test_demands_that_no_plan_can_meet_are_refused(wellington: Operation, demands: Demands, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        make_plan(wellington.network, wellington.area, Driver(), demands)
    assert code in {fault.code for fault in refused.value.faults}


def test_a_limit_that_reaches_a_clipped_junction_is_refused(wellington: Operation) -> None:
    clipped = np.ones(len(wellington.network.junction_ids), dtype=bool)
    network = replace(wellington.network, clipped=clipped, _positions={})
    with pytest.raises(BadInput, match="limit-at-clipped-edge"):
        make_plan(network, wellington.area, Driver())


def test_an_unfinished_problem_is_no_impossible_one(wellington: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covering, "ROUNDS_MAX", 1)
    with pytest.raises(Unsupported, match="plan-too-hard"):
        make_plan(wellington.network, wellington.area, Driver(Threat.DETERMINED), Demands(site_charge=1))
    plan = make_plan(wellington.network, wellington.area, Driver())
    assert plan.possible
    assert not plan.optimal, "the bound was not reached, and the plan says so"
    assert plan.certificate is not None
    assert plan.certificate.lower_bound < plan.arms


def test_couplings_and_site_charges_are_kept(wellington: Operation) -> None:
    demands = Demands(together=frozenset({(LAMBTON, KATE)}), site_charge=2)
    plan = make_plan(wellington.network, wellington.area, Driver(), demands)
    assert plan.optimal
    arms = {barrier.id for barrier in plan.barriers}
    assert (LAMBTON in arms) == (KATE in arms)
