"""A plan as GeoJSON (RFC 7946): the barriers, the lines across their streets, the area, and what is proven."""

from __future__ import annotations

import json
import math
from collections import Counter
from importlib.metadata import version
from typing import Any

import numpy as np
import shapely
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from shapely import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

from ringfence.model.plans import Plan, PlannedBarrier
from ringfence.operation import Operation
from ringfence.report.install_list import install_list
from ringfence.report.symbols import street_look
from ringfence.report.words import least_shown, proof_mark

FORMAT = 1
DECIMALS = 7
"""Of degrees: a centimetre."""


def plan_geojson(operation: Operation, plan: Plan, crews: int = 1) -> dict[str, Any]:
    """The plan as a FeatureCollection; `docs/plan-exports.md` has every property.

    A Point and a LineString for each barrier, in the order of the plan; the protected area and the limit, with the
    `role` by which an operation reads them; where no plan exists, the way in that can't be closed. The property
    `ringfence` says what a feature is; the member `ringfence` at the head says what is planned, proven and assumed.

    Raises
    ------
    BadInput
        As `install_list`.
    """
    rows = {row.barrier.id: row for row in install_list(operation, plan, crews)}
    sites = site_numbers(operation, plan)
    features: list[dict[str, Any]] = []
    for barrier in plan.barriers:
        width_m, row = _width_m(operation, barrier), rows[barrier.id]
        same = {"barrier": barrier.id, "letter": row.letter, "site": sites.get(barrier.id)}
        about = {
            **same,
            "crew": row.crew,
            "order": row.order,
            **barrier.model_dump(mode="json", exclude={"id", "lon", "lat"}),
            "blocks": row.blocks,
            "staff": row.staff,
            "inside_bearing_deg": round(row.bearing, 1),
            "width_assumed_m": None if barrier.width_m is not None else width_m,
        }
        features.append(_feature("barrier", "Point", [barrier.lon, barrier.lat], about, barrier.id))
        across = _across(operation, barrier, width_m, row.bearing)
        features.append(_feature("barrier_line", "LineString", across, same, f"{barrier.id}/line"))
    area = operation.area
    for role, polygon, name in (("protected", area.protected, area.name), ("limit", area.limit, "limit")):
        features.append(_area_feature(role, polygon, name))
    if plan.witness is not None:
        way = {
            "streets": list(plan.witness.streets),
            "length_m": plan.witness.length_m,
            "cannot_close": [one.model_dump(mode="json") for one in plan.cannot_close],
        }
        points = [list(point) for point in plan.witness.coordinates]
        if len(points) > 1:
            features.append(_feature("way_in", "LineString", points, way, "way_in"))
    return {"type": "FeatureCollection", **_head(operation, plan), "features": features}


def plan_geojson_bytes(operation: Operation, plan: Plan, crews: int = 1) -> bytes:
    """The same as UTF-8 text, one feature a line. Raises as `plan_geojson`."""
    document = plan_geojson(operation, plan, crews)
    features = document.pop("features")
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
    lines = ",\n".join(map(encode, features))
    return f'{encode(document)[:-1]},"features":[\n{lines}\n]}}\n'.encode()


def _head(operation: Operation, plan: Plan) -> dict[str, Any]:
    """What holds of the plan as a whole, and whom the data is from."""
    certificate = plan.certificate
    planned = plan.model_dump(mode="json", exclude={"barriers", "certificate", "witness", "cannot_close"})
    about = {
        "format": FORMAT,
        "made_by": f"ringfence {version('ringfence')}",
        "operation": operation.file.id,
        "title": operation.file.title,
        **planned,
        "certificate": certificate.kind if certificate else None,
        "proof": f"{least_shown(plan)}: {proof_mark(plan)[1]}" if plan.possible else None,
        "demands": _demands(plan),
        "network_hash": operation.network.hash,
        "area_hash": operation.area.hash,
        "limit_hash": operation.area.limit_hash,
    }
    return {"licence": ". ".join(credit.rstrip(". ") for credit in operation.file.credits), "ringfence": about}


def _demands(plan: Plan) -> dict[str, Any] | None:
    """What the plan had to respect, in an order that does not change from run to run."""
    if plan.certificate is None:
        return None
    demands = plan.certificate.demands.model_dump(mode="json")
    return {key: sorted(value) if isinstance(value, list) else value for key, value in demands.items()}


