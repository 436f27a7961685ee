"""Folding entries into a picture. Pure: same entries, same picture, whatever their order of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from ringfence.model.operation import EVERYWHERE, Barrier, BarrierState, Entry, Site
from ringfence.model.record import Record
from ringfence.model.spans import BEGINNING
from ringfence.picture.timeline import changes_of, possible_last, turning_points

Holds = Literal["yes", "no", "doubtful"]
"""Whether a barrier stands in the way: `doubtful` if only an unconfirmed claim says that it does not."""

STANDING: frozenset[BarrierState] = frozenset({"installed", "reinstalled", "obstructed", "unstaffed"})
"""States in which the blocks are across the street."""

_WORST_FIRST: tuple[BarrierState, ...] = (
    "removed",
    "moved",
    "planned",
    "part-placed",
    "unstaffed",
    "obstructed",
    "installed",
    "reinstalled",
)


class BarrierPicture(Record):
    """One barrier at one moment, read cautiously.

    A barrier counts as standing only while every reading of the log has it standing: from the latest moment at which
    it can have been put there, to the earliest at which it can have been moved. `certain` tells whether all readings
    agree on that, `staffed_certain` whether they agree that officers are there; `possible` lists the states they allow.
    """

    id: str
    state: BarrierState
    holds: Holds
    staffed: bool
    certain: bool
    staffed_certain: bool
    possible: tuple[BarrierState, ...]
    entries: tuple[str, ...]


class SitePicture(Record):
    """What the log says of a site: open, closed, or nothing."""

    id: str
    state: Literal["open", "closed", "not stated"]
    certain: bool
    entries: tuple[str, ...]


class Picture(Record):
    """The folded state, as it was at `at` and as known at `known_at` (None: all that the log holds)."""

    at: datetime
    known_at: datetime | None
    barriers: tuple[BarrierPicture, ...]
    sites: tuple[SitePicture, ...]
    last_sweep: datetime | None
    occupied: tuple[str, ...]
    entries_known: int
    entries_left_out: int
    latest_counts: tuple[str, ...]
    disputed: tuple[tuple[str, str], ...]

    def barrier(self, barrier_id: str) -> BarrierPicture:
        """The picture of one barrier."""
        return next(barrier for barrier in self.barriers if barrier.id == barrier_id)


def fold(
    barriers: Sequence[Barrier],
    sites: Sequence[Site],
    entries: Iterable[Entry],
    *,
    at: datetime,
    known_at: datetime | None = None,
) -> Picture:
    """The picture at a moment.

    Parameters
    ----------
    at : datetime
        When it was so.
    known_at : datetime or None
        Only entries that this desk is certain to have recorded by then are used; None uses all.
    """
    everything = list(entries)
    known = known_entries(everything, known_at)
    begun = [entry for entry in known if entry.so.earliest <= at]
    sweeps = [entry.so.latest for entry in begun if entry.swept and entry.so.latest <= at]
    return Picture(
        at=at,
        known_at=known_at,
        barriers=tuple(_barrier_picture(barrier, known, at) for barrier in barriers),
        sites=tuple(_site_picture(site, known, at) for site in sites),
        last_sweep=max(sweeps, default=None),
        occupied=tuple(sorted({segment for entry in begun for segment in entry.occupied})),
        entries_known=len(known),
        entries_left_out=len(everything) - len(known),
        latest_counts=_latest_counts(begun),
        disputed=_disputed(begun),
    )


def known_entries(entries: Iterable[Entry], known_at: datetime | None) -> list[Entry]:
    """The entries that count, in a fixed order: recorded by then for certain, and not taken back by then."""
    known = [entry for entry in entries if known_at is None or entry.recorded.latest <= known_at]
    retracted = {entry_id for entry in known for entry_id in entry.retracts}
    return sorted((entry for entry in known if entry.id not in retracted), key=lambda entry: entry.id)


def change_times(entries: Iterable[Entry], *, known_at: datetime | None = None) -> list[datetime]:
    """All moments, in order, at which the picture's barriers, gates, sites or sweeps can alter."""
    known = known_entries(entries, known_at)
    with_effect = [
        (entry.id, entry)
        for entry in known
        if entry.barriers or entry.gates or entry.site or entry.swept or entry.occupied
    ]
    return sorted(turning_points(changes_of(with_effect, _by_id(known))))


