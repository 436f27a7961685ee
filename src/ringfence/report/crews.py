"""Sharing out the barriers of a plan among crews: near one another, about as much work each, in an order to drive.

Straight lines only: no streets, no travel times, no lorries that must be loaded again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ringfence.base.errors import BadInput, Fault
from ringfence.model.plans import Plan, PlannedBarrier
from ringfence.network import LocalMetres

SPOT_M = 30.0
"""Barriers that follow each other this closely go to one crew, if there are stops enough for all crews."""
ROUNDS_MAX = 50
"""How often the round trip is gone over for a shorter one."""

FloatArray = NDArray[np.float64]


def split_among_crews(plan: Plan, crews: int) -> tuple[tuple[PlannedBarrier, ...], ...]:
    """Who puts up what, and in which order.

    All barriers are put on one round trip, clockwise: first by their direction from the middle of them all, then
    with stretches turned round as long as that makes it shorter (2-opt). The trip is opened at its longest leg and cut
    into as many runs as there are crews, so that the squares of their work add up to least; of equal ways, the one
    that leaves the longest legs undriven. A barrier's work is its blocks and one for the stop; where something stands
    already, the stop alone. Barriers within `SPOT_M` of the one before stay with one crew.

    Parameters
    ----------
    plan : Plan
    crews : int
        How many there are, from 1.

    Returns
    -------
    tuple of tuple of PlannedBarrier
        A run for each crew, never empty: fewer than `crews` if there are fewer barriers.

    Raises
    ------
    BadInput
        ``bad-crews`` if there is no crew.

    Notes
    -----
    A rule of thumb, the same for the same plan: neither the shortest way nor the fairest shares. It knows distance as
    the crow flies and nothing of streets, times, or what a lorry carries. Time: cubic in the barriers at worst.
    """
    if crews < 1:
        raise BadInput([Fault("bad-crews", "crews", "a number from 1", str(crews), "Say how many crews there are.")])
    barriers = sorted(plan.barriers, key=lambda barrier: barrier.id)
    if not barriers:
        return ()
    lonlat = np.array([(barrier.lon, barrier.lat) for barrier in barriers])
    points = LocalMetres.centred_on(lonlat).to_metres(lonlat)
    tour = _opened(_round_trip(points), points)
    legs = np.hypot(*np.diff(points[tour], axis=0).T)
    starts = [0, *(np.flatnonzero(legs >= SPOT_M) + 1).tolist()]
    if len(starts) < crews:
        starts = list(range(len(tour)))
    work = [1 + (0 if barriers[one].fixed else barriers[one].blocks) for one in tour]
    loads = np.add.reduceat(work, starts).tolist()
    gaps = [0, *(round(float(legs[start - 1])) for start in starts[1:])]
    runs = [starts[run] for run in _cuts(loads, gaps, min(crews, len(starts)))]
    ends = [*runs[1:], len(tour)]
    return tuple(tuple(barriers[one] for one in tour[start:end]) for start, end in zip(runs, ends, strict=True))


def _round_trip(points: FloatArray) -> list[int]:
    """A short closed way through all points, clockwise."""
    east, north = (points - points.mean(axis=0)).T
    order = np.lexsort((np.arange(len(points)), np.round(np.arctan2(east, north) % (2 * np.pi), 9)))
    apart = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    for _ in range(ROUNDS_MAX):
        if not _turn_round(order, apart):
            break
    x, y = points[order].T
    clockwise = np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) <= 0
    return list(map(int, order if clockwise else order[::-1]))


def _turn_round(order: NDArray[np.int64], apart: FloatArray) -> bool:
    """Turn stretches of the trip round where that shortens it; False if none does."""
    changed = False
    for first in range(len(order) - 2):
        here, after = order[first], order[first + 1]
        ends = order[first + 1 :]
        beyond = np.append(order[first + 2 :], order[0])
        saved = apart[here, after] + apart[ends, beyond] - apart[here, ends] - apart[after, beyond]
        best = int(np.argmax(np.round(saved, 3)))
        if saved[best] > 0.01:
            order[first + 1 : first + 2 + best] = order[first + 1 : first + 2 + best][::-1].copy()
            changed = True
    return changed


def _opened(trip: Sequence[int], points: FloatArray) -> list[int]:
    """The closed trip without its longest leg: it begins where that leg ends."""
    around = points[list(trip)]
    legs = np.round(np.hypot(*(around - np.roll(around, 1, axis=0)).T), 3)
    start = int(np.argmax(legs))
    return [*trip[start:], *trip[:start]]


def _cuts(loads: Sequence[int], gaps: Sequence[int], crews: int) -> list[int]:
    """Where each crew's run begins: least sum of squared loads, then the most metres between runs."""
    count = len(loads)
    total = np.concatenate([[0], np.cumsum(loads)]).tolist()
    best: list[tuple[int, int]] = [(total[end] ** 2, 0) for end in range(count + 1)]
    begins: list[list[int]] = []
    for run in range(1, crews):
        choices: list[tuple[int, int, int]] = [(0, 0, 0)] * (run + 1)
        for end in range(run + 1, count + 1):
            choices.append(
                min((best[at][0] + (total[end] - total[at]) ** 2, best[at][1] - gaps[at], at) for at in range(run, end))
            )
        best = [(cost, undriven) for cost, undriven, _ in choices]
        begins.append([at for _, _, at in choices])
    cuts, end = [], count
    for choices_of_run in reversed(begins):
        end = choices_of_run[end]
        cuts.append(end)
    return [0, *reversed(cuts)]
