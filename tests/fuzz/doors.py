"""All doors, with their shares of the inputs."""

from __future__ import annotations

import random

from tests.fuzz.door import Door
from tests.fuzz.exchange_doors import open_geojson, open_gmns
from tests.fuzz.network_file_door import open_network_files
from tests.fuzz.osm_doors import open_maps, open_tags
from tests.fuzz.osm_files_door import open_files
from tests.fuzz.planning_door import open_plans
from tests.fuzz.word_doors import open_options, open_places

DOORS = (
    Door("osm-maps", 530, decoded=True, open=open_maps),
    Door("osm-tags", 180, decoded=True, open=open_tags),
    Door("osm-files", 3, decoded=False, open=open_files),
    Door("network-files", 90, decoded=False, open=open_network_files),
    Door("gmns", 60, decoded=False, open=open_gmns),
    Door("geojson", 60, decoded=False, open=open_geojson),
    Door("places", 37, decoded=False, open=open_places),
    Door("options", 30, decoded=False, open=open_options),
    Door("plans", 10, decoded=False, open=open_plans),
)
"""More than half of all inputs are whole maps that are spoiled behind the container: each reaches the rules of tags."""

ROUND = 1000
"""In so many inputs every door has its share."""


def door_order() -> tuple[Door, ...]:
    """The doors of a round, mixed, so that a run that is cut short has had its share of each."""
    order = [door for door in DOORS for _ in range(door.share)]
    random.Random("doors").shuffle(order)
    return tuple(order)


def input_of(seed: int, number: int) -> random.Random:
    """The randomness that one input is drawn from: seed and number say all of it."""
    return random.Random(f"{seed} {number}")
