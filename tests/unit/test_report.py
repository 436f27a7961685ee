"""The boards, maps and page: what they must never lose, never let through, and always say the same way."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as Tree

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from rich.console import Console, RenderableType
from shapely import LineString, Point

from ringfence.base.errors import BadInput
from ringfence.base.measures import Burden, Measure
from ringfence.base.times import parse_time
from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.model.answers import PromiseAnswer
from ringfence.model.plans import CannotClose, Certificate, Plan, Weights
from ringfence.operation import Operation, open_operation
from ringfence.picture import Picture, fold
from ringfence.planner import make_plan
from ringfence.promises import check_promises
from ringfence.report.board import comparison_board, plan_board, promise_board
from ringfence.report.labels import Sheet
from ringfence.report.maps import draw_map
from ringfence.report.page import HistoryRow, Moment, PlanView, SensitivityRow, WeightRow, render_page
from ringfence.report.svg import inline_svg
from ringfence.report.words import (
    all_leaks,
    answer_shown,
    clean,
    duration_shown,
    leaks_of,
    letter,
    proof_shown,
    streets_shown,
)

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "wellington-2022"
NOON = "2022-02-22T12:00"
EVIL = '<script>alert("1")</script> & <b>$x$</b> \x1b[2J\u202e'


@cache
def example() -> Operation:
    return open_operation(EXAMPLE)


@cache
def moment(text: str = NOON) -> datetime:
    return parse_time(text, example().zone)


@cache
def answers(text: str = NOON) -> tuple[PromiseAnswer, ...]:
    return tuple(check_promises(example(), at=moment(text)))


@cache
def picture(text: str = NOON) -> Picture:
    operation = example()
    return fold(operation.barriers, operation.sites, operation.entries, at=moment(text))


@cache
def plan(threat: Threat = Threat.DETERMINED) -> Plan:
    return make_plan(example().network, example().area, Driver(threat))


@cache
def noon_map() -> bytes:
    return draw_map(example(), picture=picture(), leaks=all_leaks(answers()), title="Noon & after", file_format="svg")


def shown(board: RenderableType, *, width: int = 80, encoding: str = "utf-8", colour: bool = False) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    Console(file=file, width=width, force_terminal=colour, no_color=not colour, _environ={}).print(board)
    file.flush()
    return raw.getvalue().decode(encoding)


def one_answer(**fields: object) -> PromiseAnswer:
    base: dict[str, object] = {
        "id": "one", "kind": "sealed", "text": "Nothing comes in", "answer": "broken", "certain": True,
        "since": moment(), "says": "a way in", "witness": {},
    }  # fmt: skip
    return PromiseAnswer.model_validate({**base, **fields})


def board_of(*given: PromiseAnswer, **options: object) -> str:
    return shown(promise_board(example(), given, at=moment(), known_at=None), **options)  # type: ignore[arg-type]


# --- boards


def test_board_tells_answers_by_word_and_shape_without_colour() -> None:
    text = board_of(one_answer(answer="kept"), one_answer(answer="broken"), one_answer(answer="unknown", certain=False))
    assert "\x1b" not in text
    for word in ("✔ KEPT", "✖ BROKEN", "? UNKNOWN"):
        assert word in text
    assert "BROKEN?" not in text


def test_doubted_answer_never_stands_as_certain() -> None:
    text = board_of(one_answer(certain=False))
    assert "✖ BROKEN?" in text
    assert "not certain" in text
    assert "perhaps" in text
    assert not re.search(r"✖ BROKEN(?!\?)", text)


@pytest.mark.parametrize("width", [80, 60])
def test_narrow_board_loses_no_word_of_the_answers(width: int) -> None:
    needed: Counter[str] = Counter()
    for answer in answers():
        needed.update(f"{answer_shown(answer)} {answer.text} {answer.says}".split())
        for leak in leaks_of(answer):
            needed.update(f"{leak.through} {leak.mend} {streets_shown(leak.path)}".split())
    text = board_of(*answers(), width=width)
    assert not needed - Counter(text.split())
    assert max(map(len, text.splitlines())) <= width


def test_board_says_which_moment_weekday_and_whose_knowledge() -> None:
    then = shown(promise_board(example(), answers(), at=moment(), known_at=moment("2022-02-22T09:30")))
    assert "Tuesday 22 February 2022, 12:00" in then
    assert "as known on Tuesday 22 February 2022, 09:30" in " ".join(then.split())
    assert "with all that the log holds now" in board_of(*answers())


def test_board_tells_since_when_it_is_certain_and_since_when_it_may_have_been() -> None:
    at = moment()
    board = board_of(one_answer(since=at - timedelta(hours=12), certain_since=at - timedelta(hours=1)), width=140)
    assert "for 1 h 00 min, perhaps 12 h 00 min" in " ".join(board.split())


def test_board_counts_time_from_since_to_the_moment() -> None:
    assert "for 4 h 05 min" in board_of(one_answer(since=moment() - timedelta(hours=4, minutes=5)))


def test_board_on_a_terminal_without_unicode_is_ascii() -> None:
    text = board_of(one_answer(), one_answer(answer="kept"), *answers(), encoding="ascii")
    assert "X BROKEN" in text
    assert "+ KEPT" in text
    assert "->" in text


def test_board_lets_no_name_steer_the_terminal_or_read_as_markup() -> None:
    text = board_of(one_answer(text=f"{EVIL} [red]x[/red]", says=EVIL))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[red]x[/red]" in text


def test_plan_board_has_a_line_for_each_arm_and_says_what_is_proven() -> None:
    text = shown(plan_board(plan(), 8, real_arms_count=11))
    assert f"{plan().arms} arms at {plan().sites} sites" in text
    assert "✔ PROVEN" in text
    assert "8 barriers with 11 arms" in text
    for position, barrier in enumerate(plan().barriers):
        assert re.search(rf"^\s*{letter(position)}\s+{barrier.place.split()[0]}", text, re.MULTILINE)
    unproven = shown(plan_board(plan().model_copy(update={"optimal": False})))
    assert "? NOT PROVEN" in unproven
    assert "fewest" not in unproven
    assert "there is a smaller one, or none has been ruled out" in " ".join(unproven.split())
    alone = shown(plan_board(plan().model_copy(update={"certificate": None})))
    assert "PROVEN" not in alone
    assert "No certificate came with it" in " ".join(alone.split())


def test_plan_board_counts_what_it_takes_and_what_lies_inside() -> None:
    """Blocks, staff and addresses beside the arms; the cost where it is none of these; what stands there already."""
    first = plan().barriers[0].model_copy(update={"fixed": True, "notes": ("the last place to turn is far",)})
    changes = {"barriers": (first, *plan().barriers[1:]), "enclosed_addresses": 1, "blocks": 12, "staff": 18}
    text = " ".join(shown(plan_board(plan().model_copy(update=changes)), width=200).split())
    assert "12 blocks, 18 staff" in text
    assert "m of street and 1 address enclosed" in text
    assert f"{first.place} (closed already)" in text
    assert "the last place to turn is far" in text
    assert "a cost of" not in text
    dearer = plan().model_copy(update={**changes, "measure": Measure.BLOCKS, "cost": 15})
    assert "a cost of 15 in blocks: 9 arms" in " ".join(shown(plan_board(dearer), width=200).split())


def test_choice_of_the_front_is_not_called_the_cheapest() -> None:
    certificate = plan().certificate
    assert certificate is not None
    weighed = certificate.model_copy(update={"weights": Weights(cost=3, burden=1, against=Burden.STREET)})
    choice = plan().model_copy(update={"certificate": weighed, "optimal": False})
    text = " ".join(shown(plan_board(choice)).split())
    assert "✔ PROVEN, a choice of the front" in text
    assert "burdens the city less" in text
    assert not re.search("fewest|cheapest|no smaller one exists", text)


def test_plan_board_shows_the_way_in_where_no_cordon_exists() -> None:
    witness = leaks_of(next(answer for answer in answers() if leaks_of(answer)))[0].path
    none = plan().model_copy(
        update={"possible": False, "barriers": (), "certificate": None, "optimal": False, "witness": witness}
    )
    text = " ".join(shown(plan_board(none)).split())
    assert "✖ NO CORDON EXISTS" in text
    assert streets_shown(witness) in text
    ramp = CannotClose(arm="w1-2#2", street="Thorndon Quay off-ramp", why="it is a ramp")
    barred = " ".join(shown(plan_board(none.model_copy(update={"cannot_close": (ramp,)}))).split())
    assert "Thorndon Quay off-ramp (w1-2#2): it is a ramp" in barred


def test_comparison_shows_every_promise_at_every_moment_and_a_dash_where_none() -> None:
    columns = [("07:36", (one_answer(answer="kept"),)), ("12:00", (one_answer(), one_answer(id="two", text="Out")))]
    lines = shown(comparison_board(columns)).splitlines()
    assert any("✔ KEPT" in line and "✖ BROKEN" in line for line in lines)
    assert any("Out" in line and "–" in line and "✖ BROKEN" in line for line in lines)


def test_board_loads_neither_matplotlib_nor_jinja2() -> None:
    code = "import sys, ringfence.report.board; sys.exit(any(m in sys.modules for m in ('matplotlib', 'jinja2')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- words


def test_words_are_made_harmless_and_stay_on_one_line() -> None:
    assert clean("a\n\tb") == "a b"
    assert clean("Tākina ✔") == "Tākina ✔"
    assert not {"\x1b", "\x00", "\u202e"} & set(clean("\x1b\x00\u202e x"))


def test_letters_go_on_after_z() -> None:
    assert [letter(position) for position in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def test_durations() -> None:
    lengths = [timedelta(minutes=18), timedelta(hours=4, minutes=5), timedelta(days=2, hours=3)]
    assert [duration_shown(length) for length in lengths] == ["18 min", "4 h 05 min", "2 d 03 h"]


def proof_of(measure: Measure = Measure.ARMS, *, demands: Mapping[str, object] | None = None, **changes: object) -> str:
    """What is said of the certificate of the nine arms, with some fields changed, or some of its demands."""
    certificate = plan().certificate
    assert certificate is not None
    document = certificate.model_dump()
    document["demands"] = {**document["demands"], **(demands or {})}
    certificate = Certificate.model_validate({**document, **changes})
    return proof_shown(plan().model_copy(update={"certificate": certificate, "measure": measure}))


def test_each_kind_of_certificate_is_told_in_its_own_words() -> None:
    arms = [barrier.id for barrier in plan().barriers]
    apart = proof_of()
    assert "9 ways in stand in the certificate, no two of which share a stretch where a barrier may stand" in apart
    assert "Each needs an arm of its own: at least 9 arms." in apart
    assert "no smaller one exists" in apart
    covering = proof_of(kind="covering_paths")
    assert "every plan has to stop each of them. Covering them all takes at least 9 arms." in covering
    assert "share" not in covering, "ways in that are covered may share streets"
    dear = {"costs": {arms[0]: 4}}
    priced = proof_of(demands=dear, lower_bound=12)
    assert "no two of which share" not in priced, "two paths may both run over an arm that costs 4"
    assert "no street's parts exceed its cost" in priced
    assert "at least a cost of 12." in priced
    assert "at least a cost of 12, counted in blocks." in proof_of(Measure.BLOCKS, demands=dear, lower_bound=12)
    assert "beside 1 arm that had to be closed" in proof_of(demands={"must": [arms[0]]})


def test_certificate_without_a_way_in_speaks_of_what_keeps_everybody_out() -> None:
    arms = [barrier.id for barrier in plan().barriers]
    assert proof_of(paths=(), lower_bound=0).startswith("Nobody gets in: at least 0 arms.")
    must = proof_of(demands={"must": arms[:2]}, paths=(), lower_bound=2)
    assert must.startswith("Nobody gets in past the 2 arms that had to be closed: at least 2 arms.")
    fixed = proof_of(demands={"fixed": arms}, paths=(), lower_bound=0)
    assert fixed.startswith("Nobody gets in past what is closed already: at least 0 arms.")


# --- maps


def test_svg_bytes_are_the_same_in_another_process_with_other_hashes_and_settings(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nsvg.fonttype: none\nfont.family: monospace\n")
    code = "import sys; from tests.unit.test_report import noon_map; sys.stdout.buffer.write(noon_map())"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "MATPLOTLIBRC": str(tmp_path), "PYTHONPATH": str(ROOT)}
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment, cwd=ROOT)
    assert other.stdout == noon_map()


def test_png_is_the_same_twice() -> None:
    first, second = (draw_map(example(), title="Twice", file_format="png") for _ in range(2))
    assert first == second
    assert first.startswith(b"\x89PNG")


def test_svg_names_itself_and_tells_what_it_shows() -> None:
    root = Tree.fromstring(noon_map())
    texts = {element.get("id"): element.text or "" for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert texts[root.get("aria-labelledby")] == "Noon & after"
    description = texts[root.get("aria-describedby")]
    for barrier in example().barriers:
        assert barrier.name in description
    assert "moved, not certain" in description
    assert "Way in, not certain" in description
    assert not [element for element in root.iter() if element.tag.endswith(("style", "metadata", "image"))]


def test_map_differs_by_picture_ways_in_and_plan() -> None:
    drawn = {
        draw_map(example(), title="x", file_format="svg"),
        draw_map(example(), title="x", file_format="svg", picture=picture()),
        draw_map(example(), title="x", file_format="svg", picture=picture(), leaks=all_leaks(answers())),
        draw_map(example(), title="x", file_format="svg", plan=plan()),
    }
    assert len(drawn) == 4


def test_map_takes_names_as_they_are() -> None:
    """Dollar signs are no formulas, angle brackets no elements, control characters no broken XML."""
    barriers = tuple(barrier.model_copy(update={"name": EVIL}) for barrier in example().barriers)
    svg = draw_map(with_barriers(barriers), title=EVIL, file_format="svg")
    assert b"<script" not in svg
    assert "$x$" in (Tree.fromstring(svg).findtext("{http://www.w3.org/2000/svg}title") or "")


def with_barriers(barriers: tuple[object, ...]) -> Operation:
    operation = example()
    return Operation(
        **{**{name: getattr(operation, name) for name in Operation.__dataclass_fields__}, "barriers": barriers}
    )


# --- labels


def nothing(boxes: NDArray[np.object_]) -> NDArray[np.float64]:
    return np.zeros(len(boxes))


def test_labels_never_cover_each_other_and_stay_in_the_frame() -> None:
    sheet = Sheet(shapely.box(0, 0, 300, 300))
    streets = [LineString([(x, 0), (x + 40, 300)]) for x in range(5, 250, 12)]
    placed = [sheet.place_along([line], 60, 10, avoid=nothing, middle=Point(150, 150)) for line in streets]
    found = [place for place in placed if place]
    boxes = [
        shapely.affinity.rotate(shapely.box(p.x - 30, p.y - 5, p.x + 30, p.y + 5), p.slope, origin=(p.x, p.y))
        for p in found
    ]
    assert len(found) >= 10
    assert all(sheet.frame.contains(box) for box in boxes)
    assert not any(one.intersects(other) for ix, one in enumerate(boxes) for other in boxes[:ix])


@pytest.mark.parametrize("ends", [[(0, 0), (0, 200)], [(200, 0), (0, 10)], [(0, 200), (0, 0)], [(100, 200), (150, 0)]])
def test_labels_are_never_upside_down(ends: Sequence[tuple[float, float]]) -> None:
    sheet = Sheet(shapely.box(-50, -50, 300, 300))
    placed = sheet.place_along([LineString(ends)], 60, 10, avoid=nothing, middle=Point(0, 0))
    assert placed is not None
    assert -90 < placed.slope <= 90


def test_label_is_left_out_on_a_street_too_short_or_too_bent() -> None:
    sheet = Sheet(shapely.box(-500, -500, 500, 500))
    bent = LineString([(0, 0), (20, 25), (40, 0), (60, 25), (80, 0)])
    for line in (LineString([(0, 0), (50, 0)]), bent):
        assert sheet.place_along([line], 60, 10, avoid=nothing, middle=Point(0, 0)) is None


def test_number_beside_a_symbol_is_placed_even_where_all_is_taken() -> None:
    sheet = Sheet(shapely.box(0, 0, 10, 10), [shapely.box(0, 0, 10, 10)])
    assert sheet.place_beside(Point(5, 5), 1, 2, 2, Point(), must=True)
    assert sheet.place_beside(Point(5, 5), 1, 2, 2, Point(), must=False) is None


# --- page


class PageReader(HTMLParser):
    """Elements of a page in order, with attributes; text of the elements that tests ask for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def having(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def render(operation: Operation, given: Sequence[PromiseAnswer], *, words: str = "plain") -> str:
    one = Moment(words, moment(), moment(), picture(), tuple(given), noon_map())
    return render_page(
        operation,
        moments=[one, one],
        plans=[PlanView(plan(), noon_map())],
        weights=[WeightRow(words, (words,)), WeightRow("Hill Street", ())],
        history=[HistoryRow(words, moment(), moment() + timedelta(hours=2), "broken", False, words)],
        sensitivity=[SensitivityRow(words, words, words, True)],
    )


@cache
def page() -> str:
    return render(example(), answers())


def test_page_escapes_everything_that_comes_from_outside() -> None:
    barriers = tuple(barrier.model_copy(update={"name": EVIL}) for barrier in example().barriers)
    hostile = [answer.model_copy(update={"text": EVIL, "says": EVIL}) for answer in answers()]
    html = render(with_barriers(barriers), hostile, words=EVIL)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert PageReader(html).having("b") == []


def test_page_has_one_heading_a_title_a_language_and_nothing_to_load() -> None:
    read = PageReader(page())
    assert len(read.having("h1")) == len(read.having("title")) - len(read.having("svg")) == 1
    assert read.having("html") == [{"lang": "en"}]
    for tag, attributes in read.elements:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "image"}
        assert "src" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("href", "#").startswith("#")
    assert not re.search(r"@import|url\((?!#)", page())


