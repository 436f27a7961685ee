"""What is done with a city that a reader gave, so that what is wrong with it shows."""

from __future__ import annotations

import math
import random
from dataclasses import fields

import shapely

from ringfence.network import Area, City, Origin, Texts, build_movement_graph, window
from ringfence.network.city import DEGREE_E7
from ringfence.network.city_check import check_city
from ringfence.network.survey import survey
from ringfence.places import find_in_city
from tests.fuzz.door import Outcome, answer

AREA_DEG, REACH_DEG = 1e-5, 0.002


def use_city(city: City, random_: random.Random, *, often: float) -> None:
    """Hold its columns against each other; with the chance `often`, read its texts, cut a window, look for a name."""
    assert not (faults := check_city(city, "fuzz")), faults
    if random_.random() >= often:
        return
    _check_origin(city.origin)
    for field in fields(City):
        column = getattr(city, field.name)
        if isinstance(column, Texts):
            assert len(column[:]) == len(column)
    if city.segment_count:
        _cut_window(city, random_)
    survey(city)
    if len(city.name):
        assert answer(lambda: find_in_city(city, city.name[random_.randrange(len(city.name))])) in Outcome


def _cut_window(city: City, random_: random.Random) -> None:
    """The movement graph around the beginning of some segment."""
    junction = city.segment_from_ix[random_.randrange(city.segment_count)]
    lon, lat = (city.junction_e7[junction] / DEGREE_E7).tolist()
    try:
        network = window(city, _box(lon, lat, REACH_DEG))
    except ValueError as nothing_near:
        # As it says in `window`; and so it may be where somebody made up the boxes and the checksum.
        assert str(nothing_near) == "no street is near the limit"
        return
    area = Area(_box(lon, lat, AREA_DEG), _box(lon, lat, REACH_DEG), "fuzz")
    graph = build_movement_graph(network, area)
    assert len(graph.piece_segment_ix) >= len(network.segment_ids)


def _box(lon: float, lat: float, reach: float) -> shapely.Polygon:
    return shapely.box(lon - reach, max(lat - reach, -90.0), lon + reach, min(lat + reach, 90.0))


def _check_origin(origin: Origin) -> None:
    """It is written into every map and feed, so it holds what it says it holds."""
    west, south, east, north = origin.edge
    assert all(math.isfinite(one) for one in (west, south, east, north)), origin.edge
    assert isinstance(origin.edge_stated, bool)
    for text in (origin.source, origin.source_hash, origin.timestamp, origin.licence):
        assert isinstance(text, str)
    for reason, count in origin.left_out:
        assert isinstance(reason, str)
        assert isinstance(count, int)
