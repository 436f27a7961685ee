"""What an entry is still worth once others corrected, confirmed, denied or contradicted it: one rule for all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ringfence.base.times import parse_time
from ringfence.model.answers import PromiseAnswer
from ringfence.model.entries import Entry
from ringfence.operation import Operation
from ringfence.picture import Chronicle, bearing_entries, counts, flags, fold, rivals, worth_of
from ringfence.picture.standing import in_place
from ringfence.promises import check_promises
from tests.unit.test_picture import BARRIER, DAY, SITE, entry, exact, hour, picture, put

TIMELESS = {"precision": "unknown"}
PLACED = put("placed", exact(3), "installed")
MOVED = put("moved", exact(5), "moved")
CLAIMED = put("claimed", exact(5), "moved", certainty="claimed")


def about(name: str, kind: str, at: float, *others: str, **more: Any) -> Entry:
    """An entry of that kind about others, recorded at that hour."""
    said = {"kind": kind, "relates_to": list(others), "reported": exact(at), "recorded": exact(at)}
    return entry(name, **{"so": exact(at), **said, **more})


def states(*log: Entry, at: float = 9, known_at: float | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What confirmed and observed entries allow, and what claims allow besides."""
    found = picture(*log, at=at, known_at=known_at).barrier("b")
    return found.states, found.states_claimed


# -- corrections


def other_moved(name: str = "put-right", at: float = 7, **more: Any) -> Entry:
    """That another barrier was moved, and not that one."""
    return about(name, "correction", at, "moved", **{"so": TIMELESS, "barriers": ["c"], "state": "moved", **more})


def at_both(*log: Entry, at: float, known_at: float | None = None) -> tuple[str, str]:
    known = None if known_at is None else DAY + timedelta(hours=known_at)
    barriers = [BARRIER, BARRIER.model_copy(update={"id": "c"})]
    both = fold(barriers, [], log, at=DAY + timedelta(hours=at), known_at=known)
    return both.barrier("b").state, both.barrier("c").state


BOTH_PLACED = entry("placed", exact(3), barriers=["b", "c"], state="installed")


def test_a_correction_with_an_effect_stands_in_the_place_of_what_it_corrects_and_at_its_moment() -> None:
    log = [BOTH_PLACED, MOVED, other_moved()]
    assert at_both(*log, at=9) == ("installed", "moved")
    assert at_both(*log, at=4.9) == ("installed", "installed"), "of the moment of what it corrects"
    assert at_both(*log, at=9, known_at=6.9) == ("moved", "installed"), "what was known before stays"


def test_what_followed_the_corrected_entry_follows_the_correction() -> None:
    moved = put("moved", exact(5) | {"precision": "after", "to": None}, "moved", reported=exact(8))
    back = put("back", {"precision": "before", "to": hour(7)}, "reinstalled", follows=["moved"])
    right = about("right", "correction", 9, "moved", so=TIMELESS, barriers=["b"], state="obstructed")
    assert states(PLACED, moved, back, right, at=10) == (("reinstalled",), ())


def test_a_circle_that_corrections_make_alters_nothing_for_those_who_are_not_joined_to_it() -> None:
    """`first` follows `second`, which follows what `first` corrects: put in its place, `first` would follow itself."""
    circle = [
        entry("wrong", exact(1), barriers=["c"], state="moved"),
        entry("second", exact(2), barriers=["c"], state="installed", follows=["wrong"]),
        about("first", "correction", 3, "wrong", barriers=["c"], state="removed", follows=["second"]),
    ]
    log = [*circle, PLACED, MOVED, other_moved(barriers=["b"])]
    log.append(put("back", {"precision": "before", "to": hour(7)}, "reinstalled", follows=["moved"]))
    follows = {one.id: one.follows for one in log if one.follows}
    links = worth_of(log).links(follows)
    assert {name: tuple(links.get(name, ())) for name in ("first", "second")} == {
        "first": ("second",),
        "second": ("wrong",),
    }
    assert tuple(links["back"]) == ("put-right",)


