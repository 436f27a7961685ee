"""Places in a whole city, on one drawn for the quirks: two suburbs with the same street names five kilometres apart, a
street with further names, house numbers, sites that share a name, and names in another language.

          Oak Ave.  Mill Road                        Elm Ave.  Mill Road
              |         |                                |         |
    West  ----+---------+----  Main Street   East  ------+---------+--  Main Street
              |         |                                |         |
"""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ringfence.base.errors import BadInput, Fault
from ringfence.model.answers import PlaceReading
from ringfence.network.city import DEGREE_E7, City, Origin
from ringfence.network.texts import Texts
from ringfence.places import find_in_city
from ringfence.places.grid import Grid
from ringfence.places.names import COMMA, SLASH, fold_words, split_words

LON, LAT = -8.6, 41.15
METRES = 111_320.0

Corner = tuple[float, float]


def degrees(x_m: float, y_m: float) -> tuple[float, float]:
    return LON + x_m / METRES / float(np.cos(np.radians(LAT))), LAT + y_m / METRES


def e7(places: list[Corner]) -> NDArray[np.int32]:
    lonlat = np.array([degrees(*place) for place in places]).reshape(-1, 2)
    return np.asarray(np.rint(lonlat * DEGREE_E7), dtype=np.int32)


STREETS: tuple[tuple[str, tuple[Corner, ...]], ...] = (
    ("Main Street", ((0, 0), (200, 0), (400, 0), (600, 0))),
    ("Oak Avenue", ((200, -150), (200, 0), (200, 150))),
    ("Mill Road", ((400, -150), (400, 0), (400, 150))),
    ("Main Street", ((5000, 0), (5200, 0), (5400, 0), (5500, 0))),
    ("Elm Avenue", ((5200, -150), (5200, 0), (5200, 150))),
    ("Mill Road", ((5400, -150), (5400, 0), (5400, 150))),
    ("New Street", ((0, -2000), (150, -2000))),
    ("Parade", ((150, -2000), (300, -2000))),
    ("", ((150, -2000), (150, -2300), (150, -3500))),
    ("Rua de Santa Catarina", ((0, 3000), (100, 3000), (200, 3000))),
    ("Rua Formosa", ((100, 2900), (100, 3000), (100, 3100))),
    ("Rua da Formosa", ((3000, 3000), (3100, 3000))),
    ("Rua Santa Catarina", ((4000, 3000), (4100, 3000))),
    ("Praça da República", ((2000, 3000), (2300, 3000), (2600, 3000))),
    ("Long Road", ((0, 6000), (600, 6000), (1200, 6000), (1800, 6000))),
    ("First Lane", ((0, 6000), (0, 6100))),
    ("Second Lane", ((600, 6000), (600, 6100))),
    ("Third Lane", ((1200, 6000), (1200, 6100))),
    ("MAIN ST", ((600, 0), (620, 0))),
    ("Hauptstraße", ((2000, 0), (2100, 0))),
    ("Rua 31 de Janeiro", ((2000, -1000), (2100, -1000))),
)
ALIASES = (("New Street", "Old Lane"), ("Parade", "Mill Road"), ("Parade", "Promenade"), ("", "Lovers' Walk"))
ADDRESSES: tuple[tuple[str, str, Corner], ...] = (
    ("10", "Main Street", (90, 12)), ("12", "Main Street", (110, 12)), ("12A", "Main Street", (130, 12)),
    ("14-18", "Main Street", (150, 12)), ("20", "Main Street", (170, 12)), ("20", "Main Street", (5100, 12)),
    ("3", "Hamlet", (1000, 6010)), ("7", "Rua 31 de Janeiro", (2050, -990)), ("5", "New Street", (60, -1990)),
    ("odd", "Main Street", (1, 12)),
)  # fmt: skip
SITES: tuple[tuple[str, Corner], ...] = (
    ("Town Hall", (300, 40)), ("Library", (320, -40)), ("Library", (5300, -40)), ("Lighthouse", (20000, 20000)),
    ("Praça da República", (2300, 3020)), ("Hospital de Santo António", (50, 3040)), ("", (10, 10)),
    ("12 Oaks", (480, 30)),
)  # fmt: skip


