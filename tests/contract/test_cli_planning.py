"""The planner's commands as a person and as a program meets them."""

from __future__ import annotations

import csv
import io
import json
import re
from math import dist
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import pytest
from pypdf import PdfReader
from shapely.affinity import scale
from shapely.geometry import mapping, shape

from ringfence.model.plans import Placing
from tests.command_line import answer, ringfence
from tests.conftest import EXAMPLE

DETERMINED = ("--threat", "determined")
SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"


def test_front_shows_every_choice_and_picks_one() -> None:
    front = answer("front", EXAMPLE)
    assert [(one["cost"], one["plan"]["sites"]) for one in front["points"]] == [(2, 2), (3, 3)]
    assert front["complete"]
    assert answer("front", EXAMPLE, "--pick", "3") == front["points"][1]["plan"]
    board = ringfence("front", EXAMPLE)
    assert board.returncode == 0
    assert "Complete" in board.stdout
    assert ringfence("front", EXAMPLE, "--pick", "3").stdout.count("PROVEN") == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("front", EXAMPLE, "--pick", "7"), "no-such-choice"),
        (("front", EXAMPLE, "--save", "x"), "no-pick"),
        (("alternatives", EXAMPLE, "--export", "x.csv"), "no-pick"),
        (("alternatives", EXAMPLE, "--count", "1", "--pick", "2"), "no-such-choice"),
        (("front", EXAMPLE, "--against", "addresses"), "no-addresses"),
        (("plan", EXAMPLE, "--crews", "3"), "unused-option"),
        (("plan", EXAMPLE, "--replace"), "unused-option"),
        (("front", EXAMPLE, "--pick", "3", "--title", "x"), "unused-option"),
        (("plan", EXAMPLE, "--export", "plan.txt"), "bad-ending"),
        (("plan", EXAMPLE, "--export", EXAMPLE / "barriers.toml"), "file-exists"),
        (("plan", EXAMPLE, "--cost", "hill-street-4"), "bad-option"),
        (("plan", EXAMPLE, "--cost", "hill-street-4=many"), "bad-field"),
        (("plan", EXAMPLE, "--cost", "hill-street-4=0"), "bad-field"),
        (("plan", EXAMPLE, "--cost", "hill-street-4=3", "--cost", "hill-street-4=5"), "two-prices"),
        (("plan", EXAMPLE, "--placing", "turn_back=3"), "bad-field"),
        (("plan", EXAMPLE, "--area", EXAMPLE / "barriers.toml"), "bad-json"),
        (("why", EXAMPLE, "--like", "nowhere"), "no-such-plan"),
        (("plan", EXAMPLE, "--together", "=x"), "bad-option"),
        (("compare", EXAMPLE, "planned", "nowhere"), "no-such-plan"),
        (("compare", EXAMPLE, "planned", "fewest", "--map", "x.txt"), "bad-map-format"),
        (("stages", EXAMPLE, "installed", "fewest", "--at", "2022-02-22T12:00", *DETERMINED), "leaks"),
    ],
)
def test_what_can_not_be_done_is_said(arguments: tuple[str | Path, ...], code: str) -> None:
    refused = answer(*arguments, status=2)
    assert code in {fault["code"] for fault in refused["faults"]}, refused


def test_all_that_can_not_be_done_is_said_at_once() -> None:
    outlines = ("--area", EXAMPLE / "barriers.toml", "--like", "nowhere")
    options = ("--cost", "hill-street-4", "--cost", "hill-street-4=0", "--placing", "turn_back=3", "--together", "=x")
    refused = answer("plan", EXAMPLE, *options, *outlines, status=2)
    codes = [fault["code"] for fault in refused["faults"]]
    assert codes == ["no-such-plan", "bad-option", "bad-option", "bad-field", "bad-json", "bad-field"]
    streets = ("--must", "nowhere", "--fixed", "hill-street-4", "--must-not", "hill-street-4")
    refused = answer("front", EXAMPLE, *streets, "--export", "plan.txt", "--crews", "2", "--title", "x", status=2)
    codes = [fault["code"] for fault in refused["faults"]]
    assert codes == ["unused-option", "bad-ending", "unknown-arm", "fixed-and-must-not", "no-pick"]


