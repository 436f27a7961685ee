"""The operation as a map shows it: streets, area, and what stays the same over its days."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from importlib import metadata

import shapely
from shapely.geometry import mapping

from ringfence.base.traffic import classes_of
from ringfence.desk.views import (
    AreaFeature,
    AreaGeometry,
    AreaMap,
    AreaProperties,
    ArmView,
    BarrierView,
    LineString,
    OperationView,
    PortalView,
    PromiseView,
    RuleView,
    StreetFeature,
    StreetMap,
    StreetProperties,
)
from ringfence.model.operation import Barrier
from ringfence.model.record import Record
from ringfence.network import Network
from ringfence.operation import Operation


def operation_view(operation: Operation, *, now: datetime, desk: str | None) -> OperationView:
    """What stays the same over the days of an operation."""
    file, network = operation.file, operation.network
    return OperationView(
        id=file.id,
        title=file.title,
        timezone=file.timezone,
        starts=file.starts.astimezone(operation.zone),
        ends=file.ends.astimezone(operation.zone),
        now=now,
        vehicle_class=file.vehicle_class,
        credits=file.credits,
        moments=file.moment,
        barriers=barrier_views(network, operation.barriers),
        sites=operation.sites,
        portals=tuple(
            PortalView(
                lon=float(network.junction_lonlat[ix][0]),
                lat=float(network.junction_lonlat[ix][1]),
                **portal.model_dump(exclude={"junction"}),
            )
            for portal in operation.portals
            for ix in [network.junction_ids.index(portal.junction)]
        ),
        promises=tuple(PromiseView(id=one.id, kind=one.kind, text=one.text) for one in operation.promises),
        categories=operation.access.category,
        rules=tuple(RuleView(id=rule.id, says=rule.says, logged=rule.logged) for rule in operation.access.rule),
        desk=desk,
        digest=digest(operation),
        version=metadata.version("ringfence"),
    )


def digest(operation: Operation) -> str:
    """SHA-256 over everything of an operation but its log."""
    records: list[Record] = [
        operation.file,
        *operation.barriers,
        operation.access,
        *operation.promises,
        *operation.sites,
        *operation.portals,
    ]
    ground = [operation.network.hash, operation.area.hash, operation.area.limit_hash]
    text = json.dumps([*ground, *(record.model_dump(mode="json") for record in records)])
    return hashlib.sha256(text.encode()).hexdigest()


def barrier_views(network: Network, barriers: Sequence[Barrier]) -> tuple[BarrierView, ...]:
    """Barriers with their arms placed on the map."""
    return tuple(
        BarrierView(
            **barrier.model_dump(exclude={"arms"}),
            arms=tuple(
                _arm_view(network, arm.segment, arm.offset_m, inside_to=arm.inside == "to") for arm in barrier.arms
            ),
        )
        for barrier in barriers
    )


def _arm_view(network: Network, segment: str, offset_m: float, *, inside_to: bool) -> ArmView:
    ix = network.find_segment(segment)
    assert ix is not None  # crosscheck, or the question about it, refused unknown segments
    lon, lat = network.point_at(ix, offset_m)
    return ArmView(
        segment=segment,
        offset_m=offset_m,
        inside="to" if inside_to else "from",
        lon=round(lon, 7),
        lat=round(lat, 7),
        bearing_deg=round(network.bearing_at(ix, offset_m), 1),
    )


def street_map(network: Network) -> StreetMap:
    """Every segment as a GeoJSON feature."""
    return StreetMap(
        features=tuple(
            StreetFeature(
                id=ix,
                geometry=LineString(
                    coordinates=tuple(
                        (round(float(lon), 7), round(float(lat), 7))
                        for lon, lat in network.projection.to_lonlat(network.shapes[ix])
                    )
                ),
                properties=StreetProperties(
                    id=segment_id,
                    name=network.segment_names[ix],
                    highway=network.highways[ix],
                    forward=classes_of(int(network.forward_mask[ix])),
                    backward=classes_of(int(network.backward_mask[ix])),
                    physical=bool(network.physical[ix]),
                    inferred=bool(network.inferred[ix]),
                    length_m=round(float(network.length_m[ix]), 1),
                ),
            )
            for ix, segment_id in enumerate(network.segment_ids)
        )
    )


def area_map(operation: Operation) -> AreaMap:
    """The protected area and the limit as GeoJSON features."""
    area = operation.area
    return AreaMap(
        features=(
            _outline(area.protected, AreaProperties(outline="protected", name=area.name)),
            _outline(area.limit, AreaProperties(outline="limit", name=area.name)),
        )
    )


def _outline(polygon: shapely.Polygon | shapely.MultiPolygon, properties: AreaProperties) -> AreaFeature:
    shape = mapping(polygon)
    return AreaFeature(
        geometry=AreaGeometry(type=shape["type"], coordinates=shape["coordinates"]), properties=properties
    )
