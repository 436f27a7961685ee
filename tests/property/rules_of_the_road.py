"""What turn restrictions and blocked junctions forbid one driver, judged by what he has driven so far.

A *leg* is a segment driven straight on to the junction at its end. A driver knows his last legs; whether he may turn
into a segment is read off them. The movement graph keeps states for chains instead, and shares nothing with this.
"""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.network import Network

Leg = tuple[int, int]  # the segment, and the junction where it was left
Legs = tuple[Leg, ...]

PHYSICAL_BIT = 64


class Rules:
    """The rules of one network for one driver."""

    def __init__(self, network: Network, driver: Driver) -> None:
        on_foot = driver.vehicle_class is VehicleClass.FOOT
        class_bit = 2 ** list(VehicleClass).index(driver.vehicle_class)
        ignores_signs = driver.threat is Threat.DETERMINED
        self.bit = PHYSICAL_BIT if ignores_signs and not on_foot else class_bit
        self.blocked = {ix for ix, mask in enumerate(network.junction_blocked.tolist()) if mask & self.bit}
        self.forbidden = set() if ignores_signs or on_foot else set(_forbidden(network, class_bit))
        chains = [legs for legs, _ in self.forbidden]
        self._legs_max = max((len(legs) - 1 for legs in chains), default=0)
        self._named = {segment for legs in chains for segment, _ in legs[:-1]}

    def may_turn_into(self, segment: int, legs: Legs) -> bool:
        """Whether, after these legs, no restriction keeps him from driving on into a segment."""
        return not any((legs[first:], segment) in self.forbidden for first in range(len(legs)))

    def remembered(self, legs: Legs) -> Legs:
        """The legs that can still matter once another segment is entered: the last few, on streets of long chains."""
        kept: Legs = ()
        for leg in reversed(legs):
            if len(kept) == self._legs_max or leg[0] not in self._named:
                break
            kept = (leg, *kept)
        return kept


def _forbidden(network: Network, class_bit: int) -> Iterator[tuple[Legs, int]]:
    """Legs, and the segment that must not follow them."""
    for (first, via, last), mask in zip(network.restrictions.tolist(), network.restriction_mask.tolist(), strict=True):
        if mask & class_bit:
            yield ((first, via),), last
    for chain in network.chains:
        if chain.mask & class_bit:
            yield tuple(zip(chain.segments[:-1], chain.junctions, strict=True)), chain.segments[-1]
