"""What `ringfence picture` prints of the two Wellington days: each figure, dispute and wording with who says so.

Lines are looked for by the id of their entry. The figures are those of the sources, not of the code.
"""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console, RenderableType

from ringfence.desk import Desk
from ringfence.desk.review import board, history, review
from tests.conftest import EXAMPLE

MONDAY_NOON, MONDAY_EVENING = "2022-02-21T12:00", "2022-02-21T22:00"
TUESDAY_NOON, TUESDAY_LATE = "2022-02-22T12:00", "2022-02-22T22:00"
BUNNY = "Bunny Street at Featherston Street"
LAMBTON = "Lambton Quay at Whitmore Street"
BOTH_WORDINGS = (
    "W111  NZ Police, reported Mon 21 Feb 07:36: Hill Street; Ballantrae Place, rear of Parliament; ",
    "W112  NZ Police, reported Mon 21 Feb 07:36: Murphy Street / Aitken Street",
    "W088  NZ Police, reported Mon 21 Feb 13:48: Mulgrave Street / Aitken Street",
    "W113  NZ Police, reported Mon 21 Feb 07:36: Bunny Street near the railway station",
    "W090  NZ Police, reported Mon 21 Feb 13:48: Bunny Street near the Victoria University campus",
)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk.open(EXAMPLE)


def printed(answer: RenderableType) -> str:
    out = io.StringIO()
    Console(file=out, width=2000, markup=False).print(answer)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def picture(desk: Desk, at: str, known_at: str | None = None) -> str:
    known = None if known_at is None else desk.moment(known_at)
    return printed(desk.picture_board(desk.whole_picture(at=desk.moment(at), known_at=known)))


def part(text: str, heading: str) -> list[str]:
    """The lines below a heading, up to the next empty one."""
    return text.partition(f"\n{heading}\n")[2].partition("\n\n")[0].splitlines()


def line_of(lines: list[str], entry: str) -> str:
    """The line that is by an entry: not one that only refers to it."""
    [found] = [line for line in lines if f"{entry}  " in line]
    return found.strip()


def beside(lines: list[str], entry: str) -> dict[str, str]:
    """The dispute in which an entry stands: each side's id with its words."""
    disputes = "\n".join(lines).split("? OPEN\n")
    [found] = [one for one in disputes if f"    {entry}  " in one]
    return {line.split()[0]: line.strip() for line in found.splitlines() if line.strip()}


def test_the_sanitary_vehicles_are_disputed_by_police_and_protesters(desk: Desk) -> None:
    sides = beside(part(picture(desk, TUESDAY_NOON), "Rival claims"), "W063")
    assert sides.keys() == {"W063", "W101"}
    assert sides["W063"].startswith("W063  NZ Police, NZ Herald, confirmed: Police confirm that sanitation trucks are ")
    assert sides["W101"].startswith("W101  protesters, NZ Herald, claimed: Protesters complained in the morning that ")
    assert sides["W063"].endswith("; against W101")
    assert sides["W101"].endswith("; against W063")
    known_then = part(picture(desk, TUESDAY_NOON, TUESDAY_NOON), "Rival claims")
    assert not [line for line in known_then if "W063" in line or "W101" in line]


def test_eight_arrests_are_seven_and_one_with_two_held_and_a_handful_before(desk: Desk) -> None:
    noon = part(picture(desk, MONDAY_NOON, MONDAY_NOON), "Counts")
    assert line_of(noon, "W108").startswith(
        "vague: a handful, no figure: no figure  W108  NZ Police, written statement, police website, confirmed ["
    )
    assert not [line for line in noon if "W080" in line or "W115" in line], "at noon nobody had given a number"
    text = picture(desk, MONDAY_EVENING)
    evening = part(text, "Counts")
    assert line_of(evening, "W080").startswith(
        "total: 8 = 7 disorderly behaviour + 1 obstruction  W080  NZ Police, afternoon statement, in NZ Herald, "
    )
    assert line_of(evening, "W115").startswith(
        "in custody: 2 = 2 refused details  W115  NZ Police, afternoon statement, in NZ Herald, confirmed ["
    )
    assert line_of(evening, "W108").endswith("reported Mon 21 Feb 07:36; recorded Mon 21 Feb 07:36]")
    assert line_of(evening, "W080").endswith("reported Mon 21 Feb 13:48; recorded Mon 21 Feb 13:48]")
    assert line_of(evening, "W072").startswith("today: 7  W072  Otago Daily Times, report, claimed [")
    assert beside(part(text, "Rival claims"), "W072").keys() >= {"W072", "W080"}, "the headline of seven"


