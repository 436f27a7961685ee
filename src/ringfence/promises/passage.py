"""Which barriers let whom pass, which way, at one moment: picture and access rules brought together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ringfence.access import decide
from ringfence.base.traffic import VehicleClass
from ringfence.operation import Operation
from ringfence.picture import BarrierPicture, Picture

Way = Literal["in", "out"]


@dataclass(frozen=True)
class Passage:
    """One category in one vehicle class, before the barriers of one picture."""

    operation: Operation
    picture: Picture
    category: str
    vehicle_class: VehicleClass

    @property
    def at(self) -> datetime:
        """The moment asked about."""
        return self.picture.at

    def closes(self, barrier: BarrierPicture, way: Way, *, doubt_closes: bool) -> bool:
        """Whether a barrier stops this traveller.

        `doubt_closes` is the answer for a barrier of which somebody only claims that it stands open.
        """
        record = next(record for record in self.operation.barriers if record.id == barrier.id)
        if self.vehicle_class is VehicleClass.FOOT and record.foot_gap:
            return False
        if barrier.holds == "no" or (barrier.holds == "doubtful" and not doubt_closes):
            return False
        if not record.gate or barrier.state == "obstructed":
            return True
        if not barrier.staffed or barrier.state == "unstaffed":
            return False
        return not decide(
            self.operation.access,
            gate=barrier.id,
            category=self.category,
            vehicle_class=self.vehicle_class,
            direction=way,
            at=self.at,
        ).admitted

    def closed_stops(self, *, doubt_closes: bool) -> list[tuple[int, bool]]:
        """(stop, forward) pairs that this traveller can't pass."""
        by_id = {barrier.id: barrier for barrier in self.picture.barriers}
        return [
            (stop, forward)
            for stop, (barrier_id, _, inside) in enumerate(self.operation.stops)
            for forward in (True, False)
            if self.closes(by_id[barrier_id], "in" if forward == (inside == "to") else "out", doubt_closes=doubt_closes)
        ]

    def open_inbound(self) -> list[BarrierPicture]:
        """Barriers that do not stop this traveller on the way in, doubtful ones included."""
        return [barrier for barrier in self.picture.barriers if not self.closes(barrier, "in", doubt_closes=False)]
