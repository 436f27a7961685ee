"""Folding entries into a picture. Pure: same entries, same picture, whatever their order of arrival."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from ringfence.model.entries import BarrierState, Entry
from ringfence.model.operation import EVERYWHERE, Barrier, Site
from ringfence.model.record import Record
from ringfence.picture.effects import Thing
from ringfence.picture.standing import acted_on, acts, retracted_entries, worth_of
from ringfence.picture.timeline import Readings, Timeline, Timelines

Holds = Literal["yes", "no", "doubtful"]
"""Whether a barrier stands across the street: `doubtful` if only an unconfirmed claim says that it does not."""

SiteState = Literal["open", "closed", "not stated"]

STANDING: frozenset[BarrierState] = frozenset({"installed", "reinstalled", "unstaffed"})
"""States in which the blocks are across the street."""

PICTURES_KEPT = 4096
"""Pictures of single barriers, and of sites, that are kept: from moment to moment most are as they were."""

_WORST_FIRST: tuple[BarrierState, ...] = (
    "removed",
    "moved",
    "planned",
    "part-placed",
    "obstructed",
    "unstaffed",
    "installed",
    "reinstalled",
)


class BarrierPicture(Record):
    """One barrier at one moment.

    The log rarely states a time to the minute, so several readings may be possible. `states` and `staffing` list what
    confirmed and observed entries allow, `states_claimed` and `staffing_claimed` what claims allow besides. `state`,
    `holds` and `staffed` are the cautious summary for display: the worst of `states`, and only what all readings share.
    `certain` and `staffed_certain` tell whether the readings agree.
    """

    id: str
    state: BarrierState
    holds: Holds
    staffed: bool
    certain: bool
    staffed_certain: bool
    states: tuple[BarrierState, ...]
    states_claimed: tuple[BarrierState, ...]
    staffing: tuple[bool, ...]
    staffing_claimed: tuple[bool, ...]
    entries: tuple[str, ...]


class SitePicture(Record):
    """What the log says of a site. `states` lists what is possible; `state` is the worst, `states_claimed` as above."""

    id: str
    state: SiteState
    certain: bool
    states: tuple[SiteState, ...]
    states_claimed: tuple[SiteState, ...]
    entries: tuple[str, ...]


class SegmentPicture(Record):
    """Whether a street is occupied: `yes`, `perhaps` (at a time that nobody stated), or `claimed`."""

    segment: str
    occupied: Literal["yes", "perhaps", "claimed"]
    entries: tuple[str, ...]


class RulePicture(Record):
    """Whether the log has put an access rule in force: what is possible, and what claims make possible besides."""

    id: str
    in_force: tuple[bool, ...]
    in_force_claimed: tuple[bool, ...]
    entries: tuple[str, ...]


class Picture(Record):
    """The folded state, as it was at `at` and as known at `known_at` (None: all that the log holds).

    `last_sweep` is the moment of the newest sweep of the perimeter that is certain to have happened, at its earliest.
    """

    at: datetime
    known_at: datetime | None
    barriers: tuple[BarrierPicture, ...]
    sites: tuple[SitePicture, ...]
    rules: tuple[RulePicture, ...]
    last_sweep: datetime | None
    occupied: tuple[SegmentPicture, ...]
    entries_known: int
    entries_left_out: int
    disputed: tuple[tuple[str, str], ...]

    def barrier(self, barrier_id: str) -> BarrierPicture:
        """The picture of one barrier.

        Raises
        ------
        KeyError
            If the operation has no barrier of that id.
        """
        for barrier in self.barriers:
            if barrier.id == barrier_id:
                return barrier
        raise KeyError(barrier_id)


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
    barriers, sites : sequence of Barrier, of Site
        What the operation has; each gets its picture, in the same order.
    entries : iterable of Entry
        The log, in any order.
    at : datetime
        When it was so.
    known_at : datetime or None
        Only entries that this desk is certain to have recorded by then are used; None uses all.
    """
    everything = list(entries)
    worth = worth_of(recorded_by(everything, known_at))
    known = _left(everything, known_at, worth.gone)
    begun = [entry for entry in known if entry.so.earliest <= at]
    timeline = Timeline(known, worth)
    besides = Besides(
        last_sweep=timeline.last_sweep(known, at),
        entries_known=len(known),
        entries_left_out=len(everything) - len(known),
        disputed=rival_claims(begun),
    )
    return picture_of(barriers, sites, timeline, besides, at=at, known_at=known_at)


class Besides(NamedTuple):
    """What a picture has besides the readings of things; see `Picture`."""

    last_sweep: datetime | None
    entries_known: int
    entries_left_out: int
    disputed: tuple[tuple[str, str], ...]


def picture_of(
    barriers: Sequence[Barrier],
    sites: Sequence[Site],
    timelines: Timelines,
    besides: Besides,
    *,
    at: datetime,
    known_at: datetime | None,
) -> Picture:
    """The picture at a moment, from the timelines of what was known at a moment."""
    return Picture(
        at=at,
        known_at=known_at,
        barriers=tuple(_barrier_picture(barrier, timelines, at) for barrier in barriers),
        sites=tuple(_site_picture(site, timelines, at) for site in sites),
        rules=tuple(_rule_picture(rule, timelines, at) for rule in timelines.named("rule")),
        occupied=tuple(one for street in timelines.named("street") if (one := _street_picture(street, timelines, at))),
        **besides._asdict(),
    )


def known_entries(entries: Iterable[Entry], known_at: datetime | None) -> list[Entry]:
    """The entries that are left, in a fixed order: recorded by then for certain, and not taken back by then."""
    known = recorded_by(entries, known_at)
    return _left(known, None, retracted_entries(known))


