"""The protected area and the limit of a cordon, from GeoJSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Any

import numpy as np
from shapely import (
    MultiPolygon,
    Polygon,
    STRtree,
    intersects_xy,
    prepare,
    segmentize,
    to_wkt,
    transform,
    union_all,
)
from shapely.errors import ShapelyError
from shapely.geometry import shape as geojson_shape

from ringfence.base.errors import Fault
from ringfence.base.strict_json import no_json
from ringfence.base.tables import decode_text
from ringfence.network.outlines import what_is_wrong
from ringfence.network.projection import LocalMetres
from ringfence.network.streets import Network

EXTENT_DEG_MAX = 2.0
"""Wider than any city: a corner that was typed wrong, or an outline of something else."""
EDGE_STEP_DEG = 0.0005
"""Outlines are bent at steps of at most about 50 m before they are projected."""


@dataclass(frozen=True)
class Area:
    """What must be inside, and how far out the cordon may reach.

    Attributes
    ----------
    protected, limit : Polygon or MultiPolygon
        In lon, lat.
    name : str
    drawn : tuple of (str, Polygon)
        Each protected polygon as it was drawn, however they overlap, with its number and name. Empty where nobody drew:
        then the polygons of `protected` count.
    """

    protected: Polygon | MultiPolygon
    limit: Polygon | MultiPolygon
    name: str
    drawn: tuple[tuple[str, Polygon], ...] = field(default=(), compare=False)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the protected polygon, normalised, to 1e-7 degrees."""
        return _hash(self.protected)

    @cached_property
    def limit_hash(self) -> str:
        """SHA-256 of the limit, likewise."""
        return _hash(self.limit)

    def in_metres(self, projection: LocalMetres) -> tuple[Polygon | MultiPolygon, Polygon | MultiPolygon]:
        """Protected polygon and limit in projected metres. Edges are straight in lon, lat, so they are bent finely."""
        return tuple(
            transform(segmentize(polygon, EDGE_STEP_DEG), projection.to_metres)
            for polygon in (self.protected, self.limit)
        )

    def clipped_within_limit(self, network: Network) -> list[str]:
        """Ids of clipped junctions that the limit reaches. Where there is one, a seal can't be proven."""
        clipped = np.flatnonzero(network.clipped)
        prepare(self.limit)
        reached = intersects_xy(self.limit, *network.junction_lonlat[clipped].T)
        return [network.junction_ids[ix] for ix in clipped[reached]]

    def without_street(self, network: Network) -> list[str]:
        """What was drawn and holds no street, by number and name: nothing is kept out of there.

        One that overlaps others is one area with them.
        """
        joined = list(self.protected.geoms) if isinstance(self.protected, MultiPolygon) else [self.protected]
        outlines = [transform(segmentize(one, EDGE_STEP_DEG), network.projection.to_metres) for one in joined]
        holding = set(STRtree(network.lines).query(outlines, predicate="intersects")[0].tolist())
        bare = [one for at, one in enumerate(joined) if at not in holding]
        if not bare:
            return []
        drawn = self.drawn or [(f"part {number}", one) for number, one in enumerate(joined, start=1)]
        inner = [one.representative_point() for _, one in drawn]
        within = set(STRtree(inner).query(bare, predicate="intersects")[1].tolist())
        return [name for at, (name, _) in enumerate(drawn) if at in within]


def _hash(polygon: Polygon | MultiPolygon) -> str:
    return hashlib.sha256(str(to_wkt(polygon.normalize(), rounding_precision=7)).encode()).hexdigest()


def not_an_outline(geometry: Any) -> str | None:
    """What a value from a file is, in words, where it is no Polygon or MultiPolygon of numbers; None where it is."""
    if geometry is None:
        return "no geometry"
    if not isinstance(geometry, dict) or not isinstance(geometry.get("type"), str):
        return "no GeoJSON geometry: it has no `type`"
    kind, coordinates = geometry["type"][:40], geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"}:
        return f"a {kind}"
    if not isinstance(coordinates, list):
        return f"a {kind} without coordinates"
    wrong = _wrong_in(coordinates if kind == "MultiPolygon" else [coordinates])
    return None if wrong is None else f"a {kind} with {wrong}"


def _wrong_in(parts: list[Any]) -> str | None:
    for rings in parts:
        for ring in rings if isinstance(rings, list) else [None]:
            if not isinstance(ring, list) or len(ring) < 3:
                return "an outline of fewer than three corners"
            wrong = [corner for corner in ring if not _is_position(corner)]
            if wrong:
                return f"a corner that is not two numbers: {repr(wrong[0])[:40]}"
    return None


def _is_position(corner: Any) -> bool:
    return (
        isinstance(corner, list)
        and len(corner) >= 2
        and all(isinstance(figure, int | float) and abs(figure) < inf for figure in corner)
    )