def _barrier_picture(barrier: Barrier, known: Sequence[Entry], at: datetime) -> BarrierPicture:
    states = changes_of(
        ((entry.state, entry) for entry in known if entry.state and barrier.id in entry.barriers and _asserts(entry)),
        _by_id(known),
    )
    last, none_yet = possible_last(states, at)
    possible = {change.value for change in last} | ({"planned"} if none_yet else set())
    sure = {change.value for change in last if change.sure} | ({"planned"} if none_yet else set())
    doubtful = bool(sure <= STANDING and not possible <= STANDING)
    holds: Holds = "doubtful" if doubtful else "yes" if sure <= STANDING else "no"
    staffing = changes_of(
        (
            (entry.staffed, entry)
            for entry in known
            if entry.staffed is not None and _asserts(entry) and not {EVERYWHERE, barrier.id}.isdisjoint(entry.gates)
        ),
        _by_id(known),
    )
    on_duty, nobody_yet = possible_last(staffing, at)
    duty = {bool(change.value) for change in on_duty} | ({False} if nobody_yet else set())
    return BarrierPicture(
        id=barrier.id,
        state=min(sure or possible, key=_WORST_FIRST.index),
        holds=holds,
        staffed=duty == {True},
        certain=len({state in STANDING for state in possible}) == 1,
        staffed_certain=len(duty) == 1,
        possible=tuple(sorted(possible)),
        entries=tuple(sorted({change.entry.id for change in last} | {change.entry.id for change in on_duty})),
    )


def _site_picture(site: Site, known: Sequence[Entry], at: datetime) -> SitePicture:
    changes = changes_of(
        (
            (entry.site_state, entry)
            for entry in known
            if entry.site == site.id and entry.site_state and _asserts(entry)
        ),
        _by_id(known),
    )
    last, none_yet = possible_last(changes, at)
    values = {change.value for change in last if change.sure and change.value}
    return SitePicture(
        id=site.id,
        state="closed" if "closed" in values else "open" if values else "not stated",
        certain=len(values) == 1 and not none_yet,
        entries=tuple(sorted(change.entry.id for change in last)),
    )


def _by_id(entries: Sequence[Entry]) -> dict[str, Entry]:
    return {entry.id: entry for entry in entries}


def _asserts(entry: Entry) -> bool:
    """A denial says that something is not so: it asserts no state."""
    return entry.certainty != "denied"


def _latest_counts(begun: Sequence[Entry]) -> tuple[str, ...]:
    """Ids of the newest count for each unit, place and basis."""
    newest: dict[tuple[str | None, ...], Entry] = {}
    for entry in sorted(begun, key=lambda entry: (entry.reported.to or BEGINNING, entry.so.earliest, entry.id)):
        if entry.number is not None and entry.kind == "count":
            newest[(entry.unit, entry.place, entry.basis)] = entry
    return tuple(sorted(entry.id for entry in newest.values()))


def _disputed(begun: Sequence[Entry]) -> tuple[tuple[str, str], ...]:
    """Pairs of related entries of which one claims and another confirms or denies: both stand."""
    by_id = _by_id(begun)
    pairs = {
        tuple(sorted((entry.id, other)))
        for entry in begun
        if entry.certainty in {"claimed", "understood", "denied"}
        for other in entry.relates_to
        if other in by_id and by_id[other].certainty != entry.certainty
    }
    return tuple(sorted((first, second) for first, second in pairs))
