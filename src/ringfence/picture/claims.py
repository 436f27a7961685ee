"""Entries that contradict each other: who says what since when, and what has settled it, if anything has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Self

from ringfence.model.entries import Entry
from ringfence.model.record import Record
from ringfence.model.reviews import Said
from ringfence.picture.fold import recorded_by, rival_claims
from ringfence.picture.standing import Worth, acted_on, acts, retracted_entries, worth_of

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
    confirmed: by an entry of kind ``confirmation``, itself sure, that relates to it and does not dispute it, and that
    was not recorded before the other side. That one side calls itself confirmed settles nothing, nor does a
    correction, which may put right a street name. What has settled a pair counts from when it was known, whatever
    `at`. The order of arrival changes nothing.

    Parameters
    ----------
    entries : iterable of Entry
        The log, in any order.
    at, known_at : datetime
        When it was so; as known when (None: with all that the log holds).
    """
    known = recorded_by(entries, known_at)
    acting = [entry for entry in known if acts(entry)]
    spoken_of = {one for entry in acting for one in (entry.id, *acted_on(entry))}
    by_id = {entry.id: entry for entry in known if entry.id in spoken_of}
    worth = worth_of(by_id.values())
    begun = [entry for entry in by_id.values() if entry.so.earliest <= at]
    pairs = [_pair(one, other, worth) for one, other in rival_claims(begun)]
    return tuple(_set_of(group, by_id.__getitem__, worth) for group in _joined(pairs))


def wordings(
    entries: Iterable[Entry], *, at: datetime, known_at: datetime | None = None
) -> tuple[BarrierWordings, ...]:
    """How each barrier's place was worded in the entries that name it, in order of report."""
    found: dict[str, list[Entry]] = {}
    known = recorded_by(entries, known_at)
    gone = retracted_entries(known)
    for entry in known:
        if entry.place and entry.barriers and entry.so.earliest <= at and entry.id not in gone:
            for barrier in entry.barriers:
                found.setdefault(barrier, []).append(entry)
    return tuple(
        BarrierWordings(barrier=barrier, wordings=tuple(Said.of(entry) for entry in sorted(found[barrier], key=_when)))
        for barrier in sorted(found)
    )


class Worded(NamedTuple):
    """A wording in a log: what puts it in order, the number of its entry, and as it is told."""

    order: tuple[datetime, datetime, str]
    number: int
    said: Said

    @classmethod
    def of(cls, entry: Entry, number: int) -> Self:
        """An entry's."""
        return cls(_when(entry), number, Said.of(entry))


def set_of(pairs: Iterable[tuple[str, str]], entry_of: Callable[[str], Entry], worth: Worth) -> Rivals:
    """The set that some pairs are, in order, which are joined to each other, by what their entries are worth."""
    return _set_of([_pair(one, other, worth) for one, other in pairs], entry_of, worth)


def first_pair(rivals: Rivals) -> tuple[str, str]:
    """What sets of rival claims are put in order by."""
    return rivals.pairs[0].one, rivals.pairs[0].other


def _when(entry: Entry) -> tuple[datetime, datetime, str]:
    return entry.reported.latest, entry.recorded.latest, entry.id


def _pair(one: str, other: str, worth: Worth) -> RivalPair:
    """Two rivals, and how the matter stands between them."""
    sides = (one, other)
    withdrawn = [side for side in sides if side in worth.withdrawn_by]
    winner = worth.winner(one, other)
    standing: Standing = "open"
    settled: Iterable[str] = ()
    stands: Sequence[str] = sides
    if withdrawn:
        standing, settled = "withdrawn", [by for side in withdrawn for by in worth.withdrawn_by[side]]
        stands = [side for side in sides if side not in withdrawn]
    elif winner is not None:
        standing, settled = "confirmed", worth.settlers(winner, other if winner == one else one)
        stands = [winner]
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


def _set_of(pairs: Sequence[RivalPair], entry_of: Callable[[str], Entry], worth: Worth) -> Rivals:
    ids = sorted({side for pair in pairs for side in (pair.one, pair.other)})
    standings = {pair.standing for pair in pairs}
    standing: Standing = "open" if "open" in standings else "confirmed" if "confirmed" in standings else "withdrawn"
    sides = [
        RivalSide(
            said=Said.of(entry_of(side)),
            against=tuple(sorted({*_over_against(side, pairs)})),
            confirmed_by=tuple(by for by in worth.confirmed_by.get(side, ()) if by != side),
            withdrawn_by=tuple(worth.withdrawn_by.get(side, ())),
            corrected_by=tuple(worth.corrected_by.get(side, ())),
        )
        for side in ids
    ]
    settlers = sorted({by for pair in pairs for by in pair.settled_by})
    return Rivals(
        id=ids[0],
        standing=standing,
        sides=tuple(sides),
        pairs=tuple(pairs),
        settled_by=tuple(Said.of(entry_of(by)) for by in settlers),
    )


def _over_against(side: str, pairs: Sequence[RivalPair]) -> Iterator[str]:
    for pair in pairs:
        if side in {pair.one, pair.other}:
            yield pair.other if pair.one == side else pair.one
