"""Reading a street network from three plain tables: junctions, segments, turn restrictions."""

from __future__ import annotations

import re

import numpy as np

from ringfence.base.errors import Fault
from ringfence.base.tables import ID_PATTERN, Row, read_number, read_table
from ringfence.base.traffic import mask_of
from ringfence.network.facts import StreetFacts
from ringfence.network.projection import LocalMetres
from ringfence.network.shapes import Shapes
from ringfence.network.streets import BINDABLE, IntArray, Network

JUNCTION_COLUMNS = ("id", "lon", "lat", "clipped", "evidence")
SEGMENT_COLUMNS = ("id", "name", "from", "to", "class", "forward", "backward", "physical", "evidence", "path")
RESTRICTION_COLUMNS = ("id", "from_segment", "via", "to_segment")
SEGMENT_LENGTH_M_MIN = 0.5


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
    junction_rows = _rows(junctions, names[0], JUNCTION_COLUMNS, faults)
    segment_rows = _rows(segments, names[1], SEGMENT_COLUMNS, faults)
    ban_rows = _rows(turn_restrictions, names[2], RESTRICTION_COLUMNS, faults)
    positions = [
        (read_number(row, "lon", -180, 180, faults), read_number(row, "lat", -90, 90, faults)) for row in junction_rows
    ]
    clipped = [_read_choice(row, "clipped", ("yes", ""), faults) == "yes" for row in junction_rows]
    if len(faults) == before:
        faults += _missing(junction_rows, names[0], "junction") or _missing(segment_rows, names[1], "segment")
    junction_ix = {row["id"]: ix for ix, row in enumerate(junction_rows)}
    ends = [tuple(_find_end(row, end, junction_ix, faults) for end in ("from", "to")) for row in segment_rows]
    paths = [_read_path(row, faults) for row in segment_rows]
    masks = [[_read_mask(row, way, faults) for row in segment_rows] for way in ("forward", "backward")]
    physical = [_read_choice(row, "physical", ("yes", "no"), faults) == "yes" for row in segment_rows]
    inferred = [_read_choice(row, "evidence", ("surveyed", "inferred"), faults) == "inferred" for row in segment_rows]
    if len(faults) > before:
        return None
    lonlat = np.array(positions, dtype=np.float64).reshape(-1, 2)
    projection = LocalMetres.centred_on(lonlat)
    shapes = Shapes.of(
        projection.to_metres(np.array([lonlat[a], *path, lonlat[b]])) for (a, b), path in zip(ends, paths, strict=True)
    )
    _refuse_without_length(segment_rows, shapes, faults)
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
        forward_mask=np.array(masks[0], dtype=np.int64),
        backward_mask=np.array(masks[1], dtype=np.int64),
        physical=np.array(physical, dtype=bool),
        inferred=np.array(inferred, dtype=bool),
        shapes=shapes,
        length_m=shapes.length_m,
        restrictions=restrictions,
        restriction_mask=np.full(len(restrictions), BINDABLE, dtype=np.int64),
        projection=projection,
        junction_blocked=np.zeros(len(lonlat), dtype=np.int64),
        facts=StreetFacts.unknown(len(segment_rows)),
    )


def _missing(rows: list[Row], name: str, what: str) -> list[Fault]:
    """The fault of a table without rows."""
    return [] if rows else [Fault(f"no-{what}s", name, f"at least one {what}", "none", "Draw or import a network.")]


def _refuse_without_length(rows: list[Row], shapes: Shapes, faults: list[Fault]) -> None:
    faults += [
        Fault(
            "no-length",
            row.where,
            f"a segment of at least {SEGMENT_LENGTH_M_MIN} m",
            f"{length:.2f} m from {row['from']} to {row['to']}",
            "Merge the two junctions, or give the loop its path.",
        )
        for row, length in zip(rows, shapes.length_m.tolist(), strict=True)
        if not length >= SEGMENT_LENGTH_M_MIN
    ]


def _rows(data: bytes, where: str, columns: tuple[str, ...], faults: list[Fault]) -> list[Row]:
    """Rows of a table, with a fault for each id that is missing or stands twice."""
    rows = read_table(data, where, columns, faults)
    seen: dict[str, str] = {}
    for row in rows:
        if not re.fullmatch(ID_PATTERN, row["id"]):
            faults.append(
                Fault(
                    "bad-id",
                    row.where,
                    "an id of letters, digits, dot, underscore and hyphen",
                    repr(row["id"]),
                    "Rename it.",
                )
            )
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
    return sorted(rows, key=lambda row: row["id"])  # so that the order of lines changes nothing


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
    ends: list[tuple[int, ...]],
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
