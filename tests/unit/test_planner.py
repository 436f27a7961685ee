"""What a planner may demand, what a barrier takes, where it may not stand; and what is said where no plan is found."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from shapely import box

from ringfence.base.errors import BadInput
from ringfence.base.measures import Measure
from ringfence.base.traffic import Driver, Threat
from ringfence.model.plans import Certificate, Demands, Placing
from ringfence.network import Area, Form, Network
from ringfence.network.streets import BoolArray
from ringfence.operation import Operation
from ringfence.planner import Problem, Ring, best, find_best, list_alternatives, make_plan, plan_of, plan_stages
from ringfence.planner.covering import cover_ways_in
from ringfence.promises import certificate as checker
from ringfence.promises import verify_certificate
from tests.golden import micro_maps
from tests.property.street_maps import Segment, StreetMap

BALLANTRAE, LAMBTON, KATE = "ballantrae-place-2", "lambton-quay-19", "kate-sheppard-place-1"
TIED = frozenset({(KATE, LAMBTON)})


def names(*arms: str) -> frozenset[str]:
    return frozenset(arms)


def test_all_that_is_wrong_with_demands_is_told_at_once(wellington: Operation) -> None:
    demands = Demands(
        must=names("nowhere", LAMBTON),
        must_not=names(KATE),
        fixed=names(LAMBTON),
        together=frozenset({(BALLANTRAE, BALLANTRAE), *TIED}),
        costs={"elsewhere": 2},
    )
    expected = ["unknown-arm", "unknown-arm", "must-and-fixed", "paired-with-itself", "parted-pair"]
    with pytest.raises(BadInput) as refused:
        make_plan(wellington.network, wellington.area, Driver(), demands)
    assert [fault.code for fault in refused.value.faults] == expected
    wide = replace(wellington.area, limit=wellington.area.limit.buffer(0.05))
    with pytest.raises(BadInput) as both:
        make_plan(wellington.network, wide, Driver(), Demands(must=names(LAMBTON), fixed=names(LAMBTON)))
    assert [fault.code for fault in both.value.faults] == ["limit-at-clipped-edge", "must-and-fixed"]


@pytest.mark.parametrize(
    ("demands", "code"),
    [
        (Demands(must=names("nowhere")), "unknown-arm"),
        (Demands(costs={"nowhere": 3}), "unknown-arm"),
        (Demands(fixed=names("nowhere")), "unknown-arm"),
        (Demands(must=names(LAMBTON), must_not=names(LAMBTON)), "must-and-must-not"),
        (Demands(fixed=names(LAMBTON), must_not=names(LAMBTON)), "fixed-and-must-not"),
        (Demands(must=names(LAMBTON), fixed=names(LAMBTON)), "must-and-fixed"),
        (Demands(together=frozenset({(KATE, KATE)})), "paired-with-itself"),
        (Demands(must=names(LAMBTON), must_not=names(KATE), together=TIED), "parted-pair"),
        (Demands(fixed=names(LAMBTON), must_not=names(KATE), together=TIED), "parted-pair"),
        (
            Demands(
                must=names(LAMBTON),
                must_not=names(KATE),
                together=frozenset({(KATE, BALLANTRAE), (BALLANTRAE, LAMBTON)}),
            ),
            "parted-pair",
        ),
    ],
)
def test_demands_that_no_plan_can_meet_are_refused(wellington: Operation, demands: Demands, code: str) -> None:
    problem = Problem(wellington.network, wellington.area, Driver())
    with pytest.raises(BadInput) as refused:
        make_plan(wellington.network, wellington.area, Driver(), demands)
    assert code in {fault.code for fault in refused.value.faults}
    with pytest.raises(BadInput) as again:
        problem.asking(demands)
    assert again.value.faults == refused.value.faults


def test_a_limit_that_reaches_a_clipped_junction_is_refused(wellington: Operation) -> None:
    clipped = np.ones(len(wellington.network.junction_ids), dtype=bool)
    network = replace(wellington.network, clipped=clipped, _positions={})
    with pytest.raises(BadInput, match="limit-at-clipped-edge"):
        make_plan(network, wellington.area, Driver())


def test_an_unfinished_proof_is_no_impossible_plan(wellington: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clauses that come to no end leave a gap, and the plan says so; that it is cheap the whole program still sees."""
    turning = micro_maps.barrier_that_makes_a_turning_place()
    questions = [
        (turning.map.network, turning.area, Driver(), Demands(), 2, 1),
        (wellington.network, wellington.area, Driver(Threat.DETERMINED), Demands(site_charge=1), 16, 0),
    ]
    for network, area, driver, demands, cost, rounds in questions:
        monkeypatch.setattr(best, "cover_ways_in", partial(cover_ways_in, rounds_max=rounds))
        plan = make_plan(network, area, driver, demands)
        assert plan.possible
        assert plan.cost == cost
        assert not plan.optimal, "the bound was not reached, and the plan says so"
        assert plan.certificate is not None
        assert plan.certificate.lower_bound == plan.lower_bound < cost
        verdict = verify_certificate(network, area, plan.certificate, driver=driver, demands=demands)
        assert not verdict.faults, "what it does prove is true"
        assert not verdict.proves_fewest


