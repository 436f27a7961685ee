"""The exports of a plan: list, GeoJSON and sheets lose nothing, let no name act, and are the same each time."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
import math
import os
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pypdf import PdfReader
from rich.console import Console

from ringfence.base.errors import BadInput, Fault
from ringfence.base.measures import Burden, Measure
from ringfence.base.traffic import Threat, VehicleClass
from ringfence.model.answers import DrivenPath
from ringfence.model.plans import CannotClose, Certificate, Demands, Plan, PlannedBarrier, Weights
from ringfence.network import Area, read_area
from ringfence.operation import Operation, open_operation
from ringfence.report.board import plan_board
from ringfence.report.crew_map import HEIGHT_PT, RADIUS_PT, WIDTH_PT, draw_crew_map
from ringfence.report.crew_sheets import crew_sheets_pdf, proof_line
from ringfence.report.crews import SPOT_M, split_among_crews
from ringfence.report.install_list import COLUMNS, install_list, install_list_csv
from ringfence.report.plan_geojson import plan_geojson, plan_geojson_bytes, site_numbers
from ringfence.report.words import letter

ROOT = Path(__file__).parents[2]
HOSTILE = (
    '#panic("boom")',
    '#read("pyproject.toml")',
    '#eval("1+1") $x^2$ *b* _i_ `r`',
    "\\ \\u{41} ~ -- ... // /* */",
    "\" ' ] } ) [#{(",
    "@ref <label> #label",
    '<script>alert("1")</script>',
)
FORMULAS = (
    "=1+2",
    "+1",
    "-1+2",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    ' "=1',
    "Rua; =1",
    "a,=1",
)
LONG_WAY_FROM_HOME = ("Te Ara o Wairēpō", "Rua de São João, à Sé", "Ōtāhuhu ŵ Ḿ ẞ Łódź Çalışkan", "Улица Ленина")


@cache
def example() -> Operation:
    return open_operation(ROOT / "examples" / "wellington-2022")


@cache
def barriers() -> tuple[PlannedBarrier, ...]:
    """The arms of the eight places, as if a plan had found them; one of them stands already."""
    operation = example()
    found: list[PlannedBarrier] = []
    for barrier in operation.barriers:
        for arm in barrier.arms:
            ix = operation.network.find_segment(arm.segment)
            assert ix is not None
            lon, lat = operation.network.point_at(ix, arm.offset_m)
            number = len(found)
            found.append(
                PlannedBarrier(
                    id=f"{arm.segment}#{number}",
                    place=f"Place {number:02d}: {barrier.name}",
                    lon=round(lon, 6),
                    lat=round(lat, 6),
                    segment=arm.segment,
                    offset_m=arm.offset_m,
                    inside=arm.inside,
                    streets=(operation.network.segment_names[ix] or "a nameless lane",),
                    inferred=False,
                    fixed=number == 4,
                    blocks=2 + number % 3,
                    staff=2,
                    width_m=7.5 if number % 2 else None,
                    notes=("Leave 1.5 m clear",) if number % 2 else (),
                )
            )
    return tuple(found)


def plan_of(given: Sequence[PlannedBarrier], **fields: object) -> Plan:
    operation = example()
    certificate = Certificate(
        kind="disjoint_paths",
        network=operation.network.hash,
        area=operation.area.hash,
        limit=operation.area.limit_hash,
        threat=Threat.DETERMINED,
        vehicle_class=VehicleClass.CAR,
        closable="0",
        demands=Demands(must=frozenset({"b", "a", "c"})),
        cut=tuple(barrier.id for barrier in given),
        lower_bound=len(given),
        paths=(),
    )
    plan = Plan(
        threat=Threat.DETERMINED,
        vehicle_class=VehicleClass.CAR,
        possible=True,
        measure=Measure.ARMS,
        cost=sum(not barrier.fixed for barrier in given),
        lower_bound=sum(not barrier.fixed for barrier in given),
        optimal=True,
        arms=sum(not barrier.fixed for barrier in given),
        sites=8,
        blocks=sum(barrier.blocks for barrier in given if not barrier.fixed),
        staff=sum(barrier.staff for barrier in given if not barrier.fixed),
        enclosed_street_m=4000.0,
        enclosed_addresses=None,
        through=0,
        barriers=tuple(given),
        certificate=certificate,
    )
    return plan.model_copy(update=fields)


@cache
def plan() -> Plan:
    return plan_of(barriers())


def named(names: Sequence[str]) -> Plan:
    """The plan with other words in it."""
    words = itertools.cycle(names)
    return plan_of([one.model_copy(update={"place": next(words), "notes": (next(words),)}) for one in barriers()])


def impossible() -> Plan:
    way = DrivenPath(
        streets=("Molesworth Street",), length_m=90.0, coordinates=((174.77, -41.27), (174.78, -41.28)), steps=()
    )
    why = (CannotClose(arm="molesworth-street-3", street="Molesworth Street", why="on a ramp"),)
    return plan_of(
        (), possible=False, optimal=False, cost=0, lower_bound=0, certificate=None, witness=way, cannot_close=why
    )


def table(data: bytes, delimiter: str = ",") -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")  # without it, spreadsheets take UTF-8 for another code
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True, delimiter=delimiter))


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without line breaks and the spaces that let long words break."""
    return [re.sub(r"\s+", " ", page.extract_text().replace("\u200b", "")) for page in PdfReader(io.BytesIO(pdf)).pages]


