"""The OpenStreetMap room: columns that fit together, restrictions, addresses, sites, edges, and what is refused.

What tags mean is pinned by the micro-maps of `tests/golden`.
"""

from __future__ import annotations

import bz2
import gzip
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

import numpy as np
import osmium
import pytest

from ringfence.base.errors import BadInput
from ringfence.base.traffic import mask_of
from ringfence.network.city import City
from ringfence.network.city_check import check_city
from ringfence.network.texts import Texts
from ringfence.osm import read_osm

STEP_DEG = 0.001
"""About 111 m, at the equator, where the test maps lie."""

WIDE = (-1.0, -1.0, 1.0, 1.0)
VEHICLES = mask_of("car,heavy,bus,emergency,bicycle")


class Sketch:
    """A small map: nodes on a grid of steps, ways, relations; written as OSM XML."""

    def __init__(self, bounds: tuple[float, float, float, float] | None = WIDE) -> None:
        self.parts: list[str] = []
        if bounds is not None:
            west, south, east, north = bounds
            self.parts.append(f'<bounds minlon="{west}" minlat="{south}" maxlon="{east}" maxlat="{north}"/>')

    def node(self, number: int, x: float, y: float, **tags: str) -> Sketch:
        lon, lat = f"{x * STEP_DEG:.7f}", f"{y * STEP_DEG:.7f}"
        return self._add("node", number, f'lon="{lon}" lat="{lat}"', "", tags)

    def way(self, number: int, *nodes: int, **tags: str) -> Sketch:
        refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
        return self._add("way", number, "", refs, {"highway": "residential", **tags})

    def plain_way(self, number: int, *nodes: int, **tags: str) -> Sketch:
        return self._add("way", number, "", "".join(f'<nd ref="{node}"/>' for node in nodes), tags)

    def relation(self, number: int, members: Iterable[tuple[str, int, str]], **tags: str) -> Sketch:
        listed = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members)
        return self._add("relation", number, "", listed, tags)

    def restriction(self, number: int, value: str, members: str, **tags: str) -> Sketch:
        """`members` as ``w1 from, n2 via, w3 to``."""
        kinds = {"n": "node", "w": "way", "r": "relation"}
        parts = [part.split() for part in members.split(",")]
        listed = [(kinds[name[0]], int(name[1:]), role) for name, role in parts]
        return self.relation(number, listed, type="restriction", restriction=value, **tags)

    def _add(self, kind: str, number: int, attributes: str, inner: str, tags: Mapping[str, str]) -> Sketch:
        written = "".join(f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in tags.items())
        self.parts.append(f'<{kind} id="{number}" version="1" {attributes}>{inner}{written}</{kind}>')
        return self

    def text(self) -> str:
        return "<osm version='0.6'>" + "\n".join(self.parts) + "</osm>"

    def read(self, folder: Path, edge: tuple[float, float, float, float] | None = None) -> City:
        path = folder / "sketch.osm"
        path.write_text(self.text(), encoding="utf-8")
        return read_osm(path, edge=edge)


def as_pbf(path: Path) -> Path:
    """The same map as an uncompressed PBF."""
    packed = path.with_suffix(".osm.pbf")
    with osmium.SimpleWriter(osmium.io.File(str(packed), "pbf,pbf_compression=none"), overwrite=True) as writer:
        osmium.apply(str(path), writer)
    return packed


def cross() -> Sketch:
    """Four ways 1 to 4 (west, east, south, north) that meet at node 5; node 10 w, 20 e, 30 s, 40 n."""
    sketch = Sketch().node(5, 0, 0).node(10, -1, 0).node(20, 1, 0).node(30, 0, -1).node(40, 0, 1)
    return sketch.way(1, 10, 5).way(2, 5, 20).way(3, 30, 5).way(4, 5, 40)


def two_crossings() -> Sketch:
    """A street along ways 1, 2, 3 by nodes 10, 20, 30, 40, with dead ends 4 (at 20) and 5 (at 30)."""
    sketch = Sketch().node(10, 0, 0).node(20, 1, 0).node(30, 2, 0).node(40, 3, 0).node(50, 1, 1).node(60, 2, 1)
    return sketch.way(1, 10, 20).way(2, 20, 30).way(3, 30, 40).way(4, 20, 50).way(5, 30, 60)


def bans_of(city: City) -> dict[str, int]:
    """Forbidden chains as ``way>node>way``, with the classes bound."""
    found = {}
    for ban in range(len(city.ban_mask)):
        part = slice(city.ban_start[ban], city.ban_start[ban + 1])
        words = []
        for segment, junction in zip(city.ban_segment_ix[part], city.ban_junction_ix[part], strict=True):
            words.append(city.segment_id[int(segment)].split("-")[0])
            words += [city.junction_id[int(junction)]] if junction >= 0 else []
        found[">".join(words)] = int(city.ban_mask[ban])
    return found


