"""Which barriers let whom pass, which way, at one moment: picture and access rules brought together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Literal

from ringfence.access import decide
from ringfence.base.traffic import Driver, VehicleClass
from ringfence.model.entries import BarrierState
from ringfence.model.operation import Barrier
from ringfence.network.streets import BoolArray
from ringfence.operation import Operation
from ringfence.picture import BarrierPicture, Picture
from ringfence.promises.reach import Reach

Way = Literal["in", "out"]

GONE: frozenset[BarrierState] = frozenset({"planned", "moved", "removed"})
UNFINISHED: frozenset[BarrierState] = frozenset({"part-placed", "obstructed"})
"""States in which nobody can say whether the barrier can be passed: both are possible."""


class View(Enum):
    """How barriers are taken of which the log allows several readings.

    The first two use what is confirmed or observed; the last two let mere claims count as well. A closed barrier is
    also a place to turn round, so "open" means passable and, perhaps, a place to turn: the most movement that any
    reading allows. "Closed" is the least.
    """

    OPEN_IF_ANY = auto()
    CLOSED_IF_ANY = auto()
    OPEN_IF_CLAIMED = auto()
    CLOSED_IF_CLAIMED = auto()

    @property
    def opposite(self) -> View:
        """The view that takes every uncertain barrier the other way."""
        return _OPPOSITE[self]


_OPPOSITE = {
    View.OPEN_IF_ANY: View.CLOSED_IF_ANY,
    View.CLOSED_IF_ANY: View.OPEN_IF_ANY,
    View.OPEN_IF_CLAIMED: View.CLOSED_IF_CLAIMED,
    View.CLOSED_IF_CLAIMED: View.OPEN_IF_CLAIMED,
}


@dataclass(frozen=True)
class Closings:
    """Whether a barrier stops somebody: every answer that some reading gives, sure ones and all."""

    sure: frozenset[bool]
    possible: frozenset[bool]

    def closed(self, view: View) -> bool:
        """The answer in one view."""
        readings = self.sure if view in {View.OPEN_IF_ANY, View.CLOSED_IF_ANY} else self.possible
        return readings == {True} if view in {View.OPEN_IF_ANY, View.OPEN_IF_CLAIMED} else True in readings


@dataclass(frozen=True)
class Passage:
    """One category in one vehicle class, before the barriers of one picture."""

    operation: Operation
    picture: Picture
    category: str
    vehicle_class: VehicleClass

    def closings(self, barrier_id: str, way: Way) -> Closings:
        """Whether a barrier stops this traveller on the way in or out, in every reading of the log."""
        return self._closings[barrier_id, way]

    @cached_property
    def _closings(self) -> dict[tuple[str, Way], Closings]:
        ways: tuple[Way, Way] = ("in", "out")
        return {(barrier.id, way): self._work_out(barrier, way) for barrier in self.operation.barriers for way in ways}

    def _work_out(self, record: Barrier, way: Way) -> Closings:
        at = self.picture.barrier(record.id)
        rules = {rule.id: rule.in_force for rule in self.picture.rules}
        sure = self._stops(at.states, at.staffing, record, self._admitted(record.id, way, rules))
        if (
            not at.states_claimed
            and not at.staffing_claimed
            and not any(one.in_force_claimed for one in self.picture.rules)
        ):
            return Closings(sure, sure)
        claimed_rules = {rule.id: (*rule.in_force, *rule.in_force_claimed) for rule in self.picture.rules}
        states, staffing = (*at.states, *at.states_claimed), (*at.staffing, *at.staffing_claimed)
        claimed = self._stops(states, staffing, record, self._admitted(record.id, way, claimed_rules))
        return Closings(sure, sure | claimed)

    def closed_stops(self, view: View) -> list[tuple[int, bool]]:
        """(stop, forward) pairs that this traveller can't pass in one view."""
        if view not in self._closed_stops:
            shut = {key: closings.closed(view) for key, closings in self._closings.items()}
            self._closed_stops[view] = [
                (stop, forward)
                for stop, (barrier_id, _, inside) in enumerate(self.operation.stops)
                for forward in (True, False)
                if shut[barrier_id, "in" if forward == (inside == "to") else "out"]
            ]
        return self._closed_stops[view]

    @cached_property
    def _closed_stops(self) -> dict[View, list[tuple[int, bool]]]:
        """Worked out once a view: every question about a passage asks for them."""
        return {}

    def reach(
        self,
        driver: Driver,
        view: View,
        *,
        avoided: Iterable[tuple[int, bool]] = (),
        without: BoolArray | None = None,
    ) -> Reach:
        """Where a driver of this category can get to in one view."""
        closed, turn_backs = self.closed_stops(view), self.closed_stops(view.opposite)
        return Reach(self.operation.graph, driver, closed, avoided, without, turn_backs=turn_backs)

    def _stops(
        self,
        states: tuple[BarrierState, ...],
        staffing: tuple[bool, ...],
        record: Barrier,
        admitted: frozenset[bool],
    ) -> frozenset[bool]:
        """Whether the barrier stops this traveller, over all combinations of what is possible."""
        if self.vehicle_class is VehicleClass.FOOT and record.foot_gap:
            return frozenset({False})
        answers: set[bool] = set()
        for state in states:
            if state in GONE:
                answers.add(False)
            elif state in UNFINISHED:
                answers |= {True, False}
            elif not record.gate:
                answers.add(True)
            elif state == "unstaffed":
                answers.add(False)
            else:
                answers |= {staffed and not admits for staffed in staffing for admits in admitted}
        return frozenset(answers)

    def _admitted(self, gate: str, way: Way, rules: Mapping[str, tuple[bool, ...]]) -> frozenset[bool]:
        """Whether staff would let this traveller pass, under every rule that may be in force."""
        decisions = decide(
            self.operation.access,
            gate=gate,
            category=self.category,
            vehicle_class=self.vehicle_class,
            direction=way,
            at=self.picture.at,
            in_force=rules,
        )
        return frozenset(decision.admitted for decision in decisions)


def is_standing(barrier: BarrierPicture) -> bool:
    """Whether every sure reading has the blocks across the street."""
    return barrier.holds != "no"
