"""Each micro-map against what was worked out by hand: pieces, turns, reach, and the fewest arms for either threat."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ringfence.base.errors import BadInput
from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.model.plans import Demands
from ringfence.network import MovementGraph, Region, Stop, build_movement_graph
from ringfence.operation import open_operation
from ringfence.planner import make_plan
from ringfence.promises import verify_certificate
from ringfence.promises.reach import Reach
from tests.golden import micro_maps
from tests.golden.micro_maps import MICRO_MAPS, Fewest, MicroMap
from tests.property.brute_force import Streets, cheapest_plan
from tests.property.street_maps import Segment

LAWFUL, DETERMINED = Driver(), Driver(Threat.DETERMINED)

Drawing = Callable[[], MicroMap]
every_map = pytest.mark.parametrize("drawing", MICRO_MAPS, ids=lambda drawing: drawing.__name__)


def _graph(micro: MicroMap) -> MovementGraph:
    network = micro.map.network
    stops = [Stop(network.segment_ids.index(segment), offset_m) for segment, offset_m in micro.stops]
    return build_movement_graph(network, micro.area, stops)


@every_map
def test_pieces(drawing: Drawing) -> None:
    micro = drawing()
    graph = _graph(micro)
    found = [
        f"{graph.network.segment_ids[graph.piece_segment_ix[piece]]} "
        f"{graph.piece_start_m[piece]:.0f}-{graph.piece_end_m[piece]:.0f} "
        f"{Region(int(graph.piece_region[piece])).name.lower()}"
        for piece in range(graph.piece_count)
    ]
    assert sorted(found) == sorted(micro.pieces)


@every_map
def test_turns(drawing: Drawing) -> None:
    micro = drawing()
    graph = _graph(micro)
    usable = graph.usable_turns(LAWFUL)
    turn_from, turn_to = graph.state_arc[graph.turn_from], graph.state_arc[graph.turn_to]
    at_junction = graph.arc_head[turn_from] < len(graph.network.junction_ids)
    names = [graph.network.segment_ids[segment] for segment in graph.piece_segment_ix]
    found = {
        (names[a // 2], names[b // 2])
        for a, b in zip(turn_from[usable & at_junction].tolist(), turn_to[usable & at_junction].tolist(), strict=True)
    }
    assert {pair: pair in found for pair in micro.turns} == micro.turns


@every_map
def test_reach(drawing: Drawing) -> None:
    micro = drawing()
    graph = _graph(micro)
    sources = np.flatnonzero(graph.arc_region == Region.OUTSIDE)
    reached = np.flatnonzero(Reach(graph, LAWFUL).from_arcs(sources)).tolist()
    assert {graph.network.segment_ids[graph.piece_segment_ix[arc // 2]] for arc in reached} == micro.reached


@every_map
@pytest.mark.parametrize("driver", [LAWFUL, DETERMINED], ids=["lawful", "determined"])
def test_fewest_arms(drawing: Drawing, driver: Driver) -> None:
    micro = drawing()
    expected = micro.lawful if driver is LAWFUL else micro.determined
    plan = make_plan(micro.map.network, micro.area, driver)
    assert plan.possible == (expected.arms is not None)
    if plan.certificate is None:
        assert plan.witness is not None
        return
    found = Fewest(tuple(barrier.id for barrier in plan.barriers), plan.enclosed_street_m, plan.sites)
    assert found == expected
    assert plan.optimal
    assert verify_certificate(micro.map.network, micro.area, plan.certificate, driver=driver).proves_fewest


@every_map
@pytest.mark.parametrize("driver", [LAWFUL, DETERMINED], ids=["lawful", "determined"])
def test_oracle_agrees_with_the_drawing(drawing: Drawing, driver: Driver) -> None:
    """The random tests are worth what their oracle is worth: here it is held against figures worked out by hand."""
    micro = drawing()
    expected = micro.lawful if driver is LAWFUL else micro.determined
    best = cheapest_plan(Streets(micro.map.network, micro.area, driver), Demands())
    assert (best is None) == (expected.arms is None)
    assert best is None or Fewest(best.arms, best.enclosed_dm / 10, best.sites) == expected


def test_barrier_stands_in_the_middle_of_its_arm() -> None:
    micro = micro_maps.polygon_through_the_middle_of_a_segment()
    (barrier,) = make_plan(micro.map.network, micro.area, LAWFUL).barriers
    assert (barrier.segment, barrier.offset_m, barrier.inside) == ("t", 225.0, "to")
    assert barrier.lon == pytest.approx(175 / micro_maps.METRES_PER_DEGREE_LON, abs=2e-6)


def test_one_barrier_stops_both_directions() -> None:
    """Seen from the drawing's other end the inside lies towards `from`, and one arm is charged once."""
    micro = micro_maps.through_the_area_and_out_again()
    plan = make_plan(micro.map.network, micro.area, DETERMINED)
    assert [(barrier.id, barrier.offset_m, barrier.inside) for barrier in plan.barriers] == [
        ("t#1", 225.0, "to"),
        ("t#2", 575.0, "from"),
    ]