def left_out(city: City) -> dict[str, int]:
    return dict(city.origin.left_out)


def same_columns(one: City, other: City) -> bool:
    for field in fields(City):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, Texts):
            equal = left.data.tobytes() == right.data.tobytes() and np.array_equal(left.starts, right.starts)
        elif isinstance(left, np.ndarray):
            equal = left.dtype == right.dtype and left.tobytes() == right.tobytes()
        else:
            equal = left == right
        if not equal:
            return False
    return True


def assert_consistent(city: City) -> None:
    """Everything that must hold in every city, whatever it was read from."""
    junctions, segments, names = city.junction_count, city.segment_count, len(city.name)
    for name in ("segment_from_ix", "segment_to_ix"):
        assert ((getattr(city, name) >= 0) & (getattr(city, name) < junctions)).all()
    for ix, low, high in (
        (city.segment_name_ix, -1, names),
        (city.segment_kind_ix, 0, len(city.kind)),
        (city.alias_segment_ix, 0, segments),
        (city.alias_name_ix, 0, names),
        (city.ban_segment_ix, 0, segments),
        (city.ban_junction_ix, -1, junctions),
        (city.condition_segment_ix, -1, segments),
        (city.address_street_ix, -1, names),
        (city.address_segment_ix, -1, segments),
        (city.site_kind_ix, 0, len(city.site_kind)),
    ):
        assert ((ix.astype(int) >= low) & (ix.astype(int) < high)).all()
    starts = city.shape_start
    assert (np.diff(starts) >= 2).all()
    assert starts[-1] == len(city.shape_e7)
    assert np.array_equal(city.shape_e7[starts[:-1]], city.junction_e7[city.segment_from_ix])
    assert np.array_equal(city.shape_e7[starts[1:] - 1], city.junction_e7[city.segment_to_ix])
    assert np.array_equal(city.segment_box_e7[:, :2], np.minimum.reduceat(city.shape_e7, starts[:-1]))
    assert np.array_equal(city.segment_box_e7[:, 2:], np.maximum.reduceat(city.shape_e7, starts[:-1]))
    assert (city.segment_box_e7[:, :2] != city.segment_box_e7[:, 2:]).any(axis=1).all(), "no segment without length"
    assert ((city.segment_forward | city.segment_backward | city.segment_physical) != 0).all()
    assert city.ban_start[-1] == len(city.ban_segment_ix) == len(city.ban_junction_ix)
    assert (np.diff(city.ban_start) >= 2).all()
    assert (city.ban_mask > 0).all()
    assert_bans_are_walks(city)
    for ids in (city.junction_id, city.segment_id, city.site_id):
        assert len(set(ids)) == len(ids)
    assert list(city.name) == sorted(set(city.name))
    assert city.junction_blocked.dtype == np.uint8
    assert np.isfinite(city.address_offset_m).all()
    assert (city.address_offset_m >= 0).all()


def assert_bans_are_walks(city: City) -> None:
    """Each segment of a ban ends at the junction behind it, where the next begins; only the last has none."""
    last = np.zeros(len(city.ban_segment_ix), dtype=bool)
    last[city.ban_start[1:] - 1] = True
    assert np.array_equal(city.ban_junction_ix < 0, last)
    inner = np.flatnonzero(~last)
    for step in (0, 1):
        segment = city.ban_segment_ix[inner + step]
        junction = city.ban_junction_ix[inner]
        assert ((city.segment_from_ix[segment] == junction) | (city.segment_to_ix[segment] == junction)).all()


