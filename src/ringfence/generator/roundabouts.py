"""Roundabouts: a crossing becomes a ring that is driven counter-clockwise, with a junction for each street."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ringfence.generator.draft import Draft, Flags, Floats, Ints, Junctions, Kind, Links
from ringfence.network.city import Form

SHARE_MAIN, SHARE_SMALL = 0.05, 0.004
RADIUS_MAIN_M, RADIUS_SMALL_M = 15.0, 9.0
ARM_MIN_M = 45.0
"""Shorter links leave no room for one."""


def lay_roundabouts(
    junctions: Junctions, links: Links, street_count: int, rng: np.random.Generator
) -> tuple[Junctions, Links]:
    """Turn some crossings into roundabouts, whose rings are streets beyond the first `street_count`."""
    ends = np.concatenate([links.a, links.b])
    other = np.concatenate([links.b, links.a])
    kind = np.concatenate([links.kind, links.kind])
    arm = junctions.xy[other] - junctions.xy[ends]
    length = np.hypot(arm[:, 0], arm[:, 1])
    chosen, main = _chosen(len(junctions.xy), ends, kind, length, rng)
    # Where a dual street parts or meets, there is no room for one.
    chosen[ends[(np.tile(links.flow, 2) != 0) & (kind <= Kind.TERTIARY)]] = False

    dart = np.flatnonzero(chosen[ends])
    heading = np.arctan2(arm[dart, 1], arm[dart, 0])
    order = np.lexsort((heading, ends[dart]))
    dart, heading = dart[order], heading[order]
    radius = np.where(main[ends[dart]], RADIUS_MAIN_M, RADIUS_SMALL_M)
    centre = junctions.xy[ends[dart]]
    draft = Draft(junction_count=len(junctions.xy), street_count=street_count)
    entry = draft.add_junctions(_around(centre, radius, heading))
    a, b = links.a.copy(), links.b.copy()
    at_a = dart < len(links)
    a[dart[at_a]], b[dart[~at_a] - len(links)] = entry[at_a], entry[~at_a]

    _add_rings(ends[dart], entry, heading, centre, radius, kind[dart], draft)
    added = draft.junctions()
    return Junctions.joined([junctions, added]), Links.joined([replace(links, a=a, b=b), draft.links()])


def _chosen(count: int, ends: Ints, kind: Ints, length: Floats, rng: np.random.Generator) -> tuple[Flags, Flags]:
    """Which junctions become roundabouts, and which of those lie on main streets."""
    degree = np.bincount(ends, minlength=count)
    shortest = np.full(count, np.inf)
    np.minimum.at(shortest, ends, length)
    grandest = np.full(count, Kind.STEPS, dtype=np.int64)
    np.minimum.at(grandest, ends, kind)
    humblest = np.zeros(count, dtype=np.int64)
    np.maximum.at(humblest, ends, kind)
    main = (grandest >= Kind.PRIMARY) & (grandest <= Kind.TERTIARY)
    fit = (degree >= 3) & (shortest > ARM_MIN_M) & (grandest >= Kind.PRIMARY) & (humblest <= Kind.LIVING_STREET)
    return fit & (rng.random(count) < np.where(main, SHARE_MAIN, SHARE_SMALL)), main


def _around(centre: Floats, radius: Floats, heading: Floats) -> Floats:
    return np.asarray(centre + radius[:, None] * np.column_stack([np.cos(heading), np.sin(heading)]))


def _add_rings(
    node: Ints, entry: Ints, heading: Floats, centre: Floats, radius: Floats, kind: Ints, draft: Draft
) -> None:
    """Arcs from each entry to the next, with two points between them; entries are in order of crossing and heading."""
    last = np.ones(len(node), dtype=np.bool_)
    last[:-1] = node[1:] != node[:-1]
    first = np.flatnonzero(np.concatenate([[True], last[:-1]]))
    following = np.arange(1, len(node) + 1)
    following[last] = first
    gap = np.remainder(heading[following] - heading, 2 * np.pi)
    one = draft.add_junctions(_around(centre, radius, heading + gap / 3))
    two = draft.add_junctions(_around(centre, radius, heading + gap * 2 / 3))
    size = np.diff(np.append(first, len(node)))
    ring = draft.new_streets(len(first)) + np.repeat(np.arange(len(first)), size)
    grandest = np.repeat(np.minimum.reduceat(kind, first), size)
    for step, (start, end) in enumerate(((entry, one), (one, two), (two, entry[following]))):
        draft.add_links(Links.of(start, end, grandest, flow=1, street=ring, along=step, form=Form.ROUNDABOUT))