def _feature(kind: str, geometry: str, coordinates: Any, about: dict[str, Any], feature_id: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": feature_id,
        "geometry": {"type": geometry, "coordinates": coordinates},
        "properties": {"ringfence": kind, **about},
    }


def _area_feature(role: str, polygon: Polygon | MultiPolygon, name: str) -> dict[str, Any]:
    """An outline, its outer rings counter-clockwise and its holes clockwise."""
    parts = [orient(part, sign=1.0) for part in shapely.get_parts(polygon)]
    rings = [
        [
            [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring.coords]
            for ring in (part.exterior, *part.interiors)
        ]
        for part in parts
    ]
    geometry, coordinates = ("Polygon", rings[0]) if len(rings) == 1 else ("MultiPolygon", rings)
    return _feature("area", geometry, coordinates, {"role": role, "name": name}, role)


def _width_m(operation: Operation, barrier: PlannedBarrier) -> float:
    """How wide the street is there, or is drawn on maps where nobody knows."""
    if barrier.width_m is not None:
        return barrier.width_m
    ix = operation.network.find_segment(barrier.segment)
    assert ix is not None  # refused before
    return street_look(operation.network.highways[ix]).width_m


def _across(operation: Operation, barrier: PlannedBarrier, width_m: float, inside: float) -> list[list[float]]:
    """The line across the street, from left to right for somebody who stands outside and looks in."""
    projection = operation.network.projection
    ((x, y),) = projection.to_metres(np.array([[barrier.lon, barrier.lat]]))
    right = math.radians(inside + 90)
    east, north = math.sin(right) * width_m / 2, math.cos(right) * width_m / 2
    ends = projection.to_lonlat(np.array([[x - east, y - north], [x + east, y + north]]))
    return [[round(float(lon), DECIMALS), round(float(lat), DECIMALS)] for lon, lat in ends]


def site_numbers(operation: Operation, plan: Plan) -> dict[str, int]:
    """The site of each barrier to put up, by id: those of one number stand at one junction; in the plan's order.

    The fewest junctions that have all barriers (solved exactly, as `Plan.sites` counts them); a barrier with two of
    them belongs to the one with more barriers, and one that reaches no junction is a site of its own.
    """
    ends = {barrier.id: _ends(operation, barrier) for barrier in plan.barriers if not barrier.fixed}
    junctions = sorted({end for both in ends.values() for end in both})
    at_junction = Counter(end for both in ends.values() for end in both)
    chosen = set(junctions)
    if junctions:
        column = {junction: ix for ix, junction in enumerate(junctions)}
        pairs = [(row, column[end]) for row, both in enumerate(filter(None, ends.values())) for end in both]
        rows, columns = zip(*pairs, strict=True)
        touched = csr_array((np.ones(len(pairs)), (rows, columns)))
        solution = milp(np.ones(len(junctions)), integrality=1, bounds=Bounds(0, 1),
                        constraints=LinearConstraint(touched, lb=1))  # fmt: skip
        chosen = {junction for junction, taken in zip(junctions, solution.x, strict=True) if taken > 0.5}
    numbers: dict[str, int] = {}
    known: dict[int | str, int] = {}
    for one, both in ends.items():
        site = max((end for end in both if end in chosen), key=lambda end: (at_junction[end], -end), default=one)
        numbers[one] = known.setdefault(site, len(known) + 1)
    return numbers


def _ends(operation: Operation, barrier: PlannedBarrier) -> tuple[int, ...]:
    """The junctions that the barrier's stretch of street reaches before an outline cuts it."""
    graph = operation.bare_graph
    ix = operation.network.find_segment(barrier.segment)
    on_segment = np.flatnonzero(graph.piece_segment_ix == ix)
    after = np.searchsorted(graph.piece_end_m[on_segment], barrier.offset_m)
    piece = on_segment[min(int(after), len(on_segment) - 1)]
    reached = {int(graph.piece_from_node[piece]), int(graph.piece_to_node[piece])}
    return tuple(sorted(end for end in reached if end < len(operation.network.junction_ids)))
