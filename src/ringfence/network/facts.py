"""What is known of streets beyond who may use them: what they are built like, whom they serve, where rails cross."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class StreetFacts:
    """Facts of the segments (S) of a network, its addresses (A) and its level crossings (R). All arrays are read-only.

    Attributes
    ----------
    form : (S,) int
        Bits of `Form`.
    lanes : (S,) int
        Lanes of both directions together, 0 where unknown.
    width_m : (S,) float
        Metres, 0 where unknown.
    address_segment_ix : (A,) int
        The segment that serves each address; sorted by segment, then offset. Addresses that none serves are left out.
    address_offset_m : (A,) float
        How far along that segment, from 0 to its length.
    addresses_known : bool
        Whether the source holds addresses at all: else no address does not mean that nobody lives there.
    rail_crossing_segment_ix : (R,) int
        The segment that a railway crosses on the level; sorted by segment, then offset. A crossing on a junction is
        there at the end of every segment that meets there.
    rail_crossing_offset_m : (R,) float
        How far along that segment, from 0 to its length.
    """

    form: IntArray
    lanes: IntArray
    width_m: FloatArray
    address_segment_ix: IntArray
    address_offset_m: FloatArray
    addresses_known: bool
    rail_crossing_segment_ix: IntArray
    rail_crossing_offset_m: FloatArray

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @classmethod
    def unknown(cls, segment_count: int) -> StreetFacts:
        """Nothing known of so many segments."""
        nowhere, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
        return cls(
            form=np.zeros(segment_count, dtype=np.int64),
            lanes=np.zeros(segment_count, dtype=np.int64),
            width_m=np.zeros(segment_count),
            address_segment_ix=nowhere,
            address_offset_m=nothing,
            addresses_known=False,
            rail_crossing_segment_ix=nowhere,
            rail_crossing_offset_m=nothing,
        )

    def without(self, segment_ix: int) -> StreetFacts:
        """The facts of the other segments, when one is taken out."""
        keep = np.arange(len(self.form)) != segment_ix
        served, crossed = (ix != segment_ix for ix in (self.address_segment_ix, self.rail_crossing_segment_ix))
        return replace(
            self,
            form=self.form[keep],
            lanes=self.lanes[keep],
            width_m=self.width_m[keep],
            address_segment_ix=_closed_up(self.address_segment_ix[served], segment_ix),
            address_offset_m=self.address_offset_m[served],
            rail_crossing_segment_ix=_closed_up(self.rail_crossing_segment_ix[crossed], segment_ix),
            rail_crossing_offset_m=self.rail_crossing_offset_m[crossed],
        )


def _closed_up(positions: IntArray, gone: int) -> IntArray:
    """Positions once another is taken out."""
    return positions - (positions > gone)
