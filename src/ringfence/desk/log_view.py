"""The log with its cross-links: rivals, corrections, what was taken back; and parts of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from ringfence.desk.opening import Lines
from ringfence.desk.views import LogItem, LogPage
from ringfence.model.entries import Entry
from ringfence.picture import SURE, retracted_entries, rival_claims


def log_items(entries: Sequence[Entry], lines: Lines) -> tuple[LogItem, ...]:
    """Every entry in order of position; without a ledger the place in the log file is the position."""
    rivals, retracted_by, corrected_by = defaultdict(set), defaultdict(set), defaultdict(set)
    for one, other in rival_claims(entries):
        rivals[one].add(other)
        rivals[other].add(one)
    gone = retracted_entries(entries)
    for entry in entries:
        if entry.id not in gone and entry.certainty in SURE:
            for target in entry.retracts:
                retracted_by[target].add(entry.id)
        if entry.kind == "correction":
            for target in entry.relates_to:
                corrected_by[target].add(entry.id)
    return tuple(
        LogItem(
            position=position,
            desk=line.desk if line else None,
            stored_at=line.stored_at if line else None,
            hash=line.hash if line else None,
            entry=entry,
            rivals=tuple(sorted(rivals[entry.id])),
            retracted_by=tuple(sorted(retracted_by[entry.id])),
            corrected_by=tuple(sorted(corrected_by[entry.id])),
        )
        for position, line, entry in (
            ((position, line, line.entry) for position, line in lines)
            if lines
            else ((number, None, entry) for number, entry in enumerate(entries, start=1))
        )
    )


def log_page(
    items: Sequence[LogItem],
    *,
    kinds: Collection[str] = (),
    place: str | None = None,
    source: str | None = None,
    text: str | None = None,
    before: int | None = None,
    limit: int = 500,
) -> LogPage:
    """The newest `limit` items that fit every filter, from those before a position; text is found in any case."""
    fitting = [
        item
        for item in items
        if (not kinds or item.entry.kind in kinds)
        and _holds([item.entry.place], place)
        and _holds([item.entry.source.by, item.entry.source.via], source)
        and _holds([item.entry.id, item.entry.what, item.entry.place], text)
    ]
    behind = [item for item in reversed(fitting) if before is None or item.position < before]
    shown = tuple(behind[:limit])
    return LogPage(
        items=shown,
        matching=len(fitting),
        next_before=shown[-1].position if len(behind) > len(shown) else None,
        last_position=items[-1].position if items else 0,
    )


def _holds(texts: Iterable[str | None], wanted: str | None) -> bool:
    return not wanted or any(wanted.casefold() in text.casefold() for text in texts if text)