def test_page_ids_are_unique_and_all_references_resolve() -> None:
    read = PageReader(page())
    ids = Counter(attributes["id"] for _, attributes in read.elements if "id" in attributes)
    assert not [name for name, count in ids.items() if count > 1]
    for _, attributes in read.elements:
        wanted = attributes.get("aria-labelledby", "").split() + attributes.get("aria-describedby", "").split()
        wanted += [attributes["href"][1:]] if "href" in attributes else []
        assert set(wanted) <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", page())) <= set(ids)


def test_page_pictures_and_tables_have_names() -> None:
    read = PageReader(page())
    assert len(read.having("svg")) == 3
    assert all(svg["role"] == "img" and svg["aria-labelledby"] for svg in read.having("svg"))
    assert len(read.having("table")) == len(read.having("caption"))
    assert all("scope" in cell for cell in read.having("th"))


def test_page_marks_doubt_and_shows_each_way_in_with_its_mend() -> None:
    text = re.sub(r"<[^>]+>", " ", page())
    words = " ".join(text.split())
    assert "BROKEN? not certain" in words
    for leak in all_leaks(answers()):
        assert streets_shown(leak.path) in words
        assert leak.mend in words
    assert "up to 2 h 00 min" in words
    assert "What opened on Tuesday 22 February, and for how long" in words


