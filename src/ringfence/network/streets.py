"""The frozen street network: junctions, segments with their shapes, turn restrictions; and the plain TSV reader."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from ringfence.base.errors import Fault
from ringfence.base.tables import Row, read_number, read_table
from ringfence.base.traffic import mask_of
from ringfence.network.projection import FloatArray, LocalMetres

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

JUNCTION_COLUMNS = ("id", "lon", "lat", "clipped", "evidence")
SEGMENT_COLUMNS = ("id", "name", "from", "to", "class", "forward", "backward", "physical", "evidence", "path")
RESTRICTION_COLUMNS = ("id", "from_segment", "via", "to_segment")
SEGMENT_LENGTH_M_MIN = 0.5


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
    shapes : tuple of (n, 2) float
        Projected metres along from→to, ends included.
    length_m : (S,) float
    restrictions : (R, 3) int
        Forbidden movements: from segment, via junction, to segment.
    projection : LocalMetres
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
    shapes: tuple[FloatArray, ...]
    length_m: FloatArray
    restrictions: IntArray
    projection: LocalMetres
    _positions: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._positions.update({segment_id: ix for ix, segment_id in enumerate(self.segment_ids)})
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
            *self.shapes,
        ):
            array.setflags(write=False)

    def find_segment(self, segment_id: str) -> int | None:
        """Array position of a segment, or None."""
        return self._positions.get(segment_id)

    @cached_property
    def junction_xy(self) -> FloatArray:
        """(J, 2) projected metres."""
        return self.projection.to_metres(self.junction_lonlat)

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """(S,) shapely LineStrings in projected metres."""
        index = np.repeat(np.arange(len(self.shapes)), [len(shape) for shape in self.shapes])
        return np.asarray(shapely.linestrings(np.concatenate(self.shapes), indices=index))

    @cached_property
    def streets_at(self) -> tuple[tuple[str, ...], ...]:
        """For each junction, the sorted names of the streets that meet there."""
        names: list[set[str]] = [set() for _ in self.junction_ids]
        for ix, name in enumerate(self.segment_names):
            if name:
                names[self.from_ix[ix]].add(name)
                names[self.to_ix[ix]].add(name)
        return tuple(tuple(sorted(streets)) for streets in names)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all that decides who can move where; independent of row order."""
        lines = [
            f"{self.junction_ids[ix]} {lon:.7f} {lat:.7f} {int(clipped)}"
            for ix, ((lon, lat), clipped) in enumerate(zip(self.junction_lonlat, self.clipped, strict=True))
        ]
        for ix, segment_id in enumerate(self.segment_ids):
            shape = ";".join(f"{x:.2f},{y:.2f}" for x, y in self.shapes[ix])
            ends = f"{self.junction_ids[self.from_ix[ix]]} {self.junction_ids[self.to_ix[ix]]}"
            masks = f"{self.forward_mask[ix]} {self.backward_mask[ix]} {int(self.physical[ix])}"
            lines.append(f"{segment_id} {self.segment_names[ix]} {ends} {masks} {shape}")
        lines += [
            f"ban {self.segment_ids[a]} {self.junction_ids[via]} {self.segment_ids[b]}"
            for a, via, b in self.restrictions
        ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()

    def point_at(self, segment_ix: int, offset_m: float) -> tuple[float, float]:
        """Lon, lat of the point `offset_m` metres along a segment."""
        xy = shapely.get_coordinates(shapely.line_interpolate_point(self.lines[segment_ix], offset_m))
        lon, lat = self.projection.to_lonlat(xy)[0]
        return float(lon), float(lat)


def read_network(
    junctions: bytes,
    segments: bytes,
    turn_restrictions: bytes,
    faults: list[Fault],
    *,
    names: tuple[str, str, str] = ("junctions.tsv", "segments.tsv", "turn_restrictions.tsv"),
) -> Network | None:
    """A network from three TSV files (columns: `docs/operation-folder.md`).

    Adds every fault to `faults`, each with file and line; returns None if there was any.
    """
    before = len(faults)
    junction_rows = _unique(read_table(junctions, names[0], JUNCTION_COLUMNS, faults), faults)
    segment_rows = _unique(read_table(segments, names[1], SEGMENT_COLUMNS, faults), faults)
    ban_rows = _unique(read_table(turn_restrictions, names[2], RESTRICTION_COLUMNS, faults), faults)
    positions = [
        (read_number(row, "lon", -180, 180, faults), read_number(row, "lat", -90, 90, faults)) for row in junction_rows
    ]
    clipped = [_read_choice(row, "clipped", ("yes", ""), faults) == "yes" for row in junction_rows]
    if not junction_rows and len(faults) == before:
        faults.append(Fault("no-junctions", names[0], "at least one junction", "none", "Draw or import a network."))
    if len(faults) > before:
        return None
    lonlat = np.array(positions, dtype=np.float64).reshape(-1, 2)
    centre = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2
    projection = LocalMetres(round(float(centre[0]), 4), round(float(centre[1]), 4))
    junction_ix = {row["id"]: ix for ix, row in enumerate(junction_rows)}
    ends, shapes, masks = [], [], []
    for row in segment_rows:
        ends.append((_find_end(row, "from", junction_ix, faults), _find_end(row, "to", junction_ix, faults)))
        masks.append((_read_mask(row, "forward", faults), _read_mask(row, "backward", faults)))
        _read_choice(row, "physical", ("yes", "no"), faults)
        _read_choice(row, "evidence", ("surveyed", "inferred"), faults)
        shapes.append(_read_path(row, faults))
    if len(faults) > before:
        return None
    metre_shapes = tuple(
        projection.to_metres(np.array([lonlat[a], *path, lonlat[b]])) for (a, b), path in zip(ends, shapes, strict=True)
    )
    lengths = np.array([np.hypot(*np.diff(shape, axis=0).T).sum() for shape in metre_shapes])
    for row, length in zip(segment_rows, lengths, strict=True):
        if length < SEGMENT_LENGTH_M_MIN:
            faults.append(
                Fault(
                    "no-length",
                    row.where,
                    f"a segment of at least {SEGMENT_LENGTH_M_MIN} m",
                    f"{length:.2f} m from {row['from']} to {row['to']}",
                    "Merge the two junctions, or give the loop its path.",
                )
            )
    restrictions = _read_restrictions(ban_rows, segment_rows, junction_ix, ends, faults)
    if len(faults) > before:
        return None
    return Network(
        junction_ids=tuple(row["id"] for row in junction_rows),
        junction_lonlat=lonlat,
        clipped=np.array(clipped, dtype=bool),
        segment_ids=tuple(row["id"] for row in segment_rows),
        segment_names=tuple(row["name"] for row in segment_rows),
        highways=tuple(row["class"] for row in segment_rows),
        from_ix=np.array([a for a, _ in ends], dtype=np.int64),
        to_ix=np.array([b for _, b in ends], dtype=np.int64),
        forward_mask=np.array([forward for forward, _ in masks], dtype=np.int64),
        backward_mask=np.array([backward for _, backward in masks], dtype=np.int64),
        physical=np.array([row["physical"] == "yes" for row in segment_rows], dtype=bool),
        inferred=np.array([row["evidence"] == "inferred" for row in segment_rows], dtype=bool),
        shapes=metre_shapes,
        length_m=lengths,
        restrictions=restrictions,
        projection=projection,
    )


def _unique(rows: list[Row], faults: list[Fault]) -> list[Row]:
    seen: dict[str, str] = {}
    for row in rows:
        if not row["id"]:
            faults.append(Fault("no-id", row.where, "a stable id", "an empty cell", "Name it."))
        elif row["id"] in seen:
            faults.append(
                Fault(
                    "id-twice",
                    row.where,
                    "an id that stands once",
                    f"{row['id']!r}, which stands in {seen[row['id']]} too",
                    "Rename or delete one.",
                )
            )
        seen.setdefault(row["id"], row.where)
    return rows


def _read_choice(row: Row, column: str, choices: tuple[str, ...], faults: list[Fault]) -> str:
    if row[column] not in choices:
        shown = " or ".join(choice or "(empty)" for choice in choices)
        faults.append(
            Fault("bad-choice", f"{row.where}, {column}", shown, repr(row[column][:40]), "Write one of these.")
        )
    return row[column]


def _find_end(row: Row, column: str, junction_ix: dict[str, int], faults: list[Fault]) -> int:
    ix = junction_ix.get(row[column])
    if ix is None:
        faults.append(
            Fault(
                "unknown-junction",
                f"{row.where}, {column}",
                "the id of a junction",
                repr(row[column][:40]),
                "Add the junction or correct the id.",
            )
        )
        return 0
    return ix


def _read_mask(row: Row, column: str, faults: list[Fault]) -> int:
    try:
        return mask_of(row[column])
    except ValueError:
        faults.append(
            Fault(
                "unknown-class",
                f"{row.where}, {column}",
                "all, none, or a comma list of car, heavy, bus, emergency, bicycle, foot",
                repr(row[column][:40]),
                "Correct the list.",
            )
        )
        return 0


def _read_path(row: Row, faults: list[Fault]) -> list[tuple[float, float]]:
    points = []
    for text in row["path"].split():
        lon, _, lat = text.partition(",")
        point = Row(row.where, {"path lon": lon, "path lat": lat})
        points.append(
            (read_number(point, "path lon", -180, 180, faults), read_number(point, "path lat", -90, 90, faults))
        )
    return points


def _read_restrictions(
    rows: list[Row],
    segment_rows: list[Row],
    junction_ix: dict[str, int],
    ends: list[tuple[int, int]],
    faults: list[Fault],
) -> IntArray:
    segment_ix = {row["id"]: ix for ix, row in enumerate(segment_rows)}
    restrictions = []
    for row in rows:
        a, via, b = segment_ix.get(row["from_segment"]), junction_ix.get(row["via"]), segment_ix.get(row["to_segment"])
        if a is None or via is None or b is None or via not in ends[a] or via not in ends[b]:
            faults.append(
                Fault(
                    "bad-restriction",
                    row.where,
                    "two segments that meet at the via junction",
                    f"{row['from_segment']!r} via {row['via']!r} to {row['to_segment']!r}",
                    "Correct the ids or delete the line.",
                )
            )
            continue
        restrictions.append((a, via, b))
    return np.array(restrictions, dtype=np.int64).reshape(-1, 3)
