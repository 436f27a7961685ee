"""The city generator: whole, the same for the same seed, and like a real city in the figures that matter."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields

import numpy as np
import pytest
import rustworkx as rx
from numpy.typing import NDArray

from ringfence.base.traffic import PHYSICAL, VehicleClass
from ringfence.generator import generate_city
from ringfence.network import LocalMetres
from ringfence.network.city import DEGREE_E7, City, Form
from ringfence.network.texts import Texts

CAR = VehicleClass.CAR.bit
METRES = LocalMetres(5.0, 45.0)


@pytest.fixture(scope="module")
def town() -> City:
    return generate_city(1_000, seed=7)


@pytest.fixture(scope="module")
def city() -> City:
    return generate_city(20_000, seed=7)


@pytest.fixture(params=["town", "city"])
def any_city(request: pytest.FixtureRequest) -> City:
    chosen = request.getfixturevalue(request.param)
    assert isinstance(chosen, City)
    return chosen


def same(one: object, other: object) -> bool:
    if isinstance(one, Texts) and isinstance(other, Texts):
        return same(one.data, other.data) and same(one.starts, other.starts)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return one == other


def metres(e7: NDArray[np.int32]) -> NDArray[np.float64]:
    return METRES.to_metres(e7 / DEGREE_E7)


def of_kind(city: City, *names: str) -> NDArray[np.bool_]:
    return np.isin(city.segment_kind_ix, [list(city.kind).index(name) for name in names])


def car_arcs(city: City) -> NDArray[np.int64]:
    """From and to junction of everything a car may drive."""
    ahead, back = city.segment_forward & CAR != 0, city.segment_backward & CAR != 0
    ends = np.column_stack([city.segment_from_ix, city.segment_to_ix]).astype(np.int64)
    return np.concatenate([ends[ahead], ends[back][:, ::-1]])


def degrees(city: City, which: NDArray[np.bool_]) -> NDArray[np.int64]:
    ends = np.concatenate([city.segment_from_ix[which], city.segment_to_ix[which]])
    return np.bincount(ends, minlength=city.junction_count)


@pytest.mark.parametrize("junctions", [1_000, 1_001, 3_333, 20_000])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_has_as_many_junctions_as_asked_for(junctions: int, seed: int) -> None:
    city = generate_city(junctions, seed=seed)
    assert abs(city.junction_count - junctions) <= 0.02 * junctions
    used = np.zeros(city.junction_count, dtype=np.bool_)
    used[city.segment_from_ix] = used[city.segment_to_ix] = True
    assert used.all()


def test_the_same_seed_gives_the_same_bytes(city: City) -> None:
    again = generate_city(20_000, seed=7)
    assert [
        field.name for field in fields(City) if not same(getattr(city, field.name), getattr(again, field.name))
    ] == []


def test_another_seed_or_size_gives_another_city(town: City) -> None:
    for other in (generate_city(1_000, seed=8), generate_city(1_001, seed=7)):
        assert not same(other.junction_e7, town.junction_e7)
        assert not same(other.name, town.name)


def test_columns_fit_together(any_city: City) -> None:
    city = any_city
    junctions, segments, names = city.junction_count, city.segment_count, len(city.name)
    for values, low, high in (
        (city.segment_from_ix, 0, junctions),
        (city.segment_to_ix, 0, junctions),
        (city.segment_name_ix, -1, names),
        (city.segment_kind_ix, 0, len(city.kind)),
        (city.alias_segment_ix, 0, segments),
        (city.alias_name_ix, 0, names),
        (city.ban_segment_ix, 0, segments),
        (city.ban_junction_ix, -1, junctions),
        (city.condition_segment_ix, 0, segments),
        (city.address_street_ix, 0, names),
        (city.address_segment_ix, 0, segments),
        (city.site_kind_ix, 0, len(city.site_kind)),
    ):
        assert len(values) > 0
        assert values.min() >= low
        assert values.max() < high
    assert city.ban_start[0] == city.shape_start[0] == 0
    assert city.ban_start[-1] == len(city.ban_segment_ix) == len(city.ban_junction_ix)
    assert city.shape_start[-1] == len(city.shape_e7)
    assert np.diff(city.shape_start).min() >= 2
    assert len(city.address_number) == len(city.address_e7) == len(city.address_offset_m)
    assert len(city.site_id) == len(city.site_name) == len(city.site_e7)


def test_columns_have_the_types_that_the_contract_states(town: City) -> None:
    stated = dict(re.findall(r"^    ([\w, ]+) : \(.*\) (\w+)$", City.__doc__ or "", re.MULTILINE))
    checked = 0
    for names, dtype in stated.items():
        for name in names.split(", "):
            assert getattr(town, name).dtype == np.dtype(dtype), name
            checked += 1
    assert checked >= 20


def test_ids_are_unique_and_rise(any_city: City) -> None:
    numbers = [int(one.removeprefix("n")) for one in any_city.junction_id]
    assert numbers == sorted(set(numbers))
    ways = [re.fullmatch(r"w(\d+)-(\d+)", one) for one in any_city.segment_id]
    pairs = [(int(way[1]), int(way[2])) for way in ways if way]
    assert len(pairs) == any_city.segment_count
    assert pairs == sorted(set(pairs))
    assert not set(any_city.site_id) & set(any_city.junction_id)


def test_shapes_run_from_junction_to_junction_inside_their_boxes(any_city: City) -> None:
    city = any_city
    assert np.array_equal(city.shape_e7[city.shape_start[:-1]], city.junction_e7[city.segment_from_ix])
    assert np.array_equal(city.shape_e7[city.shape_start[1:] - 1], city.junction_e7[city.segment_to_ix])
    for ix in range(0, city.segment_count, 37):
        shape = city.shape_e7[city.shape_start[ix] : city.shape_start[ix + 1]]
        assert city.segment_box_e7[ix].tolist() == [*shape.min(axis=0), *shape.max(axis=0)]


def test_the_map_ends_at_its_stated_edge(any_city: City) -> None:
    west, south, east, north = any_city.origin.edge
    assert any_city.origin.edge_stated
    lon, lat = (any_city.junction_e7 / DEGREE_E7).T
    slack = 1e-7
    beyond = (lon < west - slack) | (lon > east + slack) | (lat < south - slack) | (lat > north + slack)
    assert np.array_equal(beyond, any_city.junction_clipped)
    assert 0 < beyond.mean() < 0.2
    # Every segment has an end on the map: nothing is known beyond it.
    assert not (beyond[any_city.segment_from_ix] & beyond[any_city.segment_to_ix]).any()


def test_cars_get_from_nearly_everywhere_to_nearly_everywhere(any_city: City) -> None:
    arcs = car_arcs(any_city)
    driven = np.unique(arcs)
    shut = any_city.junction_blocked & CAR != 0
    graph = rx.PyDiGraph()
    graph.add_nodes_from(range(any_city.junction_count))
    graph.extend_from_edge_list([(a, b) for a, b in arcs.tolist() if not shut[a] and not shut[b]])
    largest = max(rx.strongly_connected_components(graph), key=len)
    assert len(largest) > 0.9 * len(driven)


def test_junctions_have_as_many_arms_as_in_a_real_city(city: City) -> None:
    driven = (city.segment_forward | city.segment_backward) & CAR != 0
    degree = degrees(city, driven)[~city.junction_clipped]
    degree = degree[degree > 0]
    assert 2.6 <= degree.mean() <= 3.0
    assert 0.10 <= (degree == 1).mean() <= 0.20
    assert degree.max() <= 12


def test_some_streets_are_one_way_and_some_of_those_not_for_everyone(city: City) -> None:
    driven = of_kind(city, "primary", "secondary", "tertiary", "residential", "living_street")
    one_way = driven & (city.segment_forward & CAR != 0) & (city.segment_backward & CAR == 0)
    assert 0.1 < one_way.sum() / driven.sum() < 0.4
    assert (city.segment_backward[one_way] & VehicleClass.FOOT.bit != 0).all()
    for contraflow in (VehicleClass.BICYCLE, VehicleClass.BUS):
        assert 0 < (city.segment_backward[one_way] & contraflow.bit != 0).mean() < 0.5


def test_the_hierarchy_is_there_and_thins_out_upwards(city: City) -> None:
    counts = dict(zip(city.kind, np.bincount(city.segment_kind_ix, minlength=len(city.kind)), strict=True))
    assert min(counts.values()) > 0
    assert counts["motorway"] < counts["primary"] + counts["secondary"] < counts["residential"]
    assert counts["residential"] > 0.4 * city.segment_count


def test_motorways_meet_nothing_but_motorways_and_ramps(city: City) -> None:
    motorway, ramp = of_kind(city, "motorway"), of_kind(city, "motorway_link")
    others = ~motorway & ~ramp
    assert not ((degrees(city, motorway) > 0) & (degrees(city, others) > 0)).any()
    assert np.array_equal(ramp, city.segment_form & Form.RAMP != 0)
    assert ((degrees(city, ramp) > 0) & (degrees(city, others) > 0)).any()
    assert (city.segment_backward[motorway | ramp] == 0).all()


def test_without_bridges_and_tunnels_the_city_falls_apart(city: City) -> None:
    level = city.segment_form & (Form.BRIDGE | Form.TUNNEL) == 0
    assert 0 < (~level).mean() < 0.05
    assert (city.segment_layer[level] == 0).all()
    assert (city.segment_layer[~level] != 0).all()
    largest = []
    for kept in (level, np.ones_like(level)):
        graph = rx.PyGraph()
        graph.add_nodes_from(range(city.junction_count))
        ends = np.column_stack([city.segment_from_ix, city.segment_to_ix])[kept]
        graph.extend_from_edge_list([(a, b) for a, b in ends.tolist()])
        largest.append(len(max(rx.connected_components(graph), key=len)))
    assert largest[0] < 0.8 * city.junction_count
    assert largest[1] > 0.97 * city.junction_count


def test_roundabouts_are_rings_driven_counter_clockwise(city: City) -> None:
    ring = np.flatnonzero(city.segment_form & Form.ROUNDABOUT)
    assert len(ring) > 20
    following = dict(zip(city.segment_from_ix[ring].tolist(), ring.tolist(), strict=True))
    assert len(following) == len(ring)
    assert (city.segment_backward[ring] & CAR == 0).all()
    ways = [city.segment_id[int(one)].split("-")[0] for one in ring]
    assert max(Counter(ways).values()) <= 8, "each is a way of its own"
    xy = metres(city.shape_e7)
    left = set(ring.tolist())
    while left:
        first = segment = left.pop()
        area = 0.0
        while True:
            shape = xy[city.shape_start[segment] : city.shape_start[segment + 1]]
            area += float((shape[:-1, 0] * shape[1:, 1] - shape[1:, 0] * shape[:-1, 1]).sum()) / 2
            if int(city.segment_to_ix[segment]) not in following:
                assert city.junction_clipped[city.segment_to_ix[segment]]
                break
            segment = following[int(city.segment_to_ix[segment])]
            if segment == first:
                assert 100 < area < 1_500
                break
            left.discard(segment)


def test_steps_and_narrow_paths_are_not_physical(city: City) -> None:
    assert not city.segment_physical[of_kind(city, "steps")].any()
    narrow = (city.segment_width_dm > 0) & (city.segment_width_dm < 16)
    assert narrow.any()
    assert not city.segment_physical[narrow].any()
    assert city.segment_physical[~narrow & ~of_kind(city, "steps")].all()


def test_bollards_stand_on_lanes(any_city: City) -> None:
    posts = np.flatnonzero(any_city.junction_blocked)
    assert 0.3 < (any_city.junction_blocked[posts] & PHYSICAL != 0).mean() < 1
    every = np.ones(any_city.segment_count, dtype=np.bool_)
    assert (degrees(any_city, every)[posts] <= 2).all()
    assert (degrees(any_city, ~of_kind(any_city, "service", "living_street"))[posts] == 0).all()


def test_bans_follow_the_streets(any_city: City) -> None:
    city = any_city
    lengths = np.diff(city.ban_start)
    assert set(lengths.tolist()) == {2, 3}
    assert (city.ban_mask > 0).all()
    assert (city.ban_mask & (VehicleClass.FOOT.bit | PHYSICAL) == 0).all()
    for start, end in zip(city.ban_start[:-1], city.ban_start[1:], strict=True):
        segments, behind = city.ban_segment_ix[start:end], city.ban_junction_ix[start:end]
        assert behind[-1] == -1
        # What is driven leads to the junction behind it, and may be driven that way.
        for place, (segment, junction) in enumerate(zip(segments[:-1], behind[:-1], strict=True)):
            ends = (city.segment_from_ix[segment], city.segment_to_ix[segment])
            assert junction in ends
            assert junction in (city.segment_from_ix[segments[place + 1]], city.segment_to_ix[segments[place + 1]])
            mask = city.segment_forward if junction == ends[1] else city.segment_backward
            assert mask[segment] & CAR or ends[0] == ends[1]


def test_bans_are_of_many_sorts(city: City) -> None:
    pairs = city.ban_start[:-1][np.diff(city.ban_start) == 2]
    into, out = city.ban_segment_ix[pairs], city.ban_segment_ix[pairs + 1]
    assert (into == out).any(), "no turning back"
    assert len(np.unique(city.ban_mask)) >= 4
    # An "only" leaves one movement out of all: so some streets have several bans at one junction.
    behind = np.column_stack([into, city.ban_junction_ix[pairs]])
    assert np.unique(behind, axis=0, return_counts=True)[1].max() >= 3
    assert (np.diff(city.ban_start) == 3).sum() > 10


def test_names_are_sorted_and_most_are_rare_while_some_come_again(city: City) -> None:
    names = list(city.name)
    assert names == sorted(set(names))
    assert len(names) > 1_000
    ways = [one.split("-")[0] for one in city.segment_id]
    streets = {(way, int(name)) for way, name in zip(ways, city.segment_name_ix.tolist(), strict=True) if name >= 0}
    times = np.bincount([name for _, name in streets], minlength=len(names))
    assert times[names.index("Mill Lane")] >= 3
    assert np.median(times[times > 0]) <= 2
    assert any(not name.isascii() for name in names)


def test_some_streets_have_a_second_name(city: City) -> None:
    assert (np.diff(city.alias_segment_ix) >= 0).all()
    own = city.segment_name_ix[city.alias_segment_ix]
    assert (own >= 0).all()
    assert (own != city.alias_name_ix).mean() > 0.99
    assert 0.02 < len(np.unique(city.alias_segment_ix)) / city.segment_count < 0.12


def test_addresses_stand_by_the_street_that_serves_them(any_city: City) -> None:
    city = any_city
    assert np.array_equal(city.address_street_ix, city.segment_name_ix[city.address_segment_ix])
    houses, points = metres(city.address_e7), metres(city.shape_e7)
    for ix in range(0, len(houses), max(1, len(houses) // 400)):
        segment, offset_m = city.address_segment_ix[ix], float(city.address_offset_m[ix])
        shape = points[city.shape_start[segment] : city.shape_start[segment + 1]]
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(shape, axis=0).T))])
        assert 0 <= offset_m <= along[-1] * 1.001
        foot = [np.interp(offset_m, along, shape[:, axis]) for axis in (0, 1)]
        assert 6 < np.hypot(*(houses[ix] - foot)) < 15


def test_house_numbers_come_once_on_a_street_and_keep_to_their_hand(city: City) -> None:
    way = np.array([int(one[1:].split("-")[0]) for one in city.segment_id])
    number = np.array([int(one) for one in city.address_number])
    assert number.min() >= 1
    street = way[city.address_segment_ix]
    assert len(np.unique(np.column_stack([street, number]), axis=0)) == len(number)
    # Even numbers on the right, going along the segment.
    houses, points = metres(city.address_e7), metres(city.shape_e7)
    straight = np.flatnonzero(np.diff(city.shape_start)[city.address_segment_ix] == 2)
    start = points[city.shape_start[city.address_segment_ix[straight]]]
    run = points[city.shape_start[city.address_segment_ix[straight]] + 1] - start
    away = houses[straight] - start
    right = run[:, 0] * away[:, 1] - run[:, 1] * away[:, 0] < 0
    assert np.array_equal(right, number[straight] % 2 == 0)


def test_even_a_town_has_the_sites_that_a_cordon_cares_for(town: City) -> None:
    there = {town.site_kind[int(ix)] for ix in town.site_kind_ix}
    assert {"school", "hospital", "fire_station", "police", "station", "ambulance_station"} <= there
    assert all(name.strip() for name in town.site_name)


def test_cities_of_every_size_are_equally_dense_around_the_centre() -> None:
    near = []
    for junctions in (5_000, 20_000, 60_000):
        counts = []
        for seed in range(3):
            city = generate_city(junctions, seed=seed)
            middle = metres(city.segment_box_e7[:, :2] // 2 + city.segment_box_e7[:, 2:] // 2)
            counts.append(int((np.hypot(middle[:, 0], middle[:, 1]) < 800).sum()))
        near.append(np.mean(counts))
    assert max(near) < 1.25 * min(near), near


@pytest.mark.parametrize(
    ("junctions", "seed", "words"),
    [
        (999, 1, "junctions must be 1,000 to 1,000,000, not 999"),
        (1_000_001, 1, "junctions must be 1,000 to 1,000,000, not 1,000,001"),
        (2_000.0, 1, "junctions must be a whole number, not 2000.0"),
        (True, 1, "junctions must be a whole number, not True"),
        (2_000, -1, "seed must not be negative, but is -1"),
        (2_000, "x", "seed must be a whole number, not 'x'"),
    ],
)
def test_bad_arguments_are_named(junctions: int, seed: int, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        generate_city(junctions, seed=seed)


def test_the_origin_says_that_no_such_place_exists(town: City) -> None:
    assert town.origin.source == "generated city, seed 7"
    assert town.origin.licence == "generated; no real place"