def draw_city(
    streets: tuple[tuple[str, tuple[Corner, ...]], ...] = STREETS,
    aliases: tuple[tuple[str, str], ...] = ALIASES,
    addresses: tuple[tuple[str, str, Corner], ...] = ADDRESSES,
    sites: tuple[tuple[str, Corner], ...] = SITES,
) -> City:
    """A city whose streets are cut at every corner given; equal corners are one junction."""
    cut = [(name, start, end) for name, corners in streets for start, end in pairwise(corners)]
    corners = sorted({corner for _, *ends in cut for corner in ends})
    junctions = {corner: ix for ix, corner in enumerate(corners)}
    names = sorted(
        {*(name for name, _ in streets), *(name for _, name in aliases), *(one[1] for one in addresses)} - {""}
    )
    name_ix = {"": -1, **{name: ix for ix, name in enumerate(names)}}
    further = [
        (segment, name_ix[alias]) for segment, one in enumerate(cut) for name, alias in aliases if one[0] == name
    ]
    shape = e7([corner for _, *ends in cut for corner in ends])
    ends = shape.reshape(-1, 2, 2)
    count = len(cut)
    everyone, none = np.full(count, 63, dtype=np.uint8), np.zeros(count, dtype=np.uint8)
    return City(
        junction_id=Texts.of(f"n{ix}" for ix in range(len(corners))),
        junction_e7=e7(list(corners)),
        junction_clipped=np.zeros(len(corners), dtype=bool),
        junction_blocked=np.zeros(len(corners), dtype=np.uint8),
        segment_id=Texts.of(f"w{ix}" for ix in range(count)),
        segment_name_ix=np.array([name_ix[name] for name, *_ in cut], dtype=np.int32),
        segment_kind_ix=none,
        segment_from_ix=np.array([junctions[start] for _, start, _ in cut], dtype=np.int32),
        segment_to_ix=np.array([junctions[end] for _, _, end in cut], dtype=np.int32),
        segment_forward=everyone,
        segment_backward=everyone,
        segment_physical=np.ones(count, dtype=bool),
        segment_limited=none,
        segment_form=none,
        segment_layer=np.zeros(count, dtype=np.int8),
        segment_lanes=none,
        segment_maxspeed_kmh=np.zeros(count, dtype=np.uint16),
        segment_width_dm=np.zeros(count, dtype=np.uint16),
        segment_box_e7=np.concatenate([ends.min(axis=1), ends.max(axis=1)], axis=1).astype(np.int32),
        shape_start=np.arange(0, 2 * count + 1, 2, dtype=np.int64),
        shape_e7=shape,
        kind=Texts.of(["residential"]),
        name=Texts.of(names),
        alias_segment_ix=np.array([segment for segment, _ in further], dtype=np.int32),
        alias_name_ix=np.array([name for _, name in further], dtype=np.int32),
        ban_start=np.zeros(1, dtype=np.int64),
        ban_segment_ix=np.zeros(0, dtype=np.int32),
        ban_junction_ix=np.zeros(0, dtype=np.int32),
        ban_mask=np.zeros(0, dtype=np.uint8),
        condition_segment_ix=np.zeros(0, dtype=np.int32),
        condition=Texts.of([]),
        address_number=Texts.of(number for number, *_ in addresses),
        address_street_ix=np.array([name_ix[street] for _, street, _ in addresses], dtype=np.int32),
        address_e7=e7([place for *_, place in addresses]),
        address_segment_ix=np.full(len(addresses), -1, dtype=np.int32),
        address_offset_m=np.zeros(len(addresses), dtype=np.float32),
        site_id=Texts.of(f"s{ix}" for ix in range(len(sites))),
        site_name=Texts.of(name for name, _ in sites),
        site_kind_ix=np.zeros(len(sites), dtype=np.uint8),
        site_e7=e7([place for _, place in sites]),
        site_kind=Texts.of(["site"]),
        origin=Origin("drawn", "", "", "", (LON - 0.05, LAT - 0.05, LON + 0.25, LAT + 0.2), True),
    )


