"""Halves of arms, as the checker sees them: which are enclosed, and what lies along them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np

from ringfence.base.measures import Burden
from ringfence.base.traffic import Driver
from ringfence.network import MovementGraph, Region
from ringfence.network.streets import BoolArray

Half = tuple[str, Literal["from", "to"]]
"""An arm, and the end of it at which the half lies."""


class Halves:
    """The halves of all arms of a graph that has a stop at the middle of each.

    Parameters
    ----------
    stop_of : mapping of str to int
        The stop of each arm.
    onward : mapping of (state, arc) to state
        The turns that the driver may take.
    """

    def __init__(
        self,
        graph: MovementGraph,
        driver: Driver,
        stop_of: Mapping[str, int],
        onward: Mapping[tuple[int, int], int],
    ) -> None:
        self.graph = graph
        self.stop_of = stop_of
        self.onward = onward
        self.usable = graph.usable_arcs(driver)
        self.tail, _ = graph.nodes_for(driver)
        self.targets = np.flatnonzero(self.usable & (graph.arc_region == Region.PROTECTED))

    def _arriving(self, half: Half) -> int:
        """The arc along a half, towards its end of the arm."""
        before, behind = (int(piece) for piece in self.graph.stop_pieces[self.stop_of[half[0]]])
        return 2 * behind if half[1] == "to" else 2 * before + 1

    def onto(self, half: Half, arc: int) -> int | None:
        """The state of somebody who stands at the end of a half and drives onto an arc, or None if he may not.

        He has come along the half, or, where that is not allowed, simply stands there.
        """
        if half[0] not in self.stop_of:
            return None
        arriving = self._arriving(half)
        if self.usable[arriving]:
            return self.onward.get((arriving, arc))
        return arc if self.usable[arc] and self.tail[arc] == self.tail[arriving ^ 1] else None

    def enclosed(self, reaches: BoolArray) -> Iterator[Half]:
        """The halves at whose end somebody stands who can get into the area. `reaches`: arcs from which one can."""
        leaving = np.zeros(int(self.tail.max(initial=0)) + 1, dtype=bool)
        leaving[self.tail[self.usable & reaches]] = True
        for arm in self.stop_of:
            for half in ((arm, "from"), (arm, "to")):
                arriving = self._arriving(half)
                if reaches[arriving] if self.usable[arriving] else leaving[self.tail[arriving ^ 1]]:
                    yield half

    def burden(self, half: Half, against: Burden) -> int:
        """Whole decimetres of street along a half, or addresses; one at the barrier's place counts to what follows."""
        if half[0] not in self.stop_of:
            return 0
        graph = self.graph
        piece = self._arriving(half) // 2
        start, end = float(graph.piece_start_m[piece]), float(graph.piece_end_m[piece])
        if against is Burden.STREET:
            return int(np.rint((end - start) * 10))
        facts, segment = graph.network.facts, int(graph.piece_segment_ix[piece])
        offsets = facts.address_offset_m[facts.address_segment_ix == segment]
        last = half[1] == "to"
        return int(((offsets >= start) & ((offsets < end) | (last & (offsets == end)))).sum())
