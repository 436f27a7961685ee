"""What a planner asks for: areas and demands of one's own, degenerate ones told in words, plans kept and compared."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from shapely import MultiPolygon, Point, Polygon, STRtree, box, union_all
from shapely.affinity import scale, translate
from shapely.geometry import mapping

from ringfence.base.errors import BadInput, Conflict, Fault
from ringfence.base.measures import Burden, Measure
from ringfence.base.traffic import Threat
from ringfence.desk import Desk
from ringfence.desk.plan_views import FrontPick, SaveQuestion
from ringfence.desk.planning import Planning
from ringfence.model.plans import PlanQuestion
from ringfence.network import read_area
from ringfence.operation import Operation, check_ground
from ringfence.report.planning_boards import reasons_board

DETERMINED = PlanQuestion(threat=Threat.DETERMINED)


@pytest.fixture(scope="module")
def planning(wellington: Operation) -> Planning:
    return Planning(wellington)


def asking(question: PlanQuestion, **changes: Any) -> PlanQuestion:
    document = {**question.model_dump(), **changes}
    return PlanQuestion.model_validate(document)


def refused(planning: Planning, question: PlanQuestion) -> Fault:
    with pytest.raises(BadInput) as caught:
        planning.plan(question)
    return caught.value.faults[0]


def test_an_area_of_ones_own_is_planned_for(planning: Planning, wellington: Operation) -> None:
    smaller = scale(wellington.area.protected, 0.5, 0.5)
    plan = planning.plan(asking(DETERMINED, protected=mapping(smaller)))
    assert plan.optimal
    assert plan.certificate is not None
    assert plan.certificate.area != wellington.area.hash
    assert plan.certificate.limit == wellington.area.limit_hash


def test_an_area_that_reaches_beyond_the_limit_is_refused(planning: Planning, wellington: Operation) -> None:
    away = translate(wellington.area.protected, 0.004, 0)
    fault = refused(planning, asking(DETERMINED, protected=mapping(away)))
    assert fault.code == "area-outside-limit"
    lon, lat = map(float, fault.found.partition(" as at ")[2].split(", "))
    beyond = away.difference(wellington.area.limit)
    assert beyond.distance(Point(lon, lat)) < 0.00002
    apart = refused(planning, asking(DETERMINED, protected=mapping(translate(wellington.area.protected, 0.1, 0))))
    assert apart.found == "one that lies outside of it altogether"


def test_an_outline_that_crosses_itself_is_told_where(planning: Planning) -> None:
    bow_tie = Polygon([(174.7765, -41.2785), (174.7775, -41.2775), (174.7775, -41.2785), (174.7765, -41.2772)])
    fault = refused(planning, asking(DETERMINED, protected=mapping(bow_tie)))
    assert fault.code == "bad-polygon"
    assert "crosses itself at 174.77" in fault.found


def test_a_hole_that_crosses_the_outline_is_told_as_that_and_where(planning: Planning) -> None:
    outline = box(174.7765, -41.2785, 174.7775, -41.2775).exterior.coords
    hole = box(174.7771, -41.2782, 174.7779, -41.278).exterior.coords
    fault = refused(planning, asking(DETERMINED, protected=mapping(Polygon(outline, [hole]))))
    assert fault.code == "bad-polygon"
    assert fault.found == "a hole that crosses the outline at 174.77750, -41.27800"
    assert "leave the hole out" in fault.do


@pytest.mark.parametrize(
    ("geometry", "found"),
    [
        ({"type": "Polygon", "coordinates": []}, "an empty one"),
        ({"type": "Polygon", "coordinates": [[[174.7765, -41.2785]] * 4]}, "encloses nothing: its corners lie in one"),
        ({"type": "Polygon", "coordinates": [[[174.77, -41], [174.78, -41], [174.79, -41]]]}, "or on one line"),
        ({"type": "Point", "coordinates": [174.7765, -41.2785]}, "a Point"),
        ({"type": "MultiPolygon", "coordinates": [[174.7765, -41.2785]]}, "fewer than three corners"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [float("nan"), 1], [1, 1]]]}, "not two numbers: [nan, 1]"),
        ({"type": "Polygon"}, "without coordinates"),
        ({}, "no `type`"),
    ],
)
def test_an_area_that_is_none_is_refused_in_words(planning: Planning, geometry: dict[str, Any], found: str) -> None:
    fault = refused(planning, asking(DETERMINED, protected=geometry))
    assert fault.code == "bad-polygon"
    assert found in fault.found
    assert fault.where == "the area drawn, protected"
    assert fault.expected.startswith("a valid Polygon or MultiPolygon in lon, lat")
    assert fault.do.startswith("Draw its outline again.")
    assert "Error" not in fault.found
    assert "Exception" not in fault.found


def test_an_area_where_no_street_is_is_refused(planning: Planning, wellington: Operation) -> None:
    middle = wellington.area.protected.representative_point()
    nowhere = box(middle.x, middle.y, middle.x + 1e-6, middle.y + 1e-6)
    fault = refused(planning, asking(DETERMINED, protected=mapping(nowhere)))
    assert fault.code == "area-without-streets"


def test_of_several_areas_each_that_holds_no_street_is_refused_by_its_number(
    planning: Planning, wellington: Operation
) -> None:
    """It would be called sealed, though nothing keeps anybody out of what was meant."""
    middle = wellington.area.protected.representative_point()
    streetless = _streetless(wellington)
    beside = MultiPolygon([streetless, wellington.area.protected, translate(streetless, 0, 2e-6)])
    with pytest.raises(BadInput) as caught:
        planning.plan(asking(DETERMINED, protected=mapping(beside)))
    assert [fault.code for fault in caught.value.faults] == ["area-without-streets"] * 2
    assert [fault.where for fault in caught.value.faults] == ["the area drawn, part 1", "the area drawn, part 3"]
    assert "take it out" in caught.value.faults[0].do
    within = box(middle.x, middle.y, middle.x + 1e-6, middle.y + 1e-6)  # one with the whole, whose streets are its own
    whole = MultiPolygon([wellington.area.protected, within])
    assert planning.plan(asking(DETERMINED, protected=mapping(whole))).arms == planning.plan(DETERMINED).arms


def _streetless(operation: Operation) -> Polygon:
    """Some square of ten centimetres in the ring, on no street."""
    limit, streets = operation.area.limit, STRtree(operation.network.lines)
    west, south, east, north = limit.bounds
    for share in range(1, 100):
        x, y = west + (east - west) * share / 100, south + (north - south) * share / 100
        square = box(x, y, x + 1e-6, y + 1e-6)
        metres = operation.network.projection.to_metres(np.array([[x, y]]))[0]
        clear = not len(streets.query(Point(metres).buffer(10), predicate="intersects"))
        if clear and limit.contains(square) and operation.area.protected.distance(square) > 1e-4:
            return square
    raise AssertionError("streets everywhere")


def test_of_several_features_the_one_without_a_street_is_named(wellington: Operation) -> None:
    features = [
        {"type": "Feature", "properties": {"role": role, "name": name}, "geometry": mapping(shape)}
        for role, name, shape in (
            ("protected", "Parliament", wellington.area.protected),
            ("limit", "", wellington.area.limit),
            ("protected", "the library", _streetless(wellington)),
        )
    ]
    faults: list[Fault] = []
    area = read_area(json.dumps({"features": features}).encode(), "area.geojson", faults)
    assert area is not None, faults
    check_ground({"area": "area.geojson"}, wellington.network, area, (), (), faults)
    (fault,) = faults
    assert fault.where == "area.geojson, protected 2 (the library)"
    assert fault.code == "area-without-streets"


def test_an_area_as_large_as_the_city_is_refused(planning: Planning, wellington: Operation) -> None:
    lonlat = wellington.network.junction_lonlat
    (west, south), (east, north) = lonlat.min(axis=0) - 1e-4, lonlat.max(axis=0) + 1e-4
    whole = mapping(box(west, south, east, north))
    fault = refused(planning, asking(DETERMINED, protected=whole, limit=whole))
    assert fault.code == "limit-at-clipped-edge"
    assert "closer" in fault.do


def test_an_area_as_large_as_its_limit_has_no_cordon_and_says_by_where(
    planning: Planning, wellington: Operation
) -> None:
    plan = planning.plan(asking(DETERMINED, protected=mapping(wellington.area.limit)))
    assert not plan.possible
    assert plan.witness is not None
    assert plan.witness.streets
    assert plan.cannot_close == ()  # nothing lies between area and limit that could be closed


def test_areas_that_overlap_are_one(wellington: Operation, planning: Planning) -> None:
    area = wellington.area
    west, south, east, north = area.protected.bounds
    parts = [
        area.protected & box(west, south, (west + 2 * east) / 3, north),
        area.protected & box((2 * west + east) / 3, south, east, north),
    ]
    features = [{"type": "Feature", "properties": {"role": "protected"}, "geometry": mapping(part)} for part in parts]
    features.append({"type": "Feature", "properties": {"role": "limit"}, "geometry": mapping(area.limit)})
    faults: list[Fault] = []
    read = read_area(json.dumps({"type": "FeatureCollection", "features": features}).encode(), "area", faults)
    assert read is not None, faults
    assert read.protected.equals(union_all(parts))
    assert mapping(MultiPolygon(parts))["type"] == "MultiPolygon"  # as a screen sends what was drawn twice
    drawn = planning.plan(asking(DETERMINED, protected=mapping(MultiPolygon(parts))))
    assert drawn.certificate is not None
    assert drawn.certificate.area == read.hash
    joined = planning.plan(asking(DETERMINED, protected=mapping(read.protected)))
    assert [barrier.id for barrier in joined.barriers] == [barrier.id for barrier in planning.plan(DETERMINED).barriers]


def test_two_areas_apart_are_sealed_by_one_plan(planning: Planning, wellington: Operation) -> None:
    west, south, east, north = wellington.area.protected.bounds
    parts = [
        wellington.area.protected & box(west, south, (3 * west + east) / 4, north),
        wellington.area.protected & box((west + 3 * east) / 4, south, east, north),
    ]
    plan = planning.plan(asking(DETERMINED, protected=mapping(union_all(parts))))
    assert plan.optimal


def test_a_barrier_that_is_fixed_inside_the_area_is_told_so(planning: Planning, wellington: Operation) -> None:
    inside = next(
        name
        for name in wellington.network.segment_ids
        if planning.ring(DETERMINED).problem.arm_at(name, 1.0) is None
        and "inside the protected area" in planning.ring(DETERMINED).problem.what_is(name)
    )
    for demand in ("fixed", "must", "must_not"):
        fault = refused(planning, asking(DETERMINED, **{demand: (inside,)}))
        assert fault.code == "unknown-arm"
        assert "inside the protected area" in fault.found


def test_where_nothing_may_be_closed_the_streets_are_named(planning: Planning) -> None:
    every = planning.ring(DETERMINED).problem.arms.ids
    plan = planning.plan(asking(DETERMINED, must_not=every))
    assert not plan.possible
    assert plan.cannot_close
    assert {one.why for one in plan.cannot_close} == {"it must not be closed"}
    assert plan.witness is not None
    assert {one.street for one in plan.cannot_close} <= set(plan.witness.streets)


@pytest.mark.parametrize(
    ("demands", "code"),
    [
        ({"must": ("hill-street-4",), "must_not": ("hill-street-4",)}, "must-and-must-not"),
        ({"fixed": ("hill-street-4",), "must_not": ("hill-street-4",)}, "fixed-and-must-not"),
        ({"must": ("hill-street-4",), "must_not": ("hill-street",)}, "must-and-must-not"),  # the barrier's arm
        ({"costs": {"nowhere": 2}}, "unknown-arm"),
    ],
)
def test_demands_that_contradict_each_other_are_refused(
    planning: Planning, wellington: Operation, demands: dict[str, Any], code: str
) -> None:
    barrier = next(one.id for one in wellington.barriers if one.arms[0].segment == "hill-street-4")
    demands = {
        key: tuple(barrier if name == "hill-street" else name for name in value) if isinstance(value, tuple) else value
        for key, value in demands.items()
    }
    assert refused(planning, asking(DETERMINED, **demands)).code == code


def test_a_barrier_of_the_operation_stands_for_its_arms(planning: Planning, wellington: Operation) -> None:
    barrier = max(wellington.barriers, key=lambda one: len(one.arms))
    assert len(barrier.arms) >= 2
    plan = planning.plan(asking(DETERMINED, fixed=(barrier.id,)))
    free = planning.plan(DETERMINED)
    assert {one.segment for one in plan.barriers if one.fixed} == {arm.segment for arm in barrier.arms}
    assert plan.cost == free.cost - len(barrier.arms)


def test_blocks_and_staff_are_measures(planning: Planning) -> None:
    blocks = planning.plan(asking(DETERMINED, measure=Measure.BLOCKS))
    assert blocks.cost == blocks.blocks == sum(one.blocks for one in blocks.barriers)
    staff = planning.plan(asking(DETERMINED, measure=Measure.STAFF))
    assert staff.cost == staff.staff == 2 * staff.arms
    twice = planning.plan(asking(DETERMINED, measure=Measure.STAFF, placing={"staff_per_arm": 4}))
    assert twice.cost == 2 * staff.cost


def test_importance_is_a_measure(planning: Planning) -> None:
    fewest = planning.plan(DETERMINED)
    least = planning.plan(asking(DETERMINED, measure=Measure.IMPORTANCE))
    assert least.cost == sum(max(one.through, 1) for one in least.barriers)
    assert least.through <= fewest.through
    assert least.optimal


def test_addresses_are_not_made_up(planning: Planning) -> None:
    with pytest.raises(BadInput) as caught:
        planning.front(DETERMINED, Burden.ADDRESSES)
    assert caught.value.faults[0].code == "no-addresses"


def test_a_kept_plan_is_the_same_when_it_is_read_again(spoilable: Path) -> None:
    desk = Desk.open(spoilable)
    assert desk.saved_plans().plans == ()
    saved = desk.save_plan("tight", SaveQuestion(title="The tight one", question=DETERMINED))
    again = Desk.open(spoilable)
    assert again.planning.saved("tight") == saved
    assert [line.name for line in again.saved_plans().plans] == ["tight"]
    compared = again.planning.compare(DETERMINED, "tight", "fewest")
    assert compared.only_first == compared.only_second == ()
    assert compared.first.seals and compared.second.seals


def test_a_barrier_that_holds_nothing_is_told_so(planning: Planning) -> None:
    plan = planning.plan(DETERMINED)
    arms = [barrier.id for barrier in plan.barriers]
    (idle,) = [one for one in planning.reasons(DETERMINED, [*arms, "hill-street-4"]) if one.arm == "hill-street-4"]
    assert idle.holds_m == 0
    assert "holds nothing" in idle.says


def test_arms_that_leak_have_no_reasons(planning: Planning) -> None:
    """Of one that lies inside the rest it would be said that the area is sealed without it, and it is not sealed."""
    arms = [barrier.id for barrier in planning.plan(DETERMINED).barriers]
    with pytest.raises(BadInput) as caught:
        planning.reasons(DETERMINED, [*arms[1:], "hill-street-4"])
    assert caught.value.faults[0].code == "leaks"


def test_an_arm_has_one_price(planning: Planning) -> None:
    """A barrier's id stands for its arms: one of these may not be priced otherwise by its own."""
    fault = refused(planning, asking(DETERMINED, costs={"hill-street": 3, "hill-street-4": 5}))
    assert fault.code == "two-prices"
    assert "at 3 (as 'hill-street') and at 5" in fault.found
    same = planning.plan(asking(DETERMINED, costs={"hill-street": 3, "hill-street-4": 3}))
    assert same.cost == planning.plan(asking(DETERMINED, costs={"hill-street-4": 3})).cost


