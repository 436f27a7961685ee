"""A whole city as it lies, measured well enough to choose by: where names come together, and what is around."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray

from ringfence.network.city import DEGREE_E7, NONE_IX, City
from ringfence.network.projection import FloatArray
from ringfence.places.city_names import CityNames, Positions
from ringfence.places.grid import Grid
from ringfence.places.ground import CARRIAGEWAY_M
from ringfence.places.site_spots import NEAR_SITE_M
from ringfence.places.spots import TOO_FAR_M

METRES_PER_E7 = 111_320.0 / DEGREE_E7
PART_M = 250.0
"""Segments of one name whose junctions lie about this near belong to one street, others to its namesakes."""
NEARLY_M = 25.0
FAR_M = 5000.0
"""Beyond this it takes a look at every segment to say how far the nearest is."""
_RINGS_M = (60.0, 150.0, TOO_FAR_M)
_BOXES_MEASURED = 64


class CityIndex:
    """What is worked out once about a city and holds none of it but columns."""

    def __init__(self, city: City) -> None:
        self.names = CityNames(city)
        self.grid = Grid(city.segment_box_e7)
        middle = city.junction_e7.mean(axis=0) if city.junction_count else np.zeros(2)
        # Degrees of longitude shrink towards the poles; at a pole itself there are no streets.
        across = max(float(np.cos(np.radians(middle[1] / DEGREE_E7))), 0.01)
        self.origin_e7: FloatArray = middle
        self.scale: FloatArray = np.array([across, 1.0]) * METRES_PER_E7


_INDEXES: WeakKeyDictionary[City, CityIndex] = WeakKeyDictionary()


def index_of(city: City) -> CityIndex:
    """The index of a city, built when it is first asked for and kept as long as the city is."""
    index = _INDEXES.get(city)
    if index is None:
        index = _INDEXES[city] = CityIndex(city)
    return index


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where two things come together: positions, and how far apart the two are there at the nearest."""

    xy: FloatArray
    gap_m: float


