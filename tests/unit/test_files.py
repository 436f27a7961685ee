"""Files that get their name once, also where a file system has no links to give it with."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from ringfence.base import files
from ringfence.base.files import appears
from ringfence.desk.opening import LEDGER_FILE, begin_ledger
from ringfence.ledger import Ledger
from ringfence.operation import open_operation
from tests.unit.test_ledger import draft

NOW = datetime(2022, 2, 22, tzinfo=UTC)


def no_links(*_: object) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.mark.parametrize("has_links", [True, False])
def test_of_many_that_want_a_name_one_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_links: bool
) -> None:
    if not has_links:
        monkeypatch.setattr(os, "link", no_links)
    for attempt in range(20):
        path, together = tmp_path / f"file-{attempt}", Barrier(4)
        news = [tmp_path / f"new-{attempt}-{number}" for number in range(4)]
        for new in news:
            new.write_text(new.name)

        def give(new: Path, path: Path = path, together: Barrier = together) -> bool:
            together.wait()
            return appears(new, path)

        with ThreadPoolExecutor(4) as several:
            won = list(several.map(give, news))
        assert won.count(True) == 1
        assert path.read_text() == news[won.index(True)].name
    assert not list(tmp_path.glob(".*"))


def test_a_mark_that_nobody_takes_away_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(files, "MARK_TRIES", 2)
    (tmp_path / "new").touch()
    (tmp_path / ".file.appears").touch()
    with pytest.raises(OSError, match=r"\.file\.appears is in the way"):
        appears(tmp_path / "new", tmp_path / "file")


def test_a_ledger_that_came_meanwhile_is_not_replaced(spoilable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    operation, path = open_operation(spoilable), spoilable / LEDGER_FILE

    with closing(Ledger.create(spoilable / "theirs", operation=operation.file.id, clock=lambda: NOW)) as theirs:
        theirs.import_entries(operation.entries)
        theirs.add(draft("acknowledged"))

    def another_is_faster(*_: object) -> None:
        (spoilable / "theirs").rename(path)
        no_links()

    def fill(ledger: Ledger) -> int:
        filled = ledger.import_entries(operation.entries)
        monkeypatch.setattr(os, "link", another_is_faster)
        return filled

    assert begin_ledger(spoilable, operation, fill) == 0
    with closing(Ledger.open(path, clock=lambda: NOW)) as ledger:
        assert ledger.lines()[-1][1].entry.what == "acknowledged"
