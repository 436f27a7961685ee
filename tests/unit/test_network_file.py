"""The network file: columns out and in again, the header, and files that lie about themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from blake3 import blake3
from hypothesis import HealthCheck, given, settings
from safetensors.numpy import load_file

from ringfence.base.errors import BadInput
from ringfence.network import read_network_file, write_network_file
from ringfence.network.city import City
from ringfence.network.city_check import check_city
from ringfence.network.texts import Texts
from tests.conftest import ROOT
from tests.property.cities import cities, differences, draw_city

CITY = draw_city(7, 40, 60, bans=5, addresses=9, sites=4)
CROSSED = replace(
    CITY,
    rail_crossing_segment_ix=np.array([3, 3, 59], dtype=np.int32),
    rail_crossing_offset_m=np.array([0, 7.5, 2], dtype=np.float32),
)


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_network_file(path)
    return caught.value.faults[0].code


@given(cities())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_city_comes_back_column_by_column(tmp_path: Path, city: City) -> None:
    written = write_network_file(city, tmp_path / "city.rfn")
    read = read_network_file(tmp_path / "city.rfn")
    assert differences(city, read) == []
    assert read.content_hash == written.content_hash != ""


def test_level_crossings_come_back(tmp_path: Path) -> None:
    write_network_file(CROSSED, tmp_path / "city.rfn")
    assert differences(read_network_file(tmp_path / "city.rfn"), CROSSED) == []
    assert check_city(CROSSED, "city.rfn") == []


def test_the_same_city_gives_the_same_bytes_and_another_an_other_hash(tmp_path: Path) -> None:
    one, two, other = tmp_path / "one.rfn", tmp_path / "two.rfn", tmp_path / "other.rfn"
    first = write_network_file(CITY, one)
    write_network_file(replace(CITY, content_hash="whatever it was before"), two)
    assert one.read_bytes() == two.read_bytes()
    licence = replace(CITY.origin, licence="other terms")
    assert write_network_file(replace(CITY, origin=licence), other).content_hash != first.content_hash


def test_columns_are_mapped_and_read_only(tmp_path: Path) -> None:
    write_network_file(CITY, tmp_path / "city.rfn")
    shape = read_network_file(tmp_path / "city.rfn").shape_e7
    with pytest.raises(ValueError, match="read-only"):
        shape[0, 0] = 1
    base: Any = shape
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)


def test_any_reader_of_safetensors_reads_the_columns(tmp_path: Path) -> None:
    write_network_file(CITY, tmp_path / "city.rfn")
    columns = load_file(tmp_path / "city.rfn")
    assert np.array_equal(columns["junction_e7"], CITY.junction_e7)
    assert bytes(columns["name.data"]).decode() == "".join(CITY.name)


def test_the_page_lists_every_column() -> None:
    """`docs/network-file.md` against the fields of `City`, in its tables."""
    page = (ROOT / "docs" / "network-file.md").read_text(encoding="utf-8")
    _, table = page.split("| table | columns |\n")
    listed = [name for row in table.split("\n\n")[0].splitlines()[1:] for name in re.findall(r"`(\w+)`", row)]
    columns = {field.name for field in fields(City)} - {"origin", "content_hash"}
    assert sorted(listed) == sorted(columns)


def test_the_header_says_what_the_page_says(tmp_path: Path) -> None:
    city = write_network_file(CITY, tmp_path / "city.rfn")
    header, data = parts(tmp_path / "city.rfn")
    about = json.loads(header.pop("__metadata__")["ringfence"])
    assert about["format"] == 2
    assert about["content"] == city.content_hash
    assert about["origin"]["licence"] == CITY.origin.licence
    assert about["origin"]["source_hash"] == CITY.origin.source_hash
    text = json.dumps([header, 2, about["origin"]], sort_keys=True, ensure_ascii=False)
    assert blake3(text.encode() + data).hexdigest() == city.content_hash


def test_every_byte_that_is_changed_or_cut_off_is_noticed(tmp_path: Path) -> None:
    whole, spoilt = tmp_path / "city.rfn", tmp_path / "spoilt.rfn"
    write_network_file(CITY, whole)
    data = whole.read_bytes()
    seed = np.random.default_rng(4)
    for at in [*range(0, 8), *seed.integers(8, len(data), 200).tolist()]:
        spoilt.write_bytes(data[:at] + bytes([data[at] ^ (1 << int(seed.integers(8)))]) + data[at + 1 :])
        with pytest.raises(BadInput):
            read_network_file(spoilt)
        spoilt.write_bytes(data[:at])
        with pytest.raises(BadInput):
            read_network_file(spoilt)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-a-network-file"),
        (b"1234567", "not-a-network-file"),
        (b"\xff" * 64, "not-a-network-file"),
        (b"\x02" + bytes(7) + b"{}", "not-a-network-file"),
        (b"\x02" + bytes(7) + b"[]", "not-a-network-file"),
        (b"\x40" + bytes(7) + b"[" * 64, "not-a-network-file"),
        (b"PK\x03\x04" + bytes(60), "not-a-network-file"),
    ],
)
def test_what_is_no_network_file_is_said_to_be_none(data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "odd.rfn").write_bytes(data)
    assert refusal(tmp_path / "odd.rfn") == code


def parts(path: Path) -> tuple[dict[str, Any], bytes]:
    """The header and the bytes behind it."""
    whole = path.read_bytes()
    end = 8 + int.from_bytes(whole[:8], "little")
    return json.loads(whole[8:end]), whole[end:]


def forge(path: Path, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """Change the columns' descriptions and what the header says of the file, and put in the checksum that fits."""
    header, data = parts(path)
    about = json.loads(header.pop("__metadata__")["ringfence"])
    change(header, about)
    text = json.dumps([header, about["format"], about.get("origin")], sort_keys=True, ensure_ascii=False)
    about["content"] = blake3(text.encode() + data).hexdigest()
    head = json.dumps({**header, "__metadata__": {"ringfence": json.dumps(about)}}).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + data)