def test_page_says_what_a_plan_takes_and_why_none_exists() -> None:
    """Blocks, notes, addresses; what stands there already takes no blocks; streets that can't be closed, with why."""
    first, second, *rest = plan().barriers
    fixed = first.model_copy(update={"fixed": True, "blocks": 77})
    noted = second.model_copy(update={"blocks": 78, "notes": (EVIL,)})
    takes = plan().model_copy(update={"barriers": (fixed, noted, *rest), "enclosed_addresses": 41})
    witness = leaks_of(next(answer for answer in answers() if leaks_of(answer)))[0].path
    ramp = CannotClose(arm="w1-2#2", street=EVIL, why="it is a ramp")
    nothing = {"possible": False, "certificate": None, "witness": witness, "cannot_close": (ramp,)}
    views = [PlanView(plan, noon_map()) for plan in (takes, takes.model_copy(update=nothing))]
    html = render_page(example(), moments=[], plans=views, weights=[], history=[], sensitivity=[])
    assert "<script" not in html
    text = " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)).split())
    assert f"{first.place} (closed already)" in text
    assert " 78 " in text
    assert " 77 " not in text
    assert "m of street and 41 addresses" in text
    assert "(w1-2#2): it is a ramp" in text


def test_page_leaves_out_sections_without_rows() -> None:
    html = render_page(example(), moments=[], plans=[], weights=[], history=[], sensitivity=[])
    assert "How sure is this" not in html
    assert 'href="#fewest"' not in html


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        "<style>*{}</style>",
        "<foreignObject/>",
        '<path onload="1"/>',
        '<use href="https://example.org/x#a"/>',
        '<path style="fill: url(https://example.org/x)"/>',
        "<a href='javascript:1'><path/></a>",
    ],
)
def test_page_refuses_maps_that_act_or_load(inside: str) -> None:
    head = '<svg xmlns="http://www.w3.org/2000/svg" aria-labelledby="t"><title id="t">t</title>'
    assert inline_svg(f"{head}<path d='M 0 0'/></svg>".encode(), "m")
    with pytest.raises(BadInput, match="svg-not-a-still-drawing"):
        inline_svg(f"{head}{inside}</svg>".encode(), "m")


def test_page_refuses_a_map_without_a_name() -> None:
    with pytest.raises(BadInput, match="title"):
        inline_svg(b'<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>', "m")


def test_page_colours_reach_wcag_aa_in_light_and_dark() -> None:
    css = (ROOT / "src/ringfence/report/templates/page.css").read_text()
    schemes = [
        dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    ]
    assert len(schemes) == 3
    for scheme in schemes:
        for name in ("ink", "soft", "link", "kept", "broken", "unknown"):
            assert contrast(scheme[name], scheme["paper"]) >= 4.5, (name, scheme)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_answers_without_a_stated_beginning_say_so() -> None:
    assert "not stated" in board_of(one_answer(since=None))
    later = one_answer(since=datetime(2030, 1, 1, tzinfo=UTC))
    assert "for" not in board_of(later).split("Since")[1].split()


def test_walker_is_named_as_a_walker() -> None:
    on_foot = plan().model_copy(update={"vehicle_class": VehicleClass.FOOT})
    assert "against people on foot" in shown(plan_board(on_foot))
