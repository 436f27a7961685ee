"""Where a question is asked about: the operation's own area, or one drawn for it, and the streets there."""

from __future__ import annotations

import json
from typing import Any

from shapely.geometry import mapping

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.tables import decode_text
from ringfence.model.plans import PlanQuestion
from ringfence.network import MARGIN_M, Area, Network, read_area, window
from ringfence.operation import Operation, check_ground


def area_of(operation: Operation, question: PlanQuestion) -> Area:
    """The area that a question is about.

    Raises
    ------
    BadInput
        If what was drawn is no area.
    """
    if question.protected is None and question.limit is None:
        return operation.area
    own = {"protected": operation.area.protected, "limit": operation.area.limit}
    asked = {"protected": question.protected, "limit": question.limit}
    features = [
        {
            "type": "Feature",
            "properties": {"role": role, "name": operation.area.name},
            "geometry": asked[role] if asked[role] is not None else mapping(own[role]),
        }
        for role in ("protected", "limit")
    ]
    faults: list[Fault] = []
    document = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    area = read_area(document, "the area drawn", faults)
    refuse_if(faults)
    assert area is not None
    return area


def read_outlines(data: bytes, source: str) -> dict[str, dict[str, Any]]:
    """The geometries in a GeoJSON file by role, as a question takes them; a role that is not there is left out.

    Several features of one role are its parts. Whether they are outlines is for `area_of` to say.

    Raises
    ------
    BadInput
        If it is no GeoJSON, or has no feature with a role (``no-outline``).
    """
    faults: list[Fault] = []
    text = decode_text(data, source, faults)
    refuse_if(faults)
    try:
        document = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        raise BadInput([Fault("bad-json", source, "GeoJSON", str(error)[:100], "Export it anew.")]) from None
    features = document.get("features") if isinstance(document, dict) else None
    parts: dict[str, list[Any]] = {}
    for feature in features if isinstance(features, list) else []:
        about = feature.get("properties") if isinstance(feature, dict) else None
        role = about.get("role") if isinstance(about, dict) else None
        geometry = feature.get("geometry") if role in {"protected", "limit"} else None
        if isinstance(geometry, dict) and isinstance(geometry.get("coordinates"), list):
            polygons = geometry["coordinates"] if geometry.get("type") == "MultiPolygon" else [geometry["coordinates"]]
            parts.setdefault(str(role), []).extend(polygons)
    if not parts:
        expected = "a FeatureCollection with a feature whose property `role` is protected or limit"
        raise BadInput([Fault("no-outline", source, expected, "none", "`docs/operation-folder.md` shows one.")])
    return {role: {"type": "MultiPolygon", "coordinates": polygons} for role, polygons in parts.items()}


def streets_around(operation: Operation, area: Area, margin_m: float) -> Network:
    """The streets around an area: those that the operation looks at, or, farther out, more of its city.

    Raises
    ------
    BadInput
        If there are none, or the limit reaches where nobody knows the streets.
    """
    network = operation.network
    if area is operation.area:
        return network
    if operation.city is not None and not operation.area.limit.covers(area.limit):
        try:
            network = window(operation.city, area.limit, margin_m=margin_m)
        except ValueError:
            found, do = "one where no street of the city is", "Draw it where the streets are."
            raise BadInput([Fault("area-without-streets", "the area drawn", "an area", found, do)]) from None
    faults: list[Fault] = []
    check_ground({"area": "the area drawn"}, network, area, (), (), faults)
    refuse_if(faults)
    return network


def ground_of(operation: Operation, question: PlanQuestion) -> Operation:
    """The operation over the area and the streets that a question is about, with what lies around them."""
    area = area_of(operation, question)
    if area is operation.area:
        return operation
    return operation.on_ground(streets_around(operation, area, MARGIN_M), area)