def as_it_is(header: dict[str, Any], about: dict[str, Any]) -> None:
    """Nothing is changed."""


def later(header: dict[str, Any], about: dict[str, Any]) -> None:
    about["format"] = 3


def of_format_1(header: dict[str, Any], about: dict[str, Any]) -> None:
    about["format"] = 1
    for name in ("rail_crossing_segment_ix", "rail_crossing_offset_m"):
        del header[name]


def without_level_crossings(header: dict[str, Any], about: dict[str, Any]) -> None:
    del header["rail_crossing_segment_ix"]


def without_a_column(header: dict[str, Any], about: dict[str, Any]) -> None:
    del header["ban_mask"]


def of_another_type(header: dict[str, Any], about: dict[str, Any]) -> None:
    header["segment_forward"]["dtype"] = "I8"


def of_no_type(header: dict[str, Any], about: dict[str, Any]) -> None:
    header["segment_forward"]["dtype"] = "F8_E8M0"


def of_another_shape(header: dict[str, Any], about: dict[str, Any]) -> None:
    header["shape_e7"]["shape"] = header["shape_e7"]["shape"][::-1]


def out_of_bounds(header: dict[str, Any], about: dict[str, Any]) -> None:
    header["name.data"]["data_offsets"] = [0, 1 << 40]


def without_an_origin(header: dict[str, Any], about: dict[str, Any]) -> None:
    del about["origin"]


def with_half_an_edge(header: dict[str, Any], about: dict[str, Any]) -> None:
    about["origin"]["edge"] = "everywhere"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (later, "network-file-newer"),
        (without_a_column, "network-file-damaged"),
        (without_level_crossings, "network-file-damaged"),
        (of_another_type, "network-file-damaged"),
        (of_no_type, "network-file-damaged"),
        (of_another_shape, "bad-columns"),
        (out_of_bounds, "network-file-damaged"),
        (without_an_origin, "network-file-damaged"),
        (with_half_an_edge, "network-file-damaged"),
    ],
)
def test_a_forged_file_with_a_checksum_that_fits_is_refused(
    change: Callable[[dict[str, Any], dict[str, Any]], None], code: str, tmp_path: Path
) -> None:
    path = tmp_path / "city.rfn"
    write_network_file(CITY, path)
    forge(path, as_it_is)
    assert differences(read_network_file(path), CITY) == [], "forging as such is not what is noticed"
    forge(path, change)
    assert refusal(path) == code


def test_a_file_of_format_1_is_read_without_level_crossings(tmp_path: Path) -> None:
    """As the page promises: everything else is there, and the hash that plans know the city by stays."""
    path = tmp_path / "city.rfn"
    write_network_file(CROSSED, path)
    forge(path, of_format_1)
    header, _ = parts(path)
    city = read_network_file(path)
    assert differences(city, CROSSED) == ["rail_crossing_segment_ix", "rail_crossing_offset_m"]
    assert len(city.rail_crossing_segment_ix) == len(city.rail_crossing_offset_m) == 0
    assert city.content_hash == json.loads(header["__metadata__"]["ringfence"])["content"]
    write_network_file(city, tmp_path / "again.rfn")
    assert differences(read_network_file(tmp_path / "again.rfn"), city) == [], "and is written in the format of today"


