"""An erasure while an operation is watched: what was shown before is not shown again, and the folder still opens."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from ringfence.desk.live import LiveDesk
from ringfence.desk.log_files import export_log
from ringfence.desk.opening import LEDGER_FILE, open_folder
from ringfence.ledger import Ledger

NOW = datetime(2022, 2, 22, 3, 0, tzinfo=UTC)


def test_an_erased_text_goes_from_a_watched_operation_and_its_log_file_still_fits(spoilable: Path) -> None:
    live = LiveDesk.open(spoilable, clock=lambda: NOW)
    first = live.desk.log[0].entry
    number = len(live.desk.log)
    assert first.what in str(live.log())
    with closing(Ledger.open(spoilable / LEDGER_FILE, clock=lambda: NOW)) as other:
        other.erase(first.id, ["what", "source.by"], by="Privacy officer", power="Privacy act, section 22")
    assert live.refresh()
    item = live.find_item(first.id)
    assert item is not None
    assert (item.entry.what, item.entry.source.by) == ("[erased]", "[erased]")
    assert first.what not in str(live.log())
    assert [one.entry.kind for one in live.items_after(number)] == ["erasure"]
    assert live.verify().faults == ()
    live.close()
    operation, stored = open_folder(spoilable)
    assert len(stored) == number + 1
    assert next(entry for entry in operation.entries if entry.id == first.id).what == "[erased]"


def test_a_log_comes_out_of_a_folder_that_is_no_longer_sound(spoilable: Path) -> None:
    LiveDesk.open(spoilable, clock=lambda: NOW).close()
    before = export_log(spoilable)
    assert before
    (spoilable / "barriers.toml").write_text("nothing that can be read")
    assert export_log(spoilable) == before
