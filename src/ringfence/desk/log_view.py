"""The log with its cross-links: rivals, corrections, what was taken back; and parts of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ringfence.desk.flags import Flagger
from ringfence.desk.opening import Stored
from ringfence.desk.views import LogItem, LogPage
from ringfence.model.entries import Entry
from ringfence.picture import SURE, retracted_entries, rival_claims


@dataclass
class _Links:
    """Which entries say otherwise than, put right, or take back which."""

    rivals: defaultdict[str, set[str]]
    corrected_by: defaultdict[str, set[str]]
    retracted_by: defaultdict[str, set[str]]


def log_items(entries: Sequence[Entry], stored: Sequence[Stored], flagger: Flagger) -> tuple[LogItem, ...]:
    """Every entry in order of position; without a ledger the place in the log file is the position."""
    links = _links(entries)
    stored = stored or [Stored(number) for number in range(1, len(entries) + 1)]
    return tuple(_item(place, entry, links, flagger) for place, entry in zip(stored, entries, strict=True))


def extended_log(
    items: tuple[LogItem, ...], entries: Sequence[Entry], stored: Sequence[Stored], added_count: int, flagger: Flagger
) -> tuple[LogItem, ...]:
    """`log_items` of a log to which `added_count` entries came; only items that they touch are made anew."""
    added = entries[len(entries) - added_count :]
    if any(entry.retracts for entry in added):  # may give back what an earlier one took
        return log_items(entries, stored, flagger)
    touched = {link for entry in added for link in (*entry.relates_to, *entry.disputes)}
    older = [item.entry for item in items if item.entry.id in touched]
    links = _links([*older, *added])
    kept = [
        item.model_copy(
            update={
                "rivals": _joined(item.rivals, links.rivals[item.entry.id]),
                "corrected_by": _joined(item.corrected_by, links.corrected_by[item.entry.id]),
            }
        )
        if item.entry.id in touched
        else item
        for item in items
    ]
    new = [_item(place, entry, links, flagger) for place, entry in zip(stored[-added_count:], added, strict=True)]
    return (*kept, *new)


def _links(entries: Sequence[Entry]) -> _Links:
    links = _Links(defaultdict(set), defaultdict(set), defaultdict(set))
    for one, other in rival_claims(entries):
        links.rivals[one].add(other)
        links.rivals[other].add(one)
    gone = retracted_entries(entries)
    for entry in entries:
        if entry.id not in gone and entry.certainty in SURE:
            for target in entry.retracts:
                links.retracted_by[target].add(entry.id)
        if entry.kind == "correction":
            for target in entry.relates_to:
                links.corrected_by[target].add(entry.id)
    return links


def _item(stored: Stored, entry: Entry, links: _Links, flagger: Flagger) -> LogItem:
    return LogItem(
        position=stored.position,
        desk=stored.desk,
        stored_at=stored.at,
        hash=stored.hash,
        entry=entry,
        rivals=_joined((), links.rivals[entry.id]),
        corrected_by=_joined((), links.corrected_by[entry.id]),
        retracted_by=_joined((), links.retracted_by[entry.id]),
        flags=flagger.flags(entry),
    )


def _joined(some: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*some, *others}))


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
