"""The planning problem: which arms could be closed, for which driver, under which demands, at what cost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ringfence.base.errors import Fault, refuse_if
from ringfence.base.measures import Measure
from ringfence.base.traffic import Driver, Threat
from ringfence.model.plans import Demands, Placing
from ringfence.network import Area, MovementGraph, Network, Region, build_movement_graph
from ringfence.network.projection import FloatArray
from ringfence.network.streets import BoolArray, IntArray
from ringfence.planner.contradictions import faults_of_demands, tied_to
from ringfence.planner.placing import Needs, barred_arms, needs_of

_NOTHING = Demands()

DEMANDED = ("cost", "demands", "must", "fixed", "closes_anyway", "closed_anyway", "never_closed")
"""What of a problem depends on the demands."""


@dataclass(frozen=True)
class Arms:
    """Stretches of street in the ring on each of which one barrier can stand, at its middle; (K,) in order of id.

    Attributes
    ----------
    ids : tuple of str
        The segment's id; with ``#2`` and so on where an outline cuts the segment into several arms.
    piece, segment_ix : (K,) int
    start_m, end_m : (K,) float
        Along the segment.
    """

    ids: tuple[str, ...]
    piece: IntArray
    segment_ix: IntArray
    start_m: FloatArray
    end_m: FloatArray

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def middle_m(self) -> FloatArray:
        """(K,) where the barriers stand, in metres along their segments."""
        return (self.start_m + self.end_m) / 2

    @cached_property
    def ix(self) -> dict[str, int]:
        """Positions by id."""
        return {name: ix for ix, name in enumerate(self.ids)}


class Problem:
    """A network, an area, a driver and demands, with the movement graph cut at the outlines.

    Parameters
    ----------
    demands : Demands or None
        Their `costs` take precedence over what `measure` says.
    measure : Measure
        What the cost of an arm is where no demand names it.
    placing : Placing or None
        Where barriers may stand, and what they take; None: the defaults.

    Raises
    ------
    BadInput
        If a demand names an arm that does not exist, or demands contradict each other; or if the limit reaches a
        clipped junction. All of it is told at once.
    """

    def __init__(
        self,
        network: Network,
        area: Area,
        driver: Driver,
        demands: Demands | None = None,
        *,
        measure: Measure = Measure.ARMS,
        placing: Placing | None = None,
    ) -> None:
        self.network = network
        self.area = area
        self.driver = driver
        self.measure = measure
        self.placing = placing or Placing()
        self.asked = demands or Demands()
        self.graph: MovementGraph = build_movement_graph(network, area)
        self.usable = self.graph.usable_arcs(driver)
        self.arms = _closable_arms(self.graph, self.usable)
        refuse_if([*_clipped_within(network, area), *self.faults_in(self.asked)])

    def asking(self, demands: Demands) -> Problem:
        """The same ground under other demands; nothing is worked out again that does not depend on them."""
        other = copy(self)
        for name in DEMANDED:
            other.__dict__.pop(name, None)
        other.asked = demands
        refuse_if(other.faults_in(demands))
        return other

    def faults_in(self, demands: Demands) -> list[Fault]:
        """Everything that is wrong with demands on this ground."""
        if demands == _NOTHING:
            return []
        rules = {self.arms.ids[ix]: why for ix, why in self.barred.items()} if demands.together else {}
        return faults_of_demands(demands, self.arms.ix, self.what_is, rules)

    def what_is(self, name: str) -> str:
        """What somebody named who named no arm, in words: perhaps a street elsewhere."""
        whole = name.split("#", maxsplit=1)[0]
        segment = self.network.find_segment(whole)
        if segment is None:
            return repr(name)
        regions = set(self.graph.piece_region[self.graph.pieces_of(segment)].tolist())
        if int(Region.RING) not in regions:
            inside, beyond = int(Region.PROTECTED) in regions, int(Region.OUTSIDE) in regions
            where = "inside the protected area" * inside + " and " * (inside and beyond) + "beyond the limit" * beyond
            return f"{name!r}, which lies {where}"
        parts = [arm for arm in self.arms.ids if arm.split("#", maxsplit=1)[0] == whole]
        if parts:
            return f"{name!r}, of which there are {', '.join(parts)}"
        physical = self.driver.threat is Threat.LAWFUL and bool(self.network.physical[segment])
        return f"{name!r}, which lawful drivers can't use, but determined ones can" * physical or (
            f"{name!r}, which this driver can't use"
        )

    @cached_property
    def arm_of_piece(self) -> IntArray:
        """(P,) the arm that each piece of the graph is, -1 where it is none."""
        arm = np.full(self.graph.piece_count, -1, dtype=np.int64)
        arm[self.arms.piece] = np.arange(len(self.arms))
        return arm

    @cached_property
    def needs(self) -> Needs:
        """What a barrier takes on each arm: blocks, staff, and the importance of the street."""
        return needs_of(self.network, self.arms.segment_ix, self.placing)

    @cached_property
    def barred(self) -> dict[int, str]:
        """Arms on which the placing rules allow no barrier, with the reason."""
        arms = self.arms
        return barred_arms(self.network, arms.segment_ix, arms.start_m, arms.end_m, self.placing)

    @cached_property
    def _measured(self) -> IntArray:
        """(K,) the cost of each arm by the measure alone."""
        if self.measure is Measure.BLOCKS:
            return self.needs.blocks
        if self.measure is Measure.STAFF:
            return self.needs.staff
        if self.measure is Measure.IMPORTANCE:
            return np.maximum(self.needs.through, 1)  # no barrier is free
        return np.ones(len(self.arms), dtype=np.int64)

    @cached_property
    def cost(self) -> IntArray:
        """(K,) what closing each arm costs; 0 for those that something closes already."""
        cost = self._measured.copy()
        for arm, price in self.asked.costs.items():
            cost[self.arms.ix[arm]] = price
        cost[sorted(self.fixed)] = 0
        return cost

    @cached_property
    def demands(self) -> Demands:
        """What was asked, with the placing rules and the measure spelt out arm by arm: what a certificate is about."""
        rules = {self.arms.ids[ix] for ix in self.barred.keys() - self.must - self.fixed}
        costs = {self.arms.ids[ix]: int(self.cost[ix]) for ix in np.flatnonzero(self.cost > 1)}
        return self.asked.model_copy(update={"must_not": self.asked.must_not | rules, "costs": costs})

    @cached_property
    def must(self) -> frozenset[int]:
        """Positions of the arms that are closed in any case, and paid for."""
        return frozenset(self.arms.ix[arm] for arm in self.asked.must)

    @cached_property
    def fixed(self) -> frozenset[int]:
        """Positions of the arms that are closed already."""
        return frozenset(self.arms.ix[arm] for arm in self.asked.fixed)

    @cached_property
    def closes_anyway(self) -> bool:
        """Whether any arm is closed in every plan."""
        return bool(self.asked.must or self.asked.fixed)

    @cached_property
    def closed_anyway(self) -> BoolArray:
        """(K,) arms that are closed in every plan."""
        return self._where(self.must | self.fixed)

    @cached_property
    def never_closed(self) -> BoolArray:
        """(K,) arms that no plan can close: those that it must not, and all that go together with one of them."""
        never = self._where(self.barred.keys() - self.must - self.fixed)
        if self.asked.must_not or self.asked.together:
            tied = tied_to(self.demands.must_not, self.demands.together)
            never |= self._where(self.arms.ix[arm] for arm in tied)
        return never

    @property
    def cost_anyway(self) -> int:
        """What is paid in every plan."""
        return int(self.cost[self.closed_anyway].sum())

    @cached_property
    def closable_hash(self) -> str:
        """SHA-256 of the closable arms with their ends in centimetres."""
        ends = zip(self.arms.ids, self.arms.start_m.tolist(), self.arms.end_m.tolist(), strict=True)
        return hashlib.sha256("\n".join(sorted(f"{a} {s:.2f} {e:.2f}" for a, s, e in ends)).encode()).hexdigest()

    def arm_at(self, segment_id: str, offset_m: float) -> str | None:
        """The arm on which a place lies, or None if it lies on no arm."""
        segment = self.network.find_segment(segment_id)
        arms = self.arms
        on_it = (arms.segment_ix == segment) & (arms.start_m <= offset_m) & (offset_m <= arms.end_m)
        if segment is None or not on_it.any():
            return None
        return arms.ids[int(np.flatnonzero(on_it)[0])]

    def why_not(self, arm: int) -> str:
        """Why an arm can't be closed."""
        if self.arms.ids[arm] in self.asked.must_not:
            return "it must not be closed"
        return self.barred.get(arm, "it goes together with one that must not be closed")

    def notes(self, arm: int) -> list[str]:
        """What to mind when the barrier is put up."""
        notes = []
        far_m = self._last_turn_m(arm)
        if far_m > self.placing.turn_back_m:
            notes.append(f"the last place to turn is {far_m:.0f} m in front of it: a sign must stand there")
        if arm in self.barred:
            notes.append(f"{self.barred[arm]}: asked for all the same")
        return notes

    def _last_turn_m(self, arm: int) -> float:
        """How far in front of a barrier the last junction lies: beyond the limit where that cuts the arm."""
        graph, piece, middle_m = self.graph, int(self.arms.piece[arm]), float(self.arms.middle_m[arm])
        segment = int(self.arms.segment_ix[arm])
        far_m = [middle_m - float(self.arms.start_m[arm])]
        for beside, end_m in ((piece - 1, 0.0), (piece + 1, float(self.network.length_m[segment]))):
            on_it = 0 <= beside < graph.piece_count and int(graph.piece_segment_ix[beside]) == segment
            if on_it and graph.piece_region[beside] == Region.OUTSIDE:
                far_m.append(abs(end_m - middle_m))
        return max(far_m)

    def _where(self, arms: Iterable[int]) -> BoolArray:
        where = np.zeros(len(self.arms), dtype=bool)
        where[list(arms)] = True
        return where