def test_a_bound_that_several_plans_come_with_is_followed_once(
    wellington: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked at anew is the plan; and the bound, as soon as anything in it is another."""
    ring = Ring(Problem(wellington.network, wellington.area, Driver(), Demands(site_charge=1)))
    known = find_best(ring)
    assert known is not None
    first = plan_of(ring).certificate
    others = [other.plan for other in islice(list_alternatives(ring, known, differ=1), 2)]
    verify = partial(
        verify_certificate, wellington.network, wellington.area, driver=Driver(), demands=ring.problem.demands
    )
    assert first is not None
    beside = first, verify(first)
    assert beside[1].proves_fewest
    followed: list[Certificate] = []
    alone = checker._Check._covering_bound

    def counted(check: Any, crossed: list[set[str]]) -> int:
        followed.append(check.certificate)
        return alone(check, crossed)

    monkeypatch.setattr(checker._Check, "_covering_bound", counted)
    for plan in others:
        assert plan.certificate is not None
        verdict = verify(plan.certificate, beside=beside)
        assert (verdict.faults, verdict.cost, verdict.lower_bound) == ((), plan.cost, beside[1].lower_bound)
        assert verdict == verify(plan.certificate)
        leaky = plan.certificate.model_copy(update={"cut": plan.certificate.cut[1:]})
        assert "its plan leaks" in verify(leaky, beside=beside).faults
    assert followed == [plan.certificate for plan in others], "only where nothing was known"
    higher = first.model_copy(update={"lower_bound": first.lower_bound + 1})
    assert verify(higher, beside=beside).faults


def test_couplings_and_site_charges_are_kept(wellington: Operation) -> None:
    demands = Demands(together=frozenset({(LAMBTON, KATE)}), site_charge=2)
    plan = make_plan(wellington.network, wellington.area, Driver(), demands)
    assert plan.optimal
    arms = {barrier.id for barrier in plan.barriers}
    assert (LAMBTON in arms) == (KATE in arms)


def test_other_demands_on_the_same_ground_give_what_a_fresh_problem_gives(wellington: Operation) -> None:
    """In either order: nothing of one question is left over for the next."""
    problem = Problem(wellington.network, wellington.area, Driver(Threat.DETERMINED))
    questions = [
        Demands(),
        Demands(must=names(BALLANTRAE), must_not=names(LAMBTON)),
        Demands(fixed=names(KATE), costs={LAMBTON: 4}),
        Demands(site_charge=1),
    ]
    fresh = [make_plan(wellington.network, wellington.area, Driver(Threat.DETERMINED), one) for one in questions]
    assert len({plan.model_dump_json() for plan in fresh}) == len(questions)
    for order in (range(4), reversed(range(4))):
        for number in order:
            problem = problem.asking(questions[number])
            assert plan_of(Ring(problem)) == fresh[number]


# --- what stands there already, what it costs


def test_what_closes_a_street_already_is_free_and_named_where_it_holds_something() -> None:
    """`n` and `t` lead in: with `n` closed one is left to put up; with both approaches closed none."""
    micro = micro_maps.parallel_streets()
    plan = make_plan(micro.map.network, micro.area, Driver(), Demands(fixed=names("n")))
    assert [(barrier.id, barrier.fixed) for barrier in plan.barriers] == [("n", True), ("t", False)]
    assert (plan.arms, plan.cost, plan.lower_bound, plan.blocks, plan.optimal) == (1, 1, 1, 3, True)
    other = make_plan(micro.map.network, micro.area, Driver(), Demands(fixed=names("s", "s2")))
    assert (other.arms, other.cost) == (0, 0)
    assert [barrier.id for barrier in other.barriers] == ["s", "s2"]
    useless = make_plan(micro.map.network, micro.area, Driver(), Demands(fixed=names("s")))
    assert (useless.cost, [barrier.id for barrier in useless.barriers]) == (1, ["s", "s2"])


def test_a_wide_street_is_dear_in_blocks() -> None:
    """Six lanes take nine blocks of 2 m (19.5 m but for 1.5 m clear), one lane takes one: `s`, not `t`, is closed."""
    micro = micro_maps.ban_for_heavy_vehicles_only()
    network = micro.map.network
    lanes = np.array([{"s": 1, "t": 6}[name] for name in network.segment_ids])
    network = replace(network, facts=replace(network.facts, lanes=lanes))
    by_arms = make_plan(network, micro.area, Driver())
    by_blocks = make_plan(network, micro.area, Driver(), measure=Measure.BLOCKS)
    assert [(one.id, one.blocks, one.width_m) for one in by_arms.barriers] == [("t", 9, 19.5)]
    assert [(one.id, one.blocks, one.width_m) for one in by_blocks.barriers] == [("s", 1, 3.25)]
    assert (by_arms.cost, by_blocks.cost) == (1, 1)
    dear = make_plan(network, micro.area, Driver(), Demands(costs={"s": 10}), measure=Measure.BLOCKS)
    assert ([one.id for one in dear.barriers], dear.cost, dear.lower_bound) == (["t"], 9, 9)
    assert dear.certificate is not None
    assert dear.certificate.demands.costs == {"s": 10, "t": 9}
    asked = dear.certificate.demands
    verdict = verify_certificate(network, micro.area, dear.certificate, driver=Driver(), demands=asked)
    assert (verdict.proves_fewest, verdict.cost) == (True, 9)
    simple = verify_certificate(network, micro.area, dear.certificate, driver=Driver())
    assert "it is about other demands" in simple.faults


def test_a_street_that_much_traffic_takes_is_dear_by_importance() -> None:
    """A service street counts 1 though it means nothing to through traffic: no barrier is free."""
    micro = micro_maps.ban_for_heavy_vehicles_only()
    network = micro.map.network
    kinds = tuple({"s": "service", "t": "primary"}[name] for name in network.segment_ids)
    plan = make_plan(replace(network, highways=kinds), micro.area, Driver(), measure=Measure.IMPORTANCE)
    assert [(one.id, one.through) for one in plan.barriers] == [("s", 0)]
    assert (plan.cost, plan.lower_bound, plan.through) == (1, 1, 0)


def test_staff_are_counted_as_the_rules_say() -> None:
    micro = micro_maps.parallel_streets()
    plan = make_plan(micro.map.network, micro.area, Driver(), measure=Measure.STAFF, placing=Placing(staff_per_arm=3))
    assert (plan.arms, plan.staff, plan.cost, plan.lower_bound) == (2, 6, 6, 6)


def test_a_gap_that_a_car_passes_is_not_for_wheelchairs() -> None:
    with pytest.raises(ValidationError, match="less than 1"):
        Placing(clear_m=1.8)
    assert Placing(clear_m=1.79).clear_m == 1.79


# --- where a barrier may not stand


def on_ramps(network: Network, *ramps: str, form: int = Form.RAMP) -> Network:
    """The network with some of its streets ramps, or of another form."""
    forms = np.array([form if name in ramps else 0 for name in network.segment_ids])
    return replace(network, facts=replace(network.facts, form=forms))


@pytest.mark.parametrize(
    ("form", "allowed", "why"),
    [
        (Form.RAMP, Placing(on_ramps=True), "it is a ramp"),
        (Form.TUNNEL, Placing(in_tunnels=True), "it runs through a tunnel"),
    ],
)
def test_no_barrier_on_a_ramp_or_in_a_tunnel_unless_asked_for(form: int, allowed: Placing, why: str) -> None:
    micro = micro_maps.parallel_streets()
    network = on_ramps(micro.map.network, "t", form=form)
    plan = make_plan(network, micro.area, Driver())
    assert [barrier.id for barrier in plan.barriers] == ["s", "s2"]
    assert plan.certificate is not None
    assert plan.certificate.demands.must_not == names("t"), "the rule is spelt out in what is proven"
    anywhere = make_plan(network, micro.area, Driver(), placing=allowed)
    assert [barrier.id for barrier in anywhere.barriers] == ["n", "t"]
    asked = make_plan(network, micro.area, Driver(), Demands(must=names("t")))
    assert [barrier.id for barrier in asked.barriers] == ["n", "t"]
    assert f"{why}: asked for all the same" in asked.barriers[1].notes
    for one, demands in (
        (plan, Demands(must_not=names("t"))),
        (anywhere, Demands()),
        (asked, Demands(must=names("t"))),
    ):
        assert one.certificate is not None
        verdict = verify_certificate(network, micro.area, one.certificate, driver=Driver(), demands=demands)
        assert verdict.proves_fewest, verdict.faults


def test_no_barrier_where_a_railway_crosses() -> None:
    """The barrier of `t` would stand at 75: rails at 70 are too near, rails at 60 far enough away."""
    micro = micro_maps.parallel_streets()
    network = micro.map.network
    t = network.segment_ids.index("t")
    for place_m, expected in ((70.0, ["s", "s2"]), (60.0, ["n", "t"])):
        facts = replace(
            network.facts, rail_crossing_segment_ix=np.array([t]), rail_crossing_offset_m=np.array([place_m])
        )
        rails = replace(network, facts=facts)
        assert [one.id for one in make_plan(rails, micro.area, Driver()).barriers] == expected, place_m
        allowed = make_plan(rails, micro.area, Driver(), placing=Placing(on_rail_crossings=True))
        assert [one.id for one in allowed.barriers] == ["n", "t"]


def test_where_no_plan_exists_each_street_of_the_way_in_says_why() -> None:
    micro = micro_maps.ban_for_heavy_vehicles_only()
    network = on_ramps(micro.map.network, "t")
    plan = make_plan(network, micro.area, Driver(), Demands(must_not=names("s")))
    assert not plan.possible
    assert plan.certificate is None
    assert plan.witness is not None
    assert {one.arm: one.why for one in plan.cannot_close} == {"s": "it must not be closed", "t": "it is a ramp"}
    tied = make_plan(network, micro.area, Driver(), Demands(together=frozenset({("s", "t")})))
    assert {one.arm: one.why for one in tied.cannot_close} == {
        "s": "it goes together with one that must not be closed",
        "t": "it is a ramp",
    }


@pytest.mark.parametrize("demand", ["must", "fixed"])
def test_what_is_closed_cannot_go_together_with_a_ramp(demand: str) -> None:
    micro = micro_maps.parallel_streets()
    demands = Demands(**{demand: names("n")}, together=frozenset({("n", "t")}))
    with pytest.raises(BadInput, match="parted-pair"):
        make_plan(on_ramps(micro.map.network, "t"), micro.area, Driver(), demands)


def test_a_sign_is_asked_for_where_the_last_place_to_turn_is_far() -> None:
    micro = micro_maps.ban_for_heavy_vehicles_only()
    (barrier,) = make_plan(micro.map.network, micro.area, Driver()).barriers
    assert barrier.notes == ("the last place to turn is 75 m in front of it: a sign must stand there",)
    far = Placing(turn_back_m=80)
    (barrier,) = make_plan(micro.map.network, micro.area, Driver(), placing=far).barriers
    assert barrier.notes == ()


BLOCK = 0.001
AREA = Area(box(-BLOCK / 2, -BLOCK / 2, BLOCK / 2, BLOCK / 2), box(*(3 * BLOCK * side for side in (-1, -1, 1, 1))), "")


@pytest.mark.parametrize(("outer", "far_m"), [(-5, 362), (-3.01, 140), (-2.6, 117)])
def test_where_the_limit_cuts_the_arm_the_last_place_to_turn_lies_beyond_it(outer: float, far_m: int) -> None:
    """The arm ends at the limit, three blocks out; the junction at which a driver can turn does not."""
    places = {"o": (outer, 0), "p": (-6, 0), "i": (0, 0)}
    road = StreetMap(
        {name: (x * BLOCK, y * BLOCK) for name, (x, y) in places.items()},
        (Segment("s", "o", "i"), Segment("far", "p", "o")),
    )
    problem = Problem(road.network, AREA, Driver(Threat.DETERMINED))
    (note,) = problem.notes(problem.arms.ix["s"])
    assert f" is {far_m} m in front of it" in note


def test_a_step_under_turn_bans_says_in_which_order_the_area_stays_sealed() -> None:
    """At the end of either side street a driver turns round, and may then go on: each barrier alone takes that away.

    With both barriers up he turns at the first and at the second, and is in:

        o --s-- x --k-- y --m-- i
                |a      |b
                u       v
    """
    bans = (("s", "x", "k"), ("s", "x", "s"), ("a", "u", "a"), ("k", "y", "m"), ("k", "y", "k"), ("b", "v", "b"))
    places = {"o": (-5, 0), "x": (-2.5, 0), "u": (-2.5, 2), "y": (-1.2, 0), "v": (-1.2, 2), "i": (0, 0)}
    ends = {"s": "ox", "a": "xu", "k": "xy", "b": "yv", "m": "yi"}
    streets = StreetMap(
        {name: (x * BLOCK, y * BLOCK) for name, (x, y) in places.items()},
        tuple(Segment(name, both[0], both[1]) for name, both in ends.items()),
        bans=bans,
    )
    ring = Ring(Problem(streets.network, AREA, Driver()))

    def closed(*names: str) -> BoolArray:
        return np.isin(np.array(ring.problem.arms.ids), names)

    assert ring.seals(closed("a")) and ring.seals(closed("b")) and ring.seals(closed())
    assert not ring.seals(closed("a", "b"))
    (step,) = plan_stages(ring, closed("a"), closed("b")).steps
    assert step.order == "take away first"
    (step,) = plan_stages(ring, closed(), closed("a")).steps
    assert step.order == "put up first"


def test_barriers_of_one_step_go_up_in_an_order_that_keeps_the_area_sealed() -> None:
    """From `z` nobody may turn into `t`, but who turns round in front of a barrier on `a` may: first `z` must be up.

    o --s-- x --z-- j --t-- i
                    |a      |
                    u --v-->'      from `a` nobody may turn into `v`, nor turn round
    """
    places = {"o": (-5, 0), "x": (-2.5, 0), "j": (-1.2, 0), "u": (-1.2, 2), "i": (0, 0)}
    ends = {"s": "ox", "z": "xj", "a": "ju", "t": "ji"}
    streets = StreetMap(
        {name: (x * BLOCK, y * BLOCK) for name, (x, y) in places.items()},
        (*(Segment(name, both[0], both[1]) for name, both in ends.items()), Segment("v", "u", "i", backward="none")),
        bans=(("z", "j", "t"), ("z", "j", "z"), ("a", "u", "a"), ("a", "u", "v")),
    )
    ring = Ring(Problem(streets.network, AREA, Driver()))

    def closed(*names: str) -> BoolArray:
        return np.isin(np.array(ring.problem.arms.ids), names)

    assert ring.seals(closed()) and not ring.seals(closed("a")) and ring.seals(closed("a", "z"))
    (step,) = plan_stages(ring, closed(), closed("a", "z")).steps
    assert (step.order, step.put_up) == ("put up first", ("z", "a"))
    (step,) = plan_stages(ring, closed("a", "z"), closed()).steps
    assert (step.order, step.take_away) == ("put up first", ("a", "z"))


# --- where a barrier's arrow points


def arrows(streets: StreetMap, demands: Demands) -> dict[str, str]:
    """The side called inside of each barrier."""
    return {one.id: one.inside for one in make_plan(streets.network, AREA, Driver(), demands).barriers}


def test_the_arrow_points_where_the_way_in_leads_and_not_where_others_get_in() -> None:
    """From `s` nobody may turn into `t`. So `j` is inside for all but those who come, and `a` has to be closed:

    o --s-- j ------t------ i
             `--a-> k --m--'
    """
    places = {"o": (-5, 0), "j": (-2.5, 0), "k": (-1.2, 1), "i": (0, 0)}
    streets = StreetMap(
        {name: (x * BLOCK, y * BLOCK) for name, (x, y) in places.items()},
        (
            Segment("s", "o", "j"),
            Segment("a", "j", "k", backward="none"),
            Segment("t", "j", "i"),
            Segment("m", "k", "i"),
        ),
        bans=(("s", "j", "t"), ("s", "j", "s")),
    )
    assert arrows(streets, Demands(must_not=names("s", "t", "m"))) == {"a": "to"}
    turned = tuple(replace(s, start="k", end="j", forward="none", backward="all") for s in streets.segments[1:2])
    other_way = replace(streets, segments=(streets.segments[0], *turned, *streets.segments[2:]))
    assert arrows(other_way, Demands(must_not=names("s", "t", "m"))) == {"a": "from"}


@pytest.mark.parametrize("start", [False, True])
def test_the_arrow_of_a_barrier_that_holds_nothing_points_where_the_area_is_nearer(start: bool) -> None:
    """`e` and `f` lie in a row before `t`, which is closed: they hold nothing. `g` leads off from inside `t`."""
    places = {"o": (-5, 0), "p": (-2.5, 0), "q": (-2, 0), "j": (-1, 0), "i": (0, 0), "g": (0, 2)}
    ends = {"s": "op", "e": "pq", "f": "qj", "t": "ji", "g": "ig"}
    streets = StreetMap(
        {name: (x * BLOCK, y * BLOCK) for name, (x, y) in places.items()},
        tuple(Segment(name, *(both if start else both[::-1])) for name, both in ends.items()),
    )
    plan = arrows(streets, Demands(must=names("e", "f", "g", "t")))
    inward, outward = ("to", "from") if start else ("from", "to")
    assert plan == {"e": inward, "f": inward, "t": inward, "g": outward}


@pytest.mark.parametrize("approaches", [3, 4, 5])
def test_a_dead_end_that_must_stay_open_raises_no_contradiction(approaches: int) -> None:
    """All of them have to turn round in it to go on: the flow runs over it both ways, as often as it likes."""
    names = [f"a{number}" for number in range(approaches)]
    junctions = {f"o{at}": (-5 * BLOCK, (at - approaches / 2) * BLOCK) for at in range(approaches)}
    junctions |= {"j": (-1.6 * BLOCK, 0.0), "d": (-1.6 * BLOCK, 1.6 * BLOCK), "i": (0.0, 0.0)}
    segments = [Segment(name, f"o{at}", "j") for at, name in enumerate(names)]
    segments += [Segment("dead-end", "j", "d"), Segment("last", "j", "i")]
    bans = [(name, "j", to) for name in names for to in ("last", *names)]
    network = StreetMap(junctions, tuple(segments), bans=tuple(bans)).network
    plan = make_plan(network, AREA, Driver(), Demands(must_not=frozenset({"dead-end", "last"})))
    assert plan.optimal
    assert [barrier.id for barrier in plan.barriers] == names


def test_the_checker_refuses_a_certificate_where_the_streets_lead_on_within_the_limit() -> None:
    def streets(clipped: frozenset[str]) -> Network:
        junctions = {"o": (-5 * BLOCK, 0.0), "r": (-1.6 * BLOCK, 0.0), "i": (0.0, 0.0), "c": (1.6 * BLOCK, 0.0)}
        segments = (Segment("a", "o", "r"), Segment("k", "r", "i"), Segment("c", "i", "c"))
        return StreetMap(junctions, segments, clipped=clipped).network

    certificate = make_plan(streets(frozenset()), AREA, Driver()).certificate
    assert certificate is not None
    assert not verify_certificate(streets(frozenset()), AREA, certificate, driver=Driver()).faults
    cut_off = streets(frozenset({"c"}))
    claimed = certificate.model_copy(update={"network": cut_off.hash})
    assert any("lead on" in fault for fault in verify_certificate(cut_off, AREA, claimed, driver=Driver()).faults)
