"""What no single file can show: names that lead nowhere, barriers off the network, a limit at the data's edge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Protocol

from ringfence.base.errors import Fault
from ringfence.model.entries import Entry, follow_order
from ringfence.model.operation import (
    EVERYWHERE,
    AccessFile,
    AccessPromise,
    Barrier,
    ContainedPromise,
    ExitOpenPromise,
    FootOpenPromise,
    Portal,
    Promise,
    SealedPromise,
    Site,
    SiteOpenPromise,
)
from ringfence.network import Area, Network
from ringfence.operation.ground import check_ground


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


class _Names:
    """Collects faults about names that must exist."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def unique(self, where: str, records: Sequence[_HasId]) -> set[str]:
        seen: set[str] = set()
        for record in records:
            if record.id in seen:
                self.faults.append(
                    Fault("id-twice", where, "ids that stand once", repr(record.id), "Rename or delete one.")
                )
            seen.add(record.id)
        return seen

    def known(self, where: str, what: str, names: Iterable[str], known: Iterable[str]) -> None:
        allowed = set(known)
        for name in names:
            if name not in allowed:
                shown = ", ".join(sorted(allowed)[:12]) or "none is declared"
                self.faults.append(
                    Fault(f"unknown-{what}", where, f"a known {what} ({shown})", repr(name), "Correct the name.")
                )


@dataclass(frozen=True)
class Draft:
    """What was read of an operation so far; None where a file could not be read."""

    files: Mapping[str, str]
    network: Network | None
    area: Area | None
    barriers: Sequence[Barrier] | None
    access: AccessFile | None
    promises: Sequence[Promise] | None
    sites: Sequence[Site]
    portals: Sequence[Portal]
    entries: Sequence[Entry]


def crosscheck(draft: Draft, faults: list[Fault]) -> None:
    """Add every fault that shows only when the files are held side by side; unread files are passed over."""
    files, network, area, entries = draft.files, draft.network, draft.area, draft.entries
    barriers, access, promises = draft.barriers, draft.access, draft.promises
    names = _Names(faults)
    barrier_ids = None if barriers is None else names.unique(files["barriers"], barriers)
    site_ids = names.unique(files["sites"], draft.sites)
    portal_ids = names.unique(files["portals"], draft.portals)
    categories = None if access is None else names.unique(files["access"], access.category)
    if network is not None:
        _check_on_network(draft, network, names)
        if area is not None:
            check_ground(files, network, area, barriers or (), draft.sites, faults)
    if access is not None:
        names.unique(files["access"], access.rule)
        for rule in access.rule:
            where = f"{files['access']}, rule {rule.id}"
            names.known(where, "category", rule.categories, {EVERYWHERE, *(categories or ())})
            if barriers is not None:
                names.known(where, "gate", rule.gates, {EVERYWHERE, *(one.id for one in barriers if one.gate)})
            if rule.since and rule.until and rule.since >= rule.until:
                faults.append(Fault("ends-before-start", where, "until after since", str(rule.until), "Correct it."))
    for promise in promises or ():
        _check_promise(files, promise, categories, site_ids, portal_ids, names)
    names.unique(files["promises"], promises or ())
    entry_ids = names.unique(files["log"], entries)
    _check_order(files["log"], entries, faults)
    for entry in entries:
        where = f"{files['log']}, entry {entry.id}"
        if barrier_ids is not None:
            names.known(where, "barrier", entry.barriers, barrier_ids)
            names.known(where, "barrier", entry.gates, {EVERYWHERE, *barrier_ids})
        names.known(where, "site", [entry.site] if entry.site else [], site_ids)
        names.known(where, "entry", (*entry.relates_to, *entry.follows, *entry.retracts), entry_ids)
        if access is not None:
            names.known(where, "logged rule", entry.rules, [rule.id for rule in access.rule if rule.logged])
        halves = ((entry.state, entry.barriers), (entry.staffed, entry.gates), (entry.in_force, entry.rules))
        if any((value is None) != (not things) for value, things in halves):
            faults.append(
                Fault(
                    "half-effect",
                    where,
                    "barriers together with state, gates with staffed, rules with in_force",
                    "only one of the two",
                    "Add the other or remove both.",
                )
            )


def _check_order(where: str, entries: Sequence[Entry], faults: list[Fault]) -> None:
    try:
        follow_order(entries)
    except CycleError as circle:
        found = " follows ".join(circle.args[1])
        faults.append(Fault("follows-circle", where, "entries in some order", found, "Remove one link."))
    try:
        TopologicalSorter({entry.id: entry.retracts for entry in entries}).prepare()
    except CycleError as circle:
        found = ", ".join(circle.args[1])
        expected = "entries that do not take each other back"
        faults.append(Fault("retracts-circle", where, expected, found, "Remove one of them."))
    faults += [
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


def _check_on_network(draft: Draft, network: Network, names: _Names) -> None:
    files = draft.files
    for barrier in draft.barriers or ():
        for arm in barrier.arms:
            ix = network.find_segment(arm.segment)
            if ix is not None and arm.offset_m < network.length_m[ix]:
                continue
            found = f"no segment {arm.segment!r}"
            if ix is not None:
                found = f"{arm.offset_m:g} m along {arm.segment!r}, which is {network.length_m[ix]:.1f} m long"
            names.faults.append(
                Fault(
                    "barrier-off-network",
                    f"{files['barriers']}, barrier {barrier.id}",
                    "an arm at an offset inside a segment of the network",
                    found,
                    "Correct the segment or the offset.",
                )
            )
    clipped = {network.junction_ids[ix] for ix in range(len(network.junction_ids)) if network.clipped[ix]}
    for portal in draft.portals:
        names.known(f"{files['portals']}, {portal.id}", "clipped junction", [portal.junction], clipped)
    for entry in draft.entries:
        where = f"{files['log']}, entry {entry.id}"
        names.known(where, "segment", (*entry.occupied, *entry.cleared), network.segment_ids)


def _check_promise(
    files: Mapping[str, str],
    promise: Promise,
    categories: set[str] | None,
    site_ids: set[str],
    portal_ids: set[str],
    names: _Names,
) -> None:
    where = f"{files['promises']}, promise {promise.id}"
    used: tuple[str, ...] = ()
    match promise:
        case SealedPromise():
            used = (promise.category,)
        case AccessPromise():
            used = (promise.category,)
            names.known(where, "origin", [promise.origin], {"outside", *portal_ids})
            names.known(where, "destination", [promise.destination], {"area", *site_ids})
        case SiteOpenPromise():
            used = (promise.category,)
            names.known(where, "site", [promise.site], site_ids)
        case ExitOpenPromise():
            used = promise.categories
        case FootOpenPromise() | ContainedPromise():
            pass
    if categories is not None:
        names.known(where, "category", used, categories)
