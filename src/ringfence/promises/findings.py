"""Looking into one promise at one moment: one function for each kind of promise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import shapely

from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.model.answers import AnswerWord, Leak
from ringfence.model.operation import (
    AccessPromise,
    ContainedPromise,
    ExitOpenPromise,
    FootOpenPromise,
    Promise,
    SealedPromise,
    Site,
    SiteOpenPromise,
)
from ringfence.network import NAMELESS, MovementGraph, Region
from ringfence.network.streets import BoolArray, IntArray
from ringfence.operation import Operation
from ringfence.picture import Picture
from ringfence.promises.leaks import find_leaks, gets_in
from ringfence.promises.passage import Passage, Passages, View
from ringfence.promises.rails import arcs_in, kept
from ringfence.promises.reach import Reach, driven_path, street_names

OUTSIDE_ORIGIN = "outside"
AREA_DESTINATION = "area"
LEAKS_NAMED_MAX = 4
"""More ways in than this are counted in the sentence, and stand in full in the witness."""


@dataclass(frozen=True)
class Finding:
    """An answer at one moment, before "since when" is known."""

    answer: AnswerWord
    says: str
    witness: dict[str, Any]
    certain: bool = True


def look_into(promise: Promise, passages: Passages) -> Finding:
    """The answer to one promise in one picture."""
    match promise:
        case SealedPromise():
            return _sealed(promise, passages)
        case ExitOpenPromise():
            return _exit_open(promise, passages)
        case FootOpenPromise():
            return _foot_open(passages)
        case AccessPromise():
            return _access(promise, passages)
        case SiteOpenPromise():
            return _site_open(promise, passages)
        case ContainedPromise():
            return _contained(passages.operation, promise, passages.picture)


def _sealed(promise: SealedPromise, passages: Passages) -> Finding:
    driver = Driver(promise.threat, promise.vehicle_class)
    passage = passages.of(promise.category, promise.vehicle_class)
    leaks = find_leaks(passage, driver)
    closed = [one.id for one in passages.picture.barriers if passage.closings(one.id, "in").closed(View.OPEN_IF_ANY)]
    witness = {"leaks": [leak.model_dump(mode="json") for leak in leaks], "barriers_closed": closed}
    if not leaks:
        return Finding("kept", f"no way in past {len(closed)} closed barriers", witness)
    ways = f"{len(leaks)} {'way' if len(leaks) == 1 else 'ways'} in: {_first_named(leaks)}"
    if passage.is_beyond_doubt:  # every view is that in which the leaks were found
        return Finding("broken", ways, witness)
    if gets_in(passage, driver, View.OPEN_IF_ANY):
        return Finding("broken", ways, witness, certain=gets_in(passage, driver, View.CLOSED_IF_ANY))
    return Finding("unknown", ways, witness, certain=False)


def _first_named(leaks: Sequence[Leak]) -> str:
    named = "; ".join(leak.through for leak in leaks[:LEAKS_NAMED_MAX])
    return named if len(leaks) <= LEAKS_NAMED_MAX else f"{named}; and {len(leaks) - LEAKS_NAMED_MAX} more"


def _judge(passages: Sequence[Passage], look: Callable[[View], Finding]) -> Finding:
    """The answer where a closed barrier hurts: taken closed wherever some reading has it closed.

    `broken` is certain if the most open reading breaks it too; a mere claim that a barrier is closed gives `unknown`.
    """

    def differ(view: View) -> bool:
        return any(one.closed_stops(view) != one.closed_stops(View.CLOSED_IF_ANY) for one in passages)

    worst = look(View.CLOSED_IF_ANY)
    if worst.answer == "broken":
        certain = not differ(View.OPEN_IF_ANY) or look(View.OPEN_IF_ANY).answer == "broken"
        return worst if certain else replace(worst, certain=False)
    if differ(View.CLOSED_IF_CLAIMED):
        claimed = look(View.CLOSED_IF_CLAIMED)
        if claimed.answer == "broken":
            return Finding("unknown", f"if what is claimed is true, {claimed.says}", claimed.witness, certain=False)
    return worst


def _cut_off(graph: MovementGraph, driver: Driver, now: BoolArray, ever: BoolArray) -> dict[str, Any]:
    """Protected streets that a driver reached without the cordon and no longer does, and those never reached."""
    usable = graph.usable_arcs(driver)
    protected = (graph.piece_region == Region.PROTECTED) & _either_way(usable)
    reached, before = _either_way(now & usable), _either_way(ever & usable)
    found = {}
    for name, pieces in (("cut_off", protected & before & ~reached), ("never_reached", protected & ~before)):
        streets = {graph.network.segment_names[ix] or NAMELESS for ix in graph.piece_segment_ix[pieces]}
        found[name] = {
            "streets": sorted(streets),
            "street_m": round(float(graph.piece_length_m[pieces].sum()), 1),
        }
    return found


def _ever_from(graph: MovementGraph, driver: Driver, origin: IntArray) -> BoolArray:
    """Arcs that were reached from there before the cordon."""
    return kept(graph, ("ever from", driver, origin.tobytes()), lambda: Reach(graph, driver).from_arcs(origin))


def _ever_to(graph: MovementGraph, driver: Driver, targets: IntArray) -> BoolArray:
    """Arcs from which these were reached before the cordon."""
    return kept(graph, ("ever to", driver, targets.tobytes()), lambda: Reach(graph, driver).to_arcs(targets))


def _either_way(arcs: BoolArray) -> BoolArray:
    return arcs[0::2] | arcs[1::2]


def _exit_open(promise: ExitOpenPromise, all_passages: Passages) -> Finding:
    operation = all_passages.operation
    graph, driver = operation.graph, Driver(Threat.LAWFUL, promise.vehicle_class)
    outside, protected = arcs_in(graph, Region.OUTSIDE), arcs_in(graph, Region.PROTECTED)
    ever = _ever_to(graph, driver, outside)
    passages = [all_passages.of(category, promise.vehicle_class) for category in promise.categories]

    def look(view: View) -> Finding:
        streets, paths = {}, {}
        seen: dict[tuple[tuple[int, bool], ...], tuple[dict[str, Any], dict[str, Any] | None]] = {}
        for passage in passages:
            closed = (*passage.closed_stops(view), *passage.closed_stops(view.opposite))
            if closed not in seen:  # categories that may pass the same gates get out the same way
                reach = passage.reach(driver, view)
                path = _shown(graph, reach.shortest(protected, outside))
                seen[closed] = (_cut_off(graph, driver, reach.to_arcs(outside), ever), path)
            streets[passage.category], paths[passage.category] = seen[closed]
        witness = {"streets": streets, "ways_out": paths}
        held = [category for category in promise.categories if streets[category]["cut_off"]["street_m"]]
        if held:
            worst = max(held, key=lambda category: float(streets[category]["cut_off"]["street_m"]))
            gone = ", ".join(streets[worst]["cut_off"]["streets"])
            return Finding("broken", f"{_category_name(operation, worst)} can't leave: {gone}", witness)
        says = (
            f"all {len(promise.categories)} categories get out of every protected street that they could leave before"
        )
        return Finding("kept", says, witness)

    return _judge(passages, look)


def _foot_open(all_passages: Passages) -> Finding:
    operation = all_passages.operation
    graph, walker = operation.graph, Driver(Threat.LAWFUL, VehicleClass.FOOT)
    outside = arcs_in(graph, Region.OUTSIDE)
    ever = {
        "out": _ever_to(graph, walker, outside),
        "in": _ever_from(graph, walker, outside),
    }
    narrow = [barrier.id for barrier in operation.barriers if not barrier.foot_gap]
    passages = [all_passages.of(one.id, VehicleClass.FOOT) for one in operation.access.category]

    def look(view: View) -> Finding:
        streets = {}
        seen: dict[tuple[tuple[int, bool], ...], dict[str, Any]] = {}
        for passage in passages:
            closed = (*passage.closed_stops(view), *passage.closed_stops(view.opposite))
            if closed not in seen:
                now = passage.reach(walker, view)
                ways = {"out": now.to_arcs(outside), "in": now.from_arcs(outside)}
                seen[closed] = {way: _cut_off(graph, walker, reached, ever[way]) for way, reached in ways.items()}
            streets[passage.category] = seen[closed]
        witness = {"streets": streets, "barriers_without_gap": narrow}
        lost = {name for ways in streets.values() for one in ways.values() for name in one["cut_off"]["streets"]}
        if lost:
            return Finding("broken", f"people on foot are cut off: {', '.join(sorted(lost))}", witness)
        passed = len(operation.barriers) - len(narrow)
        return Finding("kept", f"people on foot pass {passed} barriers with a gap and reach every street", witness)

    return _judge(passages, look)


def _access(promise: AccessPromise, passages: Passages) -> Finding:
    operation = passages.operation
    graph, driver = operation.graph, Driver(Threat.LAWFUL, promise.vehicle_class)
    passage = passages.of(promise.category, promise.vehicle_class)
    origin = _origin_arcs(operation, promise.origin)
    name = _category_name(operation, promise.category)
    ever = _ever_from(graph, driver, origin)
    protected = arcs_in(graph, Region.PROTECTED)

    def look(view: View) -> Finding:
        now = passage.reach(driver, view)
        if promise.destination != AREA_DESTINATION:
            return _reaches_site(operation, promise.destination, driver, origin, now, name)
        streets = _cut_off(graph, driver, now.from_arcs(origin), ever)
        path = now.shortest(origin, protected)
        witness = {**streets, "path": _shown(graph, path)}
        if streets["cut_off"]["street_m"]:
            lost = ", ".join(streets["cut_off"]["streets"])
            return Finding("broken", f"{name} no longer reach {lost} {promise.vehicle_class.by}", witness)
        if path is None:
            return Finding("unknown", f"{name} had no way in {promise.vehicle_class.by} before either", witness, False)
        return Finding("kept", f"{name} reach every protected street that they could before", witness)

    return _judge([passage], look)


def _site_open(promise: SiteOpenPromise, passages: Passages) -> Finding:
    operation = passages.operation
    site = next(site for site in passages.picture.sites if site.id == promise.site)
    name = next(one.name for one in operation.sites if one.id == promise.site)
    entries = {"entries": list(site.entries)}
    if "closed" in site.states:
        return Finding("broken", f"the log says that {name} is closed", entries, certain=len(site.states) == 1)
    driver = Driver(Threat.LAWFUL, promise.vehicle_class)
    passage = passages.of(promise.category, promise.vehicle_class)
    on_foot = promise.vehicle_class is VehicleClass.FOOT
    who = "people on foot" if on_foot else _category_name(operation, promise.category)
    origin = _origin_arcs(operation, OUTSIDE_ORIGIN)

    def look(view: View) -> Finding:
        reach = passage.reach(driver, view)
        return _reaches_site(operation, promise.site, driver, origin, reach, who)

    finding = _judge([passage], look)
    witness = {**finding.witness, **entries}
    if finding.answer == "kept" and site.states != ("open",):
        return Finding("unknown", f"{name} can be reached, but no entry shows that it is open by now", witness, False)
    if finding.answer == "kept" and site.states_claimed:
        return Finding("unknown", f"{name} can be reached, but somebody claims that it is closed", witness, False)
    return replace(finding, witness=witness)


def _reaches_site(
    operation: Operation, site_id: str, driver: Driver, origin: IntArray, reach: Reach, who: str
) -> Finding:
    site = next(site for site in operation.sites if site.id == site_id)
    path = reach.shortest(origin, _site_arcs(operation, site_id, driver))
    witness = {"site": site_id, "path": _shown(operation.graph, path)}
    if path is None and not _ever_from(operation.graph, driver, origin)[_site_arcs(operation, site_id, driver)].any():
        return Finding("unknown", f"{who} could not reach {site.name} before either", witness, certain=False)
    if path is None:
        return Finding("broken", f"{who} can't reach {site.name}", witness)
    return Finding("kept", f"{who} reach {site.name} by {street_names(operation.graph, path)[-1]}", witness)


def _contained(operation: Operation, promise: ContainedPromise, picture: Picture) -> Finding:
    graph = operation.graph
    inside = set(graph.piece_segment_ix[graph.piece_region == Region.PROTECTED].tolist())
    beyond = [one for one in picture.occupied if graph.network.find_segment(one.segment) not in inside]
    witness = {
        "last_sweep": picture.last_sweep.isoformat() if picture.last_sweep else None,
        "occupied": [one.model_dump(mode="json") for one in beyond],
    }
    sure = [one for one in beyond if one.occupied != "claimed"]
    if sure:
        says = f"occupied outside the area: {', '.join(one.segment for one in sure)}"
        return Finding("broken", says, witness, certain=any(one.occupied == "yes" for one in sure))
    if beyond:
        says = f"claimed to be occupied outside the area: {', '.join(one.segment for one in beyond)}"
        return Finding("unknown", says, witness, certain=False)
    if picture.last_sweep is None:
        return Finding("unknown", "no sweep of the perimeter is logged", witness)
    if is_stale(promise, picture):
        says = f"the last sweep is older than its shelf life of {promise.shelf_life_h:g} h"
        return Finding("unknown", says, witness)
    return Finding("kept", "the last sweep found nothing occupied outside", witness)


def is_stale(promise: ContainedPromise, picture: Picture) -> bool:
    """Whether the last sweep is missing or older than its shelf life, counted from its earliest possible moment."""
    sweep = picture.last_sweep
    return sweep is None or picture.at - sweep >= timedelta(hours=promise.shelf_life_h)


def _shown(graph: MovementGraph, path: list[int] | None) -> dict[str, Any] | None:
    return driven_path(graph, path).model_dump(mode="json") if path else None


def _origin_arcs(operation: Operation, origin: str) -> IntArray:
    """Arcs on which a trip from that portal, or from anywhere outside, begins."""
    graph = operation.graph
    if origin == OUTSIDE_ORIGIN:
        return arcs_in(graph, Region.OUTSIDE)
    portal = next(portal for portal in operation.portals if portal.id == origin)
    junction = portal.junction
    return kept(
        graph,
        ("from", junction),
        lambda: np.flatnonzero(graph.arc_tail == graph.network.junction_ids.index(junction)),
    )


def _site_arcs(operation: Operation, site_id: str, driver: Driver) -> IntArray:
    """Arcs of the piece nearest to a site on a segment that this class may use."""
    site = next(site for site in operation.sites if site.id == site_id)
    key = ("site", site.lon, site.lat, driver)
    return kept(operation.graph, key, lambda: _nearest_arcs(operation.graph, site, driver))


def _nearest_arcs(graph: MovementGraph, site: Site, driver: Driver) -> IntArray:
    network = graph.network
    point = shapely.Point(network.projection.to_metres(np.array([[site.lon, site.lat]]))[0])
    usable = np.unique(graph.piece_segment_ix[_either_way(graph.usable_arcs(driver))])
    if not len(usable):
        return np.zeros(0, dtype=np.int64)
    segment = usable[int(np.argmin(shapely.distance(network.lines[usable], point)))]
    offset_m = float(shapely.line_locate_point(network.lines[segment], point))
    pieces = graph.pieces_of(segment)
    piece = pieces[min(int(np.searchsorted(graph.piece_end_m[pieces], offset_m)), len(pieces) - 1)]
    return np.array([2 * piece, 2 * piece + 1])


def _category_name(operation: Operation, category: str) -> str:
    return next(one.name for one in operation.access.category if one.id == category)
