"""Files of other make, the defaults they get, faults by line, and writing whole or not at all."""

from __future__ import annotations

import csv
import errno
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ringfence.base.errors import BadInput
from ringfence.base.traffic import ALL_CLASSES, VehicleClass
from ringfence.exchange import read_geojson, read_gmns, write_geojson, write_gmns
from ringfence.exchange.report import FAULTS_MAX
from ringfence.network.city import City
from tests.property.cities import differences, draw_city

WRITERS: dict[str, Callable[[City, Path], None]] = {"gmns": write_gmns, "geojson": write_geojson}
CAR, FOOT, EMERGENCY = VehicleClass.CAR.bit, VehicleClass.FOOT.bit, VehicleClass.EMERGENCY.bit

NODES = "node_id,x_coord,y_coord\n1,174.7770,-41.2780\n2,174.7780,-41.2780\n3,174.7790,-41.2790\n"


@pytest.fixture
def city() -> City:
    return draw_city(7, 6, 10, bans=5, addresses=4, sites=3)


@pytest.fixture
def tables(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of GMNS tables from texts."""

    def make(link: str, node: str = NODES, **others: str) -> Path:
        folder = tmp_path / "gmns"
        folder.mkdir()
        for name, text in {"node": node, "link": link, **others}.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def streets(tmp_path: Path) -> Callable[..., Path]:
    """Makes a GeoJSON file of features, each given as its properties, coordinates and other members."""

    def make(*features: tuple[dict[str, Any], Any, dict[str, Any]], **members: Any) -> Path:
        path = tmp_path / "streets.geojson"
        drawn = [
            {"type": "Feature", "properties": said, "geometry": {"type": "LineString", "coordinates": line}, **more}
            for said, line, more in features
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": drawn, **members}), encoding="utf-8")
        return path

    return make


def codes(refusal: pytest.ExceptionInfo[BadInput]) -> list[str]:
    return [fault.code for fault in refusal.value.faults]


# GMNS of other make


def test_tables_without_our_columns_get_the_documented_defaults(tables: Callable[..., Path]) -> None:
    city = read_gmns(tables("link_id,from_node_id,to_node_id,directed\n10,1,2,false\n11,2,3,true\n"))
    assert list(city.junction_id) == ["1", "2", "3"]
    assert list(city.segment_id) == ["10", "11"]
    assert city.segment_forward.tolist() == [ALL_CLASSES, ALL_CLASSES]
    assert city.segment_backward.tolist() == [ALL_CLASSES, 0]
    assert city.segment_physical.all()
    assert list(city.kind) == ["road"]
    assert city.shape_e7[:2].tolist() == city.junction_e7[:2].tolist(), "a straight line where none is drawn"
    assert city.junction_clipped.all(), "within 100 m of the estimated edge, everything may go on"
    assert not city.origin.edge_stated
    assert len(city.origin.source_hash) == 64


def test_two_directed_links_of_one_street_are_one_segment_that_one_barrier_closes(tables: Callable[..., Path]) -> None:
    city = read_gmns(
        tables(
            "link_id,name,from_node_id,to_node_id,directed,geometry,allowed_uses,lanes\n"
            '10,Hill Street,1,2,1,"LINESTRING (174.777 -41.278, 174.7775 -41.2781, 174.778 -41.278)",auto,2\n'
            '11,Hill Street,2,1,1,"LINESTRING (174.778 -41.278, 174.7775 -41.2781, 174.777 -41.278)","auto,walk",1\n'
            "12,Other Street,2,1,1,,auto,\n",
            use_definition="use\nauto\nemergency\nwalk\n",
        )
    )
    assert list(city.segment_id) == ["10", "12"]
    assert city.segment_forward.tolist() == [CAR, CAR]
    assert city.segment_backward.tolist() == [CAR | FOOT, 0]
    assert city.segment_lanes.tolist() == [3, 0]


def test_uses_and_groups_and_units_of_the_folder_are_heeded(tables: Callable[..., Path]) -> None:
    city = read_gmns(
        tables(
            "link_id,from_node_id,to_node_id,directed,facility_type,allowed_uses,free_speed,lanes\n"
            "a,1,2,false,primary,GP,30,2\nb,2,3,true,footway,,NaN,\nc,1,3,false,rail,train,,\n",
            use_group='use_group,uses\ngp,"AUTO,bike"\n',
            config="dataset_name,speed,crs\nTown,mph,EPSG:4326\n",
        )
    )
    assert city.segment_forward.tolist() == [CAR | EMERGENCY | VehicleClass.BICYCLE.bit, FOOT, 0]
    assert city.segment_maxspeed_kmh.tolist() == [48, 0, 0]
    assert city.segment_lanes.tolist() == [4, 0, 0], "GMNS counts lanes in each direction"
    assert city.origin.source == "Town"
    assert city.origin.left_out == (("use that is no vehicle class", 1),)


def test_movements_bind_the_uses_that_they_do_not_allow(tables: Callable[..., Path]) -> None:
    city = read_gmns(
        tables(
            "link_id,from_node_id,to_node_id,directed\n10,1,2,false\n11,2,3,true\n",
            movement="mvmt_id,node_id,ib_link_id,ob_link_id,type,allowed_uses\n"
            "1,2,10,11,left,\n2,2,10,10,uturn,none\n3,2,10,11,left,walk\n",
        )
    )
    assert city.ban_segment_ix.tolist() == [0, 0, 0, 1]
    assert city.ban_junction_ix.tolist() == [1, -1, 1, -1]
    assert city.ban_mask.tolist() == [ALL_CLASSES, ALL_CLASSES & ~FOOT]


def test_a_line_drawn_backwards_or_short_of_its_node_is_mended(tables: Callable[..., Path]) -> None:
    city = read_gmns(
        tables(
            "link_id,from_node_id,to_node_id,directed,geometry_id,dir_flag\n10,1,2,true,g,-1\n11,1,2,true,h,\n",
            geometry='geometry_id,geometry\ng,"LINESTRING (174.7779 -41.278, 174.7770 -41.278)"\n'
            'h,"linestring z (174.7780 -41.278 5, 174.7775 -41.2779 5, 174.7770 -41.278 5)"\n',
        )
    )
    first, second = (city.shape_e7[city.shape_start[ix] : city.shape_start[ix + 1]] for ix in (0, 1))
    assert first[:, 0].tolist() == [1_747_770_000, 1_747_779_000, 1_747_780_000]
    assert second[:, 0].tolist() == [1_747_770_000, 1_747_775_000, 1_747_780_000]
    assert second[0].tolist() == city.segment_box_e7[1, [0, 1]].tolist()


def test_every_fault_of_every_table_is_told_at_once_by_line(tables: Callable[..., Path]) -> None:
    folder = tables(
        "link_id,from_node_id,to_node_id,directed,geometry\n"
        '10,1,9,perhaps,"LINESTRING (0 0, 1)"\n'
        "10,1,2,true,\n"
        '12,1,2,true,"LINESTRING (9 9, 9.1 9)"\n'
        "13,1,1,true,\n14,1\n",
        node="node_id,x_coord,y_coord\n1,174.7770,-41.2780\n2,174.7780,NaN\n\x1b[2J,0,0\n1,0,91\n",
        config="crs\nEPSG:2193\n",
    )
    with pytest.raises(BadInput) as refusal:
        read_gmns(folder)
    told = {(fault.code, fault.where) for fault in refusal.value.faults}
    assert {
        ("unknown-unit", "config.csv line 2, crs"),
        ("bad-number", "node.csv line 3, y_coord"),
        ("bad-id", "node.csv line 4, node_id"),
        ("bad-number", "node.csv line 5, y_coord"),
        ("id-twice", "node.csv line 5"),
        ("unknown-node", "link.csv line 2, to_node_id"),
        ("bad-choice", "link.csv line 2, directed"),
        ("bad-line", "link.csv line 2, geometry"),
        ("id-twice", "link.csv line 3"),
        ("line-off-junction", "link.csv line 4"),
        ("no-length", "link.csv line 5"),
        ("wrong-cell-count", "link.csv line 6"),
    } <= told


def test_the_line_of_a_fault_counts_line_feeds_inside_cells(tables: Callable[..., Path]) -> None:
    with pytest.raises(BadInput) as refusal:
        read_gmns(tables('link_id,name,from_node_id,to_node_id,directed\n10,"a\nb\nc",1,2,true\n11,d,1,8,true\n'))
    assert [fault.where for fault in refusal.value.faults] == ["link.csv line 5, to_node_id"]


def test_a_thousand_faults_are_fifty_and_a_count(tables: Callable[..., Path]) -> None:
    links = "".join(f"{number},x,y,true\n" for number in range(500))
    with pytest.raises(BadInput) as refusal:
        read_gmns(tables("link_id,from_node_id,to_node_id,directed\n" + links))
    assert len(refusal.value.faults) == FAULTS_MAX + 1
    assert refusal.value.faults[-1].found == "950 more like these"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda folder: (folder / "node.csv").unlink(), "missing-file"),
        (lambda folder: (folder / "link.csv").write_bytes(b"\xff\xfe"), "not-utf8"),
        (lambda folder: (folder / "link.csv").write_text('link_id,"'), "bad-csv"),
        (lambda folder: (folder / "link.csv").write_text("link_id,link_id\n"), "bad-header"),
        (lambda folder: (folder / "link.csv").write_text("x" * (17 << 20)), "bad-csv"),
        (
            lambda folder: (folder / "rf_ban.csv").write_text("ban,seq,segment,node_id,classes\n1,2,w1-0,,all\n"),
            "bad-chain",
        ),
        (lambda folder: (folder / "rf_city.csv").write_text("key,text,number\nedge,west,1\n"), "bad-edge"),
        (
            lambda folder: (folder / "rf_city.csv").write_text(f"key,text,number\nlicence,{'x' * (10 << 20)},\n"),
            "too-long",
        ),
    ],
)
def test_a_broken_table_is_named(city: City, tmp_path: Path, spoil: Callable[[Path], object], code: str) -> None:
    write_gmns(city, tmp_path / "gmns")
    spoil(tmp_path / "gmns")
    with pytest.raises(BadInput) as refusal:
        read_gmns(tmp_path / "gmns")
    assert code in codes(refusal)


def test_the_two_rows_of_a_segment_must_agree(city: City, tmp_path: Path) -> None:
    write_gmns(city, tmp_path / "gmns")
    path = tmp_path / "gmns" / "link.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    back = next(row for row in rows if row[0].endswith("~back"))
    back[1] = "Another Street"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(BadInput) as refusal:
        read_gmns(tmp_path / "gmns")
    assert codes(refusal) == ["sides-disagree"]


# What other programs see in what we write


def test_links_say_in_the_standard_columns_alone_who_may_go_which_way(city: City, tmp_path: Path) -> None:
    write_gmns(city, tmp_path / "gmns")
    with (tmp_path / "gmns" / "link.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [*(one.value for one in VehicleClass)]
    seen: set[tuple[str, str, str, str]] = set()
    for row in rows:
        uses = {"all": names, "none": []}.get(row["allowed_uses"]) or row["allowed_uses"].replace("none", "").split(",")
        segment = row["link_id"].removesuffix("~back")
        for use in filter(None, uses):
            seen.add((segment, row["from_node_id"], row["to_node_id"], use))
            if row["directed"] == "false":
                seen.add((segment, row["to_node_id"], row["from_node_id"], use))
    nodes, expected = list(city.junction_id), set()
    for ix, segment in enumerate(city.segment_id):
        a, b = nodes[city.segment_from_ix[ix]], nodes[city.segment_to_ix[ix]]
        for one in VehicleClass:
            if city.segment_forward[ix] & one.bit:
                expected.add((segment, a, b, one.value))
            if city.segment_backward[ix] & one.bit:
                expected.add((segment, b, a, one.value))
    assert seen == expected


def test_movements_name_the_link_that_arrives_and_the_one_that_leaves(tmp_path: Path) -> None:
    city = draw_city(3, 20, 60, bans=200)
    write_gmns(city, tmp_path / "gmns")
    links, movements = (
        list(csv.DictReader((tmp_path / "gmns" / name).open(encoding="utf-8", newline="")))
        for name in ("link.csv", "movement.csv")
    )
    by_id = {row["link_id"]: row for row in links}
    two_rows = {row["rf_segment"] for row in links if row["link_id"].endswith("~back")}
    checked = 0
    for row in movements:
        inbound, outbound = by_id[row["ib_link_id"]], by_id[row["ob_link_id"]]
        for link, end in ((inbound, "to_node_id"), (outbound, "from_node_id")):
            if link["rf_segment"] in two_rows:  # others have one link only, whichever way it goes
                assert link[end] == row["node_id"]
                checked += 1
    assert checked > 20


def test_geojson_is_plain_json_with_the_licence_and_seven_decimals(city: City, tmp_path: Path) -> None:
    write_geojson(city, tmp_path / "city.geojson")
    text = (tmp_path / "city.geojson").read_text(encoding="utf-8")
    document = json.loads(text)
    assert document["type"] == "FeatureCollection"
    assert document["licence"] == city.origin.licence
    lines = [one for one in document["features"] if one["geometry"]["type"] == "LineString"]
    assert [one["id"] for one in lines] == list(city.segment_id)
    assert f"{city.junction_e7[0, 0] / 1e7:.7f}" in text


# GeoJSON of other make


def test_a_plain_street_file_is_read_with_the_documented_defaults(streets: Callable[..., Path]) -> None:
    a, b, c, d = [0.0, 0.0], [0.001, 0.0], [0.001, 0.00100000004], [0.0005, 0.001]
    city = read_geojson(
        streets(
            ({"name": "A", "highway": "residential", "oneway": "yes"}, [a, b], {"id": "way/12"}),
            ({"name": None, "oneway": -1}, [b, c], {}),
            ({"highway": "footway"}, [[0.001, 0.001], d, a], {"id": 7}),
            ({"highway": "motorway", "oneway": "often"}, [a, d], {}),
            ({}, [a, b, d], {"geometry": {"type": "Point", "coordinates": a}}),
            copyright="© somebody",
        )
    )
    assert list(city.segment_id) == ["way-12", "s2", "7", "s4"]
    assert list(city.junction_id) == ["j1", "j2", "j3", "j4"], "ends within 1e-7 degrees are one junction"
    assert list(zip(city.segment_from_ix.tolist(), city.segment_to_ix.tolist(), strict=True)) == [
        *((0, 1), (1, 2), (2, 0), (0, 3))
    ], "the point in the middle of the footway is no junction"
    motor = ALL_CLASSES & ~FOOT & ~VehicleClass.BICYCLE.bit
    assert city.segment_forward.tolist() == [ALL_CLASSES, FOOT, FOOT, motor]
    assert city.segment_backward.tolist() == [FOOT, ALL_CLASSES, FOOT, motor]
    assert city.segment_name_ix.tolist() == [0, -1, -1, -1]
    assert city.origin.licence == "© somebody"
    assert dict(city.origin.left_out) == {"oneway with an unknown value": 1, "feature that is no line": 1}


def test_each_part_of_a_multilinestring_is_a_segment(streets: Callable[..., Path]) -> None:
    parts = [[[0, 0], [1, 0]], [[1, 0], [1, 1]]]
    geometry = {"type": "MultiLineString", "coordinates": parts}
    city = read_geojson(streets(({"name": "A"}, None, {"id": "a", "geometry": geometry})))
    assert list(city.segment_id) == ["a", "a.2"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, "bad-json"),
        ('{"a":' * 100_000, "bad-json"),
        ('{"type": NaN}', "bad-json"),
        ("9" * 5_000, "bad-json"),
        ("{\n\n,", "bad-json"),
        ("null", "bad-json"),
        ('{"type":"FeatureCollection"}', "no-features"),
        ('{"type":"FeatureCollection","features":[]}', "no-segments"),
        ('{"type":"FeatureCollection","features":[7]}', "bad-feature"),
        ('{"type":"FeatureCollection","ringfence":{"format":2},"features":[]}', "unknown-format"),
        ('{"type":"FeatureCollection","features":[],"licence":"\\ud800"}', "not-unicode"),
    ],
)
def test_broken_geojson_is_named(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "streets.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refusal:
        read_geojson(path)
    assert code in codes(refusal)


def test_the_line_of_broken_json_is_told(tmp_path: Path) -> None:
    (tmp_path / "streets.geojson").write_text('{\n"type":\n}', encoding="utf-8")
    with pytest.raises(BadInput, match=r"streets\.geojson line 3"):
        read_geojson(tmp_path / "streets.geojson")


@pytest.mark.parametrize("name", ["x" * (10 << 20), "\ud83d", 7, {"a": 1}])
def test_a_name_that_cannot_be_held_is_refused(streets: Callable[..., Path], name: object) -> None:
    with pytest.raises(BadInput) as refusal:
        read_geojson(streets(({"name": name}, [[0, 0], [1, 1]], {})))
    assert len(refusal.value.faults) == 1
    assert "feature 1, name" in refusal.value.faults[0].where


def add_blank_alias(city: City, written: Path) -> None:
    """An empty further name for the first segment."""
    if written.is_dir():
        with (written / "rf_alias.csv").open("a", newline="", encoding="utf-8") as table:
            table.write(f"{city.segment_id[0]},\r\n")
        return
    document = json.loads(written.read_text(encoding="utf-8"))
    first = next(one for one in document["features"] if one["properties"]["ringfence"] == "segment")
    first["properties"]["aliases"].append("")
    written.write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.parametrize("form", WRITERS)
def test_an_empty_further_name_names_nothing(city: City, tmp_path: Path, form: str) -> None:
    written = tmp_path / "city.geojson"
    WRITERS[form](city, written)
    add_blank_alias(city, written)
    read = read_gmns(written) if form == "gmns" else read_geojson(written)
    assert differences(read, city) == []


def test_a_file_of_ours_that_lost_its_head_is_not_taken_for_a_plain_one(city: City, tmp_path: Path) -> None:
    path = tmp_path / "city.geojson"
    write_geojson(city, path)
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["ringfence"]
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(BadInput) as refusal:
        read_geojson(path)
    assert codes(refusal) == ["unknown-format"]


# Writing


@pytest.mark.parametrize("form", WRITERS)
def test_nothing_that_is_there_is_overwritten(city: City, tmp_path: Path, form: str) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("mine")
    folder.mkdir()
    for place in (file, folder):
        with pytest.raises(BadInput) as refusal:
            WRITERS[form](city, place)
        assert codes(refusal) == ["already-there"]
    assert file.read_text() == "mine"
    assert sorted(tmp_path.iterdir()) == [file, folder]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("form", WRITERS)
def test_a_missing_folder_is_cannot_write(city: City, tmp_path: Path, form: str) -> None:
    with pytest.raises(BadInput) as refusal:
        WRITERS[form](city, tmp_path / "nowhere" / "city")
    assert codes(refusal) == ["cannot-write"]


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("call", range(3))
def test_a_disk_that_fills_at_any_sync_leaves_nothing(
    city: City, tmp_path: Path, form: str, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter(range(100))

    def sync(_: int) -> None:
        if next(calls) == min(call, 0 if form == "geojson" else call):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(BadInput) as refusal:
        WRITERS[form](city, tmp_path / "city")
    assert codes(refusal) == ["cannot-write"]
    assert "No space left" in refusal.value.faults[0].found
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
@pytest.mark.parametrize("form", WRITERS)
def test_a_write_that_the_system_cuts_short_leaves_nothing(tmp_path: Path, form: str) -> None:
    program = f"""
        import pathlib, resource, signal, sys
        from ringfence.base.errors import BadInput
        from ringfence.exchange import write_geojson, write_gmns
        from tests.property.cities import draw_city
        city = draw_city(1, 500, 900)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            write_{form}(city, pathlib.Path(sys.argv[1]) / "city")
        except BadInput as error:
            print(error.faults[0].code)
    """
    done = subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(program), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.stdout.strip() == "cannot-write"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", WRITERS)
def test_a_file_system_without_links_is_written_to_as_well(
    city: City, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", link)
    WRITERS[form](city, tmp_path / "city")
    assert [path.name for path in tmp_path.iterdir()] == ["city"]


def test_a_line_longer_than_csv_cells_usually_are_comes_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    line = np.cumsum(rng.integers(1, 9, (20_000, 2)), axis=0) / 1e7
    path = tmp_path / "long.geojson"
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": line.tolist()}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    city = read_geojson(path)
    write_gmns(city, tmp_path / "gmns")
    assert differences(city, read_gmns(tmp_path / "gmns")) == []
