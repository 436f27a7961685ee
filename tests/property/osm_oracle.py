"""A second opinion on OpenStreetMap data: who can get from where to where, on the raw graph from node to node.

Nothing of the product's import or network is used; the rules are those of docs/osm-tags.md, read in `osm_oracle_tags`.
A *step* is one way's stretch from one node to the next, in one direction: steps 2 k and 2 k + 1 are there and back. A
restriction becomes *forbidden words* of steps: whoever drives these steps one behind the other breaks it. A driver's
state is the longest tail of the drive that may still become a forbidden word; mostly that is the last step alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, pairwise, permutations, product
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray
from osmium.osm import Node, Relation, Way
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from tests.property.osm_oracle_tags import (
    COMMANDING,
    FOOT,
    NOBODY,
    PHYSICAL,
    WHEELS,
    Classes,
    who_is_bound,
    who_is_stopped,
    who_uses,
)

Word = tuple[int, ...]
Member = tuple[str, int, str]


@dataclass
class RawData:
    """What the oracle takes from a file."""

    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    stopped: dict[int, Classes] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], Classes, Classes]] = field(default_factory=dict)
    relations: list[tuple[dict[str, str], list[Member]]] = field(default_factory=list)


def read_raw(path: Path) -> RawData:
    """Nodes, barriers, the ways that anybody uses, and turn restrictions."""
    raw = RawData()
    for thing in osmium.FileProcessor(path):
        tags = dict(thing.tags) if len(thing.tags) else {}
        if isinstance(thing, Node):
            raw.places[thing.id] = (thing.location.x, thing.location.y)
            if "barrier" in tags:
                raw.stopped[thing.id] = who_is_stopped(tags)
        elif isinstance(thing, Way):
            forward, backward = who_uses(tags)
            if len(thing.nodes) > 1 and forward | backward:
                # A node written twice in a row is one node.
                raw.ways[thing.id] = ([node for node, _ in groupby(one.ref for one in thing.nodes)], forward, backward)
        elif isinstance(thing, Relation) and who_is_bound(tags):
            raw.relations.append((tags, [(one.type, one.ref, one.role) for one in thing.members]))
    return raw


@dataclass(frozen=True)
class Run:
    """A stretch of a way between junctions: a segment, as the product calls it; steps 2 * first to 2 * end - 1."""

    id: str
    first: int
    end: int

    @property
    def forward(self) -> Word:
        """Its steps along the way."""
        return tuple(range(2 * self.first, 2 * self.end, 2))

    @property
    def backward(self) -> Word:
        """Its steps against the way."""
        return tuple(range(2 * self.end - 1, 2 * self.first, -2))


class Oracle:
    """Answers for one file.

    Attributes
    ----------
    runs : dict of str to Run
        By segment id.
    words : list of (Word, Classes)
        What turn restrictions forbid, and whom they bind.
    """

    def __init__(self, path: Path) -> None:
        raw = read_raw(path)
        self.junctions = _junctions(raw)
        self.runs: dict[str, Run] = {}
        self.runs_of: dict[int, list[Run]] = {}
        self._ends: list[int] = []  # the nodes of each pair of steps: tail and head of the first, by turns
        self._classes: list[Classes] = []
        for way in sorted(raw.ways):
            self._cut(way, raw)
        self.stopped = self._stopped(raw)
        self.tail = np.array(self._ends, dtype=np.int64)
        self.head = self.tail.reshape(-1, 2)[:, ::-1].ravel()
        self.words = [word for relation in raw.relations for word in self._words(*relation)]

    def _cut(self, way: int, raw: RawData) -> None:
        """Cut a way at junctions, and where the file lacks a node; leave out loops in which all points coincide."""
        nodes, forward, backward = raw.ways[way]
        runs, seen, begun = [], Counter[int](), 0
        for position in range(1, len(nodes)):
            if nodes[position] not in raw.places or nodes[position - 1] not in raw.places:
                begun = position
                continue
            ends_here = position == len(nodes) - 1 or nodes[position + 1] not in raw.places
            if not ends_here and nodes[position] not in self.junctions:
                continue
            stretch, begun = nodes[begun : position + 1], position
            self.junctions |= {stretch[0], stretch[-1]}  # also where the file lacks the next node
            if stretch[0] == stretch[-1] and len({raw.places[node] for node in stretch}) == 1:
                continue
            seen[stretch[0]] += 1
            again = f".{seen[stretch[0]]}" if seen[stretch[0]] > 1 else ""
            first = len(self._ends) // 2
            for ends in pairwise(stretch):
                self._ends += ends
                self._classes += (forward, backward)
            runs.append(Run(f"w{way}-{stretch[0]}{again}", first, len(self._ends) // 2))
        self.runs_of[way] = runs
        self.runs |= {run.id: run for run in runs}

    def _stopped(self, raw: RawData) -> dict[int, Classes]:
        """Who is stopped at which node: nobody where the ends of more than two runs meet."""
        ends = Counter(
            node for run in self.runs.values() for node in (self._ends[2 * run.first], self._ends[2 * run.end - 1])
        )
        return {node: classes for node, classes in raw.stopped.items() if ends[node] <= 2}

    # --- turn restrictions

    def _words(self, tags: dict[str, str], members: list[Member]) -> Iterator[tuple[Word, Classes]]:
        roles = defaultdict(list)
        for kind, ref, role in members:
            roles[role].append((kind, ref))
        for value, classes in who_is_bound(tags):
            if len(roles["from"]) != 1 and not (value == "no_entry" and roles["from"]):
                continue
            if len(roles["to"]) != 1 and not (value == "no_exit" and roles["to"]):
                continue
            pairs = list(product(roles["from"], roles["to"]))
            readings = [self._only_reading(start, roles["via"], end) for start, end in pairs]
            for reading in readings:
                if None in readings or reading is None:
                    continue
                for word in self._commanded(*reading) if value in COMMANDING else self._forbidden(*reading):
                    yield word, classes

    def _only_reading(
        self, start: tuple[str, int], via: list[tuple[str, int]], end: tuple[str, int]
    ) -> tuple[Run, Word, int, Run] | None:
        """The one way to read a restriction: from run, steps in between, the node before the to run, the to run."""
        kinds = {kind for kind, _ in via}
        if start[0] != "w" or end[0] != "w" or not via or len(kinds) > 1 or (kinds == {"n"} and len(via) > 1):
            return None
        if kinds == {"n"}:
            routes: set[tuple[int, Word, int]] = {(via[0][1], (), via[0][1])}
        elif kinds == {"w"}:
            routes = {route for ways in permutations([ref for _, ref in via]) for route in self._routes(ways)}
        else:
            return None
        readings = [
            (before, steps, there, behind)
            for here, steps, there in routes
            for before in self._touching(start[1], here)
            for behind in self._touching(end[1], there)
            if all(self._open(step) for step in steps)
            and any(self._open(step) for step in self._into(before, here))
            and any(self._open(step) for step in self._out_of(behind, there))
        ]
        return readings[0] if len(readings) == 1 else None

    def _open(self, step: int) -> bool:
        """Whether anybody who can be bound may drive a step: against a one-way nobody is meant."""
        return bool(self._classes[step] & WHEELS)

    def _routes(self, ways: tuple[int, ...]) -> set[tuple[int, Word, int]]:
        """All ways to drive along these ways, one behind the other: first node, steps, last node."""
        routes = self._along(ways[0])
        for way in ways[1:]:
            routes = {(a, one + two, d) for a, one, b in routes for c, two, d in self._along(way) if b == c}
        return routes

    def _along(self, way: int) -> set[tuple[int, Word, int]]:
        """All stretches of one or more of a way's runs, either direction; on a closed way past its first node too."""
        runs = self.runs_of.get(way, [])
        found = set()
        closed = bool(runs) and self._ends[2 * runs[0].first] == self._ends[2 * runs[-1].end - 1]
        for first, count in product(range(len(runs)), range(1, len(runs) + 1)):
            if first + count > len(runs) and not closed:
                continue
            chosen = [runs[ix % len(runs)] for ix in range(first, first + count)]
            there = tuple(step for run in chosen for step in run.forward)
            back = tuple(step for run in reversed(chosen) for step in run.backward)
            nodes = [self._ends[step] for step in there]
            if len(set(nodes)) == len(nodes):
                found |= {(int(self.tail[steps[0]]), steps, int(self.head[steps[-1]])) for steps in (there, back)}
        return found

    def _touching(self, way: int, node: int) -> list[Run]:
        return [
            run for run in self.runs_of.get(way, []) if node in {self._ends[2 * run.first], self._ends[2 * run.end - 1]}
        ]

    def _into(self, run: Run, node: int) -> Word:
        """The last steps with which a run arrives at a node: two, if it is a loop."""
        return tuple(step for step in (run.forward[-1], run.backward[-1]) if self.head[step] == node)

    def _out_of(self, run: Run, node: int) -> Word:
        return tuple(step for step in (run.forward[0], run.backward[0]) if self.tail[step] == node)

    def _forbidden(self, before: Run, steps: Word, there: int, behind: Run) -> Iterator[Word]:
        here = int(self.tail[steps[0]]) if steps else there
        for start, end in product(self._into(before, here), self._out_of(behind, there)):
            yield (start, *steps, end)

    def _commanded(self, before: Run, steps: Word, there: int, behind: Run) -> Iterator[Word]:
        here = int(self.tail[steps[0]]) if steps else there
        for start in self._into(before, here):
            chain = (start, *steps)
            for length in range(1, len(chain) + 1):
                meant = chain[length : length + 1] or self._out_of(behind, there)
                for step in self.steps_from(int(self.head[chain[length - 1]])):
                    if step not in meant:
                        yield (*chain[:length], step)

    @cached_property
    def _by_tail(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        order = np.argsort(self.tail, kind="stable")
        return order, self.tail[order]

    def steps_from(self, node: int) -> list[int]:
        """All steps that begin at a node, whoever may use them."""
        order, tails = self._by_tail
        return [int(step) for step in order[slice(*np.searchsorted(tails, [node, node + 1]))]]

    # --- who gets where

    def usable(self, who: str) -> NDArray[np.bool_]:
        """Which steps a class may use (or `PHYSICAL` can)."""
        return np.fromiter((who in classes for classes in self._classes), dtype=bool, count=len(self._classes))

    def drives(self, who: str) -> Drives:
        """Everything that a class can do here."""
        return Drives(self, who)


def _junctions(raw: RawData) -> set[int]:
    """Nodes where ways end or meet, and barrier nodes."""
    uses = Counter(node for nodes, _, _ in raw.ways.values() for node in nodes)
    ends = {node for nodes, _, _ in raw.ways.values() for node in (nodes[0], nodes[-1])}
    return {node for node, count in uses.items() if count > 1} | ends | set(raw.stopped)


class Drives:
    """All drives of one class as a graph of states: first the steps, then the longer memories."""

    def __init__(self, oracle: Oracle, who: str) -> None:
        self.oracle, self.who = oracle, who
        self.usable = oracle.usable(who)
        bound = who not in {FOOT, PHYSICAL}
        self.forbidden = {word for word, classes in oracle.words if who in classes and bound}
        self.beginnings = {word[:length] for word in self.forbidden for length in range(1, len(word))}
        self.memories = sorted(word for word in self.beginnings if len(word) > 1)
        self._number = {word: len(self.usable) + ix for ix, word in enumerate(self.memories)}
        self.last_step = np.array([*range(len(self.usable)), *(word[-1] for word in self.memories)], dtype=np.int64)

    def may_follow(self, step: int, then: int) -> bool:
        """Whether a class goes from one step to the next, restrictions apart."""
        node = int(self.oracle.head[step])
        if node != self.oracle.tail[then] or not (self.usable[step] and self.usable[then]):
            return False
        if then == step ^ 1:
            return node in self.oracle.junctions
        return self.who not in self.oracle.stopped.get(node, NOBODY)

    def after(self, memory: Word) -> Iterator[Word]:
        """The memories that one more step can lead to."""
        for step in self.oracle.steps_from(int(self.oracle.head[memory[-1]])):
            drive = (*memory, step)
            tails = [drive[start:] for start in range(len(drive))]
            if self.may_follow(memory[-1], step) and not any(tail in self.forbidden for tail in tails):
                yield next((tail for tail in tails if tail in self.beginnings), (step,))

    @cached_property
    def graph(self) -> csr_array:
        """States and what follows them. Steps at which no restriction begins are done all at once."""
        starts, ends = self._plain_pairs()
        plain = np.ones(len(self.usable), dtype=bool)
        plain[[word[0] for word in self.beginnings]] = False
        keep = plain[starts]
        special = [
            (self._state(memory), self._state(after)) for memory in self.beginnings for after in self.after(memory)
        ]
        more = np.array(special, dtype=np.int64).reshape(-1, 2)
        rows, columns = np.concatenate([starts[keep], more[:, 0]]), np.concatenate([ends[keep], more[:, 1]])
        size = len(self.last_step)
        return csr_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(size, size))

    def _state(self, memory: Word) -> int:
        return memory[0] if len(memory) == 1 else self._number[memory]

    def _plain_pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All (step, next step) for which `may_follow` holds."""
        order, tails = self.oracle._by_tail
        steps = np.flatnonzero(self.usable)
        low = np.searchsorted(tails, self.oracle.head[steps], side="left")
        count = np.searchsorted(tails, self.oracle.head[steps], side="right") - low
        starts = np.repeat(steps, count)
        nth = np.arange(len(starts)) - np.repeat(np.cumsum(count) - count, count)
        ends = order[np.repeat(low, count) + nth]
        nodes = self.oracle.head[starts]
        stopped = [node for node, classes in self.oracle.stopped.items() if self.who in classes]
        turned = ends == starts ^ 1
        allowed = np.where(turned, np.isin(nodes, list(self.oracle.junctions)), ~np.isin(nodes, stopped))
        keep = self.usable[ends] & allowed
        return starts[keep], ends[keep]

    def reached_from(self, step: int) -> NDArray[np.bool_]:
        """Which steps can be driven by whoever begins on `step`, itself included; none if it can't be used."""
        reached = np.zeros(len(self.usable), dtype=bool)
        if self.usable[step]:
            states = breadth_first_order(self.graph, step, return_predecessors=False)
            reached[self.last_step[states]] = True
        return reached

    def reaching(self, step: int) -> NDArray[np.bool_]:
        """On which steps a drive may begin that comes to `step`, itself included; none if it can't be used."""
        reaching = np.zeros(len(self.last_step), dtype=bool)
        for state in np.flatnonzero(self.last_step == step) if self.usable[step] else ():
            reaching[breadth_first_order(self._backwards, int(state), return_predecessors=False)] = True
        return reaching[: len(self.usable)]

    @cached_property
    def _backwards(self) -> csr_array:
        return csr_array(self.graph.T)

    @property
    def movements(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All pairs of steps that may be driven one behind the other, if the drive begins on the first."""
        starts, ends = self.graph.nonzero()
        fresh = starts < len(self.usable)
        return starts[fresh], self.last_step[ends[fresh]]

    def allows(self, drive: Word) -> bool:
        """Whether these very steps may be driven, one behind the other."""
        follows = all(self.may_follow(one, two) for one, two in pairwise(drive))
        parts = {drive[a:b] for a in range(len(drive)) for b in range(a + 1, len(drive) + 1)}
        return follows and bool(self.usable[list(drive)].all()) and not parts & self.forbidden
