"""Both forms of a city keep all of it, and whatever stands in a file, a reader takes it or names what is wrong."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringfence.base.errors import BadInput
from ringfence.exchange import read_geojson, read_gmns, write_geojson, write_gmns
from ringfence.exchange.report import FAULTS_MAX
from ringfence.network.city import City
from tests.property.cities import cities, differences, draw_city

ROUNDS = 400


class Form(NamedTuple):
    write: Callable[[City, Path], None]
    read: Callable[[Path], City]


GMNS, GEOJSON = Form(write_gmns, read_gmns), Form(write_geojson, read_geojson)
FORMS = {"gmns": GMNS, "geojson": GEOJSON}

HOSTILE_CELLS = (
    *(
        "",
        "NaN",
        "inf",
        "-inf",
        "1e999",
        "-1",
        "0",
        "9" * 30,
        "x" * 5_000,
        "\0",
        "\x1b[2J",
        "\u202e",
        "é",
        '"',
        "'",
        ",",
    ),
    *(
        "true",
        "false",
        "all",
        "none",
        "physical",
        "car,car",
        "auto,rail",
        "both",
        "backward",
        "n1",
        "w1-0",
        "../x",
        "\n",
    ),
    *("LINESTRING (0 0, 1 1)", "LINESTRING (0 0)", "LINESTRING (0 0, nan nan)", "LINESTRING ((", "POINT (0 0)", "181"),
)
HOSTILE_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 0.5, 10**400, 1e308, "", "x" * 5_000, "\ud800", "\0", "all", "n1", "w1-0"),
    *([], {}, [[]], [[0, 0], [1, 1]], [0, 0], [[0, 0], [1e999, 1]], [None, None], {"type": "Point"}, ["w1-0"], [1]),
)


@pytest.fixture(autouse=True, scope="module")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Thousands of files are written here; that they outlive a power cut is not what these tests are about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(city=cities())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_city_comes_back_the_same(form: Form, city: City) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "city"
        form.write(city, place)
        assert differences(city, form.read(place)) == []


@given(city=cities())
@settings(max_examples=40, deadline=None)
def test_the_same_city_makes_the_same_bytes(city: City) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, form in FORMS.items():
            made = [Path(folder) / f"{name} {time}" for time in (1, 2)]
            for place in made:
                form.write(city, place)
            assert _bytes(made[0]) == _bytes(made[1])


def test_spoiled_tables_are_read_or_refused(tmp_path: Path) -> None:
    outcomes = [_outcome(GMNS, _spoiled_folder(tmp_path / str(seed), Random(f"gmns {seed}"))) for seed in range(ROUNDS)]
    assert min(outcomes.count(True), outcomes.count(False)) > ROUNDS // 20, "all alike: this fuzz proves nothing"


def test_spoiled_geojson_is_read_or_refused(tmp_path: Path) -> None:
    outcomes = [
        _outcome(GEOJSON, _spoiled_file(tmp_path / str(seed), Random(f"json {seed}"))) for seed in range(ROUNDS)
    ]
    assert min(outcomes.count(True), outcomes.count(False)) > ROUNDS // 20, "all alike: this fuzz proves nothing"


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "streets.geojson").write_bytes(data)
        assert not _outcome(GEOJSON, Path(folder) / "streets.geojson")
        for name in ("node", "link", "movement", "config", "rf_city"):
            (Path(folder) / f"{name}.csv").write_bytes(data)
        assert not _outcome(GMNS, Path(folder))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "type": st.just("Feature"),
                "geometry": st.fixed_dictionaries(
                    {
                        "type": st.sampled_from(["LineString", "MultiLineString", "Point"]) | JSON,
                        "coordinates": st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=4) | JSON,
                    }
                )
                | JSON,
                "properties": st.dictionaries(st.sampled_from(["name", "highway", "oneway"]), JSON) | JSON,
            },
            optional={"id": JSON},
        )
        | JSON,
        max_size=5,
    )
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_features_are_read_or_refused(features: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "streets.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        _outcome(GEOJSON, path)


def _outcome(form: Form, place: Path) -> bool:
    """Whether `place` could be read. What was read holds together: either form gives it back."""
    try:
        city = form.read(place)
    except BadInput as error:
        assert 1 <= len(error.faults) <= FAULTS_MAX + 1
        assert all(len(fault.found) < 500 and fault.where and fault.do for fault in error.faults)
        return False
    with tempfile.TemporaryDirectory() as folder:
        for name, other in FORMS.items():
            again = Path(folder) / name
            other.write(city, again)
            assert differences(city, other.read(again)) == []
    return True


def _bytes(place: Path) -> dict[str, bytes]:
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    return {file.name if place.is_dir() else "": file.read_bytes() for file in files}


def _small_city(rng: Random) -> City:
    return draw_city(rng.randrange(2**32), 5, 8, bans=3, addresses=2, sites=2)


def _spoiled_folder(folder: Path, rng: Random) -> Path:
    write_gmns(_small_city(rng), folder)
    for _ in range(rng.randint(1, 2)):
        path = rng.choice(sorted(folder.glob("*.csv")))
        lines = path.read_text(encoding="utf-8").split("\r\n")
        ix = rng.randrange(len(lines))
        match rng.randrange(6):
            case 0:
                lines.insert(ix, rng.choice(lines))
            case 1:
                del lines[ix]
            case 2:
                lines[ix] = lines[ix][: rng.randint(0, len(lines[ix]))]
            case 3 if path.name not in ("node.csv", "link.csv"):
                path.unlink()
                continue
            case _:
                cells = lines[ix].split(",")
                cells[rng.randrange(len(cells))] = rng.choice(HOSTILE_CELLS)
                lines[ix] = ",".join(cells)
        path.write_bytes("\r\n".join(lines).encode())
    return folder


def _spoiled_file(path: Path, rng: Random) -> Path:
    write_geojson(_small_city(rng), path)
    document = json.loads(path.read_text(encoding="utf-8"))
    for _ in range(rng.choice((1, 1, 1, 2))):
        node: Any = document["ringfence"] if rng.random() < 0.2 else rng.choice(document["features"])
        while True:
            key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
            if isinstance(node[key], list | dict) and node[key] and rng.random() < 0.8:
                node = node[key]
                continue
            break
        if rng.random() < 0.3:
            del node[key]
        else:
            node[key] = rng.choice(HOSTILE_VALUES)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