class TestSegments:
    def test_ways_are_cut_where_they_meet_and_nowhere_else(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 2, 0).node(4, 3, 0).node(9, 2, 1)
        city = sketch.way(7, 1, 2, 3, 4).way(8, 3, 9).read(tmp_path)
        assert_consistent(city)
        assert list(city.segment_id) == ["w7-1", "w7-3", "w8-3"]
        assert list(city.junction_id) == ["n1", "n3", "n4", "n9"]
        assert np.diff(city.shape_start).tolist() == [3, 2, 2]

    def test_rows_are_in_order_of_numbers_however_the_file_lists_them(self, tmp_path: Path) -> None:
        sketch = Sketch().way(12, 2, 30).way(-3, 30, -4).way(5, -4, 2)
        city = sketch.node(30, 0, 0).node(2, 1, 0).node(-4, 1, 1).read(tmp_path)
        assert_consistent(city)
        assert list(city.junction_id) == ["n-4", "n2", "n30"]
        assert list(city.segment_id) == ["w-3-30", "w5--4", "w12-2"]

    def test_a_segment_that_begins_where_an_earlier_one_of_its_way_did_is_numbered(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 1, 1)
        city = sketch.way(9, 1, 2, 3, 1, 2).read(tmp_path)
        assert_consistent(city)
        assert list(city.segment_id) == ["w9-1", "w9-2", "w9-1.2"]

    def test_a_closed_way_is_a_loop(self, tmp_path: Path) -> None:
        city = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 1, 1).way(9, 1, 2, 3, 1).read(tmp_path)
        assert city.segment_from_ix.tolist() == city.segment_to_ix.tolist() == [0]
        assert_consistent(city)

    def test_bridges_are_no_junctions(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, -1, 0).node(2, 1, 0).node(3, 0, -1).node(4, 0, 1).node(5, 0, 0).node(6, 0, 0)
        city = sketch.way(1, 1, 5, 2).way(2, 3, 6, 4, bridge="yes", layer="1").read(tmp_path)
        assert city.segment_count == 2
        assert city.segment_layer.tolist() == [0, 1]

    def test_repeated_points_and_pieces_without_length_make_nothing(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 1, 0).node(4, 2, 0)
        sketch.way(1, 1, 1, 2, 2).way(2, 2, 3, 2).way(3, 3, 4).way(4, 4, 4).way(5, 4).way(6)
        city = sketch.read(tmp_path)
        assert_consistent(city)
        assert [one for one in city.segment_id if one.startswith(("w4", "w5", "w6"))] == []

    def test_two_nodes_at_one_place_do_not_cut_the_street(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 1, 0).node(4, 2, 0)
        city = sketch.way(1, 1, 2).way(2, 2, 3).way(3, 3, 4).read(tmp_path)
        assert_consistent(city)
        assert list(city.segment_id) == ["w1-1", "w2-2", "w3-3"]
        north = city.junction_e7[:, 1].tolist()
        assert north[2] - north[1] == 1, "the second is moved a centimetre"
        assert left_out(city) == {}

    def test_two_nodes_at_the_north_pole_stay_on_the_globe(self, tmp_path: Path) -> None:
        pole = 90 / STEP_DEG
        city = Sketch().node(1, 0, pole).node(2, 0, pole).node(3, 0, pole - 1).way(1, 1, 2).way(2, 2, 3).read(tmp_path)
        assert_consistent(city)
        assert check_city(city, "sketch") == []
        assert city.shape_e7[:2, 1].tolist() == [900_000_000, 899_999_999], "the second is moved to the south"

    def test_a_heap_of_nodes_at_one_place_ends(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(100, 5, 0)
        for node in range(2, 60):
            sketch.node(node, 0, 0).way(node, node - 1, node)
        city = sketch.way(100, 59, 100).read(tmp_path)
        assert_consistent(city)
        assert left_out(city)["piece of street without length"] > 0

    def test_a_way_is_broken_where_the_file_lacks_a_node(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(4, 3, 0).node(5, 4, 0).node(6, 9, 0).node(8, 200_000, 0)
        city = sketch.way(1, 1, 2, 3, 4, 5).way(2, 5, 8, 6).read(tmp_path)
        assert_consistent(city)
        assert list(city.segment_id) == ["w1-1", "w1-4"]
        clipped = dict(zip(city.junction_id, city.junction_clipped.tolist(), strict=True))
        assert clipped == {"n1": False, "n2": True, "n4": True, "n5": True}

    def test_a_barrier_cuts_its_way_and_blocks_what_it_stops(self, tmp_path: Path) -> None:
        city = Sketch().node(1, 0, 0).node(2, 1, 0, barrier="bollard").node(3, 2, 0).way(1, 1, 2, 3).read(tmp_path)
        assert_consistent(city)
        assert list(city.segment_id) == ["w1-1", "w1-2"]
        assert city.junction_blocked[0] == city.junction_blocked[2] == 0
        assert city.junction_blocked[1] > 0

    def test_a_barrier_on_a_junction_stops_nobody_and_is_counted_if_it_would_have(self, tmp_path: Path) -> None:
        sketch = cross().node(5, 0, 0, barrier="bollard", access__conditional="no @ night")
        city = sketch.node(10, -1, 0, barrier="bollard").read(tmp_path)
        assert {junction for junction, mask in zip(city.junction_id, city.junction_blocked, strict=True) if mask} == {
            "n10"
        }
        assert left_out(city) == {"barrier on a junction of several streets": 1}
        assert list(city.condition) == ["access:conditional=no @ night"], "what holds at times is told all the same"
        open_to_all = cross().node(5, 0, 0, barrier="cattle_grid").read(tmp_path)
        assert left_out(open_to_all) == {}

    def test_of_several_ways_with_one_id_the_last_counts(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 2, 0)
        city = sketch.way(1, 1, 2, name="First").way(1, 2, 3, name="Last").read(tmp_path)
        assert list(city.segment_id) == ["w1-2"]
        assert list(city.name) == ["Last"]

    def test_numbers_too_big_for_their_column_are_cut(self, tmp_path: Path) -> None:
        huge = "9" * 400
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 2, 0)
        sketch.way(1, 1, 2, lanes=huge, maxspeed=huge, width=huge, layer=f"-{huge}")
        city = sketch.way(2, 2, 3, lanes="NaN", maxspeed="", width="inf", layer="1e9").read(tmp_path)
        assert city.segment_lanes.tolist() == [255, 0]
        assert city.segment_maxspeed_kmh.tolist() == [65535, 0]
        assert city.segment_width_dm.tolist() == [65535, 0]
        assert city.segment_layer.tolist() == [-128, 0]


class TestNames:
    def test_further_names_are_kept_once_each(self, tmp_path: Path) -> None:
        tags = {"name": "Rua Nova", "old_name": "Rua A;Rua B", "name__en": "New St", "name__left": "Rua A"}
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0)
        city = sketch.way(1, 1, 2, ref="N 1", name__etymology="x", **tags).read(tmp_path)
        assert city.name[int(city.segment_name_ix[0])] == "Rua Nova"
        assert [city.name[int(ix)] for ix in city.alias_name_ix] == ["Rua A", "Rua B", "New St"]

    def test_a_street_without_a_name_is_called_by_its_number(self, tmp_path: Path) -> None:
        city = Sketch().node(1, 0, 0).node(2, 1, 0).way(1, 1, 2, ref="N 1", name="&#x202e;").read(tmp_path)
        assert list(city.name) == ["N 1"]

    def test_names_lose_what_steers_and_are_cut(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 2, 0)
        city = sketch.way(1, 1, 2, name="Å\u202e,=%@ 日本&#10;😀").way(2, 2, 3, name="x" * 999).read(tmp_path)
        assert sorted(city.name) == sorted(["Å,=%@ 日本😀", "x" * 200])

    def test_tags_that_hold_only_at_times_are_kept_as_words(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0, barrier="gate", access__conditional="no @ night").node(3, 2, 0)
        sketch.way(1, 1, 2, oneway__conditional="yes @ (07:00-09:00)").way(2, 2, 3)
        sketch.restriction(1, "no_u_turn", "w1 from,n2 via,w1 to", hour_on="07:00")
        city = sketch.read(tmp_path)
        told = [(int(ix), text) for ix, text in zip(city.condition_segment_ix, city.condition, strict=True)]
        assert told == [
            (0, "oneway:conditional=yes @ (07:00-09:00)"),
            (0, "access:conditional=no @ night"),
            (-1, "hour_on=07:00"),
        ]
        assert len(city.ban_mask) == 0

    def test_what_holds_at_times_at_a_node_is_told_at_the_first_segment_there(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 2, 0, barrier="gate", foot__conditional="no @ dusk")
        sketch.node(4, 3, 0, barrier="gate", hgv__conditional="no @ night").node(5, 4, 0)
        city = sketch.way(1, 3, 2).way(2, 4, 3).way(3, 1, 2).way(4, 4, 5).read(tmp_path)
        bearers = [city.segment_id[int(ix)] for ix in city.condition_segment_ix]
        told = list(zip(bearers, city.condition, strict=True))
        assert told == [("w1-3", "foot:conditional=no @ dusk"), ("w2-4", "hgv:conditional=no @ night")]


