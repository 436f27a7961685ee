"""Turn bans: what drivers may not do at a crossing though the streets are open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringfence.base.traffic import mask_of
from ringfence.generator.draft import Flags, Floats, Ints, Kind
from ringfence.generator.ground import to_metres
from ringfence.generator.streets import Streets
from ringfence.generator.tidy import Fan
from ringfence.generator.traffic import CAR, Traffic

DRIVERS = mask_of("car,heavy,bus,emergency,bicycle")
BOUND = np.array(
    [
        DRIVERS,
        mask_of("car,heavy,emergency,bicycle"),
        mask_of("car,heavy,bus,emergency"),
        mask_of("car,heavy"),
        mask_of("heavy"),
    ],
    dtype=np.uint8,
)
"""Whom bans bind: all; except buses; except bicycles; with more exceptions; lorries only."""

BOUND_SHARES = (0.62, 0.16, 0.1, 0.07, 0.05)
TURNS_PER_JUNCTION, ONLYS_PER_JUNCTION, U_TURNS_PER_JUNCTION, CHAINS_PER_JUNCTION = 0.05, 0.004, 0.012, 0.02
"""How many are tried; only those that mean something are kept."""

CHAIN_VIA_MAX_M = 70.0


@dataclass(frozen=True)
class Bans:
    """Columns of `City`, without their prefix `ban_`."""

    start: Ints
    segment_ix: NDArray[np.int32]
    junction_ix: NDArray[np.int32]
    mask: NDArray[np.uint8]


class _Movements:
    """What a car can do where streets meet. Dart 2 * segment runs from start to end, 2 * segment + 1 back."""

    def __init__(self, streets: Streets, traffic: Traffic) -> None:
        self.count = len(streets.junction_e7)
        self.tail = np.column_stack([streets.start, streets.end]).ravel()
        self.open = np.column_stack([traffic.forward & CAR, traffic.backward & CAR]).ravel() != 0
        self.fan = Fan(self.tail, self.tail, self.count)
        self.degree = np.diff(self.fan.first)
        self.length_m = streets.length_m
        self.kind = streets.kind
        self.leaving, self.arriving = _headings(streets)
        main = np.repeat(streets.kind <= Kind.TERTIARY, 2)
        busy = np.bincount(self.tail[main], minlength=self.count) > 0
        clear = ~streets.junction_clipped
        self.busy = np.flatnonzero(busy & clear & (self.degree >= 3))

    def some_leaving(self, junctions: Ints, rng: np.random.Generator) -> Ints:
        """A random dart that leaves each junction."""
        first = self.fan.first[junctions]
        return self.fan.order[first + (rng.random(len(junctions)) * self.degree[junctions]).astype(np.int64)]

    def turn(self, into: Ints, out: Ints) -> Floats:
        """By how much a driver turns: positive to the left, radians."""
        turn = self.leaving[out] - self.arriving[into]
        return np.asarray(np.remainder(turn + np.pi, 2 * np.pi) - np.pi)

    def possible(self, into: Ints, out: Ints) -> Flags:
        """Whether a car may drive both, one after the other."""
        return np.asarray(self.open[into] & self.open[out])


def _headings(streets: Streets) -> tuple[Floats, Floats]:
    """Direction at the start and at the end of every dart."""
    xy = to_metres(streets.shape_e7)
    first, last = streets.shape_start[:-1], streets.shape_start[1:] - 1
    out, back = xy[first + 1] - xy[first], xy[last - 1] - xy[last]
    leaving = np.column_stack([np.arctan2(out[:, 1], out[:, 0]), np.arctan2(back[:, 1], back[:, 0])])
    return leaving.ravel(), (leaving[:, ::-1] + np.pi).ravel()


def set_bans(streets: Streets, traffic: Traffic, rng: np.random.Generator) -> Bans:
    """Bans at busy crossings: plain turns, turns left over by an "only", U-turns, and chains with a street between."""
    moves = _Movements(streets, traffic)
    pairs = np.concatenate([_turns(moves, rng), _onlys(moves, rng), _u_turns(moves, rng)])
    chains = _chains(moves, rng)
    key = pairs[:, 0] * len(moves.tail) + pairs[:, 1]
    pairs = pairs[np.unique(key, return_index=True)[1]]
    chains = np.unique(chains, axis=0)
    darts = np.concatenate([pairs.ravel(), chains.ravel()])
    last = np.concatenate([np.arange(pairs.size) % 2 == 1, np.arange(chains.size) % 3 == 2])
    length = np.concatenate([np.full(len(pairs), 2), np.full(len(chains), 3)])
    start = np.zeros(len(length) + 1, dtype=np.int64)
    np.cumsum(length, out=start[1:])
    mask = BOUND[rng.choice(len(BOUND), len(length), p=BOUND_SHARES)]
    head = moves.tail[darts ^ 1]
    return Bans(start, (darts // 2).astype(np.int32), np.where(last, -1, head).astype(np.int32), mask)


def _tries(moves: _Movements, per_junction: float, rng: np.random.Generator) -> Ints:
    count = int(np.ceil(per_junction * moves.count))
    return rng.choice(moves.busy, count) if len(moves.busy) else moves.busy


def _turns(moves: _Movements, rng: np.random.Generator) -> Ints:
    """Mostly left turns, some right turns, few straight on."""
    junction = _tries(moves, TURNS_PER_JUNCTION, rng)
    into, out = moves.some_leaving(junction, rng) ^ 1, moves.some_leaving(junction, rng)
    turn = moves.turn(into, out)
    share = np.select([np.abs(turn) < 0.6, turn > 0], [0.06, 0.9], 0.3)
    kept = (into // 2 != out // 2) & moves.possible(into, out) & (rng.random(len(into)) < share)
    return np.column_stack([into[kept], out[kept]])


def _onlys(moves: _Movements, rng: np.random.Generator) -> Ints:
    """Where one movement is the only one allowed: all others from the same street, back into it too."""
    junction = _tries(moves, ONLYS_PER_JUNCTION, rng)
    into, out = moves.some_leaving(junction, rng) ^ 1, moves.some_leaving(junction, rng)
    kept = (into // 2 != out // 2) & moves.possible(into, out) & (np.abs(moves.turn(into, out)) < 0.6)
    junction, into, out = junction[kept], into[kept], out[kept]
    others = moves.fan.order[moves.fan.leaving(junction)]
    into, out = np.repeat(into, moves.degree[junction]), np.repeat(out, moves.degree[junction])
    kept = (others != out) & moves.open[others]
    return np.column_stack([into[kept], others[kept]])


def _u_turns(moves: _Movements, rng: np.random.Generator) -> Ints:
    """No turning back at a crossing."""
    out = moves.some_leaving(_tries(moves, U_TURNS_PER_JUNCTION, rng), rng)
    out = out[moves.possible(out ^ 1, out) & (moves.kind[out // 2] <= Kind.TERTIARY)]
    return np.column_stack([out ^ 1, out])


def _chains(moves: _Movements, rng: np.random.Generator) -> Ints:
    """Ways round by a short street between two crossings."""
    via = moves.some_leaving(_tries(moves, CHAINS_PER_JUNCTION, rng), rng)
    via = via[(moves.length_m[via // 2] < CHAIN_VIA_MAX_M) & (moves.degree[moves.tail[via ^ 1]] >= 3)]
    into = moves.some_leaving(moves.tail[via], rng) ^ 1
    out = moves.some_leaving(moves.tail[via ^ 1], rng)
    kept = moves.possible(into, via) & moves.open[out]
    kept &= (into // 2 != via // 2) & (out // 2 != via // 2) & (into // 2 != out // 2)
    return np.column_stack([into[kept], via[kept], out[kept]])
