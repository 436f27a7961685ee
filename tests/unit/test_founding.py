"""Founding an operation: the clock and the zone, the circles, the sites, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely

from ringfence.base.errors import BadInput, Fault
from ringfence.base.traffic import ALL_CLASSES
from ringfence.desk.founding import Wish, found_operation
from ringfence.network import LocalMetres
from ringfence.network.city import City, Origin
from ringfence.network.texts import Texts
from ringfence.operation import Operation, open_operation

COUNT = 21
STEP_M = 100.0
STARTS = datetime(2026, 2, 20, 14, 30, 12, tzinfo=UTC)
WELLINGTON, PORTO, NOWHERE = (174.7787, -41.2788), (-8.611, 41.146), (-140.0, -10.0)
WHERE = (STEP_M * (COUNT - 1) / 2,) * 2
"""The middle of the grid, in metres from its corner."""


def grid(
    corner: tuple[float, float] = PORTO, sites: Sequence[tuple[str, float, float]] = (), *, clipped: bool = True
) -> City:
    """A grid of two-way streets, 2 km wide, its rim clipped; sites by name and metres from the corner."""
    around = LocalMetres(*corner)
    rows, columns = np.divmod(np.arange(COUNT * COUNT), COUNT)
    places = np.round(around.to_lonlat(STEP_M * np.column_stack([columns, rows])) * 1e7).astype(np.int32)
    east = np.flatnonzero(columns < COUNT - 1)
    north = np.flatnonzero(rows < COUNT - 1)
    ends = np.concatenate([np.column_stack([east, east + 1]), np.column_stack([north, north + COUNT])])
    count = len(ends)
    names = sorted([*(f"Row {row:02}" for row in range(COUNT)), *(f"Column {column:02}" for column in range(COUNT))])
    streets = [*(f"Row {row:02}" for row in rows[east]), *(f"Column {column:02}" for column in columns[north])]
    shape = places[ends].reshape(-1, 2)
    rim = (rows % (COUNT - 1) == 0) | (columns % (COUNT - 1) == 0)
    ones = np.full(count, ALL_CLASSES, dtype=np.uint8)
    none8, none16 = np.zeros(count, dtype=np.uint8), np.zeros(count, dtype=np.uint16)
    at = np.array([[x, y] for _, x, y in sites], dtype=float).reshape(-1, 2)
    empty32 = np.zeros(0, dtype=np.int32)
    return City(
        junction_id=Texts.of(f"n{number}" for number in range(COUNT * COUNT)),
        junction_e7=places,
        junction_clipped=rim & clipped,
        junction_blocked=np.zeros(COUNT * COUNT, dtype=np.uint8),
        segment_id=Texts.of(f"w{number}" for number in range(count)),
        segment_name_ix=np.array([names.index(street) for street in streets], dtype=np.int32),
        segment_kind_ix=none8,
        segment_from_ix=ends[:, 0].astype(np.int32),
        segment_to_ix=ends[:, 1].astype(np.int32),
        segment_forward=ones,
        segment_backward=ones,
        segment_physical=np.ones(count, dtype=bool),
        segment_limited=none8,
        segment_form=none8,
        segment_layer=np.zeros(count, dtype=np.int8),
        segment_lanes=none8,
        segment_maxspeed_kmh=none16,
        segment_width_dm=none16,
        segment_box_e7=np.column_stack([places[ends].min(axis=1), places[ends].max(axis=1)]).astype(np.int32),
        shape_start=np.arange(count + 1, dtype=np.int64) * 2,
        shape_e7=shape.copy(),
        kind=Texts.of(["residential"]),
        name=Texts.of(names),
        alias_segment_ix=empty32,
        alias_name_ix=empty32,
        ban_start=np.zeros(1, dtype=np.int64),
        ban_segment_ix=empty32,
        ban_junction_ix=empty32,
        ban_mask=np.zeros(0, dtype=np.uint8),
        condition_segment_ix=empty32,
        condition=Texts.of([]),
        address_number=Texts.of([]),
        address_street_ix=empty32,
        address_e7=np.zeros((0, 2), dtype=np.int32),
        address_segment_ix=empty32,
        address_offset_m=np.zeros(0, dtype=np.float32),
        site_id=Texts.of(f"n9{number}" for number in range(len(sites))),
        site_name=Texts.of(name for name, _, _ in sites),
        site_kind_ix=np.zeros(len(sites), dtype=np.uint8),
        site_e7=np.round(around.to_lonlat(at) * 1e7).astype(np.int32).reshape(-1, 2),
        site_kind=Texts.of(["fire_station"]),
        origin=Origin("grid", "", "", 'somebody\'s "open" terms', (-180.0, -90.0, 180.0, 90.0), edge_stated=True),
    )


def wish(corner: tuple[float, float] = PORTO, at_m: tuple[float, float] = WHERE, radius_m: float = 200.0) -> Wish:
    lon, lat = LocalMetres(*corner).to_lonlat(np.array([at_m]))[0]
    return Wish(around=f"{lon:.7f},{lat:.7f}", radius_m=radius_m, starts=STARTS)


def founded(folder: Path, city: City, wanted: Wish) -> Operation:
    found_operation(folder, city, wanted)
    return open_operation(folder)


def refusal(folder: Path, city: City, wanted: Wish) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as caught:
        found_operation(folder, city, wanted)
    assert not folder.exists()
    assert list(folder.parent.iterdir()) == []
    return caught.value.faults


@pytest.mark.parametrize(
    ("corner", "zone", "starts"),
    [
        (PORTO, "Europe/Lisbon", "2026-02-20T14:00:00+00:00"),
        (WELLINGTON, "Pacific/Auckland", "2026-02-21T03:00:00+13:00"),
        (NOWHERE, "Etc/GMT+9", "2026-02-20T05:00:00-09:00"),
    ],
)
def test_it_begins_at_the_full_hour_in_the_zone_of_the_place(
    corner: tuple[float, float], zone: str, starts: str, tmp_path: Path
) -> None:
    file = founded(tmp_path / "op", grid(corner), wish(corner)).file
    assert file.timezone == zone
    assert file.starts.isoformat() == starts
    assert file.ends - file.starts == timedelta(days=1)


def test_a_zone_and_a_title_of_ones_own(tmp_path: Path) -> None:
    wanted = replace(wish(), timezone="Asia/Tokyo", title='Braces {id} and "quotes" \\ back')
    file = founded(tmp_path / "op", grid(), wanted).file
    assert (file.timezone, file.title) == ("Asia/Tokyo", wanted.title)
    assert file.starts.isoformat() == "2026-02-20T23:00:00+09:00"


def test_it_is_named_after_its_folder_and_place_and_credits_the_source(tmp_path: Path) -> None:
    wanted = replace(wish(), around="Row 10 & Column 10")
    operation = founded(tmp_path / "São João, 24 June!", grid(), wanted)
    assert operation.file.id == "S-o-Jo-o--24-June"
    assert operation.file.title == "Row 10 & Column 10, 200 m around"
    assert operation.area.name == "around Row 10 & Column 10"
    assert operation.file.credits == ('somebody\'s "open" terms',)
    assert founded(tmp_path / "東京", grid(), wanted).file.id == "operation"


@pytest.mark.parametrize("corner", [PORTO, WELLINGTON, NOWHERE])
@pytest.mark.parametrize(("radius_m", "limit_m", "outer_m"), [(200, None, 400), (500, None, 750), (30, 31, 31)])
def test_area_and_limit_are_circles_of_the_asked_radius(
    corner: tuple[float, float], radius_m: float, limit_m: float | None, outer_m: float, tmp_path: Path
) -> None:
    wanted = replace(wish(corner, radius_m=radius_m), limit_m=limit_m)
    place = found_operation(tmp_path / "op", grid(corner), wanted)
    area = open_operation(tmp_path / "op").area
    here = LocalMetres(place.lon, place.lat)
    for polygon, wanted_m in ((area.protected, radius_m), (area.limit, outer_m)):
        outline = here.to_metres(shapely.get_coordinates(polygon))
        assert np.hypot(*outline.T) == pytest.approx(np.full(len(outline), wanted_m), abs=0.05)


def test_sites_within_the_limit_are_taken_in_their_order(tmp_path: Path) -> None:
    sites = [("far", 1900, 1900), ("inside", 1010, 1010), ("in the ring", 1000, 1300), ("beyond", 1000, 1500)]
    operation = founded(tmp_path / "op", grid(sites=sites), wish())
    assert [site.name for site in operation.sites] == ["inside", "in the ring"]
    assert not any(site.inferred for site in operation.sites)


def test_odd_names_of_sites_stay_words_in_one_cell(tmp_path: Path) -> None:
    names = ["tab\there\r\nand there", "turned \u202eround", "\x1b[2J", "", "می\u200cخواهم", "x" * 900, "="]
    sites = [(name, 1000.0 + ix, 1000.0) for ix, name in enumerate(names)]
    kept = [site.name for site in founded(tmp_path / "op", grid(sites=sites), wish()).sites]
    nameless = "a fire station without a name"
    assert kept == ["tab here and there", "turned round", "[2J", nameless, "می\u200cخواهم", "x" * 200, "="]


def test_a_site_far_from_every_street_is_left_out(tmp_path: Path) -> None:
    """The operation would be refused for it: it needs a portal, which a person has to declare."""
    city = grid(sites=[("lighthouse", 2650, 1000), ("pier", 2200, 1000)], clipped=False)
    wanted = replace(wish(at_m=(1990, 1000)), limit_m=800.0)
    assert [site.name for site in founded(tmp_path / "op", city, wanted).sites] == ["pier"]


def test_a_limit_that_reaches_the_clipped_edge_is_refused_and_the_room_is_told(tmp_path: Path) -> None:
    (fault,) = refusal(tmp_path / "op", grid(), wish(radius_m=900))
    assert (fault.code, fault.where) == ("limit-at-clipped-edge", "--radius")
    assert "a limit 1350 m out" in fault.found
    room = int(fault.found.removesuffix(" m from the place").rsplit(maxsplit=1)[1])
    assert room == pytest.approx(1000, abs=15), "a barrier there stands a few metres from the junction"
    assert fault.do == f"Take a --limit below {room}m, or a larger extract."
    founded(tmp_path / "op", grid(), replace(wish(radius_m=900), limit_m=room - 1.0))


def test_where_the_radius_itself_is_too_wide_that_is_said(tmp_path: Path) -> None:
    (fault,) = refusal(tmp_path / "op", grid(), wish(radius_m=1500))
    assert "and a smaller --radius" in fault.do
    (fault,) = refusal(tmp_path / "op", grid(), wish(at_m=(1000, 10)))
    assert fault.do == "Take a larger extract, or a place further inside."


def test_a_limit_of_ones_own_is_what_is_named(tmp_path: Path) -> None:
    (fault,) = refusal(tmp_path / "op", grid(), replace(wish(), limit_m=1200.0))
    assert fault.where == "--limit"


def test_a_limit_that_swallows_all_streets_is_refused(tmp_path: Path) -> None:
    (fault,) = refusal(tmp_path / "op", grid(clipped=False), wish(radius_m=3000))
    assert fault.code == "no-outside"


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (replace(wish(), radius_m=19.9), ["bad-radius"]),
        (replace(wish(), radius_m=float("nan")), ["bad-radius"]),
        (replace(wish(), radius_m=20_001.0), ["bad-radius"]),
        (replace(wish(), limit_m=200.0), ["bad-limit"]),
        (replace(wish(), limit_m=0.0), ["bad-limit"]),
        (replace(wish(), limit_m=float("inf")), ["bad-limit"]),
        (replace(wish(), timezone="Europe/Nowhere"), ["unknown-zone"]),
        (replace(wish(), title="", timezone="", radius_m=1.0), ["bad-radius", "bad-title", "unknown-zone"]),
        (replace(wish(), around="Avenue 99"), ["unknown-place"]),
        (replace(wish(), around="0,0"), ["place-outside"]),
    ],
)
def test_wishes_that_cannot_be_granted(wanted: Wish, codes: list[str], tmp_path: Path) -> None:
    assert [fault.code for fault in refusal(tmp_path / "op", grid(), wanted)] == codes


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "op").mkdir()
    with pytest.raises(BadInput, match="already-there"):
        found_operation(tmp_path / "op", grid(), wish())
    assert list((tmp_path / "op").iterdir()) == []