def recorded_by(entries: Iterable[Entry], known_at: datetime | None) -> list[Entry]:
    """The entries certain to have been recorded by then, those included that have been taken back."""
    return [entry for entry in entries if known_at is None or entry.recorded.latest <= known_at]


def _left(entries: Iterable[Entry], known_at: datetime | None, gone: Collection[str]) -> list[Entry]:
    left = [entry for entry in recorded_by(entries, known_at) if entry.id not in gone]
    return sorted(left, key=lambda entry: entry.id)


def bearing_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries that can bear on barriers, gates, rules, sites, streets or sweeps; the others are only told.

    Those are among them that confirm, correct, deny or contradict one that bears, or are so acted on. A fold of these
    gives the same readings of all of them as a fold of the whole log, whatever `at` and `known_at`.
    """
    everything = tuple(entries)
    bearing: set[str] = set()
    joined: dict[str, list[str]] = {}
    for entry in everything:
        if entry.follows or entry.retracts:
            bearing.update((entry.id, *entry.follows, *entry.retracts))
        elif entry.has_effect:
            bearing.add(entry.id)
        if acts(entry):
            for other in acted_on(entry):
                joined.setdefault(entry.id, []).append(other)
                joined.setdefault(other, []).append(entry.id)
    reached = [name for name in joined if name in bearing]
    while reached:
        new = {one for one in joined.pop(reached.pop(), ()) if one in joined}
        bearing |= new
        reached += new
    return tuple(entry for entry in everything if entry.id in bearing)


def change_times(entries: Iterable[Entry], *, known_at: datetime | None = None) -> list[datetime]:
    """All moments, in order, at which the picture's barriers, gates, sites, streets or sweeps can alter."""
    known = known_entries(entries, known_at)
    with_effect = [entry for entry in known if entry.has_effect]
    return sorted(Timeline(known).turning_points(with_effect))


def turning_entries(known: Sequence[Entry], at: datetime) -> list[Entry]:
    """Those of the known entries with an effect whose stated time begins or ends at a moment."""
    timeline = Timeline(known)
    return [entry for entry in known if entry.has_effect and at in timeline.turning_points([entry])]


def _barrier_picture(barrier: Barrier, timelines: Timelines, at: datetime) -> BarrierPicture:
    states: Readings[BarrierState] = timelines.readings([Thing("state", barrier.id)], at, before="planned")
    gates = [Thing("staffing", name) for name in dict.fromkeys((EVERYWHERE, barrier.id))]
    return _barrier_read(barrier.id, states, timelines.readings(gates, at, before=False))


@lru_cache(PICTURES_KEPT)
def _barrier_read(barrier: str, states: Readings[BarrierState], staffing: Readings[bool]) -> BarrierPicture:
    holds: Holds = "yes" if states.possible <= STANDING else "doubtful" if states.sure <= STANDING else "no"
    return BarrierPicture(
        id=barrier,
        state=min(states.sure, key=_WORST_FIRST.index),
        holds=holds,
        staffed=staffing.sure == {True},
        certain=len({state in STANDING for state in states.possible}) == 1,
        staffed_certain=len(staffing.possible) == 1,
        states=tuple(sorted(states.sure)),
        states_claimed=tuple(sorted(states.possible - states.sure)),
        staffing=tuple(sorted(staffing.sure)),
        staffing_claimed=tuple(sorted(staffing.possible - staffing.sure)),
        entries=tuple(sorted(dict.fromkeys(states.entries + staffing.entries))),  # two in order: no more than a merge
    )


def _site_picture(site: Site, timelines: Timelines, at: datetime) -> SitePicture:
    return _site_read(site.id, timelines.readings([Thing("site", site.id)], at, before="not stated"))


@lru_cache(PICTURES_KEPT)
def _site_read(site: str, readings: Readings[SiteState]) -> SitePicture:
    worst_first: tuple[SiteState, ...] = ("closed", "not stated", "open")
    return SitePicture(
        id=site,
        state=min(readings.sure, key=worst_first.index),
        certain=len(readings.possible) == 1,
        states=tuple(sorted(readings.sure)),
        states_claimed=tuple(sorted(readings.possible - readings.sure)),
        entries=readings.entries,
    )


def _rule_picture(rule: str, timelines: Timelines, at: datetime) -> RulePicture:
    readings = timelines.readings([Thing("rule", rule)], at, before=False)
    return RulePicture(
        id=rule,
        in_force=tuple(sorted(readings.sure)),
        in_force_claimed=tuple(sorted(readings.possible - readings.sure)),
        entries=readings.entries,
    )


def _street_picture(street: str, timelines: Timelines, at: datetime) -> SegmentPicture | None:
    """None where nobody says that it is occupied."""
    readings = timelines.readings([Thing("street", street)], at, before=False)
    if True not in readings.possible:
        return None
    sure: Literal["yes", "perhaps"] = "yes" if readings.sure == {True} else "perhaps"
    word = sure if True in readings.sure else "claimed"
    return SegmentPicture(segment=street, occupied=word, entries=readings.entries)


def rival_claims(entries: Sequence[Entry]) -> tuple[tuple[str, str], ...]:
    """Pairs of entries of which one contradicts the other, in so many words or by denying it: both stand."""
    known = {entry.id for entry in entries}
    pairs = {
        (min(entry.id, other), max(entry.id, other))
        for entry in entries
        for other in contradicted_by(entry)
        if other in known and other != entry.id
    }
    return tuple(sorted(pairs))


def contradicted_by(entry: Entry) -> tuple[str, ...]:
    """Entries that an entry contradicts, in so many words or by denying them."""
    return (*entry.disputes, *(entry.relates_to if entry.certainty == "denied" else ()))
