"""A whole city as flat columns: what an importer reads, a network file holds, and a window is cut out of."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ringfence.network.city_index import BoxGrid, RowsBySegment
from ringfence.network.projected_shapes import ProjectedShapes
from ringfence.network.texts import Texts

DEGREE_E7 = 10_000_000
"""Positions are held as whole ten-millionths of a degree (about a centimetre), as OpenStreetMap does."""

NONE_IX = -1
"""Stands for no name, no street, no segment."""


class Form:
    """Bits of `City.segment_form`."""

    BRIDGE, TUNNEL, ROUNDABOUT, RAMP = 1, 2, 4, 8


@dataclass(frozen=True)
class Origin:
    """Where a city's data comes from. It goes with the data into every file, map and feed.

    Attributes
    ----------
    source : str
        File name, or what made it.
    source_hash : str
        SHA-256 of the source's bytes, empty if there is none.
    timestamp : str
        As the source states it (ISO 8601), empty if it does not.
    licence : str
        The attribution to show, such as "© OpenStreetMap contributors, ODbL 1.0".
    edge : tuple of float
        West, south, east, north, in degrees: beyond it nothing is known.
    edge_stated : bool
        Whether the source says so; otherwise it is an estimate.
    left_out : tuple of (str, int)
        What was not taken over or not applied, by reason, with counts.
    """

    source: str
    source_hash: str
    timestamp: str
    licence: str
    edge: tuple[float, float, float, float]
    edge_stated: bool
    left_out: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, eq=False)
class City:
    """Columns of junctions (J), segments (S), shape points (P), names (N), bans (B), addresses (A), sites (T), ...

    Rows are in order of id as the source orders them (OSM: by number), so that the same input gives the same columns.
    `*_ix` are positions in other columns and never leave this file; what is saved elsewhere are ids.

    Attributes
    ----------
    junction_id : Texts, J
    junction_e7 : (J, 2) int32
        Longitude, latitude in 1e-7 degrees, WGS 84.
    junction_clipped : (J,) bool
        Whether the data ends there though the street may go on.
    junction_blocked : (J,) uint8
        Class bits, and `PHYSICAL`, of what can't pass from one segment to another here (bollards and the like).
    segment_id : Texts, S
    segment_name_ix : (S,) int32
        Into `name`, -1 where it has none.
    segment_kind_ix : (S,) uint8
        Into `kind`: the `highway` value.
    segment_from_ix, segment_to_ix : (S,) int32
        Into the junctions. Parallel segments and loops are normal.
    segment_forward, segment_backward : (S,) uint8
        Class masks from→to and to→from.
    segment_physical : (S,) bool
    segment_limited : (S,) uint8
        Class mask: may use it only with a reason (destination, customers, delivery, private for emergency).
    segment_form : (S,) uint8
        Bits of `Form`.
    segment_layer : (S,) int8
    segment_lanes : (S,) uint8
        0 where unknown.
    segment_maxspeed_kmh, segment_width_dm : (S,) uint16
        0 where unknown.
    segment_box_e7 : (S, 4) int32
        West, south, east, north of the shape.
    shape_start : (S + 1,) int64
        Where each segment's points begin in `shape_e7`.
    shape_e7 : (P, 2) int32
        Longitude, latitude along from→to, ends included.
    kind : Texts
    name : Texts, N
        Every name once, sorted.
    alias_segment_ix, alias_name_ix : (n,) int32
        Further names of segments, in order.
    ban_start : (B + 1,) int64
        Where each forbidden movement's segments begin in `ban_segment_ix`.
    ban_segment_ix, ban_junction_ix : (n,) int32
        The segments in order (two, or more with via ways); the junction behind each, -1 behind the last.
    ban_mask : (B,) uint8
        Classes bound.
    condition_segment_ix : (C,) int32
        -1 where it belongs to a relation.
    condition : Texts, C
        Tags that hold only at times and were not applied, as ``key=value``.
    address_number : Texts, A
    address_street_ix : (A,) int32
        Into `name`, -1 where it has none.
    address_e7 : (A, 2) int32
    address_segment_ix : (A,) int32
        The segment that serves it, -1 where none does.
    address_offset_m : (A,) float32
        How far along that segment.
    site_id, site_name : Texts, T
    site_kind_ix : (T,) uint8
        Into `site_kind`.
    site_e7 : (T, 2) int32
    site_kind : Texts
        ``school``, ``hospital``, ``fire_station`` ...
    rail_crossing_segment_ix : (R,) int32
        The segment that a railway or tramway crosses on the level; sorted by segment, then offset. A crossing on a
        junction stands at the end of each segment that meets there.
    rail_crossing_offset_m : (R,) float32
        How far along that segment.
    origin : Origin
    content_hash : str
        BLAKE3 over all columns and the origin; set by the network file, empty before.
    """

    junction_id: Texts
    junction_e7: NDArray[np.int32]
    junction_clipped: NDArray[np.bool_]
    junction_blocked: NDArray[np.uint8]
    segment_id: Texts
    segment_name_ix: NDArray[np.int32]
    segment_kind_ix: NDArray[np.uint8]
    segment_from_ix: NDArray[np.int32]
    segment_to_ix: NDArray[np.int32]
    segment_forward: NDArray[np.uint8]
    segment_backward: NDArray[np.uint8]
    segment_physical: NDArray[np.bool_]
    segment_limited: NDArray[np.uint8]
    segment_form: NDArray[np.uint8]
    segment_layer: NDArray[np.int8]
    segment_lanes: NDArray[np.uint8]
    segment_maxspeed_kmh: NDArray[np.uint16]
    segment_width_dm: NDArray[np.uint16]
    segment_box_e7: NDArray[np.int32]
    shape_start: NDArray[np.int64]
    shape_e7: NDArray[np.int32]
    kind: Texts
    name: Texts
    alias_segment_ix: NDArray[np.int32]
    alias_name_ix: NDArray[np.int32]
    ban_start: NDArray[np.int64]
    ban_segment_ix: NDArray[np.int32]
    ban_junction_ix: NDArray[np.int32]
    ban_mask: NDArray[np.uint8]
    condition_segment_ix: NDArray[np.int32]
    condition: Texts
    address_number: Texts
    address_street_ix: NDArray[np.int32]
    address_e7: NDArray[np.int32]
    address_segment_ix: NDArray[np.int32]
    address_offset_m: NDArray[np.float32]
    site_id: Texts
    site_name: Texts
    site_kind_ix: NDArray[np.uint8]
    site_e7: NDArray[np.int32]
    site_kind: Texts
    origin: Origin
    content_hash: str = ""
    rail_crossing_segment_ix: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    rail_crossing_offset_m: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Texts):
                value.data.setflags(write=False)
                value.starts.setflags(write=False)
            elif isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def junction_count(self) -> int:
        """J."""
        return len(self.junction_e7)

    @property
    def segment_count(self) -> int:
        """S."""
        return len(self.segment_from_ix)

    @cached_property
    def junction_degree(self) -> NDArray[np.int64]:
        """(J,) how many ends of segments meet at each junction."""
        starts, ends = (
            np.bincount(ix, minlength=self.junction_count) for ix in (self.segment_from_ix, self.segment_to_ix)
        )
        return starts + ends

    @cached_property
    def segments_by_place(self) -> BoxGrid:
        """Which segments are near."""
        return BoxGrid(self.segment_box_e7)

    @cached_property
    def bans_by_segment(self) -> RowsBySegment:
        """Which rows of `ban_segment_ix` belong to some segments."""
        return RowsBySegment(self.ban_segment_ix, self.segment_count)

    @cached_property
    def addresses_by_segment(self) -> RowsBySegment:
        """Which addresses some segments serve."""
        return RowsBySegment(self.address_segment_ix, self.segment_count)

    @cached_property
    def projected_shapes(self) -> ProjectedShapes:
        """The segments' shapes in metres."""
        return ProjectedShapes(self.shape_start, self.shape_e7, DEGREE_E7)

    def make_ready(self) -> None:
        """Build now what windows are found by; else that waits until several have been asked for.

        For whoever opens many windows: some tenths of a second for each million segments and addresses.
        """
        _ = self.junction_degree
        for index in (self.segments_by_place, self.bans_by_segment, self.addresses_by_segment):
            index.make_ready()
