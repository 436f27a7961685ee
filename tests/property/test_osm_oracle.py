"""Two readings of the same rules: the product's import and the oracle say the same about who gets where.

On real cities they are asked for every arc, every movement at every junction, every forbidden chain, and for who gets
from where to where: from some arcs to all others, and to some from all others, far more pairs than a thousand. The
hand-drawn maps are asked for all pairs; on them the oracle is itself held against what was worked out by hand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ringfence.base.traffic import VehicleClass
from ringfence.network.city import City
from ringfence.osm import read_osm
from tests.golden.osm_drawing import OsmMap, arc_names, bits_named, drive_of, node_letter, signed
from tests.golden.osm_micro_maps import OSM_MICRO_MAPS
from tests.property.osm_oracle import Drives, Oracle, Run
from tests.property.osm_product import DRIVERS, Arc, Product

CITIES = ("portland", "porto") if os.environ.get("RINGFENCE_LONG") else ("portland",)
ORIGINS, DESTINATIONS = 25, 5
"""Per city and class."""

every_class = pytest.mark.parametrize("who", DRIVERS)
every_map = pytest.mark.parametrize("drawn", OSM_MICRO_MAPS, ids=lambda drawn: drawn.quirk.replace(" ", "-"))


def steps_of_arcs(oracle: Oracle) -> dict[Arc, tuple[int, ...]]:
    """The oracle's steps of each arc."""
    return {arc: steps for run in oracle.runs.values() for arc, steps in _both_directions(run)}


def _both_directions(run: Run) -> tuple[tuple[Arc, tuple[int, ...]], ...]:
    return ((run.id, True), run.forward), ((run.id, False), run.backward)


