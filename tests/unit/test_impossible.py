"""The answer that no cordon exists: the way in that is shown, and what the checker makes of it."""

from __future__ import annotations

import pytest
from shapely import box

from ringfence.base.errors import OurFault
from ringfence.base.traffic import Driver, Threat
from ringfence.desk.planning import Planning
from ringfence.desk.verifying import refuse_doubt
from ringfence.model.plans import Demands, Plan, PlanQuestion
from ringfence.network import Area
from ringfence.operation import Operation
from ringfence.planner import Problem, Ring, impossible, make_plan
from ringfence.promises import certificate, verify_certificate, verify_impossible
from tests.golden import micro_maps
from tests.property.street_maps import Segment, StreetMap

BLOCK = 0.001
AREA = Area(box(-BLOCK / 2, -BLOCK / 2, BLOCK / 2, BLOCK / 2), box(*(3 * BLOCK * side for side in (-1, -1, 1, 1))), "")


def streets(*, round_about: bool) -> StreetMap:
    """From `s` nobody may turn into `t`, but who turns round in `a` may: at its barrier, or having driven round `v`.

    o --s-- j --t-- i
            |a      |
            u --v-->'      `round_about` says whether one may turn from `a` into `v`
    """
    places = {"o": (-5, 0), "j": (-1.6, 0), "u": (-1.6, 2), "i": (0, 0)}
    bans = [("s", "j", "t"), ("s", "j", "s"), ("a", "u", "a"), ("a", "u", "v")]
    return StreetMap(
        {name: (x * BLOCK, y * BLOCK) for name, (x, y) in places.items()},
        (
            Segment("s", "o", "j"),
            Segment("t", "j", "i"),
            Segment("a", "j", "u"),
            Segment("v", "u", "i", backward="none"),
        ),
        bans=tuple(bans[:3] if round_about else bans),
    )


def refused(map_: StreetMap, plan: Plan, demands: Demands) -> tuple[str, ...]:
    """What the checker has against the answer that no cordon exists."""
    refusal = verify_impossible(map_.network, AREA, plan.witness, driver=Driver(), demands=demands)
    assert refusal.finished
    return refusal.faults


def test_where_an_arm_would_have_to_be_closed_and_open_the_checker_tries_every_set() -> None:
    """Open, `a` leads in by `v`; closed, one turns round at it and gets in by `t`. No one way in shows that."""
    both, only = streets(round_about=True), Demands(must_not=frozenset({"s", "t", "v"}))
    plan = make_plan(both.network, AREA, Driver(), only)
    assert not plan.possible
    assert {one.arm for one in plan.cannot_close} == {"s", "t", "a"}
    assert {one.why for one in plan.cannot_close if one.arm == "a"} != {"it must not be closed"}
    assert not refused(both, plan, only)
    one_way = streets(round_about=False)
    lied = plan.model_copy(update={"witness": plan.witness})
    assert refused(one_way, lied, only) == ("barriers on no street seal the area",)


def test_a_way_in_that_no_barrier_makes_is_shown_where_there_is_one() -> None:
    """Over `a`, where it has to stay open; by turning round at its barrier, where that has to stand."""
    both, only = streets(round_about=True), Demands(must_not=frozenset({"s", "t", "v", "a"}))
    must = Demands(must=frozenset({"a"}), must_not=frozenset({"s", "t"}))
    stands = make_plan(both.network, AREA, Driver(), must)
    assert {one.arm for one in stands.cannot_close} == {"s", "t"}, "the barrier that it turns round at stands anyway"
    assert not refused(both, stands, must)
    assert not refused(both, make_plan(both.network, AREA, Driver(), only), only)


def test_a_way_in_that_is_none_convinces_nobody() -> None:
    map_, demands = streets(round_about=True), Demands(must_not=frozenset({"s", "t", "v", "a"}))
    plan = make_plan(map_.network, AREA, Driver(), demands)
    assert plan.witness is not None
    steps = plan.witness.steps
    for spoilt in (steps[1:], steps[:-1], steps[::-1], steps[:1] + steps[2:], ()):
        witness = plan.witness.model_copy(update={"steps": spoilt})
        assert refused(map_, plan.model_copy(update={"witness": witness}), demands)
    assert refused(map_, plan.model_copy(update={"witness": None}), demands)
    assert refused(map_, plan, Demands()) == ("the way in that it shows crosses an arm that may be closed",)
    banned = StreetMap(map_.junctions, map_.segments, bans=(*map_.bans, ("a", "u", "v")))
    assert refused(banned, plan, demands), "the way in takes a turn that is forbidden"
    assert refused(map_, plan, Demands(must_not=frozenset({"nowhere"})))


def test_the_desk_does_not_say_that_no_cordon_exists_where_one_does() -> None:
    micro = micro_maps.parallel_streets()
    ring = Ring(Problem(micro.map.network, micro.area, Driver()))
    with pytest.raises(OurFault, match="not convinced"):
        refuse_doubt(ring, impossible(ring))


def test_a_proof_that_takes_too_long_to_follow_is_not_verified(
    wellington: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checker then says how much it has seen, neither that the proof is false nor that it is true."""
    network, area, driver, demands = (
        wellington.network,
        wellington.area,
        Driver(Threat.DETERMINED),
        Demands(site_charge=1),
    )
    proof = make_plan(network, area, driver, demands).certificate
    assert proof is not None
    assert verify_certificate(network, area, proof, driver=driver, demands=demands).proves_fewest
    monkeypatch.setattr(certificate, "WORK_MAX", 1e-9)
    verdict = verify_certificate(network, area, proof, driver=driver, demands=demands)
    assert not verdict.faults
    assert not verdict.finished
    assert not verdict.proves_fewest
    assert verdict.lower_bound < proof.lower_bound
    plan = Planning(wellington).plan(PlanQuestion(threat=Threat.DETERMINED, site_charge=1))
    assert plan.barriers
    assert (plan.certificate, plan.optimal, plan.lower_bound) == (None, False, verdict.lower_bound)
