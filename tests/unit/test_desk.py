"""The use cases that stay open: a log that grows, a replay that equals the check, suppositions that equal the log."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringfence.base.errors import BadInput, Conflict
from ringfence.desk import Desk
from ringfence.desk.example import copy_to_play_with
from ringfence.desk.live import LiveDesk
from ringfence.desk.log_files import export_log, import_log, verify_log
from ringfence.desk.opening import LEDGER_FILE
from ringfence.desk.typed_line import read_typed_line
from ringfence.desk.views import Replay, WhatIf
from ringfence.ledger import Ledger
from ringfence.model.answers import PromiseAnswer
from ringfence.model.entries import EntryDraft
from ringfence.operation import Operation
from ringfence.promises import check_promises
from tests.conftest import EXAMPLE

MONDAY_NOON = "2022-02-21T12:00:00+13:00"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def live(spoilable: Path) -> Iterator[LiveDesk]:
    desk = LiveDesk.open(spoilable, clock=lambda: NOW)
    yield desk
    desk.close()


def draft(**fields: Any) -> EntryDraft:
    basis = {"kind": "note", "what": "A note", "source": {"by": "gate 6"}, "certainty": "observed"}
    return EntryDraft.model_validate({**basis, **fields})


def gone(barrier: str, at: str = MONDAY_NOON) -> EntryDraft:
    span = {"precision": "exact", "from": at, "to": at}
    return draft(kind="barrier", what="Blocks gone", barriers=[barrier], state="removed", so=span)


def words(answers: tuple[PromiseAnswer, ...]) -> dict[str, str]:
    return {one.id: one.answer for one in answers}


def test_an_entry_is_on_the_disk_in_the_answers_and_in_what_the_next_desk_opens(live: LiveDesk) -> None:
    before = words(live.promises(at=MONDAY_NOON, known_at=None).promises)
    item, was_new = live.add(gone("bunny-street"), key="one")
    assert (item.entry.id, item.position, was_new) == ("control-157", 157, True)
    assert item.entry.recorded.from_ == NOW
    after = words(live.promises(at=MONDAY_NOON, known_at=None).promises)
    assert before["sealed-determined"] == "kept"
    assert after["sealed-determined"] == "broken"
    opened = Desk.open(live.folder)
    assert opened.operation.entries[-1] == item.entry
    assert [one.id for one in opened.operation.entries[:156]] == [f"W{number:03}" for number in range(1, 157)]


def test_the_same_key_stores_once_and_another_draft_under_it_is_a_conflict(live: LiveDesk) -> None:
    first, _ = live.add(gone("bunny-street"), key="one")
    again, was_new = live.add(gone("bunny-street"), key="one")
    assert (again, was_new) == (first, False)
    with pytest.raises(Conflict, match="key-reused"):
        live.add(gone("hill-street"), key="one")
    assert live.version == 157


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"barriers": ["no-such"], "state": "moved"}, "unknown-barrier"),
        ({"barriers": ["hill-street"]}, "half-effect"),
        ({"relates_to": ["W999"]}, "unknown-entry"),
        ({"retracts": ["W001"], "certainty": "claimed"}, "unsure-retraction"),
        ({"occupied": ["no-such-street"]}, "unknown-segment"),
    ],
)
def test_a_draft_that_the_operation_can_not_mean_is_refused_and_not_stored(
    live: LiveDesk, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(BadInput, match=code):
        live.add(draft(**fields), key=None)
    assert live.version == 156
    assert live.verify().lines == 156


def test_what_another_process_writes_is_taken_in(live: LiveDesk) -> None:
    assert not live.refresh()
    other = Ledger.open(live.folder / LEDGER_FILE, clock=lambda: NOW)
    other.add(gone("bunny-street"))
    other.close()
    assert live.refresh()
    assert [item.position for item in live.items_after(156)] == [157]
    assert words(live.promises(at=MONDAY_NOON, known_at=None).promises)["sealed-determined"] == "broken"


def test_many_threads_write_and_read_at_once_and_every_entry_is_there_once(live: LiveDesk) -> None:
    def write(thread: int) -> None:
        for number in range(10):
            live.add(draft(what=f"note {thread}.{number}"), key=f"{thread}.{number}")
            assert live.items_after(156)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    added = [item.entry.what for item in live.items_after(156)]
    assert sorted(added) == sorted(f"note {thread}.{number}" for thread in range(4) for number in range(10))
    assert not live.verify().faults


def frame_answers(replay: Replay, at: datetime) -> dict[str, PromiseAnswer]:
    frame = [frame for frame in replay.frames if frame.at <= at][-1]
    return {
        found.id: found.model_copy(update={"since": answer.since, "certain_since": answer.certain_since})
        for answer in frame.answers
        for found in [replay.findings[answer.finding]]
    }


@pytest.fixture(scope="module")
def replays(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Replay]:
    folder = tmp_path_factory.mktemp("replay") / "operation"
    shutil.copytree(EXAMPLE, folder)
    live = LiveDesk.open(folder)
    return {"all": live.replay("all"), "then": live.replay("then")}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minute=st.integers(0, 2 * 24 * 60))
@pytest.mark.parametrize("knowledge", ["all", "then"])
def test_at_any_minute_the_replay_says_what_a_check_says(
    replays: dict[str, Replay], wellington: Operation, knowledge: str, minute: int
) -> None:
    at = wellington.file.starts + timedelta(minutes=minute)
    known_at = at if knowledge == "then" else None
    checked = {one.id: one for one in check_promises(wellington, at=at, known_at=known_at)}
    assert frame_answers(replays[knowledge], at) == checked


def test_a_replay_after_an_entry_equals_one_made_from_scratch(live: LiveDesk) -> None:
    live.replay("all"), live.replay("then")
    live.add(gone("bunny-street"), key=None)
    afresh = LiveDesk.open(live.folder, clock=lambda: NOW)
    for knowledge in ("all", "then"):
        assert live.replay(knowledge) == afresh.replay(knowledge)
    assert any(change.at == datetime.fromisoformat(MONDAY_NOON) for change in live.replay("all").changes)


@pytest.mark.parametrize("barrier", ["bunny-street", "hill-street", "lambton-quay-whitmore"])
def test_supposing_a_barrier_gone_answers_as_if_the_log_said_so_and_leaves_the_log_alone(
    live: LiveDesk, barrier: str
) -> None:
    question = WhatIf.model_validate({"at": MONDAY_NOON, "changes": [{"do": "lift", "barrier": barrier}]})
    supposed = live.what_if(question)
    assert live.version == 156
    live.add(gone(barrier), key=None)
    logged = live.promises(at=MONDAY_NOON, known_at=None).promises
    assert words(supposed.promises) == words(logged)
    leaks = [answer.witness.get("leaks") for answer in supposed.promises]
    assert [[leak["path"] for leak in one or ()] for one in leaks] == [
        [leak["path"] for leak in answer.witness.get("leaks", ())] for answer in logged
    ]
    assert "sealed-determined" in supposed.changed


def test_supposing_nothing_changes_nothing_and_standing_barriers_mend_what_is_broken(live: LiveDesk) -> None:
    tuesday = "2022-02-22T12:00:00+13:00"
    assert not live.what_if(WhatIf.model_validate({"at": tuesday, "changes": []})).changed
    stands = [{"do": "stand", "barrier": one} for one in ("bunny-street", "lambton-quay-whitmore")]
    answer = live.what_if(WhatIf.model_validate({"at": tuesday, "changes": stands}))
    assert words(answer.promises)["sealed-lawful"] == "kept"
    assert "sealed-lawful" in answer.changed


def test_a_barrier_put_across_the_leak_closes_it_wherever_it_is_drawn_from(live: LiveDesk) -> None:
    lift = {"do": "lift", "barrier": "hill-street"}
    opened = live.what_if(WhatIf.model_validate({"at": MONDAY_NOON, "changes": [lift]}))
    assert words(opened.promises)["sealed-determined"] == "broken"
    arm = live.desk.operation.barriers[1].arms[0]
    put = {"do": "put", "segment": arm.segment, "offset_m": arm.offset_m - 5}
    mended = live.what_if(WhatIf.model_validate({"at": MONDAY_NOON, "changes": [lift, put]}))
    assert words(mended.promises)["sealed-determined"] == "kept"
    assert [one.stands for one in mended.barriers if one.barrier.id == "hill-street"] == [False]
    shift = {"do": "shift", "barrier": "hill-street", "arm": 0, "segment": arm.segment, "offset_m": arm.offset_m - 5}
    shifted = live.what_if(WhatIf.model_validate({"at": MONDAY_NOON, "changes": [shift]}))
    assert words(shifted.promises)["sealed-determined"] == "kept"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"do": "lift", "barrier": "nix"}, "unknown-barrier"),
        ({"do": "shift", "barrier": "hill-street", "arm": 7, "segment": "hill-street-4", "offset_m": 3}, "unknown-arm"),
        ({"do": "put", "segment": "nix", "offset_m": 3}, "unknown-segment"),
        ({"do": "put", "segment": "hill-street-4", "offset_m": 9999}, "barrier-off-network"),
    ],
)
def test_a_supposition_about_nothing_is_refused(live: LiveDesk, change: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput, match=code):
        live.what_if(WhatIf.model_validate({"at": MONDAY_NOON, "changes": [change]}))


def test_rivals_corrections_and_retractions_are_linked_both_ways(live: LiveDesk) -> None:
    claim, _ = live.add(draft(kind="claim", what="Three hurt", certainty="claimed"), key=None)
    denial, _ = live.add(
        draft(kind="denial", what="Nobody hurt", certainty="denied", relates_to=[claim.entry.id]), key=None
    )
    live.add(draft(kind="claim", what="Five", certainty="claimed", disputes=["W002"], relates_to=["W003"]), key=None)
    assert live.desk.item("W003") == Desk.open(live.folder).item("W003")
    assert not {one for item in live.desk.log if item.entry.id == "W003" for one in item.rivals} & {"control-159"}
    right, _ = live.add(draft(kind="correction", what="Gate 5, not 6", relates_to=["W002"]), key=None)
    back, _ = live.add(draft(kind="retraction", what="Taken back", retracts=["W004"]), key=None)
    items = {item.entry.id: item for item in live.desk.log}
    assert denial.entry.id in items[claim.entry.id].rivals
    assert claim.entry.id in items[denial.entry.id].rivals
    assert items["W002"].corrected_by == (right.entry.id,)
    assert items["W004"].retracted_by == (back.entry.id,)
    live.add(draft(kind="retraction", what="No, it stands", retracts=[back.entry.id]), key=None)
    assert live.desk.item("W004") == Desk.open(live.folder).item("W004")
    assert live.desk.log == Desk.open(live.folder).log


def test_the_log_is_filtered_and_paged_newest_first(live: LiveDesk) -> None:
    page = live.log(limit=10)
    assert [item.position for item in page.items] == list(range(156, 146, -1))
    assert page.next_before == 147
    seen = list(page.items)
    while page.next_before is not None:
        page = live.log(limit=10, before=page.next_before)
        seen += page.items
    assert [item.position for item in seen] == list(range(156, 0, -1))
    counts = live.log(kinds=["count"], source="police")
    assert counts.items
    assert all(item.entry.kind == "count" for item in counts.items)
    assert all("police" in f"{item.entry.source.by} {item.entry.source.via}".casefold() for item in counts.items)


def test_a_folder_that_can_not_be_written_is_served_for_reading(
    spoilable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    LiveDesk.open(spoilable).close()
    monkeypatch.setattr(Ledger, "is_writable", property(lambda _: False))
    held = LiveDesk.open(spoilable)
    assert (held.writable, held.operation().desk, held.version) == (False, None, 156)
    with pytest.raises(BadInput, match="read-only"):
        held.add(draft(), key=None)
    held.close()
    (spoilable / LEDGER_FILE).unlink()

    def refuse(*_: Any, **__: Any) -> Ledger:
        from ringfence.base.errors import Fault

        raise BadInput([Fault("cannot-write", "ledger", "a folder that can be written", "read-only", "Copy it.")])

    monkeypatch.setattr(Ledger, "create", refuse)
    live = LiveDesk.open(spoilable)
    assert not live.writable
    assert live.operation().desk is None
    assert len(live.log().items) == 156
    with pytest.raises(BadInput, match="read-only"):
        live.add(draft(), key=None)


def test_a_log_file_that_was_edited_behind_the_ledger_is_noticed(spoilable: Path) -> None:
    import_log(spoilable, None, "log")
    log = spoilable / "log.jsonl"
    text = log.read_text(encoding="utf-8")
    log.write_text(text.replace("Pedestrians are free", "Pedestrians are not free"), encoding="utf-8")
    with pytest.raises(BadInput, match="another entry of that id"):
        Desk.open(spoilable)
    log.write_text(text + text.splitlines()[0].replace("W001", "W900") + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match="ringfence log import"):
        Desk.open(spoilable)
    assert import_log(spoilable, None, "log") == 1
    assert len(Desk.open(spoilable).operation.entries) == 157


def test_an_exported_ledger_comes_back_with_its_hashes(spoilable: Path, tmp_path: Path) -> None:
    live = LiveDesk.open(spoilable)
    live.add(gone("hill-street"), key="k")
    live.close()
    text = export_log(spoilable)
    other = tmp_path / "other"
    shutil.copytree(EXAMPLE, other)
    assert import_log(other, text.encode(), "export") == 157
    assert export_log(other) == text
    assert verify_log(other)["heads"] == verify_log(spoilable)["heads"]
    third = tmp_path / "third"
    shutil.copytree(EXAMPLE, third)
    spoilt = text.replace("Blocks gone", "Blocks gone?")
    with pytest.raises(Conflict):
        import_log(third, spoilt.encode(), "export")
    assert not list(third.glob("ledger*")), "what is refused leaves nothing behind"


def test_a_copy_to_play_with_goes_on_and_an_outdated_one_is_set_aside(tmp_path: Path) -> None:
    target = tmp_path / "copy"
    copy_to_play_with(EXAMPLE, target, now=NOW)
    live = LiveDesk.open(target)
    live.add(draft(), key=None)
    live.close()
    copy_to_play_with(EXAMPLE, target, now=NOW)
    assert len(Desk.open(target).operation.entries) == 157
    promises = target / "promises.toml"
    promises.write_text(promises.read_text(encoding="utf-8").replace("No protest", "No"), encoding="utf-8")
    copy_to_play_with(EXAMPLE, target, now=NOW)
    assert len(Desk.open(target).operation.entries) == 156
    assert [path.name for path in tmp_path.iterdir() if path != target] == ["copy.until-20261122T090000"]


def test_names_are_suggested_by_beginning_then_by_word_then_by_likeness(live: LiveDesk) -> None:
    found = [(one.name, one.kind) for one in live.place_names("bun", 5).names]
    assert found[0][0].startswith("Bunny Street")
    assert ("Bunny Street", "street") in found
    assert any(one.detail == "bunny-street" for one in live.place_names("station", 10).names)
    assert any(one.name == "Molesworth Street" for one in live.place_names("Moleswroth", 5).names)
    assert live.place_names("zzzzqqq", 5).names == ()


def test_now_is_now_though_the_planned_end_has_passed_and_the_end_once_it_is_long_over() -> None:
    desk = Desk.open(EXAMPLE)
    starts, ends = desk.operation.file.starts, desk.operation.file.ends
    before, behind, long_over = starts - timedelta(hours=5), ends + timedelta(hours=5), ends + timedelta(days=8)
    assert [desk.now_in_operation(now) for now in (before, behind, long_over)] == [starts, behind, ends]
    assert [desk.now_of_entries(now) for now in (before, behind, long_over)] == [before, behind, ends]


def test_a_line_typed_after_the_planned_end_is_of_that_hour() -> None:
    desk = Desk.open(EXAMPLE)
    now = desk.now_of_entries(desk.operation.file.ends + timedelta(hours=5, minutes=50))
    read = read_typed_line(desk.operation, "0548 barrier moved Bunny/Featherston, reported by gate 6", now)
    assert read.draft is not None
    assert read.draft.so.from_ == desk.operation.file.ends.replace(hour=5, minute=48)
