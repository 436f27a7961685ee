"""A window answers as the whole city does; what crosses its rim is kept; copies with one segment changed keep rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from shapely import Polygon, box

from ringfence.base.errors import Fault
from ringfence.base.traffic import ALL_CLASSES, PHYSICAL, Driver, Threat, VehicleClass
from ringfence.generator import generate_city
from ringfence.model.answers import PathStep
from ringfence.model.plans import Plan
from ringfence.network import (
    Area,
    City,
    Form,
    Network,
    Origin,
    Region,
    Stop,
    StreetFacts,
    Texts,
    both_ways,
    build_movement_graph,
    cut_out,
    one_way,
    read_network,
    whole_network,
    window,
    without_segment,
)
from ringfence.network.streets import BINDABLE
from ringfence.planner import make_plan
from ringfence.promises import verify_certificate
from ringfence.promises.reach import Reach, driven_path

DRIVERS = (
    Driver(),
    Driver(vehicle_class=VehicleClass.BUS),
    Driver(Threat.DETERMINED),
    Driver(vehicle_class=VehicleClass.FOOT),
)
STEP_DEG = 0.005
"""Between two junctions of the row: about 556 m on the equator."""
CAR, BOLLARD = VehicleClass.CAR.bit, VehicleClass.CAR.bit | PHYSICAL
AROUND_THE_THIRD_STREET = box(0.0105, -0.001, 0.014, 0.001)

Ban = tuple[tuple[int, ...], tuple[int, ...], int]  # segments, the junctions between them, classes


def row_of_streets(bans: Sequence[Ban] = (), *, content_hash: str = "c" * 64) -> City:
    """Seven junctions in a row and six streets between them; `n0` is clipped, `n4` has a bollard.

    ::

        n0 --w0-- n1 --w1-- n2 --w2-- n3 --w3-- n4 --w4-- n5 --w5-- n6
    """
    count = 6
    places = np.array([[round(ix * STEP_DEG * 1e7), 0] for ix in range(count + 1)], dtype=np.int32)
    first, last = places[:-1], places[1:]
    none = np.zeros(0, dtype=np.int32)
    return City(
        junction_id=Texts.of(f"n{ix}" for ix in range(count + 1)),
        junction_e7=places,
        junction_clipped=np.arange(count + 1) == 0,
        junction_blocked=np.where(np.arange(count + 1) == 4, BOLLARD, 0).astype(np.uint8),
        segment_id=Texts.of(f"w{ix}" for ix in range(count)),
        segment_name_ix=np.array([0, 0, -1, 1, 1, 1], dtype=np.int32),
        segment_kind_ix=np.array([0, 0, 1, 0, 0, 0], dtype=np.uint8),
        segment_from_ix=np.arange(count, dtype=np.int32),
        segment_to_ix=np.arange(1, count + 1, dtype=np.int32),
        segment_forward=np.full(count, ALL_CLASSES, dtype=np.uint8),
        segment_backward=np.full(count, VehicleClass.FOOT.bit, dtype=np.uint8),
        segment_physical=np.arange(count) != 5,
        segment_limited=np.zeros(count, dtype=np.uint8),
        segment_form=np.zeros(count, dtype=np.uint8),
        segment_layer=np.zeros(count, dtype=np.int8),
        segment_lanes=np.zeros(count, dtype=np.uint8),
        segment_maxspeed_kmh=np.zeros(count, dtype=np.uint16),
        segment_width_dm=np.zeros(count, dtype=np.uint16),
        segment_box_e7=np.concatenate([first, last], axis=1),
        shape_start=np.arange(0, 2 * count + 1, 2, dtype=np.int64),
        shape_e7=np.stack([first, last], axis=1).reshape(-1, 2),
        kind=Texts.of(["residential", "service"]),
        name=Texts.of(["East Row", "West Row"]),
        alias_segment_ix=none,
        alias_name_ix=none,
        **_ban_columns(bans),
        condition_segment_ix=none,
        condition=Texts.of([]),
        address_number=Texts.of([]),
        address_street_ix=none,
        address_e7=none.reshape(0, 2),
        address_segment_ix=none,
        address_offset_m=np.zeros(0, dtype=np.float32),
        site_id=Texts.of([]),
        site_name=Texts.of([]),
        site_kind_ix=np.zeros(0, dtype=np.uint8),
        site_e7=none.reshape(0, 2),
        site_kind=Texts.of([]),
        origin=Origin("drawn", "", "", "", (-0.1, -0.1, 0.1, 0.1), edge_stated=True),
        content_hash=content_hash,
    )


def _ban_columns(bans: Sequence[Ban]) -> dict[str, np.ndarray]:
    return {
        "ban_start": np.cumsum([0, *(len(segments) for segments, _, _ in bans)]).astype(np.int64),
        "ban_segment_ix": np.array([ix for segments, _, _ in bans for ix in segments], dtype=np.int32),
        "ban_junction_ix": np.array([ix for _, junctions, _ in bans for ix in (*junctions, -1)], dtype=np.int32),
        "ban_mask": np.array([mask for _, _, mask in bans], dtype=np.uint8),
    }


def _chains(network: Network) -> list[tuple[list[str], list[str], int]]:
    return [
        ([network.segment_ids[ix] for ix in chain.segments], [network.junction_ids[ix] for ix in chain.junctions], mask)
        for chain in network.chains
        for mask in [chain.mask]
    ]


def _restrictions(network: Network) -> list[tuple[str, str, str, int]]:
    return [
        (network.segment_ids[a], network.junction_ids[via], network.segment_ids[b], mask)
        for (a, via, b), mask in zip(network.restrictions.tolist(), network.restriction_mask.tolist(), strict=True)
    ]


def test_window_holds_the_streets_near_the_limit() -> None:
    network = window(row_of_streets(), AROUND_THE_THIRD_STREET, margin_m=100)
    assert network.segment_ids == ("w1", "w2")
    assert network.junction_ids == ("n1", "n2", "n3")
    assert network.segment_names == ("East Row", "")
    assert network.highways == ("residential", "service")
    assert network.length_m == pytest.approx([556.6, 556.6], abs=0.1)
    assert network.junction_lonlat.tolist() == [[0.005, 0], [0.01, 0], [0.015, 0]]


def test_street_that_ends_on_the_rim_of_the_box_is_near() -> None:
    assert window(row_of_streets(), box(0.01, -0.001, 0.014, 0.001), margin_m=0).segment_ids == ("w1", "w2")
    assert window(row_of_streets(), box(0.0100002, -0.001, 0.014, 0.001), margin_m=0).segment_ids == ("w2",)


def test_a_limit_whose_edge_runs_through_a_junction_has_all_of_its_streets() -> None:
    """Whatever the degrees come to when they are multiplied: else the junction would count as clipped."""
    city, rng = row_of_streets(), np.random.default_rng(1)
    for east in rng.integers(0, 1_700_000_000, 500).tolist():
        places = city.junction_e7 + np.array([east, 0], dtype=np.int32)
        first, last = places[:-1], places[1:]
        moved = replace(
            city,
            junction_e7=places,
            segment_box_e7=np.concatenate([first, last], axis=1),
            shape_e7=np.stack([first, last], axis=1).reshape(-1, 2),
        )
        west = places[2, 0] / 1e7
        limit = box(west, -0.001, west + 0.004, 0.001)
        area = Area(box(west + 0.001, -0.0005, west + 0.002, 0.0005), limit, "beside the edge")
        assert area.clipped_within_limit(window(moved, limit, margin_m=0)) == [], east


def test_junctions_where_streets_lead_on_are_clipped() -> None:
    city = row_of_streets()
    middle = window(city, AROUND_THE_THIRD_STREET, margin_m=100)
    assert middle.clipped.tolist() == [True, False, True]
    assert whole_network(city).clipped.tolist() == [True, *[False] * 6]
    assert cut_out(city, np.array([0, 5])).clipped.tolist() == [True, True, True, False]


def test_masks_and_bollards_come_along() -> None:
    network = cut_out(row_of_streets(), np.array([3, 5]))
    assert network.junction_ids == ("n3", "n4", "n5", "n6")
    assert network.junction_blocked.tolist() == [0, BOLLARD, 0, 0]
    assert network.forward_mask.tolist() == [ALL_CLASSES] * 2
    assert network.backward_mask.tolist() == [VehicleClass.FOOT.bit] * 2
    assert network.physical.tolist() == [True, False]


def test_forbidden_chain_across_the_rim_is_kept_whole() -> None:
    """Else a driver who begins it beyond the rim would seem free to end it within."""
    across: Ban = ((1, 2, 3, 4), (2, 3, 4), BINDABLE)
    beyond: Ban = ((3, 4, 5), (4, 5), BINDABLE)
    pair: Ban = ((0, 1), (1,), CAR)
    city = row_of_streets([across, beyond, pair])
    network = window(city, AROUND_THE_THIRD_STREET, margin_m=0)
    assert network.segment_ids == ("w1", "w2", "w3", "w4")
    assert _chains(network) == [(["w1", "w2", "w3", "w4"], ["n2", "n3", "n4"], BINDABLE)]
    assert _restrictions(network) == []
    wider = window(city, AROUND_THE_THIRD_STREET, margin_m=100)
    assert wider.segment_ids == ("w0", "w1", "w2", "w3", "w4")
    assert _restrictions(wider) == [("w0", "n1", "w1", CAR)]


def test_hash_is_that_of_the_city_until_something_is_changed() -> None:
    city = row_of_streets([((1, 2, 3), (2, 3), BINDABLE)])
    middle, whole = window(city, AROUND_THE_THIRD_STREET), whole_network(city)
    assert middle.hash == whole.hash == city.content_hash
    changed = [without_segment(whole, "w3"), both_ways(whole, "w3"), one_way(whole, "w3", forward=False)]
    hashes = {network.hash for network in changed}
    assert len(hashes) == 3
    assert city.content_hash not in hashes
    assert all(len(one) == 64 for one in hashes)


def row_with_facts() -> City:
    """The row of streets with a bridge, lanes, widths, addresses in disorder, and rails across `n3` and `w4`."""
    served = [4, 2, 2, -1, 1, 2, 5]
    return replace(
        row_of_streets(),
        segment_form=np.array([0, 0, Form.BRIDGE, Form.TUNNEL | Form.RAMP, 0, Form.ROUNDABOUT], dtype=np.uint8),
        segment_lanes=np.array([0, 2, 4, 0, 1, 0], dtype=np.uint8),
        segment_width_dm=np.array([0, 55, 0, 120, 0, 0], dtype=np.uint16),
        address_number=Texts.of(map(str, range(len(served)))),
        address_street_ix=np.zeros(len(served), dtype=np.int32),
        address_e7=np.zeros((len(served), 2), dtype=np.int32),
        address_segment_ix=np.array(served, dtype=np.int32),
        address_offset_m=np.array([9, 500.5, 20.25, 0, 33, 600, 1], dtype=np.float32),
        rail_crossing_segment_ix=np.array([2, 3, 4], dtype=np.int32),
        rail_crossing_offset_m=np.array([556.6, 0, 100], dtype=np.float32),
    )


def _along(network: Network) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """Addresses and level crossings, by the ids of their segments."""
    facts, ids = network.facts, network.segment_ids
    tables = (
        (facts.address_segment_ix, facts.address_offset_m),
        (facts.rail_crossing_segment_ix, facts.rail_crossing_offset_m),
    )
    addresses, crossings = (
        [(ids[ix], round(metres, 1)) for ix, metres in zip(segments.tolist(), offsets.tolist(), strict=True)]
        for segments, offsets in tables
    )
    return addresses, crossings


def test_facts_of_the_streets_come_along() -> None:
    """Sorted by segment and offset, in the window's own positions; one beyond the end of its segment is at its end."""
    network = window(row_with_facts(), AROUND_THE_THIRD_STREET, margin_m=100)
    facts = network.facts
    assert network.segment_ids == ("w1", "w2")
    assert facts.form.tolist() == [0, Form.BRIDGE]
    assert facts.lanes.tolist() == [2, 4]
    assert facts.width_m.tolist() == [5.5, 0]
    assert facts.addresses_known
    addresses, crossings = _along(network)
    assert addresses == [("w1", 33), ("w2", 20.2), ("w2", 500.5), ("w2", 556.6)]
    assert facts.address_offset_m[-1] == network.length_m[1]
    assert crossings == [("w2", 556.6)]
    assert _along(cut_out(row_with_facts(), np.array([0, 3, 4]))) == ([("w4", 9)], [("w3", 0), ("w4", 100)])
    assert not whole_network(row_of_streets()).facts.addresses_known
    with pytest.raises(ValueError, match="read-only"):
        facts.form[0] = 1


