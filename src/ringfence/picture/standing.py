"""What an entry is still worth once others have taken it back, corrected, confirmed, denied or contradicted it.

The one rule of the house for it, a pure function of the entries that are known at a moment. The picture, counts,
rivals and the log's strike-through all ask here (`docs/decisions/0020-what-an-entry-is-still-worth.md`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from ringfence.model.entries import Entry
from ringfence.picture.effects import Ids, Thing, Word

Doubt = Literal["claimed", "sure"]
"""How much the word weighs that says otherwise: a claim or a denial, or one that was confirmed or observed."""


def acts(entry: Entry) -> bool:
    """Whether an entry can alter what others are worth."""
    kind = entry.kind
    is_about = kind == "confirmation" or entry.certainty == "denied" or (kind == "correction" and entry.relates_to)
    return bool(is_about or entry.disputes or entry.retracts)


def acted_on(entry: Entry) -> Ids:
    """The entries whose worth an entry can alter."""
    about = entry.kind in {"confirmation", "correction"} or entry.certainty == "denied"
    return (*entry.retracts, *entry.disputes, *(entry.relates_to if about else ()))


@dataclass(frozen=True)
class Worth:
    """What the entries of a log that is known at a moment are worth. Entries not named are worth what they say.

    Attributes
    ----------
    gone : set of str
        Taken back.
    confirmed_by, withdrawn_by, corrected_by : mapping of str to tuple of str
        By which entries that stand: confirmations, retractions, corrections (also those in words only).
    corrections, failed_corrections : mapping of str to tuple of str
        What each correction that stands relates to; and each that is merely claimed, or contested.
    replaced_by : mapping of str to tuple of str
        In the place of whose effect which corrections stand.
    """

    gone: frozenset[str] = frozenset()
    confirmed_by: Mapping[str, Ids] = field(default_factory=dict)
    withdrawn_by: Mapping[str, Ids] = field(default_factory=dict)
    corrected_by: Mapping[str, Ids] = field(default_factory=dict)
    corrections: Mapping[str, Ids] = field(default_factory=dict)
    failed_corrections: Mapping[str, Ids] = field(default_factory=dict)
    replaced_by: Mapping[str, Ids] = field(default_factory=dict)
    _moments: Mapping[str, str] = field(default_factory=dict)
    _recorded: Mapping[str, datetime] = field(default_factory=dict)
    _overruled: frozenset[tuple[str, Thing]] = frozenset()
    _overruled_figures: frozenset[str] = frozenset()
    _doubts: Mapping[tuple[str, Thing], Doubt] = field(default_factory=dict)

    def is_sure(self, entry_id: str, *, said: bool) -> bool:
        """Whether an entry counts as sure: it is so by its own word (`said`), or a claim that was confirmed."""
        return said or any(by != entry_id for by in self.confirmed_by.get(entry_id, ()))

    def counts(self, entry_id: str, thing: Thing) -> bool:
        """Whether what an entry says of a thing counts at all, be it for sure or not."""
        is_left = entry_id not in self.gone and entry_id not in self.replaced_by
        return is_left and (entry_id, thing) not in self._overruled

    def doubt(self, entry_id: str, thing: Thing) -> Doubt | None:
        """What weighs against what an entry says of a thing: it may be so, or what was before."""
        return self._doubts.get((entry_id, thing))

    def is_overruled_count(self, entry_id: str) -> bool:
        """Whether a figure was settled against: a word that contradicts it was confirmed."""
        return entry_id in self._overruled_figures

    def moment_of(self, entry_id: str) -> str:
        """The entry whose moment it is of: a correction that states none is of the moment of what it corrects."""
        return self._moments.get(entry_id, entry_id)

    @property
    def of_another_moment(self) -> Mapping[str, str]:
        """The corrections that are of the moment of what they correct."""
        return self._moments

    def settlers(self, side: str, other: str) -> Ids:
        """The confirmations of one word that settle it against another.

        One that means both settles nothing between them, nor does one that was recorded before the other word: its
        author did not know of it.
        """
        both = {*self.confirmed_by.get(side, ())} & {*self.confirmed_by.get(other, ())}
        said = self._recorded[other]
        return tuple(by for by in self.confirmed_by.get(side, ()) if by not in both and self._recorded[by] >= said)

    def winner(self, one: str, other: str) -> str | None:
        """Which of two words that contradict each other was confirmed, if exactly one was."""
        held = [side for side, rival in ((one, other), (other, one)) if self.settlers(side, rival)]
        return held[0] if len(held) == 1 else None

    def links(self, follows: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
        """What each entry follows, corrections in the place of what they correct, save where that made a circle."""
        if not any(one in self.replaced_by for names in follows.values() for one in names) and not any(
            follows.get(one) for one in self.replaced_by
        ):
            return follows
        lasts = self._lasts()
        moved = {name: [one for link in links for one in lasts.get(link, (link,))] for name, links in follows.items()}
        for replaced in self.replaced_by:
            for last in lasts[replaced]:
                moved.setdefault(last, []).extend(moved.get(replaced, ()))
        found = {name: tuple(dict.fromkeys(one for one in links if one != name)) for name, links in moved.items()}
        return found | {name: follows.get(name, ()) for name in _joined_to_circles(found)}

    def _lasts(self) -> Mapping[str, Sequence[str]]:
        """For each entry that was corrected, the corrections in whose place nothing stands."""
        lasts: dict[str, Sequence[str]] = {}
        for name in TopologicalSorter(self.replaced_by).static_order():  # corrections before what they correct
            if name in self.replaced_by:
                lasts[name] = [last for by in self.replaced_by[name] for last in lasts.get(by, (by,))]
        return lasts


def _joined_to_circles(links: Mapping[str, Ids]) -> set[str]:
    """Those that links, whichever way they lead, join to some that lead back to themselves."""
    if not _has_circle(links):
        return set()
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for name, others in links.items():
        for other in others:
            beside[name].add(other)
            beside[other].add(name)
    found: set[str] = set()
    while beside:
        joined: set[str] = set()
        ahead = {next(iter(beside))}
        while ahead:
            joined |= ahead
            ahead = {other for name in ahead for other in beside.pop(name)} - joined
        if _has_circle({name: links.get(name, ()) for name in joined}):
            found |= joined
    return found


def _has_circle(links: Mapping[str, Ids]) -> bool:
    try:
        TopologicalSorter(links).prepare()
    except CycleError:
        return True
    return False


def worth_of(entries: Iterable[Entry]) -> Worth:
    """What entries are worth, from all that are known: those included that have been taken back."""
    everything = tuple(entries)
    acting = [entry for entry in everything if acts(entry)]
    if not acting:
        return Worth()
    meant = {one for entry in acting for one in (entry.id, *acted_on(entry))}
    return weighed({entry.id: Word.of(entry) for entry in everything if entry.id in meant})


def weighed(words: Mapping[str, Word]) -> Worth:
    """What words are worth, from all that act on others and all that they act on."""
    words = _upheld(words)
    gone = taken_back(_takers(words.values()))
    left = {name: words[name] for name in sorted(words) if name not in gone}
    recorded = {name: word.recorded for name, word in words.items()}
    looks = _sure_confirmations(left, words.keys())
    unsettled = _contradicted(left, Worth(confirmed_by=looks, _recorded=recorded))
    standing = Worth(confirmed_by=_without(looks, unsettled))
    every = {
        name: tuple(one for one in word.meant if one in words)
        for name, word in left.items()
        if word.kind == "correction" and not word.is_denied
    }
    corrections = {
        name: meant
        for name, meant in every.items()
        if name not in unsettled and standing.is_sure(name, said=left[name].is_sure)
    }
    replaced_by = in_place(
        corrections, lambda one: bool(left[one].effect), lambda one: one in left and _bears(left[one])
    )
    withdrawn_by = {target: sorted(by) for target, by in _takers(words.values()).items() if target in gone}
    found = Worth(
        gone=frozenset(gone),
        confirmed_by=_without(standing.confirmed_by, replaced_by),
        withdrawn_by=_without(withdrawn_by, gone),
        corrected_by=_turned(corrections),
        corrections=corrections,
        failed_corrections={name: meant for name, meant in every.items() if name not in corrections},
        replaced_by=replaced_by,
        _moments=_moments(left, replaced_by),
        _recorded=recorded,
    )
    return _with_contradictions(found, left)


def _without(links: Mapping[str, Sequence[str]], others: Collection[str]) -> dict[str, Ids]:
    """The links that don't come from some entries."""
    kept = {target: tuple(one for one in by if one not in others) for target, by in links.items()}
    return {target: by for target, by in kept.items() if by}


