"""What is kept of each entry of a growing log: its moments in columns, its changes by thing, what it is tied to."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from ringfence.model.entries import Entry
from ringfence.picture.claims import Rivals, Worded, set_of
from ringfence.picture.clusters import Clusters, joined
from ringfence.picture.effects import SURE, Ids, Thing, Word, changes_by, is_count, latest_moment
from ringfence.picture.fold import contradicted_by
from ringfence.picture.standing import Worth, acted_on, acts, weighed
from ringfence.picture.tallies import Tallies
from ringfence.picture.timeline import Change, Readings, not_before
from ringfence.picture.zones import NEVER, UNTIED, Changes, Columns, Numbers, moment, us

TIES_KEPT_MAX = 64
"""What is known of a cluster is kept if it has no more entries: of a larger one each new entry makes another."""

_ORDER = attrgetter("order")
BATCH = 256
"""Where more figures than these arrive at once, their ids are put in order at once, too."""

SWEEP = Thing("sweep", "perimeter")


class Tie(NamedTuple):
    """What entries that are tied to each other are worth, what they follow, and before what they can't have been.

    `changes` are those made of them so far, by entry and thing; None where one does not count. `rivals` are the sets of
    rival claims made so far, by which of their pairs had begun.
    """

    worth: Worth
    links: Mapping[str, Sequence[str]]
    not_before: Mapping[str, datetime]
    changes: dict[tuple[int, Thing], Change[Any] | None]
    rivals: dict[tuple[int, ...], Rivals]


class Settled(NamedTuple):
    """What is known of a cluster once all that arrived of it is: its last number, and when (µs) all was recorded."""

    arrived: int
    newest: int
    recorded: int
    tie: Tie


class Kept(NamedTuple):
    """The columns of an entry: the first moment it may be of, when it was recorded, the last if it has an effect (else
    `NEVER`), all in µs; and its cluster."""

    earliest: Any
    recorded: Any
    latest: Any
    cluster: Any


_EARLIEST, _RECORDED, _CLUSTER = map(Kept._fields.index, ("earliest", "recorded", "cluster"))


class Recent(NamedTuple):
    """What some things were found to be from `since` until right before `until` (µs), when each had so many changes."""

    stamp: tuple[int, ...]
    since: int
    until: int
    readings: Readings[Any]


class Index:
    """What is kept of each entry. Entries are known by number, in order of arrival.

    One thread writes, others read meanwhile, of entries that were there before.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.ids: list[str] = []
        self.numbers: dict[str, int] = {}
        self.entries = Columns(len(Kept._fields))
        self.things: dict[Thing, Changes] = {}
        self.rules_named: defaultdict[str, list[int]] = defaultdict(list)
        self.clusters = Clusters()
        self.retracting = Columns(1)  # entry
        self.sweeps = Columns(3)  # entry, so at the latest, whether it is sure
        self.sweep_moments: list[datetime] = []
        self.sweeps_sometime = Columns(1)  # entry
        self.rivals = Columns(2)  # entry, entry
        self.rival_ids: list[tuple[str, str]] = []
        self.log: list[Entry] = []
        self.tallies = Tallies()
        self.wordings: dict[str, list[Worded]] = {}
        self.recent: dict[tuple[Thing, ...], Recent] = {}
        self._follows: dict[int, Ids] = {}
        self._acting: dict[int, Word] = {}
        self._counting: set[int] = set()  # those with an effect that count something besides
        self._changed: list[tuple[Thing, ...]] = []
        self._rival_rows: defaultdict[int, list[int]] = defaultdict(list)  # by the entry that contradicts
        self._awaited: defaultdict[str, list[int]] = defaultdict(list)
        self._shared: dict[tuple[Thing, ...], tuple[Thing, ...]] = {}
        self._ties: dict[tuple[int, ...], Tie] = {}
        self._settled: dict[int, Settled] = {}
        self._done = 0  # entries of which all is known

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self.ids)

    def add(self, entries: Iterable[Entry]) -> int:
        """Take in further entries; how many there are then."""
        touched = {self.clusters.of(self._add(entry)) for entry in entries}
        for cluster in touched - {UNTIED}:  # now, so that nobody waits for it who looks at the log
            if self.clusters.is_whole(cluster):
                self._settle(cluster)
        self.tallies.sort(beyond=BATCH)
        return self.count

    def _settle(self, cluster: int) -> None:
        members = self.clusters.members(cluster)
        if len(members) > TIES_KEPT_MAX and self.tallies.is_loose(cluster):
            return
        numbers = sorted(one for one in map(self.numbers.get, members) if one is not None)
        self.tallies.settle(cluster, numbers, self.log)
        if len(members) <= TIES_KEPT_MAX:
            tie = self.settled(cluster).tie
            rivals = sorted(row for one in numbers for row in self._rival_rows.get(one, ()))
            for rows in joined(rivals, self.rivals.columns()[:, rivals]) if rivals else ():
                self.rivals_of(tie, rows)

    def rivals_of(self, tie: Tie, rows: tuple[int, ...]) -> Rivals:
        """The set of rival claims that some rows of `rivals` are, which are joined to each other."""
        found = tie.rivals.get(rows)
        if found is None:
            pairs = sorted({self.rival_ids[row] for row in rows})
            found = tie.rivals[rows] = set_of(pairs, self.entry, tie.worth)
        return found

    def entry(self, entry_id: str) -> Entry:
        """The entry of an id."""
        return self.log[self.numbers[entry_id]]

    def kept(self, number: int) -> Kept:
        """The columns of one entry."""
        return Kept(*self.entries.columns(number, number + 1)[:, 0].tolist())

    def earliest_of(self, entries: Numbers) -> Numbers:
        """(n,) the first moment (µs) that each of some entries may be of."""
        earliest: Numbers = self.entries.columns()[_EARLIEST, entries]
        return earliest

    def clusters_of(self, entries: Numbers) -> Numbers:
        """(n,) the cluster of each of some entries."""
        clusters: Numbers = self.entries.columns()[_CLUSTER, entries]
        return clusters

    def acting(self, number: int) -> Word | None:
        """The word of an entry that can alter what others are worth."""
        return self._acting.get(number)

    def sweep_row(self, number: int) -> int | None:
        """Where among the sweeps of which a moment is stated that of an entry is."""
        entries = self.sweeps.columns()[0]
        row = int(np.searchsorted(entries, number))
        return row if row < len(entries) and entries[row] == number else None

    def tie(self, numbers: tuple[int, ...]) -> Tie:
        """What entries are worth and follow if these of a cluster are known, in order of their numbers."""
        found = self._ties.get(numbers)
        if found is None:
            found = self._tied(numbers)
            if len(numbers) <= TIES_KEPT_MAX:
                self._ties[numbers] = found
        return found

    def settled(self, cluster: int) -> Settled:
        """What is known of a cluster if all of it is."""
        arrived = self.clusters.arrived(cluster)  # first: what arrives meanwhile makes what is found out of date
        found = self._settled.get(cluster)
        if found is None or found.arrived != arrived:
            done = self._done
            numbers = map(self.numbers.get, self.clusters.members(cluster))
            known = sorted(one for one in numbers if one is not None and one < done)
            recorded = int(self.entries.columns()[_RECORDED, known].max(initial=NEVER))
            found = Settled(arrived, max(known, default=-1), recorded, self.tie(tuple(known)))
            self._settled[cluster] = found
        return found

    def _tied(self, numbers: tuple[int, ...]) -> Tie:
        known = {self.ids[number]: number for number in numbers}
        words = {name: word for name, number in known.items() if (word := self._acting.get(number))}
        for target in {one for word in words.values() for one in word.acted_on} - words.keys():
            if target in known:
                words[target] = self._word(target, known[target])
        worth = weighed(words) if words else Worth()
        counted = {name: number for name, number in known.items() if name not in worth.gone}
        follows = {name: self._follows[number] for name, number in counted.items() if number in self._follows}
        links = worth.links(follows)
        begun: dict[str, tuple[datetime, Sequence[str]]] = {}
        for name, links_of in links.items():
            for one in (name, *links_of):
                if one in counted:
                    begun[one] = (moment(self.kept(known[worth.moment_of(one)]).earliest), links.get(one, ()))
        return Tie(worth, links, not_before(begun), {}, {})

    def change(self, tie: Tie, number: int, thing: Thing, *, firm: bool) -> Change[Any] | None:
        """What an entry that is tied to others says of a thing; None where that does not count."""
        entry_id, worth = self.ids[number], tie.worth
        if not worth.counts(entry_id, thing):
            return None
        kept = self.kept(self.numbers[worth.moment_of(entry_id)])
        earliest = moment(kept.earliest)
        return Change(
            self.things[thing].value_of(number),
            entry_id,
            tuple(tie.links.get(entry_id, ())),
            max(earliest, tie.not_before.get(entry_id, earliest)),
            moment(kept.latest),
            worth.is_sure(entry_id, said=firm),
            worth.doubt(entry_id, thing),
        )

    def _word(self, entry_id: str, number: int) -> Word:
        """What the rule asks of an entry that does not act itself."""
        changes = {thing: self.things[thing].value_of(number) for thing in self._changed[number]}
        is_swept = number in self.sweeps_sometime.columns()[0] or self.sweep_row(number) is not None
        swept = {SWEEP: True} if is_swept else {}
        return Word(
            id=entry_id,
            kind="",
            is_sure=False,
            is_denied=False,
            recorded=moment(self.kept(number).recorded),
            is_timeless=False,
            is_count=number in self._counting,
            changes={**changes, **swept},
        )

    def _add(self, entry: Entry) -> str:
        number = self.count
        earliest, recorded, latest = us(entry.so.earliest), us(entry.recorded.latest), NEVER
        if entry.has_effect:
            latest = us(latest_moment(entry))
            self._add_changes(entry, number, earliest, latest, recorded)
        self._changed.append(self._share(entry) if entry.has_effect else ())
        if entry.place and entry.barriers:
            for barrier in entry.barriers:
                insort(self.wordings.setdefault(barrier, []), Worded.of(entry, number), key=_ORDER)
        if entry.swept and entry.certainty != "denied":
            if entry.so.from_:
                self.sweep_moments.append(entry.so.earliest)
                self.sweeps.append(number, us(entry.so.latest), entry.certainty in SURE)
            else:
                self.sweeps_sometime.append(number)
        self.entries.append(*Kept(earliest, recorded, latest, UNTIED))
        self.log.append(entry)
        self.ids.append(entry.id)
        self.numbers[entry.id] = number
        self._add_rivals(entry, number)
        self._add_links(entry, number)
        self._done = self.count
        self.clusters.has_arrived(self.clusters.of(entry.id))
        return entry.id

    def _add_changes(self, entry: Entry, number: int, earliest: int, latest: int, recorded: int) -> None:
        if is_count(entry):
            self._counting.add(number)
        for rule in dict.fromkeys(entry.rules):
            self.rules_named[rule].append(number)
        if entry.certainty == "denied":
            return
        for thing, value in changes_by(entry):
            changes = self.things.setdefault(thing, Changes())
            changes.append(value, earliest, latest, recorded, number, firm=entry.certainty in SURE)

    def _add_rivals(self, entry: Entry, number: int) -> None:
        for other in contradicted_by(entry):
            if other in self.numbers:
                self._add_rival(number, self.numbers[other])
            else:
                self._awaited[other].append(number)
        for earlier in self._awaited.pop(entry.id, ()):  # that arrived before what it contradicts
            self._add_rival(earlier, number)

    def _add_rival(self, one: int, other: int) -> None:
        ids = self.ids[one], self.ids[other]
        self.rival_ids.append((min(ids), max(ids)))
        if one != other:
            self._rival_rows[one].append(self.rivals.count)
        self.rivals.append(one, other)

    def _add_links(self, entry: Entry, number: int) -> None:
        """Tie an entry to what it follows and speaks about, and to what arrived before it and named it."""
        tied_to = entry.follows
        if entry.follows:
            self._follows[number] = entry.follows
        if acts(entry):
            self._acting[number] = Word.of(entry)
            tied_to = (*tied_to, *acted_on(entry))
        if entry.retracts:
            self.retracting.append(number)
        cluster, moved = self.clusters.of(entry.id), [entry.id]
        if tied_to:
            cluster, moved = self.clusters.join((entry.id, *tied_to))
        if cluster == UNTIED:
            self.tallies.add(entry, number)
            return
        arrived = [self.numbers[one] for one in dict.fromkeys((*moved, entry.id)) if one in self.numbers]
        for one in arrived:  # bounds first: who sees a change in a cluster relies on them
            kept = self.kept(one)
            self.clusters.widen(cluster, kept.earliest, max(kept.earliest, kept.latest))
        for one in arrived:
            self.entries.columns()[_CLUSTER, one] = cluster
            for thing in self._changed[one]:
                self.things[thing].link(one, cluster)
        self.tallies.tie(cluster, arrived, number)

    def _share(self, entry: Entry) -> tuple[Thing, ...]:
        """Its things; equal ones of other entries are the same object, so that a long log does not hold many."""
        things = tuple(thing for thing, _ in changes_by(entry)) if entry.certainty != "denied" else ()
        return self._shared.setdefault(things, things)