def test_facts_stay_with_their_segments_when_one_is_changed() -> None:
    whole = whole_network(row_with_facts())
    network = without_segment(whole, "w2")
    assert network.facts.form.tolist() == [0, 0, Form.TUNNEL | Form.RAMP, 0, Form.ROUNDABOUT]
    assert network.facts.lanes.tolist() == [0, 2, 0, 1, 0]
    assert network.facts.width_m.tolist() == [0, 5.5, 12, 0, 0]
    assert network.facts.addresses_known
    assert _along(network) == ([("w1", 33), ("w4", 9), ("w5", 1)], [("w3", 0), ("w4", 100)])
    for changed in (both_ways(whole, "w1"), one_way(whole, "w1", forward=True)):
        assert _along(changed) == _along(whole)
        assert changed.facts.form.tolist() == whole.facts.form.tolist()


def test_of_streets_in_plain_tables_nothing_is_known_and_their_hash_is_what_it_was() -> None:
    """The hash was taken before there were facts: plans that name it must find their streets again."""
    junctions = b"id\tlon\tlat\tclipped\tevidence\na\t0\t0\tyes\tsurveyed\nb\t0.001\t0\t\tsurveyed\n"
    segments = (
        b"id\tname\tfrom\tto\tclass\tforward\tbackward\tphysical\tevidence\tpath\n"
        b"s\tEast Row\ta\tb\tresidential\tall\tnone\tyes\tsurveyed\t\n"
    )
    faults: list[Fault] = []
    network = read_network(junctions, segments, b"id\tfrom_segment\tvia\tto_segment\n", faults)
    assert network is not None, faults
    facts = network.facts
    assert (facts.form.tolist(), facts.lanes.tolist(), facts.width_m.tolist()) == ([0], [0], [0])
    assert len(facts.address_segment_ix) == len(facts.rail_crossing_segment_ix) == 0
    assert not facts.addresses_known
    assert network.hash == "0579a0de34e00e3ffe460bfa35eb7f767679397286ed00701ee6c8e0d31df5d3"
    assert replace(network, facts=replace(StreetFacts.unknown(1), lanes=np.array([2]))).hash == network.hash


