"""What a planner reads in a terminal beside the figures."""

from __future__ import annotations

import io
from inspect import getsource

import pytest
from rich.console import Console, RenderableType

from ringfence.base.measures import Burden, Measure
from ringfence.base.traffic import Threat
from ringfence.desk import Desk
from ringfence.model.plans import CannotClose, PlanQuestion
from ringfence.operation import Operation
from ringfence.planner.placing import barred_arms
from ringfence.report.planning_boards import advice_on, front_board
from ringfence.report.words import is_count, why_dearer

IMPORTANCE = PlanQuestion(threat=Threat.DETERMINED, measure=Measure.IMPORTANCE)


def shown(board: RenderableType) -> str:
    output = io.StringIO()
    Console(file=output, width=200).print(board)
    return output.getvalue()


@pytest.mark.parametrize(
    ("points", "first"),
    [
        ([(2, 900), (3, 500), (4, 300), (5, 250), (6, 230)], "3, 4, 5"),
        ([(2, 900), (3, 600), (4, 310), (8, 20)], "4"),
        ([(2, 900), (3, 600), (4, 310)], ""),
        ([(2, 900), (3, 600)], ""),
        ([(2, 900)], ""),
        ([], ""),
    ],
)
def test_the_choices_to_look_at_first_are_those_behind_which_little_is_saved(
    points: list[tuple[int, int]], first: str
) -> None:
    said = advice_on(points)
    assert (f"Look first at {first}:" in said) if first else said == ""


def test_why_a_cost_in_importance_is_more_than_the_streets_closed_carry_is_said(wellington: Operation) -> None:
    """A service road has no importance, and no barrier is free: the two figures would look like a slip."""
    desk = Desk(wellington)
    plan = desk.planning.plan(IMPORTANCE)
    assert (plan.cost, plan.through) == (58, 57)
    assert is_count(plan)
    board = shown(desk.plan_board(plan))
    assert "The least importance" in board
    assert "a cost of 58 in importance" in board
    assert "The streets closed carry 57; 1 barrier on a street of importance 0 costs 1 all the same." in board
    assert "a barrier on a street of importance 0 as 1" in shown(
        front_board(desk.planning.front(IMPORTANCE, Burden.THROUGH))
    )


def test_of_prices_and_other_measures_nothing_of_the_kind_is_said(wellington: Operation) -> None:
    planning = Desk(wellington).planning
    charged = planning.plan(IMPORTANCE.model_copy(update={"site_charge": 2}))
    assert not is_count(charged)
    assert why_dearer(charged).endswith("prices count in the cost instead, charges for sites on top.")
    bare = [one for one in charged.barriers if one.through == 0]
    assert charged.cost == charged.through + len(bare) + 2 * charged.sites
    assert (f"{len(bare)} barrier" in why_dearer(charged)) == bool(bare)
    (service,) = [one.id for one in planning.plan(IMPORTANCE).barriers if one.through == 0]
    forced = planning.plan(IMPORTANCE.model_copy(update={"site_charge": 3, "must": (service,)}))
    assert "barrier on a street of importance 0 costs 1 all the same; prices" in why_dearer(forced)
    priced = planning.plan(IMPORTANCE.model_copy(update={"costs": {service: 5}, "must": (service,)}))
    assert "all the same" not in why_dearer(priced)
    assert why_dearer(planning.plan(PlanQuestion())) == ""


def test_the_rule_that_bars_a_way_in_is_named_where_one_does(wellington: Operation) -> None:
    desk = Desk(wellington)
    arms = tuple(one.id for one in desk.planning.plan(PlanQuestion()).barriers)
    inner = desk.planning.plan(PlanQuestion(must_not=arms))
    barred = CannotClose(arm="a", street="Bowen Street", why="it must not be closed")
    plan = inner.model_copy(update={"possible": False, "cannot_close": (barred,)})
    assert "--placing" not in shown(desk.plan_board(plan))
    for why, rule in (
        ("it is a ramp", "on_ramps"),
        ("it runs through a tunnel", "in_tunnels"),
        ("a railway crosses it where the barrier would stand", "on_rail_crossings"),
    ):
        assert why in getsource(barred_arms)
        told = plan.model_copy(update={"cannot_close": (barred, barred.model_copy(update={"why": why}))})
        assert f"`--placing {rule}=true`" in shown(desk.plan_board(told))


def test_the_board_of_alternatives_names_their_arms(wellington: Operation) -> None:
    desk = Desk(wellington)
    found = desk.planning.alternatives(PlanQuestion(), differ=1, count=1)
    assert found
    board = shown(desk.alternatives_board(found, possible=True))
    assert all(f"({one.id})" in board for one in found[0].plan.barriers)
