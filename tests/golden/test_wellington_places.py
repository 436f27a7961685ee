"""Both wordings of the eight places of 21 February 2022, as they were published, on the Wellington sketch.

Two readings of each phrase are tested:

- *with the operation's barriers as known places*, as the desk asks: the best reading lies nearest to an arm of the
  right barrier, of all eight; and it closes one of that barrier's segments or lies within 60 m of one of its arms;
- *by the words alone*: the best reading lies nearest to an arm of the right barrier, of all eight, and within 100 m of
  it. This is the test of the reading itself, for no barrier helps. Only bare "Hill Street" can't be read that way: the
  street is half a kilometre long, so it is refused with suggestions.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest

from ringfence.base.errors import BadInput
from ringfence.model.answers import PlaceReading
from ringfence.operation import Operation
from ringfence.places import find_places

MORNING = (
    ("Hill Street", "hill-street", "Hill Street alone is 520 m long; the operation knows a place on it"),
    ("Ballantrae Place at the rear of Parliament", "ballantrae-place", "does not say which side of Parliament House"),
    ("Molesworth Street near Pipitea Street", "molesworth-street", "Molesworth Street meets Pipitea Street"),
    ("Murphy Street / Aitken Street", "aitken-street", "Murphy Street runs on as Mulgrave Street, 168 m"),
    ("Kate Sheppard Place", "kate-sheppard-place", "Kate Sheppard Place alone is 185 m long"),
    ("Bunny Street near the railway station", "bunny-street", "Wellington Railway Station is 141 m from here"),
    (
        "Whitmore Street / Lambton Quay, at the bottom of Bowen Street",
        "lambton-quay-whitmore",
        "Bowen Street ends 14 m",
    ),
    ("Lambton Quay and Mulgrave Street", "lambton-quay-mulgrave", "Lambton Quay runs on as Lambton Bus Interchange"),
)
AFTERNOON = (
    ("Ballantrae Place, at the rear entrance of the Parliamentary precinct", "ballantrae-place", "Parliament House"),
    ("Hill Street near Guildford Terrace", "hill-street", "Hill Street meets Guildford Terrace"),
    ("Molesworth Street near Pipitea Street", "molesworth-street", "Molesworth Street meets Pipitea Street"),
    ("Mulgrave Street / Aitken Street", "aitken-street", "Aitken Street ends at Mulgrave Street"),
    (
        "Mulgrave Street / Kate Shepherd Place",
        "kate-sheppard-place",
        "no Kate Shepherd Place here; it is read as Kate S",
    ),
    ("Bunny Street near the Victoria University campus", "bunny-street", "Pipitea campus (Rutherford House) is 56 m"),
    ("Lambton Quay near Whitmore Street", "lambton-quay-whitmore", "Lambton Quay meets Whitmore Street"),
    ("Mulgrave Street / Lambton Quay", "lambton-quay-mulgrave", "Lambton Quay runs on as Lambton Bus Interchange"),
)
FURTHER = (
    (
        "corner of Whitmore Street and Lambton Quay, at the bottom of Bowen Street",
        "lambton-quay-whitmore",
        "Bowen Street",
    ),
    ("rear of Parliament on Ballantrae Place", "ballantrae-place", "Parliament House"),
    ("intersection of Bunny and Featherston Streets", "bunny-street", "Bunny Street meets Featherston Street"),
    ("Lambton Quay and Bowen Streets", "lambton-quay-whitmore", "Lambton Quay meets Bowen Street"),
    ("Lambton Quay / Mulgrave Street", "lambton-quay-mulgrave", "never meet on this map; they come within 161 m"),
    ("molesworth st nr pipitea st", "molesworth-street", "Molesworth Street meets Pipitea Street"),
    ("Lāmbton Qy @ Whitmore", "lambton-quay-whitmore", "Whitmore is read as Whitmore Street"),
)
PUBLISHED = MORNING + AFTERNOON
NEVER_MEET = ("Murphy Street / Aitken Street", "Lambton Quay / Mulgrave Street", "Mulgrave Street / Lambton Quay",
              "Lambton Quay and Mulgrave Street")  # fmt: skip
CLOSE_M, BY_WORDS_ALONE_M = 60.0, 100.0


def known_places(operation: Operation) -> list[tuple[str, str, float]]:
    return [(barrier.id, arm.segment, arm.offset_m) for barrier in operation.barriers for arm in barrier.arms]


def nearest_barriers(operation: Operation, reading: PlaceReading) -> list[tuple[float, str]]:
    """Metres from a reading's point to the nearest arm of each barrier, nearest first."""
    network = operation.network
    here = network.projection.to_metres(np.array([[reading.lon, reading.lat]]))[0]
    apart = []
    for barrier in operation.barriers:
        lonlat = [network.point_at(network.segment_ids.index(arm.segment), arm.offset_m) for arm in barrier.arms]
        xy = network.projection.to_metres(np.array(lonlat))
        apart.append((float(np.hypot(*(xy - here).T).min()), barrier.id))
    return sorted(apart)