def test_nothing_near_is_refused() -> None:
    with pytest.raises(ValueError, match="no street is near"):
        window(row_of_streets(), box(1, 1, 1.01, 1.01))


def test_removed_segment_takes_its_chains_along() -> None:
    over: Ban = ((0, 1, 2), (1, 2), BINDABLE)
    behind: Ban = ((3, 4, 5), (4, 5), CAR)
    pairs: list[Ban] = [((0, 1), (1,), CAR), ((3, 4), (4,), BINDABLE)]
    whole = whole_network(row_of_streets([over, behind, *pairs]))
    network = without_segment(whole, "w1")
    assert network.segment_ids == ("w0", "w2", "w3", "w4", "w5")
    assert _chains(network) == [(["w3", "w4", "w5"], ["n4", "n5"], CAR)]
    assert _restrictions(network) == [("w3", "n4", "w4", BINDABLE)]
    assert network.junction_blocked.tolist() == whole.junction_blocked.tolist()
    assert network.clipped.tolist() == whole.clipped.tolist()
    assert network.find_segment("w1") is None
    assert network.find_segment("w5") == 4
    assert _chains(without_segment(whole, "w5")) == [(["w0", "w1", "w2"], ["n1", "n2"], BINDABLE)]


def test_changed_directions_leave_all_rules_alone() -> None:
    whole = whole_network(row_of_streets([((0, 1, 2), (1, 2), BINDABLE), ((0, 1), (1,), CAR)]))
    for network in (both_ways(whole, "w1"), one_way(whole, "w1", forward=True)):
        assert _chains(network) == _chains(whole)
        assert _restrictions(network) == _restrictions(whole)
        assert network.junction_blocked.tolist() == whole.junction_blocked.tolist()
    assert both_ways(whole, "w1").backward_mask[1] == ALL_CLASSES
    assert one_way(whole, "w1", forward=False).forward_mask[1] == VehicleClass.FOOT.bit


