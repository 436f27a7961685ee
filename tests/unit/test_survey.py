"""The survey of a city: every figure on a town drawn by hand, the parts against a second opinion, and the table."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from pyproj import Geod
from rich.console import Console

from ringfence.base.traffic import ALL_CLASSES, PHYSICAL, VehicleClass
from ringfence.network.city import DEGREE_E7, City, Origin
from ringfence.network.survey import segment_lengths_m, survey
from ringfence.network.survey_records import EXAMPLES_MAX, Condition, StreetKind, Survey, Traveller
from ringfence.network.texts import Texts
from ringfence.report.survey_table import survey_table
from tests.property.cities import cities, draw_city

CAR, FOOT = VehicleClass.CAR.bit, VehicleClass.FOOT.bit
GLOBE = Geod(ellps="WGS84")
STEP = 0.001
"""Degrees between neighbouring places of a drawn town."""


@dataclass(frozen=True)
class Lane:
    """One segment of a drawn town, from place to place; `back` is the class mask against its direction."""

    start: str
    end: str
    name: str = ""
    forth: int = ALL_CLASSES
    back: int = ALL_CLASSES
    kind: str = "residential"
    physical: bool = True


def town(
    places: dict[str, tuple[int, int]],
    lanes: Sequence[Lane],
    *,
    blocked: dict[str, int] | None = None,
    clipped: str = "",
    addresses: Sequence[tuple[str, int]] = (),
    bans: Sequence[tuple[Sequence[int], int]] = (),
    conditions: Sequence[tuple[int, str]] = (),
    sites: Sequence[str] = (),
) -> City:
    """A town on a grid near the equator. Segments are called ``s0``, ``s1`` ... in order.

    Addresses are (number and street, position of the segment or -1), bans (positions of segments, classes bound).
    """
    at = {place: ix for ix, place in enumerate(places)}
    e7 = (np.array(list(places.values()), dtype=np.float64).reshape(-1, 2) * STEP * DEGREE_E7).astype(np.int32)
    ends = np.array([(at[lane.start], at[lane.end]) for lane in lanes], dtype=np.int32).reshape(-1, 2)
    streets = [address.split(" ", 1)[1] if " " in address else "" for address, _ in addresses]
    names = sorted({lane.name for lane in lanes} | set(streets) - {""} | {""})[1:]
    kinds = sorted({lane.kind for lane in lanes} | {"unused"})
    site_kinds = sorted({*sites, "unused"})
    name_ix = {"": -1} | {name: ix for ix, name in enumerate(names)}
    none = np.zeros(len(lanes))
    return City(
        junction_id=Texts.of(places),
        junction_e7=e7,
        junction_clipped=np.array([place in clipped.split() for place in places], dtype=np.bool_),
        junction_blocked=np.array([(blocked or {}).get(place, 0) for place in places], dtype=np.uint8),
        segment_id=Texts.of(f"s{ix}" for ix in range(len(lanes))),
        segment_name_ix=np.array([name_ix[lane.name] for lane in lanes], dtype=np.int32),
        segment_kind_ix=np.array([kinds.index(lane.kind) for lane in lanes], dtype=np.uint8),
        segment_from_ix=ends[:, 0].copy(),
        segment_to_ix=ends[:, 1].copy(),
        segment_forward=np.array([lane.forth for lane in lanes], dtype=np.uint8),
        segment_backward=np.array([lane.back for lane in lanes], dtype=np.uint8),
        segment_physical=np.array([lane.physical for lane in lanes], dtype=np.bool_),
        segment_limited=none.astype(np.uint8),
        segment_form=none.astype(np.uint8),
        segment_layer=none.astype(np.int8),
        segment_lanes=none.astype(np.uint8),
        segment_maxspeed_kmh=none.astype(np.uint16),
        segment_width_dm=none.astype(np.uint16),
        segment_box_e7=np.hstack([e7[ends].min(axis=1), e7[ends].max(axis=1)]).astype(np.int32),
        shape_start=np.arange(0, 2 * len(lanes) + 1, 2, dtype=np.int64),
        shape_e7=e7[ends.ravel()],
        kind=Texts.of(kinds),
        name=Texts.of(names),
        alias_segment_ix=np.zeros(0, dtype=np.int32),
        alias_name_ix=np.zeros(0, dtype=np.int32),
        ban_start=np.cumsum([0, *(len(run) for run, _ in bans)]).astype(np.int64),
        ban_segment_ix=np.array([ix for run, _ in bans for ix in run], dtype=np.int32),
        ban_junction_ix=np.full(sum(len(run) for run, _ in bans), -1, dtype=np.int32),
        ban_mask=np.array([mask for _, mask in bans], dtype=np.uint8),
        condition_segment_ix=np.array([ix for ix, _ in conditions], dtype=np.int32),
        condition=Texts.of(tag for _, tag in conditions),
        address_number=Texts.of(address.split(" ", 1)[0] for address, _ in addresses),
        address_street_ix=np.array([name_ix[street] for street in streets], dtype=np.int32),
        address_e7=np.zeros((len(addresses), 2), dtype=np.int32),
        address_segment_ix=np.array([ix for _, ix in addresses], dtype=np.int32),
        address_offset_m=np.zeros(len(addresses), dtype=np.float32),
        site_id=Texts.of(f"t{ix}" for ix in range(len(sites))),
        site_name=Texts.of("" for _ in sites),
        site_kind_ix=np.array([site_kinds.index(kind) for kind in sites], dtype=np.uint8),
        site_e7=np.zeros((len(sites), 2), dtype=np.int32),
        site_kind=Texts.of(site_kinds),
        origin=Origin("drawn by hand", "", "", "no licence needed", (-1.0, -1.0, 1.0, 1.0), False, (("ferry", 2),)),
    )


PLACES = {
    "a": (0, 0),
    "b": (1, 0),
    "c": (1, 1),
    "trap": (2, 0),
    "trap2": (3, 0),
    "spring": (0, 1),
    "pit": (2, 1),
    "bollard": (0, -1),
    "yard": (0, -2),
    "isle1": (9, 9),
    "isle2": (9, 12),
    "isle3": (10, 9),
    "far1": (20, 9),
    "far2": (20, 11),
}
LANES = (
    Lane("a", "b", "High Street"),
    Lane("b", "c", "High Street"),
    Lane("c", "a", "Ring Road", back=FOOT),
    Lane("b", "trap", "Trap Lane", back=FOOT),  # 3: in, never out
    Lane("trap", "trap2"),  # 4: both ways, at the far end of the trap
    Lane("spring", "a", "Spring Lane", back=FOOT),  # 5: out, never in
    Lane("spring", "pit", "Pit Lane", back=FOOT),  # 6: from where none comes to where none leaves
    Lane("a", "bollard", "Post Road"),
    Lane("bollard", "yard", "Post Road"),  # 8: behind the bollard
    Lane("isle1", "isle2"),  # 9: the longest of the island, but nameless
    Lane("isle1", "isle3", "Isle Road"),
    Lane("far1", "far2", "Far Road"),  # 11: an island that is clipped
    Lane("a", "c", "Garden Path", FOOT, FOOT, "footway", physical=False),
)


def hand_drawn(**more: Any) -> City:
    return town(PLACES, LANES, blocked={"bollard": CAR | PHYSICAL}, clipped="far2", **more)


def of(surveyed: Survey, who: str) -> Traveller:
    return next(row for row in surveyed.travellers if row.who == who)


def test_segments_and_junctions_of_a_class_are_counted_and_measured() -> None:
    city = hand_drawn()
    seen = survey(city)
    lengths = [GLOBE.line_length(*(city.shape_e7[2 * ix : 2 * ix + 2] / DEGREE_E7).T) for ix in range(len(LANES))]
    assert (seen.junctions, seen.clipped_junctions, seen.segments) == (14, 1, 13)
    assert seen.km == pytest.approx(sum(lengths) / 1000, abs=0.001)
    assert of(seen, "car").km == pytest.approx(sum(lengths[:12]) / 1000, abs=0.001)
    assert [(row.who, row.segments) for row in seen.travellers] == [
        ("car", 12), ("heavy", 12), ("bus", 12), ("emergency", 12), ("bicycle", 12), ("foot", 13), ("determined", 12),
    ]  # fmt: skip
    assert of(seen, "car").oneway_share == pytest.approx(4 / 12, abs=0.0001)
    assert of(seen, "foot").oneway_share == of(seen, "determined").oneway_share == 0
    assert of(seen, "car").junctions == 14


def test_the_core_ends_at_one_ways_and_at_blocked_junctions() -> None:
    seen = survey(hand_drawn())
    # a, b, c and the near side of the bollard for cars; its far side and the yard too for heavy vehicles.
    assert [of(seen, who).core_junctions for who in ("car", "heavy")] == [4, 5]
    assert of(seen, "car").outside_core == 14 - 4
    assert of(seen, "foot").core_junctions == 9, "on foot one-ways and the bollard bind nobody"
    assert of(seen, "determined").core_junctions == 8, "one-ways do not bind, the bollard does"


def test_blocked_junctions_are_counted_for_whom_they_block() -> None:
    seen = survey(hand_drawn())
    assert {row.who: row.blocked_junctions for row in seen.travellers if row.blocked_junctions} == {
        "car": 1,
        "determined": 1,
    }


def test_islands_are_named_after_their_longest_named_street_longest_first() -> None:
    car, foot = survey(hand_drawn()).islands
    assert (car.who, car.count, car.segments, car.at_edge) == ("car", 3, 4, 1)
    assert [(isle.street.segment, isle.street.name, isle.segments, isle.at_edge) for isle in car.biggest] == [
        ("s10", "Isle Road", 2, False),
        ("s11", "Far Road", 1, True),
        ("s8", "Post Road", 1, False),
    ]
    assert car.biggest[0].km == pytest.approx(0.332 + 0.111, abs=0.002)
    assert (foot.who, foot.count) == ("foot", 2), "on foot one passes the bollard"


def test_dead_one_ways_are_told_by_whether_they_lack_the_way_out_or_in() -> None:
    dead = survey(hand_drawn()).dead_one_ways
    assert (dead.segments, dead.no_way_out, dead.no_way_in, dead.neither) == (4, 2, 1, 1)
    assert dead.beyond_edge == 0
    assert {(one.street.name, one.ending) for one in dead.examples} == {
        ("Trap Lane", "no way out"),
        ("", "no way out"),
        ("Spring Lane", "no way in"),
        ("Pit Lane", "neither"),
    }
    assert dead.examples[-1].street.name == "", "a street with a name is easier to find"
    assert dead.km == pytest.approx(0.111 * 3 + 0.223, abs=0.002)


def test_a_one_way_off_the_map_is_explained_by_the_edge_and_named_last() -> None:
    city = hand_drawn()
    clipped = np.array([place in {"trap2", "far2"} for place in PLACES])
    dead = survey(replace(city, junction_clipped=clipped)).dead_one_ways
    assert (dead.segments, dead.beyond_edge) == (4, 2)
    assert [one.street.segment for one in dead.examples[-2:]] == ["s3", "s4"]


def test_a_street_of_many_segments_is_one_example() -> None:
    places = {f"p{ix}": (ix, 0) for ix in range(9)} | {"q": (0, 1)}
    lanes = [Lane("p0", "q"), *(Lane(f"p{ix}", f"p{ix + 1}", "Long Lane", back=FOOT) for ix in range(8))]
    dead = survey(town(places, lanes)).dead_one_ways
    assert dead.segments == dead.no_way_out == 8
    assert [one.street.name for one in dead.examples] == ["Long Lane"]


def test_addresses_are_unserved_or_closed_or_cut_off() -> None:
    addresses = [
        ("1 High Street", 0),
        ("2 Trap Lane", 3),  # driven into, though never left
        ("3 Spring Lane", 5),
        ("4 Garden Path", 12),
        ("5 Isle Road", 10),
        ("6 Post Road", 8),
        ("7", -1),
    ]
    seen = survey(hand_drawn(addresses=addresses)).addresses
    car, foot = seen.access
    assert (seen.count, seen.unserved, seen.unserved_examples) == (7, 1, ("7",))
    assert (car.who, car.closed, car.cut_off) == ("car", 1, 3)
    assert car.examples == ("3 Spring Lane", "5 Isle Road", "6 Post Road")
    assert (foot.who, foot.closed, foot.cut_off, foot.examples) == ("foot", 0, 1, ("5 Isle Road",))
    assert car.beyond_edge == foot.beyond_edge == 0


def test_an_address_on_a_clipped_island_is_explained_by_the_edge_and_is_no_example() -> None:
    car, _ = survey(hand_drawn(addresses=[("5 Isle Road", 10), ("6 Far Road", 11)])).addresses.access
    assert (car.cut_off, car.beyond_edge, car.examples) == (2, 1, ("5 Isle Road",))


def test_forbidden_turns_by_length_and_class() -> None:
    seen = survey(hand_drawn(bans=[((0, 1), CAR), ((0, 1, 2), CAR | 2), ((1, 2), 2), ((1, 2, 0, 3), 2)]))
    assert seen.bans_by_length == ((2, 2), (3, 1), (4, 1))
    assert {row.who: row.bans for row in seen.travellers if row.bans} == {"car": 2, "heavy": 3}
    assert survey(hand_drawn()).travellers[0].core_junctions == of(seen, "car").core_junctions, "they are left aside"


def test_conditions_most_frequent_first_with_a_segment_that_bears_them() -> None:
    seen = survey(hand_drawn(conditions=[(3, "b=1"), (-1, "c=1"), (-1, "a=1"), (0, "a=1"), (4, "a=1")])).conditions
    assert (seen.count, seen.different) == (5, 3)
    most = [(one.tag, one.count, one.street.segment if one.street else None) for one in seen.most]
    assert most == [("a=1", 3, "s0"), ("b=1", 1, "s3"), ("c=1", 1, None)]
    assert isinstance(seen.most[0], Condition)


def test_kinds_names_and_sites() -> None:
    seen = survey(hand_drawn(sites=["school", "hospital", "school"]))
    assert [(kind.kind, kind.segments) for kind in seen.kinds] == [("residential", 12), ("footway", 1)]
    assert isinstance(seen.kinds[0], StreetKind)
    assert sum(kind.km for kind in seen.kinds) == pytest.approx(seen.km, abs=0.002)
    assert seen.sites == (("school", 2), ("hospital", 1))
    assert (seen.names, seen.nameless_segments) == (9, 2)
    assert seen.nameless_km == pytest.approx(0.111 + 0.332, abs=0.002)


def test_among_equal_parts_the_core_is_that_of_the_first_junction() -> None:
    places = {name: (ix, 0) for ix, name in enumerate("abcd")}
    assert [
        isle.street.segment for isle in survey(town(places, [Lane("c", "d"), Lane("a", "b")])).islands[0].biggest
    ] == ["s0"]


def test_a_loop_and_a_parallel_at_a_blocked_junction_stay_apart() -> None:
    places = {"a": (0, 0), "b": (1, 0), "c": (2, 0)}
    lanes = [Lane("a", "b"), Lane("a", "b"), Lane("b", "b"), Lane("b", "c")]
    seen = survey(town(places, lanes, blocked={"b": CAR}))
    assert of(seen, "car").core_junctions == 2, "a, and b counted once though two segments end there"
    # Both ends of the loop are apart, and the loop joins them.
    assert (seen.islands[0].count, seen.islands[0].segments) == (2, 2)


def test_a_city_without_segments_gives_zeros() -> None:
    seen = survey(town({"a": (0, 0)}, []))
    assert (seen.segments, seen.km, seen.dead_one_ways.segments, seen.islands[0].count) == (0, 0.0, 0, 0)
    assert all((row.junctions, row.core_junctions, row.oneway_share) == (0, 0, 0.0) for row in seen.travellers)
    assert "none in the data" in shown(seen)


def test_lengths_agree_with_geodesics_at_any_latitude() -> None:
    for seed in range(20):
        city = draw_city(seed, 30, 40)
        expected = [
            GLOBE.line_length(*(city.shape_e7[start:end] / DEGREE_E7).T)
            for start, end in zip(city.shape_start[:-1], city.shape_start[1:], strict=True)
        ]
        assert np.allclose(segment_lengths_m(city), expected, rtol=2e-4, atol=0.01)


def second_opinion(city: City, bit: int) -> nx.DiGraph:
    """The streets of a class, built one by one: a place is a junction, or a segment's end at one it can't pass."""
    graph = nx.DiGraph()
    for ix in range(city.segment_count):
        pair = []
        for end, junction in enumerate((int(city.segment_from_ix[ix]), int(city.segment_to_ix[ix]))):
            is_blocked = int(city.junction_blocked[junction]) & bit
            pair.append((junction, (ix, end)) if is_blocked else (junction, None))
        masks = (int(city.segment_forward[ix]), int(city.segment_backward[ix]))
        if bit == PHYSICAL:
            masks = (PHYSICAL, PHYSICAL) if city.segment_physical[ix] else (0, 0)
        for mask, (tail, head) in zip(masks, (pair, pair[::-1]), strict=True):
            if mask & bit:
                graph.add_edge(tail, head)
                graph[tail][head].setdefault("segments", set()).add(ix)
    return graph


@settings(max_examples=150, deadline=None)
@given(cities(junctions_max=10, segments_max=14))
def test_a_second_opinion_finds_the_same_parts(city: City) -> None:
    seen = survey(city)
    for row, bit in zip(seen.travellers, [*(one.bit for one in VehicleClass), PHYSICAL], strict=True):
        graph = second_opinion(city, bit)
        strong = [{junction for junction, _ in part} for part in nx.strongly_connected_components(graph)]
        assert row.junctions == len({junction for junction, _ in graph})
        assert row.core_junctions == max(map(len, strong), default=0)
        assert row.segments == len(set().union(*(segments for *_, segments in graph.edges(data="segments"))))
    ranks = [(rank(part), part) for part in nx.strongly_connected_components(second_opinion(city, CAR))]
    ranks.sort(key=lambda one: one[0])
    if ranks and [one for one, _ in ranks].count(ranks[-1][0]) == 1:
        check_around_the_core(city, seen, ranks[-1][1])


def rank(part: set[Any]) -> tuple[int, int]:
    """More junctions go first, then the one with the first; parts at one blocked junction may still be equal."""
    junctions = {junction for junction, _ in part}
    return len(junctions), -min(junctions)


def check_around_the_core(city: City, seen: Survey, core: set[Any]) -> None:
    """Islands, dead one-ways and addresses, worked out by search from one place of the core."""
    graph = second_opinion(city, CAR)
    start = next(iter(core))
    mainland = nx.node_connected_component(graph.to_undirected(as_view=True), start)
    ahead, behind = nx.descendants(graph, start) | {start}, nx.ancestors(graph, start) | {start}
    found: dict[str, set[int]] = {"core": set(), "entered": set(), "left": set(), "mainland": set(), "all": set()}
    for tail, head, segments in graph.edges(data="segments"):
        found["all"] |= segments
        for name, holds in (
            ("core", tail in core and head in core),
            ("entered", tail in ahead),
            ("left", head in behind),
            ("mainland", tail in mainland),
        ):
            if holds:
                found[name] |= segments
    dead = found["mainland"] - found["core"]
    assert seen.dead_one_ways.segments == len(dead)
    assert seen.dead_one_ways.no_way_out == len(dead & found["entered"])
    assert seen.dead_one_ways.no_way_in == len(dead & found["left"])
    assert seen.islands[0].segments == len(found["all"] - found["mainland"])
    assert seen.islands[0].count == nx.number_weakly_connected_components(graph) - 1
    served = [ix for ix in city.address_segment_ix.tolist() if ix >= 0]
    assert seen.addresses.access[0].closed == sum(ix not in found["all"] for ix in served)
    assert seen.addresses.access[0].cut_off == sum(ix in found["all"] - found["entered"] for ix in served)


@settings(max_examples=60, deadline=None)
@given(cities())
def test_what_is_not_of_the_core_is_an_island_or_dead_and_json_holds_it_all(city: City) -> None:
    seen = survey(city)
    dead = seen.dead_one_ways
    assert dead.no_way_out + dead.no_way_in + dead.neither == dead.segments
    assert dead.beyond_edge <= dead.segments
    assert seen.islands[0].segments + dead.segments <= of(seen, "car").segments
    told = json.loads(json.dumps(asdict(seen), allow_nan=False))
    assert told["travellers"][0]["segments"] == of(seen, "car").segments
    assert survey(city) == seen


def shown(seen: Survey, **options: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=80, markup=False, **options).print(survey_table(seen))
    return out.getvalue()


def test_the_table_tells_it_all_within_80_columns() -> None:
    city = hand_drawn(
        addresses=[("3 Spring Lane", 5), ("7", -1)],
        bans=[((0, 1), CAR)],
        conditions=[(3, "access:conditional=no @ (Mo-Fr 07:00-09:00)"), (-1, "restriction:conditional=x")],
        sites=["school"],
    )
    text = shown(survey(city))
    assert max(map(len, text.splitlines())) <= 80
    told = " ".join(text.split())
    for expected in (
        "estimated: the source does not state it",
        "Turn restrictions are left aside",
        "determined",
        "Isle Road",
        "Spring Lane",
        "no way in",
        "nameless residential",
        "3 Spring Lane",
        "1 forbidden turn: 1 over 2 segments",
        "access:conditional=no @",
        "turn restriction",
        "2 ferry",
        "school",
        "no licence needed",
    ):
        assert expected in told, expected


def test_a_million_junctions_still_fit() -> None:
    seen = survey(hand_drawn())
    rows = tuple(
        replace(
            row, segments=1_457_918, km=126_171.3, junctions=1_000_001, core_junctions=999_001, outside_core=100_000
        )
        for row in seen.travellers
    )
    text = shown(replace(seen, travellers=rows))
    assert any(line.split() == [
        "determined", "1,457,918", "126,171.3", "-", "1,000,001", "999,001", "100,000",
    ] for line in text.splitlines())  # fmt: skip


def test_names_from_outside_can_not_steer_the_terminal() -> None:
    evil = "Evil\x1b[2J\u202e\nLane"
    city = hand_drawn(addresses=[(f"1 {evil}", -1)], conditions=[(0, evil)], sites=[evil])
    lanes = [replace(lane, name=evil, kind=evil) for lane in LANES]
    origin = replace(city.origin, source=evil, licence=evil, timestamp=evil, left_out=((evil, 1),))
    for one in (survey(replace(city, origin=origin)), survey(town(PLACES, lanes, clipped="far2"))):
        text = shown(one)
        assert "Evil" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_scipy_is_loaded_by_the_survey_alone() -> None:
    code = "import sys, ringfence.network.survey; sys.exit('scipy.sparse' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_real_city_hangs_together(shared_data: Path) -> None:
    from ringfence.osm import read_osm

    extract = shared_data / "data" / "osm" / "portland.osm.pbf"
    if not extract.is_file():
        pytest.skip("SKIPPED ALOUD: the extract of Portland is not in the shared data")
    seen = survey(read_osm(extract))
    car, foot = of(seen, "car"), of(seen, "foot")
    assert car.core_junctions / car.junctions > 0.97
    assert foot.core_junctions / foot.junctions > 0.97
    assert math.isclose(sum(kind.km for kind in seen.kinds), seen.km, abs_tol=0.1)
    assert seen.dead_one_ways.beyond_edge > 0.9 * seen.dead_one_ways.segments, "motorways that leave the extract"
    assert len(seen.islands[0].biggest) == EXAMPLES_MAX