CITY = draw_city()
EAST, WEST = degrees(5100, 300), degrees(100, 300)


def read(words: str, near: tuple[float, float] | None = None) -> tuple[PlaceReading, ...]:
    return find_in_city(CITY, words, near=near)


def refused(words: str, near: tuple[float, float] | None = None) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as caught:
        read(words, near)
    return caught.value.faults


def offset_m(reading: PlaceReading, x_m: float, y_m: float) -> float:
    """How far a reading is from a place of the drawing."""
    lon, lat = degrees(x_m, y_m)
    return float(np.hypot((reading.lon - lon) * METRES * np.cos(np.radians(LAT)), (reading.lat - lat) * METRES))


def suggestions(fault: Fault) -> list[str]:
    found = re.match(r"Say (?:which|where on it): (.*)\.$", fault.do)
    assert found, fault.do
    return re.split(r"; |(?<!\d), ", found[1])


@pytest.mark.parametrize(
    "words",
    ["Main Street / Oak Avenue", "Main Street and Oak Avenue", "main st & OAK AVE",
     "corner of Oak Avenue and Main Street",
     "Main Street at Oak Avenue", "Main Street near Oak Avenue"],
)  # fmt: skip
def test_of_streets_that_share_a_name_the_one_that_meets_the_other_is_meant(words: str) -> None:
    best, *_ = read(words)
    assert offset_m(best, 200, 0) == pytest.approx(12, abs=1)
    assert best.junction is not None
    assert not best.flagged


def test_streets_that_meet_in_both_suburbs_are_ambiguous_until_something_decides() -> None:
    (fault,) = refused("Main Street / Mill Road")
    assert fault.code == "ambiguous-place"
    assert "2 places that fit, up to 4,999" in fault.found
    for words in ("Main Street / Mill Road near Elm Avenue", "Main Street near Mill Road and Elm Avenue"):
        assert offset_m(read(words)[0], 5400, 0) < 13
    assert offset_m(read("Main Street / Mill Road", EAST)[0], 5400, 0) < 13
    assert offset_m(read("Main Street / Mill Road", WEST)[0], 400, 0) < 13


def test_a_bare_name_of_several_streets_is_ambiguous_and_every_suggestion_settles_it() -> None:
    (fault,) = refused("Main Street")
    assert fault.code == "ambiguous-place"
    assert "2 streets that may be called Main Street, over 5,499 m" in fault.found
    west, east = (read(words)[0] for words in suggestions(fault))
    assert west.lon < LON + 0.02 < east.lon


@pytest.mark.parametrize("words", ["Library", "Main Street near the Library", "Main Street / Mill Road", "Mill Road"])
def test_every_suggestion_can_be_read(words: str) -> None:
    (fault,) = refused(words)
    assert fault.code == "ambiguous-place"
    choices = suggestions(fault)
    assert len(choices) == 2
    places = [read(choice)[0] for choice in choices]
    assert abs(places[0].lon - places[1].lon) > 0.03


def test_near_prefers_the_nearest_street_and_the_point_of_it_nearest_by() -> None:
    (east,) = read("Main Street", EAST)
    assert offset_m(east, 5100, 0) < 1
    assert "comes nearest to the position given" in east.reasons[0]
    assert offset_m(read("Library", EAST)[0], 5300, 0) < 1


@pytest.mark.parametrize("near", [(181.0, 0.0), (0.0, 91.0), (float("nan"), 0.0), (0.0, float("inf"))])
def test_near_must_be_a_position(near: tuple[float, float]) -> None:
    (fault,) = refused("Main Street", near)
    assert (fault.code, fault.where) == ("bad-place", "near")


def test_a_further_name_is_read_and_said_to_be_one() -> None:
    (best,) = read("Old Lane")
    assert best.reasons[0] == "Old Lane is another name of New Street."
    assert best.streets == ("Old Lane",)
    assert offset_m(best, 75, -2000) < 1
    assert read("Promenade / New Street")[0].reasons[0] == "Promenade is another name of Parade."
    assert "another name of a nameless lane" in read("Lovers Walk", degrees(150, -2100))[0].reasons[0]


