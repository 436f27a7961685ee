"""Tidying the draft: only what hangs together, no junction where nothing branches, and the edge of the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringfence.generator.draft import Flags, Floats, Ints, Junctions, Links, compact
from ringfence.generator.ground import CENTRE_LAT, CENTRE_LON, LAT_DEGREE_M, lon_degree_m
from ringfence.network.city import DEGREE_E7

SIZE_TOLERANCE = 0.01
"""So many junctions more or fewer than wanted are near enough, as a share."""


@dataclass(frozen=True)
class Runs:
    """Links in a row that make one segment.

    Attributes
    ----------
    start : (S + 1,) int64
        Where each segment's links begin in `link`.
    link : (n,) int64
    against : (n,) bool
        Whether the link is passed from b to a.
    """

    start: Ints
    link: Ints
    against: Flags


class Fan:
    """What leaves each junction: arcs sorted by where they start."""

    def __init__(self, start: Ints, end: Ints, count: int) -> None:
        self.order = np.argsort(start, kind="stable")
        self.end = end[self.order]
        self.first = np.zeros(count + 1, dtype=np.int64)
        np.cumsum(np.bincount(start, minlength=count), out=self.first[1:])

    def leaving(self, junctions: Ints) -> Ints:
        """Positions in `order` and `end` of all arcs that leave some junctions."""
        first, count = self.first[junctions], self.first[junctions + 1] - self.first[junctions]
        skipped = np.cumsum(count) - count
        return np.repeat(first - skipped, count) + np.arange(int(count.sum()))


def reached(start: Ints, end: Ints, source: int, count: int, closed: Flags | None = None) -> Flags:
    """Which of `count` junctions arcs lead to from `source`; nothing goes on from a closed one. O(arcs)."""
    fan = Fan(start, end, count)
    seen = np.zeros(count, dtype=np.bool_)
    seen[source] = True
    front = np.array([source])
    while len(front):
        ends = fan.end[fan.leaving(front)]
        front = np.unique(ends[~seen[ends]])
        seen[front] = True
        if closed is not None:
            front = front[~closed[front]]
    return seen


def hub_of(xy: Floats, start: Ints) -> int:
    """The junction with three or more arcs that is nearest to the centre."""
    busy = np.flatnonzero(np.bincount(start, minlength=len(xy)) >= 3)
    return int(busy[np.hypot(xy[busy, 0], xy[busy, 1]).argmin()])


def keep_connected(junctions: Junctions, links: Links) -> tuple[Junctions, Links]:
    """Only what hangs together with the centre."""
    start, end = np.concatenate([links.a, links.b]), np.concatenate([links.b, links.a])
    seen = reached(start, end, hub_of(junctions.xy, start), len(junctions.xy))
    return compact(junctions, links.take(seen[links.a]))


def join_runs(junctions: Junctions, links: Links) -> Runs:
    """Links joined where a street merely runs on: at unpinned junctions of two links that are alike."""
    count, total = len(junctions.xy), len(links)
    # Dart 2 * link runs a→b, 2 * link + 1 back.
    tail = np.column_stack([links.a, links.b]).ravel()
    flow = np.column_stack([links.flow, -links.flow]).ravel()
    fan = Fan(tail, tail, count)
    two = np.flatnonzero((np.diff(fan.first) == 2) & ~junctions.pinned)
    out_1, out_2 = fan.order[fan.first[two]], fan.order[fan.first[two] + 1]
    link_1, link_2 = out_1 // 2, out_2 // 2
    alike = (link_1 != link_2) & (flow[out_1] == -flow[out_2])
    for column in (links.kind, links.form, links.layer):
        alike &= column[link_1] == column[link_2]
    out_1, out_2 = out_1[alike], out_2[alike]
    following = np.full(2 * total, -1, dtype=np.int64)
    following[out_1 ^ 1], following[out_2 ^ 1] = out_2, out_1

    through = np.zeros(count, dtype=np.bool_)
    through[two[alike]] = True
    return _follow(np.flatnonzero(~through[tail]), following)


def _follow(first: Ints, following: Ints) -> Runs:
    """Runs from their first darts on. Each is found from both ends; the one that starts with the lower dart stays."""
    run, dart = [np.arange(len(first))], [first]
    last = first.copy()
    active, current = run[0], first
    while len(active):
        ahead = following[current]
        active, current = active[ahead >= 0], ahead[ahead >= 0]
        last[active] = current
        run.append(active)
        dart.append(current)
    kept = first <= (last ^ 1)
    number = np.cumsum(kept) - 1
    runs, darts = np.concatenate(run), np.concatenate(dart)
    runs, darts = runs[kept[runs]], darts[kept[runs]]
    order = np.argsort(runs, kind="stable")
    runs, darts = number[runs[order]], darts[order]
    start = np.zeros(int(kept.sum()) + 1, dtype=np.int64)
    np.cumsum(np.bincount(runs, minlength=len(start) - 1), out=start[1:])
    return Runs(start, darts // 2, darts % 2 == 1)


def ends_of(runs: Runs, links: Links) -> tuple[Ints, Ints]:
    """Junctions at which each segment starts and ends."""
    first, last = runs.start[:-1], runs.start[1:] - 1
    start = np.where(runs.against[first], links.b[runs.link[first]], links.a[runs.link[first]])
    end = np.where(runs.against[last], links.a[runs.link[last]], links.b[runs.link[last]])
    return start, end


def cut_out(runs: Runs, ends: tuple[Ints, Ints], xy: Floats, away_m: Floats, wanted: int) -> tuple[Runs, float]:
    """The segments of a square map that has about `wanted` junctions, and how far that square reaches.

    Every junction on the map keeps all its segments; those that leave it end at a junction beyond its edge. Corners
    that hang together with the centre only by streets beyond the edge are left empty, and the square grows for it. How
    far it reaches is infinite if there is not enough to cut out of.
    """
    inner = np.minimum(away_m[ends[0]], away_m[ends[1]])
    needed = np.full(len(away_m), np.inf)
    np.minimum.at(needed, ends[0], inner)
    np.minimum.at(needed, ends[1], inner)
    needed.sort()
    aim = wanted
    while aim <= len(needed):
        reach_m = float(needed[aim - 1])
        kept = np.flatnonzero(inner <= reach_m)
        start, end = np.concatenate([ends[0][kept], ends[1][kept]]), np.concatenate([ends[1][kept], ends[0][kept]])
        joined = reached(start, end, hub_of(xy, start), len(xy))
        lack = wanted - int(joined.sum())
        if lack < -SIZE_TOLERANCE * wanted:
            # A whole corner came in at once: rather the square as it was first, with its loose corner.
            break
        if lack <= SIZE_TOLERANCE * wanted:
            return _some(runs, joined[ends[0]] & (inner <= reach_m)), reach_m
        aim += lack
    reach_m = float(needed[wanted - 1]) if wanted <= aim <= len(needed) else np.inf
    return _some(runs, inner <= reach_m), reach_m


def _some(runs: Runs, kept: Flags) -> Runs:
    length = np.diff(runs.start)
    links = np.repeat(kept, length)
    start = np.zeros(int(kept.sum()) + 1, dtype=np.int64)
    np.cumsum(length[kept], out=start[1:])
    return Runs(start, runs.link[links], runs.against[links])


def edge_degrees(reach_m: float) -> tuple[float, float, float, float]:
    """West, south, east, north of a map that reaches so far from the centre."""
    lon, lat = reach_m / float(lon_degree_m(CENTRE_LAT)), reach_m / LAT_DEGREE_M
    return CENTRE_LON - lon, CENTRE_LAT - lat, CENTRE_LON + lon, CENTRE_LAT + lat


def distances_m(e7: NDArray[np.int32]) -> Floats:
    """How far a map must reach from the centre to hold each position."""
    lon = np.abs(e7[:, 0] / DEGREE_E7 - CENTRE_LON) * float(lon_degree_m(CENTRE_LAT))
    lat = np.abs(e7[:, 1] / DEGREE_E7 - CENTRE_LAT) * LAT_DEGREE_M
    return np.maximum(lon, lat)