def test_what_stands_already_counts_for_nothing_in_a_comparison(spoilable: Path) -> None:
    desk = Desk.open(spoilable)
    there = asking(DETERMINED, fixed=("bunny-street-10", "hill-street-4"), placing={"block_m": 1.0})
    plan = desk.save_plan("kept", SaveQuestion(title="Kept", question=there)).plan
    compared = desk.planning.compare(None, "planned", "kept")
    side = compared.second
    assert side.seals
    assert side.fixed == tuple(sorted(one.id for one in plan.barriers if one.fixed)) == ("bunny-street-10",)
    assert len(side.arms) - len(side.fixed) == plan.arms
    assert (side.sites, side.blocks, side.staff) == (plan.sites, plan.blocks, plan.staff)
    assert side.enclosed_street_m == plan.enclosed_street_m
    assert compared.asked is None


def test_the_fewest_beside_a_kept_plan_is_asked_for_what_that_was(spoilable: Path) -> None:
    """With another measure and other streets ruled out, the fewest of all would be an unfair measure, unsaid."""
    desk = Desk.open(spoilable)
    best = [barrier.id for barrier in desk.planning.plan(DETERMINED).barriers]
    question = asking(DETERMINED, measure=Measure.BLOCKS, must_not=(best[-1],), must=("ballantrae-place",))
    plan = desk.save_plan("kept", SaveQuestion(title="Kept", question=question)).plan
    compared = desk.planning.compare(None, "kept", "fewest")
    assert compared.asked == question
    assert compared.only_first == compared.only_second == ()
    assert compared.second.blocks == plan.blocks
    stages = desk.planning.stages(None, "kept", "fewest")
    assert (stages.steps, stages.asked) == ((), question)
    bare = desk.planning.compare(DETERMINED, "kept", "fewest")
    assert bare.asked == DETERMINED
    assert best[-1] in bare.second.arms
    output = io.StringIO()
    Console(file=output, width=200).print(desk.comparison_board(compared))
    assert f"the fewest blocks, with ballantrae-place, never on {best[-1]}." in output.getvalue()