def codes(error: pytest.ExceptionInfo[BadInput]) -> set[str]:
    return {fault.code for fault in error.value.faults}


# --- crews


def scattered(count: int, seed: int) -> list[PlannedBarrier]:
    chance = random.Random(seed)
    base = barriers()[0]
    return [
        base.model_copy(
            update={
                "id": f"b{number}",
                "lon": round(174.77 + chance.random() / 100, 6),
                "lat": round(-41.28 + chance.random() / 100, 6),
                "blocks": chance.randint(1, 8),
                "fixed": chance.random() < 0.2,
            }
        )
        for number in range(count)
    ]


def metres(one: PlannedBarrier, other: PlannedBarrier) -> float:
    east = (one.lon - other.lon) * 111_320 * math.cos(math.radians(one.lat))
    return math.hypot(east, (one.lat - other.lat) * 110_950)


def work(run: Sequence[PlannedBarrier]) -> int:
    return sum(1 if barrier.fixed else 1 + barrier.blocks for barrier in run)


@pytest.mark.parametrize("seed", range(12))
def test_no_other_cut_of_the_same_trip_shares_the_work_more_evenly(seed: int) -> None:
    chance = random.Random(seed)
    given = scattered(chance.randint(2, 9), seed)
    crews = chance.randint(1, len(given))
    runs = split_among_crews(plan_of(given), crews)
    trip = [barrier for run in runs for barrier in run]
    assert sorted(barrier.id for barrier in trip) == sorted(barrier.id for barrier in given)
    assert len(runs) == crews
    assert all(runs)
    spots = [0, *(at for at in range(1, len(trip)) if metres(trip[at - 1], trip[at]) >= SPOT_M)]
    cuts = spots[1:] if len(spots) >= crews else range(1, len(trip))
    least = min(
        sum(work(trip[start:end]) ** 2 for start, end in itertools.pairwise([0, *chosen, len(trip)]))
        for chosen in itertools.combinations(cuts, crews - 1)
    )
    assert sum(work(run) ** 2 for run in runs) == least


@pytest.mark.parametrize("seed", range(6))
def test_no_stretch_of_the_trip_is_shorter_the_other_way_round(seed: int) -> None:
    given = scattered(25, seed)
    (trip,) = split_among_crews(plan_of(given), 1)
    legs = [metres(one, other) for one, other in itertools.pairwise([*trip, trip[0]])]
    for first, last in itertools.combinations(range(len(trip)), 2):
        before, after = trip[first - 1], trip[(last + 1) % len(trip)]
        as_it_is = legs[first - 1] + legs[last]
        assert metres(before, trip[last]) + metres(trip[first], after) > as_it_is - 2 or last - first == len(trip) - 1
    assert legs[-1] == max(legs)  # what is left undriven
    corners = [(one.lon, one.lat) for one in trip]
    assert signed_area([*corners, corners[0]]) < 0  # clockwise


def test_shares_do_not_depend_on_the_order_of_the_plan() -> None:
    given = scattered(20, 1)
    shuffled = random.Random(2).sample(given, len(given))
    assert split_among_crews(plan_of(given), 4) == split_among_crews(plan_of(shuffled), 4)