def spoilt(name: str, at: int, value: float) -> City:
    column = getattr(CITY, name).copy()
    column[at] = value
    return replace(CITY, **{name: column})


def crossed(segments: list[int], offsets_m: list[float]) -> City:
    """The city with some level crossings."""
    return replace(
        CITY,
        rail_crossing_segment_ix=np.array(segments, dtype=np.int32),
        rail_crossing_offset_m=np.array(offsets_m, dtype=np.float32),
    )


@pytest.mark.parametrize(
    ("city", "found"),
    [
        (spoilt("segment_from_ix", 3, 40), "segment_from_ix"),
        (spoilt("segment_name_ix", 3, -2), "segment_name_ix"),
        (spoilt("ban_segment_ix", 0, 60), "ban_segment_ix"),
        (spoilt("ban_junction_ix", 0, -1), "ban_junction_ix"),
        (spoilt("ban_junction_ix", -1, 0), "ban_junction_ix"),
        (spoilt("address_segment_ix", 0, 60), "address_segment_ix"),
        (spoilt("site_kind_ix", 0, 200), "site_kind_ix"),
        (spoilt("address_offset_m", 2, np.nan), "address_offset_m"),
        (crossed([3, 60], [0, 0]), "rail_crossing_segment_ix"),
        (crossed([-1, 3], [0, 0]), "rail_crossing_segment_ix"),
        (crossed([4, 3], [0, 1]), "rail_crossing_segment_ix"),
        (crossed([3, 3], [2, 1]), "rail_crossing_offset_m"),
        (crossed([3, 4], [-1, 0]), "rail_crossing_offset_m"),
        (crossed([3, 4], [0, np.nan]), "rail_crossing_offset_m"),
        (crossed([3, 4], [0]), "rail_crossing_offset_m"),
        (spoilt("segment_forward", 0, 64), "segment_forward"),
        (spoilt("segment_backward", 0, 128), "segment_backward"),
        (spoilt("ban_mask", 0, 64), "ban_mask"),
        (spoilt("junction_blocked", 0, 128), "junction_blocked"),
        (spoilt("shape_start", 1, 1), "shape_start"),
        (spoilt("ban_start", 0, 1), "ban_start"),
        (spoilt("junction_e7", 0, 2_000_000_000), "junction_e7"),
        (spoilt("site_e7", 0, -2_000_000_000), "site_e7"),
        (replace(CITY, address_offset_m=CITY.address_offset_m[:-1]), "address_offset_m"),
        (replace(CITY, segment_kind_ix=CITY.segment_kind_ix.reshape(-1, 1)), "segment_kind_ix"),
        (replace(CITY, junction_id=Texts(CITY.junction_id.data[:-1], CITY.junction_id.starts)), "junction_id.starts"),
        (replace(CITY, kind=Texts(np.full(9, 0xFF, np.uint8), np.array([0, 3, 4, 5, 7, 9]))), "kind that is not UTF-8"),
        (
            replace(CITY, kind=Texts(Texts.of(["éé"]).data, np.array([0, 1, 2, 3, 4, 4]))),
            "kind that begins within a letter",
        ),
    ],
)
def test_columns_that_do_not_fit_together_are_named(city: City, found: str) -> None:
    faults = check_city(city, "city.rfn")
    assert faults, found
    assert any(found in fault.found for fault in faults), faults
    assert {fault.code for fault in faults} == {"bad-columns"}


@given(cities())
@settings(max_examples=60, deadline=None)
def test_no_sound_city_is_faulted(city: City) -> None:
    assert check_city(city, "city.rfn") == []


WORDS = ["", "w1", "東大通り", "", "Rue de l'École", "two\0words", "plain", "\0", "é", "end"]


@pytest.mark.parametrize("texts", [WORDS, [one for one in WORDS if "\0" not in one], [""] * 5, ["a"] * 9, []])
def test_texts_are_taken_as_they_were_put_in(texts: list[str]) -> None:
    """Few of many and all of them are picked in different ways; empty ones and the mark between texts are no matter."""
    column = Texts.of(texts * 7)
    assert list(column) == texts * 7
    for ix, text in enumerate(texts * 7):
        assert column.take(np.array([ix])) == (text,)
    rng = np.random.default_rng(3)
    for count in (0, 2, len(texts), 5 * len(texts)):
        which = rng.integers(0, max(len(column), 1), count if texts else 0)
        assert column.take(which) == tuple((texts * 7)[ix] for ix in which.tolist())
