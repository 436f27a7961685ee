"""A long log: what it costs to add to it so that nothing is lost, and to see any moment of it."""

from __future__ import annotations

import gc
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate

from benchmarks.harness import Line, Unit, forget_pictures, grid
from ringfence.desk.views import WholePicture
from ringfence.ledger import Ledger
from ringfence.model.entries import Entry, EntryDraft, Source
from ringfence.model.operation import Barrier
from ringfence.model.spans import Span
from ringfence.picture import Chronicle, fold

LOG = 1_000_000
"""Entries of the log that is added to, and of that of which any moment is looked at."""
BATCH = 10_000
SINGLE = 300
"""Entries added one at a time, each on the disk before the next."""
FOLDED = 10_000
"""As many as a fold from scratch is asked to go through."""
FOLDS = 5
MOMENTS = 100
TARGET_S = 0.05
"""Within which the picture of any moment of a long log is asked for."""
BARRIERS = 20
EVERY = timedelta(seconds=10)
SOURCES = 8
"""Whose words the entries are."""
WORDED = 0.01
"""The share of entries about a barrier that word its place."""
LINKED, BACK = 0.01, 50
"""The share of entries that are about another one, and how many entries back that lies at most."""
STARTS = datetime(2022, 2, 21, tzinfo=UTC)

_SHORT = Unit.MICROSECONDS
"""What a single entry costs would be 0.0 in milliseconds."""

Append = Callable[[Sequence[Entry]], object]


