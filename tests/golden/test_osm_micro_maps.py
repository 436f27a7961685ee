"""Each quirk of OpenStreetMap's tagging, as imported, against what was worked out by hand from docs/osm-tags.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyproj import Geod

from ringfence.base.traffic import PHYSICAL
from ringfence.network.city import DEGREE_E7, City
from ringfence.osm import read_osm
from tests.golden.osm_drawing import OsmMap, arc_names, bits_named, drive_of, node_letter, signed
from tests.golden.osm_micro_maps import OSM_MICRO_MAPS
from tests.property.osm_product import DRIVERS, Product

WGS84 = Geod(ellps="WGS84")

every_map = pytest.mark.parametrize("drawn", OSM_MICRO_MAPS, ids=lambda drawn: drawn.quirk.replace(" ", "-"))


def segments_of(city: City) -> dict[str, tuple[str, str]]:
    """The letters of each segment's ends."""
    junctions = [node_letter(int(name.removeprefix("n"))) for name in city.junction_id]
    ends = zip(city.segment_from_ix.tolist(), city.segment_to_ix.tolist(), strict=True)
    return {segment: (junctions[a], junctions[b]) for segment, (a, b) in zip(city.segment_id, ends, strict=True)}


def arcs_of(city: City) -> dict[str, int]:
    """Who uses each arc, as the maps write it."""
    arcs = {}
    for ix, name in enumerate(arc_names(segments_of(city)).values()):
        physical = PHYSICAL if city.segment_physical[ix] else 0
        for forward, masks in ((True, city.segment_forward), (False, city.segment_backward)):
            arcs[signed(name, forward=forward)] = int(masks[ix]) | physical
    return arcs


_imported: dict[str, City] = {}


@pytest.fixture
def city(drawn: OsmMap, tmp_path: Path) -> City:
    """The drawn map, imported; once for all that is asked of it."""
    if drawn.quirk not in _imported:
        _imported[drawn.quirk] = read_osm(drawn.write(tmp_path))
    return _imported[drawn.quirk]


@every_map
def test_arcs(drawn: OsmMap, city: City) -> None:
    """Every arc, and who uses it: none is missing, none is more."""
    found = arcs_of(city)
    shown = {name: bits_named(mask) for name, mask in found.items() if mask}
    assert shown == {name: bits_named(mask) for name, mask in drawn.both_ways.items()}
    segments = {name.replace("<", ">") for name in found}
    assert segments == {name.replace("<", ">") for name in drawn.both_ways}, "a segment that nobody uses is left out"


@every_map
def test_moves(drawn: OsmMap, city: City) -> None:
    product, segments = Product(city), segments_of(city)
    found = {
        move: sum(driver.bit for who, driver in DRIVERS.items() if product.allows(who, drive_of(move, segments)))
        for move in drawn.moves
    }
    assert {move: bits_named(mask) for move, mask in found.items()} == {
        move: bits_named(mask) for move, mask in drawn.moves.items()
    }


@every_map
def test_what_is_noted_beside(drawn: OsmMap, city: City) -> None:
    """Limited use, tags not applied, and where the data ends."""
    names = list(arc_names(segments_of(city)).values())
    limited = zip(names, city.segment_limited.tolist(), strict=True)
    assert {name: bits_named(mask) for name, mask in limited if mask} == {
        name: bits_named(mask) for name, mask in drawn.limited.items()
    }
    places = [names[ix] if ix >= 0 else "" for ix in city.condition_segment_ix.tolist()]
    assert set(zip(places, city.condition, strict=True)) == drawn.conditions
    clipped = {name for name, ends_here in zip(city.junction_id, city.junction_clipped, strict=True) if ends_here}
    assert {node_letter(int(name.removeprefix("n"))) for name in clipped} == set(drawn.clipped)


def rails_of(city: City) -> list[tuple[str, str]]:
    """The segments that rails cross, and the node that lies as far along each as the crossing, to two centimetres."""
    names, crossings = list(arc_names(segments_of(city)).values()), []
    rows = zip(city.rail_crossing_segment_ix.tolist(), city.rail_crossing_offset_m.tolist(), strict=True)
    for segment, offset_m in rows:
        lonlat = city.shape_e7[city.shape_start[segment] : city.shape_start[segment + 1]] / DEGREE_E7
        along_m = [WGS84.line_length(*lonlat[: count + 1].T) for count in range(len(lonlat))]
        (place,) = [lon for (lon, _), metres in zip(lonlat, along_m, strict=True) if abs(metres - offset_m) < 0.02]
        crossings.append((names[segment], node_letter(round(place * 1000))))
    return sorted(crossings)


@every_map
def test_level_crossings(drawn: OsmMap, city: City) -> None:
    assert rails_of(city) == sorted(drawn.rails)


def test_maps_are_many_and_each_follows_a_page() -> None:
    assert len(OSM_MICRO_MAPS) >= 50
    assert len({drawn.quirk for drawn in OSM_MICRO_MAPS}) == len(OSM_MICRO_MAPS)
    assert all(drawn.page and drawn.arcs for drawn in OSM_MICRO_MAPS)


def test_a_wrong_drawing_is_noticed(tmp_path: Path) -> None:
    """The comparison is worth something: with its one-way turned round, the first one-way map no longer fits."""
    drawn = next(one for one in OSM_MICRO_MAPS if one.quirk == "one-way along the way")
    found = arcs_of(read_osm(drawn.write(tmp_path)))
    turned = {name.translate(str.maketrans("<>", "><")): mask for name, mask in drawn.both_ways.items()}
    assert {name: mask for name, mask in found.items() if mask} != turned