def test_last_junction_may_lose_its_only_street() -> None:
    """The junction stays, with nothing on it: plans for every driver can still be made."""
    network = without_segment(whole_network(row_of_streets()), "w5")
    area = Area(box(0.0121, -0.001, 0.0129, 0.001), box(0.0111, -0.002, 0.0139, 0.002), "the middle")
    assert [make_plan(network, area, driver).arms for driver in DRIVERS] == [1, 1, 2, 2]


def draw_city(seed: int) -> City:
    """A generated city with three hundred forbidden walks and a hundred and fifty bollards more."""
    city, rng = generate_city(1000, seed=seed), Random(seed)
    ends = np.column_stack([city.segment_from_ix, city.segment_to_ix]).tolist()
    meeting: dict[int, list[int]] = {}
    for ix, pair in enumerate(ends):
        for junction in set(pair):
            meeting.setdefault(junction, []).append(ix)
    bans: list[Ban] = []
    for _ in range(300):
        segment = rng.randrange(len(ends))
        segments, junctions, at = [segment], [], rng.choice(ends[segment])
        for _ in range(rng.randint(1, 4)):
            junctions.append(at)
            segments.append(rng.choice(meeting[at]))
            start, end = ends[segments[-1]]
            at = end if at == start else start
        bans.append((tuple(segments), tuple(junctions), rng.choice((BINDABLE, CAR))))
    blocked = city.junction_blocked.copy()
    blocked[rng.sample(range(city.junction_count), 150)] = BOLLARD
    return replace(city, junction_blocked=blocked, content_hash="d" * 64, **_ban_columns(bans))  # type: ignore[arg-type]


