"""The streets as they lie: where two meet, what stands across one at a point, and how far things are apart."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from ringfence.network import Network
from ringfence.network.projection import FloatArray

SETBACK_M = 12.0
CARRIAGEWAY_M = 35.0
CROSSING_SPAN_M = 60.0
PARALLEL_COS = float(np.cos(np.radians(40)))
TANGENT_M = 2.0


@dataclass(frozen=True, slots=True)
class Point:
    """A point on a segment, never at its very ends; `junction_ix` names the junction that it is set back from."""

    segment_ix: int
    offset_m: float
    junction_ix: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A way over segments, from junction to junction, in metres."""

    junctions: tuple[int, ...]
    segments: tuple[int, ...]
    length_m: float


class Ground:
    """The segments of a network by street name, and the questions places ask of them.

    `bearing` says which segments bear a name where that is more than the network tells: further names of a street.
    """

    def __init__(self, network: Network, bearing: Mapping[str, Sequence[int]] | None = None) -> None:
        self.network = network
        self.segments: dict[str, list[int]] = {}
        for ix, name in enumerate(network.segment_names):
            if name.strip():
                self.segments.setdefault(name, []).append(ix)
        for name, segments in (bearing or {}).items():
            self.segments[name] = list(segments)

    def ends(self, segment_ix: int) -> tuple[int, int]:
        """The two junctions of a segment."""
        return int(self.network.from_ix[segment_ix]), int(self.network.to_ix[segment_ix])

    def junctions(self, street: str) -> set[int]:
        """Every junction that a street touches."""
        return {end for ix in self.segments[street] for end in self.ends(ix)}

    def end_junctions(self, street: str) -> list[int]:
        """Where a street begins or ends: the junctions that only one of its segments touches."""
        touches: dict[int, int] = {}
        for ix in self.segments[street]:
            for end in self.ends(ix):
                touches[end] = touches.get(end, 0) + 1
        return sorted(junction for junction, count in touches.items() if count == 1)

    def lines(self, street: str) -> NDArray[np.object_]:
        """The shapes of a street's segments, in their order."""
        return self.network.lines[self.segments[street]]

    def xy(self, point: Point) -> FloatArray:
        """Projected metres of a point."""
        return self._along(point.segment_ix, point.offset_m)

    def _along(self, segment_ix: int, offset_m: float) -> FloatArray:
        # A negative distance would count from the far end.
        at = shapely.line_interpolate_point(self.network.lines[segment_ix], max(offset_m, 0.0))
        return np.array([at.x, at.y])

    def held(self, segment_ix: int, offset_m: float) -> float:
        """The offset, moved off the ends of its segment by the setback (by half of a short segment)."""
        length = float(self.network.length_m[segment_ix])
        margin = min(SETBACK_M, length / 2)
        return min(max(offset_m, margin), length - margin)

    def set_back(self, segment_ix: int, junction_ix: int) -> Point:
        """The point on a segment where a barrier at one of its junctions stands."""
        at_start = self.ends(segment_ix)[0] == junction_ix
        length = float(self.network.length_m[segment_ix])
        return Point(segment_ix, self.held(segment_ix, 0.0 if at_start else length), junction_ix)

    def nearest_on(self, segment_ix: int, xy: FloatArray) -> Point:
        """The point of a segment nearest to a position, held off its ends."""
        offset = float(shapely.line_locate_point(self.network.lines[segment_ix], shapely.Point(xy)))
        return Point(segment_ix, self.held(segment_ix, offset))

    def crossings(self, one: str, other: str) -> list[frozenset[int]]:
        """Where two streets meet, each crossing with all its junctions.

        Junctions less than 60 m apart are one crossing. Where no junction is shared, carriageways whose junctions
        lie within 35 m of each other meet too.
        """
        ours, theirs = self.junctions(one), self.junctions(other)
        shared = ours & theirs
        if not shared:
            xy, a, b = self.network.junction_xy, sorted(ours), sorted(theirs)
            apart = np.hypot(*(xy[a][:, None, :] - xy[b][None, :, :]).transpose(2, 0, 1))
            close = np.argwhere(apart <= CARRIAGEWAY_M)
            shared = {a[row] for row, _ in close} | {b[column] for _, column in close}
        return self._cluster(shared)

    def _cluster(self, junctions: Iterable[int]) -> list[frozenset[int]]:
        xy = self.network.junction_xy
        clusters: list[set[int]] = []
        for junction in sorted(junctions):
            near = [
                cluster
                for cluster in clusters
                if any(np.hypot(*(xy[junction] - xy[other])) <= CROSSING_SPAN_M for other in cluster)
            ]
            clusters = [cluster for cluster in clusters if cluster not in near]
            clusters.append({junction}.union(*near))
        return sorted((frozenset(cluster) for cluster in clusters), key=min)

    def approaches(self, street: str, crossing: Collection[int]) -> list[Point]:
        """A point on each segment of a street that leads up to a crossing; those inside it if there are no others."""
        leading, inner = [], []
        for ix in self.segments[street]:
            at = [end for end in self.ends(ix) if end in crossing]
            if len(at) == 1:
                leading.append(self.set_back(ix, at[0]))
            elif at:
                inner.append(self.set_back(ix, at[0]))
        return leading or inner

    def arms_at(self, point: Point) -> tuple[int, ...]:
        """The segments that a barrier here closes: this one, and the street's parallel carriageways within 35 m."""
        name = self.network.segment_names[point.segment_ix]
        others = [ix for ix in self.segments.get(name, ()) if ix != point.segment_ix]
        if not others:
            return (point.segment_ix,)
        here, along = self.xy(point), self._tangent(point.segment_ix, point.offset_m)
        across = np.array([-along[1], along[0]]) * CARRIAGEWAY_M
        cut = shapely.LineString([here - across, here + across])
        arms = {point.segment_ix}
        for ix in np.array(others)[shapely.intersects(cut, self.network.lines[others])]:
            hit = shapely.get_coordinates(shapely.intersection(cut, self.network.lines[ix]))[0]
            offset = float(shapely.line_locate_point(self.network.lines[ix], shapely.Point(hit)))
            if abs(float(along @ self._tangent(int(ix), offset))) >= PARALLEL_COS:
                arms.add(int(ix))
        return tuple(sorted(arms))

    def _tangent(self, segment_ix: int, offset_m: float) -> FloatArray:
        step = self._along(segment_ix, offset_m + TANGENT_M) - self._along(segment_ix, offset_m - TANGENT_M)
        length = float(np.hypot(*step))
        return step / length if length else np.array([1.0, 0.0])

    def heading(self, segment_ix: int, junction_ix: int) -> FloatArray:
        """The unit direction in which a segment leaves one of its junctions."""
        at_start = self.ends(segment_ix)[0] == junction_ix
        length = float(self.network.length_m[segment_ix])
        tangent = self._tangent(segment_ix, 0.0 if at_start else length)
        return tangent if at_start else -tangent

    def find_way(
        self, starts: Collection[int], goals: Collection[int], length_m_max: float, street: str | None = None
    ) -> Way | None:
        """The shortest way from any start to any goal, either direction, on one street or all; None if longer."""
        links = self._links(street)
        came: dict[int, tuple[int, int]] = {}
        best = dict.fromkeys(starts, 0.0)
        queue = [(0.0, junction) for junction in sorted(starts)]
        done: set[int] = set()
        while queue:
            length, junction = heapq.heappop(queue)
            if junction in done:
                continue
            done.add(junction)
            if junction in goals:
                return _trace(came, junction, length)
            for ix, other in links.get(junction, ()):
                reach = length + float(self.network.length_m[ix])
                if reach <= length_m_max and reach < best.get(other, np.inf):
                    best[other], came[other] = reach, (junction, ix)
                    heapq.heappush(queue, (reach, other))
        return None

    def _links(self, street: str | None) -> dict[int, list[tuple[int, int]]]:
        links: dict[int, list[tuple[int, int]]] = {}
        physical = self.network.physical
        for ix in self.segments[street] if street is not None else range(len(physical)):
            if physical[ix] or street is not None:
                a, b = self.ends(ix)
                links.setdefault(a, []).append((ix, b))
                links.setdefault(b, []).append((ix, a))
        return links

    def distance_m(self, street: str, xy: FloatArray) -> float:
        """From a position to the nearest point of a street."""
        return float(np.min(shapely.distance(self.lines(street), shapely.Point(xy))))

    def gap_m(self, one: str, other: str) -> float:
        """The shortest distance between two streets."""
        return float(np.min(shapely.distance(self.lines(one), shapely.multilinestrings(self.lines(other)))))

    def nearest_to_street(self, street: str, other: str) -> Point:
        """The point of a street where it comes nearest to another."""
        whole = shapely.multilinestrings(self.lines(other))
        nearest = int(np.argmin(shapely.distance(self.lines(street), whole)))
        ix = self.segments[street][nearest]
        on_it = shapely.get_coordinates(shapely.shortest_line(self.network.lines[ix], whole))[0]
        return self.nearest_on(ix, on_it)

    def extent_m(self, street: str) -> float:
        """The diagonal of the box round a street: how long it is, whatever its carriageways."""
        left, bottom, right, top = shapely.total_bounds(self.lines(street))
        return float(np.hypot(right - left, top - bottom))

    def cross_streets(self, street: str) -> list[str]:
        """The names of the streets that meet this one, sorted."""
        at = self.network.streets_at
        return sorted({name for junction in self.junctions(street) for name in at[junction]} - {street})


def _trace(came: dict[int, tuple[int, int]], goal: int, length_m: float) -> Way:
    junctions, segments = [goal], []
    while junctions[-1] in came:
        before, ix = came[junctions[-1]]
        junctions.append(before)
        segments.append(ix)
    return Way(tuple(reversed(junctions)), tuple(reversed(segments)), length_m)