class Land:
    """Questions about one city, in metres on a plane around its middle: within a percent of the truth."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.index = index_of(city)

    def xy(self, e7: NDArray[np.integer] | FloatArray) -> FloatArray:
        """Metres of (n, 2) positions in 1e-7 degrees."""
        return np.asarray((e7 - self.index.origin_e7) * self.index.scale)

    def xy_of(self, lon: float, lat: float) -> FloatArray:
        """Metres, (1, 2), of one position in degrees."""
        return self.xy(np.array([[lon, lat]]) * DEGREE_E7)

    def lonlat(self, xy: FloatArray) -> tuple[float, float]:
        """Degrees of one position in metres."""
        lon, lat = ((xy / self.index.scale + self.index.origin_e7) / DEGREE_E7).tolist()
        return lon, lat

    def lines(self, segments: Positions) -> NDArray[np.object_]:
        """The shapes of some segments."""
        starts = self.city.shape_start[segments]
        counts = self.city.shape_start[segments + 1] - starts
        ends = np.cumsum(counts)
        points = np.repeat(starts - ends + counts, counts) + np.arange(int(counts.sum()))
        owner = np.repeat(np.arange(len(segments)), counts)
        return np.asarray(shapely.linestrings(self.xy(self.city.shape_e7[points]), indices=owner))

    def ends(self, segments: Positions) -> NDArray[np.int32]:
        """(n, 2) junctions at the ends of some segments."""
        return np.column_stack([self.city.segment_from_ix[segments], self.city.segment_to_ix[segments]])

    def around(self, xy: FloatArray, reach_m: float) -> Positions:
        """Segments whose boxes come within reach, or a little more, of any of some positions; ascending."""
        step = reach_m / 4
        found = [np.zeros(0, dtype=np.int64)]
        for middle in np.unique(np.rint(xy / step), axis=0) * step:
            corners = np.array([middle - reach_m - step / 2, middle + reach_m + step / 2])
            (west, south), (east, north) = corners / self.index.scale + self.index.origin_e7
            found.append(self.index.grid.within(west, south, east, north))
        return np.unique(np.concatenate(found))

    def parts(self, segments: Positions) -> list[Positions]:
        """Segments of one name as the streets that they make, the longest first."""
        junctions, owner = np.unique(self.ends(segments), return_inverse=True)
        near = cluster(self.xy(self.city.junction_e7[junctions]), PART_M)[owner.reshape(-1, 2)]
        part = _components(int(near.max(initial=-1)) + 1, near)[near[:, 0]]
        order = np.argsort(part, kind="stable")
        starts = np.flatnonzero(np.diff(part[order], prepend=-1))
        boxes = self.city.segment_box_e7[segments[order]]
        low, high = (f.reduceat(at, starts) for f, at in ((np.minimum, boxes[:, :2]), (np.maximum, boxes[:, 2:])))
        extent = np.hypot(*((high - low.astype(np.int64)) * self.index.scale).T)
        parts = np.split(segments[order], starts[1:])
        return [parts[ix] for ix in np.argsort(-extent, kind="stable")]

    def by_distance(self, segments: Positions, xy: FloatArray) -> Positions:
        """Some segments, those nearest to one position, (1, 2), first."""
        apart = shapely.distance(self.lines(segments), shapely.Point(xy[0]))
        return segments[np.argsort(apart, kind="stable")]

    def names_of(self, segments: Positions) -> list[str]:
        """The names of some segments, each once, in order."""
        names = dict.fromkeys(self.city.segment_name_ix[segments].tolist())
        return [self.city.name[ix] for ix in names if ix != NONE_IX]

    def names_across(self, part: Positions) -> list[str]:
        """The names of the streets that meet one, but its own, by where they do along its longer side."""
        boxes = self.city.segment_box_e7[part]
        around = self.index.grid.within(*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
        ends, junctions = self.ends(around), np.unique(self.ends(part))
        meets = np.isin(ends, junctions)
        touching = meets.any(axis=1)
        at = np.where(meets[:, 0], ends[:, 0], ends[:, 1])[touching]
        xy = self.xy(self.city.junction_e7[at])
        axis = int(np.argmax(np.ptp(xy, axis=0)))
        own = self.names_of(part)
        along = around[touching][np.argsort(xy[:, axis], kind="stable")]
        return [name for name in self.names_of(along) if name not in own]

    def extent_m(self, segments: Positions) -> float:
        """The diagonal of the box round some segments."""
        boxes = self.city.segment_box_e7[segments]
        corners = np.array([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
        return float(np.hypot(*np.diff(self.xy(corners), axis=0)[0]))

    def crossings(self, one: Positions, other: Positions) -> Meeting:
        """Where two streets share junctions, else where they come nearest, or hardly further."""
        shared = np.intersect1d(self.ends(one), self.ends(other))
        if len(shared):
            return Meeting(self.xy(self.city.junction_e7[shared]), 0.0)
        few, many = sorted((one, other), key=len)
        return _nearest(self.lines(few), self.lines(many), CARRIAGEWAY_M)

    def nearest_to(self, segments: Positions, xy: FloatArray) -> Meeting:
        """Where segments come nearest to any of some positions, or hardly further than to the nearest of these."""
        return _nearest(shapely.points(xy), self.lines(segments), NEAR_SITE_M)

    def distance_m(self, segments: Positions, xy: FloatArray) -> FloatArray:
        """From each of some positions to the nearest of some segments; infinite if there are none."""
        lines, points = self.lines(segments), shapely.points(xy)
        which, to = shapely.STRtree(lines).query_nearest(points, all_matches=False)
        distance = np.full(len(xy), np.inf)
        distance[which] = shapely.distance(points[which], lines[to])
        return distance

    def to_street_m(self, xy: FloatArray, *, named: bool) -> float:
        """From one position, (1, 2), to the nearest street that can be driven; infinite beyond `TOO_FAR_M`."""
        for reach in _RINGS_M:
            near = self.around(xy, reach)
            near = near[self.city.segment_physical[near]]
            if named:
                near = near[self.city.segment_name_ix[near] != NONE_IX]
            distance = float(self.distance_m(near, xy)[0])
            if distance <= reach:
                return distance
        return float("inf")

    def to_any_segment_m(self, xy: FloatArray) -> float:
        """From one position, (1, 2), to the nearest segment, however far; infinite if there is none."""
        if not self.city.segment_count:
            return float("inf")
        distance = self._to_boxes_m(self.around(xy, FAR_M), xy)
        return distance if distance <= FAR_M else self._to_boxes_m(np.arange(self.city.segment_count), xy)

    def _to_boxes_m(self, segments: Positions, xy: FloatArray) -> float:
        """From one position to the nearest of the segments whose boxes are nearest."""
        at, boxes = xy[0] / self.index.scale + self.index.origin_e7, self.city.segment_box_e7[segments]
        beside = np.maximum(np.maximum(boxes[:, :2] - at, at - boxes[:, 2:]), 0) * self.index.scale
        apart = np.hypot(beside[:, 0], beside[:, 1])
        if len(apart) > _BOXES_MEASURED:
            segments = segments[np.argpartition(apart, _BOXES_MEASURED)[:_BOXES_MEASURED]]
        return float(self.distance_m(segments, xy)[0])


def cluster(xy: FloatArray, span_m: float) -> Positions:
    """For each position the number of its cluster: positions within about a span of each other are in one."""
    cell_m = span_m / 5
    cells, owner = np.unique(np.rint(xy / cell_m), axis=0, return_inverse=True)
    points = shapely.points(cells * cell_m)
    links = shapely.STRtree(points).query(points, predicate="dwithin", distance=span_m).T
    return _components(len(cells), links)[owner.reshape(-1)]


def _components(count: int, links: NDArray[np.integer]) -> Positions:
    """For each of some things the number of the component that links put it in. A few passes, each over all links."""
    label = np.arange(count)
    while True:
        low = label.copy()
        np.minimum.at(low, links[:, 0], label[links[:, 1]])
        np.minimum.at(low, links[:, 1], low[links[:, 0]])
        low = low[low]
        if np.array_equal(low, label):
            return np.unique(label, return_inverse=True)[1]
        label = low


def _nearest(ours: NDArray[np.object_], theirs: NDArray[np.object_], near_m: float) -> Meeting:
    """Where ours come nearest to theirs: each of ours that is near, or hardly further than the nearest."""
    which, to = shapely.STRtree(theirs).query_nearest(ours, all_matches=False)
    apart = shapely.distance(ours[which], theirs[to])
    gap = float(apart.min(initial=np.inf))
    near = apart <= max(near_m, gap + NEARLY_M)
    links = shapely.shortest_line(ours[which[near]], theirs[to[near]])
    return Meeting(shapely.get_coordinates(shapely.line_interpolate_point(links, 0.5, normalized=True)), gap)