def test_a_correction_of_a_correction_is_the_last_word() -> None:
    again = about("again", "correction", 8, "put-right", so=TIMELESS, barriers=["b"], state="obstructed")
    log = [BOTH_PLACED, MOVED, other_moved(), again]
    assert at_both(*log, at=9) == ("obstructed", "installed")
    assert at_both(*log, at=4.9) == ("installed", "installed")
    back = about("back", "retraction", 8.5, retracts=["again"])
    assert at_both(*log, back, at=9) == ("installed", "moved")


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ([other_moved(certainty="claimed")], "claimed"),
        ([other_moved(), about("back", "retraction", 8, retracts=["put-right"])], "taken back"),
        ([other_moved(barriers=[], state=None)], "in words only"),
        ([other_moved(relates_to=["moved", "placed"])], "of two"),
        ([other_moved(), about("no", "denial", 8, "put-right", certainty="denied")], "denied"),
        ([other_moved(disputes=["moved"])], "a contradiction: both stand"),
    ],
)
def test_a_correction_that_does_not_stand_takes_no_place(more: list[Entry], known: str) -> None:
    log = [BOTH_PLACED, MOVED, *more]
    assert "moved" in states(*log)[0], known
    assert worth_of(log).replaced_by == {}
    strikes = known in {"in words only", "of two"}
    assert ("moved" in worth_of(log).corrected_by) is strikes, "only what stands strikes out"


def test_a_correction_that_changes_nothing_is_flagged() -> None:
    count = entry("eight", exact(3), kind="count", number=8, unit="arrests")
    effects = {"barriers": ["b"], "state": "obstructed"}

    def says(*corrected: Entry, **more: Any) -> list[str]:
        correction = about("c", "correction", 7, *(one.id for one in corrected), **more)
        return [flag.says for flag in flags(correction, corrected) if flag.code == "corrects-nothing"]

    [effect] = says(MOVED)
    assert "in words what was wrong with moved: the effect on the map stays as it was" in effect
    [figure] = says(count)
    assert "the figure stays as it was" in figure
    [several] = says(MOVED, PLACED, **effects)
    assert "can stand in the place of one alone" in several
    assert not says(MOVED, **effects)
    assert not says(count, number=7)
    assert not says(MOVED, count, number=7), "it puts the figure right"
    assert not says(entry("words", exact(1), kind="note"))


# -- confirmations


def test_a_claim_that_was_confirmed_is_sure_from_then_on() -> None:
    seen = about("seen", "confirmation", 7, "claimed", certainty="observed")
    assert states(PLACED, CLAIMED, seen) == (("moved",), ())
    assert states(PLACED, CLAIMED, seen, at=5) == (("moved",), ()), "and of the moment that was claimed"
    assert states(PLACED, CLAIMED, seen, known_at=6.9) == (("installed",), ("moved",))


@pytest.mark.parametrize(
    "more",
    [
        [about("seen", "confirmation", 7, "claimed", certainty="claimed")],
        [about("seen", "observation", 7, "claimed")],
        [about("seen", "confirmation", 7, "claimed", disputes=["claimed"])],
        [about("seen", "confirmation", 7, "claimed"), about("back", "retraction", 8, retracts=["seen"])],
        [about("seen", "confirmation", 7, "claimed"), about("no", "denial", 8, "seen", certainty="denied")],
    ],
    ids=["claimed", "no confirmation", "a contradiction", "taken back", "denied"],
)
def test_nothing_else_makes_a_claim_sure(more: list[Entry]) -> None:
    assert states(PLACED, CLAIMED, *more)[0] == ("installed",)


def test_a_confirmed_sweep_counts_and_a_denied_one_does_not() -> None:
    swept = entry("swept", exact(5), kind="sweep", swept="perimeter", certainty="claimed")
    seen = about("seen", "confirmation", 7, "swept")
    denied = about("no", "denial", 8, "swept", certainty="denied")
    assert picture(swept, at=9).last_sweep is None
    assert picture(swept, seen, at=9).last_sweep == DAY + timedelta(hours=5)
    assert picture(swept, seen, denied, at=9).last_sweep is None, "nobody has confirmed it since it was denied"


# -- retractions


def test_a_claimant_takes_back_a_claim_and_not_what_somebody_else_saw() -> None:
    seen = about("seen", "confirmation", 7, "claimed", source={"by": "patrol 2"})
    back = about("back", "retraction", 8, retracts=["claimed"], source={"by": "the crowd"})
    assert states(PLACED, CLAIMED, back) == (("installed",), ()), "nobody else has seen it"
    assert states(PLACED, CLAIMED, seen) == (("moved",), ())
    assert states(PLACED, CLAIMED, seen, back) == (("installed", "moved"), ()), "one word stands against the other"
    assert states(PLACED, CLAIMED, seen, back, known_at=7.5) == (("moved",), ())
    again = about("again", "retraction", 8.5, retracts=["seen"], source={"by": "patrol 2"})
    assert states(PLACED, CLAIMED, seen, back, again) == (("installed",), ()), "now both are taken back"
    later = about("later", "confirmation", 8.5, "claimed", source={"by": "patrol 3"})
    assert states(PLACED, CLAIMED, seen, back, later) == (("moved",), ()), "who knew of the retraction settles it"