def test_second_of_two_barriers_stops_who_passed_the_first() -> None:
    """Stops are given out of order: the first in the list is the inner one, at 250."""
    micro = micro_maps.two_barriers_on_one_segment()
    graph = _graph(micro)
    sources = np.flatnonzero(graph.arc_region == Region.OUTSIDE)

    def reached(*closed: int) -> float:
        arcs = Reach(graph, LAWFUL, [(stop, True) for stop in closed]).from_arcs(sources)
        return float(graph.piece_end_m[np.flatnonzero(arcs) // 2].max())

    assert reached() == pytest.approx(400, abs=0.01)
    assert reached(0) == pytest.approx(250, abs=0.01)
    assert reached(1) == reached(0, 1) == pytest.approx(150, abs=0.01)


def test_way_in_runs_round_the_dead_end() -> None:
    micro = micro_maps.ban_that_forces_a_u_turn()
    graph = _graph(micro)
    sources, targets = (np.flatnonzero(graph.arc_region == region) for region in (Region.OUTSIDE, Region.PROTECTED))
    path = Reach(graph, LAWFUL).shortest(sources, targets)
    assert path is not None
    names = [graph.network.segment_ids[graph.piece_segment_ix[arc // 2]] for arc in path]
    assert names == ["s", "s", "e", "e", "t", "t"]
    straight = Reach(graph, DETERMINED).shortest(sources, targets)
    assert straight is not None
    assert len(straight) == 4


def test_turning_place_is_in_the_proof() -> None:
    micro = micro_maps.barrier_that_makes_a_turning_place()
    plan = make_plan(micro.map.network, micro.area, LAWFUL)
    assert plan.certificate is not None
    assert plan.certificate.kind == "covering_paths"
    assert [path.turned_back_at for path in plan.certificate.paths if path.turned_back_at] == [("t",)]


def test_barrier_that_must_stay_open_is_not_made_a_turning_place() -> None:
    """With `t` barred from closing there is no plan but the approaches: two arms, and no turn before a barrier."""
    micro = micro_maps.barrier_that_makes_a_turning_place()
    plan = make_plan(micro.map.network, micro.area, LAWFUL, Demands(must_not=frozenset({"t"})))
    assert [barrier.id for barrier in plan.barriers] == ["s", "s2"]


@pytest.mark.parametrize("names", ["abcd", "acbd", "adbc", "dcba", "bdac", "cbda"])
def test_last_tie_goes_to_the_first_ids(names: str) -> None:
    """Two plans of equal cost and equal street: which one wins depends on their ids alone.

    Two like chains lead to R; the near arm of one is tied to the far arm of the other, and `t` must stay open. Either
    plan encloses 150 (`t`) + 50 (half a near arm) + 100 (a near arm) + 100 (half a far one).

    ::

        :--far1-- X1 --near1--.
                              R --t--|- I
        :--far2-- X2 --near2--'
    """
    near1, far1, near2, far2 = list(names)
    drawn = micro_maps.draw(
        Segment(near1, "R", "X1"),
        Segment(far1, "X1", "N"),
        Segment(near2, "R", "X2"),
        Segment(far2, "X2", "S"),
        Segment("t", "R", "I"),
        X1=(200, 100),
        N=(200, 400),
        X2=(200, -100),
        S=(200, -400),
    )
    pairs = frozenset({(near1, far2), (far1, near2)})
    plan = make_plan(drawn.network, micro_maps.AREA, LAWFUL, Demands(must_not=frozenset({"t"}), together=pairs))
    assert plan.enclosed_street_m == 400.0
    assert tuple(barrier.id for barrier in plan.barriers) == min(tuple(sorted(pair)) for pair in pairs)


def test_foot_is_bound_by_no_turn_ban() -> None:
    micro = micro_maps.u_turn_ban()
    plan = make_plan(micro.map.network, micro.area, Driver(vehicle_class=VehicleClass.FOOT))
    assert [barrier.id for barrier in plan.barriers] == ["t"]


def test_people_on_foot_take_the_steps() -> None:
    micro = micro_maps.street_that_nobody_can_drive()
    plan = make_plan(micro.map.network, micro.area, Driver(vehicle_class=VehicleClass.FOOT))
    assert [barrier.id for barrier in plan.barriers] == ["s"]
    assert plan.enclosed_street_m == 50 + 150 + 156.6


def test_network_clipped_too_early(spoilable: Path) -> None:
    """The limit is drawn out to where the data ends: whoever drives in from there would be overlooked.

    ::

        - - O(clipped) -----:---|--- I          the limit must lie inside the clipped junction, not beyond it
    """
    file = spoilable / "area.geojson"
    document = json.loads(file.read_text())
    rows = [line.split("\t") for line in (spoilable / "network" / "junctions.tsv").read_text().splitlines()]
    header, *cells = rows
    lon, lat, clipped = (header.index(column) for column in ("lon", "lat", "clipped"))
    end = next(row for row in cells if row[clipped] == "yes")
    points = [(float(row[lon]), float(row[lat])) for row in cells]
    west, south = (min(values) for values in zip(*points, strict=True))
    east, north = (max(values) for values in zip(*points, strict=True))
    wide = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    for feature in document["features"]:
        if feature["properties"]["role"] == "limit":
            feature["geometry"] = {"type": "Polygon", "coordinates": [wide]}
    file.write_text(json.dumps(document))
    with pytest.raises(BadInput) as refusal:
        open_operation(spoilable)
    faults = [fault for fault in refusal.value.faults if fault.code == "limit-at-clipped-edge"]
    assert len(faults) == 1
    assert end[header.index("id")] in faults[0].found
