"""The log with its cross-links: rivals, corrections, what was taken back; and parts of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ringfence.desk.flags import Flagger, corrected_in
from ringfence.desk.opening import Stored
from ringfence.desk.views import LogItem, LogPage
from ringfence.model.entries import Entry
from ringfence.picture import Worth, acted_on, acts, rival_claims, worth_of


@dataclass
class _Links:
    """Which entries say otherwise than which, and what became of each."""

    rivals: defaultdict[str, set[str]]
    worth: Worth
    corrected: Mapping[str, Entry]

    @classmethod
    def of(cls, entries: Sequence[Entry], log: Sequence[Entry]) -> _Links:
        rivals: defaultdict[str, set[str]] = defaultdict(set)
        for one, other in rival_claims(entries):
            rivals[one].add(other)
            rivals[other].add(one)
        return cls(rivals, worth_of(entries), corrected_in(log, entries))


def log_items(entries: Sequence[Entry], stored: Sequence[Stored], flagger: Flagger) -> tuple[LogItem, ...]:
    """Every entry in order of position; without a ledger the place in the log file is the position."""
    links = _Links.of(entries, entries)
    stored = stored or [Stored(number) for number in range(1, len(entries) + 1)]
    return tuple(_item(place, entry, links, flagger) for place, entry in zip(stored, entries, strict=True))


def extended_log(
    items: tuple[LogItem, ...], entries: Sequence[Entry], stored: Sequence[Stored], added_count: int, flagger: Flagger
) -> tuple[LogItem, ...]:
    """`log_items` of a log to which `added_count` entries came; only items that they touch are made anew.

    No entry names one that comes after all of these: `Operation.with_added` refuses it.
    """
    added = entries[len(entries) - added_count :]
    touched = {link for entry in added if acts(entry) for link in acted_on(entry)}
    older = [item.entry for item in items if item.entry.id in touched]
    if (
        any(entry.retracts for entry in added)  # may give back what an earlier one took
        or any(acts(entry) for entry in older)  # may strike out, or give back, what that one corrected
        or any(item.retracted_by for item in items if item.entry.id in touched)  # may uphold it
    ):
        return log_items(entries, stored, flagger)
    links = _Links.of([*older, *added], entries)
    kept = [
        item.model_copy(
            update={
                "rivals": _joined(item.rivals, links.rivals[item.entry.id]),
                "corrected_by": _joined(item.corrected_by, links.worth.corrected_by.get(item.entry.id, ())),
            }
        )
        if item.entry.id in touched
        else item
        for item in items
    ]
    new = [_item(place, entry, links, flagger) for place, entry in zip(stored[-added_count:], added, strict=True)]
    return (*kept, *new)


def reworded_log(
    items: tuple[LogItem, ...], entries: Sequence[Entry], changed: Mapping[str, Entry], flagger: Flagger
) -> tuple[LogItem, ...]:
    """`log_items` of a log in which some entries hold other texts; items that stay as they were are kept.

    Who says so is a text, too: without it a retraction may no longer hold, of whichever entry.
    """
    worth, corrected = worth_of(entries), corrected_in(entries, tuple(changed.values()))
    found = []
    for item in items:
        name = item.entry.id
        links = (worth.corrected_by.get(name, ()), worth.withdrawn_by.get(name, ()))
        update: dict[str, object] = {}
        if (now := changed.get(name)) is not None:
            update |= {"entry": now, "flags": flagger.flags(now, corrected)}
        if links != (item.corrected_by, item.retracted_by):
            update |= {"corrected_by": links[0], "retracted_by": links[1]}
        found.append(item.model_copy(update=update) if update else item)
    return tuple(found)


def _item(stored: Stored, entry: Entry, links: _Links, flagger: Flagger) -> LogItem:
    return LogItem(
        position=stored.position,
        desk=stored.desk,
        stored_at=stored.at,
        hash=stored.hash,
        entry=entry,
        rivals=_joined((), links.rivals[entry.id]),
        corrected_by=links.worth.corrected_by.get(entry.id, ()),
        retracted_by=links.worth.withdrawn_by.get(entry.id, ()),
        flags=flagger.flags(entry, links.corrected),
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