def read_area(data: bytes, where: str, faults: list[Fault]) -> Area | None:
    """The area from a FeatureCollection with features of `role` protected, and one of `role` limit.

    Several protected features are one area together, whether they overlap or not.

    Adds every fault to `faults`; returns None if there was any.
    """
    before = len(faults)
    text = decode_text(data, where, faults)
    if text is None:
        return None
    try:
        document = json.loads(text)
        features = document["features"]
        by_role: dict[str, list[Any]] = {"protected": [], "limit": []}
        for feature in features:
            by_role.setdefault(str(feature["properties"].get("role")), []).append(feature)
    except (ValueError, RecursionError) as error:
        read = f"no JSON: {no_json(text, error)}" if text.strip() else no_json(text, error)
        faults.append(Fault("bad-geojson", where, "GeoJSON", read, "Export the area again."))
        return None
    except (KeyError, TypeError, AttributeError):
        expected = "a GeoJSON FeatureCollection whose features have the property role"
        read = "no list of features with properties"
        faults.append(Fault("bad-geojson", where, expected, read, "Export the area again."))
        return None
    polygons: dict[str, Polygon | MultiPolygon] = {}
    drawn: list[tuple[str, Polygon]] = []
    for role in ("protected", "limit"):
        found = by_role[role]
        if not found or (role == "limit" and len(found) > 1):
            expected = f"one feature with role {role}" if role == "limit" else "a feature with role protected"
            do = "Draw the missing polygon." if not found else "Draw one limit around all."
            faults.append(Fault("area-role", where, expected, f"{len(found)}", do))
            continue
        parts = [
            _read_polygon(feature, f"{where}, {role}" + (f" {number}" if len(found) > 1 else ""), faults)
            for number, feature in enumerate(found, start=1)
        ]
        sound = [part for part in parts if part is not None]
        if len(sound) == len(parts):
            joined = sound[0] if len(sound) == 1 else union_all(sound)
            polygons[role] = joined
            drawn += _as_drawn(found) if role == "protected" else ()
    if len(polygons) == 2 and not polygons["limit"].contains(polygons["protected"]):
        faults.append(
            Fault(
                "area-outside-limit",
                where,
                "a protected area inside the limit",
                _reaching_out(polygons["protected"], polygons["limit"]),
                "Draw the limit wider or the area smaller.",
            )
        )
    if len(faults) > before:
        return None
    name = str(by_role["protected"][0]["properties"].get("name") or "the protected area")
    return Area(polygons["protected"], polygons["limit"], name, tuple(drawn))


def _as_drawn(features: list[Any]) -> list[tuple[str, Polygon]]:
    """Each polygon of sound features, with a name by which a person finds it."""
    drawn = []
    for number, feature in enumerate(features, start=1):
        shape = geojson_shape(feature["geometry"])
        parts = list(shape.geoms) if isinstance(shape, MultiPolygon) else [shape]
        called = str(feature["properties"].get("name") or "") if len(features) > 1 else ""
        for at, part in enumerate(parts, start=1):
            words = [f"protected {number}"] * (len(features) > 1) + [f"part {at}"] * (len(parts) > 1)
            drawn.append((", ".join(words or ["protected"]) + f" ({called})" * bool(called), part))
    return drawn


def _reaching_out(area: Polygon | MultiPolygon, limit: Polygon | MultiPolygon) -> str:
    """How an area is not inside its limit, and where."""
    if area.disjoint(limit):
        return "one that lies outside of it altogether"
    beyond = area.difference(limit).representative_point()
    return f"one that reaches beyond it, as at {beyond.x:.5f}, {beyond.y:.5f}"


def _what_to_do(found: str) -> str:
    if "hole" in found:
        return "Draw its outline and holes again, or leave the hole out."
    return "Draw its outline again." + " Degrees are asked for, longitude first." * (found == "one off the globe")


def _read_polygon(feature: Any, where: str, faults: list[Fault]) -> Polygon | MultiPolygon | None:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    wrong = not_an_outline(geometry)
    try:
        polygon = geojson_shape(geometry) if wrong is None else Polygon()
        if isinstance(polygon, MultiPolygon) and all(part.is_valid for part in polygon.geoms):
            polygon = union_all(polygon.geoms)  # parts that overlap are one area
        bounds = np.array(polygon.bounds)
        finite = bool(np.isfinite(bounds).all()) and bool((np.abs(bounds) <= [180, 90, 180, 90]).all())
    except (
        ShapelyError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OverflowError,
        RecursionError,
    ):
        found = "coordinates that make no outline"
    else:
        if wrong is not None:
            found = wrong
        elif polygon.is_empty:
            found = "an empty one"
        elif not finite:
            found = "one off the globe"
        elif not polygon.is_valid:
            found = what_is_wrong(polygon)
        elif polygon.area == 0:
            found = "an empty one"
        elif max(bounds[2] - bounds[0], bounds[3] - bounds[1]) > EXTENT_DEG_MAX:
            found = f"one that is {max(bounds[2] - bounds[0], bounds[3] - bounds[1]):.1f} degrees across"
        else:
            return polygon
    faults.append(
        Fault(
            "bad-polygon",
            where,
            f"a valid Polygon or MultiPolygon in lon, lat, at most {EXTENT_DEG_MAX:g} degrees across",
            found,
            _what_to_do(found),
        )
    )
    return None