def test_a_name_that_others_bear_as_their_own_is_taken_as_a_further_name_only_where_it_fits() -> None:
    assert offset_m(read("Main Street / Mill Road", WEST)[0], 400, 0) < 13
    best, *_ = read("New Street / Mill Road")
    assert offset_m(best, 150, -2000) < 13
    assert "Mill Road is another name of Parade." in best.reasons


@pytest.mark.parametrize(
    "words",
    ["Rua de Santa Catarina / Rua Formosa", "rua de santa catarina/rua formosa",
     "R. de Sta. Catarina & R. Formosa", "Rua Santa Catarina / Rua Formosa", "Santa Catarina and Formosa",
     "RUA DE SANTA CATARINA X FORMOSA"],
)  # fmt: skip
def test_types_and_particles_may_be_left_out_or_short_where_the_map_decides(words: str) -> None:
    best, *_ = read(words)
    assert offset_m(best, 100, 3000) < 13
    assert set(best.streets) == {"Rua de Santa Catarina", "Rua Formosa"}


def test_what_was_left_out_is_said_and_costs_a_little() -> None:
    exact, short = read("Rua de Santa Catarina / Rua Formosa")[0], read("Santa Catarina / Rua Formosa")[0]
    assert "Santa Catarina is read as Rua de Santa Catarina." in short.reasons
    assert short.score < exact.score


def test_a_name_left_short_that_may_be_several_streets_is_ambiguous_alone() -> None:
    (fault,) = refused("Formosa")
    assert fault.code == "ambiguous-place"
    assert suggestions(fault) == ["Rua Formosa", "Rua da Formosa"]


@pytest.mark.parametrize("words", ["Hauptstrasse", "hauptstr.", "HAUPTSTRASSE", "Haupstrasse"])
def test_german_spellings(words: str) -> None:
    assert offset_m(read(words)[0], 2050, 0) < 1


@pytest.mark.parametrize(
    ("words", "x_m"),
    [("12 Main Street", 110), ("Main Street 12", 110), ("Main Street, 12", 110), ("12, Main St", 110),
     ("Main Street, n.º 12", 110), ("No. 12 Main Street", 110), ("12a Main Street", 130), ("12 A Main Street", 130),
     ("Main Street 12 a", 130), ("16-18 Main Street / Oak Avenue", None), ("14-18 Main Street", 150),
     ("18 Main Street", 150), ("rear of 10 Main Street", 90), ("near 10 Main Street", 90)],
)  # fmt: skip
def test_house_numbers(words: str, x_m: float | None) -> None:
    if x_m is None:
        assert [fault.code for fault in refused(words)] == ["unknown-place"]
        return
    best, *_ = read(words)
    assert offset_m(best, x_m, 0) < 1
    assert best.streets == ("Main Street",)
    assert any("12 m" in reason for reason in best.reasons)


def test_a_house_number_in_two_suburbs_is_settled_as_streets_are() -> None:
    (fault,) = refused("20 Main Street")
    assert fault.code == "ambiguous-place"
    assert offset_m(read("20 Main Street", EAST)[0], 5100, 0) < 1
    assert offset_m(read("20 Main Street near Oak Avenue")[0], 170, 0) < 1


def test_numbers_that_belong_to_a_name_are_no_house_numbers() -> None:
    assert offset_m(read("Rua 31 de Janeiro")[0], 2050, -1000) < 1
    assert offset_m(read("Rua 31 de Janeiro 7")[0], 2050, -1000) < 1
    assert offset_m(read("Main Street near 12 Oaks")[0], 480, 0) < 1


def test_an_unknown_house_number_names_its_neighbours() -> None:
    (fault,) = refused("11 Main Street")
    assert fault.code == "unknown-place"
    assert fault.do.startswith("The nearest that are known: 10, 12, 12A, ")
    (fault,) = refused("7 Oak Avenue")
    assert "Oak Avenue near a street" in fault.do


def test_a_number_is_found_under_the_street_s_other_name() -> None:
    best, *_ = read("5 Old Lane")
    assert offset_m(best, 60, -2000) < 1
    assert "Old Lane is another name of New Street." in best.reasons


