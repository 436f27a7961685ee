"""Checking a plan's certificate without the planner: does the cut seal, and do the paths prove the bound?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from ringfence.base.measures import Burden
from ringfence.base.traffic import Driver
from ringfence.model.plans import Certificate, Demands, Weights, WitnessPath
from ringfence.network import IMPORTANCE, Area, MovementGraph, Network, Region, Stop, build_movement_graph
from ringfence.promises.halves import Half, Halves
from ringfence.promises.reach import Reach

SAME_PLACE_M = 0.001


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a certificate is worth.

    Attributes
    ----------
    faults : tuple of str
        Everything that is wrong with it; empty if it is sound.
    cost, lower_bound : int
        Cost of the cut (with site charges), and what every plan costs at least.
    """

    faults: tuple[str, ...]
    cost: int
    lower_bound: int

    @property
    def proves_fewest(self) -> bool:
        """Whether it proves that its cut seals the area and that nothing cheaper does."""
        return not self.faults and self.cost == self.lower_bound


def verify_certificate(
    network: Network,
    area: Area,
    certificate: Certificate,
    *,
    driver: Driver,
    demands: Demands | None = None,
    weights: Weights | None = None,
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
    """
    return _Check(network, area, certificate, driver, demands or Demands(), weights).verdict()


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
        whole = build_movement_graph(network, area)
        self.arms = _closable(whole, self.driver)
        self.stop_of = {arm: stop for stop, arm in enumerate(self.arms)}
        self.ends = {arm: ends for arm, (_, _, _, ends) in self.arms.items()}
        middles = [Stop(segment, (start + end) / 2) for segment, start, end, _ in self.arms.values()]
        self.graph = build_movement_graph(network, area, middles, without_stops=whole)
        self.free = Reach(self.graph, self.driver)
        onto = self.graph.state_arc[self.free.turn_to].tolist()
        turns = zip(self.free.turn_from.tolist(), onto, self.free.turn_to.tolist(), strict=True)
        self.onward = {(state, arc): to for state, arc, to in turns}
        self.arc_at = _arcs_by_place(self.graph)
        self.arm_after = {
            arc: arm
            for arm, stop in self.stop_of.items()
            for arc in (2 * int(self.graph.stop_pieces[stop][1]), 2 * int(self.graph.stop_pieces[stop][0]) + 1)
        }
        self.faults: list[str] = []

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
        text = "\n".join(sorted(f"{arm} {start:.2f} {end:.2f}" for arm, (_, start, end, _) in self.arms.items()))
        closable = hashlib.sha256(text.encode()).hexdigest()
        self._claim(certificate.closable == closable, "it is about other closable streets")
        claimed = certificate.demands
        named = {*certificate.cut, *claimed.must, *claimed.must_not, *claimed.fixed, *claimed.costs}
        named |= {arm for pair in claimed.together for arm in pair}
        if self._claim(named <= self.arms.keys(), "it names arms that can't be closed"):
            self._check_cut()
            self._check_bound()
        cost = 0 if self.faults else self._cost()
        self._claim(bool(self.faults) or cost >= certificate.lower_bound, "its bound lies above its own plan")
        return Verdict(tuple(self.faults), cost, certificate.lower_bound)

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
        shut = self._both_ways(cut)
        outside = np.flatnonzero(self.graph.arc_region == Region.OUTSIDE)
        reached = Reach(self.graph, self.driver, shut).from_arcs(outside)
        self._claim(not (reached & (self.graph.arc_region == Region.PROTECTED)).any(), "its plan leaks")

    def _check_bound(self) -> None:
        certificate = self.certificate
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
        self._claim(certificate.lower_bound <= proven, f"its paths prove no more than {proven}")

    def _crossed(self, path: WitnessPath, number: int) -> set[str] | None:
        """Arms that a path crosses, or None with a fault if it can't be driven."""
        arcs = [self.arc_at.get(_place(step.segment, step.start_m, step.end_m)) for step in path.steps]
        region = self.graph.arc_region
        known = [arc for arc in arcs if arc is not None]
        if not self._claim(len(known) == len(arcs) >= 2, f"path {number} leaves the network"):
            return None
        begins = bool(path.encloses) or region[known[0]] == Region.OUTSIDE
        ends = bool(region[known[-1]] == Region.PROTECTED)
        if not self._claim(begins and ends, f"path {number} does not lead from outside into the area"):
            return None
        backs = set()
        state: int | None = known[0]
        if path.encloses:
            starts = {self.halves.onto(half, known[0]) for half in path.encloses}
            state = starts.pop()
            if not self._claim(not starts and state is not None, f"path {number} does not begin where it says"):
                return None
        for arc, following in pairwise(known):
            assert state is not None
            state = self.onward.get((state, following))
            if state is not None:
                continue
            arm = self.arm_after.get(arc ^ 1)
            turned = following == arc ^ 1 and arm in path.turned_back_at
            usable = self.free.usable[arc] and self.free.usable[following]
            if not self._claim(bool(turned and usable), f"path {number} can't be driven"):
                return None
            backs.add(arm)
            state = following
        crossed = {
            arm
            for arc, following in pairwise(known)
            if following != arc ^ 1 and (arm := self.arm_after.get(following)) is not None
        }
        self._claim(backs == set(path.turned_back_at), f"path {number} turns back elsewhere than it says")
        return crossed

    def _covering_bound(self, crossed: list[set[str]]) -> int:
        """The cheapest way to stop all paths under the demands, proven by CP-SAT."""
        from ortools.sat.python import cp_model

        certificate, demands = self.certificate, self.certificate.demands
        model = cp_model.CpModel()
        closed = {arm: model.new_bool_var(arm) for arm in self._unlike_arms(crossed)}
        for arm in self._closed_anyway:
            model.add(closed[arm] == 1)
        for arm in demands.must_not:
            model.add(closed[arm] == 0)
        for first, second in demands.together:
            model.add(closed[first] == closed[second])
        for path, arms in zip(certificate.paths, crossed, strict=True):
            stopping = [closed[arm] for arm in arms & closed.keys()]
            opening = [~closed[arm] for arm in closed.keys() & set(path.turned_back_at)]
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
        model.minimize(cp_model.LinearExpr.sum([*paid, *charges]))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        if solver.solve(model) == cp_model.INFEASIBLE:
            return 1 << 30
        return round(solver.best_objective_bound)

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
        return [("junction", end) for end in self.ends[arm]] or [("arm", self.stop_of[arm])]

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
        shut = self._both_ways(self.arms)
        reaches = Reach(self.graph, self.driver, shut, turn_backs=()).to_arcs(self.halves.targets)
        return frozenset(self.halves.enclosed(reaches))

    def _cost(self) -> int:
        demands = self.certificate.demands
        put_up = set(self.certificate.cut) - demands.fixed
        cost = sum(map(self._price, put_up))
        if demands.site_charge:
            sites = _fewest_sites([set(self._sites(arm)) for arm in put_up])
            cost += demands.site_charge * sites * (1 if self.weights is None else self.weights.cost)
        if self.weights is None or self.weights.against is Burden.THROUGH:
            return cost
        reaches = Reach(self.graph, self.driver, self._both_ways(self.certificate.cut)).to_arcs(self.halves.targets)
        return cost + self.weights.burden * sum(map(self._half_burden, self.halves.enclosed(reaches)))

    def _half_burden(self, half: Half) -> int:
        """Decimetres of street, or addresses, along a half of an arm; none of a half that is none."""
        against = Burden.THROUGH if self.weights is None else self.weights.against
        return 0 if against is Burden.THROUGH else self.halves.burden(half, against)

    def _both_ways(self, arms: Iterable[str]) -> list[tuple[int, bool]]:
        return [(self.stop_of[arm], forward) for arm in arms for forward in (True, False)]

    @cached_property
    def halves(self) -> Halves:
        """The halves of the arms."""
        return Halves(self.graph, self.driver, self.stop_of, self.onward)

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


def _fewest_sites(choices: list[set[tuple[str, int]]]) -> int:
    """The fewest sites that take one from every choice, by CP-SAT."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    taken = {site: model.new_bool_var(str(site)) for choice in choices for site in sorted(choice)}
    for choice in choices:
        model.add_bool_or([taken[site] for site in sorted(choice)])
    model.minimize(cp_model.LinearExpr.sum(list(taken.values())))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.solve(model)
    return round(solver.best_objective_bound)


def _closable(graph: MovementGraph, driver: Driver) -> dict[str, tuple[int, float, float, tuple[int, ...]]]:
    """Arms that this driver uses: id to segment, start, end, and the junctions at its ends."""
    network = graph.network
    usable = graph.usable_arcs(driver)
    stretches: dict[int, list[int]] = {}
    for piece in np.flatnonzero(graph.piece_region == Region.RING).tolist():
        stretches.setdefault(int(graph.piece_segment_ix[piece]), []).append(piece)
    arms = {}
    for segment, pieces in stretches.items():
        for number, piece in enumerate(sorted(pieces, key=lambda piece: float(graph.piece_start_m[piece])), start=1):
            if usable[2 * piece] or usable[2 * piece + 1]:
                name = network.segment_ids[segment] + (f"#{number}" if len(pieces) > 1 else "")
                nodes = {int(graph.piece_from_node[piece]), int(graph.piece_to_node[piece])}
                ends = tuple(sorted(node for node in nodes if node < len(network.junction_ids)))
                arms[name] = (segment, float(graph.piece_start_m[piece]), float(graph.piece_end_m[piece]), ends)
    return arms


def _place(segment: str, start_m: float, end_m: float) -> tuple[str, int, int]:
    return segment, round(start_m / SAME_PLACE_M), round(end_m / SAME_PLACE_M)


def _arcs_by_place(graph: MovementGraph) -> dict[tuple[str, int, int], int]:
    arcs = {}
    for piece in range(graph.piece_count):
        segment = graph.network.segment_ids[graph.piece_segment_ix[piece]]
        start, end = round(float(graph.piece_start_m[piece]), 3), round(float(graph.piece_end_m[piece]), 3)
        arcs[_place(segment, start, end)] = 2 * piece
        arcs[_place(segment, end, start)] = 2 * piece + 1
    return arcs