def test_a_plan_is_kept_exported_and_compared(spoilable: Path, tmp_path: Path) -> None:
    plan = answer("plan", spoilable, *DETERMINED, "--save", "tight", "--title", "The tight one")
    kept = json.loads((spoilable / "plans" / "tight.json").read_text())
    assert (kept["title"], kept["plan"]) == ("The tight one", plan)
    for ending in (".geojson", ".csv", ".pdf"):
        done = ringfence("plan", spoilable, *DETERMINED, "--export", tmp_path / f"plan{ending}", "--crews", "2")
        assert done.returncode == 0, done.stderr
    features = json.loads((tmp_path / "plan.geojson").read_text())["features"]
    points = [one for one in features if one["geometry"]["type"] == "Point"]
    assert len(points) == len(plan["barriers"])
    rows = list(csv.DictReader(io.StringIO((tmp_path / "plan.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == len(plan["barriers"])
    assert len(PdfReader(tmp_path / "plan.pdf").pages) >= 2
    assert answer("plans", spoilable, "tight", "--export", tmp_path / "kept.csv", "--crews", "2")["plan"] == plan
    assert (tmp_path / "kept.csv").read_bytes() == (tmp_path / "plan.csv").read_bytes()
    assert "The tight one" in ringfence("plans", spoilable).stdout
    compared = answer("compare", spoilable, "tight", "fewest", *DETERMINED, "--map", tmp_path / "both.png")
    assert compared["only_first"] == compared["only_second"] == []
    assert (tmp_path / "both.png").read_bytes().startswith(b"\x89PNG")


def test_a_question_is_asked_as_before_with_other_outlines_and_placing_rules(spoilable: Path, tmp_path: Path) -> None:
    """What the API asks, the command line asks too; the outlines of an export can be drawn again."""
    arguments = (*DETERMINED, "--must", "hill-street-4", "--placing", "staff_per_arm=3", "--placing", "block_m=1")
    first = answer("plan", spoilable, *arguments, "--save", "first", "--export", tmp_path / "first.geojson")
    assert first["staff"] == 3 * first["arms"]
    again = answer("plan", spoilable, "--like", "first", "--area", tmp_path / "first.geojson", "--save", "again")
    assert again["barriers"] == first["barriers"]
    asked = [json.loads((spoilable / "plans" / f"{name}.json").read_text())["question"] for name in ("first", "again")]
    assert [one.pop("protected") is None for one in asked] == [True, False]
    assert [one.pop("limit") is None for one in asked] == [True, False]
    assert asked[0] == asked[1]


AREA = json.loads((EXAMPLE / "area.geojson").read_text())
PROTECTED, LIMIT = (next(one for one in AREA["features"] if one["properties"]["role"] == role)
                    for role in ("protected", "limit"))  # fmt: skip


def test_the_placing_rules_are_named_where_one_is_none() -> None:
    (fault,) = answer("plan", EXAMPLE, "--placing", "ramps=false", status=2)["faults"]
    assert "on_ramps" in fault["expected"]
    documented = (EXAMPLE.parents[1] / "docs" / "placing.md").read_text()
    assert [name for name in Placing.model_fields if f"| `{name}` |" not in documented] == []


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


@pytest.mark.parametrize(
    ("drawn", "code", "found"),
    [
        (collection(PROTECTED, LIMIT, {**LIMIT, "properties": {"role": "protect"}}), "unused-feature", "'protect'"),
        (collection(PROTECTED, {**LIMIT, "properties": None}), "unused-feature", "none"),
        (collection(LIMIT, {**PROTECTED, "geometry": None}), "unused-feature", "no geometry"),
        (collection(PROTECTED, {**LIMIT, "geometry": {"type": "LineString"}}), "unused-feature", "a LineString"),
        (collection(PROTECTED, LIMIT, LIMIT), "area-role", "another"),
        (collection(), "no-outline", "none"),
        ([PROTECTED, LIMIT], "no-outline", "none of them"),
        ({"type": "Point", "coordinates": [1, 2]}, "no-outline", "a Point"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, float("nan")], [4, 5]]]}, "unused-feature", "[3, nan]"),
    ],
)
def test_outlines_that_can_not_be_used_are_said(tmp_path: Path, drawn: Any, code: str, found: str) -> None:
    """Nobody should plan for the operation's area who has drawn another."""
    (tmp_path / "drawn.geojson").write_text(json.dumps(drawn))
    (fault,) = answer("plan", EXAMPLE, "--area", tmp_path / "drawn.geojson", status=2)["faults"]
    assert (fault["code"], found in fault["found"]) == (code, True), fault


