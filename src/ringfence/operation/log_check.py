"""Is a log sound in itself, and does it speak only of what the operation has?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from ringfence.base.errors import Fault
from ringfence.model.entries import Entry, follow_order
from ringfence.model.operation import EVERYWHERE
from ringfence.operation.names import Names

_IN_SOME_ORDER = "entries in some order"
_NOT_EACH_OTHER = "entries that do not take each other back"


@dataclass(frozen=True)
class Grounds:
    """What entries may name; None where the file could not be read."""

    barriers: Collection[str] | None
    sites: Collection[str]
    logged_rules: Collection[str] | None
    segments: Collection[str] | None
    promises: Collection[str] | None = None


def check_log(
    where: str, entries: Sequence[Entry], grounds: Grounds, faults: list[Fault], *, before: Set[str] = frozenset()
) -> None:
    """Add every fault of a log: ids that stand twice, names that lead nowhere, circles, half-stated effects.

    `before` holds the ids of entries that were checked already. None of them names one of these, so no circle leads
    through them.
    """
    names = Names(faults)
    ids = names.unique(where, entries)
    for twice in sorted(ids & before):
        faults.append(Fault("id-twice", where, "ids that stand once", repr(twice), "Rename or delete one."))
    _check_order(where, entries, faults)
    known = before | ids
    for entry in entries:
        _check_entry(f"{where}, entry {entry.id}", entry, known, grounds, names)


def unfit_entries(
    where: str, entries: Sequence[Entry], grounds: Grounds, *, before: Set[str] = frozenset()
) -> dict[str, tuple[Fault, ...]]:
    """Which of some entries do not fit by themselves, and why, by their ids."""
    known = before | {entry.id for entry in entries}
    found: dict[str, tuple[Fault, ...]] = {}
    for entry in entries:
        faults: list[Fault] = []
        _check_entry(f"{where}, entry {entry.id}", entry, known, grounds, Names(faults))
        faults += _unsure_retractions(where, [entry])
        if faults:
            found[entry.id] = tuple(faults)
    return found


def entries_in_circles(where: str, entries: Sequence[Entry]) -> dict[str, tuple[Fault, ...]]:
    """Which entries follow, or take back, each other in a circle; those that only lead to one are none of it."""
    found: dict[str, tuple[Fault, ...]] = {}
    for code, links, expected in (
        ("follows-circle", {entry.id: entry.follows for entry in entries}, _IN_SOME_ORDER),
        ("retracts-circle", {entry.id: entry.retracts for entry in entries}, _NOT_EACH_OTHER),
    ):
        for circle in _circles(links):
            for name in circle:
                fault = Fault(code, f"{where}, entry {name}", expected, ", ".join(circle), "Remove one link.")
                found[name] = (*found.get(name, ()), fault)
    return found


def _circles(links: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Names that lead to each other, each circle (with all that touch it) in order."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    place = {name: number for number, name in enumerate(links)}
    pairs = [(place[one], place[other]) for one, others in links.items() for other in others if other in place]
    if not pairs:
        return []
    rows, columns = zip(*pairs, strict=True)
    shape = (len(place), len(place))
    _, parts = connected_components(csr_matrix(([1] * len(pairs), (rows, columns)), shape=shape), connection="strong")
    members: dict[int, list[str]] = {}
    for name, number in place.items():
        members.setdefault(int(parts[number]), []).append(name)
    return [sorted(names) for names in members.values() if len(names) > 1 or names[0] in links[names[0]]]


def _check_entry(where: str, entry: Entry, entry_ids: Set[str], grounds: Grounds, names: Names) -> None:
    if grounds.barriers is not None:
        names.known(where, "barrier", entry.barriers, grounds.barriers)
        names.known(where, "barrier", entry.gates, {EVERYWHERE, *grounds.barriers})
    names.known(where, "site", [entry.site] if entry.site else [], grounds.sites)
    names.known(where, "entry", (*entry.relates_to, *entry.disputes, *entry.follows, *entry.retracts), entry_ids)
    if grounds.logged_rules is not None:
        names.known(where, "logged rule", entry.rules, grounds.logged_rules)
    if grounds.segments is not None:
        names.known(where, "segment", (*entry.occupied, *entry.cleared), grounds.segments)
    if grounds.promises is not None:
        names.known(where, "promise", [entry.promise] if entry.promise else [], grounds.promises)
    _check_acknowledgement(where, entry, names)
    halves = ((entry.state, entry.barriers), (entry.staffed, entry.gates), (entry.in_force, entry.rules))
    if any((value is None) != (not things) for value, things in halves):
        names.faults.append(
            Fault(
                "half-effect",
                where,
                "barriers together with state, gates with staffed, rules with in_force",
                "only one of the two",
                "Add the other or remove both.",
            )
        )


def _check_acknowledgement(where: str, entry: Entry, names: Names) -> None:
    is_one = entry.kind == "acknowledgement"
    if is_one != (entry.promise is not None) or (is_one and entry.why is None):
        expected = "an acknowledgement together with the promise whose alarm it answers, and why"
        do = "Add what is missing, or use another kind."
        names.faults.append(Fault("half-acknowledgement", where, expected, "only one of them", do))


def _check_order(where: str, entries: Sequence[Entry], faults: list[Fault]) -> None:
    try:
        follow_order(entries)
    except CycleError as circle:
        found = " follows ".join(circle.args[1])
        faults.append(Fault("follows-circle", where, _IN_SOME_ORDER, found, "Remove one link."))
    try:
        TopologicalSorter({entry.id: entry.retracts for entry in entries}).prepare()
    except CycleError as circle:
        found = ", ".join(circle.args[1])
        faults.append(Fault("retracts-circle", where, _NOT_EACH_OTHER, found, "Remove one of them."))
    faults += _unsure_retractions(where, entries)


def _unsure_retractions(where: str, entries: Sequence[Entry]) -> list[Fault]:
    return [
        Fault(
            "unsure-retraction",
            f"{where}, entry {entry.id}",
            "a retraction that is confirmed or observed",
            entry.certainty,
            "Confirm it, or log a claim that contradicts the entry instead.",
        )
        for entry in entries
        if entry.retracts and entry.certainty not in {"confirmed", "observed"}
    ]
