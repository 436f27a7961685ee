"""Each promise in its worst reading of the log: what is certain, what is perhaps, what is only claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from shapely import box

from ringfence.base.errors import BadInput, Fault
from ringfence.base.times import parse_time
from ringfence.base.traffic import Threat
from ringfence.model.answers import PromiseAnswer
from ringfence.model.entries import Entry
from ringfence.model.operation import AccessFile, ArmPlace, Barrier, Category, Inputs, OperationFile, SealedPromise
from ringfence.network import Area, read_network
from ringfence.operation import Operation
from ringfence.promises import check_promises, promise_history

EVENING = "2022-02-22T20:00+13:00"


def span(start: str, end: str | None = None) -> dict[str, Any]:
    """Hours of 22 February."""
    first, last = (f"2022-02-22T{hour}:00+13:00" for hour in (start, end or start))
    return {"precision": "exact" if first == last else "between", "from": first, "to": last}


def entry(name: str, so: dict[str, Any], certainty: str = "confirmed", **effect: Any) -> Entry:
    return Entry.model_validate(
        {
            "id": name,
            "kind": "note",
            "what": "w",
            "so": so,
            "reported": so,
            "recorded": so,
            "source": {"by": "control"},
            "certainty": certainty,
            **effect,
        }
    )


def ask(operation: Operation, promise: str, *entries: Entry, at: str = EVENING) -> PromiseAnswer:
    changed = replace(operation, entries=(*operation.entries, *entries))
    return next(one for one in check_promises(changed, at=parse_time(at, operation.zone)) if one.id == promise)


def said(answer: PromiseAnswer) -> tuple[str, bool]:
    return answer.answer, answer.certain


def solid(operation: Operation) -> Operation:
    """The same with barriers that let nobody through."""
    barriers = tuple(barrier.model_copy(update={"gate": False}) for barrier in operation.barriers)
    return replace(operation, barriers=barriers)


def test_solid_barriers_cut_off_residents_and_exits_but_not_people_on_foot(wellington: Operation) -> None:
    operation = solid(wellington)
    for promise in ("exit-open", "residents-in", "ambulance-in"):
        assert said(ask(operation, promise)) == ("broken", True)
    assert said(ask(operation, "foot-open")) == ("kept", True)
    assert said(ask(operation, "sealed-determined")) == ("kept", True)


def test_a_solid_barrier_that_may_already_stand_breaks_the_exit_perhaps(wellington: Operation) -> None:
    at = "2022-02-21T05:00+13:00"
    assert said(ask(solid(wellington), "exit-open", at=at)) == ("broken", False)
    assert said(ask(solid(wellington), "exit-open", at="2022-02-21T02:00+13:00")) == ("kept", True)


def test_barriers_without_a_gap_stop_people_on_foot_whatever_the_order_of_categories(wellington: Operation) -> None:
    barriers = tuple(barrier.model_copy(update={"foot_gap": False}) for barrier in wellington.barriers)
    turned = wellington.access.model_copy(update={"category": wellington.access.category[::-1]})
    for access in (wellington.access, turned):
        assert ask(replace(wellington, barriers=barriers, access=access), "foot-open").answer == "broken"


def test_a_gate_that_loses_its_staff_leaks_and_a_mere_claim_of_it_is_unknown(wellington: Operation) -> None:
    for certainty, expected in (
        ("confirmed", ("broken", True)),
        ("claimed", ("unknown", False)),
        ("denied", ("kept", True)),
    ):
        away = entry("X1", span("19"), certainty, gates=["*"], staffed=False, follows=["W136"])
        assert said(ask(wellington, "sealed-determined", away)) == expected


def test_an_obstructed_barrier_neither_surely_holds_nor_surely_lets_pass(wellington: Operation) -> None:
    every = [barrier.id for barrier in wellington.barriers]
    climbed = entry("X1", span("19"), barriers=every, state="obstructed")
    assert said(ask(wellington, "sealed-determined", climbed)) == ("broken", False)
    assert said(ask(wellington, "residents-in", climbed)) == ("broken", False)


def test_an_unstaffed_gate_leaks_although_it_may_be_obstructed(wellington: Operation) -> None:
    every = [barrier.id for barrier in wellington.barriers]
    away = entry("X1", span("19"), gates=["*"], staffed=False)
    climbed = entry("X2", span("19", "23"), barriers=every, state="obstructed")
    assert ask(wellington, "sealed-determined", away, climbed).answer == "broken"


@pytest.mark.parametrize(
    ("certainty", "segment", "so", "expected"),
    [
        ("confirmed", "featherston-street-1", span("19"), ("broken", True)),
        ("confirmed", "featherston-street-1", span("19", "23"), ("broken", False)),
        ("claimed", "featherston-street-1", span("19"), ("unknown", False)),
        ("denied", "featherston-street-1", span("19"), ("kept", True)),
        ("confirmed", "ballantrae-place-2", span("19"), ("kept", True)),
    ],
)
def test_contained(
    wellington: Operation, certainty: str, segment: str, so: dict[str, Any], expected: tuple[str, bool]
) -> None:
    swept = entry("X1", span("18"), kind="sweep", swept="perimeter")
    taken = entry("X2", so, certainty, occupied=[segment])
    assert said(ask(wellington, "contained", swept, taken)) == expected


def test_a_standoff_takes_a_street_until_it_is_cleared_and_advice_about_it_changes_nothing(
    wellington: Operation,
) -> None:
    street = "featherston-street-1"
    swept = entry("X1", span("18"), kind="sweep", swept="perimeter")
    advice = entry("X2", span("19"), kind="advisory", place="Featherston Street")
    assert ask(wellington, "contained", swept, advice) == ask(wellington, "contained", swept)
    begun = entry("X3", span("19"), kind="standoff", occupied=[street])
    assert said(ask(wellington, "contained", swept, begun)) == ("broken", True)
    over = entry("X4", span("20"), kind="standoff", cleared=[street])
    assert said(ask(wellington, "contained", swept, begun, over)) == ("kept", True)
    assert said(ask(wellington, "contained", swept, begun, over, at="2022-02-22T19:30+13:00")) == ("broken", True)


def test_a_sweep_goes_stale_counted_from_its_earliest_moment(wellington: Operation) -> None:
    swept = entry("X1", span("12", "18"), swept="perimeter")
    assert ask(wellington, "contained", swept).answer == "unknown"
    assert ask(wellington, "contained", entry("X1", span("18"), swept="perimeter")).answer == "kept"
    denied = entry("X1", span("18"), "denied", swept="perimeter")
    assert ask(wellington, "contained", denied).answer == "unknown"


def test_a_site_is_closed_by_an_entry_and_doubted_by_a_claim(wellington: Operation) -> None:
    for certainty, so, expected in (
        ("confirmed", span("19"), ("broken", True)),
        ("confirmed", span("19", "23"), ("broken", False)),
        ("claimed", span("19"), ("unknown", False)),
    ):
        shut = entry("X1", so, certainty, site="railway-station", site_state="closed")
        assert said(ask(wellington, "station-open", shut)) == expected


def test_a_barrier_that_may_stand_may_be_a_place_to_turn_and_so_open_a_way_in() -> None:
    """W-A-B-X with the area behind A: the ban forces a turn, and only the barrier on A-B makes a place for one."""
    operation = turning_place()
    before, during, after = (
        said(next(iter(check_promises(operation, at=parse_time(f"2022-02-22T{hour}:00Z", operation.zone)))))
        for hour in ("06", "12", "21")
    )
    assert (before, during, after) == (("kept", True), ("broken", False), ("broken", True))


def turning_place() -> Operation:
    junctions = "id\tlon\tlat\tclipped\tevidence\n" + "".join(
        f"{name}\t{lon}\t{lat}\t\tsurveyed\n"
        for name, lon, lat in (("w", -0.01, 0), ("a", 0, 0), ("b", 0.003, 0), ("x", 0.01, 0), ("p", 0, 0.003))
    )
    head = "id\tname\tfrom\tto\tclass\tforward\tbackward\tphysical\tevidence\tpath\n"
    segments = head + "".join(
        f"{name}\t{name}\t{start}\t{end}\tresidential\tall\t{back}\tyes\tsurveyed\t\n"
        for name, start, end, back in (
            ("main", "w", "a", "foot"),
            ("ab", "a", "b", "all"),
            ("bx", "b", "x", "foot"),
            ("ap", "a", "p", "all"),
        )
    )
    bans = "id\tfrom_segment\tvia\tto_segment\nn1\tmain\ta\tap\nn2\tab\tb\tab\n"
    faults: list[Fault] = []
    network = read_network(junctions.encode(), segments.encode(), bans.encode(), faults)
    assert network is not None, faults
    area = Area(box(-0.001, 0.001, 0.001, 0.004), box(-0.005, -0.005, 0.005, 0.005), "behind A")
    barrier = Barrier(id="b1", name="Barrier", arms=(ArmPlace(segment="ab", offset_m=150, inside="from"),))
    start, end = "2022-02-22T08:00+00:00", "2022-02-22T20:00+00:00"
    placed = entry("E1", {"precision": "between", "from": start, "to": end}, barriers=["b1"], state="installed")
    inputs = Inputs(**dict.fromkeys(Inputs.model_fields.keys() - {"network"}, "none"))
    zone = ZoneInfo("UTC")
    day = parse_time("2022-02-22T00:00Z", zone)
    file = OperationFile(
        format=1, id="t", title="T", timezone="UTC", starts=day, ends=day + timedelta(days=1), inputs=inputs
    )
    promise = SealedPromise(id="s", kind="sealed", text="t", threat=Threat.LAWFUL, category="any")
    access = AccessFile(category=(Category(id="any", name="anybody"),))
    return Operation(file, zone, network, area, (barrier,), access, (promise,), (), (), (placed,))


def test_since_is_never_later_than_the_moment_asked_about(wellington: Operation) -> None:
    before = "2022-02-20T12:00+13:00"
    assert ask(wellington, "exit-open", at=before).since is None
    for at in ("2022-02-21T05:00+13:00", "2022-02-22T12:00+13:00"):
        since = ask(wellington, "sealed-lawful", at=at).since
        assert since is not None
        assert since <= parse_time(at, wellington.zone)


def test_history_of_an_unknown_promise_is_refused(wellington: Operation) -> None:
    with pytest.raises(BadInput, match="unknown-promise"):
        promise_history(wellington, "no-such-promise", until=wellington.file.ends)
