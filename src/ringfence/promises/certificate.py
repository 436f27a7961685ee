"""Checking a plan's certificate without the planner: does the cut seal, and do the paths prove the bound?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ringfence.base.measures import Burden
from ringfence.base.traffic import Driver
from ringfence.model.plans import Certificate, Demands, Weights, WitnessPath
from ringfence.network import IMPORTANCE, Area, Network, Region
from ringfence.promises.ground import Ground
from ringfence.promises.halves import Half, Halves
from ringfence.promises.reach import Reach

WORK_MAX = 60.0
"""What one question to CP-SAT may take, in its own units of work: a limit that is the same on every machine."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a certificate is worth.

    Attributes
    ----------
    faults : tuple of str
        Everything that is wrong with it; empty if it is sound.
    cost, lower_bound : int
        Cost of the cut (with site charges), and what every plan costs at least.
    finished : bool
        False where following its proof took more than `WORK_MAX`: it is not verified then, nor refuted, and
        `lower_bound` is what was proven by then.
    """

    faults: tuple[str, ...]
    cost: int
    lower_bound: int
    finished: bool = True

    @property
    def proves_fewest(self) -> bool:
        """Whether it proves that its cut seals the area and that nothing cheaper does."""
        return self.finished and not self.faults and self.cost == self.lower_bound


def verify_certificate(
    network: Network,
    area: Area,
    certificate: Certificate,
    *,
    driver: Driver,
    demands: Demands | None = None,
    weights: Weights | None = None,
    beside: tuple[Certificate, Verdict] | None = None,
) -> Verdict:
    """Check that a certificate answers this question, and proves its answer.

    The closable arms, the movements and the reachability are worked out afresh here; a `covering_paths` bound is
    proven again by another solver (CP-SAT) than the planner's.

    Parameters
    ----------
    network, area : Network, Area
        What the plan is for.
    certificate : Certificate
        Taken from anywhere: nothing in it is believed.
    driver, demands, weights : Driver, Demands, Weights
        The question that was asked; a proof of another question is rejected. With `weights` it is which plan costs
        and burdens least, weighed together, and the verdict's figures are so too.
    beside : (Certificate, Verdict) or None
        Another answer to the same question, and the verdict on it. Where its proof is the very same, and only the plan
        another, the bound is not proven a second time.
    """
    check = _Check(network, area, certificate, driver, demands or Demands(), weights)
    if beside is not None:
        other, known = beside
        if not known.faults and other.model_copy(update={"cut": certificate.cut}) == certificate:
            check.known = known
    return check.verdict()


class _Check:
    def __init__(
        self,
        network: Network,
        area: Area,
        certificate: Certificate,
        driver: Driver,
        demands: Demands,
        weights: Weights | None,
    ) -> None:
        self.network = network
        self.area = area
        self.certificate = certificate
        self.driver = driver
        self.demands = demands
        self.weights = weights
        self.ground = Ground(network, area, driver)
        self.arms, self.graph = self.ground.arms, self.ground.graph
        self.faults: list[str] = []
        self.finished = True
        self.proven = 0
        self.known: Verdict | None = None

    def verdict(self) -> Verdict:
        certificate = self.certificate
        self._claim(certificate.network == self.network.hash, "it is about another network")
        self._claim(certificate.area == self.area.hash, "it is about another protected area")
        self._claim(certificate.limit == self.area.limit_hash, "it is about another limit")
        clipped = self.area.clipped_within_limit(self.network)
        self._claim(not clipped, "its limit reaches streets that lead on beyond the network, where nobody looked")
        asked = (self.driver.threat, self.driver.vehicle_class)
        self._claim((certificate.threat, certificate.vehicle_class) == asked, "it is about another driver")
        self._claim(certificate.demands == self.demands, "it is about other demands")
        self._claim(certificate.weights == self.weights, "it weighs otherwise")
        self._claim(certificate.closable == self.ground.closable_hash, "it is about other closable streets")
        claimed = certificate.demands
        named = {*certificate.cut, *claimed.must, *claimed.must_not, *claimed.fixed, *claimed.costs}
        named |= {arm for pair in claimed.together for arm in pair}
        if self._claim(named <= self.arms.keys(), "it names arms that can't be closed"):
            self._check_cut()
            self._check_bound()
        cost = 0 if self.faults else self._cost()
        self._claim(
            bool(self.faults) or not self.finished or cost >= certificate.lower_bound,
            "its bound lies above its own plan",
        )
        proven = certificate.lower_bound if self.finished else self.proven
        return Verdict(tuple(self.faults), cost, proven, self.finished)

    def _claim(self, holds: bool, otherwise: str) -> bool:
        if not holds:
            self.faults.append(otherwise)
        return holds

    def _check_cut(self) -> None:
        demands, cut = self.certificate.demands, set(self.certificate.cut)
        self._claim(len(cut) == len(self.certificate.cut), "its plan names an arm twice")
        self._claim(cut >= self._closed_anyway, "its plan leaves out an arm that it must close")
        self._claim(cut.isdisjoint(demands.must_not), "its plan closes an arm that it must not")
        for first, second in demands.together:
            self._claim((first in cut) == (second in cut), f"its plan parts {first} and {second}")
        shut = self.ground.both_ways(cut)
        outside = np.flatnonzero(self.graph.arc_region == Region.OUTSIDE)
        reached = Reach(self.graph, self.driver, shut).from_arcs(outside)
        self._claim(not (reached & (self.graph.arc_region == Region.PROTECTED)).any(), "its plan leaks")

    def _check_bound(self) -> None:
        certificate = self.certificate
        if self.known is not None:
            self.finished, self.proven = self.known.finished, self.known.lower_bound
            return
        crossed = [self._crossed(path, number) for number, path in enumerate(certificate.paths)]
        if None in crossed:
            return
        stops = [set(arms or ()) for arms in crossed]
        if certificate.kind == "disjoint_paths":
            self._claim(not any(path.turned_back_at for path in certificate.paths), "a disjoint path turns back")
            carried: Counter[str] = Counter()
            for path, arms in zip(certificate.paths, stops, strict=True):
                carried.update(dict.fromkeys(arms - certificate.demands.must_not, path.carries))
            within = all(amount <= self._price(arm) for arm, amount in carried.items())
            self._claim(within, "its paths carry more over an arm than it costs")
            self._claim(carried.keys().isdisjoint(self._closed_anyway), "a path runs over an arm closed in any case")
            self._check_enclosing(certificate.paths)
            proven = self._paid_anyway() + sum(path.carries for path in certificate.paths)
        else:
            self._claim(certificate.weights is None, "paths to be covered weigh nothing but cost")
            self._claim(not any(path.encloses for path in certificate.paths), "a path to be covered encloses")
            proven = self._covering_bound(stops)
        self.proven = min(proven, certificate.lower_bound)
        if self.finished:
            self._claim(certificate.lower_bound <= proven, f"its paths prove no more than {proven}")

    def _crossed(self, path: WitnessPath, number: int) -> set[str] | None:
        """Arms that a path crosses, or None with a fault if it can't be driven."""
        arcs = self.ground.arcs_of(path.steps)
        known = [arc for arc in arcs if arc is not None]
        if not self._claim(len(known) == len(arcs) >= 2, f"path {number} leaves the network"):
            return None
        begins, ends = self.ground.enters(known[0], known[-1])
        within = ends and (begins or bool(path.encloses))
        if not self._claim(within, f"path {number} does not lead from outside into the area"):
            return None
        state: int | None = known[0]
        if path.encloses:
            starts = {self.halves.onto(half, known[0]) for half in path.encloses}
            state = starts.pop()
            if not self._claim(not starts and state is not None, f"path {number} does not begin where it says"):
                return None
        driven = self.ground.drive(known, path.turned_back_at, state)
        if not self._claim(driven is not None, f"path {number} can't be driven"):
            return None
        assert driven is not None
        says = driven.turned_back == set(path.turned_back_at)
        self._claim(says, f"path {number} turns back elsewhere than it says")
        return set(driven.crossed)

    def _covering_bound(self, crossed: list[set[str]]) -> int:
        """What it costs at least to stop all paths under the demands, as far as claimed, proven by CP-SAT."""
        from ortools.sat.python import cp_model

        certificate, demands = self.certificate, self.certificate.demands
        model = cp_model.CpModel()
        closed = {arm: model.new_bool_var(arm) for arm in self._unlike_arms(crossed)}
        for arm in sorted(self._closed_anyway):  # in order: that the solver's work is the same in every process
            model.add(closed[arm] == 1)
        for arm in sorted(demands.must_not):
            model.add(closed[arm] == 0)
        for first, second in sorted(demands.together):
            model.add(closed[first] == closed[second])
        for path, arms in zip(certificate.paths, crossed, strict=True):
            stopping = [closed[arm] for arm in sorted(arms & closed.keys())]
            opening = [~closed[arm] for arm in sorted(closed.keys() & set(path.turned_back_at))]
            if len(opening) == len(path.turned_back_at):  # else an arm turned back at stays open anyway
                model.add(cp_model.LinearExpr.sum([*stopping, *opening]) >= 1)
        charges: list[cp_model.LinearExpr] = []
        if demands.site_charge:
            put_up = {arm: closed[arm] for arm in closed if arm not in demands.fixed}
            sites = {key: model.new_bool_var(str(key)) for arm in put_up for key in self._sites(arm)}
            for arm, is_closed in put_up.items():
                model.add_bool_or([~is_closed, *(sites[key] for key in self._sites(arm))])
            charges = [demands.site_charge * site for site in sites.values()]
        paid = [self._price(arm) * is_closed for arm, is_closed in closed.items()]
        total = cp_model.LinearExpr.sum([*paid, *charges])
        model.add(total <= certificate.lower_bound - 1)  # only what would refute it: that is soon seen
        model.minimize(total)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = WORK_MAX
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            return certificate.lower_bound
        if status == cp_model.UNKNOWN:
            self.finished = False
        return max(0, round(solver.best_objective_bound))

    def _unlike_arms(self, crossed: list[set[str]]) -> list[str]:
        """Arms that can lower the bound: of several that stop the same paths one, and none that stops nothing.

        With site charges an arm is told apart by where it lies, so all stay; and so do all that a demand names.
        """
        certificate, demands = self.certificate, self.certificate.demands
        if demands.site_charge:
            return list(self.arms)
        named = {*self._closed_anyway, *demands.must_not, *(arm for pair in demands.together for arm in pair)}
        stops: dict[str, list[tuple[int, bool]]] = {arm: [] for arm in self.arms}
        for number, (path, arms) in enumerate(zip(certificate.paths, crossed, strict=True)):
            for arm in arms:
                stops[arm].append((number, True))
            for arm in path.turned_back_at:
                stops[arm].append((number, False))
        alike: dict[tuple[tuple[int, bool], ...], str] = {}
        for arm in sorted(self.arms, key=self._price):  # of like arms the cheapest
            if arm not in named and any(stopped for _, stopped in stops[arm]):
                alike.setdefault(tuple(stops[arm]), arm)
        return [arm for arm in self.arms if arm in named or alike.get(tuple(stops[arm])) == arm]

    def _sites(self, arm: str) -> list[tuple[str, int]]:
        return [("junction", end) for end in self.arms[arm][3]] or [("arm", self.ground.stop_of[arm])]

    def _check_enclosing(self, paths: Sequence[WitnessPath]) -> None:
        """Paths that begin at the same halves may together carry what enclosing these is weighed at."""
        carried: Counter[tuple[Half, ...]] = Counter()
        for path in paths:
            if path.encloses:
                carried[tuple(sorted(path.encloses))] += path.carries
        weight = 0 if self.weights is None else self.weights.burden
        for halves, amount in carried.items():
            price = weight * sum(map(self._half_burden, halves))
            self._claim(amount <= price, "its paths carry more from where they begin than enclosing that weighs")
        charged = Counter(half for halves in carried for half in halves)
        self._claim(self._enclosed_anyway.isdisjoint(charged), "it charges what every plan encloses")
        self._claim(max(charged.values(), default=0) <= 1, "it charges a half of an arm twice")

    def _paid_anyway(self) -> int:
        """What every plan pays: arms that are closed in any case, and what is enclosed whatever is closed."""
        paid = sum(map(self._price, self.certificate.demands.must))
        if self.weights is None or self.weights.against is Burden.THROUGH:
            return paid
        return paid + self.weights.burden * sum(map(self._half_burden, self._enclosed_anyway))

    @cached_property
    def _enclosed_anyway(self) -> frozenset[Half]:
        """The halves from which the area can be reached without crossing an arm."""
        shut = self.ground.both_ways(self.arms)
        reaches = Reach(self.graph, self.driver, shut, turn_backs=()).to_arcs(self.halves.targets)
        return frozenset(self.halves.enclosed(reaches))

    def _cost(self) -> int:
        demands = self.certificate.demands
        put_up = set(self.certificate.cut) - demands.fixed
        cost = sum(map(self._price, put_up))
        if demands.site_charge:
            sites, exact = _fewest_sites([set(self._sites(arm)) for arm in put_up])
            self.finished = self.finished and exact
            cost += demands.site_charge * sites * (1 if self.weights is None else self.weights.cost)
        if self.weights is None or self.weights.against is Burden.THROUGH:
            return cost
        reaches = Reach(self.graph, self.driver, self.ground.both_ways(self.certificate.cut)).to_arcs(
            self.halves.targets
        )
        return cost + self.weights.burden * sum(map(self._half_burden, self.halves.enclosed(reaches)))

    def _half_burden(self, half: Half) -> int:
        """Decimetres of street, or addresses, along a half of an arm; none of a half that is none."""
        against = Burden.THROUGH if self.weights is None else self.weights.against
        return 0 if against is Burden.THROUGH else self.halves.burden(half, against)

    @cached_property
    def halves(self) -> Halves:
        """The halves of the arms."""
        return Halves(self.graph, self.driver, self.ground.stop_of, self.ground.onward)

    @property
    def _closed_anyway(self) -> frozenset[str]:
        return self.certificate.demands.must | self.certificate.demands.fixed

    def _price(self, arm: str) -> int:
        """What closing an arm costs, or weighs; nothing where something closes it already."""
        demands = self.certificate.demands
        if arm in demands.fixed:
            return 0
        cost = demands.costs.get(arm, 1)
        if self.weights is None:
            return cost
        kind = self.network.highways[self.arms[arm][0]] if arm in self.arms else ""
        through = IMPORTANCE.get(kind, 0) if self.weights.against is Burden.THROUGH else 0
        return self.weights.cost * cost + self.weights.burden * through


def _fewest_sites(choices: list[set[tuple[str, int]]]) -> tuple[int, bool]:
    """The fewest sites that take one from every choice, by CP-SAT; and whether that is certain, or at least so many."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    taken = {site: model.new_bool_var(str(site)) for choice in choices for site in sorted(choice)}
    for choice in choices:
        model.add_bool_or([taken[site] for site in sorted(choice)])
    model.minimize(cp_model.LinearExpr.sum(list(taken.values())))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = WORK_MAX
    status = solver.solve(model)
    return max(0, round(solver.best_objective_bound)), status == cp_model.OPTIMAL