def log_lines(count: int = LOG) -> list[Line]:
    """What it costs to add to a log of so many entries, beside plain SQLite and a library for event sourcing."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger.create(Path(folder) / "ledger.sqlite", operation="bench", clock=lambda: datetime.now(UTC))
        peers = {"plain SQLite": _plain_sqlite(Path(folder)), "eventsourcing": _eventsourcing(Path(folder))}
        works: dict[str, Append] = {"ours": ledger.import_entries, **peers}
        batched = _filled(works, count)
        works["ours"] = partial(_one_by_one, ledger)
        single = _singly(works, count)
        begun = time.perf_counter()
        verified = ledger.verify()
        verifying = Line(f"verify {count:,} entries, an entry", (time.perf_counter() - begun) / count, unit=_SHORT)
        assert not verified.faults
        ledger.close()
    return [
        Line(f"{what} to a log of {count:,}, an entry", took["ours"], peer, took[peer], unit=_SHORT)
        for what, took in ((f"append {BATCH:,} at once", batched), ("append one, on the disk", single))
        for peer in peers
    ] + [verifying]


Asked = tuple[str, str]
"""What is asked of a moment, and as known when."""


class Pictures(NamedTuple):
    """What it costs to see any moment of a log; and the slowest answer in seconds, by what was asked for."""

    lines: list[Line]
    slowest: dict[Asked, float]


def pictures_measured(count: int = LOG) -> Pictures:
    """What it costs to see any moment of a log of so many entries."""
    entries = list(drawn_entries(count))
    begun = time.perf_counter()
    chronicle = Chronicle(entries)
    indexing = Line(f"index a log of {count:,}, an entry", (time.perf_counter() - begun) / count, unit=_SHORT)
    drawn = _any_moment(chronicle, count)
    lines = []
    for what, took in drawn.items():
        lines.append(Line(f"{what[0]} of {count:,} entries, any moment, {what[1]}: median", statistics.median(took)))
        lines.append(Line(f"the same: slowest of {MOMENTS}", max(took)))
    return Pictures([indexing, *lines, _beside_fold()], {what: max(took) for what, took in drawn.items()})


def picture_verdicts(count: int, slowest: dict[Asked, float]) -> str:
    """Whether the picture of any moment is there in time, as a table of Markdown."""
    shown, asked = Unit.MILLISECONDS.shown, f"slowest of {MOMENTS} below"
    rows = [
        [
            f"{what} of {count:,} entries at any moment, {known}",
            f"{asked} {shown(TARGET_S)}",
            shown(took),
            "met" if took < TARGET_S else "**missed**",
        ]
        for (what, known), took in slowest.items()
    ]
    return grid(["what", "asked for", "measured", ""], rows)


def drawn_entries(count: int) -> Iterator[Entry]:
    """A log: barriers, gates, streets, counts, sweeps, notes; some at a time that nobody stated, some about others."""
    rng, about, worded = Random(1), Random(3), Random(4)
    sources = [Source(by=f"gate {one}", via="radio") for one in range(SOURCES)]
    base = Entry.model_validate(
        {
            "id": "e",
            "kind": "note",
            "what": "Blocks pushed aside by a crowd, reported over the radio and seen on the camera at the corner",
            "source": {"by": "gate 6", "via": "radio"},
            "certainty": "observed",
            **{when: {"precision": "unknown"} for when in ("so", "reported", "recorded")},
        }
    )
    for number in range(count):
        said = _exactly(STARTS + number * EVERY)
        barrier, chance = f"b{rng.randrange(BARRIERS)}", rng.random()
        changed: dict[str, object] = {"kind": "note"}
        if chance < 0.4:
            state = rng.choice(["installed", "moved", "reinstalled"])
            changed = {"kind": "barrier", "barriers": (barrier,), "state": state}
            if worded.random() < WORDED:
                changed["place"] = worded.choice(["Hill Street", "Hill Street near Guildford Terrace"])
        elif chance < 0.6:
            changed = {"kind": "staffing", "gates": (barrier,), "staffed": rng.random() < 0.5}
        elif chance < 0.7:
            changed = {"kind": "count", "number": number, "unit": "people", "basis": "total"}
        elif chance < 0.75:
            changed = {"kind": "sweep", "swept": "perimeter"}
        elif chance < 0.8:
            changed = {"kind": "street", "occupied": (f"s{rng.randrange(BARRIERS)}",)}
        so = said if rng.random() < 0.02 else _exactly(STARTS + number * EVERY - timedelta(seconds=rng.randrange(300)))
        so = Span(precision="unknown") if rng.random() < 0.02 else so
        if about.random() < LINKED:
            changed |= _about(about, f"d-{max(0, number - 1 - about.randrange(BACK))}")
        changed["source"] = worded.choice(sources)
        yield base.model_copy(update={"id": f"d-{number}", "so": so, "reported": said, "recorded": said, **changed})


def _about(rng: Random, other: str) -> dict[str, object]:
    """What makes an entry one about another: it follows, confirms, corrects, disputes, denies or takes it back."""
    ways: list[tuple[int, dict[str, object]]] = [
        (30, {"follows": (other,)}),
        (25, {"kind": "confirmation", "relates_to": (other,)}),
        (20, {"kind": "correction", "relates_to": (other,)}),
        (10, {"disputes": (other,)}),
        (10, {"certainty": "denied", "relates_to": (other,)}),
        (5, {"kind": "retraction", "retracts": (other,)}),
    ]
    return rng.choices([way for _, way in ways], weights=[often for often, _ in ways])[0]


def _exactly(moment: datetime) -> Span:
    return Span.model_construct(precision="exact", from_=moment, to=moment)


def _plain_sqlite(folder: Path) -> Append:
    connection = sqlite3.connect(folder / "plain.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE log (position INTEGER PRIMARY KEY, id TEXT UNIQUE, entry TEXT)")

    def append(entries: Sequence[Entry]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        rows = ((entry.id, entry.model_dump_json(exclude_defaults=True)) for entry in entries)
        connection.executemany("INSERT INTO log (id, entry) VALUES (?, ?)", rows)
        connection.execute("COMMIT")

    return append


class Noted(Aggregate):
    """An entry as that library would hold it: an aggregate of its own, with the event that made it."""

    def __init__(self, entry: str) -> None:
        self.entry = entry


def _eventsourcing(folder: Path) -> Append:
    os.environ |= {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "events.sqlite")}
    application: Application[UUID] = Application()

    def append(entries: Sequence[Entry]) -> None:
        application.save(*(Noted(entry=entry.model_dump_json(exclude_defaults=True)) for entry in entries))

    return append


def _filled(works: dict[str, Append], count: int) -> dict[str, float]:
    """Fill all logs, batch by batch in turn; the median seconds of an entry in the last tenth of the batches."""
    took: dict[str, list[float]] = {name: [] for name in works}
    entries = drawn_entries(count)
    while batch := list(islice(entries, BATCH)):
        for name, append in works.items():
            begun = time.perf_counter()
            append(batch)
            took[name].append((time.perf_counter() - begun) / len(batch))
    return {name: statistics.median(each[-max(1, len(each) // 10) :]) for name, each in took.items()}


def _one_by_one(ledger: Ledger, entries: Sequence[Entry]) -> None:
    for entry in entries:
        content = {name: getattr(entry, name) for name in EntryDraft.model_fields}
        ledger.add(EntryDraft.model_construct(**content), key=str(uuid4()))


def _singly(works: dict[str, Append], count: int) -> dict[str, float]:
    """Median seconds to add one entry to the full logs, each in turn."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for entry in islice(drawn_entries(count + SINGLE), count, None):
        for name, append in works.items():
            begun = time.perf_counter()
            append([entry])
            took[name].append(time.perf_counter() - begun)
    return {name: statistics.median(each) for name, each in took.items()}