def _clipped_within(network: Network, area: Area) -> list[Fault]:
    clipped = area.clipped_within_limit(network)
    if not clipped:
        return []
    found = f"clipped junctions within it: {', '.join(clipped[:8])}"
    expected = "a limit that stays inside the drawn network"
    return [Fault("limit-at-clipped-edge", "plan", expected, found, "Draw the limit closer.")]


def _closable_arms(graph: MovementGraph, usable: BoolArray) -> Arms:
    """Ring pieces that the driver can use, in order of id. Ids do not depend on the driver."""
    ring = np.flatnonzero(graph.piece_region == int(Region.RING))  # a number sooner than an enum
    segments = graph.piece_segment_ix[ring]
    ids = list(map(graph.network.segment_ids.__getitem__, segments.tolist()))
    # Pieces of a segment stand together.
    same = np.zeros(len(ring) + 1, dtype=bool)
    same[1:-1] = segments[1:] == segments[:-1]
    number: dict[str, int] = {}
    for ix in np.flatnonzero(same[:-1] | same[1:]).tolist():
        number[ids[ix]] = number.get(ids[ix], 0) + 1
        ids[ix] = f"{ids[ix]}#{number[ids[ix]]}"
    open_to = np.flatnonzero(usable[2 * ring] | usable[2 * ring + 1])
    order = sorted(open_to.tolist(), key=ids.__getitem__)
    piece = ring[np.array(order, dtype=np.int64)]
    return Arms(
        tuple(map(ids.__getitem__, order)),
        piece,
        graph.piece_segment_ix[piece],
        graph.piece_start_m[piece],
        graph.piece_end_m[piece],
    )