def test_what_a_map_program_copies_is_the_protected_area(tmp_path: Path) -> None:
    """And a limit alone is one that is given on purpose."""
    plans = []
    bare = {"type": "Feature", "properties": {}, "geometry": PROTECTED["geometry"]}
    for drawn in (PROTECTED["geometry"], bare, LIMIT, collection(LIMIT), collection(PROTECTED, LIMIT)):
        (tmp_path / "drawn.geojson").write_text(json.dumps(drawn))
        plans.append(answer("plan", EXAMPLE, "--area", tmp_path / "drawn.geojson"))
    assert all(plan == plans[0] for plan in plans)


def test_where_no_cordon_exists_nothing_is_written_and_that_is_said(spoilable: Path, tmp_path: Path) -> None:
    (tmp_path / "drawn.geojson").write_text(json.dumps(LIMIT["geometry"]))  # as far as the limit: nothing is between
    asked = (spoilable, "--area", tmp_path / "drawn.geojson")
    export = tmp_path / "plan.csv"
    for how in ((), ("--json",)):
        done = ringfence("plan", *asked, "--save", "wide", "--export", export, *how)
        assert done.returncode == 1
        assert "Nothing was written, for no cordon exists" in done.stderr
        assert "not kept as wide" in done.stderr
        assert str(export) in done.stderr
    assert not export.exists()
    assert not (spoilable / "plans").exists()
    assert "NO CORDON EXISTS" in ringfence("alternatives", *asked).stdout
    assert answer("alternatives", *asked, status=1) == {"alternatives": [], "possible": False}


def test_installed_at_noon_is_a_checked_no_beside_the_fewest() -> None:
    at = ("--at", "2022-02-22T12:00", *DETERMINED)
    compared = answer("compare", EXAMPLE, "installed", "fewest", *at, status=1)
    assert "Bunny Street" in compared["first"]["leaks"]
    board = ringfence("compare", EXAMPLE, "installed", "fewest", *at)
    assert board.returncode == 1
    assert "NO: by Bunny Street" in " ".join(board.stdout.split())


def words_on(drawing: Tree.Element, *, only_bold: bool = False) -> list[tuple[str, tuple[float, float]]]:
    """Words of a map with their places; they are drawn as outlines, whose names count on from those of the title."""
    title, found, shift = drawing.findtext(f"{SVG}title") or "", [], None
    for group in drawing.iter(f"{SVG}g"):
        if not group.get("id", "").startswith(("text_", "rim-")):
            continue
        line = group.findall(f"{SVG}g")[-1]  # the rim under it is the same words
        outlines = [letter.get(f"{XLINK}href", "") for letter in line.iter(f"{SVG}use")]
        numbers = [int(outline.rpartition("-")[2], 16) for outline in outlines]
        shift = ord(title[0]) - numbers[0] if shift is None else shift
        at = re.match(r"translate\(([0-9.]+) ([0-9.]+)\)", line.get("transform", ""))
        assert at is not None
        if not only_bold or (group.get("id", "").startswith("rim-") and all("-Bold-" in one for one in outlines)):
            found.append(("".join(chr(number + shift) for number in numbers), (float(at[1]), float(at[2]))))
    return found