class TestRestrictions:
    def test_no_turn_at_a_node(self, tmp_path: Path) -> None:
        city = cross().restriction(1, "no_left_turn", "w1 from,n5 via,w4 to").read(tmp_path)
        assert_consistent(city)
        assert bans_of(city) == {"w1>n5>w4": VEHICLES}

    def test_only_turn_forbids_all_others_and_the_way_back(self, tmp_path: Path) -> None:
        city = cross().restriction(1, "only_straight_on", "w1 from,n5 via,w2 to").read(tmp_path)
        assert bans_of(city) == dict.fromkeys(["w1>n5>w1", "w1>n5>w3", "w1>n5>w4"], VEHICLES)

    def test_u_turn(self, tmp_path: Path) -> None:
        city = cross().restriction(1, "no_u_turn", "w1 from,n5 via,w1 to").read(tmp_path)
        assert bans_of(city) == {"w1>n5>w1": VEHICLES}

    def test_exceptions_and_single_modes(self, tmp_path: Path) -> None:
        sketch = cross().restriction(1, "no_left_turn", "w1 from,n5 via,w4 to", **{"except": "psv; bicycle"})
        members = [("way", 3, "from"), ("node", 5, "via"), ("way", 4, "to")]
        sketch.relation(2, members, type="restriction", restriction__hgv="no_straight_on")
        city = sketch.read(tmp_path)
        assert bans_of(city) == {"w1>n5>w4": mask_of("car,heavy,emergency"), "w3>n5>w4": mask_of("heavy")}

    def test_several_ways_in_and_several_out(self, tmp_path: Path) -> None:
        sketch = cross().restriction(1, "no_entry", "w1 from,w3 from,n5 via,w4 to")
        city = sketch.restriction(2, "no_exit", "w2 from,n5 via,w3 to,w4 to").read(tmp_path)
        assert set(bans_of(city)) == {"w1>n5>w4", "w3>n5>w4", "w2>n5>w3", "w2>n5>w4"}

    def test_the_same_chain_forbidden_twice_is_one_ban(self, tmp_path: Path) -> None:
        sketch = cross().restriction(1, "no_left_turn", "w1 from,n5 via,w4 to", **{"except": "hgv"})
        sketch.restriction(2, "no_left_turn", "w1 from,n5 via,w4 to,w4 to", **{"except": "bicycle"})
        assert bans_of(sketch.read(tmp_path)) == {"w1>n5>w4": VEHICLES}

    def test_along_a_way(self, tmp_path: Path) -> None:
        city = two_crossings().restriction(1, "no_left_turn", "w1 from,w2 via,w5 to").read(tmp_path)
        assert_consistent(city)
        assert bans_of(city) == {"w1>n20>w2>n30>w5": VEHICLES}

    def test_along_a_way_that_is_cut_in_between(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 2, 0).node(4, 3, 0).node(5, 4, 0).node(6, 2, 1)
        sketch.way(1, 1, 2).way(2, 4, 3, 2).way(3, 4, 5).way(4, 3, 6)
        city = sketch.restriction(1, "no_straight_on", "w1 from,w2 via,w3 to").read(tmp_path)
        assert_consistent(city)
        assert bans_of(city) == {"w1>n2>w2>n3>w2>n4>w3": VEHICLES}

    def test_only_along_a_way_forbids_leaving_it_before_its_end(self, tmp_path: Path) -> None:
        city = two_crossings().restriction(1, "only_straight_on", "w1 from,w2 via,w3 to").read(tmp_path)
        assert_consistent(city)
        assert set(bans_of(city)) == {"w1>n20>w1", "w1>n20>w4", "w1>n20>w2>n30>w2", "w1>n20>w2>n30>w5"}

    def test_a_way_that_passes_the_node_is_read_only_where_its_one_way_leaves_no_choice(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).node(3, 2, 0).node(4, 1, 1)
        through = sketch.way(2, 2, 4).restriction(1, "no_left_turn", "w1 from,n2 via,w2 to")
        either = Sketch()
        either.parts = [*through.parts]
        both_ways = either.way(1, 1, 2, 3).read(tmp_path)
        assert bans_of(both_ways) == {}
        assert sum(left_out(both_ways).values()) == 1
        one_way = through.way(1, 1, 2, 3, oneway="yes").read(tmp_path)
        assert list(one_way.segment_id) == ["w1-1", "w1-2", "w2-2"]
        assert one_way.ban_segment_ix.tolist() == [0, 2]

    def test_round_a_roundabout(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 1).node(3, 0, 2).node(4, -1, 1).node(5, 0, -1).node(6, 0, 3)
        sketch.way(1, 2, 3, 4, 1, 2, junction="roundabout").way(2, 5, 1).way(3, 3, 6)
        city = sketch.restriction(1, "no_straight_on", "w2 from,w1 via,w3 to").read(tmp_path)
        assert_consistent(city)
        assert list(city.segment_id) == ["w1-2", "w1-3", "w1-1", "w2-5", "w3-3"]
        assert city.ban_segment_ix.tolist() == [3, 2, 0, 4]

    @pytest.mark.parametrize(
        ("value", "members"),
        [
            ("no_left_turn", "w1 from,n5 via,w99 to"),
            ("no_left_turn", "w1 from,n99 via,w4 to"),
            ("no_left_turn", "w1 from,n10 via,w4 to"),
            ("no_left_turn", "w1 from,w3 from,n5 via,w4 to"),
            ("no_left_turn", "w1 from,w4 to"),
            ("no_left_turn", "n5 from,n5 via,w4 to"),
            ("no_left_turn", "r1 from,r1 via,r1 to"),
            ("no_left_turn", "w1 from,n5 via,w2 via,w4 to"),
            ("no_such_turn", "w1 from,n5 via,w4 to"),
        ],
    )
    def test_what_has_no_one_reading_is_counted_and_left_out(self, tmp_path: Path, value: str, members: str) -> None:
        city = cross().restriction(1, value, members).read(tmp_path)
        assert bans_of(city) == {}
        assert sum(left_out(city).values()) == 1