class Both:
    """Oracle and product on one file, and how the one's steps are the other's arcs."""

    def __init__(self, oracle: Oracle, product: Product) -> None:
        self.oracle, self.product = oracle, product
        self.drives: dict[str, Drives] = {}

    @classmethod
    def of(cls, path: Path) -> Both:
        """Both on a file."""
        return cls(Oracle(path), Product(read_osm(path)))

    def drives_of(self, who: str) -> Drives:
        """The oracle on a class; worked out once."""
        if who not in self.drives:
            self.drives[who] = self.oracle.drives(who)
        return self.drives[who]

    @cached_property
    def steps(self) -> dict[Arc, tuple[int, ...]]:
        """The oracle's steps of each of the product's arcs."""
        return steps_of_arcs(self.oracle)

    @cached_property
    def _first_and_last(self) -> NDArray[np.int64]:
        """(2, steps) the arc that each step begins, and that it ends; -1 for none."""
        arcs = np.full((2, len(self.oracle.tail)), -1, dtype=np.int64)
        for arc, steps in self.steps.items():
            arcs[0, steps[0]] = arcs[1, steps[-1]] = self.product.arc_of[arc]
        return arcs

    def on_arcs(self, steps: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The product's arcs that begin with one of these steps."""
        first = self._first_and_last[0]
        arcs = np.zeros(2 * self.product.graph.piece_count, dtype=bool)
        arcs[first[steps & (first >= 0)]] = True
        return arcs

    def usable(self, who: str) -> NDArray[np.bool_]:
        """(arcs,) what the oracle lets a class use."""
        return self.on_arcs(self.oracle.usable(who))

    def movements(self, who: str) -> NDArray[np.int64]:
        """(n,) the oracle's movements, written as the product's."""
        first, last = self._first_and_last
        starts, ends = self.drives_of(who).movements
        tails, heads = last[starts], first[ends]
        joins = (tails >= 0) & (heads >= 0)
        return np.unique(tails[joins] * len(self.product.arcs) + heads[joins])

    def differing_arcs(self, who: str) -> list[Arc]:
        """Arcs that only one of the two lets a class use."""
        return [self.product.arcs[arc] for arc in np.flatnonzero(self.product.usable(who) != self.usable(who))]

    def differing_movements(self, who: str) -> list[tuple[Arc, Arc]]:
        """Movements that only one of the two lets a class make."""
        arcs = self.product.arcs
        differing = np.setxor1d(self.product.movements(who), self.movements(who), assume_unique=True)
        return [(arcs[pair // len(arcs)], arcs[pair % len(arcs)]) for pair in differing.tolist()]

    def differing_pairs(self, who: str, starts: list[Arc], ends: list[Arc]) -> list[tuple[Arc, Arc]]:
        """Pairs of arcs, from one of `starts` to any or from any to one of `ends`, about which the two disagree."""
        reach, drives = self.product.reach(who), self.drives_of(who)
        names = self.product.arcs
        found: list[tuple[Arc, Arc]] = []
        for start in starts:
            ours = reach.from_arcs(np.array([self.product.arc_of[start]]))
            theirs = self.on_arcs(drives.reached_from(self.steps[start][0]))
            found += [(start, names[arc]) for arc in np.flatnonzero(ours != theirs)]
        for end in ends:
            ours = reach.to_arcs(np.array([self.product.arc_of[end]]))
            theirs = self.on_arcs(drives.reaching(self.steps[end][0]))
            found += [(names[arc], end) for arc in np.flatnonzero(ours != theirs)]
        return found


@pytest.fixture(scope="module", params=CITIES)
def city(request: pytest.FixtureRequest, shared_data: Path) -> Both:
    return _of_city(request.param, shared_data)


def _of_city(name: str, shared_data: Path) -> Both:
    path = shared_data / "data" / "osm" / f"{name}.osm.pbf"
    if not path.is_file():
        pytest.skip(f"SKIPPED ALOUD: the extract of {name} is not in the shared data folder")
    return Both.of(path)


def test_same_segments(city: Both) -> None:
    assert set(city.product.city.segment_id) ^ set(city.oracle.runs) == set()


@every_class
def test_same_arcs(city: Both, who: str) -> None:
    assert city.differing_arcs(who) == []


@every_class
def test_same_movements(city: Both, who: str) -> None:
    """At every junction of the city: turns, U-turns, what barriers stop and what restrictions forbid."""
    assert city.differing_movements(who) == []


@every_class
def test_same_chains(city: Both, who: str) -> None:
    """Movements over three and more segments that a restriction forbids to somebody."""
    arc_of_step = {step: arc for arc, steps in city.steps.items() for step in steps}
    for word, _ in city.oracle.words:
        drive = list(dict.fromkeys(arc_of_step[step] for step in word))
        if len(drive) > 2:
            allowed = city.drives_of(who).allows(tuple(step for arc in drive for step in city.steps[arc]))
            assert city.product.allows(who, drive) == allowed, (drive, allowed)


@every_class
def test_same_reach(city: Both, who: str) -> None:
    """Who gets from 25 random arcs to every arc of the city, and to 5 from every arc."""
    usable = np.flatnonzero(city.usable(who))
    picks = np.random.default_rng([4, *who.encode()]).choice(usable, ORIGINS + DESTINATIONS, replace=False)
    chosen = [city.product.arcs[pick] for pick in picks.tolist()]
    assert city.differing_pairs(who, chosen[:ORIGINS], chosen[ORIGINS:]) == []


@every_map
def test_same_on_drawn_maps(drawn: OsmMap, tmp_path: Path) -> None:
    """All arcs, all movements, and all pairs of arcs."""
    both = Both.of(drawn.write(tmp_path))
    assert set(both.product.city.segment_id) == set(both.oracle.runs)
    for who in DRIVERS:
        assert both.differing_arcs(who) == []
        assert both.differing_movements(who) == []
        usable = [both.product.arcs[arc] for arc in np.flatnonzero(both.usable(who))]
        assert both.differing_pairs(who, usable, usable) == []


@every_map
def test_oracle_agrees_with_the_drawing(drawn: OsmMap, tmp_path: Path) -> None:
    """The comparison is worth what the oracle is worth: here it is held against what was worked out by hand."""
    oracle = Oracle(drawn.write(tmp_path))
    steps = steps_of_arcs(oracle)
    ends = {run: (int(oracle.tail[its[0]]), int(oracle.head[its[-1]])) for (run, ahead), its in steps.items() if ahead}
    segments = {run: (node_letter(a), node_letter(b)) for run, (a, b) in ends.items()}
    names = arc_names(segments)
    drives = {who: oracle.drives(who) for who in DRIVERS}
    arcs = {
        signed(names[run], forward=forward): sum(DRIVERS[who].bit for who in DRIVERS if drives[who].usable[its[0]])
        for (run, forward), its in steps.items()
    }
    assert {name: bits_named(mask) for name, mask in arcs.items() if mask} == {
        name: bits_named(mask) for name, mask in drawn.both_ways.items()
    }
    for move, mask in drawn.moves.items():
        drive = tuple(step for arc in drive_of(move, segments) for step in steps[arc])
        found = sum(DRIVERS[who].bit for who in DRIVERS if drives[who].allows(drive))
        assert (move, bits_named(found)) == (move, bits_named(mask))


def _spoilt(city: City) -> Iterator[tuple[str, City]]:
    """Cities with one thing wrong, and what."""
    car = VehicleClass.CAR.bit
    one_way = np.flatnonzero((city.segment_forward & car != 0) & (city.segment_backward & car == 0))[0]
    forward, backward = city.segment_forward.copy(), city.segment_backward.copy()
    forward[one_way], backward[one_way] = backward[one_way], forward[one_way]
    yield "a one-way turned round", replace(city, segment_forward=forward, segment_backward=backward)
    yield "turn restrictions forgotten", replace(city, ban_mask=np.zeros_like(city.ban_mask))
    yield "barriers forgotten", replace(city, junction_blocked=np.zeros_like(city.junction_blocked))


@pytest.fixture(scope="module")
def portland(shared_data: Path) -> Both:
    return _of_city("portland", shared_data)


def test_a_wrong_import_is_noticed(portland: Both) -> None:
    """Each of the faults that the comparison is there for makes it fail."""
    for fault, spoilt in _spoilt(portland.product.city):
        assert Both(portland.oracle, Product(spoilt)).differing_movements("car"), fault


def test_a_one_way_turned_round_changes_who_gets_where(portland: Both) -> None:
    both = Both(portland.oracle, Product(next(spoilt for _, spoilt in _spoilt(portland.product.city))))
    turned = both.differing_arcs("car")
    assert len(turned) == 2
    assert both.differing_pairs("car", turned, [])
    assert both.differing_pairs("car", [], turned)