def test_map_of_what_stands_beside_what_was_planned(tmp_path: Path) -> None:
    """Every arm that stands has its number, every planned one its letter, where it is; the legend tells which."""
    file = tmp_path / "both.svg"
    asked = ("--at", "2022-02-22T12:00", *DETERMINED, "--map", file)
    compared = answer("compare", EXAMPLE, "installed", "planned", *asked, status=1)
    assert compared["common"] and compared["only_second"] and not compared["only_first"]
    drawing, places = Tree.parse(file).getroot(), compared["places"]
    stands, planned = ([places[arm] for arm in compared[side]["arms"]] for side in ("first", "second"))
    described = drawing.findtext(f"{SVG}desc") or ""
    assert re.findall(r"Planned barrier [A-Z]: ([^.]*)\.", described) == planned
    assert f"{len(stands)} numbered barriers. " in described
    assert re.findall(r"(?<=\. )[0-9]+ ([^.]*)\.", described.partition(" Planned barrier")[0]) == stands
    words = [word for word, _ in words_on(drawing)]
    assert words[0] == drawing.findtext(f"{SVG}title")
    assert words[0].endswith("installed beside planned")
    assert {"installed", "planned", *stands, *planned} <= set(words)
    at = {one: place for word, place in words_on(drawing, only_bold=True) for one in word.split()}
    numbers, letters = list("1234567"), list("ABCDEFGHIJK")
    assert sorted(at) == [*numbers, *letters]
    number_of = dict(zip(stands, numbers, strict=True))
    for place, letter in zip(planned, letters, strict=True):
        beside = {number for number in numbers if dist(at[letter], at[number]) < 50}
        assert number_of[place] in beside if place in number_of else not beside, place


def test_installed_is_what_stands_now_where_no_moment_is_given(spoilable: Path) -> None:
    file = spoilable / "operation.toml"
    file.write_text(file.read_text().replace("ends = 2022-02-23", "ends = 2199-02-23"))
    assert answer("compare", spoilable, "installed", "planned")["at"] < "2199"


def test_why_alternatives_and_stages_have_boards_and_json() -> None:
    reasons = answer("why", EXAMPLE, *DETERMINED)["reasons"]
    assert len(reasons) == 9
    assert ringfence("why", EXAMPLE, *DETERMINED).stdout.count(" more") >= 6
    others = answer("alternatives", EXAMPLE, *DETERMINED, "--differ", "2", "--count", "2")["alternatives"]
    assert [other["plan"]["cost"] for other in others] == [9, 10]
    assert "Other plans" in ringfence("alternatives", EXAMPLE, *DETERMINED).stdout
    stages = answer("stages", EXAMPLE, "planned", "fewest", *DETERMINED)
    assert len(stages["steps"]) == 3
    assert "At most 12 barriers" in ringfence("stages", EXAMPLE, "planned", "fewest", *DETERMINED).stdout


def test_demands_of_the_command_line_reach_the_planner() -> None:
    plan = answer("plan", EXAMPLE, *DETERMINED, "--must", "hill-street-4", "--cost", "hill-street-4=5")
    assert plan["cost"] == 14
    free = answer("plan", EXAMPLE, *DETERMINED, "--fixed", "bunny-street-10")
    assert free["cost"] == 8
    assert [one["id"] for one in free["barriers"] if one["fixed"]] == ["bunny-street-10"]
    assert answer("plan", EXAMPLE, *DETERMINED, "--site-charge", "1")["cost"] == 16
    tied = answer("plan", EXAMPLE, *DETERMINED, "--together", "bunny-street-10=hill-street-4")
    chosen = {one["id"] for one in tied["barriers"]}
    assert ("bunny-street-10" in chosen) == ("hill-street-4" in chosen)
    assert answer("plan", EXAMPLE, *DETERMINED, "--measure", "blocks")["measure"] == "blocks"