def test_who_confirmed_something_may_take_it_back_altogether() -> None:
    seen = about("seen", "confirmation", 7, "claimed", source={"by": "patrol 2"})
    back = about("back", "retraction", 8, retracts=["claimed"], source={"by": "patrol 2"})
    assert states(PLACED, CLAIMED, seen, back) == (("installed",), ())


@pytest.mark.parametrize("hidden", [("[erased]", "[erased]"), ("[withheld]", "[withheld]"), ("[erased]", "patrol 2")])
def test_who_can_not_be_read_is_not_taken_for_who_confirmed_it(hidden: tuple[str, str]) -> None:
    """An erasure never makes a promise safer than it was: what another source may have seen is left in doubt."""
    seen = about("seen", "confirmation", 7, "claimed", source={"by": hidden[0]})
    back = about("back", "retraction", 8, retracts=["claimed"], source={"by": hidden[1]})
    assert states(PLACED, CLAIMED, seen, back) == (("installed", "moved"), ())


def test_a_source_is_the_same_however_it_is_spelled() -> None:
    seen = about("seen", "confirmation", 7, "claimed", source={"by": "Patrol 2"})
    back = about("back", "retraction", 8, retracts=["claimed"], source={"by": "patrol  2"})
    assert states(PLACED, CLAIMED, seen, back) == (("installed",), ())


# -- denials and contradictions


def test_what_was_denied_may_be_so_or_what_was_before() -> None:
    denied = about("no", "denial", 7, "placed", certainty="denied")
    assert states(PLACED, denied) == (("installed",), ("planned",))
    assert states(PLACED, denied, known_at=6) == (("installed",), ())
    back = about("back", "retraction", 8, retracts=["no"])
    assert states(PLACED, denied, back) == (("installed",), ())
    seen = about("seen", "confirmation", 8, "placed")
    assert states(PLACED, denied, seen) == (("installed",), ())
    before = about("seen", "confirmation", 6, "placed")
    assert states(PLACED, before, denied) == (("installed",), ("planned",)), "its author did not know of the denial"


def test_what_was_confirmed_to_be_false_is_gone() -> None:
    denied = about("no", "denial", 7, "moved", certainty="denied")
    seen = about("seen", "confirmation", 8, "no")
    assert states(PLACED, MOVED, denied) == (("moved",), ("installed",))
    assert states(PLACED, MOVED, denied, seen) == (("installed",), ())


def test_a_denial_that_names_barriers_denies_only_those() -> None:
    log = [BOTH_PLACED, entry("moved", exact(5), barriers=["b", "c"], state="moved")]
    denied = about("no", "denial", 7, "moved", certainty="denied", barriers=["c"], state="moved")
    assert states(*log, denied) == (("moved",), ())


def test_a_sure_word_against_another_leaves_both_open() -> None:
    seen = about("seen", "observation", 7, disputes=["moved"])
    assert states(PLACED, MOVED, seen) == (("installed", "moved"), ())
    looked = about("looked", "confirmation", 8, "seen")
    assert states(PLACED, MOVED, seen, looked) == (("installed",), ())


