"""The frozen street network: junctions, segments with their shapes, turn restrictions."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from ringfence.base.traffic import ALL_CLASSES, VehicleClass
from ringfence.network.facts import StreetFacts
from ringfence.network.projection import FloatArray, LocalMetres
from ringfence.network.shapes import Shapes

NAMELESS = "a nameless lane"
"""What a street without a name is called."""

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

BINDABLE = ALL_CLASSES & ~VehicleClass.FOOT.bit
"""The classes that a turn restriction can bind: never people on foot."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A movement over several segments that is forbidden as a whole (a restriction with via ways).

    Attributes
    ----------
    segments : tuple of int
        Three or more, in order.
    junctions : tuple of int
        Between them, one fewer.
    mask : int
        Classes bound.
    """

    segments: tuple[int, ...]
    junctions: tuple[int, ...]
    mask: int


@dataclass(frozen=True)
class Network:
    """A street network as drawn, before anything is put across it. All arrays are read-only.

    Attributes
    ----------
    junction_ids : tuple of str, length J
        Stable ids; array positions (`*_ix`) are never saved.
    junction_lonlat : (J, 2) float
        Degrees, WGS 84.
    clipped : (J,) bool
        True where the data ends but the street goes on: a source of traffic from outside.
    segment_ids, segment_names, highways : tuple of str, length S
    from_ix, to_ix : (S,) int
        Junction positions. Parallel segments and loops are normal.
    forward_mask, backward_mask : (S,) int
        Class masks for from→to and to→from.
    physical : (S,) bool
        Whether a vehicle could physically be driven along it.
    inferred : (S,) bool
        True where the segment was drawn from general knowledge, not seen in a source.
    shapes : Shapes, length S
        Projected metres along from→to, ends included.
    length_m : (S,) float
    restrictions : (R, 3) int
        Forbidden movements: from segment, via junction, to segment.
    restriction_mask : (R,) int
        Classes that each binds.
    projection : LocalMetres
    junction_blocked : (J,) int
        Class bits, and `PHYSICAL`, of what can't pass from one segment to another there: bollards and the like.
    facts : StreetFacts
        What is known beyond who may use the segments; `StreetFacts.unknown` where nothing is. Not part of the hash.
    chains : tuple of Chain
        Forbidden movements over more than two segments.
    source_hash : str
        What identifies the whole that this network was cut from; empty if it is drawn or was changed.
    """

    junction_ids: tuple[str, ...]
    junction_lonlat: FloatArray
    clipped: BoolArray
    segment_ids: tuple[str, ...]
    segment_names: tuple[str, ...]
    highways: tuple[str, ...]
    from_ix: IntArray
    to_ix: IntArray
    forward_mask: IntArray
    backward_mask: IntArray
    physical: BoolArray
    inferred: BoolArray
    shapes: Shapes
    length_m: FloatArray
    restrictions: IntArray
    restriction_mask: IntArray
    projection: LocalMetres
    junction_blocked: IntArray
    facts: StreetFacts
    chains: tuple[Chain, ...] = ()
    source_hash: str = ""
    _positions: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for array in (
            self.junction_lonlat,
            self.clipped,
            self.from_ix,
            self.to_ix,
            self.forward_mask,
            self.backward_mask,
            self.physical,
            self.inferred,
            self.length_m,
            self.restrictions,
            self.restriction_mask,
            self.junction_blocked,
        ):
            array.setflags(write=False)

    def find_segment(self, segment_id: str) -> int | None:
        """Array position of a segment, or None."""
        if not self._positions:  # not before somebody asks
            self._positions.update({name: ix for ix, name in enumerate(self.segment_ids)})
        return self._positions.get(segment_id)

    @cached_property
    def junction_xy(self) -> FloatArray:
        """(J, 2) projected metres."""
        return self.projection.to_metres(self.junction_lonlat)

    @property
    def lines(self) -> NDArray[np.object_]:
        """(S,) shapely LineStrings in projected metres."""
        return self.shapes.lines

    @cached_property
    def streets_at(self) -> tuple[tuple[str, ...], ...]:
        """For each junction, the sorted names of the streets that meet there."""
        names: list[set[str]] = [set() for _ in self.junction_ids]
        for ix, name in enumerate(self.segment_names):
            if name:
                names[self.from_ix[ix]].add(name)
                names[self.to_ix[ix]].add(name)
        return tuple(tuple(sorted(streets)) for streets in names)

    def names_at(self, junctions: IntArray) -> dict[int, set[str]]:
        """The names of the streets that meet at some junctions, as `streets_at`, for those who ask for a few."""
        asked = np.zeros(len(self.junction_ids), dtype=bool)
        asked[junctions] = True
        names: dict[int, set[str]] = {junction: set() for junction in junctions.tolist()}
        for ends in (self.from_ix, self.to_ix):
            meeting = np.flatnonzero(asked[ends])
            for junction, segment in zip(ends[meeting].tolist(), meeting.tolist(), strict=True):
                if self.segment_names[segment]:
                    names[junction].add(self.segment_names[segment])
        return names

    @cached_property
    def hash(self) -> str:
        """What identifies this network: the hash of what it was cut from, else SHA-256 of all that decides who can
        move where, independent of row order.
        """
        if self.source_hash:
            return self.source_hash
        lines: list[list[Any]] = [
            ["junction", name, f"{lon:.7f}", f"{lat:.7f}", bool(clipped)]
            for name, (lon, lat), clipped in zip(self.junction_ids, self.junction_lonlat, self.clipped, strict=True)
        ]
        for ix, segment_id in enumerate(self.segment_ids):
            ends = [self.junction_ids[self.from_ix[ix]], self.junction_ids[self.to_ix[ix]]]
            masks = [int(self.forward_mask[ix]), int(self.backward_mask[ix]), bool(self.physical[ix])]
            shape = [f"{x:.2f},{y:.2f}" for x, y in self.shapes[ix]]
            lines.append(["segment", segment_id, self.segment_names[ix], ends, masks, shape])
        for (a, via, b), mask in zip(self.restrictions, self.restriction_mask, strict=True):
            ban = ["ban", self.segment_ids[a], self.junction_ids[via], self.segment_ids[b]]
            lines.append(ban if mask == BINDABLE else [*ban, int(mask)])
        for chain in self.chains:
            ids = [self.segment_ids[ix] for ix in chain.segments], [self.junction_ids[ix] for ix in chain.junctions]
            lines.append(["chain", *ids, chain.mask])
        blocked = np.flatnonzero(self.junction_blocked)
        lines += [["blocked", self.junction_ids[ix], int(self.junction_blocked[ix])] for ix in blocked]
        text = "\n".join(sorted(json.dumps(line) for line in lines))
        return hashlib.sha256(text.encode()).hexdigest()

    def point_at(self, segment_ix: int, offset_m: float) -> tuple[float, float]:
        """Lon, lat of the point `offset_m` metres along a segment."""
        lon, lat = self.points_at(np.array([segment_ix]), np.array([offset_m]))[0].tolist()
        return lon, lat

    def points_at(self, segments: IntArray, offsets_m: FloatArray) -> FloatArray:
        """(n, 2) lon, lat of points along segments (n,), so many metres from their first junctions (n,)."""
        points = shapely.line_interpolate_point(self.lines[segments], offsets_m)
        return self.projection.to_lonlat(shapely.get_coordinates(points))

    def bearing_at(self, segment_ix: int, offset_m: float) -> float:
        """Direction of a segment there, in degrees clockwise from north (0 to 360)."""
        ends = shapely.line_interpolate_point(self.lines[segment_ix], [max(offset_m - 1, 0), offset_m + 1])
        (x0, y0), (x1, y1) = shapely.get_coordinates(ends)
        return float(np.degrees(np.arctan2(x1 - x0, y1 - y0)) % 360)
