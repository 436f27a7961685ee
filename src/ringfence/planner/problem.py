"""The planning problem: which arms could be closed, for which driver, under which demands."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from ringfence.base.errors import BadInput, Fault
from ringfence.base.traffic import Driver
from ringfence.model.answers import Demands
from ringfence.network import Area, MovementGraph, Network, Region, Stop, build_movement_graph


@dataclass(frozen=True, slots=True)
class Arm:
    """A stretch of street in the ring on which one barrier can stand; the barrier stands at its middle.

    Attributes
    ----------
    id : str
        The segment's id; with ``#2`` and so on where an outline cuts the segment into several arms.
    ends : tuple of int
        Junction positions that the arm reaches (0, 1 or 2 of them: at an outline there is none).
    """

    id: str
    segment_ix: int
    start_m: float
    end_m: float
    ends: tuple[int, ...]

    @property
    def middle_m(self) -> float:
        """Where the barrier stands, in metres along the segment."""
        return (self.start_m + self.end_m) / 2


class Problem:
    """A network, an area, a driver and demands, with the movement graph split at every arm's middle.

    Raises
    ------
    BadInput
        If a demand names an arm that does not exist, or asks for both closing and not closing one; or if the limit
        reaches a clipped junction.
    """

    def __init__(self, network: Network, area: Area, driver: Driver, demands: Demands | None = None) -> None:
        self.network = network
        self.area = area
        self.driver = driver
        self.demands = demands or Demands()
        clipped = area.clipped_within_limit(network)
        if clipped:
            found = f"clipped junctions within it: {', '.join(clipped[:8])}"
            expected = "a limit that stays inside the drawn network"
            raise BadInput([Fault("limit-at-clipped-edge", "plan", expected, found, "Draw the limit closer.")])
        whole = build_movement_graph(network, area)
        self.arms = _closable_arms(whole, driver)
        self.graph: MovementGraph = build_movement_graph(
            network, area, [Stop(arm.segment_ix, arm.middle_m) for arm in self.arms], without_stops=whole
        )
        self._check_demands()

    @cached_property
    def arm_ix(self) -> dict[str, int]:
        """Arm id to position in `arms`, which is the number of its stop in `graph`."""
        return {arm.id: ix for ix, arm in enumerate(self.arms)}

    @cached_property
    def must(self) -> frozenset[int]:
        """Positions of the arms that are closed in any case."""
        return frozenset(self.arm_ix[arm] for arm in self.demands.must)

    @cached_property
    def must_not(self) -> frozenset[int]:
        """Positions of the arms that are never closed."""
        return frozenset(self.arm_ix[arm] for arm in self.demands.must_not)

    @cached_property
    def never_closed(self) -> frozenset[int]:
        """Arms that no plan can close: those that it must not, and all that go together with one of them."""
        return frozenset(self.arm_ix[arm] for arm in _tied_to(self.demands.must_not, self.demands.together))

    @cached_property
    def closable_hash(self) -> str:
        """SHA-256 of the closable arms and their places."""
        return closable_hash((arm.id, arm.start_m, arm.end_m) for arm in self.arms)

    @property
    def has_turn_bans(self) -> bool:
        """Whether a turn ban binds this driver anywhere near the ring, so that a plain cut could err."""
        if not self.driver.obeys_turn_bans:
            return False
        graph = self.graph
        arc = graph.state_arc
        near = (graph.arc_region != Region.OUTSIDE)[arc]
        usable = graph.usable_arcs(self.driver)[arc]
        banned = ((graph.turn_ban & self.driver.bit) != 0) & usable[graph.turn_from] & usable[graph.turn_to]
        return bool((banned & (near[graph.turn_from] | near[graph.turn_to])).any())

    def _check_demands(self) -> None:
        named = {
            "must": self.demands.must,
            "must not": self.demands.must_not,
            "together": {arm for pair in self.demands.together for arm in pair},
        }
        faults = [
            Fault(
                "unknown-arm",
                f"plan, {demand}",
                "the id of a street in the ring between area and limit that this driver uses",
                repr(arm),
                _suggest(arm, self.arm_ix),
            )
            for demand, arms in named.items()
            for arm in sorted(arms)
            if arm not in self.arm_ix
        ]
        faults += [
            Fault("must-and-must-not", "plan", "an arm to be in one list", repr(arm), "Take it out of the other.")
            for arm in sorted(self.demands.must & self.demands.must_not)
        ]
        faults += [
            Fault(
                "parted-pair",
                "plan",
                "arms that go together to be asked for alike",
                f"{arm!r}, which must be closed, and goes together with one that must not",
                "Change one of the demands.",
            )
            for arm in sorted(self.demands.must & _tied_to(self.demands.must_not, self.demands.together))
            if arm not in self.demands.must_not
        ]
        if faults:
            raise BadInput(faults)


def _tied_to(arms: Collection[str], together: Collection[tuple[str, str]]) -> frozenset[str]:
    """The arms, and all that go together with one of them, directly or not."""
    tied, before = set(arms), -1
    while len(tied) != before:
        before = len(tied)
        tied |= {arm for pair in together if not tied.isdisjoint(pair) for arm in pair}
    return frozenset(tied)


def _suggest(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=5, cutoff=0.5)
    return f"Close to it: {', '.join(close)}." if close else "`ringfence plan` lists the ids of a plan's arms."


def closable_hash(arms: Iterable[tuple[str, float, float]]) -> str:
    """SHA-256 of arm ids with their ends in centimetres."""
    return hashlib.sha256("\n".join(sorted(f"{a} {s:.2f} {e:.2f}" for a, s, e in arms)).encode()).hexdigest()


def _closable_arms(graph: MovementGraph, driver: Driver) -> tuple[Arm, ...]:
    """Ring pieces that the driver can use, in order of id. Ids do not depend on the driver."""
    ring = np.flatnonzero(graph.piece_region == Region.RING)
    per_segment = Counter(graph.piece_segment_ix[ring].tolist())
    seen: Counter[int] = Counter()
    usable = graph.usable_arcs(driver)
    junctions = len(graph.network.junction_ids)
    arms = []
    for piece in ring.tolist():
        segment = int(graph.piece_segment_ix[piece])
        seen[segment] += 1
        if not (usable[2 * piece] or usable[2 * piece + 1]):
            continue
        name = graph.network.segment_ids[segment]
        ends = {int(graph.piece_from_node[piece]), int(graph.piece_to_node[piece])}
        arms.append(
            Arm(
                id=name if per_segment[segment] == 1 else f"{name}#{seen[segment]}",
                segment_ix=segment,
                start_m=float(graph.piece_start_m[piece]),
                end_m=float(graph.piece_end_m[piece]),
                ends=tuple(sorted(end for end in ends if end < junctions)),
            )
        )
    return tuple(sorted(arms, key=lambda arm: arm.id))
