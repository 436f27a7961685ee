"""Places as people word them, on a small map drawn for the quirks: a dual carriageway, a street that changes its name,
a bridge, a street that meets another twice, and sites that share a name.

       Quiet Lane      Mill Road         Park Avenue (two carriageways, 11 m apart)
           |      Bridge-|-Way (a bridge)    ||
           V----W--------X------------------E=E2       Low Street V-W, High Street W-E2
                 \\       S  (Mill Road on)   /
                  `------- Ring Road -------'
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.base.errors import BadInput, Fault
from ringfence.model.answers import PlaceReading
from ringfence.model.operation import Site
from ringfence.network import Network, read_network
from ringfence.places import find_places

JUNCTIONS = {
    "v": (-0.003, 0.0), "quiet-end": (-0.003, 0.001), "w": (-0.002, 0.0), "x": (0.0, 0.0), "e": (0.002, 0.0),
    "e2": (0.0021, 0.0), "north": (0.0, 0.002), "south": (0.0, -0.0008), "park-a": (0.002, 0.002),
    "park-b": (0.0021, 0.002), "bridge-w": (-0.001, 0.0015), "bridge-e": (0.001, 0.0015), "island-w": (0.02, 0.0),
    "island-e": (0.0209, 0.0), "totara-end": (0.0009, 0.002), "saint-end": (0.0, -0.0018),
}  # fmt: skip
SEGMENTS = (
    ("low-1", "Low Street", "v", "w", ""),
    ("quiet-1", "Quiet Lane", "v", "quiet-end", ""),
    ("high-1", "High Street", "w", "x", ""),
    ("high-2", "High Street", "x", "e", ""),
    ("high-3", "High Street", "e", "e2", ""),
    ("mill-1", "Mill Road", "x", "north", ""),
    ("mill-2", "Mill Road", "x", "south", ""),
    ("park-1", "Park Avenue", "e", "park-a", ""),
    ("park-2", "Park Avenue", "park-b", "e2", ""),
    ("bridge-1", "Bridge Way", "bridge-w", "bridge-e", ""),
    ("ring-1", "Ring Road", "w", "e2", "-0.002,-0.003 0.0021,-0.003"),
    ("island-1", "Island Street", "island-w", "island-e", ""),
    ("totara-1", "Tōtara Crescent", "north", "totara-end", ""),
    ("saint-1", "St Anne's Place", "south", "saint-end", ""),
    ("nameless-1", "", "quiet-end", "bridge-w", ""),
)


def draw(segments: tuple[tuple[str, str, str, str, str], ...] = SEGMENTS) -> Network:
    junctions = "id\tlon\tlat\tclipped\tevidence\n" + "".join(
        f"{name}\t{lon}\t{lat}\t\tsurveyed\n" for name, (lon, lat) in JUNCTIONS.items()
    )
    columns = "id\tname\tfrom\tto\tclass\tforward\tbackward\tphysical\tevidence\tpath\n"
    rows = "".join(
        f"{name}\t{street}\t{start}\t{end}\tresidential\tall\tall\tyes\tsurveyed\t{path}\n"
        for name, street, start, end, path in segments
    )
    faults: list[Fault] = []
    bans = "id\tfrom_segment\tvia\tto_segment\n"
    network = read_network(junctions.encode(), (columns + rows).encode(), bans.encode(), faults)
    assert network is not None, faults
    return network


def site(name: str, lon: float, lat: float, *aliases: str) -> Site:
    return Site(id=f"{name}-{lon}".replace(" ", "-").replace(",", ""), name=name, kind="k", lon=lon, lat=lat,
                aliases=aliases)  # fmt: skip


NETWORK = draw()
SITES = (
    site("Town Hall", -0.001, 0.0003, "the hall"),
    site("Library", -0.0015, 0.0003),
    site("Library", 0.0015, 0.0003),
    site("Marks and Mill, Bakers", 0.0003, 0.001),
    site("Old Mill", 0.0005, -0.0005, "Mill Road"),
    site("Lighthouse", 0.1, 0.1),
    site("Antipodes", -179.9, 0.0),
)


def read(words: str, among: tuple[tuple[str, str, float], ...] = ()) -> tuple[PlaceReading, ...]:
    return find_places(NETWORK, SITES, words, among=among)


def refused(words: str) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as caught:
        read(words)
    return caught.value.faults


CORNER = ("High Street / Mill Road", "High Street and Mill Road", "High Street & Mill Road", "High Street, Mill Road",
          "corner of High Street and Mill Road", "Intersection of High St and Mill Rd", "High St cnr Mill Rd",
          "the corner of the High Street and Mill Road", "HIGH STREET/MILL ROAD", "High Street x Mill Road",
          "High Street meets Mill Road", "junction of High and Mill", "High St／Mill Rd", "High Street + Mill Road.",
          "High Street and Mill Road intersection")  # fmt: skip


@pytest.mark.parametrize("words", CORNER)
def test_every_way_to_name_a_corner_gives_its_four_approaches(words: str) -> None:
    readings = read(words)
    assert [reading.segment for reading in readings] == ["high-1", "high-2", "mill-1", "mill-2"]
    assert {reading.junction for reading in readings} == {"x"}
    assert not any(reading.flagged for reading in readings)


NEAR = ("High Street near Mill Road", "High Street at Mill Road", "High Street by Mill Road", "High St nr Mill Rd",
        "High Street @ Mill Road", "High Street, close to Mill Road", "the Mill Road end of High Street",
        "High Street, off Mill Road", "near Mill Road on High Street")  # fmt: skip


@pytest.mark.parametrize("words", NEAR)
def test_near_a_street_is_on_the_first_street_only_twelve_metres_back(words: str) -> None:
    first, second = read(words)
    assert (first.segment, second.segment) == ("high-1", "high-2")
    assert second.offset_m == 12.0
    assert first.offset_m == pytest.approx(NETWORK.length_m[2] - 12, abs=0.01)
    assert first.streets == ("High Street", "Mill Road")


SITE = ("High Street near the Town Hall", "High Street outside the hall", "rear of the Town Hall on High Street",
        "High Street, at the rear entrance of the Town Hall", "High Street, rear of Town Hall", "High St by town hall",
        "High Street behind the Town Hall", "High Street and Town Hall", "Town Hall, High Street")  # fmt: skip


@pytest.mark.parametrize("words", SITE)
def test_near_a_site_is_the_nearest_point_of_the_street(words: str) -> None:
    best, *_ = read(words)
    assert best.segment == "high-1"
    assert best.lon == pytest.approx(-0.001, abs=2e-5)
    assert any("Town Hall" in reason and "33 m" in reason for reason in best.reasons)


def test_the_rear_of_a_site_is_said_to_be_unknown() -> None:
    assert any(
        "which side of Town Hall is its rear" in reason for reason in read("High St, rear of Town Hall")[0].reasons
    )


def test_of_sites_that_share_a_name_the_one_near_the_street_is_meant_but_alone_it_is_ambiguous() -> None:
    assert read("Park Avenue near the Library")[0].segment in ("park-1", "park-2")
    (fault,) = refused("the Library")
    assert fault.code == "ambiguous-place"


def test_sites_that_share_a_name_along_one_street_are_ambiguous() -> None:
    (fault,) = refused("High Street near the Library")
    assert fault.code == "ambiguous-place"


def test_a_dual_carriageway_is_closed_as_a_whole() -> None:
    (reading,) = read("Park Avenue near High Street")
    assert reading.arms == ("park-1", "park-2")


def test_a_street_that_ends_at_the_corner_goes_first_by_a_hair() -> None:
    best, second, *_ = read("Ring Road / Low Street")
    assert "ends at" in best.reasons[-1]
    assert 0 <= best.score - second.score <= 0.01


def test_a_street_whose_name_changes_is_followed_to_the_corner_that_was_meant() -> None:
    for words in ("High Street / Quiet Lane", "Quiet Lane / High Street"):
        best, *others = read(words)
        assert best.flagged
        assert (best.segment, best.junction) == ("quiet-1", "v")
        assert best.reasons == (
            f"{words.replace(' / ', ' and ')} never meet on this map; they come within 111 m of each other.",
            "High Street runs on as Low Street, 111 m to Quiet Lane.",
        )
        assert all(other.flagged and other.score < best.score for other in others)


def test_a_bridge_is_no_junction_and_said_so() -> None:
    best, *_ = read("Bridge Way / Mill Road")
    assert best.flagged
    assert best.junction is None
    assert "cross here without a junction" in best.reasons[0]


def test_near_a_street_that_is_only_passed_is_flagged_when_far() -> None:
    (near,) = read("Low Street near Mill Road")
    assert near.flagged
    assert near.segment == "low-1"


def test_streets_that_meet_twice_are_ambiguous_until_a_third_name_decides() -> None:
    (fault,) = refused("High Street near Ring Road")
    assert fault.code == "ambiguous-place"
    assert fault.do.startswith("Say which: High Street near ")
    best, *_ = read("High Street / Ring Road, at the end of Low Street")
    assert best.junction == "w"
    assert not best.flagged
    assert read("High Street near Ring Road and Park Avenue")[0].junction in ("e", "e2")


def test_a_further_name_that_is_far_off_flags_the_reading() -> None:
    best, *_ = read("High Street / Mill Road, at the bottom of Quiet Lane")
    assert best.flagged
    assert "Quiet Lane is 334 m away." in best.reasons


def test_between_two_streets_is_the_middle_of_the_stretch() -> None:
    for words in ("High Street between Low Street and Mill Road", "High St from Low St to Mill Rd"):
        (reading,) = read(words)
        assert (reading.segment, reading.flagged) == ("high-1", False)
        assert reading.offset_m == pytest.approx(NETWORK.length_m[2] / 2, abs=0.01)
    middle = read("High Street between Low Street and Park Avenue")[0].segment
    assert middle in ("high-1", "high-2"), "it is the corner of the two, within a nanometre"


def test_between_asks_for_two_other_streets() -> None:
    for words in ("High Street between Mill Road", "between High Street and Mill Road",
                  "High Street between Mill Road and the Town Hall"):  # fmt: skip
        assert [fault.code for fault in refused(words)] == ["bad-place"]


def test_a_short_street_alone_is_read_and_a_long_one_refused_with_cross_streets() -> None:
    (quiet,) = read("Quiet Lane")
    assert "all of it lies within 111 m" in quiet.reasons[0]
    (fault,) = refused("High Street")
    assert fault.code == "ambiguous-place"
    assert "High Street near Mill Road" in fault.do
    assert read("Ring Road")[0].segment == "ring-1", "long, but one segment"


def test_a_known_place_settles_a_long_street_alone_and_says_so() -> None:
    (best,) = read("High Street", (("gate-1", "high-2", 50.0),))
    assert (best.segment, best.offset_m) == ("high-2", 50.0)
    assert "the operation knows a place on it, gate-1" in best.reasons[0]


def test_a_known_place_settles_which_of_two_corners_is_meant() -> None:
    best, *_ = read("High Street near Ring Road", (("gate-1", "high-1", 20.0), ("gate-1", "ring-1", 20.0)))
    assert (best.segment, best.offset_m, best.arms) == ("high-1", 20.0, ("high-1", "ring-1"))


def test_two_known_places_on_a_long_street_leave_it_ambiguous() -> None:
    with pytest.raises(BadInput) as caught:
        read("High Street", (("gate-1", "high-1", 20.0), ("gate-2", "high-2", 200.0)))
    assert caught.value.faults[0].code == "ambiguous-place"


def test_known_places_off_the_network_are_left_out() -> None:
    off = (("gone", "no-such-segment", 1.0), ("past", "high-1", 1e9), ("nan", "high-1", float("nan")))
    assert read("High Street near Mill Road", off) == read("High Street near Mill Road")


def test_spellings() -> None:
    assert read("totara cres")[0].segment == read("TŌTARA CRESCENT")[0].segment == "totara-1"
    assert read("Saint Annes Pl")[0].segment == read("St Anne’s Place")[0].segment == "saint-1"
    (misspelt,) = read("Saint Amnes Place")
    assert misspelt.reasons[0] == "There is no Saint Amnes Place here; it is read as St Anne's Place."
    assert not misspelt.flagged
    assert misspelt.score < read("Saint Annes Place")[0].score


def test_a_shared_type_is_shared() -> None:
    expected = [reading.segment for reading in read("High Street / Low Street")]
    assert [reading.segment for reading in read("High and Low Streets")] == expected
    assert [reading.segment for reading in read("corner of Low / High Streets")] == expected


def test_names_that_hold_connectors_or_commas_are_kept_whole() -> None:
    best, *_ = read("Mill Road near Marks and Mill, Bakers")
    assert best.segment == "mill-1"
    assert "Marks and Mill, Bakers" in best.reasons[0]


def test_a_name_with_further_words_is_another_name() -> None:
    (fault,) = refused("Upper High Street")
    assert fault.code == "unknown-place"
    assert "Did you mean High Street" in fault.do


def test_names_that_share_the_word_street_alone_are_not_alike() -> None:
    (fault,) = refused("Cuba Street")
    assert fault.code == "unknown-place"
    assert "Did you mean" not in fault.do


def test_another_street_type_is_another_street() -> None:
    (fault,) = refused("High Road near Mill Road")
    assert fault.code == "unknown-place"
    assert "High Street" in fault.do


def test_a_short_word_misspelt_is_not_guessed() -> None:
    (fault,) = refused("Hugh Street")
    assert "High Street" in fault.do


def test_every_unknown_name_has_its_own_fault() -> None:
    faults = refused("Foo Street between Bar Road and Baz Lane")
    assert [fault.code for fault in faults] == ["unknown-place"] * 3
    assert [fault.found for fault in faults] == ["'Foo Street'", "'Bar Road'", "'Baz Lane'"]


def test_names_too_far_apart_name_no_place() -> None:
    for words in ("High Street / Island Street", "High Street near the Lighthouse", "Lighthouse", "Antipodes",
                  "High Street near Antipodes"):  # fmt: skip
        (fault,) = refused(words)
        assert fault.code == "unknown-place", words


def test_a_street_goes_before_a_site_of_the_same_name_and_the_site_settles_it_alone() -> None:
    assert [reading.segment for reading in read("High Street near Mill Road")] == ["high-1", "high-2"]
    best, *_ = read("Mill Road")
    assert "Old Mill is" in best.reasons[0]


def test_a_site_alone_is_on_the_nearest_street() -> None:
    for words in ("Town Hall", "near the Town Hall", "outside the hall", "at the rear of the Town Hall"):
        assert read(words)[0].segment == "high-1"


HOSTILE = ("", "   ", "///", "...", "🚧🚧", "\x00", "High\x00Street", "High Street\u202e near Mill Road", "a\nb",
           "High\u200bStreet", "\ud800", "x" * 201, "near of", "between and", "\ue000", "\u2028a\u2028b")  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_place_is_refused_with_nothing_invisible_in_the_fault(words: str) -> None:
    faults = refused(words)
    assert {fault.code for fault in faults} <= {"bad-place", "unknown-place"}
    assert all(char.isprintable() for fault in faults for char in str(fault))


def test_ten_megabytes_are_refused_at_once() -> None:
    (fault,) = refused("High Street " * 900_000)
    assert fault.code == "bad-place"
    assert "at most 200 characters" in fault.expected
    assert len(str(fault)) < 1200


def test_a_network_without_names_is_no_surprise() -> None:
    for segments in ((("n", "", "v", "w", ""),), (("n", " ", "v", "w", ""),)):
        for words in ("Town Hall", "High Street", "near the Town Hall"):
            with pytest.raises(BadInput):
                find_places(draw(segments), SITES, words)


def test_the_order_of_sites_segments_and_known_places_does_not_matter() -> None:
    known = (("b", "high-1", 20.0), ("a", "high-1", 30.0), ("a", "mill-1", 9.0))
    for words in (*CORNER, *NEAR, *SITE):
        expected = read(words, known)
        assert find_places(draw(SEGMENTS[::-1]), SITES[::-1], words, among=known[::-1]) == expected


WORD = st.sampled_from((
    "High Street", "high st", "Mill Road", "Ring Road", "Park Avenue", "Quiet Lane", "Low", "Tōtara", "Town Hall",
    "Library", "Bridge Way", "Island Street", "Marks and Mill, Bakers", "Foo", "St", "Antipodes", "Streets", "the",
    "near", "/", "and", ",", "at", "rear of", "between", "from", "to", "corner of", "end of", "bottom of", "on", "x",
))  # fmt: skip
WORDS = st.one_of(st.text(max_size=210), st.lists(WORD, max_size=9).map(" ".join))


@given(WORDS)
@settings(max_examples=600, deadline=None)
def test_any_words_give_sound_readings_or_bad_input(words: str) -> None:
    among = (("gate", "high-1", 20.0), ("gate", "ring-1", 20.0))
    try:
        readings = read(words, among)
    except BadInput as error:
        assert error.faults
        assert {fault.code for fault in error.faults} <= {"bad-place", "unknown-place", "ambiguous-place"}
        return
    assert readings
    assert readings == read(words, among)
    ranks = [(-reading.score, reading.segment, reading.offset_m) for reading in readings]
    assert ranks == sorted(ranks)
    for reading in readings:
        ix = NETWORK.find_segment(reading.segment)
        assert ix is not None
        assert 0 < reading.offset_m < NETWORK.length_m[ix]
        assert (reading.lon, reading.lat) == pytest.approx(NETWORK.point_at(ix, reading.offset_m), abs=2e-6)
        assert reading.segment in reading.arms
        assert reading.reasons
        assert 0 <= reading.score <= 1


@given(st.sampled_from((*CORNER, *NEAR, *SITE)), st.sampled_from((str.upper, str.lower, str.title)))
def test_case_and_spaces_do_not_matter(words: str, change: Callable[[str], str]) -> None:
    changed = change(words).replace(" ", "  ")
    points = [(reading.segment, reading.offset_m) for reading in read(words)]
    assert [(reading.segment, reading.offset_m) for reading in read(f" {changed} ")] == points