def test_a_name_that_only_addresses_have_needs_its_number() -> None:
    assert read("3 Hamlet")[0].streets == ("Long Road",)
    assert read("Hamlet 3")[0] == read("Hamlet, 3")[0]
    (fault,) = refused("Hamlet")
    assert fault.code == "unknown-place"
    assert "house number" in fault.do


def test_sites() -> None:
    assert offset_m(read("Town Hall")[0], 300, 0) < 1
    assert offset_m(read("Main Street, rear of the Town Hall")[0], 300, 0) < 1
    assert read("Hospital Santo Antonio")[0].streets == ("Rua de Santa Catarina",)
    (fault,) = refused("Lighthouse")
    assert fault.code == "unknown-place"
    assert "more than 500 m" in fault.found


def test_between_takes_the_street_that_has_both() -> None:
    (best,) = read("Main Street between Mill Road and Elm Avenue")
    assert offset_m(best, 5300, 0) < 1
    assert {fault.code for fault in refused("Oak Avenue between Mill Road and Elm Avenue")} == {"unknown-place"}
    assert {fault.code for fault in refused("Main Street between Mill Road")} == {"bad-place"}


def test_a_street_alone_is_whole_or_its_middle_or_refused_by_its_length() -> None:
    (short,) = read("Rua Santa Catarina")
    assert not short.flagged
    square = read("Praça da República")
    assert "Praça da República is 2" in square[0].reasons[0], "a site of that name says where"
    (middle,) = find_in_city(draw_city(sites=()), "Praça da República")
    assert offset_m(middle, 2300, 3000) < 13
    assert middle.flagged
    assert "its middle is taken" in middle.reasons[0]
    (fault,) = refused("Long Road")
    assert fault.code == "ambiguous-place"
    assert suggestions(fault) == [
        "Long Road near First Lane",
        "Long Road near Second Lane",
        "Long Road near Third Lane",
    ]
    assert offset_m(read("Long Road", degrees(900, 6200))[0], 900, 6000) < 1


def test_streets_that_never_meet_are_read_where_they_come_nearest_or_refused() -> None:
    best, *_ = read("Oak Avenue / Mill Road", degrees(400, 100))
    assert best.flagged
    assert "come within 200 m of each other" in best.reasons[0]
    (fault,) = refused("Oak Avenue / Elm Avenue")
    assert fault.code == "unknown-place"
    assert "4,999 m apart" in fault.found


@pytest.mark.parametrize("form", ["{0:.5f},{1:.5f}", " {0:.6f} , {1:.6f} ", "{0:.7f}, {1:.7f}"])
def test_a_position_is_the_nearest_street_with_a_name(form: str) -> None:
    best, *_ = read(form.format(*degrees(100, 30)))
    assert best.streets == ("Main Street",)
    assert offset_m(best, 100, 0) < 2
    assert "30 m from Main Street" in best.reasons[0]


def test_a_position_with_a_typographic_minus() -> None:
    lon, lat = degrees(100, 30)
    assert read(f"{lon:.5f},{lat:.5f}".replace("-", "\N{MINUS SIGN}")) == read(f"{lon:.5f},{lat:.5f}")


def test_a_position_by_nameless_streets_only_is_read_on_one() -> None:
    best, *_ = read("{:.6f},{:.6f}".format(*degrees(170, -3200)))
    assert best.streets == ("a nameless lane",)


def test_a_position_out_of_range_or_outside() -> None:
    for words in ("181,0", "0,91", "-181.5,41.1", "999999999,0"):
        (fault,) = refused(words)
        assert fault.code == "bad-place"
    (fault,) = refused("{:.6f},{:.6f}".format(*degrees(300, 7000)))
    assert fault.code == "place-outside"
    assert re.search(r", 9[45]\d m from the nearest", fault.found)
    lon, lat = degrees(100, 30)
    (fault,) = refused(f"{lat:.4f},{lon:.4f}")
    assert fault.code == "place-outside"
    assert f"Longitude goes first: {lon:.4f},{lat:.4f}." in fault.do