def test_a_demand_puts_nothing_up_that_does_not_stand(planning: Planning) -> None:
    """What the plan must have is no part of what is installed."""
    plain = planning.compare(DETERMINED, "planned", "fewest").first
    asked = planning.compare(asking(DETERMINED, must=("the-terrace-7",)), "planned", "fewest").first
    assert asked == plain


def test_kept_plans_are_equal_byte_for_byte(spoilable: Path, tmp_path: Path) -> None:
    files = []
    for _ in range(2):
        question = asking(DETERMINED, must_not=("hill-street-4", "aitken-street-2", "bunny-street-10"))
        Desk.open(spoilable).save_plan("same", SaveQuestion(title="Same", question=question, replace=True))
        files.append((spoilable / "plans" / "same.json").read_bytes())
    assert files[0] == files[1]


def test_a_kept_plan_is_replaced_only_if_that_is_asked_for(spoilable: Path) -> None:
    desk = Desk.open(spoilable)
    desk.save_plan("one", SaveQuestion(title="Determined", question=DETERMINED))
    with pytest.raises(Conflict) as caught:
        desk.save_plan("one", SaveQuestion(title="Lawful"))
    assert caught.value.faults[0].code == "plan-kept"
    assert desk.planning.saved("one").title == "Determined"
    desk.save_plan("one", SaveQuestion(title="Lawful", replace=True))
    assert desk.planning.saved("one").title == "Lawful"