def test_arms_of_one_place_go_to_one_crew() -> None:
    """The three carriageways of Lambton Quay lie metres apart."""
    for crews in (2, 3, 4):
        runs = split_among_crews(plan(), crews)
        assert (
            len({crew for crew, run in enumerate(runs) for one in run if one.id in {b.id for b in barriers()[6:9]}})
            == 1
        )


def test_more_crews_than_barriers_leave_no_crew_idle_and_no_crew_is_refused() -> None:
    runs = split_among_crews(plan(), 50)
    assert [len(run) for run in runs] == [1] * len(barriers())
    assert split_among_crews(impossible(), 3) == ()
    with pytest.raises(BadInput) as error:
        split_among_crews(plan(), 0)
    assert codes(error) == {"bad-crews"}


# --- the list


def test_list_parses_back_with_every_barrier_once_in_order() -> None:
    header, *rows = table(install_list_csv(example(), plan(), 3))
    assert tuple(header) == COLUMNS
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    assert [int(row["order"]) for row in cells] == list(range(1, len(barriers()) + 1))
    assert [int(row["crew"]) for row in cells] == sorted(int(row["crew"]) for row in cells)
    assert {int(row["crew"]) for row in cells} == {1, 2, 3}
    by_id = {row["barrier"]: row for row in cells}
    for position, barrier in enumerate(barriers()):
        row = by_id[barrier.id]
        assert row["letter"] == letter(position)
        assert row["place"] == barrier.place
        assert (float(row["lon_deg"]), float(row["lat_deg"])) == (barrier.lon, barrier.lat)
        assert (row["segment"], float(row["offset_m"])) == (barrier.segment, barrier.offset_m)
        assert row["width_m"] == ("" if barrier.width_m is None else str(barrier.width_m))
        assert row["notes"] == "; ".join(barrier.notes)
        assert int(row["staff"]) == (0 if barrier.fixed else barrier.staff)
        there = ("already there", 0) if barrier.fixed else (f"{barrier.blocks} blocks", barrier.blocks)
        assert (row["what"], int(row["blocks"])) == there


def test_list_ends_its_lines_as_rfc_4180_says() -> None:
    text = install_list_csv(example(), plan()).decode("utf-8-sig")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")


def test_inside_is_where_parliament_lies() -> None:
    inside = {row.barrier.place.split(": ")[1]: row.inside for row in install_list(example(), plan())}
    assert inside["Molesworth Street near Pipitea Street"] == "south"
    assert inside["Hill Street near Guildford Terrace"] == "east"
    assert inside["Kate Sheppard Place at Mulgrave Street"] == "west"


def test_inside_follows_the_street_to_the_end_that_the_plan_names() -> None:
    network = example().network
    turned = [one.model_copy(update={"inside": "from" if one.inside == "to" else "to"}) for one in barriers()]
    for there, back in zip(install_list(example(), plan()), install_list(example(), plan_of(turned)), strict=True):
        assert (there.bearing - back.bearing) % 360 == pytest.approx(180)
        ix = network.find_segment(there.barrier.segment)
        assert ix is not None
        step = there.barrier.offset_m + (1 if there.barrier.inside == "to" else -1)
        line: shapely.LineString = network.lines[ix]
        here, inward = line.interpolate(there.barrier.offset_m), line.interpolate(step)
        towards = math.degrees(math.atan2(inward.x - here.x, inward.y - here.y)) % 360
        assert math.cos(math.radians(there.bearing - towards)) > 0.99


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_of_the_list_is_a_formula_to_any_spreadsheet(delimiter: str) -> None:
    """Whatever a spreadsheet takes for the end of a cell, none begins with what begins a formula; figures stay."""
    data = install_list_csv(example(), named(FORMULAS))
    number = re.compile(r"-?\d+(\.\d+)?")
    text = data.decode("utf-8-sig")
    cells = [cell for line in text.splitlines() for cell in line.split(delimiter)]
    if delimiter == ",":
        cells = [cell for row in table(data) for cell in row]
        assert any(cell.startswith("-41.") for cell in cells)
    for cell in cells:
        plain = cell.strip() if delimiter == "," else cell.strip().strip('"').strip()
        assert number.fullmatch(plain) or not plain.startswith(tuple("=+-@\t\r\n＝＋－＠")), cell
    assert len(table(data)) == 1 + len(barriers())


def test_list_of_a_plan_that_is_impossible_is_a_header() -> None:
    assert table(install_list_csv(example(), impossible())) == [list(COLUMNS)]


# --- GeoJSON