def test_an_empty_city_knows_nothing_and_says_so() -> None:
    empty = draw_city((), (), (), ())
    for words in ("Main Street", "-8.6,41.1", "Main Street / Oak Avenue", "12 Main Street"):
        with pytest.raises(BadInput) as caught:
            find_in_city(empty, words)
        assert {fault.code for fault in caught.value.faults} <= {"unknown-place", "place-outside"}


def test_what_is_kept_about_a_city_goes_with_it() -> None:
    city = draw_city()
    find_in_city(city, "Town Hall")
    gone = weakref.ref(city)
    del city
    gc.collect()
    assert gone() is None


def test_readings_are_ordered_and_the_same_each_time() -> None:
    for words in ("Main Street / Oak Avenue", "Town Hall", "12 Main Street"):
        readings = read(words)
        assert readings == read(words) == find_in_city(draw_city(), words)
        ranks = [(-reading.score, reading.segment, reading.offset_m) for reading in readings]
        assert ranks == sorted(ranks)


WORD = st.sampled_from((
    *(name for name, _ in STREETS if name), *(alias for _, alias in ALIASES), *(name for name, _ in SITES if name),
    "12", "12a", "3", "Hamlet", "Formosa", "Santa", "Mian Stret", "St", "n.º", "-8.6", ",", "/", "and", "near", "at",
    "rear of", "between", "to", "corner of", "bottom of", "end of", "on", "x", "from", "the", "Streets", "foo", "\x00",
))  # fmt: skip
WORDS = st.one_of(st.text(max_size=210), st.lists(WORD, max_size=9).map(" ".join))
NEAR = st.none() | st.just(EAST) | st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(WORDS, NEAR)
@settings(max_examples=400, deadline=None)
def test_any_words_give_sound_readings_or_bad_input(words: str, near: tuple[float, float] | None) -> None:
    try:
        readings = read(words, near)
    except BadInput as error:
        assert error.faults
        codes = {"bad-place", "unknown-place", "ambiguous-place", "place-outside"}
        assert {fault.code for fault in error.faults} <= codes
        return
    assert readings
    ids = set(CITY.segment_id)
    for reading in readings:
        assert reading.segment in reading.arms
        assert set(reading.arms) <= ids
        assert reading.reasons
        assert reading.streets
        assert 0 <= reading.score <= 1


@given(st.floats(-200, 200), st.floats(-100, 100))
@settings(max_examples=100, deadline=None)
def test_any_position_is_read_or_refused(lon: float, lat: float) -> None:
    try:
        assert read(f"{lon:.6f},{lat:.6f}")
    except BadInput as error:
        assert {fault.code for fault in error.faults} <= {"bad-place", "place-outside"}


@given(st.text(max_size=40))
def test_names_are_folded_fast_as_they_are_split(text: str) -> None:
    assert fold_words(text) == tuple(token.text for token in split_words(text) if token.text not in (SLASH, COMMA))


CORNER = st.tuples(*[st.integers(-2_000_000_000, 2_000_000_000) | st.integers(-3000, 3000)] * 2)
BOXES = st.lists(st.tuples(CORNER, CORNER) | CORNER.map(lambda corner: (corner, corner)), max_size=30)


@given(BOXES, CORNER, CORNER)
def test_the_grid_finds_what_a_look_at_each_box_finds(
    corners: list[tuple[tuple[int, int], tuple[int, int]]], one: tuple[int, int], other: tuple[int, int]
) -> None:
    shape = np.array(corners, dtype=np.int32).reshape(-1, 2, 2)
    boxes = np.concatenate([shape.min(axis=1), shape.max(axis=1)], axis=1)
    (west, east), (south, north) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    touch = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
    assert Grid(boxes).within(west, south, east, north).tolist() == np.flatnonzero(touch).tolist()


@given(st.sampled_from(("Main Street / Oak Avenue", "12 Main Street", "Rua de Santa Catarina / Rua Formosa")),
       st.sampled_from((str.upper, str.lower, str.title)))  # fmt: skip
def test_case_does_not_matter(words: str, change: Callable[[str], str]) -> None:
    points = [(reading.segment, reading.offset_m) for reading in read(words)]
    assert [(reading.segment, reading.offset_m) for reading in read(change(words))] == points