def test_kept_plans_are_compared_for_the_area_and_the_drivers_that_they_were_made_for(spoilable: Path) -> None:
    desk = Desk.open(spoilable)
    planning, protected = desk.planning, desk.operation.area.protected
    smaller, smallest = (mapping(scale(protected, share, share)) for share in (0.5, 0.4))
    for name, area in (("small", smaller), ("smallest", smallest)):
        desk.save_plan(name, SaveQuestion(title=name, question=asking(DETERMINED, protected=area)))
    desk.save_plan("lawful", SaveQuestion(title="lawful"))
    assert planning.about(None, "installed", "small") == planning.saved("small").question
    assert planning.about(None, "installed", "small", threat=Threat.LAWFUL).threat == Threat.LAWFUL
    assert planning.about(None, "installed", "planned") == PlanQuestion()
    compared = planning.compare(DETERMINED, "installed", "small")
    assert compared.second.seals
    assert compared.at == desk.operation.file.ends
    assert not planning.compare(asking(DETERMINED, protected=mapping(protected)), "installed", "small").second.seals
    for names in (("small", "smallest"), ("small", "lawful")):
        with pytest.raises(BadInput) as caught:
            planning.compare(DETERMINED, *names)
        assert caught.value.faults[0].code == "two-areas"
    desk.save_plan("bold", SaveQuestion(title="bold", question=DETERMINED))
    with pytest.raises(BadInput) as caught:
        planning.about(None, "bold", "lawful")
    assert caught.value.faults[0].code == "two-threats"


