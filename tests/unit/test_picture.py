"""The fold: cautious about times that nobody stated, deaf to the order of arrival, true to what was known when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.model.entries import Entry
from ringfence.model.operation import ArmPlace, Barrier, Site
from ringfence.picture import Picture, bearing_entries, change_times, fold

DAY = datetime(2022, 2, 21, tzinfo=UTC)
BARRIER = Barrier(id="b", name="B", gate=True, arms=(ArmPlace(segment="s", offset_m=1, inside="to"),))
SITE = Site(id="station", name="Station", kind="station", lon=0, lat=0)


def hour(number: float) -> str:
    return (DAY + timedelta(hours=number)).isoformat()


def between(start: float, end: float) -> dict[str, Any]:
    return {"precision": "between", "from": hour(start), "to": hour(end)}


def exact(number: float) -> dict[str, Any]:
    return {"precision": "exact", "from": hour(number), "to": hour(number)}


def entry(name: str, so: dict[str, Any], **more: Any) -> Entry:
    document: dict[str, Any] = {
        "id": name,
        "kind": "barrier",
        "what": "w",
        "so": so,
        "reported": so,
        "recorded": so,
        "source": {"by": "control room"},
        "certainty": "confirmed",
    }
    return Entry.model_validate({**document, **more})


def put(name: str, so: dict[str, Any], state: str, **more: Any) -> Entry:
    return entry(name, so, barriers=["b"], state=state, **more)


def picture(*entries: Entry, at: float, known_at: float | None = None) -> Picture:
    known = None if known_at is None else DAY + timedelta(hours=known_at)
    return fold([BARRIER], [SITE], entries, at=DAY + timedelta(hours=at), known_at=known)


def test_a_barrier_stands_only_once_it_must_have_been_placed() -> None:
    placed = put("1", between(3, 6), "installed")
    assert [picture(placed, at=at).barrier("b").holds for at in (2, 4, 6)] == ["no", "no", "yes"]
    assert [picture(placed, at=at).barrier("b").certain for at in (2, 4, 6)] == [True, False, True]


def test_a_moved_barrier_is_open_from_the_first_moment_it_can_have_been_moved_until_it_must_be_back() -> None:
    log = [
        put("1", exact(3), "installed"),
        put("2", between(24, 45), "moved"),
        put("3", between(36, 42), "reinstalled", follows=["2"]),
    ]
    holds = {at: picture(*log, at=at).barrier("b").holds for at in (23, 24, 36, 41, 42, 44)}
    assert holds == {23: "yes", 24: "no", 36: "no", 41: "no", 42: "yes", 44: "yes"}


def test_without_the_link_nobody_knows_which_came_last() -> None:
    log = [
        put("1", exact(3), "installed"),
        put("2", between(24, 45), "moved"),
        put("3", between(36, 42), "reinstalled"),
    ]
    assert picture(*log, at=44).barrier("b").holds == "no"


def test_what_follows_can_not_happen_before_what_it_follows() -> None:
    log = [
        put("1", between(3, 6), "installed"),
        put("2", {"precision": "before", "to": hour(8)}, "reinstalled", follows=["1"]),
    ]
    assert picture(*log, at=2).barrier("b").certain


def test_a_mere_claim_makes_a_barrier_doubtful_and_a_denial_changes_nothing() -> None:
    placed = put("1", exact(3), "installed")
    claimed = put("2", exact(5), "moved", certainty="claimed")
    denied = put("3", exact(5), "moved", certainty="denied")
    assert picture(placed, claimed, at=6).barrier("b").holds == "doubtful"
    assert picture(placed, denied, at=6).barrier("b").holds == "yes"


def test_as_known_at_leaves_out_what_was_recorded_later_or_nobody_knows_when() -> None:
    placed = put("1", exact(3), "installed")
    moved = put("2", exact(5), "moved", recorded=exact(9))
    undated = put("3", exact(6), "removed", recorded={"precision": "unknown"})
    assert picture(placed, moved, undated, at=10, known_at=8).barrier("b").state == "installed"
    assert picture(placed, moved, undated, at=10, known_at=9).barrier("b").state == "moved"
    assert picture(placed, moved, undated, at=10).barrier("b").state == "removed"


def test_a_retraction_takes_an_entry_back_but_not_for_those_who_look_earlier() -> None:
    moved = put("2", exact(5), "moved")
    taken_back = entry("4", exact(7), kind="retraction", retracts=["2"])
    placed = put("1", exact(3), "installed")
    assert picture(placed, moved, taken_back, at=8).barrier("b").holds == "yes"
    assert picture(placed, moved, taken_back, at=8, known_at=6).barrier("b").holds == "no"


def test_a_gate_is_staffed_only_once_it_must_be() -> None:
    staffed = entry("1", {"precision": "before", "to": hour(7)}, gates=["*"], staffed=True)
    assert [picture(staffed, at=at).barrier("b").staffed for at in (6, 7)] == [False, True]


def test_sites_and_sweeps() -> None:
    opened = entry("1", exact(1), site="station", site_state="open")
    closed = entry("2", between(4, 5), site="station", site_state="closed")
    swept = entry("3", between(2, 3), kind="sweep", swept="perimeter")
    assert [picture(opened, closed, at=at).sites[0].state for at in (0, 2, 4, 6)] == [
        "not stated",
        "open",
        "closed",
        "closed",
    ]
    assert picture(swept, at=2.5).last_sweep is None
    assert picture(swept, at=3).last_sweep == DAY + timedelta(hours=2), "at its earliest: it may be an hour old"
    denied = entry("3", exact(2), kind="sweep", swept="perimeter", certainty="denied")
    assert picture(denied, at=3).last_sweep is None


def spans() -> st.SearchStrategy[dict[str, Any]]:
    ends = st.tuples(st.integers(0, 48), st.integers(0, 48)).map(sorted)
    return st.one_of(
        ends.map(lambda pair: between(pair[0], pair[1])),
        st.integers(0, 48).map(exact),
        st.integers(0, 48).map(lambda number: {"precision": "before", "to": hour(number)}),
        st.integers(0, 48).map(lambda number: {"precision": "after", "from": hour(number)}),
        st.just({"precision": "unknown"}),
    )


@given(
    st.lists(st.tuples(spans(), st.sampled_from(["installed", "moved", "removed"])), max_size=6),
    st.randoms(use_true_random=False),
    st.integers(0, 50),
)
@settings(deadline=None)
def test_the_order_of_arrival_does_not_change_the_picture(
    changes: list[tuple[dict[str, Any], str]], random: Any, at: int
) -> None:
    log = [put(str(number), so, state) for number, (so, state) in enumerate(changes)]
    shuffled = log[:]
    random.shuffle(shuffled)
    assert picture(*log, at=at) == picture(*shuffled, at=at)


@given(
    st.lists(
        st.tuples(
            spans(),
            st.sampled_from(["installed", "moved", None]),
            st.sampled_from(["confirmed", "claimed", "denied"]),
            st.sets(st.integers(0, 7), max_size=2),
            st.sets(st.integers(0, 7), max_size=1),
        ),
        max_size=8,
    ),
    st.integers(0, 50),
)
@settings(deadline=None)
def test_entries_that_do_not_bear_on_anything_can_be_left_out_of_the_fold(changes: list[Any], at: int) -> None:
    log = []
    for number, (so, state, certainty, follows, retracts) in enumerate(changes):
        effect = {"barriers": ["b"], "state": state} if state else {}
        links = {"follows": [str(one) for one in follows if one < number]}
        taken = {"retracts": [str(one) for one in retracts if one < number and certainty == "confirmed"]}
        log.append(entry(str(number), so, certainty=certainty, **effect, **links, **taken))
    whole, bearing = picture(*log, at=at), picture(*bearing_entries(log), at=at)
    for part in ("barriers", "sites", "rules", "occupied", "last_sweep"):
        assert getattr(bearing, part) == getattr(whole, part)
    assert change_times(bearing_entries(log)) == change_times(log)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6)), min_size=1, max_size=4), st.integers(0, 30))
@settings(deadline=None)
def test_every_way_of_filling_in_the_times_gives_a_possible_state_and_nothing_else_is_possible(
    intervals: list[tuple[int, int]], at: int
) -> None:
    """Brute force: enumerate whole hours for each change. Of changes in the same hour any may be the last."""
    states = ["installed", "moved", "reinstalled", "removed"]
    log = [
        put(str(number), between(start, start + length), states[number])
        for number, (start, length) in enumerate(intervals)
    ]
    expected = set()
    for hours in _choices(intervals):
        newest = max((moment for moment in hours if moment <= at), default=None)
        if newest is None:
            expected.add("planned")
        expected |= {states[number] for number, moment in enumerate(hours) if moment == newest}
    assert set(picture(*log, at=at).barrier("b").states) == expected


def test_links_that_contradict_the_times_leave_everything_possible() -> None:
    log = [put("1", exact(5), "installed"), put("2", exact(3), "moved", follows=["1"])]
    assert set(picture(*log, at=9).barrier("b").states) <= {"installed", "moved"}
    assert picture(*log, at=9).barrier("b").states


def test_what_is_announced_has_not_happened_yet() -> None:
    gone = put("1", exact(15), "removed")
    told = put("2", {"precision": "after", "from": hour(19)}, "installed", reported=exact(12))
    assert [picture(gone, told, at=at).barrier("b").holds for at in (18, 19, 23)] == ["no", "no", "no"]
    assert picture(gone, told, at=23).barrier("b").states == ("installed", "removed")


def test_a_retraction_that_is_taken_back_does_nothing() -> None:
    placed, gone = put("1", exact(3), "installed"), put("2", exact(5), "removed")
    taken = entry("3", exact(6), kind="retraction", retracts=["2"])
    back = entry("4", exact(7), kind="retraction", retracts=["3"])
    assert picture(placed, gone, taken, at=9).barrier("b").holds == "yes"
    assert picture(placed, gone, taken, back, at=9).barrier("b").holds == "no"


def test_a_sweep_about_a_time_counts_from_the_earliest_it_can_mean() -> None:
    swept = entry("1", {"precision": "about", "from": hour(5), "to": hour(5)}, swept="perimeter")
    assert picture(swept, at=6).last_sweep == DAY + timedelta(hours=4, minutes=45)


def test_a_claim_about_staff_casts_doubt_and_changes_nothing_that_is_sure() -> None:
    staffed = entry("1", exact(1), gates=["b"], staffed=True)
    claimed = entry("2", exact(3), gates=["b"], staffed=False, certainty="claimed")
    at = picture(staffed, claimed, at=4).barrier("b")
    assert (at.staffing, at.staffing_claimed) == ((True,), (False,))


def test_streets_are_occupied_perhaps_occupied_and_cleared() -> None:
    taken = entry("1", between(2, 4), kind="street", occupied=["s"])
    cleared = entry("2", exact(6), kind="street", cleared=["s"])
    told = entry("3", exact(8), kind="claim", occupied=["s"], certainty="claimed")
    words = [[one.occupied for one in picture(taken, cleared, told, at=at).occupied] for at in (1, 3, 5, 7, 9)]
    assert words == [[], ["perhaps"], ["yes"], [], ["claimed"]]


def _choices(intervals: list[tuple[int, int]]) -> list[list[int]]:
    choices: list[list[int]] = [[]]
    for start, length in intervals:
        choices = [[*rest, value] for rest in choices for value in range(start, start + length + 1)]
    return choices