class TestEdge:
    def test_beyond_and_near_the_edge_and_dead_ends_near_it(self, tmp_path: Path) -> None:
        sketch = Sketch(bounds=(0, -0.1, 0.1, 0.1)).node(1, -0.5, 0).node(2, 0.8, 0).node(3, 4, 0).node(4, 4, 1)
        sketch.node(5, 5, 0).node(6, 6, 0).way(1, 1, 2, 3, 5, 6).way(2, 2, 4).way(3, 3, 4)
        city = sketch.read(tmp_path)
        clipped = dict(zip(city.junction_id, city.junction_clipped.tolist(), strict=True))
        assert clipped == {"n1": True, "n2": True, "n3": False, "n4": False, "n6": False}
        assert city.origin.edge == (0, -0.1, 0.1, 0.1)
        assert city.origin.edge_stated
        tighter = sketch.read(tmp_path, edge=(0.002, -0.1, 0.1, 0.1))
        assert not tighter.junction_clipped[list(tighter.junction_id).index("n4")]
        assert tighter.junction_clipped[list(tighter.junction_id).index("n2")]
        at_dead_end = sketch.read(tmp_path, edge=(-0.1, -0.1, 0.010, 0.1))
        assert at_dead_end.junction_clipped.tolist() == [False, False, False, False, True]

    def test_without_a_box_the_edge_is_an_estimate(self, tmp_path: Path) -> None:
        sketch = Sketch(bounds=None)
        for x in range(40):
            sketch.node(x + 1, x, x)
        for x in range(39):
            sketch.way(x + 1, x + 1, x + 2)
        city = sketch.read(tmp_path)
        assert not city.origin.edge_stated
        west, south, east, north = city.origin.edge
        assert 0 < west == south < east == north < 0.039
        assert city.junction_clipped[[0, 39]].all()
        assert not city.junction_clipped[20]