def test_demands_may_name_the_barriers_of_the_operation(planning: Planning) -> None:
    priced = planning.plan(asking(DETERMINED, must=("ballantrae-place",), costs={"ballantrae-place": 7}))
    plain = planning.plan(asking(DETERMINED, must=("ballantrae-place",)))
    assert priced.cost >= plain.cost + 6
    tied = planning.plan(asking(DETERMINED, together=(("hill-street", "aitken-street"),)))
    assert tied.possible


def test_a_barrier_that_must_be_put_up_and_is_there_already_is_refused(planning: Planning) -> None:
    fault = refused(planning, asking(DETERMINED, must=("hill-street-4",), fixed=("hill-street-4",)))
    assert fault.code == "must-and-fixed"


def test_a_plan_that_is_not_the_cheapest_is_told_what_would_be_saved(planning: Planning) -> None:
    points = planning.front(PlanQuestion(), Burden.STREET).points
    reasons = planning.reasons(PlanQuestion(), [barrier.id for barrier in points[-1].plan.barriers])
    less = [one for one in reasons if min(one.further_in or 0, one.further_out or 0) < 0]
    assert less
    assert all(" less in arms" in one.says for one in less)


def test_a_choice_of_the_front_can_be_kept(spoilable: Path) -> None:
    desk = Desk.open(spoilable)
    points = desk.planning.front(PlanQuestion(), Burden.STREET).points
    assert len(points) >= 2
    pick = FrontPick(against=Burden.STREET, cost=points[-1].cost)
    saved = desk.save_plan("wide", SaveQuestion(title="Wide", pick=pick))
    assert saved.plan == points[-1].plan
    with pytest.raises(BadInput) as caught:
        desk.save_plan("none", SaveQuestion(title="None", pick=FrontPick(against=Burden.STREET, cost=999)))
    assert caught.value.faults[0].code == "no-such-choice"
    assert str(points[0].cost) in caught.value.faults[0].expected


