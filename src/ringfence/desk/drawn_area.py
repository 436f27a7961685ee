"""Where a question is asked about: the operation's own area, or one drawn for it, and the streets there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from shapely import Polygon, box, transform
from shapely.geometry import mapping, shape

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.strict_json import no_json
from ringfence.base.tables import decode_text
from ringfence.model.plans import PlanQuestion
from ringfence.network import MARGIN_M, Area, Network, not_an_outline, read_area, window
from ringfence.operation import Operation, check_ground

NOT_OUTLINES = ("barrier", "barrier_line", "way_in")
"""What else a plan's export draws, by the property `ringfence`."""
LABELS = "labels"
"""Member of a protected outline that is read from a file of several: the number and name of each of its polygons."""


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
    refuse_if([_turned_round(operation, fault, asked) for fault in faults])
    assert area is not None
    labels = (question.protected or {}).get(LABELS)
    if not isinstance(labels, list) or len(labels) != len(area.drawn):
        return area
    drawn = zip(map(str, labels), (polygon for _, polygon in area.drawn), strict=True)
    return replace(area, drawn=tuple(drawn))


def unlabelled(question: PlanQuestion) -> PlanQuestion:
    """The question, whatever the parts of its area are called: for comparing what was drawn."""
    if question.protected is None or LABELS not in question.protected:
        return question
    bare = {name: value for name, value in question.protected.items() if name != LABELS}
    return question.model_copy(update={"protected": bare})


def _turned_round(operation: Operation, fault: Fault, drawn: Mapping[str, Any]) -> Fault:
    """A fault of outlines that lie elsewhere, with another advice if they lie here once their figures change places."""
    if fault.code == "area-outside-limit" and "altogether" not in fault.found:
        return fault
    if fault.code not in ("area-outside-limit", "area-without-streets"):
        return fault
    known = _extent(operation)
    for geometry in drawn.values():
        if geometry is None:
            continue
        outline = shape(geometry)
        turned = transform(outline, lambda lonlat: lonlat[:, ::-1])
        if turned.intersects(known) and not outline.intersects(known):
            lon, lat = turned.representative_point().coords[0]
            do = f"Longitude goes first: {lon:.5f},{lat:.5f}, not {lat:.5f},{lon:.5f}. Change their places."
            return replace(fault, do=do)
    return fault


def _extent(operation: Operation) -> Polygon:
    """The box in which the streets are that the operation knows, in lon, lat."""
    if operation.city is not None:
        return box(*operation.city.origin.edge)
    corners = operation.network.junction_lonlat
    return box(*np.min(corners, axis=0), *np.max(corners, axis=0))


def read_outlines(data: bytes, source: str) -> dict[str, dict[str, Any]]:
    """The geometries in a GeoJSON file by role, as a question takes them; a role that is not there is left out.

    Several features of role protected are its parts. A geometry alone, or a feature alone without a role, is the
    protected area: so do map programs copy one. Of a plan's export the outlines are taken, not the barriers. Whether
    they enclose anything is for `area_of` to say.

    Raises
    ------
    BadInput
        If it is no GeoJSON, has no outline (``no-outline``), two limits (``area-role``), or anything that can't be used
        (``unused-feature``): nobody should plan for another area than was drawn.
    """
    faults: list[Fault] = []
    text = decode_text(data, source, faults)
    refuse_if(faults)
    try:
        document = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        raise BadInput([Fault("bad-json", source, "GeoJSON", no_json(text or "", error), "Export it anew.")]) from None
    parts: dict[str, list[Any]] = {}
    labels: list[str] = []
    for number, feature in enumerate(_features_of(document, source), start=1):
        about = feature.get("properties") if isinstance(feature, dict) else None
        about = about if isinstance(about, dict) else {}
        if about.get("ringfence") in NOT_OUTLINES:
            continue
        where, role = f"{source}, feature {number}", about.get("role")
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        wrong = not_an_outline(geometry)
        if role not in ("protected", "limit"):
            found = "none" if role is None else repr(role)[:40]
            do = 'Give it the property "role": "protected" or "limit", or take it out.'
            faults.append(Fault("unused-feature", where, "the property role: protected or limit", found, do))
        elif wrong is not None or geometry is None:
            do = "Draw its outline, or take it out."
            faults.append(Fault("unused-feature", where, "a Polygon or MultiPolygon", wrong or "nothing", do))
        elif role == "limit" and "limit" in parts:
            faults.append(Fault("area-role", where, "one feature with role limit", "another", "Draw one around all."))
        else:
            polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
            parts.setdefault(role, []).extend(polygons)
            if role == "protected":
                labels += _labels_of(about.get("name"), number, len(polygons))
    if not parts and not faults:
        expected = "a FeatureCollection with a feature whose property `role` is protected or limit"
        faults.append(Fault("no-outline", source, expected, "none", "`docs/operation-folder.md` shows one."))
    refuse_if(faults)
    outlines: dict[str, dict[str, Any]] = {
        role: {"type": "MultiPolygon", "coordinates": polygons} for role, polygons in parts.items()
    }
    if len(labels) > 1:
        outlines["protected"][LABELS] = labels
    return outlines


def _labels_of(name: Any, number: int, parts: int) -> list[str]:
    """How a person finds each polygon of a feature in the file again."""
    called = f" ({name[:60]})" if isinstance(name, str) and name else ""
    return [f"feature {number}{f', part {part}' * (parts > 1)}{called}" for part in range(1, parts + 1)]


def _features_of(document: Any, source: str) -> list[Any]:
    """The features of a file; what stands there alone is the protected area, unless it says that it is the limit."""
    kind = document.get("type") if isinstance(document, dict) else None
    if kind in ("Polygon", "MultiPolygon"):
        return [{"properties": {"role": "protected"}, "geometry": document}]
    if kind == "Feature":
        about = document.get("properties")
        return [{**document, "properties": {"role": "protected", **(about if isinstance(about, dict) else {})}}]
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        expected = "a FeatureCollection, a Feature, a Polygon or a MultiPolygon"
        found = f"a {str(kind)[:40]}" if kind else "none of them"
        do = 'Wrap it in {"type": "FeatureCollection", "features": [...]}, each with the property `role`.'
        raise BadInput([Fault("no-outline", source, expected, found, do)])
    return features


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
    drawn = {"protected": area.protected, "limit": area.limit}
    if operation.city is not None and not operation.area.limit.covers(area.limit):
        try:
            network = window(operation.city, area.limit, margin_m=margin_m)
        except ValueError:
            found = "one where no street of the city is"
            do = "Draw it where the streets are. Degrees are asked for, longitude first."
            fault = Fault("area-without-streets", "the area drawn", "an area", found, do)
            raise BadInput([_turned_round(operation, fault, drawn)]) from None
    faults: list[Fault] = []
    check_ground({"area": "the area drawn"}, network, area, (), (), faults)
    refuse_if([_turned_round(operation, fault, drawn) for fault in faults])
    return network


def ground_of(operation: Operation, question: PlanQuestion) -> Operation:
    """The operation over the area and the streets that a question is about, with what lies around them."""
    area = area_of(operation, question)
    if area is operation.area:
        return operation
    return operation.on_ground(streets_around(operation, area, MARGIN_M), area)
