"""What was counted and what is disputed: bases apart, the newest on each, nothing settled that nobody settled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.model.entries import ERASED, WITHHELD, Entry
from ringfence.picture import (
    BasisCount,
    Count,
    Rivals,
    count_history,
    counts,
    rivals,
    wordings,
    worth_of,
)

DAY = datetime(2022, 2, 21, tzinfo=UTC)


def moment(number: float) -> datetime:
    return DAY + timedelta(hours=number)


def span(start: float, end: float | None = None) -> dict[str, Any]:
    ends = {"from": moment(start).isoformat(), "to": moment(start if end is None else end).isoformat()}
    return {"precision": "exact" if end is None else "between", **ends}


UNKNOWN = {"precision": "unknown"}


def entry(name: str, at: float, **more: Any) -> Entry:
    document: dict[str, Any] = {
        "id": name,
        "kind": "note",
        "what": "w",
        "so": span(at),
        "reported": span(at),
        "recorded": span(at),
        "source": {"by": "police"},
        "certainty": "confirmed",
    }
    return Entry.model_validate({**document, **more})


def count(name: str, at: float, number: float | None, basis: str | None = "total", **more: Any) -> Entry:
    by = more.pop("by", "police")
    stated = {"kind": "count", "unit": "arrests", "place": "the square", "source": {"by": by}}
    return entry(name, at, number=number, basis=basis, **{**stated, **more})


def counted(*entries: Entry, at: float = 20, known_at: float | None = None) -> Count:
    known = None if known_at is None else moment(known_at)
    [found] = counts(entries, at=moment(at), known_at=known)
    return found


def basis(found: Count, name: str | None = "total") -> BasisCount:
    return next(one for one in found.bases if one.basis == name)


def stands(found: BasisCount) -> tuple[str, float | None] | None:
    return (found.stands.said.entry, found.stands.number) if found.stands else None


def test_each_basis_stands_for_itself_with_who_says_so_and_since_when() -> None:
    found = counted(
        count("a", 8, 8), count("b", 9, 3, "since 06:00"), count("c", 10, 2, "in custody now"), count("d", 11, 5, None)
    )
    assert {one.basis: stands(one) for one in found.bases} == {
        "total": ("a", 8),
        "since 06:00": ("b", 3),
        "in custody now": ("c", 2),
        None: ("d", 5),
    }
    said = basis(found).stands
    assert said is not None
    assert (said.said.source.by, said.said.so.from_, said.said.certainty) == ("police", moment(8), "confirmed")
    assert all(one.spread is None for one in found.bases), "one source never differs from itself"


def test_units_and_places_are_kept_apart_but_for_capitals_and_spaces() -> None:
    found = counts(
        [
            count("a", 1, 1),
            count("b", 2, 2, unit="Arrests "),
            count("c", 3, 3, unit="officers hurt"),
            count("d", 4, 4, place="the station"),
            count("e", 5, 5, place=None),
        ],
        at=moment(9),
    )
    shown = {(one.unit, one.place): stands(one.bases[0]) for one in found}
    assert shown == {
        ("arrests", "the square"): ("b", 2),
        ("officers hurt", "the square"): ("c", 3),
        ("arrests", "the station"): ("d", 4),
        ("arrests", None): ("e", 5),
    }


def test_the_newest_on_a_basis_wins_and_at_an_earlier_moment_the_older() -> None:
    log = [count("a", 8, 8), count("b", 12, 11)]
    assert [stands(basis(counted(*log, at=at))) for at in (8, 11.9, 12)] == [("a", 8), ("a", 8), ("b", 11)]
    assert stands(basis(counted(*log, at=20, known_at=11))) == ("a", 8)
    assert basis(counted(*log)).others == ("a",)


def test_what_is_known_late_of_an_earlier_moment_is_not_newer() -> None:
    late = count("late", 9, 5, reported=span(15), recorded=span(15))
    assert stands(basis(counted(count("a", 12, 8), late))) == ("a", 8)


def test_of_one_moment_the_later_report_is_newer() -> None:
    log = [
        count("a", 6, 5, so=span(3, 6), reported=span(7), recorded=span(7)),
        count("b", 6, 8, so=span(3, 6), reported=span(13), recorded=span(13)),
    ]
    found = basis(counted(*log))
    assert (stands(found), found.newest_certain) == (("b", 8), True)


def test_where_the_log_does_not_tell_the_newest_it_says_so() -> None:
    log = [
        count("a", 6, 5, so=span(3, 9), reported=UNKNOWN),
        count("b", 6, 8, so=span(3, 9), reported=UNKNOWN),
    ]
    assert not basis(counted(*log)).newest_certain
    same = [log[0], log[1].model_copy(update={"number": 5})]
    assert basis(counted(*same)).newest_certain, "whichever is the newest, it is five"
    follows = [log[0], log[1].model_copy(update={"follows": ("a",)})]
    found = basis(counted(*follows))
    assert (stands(found), found.newest_certain) == (("b", 8), True)


def test_a_figure_that_may_not_be_so_yet_is_marked() -> None:
    log = [count("a", 2, 5), count("b", 9, 8, so=span(6, 12), reported=span(14))]
    found = basis(counted(*log, at=9))
    assert found.stands is not None
    assert (found.stands.perhaps, found.newest_certain) == (True, False)
    later = basis(counted(*log, at=12))
    assert later.stands is not None
    assert (later.stands.perhaps, later.newest_certain, stands(later)) == (False, True, ("b", 8))


def test_until_a_newer_figure_is_bound_to_be_so_the_older_may_still_be_the_last() -> None:
    log = [count("a", 2, 5, reported=span(20)), count("b", 9, 8, so=span(6, 12), reported=span(14))]
    found = {at: basis(counted(*log, at=at)) for at in (9, 12)}
    assert {at: (stands(one), one.newest_certain) for at, one in found.items()} == {
        9: (("a", 5), False),
        12: (("b", 8), True),
    }


def test_of_two_days_that_touch_the_later_is_newer() -> None:
    log = [
        count("today", 0, 8, so=span(0, 24), reported=UNKNOWN),
        count("next-day", 24, 11, so=span(24, 48), reported=UNKNOWN),
    ]
    found = basis(counted(*log, at=60))
    assert (stands(found), found.newest_certain) == (("next-day", 11), True)


@pytest.mark.parametrize(
    ("number", "parts", "rest"),
    [
        (8, {"disorder": 7, "obstruction": 1}, 0),
        (2846, {"north": 1802, "rest": 1041}, 3),
        (8, {"disorder": 7, "obstruction": 2}, -1),
        (0.3, {"a": 0.1, "b": 0.2}, 0),
        (8, {}, None),
        (None, {"spray": 3, "driver": 1}, None),
    ],
)
def test_parts_that_do_not_add_up_are_flagged_with_how_much(
    number: float | None, parts: dict[str, float], rest: float | None
) -> None:
    said = basis(counted(count("a", 1, number, breakdown=parts))).stands
    assert said is not None
    assert (said.unaccounted, said.number, said.breakdown) == (rest, number, parts)


def test_the_spread_is_between_sources_on_one_basis_by_their_newest_words() -> None:
    found = counted(
        count("old", 6, 3, by="paper"),
        count("a", 10, 8),
        count("b", 10, 7, by="paper", certainty="claimed"),
        count("c", 10, 9, by="radio", certainty="observed"),
        count("d", 10, 100, "today", by="agency"),
    )
    spread = basis(found).spread
    assert spread is not None
    assert (spread.low, spread.low_by, spread.high, spread.high_by) == (7, ("b",), 9, ("c",))
    assert spread.of_one_moment
    assert [one.said.entry for one in basis(found).by_source] == ["a", "b", "c"]
    assert basis(found, "today").spread is None


def test_a_spread_of_different_moments_is_called_that() -> None:
    spread = basis(counted(count("a", 8, 5), count("b", 12, 9, by="paper"))).spread
    assert spread is not None
    assert not spread.of_one_moment


def test_a_newer_claim_stands_beside_what_was_confirmed_and_not_in_its_place() -> None:
    found = basis(counted(count("a", 8, 8), count("b", 12, 12, by="crowd", certainty="claimed")))
    assert stands(found) == ("a", 8)
    assert [one.said.entry for one in found.by_source] == ["a", "b"]
    alone = basis(counted(count("b", 12, 12, certainty="claimed")))
    assert stands(alone) == ("b", 12), "a claim is better than nothing, and carries its certainty"
    assert alone.stands is not None
    assert alone.stands.said.certainty == "claimed"
    own = basis(counted(count("a", 8, 8), count("b", 12, 12, certainty="claimed")))
    assert (stands(own), [one.said.entry for one in own.by_source]) == (("a", 8), ["b"])


def test_a_denied_count_never_stands_and_a_denial_is_told_of_what_it_denies() -> None:
    denied = count("b", 9, 12, certainty="denied", kind="denial", relates_to=["a"], by="crowd")
    found = basis(counted(count("a", 8, 8), denied))
    assert stands(found) == ("a", 8)
    assert found.stands is not None
    assert found.stands.denied_by == ("b",)
    assert [one.said.entry for one in found.denials] == ["b"]
    assert found.spread is None
    assert basis(counted(denied)).stands is None


def test_a_retracted_count_is_gone_from_then_on_and_back_if_that_is_taken_back() -> None:
    log = [
        count("a", 8, 8),
        count("b", 9, 11),
        entry("r", 10, kind="retraction", retracts=["b"]),
        entry("s", 12, kind="retraction", retracts=["r"]),
    ]
    assert [stands(basis(counted(*log, known_at=known))) for known in (9, 10, 12)] == [("b", 11), ("a", 8), ("b", 11)]


def test_a_correction_stands_in_the_place_of_what_it_corrects_and_alters_no_earlier_knowledge() -> None:
    log = [
        count("a", 8, 8, breakdown={"disorder": 7, "obstruction": 1}),
        entry("c", 12, kind="correction", relates_to=["a"], number=9, so=UNKNOWN),
    ]
    after = basis(counted(*log, at=9))
    assert after.stands is not None
    assert (stands(after), after.stands.corrects) == (("c", 9), ("a",))
    assert after.stands.breakdown == {}, "the parts of eight are not the parts of nine"
    assert after.others == ()
    before = basis(counted(*log, at=9, known_at=11))
    assert before.stands is not None
    assert (stands(before), before.stands.corrected_by) == (("a", 8), ())
    [told] = count_history(log)
    assert [(one.said.entry, one.number) for one in told.said] == [("a", 8), ("c", 9)]


def test_a_correction_is_of_the_moment_of_what_it_corrects() -> None:
    """Nobody knew of an arrest before there was one, whenever the figure was put right."""
    log = [count("a", 8, 8), count("c", 12, 9, kind="correction", relates_to=["a"], so=UNKNOWN, recorded=span(12))]
    assert counts(log, at=moment(7)) == ()
    assert stands(basis(counted(*log, at=8))) == ("c", 9)


def test_a_correction_that_states_a_figure_on_another_basis_moves_it_there() -> None:
    log = [count("a", 8, 8), entry("c", 12, kind="correction", relates_to=["a"], number=8, basis="today", so=UNKNOWN)]
    assert {one.basis: stands(one) for one in counted(*log).bases} == {"today": ("c", 8)}


@pytest.mark.parametrize("more", [{"place": "the square"}, {"basis": "today"}, {"unit": "arrests"}, {}])
def test_a_correction_in_words_confirms_no_figure_by_copying_it(more: dict[str, Any]) -> None:
    words = {"kind": "correction", "relates_to": ["a"], "what": "It was 7", "so": UNKNOWN, **more}
    found = basis(counted(count("a", 8, 8, certainty="claimed"), entry("c", 12, source={"by": "desk"}, **words)))
    assert found.stands is not None
    assert (stands(found), found.stands.said.certainty, found.stands.said.source.by) == (("a", 8), "claimed", "police")
    assert (found.stands.corrected_by, found.stands.corrects) == (("c",), ())


def test_new_parts_are_of_the_same_number_only_if_that_was_as_sure() -> None:
    parts = entry("c", 12, kind="correction", relates_to=["a"], breakdown={"disorder": 4, "other": 3}, so=UNKNOWN)
    for certainty, number in (("claimed", None), ("confirmed", 7)):
        assert stands(basis(counted(count("a", 8, 7, certainty=certainty), parts))) == ("c", number)


@pytest.mark.parametrize("denied", [False, True])
def test_a_correction_that_is_claimed_or_denied_stands_beside_what_it_corrects(denied: bool) -> None:
    correction = {"kind": "correction", "relates_to": ["a"], "number": 9, "so": UNKNOWN, "source": {"by": "paper"}}
    log = [count("a", 8, 8), entry("c", 12, **correction, certainty="confirmed" if denied else "claimed")]
    log += [entry("d", 13, kind="denial", certainty="denied", relates_to=["c"])] if denied else []
    found = basis(counted(*log))
    assert {one.said.entry: (one.number, one.corrects) for one in found.by_source} == {"a": (8, ()), "c": (9, ())}


def test_a_confirmed_rival_stands_on_its_basis() -> None:
    log = [
        count("a", 8, 8),
        count("b", 8, 7, by="paper", certainty="claimed", disputes=["a"]),
        entry("seen", 12, kind="confirmation", relates_to=["b"], certainty="observed"),
    ]
    assert stands(basis(counted(*log))) == ("b", 7)
    assert stands(basis(counted(*log, known_at=11))) == ("a", 8)
    newer = count("c", 15, 11)
    assert stands(basis(counted(*log, newer))) == ("c", 11)


def test_places_and_sources_that_can_not_be_read_are_each_their_own() -> None:
    for words in (ERASED, WITHHELD):
        log = [count("a", 8, 8, place=words), count("b", 9, 3, place=words)]
        assert [stands(one.bases[0]) for one in counts(log, at=moment(20))] == [("a", 8), ("b", 3)]
        assert len(count_history(log)) == 2
        found = basis(counted(count("a", 8, 8, by=words), count("b", 9, 3, by=words)))
        assert [one.said.entry for one in found.by_source] == ["a", "b"]
        assert found.spread is not None


def test_a_correction_of_a_correction_is_the_last_word_and_one_in_words_only_is_a_flag() -> None:
    log = [
        count("a", 8, 8),
        entry("c", 12, kind="correction", relates_to=["a"], number=9, so=UNKNOWN),
        entry("d", 13, kind="correction", relates_to=["c"], number=10, so=UNKNOWN),
        entry("e", 14, kind="correction", relates_to=["d"]),
    ]
    found = basis(counted(*log))
    assert found.stands is not None
    assert (stands(found), found.stands.corrected_by) == (("d", 10), ("e",))


@pytest.mark.parametrize(
    ("more", "expected"),
    [({"certainty": "claimed"}, ("a", 8)), ({"relates_to": ["a", "b"]}, ("c", 9)), ({"so": span(15)}, ("a", 8))],
)
def test_a_correction_that_is_claimed_of_two_or_not_so_yet_takes_no_place(
    more: dict[str, Any], expected: tuple[str, float]
) -> None:
    shape = {"kind": "correction", "relates_to": ["a"], "so": UNKNOWN, **more}
    log = [count("a", 8, 8), count("b", 3, 3, "today"), count("c", 9, 9, **shape)]
    found = basis(counted(*log, at=14))
    assert stands(found) == expected
    if "relates_to" in more:
        assert found.others == ("a",), "newer, but not in its place"


def test_counts_that_correct_each_other_both_stay() -> None:
    log = [
        count("a", 8, 8, kind="correction", relates_to=["b"]),
        count("b", 8, 9, kind="correction", relates_to=["a"]),
    ]
    found = basis(counted(*log))
    assert not found.newest_certain


def test_a_vague_word_is_kept_without_a_figure_and_takes_the_place_of_none() -> None:
    found = basis(counted(count("a", 8, 8), count("b", 12, None)))
    assert stands(found) == ("a", 8)
    vague = basis(counted(count("b", 12, None, "a handful")), "a handful")
    assert stands(vague) == ("b", None)


NAMES = ("a", "b", "c", "d", "e", "f")


@st.composite
def logs(draw: st.DrawFn) -> list[Entry]:
    """Counts, corrections, denials, retractions, confirmations and disputes among six entries."""
    log = []
    for place, name in enumerate(NAMES[: draw(st.integers(1, 6))]):
        earlier = st.sets(st.sampled_from(NAMES[:place]), max_size=2) if place else st.just(set())
        at = draw(st.integers(0, 20))
        kind = draw(st.sampled_from(["count", "count", "correction", "denial", "confirmation", "retraction"]))
        certainty = draw(st.sampled_from(["confirmed", "observed", "claimed", "denied"]))
        log.append(
            count(
                name,
                at,
                draw(st.none() | st.integers(0, 9)),
                draw(st.sampled_from(["total", "today", None])),
                kind=kind,
                certainty="confirmed" if kind == "retraction" else certainty,
                by=draw(st.sampled_from(["police", "paper", "radio"])),
                so=draw(st.sampled_from([span(at), span(at, at + 4), UNKNOWN])),
                reported=draw(st.sampled_from([span(at), span(at + 1), UNKNOWN])),
                recorded=draw(st.sampled_from([span(at), span(at, at + 6)])),
                relates_to=sorted(draw(earlier)),
                disputes=sorted(draw(earlier)) if draw(st.booleans()) else [],
                retracts=sorted(draw(earlier)) if kind == "retraction" else [],
            )
        )
    return log


@given(logs(), st.randoms(use_true_random=False), st.integers(0, 24), st.none() | st.integers(0, 24))
@settings(deadline=None)
def test_the_order_of_arrival_changes_neither_counts_nor_rivals(
    log: list[Entry], random: Any, at: int, known_at: int | None
) -> None:
    shuffled = log[:]
    random.shuffle(shuffled)
    known = None if known_at is None else moment(known_at)
    for told in (counts, rivals, wordings):
        assert told(log, at=moment(at), known_at=known) == told(shuffled, at=moment(at), known_at=known)
    assert worth_of(log) == worth_of(shuffled)


@given(logs(), st.integers(0, 24), st.integers(0, 24))
@settings(deadline=None)
def test_no_figure_is_made_up_and_what_becomes_known_later_alters_nothing_known_before(
    log: list[Entry], at: int, known_at: int
) -> None:
    known = [one for one in log if one.recorded.latest <= moment(known_at)]
    found = counts(log, at=moment(at), known_at=moment(known_at))
    assert found == counts(known, at=moment(at))
    assert rivals(log, at=moment(at), known_at=moment(known_at)) == rivals(known, at=moment(at))
    stated = {one.number for one in known}
    shown = {one.stands.number for group in found for one in group.bases if one.stands}
    spreads = {
        number for group in found for one in group.bases if one.spread for number in (one.spread.low, one.spread.high)
    }
    assert shown <= stated, "a sum or a mean would be a figure that nobody stated"
    assert spreads <= stated
    gone = {target for one in known if one.kind == "retraction" for target in one.retracts}
    assert not {side.said.entry for group in found for one in group.bases for side in one.by_source} & gone - {
        target for one in known if one.id in gone for target in one.retracts
    }


def one_set(*entries: Entry, at: float = 20, known_at: float | None = None) -> Rivals:
    [found] = rivals(entries, at=moment(at), known_at=None if known_at is None else moment(known_at))
    return found


TRUCKS = (
    entry("kept-out", 8, kind="claim", certainty="claimed", source={"by": "protesters"}, disputes=["let-in"]),
    entry("let-in", 10, kind="gate_rule"),
)


def test_rival_claims_stand_side_by_side_with_who_says_what_since_when() -> None:
    found = one_set(*TRUCKS)
    assert (found.standing, found.settled_by) == ("open", ())
    assert [(one.said.entry, one.said.source.by, one.against) for one in found.sides] == [
        ("kept-out", "protesters", ("let-in",)),
        ("let-in", "police", ("kept-out",)),
    ]
    assert found.sides[0].said.so.from_ == found.sides[0].said.recorded.to == moment(8)
    assert found.pairs[0].stands == ("kept-out", "let-in")
    assert rivals(TRUCKS, at=moment(20), known_at=moment(9)) == (), "one side alone is no dispute"


def test_a_confirmation_settles_nothing_that_was_said_only_afterwards() -> None:
    before = entry("before", 7, kind="confirmation", relates_to=["let-in"])
    assert one_set(*TRUCKS, before).standing == "open", "whoever looked did not know of the other word"


def test_taking_one_side_back_settles_it_from_then_on_and_not_before() -> None:
    back = entry("back", 12, kind="retraction", retracts=["kept-out"], source={"by": "protesters"})
    found = one_set(*TRUCKS, back)
    assert (found.standing, found.pairs[0].stands) == ("withdrawn", ("let-in",))
    assert [one.entry for one in found.settled_by] == ["back"]
    assert found.sides[0].withdrawn_by == ("back",)
    assert one_set(*TRUCKS, back, known_at=11).standing == "open"
    again = entry("again", 14, kind="retraction", retracts=["back"])
    assert one_set(*TRUCKS, back, again).standing == "open"


def test_those_who_took_a_side_back_are_named_in_the_same_order_at_every_desk() -> None:
    back, too = (entry(name, 12, kind="retraction", retracts=["kept-out"]) for name in ("back", "again"))
    named = [one_set(*TRUCKS, *arrived).sides[0].withdrawn_by for arrived in ((back, too), (too, back))]
    assert named == [("again", "back")] * 2


def test_a_confirmation_of_one_side_settles_it_whatever_the_moment_asked_about() -> None:
    seen = entry("seen", 13, kind="confirmation", relates_to=["let-in"], source={"by": "gate 6"}, certainty="observed")
    found = one_set(*TRUCKS, seen, at=11)
    assert (found.standing, found.pairs[0].stands) == ("confirmed", ("let-in",))
    assert [(one.entry, one.source.by) for one in found.settled_by] == [("seen", "gate 6")]
    assert one_set(*TRUCKS, seen, at=20, known_at=12).standing == "open"


@pytest.mark.parametrize(
    "more",
    [
        [entry("x", 13, kind="confirmation", relates_to=["let-in"], certainty="claimed")],
        [entry("x", 13, kind="confirmation", relates_to=["let-in", "kept-out"])],
        [
            entry(name, 13, kind="confirmation", relates_to=[side])
            for name, side in zip("xy", ("let-in", "kept-out"), strict=True)
        ],
        [entry("x", 13, kind="correction", relates_to=["kept-out"])],
        [entry("x", 13, kind="observation", relates_to=["let-in"])],
        [
            entry("x", 13, kind="confirmation", relates_to=["let-in"]),
            entry("y", 14, kind="retraction", retracts=["x"]),
        ],
    ],
    ids=["claimed", "of both at once", "of both", "a correction", "no confirmation", "taken back"],
)
def test_nothing_else_settles_a_dispute(more: list[Entry]) -> None:
    assert one_set(*TRUCKS, *more).standing == "open"


def test_a_confirmation_of_both_does_not_undo_one_of_a_single_side() -> None:
    both = entry("both", 13, kind="confirmation", relates_to=["let-in", "kept-out"])
    one = entry("one", 14, kind="confirmation", relates_to=["let-in"])
    found = one_set(*TRUCKS, both, one)
    assert (found.standing, found.pairs[0].settled_by) == ("confirmed", ("one",))


def test_a_confirmation_that_disputes_the_other_side_joins_the_set_and_settles_it() -> None:
    seen = entry("seen", 13, kind="confirmation", relates_to=["let-in", "kept-out"], disputes=["kept-out"])
    found = one_set(*TRUCKS, seen)
    assert (found.standing, [one.said.entry for one in found.sides]) == ("confirmed", ["kept-out", "let-in", "seen"])
    assert {one for pair in found.pairs for one in pair.stands} == {"let-in", "seen"}


def test_a_denial_is_a_rival_and_sets_that_share_an_entry_are_one() -> None:
    log = [
        *TRUCKS,
        entry("no", 11, kind="denial", certainty="denied", relates_to=["let-in"]),
        entry("other", 5, disputes=["else"]),
        entry("else", 5),
    ]
    found = rivals(log, at=moment(20))
    assert [[one.said.entry for one in group.sides] for group in found] == [
        ["else", "other"],
        ["kept-out", "let-in", "no"],
    ]
    assert [(pair.one, pair.other) for pair in found[1].pairs] == [("kept-out", "let-in"), ("let-in", "no")]


def test_a_set_is_open_while_one_of_its_pairs_is() -> None:
    log = [*TRUCKS, entry("third", 9, disputes=["kept-out"]), entry("back", 12, kind="retraction", retracts=["third"])]
    found = one_set(*log)
    assert found.standing == "open"
    assert {(pair.one, pair.other): pair.standing for pair in found.pairs} == {
        ("kept-out", "let-in"): "open",
        ("kept-out", "third"): "withdrawn",
    }


def test_each_wording_of_a_place_is_kept_in_order_of_report() -> None:
    log = [
        entry("b", 13, kind="barrier", barriers=["gate"], state="installed", place="Mulgrave / Aitken"),
        entry("a", 7, kind="barrier", barriers=["gate"], state="installed", place="Murphy / Aitken"),
        entry("c", 14, kind="barrier", barriers=["gate"], state="moved"),
    ]
    [found] = wordings(log, at=moment(20))
    assert [(one.entry, one.place) for one in found.wordings] == [("a", "Murphy / Aitken"), ("b", "Mulgrave / Aitken")]
    assert wordings(log, at=moment(20), known_at=moment(8))[0].wordings == found.wordings[:1]