@pytest.mark.parametrize("name", ["fewest", "planned", "installed", "../out", "a b", "", "x" * 500, "con/..", ".."])
def test_names_that_are_none_are_refused(spoilable: Path, name: str) -> None:
    with pytest.raises(BadInput):
        Desk.open(spoilable).save_plan(name, SaveQuestion(title="x", question=DETERMINED))
    assert not list(spoilable.parent.glob("**/out.json"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": 2}', "\x00", "[" * 100_000])
def test_a_damaged_plan_is_told_and_the_others_stay(spoilable: Path, text: str) -> None:
    desk = Desk.open(spoilable)
    desk.save_plan("good", SaveQuestion(title="Good", question=DETERMINED))
    (spoilable / "plans" / "bad.json").write_text(text)
    with pytest.raises(BadInput) as caught:
        desk.planning.saved("bad")
    assert caught.value.faults[0].where.startswith("plans/bad.json")
    assert desk.planning.saved("good").plan.possible
    kept = desk.saved_plans()
    assert [line.name for line in kept.plans] == ["good"]
    assert len(kept.damaged) == 1
    assert "plans/bad.json" in kept.damaged[0]


def test_installed_and_fewest_are_compared_at_a_moment(planning: Planning) -> None:
    noon = datetime.fromisoformat("2022-02-22T12:00+13:00")
    evening = datetime.fromisoformat("2022-02-22T20:00+13:00")
    leaky = planning.compare(DETERMINED, "installed", "fewest", at=noon)
    assert not leaky.first.seals
    assert "Bunny Street" in leaky.first.leaks
    sealed = planning.compare(DETERMINED, "installed", "fewest", at=evening)
    assert sealed.first.seals
    assert sealed.first.enclosed_street_m > sealed.second.enclosed_street_m
    assert set(sealed.common) | set(sealed.only_first) == set(sealed.first.arms)
    with pytest.raises(BadInput) as caught:
        planning.stages(DETERMINED, "installed", "fewest", at=noon)
    assert caught.value.faults[0].code == "leaks"


def test_stages_lead_from_the_eight_to_the_fewest(planning: Planning) -> None:
    stages = planning.stages(DETERMINED, "planned", "fewest")
    assert len(stages.steps) == 3
    assert stages.steps[-1].stand == 9
    moved = {arm for step in stages.steps for arm in (*step.put_up, *step.take_away)}
    assert stages.places.keys() == moved


def test_each_barrier_has_its_reason(planning: Planning) -> None:
    reasons = planning.reasons(DETERMINED)
    plan = planning.plan(DETERMINED)
    assert [reason.arm for reason in reasons] == [barrier.id for barrier in plan.barriers]
    assert all(reason.holds_m > 0 and reason.opens for reason in reasons)
    assert all(reason.further_out is None or reason.further_out >= 0 for reason in reasons)


def test_where_no_barrier_may_stand_the_reason_says_so(planning: Planning) -> None:
    plan, free = planning.plan(DETERMINED), planning.reasons(DETERMINED)
    standing = {barrier.id for barrier in plan.barriers}
    others = tuple(arm for arm in planning.ring(DETERMINED).problem.arms.ids if arm not in standing)
    bound = planning.reasons(asking(DETERMINED, must_not=others))
    assert [reason.arm for reason in bound] == [reason.arm for reason in free]
    for before, now in zip(free, bound, strict=True):
        assert now.further_in is now.further_out is None
        for side, price in (("in", before.further_in), ("out", before.further_out)):
            assert (side in now.barred) == (price is not None), "the ring goes on there, or it does not"
    assert any("would need a barrier where none may stand" in reason.says for reason in bound)
    console = Console(width=200, file=io.StringIO(), record=True)
    console.print(reasons_board(bound))
    assert "may not be closed" in console.export_text()