def _any_moment(chronicle: Chronicle, count: int) -> dict[Asked, list[float]]:
    """Seconds that the answers about moments drawn by chance took, by what was asked for; in a process that keeps the
    log out of the collector's rounds, as a server does. What a door gives has counts, rival claims and wordings, too.
    """
    gc.collect()
    gc.freeze()
    barriers, rng = _barriers(), Random(2)
    took: dict[Asked, list[float]] = {}
    for known, later in (("as known at that moment", True), ("with all that is known now", False)):
        for _ in range(MOMENTS):
            at = STARTS + EVERY * rng.randrange(count)
            known_at = at if later else None
            laps = [time.perf_counter()]
            picture = chronicle.picture(barriers, [], at=at, known_at=known_at)
            laps.append(time.perf_counter())
            counts = chronicle.counts(at=at, known_at=known_at)
            laps.append(time.perf_counter())
            rivals = chronicle.rivals(at=at, known_at=known_at)
            wordings = chronicle.wordings(at=at, known_at=known_at)
            WholePicture(**dict(picture), counts=counts, rivals=rivals, wordings=wordings)
            laps.append(time.perf_counter())
            parts = {"picture": laps[1] - laps[0], "counts": laps[2] - laps[1], "whole picture": laps[3] - laps[0]}
            for what, seconds in parts.items():
                took.setdefault((what, known), []).append(seconds)
    gc.unfreeze()
    return took


def _beside_fold() -> Line:
    """The newest moment of a log that can still be folded: each time by an index that has never seen a moment."""
    barriers, few, at = _barriers(), list(drawn_entries(FOLDED)), STARTS + EVERY * FOLDED
    assert Chronicle(few).picture(barriers, [], at=at) == fold(barriers, [], few, at=at)
    times: list[list[float]] = [[], []]
    for _ in range(FOLDS):
        works = (partial(Chronicle(few).picture, at=at), partial(fold, entries=few, at=at))
        for number, work in enumerate(works):
            forget_pictures()
            begun = time.perf_counter()
            work(barriers, [])
            times[number].append(time.perf_counter() - begun)
    ours, theirs = map(statistics.median, times)
    return Line(f"picture of {FOLDED:,} entries, the newest moment", ours, "a fold from scratch", theirs)


def _barriers() -> list[Barrier]:
    gate = {"gate": True, "arms": [{"segment": "s", "offset_m": 1, "inside": "to"}]}
    return [Barrier.model_validate({"id": f"b{one}", "name": f"b{one}", **gate}) for one in range(BARRIERS)]
