"""The trade-off front: what each further barrier buys, exactly.

A plan has a cost and a burden. The *supported* choices are those that some weighing of the two makes the best; each is
a minimum cut, and two neighbours tell at which weights to look for one between them (Aneja and Nair 1979). Choices
between them that no weighing favours are found by the integer program of the ring, under a limit to the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ringfence.base.measures import Burden
from ringfence.model.plans import Front, FrontPoint, Weights
from ringfence.network.streets import BoolArray, IntArray
from ringfence.planner.best import Proof, prove_cost
from ringfence.planner.covering import plan_cost
from ringfence.planner.integer_program import Undecided
from ringfence.planner.minimum_cut import Cut, Prices, cheapest_by_cases, cheapest_cut
from ringfence.planner.plan import describe
from ringfence.planner.program import RingProgram
from ringfence.planner.ring import Ring
from ringfence.planner.ways_on import AREA

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """A plan on the front. `gap` is how much less its burden might be at that cost.

    `slack` is how much less a plan might weigh at the weights for which this one was found.
    """

    cost: int
    burden: int
    supported: bool
    gap: int
    closed: BoolArray
    proof: Proof | None
    slack: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """The front from the cheapest to the least burdensome; `open_between` lists costs between which some may miss.

    `least_cost` is what every plan costs at least: by the first choice's proof where it has one, else by the solver.
    """

    choices: tuple[Choice, ...]
    open_between: tuple[tuple[int, int], ...]
    least_cost: int


class Tradeoff:
    """Cost against one burden, on one ring."""

    def __init__(self, ring: Ring, against: Burden) -> None:
        self.ring = ring
        self.against = against
        problem = ring.problem
        nothing = np.zeros(len(problem.arms), dtype=np.int64)
        put_up = np.where(problem.closed_anyway & (problem.cost == 0), 0, problem.needs.through)
        self.halves: IntArray | None = {
            Burden.STREET: ring.half_dm,
            Burden.ADDRESSES: ring.half_addresses,
        }.get(against)
        self.arm_burden = nothing if self.halves is not None else put_up
        self.node_burden = None if self.halves is None else ring.at_nodes(self.halves)

    def prices(self, cost: int, burden: int) -> Prices:
        """The prices of arms and nodes at these weights."""
        arm = cost * self.ring.problem.cost + burden * self.arm_burden
        return Prices(arm, None if self.node_burden is None else burden * self.node_burden)

    def burden(self, closed: BoolArray) -> int:
        """The burden of a plan."""
        enclosed = 0 if self.halves is None else self.ring.enclosed(self.halves, self.ring.inside(closed))
        return int(self.arm_burden[closed].sum()) + enclosed

    def at_weights(self, cost: int, burden: int) -> Choice | None:
        """The best plan at these weights, or None where there is no plan. With a proof where paths prove it."""
        demands = self.ring.problem.demands
        if not demands.coupled:
            cut = cheapest_cut(self.ring, self.prices(cost, burden))
            if cut is None:
                return None
            if cut.proven and not cut.turns:
                weights = Weights(cost=cost, burden=burden, against=self.against)
                return self._choice(cut.closed, self._proof(cut, weights))
            cases = cheapest_by_cases(self.ring, self.prices(cost, burden))
            if cases is None:
                return None
            if cases.proven:
                return self._choice(cases.closed, None)
        program = RingProgram(self.ring)
        site_charge = cost * demands.site_charge
        found = program.solve(program.costs(self.prices(cost, burden), site_charge=site_charge))
        if found is None:
            return None
        slack = found.price - found.bound
        return self._choice(found.closed, None, gap=-(-slack // max(burden, 1)), slack=slack)

    def between(self, cheap: Choice, light: Choice) -> tuple[list[Choice], bool]:
        """Choices between two neighbours that no weighing favours, and whether that is all of them."""
        found: list[Choice] = []
        complete = True
        program = RingProgram(self.ring)
        problem = self.ring.problem
        cost = program.costs(self.prices(1, 0), site_charge=problem.demands.site_charge)
        burden = program.costs(self.prices(0, 1))
        dearest = light.cost - 1
        while dearest > cheap.cost:
            program.hold(cost, dearest - problem.cost_anyway)
            try:
                lightest = program.solve(burden)
            except Undecided:
                return found[::-1], False
            if lightest is None:
                break
            # Burden first, then cost: one after the other, since together they are numbers that a solver confuses.
            as_light = program.copy()
            as_light.hold(burden, lightest.price)
            try:
                cheapest = as_light.solve(cost)
            except Undecided:
                cheapest, complete = lightest, False
            assert cheapest is not None  # the lightest plan is one
            gap = lightest.price - lightest.bound
            complete = complete and gap == 0 and (cheapest is lightest or cheapest.bound == cheapest.price)
            choice = self._choice(cheapest.closed, None, supported=False, gap=gap)
            if choice.burden >= cheap.burden:
                break
            found.append(choice)
            dearest = choice.cost - 1
        return found[::-1], complete

    def _choice(
        self, closed: BoolArray, proof: Proof | None, *, supported: bool = True, gap: int = 0, slack: int = 0
    ) -> Choice:
        return Choice(plan_cost(self.ring, closed), self.burden(closed), supported, gap, closed, proof, slack)

    def _proof(self, cut: Cut, weights: Weights) -> Proof:
        """The paths of a cut as a proof; what is paid in every plan is added to what they carry."""
        problem, ring = self.ring.problem, self.ring
        anyway = weights.cost * problem.cost_anyway + weights.burden * self._burden_anyway
        ways = tuple(ring.way_along(flow.edges, flow.starts_at) for flow in cut.flows)
        return Proof(anyway + cut.price, ways, tuple(flow.carries for flow in cut.flows), weights)

    @property
    def _burden_anyway(self) -> int:
        """The burden of every plan: arms that are closed anyway, and halves from which no arm leads into the area."""
        arms = int(self.arm_burden[self.ring.problem.closed_anyway].sum())
        return arms + (0 if self.node_burden is None else int(self.node_burden[AREA]))


def find_front(
    ring: Ring, against: Burden, *, only_supported: bool = False, progress: Progress | None = None
) -> Choices | None:
    """All choices between cost and burden, or None where no plan exists. Exact where it says so; deterministic.

    Where the solver comes to no end, what is known by then is kept, and said to be open.

    Parameters
    ----------
    only_supported : bool
        Leave out the choices that no weighing favours: they take an integer program each.
    progress : callable or None
        Told what is done, in words, and how much of it (0 to 1).

    Raises
    ------
    Undecided
        If not even one plan is found in time.
    """
    tradeoff = Tradeoff(ring, against)
    found_supported = _supported(tradeoff, progress)
    if found_supported is None:
        return None
    supported = found_supported.choices
    choices: list[Choice] = list(supported[:1])
    open_between: list[tuple[int, int]] = []
    for done, (cheap, light) in enumerate(pairwise(supported), start=1):
        if light.cost - cheap.cost > 1:
            found, complete = ([], False) if only_supported else tradeoff.between(cheap, light)
            choices += found
            if not complete:
                open_between.append((cheap.cost, light.cost))
        choices.append(light)
        if not only_supported:
            _tell(progress, "choices between", done / (len(supported) - 1))
    open_between += found_supported.open_between
    return _proven(ring, Choices(_not_bettered(choices), tuple(open_between), found_supported.least_cost), progress)


def _proven(ring: Ring, found: Choices, progress: Progress | None) -> Choices:
    """Choices without paths of their own get the proof of what every plan costs at least."""
    if all(choice.proof is not None for choice in found.choices):
        return found
    _tell(progress, "proof of the cheapest", 0)  # a step that can't tell how far it is: the clock beside it runs on
    bound = prove_cost(ring, found.choices[0].closed)
    _tell(progress, "proof of the cheapest", 1)
    choices = tuple(choice if choice.proof is not None else replace(choice, proof=bound) for choice in found.choices)
    return Choices(choices, found.open_between, max(found.least_cost, bound.lower_bound))


def _tell(progress: Progress | None, done: str, share: float) -> None:
    if progress is not None:
        progress(done, share)


def _not_bettered(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """In order of cost, without those that another one betters: found with a gap, a choice may be no choice."""
    kept: list[Choice] = []
    for choice in sorted(choices, key=lambda one: (one.cost, one.burden)):
        if not kept or choice.burden < kept[-1].burden:
            kept.append(choice)
    return tuple(kept)


def _least_cost(cheapest: Choice, weight: int) -> int:
    """What every plan costs at least, where a step of cost weighs so much, and no plan's burden comes to that."""
    return max(0, cheapest.cost - (cheapest.slack + weight - 1 - cheapest.burden) // weight)


def _supported(tradeoff: Tradeoff, progress: Progress | None) -> Choices | None:
    """The supported choices, from the cheapest to the least burdensome; others between them are not looked for."""
    costs = _most(tradeoff.ring) + 1
    burdens = int(tradeoff.arm_burden.sum()) + 1
    if tradeoff.node_burden is not None:
        burdens += int(tradeoff.node_burden.sum())
    _tell(progress, "supported choices", 0)
    cheapest = tradeoff.at_weights(burdens, 1)
    if cheapest is None:
        return None
    least_cost = _least_cost(cheapest, burdens)
    try:
        lightest = tradeoff.at_weights(1, costs)
    except Undecided:
        return Choices((cheapest,), ((cheapest.cost, costs),), least_cost)
    assert lightest is not None
    if lightest.cost <= cheapest.cost or lightest.burden >= cheapest.burden:  # they are one, or found with a gap
        return Choices(_not_bettered([cheapest, lightest]), (), least_cost)
    choices = [cheapest]
    todo = [(cheapest, lightest)]  # from the dearest pair to the cheapest, as a stack
    whole = cheapest.burden - lightest.burden
    while todo:
        cheap, light = todo.pop()
        cost_weight, burden_weight = cheap.burden - light.burden, light.cost - cheap.cost
        middle = None
        if light.cost - cheap.cost > 1:
            with suppress(Undecided):  # whatever may be there is told as open, or found choice by choice
                middle = tradeoff.at_weights(cost_weight, burden_weight)
        worth = cost_weight * cheap.cost + burden_weight * cheap.burden
        if middle is not None and cost_weight * middle.cost + burden_weight * middle.burden >= worth:
            middle = None
        if middle is not None and cheap.cost < middle.cost < light.cost:
            todo += [(middle, light), (cheap, middle)]
        else:
            choices += [] if middle is None else [middle]  # better than a neighbour that was found with a gap
            choices.append(light)
            _tell(progress, "supported choices", (cheapest.burden - light.burden) / whole)
    return Choices(_not_bettered(choices), (), least_cost)


def _proven_cost(choice: Choice, least_cost: int) -> int:
    """What every plan costs at least: by the choice's own proof, if that is of the cost alone."""
    proof = choice.proof
    return least_cost if proof is None or proof.weights is not None else proof.lower_bound


def _most(ring: Ring) -> int:
    """More than which no plan costs."""
    problem = ring.problem
    return int(problem.cost.sum()) + problem.demands.site_charge * 2 * len(problem.arms)


def make_front(ring: Ring, against: Burden, *, only_supported: bool = False, progress: Progress | None = None) -> Front:
    """The front with its plans as their reader sees them. No points where no plan exists."""
    found = find_front(ring, against, only_supported=only_supported, progress=progress)
    problem = ring.problem
    choices, least_cost = (found.choices, found.least_cost) if found is not None else ((), 0)
    return Front(
        threat=problem.driver.threat,
        vehicle_class=problem.driver.vehicle_class,
        measure=problem.measure,
        against=against,
        points=tuple(
            FrontPoint(
                cost=choice.cost,
                burden=choice.burden,
                supported=choice.supported,
                gap=choice.gap,
                plan=describe(ring, choice.closed, choice.proof, least_cost=_proven_cost(choice, least_cost)),
            )
            for choice in choices
        ),
        complete=found is not None and not found.open_between and not any(choice.gap for choice in choices),
        open_between=found.open_between if found is not None else (),
    )