def test_seven_officers_were_hurt_on_a_morning_that_police_called_peaceful(desk: Desk) -> None:
    text = picture(desk, MONDAY_EVENING)
    assert line_of(part(text, "Counts"), "W081").startswith(
        "total: 7  W081  NZ Police, afternoon statement, in NZ Herald, confirmed ["
    )
    sides = beside(part(text, "Rival claims"), "W081")
    assert sides["W093"].startswith("W093  Assistant Commissioner, NZ Police, written statement, Scoop, claimed: ")


def test_about_twenty_cars_left_as_reporters_saw(desk: Desk) -> None:
    counts = part(picture(desk, MONDAY_EVENING), "Counts")
    told = line_of(counts, "W042")
    assert told.startswith("about: 20  W042  NZ Herald reporters on the scene, NZ Herald, observed [")
    assert counts[counts.index(f"    {told}") - 1].strip() == "cars, the bus interchange"
    assert not [line for line in part(picture(desk, MONDAY_EVENING, MONDAY_EVENING), "Counts") if "W042" in line]


def test_both_wordings_of_the_barriers_stand_in_picture_review_and_history(desk: Desk) -> None:
    at = desk.moment(MONDAY_EVENING)
    for text in (
        picture(desk, MONDAY_EVENING),
        printed(board(desk, review(desk, at=at, known_at=at))),
        printed(board(desk, history(desk))),
    ):
        worded = part(text, "How the places were worded")
        for words in BOTH_WORDINGS:
            assert [line for line in worded if line.strip().startswith(words)], words
    noon = desk.moment(MONDAY_NOON)
    known = part(printed(board(desk, history(desk, known_at=noon))), "How the places were worded")
    assert line_of(known, "W112").endswith("Murphy Street / Aitken Street")
    assert not [line for line in known if "13:48" in line], "at noon the second list was not known"


def test_blocks_are_moved_and_put_back_by_the_entries_that_say_so(desk: Desk) -> None:
    def row(text: str, barrier: str) -> list[str]:
        [found] = [line for line in text.splitlines() if line.startswith(("│", "|")) and barrier in line]
        return [cell.strip() for cell in re.split("[│|]", found)[2:-1]]

    then, noon = picture(desk, TUESDAY_NOON, TUESDAY_NOON), picture(desk, TUESDAY_NOON)
    late = picture(desk, TUESDAY_LATE)
    for barrier in (BUNNY, LAMBTON):
        assert row(then, barrier)[1] == "■ closed"
        assert "W135" not in row(then, barrier)[3], "police told of it at 21:30"
        state, holds, _, entries = row(noon, barrier)
        assert (state, holds) == ("installed or moved or reinstalled, not certain", "□ open"), "at no stated hour"
        assert {"W135", "W152"} <= set(entries.split())
        state, holds, _, entries = row(late, barrier)
        assert (state, holds) == ("reinstalled", "■ closed")
        assert "W152" in entries.split()
        assert "W135" not in entries.split()
    disputes = part(late, "Rival claims")
    assert {"W135", "W133", "W155"} <= beside(disputes, "W135").keys(), "one block or two corners"
    for entry in ("W135", "W152"):
        assert line_of(disputes, entry).startswith(
            f"{entry}  NZ Police, written statement, Scoop; also 1News at 21:30, "
        )
