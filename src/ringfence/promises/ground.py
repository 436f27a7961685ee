"""What a question of the planner is about, worked out without the planner: closable arms, movements, ways driven."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ringfence.base.traffic import Driver
from ringfence.model.answers import PathStep
from ringfence.network import Area, MovementGraph, Network, Region, Stop, build_movement_graph
from ringfence.promises.reach import Reach

SAME_PLACE_M = 0.001


@dataclass(frozen=True, slots=True)
class Driven:
    """A way that can be driven: the arms whose middle it crosses, and those in front of whose barrier it turns back."""

    crossed: frozenset[str]
    turned_back: frozenset[str]
    arcs: tuple[int, ...]


class Ground:
    """The arms that barriers may close for a driver, and the movements that are left to him.

    Attributes
    ----------
    arms : dict
        By id: segment, start, end, and the junctions at its ends.
    stop_of : dict of str to int
        The stop of `graph` at the middle of each arm.
    onward : dict
        What state (state, arc) leads to, as long as nothing is closed.
    """

    def __init__(self, network: Network, area: Area, driver: Driver) -> None:
        self.network = network
        self.driver = driver
        whole = build_movement_graph(network, area)
        self.arms = _closable(whole, driver)
        self.stop_of = {arm: stop for stop, arm in enumerate(self.arms)}
        middles = [Stop(segment, (start + end) / 2) for segment, start, end, _ in self.arms.values()]
        self.graph = build_movement_graph(network, area, middles, without_stops=whole)
        self.free = Reach(self.graph, driver)
        onto = self.graph.state_arc[self.free.turn_to].tolist()
        turns = zip(self.free.turn_from.tolist(), onto, self.free.turn_to.tolist(), strict=True)
        self.onward = {(state, arc): to for state, arc, to in turns}
        self.arc_at = _arcs_by_place(self.graph)
        self.arm_after = {
            arc: arm
            for arm, stop in self.stop_of.items()
            for arc in (2 * int(self.graph.stop_pieces[stop][1]), 2 * int(self.graph.stop_pieces[stop][0]) + 1)
        }

    @property
    def closable_hash(self) -> str:
        """SHA-256 of the closable arms with their ends in centimetres."""
        text = "\n".join(sorted(f"{arm} {start:.2f} {end:.2f}" for arm, (_, start, end, _) in self.arms.items()))
        return hashlib.sha256(text.encode()).hexdigest()

    def both_ways(self, arms: Iterable[str]) -> list[tuple[int, bool]]:
        """Stops of arms, in both directions."""
        return [(self.stop_of[arm], forward) for arm in arms for forward in (True, False)]

    def arcs_of(self, steps: Sequence[PathStep]) -> list[int | None]:
        """The arc that each step of a way drives; None for one that is none."""
        return [self.arc_at.get(_place(step.segment, step.start_m, step.end_m)) for step in steps]

    def enters(self, first: int, last: int) -> tuple[bool, bool]:
        """Whether a way begins outside, and whether it ends in the area."""
        region = self.graph.arc_region
        return bool(region[first] == Region.OUTSIDE), bool(region[last] == Region.PROTECTED)

    def drive(self, arcs: Sequence[int], turns_at: Collection[str], state: int | None = None) -> Driven | None:
        """What a way crosses that turns back at no other barriers than these; None if it can't be driven.

        Parameters
        ----------
        state : int or None
            In which state on its first arc it begins; None: one that remembers nothing.
        """
        backs: set[str] = set()
        state = arcs[0] if state is None else state
        for arc, following in pairwise(arcs):
            onward = self.onward.get((state, following))
            if onward is not None:
                state = onward
                continue
            arm = self.arm_after.get(arc ^ 1)
            usable = self.free.usable[arc] and self.free.usable[following]
            if arm is None or following != arc ^ 1 or arm not in turns_at or not usable:
                return None
            backs.add(arm)
            state = following
        crossed = {
            arm
            for arc, following in pairwise(arcs)
            if following != arc ^ 1 and (arm := self.arm_after.get(following)) is not None
        }
        return Driven(frozenset(crossed), frozenset(backs), tuple(arcs))


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