def features(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for one in document["features"] if one["properties"]["ringfence"] == kind]


def test_geojson_parses_back_and_holds_all_that_the_plan_says_of_each_barrier() -> None:
    document = json.loads(plan_geojson_bytes(example(), plan(), 3))
    assert document == plan_geojson(example(), plan(), 3)
    assert document["type"] == "FeatureCollection"
    order = {row.barrier.id: (row.order, row.crew, row.letter) for row in install_list(example(), plan(), 3)}
    points = features(document, "barrier")
    assert [point["id"] for point in points] == [barrier.id for barrier in barriers()]
    for point, barrier in zip(points, barriers(), strict=True):
        about = point["properties"]
        assert point["geometry"] == {"type": "Point", "coordinates": [barrier.lon, barrier.lat]}
        said = barrier.model_dump(mode="json", exclude={"id", "lon", "lat"})
        takes = {"blocks": 0, "staff": 0} if barrier.fixed else {}  # what stands already is free of charge
        assert {key: about[key] for key in said} == {**said, **takes}
        assert (about["site"] is None) == barrier.fixed
        assert (about["order"], about["crew"], about["letter"]) == order[barrier.id]
        assert (about["width_assumed_m"] is None) == (barrier.width_m is not None)
    ids = [one["id"] for one in document["features"]]
    assert len(set(ids)) == len(ids)


def test_line_stands_across_the_street_as_wide_as_it_is_with_the_inside_beyond() -> None:
    network = example().network
    lines = features(plan_geojson(example(), plan()), "barrier_line")
    for line, row in zip(lines, sorted(install_list(example(), plan()), key=lambda row: row.letter), strict=True):
        left, right = network.projection.to_metres(np.array(line["geometry"]["coordinates"]))
        along = np.array([math.sin(math.radians(row.bearing)), math.cos(math.radians(row.bearing))])
        across = right - left
        assert abs(across @ along) < 0.02 * np.hypot(*across)
        assert across[0] * along[1] - across[1] * along[0] > 0  # looking in, it runs from left to right
        if row.barrier.width_m is not None:
            assert np.hypot(*across) == pytest.approx(row.barrier.width_m, abs=0.05)
        middle = network.projection.to_lonlat(((left + right) / 2)[None, :])[0]
        assert middle == pytest.approx([row.barrier.lon, row.barrier.lat], abs=1e-6)


def signed_area(ring: Sequence[Sequence[float]]) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in itertools.pairwise(ring)) / 2


def test_outlines_follow_the_right_hand_rule_whichever_way_they_were_drawn() -> None:
    x, y = 174.7775, -41.278
    clockwise = shapely.Polygon(
        [(x, y), (x, y + 0.001), (x + 0.001, y + 0.001), (x + 0.001, y)],
        [[(x + 0.0003, y + 0.0003), (x + 0.0006, y + 0.0003), (x + 0.0006, y + 0.0006)]],
    )
    other = shapely.box(x - 0.001, y, x - 0.0005, y + 0.0005)
    area = Area(shapely.MultiPolygon([clockwise, other]), example().area.limit, "two parts")
    operation = dataclasses.replace(example(), area=area)
    protected, limit = features(plan_geojson(operation, plan_of(barriers(), certificate=None)), "area")
    assert protected["geometry"]["type"] == "MultiPolygon"
    rings = [*protected["geometry"]["coordinates"], limit["geometry"]["coordinates"]]
    assert [len(part) for part in rings] == [2, 1, 1]
    for outer, *holes in rings:
        assert outer[0] == outer[-1]
        assert signed_area(outer) > 0
        assert all(signed_area(hole) < 0 for hole in holes)


def test_geojson_can_be_read_as_the_area_of_an_operation() -> None:
    faults: list[Fault] = []
    area = read_area(plan_geojson_bytes(example(), plan()), "plan", faults)
    assert not faults
    assert area is not None
    assert (area.hash, area.limit_hash, area.name) == (
        example().area.hash, example().area.limit_hash, example().area.name,
    )  # fmt: skip