def test_an_area_without_a_street_is_named_as_its_file_names_it(tmp_path: Path) -> None:
    limit = shape(LIMIT["geometry"])
    inner = scale(limit, 0.98, 0.98).exterior.interpolate(0.1, normalized=True)
    bare = {"type": "Polygon", "coordinates": mapping(inner.buffer(1e-7))["coordinates"]}
    named = {"type": "Feature", "properties": {"role": "protected", "name": "The pond"}, "geometry": bare}
    (tmp_path / "drawn.geojson").write_text(json.dumps(collection(PROTECTED, named, LIMIT)))
    (fault,) = answer("plan", EXAMPLE, "--area", tmp_path / "drawn.geojson", status=2)["faults"]
    assert fault["code"] == "area-without-streets"
    assert fault["where"] == "the area drawn, feature 2 (The pond)"


def test_one_of_the_alternatives_is_picked_kept_and_written(spoilable: Path, tmp_path: Path) -> None:
    others = answer("alternatives", spoilable, *DETERMINED)["alternatives"]
    board = " ".join(ringfence("alternatives", spoilable, *DETERMINED).stdout.split())
    assert "--pick shows one by its number" in board
    options = ("--pick", "2", "--save", "second", "--export", tmp_path / "second.geojson")
    done = ringfence("alternatives", spoilable, *DETERMINED, *options)
    assert done.returncode == 0
    assert "Kept in the operation as second." in done.stdout
    opened = answer("plans", spoilable, "second")["plan"]
    assert [one["id"] for one in opened["barriers"]] == [one["id"] for one in others[1]["plan"]["barriers"]]
    assert (tmp_path / "second.geojson").exists()


def test_stages_from_where_nothing_stands_say_so_and_how_to_begin(spoilable: Path) -> None:
    answer("plan", spoilable, *DETERMINED, "--save", "tight")
    asked = ("stages", spoilable, "installed", "tight", "--at", "2022-02-20T12:00:07.123456")
    (fault,) = answer(*asked, status=2)["faults"]
    assert fault["found"] == "'installed', of which nothing stands at 2022-02-20T12:00:07+13:00"
    assert "`ringfence stages OP NAME tight`" in fault["do"]
    leaking = ("stages", spoilable, "installed", "tight", "--at", "2022-02-22T12:00:07.123456")
    (fault,) = answer(*leaking, status=2)["faults"]
    assert "--at 2022-02-22T12:00:07+13:00` shows where." in fault["do"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--cost", "hill-street-4=0"), "at least 1"),
        (("--placing", "on_ramps=perhaps"), "true or false"),
        (("--placing", "clear_m=2.5"), "less than 1.8"),
        (("--placing", "turn_back_m=0"), "more than 0"),
        (("--placing", "block_m=30"), "at most 20"),
    ],
)
def test_what_a_value_must_be_is_said_in_plain_words(options: tuple[str, str], expected: str) -> None:
    (fault,) = answer("plan", EXAMPLE, *options, status=2)["faults"]
    assert fault["expected"] == expected


def test_an_empty_file_is_told_as_that(spoilable: Path, tmp_path: Path) -> None:
    (tmp_path / "drawn.geojson").write_text("\n")
    (fault,) = answer("plan", EXAMPLE, "--area", tmp_path / "drawn.geojson", status=2)["faults"]
    assert (fault["code"], fault["found"]) == ("bad-json", "an empty file")
    (spoilable / "area.geojson").write_text("")
    (fault,) = answer("check", spoilable, status=2)["faults"]
    assert (fault["code"], fault["found"]) == ("bad-geojson", "an empty file")
