"""The front of the real day, and what the eight barriers buy: the figures of docs/wellington-2022.md."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ringfence.base.measures import Burden
from ringfence.base.traffic import Threat
from ringfence.desk.cordons import arms_standing, closed_arms
from ringfence.desk.planning import Planning
from ringfence.model.plans import PlanQuestion
from ringfence.operation import Operation
from ringfence.planner.minimum_cut import Prices
from ringfence.planner.program import RingProgram

DETERMINED = PlanQuestion(threat=Threat.DETERMINED)


@pytest.fixture(scope="module")
def planning(wellington: Operation) -> Planning:
    return Planning(wellington)


PAGE = Path(__file__).parents[2] / "docs" / "wellington-2022.md"


def stands_on_the_page(*cells: object) -> bool:
    """Whether the page has a table row of these cells."""
    return f"| {' | '.join(map(str, cells))} |" in PAGE.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("threat", "choices"),
    [(Threat.DETERMINED, [(9, 7, 172.4)]), (Threat.LAWFUL, [(2, 2, 173.5), (3, 3, 90.4)])],
)
def test_the_front(planning: Planning, threat: Threat, choices: list[tuple[int, int, float]]) -> None:
    front = planning.front(PlanQuestion(threat=threat), Burden.STREET)
    assert front.complete
    assert [(one.cost, one.plan.sites, one.plan.enclosed_street_m) for one in front.points] == choices
    assert all(one.supported and one.plan.certificate is not None for one in front.points)
    for arms, sites, enclosed_m in choices:
        assert stands_on_the_page(f"{threat}, the front", arms, sites, f"{enclosed_m:.0f} m", "yes")


@pytest.mark.parametrize(
    ("threat", "arms", "sites", "enclosed_m"), [(Threat.DETERMINED, 11, 8, 661.9), (Threat.LAWFUL, 7, 6, 173.5)]
)
def test_the_eight_beside_it(planning: Planning, threat: Threat, arms: int, sites: int, enclosed_m: float) -> None:
    """Of the eleven arms, seven are streets that a driver who keeps to the law can use."""
    eight = planning.compare(PlanQuestion(threat=threat), "planned", "fewest").first
    assert (len(eight.arms), eight.sites, eight.enclosed_street_m, eight.seals) == (arms, sites, enclosed_m, True)
    assert stands_on_the_page(f"{threat}, the real eight", arms, sites, f"{enclosed_m:.0f} m", "yes")


def test_which_arms_only_the_eight_have(planning: Planning) -> None:
    compared = planning.compare(DETERMINED, "planned", "fewest")
    assert compared.only_first == (
        "aitken-street-2",
        "bunny-street-9",
        "hill-street-4",
        "kate-sheppard-place-2",
        "molesworth-street-3",
    )


@pytest.mark.parametrize(
    ("words", "streets", "fewest"),
    [
        ("the area", (), 9),
        ("and Hill Street from Guildford Terrace to Molesworth Street", ("Hill Street",), 11),
        ("and Aitken Street", ("Aitken Street",), 11),
        ("and all that the eight enclosed", None, 11),
    ],
)
def test_what_the_eight_enclose_takes_eleven_arms(
    planning: Planning, wellington: Operation, words: str, streets: tuple[str, ...] | None, fewest: int
) -> None:
    """The cheapest plan that has the inner ends of these streets inside; None: all that the eight have inside."""
    ring = planning.ring(DETERMINED)
    arms, _ = arms_standing(wellington, ring.problem, "planned", None)
    inside = ring.inside(closed_arms(ring, arms))
    names = [ring.problem.network.segment_names[ix] for ix in ring.problem.arms.segment_ix.tolist()]
    program = RingProgram(ring)
    for arm, name in enumerate(names):
        for node in ring.half_node[arm].tolist():
            if inside[node] and (streets is None or name in streets):
                program.keep(node, inside=True)
    found = program.solve(program.costs(Prices(ring.problem.cost)))
    assert found is not None
    assert found.price == fewest
    assert stands_on_the_page(words, fewest, fewest - 9)
    if streets is None:
        assert np.flatnonzero(found.closed).tolist() == [ring.problem.arms.ix[arm] for arm in arms]


def test_three_steps_lead_from_the_eight_to_the_fewest(planning: Planning) -> None:
    stages = planning.stages(DETERMINED, "planned", "fewest")
    assert [(len(step.put_up), len(step.take_away), step.stand) for step in stages.steps] == [
        (1, 3, 9),
        (1, 1, 9),
        (1, 1, 9),
    ]
    assert stages.most_at_once == 12


def test_prices_of_the_line(planning: Planning) -> None:
    reasons = {reason.place: reason for reason in planning.reasons(DETERMINED)}
    out = {place.split(" ")[0]: reason.further_out for place, reason in reasons.items()}
    assert (out["Molesworth"], out["Bunny"], out["Kate"]) == (2, 0, 0)
