"""Which answers would change if the drawing, or an assumption about a barrier, were wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ringfence.base.traffic import Driver, Threat
from ringfence.model.operation import Barrier, SealedPromise
from ringfence.network import Network, Region, both_ways, build_movement_graph, one_way, without_segment
from ringfence.operation import Operation
from ringfence.planner import make_plan
from ringfence.promises import check_promises


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answers that a variant could change.

    Attributes
    ----------
    sealed : tuple of (promise id, moment, answer, the barriers that each leak passes)
    fewest : tuple of (threat, arm ids of the plan; None where no cordon exists)
    """

    sealed: tuple[tuple[str, datetime, str, tuple[str, ...]], ...]
    fewest: tuple[tuple[Threat, tuple[str, ...] | None], ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing taken to be otherwise, in words, and what the answers are then."""

    assumption: str
    instead: str
    outcome: Outcome


def sensitivity(
    operation: Operation,
    tried: Sequence[tuple[str, str, Operation]],
    moments: Sequence[datetime],
    tick: Callable[[], None] = lambda: None,
) -> tuple[Outcome, tuple[Variant, ...]]:
    """The outcome as drawn, and those of the tried variants that change it.

    Parameters
    ----------
    tried : sequence
        As `variants` gives them.
    moments : sequence of datetime
        When the sealed promises are asked.
    tick : callable
        Called after each variant, for a progress bar.
    """
    as_drawn = _outcome(operation, moments)
    changed = []
    for assumption, instead, variant in tried:
        outcome = _outcome(variant, moments)
        if outcome != as_drawn:
            changed.append(Variant(assumption, instead, outcome))
        tick()
    return as_drawn, tuple(changed)


def variants(operation: Operation) -> Iterator[tuple[str, str, Operation]]:
    """Every variant in a fixed order: what is assumed, what is taken instead, and the operation then.

    One at a time: every inferred segment within the limit left out, made two-way or one-way; every arm of a barrier
    with several arms left open. Streets beyond the limit can't matter to a seal: all of it is outside.
    """
    network = operation.network
    graph = build_movement_graph(network, operation.area)
    near = set(graph.piece_segment_ix[graph.piece_region != Region.OUTSIDE].tolist())
    for ix in sorted(near, key=lambda ix: network.segment_ids[ix]):
        if not network.inferred[ix]:
            continue
        name = f"{network.segment_names[ix] or 'nameless lane'} ({network.segment_ids[ix]})"
        gone = without_segment(network, network.segment_ids[ix])
        yield f"{name}, inferred", "it does not exist", _on(operation, gone)
        segment = network.segment_ids[ix]
        if network.forward_mask[ix] != network.backward_mask[ix]:
            yield f"{name}, inferred, one-way", "it is two-way", _on(operation, both_ways(network, segment))
        else:
            for end, words in ((True, "forward"), (False, "backward")):
                instead = f"it is one-way {words}, as drawn"
                yield f"{name}, inferred, two-way", instead, _on(operation, one_way(network, segment, forward=end))
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
        (answer.id, moment, answer.answer, tuple("+".join(leak["barriers"]) for leak in answer.witness["leaks"]))
        for moment in moments
        for answer in check_promises(sealed_only, at=moment, with_since=False)
    )
    vehicle_class = operation.file.vehicle_class
    plans = [make_plan(operation.network, operation.area, Driver(threat, vehicle_class)) for threat in Threat]
    return Outcome(
        sealed,
        tuple((plan.threat, tuple(one.id for one in plan.barriers) if plan.possible else None) for plan in plans),
    )


def differences(before: Outcome, after: Outcome) -> list[str]:
    """What differs between two outcomes, in words."""
    words = []
    for (promise, moment, was, leaks), (_, _, now, others) in zip(before.sealed, after.sealed, strict=True):
        when = f"{moment:%a %H:%M}"
        if was != now:
            words.append(f"{promise} on {when} is {now}, not {was}")
        elif leaks != others:
            other = "other ways in" if len(others) == len(leaks) else f"{len(others)} ways in, not {len(leaks)}"
            words.append(f"{promise} on {when} has {other}")
    for (threat, arms), (_, instead) in zip(before.fewest, after.fewest, strict=True):
        if arms is None or instead is None:
            words += [f"a {threat} cordon exists" if arms is None else f"no {threat} cordon exists"] * (arms != instead)
        elif len(arms) != len(instead):
            words.append(f"the fewest {threat} arms are {len(instead)}, not {len(arms)}")
        elif arms != instead:
            words.append(f"the fewest {threat} arms stand elsewhere")
    return words