class TestPlaces:
    def street(self) -> Sketch:
        """High Street (way 1) along y = 0, Low Street (way 2) along y = 1."""
        sketch = Sketch().node(1, 0, 0).node(2, 10, 0).node(3, 0, 1).node(4, 10, 1)
        return sketch.way(1, 1, 2, name="High Street").way(2, 3, 4, name="Low Street", old_name="Mud Lane")

    def test_addresses_go_to_their_own_street_else_to_the_nearest(self, tmp_path: Path) -> None:
        sketch = self.street()
        sketch.node(11, 4, 0.9, addr__housenumber="1", addr__street="high street")
        sketch.node(12, 5, 0.1, addr__housenumber="2", addr__street="Mud Lane")
        sketch.node(13, 6, 0.9, addr__housenumber="3", addr__street="Nowhere")
        sketch.node(14, 7, 0.1, addr__housenumber="4")
        sketch.node(15, 8, 30, addr__housenumber="5", addr__place="Low Street")
        city = sketch.read(tmp_path)
        assert_consistent(city)
        assert list(city.address_number) == ["1", "2", "3", "4", "5"]
        assert city.address_segment_ix.tolist() == [0, 1, 1, 0, -1]
        assert city.address_street_ix[3] == -1
        assert city.name[int(city.address_street_ix[4])] == "Low Street"
        metres = 111_319.49 * STEP_DEG * np.array([4, 5, 6, 7])
        assert city.address_offset_m[:4] == pytest.approx(metres, rel=1e-4)

    def test_an_address_by_a_nameless_street_goes_to_one_with_a_name(self, tmp_path: Path) -> None:
        sketch = self.street().node(5, 0, 0.1).node(6, 10, 0.1).way(3, 5, 6)
        city = sketch.node(11, 4, 0.2, addr__housenumber="1").read(tmp_path)
        assert city.address_segment_ix.tolist() == [0]

    def test_addresses_of_buildings_stand_in_their_middle(self, tmp_path: Path) -> None:
        sketch = self.street().node(21, 4, 0.2).node(22, 5, 0.2).node(23, 5, 0.4).node(24, 4, 0.4)
        city = sketch.plain_way(9, 21, 22, 23, 24, 21, building="yes", addr__housenumber="7").read(tmp_path)
        assert city.address_e7.tolist() == [[45_000, 3_000]]

    def test_addresses_of_buildings_around_a_courtyard_stand_in_the_middle_of_their_outer_ways(
        self, tmp_path: Path
    ) -> None:
        sketch = self.street().node(21, 4, 0.2).node(22, 5, 0.2).node(23, 5, 0.4).node(24, 4, 0.4).node(25, 4.4, 0.3)
        sketch.plain_way(41, 21, 22, 23).plain_way(42, 23, 24, 21).plain_way(43, 25, 24, 1)
        members = [("way", 41, "outer"), ("way", 42, "outer"), ("way", 43, "inner")]
        tags = {"building": "yes", "addr__housenumber": "7", "addr__street": "Low Street"}
        city = sketch.relation(51, members, type="multipolygon", **tags).relation(52, members, **tags).read(tmp_path)
        assert_consistent(city)
        assert list(city.address_number) == ["7"]
        assert city.address_e7.tolist() == [[45_000, 3_000]]
        assert city.address_segment_ix.tolist() == [1]

    def test_sites_of_nodes_ways_and_multipolygons(self, tmp_path: Path) -> None:
        sketch = self.street().node(21, 2, 2).node(22, 4, 2).node(23, 4, 4).node(24, 2, 4)
        sketch.node(31, 1, 1, amenity="school").node(32, 1, 2, amenity="library").node(33, 1, 3, amenity="bench")
        sketch.plain_way(41, 21, 22, 23, building="yes", name="Town House").plain_way(42, 23, 24, 21)
        outer = [("way", 41, "outer"), ("way", 42, ""), ("way", 1, "inner"), ("relation", 51, "outer")]
        sketch.relation(51, outer, type="multipolygon", amenity="hospital", name="St. Mary")
        city = sketch.relation(52, [("way", 98, "outer")], type="multipolygon", amenity="hospital").read(tmp_path)
        sites = zip(city.site_id, (city.site_kind[int(ix)] for ix in city.site_kind_ix), city.site_name, strict=True)
        assert list(sites) == [
            ("n31", "school", ""),
            ("w41", "building", "Town House"),
            ("r51", "hospital", "St. Mary"),
        ]
        assert city.site_e7.tolist() == [[10_000, 10_000], [30_000, 30_000], [30_000, 30_000]]


