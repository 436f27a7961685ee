"""Checks of area, barriers and sites against the drawn streets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import rustworkx as rx
import shapely

from ringfence.base.errors import Fault
from ringfence.model.operation import ArmPlace, Barrier, Site
from ringfence.network import Area, MovementGraph, Network, Region, Stop, build_movement_graph

SEGMENT_LENGTH_M_MAX = 50_000
"""Longer than any street between two junctions; a mistyped coordinate makes such a segment."""
SITE_DISTANCE_M_MAX = 500
"""Farther from every street, a place is not on the network: it needs a portal."""


def check_ground(
    files: Mapping[str, str],
    network: Network,
    area: Area,
    barriers: Sequence[Barrier],
    sites: Sequence[Site],
    faults: list[Fault],
) -> tuple[MovementGraph, MovementGraph]:
    """Add every fault of area, barriers and sites against the drawn streets.

    Returns
    -------
    tuple of MovementGraph
        Without barriers, and split at every arm that lies on the network, in order.
    """
    for long in np.flatnonzero(network.length_m > SEGMENT_LENGTH_M_MAX) if "segments" in files else ():
        found = f"{network.segment_ids[long]}, {network.length_m[long] / 1000:.0f} km long"
        expected = f"segments of at most {SEGMENT_LENGTH_M_MAX // 1000} km"
        faults.append(Fault("segment-too-long", files["segments"], expected, found, "Look for a mistyped coordinate."))
    _check_sites(files, network, sites, faults)
    _check_streets_within(files, network, area, faults)
    reached = area.clipped_within_limit(network)
    if reached:
        faults.append(
            Fault(
                "limit-at-clipped-edge",
                files["area"],
                "a limit that stays inside the drawn network",
                f"clipped junctions within it: {', '.join(reached[:8])}",
                "Draw the limit closer, or the network further: beyond its edge a seal can't be proven.",
            )
        )
    known = [
        (barrier, arm, ix)
        for barrier in barriers
        for arm in barrier.arms
        if (ix := network.find_segment(arm.segment)) is not None and arm.offset_m < network.length_m[ix]
    ]
    bare = build_movement_graph(network, area)
    stops = [Stop(ix, arm.offset_m) for _, arm, ix in known]
    graph = build_movement_graph(network, area, stops, without_stops=bare) if stops else bare
    if not (graph.piece_region == Region.OUTSIDE).any():
        faults.append(
            Fault(
                "no-outside",
                files["area"],
                "streets beyond the limit, from which somebody could come",
                "a limit that swallows the whole network",
                "Draw the limit closer, or the network further: without an outside anything would be sealed.",
            )
        )
    _check_insides(files, graph, [(barrier, arm) for barrier, arm, _ in known], faults)
    return bare, graph


def _check_streets_within(files: Mapping[str, str], network: Network, area: Area, faults: list[Fault]) -> None:
    """Every protected area must hold a street: one that lies beside all is a slip, and nothing is kept out there."""
    protected, _ = area.in_metres(network.projection)
    if not shapely.intersects(protected, network.lines).any():
        expected = "a protected area that holds at least a piece of street"
        faults.append(
            Fault("area-without-streets", files["area"], expected, "none within it", "Draw it where the streets are.")
        )
        return
    for drawn in area.without_street(network):
        where, do = f"{files['area']}, {drawn}", "Draw it where the streets are, or take it out."
        expected = "protected areas each of which holds at least a piece of street"
        faults.append(Fault("area-without-streets", where, expected, "no street within this one", do))


def _check_sites(files: Mapping[str, str], network: Network, sites: Iterable[Site], faults: list[Fault]) -> None:
    for site in sites:
        point = shapely.Point(network.projection.to_metres(np.array([[site.lon, site.lat]]))[0])
        distance = float(shapely.distance(network.lines, point).min()) if np.isfinite(point.x) else float("inf")
        if not distance <= SITE_DISTANCE_M_MAX:
            faults.append(
                Fault(
                    "site-off-network",
                    f"{files['sites']}, {site.id}",
                    f"a site within {SITE_DISTANCE_M_MAX} m of a street",
                    f"{distance:.0f} m to the nearest",
                    "Correct the position, or declare a portal for a place off the map.",
                )
            )


def _check_insides(
    files: Mapping[str, str], graph: MovementGraph, arms: Sequence[tuple[Barrier, ArmPlace]], faults: list[Fault]
) -> None:
    """With all arms closed, the side called inside must not be cut off from the area while the other is not."""
    near = _near_area(graph)
    for (barrier, arm), (before, behind) in zip(arms, graph.stop_pieces.tolist(), strict=True):
        inner, outer = (behind, before) if arm.inside == "to" else (before, behind)
        if near[outer] and not near[inner]:
            faults.append(
                Fault(
                    "wrong-inside",
                    f"{files['barriers']}, barrier {barrier.id}, arm on {arm.segment}",
                    f"inside to name the end towards the protected area, {'from' if arm.inside == 'to' else 'to'!r}",
                    repr(arm.inside),
                    "Turn it round.",
                )
            )


def turned_to_area(barriers: Sequence[Barrier], graph: MovementGraph) -> tuple[Barrier, ...]:
    """The barriers, each arm's `inside` naming the end from which the area is reached without passing a barrier.

    An arm of which both sides or neither lead there keeps what it says. `graph` is split at the arms, in this order.
    """
    near = _near_area(graph)
    sides = iter(graph.stop_pieces.tolist())
    turned = []
    for barrier in barriers:
        arms = []
        for arm in barrier.arms:
            before, behind = next(sides)
            inside = arm.inside if near[before] == near[behind] else ("to" if near[behind] else "from")
            arms.append(arm.model_copy(update={"inside": inside}))
        turned.append(barrier.model_copy(update={"arms": tuple(arms)}))
    return tuple(turned)


def _near_area(graph: MovementGraph) -> list[bool]:
    """For each piece, whether the protected area is reached from it without passing a stop, in any direction."""
    pieces = graph.piece_count
    stops = set(graph.stop_node.tolist())
    ground = rx.PyGraph()
    ground.add_nodes_from(range(pieces + int(max(graph.piece_from_node.max(), graph.piece_to_node.max())) + 1))
    ground.extend_from_edge_list(
        [
            (piece, pieces + node)
            for nodes in (graph.piece_from_node.tolist(), graph.piece_to_node.tolist())
            for piece, node in enumerate(nodes)
            if node not in stops
        ]
    )
    near = [False] * pieces
    for component in rx.connected_components(ground):
        own = [node for node in component if node < pieces]
        if any(graph.piece_region[piece] == Region.PROTECTED for piece in own):
            for piece in own:
                near[piece] = True
    return near
