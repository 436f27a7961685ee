"""Looking into one promise at one moment: one function for each kind of promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import shapely

from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.model.answers import AnswerWord
from ringfence.model.operation import (
    AccessPromise,
    ContainedPromise,
    ExitOpenPromise,
    FootOpenPromise,
    Promise,
    SealedPromise,
    SiteOpenPromise,
)
from ringfence.network import MovementGraph, Region
from ringfence.network.streets import BoolArray, IntArray
from ringfence.operation import Operation
from ringfence.picture import Picture
from ringfence.promises.leaks import find_leaks
from ringfence.promises.passage import Passage
from ringfence.promises.reach import Reach, driven_path

OUTSIDE_ORIGIN = "outside"
AREA_DESTINATION = "area"
STREETS_SHOWN_MAX = 40


@dataclass(frozen=True)
class Finding:
    """An answer at one moment, before "since when" is known."""

    answer: AnswerWord
    says: str
    witness: dict[str, Any]
    certain: bool = True


def look_into(operation: Operation, promise: Promise, picture: Picture) -> Finding:
    """The answer to one promise in one picture."""
    match promise:
        case SealedPromise():
            return _sealed(operation, promise, picture)
        case ExitOpenPromise():
            return _exit_open(operation, promise, picture)
        case FootOpenPromise():
            return _foot_open(operation, picture)
        case AccessPromise():
            return _access(operation, promise, picture)
        case SiteOpenPromise():
            return _site_open(operation, promise, picture)
        case ContainedPromise():
            return _contained(promise, picture)


def _sealed(operation: Operation, promise: SealedPromise, picture: Picture) -> Finding:
    driver = Driver(promise.threat, promise.vehicle_class)
    passage = Passage(operation, picture, promise.category, promise.vehicle_class)
    leaks = find_leaks(passage, driver)
    doubtful = {barrier.id for barrier in picture.barriers if barrier.holds == "doubtful"}
    broken = [leak for leak in leaks if doubtful.isdisjoint(leak.barriers)]
    answer: AnswerWord = "broken" if broken else "unknown" if leaks else "kept"
    holding = [barrier.id for barrier in picture.barriers if passage.closes(barrier, "in", doubt_closes=False)]
    certain = any(leak.certain for leak in broken) if broken else not leaks
    if leaks:
        says = f"{len(leaks)} {'way' if len(leaks) == 1 else 'ways'} in: " + "; ".join(leak.through for leak in leaks)
    else:
        says = f"no way in past {len(holding)} closed barriers"
    return Finding(
        answer,
        says,
        {"leaks": [leak.model_dump(mode="json") for leak in leaks], "barriers_closed": holding},
        certain,
    )


def _cut_off(graph: MovementGraph, driver: Driver, now: BoolArray, ever: BoolArray) -> tuple[list[str], float]:
    """Protected streets that a driver reached without the cordon and no longer does: names, and metres."""
    usable = graph.usable_arcs(driver)
    protected = graph.piece_region == Region.PROTECTED
    lost = protected & _either_way(ever & usable) & ~_either_way(now & usable)
    names = {graph.network.segment_names[ix] or "a nameless lane" for ix in graph.piece_segment_ix[lost]}
    return sorted(names)[:STREETS_SHOWN_MAX], round(float(graph.piece_length_m[lost].sum()), 1)


def _either_way(arcs: BoolArray) -> BoolArray:
    return arcs[0::2] | arcs[1::2]


def _arcs_in(graph: MovementGraph, region: Region) -> IntArray:
    return np.flatnonzero(graph.arc_region == region)


def _exit_open(operation: Operation, promise: ExitOpenPromise, picture: Picture) -> Finding:
    graph, driver = operation.graph, Driver(Threat.LAWFUL, promise.vehicle_class)
    outside, protected = _arcs_in(graph, Region.OUTSIDE), _arcs_in(graph, Region.PROTECTED)
    ever = Reach(graph, driver).to_arcs(outside)
    cut_off: dict[str, Any] = {}
    paths = {}
    for category in promise.categories:
        passage = Passage(operation, picture, category, promise.vehicle_class)
        reach = Reach(graph, driver, passage.closed_stops(doubt_closes=True))
        streets, metres = _cut_off(graph, driver, reach.to_arcs(outside), ever)
        if metres:
            cut_off[category] = {"streets": streets, "street_m": metres}
        path = reach.shortest(protected, outside)
        paths[category] = driven_path(graph, path).model_dump(mode="json") if path else None
    if cut_off:
        worst = max(cut_off, key=lambda category: float(cut_off[category]["street_m"]))
        says = f"{_category_name(operation, worst)} can't leave: {', '.join(cut_off[worst]['streets'])}"
        return Finding("broken", says, {"cut_off": cut_off, "ways_out": paths})
    says = f"all {len(promise.categories)} categories get out from every protected street"
    return Finding("kept", says, {"cut_off": {}, "ways_out": paths})


def _foot_open(operation: Operation, picture: Picture) -> Finding:
    graph, walker = operation.graph, Driver(Threat.LAWFUL, VehicleClass.FOOT)
    outside = _arcs_in(graph, Region.OUTSIDE)
    passage = Passage(operation, picture, operation.access.category[0].id, VehicleClass.FOOT)
    free, now = Reach(graph, walker), Reach(graph, walker, passage.closed_stops(doubt_closes=True))
    ways = {
        "out": (now.to_arcs(outside), free.to_arcs(outside)),
        "in": (now.from_arcs(outside), free.from_arcs(outside)),
    }
    cut_off: dict[str, dict[str, Any]] = {
        way: {"streets": streets, "street_m": metres}
        for way, (reached, ever) in ways.items()
        for streets, metres in [_cut_off(graph, walker, reached, ever)]
        if metres
    }
    narrow = [barrier.id for barrier in operation.barriers if not barrier.foot_gap]
    if cut_off:
        streets = sorted({street for one in cut_off.values() for street in one["streets"]})
        return Finding("broken", f"people on foot are cut off: {', '.join(streets)}", {"cut_off": cut_off})
    return Finding(
        "kept",
        f"people on foot pass all {len(operation.barriers) - len(narrow)} barriers with a gap and reach every street",
        {"cut_off": {}, "barriers_without_gap": narrow},
    )


def _access(operation: Operation, promise: AccessPromise, picture: Picture) -> Finding:
    graph, driver = operation.graph, Driver(Threat.LAWFUL, promise.vehicle_class)
    passage = Passage(operation, picture, promise.category, promise.vehicle_class)
    origin = _origin_arcs(operation, promise.origin)
    free, now = Reach(graph, driver), Reach(graph, driver, passage.closed_stops(doubt_closes=True))
    name = _category_name(operation, promise.category)
    if promise.destination != AREA_DESTINATION:
        return _reaches_site(operation, promise.destination, driver, origin, now, name)
    protected = _arcs_in(graph, Region.PROTECTED)
    streets, metres = _cut_off(graph, driver, now.from_arcs(origin), free.from_arcs(origin))
    path = now.shortest(origin, protected)
    shown = driven_path(graph, path).model_dump(mode="json") if path else None
    if metres:
        return Finding(
            "broken",
            f"{name} no longer reach {', '.join(streets)} by {promise.vehicle_class}",
            {"cut_off": {"streets": streets, "street_m": metres}, "path": shown},
        )
    if path is None:
        return Finding("broken", f"{name} have no way in by {promise.vehicle_class}", {"path": None})
    return Finding("kept", f"{name} reach every protected street that they could before", {"path": shown})


def _site_open(operation: Operation, promise: SiteOpenPromise, picture: Picture) -> Finding:
    state = next(site for site in picture.sites if site.id == promise.site)
    name = next(site.name for site in operation.sites if site.id == promise.site)
    if state.state == "closed":
        return Finding("broken", f"the log says that {name} is closed", {"entries": list(state.entries)}, state.certain)
    driver = Driver(Threat.LAWFUL, promise.vehicle_class)
    passage = Passage(operation, picture, promise.category, promise.vehicle_class)
    reach = Reach(operation.graph, driver, passage.closed_stops(doubt_closes=True))
    who = (
        "people on foot" if promise.vehicle_class is VehicleClass.FOOT else _category_name(operation, promise.category)
    )
    finding = _reaches_site(operation, promise.site, driver, _origin_arcs(operation, OUTSIDE_ORIGIN), reach, who)
    if finding.answer == "kept" and state.state == "not stated":
        return Finding("unknown", f"{name} can be reached, but no entry says that it is open", finding.witness)
    witness = {**finding.witness, "entries": list(state.entries)}
    return Finding(finding.answer, finding.says, witness)


def _reaches_site(
    operation: Operation, site_id: str, driver: Driver, origin: IntArray, reach: Reach, who: str
) -> Finding:
    site = next(site for site in operation.sites if site.id == site_id)
    targets = _site_arcs(operation, site_id, driver)
    path = reach.shortest(origin, targets)
    if path is None:
        return Finding("broken", f"{who} can't reach {site.name}", {"site": site_id, "path": None})
    shown = driven_path(operation.graph, path)
    return Finding(
        "kept",
        f"{who} reach {site.name} by {shown.streets[-1]}",
        {"site": site_id, "path": shown.model_dump(mode="json")},
    )


def _contained(promise: ContainedPromise, picture: Picture) -> Finding:
    swept = {"last_sweep": picture.last_sweep.isoformat() if picture.last_sweep else None}
    if picture.occupied:
        says = f"occupied outside the area: {', '.join(picture.occupied)}"
        return Finding("broken", says, {"occupied": list(picture.occupied), **swept})
    if picture.last_sweep is None:
        return Finding("unknown", "no sweep of the perimeter is logged", {"occupied": [], **swept})
    if is_stale(promise, picture):
        says = f"the last sweep is older than its shelf life of {promise.shelf_life_h:g} h"
        return Finding("unknown", says, {"occupied": [], **swept})
    return Finding("kept", "the last sweep found nothing occupied outside", {"occupied": [], **swept})


def is_stale(promise: ContainedPromise, picture: Picture) -> bool:
    """Whether the last sweep is missing or older than its shelf life."""
    sweep = picture.last_sweep
    return sweep is None or picture.at - sweep >= timedelta(hours=promise.shelf_life_h)


def _origin_arcs(operation: Operation, origin: str) -> IntArray:
    """Arcs on which a trip from that portal, or from anywhere outside, begins."""
    graph = operation.graph
    if origin == OUTSIDE_ORIGIN:
        return _arcs_in(graph, Region.OUTSIDE)
    portal = next(portal for portal in operation.portals if portal.id == origin)
    return np.flatnonzero(graph.arc_tail == graph.network.junction_ids.index(portal.junction))


def _site_arcs(operation: Operation, site_id: str, driver: Driver) -> IntArray:
    """Arcs of the piece nearest to a site on a segment that this class may use."""
    graph = operation.graph
    network = graph.network
    site = next(site for site in operation.sites if site.id == site_id)
    point = shapely.Point(network.projection.to_metres(np.array([[site.lon, site.lat]]))[0])
    usable = np.unique(graph.piece_segment_ix[_either_way(graph.usable_arcs(driver))])
    segment = usable[int(np.argmin(shapely.distance(network.lines[usable], point)))]
    offset_m = float(shapely.line_locate_point(network.lines[segment], point))
    pieces = graph.pieces_of(segment)
    piece = pieces[min(int(np.searchsorted(graph.piece_end_m[pieces], offset_m)), len(pieces) - 1)]
    return np.array([2 * piece, 2 * piece + 1])


def _category_name(operation: Operation, category: str) -> str:
    return next(one.name for one in operation.access.category if one.id == category)
