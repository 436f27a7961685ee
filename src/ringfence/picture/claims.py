"""Entries that contradict each other: who says what since when, and what has settled it, if anything has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from ringfence.model.entries import Entry
from ringfence.model.record import Record
from ringfence.model.reviews import Said
from ringfence.picture.fold import known_entries, retracted_entries, rival_claims
from ringfence.picture.timeline import SURE

Standing = Literal["open", "confirmed", "withdrawn"]
"""Two words stand against each other; one of them was confirmed; one of them was taken back."""


class RivalSide(Record):
    """One word in a dispute. `against` names the entries that it contradicts or that contradict it."""

    said: Said
    against: tuple[str, ...]
    confirmed_by: tuple[str, ...]
    withdrawn_by: tuple[str, ...]
    corrected_by: tuple[str, ...]


class RivalPair(Record):
    """Two words that contradict each other. `stands` names those that are left: both while it is open."""

    one: str
    other: str
    standing: Standing
    settled_by: tuple[str, ...]
    stands: tuple[str, ...]


class Rivals(Record):
    """A set of entries that are joined by contradicting each other, whether or not all of them contradict all.

    `standing` is `open` while any pair is. `settled_by` are the words that confirmed a side or took one back.
    """

    id: str
    standing: Standing
    sides: tuple[RivalSide, ...]
    pairs: tuple[RivalPair, ...]
    settled_by: tuple[Said, ...]


class BarrierWordings(Record):
    """How a barrier's place was worded, by whom and when: several wordings, one barrier."""

    barrier: str
    wordings: tuple[Said, ...]


def rivals(entries: Iterable[Entry], *, at: datetime, known_at: datetime | None = None) -> tuple[Rivals, ...]:
    """Every set of rival claims about what may have begun by a moment, as known at a moment.

    A pair is settled when one side has been taken back by a sure retraction, or when exactly one side has been
    confirmed: by an entry of kind ``confirmation``, itself sure, that relates to it and does not dispute it. That one
    side calls itself confirmed settles nothing, nor does a correction, which may put right a street name. What has
    settled a pair counts from when it was known, whatever `at`. The order of arrival changes nothing.

    Parameters
    ----------
    entries : iterable of Entry
        The log, in any order.
    at, known_at : datetime
        When it was so; as known when (None: with all that the log holds).
    """
    known = _recorded_by(entries, known_at)
    by_id = {entry.id: entry for entry in known}
    links = _Links(known)
    begun = [entry for entry in known if entry.so.earliest <= at]
    pairs = [links.pair(one, other) for one, other in rival_claims(begun)]
    return tuple(_set_of(group, by_id, links) for group in _joined(pairs))


def wordings(
    entries: Iterable[Entry], *, at: datetime, known_at: datetime | None = None
) -> tuple[BarrierWordings, ...]:
    """How each barrier's place was worded in the entries that name it, in order of report."""
    found: dict[str, list[Entry]] = {}
    for entry in known_entries(entries, known_at):
        if entry.place and entry.so.earliest <= at:
            for barrier in entry.barriers:
                found.setdefault(barrier, []).append(entry)
    return tuple(
        BarrierWordings(barrier=barrier, wordings=tuple(Said.of(entry) for entry in sorted(found[barrier], key=_when)))
        for barrier in sorted(found)
    )


def _when(entry: Entry) -> tuple[datetime, datetime, str]:
    return entry.reported.latest, entry.recorded.latest, entry.id


def _recorded_by(entries: Iterable[Entry], known_at: datetime | None) -> list[Entry]:
    """The known entries in a fixed order, those included that have been taken back."""
    known = [entry for entry in entries if known_at is None or entry.recorded.latest <= known_at]
    return sorted(known, key=lambda entry: entry.id)


class _Links:
    """Which entries confirm, take back and correct which."""

    def __init__(self, known: Sequence[Entry]) -> None:
        gone = retracted_entries(known)
        self.withdrawn_by: dict[str, list[str]] = {}
        self.confirmed_by: dict[str, list[str]] = {}
        self.corrected_by: dict[str, list[str]] = {}
        for entry in known:
            if entry.id in gone or entry.certainty not in SURE:
                continue
            for target in entry.retracts:
                if target in gone:
                    self.withdrawn_by.setdefault(target, []).append(entry.id)
            meant = [target for target in entry.relates_to if target not in entry.disputes]
            if entry.kind == "confirmation":
                for target in (*meant, entry.id):
                    self.confirmed_by.setdefault(target, []).append(entry.id)
            if entry.kind == "correction":
                for target in meant:
                    self.corrected_by.setdefault(target, []).append(entry.id)

    def pair(self, one: str, other: str) -> RivalPair:
        """Two rivals, and how the matter stands between them."""
        sides = (one, other)
        withdrawn = [side for side in sides if side in self.withdrawn_by]
        # a confirmation that means both confirms neither against the other
        both = {*self.confirmed_by.get(one, ())} & {*self.confirmed_by.get(other, ())}
        confirmed = {side: [by for by in self.confirmed_by.get(side, ()) if by not in both] for side in sides}
        held = [side for side in sides if confirmed[side] and side not in withdrawn]
        standing: Standing = "open"
        settled: Iterable[str] = ()
        stands: Sequence[str] = sides
        if withdrawn:
            standing, settled = "withdrawn", [by for side in withdrawn for by in self.withdrawn_by[side]]
            stands = [side for side in sides if side not in withdrawn]
        elif len(held) == 1:
            standing, settled, stands = "confirmed", confirmed[held[0]], held
        return RivalPair(
            one=one, other=other, standing=standing, settled_by=tuple(sorted({*settled})), stands=tuple(stands)
        )


def _joined(pairs: Sequence[RivalPair]) -> list[list[RivalPair]]:
    """Pairs that share an entry, directly or over others, together."""
    group_of: dict[str, list[RivalPair]] = {}
    for pair in pairs:
        one, other = group_of.get(pair.one), group_of.get(pair.other)
        merged = [*(one or ()), *(other or () if other is not one else ()), pair]
        for member in merged:
            group_of[member.one] = group_of[member.other] = merged
    groups = {id(group): group for group in group_of.values()}
    return sorted((sorted(group, key=lambda pair: (pair.one, pair.other)) for group in groups.values()),
                  key=lambda group: (group[0].one, group[0].other))  # fmt: skip


def _set_of(pairs: Sequence[RivalPair], by_id: Mapping[str, Entry], links: _Links) -> Rivals:
    ids = sorted({side for pair in pairs for side in (pair.one, pair.other)})
    standings = {pair.standing for pair in pairs}
    standing: Standing = "open" if "open" in standings else "confirmed" if "confirmed" in standings else "withdrawn"
    sides = [
        RivalSide(
            said=Said.of(by_id[side]),
            against=tuple(sorted({*_over_against(side, pairs)})),
            confirmed_by=tuple(by for by in links.confirmed_by.get(side, ()) if by != side),
            withdrawn_by=tuple(links.withdrawn_by.get(side, ())),
            corrected_by=tuple(links.corrected_by.get(side, ())),
        )
        for side in ids
    ]
    settlers = sorted({by for pair in pairs for by in pair.settled_by})
    return Rivals(
        id=ids[0],
        standing=standing,
        sides=tuple(sides),
        pairs=tuple(pairs),
        settled_by=tuple(Said.of(by_id[by]) for by in settlers),
    )


def _over_against(side: str, pairs: Sequence[RivalPair]) -> Iterator[str]:
    for pair in pairs:
        if side in {pair.one, pair.other}:
            yield pair.other if pair.one == side else pair.one