def test_head_says_what_is_planned_proven_and_whose_data_it_is() -> None:
    document = plan_geojson(example(), plan())
    head = document["ringfence"]
    assert {key: head[key] for key in ("threat", "measure", "cost", "lower_bound", "optimal", "possible")} == {
        "threat": "determined", "measure": "arms", "cost": 10, "lower_bound": 10, "optimal": True, "possible": True,
    }  # fmt: skip
    assert head["network_hash"] == example().network.hash
    assert (head["area_hash"], head["limit_hash"]) == (example().area.hash, example().area.limit_hash)
    assert head["demands"]["must"] == ["a", "b", "c"]
    assert head["made_by"] == f"ringfence {version('ringfence')}"
    for credit in example().file.credits:
        assert credit.rstrip(". ") in document["licence"]


def test_site_numbers_are_the_fewest_junctions_by_trying_all() -> None:
    network = example().network
    given = [barrier for barrier in barriers() if not barrier.fixed]
    ends = [
        {int(network.from_ix[ix]), int(network.to_ix[ix])}
        for ix in (network.find_segment(barrier.segment) for barrier in given)
        if ix is not None
    ]
    sites = site_numbers(example(), plan())
    whole = [one for one, barrier in enumerate(given) if _whole(barrier)]
    picked = plan_of([given[one] for one in whole])
    junctions = sorted(set().union(*(ends[one] for one in whole)))
    fewest = next(
        size
        for size in range(1, len(junctions) + 1)
        for chosen in itertools.combinations(junctions, size)
        if all(ends[one] & set(chosen) for one in whole)
    )
    assert max(site_numbers(example(), picked).values()) == fewest
    assert list(sites) == [barrier.id for barrier in given]
    assert set(sites.values()) == set(range(1, max(sites.values()) + 1))
    shared = [
        (a, b) for a, b in itertools.combinations(range(len(given)), 2) if sites[given[a].id] == sites[given[b].id]
    ]
    assert shared
    assert all(ends[a] & ends[b] for a, b in shared)


def _whole(barrier: PlannedBarrier) -> bool:
    """Whether no outline cuts the barrier's segment, so that both its ends count."""
    graph, ix = example().bare_graph, example().network.find_segment(barrier.segment)
    return int((graph.piece_segment_ix == ix).sum()) == 1


def test_geojson_of_a_plan_that_is_impossible_has_the_way_in() -> None:
    document = plan_geojson(example(), impossible())
    (way,) = features(document, "way_in")
    assert way["geometry"]["coordinates"] == [[174.77, -41.27], [174.78, -41.28]]
    assert way["properties"]["cannot_close"] == [
        {"arm": "molesworth-street-3", "street": "Molesworth Street", "why": "on a ramp"}
    ]
    assert document["ringfence"]["possible"] is False
    assert not features(document, "barrier")


# --- sheets


@cache
def sheets() -> bytes:
    return crew_sheets_pdf(example(), plan(), 3)


def test_each_crew_has_a_sheet_with_its_own_barriers_only() -> None:
    texts = pages(sheets())
    rows = install_list(example(), plan(), 3)
    assert len(texts) == 3
    for crew, text in enumerate(texts, start=1):
        assert f"Crew {crew} of 3" in text
        assert f"Crew {crew} of 3, page 1 of 1" in text
        for row in rows:
            assert (row.barrier.place in text) == (row.crew == crew)
            if row.crew == crew:
                assert f"{row.barrier.lat:.6f} {row.barrier.lon:.6f}" in text
                assert row.what in text
                assert row.inside in text
    assert "look at 1 already there" in " ".join(texts)


def test_foot_tells_operation_threat_proof_data_and_version() -> None:
    for text in pages(sheets()):
        assert example().file.title in text
        assert "a driver who goes against one-ways and signs" in text
        assert "the fewest barriers: proven (10 needed)" in text
        assert "LINZ (CC BY 4.0)" in text
        assert f"Made with Ringfence {version('ringfence')}" in text


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "the fewest barriers: proven (10 needed)"),
        ({"optimal": False, "lower_bound": 9}, "barriers: not proven cheapest (cost 10, at least 9 needed)"),
        ({"measure": Measure.BLOCKS, "cost": 29}, "the fewest blocks: proven (29 needed)"),
        ({"measure": Measure.STAFF, "cost": 20}, "the fewest staff: proven (20 needed)"),
        ({"cost": 1234, "lower_bound": 1234}, "the cheapest barriers: proven (1,234 needed)"),
        (
            {"certificate": None, "optimal": False, "lower_bound": 9},
            "barriers: without certificate (cost 10, at least 9 needed)",
        ),
    ],
)
def test_sheet_and_board_tell_the_proof_in_the_same_words(fields: dict[str, object], line: str) -> None:
    """One barrier stands already, and is not counted; a cost that is no count of things is called a cost."""
    told = plan_of(barriers(), **fields)
    assert proof_line(told) == line
    same_words(told)


