"""Checking a plan's certificate without the planner: does the cut seal, and do the paths prove the bound?"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ringfence.base.traffic import Driver
from ringfence.model.answers import Certificate, Demands, WitnessPath
from ringfence.network import Area, MovementGraph, Network, Region, Stop, build_movement_graph
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
        Arms (plus site charges) of the cut, and what every plan needs at least.
    """

    faults: tuple[str, ...]
    cost: int
    lower_bound: int

    @property
    def proves_fewest(self) -> bool:
        """Whether it proves that its cut seals the area and that nothing cheaper does."""
        return not self.faults and self.cost == self.lower_bound


def verify_certificate(
    network: Network, area: Area, certificate: Certificate, *, driver: Driver, demands: Demands | None = None
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
    driver, demands : Driver, Demands
        The question that was asked; a proof of another question is rejected.
    """
    return _Check(network, area, certificate, driver, demands or Demands()).verdict()


class _Check:
    def __init__(
        self, network: Network, area: Area, certificate: Certificate, driver: Driver, demands: Demands
    ) -> None:
        self.network = network
        self.area = area
        self.certificate = certificate
        self.driver = driver
        self.demands = demands
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
        asked = (self.driver.threat, self.driver.vehicle_class)
        self._claim((certificate.threat, certificate.vehicle_class) == asked, "it is about another driver")
        claimed = Demands(
            must=frozenset(certificate.must),
            must_not=frozenset(certificate.must_not),
            together=frozenset(certificate.together),
            site_charge=certificate.site_charge,
        )
        self._claim(claimed == self.demands, "it is about other demands")
        text = "\n".join(sorted(f"{arm} {start:.2f} {end:.2f}" for arm, (_, start, end, _) in self.arms.items()))
        closable = hashlib.sha256(text.encode()).hexdigest()
        self._claim(certificate.closable == closable, "it is about other closable streets")
        named = {*certificate.cut, *certificate.must, *certificate.must_not}
        named |= {arm for pair in certificate.together for arm in pair}
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
        certificate, cut = self.certificate, set(self.certificate.cut)
        self._claim(len(cut) == len(certificate.cut), "its plan names an arm twice")
        self._claim(cut >= set(certificate.must), "its plan leaves out an arm that it must close")
        self._claim(cut.isdisjoint(certificate.must_not), "its plan closes an arm that it must not")
        for first, second in certificate.together:
            self._claim((first in cut) == (second in cut), f"its plan parts {first} and {second}")
        shut = [(self.stop_of[arm], forward) for arm in cut for forward in (True, False)]
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
            closable = Counter(arm for arms in stops for arm in arms - set(certificate.must_not))
            self._claim(max(closable.values(), default=0) <= 1, "two of its paths share a closable arm")
            self._claim(closable.keys().isdisjoint(certificate.must), "a path runs over an arm closed in any case")
            proven = len(set(certificate.must)) + len(stops)
        else:
            proven = self._covering_bound(stops)
        self._claim(certificate.lower_bound <= proven, f"its paths prove no more than {proven}")

    def _crossed(self, path: WitnessPath, number: int) -> set[str] | None:
        """Arms that a path crosses, or None with a fault if it can't be driven."""
        arcs = [self.arc_at.get(_place(step.segment, step.start_m, step.end_m)) for step in path.steps]
        region = self.graph.arc_region
        known = [arc for arc in arcs if arc is not None]
        if not self._claim(len(known) == len(arcs) >= 2, f"path {number} leaves the network"):
            return None
        starts_and_ends = region[known[0]] == Region.OUTSIDE and region[known[-1]] == Region.PROTECTED
        if not self._claim(bool(starts_and_ends), f"path {number} does not lead from outside into the area"):
            return None
        backs = set()
        state: int | None = known[0]
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

        certificate = self.certificate
        model = cp_model.CpModel()
        closed = {arm: model.new_bool_var(arm) for arm in self._unlike_arms(crossed)}
        for arm in certificate.must:
            model.add(closed[arm] == 1)
        for arm in certificate.must_not:
            model.add(closed[arm] == 0)
        for first, second in certificate.together:
            model.add(closed[first] == closed[second])
        for path, arms in zip(certificate.paths, crossed, strict=True):
            stopping = [closed[arm] for arm in arms & closed.keys()]
            opening = [~closed[arm] for arm in closed.keys() & set(path.turned_back_at)]
            if len(opening) == len(path.turned_back_at):  # else an arm turned back at stays open anyway
                model.add(cp_model.LinearExpr.sum([*stopping, *opening]) >= 1)
        charges: list[cp_model.LinearExpr] = []
        if certificate.site_charge:
            sites = {key: model.new_bool_var(str(key)) for arm in closed for key in self._sites(arm)}
            for arm, is_closed in closed.items():
                model.add_bool_or([~is_closed, *(sites[key] for key in self._sites(arm))])
            charges = [certificate.site_charge * site for site in sites.values()]
        model.minimize(cp_model.LinearExpr.sum([*closed.values(), *charges]))
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
        certificate = self.certificate
        if certificate.site_charge:
            return list(self.arms)
        named = {*certificate.must, *certificate.must_not, *(arm for pair in certificate.together for arm in pair)}
        stops: dict[str, list[tuple[int, bool]]] = {arm: [] for arm in self.arms}
        for number, (path, arms) in enumerate(zip(certificate.paths, crossed, strict=True)):
            for arm in arms:
                stops[arm].append((number, True))
            for arm in path.turned_back_at:
                stops[arm].append((number, False))
        alike: dict[tuple[tuple[int, bool], ...], str] = {}
        for arm in self.arms:
            if arm not in named and any(stopped for _, stopped in stops[arm]):
                alike.setdefault(tuple(stops[arm]), arm)
        return [arm for arm in self.arms if arm in named or alike.get(tuple(stops[arm])) == arm]

    def _sites(self, arm: str) -> list[tuple[str, int]]:
        return [("junction", end) for end in self.ends[arm]] or [("arm", self.stop_of[arm])]

    def _cost(self) -> int:
        certificate = self.certificate
        if not certificate.site_charge:
            return len(certificate.cut)
        return len(certificate.cut) + certificate.site_charge * _fewest_sites(
            [set(self._sites(arm)) for arm in certificate.cut]
        )


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