class TestOrigin:
    def test_says_where_the_data_is_from_and_what_was_left_out(self, tmp_path: Path) -> None:
        sketch = cross().way(6, 10, 40, highway="proposed").way(7, 10, 40, highway="?")
        origin = sketch.way(8, 10, 40, access="sometimes").read(tmp_path).origin
        assert origin.source == "sketch.osm"
        assert len(origin.source_hash) == 64
        assert origin.licence == "© OpenStreetMap contributors, ODbL 1.0"
        assert dict(origin.left_out) == {
            "access tag with a value that says nothing": 1,
            "highway of a kind not in the table": 1,
            "highway=proposed": 1,
        }

    def test_the_same_file_gives_the_same_columns(self, tmp_path: Path) -> None:
        sketch = cross().restriction(1, "only_straight_on", "w1 from,n5 via,w2 to")
        assert same_columns(sketch.read(tmp_path), sketch.read(tmp_path))

    def test_packed_files_give_the_same_columns(self, tmp_path: Path) -> None:
        plain = cross().read(tmp_path)
        for ending, pack in (("gz", gzip.compress), ("bz2", bz2.compress)):
            path = tmp_path / f"sketch.osm.{ending}"
            path.write_bytes(pack(cross().text().encode()))
            assert read_osm(path).segment_id.data.tobytes() == plain.segment_id.data.tobytes()

    def test_a_pbf_gives_the_same_columns(self, tmp_path: Path) -> None:
        plain = cross().node(6, 2, 2, amenity="school", name="日本").read(tmp_path)
        packed = read_osm(as_pbf(tmp_path / "sketch.osm"))
        assert packed.segment_id.data.tobytes() == plain.segment_id.data.tobytes()
        assert packed.shape_e7.tobytes() == plain.shape_e7.tobytes()
        assert list(packed.site_name) == ["日本"]

    def test_no_temporary_file_is_left(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "temporary").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
        cross().read(tmp_path)
        with pytest.raises(BadInput):
            Sketch().node(1, 0, 0).read(tmp_path)
        assert list((tmp_path / "temporary").iterdir()) == []

    def test_progress_never_goes_back_and_ends_at_one(self, tmp_path: Path) -> None:
        path = tmp_path / "sketch.osm"
        path.write_text(cross().text(), encoding="utf-8")
        told: list[float] = []
        read_osm(path, progress=lambda _doing, done: told.append(done))
        assert told == sorted(told)
        assert told[-1] == 1


