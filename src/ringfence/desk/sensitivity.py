"""Which answers would change if the drawing, or an assumption about a barrier, were wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ringfence.base.traffic import Driver, Threat
from ringfence.model.operation import Barrier, SealedPromise
from ringfence.network import Network, Region, both_ways, build_movement_graph, without_segment
from ringfence.operation import Operation
from ringfence.planner import make_plan
from ringfence.promises import check_promises


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answers that a variant could change.

    `sealed` holds, for each sealed promise and moment, the answer and the number of leaks; `fewest` the arms needed
    for each threat (-1 where no cordon exists).
    """

    sealed: tuple[tuple[str, datetime, str, int], ...]
    fewest: tuple[tuple[Threat, int], ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing taken to be otherwise, in words, and what the answers are then."""

    assumption: str
    instead: str
    outcome: Outcome


def sensitivity(
    operation: Operation, moments: Sequence[datetime], tick: Callable[[], None] = lambda: None
) -> tuple[Outcome, tuple[Variant, ...], int]:
    """The outcome as drawn, the variants that change it, and how many variants were tried.

    Tried one at a time: every inferred segment within the limit left out; every inferred one-way made two-way; every
    arm of a barrier with several arms left open. Streets beyond the limit can't matter: all of it is outside.
    """
    as_drawn = _outcome(operation, moments)
    changed, tried = [], 0
    for assumption, instead, variant in variants(operation):
        tried += 1
        outcome = _outcome(variant, moments)
        if outcome != as_drawn:
            changed.append(Variant(assumption, instead, outcome))
        tick()
    return as_drawn, tuple(changed), tried


def count_variants(operation: Operation) -> int:
    """How many variants `sensitivity` will try."""
    return sum(1 for _ in variants(operation))


def variants(operation: Operation) -> Iterator[tuple[str, str, Operation]]:
    """Every variant in a fixed order: what is assumed, what is taken instead, and the operation then."""
    network = operation.network
    graph = build_movement_graph(network, operation.area)
    near = set(graph.piece_segment_ix[graph.piece_region != Region.OUTSIDE].tolist())
    for ix in sorted(near, key=lambda ix: network.segment_ids[ix]):
        if not network.inferred[ix]:
            continue
        name = f"{network.segment_names[ix] or 'nameless lane'} ({network.segment_ids[ix]})"
        gone = without_segment(network, network.segment_ids[ix])
        yield f"{name}, inferred", "it does not exist", _on(operation, gone)
        if network.forward_mask[ix] != network.backward_mask[ix]:
            yield (
                f"{name}, inferred, one-way",
                "it is two-way",
                _on(operation, both_ways(network, network.segment_ids[ix])),
            )
    for barrier in operation.barriers:
        for arm in barrier.arms if len(barrier.arms) > 1 else ():
            rest = tuple(other for other in barrier.arms if other != arm)
            closed = f"{barrier.name}: all carriageways were closed"
            yield closed, f"nothing stood on {arm.segment}", _with(operation, barrier, rest)


def _on(operation: Operation, network: Network) -> Operation:
    """The operation on another network; arms on a segment that is gone are gone with it."""
    barriers = []
    for barrier in operation.barriers:
        arms = tuple(arm for arm in barrier.arms if network.find_segment(arm.segment) is not None)
        if arms:
            barriers.append(barrier.model_copy(update={"arms": arms}))
    return replace(operation, network=network, barriers=tuple(barriers))


def _with(operation: Operation, barrier: Barrier, arms: Sequence[object]) -> Operation:
    changed = barrier.model_copy(update={"arms": tuple(arms)})
    return replace(
        operation, barriers=tuple(changed if other.id == barrier.id else other for other in operation.barriers)
    )


def _outcome(operation: Operation, moments: Sequence[datetime]) -> Outcome:
    sealed_only = replace(
        operation, promises=tuple(one for one in operation.promises if isinstance(one, SealedPromise))
    )
    sealed = tuple(
        (answer.id, moment, answer.answer, len(answer.witness["leaks"]))
        for moment in moments
        for answer in check_promises(sealed_only, at=moment, with_since=False)
    )
    vehicle_class = operation.file.vehicle_class
    plans = [make_plan(operation.network, operation.area, Driver(threat, vehicle_class)) for threat in Threat]
    return Outcome(sealed, tuple((plan.threat, plan.arms if plan.possible else -1) for plan in plans))