def retracted_entries(known: Sequence[Entry]) -> frozenset[str]:
    """Entries taken back by a sure retraction that has not itself been taken back, and that others do not uphold."""
    return worth_of(known).gone


def _upheld(words: Mapping[str, Word]) -> Mapping[str, Word]:
    """The words, where those who take back what another source has confirmed contradict it instead.

    Nobody takes back what somebody else saw, but by having them take their confirmation back, too.
    """
    gone = taken_back(_takers(words.values()))
    upheld_by: defaultdict[str, set[str | None]] = defaultdict(set)
    for name, word in words.items():
        if word.kind == "confirmation" and word.is_sure and name not in gone:
            for target in word.meant:
                upheld_by[target].add(word.by)
    found = dict(words)
    for name, word in words.items():
        stand = tuple(one for one in word.retracts if upheld_by[one] - {word.by}) if word.retracts else ()
        if stand:
            left = tuple(one for one in word.retracts if one not in stand)
            found[name] = word._replace(retracts=left, disputes=(*word.disputes, *stand))
    return found


def taken_back(takers: Mapping[str, Sequence[str]]) -> set[str]:
    """Those that are taken back by one that is not taken back itself; for each, by whom it is taken back if anybody."""
    try:
        order = list(TopologicalSorter(takers).static_order())
    except CycleError:  # refused when a folder is opened
        return set()
    gone: set[str] = set()
    for entry_id in order:  # those that take back stand before what they take back
        if any(by not in gone for by in takers[entry_id]):
            gone.add(entry_id)
    return gone