def test_the_table_holds_both_wordings_of_all_eight_places(wellington: Operation) -> None:
    everywhere = {barrier.id for barrier in wellington.barriers}
    assert len(everywhere) == 8
    assert {site for _, site, _ in MORNING} == everywhere
    assert {site for _, site, _ in AFTERNOON} == everywhere


@pytest.mark.parametrize(("words", "site", "reason"), PUBLISHED + FURTHER)
def test_with_known_barriers_each_wording_is_its_own_barrier_and_no_other(
    wellington: Operation, words: str, site: str, reason: str
) -> None:
    best, *_ = find_places(wellington.network, wellington.sites, words, among=known_places(wellington))
    (nearest_m, nearest), (next_m, _), *_ = nearest_barriers(wellington, best)
    assert nearest == site
    assert nearest_m < next_m
    segments = {arm.segment for barrier in wellington.barriers if barrier.id == site for arm in barrier.arms}
    assert segments & set(best.arms) or nearest_m <= CLOSE_M
    assert reason in " ".join(best.reasons)


@pytest.mark.parametrize(
    ("words", "site"), [(words, site) for words, site, _ in PUBLISHED + FURTHER if words != "Hill Street"]
)
def test_by_the_words_alone_each_wording_lies_nearest_to_its_own_barrier(
    wellington: Operation, words: str, site: str
) -> None:
    best, *_ = find_places(wellington.network, wellington.sites, words)
    (nearest_m, nearest), *_ = nearest_barriers(wellington, best)
    assert nearest == site
    assert nearest_m <= BY_WORDS_ALONE_M


def test_hill_street_alone_is_refused_with_its_cross_streets(wellington: Operation) -> None:
    with pytest.raises(BadInput) as caught:
        find_places(wellington.network, wellington.sites, "Hill Street")
    (fault,) = caught.value.faults
    assert fault.code == "ambiguous-place"
    assert "520 m long" in fault.found
    assert "Hill Street near Guildford Terrace" in fault.do


@pytest.mark.parametrize("words", NEVER_MEET)
@pytest.mark.parametrize("helped", [False, True])
def test_streets_that_never_meet_are_flagged_with_their_distance(
    wellington: Operation, words: str, helped: bool
) -> None:
    known = known_places(wellington) if helped else []
    readings = find_places(wellington.network, wellington.sites, words, among=known)
    assert all(reading.flagged for reading in readings)
    assert "never meet on this map" in " ".join(readings[0].reasons)


@pytest.mark.parametrize(
    ("words", "segment", "junction", "arms"),
    [
        ("Murphy Street / Aitken Street", "aitken-street-2", "aitken-mulgrave", ("aitken-street-2",)),
        (
            "Lambton Quay / Mulgrave Street",
            "lambton-bus-interchange-3",
            "interchange-mulgrave",
            ("lambton-bus-interchange-2", "lambton-bus-interchange-3"),
        ),
        (
            "Lambton Quay near Whitmore Street",
            "lambton-quay-16",
            "lambton-whitmore",
            ("lambton-quay-16", "lambton-quay-17"),
        ),
    ],
)
def test_a_reading_closes_every_carriageway_there(
    wellington: Operation, words: str, segment: str, junction: str, arms: tuple[str, ...]
) -> None:
    best, *_ = find_places(wellington.network, wellington.sites, words)
    assert (best.segment, best.junction, best.arms) == (segment, junction, arms)


@pytest.mark.parametrize("words", [words for words, _, _ in PUBLISHED if words not in NEVER_MEET])
def test_what_the_map_bears_out_is_not_flagged(wellington: Operation, words: str) -> None:
    assert not find_places(wellington.network, wellington.sites, words, among=known_places(wellington))[0].flagged


def test_a_known_place_brings_all_its_arms(wellington: Operation) -> None:
    words = "Lambton Quay near Whitmore Street"
    best, *others = find_places(wellington.network, wellington.sites, words, among=known_places(wellington))
    assert best.arms == ("lambton-bus-interchange-1", "lambton-quay-18", "lambton-quay-19")
    assert "The operation knows this place as lambton-quay-whitmore" in best.reasons[-1]
    assert all(best.score > other.score for other in others)


def test_a_site_alone_is_not_drawn_to_a_barrier(wellington: Operation) -> None:
    alone = find_places(wellington.network, wellington.sites, "Parliament")
    assert find_places(wellington.network, wellington.sites, "Parliament", among=known_places(wellington)) == alone


def test_every_street_and_site_name_is_read_or_refused_as_ambiguous(wellington: Operation) -> None:
    names = {name for name in wellington.network.segment_names if name}
    names |= {name for site in wellington.sites for name in (site.name, *site.aliases)}
    for name in sorted(names):
        try:
            assert find_places(wellington.network, wellington.sites, name)
        except BadInput as error:
            assert [fault.code for fault in error.faults] == ["ambiguous-place"], name


def test_a_question_takes_milliseconds(wellington: Operation) -> None:
    """Guards against a slip in the order of growth, not a benchmark: the usual time is 1 to 5 ms."""
    known = known_places(wellington)
    times = []
    for words, _, _ in PUBLISHED:
        start = perf_counter()
        find_places(wellington.network, wellington.sites, words, among=known)
        times.append(perf_counter() - start)
    assert sorted(times)[len(times) // 2] < 0.05
