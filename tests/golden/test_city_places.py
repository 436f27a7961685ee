"""Places in real cities, from extracts of OpenStreetMap, each against what the map itself says is there.

Positions are of junctions and addresses in the data, written down by hand from it: a reading must lie that near.
"""

from __future__ import annotations

import re
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from ringfence.base.errors import BadInput
from ringfence.network.city import City
from ringfence.osm import read_osm
from ringfence.places import find_in_city


def read_extract(shared_data: Path, name: str) -> City:
    path = shared_data / "data" / "osm" / name
    if not path.is_file():
        pytest.skip(f"SKIPPED ALOUD: {name} is not in the shared data folder")
    return read_osm(path)


@pytest.fixture(scope="module")
def porto(shared_data: Path) -> City:
    return read_extract(shared_data, "porto.osm.pbf")


@pytest.fixture(scope="module")
def baltimore(shared_data: Path) -> City:
    return read_extract(shared_data, "baltimore.osm.pbf")


def apart_m(city: City, words: str, lonlat: tuple[float, float], near: tuple[float, float] | None = None) -> float:
    """From the best reading of some words to a position."""
    best, *_ = find_in_city(city, words, near=near)
    across = np.cos(np.radians(lonlat[1]))
    return float(111_320 * np.hypot((best.lon - lonlat[0]) * across, best.lat - lonlat[1]))


ALIADOS = (-8.6110, 41.1485)
SANTA_CATARINA_AND_FORMOSA = (-8.60632, 41.14831)
PORTO = (
    ("Praça da Liberdade", (-8.6113, 41.1463), 60.0),
    ("praca da liberdade", (-8.6113, 41.1463), 60.0),
    ("Rua de Santa Catarina / Rua Formosa", SANTA_CATARINA_AND_FORMOSA, 15.0),
    ("R. Sta. Catarina & R. Formosa", SANTA_CATARINA_AND_FORMOSA, 15.0),
    ("corner of Rua Formosa and Santa Catarina", SANTA_CATARINA_AND_FORMOSA, 15.0),
    ("RUA FORMOSA near rua de santa catarina", SANTA_CATARINA_AND_FORMOSA, 20.0),
    ("Avenida dos Aliados near Praça da Liberdade", (-8.6113, 41.1467), 40.0),
    ("Rua de Santa Catarina between Rua Formosa and Rua de Passos Manuel", (-8.60657, 41.14767), 20.0),
    ("-8.611,41.146", (-8.611, 41.146), 5.0),
    ("Ponte Dom Luís I (tabuleiro superior)", (-8.6094, 41.1402), 150.0),
)


@pytest.mark.parametrize(("words", "lonlat", "within_m"), PORTO)
def test_porto(porto: City, words: str, lonlat: tuple[float, float], within_m: float) -> None:
    assert apart_m(porto, words, lonlat) <= within_m


def test_porto_has_two_avenidas_dos_aliados_and_each_suggestion_is_one(porto: City) -> None:
    with pytest.raises(BadInput) as caught:
        find_in_city(porto, "Avenida dos Aliados")
    (fault,) = caught.value.faults
    assert fault.code == "ambiguous-place"
    choices = fault.do.removeprefix("Say which: ").removesuffix(".").split("; ")
    assert choices[0] == "Avenida dos Aliados near Praça da Liberdade"
    assert [len(find_in_city(porto, choice)) > 0 for choice in choices] == [True, True]
    assert apart_m(porto, "Avenida dos Aliados", ALIADOS, near=ALIADOS) < 40


def test_a_place_outside_porto_is_said_to_be_so(porto: City) -> None:
    with pytest.raises(BadInput) as caught:
        find_in_city(porto, "41.146,-8.611")
    (fault,) = caught.value.faults
    assert fault.code == "place-outside"
    assert "Longitude goes first: -8.611,41.146." in fault.do


BROADWAY_AND_FLEET = (-76.59336, 39.28466)
BALTIMORE = (
    ("South Broadway and Fleet Street", BROADWAY_AND_FLEET, 40.0),
    ("S Broadway & Fleet St", BROADWAY_AND_FLEET, 40.0),
    ("Broadway / Fleet", BROADWAY_AND_FLEET, 40.0),
    ("231 South High Street", (-76.60210, 39.28665), 25.0),
    ("231 S High St", (-76.60210, 39.28665), 25.0),
    ("South High Street, 231", (-76.60210, 39.28665), 25.0),
    ("3121 Elliott Street", (-76.57167, 39.27931), 25.0),
)


@pytest.mark.parametrize(("words", "lonlat", "within_m"), BALTIMORE)
def test_baltimore(baltimore: City, words: str, lonlat: tuple[float, float], within_m: float) -> None:
    assert apart_m(baltimore, words, lonlat) <= within_m


def test_every_address_is_found_by_its_number_and_street(baltimore: City) -> None:
    """On its street, within 150 m of where the data has it; some stand further back, and then the reading says so."""
    where: dict[str, list[tuple[float, float]]] = {}
    for number, street, e7 in zip(
        baltimore.address_number, baltimore.address_street_ix.tolist(), baltimore.address_e7, strict=True
    ):
        if street >= 0 and re.fullmatch(r"\d+", number):
            lon, lat = (e7 / 1e7).tolist()
            where.setdefault(f"{number} {baltimore.name[street]}", []).append((lon, lat))
    refused, far = [], []
    asked = sorted(where)[::7]
    for words in asked:
        try:
            best, *_ = find_in_city(baltimore, words, near=where[words][0])
        except BadInput:
            refused.append(words)
            continue
        nearest = min(apart_m(baltimore, words, lonlat, near=where[words][0]) for lonlat in where[words])
        says_so = best.flagged and "That is far" in " ".join(best.reasons)
        if nearest > 170 and not says_so:
            far.append(words)
    assert len(asked) > 100
    assert not far
    # Streets that the extract's edge cut off, so that none of them is near their addresses, are few.
    assert len(refused) <= len(asked) // 50, refused


def test_every_street_name_is_read_or_refused_as_ambiguous(baltimore: City) -> None:
    for name in sorted(baltimore.name[:])[::5]:
        try:
            assert find_in_city(baltimore, name)
        except BadInput as error:
            codes = {fault.code for fault in error.faults}
            only_in_addresses = any("only in addresses" in fault.found for fault in error.faults)
            assert codes == {"ambiguous-place"} or only_in_addresses, name


def test_a_question_takes_milliseconds(porto: City) -> None:
    """Guards against a slip in the order of growth, not a benchmark: the usual time is under 10 ms."""
    times = []
    for words, *_ in PORTO * 2:
        start = perf_counter()
        find_in_city(porto, words)
        times.append(perf_counter() - start)
    assert sorted(times)[len(times) // 2] < 0.1