def draw_area(city: City, rng: Random) -> Area:
    """A crooked quarter somewhere around the middle of the city, with its limit around it."""
    lon, lat = (city.junction_e7[rng.randrange(city.junction_count)] / 1e7).tolist()
    west, south, east, north = city.origin.edge
    lon, lat = (lon + west + east) / 3, (lat + south + north) / 3
    half, gap = rng.uniform(0.0005, 0.001), rng.uniform(0.0004, 0.0008)

    def quarter(reach: float) -> Polygon:
        corners = ((-1, -1), (1.2, -1), (1, 1), (-0.8, 0.9))
        return Polygon([(lon + x * reach, lat + y * reach) for x, y in corners])

    return Area(quarter(half), quarter(half + 2.5 * gap), "the quarter")


def ways_in(network: Network, area: Area, driver: Driver, closed: Sequence[str]) -> list[tuple[PathStep, ...]]:
    """A shortest way to each entrance of the area that is reached, with barriers across the middle of some segments."""
    places = [network.segment_ids.index(segment) for segment in closed]
    graph = build_movement_graph(network, area, [Stop(ix, float(network.length_m[ix]) / 2) for ix in places])
    shut = [(stop, forward) for stop in range(len(places)) for forward in (True, False)]
    outside, protected = (np.flatnonzero(graph.arc_region == region) for region in (Region.OUTSIDE, Region.PROTECTED))
    reach = Reach(graph, driver, shut)
    paths = reach.trips(outside, absorbing=graph.arc_region == Region.PROTECTED).to_each(protected)
    return sorted((driven_path(graph, path).steps for path in paths.values()), key=str)


def _stand(plan: Plan) -> list[tuple[str, float, float, float, str]]:
    """Where the barriers stand. Their words may name fewer streets: of those beyond the rim a window knows nothing."""
    return [(barrier.id, barrier.lon, barrier.lat, barrier.offset_m, barrier.inside) for barrier in plan.barriers]


@pytest.mark.parametrize("seed", range(2))
def test_window_answers_as_the_whole_city(seed: int) -> None:
    city, rng = draw_city(seed), Random(seed)
    whole = whole_network(city)
    plans = sealed = chains = 0
    for number in range(5):
        area = draw_area(city, rng)
        part = window(city, area.limit, margin_m=rng.choice((0, 50, 150)))
        where = f"city {seed}, area {number}"
        assert len(part.segment_ids) < len(whole.segment_ids) / 2, where
        chains += len(part.chains)
        for driver in DRIVERS:
            plan, other = (make_plan(network, area, driver) for network in (part, whole))
            assert _stand(plan) == _stand(other), where
            for figure in ("possible", "enclosed_street_m", "enclosed_addresses", "blocks", "through", "cannot_close"):
                assert getattr(plan, figure) == getattr(other, figure), where
            if plan.certificate is not None and other.certificate is not None:
                asked = other.certificate.demands  # with the placing rules, as the whole city has them
                verdict = verify_certificate(whole, area, plan.certificate, driver=driver, demands=asked)
                assert verdict.proves_fewest, where
            share = rng.choice((0.7, 1.0))
            closed = [barrier.segment for barrier in plan.barriers if rng.random() < share]
            found = ways_in(part, area, driver, closed)
            assert found == ways_in(whole, area, driver, closed), where
            plans += plan.arms > 2
            sealed += not found
    assert plans >= 8
    assert sealed >= 1
    assert chains >= 6
