"""Which barriers let whom pass, which way, at one moment: picture and access rules brought together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from itertools import product
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

    @cached_property
    def code(self) -> int:
        """A number of its own for each possible answer."""
        return sum(
            bit
            for bit, (answer, readings) in zip(
                (1, 2, 4, 8), product((True, False), (self.sure, self.possible)), strict=True
            )
            if answer in readings
        )

    def closed(self, view: View) -> bool:
        """The answer in one view."""
        readings = self.sure if view is View.OPEN_IF_ANY or view is View.CLOSED_IF_ANY else self.possible
        return True in readings and (len(readings) == 1 or view is View.CLOSED_IF_ANY or view is View.CLOSED_IF_CLAIMED)


BothWays = tuple[Closings, Closings]
"""Inbound and outbound."""


class Told:
    """Whether barriers stop travellers, by all that this rests on; shared by pictures of one operation. Bounded."""

    SITUATIONS_MAX = 64
    SIGNATURES_MAX = 1024

    def __init__(self) -> None:
        self._told: dict[Hashable, dict[Hashable, BothWays]] = {}
        self._shut: dict[bytes, dict[View, list[tuple[int, bool]]]] = {}

    def shut(self, signature: bytes) -> dict[View, list[tuple[int, bool]]]:
        """What is held of the stops that are closed, view by view, to travellers whom barriers stop like this."""
        if signature not in self._shut and len(self._shut) >= self.SIGNATURES_MAX:
            self._shut = {}
        return self._shut.setdefault(signature, {})

    def of(self, situation: Hashable) -> dict[Hashable, BothWays]:
        """What is held of one traveller under the same rules."""
        if situation not in self._told and len(self._told) >= self.SITUATIONS_MAX:
            self._told = {}
        return self._told.setdefault(situation, {})


@dataclass(frozen=True)
class Passage:
    """One category in one vehicle class, before the barriers of one picture."""

    operation: Operation
    picture: Picture
    category: str
    vehicle_class: VehicleClass
    told: Told = field(default_factory=Told, repr=False, compare=False)

    def closings(self, barrier_id: str, way: Way) -> Closings:
        """Whether a barrier stops this traveller on the way in or out, in every reading of the log."""
        return self._closings[barrier_id][0 if way == "in" else 1]

    @cached_property
    def signature(self) -> bytes:
        """Alike for pictures whose barriers stop this traveller alike, in every reading."""
        return bytes(one.code for one in self._all)

    @property
    def is_beyond_doubt(self) -> bool:
        """Whether every barrier stops this traveller in all readings, claims included, or in none."""
        return all(closings.possible == closings.sure and len(closings.sure) == 1 for closings in self._all)

    @property
    def _all(self) -> Iterator[Closings]:
        return (one for both in self._closings.values() for one in both)

    @cached_property
    def _closings(self) -> dict[str, BothWays]:
        situation = (self.category, self.vehicle_class, self._in_time, self._logged)
        told = self.told.of(situation)
        at = {one.id: one for one in self.picture.barriers}
        found: dict[str, BothWays] = {}
        for barrier in self.operation.barriers:
            one = at[barrier.id]
            key = (barrier.id, one.states, one.states_claimed, one.staffing, one.staffing_claimed)
            if key not in told:
                told[key] = (self._work_out(barrier, one, "in"), self._work_out(barrier, one, "out"))
            found[barrier.id] = told[key]
        return found

    @cached_property
    def _in_time(self) -> tuple[bool, ...]:
        """Which access rules hold at this moment by their own dates."""
        at = self.picture.at
        return tuple(
            (rule.since is None or rule.since <= at) and (rule.until is None or at < rule.until)
            for rule in self.operation.access.rule
        )

    @cached_property
    def _logged(self) -> tuple[tuple[str, tuple[bool, ...], tuple[bool, ...]], ...]:
        """Which access rules the log has put in force."""
        return tuple((rule.id, rule.in_force, rule.in_force_claimed) for rule in self.picture.rules)

    def _work_out(self, record: Barrier, at: BarrierPicture, way: Way) -> Closings:
        rules = {name: in_force for name, in_force, _ in self._logged}
        sure = self._stops(at.states, at.staffing, record, self._admitted(record.id, way, rules))
        if not at.states_claimed and not at.staffing_claimed and not any(claimed for _, _, claimed in self._logged):
            return Closings(sure, sure)
        claimed_rules = {name: (*in_force, *claimed) for name, in_force, claimed in self._logged}
        states, staffing = (*at.states, *at.states_claimed), (*at.staffing, *at.staffing_claimed)
        claimed = self._stops(states, staffing, record, self._admitted(record.id, way, claimed_rules))
        return Closings(sure, sure | claimed)

    def closed_stops(self, view: View) -> list[tuple[int, bool]]:
        """(stop, forward) pairs that this traveller can't pass in one view."""
        shut = self.told.shut(self.signature)
        if view not in shut:
            closed = {name: [one.closed(view) for one in both] for name, both in self._closings.items()}
            shut[view] = [
                (stop, forward)
                for stop, (barrier_id, _, inside) in enumerate(self.operation.stops)
                for forward in (True, False)
                if closed[barrier_id][0 if forward == (inside == "to") else 1]
            ]
        return shut[view]

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


class Passages:
    """All travellers before the barriers of one picture, each looked at once."""

    def __init__(self, operation: Operation, picture: Picture, told: Told | None = None) -> None:
        self.operation = operation
        self.picture = picture
        self._told = told or Told()
        self._held: dict[tuple[str, VehicleClass], Passage] = {}

    def of(self, category: str, vehicle_class: VehicleClass) -> Passage:
        """One category in one vehicle class."""
        key = (category, vehicle_class)
        if key not in self._held:
            self._held[key] = Passage(self.operation, self.picture, category, vehicle_class, self._told)
        return self._held[key]


def is_standing(barrier: BarrierPicture) -> bool:
    """Whether every sure reading has the blocks across the street."""
    return barrier.holds != "no"