class TestRefused:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("empty.osm", b""),
            ("empty.osm.pbf", b""),
            ("zip.osm.pbf", b"PK\x03\x04" + bytes(200)),
            ("page.osm", b"<html></html>"),
            ("open.osm", b"<osm version='0.6'><node id='1'"),
            ("number.osm", b"<osm version='0.6'><node id='1' lat='x' lon='0'/></osm>"),
            ("big.osm", b"<osm version='0.6'><way id='99999999999999999999'/></osm>"),
            ("letters.osm", b"<osm version='0.6'><way id='1'><tag k='highway' v='\xff'/></way></osm>"),
            ("map.shp", b"x"),
        ],
    )
    def test_what_is_no_extract(self, tmp_path: Path, name: str, data: bytes) -> None:
        (tmp_path / name).write_bytes(data)
        assert self.code(tmp_path / name) == "not-osm"

    def test_a_zero_byte_in_a_tag_which_ends_osmium_by_a_signal(self, tmp_path: Path) -> None:
        (tmp_path / "sketch.osm").write_text(cross().way(9, 10, 40, name="Square").text(), encoding="utf-8")
        path = as_pbf(tmp_path / "sketch.osm")
        path.write_bytes(path.read_bytes().replace(b"Square", b"Squ\0re"))
        assert self.code(path) == "not-osm"

    def test_a_file_that_is_not_there_and_a_folder(self, tmp_path: Path) -> None:
        assert self.code(tmp_path / "none.osm.pbf") == "no-file"
        assert self.code(tmp_path) == "no-file"
        assert self.code(Path("http://example.org/x.osm")) == "no-file"

    def test_an_extract_without_streets(self, tmp_path: Path) -> None:
        sketch = Sketch().node(1, 0, 0).node(2, 1, 0).plain_way(1, 1, 2, railway="rail").way(2, 1, 3)
        (tmp_path / "rails.osm").write_text(sketch.text(), encoding="utf-8")
        assert self.code(tmp_path / "rails.osm") == "no-roads"

    def test_a_disk_that_is_full(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "sketch.osm").write_text(cross().text(), encoding="utf-8")
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
        assert self.code(tmp_path / "sketch.osm") == "no-space"

    def test_a_disk_that_fills_while_lines_are_written(self, tmp_path: Path) -> None:
        """In a process of its own, which may write no more than a few bytes to a file, and must end in good order."""
        pytest.importorskip("resource", reason="SKIPPED ALOUD: this system can't limit a file's size")
        (tmp_path / "sketch.osm").write_text(cross().text(), encoding="utf-8")
        script = (
            "import resource, sys\n"
            "from pathlib import Path\n"
            "from ringfence.base.errors import BadInput\n"
            "from ringfence.osm import read_osm\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))\n"
            "try:\n"
            "    read_osm(Path(sys.argv[1]))\n"
            "except BadInput as refused:\n"
            "    sys.exit(refused.faults[0].code)\n"
        )
        command = [sys.executable, "-c", script, str(tmp_path / "sketch.osm")]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (ended.returncode, ended.stderr.strip()) == (1, "no-space")

    @staticmethod
    def code(path: Path) -> str:
        with pytest.raises(BadInput) as refused:
            read_osm(path)
        assert len(refused.value.faults) == 1
        return refused.value.faults[0].code


class TestRealExtracts:
    @pytest.mark.parametrize(
        ("name", "segments", "bans"),
        [
            ("monaco.osm.gz", 1_000, 0),
            ("andorra.osm.pbf", 2_000, 0),
            ("liechtenstein-latest.osm.pbf", 6_000, 1),
            ("baltimore.osm.pbf", 7_000, 3),
            ("portland.osm.pbf", 10_000, 400),
            ("porto.osm.pbf", 80_000, 300),
        ],
    )
    def test_imports(self, shared_data: Path, name: str, segments: int, bans: int) -> None:
        path = shared_data / "data" / "osm" / name
        if not path.is_file():
            pytest.skip(f"SKIPPED ALOUD: {name} is not in the shared data folder")
        city = read_osm(path)
        assert_consistent(city)
        assert city.segment_count > segments
        assert len(city.ban_mask) >= bans
        assert 0 < np.count_nonzero(city.junction_clipped) < 0.2 * city.junction_count

    def test_a_truncated_one_is_refused(self, shared_data: Path, tmp_path: Path) -> None:
        data = (shared_data / "data" / "osm" / "andorra.osm.pbf").read_bytes()
        (tmp_path / "cut.osm.pbf").write_bytes(data[: len(data) // 2])
        assert TestRefused.code(tmp_path / "cut.osm.pbf") == "not-osm"
