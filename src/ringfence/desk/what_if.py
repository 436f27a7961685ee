"""What would the promises answer, were some barriers elsewhere? The log is not touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from ringfence.base.errors import Fault, refuse_if
from ringfence.desk.geography import barrier_views
from ringfence.desk.views import (
    LiftBarrier,
    PutBarrier,
    ShiftArm,
    StandBarrier,
    SupposedBarrier,
    Supposition,
    WhatIfAnswer,
)
from ringfence.model.answers import PromiseAnswer
from ringfence.model.operation import ArmPlace, Barrier
from ringfence.operation import Operation
from ringfence.picture import BarrierPicture, Picture
from ringfence.promises import Checker, Memo

GROUNDS_MAX = 8
"""Sets of barrier positions that are remembered: a person drags one barrier at a time."""


class Supposer:
    """Answers suppositions about one operation's barriers; positions asked about lately are not split anew."""

    def __init__(self, memo: Memo) -> None:
        self._memo = memo
        self._grounds: dict[tuple[Barrier, ...], tuple[Operation, Memo]] = {}

    def answer(self, operation: Operation, picture: Picture, changes: Sequence[Supposition]) -> WhatIfAnswer:
        """The promises in `picture` with the changes made, in their order.

        Raises
        ------
        BadInput
            If a change names no barrier, arm or place of this operation.
        """
        refuse_if(list(_faults(operation, changes)))
        barriers = _placed(operation.barriers, changes)
        supposed, memo = self._ground(operation, barriers)
        standing = _standing(changes)
        answers = Checker(supposed, memo=memo).answers_in(_suppose(picture, supposed.barriers, standing))
        usual = Checker(operation, memo=self._memo).answers_in(picture)
        views = barrier_views(operation.network, supposed.barriers)
        holds = {one.id: one.holds == "yes" for one in picture.barriers}
        return WhatIfAnswer(
            promises=answers,
            changed=tuple(one.id for one, before in zip(answers, usual, strict=True) if _differs(one, before)),
            barriers=tuple(
                SupposedBarrier(barrier=view, stands=standing.get(view.id, holds.get(view.id, True))) for view in views
            ),
        )

    def _ground(self, operation: Operation, barriers: tuple[Barrier, ...]) -> tuple[Operation, Memo]:
        if barriers == operation.barriers:
            return operation, self._memo
        held = self._grounds.get(barriers)
        if held is None:
            held = (operation.with_barriers(barriers), Memo(size_max=256))
            self._grounds = dict([*self._grounds.items(), (barriers, held)][-GROUNDS_MAX:])
        return held


def _faults(operation: Operation, changes: Sequence[Supposition]) -> Iterable[Fault]:
    arms = {barrier.id: len(barrier.arms) for barrier in operation.barriers}
    network = operation.network
    for number, change in enumerate(changes):
        where = f"changes[{number}]"
        if not isinstance(change, PutBarrier) and change.barrier not in arms:
            known = ", ".join(list(arms)[:12])
            yield Fault("unknown-barrier", where, f"one of {known}", repr(change.barrier), "Correct the id.")
        elif isinstance(change, ShiftArm) and change.arm >= arms[change.barrier]:
            expected = f"an arm below {arms[change.barrier]}"
            yield Fault("unknown-arm", where, expected, str(change.arm), "Correct the number; arms count from 0.")
        if isinstance(change, PutBarrier | ShiftArm):
            ix = network.find_segment(change.segment)
            if ix is None:
                yield Fault("unknown-segment", where, "a segment of the network", repr(change.segment), "Correct it.")
            elif change.offset_m >= network.length_m[ix]:
                expected = f"an offset inside the segment, which is {network.length_m[ix]:.1f} m long"
                yield Fault("barrier-off-network", where, expected, f"{change.offset_m:g} m", "Correct the offset.")


def _placed(barriers: tuple[Barrier, ...], changes: Sequence[Supposition]) -> tuple[Barrier, ...]:
    """The barriers at their supposed places, with those that the supposition adds."""
    by_id = {barrier.id: barrier for barrier in barriers}
    for number, change in enumerate(changes, start=1):
        if isinstance(change, ShiftArm):
            barrier = by_id[change.barrier]
            arms = list(barrier.arms)
            arms[change.arm] = arms[change.arm].model_copy(
                update={"segment": change.segment, "offset_m": change.offset_m}
            )
            by_id[barrier.id] = barrier.model_copy(update={"arms": tuple(arms)})
        elif isinstance(change, PutBarrier):
            arm = ArmPlace(segment=change.segment, offset_m=change.offset_m, inside="to")
            name = _free_id(f"what-if-{number}", by_id)
            by_id[name] = Barrier(id=name, name=f"supposed barrier {number}", arms=(arm,))
    return tuple(by_id.values())


def _free_id(name: str, taken: Iterable[str]) -> str:
    return name if name not in taken else _free_id(f"{name}.", taken)


def _standing(changes: Sequence[Supposition]) -> dict[str, bool]:
    return {
        one.barrier: isinstance(one, StandBarrier) for one in changes if isinstance(one, StandBarrier | LiftBarrier)
    }


def _suppose(picture: Picture, barriers: Sequence[Barrier], standing: dict[str, bool]) -> Picture:
    """The picture with some barriers sure to stand, or sure to be gone; added ones stand."""
    held = {one.id: one for one in picture.barriers}
    return picture.model_copy(
        update={
            "barriers": tuple(
                _sure(barrier.id, stands=standing.get(barrier.id, True))
                if barrier.id in standing or barrier.id not in held
                else held[barrier.id]
                for barrier in barriers
            )
        }
    )


def _sure(barrier_id: str, *, stands: bool) -> BarrierPicture:
    state: Literal["installed", "removed"] = "installed" if stands else "removed"
    return BarrierPicture(
        id=barrier_id,
        state=state,
        holds="yes" if stands else "no",
        staffed=stands,
        certain=True,
        staffed_certain=True,
        states=(state,),
        states_claimed=(),
        staffing=(stands,),
        staffing_claimed=(),
        entries=(),
    )


def _differs(one: PromiseAnswer, other: PromiseAnswer) -> bool:
    """Whether the answer is another one, or a promise that stays broken or unknown is so for another reason."""
    reasons = ("", "") if one.answer == "kept" else (one.says, other.says)
    return (one.answer, one.certain, reasons[0]) != (other.answer, other.certain, reasons[1])
