"""What no single file can show: names that lead nowhere, barriers off the network, a limit at the data's edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ringfence.base.errors import Fault
from ringfence.model.entries import Entry
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
from ringfence.network import Area, MovementGraph, Network
from ringfence.operation.ground import check_ground
from ringfence.operation.log_check import Grounds, check_log
from ringfence.operation.names import Names


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


def crosscheck(draft: Draft, faults: list[Fault]) -> tuple[MovementGraph, MovementGraph] | None:
    """Add every fault that shows only when the files are held side by side; unread files are passed over.

    Returns
    -------
    tuple of MovementGraph or None
        Of network and area, without barriers and with them, where they could be read.
    """
    graphs = None
    files, network, area = draft.files, draft.network, draft.area
    barriers, access, promises = draft.barriers, draft.access, draft.promises
    names = Names(faults)
    barrier_ids = None if barriers is None else names.unique(files["barriers"], barriers)
    site_ids = names.unique(files["sites"], draft.sites)
    portal_ids = names.unique(files["portals"], draft.portals)
    categories = None if access is None else names.unique(files["access"], access.category)
    if network is not None:
        _check_on_network(draft, network, names)
        if area is not None:
            graphs = check_ground(files, network, area, barriers or (), draft.sites, faults)
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
    check_log(
        files["log"],
        draft.entries,
        Grounds(
            barriers=barrier_ids,
            sites=site_ids,
            logged_rules=None if access is None else {rule.id for rule in access.rule if rule.logged},
            segments=None if network is None else frozenset(network.segment_ids),
            promises=None if draft.promises is None else {promise.id for promise in draft.promises},
        ),
        faults,
    )
    return graphs


def _check_on_network(draft: Draft, network: Network, names: Names) -> None:
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


def _check_promise(
    files: Mapping[str, str],
    promise: Promise,
    categories: set[str] | None,
    site_ids: set[str],
    portal_ids: set[str],
    names: Names,
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