def same_words(told: Plan) -> None:
    output = io.StringIO()
    Console(file=output, width=200).print(plan_board(told))
    heading, mark = output.getvalue().splitlines()[:2]
    least, proof = proof_line(told).split(" (")[0].split(": ")
    assert heading.lower().startswith(f"{least} against")
    assert f" {proof} " in mark.lower()


def test_a_proven_choice_of_the_front_is_told_as_proven_on_the_sheet_too() -> None:
    """Ten barriers where nine would do, and no plan as cheap encloses less: that is what its certificate proves."""
    certificate = plan().certificate
    assert certificate is not None
    weighed = certificate.model_copy(update={"weights": Weights(cost=100, burden=1, against=Burden.STREET)})
    told = plan_of(barriers(), certificate=weighed, optimal=False, lower_bound=9)
    assert proof_line(told) == "barriers: proven, a choice of the front (cost 10, at least 9 needed)"
    same_words(told)
    assert plan_geojson(example(), told)["ringfence"]["proof"] == "barriers: proven, a choice of the front"


def test_staff_that_stay_are_those_of_barriers_put_up() -> None:
    rows = install_list(example(), plan())
    assert sum(row.staff for row in rows) == plan().staff == 20
    assert "20 staff stay" in " ".join(pages(crew_sheets_pdf(example(), plan())))


def test_long_list_goes_on_on_further_pages_that_say_whose_they_are() -> None:
    many = [
        one.model_copy(update={"id": f"{one.id}x{turn}", "place": f"{one.place}, line {turn}"})
        for turn in range(4)
        for one in barriers()
    ]
    texts = pages(crew_sheets_pdf(example(), plan_of(many), 2))
    for crew in (1, 2):
        own = [text for text in texts if f"Crew {crew} of 2" in text]
        assert len(own) > 1
        assert all(f"Crew {crew} of 2, page {page} of {len(own)}" in text for page, text in enumerate(own, start=1))
    for one in many:
        assert sum(one.place in text for text in texts) == 1


def test_names_are_shown_as_they_are_and_run_nothing() -> None:
    operation = dataclasses.replace(
        example(), file=example().file.model_copy(update={"title": HOSTILE[0], "credits": HOSTILE})
    )
    pdf = crew_sheets_pdf(operation, named(HOSTILE), 2)
    text = " ".join(pages(pdf))
    squeezed = text.replace(" ", "")
    for name in HOSTILE:
        assert squeezed.count(name.replace(" ", "")) >= 3, name  # a place, a note, the credits
    assert "build-system" not in text
    metadata = PdfReader(io.BytesIO(pdf)).metadata
    assert metadata is not None
    assert metadata.title == HOSTILE[0]


def test_letters_of_other_tongues_are_set_from_fonts_that_have_them() -> None:
    pdf = crew_sheets_pdf(example(), named(LONG_WAY_FROM_HOME), 1)
    text = " ".join(pages(pdf))
    for name in LONG_WAY_FROM_HOME:
        assert name in text
    fonts: Any = [page["/Resources"]["/Font"] for page in PdfReader(io.BytesIO(pdf)).pages]  # type: ignore[index]
    names = {str(font["/BaseFont"]) for of_page in fonts for font in of_page.values()}
    assert {re.sub(r"^/[A-Z]{6}\+", "", name) for name in names} == {"DejaVuSans", "DejaVuSans-Bold"}


def test_words_without_end_stay_on_the_sheet() -> None:
    pdf = crew_sheets_pdf(example(), named(["x" * 4000]), 1)
    right = max(x for page in PdfReader(io.BytesIO(pdf)).pages for x in _places_of(page, "xxx"))
    assert right < 330  # points; the next column begins there


def _places_of(page: Any, word: str) -> list[float]:
    """Where the pieces of text that hold a word end, at least, in points from the left."""
    found: list[float] = []

    def visit(text: str, _user: list[float], place: list[float], _font: object, size: float) -> None:
        if word in text:
            found.append(place[4] + 0.5 * size * max(map(len, text.replace("\u200b", "\n").split("\n"))))

    page.extract_text(visitor_text=visit)
    return found