GONE_BEFORE = {"certainty": "claimed", "barriers": ["b"], "state": "removed", "so": exact(4)}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ({"certainty": "claimed"}, (("moved",), ())),
        (GONE_BEFORE, (("moved",), ("installed", "removed"))),
        ({"number": 3, "unit": "blocks"}, (("moved",), ())),
        ({"barriers": ["c"], "state": "moved"}, (("moved",), ())),
    ],
    ids=["a claim in words", "a claim of how it was", "a count of a count", "of another barrier"],
)
def test_what_else_says_otherwise(word: dict[str, Any], expected: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    moved = put("moved", exact(5), "moved", number=2, unit="blocks")
    assert states(PLACED, moved, about("other", "observation", 7, disputes=["moved"], **word)) == expected


def test_a_confirmed_rival_stands_alone_in_the_picture_too() -> None:
    claim = put("claim", exact(5), "moved", certainty="claimed", disputes=["placed"])
    seen = about("seen", "confirmation", 7, "placed")
    assert states(PLACED, claim) == (("installed",), ("moved", "planned"))
    assert states(PLACED, claim, seen) == (("installed",), ())
    [found] = rivals([PLACED, claim, seen], at=DAY + timedelta(hours=9))
    assert found.pairs[0].stands == ("placed",)


def test_entries_about_one_that_bears_bear_too() -> None:
    log = [
        PLACED,
        MOVED,
        about("no", "denial", 7, "moved", certainty="denied"),
        about("seen", "confirmation", 8, "no"),
        about("words", "note", 8),
        about("else", "denial", 8, "words", certainty="denied"),
    ]
    assert [one.id for one in bearing_entries(log)] == ["placed", "moved", "no", "seen"]
    assert picture(*bearing_entries(log), at=9).barriers == picture(*log, at=9).barriers


# -- the real day


def answer(operation: Operation, promise: str, *added: Entry) -> PromiseAnswer:
    at = parse_time("2022-02-21T12:00", operation.zone)
    answers = check_promises(operation.with_added(added), at=at, with_since=False)
    return next(one for one in answers if one.id == promise)


def monday(name: str, kind: str, **more: Any) -> Entry:
    return entry(
        name, {"precision": "exact", "from": "2022-02-20T22:00Z", "to": "2022-02-20T22:00Z"}, kind=kind, **more
    )


def test_on_the_real_day_a_denial_is_seen_and_a_confirmation_settles_it(wellington: Operation) -> None:
    """W087 and W111 are all that says that Molesworth Street is closed."""
    names = ["W087", "W111"]
    denied = [monday(f"X{one}", "denial", certainty="denied", relates_to=[one]) for one in names]
    seen = [monday(f"Y{one}", "confirmation", certainty="observed", relates_to=[one]) for one in names]
    sealed = "sealed-determined"
    assert answer(wellington, sealed).answer == "kept"
    assert answer(wellington, sealed, *denied).answer == "unknown"
    assert answer(wellington, sealed, *denied, *seen).answer == "kept"


def test_on_the_real_day_a_claim_that_gate_6_confirms_breaks_the_seal(wellington: Operation) -> None:
    claim = monday("X1", "claim", certainty="claimed", barriers=["bunny-street"], state="moved")
    seen = monday("X2", "confirmation", certainty="observed", relates_to=["X1"], source={"by": "gate 6"})
    assert answer(wellington, "sealed-determined", claim).answer == "unknown"
    assert answer(wellington, "sealed-determined", claim, seen).answer == "broken"


def test_on_the_real_day_eight_arrests_stay_eight_by_a_correction_in_words(wellington: Operation) -> None:
    at = parse_time("2022-02-21T20:00", wellington.zone)
    words = monday("X1", "correction", relates_to=["W080"], what="It was 7", place="Parliament", source={"by": "desk"})
    found = counts([*wellington.entries, words], at=at)
    [total] = [one for group in found if group.unit == "people arrested" for one in group.bases if one.basis == "total"]
    assert total.stands is not None
    assert (total.stands.said.entry, total.stands.number) == ("W080", 8)
    assert total.stands.corrected_by == ("X1",)


# -- long chains


def corrected_over_and_over(times: int) -> list[Entry]:
    """An entry, corrected, the correction corrected, and so on, and at the end one that follows the first."""
    log = [put("c0", exact(1), "moved")]
    for one in range(1, times + 1):
        state = "installed" if one % 2 else "moved"
        log.append(about(f"c{one}", "correction", 2 + one / times, f"c{one - 1}", barriers=["b"], state=state))
    return [*log, put("after", exact(4), "installed", follows=["c0"], recorded=exact(4))]


def test_corrections_of_corrections_may_be_as_many_as_one_likes() -> None:
    """A log only grows: one entry too many must not make every picture of it fail."""
    log = corrected_over_and_over(3_000)
    worth = worth_of(log)
    assert worth.links({"after": ("c0",)})["after"] == ("c3000",)
    assert states(*log) == (("installed",), ())
    assert Chronicle(log).picture([BARRIER], [SITE], at=DAY + timedelta(hours=9)) == picture(*log, at=9)


def test_corrections_in_a_circle_take_no_place_however_one_comes_to_them() -> None:
    corrections = {"a": ("b",), "b": ("c",), "c": ("a",), "d": ("a",), "e": ("d",), "f": ("f",)}
    assert in_place(corrections, lambda _: True, lambda _: True) == {"a": ("d",), "d": ("e",)}