def in_place(
    corrections: Mapping[str, Ids], states: Callable[[str], bool], speaks: Callable[[str], bool]
) -> dict[str, Ids]:
    """In whose place which corrections stand, on one matter: its effect, or its figure.

    A correction takes a place if it `states` something of the matter itself, and of all that it relates to exactly one
    `speaks` of it. Corrections that correct each other in a circle take none.
    """
    place: dict[str, str] = {}
    for name, meant in corrections.items():
        spoken = [one for one in meant if speaks(one)]
        if len(spoken) == 1 and states(name):
            place[name] = spoken[0]
    circling = _circling(place)
    return _turned({name: (target,) for name, target in place.items() if name not in circling})


def _circling(place: Mapping[str, str]) -> set[str]:
    """The corrections that correct each other in a circle."""
    found: set[str] = set()
    seen: set[str] = set()
    for name in place:
        chain: list[str] = []
        at = name
        while at in place and at not in seen:
            seen.add(at)
            chain.append(at)
            at = place[at]
        if at in chain:  # a chain that ends in one seen before ends in no new circle
            found.update(chain[chain.index(at) :])
    return found


def _turned(links: Mapping[str, Ids]) -> dict[str, Ids]:
    """For each target by whom it is named, in order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(links):
        for target in links[name]:
            found[target].append(name)
    return {target: tuple(by) for target, by in found.items()}


def _takers(words: Iterable[Word]) -> dict[str, list[str]]:
    takers: dict[str, list[str]] = {word.id: [] for word in words}
    for word in words:
        for target in word.retracts:
            if target in takers and word.is_sure:
                takers[target].append(word.id)
    return takers


def _bears(word: Word) -> bool:
    return bool(word.effect) or word.kind == "confirmation" or word.is_denied


def _sure_confirmations(left: Mapping[str, Word], known: Collection[str]) -> dict[str, Ids]:
    """By which sure entries of kind ``confirmation`` each is confirmed; such an entry confirms itself, too."""
    return _turned(
        {
            name: (*(one for one in word.meant if one in known), name)
            for name, word in left.items()
            if word.kind == "confirmation" and word.is_sure
        }
    )


def _contradicted(left: Mapping[str, Word], looks: Worth) -> set[str]:
    """Entries against which a denial or a sure contradiction stands that nobody has settled in their favour."""
    return {
        target
        for name, word in left.items()
        if word.is_denied or word.is_sure
        for target in word.contradicted
        if target in left and target != name and looks.winner(target, name) != target
    }


def _moments(left: Mapping[str, Word], replaced_by: Mapping[str, Ids]) -> dict[str, str]:
    """For each correction that states no moment and stands in the place of an effect, of whose moment it is."""
    place = {by: target for target, corrections in replaced_by.items() for by in corrections if left[target].effect}
    found: dict[str, str] = {}
    for name in place:
        at, chain = name, []
        while at not in found and left[at].is_timeless and at in place:
            chain.append(at)
            at = place[at]
        found |= dict.fromkeys(chain, found.get(at, at))
    return found


def _with_contradictions(worth: Worth, left: Mapping[str, Word]) -> Worth:
    """What contradicts what, and what that does to it: settled, or in doubt while it is open."""
    overruled: set[tuple[str, Thing]] = set()
    figures: set[str] = set()
    doubts: dict[tuple[str, Thing], Doubt] = {}
    for by, of in _pairs(worth, left):
        winner = worth.winner(by.id, of.id)
        if winner is not None:
            held, lost = (by, of) if winner == by.id else (of, by)
            overruled |= {(lost.id, thing) for thing in _things_against(held, lost)}
            if held.is_denied or held.is_count or not held.changes:
                figures.add(lost.id)
            continue
        level: Doubt = "sure" if worth.is_sure(by.id, said=by.is_sure) and not by.is_denied else "claimed"
        if level == "claimed" and not by.is_denied and not by.changes:
            continue  # a claim casts doubt only where it says how it was instead
        for thing in _things_against(by, of):
            doubts[of.id, thing] = "sure" if doubts.get((of.id, thing)) == "sure" else level
    for by, of in _failed_corrections(worth, left):
        for thing in of.effect:
            doubts[of.id, thing] = "sure" if by.is_sure or doubts.get((of.id, thing)) == "sure" else "claimed"
    return replace(worth, _overruled=frozenset(overruled), _overruled_figures=frozenset(figures), _doubts=doubts)


def _pairs(worth: Worth, left: Mapping[str, Word]) -> Iterator[tuple[Word, Word]]:
    """Each word that counts, and each that it contradicts."""
    for name, word in left.items():
        if name not in worth.replaced_by:
            for target in dict.fromkeys(word.contradicted):
                if target in left and target != name and target not in worth.replaced_by:
                    yield word, left[target]


def _things_against(by: Word, of: Word) -> Collection[Thing]:
    """Of which things one word says otherwise than another.

    A denial denies what it names, else all; who names things of their own says otherwise of these; a count stands
    against a count; mere words stand against all.
    """
    if by.is_denied and by.changes:
        return by.changes.keys() & of.effect.keys()
    if by.changes and not by.is_denied:
        return [thing for thing, value in of.effect.items() if thing in by.changes and by.changes[thing] != value]
    if by.is_count and of.is_count and not by.is_denied:
        return ()
    return of.effect.keys()


def _failed_corrections(worth: Worth, left: Mapping[str, Word]) -> Iterator[tuple[Word, Word]]:
    """Corrections with an effect that are claimed or contested, and what each would take the place of."""
    for name, links in worth.failed_corrections.items():
        meant = [left[one] for one in links if one in left and _bears(left[one])]
        if len(meant) != 1 or not left[name].effect or meant[0].id in worth.replaced_by:
            continue
        if worth.winner(name, meant[0].id) != meant[0].id:
            yield left[name], meant[0]