def test_sheets_have_no_date_and_are_the_same_in_another_process() -> None:
    code = "import sys; from tests.unit.test_plan_exports import sheets; sys.stdout.buffer.write(sheets())"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "99"}
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment, cwd=ROOT)
    assert other.stdout == sheets()
    metadata = PdfReader(io.BytesIO(sheets())).metadata
    assert metadata is not None
    assert not {"/CreationDate", "/ModDate"} & set(metadata)


def test_list_and_geojson_are_the_same_in_another_process() -> None:
    code = (
        "import sys; from tests.unit.test_plan_exports import *;"
        "sys.stdout.buffer.write(plan_geojson_bytes(example(), plan(), 3) + install_list_csv(example(), plan(), 3))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment, cwd=ROOT)
    assert other.stdout == plan_geojson_bytes(example(), plan(), 3) + install_list_csv(example(), plan(), 3)


def test_map_on_the_sheet_is_told_in_words() -> None:
    assert b"Map of the cordon. Crew 1 of 3 puts up" in _plain_objects(sheets())


def _plain_objects(pdf: bytes) -> bytes:
    reader = PdfReader(io.BytesIO(pdf))
    found = [reader.get_object(number) for number in range(1, len(reader.xref_objStm) + len(reader.xref[0]) + 1)]
    return b"\n".join(repr(one).encode() for one in found)


def test_numbers_on_the_map_stand_apart_inside_it_and_near_their_barriers() -> None:
    rows = install_list(example(), plan(), 3)
    spots = draw_crew_map(example(), rows).spots
    assert len(spots) == len(rows)
    for spot in spots:
        assert RADIUS_PT <= spot.number[0] <= WIDTH_PT - RADIUS_PT
        assert RADIUS_PT <= spot.number[1] <= HEIGHT_PT - RADIUS_PT
        assert math.dist(spot.number, spot.foot) < 40
    for one, other in itertools.combinations(spots, 2):
        assert math.dist(one.number, other.number) >= 2 * RADIUS_PT


def test_map_leaves_out_nameless_walks_but_not_under_a_barrier() -> None:
    network, row = example().network, install_list(example(), plan())[0]
    lanes = [ix for ix, name in enumerate(network.segment_names) if not name]
    own = network.find_segment(row.barrier.segment)
    assert lanes
    assert own is not None
    highways, names = list(network.highways), list(network.segment_names)
    for ix in (*lanes, own):
        highways[ix], names[ix] = "footway", ""
    paths = dataclasses.replace(
        example(), network=dataclasses.replace(network, highways=tuple(highways), _positions={})
    )
    bare = dataclasses.replace(
        example(),
        network=dataclasses.replace(network, highways=tuple(highways), segment_names=tuple(names), _positions={}),
    )
    drawn = [draw_crew_map(operation, [row]).svg.count(b"#f6f4ee") for operation in (example(), paths, bare)]
    assert drawn == [0, 1, 1]


# --- all three


@pytest.mark.parametrize("export", [install_list_csv, plan_geojson_bytes, crew_sheets_pdf])
def test_plan_for_other_streets_is_refused(export: Any) -> None:
    elsewhere = [barriers()[0].model_copy(update={"segment": "elsewhere-1"})]
    for foreign in (plan_of(elsewhere), plan_of(elsewhere, certificate=None)):
        with pytest.raises(BadInput) as error:
            export(example(), foreign)
        assert codes(error) == {"plan-of-another-network"}
    certificate = plan().certificate
    assert certificate is not None
    with pytest.raises(BadInput) as error:
        export(example(), plan_of(barriers(), certificate=certificate.model_copy(update={"network": "0" * 64})))
    assert codes(error) == {"plan-of-another-network"}


@pytest.mark.parametrize("export", [install_list_csv, plan_geojson_bytes, crew_sheets_pdf])
@pytest.mark.parametrize("outline", ["area", "limit"])
def test_plan_for_another_area_is_refused(export: Any, outline: str) -> None:
    certificate = plan().certificate
    assert certificate is not None
    with pytest.raises(BadInput) as error:
        export(example(), plan_of(barriers(), certificate=certificate.model_copy(update={outline: "0" * 64})))
    assert codes(error) == {"plan-of-another-area"}


def test_sheets_of_nothing_are_refused() -> None:
    with pytest.raises(BadInput) as error:
        crew_sheets_pdf(example(), impossible())
    assert codes(error) == {"nothing-to-install"}
