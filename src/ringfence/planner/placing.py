"""Where a barrier may stand, and what it takes there: blocks, staff, and the traffic that the street carries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ringfence.model.plans import Placing
from ringfence.network import IMPORTANCE, USUAL_LANES, Form, Network
from ringfence.network.projection import FloatArray
from ringfence.network.streets import BoolArray, IntArray


@dataclass(frozen=True)
class Needs:
    """What a barrier takes on each arm; all (K,).

    Attributes
    ----------
    width_m : float
        Of the street; where `width_known` is false, the usual width of its class.
    blocks, staff : int
    through : int
        Importance of the street for through traffic.
    """

    width_m: FloatArray
    width_known: BoolArray
    blocks: IntArray
    staff: IntArray
    through: IntArray


def needs_of(network: Network, segment_ix: IntArray, placing: Placing) -> Needs:
    """What a barrier takes across each of these segments: blocks over the width, but for the gap that stays clear."""
    kinds = [network.highways[ix] for ix in segment_ix.tolist()]
    lanes, width = network.facts.lanes[segment_ix], network.facts.width_m[segment_ix]
    usual = np.array([USUAL_LANES.get(kind, 1) for kind in kinds], dtype=np.int64)
    assumed = np.where(lanes > 0, lanes, usual) * placing.lane_m
    width_m = np.where(width > 0, width, assumed)
    blocks = np.maximum(np.ceil((width_m - placing.clear_m) / placing.block_m), 1).astype(np.int64)
    return Needs(
        width_m=width_m,
        width_known=np.asarray((lanes > 0) | (width > 0)),
        blocks=blocks,
        staff=np.full(len(segment_ix), placing.staff_per_arm, dtype=np.int64),
        through=np.array([IMPORTANCE.get(kind, 0) for kind in kinds], dtype=np.int64),
    )


def barred_arms(
    network: Network, segment_ix: IntArray, start_m: FloatArray, end_m: FloatArray, placing: Placing
) -> dict[int, str]:
    """Arms on which no barrier may stand, with the reason."""
    facts = network.facts
    form = facts.form[segment_ix]
    barred: dict[int, str] = {}
    if not placing.on_ramps:
        barred |= dict.fromkeys(np.flatnonzero(form & Form.RAMP).tolist(), "it is a ramp")
    if not placing.in_tunnels:
        barred |= dict.fromkeys(np.flatnonzero(form & Form.TUNNEL).tolist(), "it runs through a tunnel")
    if not placing.on_rail_crossings and len(facts.rail_crossing_segment_ix):
        middle_m = (start_m + end_m) / 2
        crossing, place_m = facts.rail_crossing_segment_ix, facts.rail_crossing_offset_m
        first = np.searchsorted(crossing, segment_ix, side="left")
        last = np.searchsorted(crossing, segment_ix, side="right")
        for arm in np.flatnonzero(last > first).tolist():
            away_m = np.abs(place_m[first[arm] : last[arm]] - middle_m[arm]).min()
            if away_m < placing.rail_clear_m:
                barred[arm] = "a railway crosses it where the barrier would stand"
    return barred
