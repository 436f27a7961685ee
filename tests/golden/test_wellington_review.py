"""The two Wellington days looked back on: what was counted and disputed, in picture, history, review, with sources.

The figures are those of the sources (facts by number in the log's `ref`), not of the code.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ringfence.desk import Desk
from ringfence.desk.review import Hindsight, History, Review, board, hindsight, history, review
from ringfence.model.reviews import Said
from ringfence.picture import BasisCount, Count, Rivals
from tests.conftest import EXAMPLE, ROOT

MONDAY_NOON, MONDAY_EVENING = "2022-02-21T12:00", "2022-02-21T20:00"
TUESDAY_NOON, TUESDAY_LATE = "2022-02-22T12:00", "2022-02-22T22:00"


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk.open(EXAMPLE)


@pytest.fixture(scope="module")
def told(desk: Desk) -> History:
    return history(desk)


@pytest.fixture(scope="module")
def looked_back(desk: Desk) -> Hindsight:
    return hindsight(desk)


@pytest.fixture(scope="module")
def reviews(desk: Desk) -> dict[str, Review]:
    """Each moment as known at that moment."""
    moments = (MONDAY_NOON, MONDAY_EVENING, TUESDAY_NOON, TUESDAY_LATE)
    return {at: review(desk, at=desk.moment(at), known_at=desk.moment(at)) for at in moments}


def find(found: tuple[Count, ...], unit: str, place: str | None, basis: str | None) -> BasisCount:
    [group] = [one for one in found if (one.unit, one.place) == (unit, place)]
    return next(one for one in group.bases if one.basis == basis)


def rivals_of(found: tuple[Rivals, ...], entry: str) -> Rivals:
    return next(one for one in found if entry in {side.said.entry for side in one.sides})


def stands(found: BasisCount) -> tuple[str, Any, str, str]:
    assert found.stands is not None
    said = found.stands.said
    return said.entry, found.stands.number, said.source.by, said.certainty


def in_history(told: History, entry: str) -> Said:
    """The word in the history of what was counted or disputed, or in that of a promise."""
    counted = [one.said for group in told.counts for one in group.said]
    disputed = [side.said for group in told.rivals for side in group.sides]
    turned = [said for promise in told.promises for one in promise.stretches for said in (*one.by, *one.disputed_by)]
    return next(said for said in (*counted, *disputed, *turned) if said.entry == entry)


def local(moment: datetime) -> str:
    return f"{moment:%d %H:%M}"


def shown(desk: Desk, answer: Review | History | Hindsight) -> str:
    out = io.StringIO()
    Console(file=out, width=2000, markup=False).print(board(desk, answer))
    return out.getvalue()


# -- the sanitary vehicles


def test_the_sanitary_trucks_are_disputed_and_nothing_has_settled_it(reviews: dict[str, Review], told: History) -> None:
    for found in (*(one.now.rivals for at, one in reviews.items() if at != MONDAY_NOON), told.rivals):
        dispute = rivals_of(found, "W063")
        assert dispute.standing == "open"
        assert {one.said.entry: (one.said.source.by, one.said.certainty) for one in dispute.sides} == {
            "W063": ("NZ Police", "confirmed"),
            "W101": ("protesters", "claimed"),
        }
    said = in_history(told, "W101")
    assert said.so.precision == "after", "they complained in the morning; until when is not said"
    assert said.reported.precision == "unknown"


def test_on_the_day_nobody_can_show_to_have_known_of_either_side(reviews: dict[str, Review]) -> None:
    for found in reviews.values():
        assert not {"W063", "W101"} & {side.said.entry for one in found.then.rivals for side in one.sides}
    changed = {one.promise: one for one in reviews[TUESDAY_NOON].promises}["sanitary-in"]
    assert (changed.then, changed.now) == ("broken", "kept")
    assert [one.entry for one in changed.changed_by] == ["W063"]


def test_the_promise_to_the_sanitary_trucks_turns_by_the_word_of_police_with_the_protesters_beside(
    told: History,
) -> None:
    [promise] = [one for one in told.promises if one.promise == "sanitary-in"]
    assert [(local(one.since), one.answer, one.certain) for one in promise.stretches] == [
        ("21 00:00", "kept", True),
        ("21 03:30", "broken", False),
        ("22 00:00", "kept", True),
    ]
    last = promise.stretches[-1]
    assert [one.entry for one in last.by] == ["W063"]
    assert [(one.entry, one.source.by) for one in last.disputed_by] == [("W101", "protesters")]


# -- arrests


def test_eight_arrests_are_seven_and_one_with_two_held_and_a_handful_before(
    reviews: dict[str, Review], desk: Desk
) -> None:
    noon, evening = reviews[MONDAY_NOON].then.counts, reviews[MONDAY_EVENING].then.counts
    handful = find(noon, "people arrested", "Parliament", "vague: a handful, no figure")
    assert stands(handful) == ("W108", None, "NZ Police", "confirmed")
    [group] = [one for one in noon if one.unit == "people arrested"]
    assert len(group.bases) == 1, "at noon nobody had given a number"
    total = find(evening, "people arrested", "Parliament", "total")
    assert stands(total) == ("W080", 8, "NZ Police", "confirmed")
    assert total.stands is not None
    assert total.stands.breakdown == {"disorderly behaviour": 7, "obstruction": 1}
    assert (total.stands.unaccounted, total.spread) == (0, None)
    held = find(evening, "people", None, "in custody")
    assert stands(held) == ("W115", 2, "NZ Police", "confirmed")
    assert held.stands is not None
    assert held.stands.said.reported.from_ == desk.moment("2022-02-21T13:48")
    assert find(evening, "people arrested", "Parliament", "vague: a handful, no figure") == handful


def test_the_headline_of_seven_stands_beside_the_eight_and_is_never_compared_across_bases(
    reviews: dict[str, Review], told: History
) -> None:
    now = reviews[MONDAY_EVENING].now
    today = find(now.counts, "people arrested", "Parliament", "today")
    assert stands(today) == ("W072", 7, "Otago Daily Times", "claimed")
    assert today.spread is None
    dispute = rivals_of(now.rivals, "W072")
    assert dispute.standing == "open"
    assert ("W072", "W080") in {(one.one, one.other) for one in dispute.pairs}
    assert {in_history(told, one).entry for one in ("W072", "W080", "W108", "W115")} == {
        "W072",
        "W080",
        "W108",
        "W115",
    }


def test_the_arrests_of_tuesday_are_counted_two_ways_and_both_stand(reviews: dict[str, Review]) -> None:
    now = reviews[TUESDAY_LATE].now
    total = find(now.counts, "people arrested", None, "total")
    assert stands(total) == ("W140", 3, "NZ Police", "confirmed")
    parts = find(now.counts, "people arrested", None, "two parts, no total stated")
    assert stands(parts) == ("W141", None, "Newshub", "claimed")
    assert parts.stands is not None
    assert (parts.stands.breakdown, parts.stands.unaccounted) == ({"spraying": 3, "driver": 1}, None), "never summed"
    assert rivals_of(now.rivals, "W141").standing == "open"
    assert stands(find(now.counts, "person arrested", None, "total"))[:2] == ("W151", 1)


# -- injuries


def test_seven_officers_hurt_stand_against_a_morning_called_peaceful(reviews: dict[str, Review], told: History) -> None:
    evening = reviews[MONDAY_EVENING]
    assert stands(find(evening.then.counts, "officers injured", None, "total")) == (
        "W081",
        7,
        "NZ Police",
        "confirmed",
    )
    for found in (evening.then.rivals, evening.now.rivals, told.rivals):
        dispute = rivals_of(found, "W081")
        assert dispute.standing == "open"
        assert ("W081", "W093") in {(one.one, one.other) for one in dispute.pairs}
    assert in_history(told, "W081").source.via == "afternoon statement, in NZ Herald"


def test_the_officers_treated_on_tuesday_are_kept_by_basis(reviews: dict[str, Review]) -> None:
    late = reviews[TUESDAY_LATE]
    assert stands(find(late.then.counts, "officers", None, "at least")) == ("W150", 3, "NZ Police", "claimed")
    total = find(late.then.counts, "officers", None, "total")
    assert stands(total) == ("W133", 3, "Assistant Commissioner, NZ Police", "confirmed")
    assert stands(find(late.now.counts, "officers taken to hospital", None, "total"))[:3] == ("W139", 3, "Stuff")


# -- cars leaving


def test_about_twenty_cars_left_as_reporters_saw_and_no_desk_can_show_to_have_known(
    reviews: dict[str, Review], told: History
) -> None:
    found = find(reviews[MONDAY_EVENING].now.counts, "cars", "the bus interchange", "about")
    assert stands(found) == ("W042", 20, "NZ Herald reporters on the scene", "observed")
    assert found.stands is not None
    assert found.stands.perhaps, "the source says on that day, not by which hour"
    tuesday = find(reviews[TUESDAY_NOON].now.counts, "cars", "the bus interchange", "about")
    assert tuesday.stands is not None
    assert not tuesday.stands.perhaps
    assert not [one for one in reviews[TUESDAY_LATE].then.counts if one.unit == "cars"]
    assert in_history(told, "W042").recorded.precision == "between"


# -- both wordings of the barrier list


def test_both_wordings_of_the_barrier_list_stand_for_each_of_the_eight(reviews: dict[str, Review]) -> None:
    noon, evening = reviews[MONDAY_NOON].then.wordings, reviews[MONDAY_EVENING].then.wordings
    assert len(noon) == len(evening) == 8
    assert {said.entry for one in noon for said in one.wordings} == {"W111", "W112", "W113"}, "only the 07:36 list"
    worded = {one.barrier: [(said.entry, said.place) for said in one.wordings] for one in evening}
    assert worded["aitken-street"][1:] == [
        ("W112", "Murphy Street / Aitken Street"),
        ("W088", "Mulgrave Street / Aitken Street"),
    ]
    assert worded["bunny-street"][1:] == [
        ("W113", "Bunny Street near the railway station"),
        ("W090", "Bunny Street near the Victoria University campus"),
    ]
    for wordings in evening:
        reported = [f"{said.reported.from_:%H:%M}" for said in wordings.wordings if said.reported.from_]
        assert {"07:36", "13:48"} <= set(reported), wordings.barrier
        assert {said.source.by for said in wordings.wordings} == {"NZ Police"}


def test_the_wordings_are_in_the_history_of_the_seal_with_the_statement_they_come_from(
    told: History, desk: Desk
) -> None:
    [placed] = [
        one
        for promise in told.promises
        if promise.promise == "sealed-determined"
        for one in promise.stretches
        if local(one.since) == "21 03:30"
    ]
    assert {one.entry for one in placed.by} == {f"W{number:03}" for number in range(86, 93)} | {"W085"}
    known = history(desk, promise_id="sealed-determined", known_at=desk.moment(MONDAY_NOON))
    [kept] = [one for one in known.promises[0].stretches if one.answer == "kept"]
    assert {one.entry for one in kept.by} == {"W110", "W111"}, "at noon all that was known was the list of 07:36"


# -- blocks moved and put back


def test_blocks_were_moved_and_put_back_and_that_was_heard_of_at_half_past_nine(
    reviews: dict[str, Review], looked_back: Hindsight
) -> None:
    noon = reviews[TUESDAY_NOON]
    assert {"bunny-street", "lambton-quay-whitmore"} == set(noon.barriers)
    for barrier in noon.barriers:
        assert noon.then.picture.barrier(barrier).holds == "yes"
        assert set(noon.now.picture.barrier(barrier).states) == {"installed", "moved", "reinstalled"}
    late = reviews[TUESDAY_LATE]
    assert {late.then.picture.barrier(barrier).state for barrier in noon.barriers} == {"reinstalled"}
    stretches = {
        one.promise: (local(one.since), local(one.until), one.believed, one.turned_out, one.turned_out_certain)
        for one in looked_back.stretches
        if one.promise.startswith("sealed") and local(one.since) == "22 00:00"
    }
    assert stretches == {
        "sealed-lawful": ("22 00:00", "22 16:50", "kept", "broken", False),
        "sealed-determined": ("22 00:00", "22 18:00", "kept", "broken", False),
    }
    [changed] = {
        (one.entry, one.source.by, f"{one.recorded.from_:%d %H:%M}")
        for stretch in looked_back.stretches
        if stretch.promise.startswith("sealed") and local(stretch.since) == "22 00:00"
        for one in stretch.changed_by
    }
    assert changed == ("W135", "NZ Police", "22 21:30")


def test_the_history_of_the_seal_names_who_opened_it_and_who_closed_it_again(told: History) -> None:
    [promise] = [one for one in told.promises if one.promise == "sealed-determined"]
    tuesday = {local(one.since): one for one in promise.stretches if local(one.since) >= "22"}
    assert {since: (one.answer, [said.entry for said in one.by]) for since, one in tuesday.items()} == {
        "22 00:00": ("broken", ["W135"]),
        "22 16:50": ("broken", ["W154"]),
        "22 18:00": ("kept", ["W152"]),
    }
    assert tuesday["22 16:50"].by[0].source.by == "NZ Herald reporters on the scene"
    assert {one.entry for one in tuesday["22 00:00"].disputed_by} == {"W133", "W155"}, "one block; nothing notable"


def test_one_block_or_two_corners_is_left_open(reviews: dict[str, Review]) -> None:
    dispute = rivals_of(reviews[TUESDAY_LATE].then.rivals, "W135")
    assert dispute.standing == "open"
    assert {("W133", "W135"), ("W135", "W155"), ("W152", "W155")} <= {(one.one, one.other) for one in dispute.pairs}


# -- the rest of the counts, and the boards


def test_parts_that_were_printed_three_short_are_flagged_and_no_others(told: History) -> None:
    flagged = {one.said.entry: one.unaccounted for group in told.counts for one in group.said if one.unaccounted}
    assert flagged == {"W145": 3}


def test_all_rivals_of_the_log_are_open_because_nothing_was_settled_by_us(told: History) -> None:
    assert {one.standing for one in told.rivals} == {"open"}
    assert len(told.rivals) == 8


def test_every_source_stands_on_the_boards(
    desk: Desk, reviews: dict[str, Review], told: History, looked_back: Hindsight
) -> None:
    entries = ("W042", "W063", "W072", "W080", "W081", "W101", "W108", "W115", "W135", "W152")
    for text in (shown(desk, reviews[TUESDAY_LATE]), shown(desk, told)):
        for name in entries:
            entry = next(one for one in desk.operation.entries if one.id == name)
            assert f"{name}  {entry.source.by}" in text.replace("also ", ""), name
    assert "8 = 7 disorderly behaviour + 1 obstruction" in shown(desk, told)
    assert "[the parts are 3 short]" in shown(desk, told)
    assert "W135  NZ Police" in shown(desk, looked_back)


def test_the_counts_of_the_log_are_those_of_the_list_of_facts(told: History, shared_data: Path) -> None:
    """The list is read here on its own; where the log's basis is worded otherwise, number and parts still agree."""
    with (shared_data / "data/wellington/facts.tsv").open(encoding="utf-8") as lines:
        facts = {row["id"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    checked = 0
    for group in told.counts:
        for one in group.said:
            [fact] = [facts[ref.removeprefix("fact:")] for ref in one.said.ref if ref.startswith("fact:")]
            assert fact["number"] == ("" if one.number is None else str(one.number)), one.said.entry
            parts = ";".join(f"{name}={part}" for name, part in one.breakdown.items())
            assert fact["breakdown"] == parts, one.said.entry
            assert fact["unit"] == group.unit, one.said.entry
            checked += 1
    assert checked > 40


def test_the_essay_on_the_three_times_has_the_hindsight_of_a_fresh_run(looked_back: Hindsight) -> None:
    def worded(answer: str, certain: bool) -> str:
        return answer if certain or answer == "unknown" else f"{answer}?"

    lines = [
        f"| {one.since:%d %b %H:%M} | {one.until:%d %b %H:%M} | `{one.promise}` | "
        f"{worded(one.believed, one.believed_certain)} | {worded(one.turned_out, one.turned_out_certain)} | "
        f"{' '.join(said.entry for said in one.changed_by)} |"
        for one in looked_back.stretches
    ]
    assert "\n".join(lines) in (ROOT / "docs" / "three-times.md").read_text(encoding="utf-8")
